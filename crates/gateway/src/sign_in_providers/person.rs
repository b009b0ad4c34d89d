//! Whom a provider speaks of.

use serde_json::Value;

use super::discovery::Endpoints;
use super::id_token::Claims;
use super::{ProviderError, SignInProvider};
use crate::config::SignInProviderKind;

const SUBJECT_CHARS_MAX: usize = 255;

/// Somebody as a provider knows them.
#[derive(Clone, PartialEq, Eq)]
pub struct ForeignPerson {
    /// The provider's own name for them, which never changes and is never given to another.
    pub subject: String,
    pub email: Option<String>,
    /// Whether the provider has seen that the address is theirs.
    pub is_email_verified: bool,
    pub name: Option<String>,
}

impl SignInProvider {
    /// Whom an id token speaks of; what it leaves out is asked for.
    pub(super) async fn completed(
        &self,
        endpoints: &Endpoints,
        claims: Claims,
        access_token: &str,
    ) -> Result<ForeignPerson, ProviderError> {
        let mut person = ForeignPerson {
            is_email_verified: claims.email_verified.as_ref().is_some_and(is_true),
            subject: claims.sub,
            email: claims.email,
            name: claims.name,
        };
        let Some(userinfo) = &endpoints.userinfo else {
            return checked(person);
        };
        if person.email.is_some() || access_token.is_empty() {
            return checked(person);
        }
        let more = self.ask(userinfo, access_token).await?;
        // Else one user's token could be completed with another's address.
        if more["sub"].as_str() != Some(person.subject.as_str()) {
            return Err(ProviderError::invalid(
                "its answers are of different people",
            ));
        }
        person.email = text(&more["email"]);
        person.is_email_verified = is_true(&more["email_verified"]);
        person.name = person.name.or_else(|| text(&more["name"]));
        checked(person)
    }

    /// Whom an access token is of, at providers without id tokens.
    pub(super) async fn asked(
        &self,
        endpoints: &Endpoints,
        access_token: &str,
    ) -> Result<ForeignPerson, ProviderError> {
        let userinfo = endpoints.userinfo.as_ref();
        let userinfo = userinfo.ok_or_else(|| ProviderError::unavailable("no user endpoint"))?;
        if access_token.is_empty() {
            return Err(ProviderError::invalid("no access token"));
        }
        let user = self.ask(userinfo, access_token).await?;
        let person = match self.config.kind {
            SignInProviderKind::Github => self.of_github(endpoints, &user, access_token).await?,
            SignInProviderKind::Discord => ForeignPerson {
                subject: text(&user["id"]).unwrap_or_default(),
                email: text(&user["email"]),
                is_email_verified: is_true(&user["verified"]),
                name: text(&user["global_name"]).or_else(|| text(&user["username"])),
            },
            SignInProviderKind::Oauth2 | SignInProviderKind::Oidc | SignInProviderKind::Google => {
                self.of_fields(&user)
            }
        };
        checked(person)
    }

    fn of_fields(&self, user: &Value) -> ForeignPerson {
        let config = &self.config;
        let verified = user.get(&config.email_verified_field);
        ForeignPerson {
            subject: text(&user[&config.subject_field]).unwrap_or_default(),
            email: text(&user[&config.email_field]),
            is_email_verified: verified.is_some_and(is_true),
            name: text(&user[&config.name_field]),
        }
    }

    /// The address that a user shows may be unverified; the list says which is.
    async fn of_github(
        &self,
        endpoints: &Endpoints,
        user: &Value,
        access_token: &str,
    ) -> Result<ForeignPerson, ProviderError> {
        let mut email = None;
        if let Some(emails) = &endpoints.emails {
            let all = self.ask(emails, access_token).await?;
            let own = all.as_array().into_iter().flatten();
            email = own
                .filter(|one| is_true(&one["primary"]) && is_true(&one["verified"]))
                .find_map(|one| text(&one["email"]));
        }
        Ok(ForeignPerson {
            subject: text(&user["id"]).unwrap_or_default(),
            is_email_verified: email.is_some(),
            email,
            name: text(&user["name"]).or_else(|| text(&user["login"])),
        })
    }

    async fn ask(&self, place: &url::Url, access_token: &str) -> Result<Value, ProviderError> {
        let answer = self.calls.get(place, Some(access_token)).await?;
        serde_json::from_slice(&answer)
            .map_err(|_| ProviderError::invalid("what it says of the user cannot be read"))
    }
}

fn checked(person: ForeignPerson) -> Result<ForeignPerson, ProviderError> {
    let length = person.subject.chars().count();
    if (1..=SUBJECT_CHARS_MAX).contains(&length) {
        Ok(person)
    } else {
        Err(ProviderError::invalid("it does not say who the user is"))
    }
}

/// A text, or a number as one: some providers number their users.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn is_true(value: &Value) -> bool {
    value
        .as_bool()
        .unwrap_or_else(|| value.as_str() == Some("true"))
}
