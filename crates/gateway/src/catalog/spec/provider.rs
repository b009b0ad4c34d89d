//! A provider that an operator configures.

use llm::provider::StreamUsage;
use serde::{Deserialize, Serialize};

use super::{CredentialSpec, Spec, SpecError, check_name};

/// A company or server that is called, with its credential.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProviderSpec {
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 60))]
    pub name: String,
    /// One of `GET /admin/provider-kinds`.
    pub kind: String,
    /// Left out: that of the kind.
    #[serde(default)]
    pub base_url: Option<String>,
    #[serde(default)]
    pub credential: CredentialSpec,
    /// True if `test` keys may reach it.
    #[serde(default)]
    pub serves_test_keys: bool,
    /// The way in which streams are made to carry usage: `ask` (by `stream_options`), `learn` (likewise, until the
    /// provider refuses that) or `never`. Left out: as the kind has it.
    #[serde(default)]
    pub stream_usage: Option<String>,
}

impl ProviderSpec {
    /// Takes what a request of the management API says: empty texts are none, and a secret is as it was meant.
    ///
    /// # Errors
    /// If the credential cannot be taken.
    pub fn normalize(&mut self) -> Result<(), SpecError> {
        self.base_url = self.base_url.take().filter(|url| !url.is_empty());
        self.stream_usage = self.stream_usage.take().filter(|word| !word.is_empty());
        self.credential.check_request()
    }
}

impl Spec for ProviderSpec {
    fn validate(&self) -> Result<(), SpecError> {
        check_name(&self.name)?;
        let word = self.stream_usage.as_deref();
        if word.is_some_and(|word| StreamUsage::parse(word).is_none()) {
            let message = format!("stream_usage is one of {}.", StreamUsage::WORDS.join(", "));
            return Err(SpecError::new("stream_usage", message));
        }
        Ok(())
    }
}
