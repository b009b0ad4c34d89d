use std::net::IpAddr;
use std::path::Path;

use anyhow::bail;
use gateway::config::{read_secret, trim_secret};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// `[[accounts.sign_in_providers]]`: where else people can sign in with.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SignInProviderConfig {
    /// In addresses: `google`.
    pub name: String,
    /// On the button; the name when it is left out.
    #[serde(default)]
    pub display_name: String,
    pub kind: SignInProviderKind,
    /// Of `oidc`: the rest is discovered there.
    #[serde(default)]
    pub issuer: String,
    pub client_id: String,
    #[serde(default, serialize_with = "gateway::config::redacted")]
    pub client_secret: SecretString,
    #[serde(default)]
    client_secret_file: String,
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Of `oauth2`; for the others instead of what is known or discovered.
    #[serde(default)]
    pub authorization_endpoint: String,
    #[serde(default)]
    pub token_endpoint: String,
    #[serde(default)]
    pub userinfo_endpoint: String,
    /// Of `github`: where the addresses of a user are listed.
    #[serde(default)]
    pub emails_endpoint: String,
    /// Of `oauth2`: what the fields of the response about a user are called.
    #[serde(default = "id")]
    pub subject_field: String,
    #[serde(default = "email")]
    pub email_field: String,
    /// Empty: addresses count as not verified, and nobody is found by theirs, unless `trust_email` is set.
    #[serde(default)]
    pub email_verified_field: String,
    #[serde(default = "name")]
    pub name_field: String,
    /// Of `oidc`, `google` and `oauth2`: an address counts as verified where the provider does not say whether it is.
    #[serde(default)]
    pub trust_email: bool,
}

/// The kind of a provider: what is known without being configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SignInProviderKind {
    Oidc,
    Google,
    Github,
    Discord,
    Oauth2,
}

fn id() -> String {
    "id".to_owned()
}

fn email() -> String {
    "email".to_owned()
}

fn name() -> String {
    "name".to_owned()
}

const NAME_CHARS_MAX: usize = 32;

impl SignInProviderConfig {
    pub(super) fn read_files(&mut self) -> anyhow::Result<()> {
        if self.client_secret_file.is_empty() {
            self.client_secret = trim_secret(self.client_secret.expose_secret()).into();
            return Ok(());
        }
        if !self.client_secret.expose_secret().is_empty() {
            bail!(
                "client_secret and client_secret_file of the sign-in provider {} are both set; keep one",
                self.name
            );
        }
        let setting = format!("client_secret_file of the sign-in provider {}", self.name);
        self.client_secret = read_secret(&setting, Path::new(&self.client_secret_file))?;
        Ok(())
    }

    pub(super) fn validate(&self) -> anyhow::Result<()> {
        let is_name = (1..=NAME_CHARS_MAX).contains(&self.name.len())
            && self
                .name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !is_name {
            bail!(
                "the name of a sign-in provider has 1 to {NAME_CHARS_MAX} small letters, digits and hyphens, not {:?}",
                self.name
            );
        }
        let name = &self.name;
        if self.client_id.is_empty() {
            bail!("the sign-in provider {name} needs a client_id");
        }
        let needed: &[(&str, &str)] = match self.kind {
            SignInProviderKind::Oidc => &[("issuer", &self.issuer)],
            SignInProviderKind::Oauth2 => &[
                ("authorization_endpoint", &self.authorization_endpoint),
                ("token_endpoint", &self.token_endpoint),
                ("userinfo_endpoint", &self.userinfo_endpoint),
            ],
            SignInProviderKind::Google
            | SignInProviderKind::Github
            | SignInProviderKind::Discord => &[],
        };
        if let Some((missing, _)) = needed.iter().find(|(_, value)| value.is_empty()) {
            bail!("the sign-in provider {name} needs {missing}");
        }
        self.validate_trust()?;
        for (field, value) in [
            ("issuer", &self.issuer),
            ("authorization_endpoint", &self.authorization_endpoint),
            ("token_endpoint", &self.token_endpoint),
            ("userinfo_endpoint", &self.userinfo_endpoint),
            ("emails_endpoint", &self.emails_endpoint),
        ] {
            if !value.is_empty() && safe_url(value).is_none() {
                bail!(
                    "{field} of the sign-in provider {name} must begin with https:// (or http:// on loopback)"
                );
            }
        }
        Ok(())
    }

    /// The other kinds say of each address whether it is verified; trusting them could only let in more.
    fn validate_trust(&self) -> anyhow::Result<()> {
        let says_itself = matches!(
            self.kind,
            SignInProviderKind::Github | SignInProviderKind::Discord
        );
        if self.trust_email && says_itself {
            bail!(
                "trust_email of the sign-in provider {} is for oidc, google and oauth2: this kind says which addresses are verified",
                self.name
            );
        }
        Ok(())
    }

    /// The label of the button.
    pub(crate) fn label(&self) -> &str {
        if self.display_name.is_empty() {
            &self.name
        } else {
            &self.display_name
        }
    }
}

/// The address, if what is sent there cannot be read on the way: `https`, or `http` on this machine.
pub fn safe_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_here = match url.host()? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => IpAddr::from(address).is_loopback(),
        Host::Ipv6(address) => IpAddr::from(address).is_loopback(),
    };
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_here);
    (is_safe && url.username().is_empty() && url.password().is_none()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::safe_url;

    #[test]
    fn only_protected_addresses_are_taken() {
        for good in [
            "https://id.example.com/x",
            "http://127.0.0.1:9/",
            "http://localhost",
            "http://[::1]/",
        ] {
            assert!(safe_url(good).is_some(), "{good}");
        }
        for bad in [
            "http://id.example.com",
            "http://127.0.0.1.example.com",
            "ftp://localhost",
            "https://user:secret@id.example.com",
            "//id.example.com",
            "",
        ] {
            assert!(safe_url(bad).is_none(), "{bad}");
        }
    }
}
