//! A provider that an operator configures.

use std::collections::BTreeMap;
use std::path::PathBuf;

use http::{HeaderName, HeaderValue};
use llm::media::ByBytes;
use llm::provider::{Address, StreamUsage};
use serde::{Deserialize, Serialize};

use crate::upstream::AuthSettings;

use super::{CredentialSpec, Spec, SpecError, check_name};

/// Most credentials of one provider.
const CREDENTIALS_MAX: usize = 50;
/// Most headers that an operator may add.
const HEADERS_MAX: usize = 20;
/// Headers that the request has already, or that are about the connection.
const OWN_HEADERS: [&str; 11] = [
    "accept-encoding",
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

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
    /// The values of the variables in the kind's address, by name: `{"resource": "contoso"}`.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    #[serde(default)]
    pub credential: CredentialSpec,
    /// Further credentials, each with a label of its own. Requests go by all of them in turn, and each has its own
    /// health: one that is refused or used up rests while the others go on.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(max_items = 50))]
    pub credentials: Vec<CredentialSpec>,
    /// Short for `credential.env`.
    #[serde(default, skip_serializing)]
    #[cfg_attr(feature = "schema", schema(ignore))]
    credential_env: Option<String>,
    /// Short for `credential.file`.
    #[serde(default, skip_serializing)]
    #[cfg_attr(feature = "schema", schema(ignore))]
    credential_file: Option<PathBuf>,
    /// The way in which the credential is presented. Left out: as the kind has it.
    #[serde(default)]
    pub auth: AuthSettings,
    /// Headers of every request to the provider. They are shown: a secret is a credential.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// True if `test` keys may reach it.
    #[serde(default)]
    pub serves_test_keys: bool,
    /// True if an ejected deployment is probed by a small request, in place of a client's, once its time has
    /// come. The provider charges for it.
    #[serde(default)]
    pub active_probes: bool,
    /// True if it is told the account and the level of each request, as inference gateways such as llm-d read them:
    /// `x-gateway-inference-fairness-id` and `x-gateway-inference-objective`.
    #[serde(default)]
    pub sends_flow: bool,
    /// The way in which streams are made to carry usage: `ask` (by `stream_options`), `learn` (likewise, until the
    /// provider refuses that) or `never`. Left out: as the kind has it.
    #[serde(default)]
    pub stream_usage: Option<String>,
    /// The form in which the provider gets images, documents, sound and films that a request names by https URL: `pass`
    /// (the URL) or `fetch` (the bytes, which this server fetches). Left out: as the kind and its language have it.
    #[serde(default)]
    pub media_urls: Option<String>,
}

impl ProviderSpec {
    /// Takes what a request of the management API says: empty texts are none, and a secret is as it was meant.
    ///
    /// # Errors
    /// If the credential cannot be taken.
    pub fn normalize(&mut self) -> Result<(), SpecError> {
        self.base_url = self.base_url.take().filter(|url| !url.is_empty());
        self.stream_usage = self.stream_usage.take().filter(|word| !word.is_empty());
        self.media_urls = self.media_urls.take().filter(|word| !word.is_empty());
        self.take_short_credential()?;
        self.credential.check_request()?;
        let mut further = self.credentials.iter_mut();
        further.try_for_each(CredentialSpec::check_request)
    }

    /// The credentials of calls, each once; one empty entry where the provider has none.
    pub fn all_credentials(&self) -> impl Iterator<Item = &CredentialSpec> {
        let is_left_out = self.credential.is_empty() && !self.credentials.is_empty();
        let first = (!is_left_out).then_some(&self.credential);
        first.into_iter().chain(&self.credentials)
    }

    /// Everything else that is said of the provider.
    pub(in crate::catalog) fn without_credentials(&self) -> Self {
        let mut rest = self.clone();
        rest.credential = CredentialSpec::default();
        rest.credentials.clear();
        rest
    }

    /// Takes the secrets of `known` for further credentials that have the label of one and say nothing else.
    pub fn keep_secrets_of(&mut self, known: &Self) {
        for credential in self.credentials.iter_mut().filter(|one| one.is_empty()) {
            let mut known = known.credentials.iter();
            if let Some(same) = known.find(|one| one.label() == credential.label()) {
                credential.keep_secret_of(same);
            }
        }
    }

    /// Puts a credential that is said in short in its place.
    ///
    /// # Errors
    /// If it is said twice.
    pub(in crate::catalog) fn take_short_credential(&mut self) -> Result<(), SpecError> {
        let (env, file) = (self.credential_env.take(), self.credential_file.take());
        if env.is_none() && file.is_none() {
            return Ok(());
        }
        if !self.credential.is_empty() {
            let message = "credential_env and credential_file are short for credential.env and credential.file: say one of them";
            return Err(SpecError::new("credential", message));
        }
        self.credential = CredentialSpec::at(env, file);
        Ok(())
    }

    /// The address of the provider, its variables filled in.
    ///
    /// # Errors
    /// If the kind is not known, or has an address that only the operator knows and did not give.
    pub fn address(&self) -> Result<String, SpecError> {
        if let Some(base_url) = &self.base_url {
            return Ok(base_url.clone());
        }
        let refuse = |field, message: String| Err(SpecError::new(field, message));
        let Some(kind) = llm::providers::find(&self.kind) else {
            return refuse("kind", format!("kind {:?} is unknown", self.kind));
        };
        let Some(template) = kind.base_url else {
            let message = format!("kind {:?} needs a base_url", kind.kind);
            return refuse("base_url", message);
        };
        let address = Address::resolve(template, &self.variables);
        address.or_else(|error| refuse("variables", error.to_string()))
    }

    /// The headers of every request.
    ///
    /// # Errors
    /// If one cannot be sent, or is not the operator's to set.
    pub fn header_lines(&self) -> Result<Vec<(HeaderName, HeaderValue)>, SpecError> {
        let refuse = |message: String| Err(SpecError::new("headers", message));
        if self.headers.len() > HEADERS_MAX {
            return refuse(format!("There are at most {HEADERS_MAX} headers."));
        }
        let mut lines = Vec::with_capacity(self.headers.len());
        for (name, value) in &self.headers {
            let Ok(header) = HeaderName::try_from(name.as_str()) else {
                return refuse(format!("{name:?} is not the name of a header."));
            };
            if OWN_HEADERS.contains(&header.as_str()) {
                return refuse(format!(
                    "The header {name} is written by the server itself."
                ));
            }
            let Ok(value) = HeaderValue::try_from(value.as_str()) else {
                return refuse(format!("The value of {name} cannot stand in a header."));
            };
            lines.push((header, value));
        }
        Ok(lines)
    }
}

impl ProviderSpec {
    /// Several credentials are told apart by their labels, and none of them is empty.
    fn check_credentials(&self) -> Result<(), SpecError> {
        let refuse = |message: String| Err(SpecError::new("credentials", message));
        if self.credentials.len() > CREDENTIALS_MAX {
            return refuse(format!(
                "There are at most {CREDENTIALS_MAX} further credentials."
            ));
        }
        self.credential.check_label()?;
        let mut labels: Vec<&str> = Vec::new();
        for credential in self.all_credentials() {
            credential.check_label()?;
            let label = credential.label();
            if labels.contains(&label) {
                return refuse(format!(
                    "There are two credentials with the label {label:?}; give each one of its own."
                ));
            }
            labels.push(label);
        }
        match self.credentials.iter().find(|one| one.is_empty()) {
            Some(empty) => refuse(format!(
                "The credential {:?} has neither a variable nor a secret.",
                empty.label()
            )),
            None => Ok(()),
        }
    }

    /// Variables belong to a known address: one that nothing asks for is a mistake in its name.
    fn check_variables(&self) -> Result<(), SpecError> {
        let Some(kind) = llm::providers::find(&self.kind) else {
            return Ok(());
        };
        let known = kind.variables();
        for name in self.variables.keys() {
            if !known.iter().any(|variable| variable.name == name) {
                let message = format!("The address of kind {:?} has no {name:?}.", self.kind);
                return Err(SpecError::new("variables", message));
            }
        }
        Ok(())
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
        let word = self.media_urls.as_deref();
        if word.is_some_and(|word| ByBytes::parse(word).is_none()) {
            let message = format!("media_urls is one of {}.", ByBytes::WORDS.join(", "));
            return Err(SpecError::new("media_urls", message));
        }
        self.check_credentials()?;
        self.check_variables()?;
        self.header_lines()?;
        Ok(())
    }
}
