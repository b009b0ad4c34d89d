//! Authentication of calls to a provider. The credential is added last, when head and body of the call are
//! written: a header holds for every call, a token is renewed before it ends, a signature is made over both
//! (`docs/decisions/0025`, `docs/decisions/0036`).

mod aws;
mod configured;
mod fetch;
mod grant;
mod header;
mod registry;
mod service_account;
mod settings;
mod sigv4;
mod source;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use bytes::{BufMut, BytesMut};
use llm::UpstreamError;
use llm::error::ErrorDetail;

pub use configured::AuthParts;
pub(super) use fetch::Fetch;
use grant::Renewed;
pub use header::CredentialHeader;
pub use registry::CredentialSources;
pub use settings::{AuthMethod, AuthSettings};
use sigv4::{AwsKeys, AwsScope};
pub use source::CredentialSource;

/// The credential of a provider, bound to its origin: no other one is sent it.
#[derive(Debug, Default)]
pub enum Auth {
    /// The provider asks for none.
    #[default]
    None,
    /// A header that holds the credential as it is.
    Header(CredentialHeader),
    /// Keys that sign each call.
    Signature(Arc<AwsKeys>, AwsScope),
    /// A token that is renewed.
    Token(Arc<CredentialSource>),
    /// Keys that are renewed, and sign each call.
    RenewedSignature(Arc<CredentialSource>, AwsScope),
}

/// The credential of one call, ready to be written.
#[derive(Debug)]
pub(super) enum ReadyAuth<'a> {
    None,
    Header(&'a CredentialHeader),
    Signature(&'a AwsKeys, &'a AwsScope, i64),
    Renewed(Arc<Renewed>, Option<&'a AwsScope>, i64),
}

impl Auth {
    /// The credential as it is now; one that has ended is asked for anew.
    ///
    /// # Errors
    /// If there is no credential to be had at the moment.
    pub(super) async fn ready(&self, fetch: &Fetch) -> Result<ReadyAuth<'_>, UpstreamError> {
        Ok(match self {
            Self::None => ReadyAuth::None,
            Self::Header(header) => ReadyAuth::Header(header),
            Self::Signature(keys, scope) => ReadyAuth::Signature(keys, scope, fetch.now_s()),
            // Boxed, as the wait for what is renewed is of few providers.
            Self::Token(source) => {
                ReadyAuth::Renewed(Box::pin(renewed(source, fetch)).await?, None, 0)
            }
            Self::RenewedSignature(source, scope) => {
                let keys = Box::pin(renewed(source, fetch)).await?;
                ReadyAuth::Renewed(keys, Some(scope), fetch.now_s())
            }
        })
    }

    /// The source of a credential that is renewed.
    pub fn source(&self) -> Option<&Arc<CredentialSource>> {
        match self {
            Self::None | Self::Header(_) | Self::Signature(..) => None,
            Self::Token(source) | Self::RenewedSignature(source, _) => Some(source),
        }
    }

    /// True if a text quotes the credential.
    pub(super) fn is_quoted_by(&self, text: &str) -> bool {
        match self {
            Self::None => false,
            Self::Header(header) => header.is_quoted_by(text),
            Self::Signature(keys, _) => keys.is_quoted_by(text),
            Self::Token(source) | Self::RenewedSignature(source, _) => source.is_quoted_by(text),
        }
    }
}

async fn renewed(source: &CredentialSource, fetch: &Fetch) -> Result<Arc<Renewed>, UpstreamError> {
    let renewed = source.get(fetch).await;
    // The operator's credential: customers are not told more than that it was refused.
    renewed.map_err(|message| UpstreamError::Unauthorized {
        detail: ErrorDetail {
            message,
            ..ErrorDetail::default()
        },
    })
}

impl ReadyAuth<'_> {
    /// Adds the credential to a call whose `head` ends with its last header.
    ///
    /// # Errors
    /// If the call cannot be signed.
    pub(super) fn apply(&self, head: &mut BytesMut, body: &[u8]) -> Result<(), UpstreamError> {
        let signed = match self {
            Self::None => Ok(()),
            Self::Header(header) => {
                head.put_slice(header.line());
                Ok(())
            }
            Self::Signature(keys, scope, now_s) => scope.sign(keys, *now_s, head, body),
            Self::Renewed(renewed, scope, now_s) => match (&**renewed, scope) {
                (Renewed::Token(header), _) => {
                    head.put_slice(header.line());
                    Ok(())
                }
                (Renewed::Keys(keys), Some(scope)) => scope.sign(keys, *now_s, head, body),
                (Renewed::Keys(_), None) => Err("keys sign nothing without a region"),
            },
        };
        signed.map_err(|detail| UpstreamError::Protocol { detail })
    }
}
