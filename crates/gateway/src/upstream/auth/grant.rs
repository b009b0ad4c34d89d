//! Grants: what a credential that ends is asked for with, and of whom.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::aws::{self, WebIdentity};
use super::fetch::{CredentialRequest, Fetch};
use super::header::CredentialHeader;
use super::service_account::ServiceAccount;
use super::sigv4::AwsKeys;

/// The scope of tokens for Google's APIs.
const GOOGLE_SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";
/// The grant of an assertion (RFC 7523).
const ASSERTION_GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// The version of Azure's interface for tokens of the machine.
const AZURE_MACHINE_VERSION: &str = "2018-02-01";

/// A credential that was asked for.
#[derive(Debug)]
pub(in crate::upstream) enum Renewed {
    /// A bearer token, as the line of a head.
    Token(CredentialHeader),
    Keys(AwsKeys),
}

impl Renewed {
    pub(super) fn is_quoted_by(&self, text: &str) -> bool {
        match self {
            Self::Token(header) => header.is_quoted_by(text),
            Self::Keys(keys) => keys.is_quoted_by(text),
        }
    }
}

impl AwsKeys {
    pub(super) fn is_quoted_by(&self, text: &str) -> bool {
        let token = self.session_token.as_ref();
        text.contains(self.secret.expose_secret())
            || token.is_some_and(|token| text.contains(token.expose_secret()))
    }
}

/// The ways in which a credential that ends is asked for. It does not print.
pub(super) enum Grant {
    /// A Google service account signs an assertion.
    GoogleAccount(Box<ServiceAccount>),
    /// The service account of the machine, from its metadata service.
    GoogleMachine {
        endpoint: String,
    },
    /// A form with a secret, as OAuth 2 has it; the secret is the value of this field.
    Form {
        url: String,
        fields: Vec<(&'static str, String)>,
        secret: (&'static str, SecretString),
    },
    /// The managed identity of the machine in Azure.
    AzureMachine {
        endpoint: String,
        resource: String,
    },
    AwsProfile {
        file: PathBuf,
        profile: String,
    },
    AwsWebIdentity(WebIdentity),
    AwsMachine {
        endpoint: String,
    },
}

impl fmt::Debug for Grant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "[sealed {}]", self.name())
    }
}

impl Grant {
    /// The name for logs.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::GoogleAccount(_) => "google service account",
            Self::GoogleMachine { .. } => "google machine",
            Self::Form { .. } => "oauth",
            Self::AzureMachine { .. } => "azure managed identity",
            Self::AwsProfile { .. } => "aws profile",
            Self::AwsWebIdentity(_) => "aws web identity",
            Self::AwsMachine { .. } => "aws instance",
        }
    }

    pub(super) fn is_quoted_by(&self, text: &str) -> bool {
        match self {
            Self::GoogleAccount(account) => text.contains(account.pem.expose_secret()),
            Self::Form { secret, .. } => text.contains(secret.1.expose_secret()),
            Self::GoogleMachine { .. }
            | Self::AzureMachine { .. }
            | Self::AwsProfile { .. }
            | Self::AwsWebIdentity(_)
            | Self::AwsMachine { .. } => false,
        }
    }

    /// Asks for the credential; returns how long it is good, where that is said.
    ///
    /// # Errors
    /// If no credential is granted: the reason, in words that hold no secret.
    pub(super) async fn renew(&self, fetch: &Fetch) -> Result<(Renewed, Option<Duration>), String> {
        let keys = match self {
            Self::GoogleAccount(account) => return google(account, fetch).await,
            Self::GoogleMachine { endpoint } => {
                let path = "computeMetadata/v1/instance/service-accounts/default/token";
                let flavor = ("metadata-flavor", "Google".to_owned());
                return of_machine(format!("{endpoint}/{path}"), flavor, fetch).await;
            }
            Self::AzureMachine { endpoint, resource } => {
                let query = format!("api-version={AZURE_MACHINE_VERSION}&resource={resource}");
                let url = format!("{endpoint}/metadata/identity/oauth2/token?{query}");
                return of_machine(url, ("metadata", "true".to_owned()), fetch).await;
            }
            Self::Form {
                url,
                fields,
                secret: (name, secret),
            } => {
                let mut fields: Vec<(&str, &str)> = fields
                    .iter()
                    .map(|(name, value)| (*name, value.as_str()))
                    .collect();
                fields.push((name, secret.expose_secret()));
                return token(&fetch.json(CredentialRequest::form(url, &fields)).await?);
            }
            Self::AwsProfile { file, profile } => aws::of_profile(file, profile).await?,
            Self::AwsWebIdentity(identity) => identity.keys(fetch).await?,
            Self::AwsMachine { endpoint } => aws::of_machine(endpoint, fetch).await?,
        };
        Ok((Renewed::Keys(keys.0), keys.1))
    }
}

async fn google(
    account: &ServiceAccount,
    fetch: &Fetch,
) -> Result<(Renewed, Option<Duration>), String> {
    let assertion = account.assertion(GOOGLE_SCOPE, fetch.now_s())?;
    let fields = [("grant_type", ASSERTION_GRANT), ("assertion", &assertion)];
    let request = CredentialRequest::form(&account.token_uri, &fields);
    token(&fetch.json(request).await?)
}

async fn of_machine(
    url: String,
    header: (&'static str, String),
    fetch: &Fetch,
) -> Result<(Renewed, Option<Duration>), String> {
    let request = CredentialRequest::of_machine(url, vec![header]);
    token(&fetch.json(request).await?)
}

/// The token of a response. `expires_in` is a number, or a number in a text (Azure's metadata service).
fn token(value: &Value) -> Result<(Renewed, Option<Duration>), String> {
    let token = value["access_token"].as_str();
    let token = token.ok_or("the response has no access_token")?;
    let header = CredentialHeader::new(&http::header::AUTHORIZATION, "Bearer ", token);
    let header = header.ok_or("the token has characters that no header can carry")?;
    let seconds = &value["expires_in"];
    let of_text = || seconds.as_str()?.parse().ok();
    let seconds = seconds.as_u64().or_else(of_text);
    Ok((Renewed::Token(header), seconds.map(Duration::from_secs)))
}
