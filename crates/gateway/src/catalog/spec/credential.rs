//! The source of a provider's credential.

use std::path::PathBuf;

use anyhow::bail;
use secrecy::{ExposeSecret, SecretString};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use super::{SpecError, check_name};
use crate::config::{checked_credential, read_secret};

/// The word for where a credential is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CredentialSource {
    None,
    Env,
    Sealed,
}

/// The source of a credential: an environment variable of the server, in a file of it (for the catalogue file), or given
/// here and sealed (for the management API). None of them: there is none.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CredentialSpec {
    /// The name by which operators tell several credentials apart. Left out: `default`.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 60))]
    label: Option<String>,
    /// Said in responses and passed over in requests, so that what was read can be sent back.
    #[serde(rename = "source")]
    _source: Option<CredentialSource>,
    /// The environment variable of the server.
    pub env: Option<String>,
    /// The secret. Goes in and never comes out.
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, write_only))]
    pub secret: Option<SecretString>,
    /// A file of the server; in the catalogue file only.
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, write_only))]
    file: Option<PathBuf>,
}

/// The label of a credential that has none.
const UNLABELLED: &str = "default";

impl CredentialSpec {
    /// Takes the secret that was read or unsealed.
    pub(in crate::catalog) fn unseal(&mut self, secret: &str) {
        self.env = None;
        self.secret = Some(secret.into());
    }

    /// The label.
    pub fn label(&self) -> &str {
        self.label.as_deref().unwrap_or(UNLABELLED)
    }

    /// Takes the secret of another one.
    pub fn keep_secret_of(&mut self, known: &Self) {
        self.secret.clone_from(&known.secret);
    }

    pub(super) fn check_label(&self) -> Result<(), SpecError> {
        let label = self.label.as_deref();
        label.map_or(Ok(()), |label| {
            check_name(label).map_err(|error| SpecError::new("credentials", error.message))
        })
    }

    /// A credential in a variable or a file of the server.
    pub(super) fn at(env: Option<String>, file: Option<PathBuf>) -> Self {
        Self {
            env,
            file,
            ..Self::default()
        }
    }

    /// True if no place is named and no secret is given.
    pub fn is_empty(&self) -> bool {
        self.env.is_none() && self.file.is_none() && self.secret.is_none()
    }

    /// The word for where the credential is.
    pub fn source(&self) -> CredentialSource {
        match (&self.secret, &self.env) {
            (Some(_), _) => CredentialSource::Sealed,
            (None, Some(_)) => CredentialSource::Env,
            (None, None) => CredentialSource::None,
        }
    }

    /// Reads the file that a catalogue file names; the secret takes its place.
    ///
    /// # Errors
    /// If the file cannot be read, or the catalogue file holds the secret itself: files are kept in repositories.
    pub(in crate::catalog) fn read_file(&mut self, provider: &str) -> anyhow::Result<()> {
        if self.secret.is_some() {
            bail!(
                "the provider {provider} has a credential.secret; a catalogue file names a variable (credential.env) or a file (credential.file)"
            );
        }
        let setting = format!("credential.file of the provider {provider}");
        let path = self.file.take();
        self.secret = path.map(|path| read_secret(&setting, &path)).transpose()?;
        Ok(())
    }

    /// Checks what a request of the management API says; a secret is taken as it was meant, without quotation marks and
    /// line ends around it.
    ///
    /// # Errors
    /// If a file of the server is named, two places are, or the secret cannot stand in a header.
    pub(super) fn check_request(&mut self) -> Result<(), SpecError> {
        let refuse = |message: String| Err(SpecError::new("credential", message));
        if self.file.is_some() {
            return refuse(
                "A file can be named in the catalogue file only; give an environment variable or the secret."
                    .to_owned(),
            );
        }
        if self.env.is_some() && self.secret.is_some() {
            return refuse(
                "Give the name of an environment variable or the secret, not both.".to_owned(),
            );
        }
        // An empty variable takes the credential away.
        self.env = self.env.take().filter(|name| !name.is_empty());
        if let Some(secret) = &self.secret {
            match checked_credential(secret.expose_secret()) {
                Ok(trimmed) => self.secret = Some(trimmed.into()),
                Err(fault) => return refuse(format!("The credential {fault}.")),
            }
        }
        Ok(())
    }
}

/// Never the secret itself, only that there is one.
impl Serialize for CredentialSpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_struct("CredentialSpec", 3)?;
        match &self.label {
            Some(label) => members.serialize_field("label", label)?,
            None => members.skip_field("label")?,
        }
        members.serialize_field("source", &self.source())?;
        members.serialize_field("env", &self.env)?;
        members.end()
    }
}
