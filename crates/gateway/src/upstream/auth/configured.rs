//! From what an operator says of a credential to what calls use.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use http::HeaderName;
use http::header::AUTHORIZATION;
use llm::provider::{AuthStyle, Provider};
use secrecy::SecretString;
use serde::Deserialize;

use super::aws::{METADATA, WebIdentity};
use super::grant::Grant;
use super::service_account::ServiceAccount;
use super::settings::{AuthMethod, AuthSettings};
use super::sigv4::{AwsKeys, AwsScope};
use super::{Auth, CredentialHeader, CredentialSources};
use crate::config::environment;

const IBM_TOKENS: &str = "https://iam.cloud.ibm.com/identity/token";
const IBM_GRANT: &str = "urn:ibm:params:oauth:grant-type:apikey";
const AZURE_AUTHORITY: &str = "https://login.microsoftonline.com";
const AZURE_RESOURCE: &str = "https://cognitiveservices.azure.com";
const GOOGLE_METADATA: &str = "http://metadata.google.internal";
/// Hosts that may get a token of the machine: it is good for much more than one provider.
const GOOGLE_HOSTS: [&str; 1] = [".googleapis.com"];
const AZURE_HOSTS: [&str; 4] = [".azure.com", ".azure.us", ".azure.cn", ".windows.net"];

/// Everything that a credential is made of. It does not print.
#[derive(Clone, Copy)]
pub struct AuthParts<'a> {
    pub kind: &'static Provider,
    pub settings: &'a AuthSettings,
    /// The credential, without what storing it put around it.
    pub secret: Option<&'a str>,
    /// The region among the variables of the address.
    pub region: Option<&'a str>,
    /// The host of the provider.
    pub host: &'a str,
}

impl fmt::Debug for AuthParts<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "[sealed credential of {}]", self.host)
    }
}

/// The JSON of a client of OAuth 2.
#[derive(Deserialize)]
struct ClientJson {
    client_id: String,
    client_secret: SecretString,
    tenant_id: Option<String>,
    /// Another cloud's place of tokens.
    authority: Option<String>,
}

impl AuthParts<'_> {
    /// The way in which calls are authenticated.
    ///
    /// # Errors
    /// If something is missing, or cannot be understood: why, in words that quote nothing of the credential.
    pub fn auth(self, sources: &CredentialSources) -> Result<Auth, String> {
        let method = self.settings.method.unwrap_or(match self.kind.auth {
            AuthStyle::Bearer => AuthMethod::Bearer,
            AuthStyle::Header(_) => AuthMethod::Header,
            AuthStyle::Google => AuthMethod::Google,
            AuthStyle::Ibm => AuthMethod::Ibm,
            AuthStyle::Aws(_) => AuthMethod::Aws,
        });
        match (method, self.secret) {
            (AuthMethod::Bearer | AuthMethod::Header | AuthMethod::Ibm, None) => Ok(Auth::None),
            (AuthMethod::Oauth, None) => {
                Err("oauth needs a credential with client_id and client_secret".to_owned())
            }
            (AuthMethod::Bearer, Some(secret)) => header(&AUTHORIZATION, "Bearer ", secret),
            (AuthMethod::Header, Some(secret)) => self.of_header(secret),
            (AuthMethod::Ibm, Some(secret)) => Ok(self.token(sources, self.ibm(secret))),
            (AuthMethod::Google, Some(secret)) => {
                let account = Grant::GoogleAccount(Box::new(ServiceAccount::read(secret)?));
                Ok(self.token(sources, account))
            }
            (AuthMethod::Google, None) => {
                self.check_host(&GOOGLE_HOSTS)?;
                let host = environment("GCE_METADATA_HOST");
                let endpoint = host.map_or_else(
                    || GOOGLE_METADATA.to_owned(),
                    |host| format!("http://{host}"),
                );
                Ok(self.token(sources, Grant::GoogleMachine { endpoint }))
            }
            (AuthMethod::Azure, Some(secret)) => Ok(self.token(sources, self.azure(secret)?)),
            (AuthMethod::Azure, None) => {
                self.check_host(&AZURE_HOSTS)?;
                let machine = Grant::AzureMachine {
                    endpoint: METADATA.to_owned(),
                    resource: AZURE_RESOURCE.to_owned(),
                };
                Ok(self.token(sources, machine))
            }
            (AuthMethod::Oauth, Some(secret)) => Ok(self.token(sources, self.oauth(secret)?)),
            (AuthMethod::Aws, Some(secret)) => self.aws(secret),
            (AuthMethod::Aws, None) => {
                let scope = self.scope()?;
                let source = self.source(sources, self.aws_of_machine());
                Ok(Auth::RenewedSignature(source, scope))
            }
        }
    }

    fn of_header(self, secret: &str) -> Result<Auth, String> {
        let of_kind = match self.kind.auth {
            AuthStyle::Header(name) => Some(name),
            _ => None,
        };
        let name = self.settings.header.as_deref().or(of_kind);
        let name = name.ok_or("auth.header is missing: the header that holds the credential")?;
        let name = HeaderName::try_from(name)
            .map_err(|_| format!("auth.header {name:?} is not the name of a header"))?;
        header(&name, "", secret)
    }

    fn ibm(self, secret: &str) -> Grant {
        let url = self.settings.token_url.as_deref().unwrap_or(IBM_TOKENS);
        Grant::Form {
            url: url.to_owned(),
            fields: vec![("grant_type", IBM_GRANT.to_owned())],
            secret: ("apikey", secret.into()),
        }
    }

    fn azure(self, secret: &str) -> Result<Grant, String> {
        let client = client(secret)?;
        let tenant = client
            .tenant_id
            .as_deref()
            .ok_or("the credential has no tenant_id")?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
        if tenant.is_empty() || !tenant.bytes().all(is_plain) {
            return Err("tenant_id of the credential is not the id of a tenant".to_owned());
        }
        let authority = client.authority.as_deref().unwrap_or(AZURE_AUTHORITY);
        let scope = self.settings.scope.clone();
        let scope = scope.unwrap_or_else(|| format!("{AZURE_RESOURCE}/.default"));
        let url = format!(
            "{}/{tenant}/oauth2/v2.0/token",
            authority.trim_end_matches('/')
        );
        Ok(client_credentials(url, client, Some(scope)))
    }

    fn oauth(self, secret: &str) -> Result<Grant, String> {
        let url = self.settings.token_url.clone();
        let url = url.ok_or("oauth needs auth.token_url")?;
        Ok(client_credentials(
            url,
            client(secret)?,
            self.settings.scope.clone(),
        ))
    }

    /// Keys sign; anything else is an API key of Bedrock.
    fn aws(self, secret: &str) -> Result<Auth, String> {
        match AwsKeys::read(secret) {
            Some(keys) => Ok(Auth::Signature(Arc::new(keys), self.scope()?)),
            None if secret.starts_with('{') => Err(
                "the credential is not JSON with access_key_id and secret_access_key".to_owned(),
            ),
            None => header(&AUTHORIZATION, "Bearer ", secret),
        }
    }

    fn aws_of_machine(self) -> Grant {
        if let Some(profile) = &self.settings.profile {
            let file = environment("AWS_SHARED_CREDENTIALS_FILE").map(PathBuf::from);
            let home = || PathBuf::from(environment("HOME").unwrap_or_default());
            return Grant::AwsProfile {
                file: file.unwrap_or_else(|| home().join(".aws/credentials")),
                profile: profile.clone(),
            };
        }
        let token_file = environment("AWS_WEB_IDENTITY_TOKEN_FILE").map(PathBuf::from);
        let role_arn = environment("AWS_ROLE_ARN");
        if let (Some(token_file), Some(role_arn)) = (token_file, role_arn) {
            let region = self.settings.region.as_deref().or(self.region);
            let region = region.unwrap_or("us-east-1");
            let endpoint = environment("AWS_ENDPOINT_URL_STS");
            return Grant::AwsWebIdentity(WebIdentity {
                token_file,
                role_arn,
                endpoint: endpoint.unwrap_or_else(|| format!("https://sts.{region}.amazonaws.com")),
            });
        }
        let endpoint = environment("AWS_EC2_METADATA_SERVICE_ENDPOINT");
        Grant::AwsMachine {
            endpoint: endpoint.map_or_else(
                || METADATA.to_owned(),
                |endpoint| endpoint.trim_end_matches('/').to_owned(),
            ),
        }
    }

    fn scope(self) -> Result<AwsScope, String> {
        let region = self.settings.region.as_deref().or(self.region);
        let region = region.ok_or("aws needs a region: auth.region, or the variable region")?;
        let of_kind = match self.kind.auth {
            AuthStyle::Aws(service) => Some(service),
            _ => None,
        };
        let service = self.settings.service.as_deref().or(of_kind);
        Ok(AwsScope {
            region: region.to_owned(),
            service: service.unwrap_or("bedrock").to_owned(),
        })
    }

    fn token(self, sources: &CredentialSources, grant: Grant) -> Auth {
        Auth::Token(self.source(sources, grant))
    }

    fn source(
        self,
        sources: &CredentialSources,
        grant: Grant,
    ) -> Arc<super::source::CredentialSource> {
        let settings = serde_json::to_string(self.settings).unwrap_or_default();
        let secret = self.secret.unwrap_or_default();
        sources.of(&[self.kind.kind, &settings, self.host, secret], grant)
    }

    fn check_host(self, hosts: &[&str]) -> Result<(), String> {
        if hosts.iter().any(|end| self.host.ends_with(end)) {
            return Ok(());
        }
        Err(format!(
            "a token of this machine goes to hosts that end in {} only; give a credential for {}",
            hosts.join(", "),
            self.host
        ))
    }
}

fn header(name: &HeaderName, scheme: &str, secret: &str) -> Result<Auth, String> {
    let header = CredentialHeader::new(name, scheme, secret);
    let header = header.ok_or("the credential has characters that no header can carry")?;
    Ok(Auth::Header(header))
}

fn client(secret: &str) -> Result<ClientJson, String> {
    serde_json::from_str(secret)
        .map_err(|_| "the credential is not JSON with client_id and client_secret".to_owned())
}

fn client_credentials(url: String, client: ClientJson, scope: Option<String>) -> Grant {
    let mut fields = vec![
        ("grant_type", "client_credentials".to_owned()),
        ("client_id", client.client_id),
    ];
    fields.extend(scope.map(|scope| ("scope", scope)));
    Grant::Form {
        url,
        fields,
        secret: ("client_secret", client.client_secret),
    }
}
