//! The person whom a provider speaks of.

use serde_json::Value;

use super::discovery::Endpoints;
use super::id_token::Claims;
use super::{ProviderError, SignInProvider};
use crate::config::SignInProviderKind;

const SUBJECT_CHARS_MAX: usize = 255;

/// A person as a provider of identities knows them.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ProviderPerson {
    /// The provider's own name for them, which never changes and is never given to another.
    pub subject: String,
    pub email: Option<String>,
    /// True if the provider has seen that the address is theirs.
    pub is_email_verified: bool,
    pub name: Option<String>,
}

impl SignInProvider {
    /// The person that an id token speaks of. The user endpoint is asked when the token leaves out the address, or
    /// whether it is verified.
    pub(super) async fn completed(
        &self,
        endpoints: &Endpoints,
        claims: Claims,
        access_token: &str,
    ) -> Result<ProviderPerson, ProviderError> {
        let mut verified = said(claims.email_verified.as_ref(), claims.xms_edov.as_ref());
        let mut person = ProviderPerson {
            is_email_verified: false,
            subject: claims.sub,
            email: claims.email,
            name: claims.name,
        };
        let is_complete = person.email.is_some() && (verified.is_some() || self.config.trust_email);
        let userinfo = endpoints.userinfo.as_ref();
        if let Some(userinfo) = userinfo.filter(|_| !is_complete && !access_token.is_empty()) {
            match self.ask(userinfo, access_token).await {
                Ok(more) => verified = complete(&mut person, verified, &more)?,
                Err(error) if person.email.is_none() => return Err(error),
                // The token was enough to know the person; only the address stays unverified.
                Err(error) => self.note_silence(&error),
            }
        }
        person.is_email_verified = self.is_believed(verified);
        checked(person)
    }

    /// An address counts as verified if the provider says so; where it says nothing, if the operator trusts it. The
    /// address of an unverified claim could be anybody's, and take over their user ("nOAuth").
    fn is_believed(&self, verified: Option<bool>) -> bool {
        verified.unwrap_or(self.config.trust_email)
    }

    fn note_silence(&self, error: &ProviderError) {
        tracing::warn!(
            provider = self.name(),
            error = error.to_string(),
            "the provider does not say whether an address is verified"
        );
    }

    /// Asks whom an access token is of, at providers without id tokens.
    pub(super) async fn asked(
        &self,
        endpoints: &Endpoints,
        access_token: &str,
    ) -> Result<ProviderPerson, ProviderError> {
        let userinfo = endpoints.userinfo.as_ref();
        let userinfo = userinfo.ok_or_else(|| ProviderError::unavailable("no user endpoint"))?;
        if access_token.is_empty() {
            return Err(ProviderError::invalid("no access token"));
        }
        let user = self.ask(userinfo, access_token).await?;
        let person = match self.config.kind {
            SignInProviderKind::Github => self.of_github(endpoints, &user, access_token).await?,
            SignInProviderKind::Discord => ProviderPerson {
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

    fn of_fields(&self, user: &Value) -> ProviderPerson {
        let config = &self.config;
        let verified = user.get(&config.email_verified_field);
        ProviderPerson {
            subject: text(&user[&config.subject_field]).unwrap_or_default(),
            email: text(&user[&config.email_field]),
            is_email_verified: self.is_believed(said(verified, None)),
            name: text(&user[&config.name_field]),
        }
    }

    /// The address that a user shows may be unverified; the list says which is.
    async fn of_github(
        &self,
        endpoints: &Endpoints,
        user: &Value,
        access_token: &str,
    ) -> Result<ProviderPerson, ProviderError> {
        let mut email = None;
        if let Some(emails) = &endpoints.emails {
            let all = self.ask(emails, access_token).await?;
            let own = all.as_array().into_iter().flatten();
            email = own
                .filter(|one| is_true(&one["primary"]) && is_true(&one["verified"]))
                .find_map(|one| text(&one["email"]));
        }
        Ok(ProviderPerson {
            subject: text(&user["id"]).unwrap_or_default(),
            is_email_verified: email.is_some(),
            email,
            name: text(&user["name"]).or_else(|| text(&user["login"])),
        })
    }

    async fn ask(&self, place: &url::Url, access_token: &str) -> Result<Value, ProviderError> {
        let response = self.calls.get(place, Some(access_token)).await?;
        serde_json::from_slice(&response)
            .map_err(|_| ProviderError::invalid("what it says of the user cannot be read"))
    }
}

fn checked(person: ProviderPerson) -> Result<ProviderPerson, ProviderError> {
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

/// Fills in what the response of the user endpoint has and the id token has not; what is said of the address then.
fn complete(
    person: &mut ProviderPerson,
    verified: Option<bool>,
    more: &Value,
) -> Result<Option<bool>, ProviderError> {
    let subject = more["sub"].as_str();
    if subject.is_none() && person.email.is_some() {
        return Ok(verified);
    }
    // Else one user's token could be completed with another's address.
    if subject != Some(person.subject.as_str()) {
        return Err(ProviderError::invalid(
            "its responses are of different people",
        ));
    }
    person.name = person.name.take().or_else(|| text(&more["name"]));
    let Some(email) = text(&more["email"]) else {
        return Ok(verified);
    };
    let is_same = |known: &String| known.eq_ignore_ascii_case(&email);
    // A word about another address says nothing of the one in the token.
    if person.email.as_ref().is_some_and(|known| !is_same(known)) {
        return Ok(verified);
    }
    person.email = Some(email);
    Ok(said(more.get("email_verified"), more.get("xms_edov")))
}

/// The provider's word on an address: `email_verified` first, because it may also say no.
fn said(email_verified: Option<&Value>, xms_edov: Option<&Value>) -> Option<bool> {
    let own = email_verified.filter(|value| !value.is_null());
    own.map(is_true)
        .or_else(|| xms_edov.is_some_and(is_true).then_some(true))
}

/// A yes as providers write it: a boolean, a number or a text.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() == Some(1.0),
        Value::String(text) => text.eq_ignore_ascii_case("true") || text == "1",
        _ => false,
    }
}
