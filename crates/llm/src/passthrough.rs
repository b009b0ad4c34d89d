//! Client and provider speak the same language: bytes pass, with edits at ranges. `translation` offers the same for two
//! languages.

mod ending;
mod output;
mod stream;

use std::sync::Arc;

use bytes::Bytes;

use crate::cost::{self, Charges};
use crate::error::UpstreamError;
use crate::json::{ValueSpan, quote, splice};
use crate::language::{ClientFace, Encode, PassthroughFace, UsageOption};
use crate::provider::OutputLimit;
use crate::summary::{RankDialect, RequestSummary};
use crate::usage::UsageReport;

pub use output::Output;
pub use stream::StreamPassthrough;

/// One call to one deployment that speaks the client's language.
#[derive(Debug, Clone, Copy)]
pub struct Passthrough<'a> {
    pub face: &'static dyn PassthroughFace,
    pub client: &'static dyn ClientFace,
    /// The summary of the client's request.
    pub summary: &'a RequestSummary,
    /// The name by which the upstream knows the model.
    pub upstream_model: &'a str,
    /// The name by which the upstream knows the bound on the output.
    pub output_limit: OutputLimit,
    /// The way in which the upstream writes rankings.
    pub rank_dialect: RankDialect,
    /// The cost of the response, where the client is told it.
    pub charges: Option<&'a Arc<dyn Charges>>,
}

/// A whole response, as the client gets it.
#[derive(Debug, PartialEq, Eq)]
pub struct WholeResponse {
    pub body: Bytes,
    /// The upstream's count, if it gave one.
    pub usage: Option<UsageReport>,
    /// Bytes of generated text, for an estimate where the upstream did not count.
    pub text_bytes: u64,
    /// The response has nothing in it, and no output was counted.
    pub is_empty: bool,
}

impl Passthrough<'_> {
    /// The body for the upstream.
    pub fn request(&self, body: &Bytes, usage_option: UsageOption) -> Bytes {
        self.face.encode(&Encode {
            body,
            summary: self.summary,
            upstream_model: self.upstream_model,
            usage_option,
            output_limit: self.output_limit,
            rank_dialect: self.rank_dialect,
        })
    }

    /// The response for the client, of a body that has the status of a success. Some providers stream although
    /// a plain response was asked for.
    ///
    /// # Errors
    /// If the body is no response, or reports a failure.
    pub fn response(&self, body: Bytes) -> Result<WholeResponse, UpstreamError> {
        let language = self.face;
        let body = match language.fold_stream(&body, self.upstream_model) {
            Some(folded) => folded?,
            None => body,
        };
        let read = language.read_response(&body)?;
        let renamed = read.model_span.zip(self.public_name());
        let priced = self.charges.and_then(|charges| {
            let nanos = charges.nanos(read.usage.as_ref()?)?;
            cost::edit(&body, &read.usage_span?, nanos)
        });
        let mut edits: Vec<(ValueSpan, String)> = renamed.into_iter().chain(priced).collect();
        edits.extend(self.list_edit(read.list_name));
        edits.sort_by_key(|(span, _)| span.start);
        let body = if edits.is_empty() {
            body
        } else {
            splice(&body, &edits)
        };
        Ok(WholeResponse {
            body,
            usage: read.usage,
            text_bytes: read.text_bytes,
            is_empty: read.is_empty,
        })
    }

    /// The relay of a streamed response's events.
    pub fn stream(&self) -> StreamPassthrough {
        StreamPassthrough::new(
            (self.face, self.client),
            !self.summary.includes_usage,
            self.public_name(),
            self.charges.cloned(),
        )
    }

    /// The edit that gives the list of a ranking the name that the client knows it by.
    fn list_edit(&self, list: Option<(ValueSpan, RankDialect)>) -> Option<(ValueSpan, String)> {
        let (span, dialect) = list?;
        let wanted = self.summary.spans.rank_dialect;
        let is_ranking = self.summary.units.searches > 0;
        (is_ranking && dialect != wanted).then(|| (span, quote(wanted.list_member())))
    }

    /// The name that the client asked for, as JSON, where the upstream knows the model by another.
    fn public_name(&self) -> Option<String> {
        let asked_for = &self.summary.model;
        (asked_for != self.upstream_model).then(|| quote(asked_for))
    }
}
