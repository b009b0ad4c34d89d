//! Downloads: a file at an address of a customer's, within bounds. Each redirect is an address that is looked at like
//! the first one.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderMap, Method};
use tokio::time::{Instant, timeout_at};

use super::target::{EgressTarget, TargetError};
use super::{BodyFault, CallError, EgressCall, EgressClient, Response, Room};

/// Longest address, in bytes: one may be signed.
const URL_BYTES_MAX: usize = 8_192;

/// A file that was downloaded.
#[derive(Debug, Clone)]
pub struct Download {
    pub bytes: Bytes,
    /// The media type, as the server declares it.
    pub declared: Option<String>,
}

/// The bounds of a download.
#[derive(Clone, Copy)]
pub struct DownloadBounds<'a> {
    pub bytes_max: usize,
    pub redirects_max: u32,
    pub until: Instant,
    /// Takes memory for bytes that arrived; false where memory is used up.
    pub take: &'a (dyn Fn(usize) -> bool + Sync),
}

/// The reason why there is no file. The words are for the customer, and tell nothing of our network, not even which
/// addresses there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DownloadError {
    #[error("it does not begin with https://")]
    NotHttps,
    #[error("it is longer than 8,192 bytes")]
    TooLong,
    #[error("it has a user name or a password in it")]
    HasUser,
    #[error("it is not a URL")]
    NoUrl,
    #[error("it cannot be reached on the public network")]
    NotReached,
    #[error("the TLS handshake failed; is the certificate valid for this name?")]
    NoTls,
    #[error("the connection broke before the file was complete")]
    Broken,
    #[error("the server responded with status {0}")]
    Status(u16),
    #[error("it leads from one address to the next more than {0} times")]
    TooManyRedirects(u32),
    #[error("it is larger than {0} bytes")]
    TooLarge(usize),
    #[error("it did not arrive in time")]
    TimedOut,
    #[error("there is no room for it at the moment")]
    NoRoom,
    #[error("too many files are fetched at the same time")]
    Busy,
}

impl EgressClient {
    /// Downloads a file.
    ///
    /// # Errors
    /// If the address may not be called, its server responds with no file, or the file is beyond the bounds.
    pub async fn download(
        &self,
        url: &str,
        bounds: &DownloadBounds<'_>,
    ) -> Result<Download, DownloadError> {
        let turn = timeout_at(bounds.until, self.turns.acquire()).await;
        let _turn = turn.map_err(|_| DownloadError::Busy)?;
        let work = self.follow(url, bounds);
        let done = timeout_at(bounds.until, work).await;
        done.unwrap_or(Err(DownloadError::TimedOut))
    }

    async fn follow(
        &self,
        url: &str,
        bounds: &DownloadBounds<'_>,
    ) -> Result<Download, DownloadError> {
        let mut target = self.target_of_download(url)?;
        for _ in 0..=bounds.redirects_max {
            let response = self.get(&target, bounds).await?;
            let Some(next) = redirect(&target, &response) else {
                return file_of(response, bounds.bytes_max);
            };
            target = self.target_of_download(&next)?;
        }
        Err(DownloadError::TooManyRedirects(bounds.redirects_max))
    }

    fn target_of_download(&self, url: &str) -> Result<EgressTarget, DownloadError> {
        // What stands behind # is for the reader of the file.
        let url = url.split('#').next().unwrap_or_default();
        if url.len() > URL_BYTES_MAX {
            return Err(DownloadError::TooLong);
        }
        let target = EgressTarget::of_any_length(url, self.allows_private_networks);
        target.map_err(DownloadError::from)
    }

    async fn get(
        &self,
        target: &EgressTarget,
        bounds: &DownloadBounds<'_>,
    ) -> Result<Response, DownloadError> {
        let room = Room {
            bytes_max: bounds.bytes_max,
            take: bounds.take,
        };
        let call = EgressCall {
            method: Method::GET,
            headers: HeaderMap::new(),
            body: Bytes::new(),
        };
        let response = self.exchange(target, call, room).await;
        response.map_err(DownloadError::from)
    }
}

/// The address that a response sends on to.
fn redirect(target: &EgressTarget, response: &Response) -> Option<String> {
    let is_redirect = matches!(response.status, 301 | 302 | 303 | 307 | 308);
    let location = response.headers.get(LOCATION)?.to_str().ok()?;
    is_redirect.then(|| target.join(location))?
}

fn file_of(response: Response, bytes_max: usize) -> Result<Download, DownloadError> {
    if response.status != 200 {
        return Err(DownloadError::Status(response.status));
    }
    let declared = response.headers.get(CONTENT_TYPE);
    let declared = declared.and_then(|value| value.to_str().ok());
    Ok(Download {
        declared: declared.map(str::to_owned),
        bytes: response.body.map_err(|fault| match fault {
            BodyFault::Broken => DownloadError::Broken,
            BodyFault::TooLarge => DownloadError::TooLarge(bytes_max),
            BodyFault::NoRoom => DownloadError::NoRoom,
        })?,
    })
}

impl From<TargetError> for DownloadError {
    fn from(error: TargetError) -> Self {
        match error {
            TargetError::TooLong => Self::TooLong,
            TargetError::NotHttps => Self::NotHttps,
            TargetError::HasUser => Self::HasUser,
            TargetError::NoUrl | TargetError::HasFragment => Self::NoUrl,
            TargetError::NotPublic => Self::NotReached,
        }
    }
}

impl From<CallError> for DownloadError {
    fn from(error: CallError) -> Self {
        match error {
            // Which of them it is would tell what names our network has.
            CallError::NotAllowed | CallError::NoAddress | CallError::NoConnection => {
                Self::NotReached
            }
            CallError::NoTls => Self::NoTls,
            CallError::Broken => Self::Broken,
            CallError::TimedOut => Self::TimedOut,
        }
    }
}
