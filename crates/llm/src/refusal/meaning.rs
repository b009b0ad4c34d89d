//! The meaning of a failure for the request and its deployment: by its code, by wording that is known, and else
//! by its status.

use super::known::{
    CREDENTIAL_CODES, CREDENTIAL_WORDS, FILTER_CODES, FILTER_WORDS, OVERFLOW_CODES, OVERFLOW_PAIRS,
    OVERFLOW_WORDS, OVERLOAD_CODES, OVERLOAD_WORDS, QUOTA_CODES, QUOTA_WORDS, RATE_CODES,
    RATE_WORDS, REQUEST_CODES, TIMEOUT_CODES,
};
use super::stated::Stated;
use super::{Refusal, wait};
use crate::error::{ErrorDetail, TAKING_THE_REQUEST, UpstreamError};

/// A status that nobody stated: the provider failed.
const STATUS_ASSUMED: u16 = 500;

/// The failure that is meant.
pub(super) fn of(refusal: &Refusal<'_>, stated: Stated) -> UpstreamError {
    let meant = Meant::new(refusal, &stated);
    let status = meant.status();
    let retry_after = meant.retry_after();
    let is_overflow = meant.is_overflow();
    let is_filter = meant.is_filter();
    let is_quota = meant.is_quota(retry_after.is_some());
    let is_credential = meant.is_credential();
    let is_rate = meant.is_rate();
    let is_overload = meant.is_overload();
    let is_timeout = meant.is_timeout();
    let detail = ErrorDetail {
        message: stated.message,
        code: stated.code,
        param: stated.param,
    };
    if is_overflow {
        return UpstreamError::ContextTooLong { detail };
    }
    if is_filter {
        return UpstreamError::ContentFiltered { detail };
    }
    if is_quota {
        return UpstreamError::QuotaExhausted { detail };
    }
    if is_credential {
        return UpstreamError::Unauthorized { detail };
    }
    if is_rate {
        return UpstreamError::RateLimited {
            retry_after,
            detail,
        };
    }
    if is_overload {
        return UpstreamError::Overloaded {
            retry_after,
            detail,
        };
    }
    if is_timeout {
        let phase = if status == 408 {
            TAKING_THE_REQUEST
        } else {
            "the upstream's own upstream"
        };
        return UpstreamError::Timeout { phase };
    }
    match status {
        // The deployment names a model that the provider does not have: the operator's fault, not the client's.
        404 | 405 => UpstreamError::Failed { status, detail },
        400..=499 => UpstreamError::InvalidRequest { status, detail },
        _ => UpstreamError::Failed { status, detail },
    }
}

/// A failure on its way to a meaning.
struct Meant<'a> {
    refusal: &'a Refusal<'a>,
    stated: &'a Stated,
    /// Its words, in lower case.
    words: String,
}

impl<'a> Meant<'a> {
    fn new(refusal: &'a Refusal<'a>, stated: &'a Stated) -> Self {
        Self {
            refusal,
            stated,
            words: stated.message.to_lowercase(),
        }
    }

    fn has_code(&self, codes: &[&str]) -> bool {
        let mut stated = self.stated.codes.iter();
        stated.any(|code| codes.contains(&code.as_str()))
    }

    fn says(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.words.contains(phrase))
    }

    /// The status of the response; under that of a success, the one that is stated or follows from the code.
    fn status(&self) -> u16 {
        if let Some(status) = self.refusal.status.or(self.stated.status) {
            return status;
        }
        if self.has_code(&REQUEST_CODES) {
            400
        } else if self.has_code(&["not_found_error", "not_found", "model_not_found"]) {
            404
        } else {
            STATUS_ASSUMED
        }
    }

    fn has_status(&self, statuses: &[u16]) -> bool {
        statuses.contains(&self.status())
    }

    fn retry_after(&self) -> Option<std::time::Duration> {
        let now = self.refusal.now;
        let header = self.refusal.retry.and_then(|retry| retry.asked(now));
        header
            .or(self.stated.wait)
            .or_else(|| self.stated.headers.asked(now))
            .or_else(|| wait::in_words(&self.stated.message))
            .or_else(|| self.refusal.retry.and_then(|retry| retry.reset(now)))
            .or_else(|| self.stated.headers.reset(now))
    }

    fn is_overflow(&self) -> bool {
        let is_said = self.says(&OVERFLOW_WORDS)
            || OVERFLOW_PAIRS
                .iter()
                .any(|(first, second)| self.says(&[first]) && self.says(&[second]));
        // A credential or a limit of ours is never the prompt's fault, whatever is said of tokens.
        self.has_code(&OVERFLOW_CODES) || (is_said && !self.has_status(&[401, 402, 403, 429]))
    }

    fn is_filter(&self) -> bool {
        let is_said = self.says(&FILTER_WORDS) && !self.has_status(&[401, 402, 429]);
        self.has_code(&FILTER_CODES) || is_said
    }

    /// Returns whether a quota is meant. With a time to wait it is a rate limit, even if it is called a quota.
    fn is_quota(&self, has_wait: bool) -> bool {
        let is_said = self.says(&QUOTA_WORDS) && !has_wait;
        self.has_status(&[402]) || self.has_code(&QUOTA_CODES) || is_said
    }

    fn is_credential(&self) -> bool {
        let is_open = self.has_status(&[400]) || self.refusal.status.is_none();
        let is_named = self.has_code(&CREDENTIAL_CODES) || self.says(&CREDENTIAL_WORDS);
        self.has_status(&[401, 403]) || (is_open && is_named)
    }

    fn is_rate(&self) -> bool {
        let is_said = self.refusal.status.is_none() && self.says(&RATE_WORDS);
        self.has_status(&[429]) || self.has_code(&RATE_CODES) || is_said
    }

    fn is_overload(&self) -> bool {
        let is_said = self.status() >= 500 && self.says(&OVERLOAD_WORDS);
        self.has_status(&[503, 529]) || self.has_code(&OVERLOAD_CODES) || is_said
    }

    fn is_timeout(&self) -> bool {
        self.has_status(&[408, 504]) || self.has_code(&TIMEOUT_CODES)
    }
}
