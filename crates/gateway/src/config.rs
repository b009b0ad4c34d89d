//! The configuration of the data plane: a struct per section. The program composes, loads and dumps them.
//!
//! The only room of this crate that reads the environment.

mod auth;
mod batches;
mod browsers;
mod catalog;
mod credits;
mod files;
mod journal;
pub mod layers;
mod limits;
mod media;
mod metering;
pub mod origins;
mod public_url;
mod responses;
mod secret;
mod server;
mod shared_state;
mod upstream;

pub use auth::AuthConfig;
pub use batches::BatchesConfig;
pub use browsers::{BrowsersConfig, SecretKeysInBrowsers};
pub use catalog::CatalogConfig;
pub use credits::CreditsConfig;
pub use files::FilesConfig;
pub use journal::{JournalConfig, JournalSync};
pub use limits::LimitsConfig;
pub use media::MediaConfig;
pub use metering::{AccessLog, MeteringConfig};
pub use public_url::{BrowserTransport, PublicUrl};
pub use responses::ResponsesConfig;
pub use secret::{CredentialFault, checked_credential, read_secret, trim_secret};
pub use server::ServerConfig;
pub use shared_state::SharedStateConfig;
pub use upstream::UpstreamConfig;

/// The settings of the data plane.
#[derive(Debug, Clone)]
pub struct GatewayConfig {
    pub server: ServerConfig,
    pub auth: AuthConfig,
    pub browsers: BrowsersConfig,
    pub catalog: CatalogConfig,
    pub upstream: UpstreamConfig,
    pub media: MediaConfig,
    pub limits: LimitsConfig,
    pub journal: JournalConfig,
    pub credits: CreditsConfig,
    pub files: FilesConfig,
    pub batches: BatchesConfig,
    pub responses: ResponsesConfig,
    pub shared_state: SharedStateConfig,
    pub metering: MeteringConfig,
    pub access_log: AccessLog,
    /// The address that clients and people know, and its path.
    pub public_url: PublicUrl,
    /// Requests that may wait for the detectors of anomalies; none if no detector runs.
    pub observations_max: usize,
}

/// The value of an environment variable by which a cloud tells programs where its credentials are.
pub fn environment(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?.into_string().ok()?;
    Some(value).filter(|value| !value.is_empty())
}

/// The value of an environment variable that holds a provider's credential.
pub fn credential_from_environment(name: &str) -> Option<secrecy::SecretString> {
    std::env::var_os(name)?
        .into_string()
        .ok()
        .filter(|value| !value.is_empty())
        .map(Into::into)
}

/// Shows a secret as set or not set, never as itself.
///
/// # Errors
/// If the serializer refuses a text.
pub fn redacted<S: serde::Serializer>(
    secret: &secrecy::SecretString,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    use secrecy::ExposeSecret;
    serializer.serialize_str(if secret.expose_secret().is_empty() {
        ""
    } else {
        "[redacted]"
    })
}

/// A section of the reference, as it is when nothing is configured.
#[cfg(test)]
pub(crate) fn default_of<T: serde::de::DeserializeOwned>(section: &str) -> T {
    let table = layers::parse(include_str!("../../../config.default.toml")).unwrap();
    table[section].clone().try_into().unwrap()
}
