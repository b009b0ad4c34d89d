//! A provider as calls use it: its address parsed, its credentials looked up.

use std::sync::Arc;

use http::Uri;
use llm::media::ByBytes;
use llm::provider::StreamUsage;
use llm::providers::{self, PROVIDERS};
use secrecy::{ExposeSecret, SecretString};

use super::super::spec::{CredentialSpec, ProviderSpec, Spec};
use super::{Surroundings, mark_of, written};
use crate::config::{CredentialFault, checked_credential};
use crate::upstream::{Auth, AuthParts, ConfiguredProvider, CredentialName, UpstreamOrigin};

/// The provider, once for each of its credentials.
pub(in crate::catalog) fn provider(
    spec: &ProviderSpec,
    surroundings: Surroundings<'_>,
) -> Result<Vec<Arc<ConfiguredProvider>>, String> {
    spec.validate().map_err(|error| error.message)?;
    let has_several = !spec.credentials.is_empty();
    let all = spec.all_credentials().enumerate();
    all.map(|(index, credential)| {
        let name = has_several.then(|| CredentialName {
            label: credential.label().into(),
            is_first: index == 0,
        });
        configured(spec, (credential, name), surroundings).map(Arc::new)
    })
    .collect()
}

fn configured(
    spec: &ProviderSpec,
    (credential, name): (&CredentialSpec, Option<CredentialName>),
    surroundings: Surroundings<'_>,
) -> Result<ConfiguredProvider, String> {
    let Some(kind) = providers::find(&spec.kind) else {
        let known: Vec<&str> = PROVIDERS.iter().map(|provider| provider.kind).collect();
        return Err(format!(
            "kind {:?} is unknown; it is one of {}",
            spec.kind,
            known.join(", ")
        ));
    };
    let address = spec.address().map_err(|error| error.message)?;
    let base_url = kind.paths.common_base(address.trim_end_matches('/'));
    let about = |error| format!("base_url {base_url:?}: {error}");
    let origin = UpstreamOrigin::of(&checked_base_url(base_url)?)
        .ok_or_else(|| format!("base_url {base_url:?} names no host"))?;
    let checked = surroundings.addresses.check_text(origin.uri());
    checked.map_err(about)?;
    let stream_usage = spec.stream_usage.as_deref().and_then(StreamUsage::parse);
    let media_urls = spec.media_urls.as_deref().and_then(ByBytes::parse);
    let query = kind.paths.query(&spec.variables);
    let secret = secret_of(credential, surroundings)?;
    let secret_text = secret.as_ref().map(ExposeSecret::expose_secret);
    Ok(ConfiguredProvider {
        name: spec.name.as_str().into(),
        mark: mark_of(&(written(&spec.without_credentials())?, secret_text)),
        credential: name,
        languages: [kind.language]
            .iter()
            .chain(kind.further_languages)
            .copied()
            .collect(),
        paths: kind.paths,
        query: query.map_err(|error| error.to_string())?,
        headers: spec.header_lines().map_err(|error| error.message)?,
        kind,
        output_limit: kind.output_limit(),
        takes_provider_object: kind.takes_provider_object(),
        stream_usage: stream_usage.unwrap_or(kind.stream_usage),
        serves_test_keys: spec.serves_test_keys,
        active_probes: spec.active_probes,
        by_bytes: media_urls.or(kind.by_bytes),
        sends_flow: spec.sends_flow,
        auth: match presented(credential, secret.as_ref())? {
            None if is_elsewhere(credential, surroundings) => Auth::None,
            secret => {
                let parts = AuthParts {
                    kind,
                    settings: &spec.auth,
                    secret,
                    region: spec.variables.get("region").map(String::as_str),
                    host: origin.uri().host().unwrap_or_default(),
                };
                parts.auth(surroundings.sources)?
            }
        },
        origin,
        base_url: base_url.to_owned(),
    })
}

fn checked_base_url(base_url: &str) -> Result<Uri, String> {
    let uri: Uri = format!("{base_url}/")
        .parse()
        .map_err(|_| format!("base_url {base_url:?} is not a URL"))?;
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    // A query or a name before the host would send the credential somewhere else than it seems.
    if !is_web
        || authority.is_empty()
        || authority.contains('@')
        || uri.port_u16() == Some(0)
        || uri.query().is_some()
        || base_url.contains('#')
    {
        return Err(format!(
            "base_url {base_url:?} must be http(s)://HOST[:PORT][/PATH] and nothing more"
        ));
    }
    Ok(uri)
}

/// The secret of a credential, read from its source; `None` without one, or where a variable of another environment has it.
fn secret_of(
    spec: &CredentialSpec,
    surroundings: Surroundings<'_>,
) -> Result<Option<SecretString>, String> {
    match (&spec.secret, &spec.env, surroundings.credentials) {
        (Some(secret), ..) => Ok(Some(secret.clone())),
        (None, Some(variable), Some(look_up)) => {
            let found = look_up(variable);
            let missing = || format!("the environment variable {variable} is not set");
            found.ok_or_else(missing).map(Some)
        }
        (None, _, _) => Ok(None),
    }
}

/// True for a credential in a variable of another environment.
fn is_elsewhere(spec: &CredentialSpec, surroundings: Surroundings<'_>) -> bool {
    surroundings.credentials.is_none() && spec.secret.is_none() && spec.env.is_some()
}

/// The secret without what storing it put around it.
fn presented<'a>(
    spec: &CredentialSpec,
    secret: Option<&'a SecretString>,
) -> Result<Option<&'a str>, String> {
    let checked = secret.map(|secret| checked_credential(secret.expose_secret()));
    checked.transpose().map_err(|fault| in_words(spec, fault))
}

fn in_words(spec: &CredentialSpec, fault: CredentialFault) -> String {
    match spec.env.as_deref().filter(|_| spec.secret.is_none()) {
        Some(variable) => {
            format!("the credential in the environment variable {variable} {fault}")
        }
        None => format!("the credential {fault}"),
    }
}
