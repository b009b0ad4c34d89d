//! A credential that is a header, the same for every call.

use std::fmt;

use http::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

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

    pub(super) fn line(&self) -> &[u8] {
        &self.line
    }

    pub(super) fn is_quoted_by(&self, text: &str) -> bool {
        text.contains(self.credential.expose_secret())
    }
}

impl fmt::Debug for CredentialHeader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[sealed]")
    }
}
