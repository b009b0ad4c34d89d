//! Authentication of calls to a provider. The credential is added last, when head and body of the call are
//! written: a header holds for every call, a token would be refreshed here, and a signature made over both.

use std::fmt;

use bytes::{BufMut, BytesMut};
use http::{HeaderName, HeaderValue};
use llm::UpstreamError;
use secrecy::{ExposeSecret, SecretString};

/// The credential of a provider, bound to its origin: no other one is sent it.
#[derive(Debug, Default)]
pub enum Auth {
    /// The provider asks for none.
    #[default]
    None,
    /// A header that holds the credential as it is.
    Header(CredentialHeader),
}

impl Auth {
    /// Adds the credential to a call whose `head` ends with its last header.
    ///
    /// # Errors
    /// If there is no credential to be had at the moment.
    #[expect(
        clippy::unused_async,
        reason = "a token that has expired is awaited here, and callers are ready for it"
    )]
    pub(super) async fn apply(
        &self,
        head: &mut BytesMut,
        _body: &[u8],
    ) -> Result<(), UpstreamError> {
        match self {
            Self::None => {}
            Self::Header(header) => head.put_slice(&header.line),
        }
        Ok(())
    }

    /// True if a text quotes the credential.
    pub(super) fn is_quoted_by(&self, text: &str) -> bool {
        match self {
            Self::None => false,
            Self::Header(header) => text.contains(header.credential.expose_secret()),
        }
    }
}

/// A header with a credential, as it is written. It does not print.
pub struct CredentialHeader {
    line: Box<[u8]>,
    credential: SecretString,
}

impl CredentialHeader {
    /// A header of that name, with the credential behind `scheme`; `None` if no header can carry its characters.
    pub fn new(name: &HeaderName, scheme: &str, credential: &str) -> Option<Self> {
        let value = HeaderValue::try_from(format!("{scheme}{credential}")).ok()?;
        let line = [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat();
        Some(Self {
            line: line.into(),
            credential: credential.into(),
        })
    }
}

impl fmt::Debug for CredentialHeader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[sealed]")
    }
}

#[cfg(test)]
mod tests {
    use http::header::AUTHORIZATION;

    use super::{Auth, CredentialHeader};

    fn auth() -> Auth {
        Auth::Header(CredentialHeader::new(&AUTHORIZATION, "Bearer ", "hush").unwrap())
    }

    #[test]
    fn the_credential_does_not_print() {
        assert_eq!(format!("{:?}", auth()), "Header([sealed])");
    }

    #[test]
    fn a_quoted_credential_is_recognised() {
        assert!(auth().is_quoted_by("Incorrect key: hush."));
        assert!(!auth().is_quoted_by("Incorrect key: h***h."));
        assert!(!Auth::None.is_quoted_by("hush"));
    }

    #[test]
    fn a_credential_cannot_leave_its_line() {
        assert!(CredentialHeader::new(&AUTHORIZATION, "Bearer ", "a\r\nhost: b").is_none());
    }
}
