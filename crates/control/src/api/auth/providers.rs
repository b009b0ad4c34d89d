//! The way to a provider and back. Whatever goes wrong ends on the page to sign in, with a code in its
//! address: people are on this way, not programs.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams, State};
use axum::response::{IntoResponse, Response};
use gateway::error::ApiError;
use http::header::{LOCATION, SET_COOKIE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Deserialize;

use crate::api::query::QueryOf;
use crate::api::signed_in_response::set_cookie;
use crate::auth::{Cookie, Visitor};
use crate::commands::ProviderSignIn;
use crate::sign_in_providers::{FLOW_MS, Flow, ProviderPerson, SignInProvider, return_path};
use crate::state::{Control, ControlState};

const TEXT_CHARS_MAX: usize = 4_096;

/// The page to go to once the user is signed in.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct StartQuery {
    /// A path of ours; anything else is `/`.
    #[param(max_length = 1000)]
    return_to: Option<String>,
}

/// The query that a browser brings back from a provider.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CallbackQuery {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
    /// From whom the response is (RFC 9207).
    iss: Option<String>,
}

/// The provider that the path names.
pub(crate) struct PathProvider(Arc<SignInProvider>);

impl FromRequestParts<ControlState> for PathProvider {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &ControlState) -> Result<Self, ApiError> {
        let nothing = || ApiError::not_found("sign-in provider");
        let params = RawPathParams::from_request_parts(parts, app).await;
        let params = params.map_err(|_| nothing())?;
        let name = params.iter().find(|(name, _)| *name == "name");
        let found = name.and_then(|(_, name)| app.sign_in_providers.find(name));
        found.map(Self).ok_or_else(nothing)
    }
}

/// The reason of a sign-in that failed; for the address of the page that says so.
struct SignInRefusal(&'static str);

/// Redirects to a provider. A signed-in user links it.
#[utoipa::path(get, path = "/auth/providers/{name}/start", tag = "auth", operation_id = "start_provider_sign_in",
    params(("name" = String, Path), StartQuery), responses((status = 303)))]
pub(crate) async fn start_provider_sign_in(
    State(app): State<ControlState>,
    visitor: Visitor,
    PathProvider(provider): PathProvider,
    QueryOf(query): QueryOf<StartQuery>,
) -> Result<Response, ApiError> {
    let return_to = return_path(query.return_to.as_deref().unwrap_or("/"));
    let user_id = visitor.signed_in.as_ref().map(|one| one.1.id.to_string());
    let now_ms = app.clock.now_ms();
    let flow = Flow::begin(provider.name(), return_to, user_id, now_ms);
    let flow = flow.map_err(ApiError::internal)?;
    let redirect_uri = redirect_uri(&app, &provider);
    let url = match provider.authorization_url(&flow, &redirect_uri).await {
        Ok(url) => url,
        Err(error) => {
            tracing::warn!(
                provider = provider.name(),
                error = error.to_string(),
                "sign-in provider failed"
            );
            return to_sign_in(&app, error.code());
        }
    };
    let sealed = flow.seal(&app.gateway.master);
    let sealed = sealed.ok_or_else(|| ApiError::internal(anyhow::anyhow!("sealing failed")))?;
    let mut response = see_other(url.as_str())?;
    set_flow_cookie(&app, &mut response, &sealed, FLOW_MS / 1_000)?;
    Ok(response)
}

/// Comes back from a provider: to the Dashboard with a session, or to the page to sign in with `?error=CODE`.
#[utoipa::path(get, path = "/auth/providers/{name}/callback", tag = "auth", operation_id = "finish_provider_sign_in",
    params(("name" = String, Path), CallbackQuery), responses((status = 303)))]
pub(crate) async fn finish_provider_sign_in(
    State(app): State<ControlState>,
    visitor: Visitor,
    PathProvider(provider): PathProvider,
    QueryOf(query): QueryOf<CallbackQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (flow, person) = match person_of(&app, &provider, &query, &headers).await {
        Ok(known) => known,
        Err(SignInRefusal(code)) => {
            app.gateway.metrics.count_sign_in("provider_refused");
            let mut response = to_sign_in(&app, code)?;
            set_flow_cookie(&app, &mut response, "", 0)?;
            return Ok(response);
        }
    };
    let mut response = finish(&app, &visitor, &provider, &flow, &person).await?;
    set_flow_cookie(&app, &mut response, "", 0)?;
    Ok(response)
}

/// The person whom the provider knows, if the callback belongs to what this browser asked for.
async fn person_of(
    app: &Control,
    provider: &SignInProvider,
    query: &CallbackQuery,
    headers: &HeaderMap,
) -> Result<(Flow, ProviderPerson), SignInRefusal> {
    let cookie = Cookie::Flow
        .value_in(&app.gateway.config.public_url, headers)
        .unwrap_or_default();
    let flow = Flow::open(cookie, &app.gateway.master, app.clock.now_ms());
    let flow = flow.filter(|flow| flow.provider == provider.name());
    let flow = flow.ok_or(SignInRefusal("flow_expired"))?;
    if !flow.is_answered_by(query.state.as_deref().unwrap_or_default()) {
        return Err(SignInRefusal("flow_expired"));
    }
    if let Some(issuer) = &query.iss
        && !provider.is_issuer(issuer).await
    {
        return Err(SignInRefusal("provider_invalid_response"));
    }
    if let Some(error) = &query.error {
        let is_their_choice = error == "access_denied";
        return Err(SignInRefusal(if is_their_choice {
            "access_denied"
        } else {
            "provider_refused"
        }));
    }
    let code = query
        .code
        .as_deref()
        .filter(|code| code.len() <= TEXT_CHARS_MAX);
    let code = code.ok_or(SignInRefusal("provider_invalid_response"))?;
    let redirect_uri = redirect_uri(app, provider);
    let person = provider.person_of(&flow, code, &redirect_uri).await;
    let person = person.map_err(|error| {
        tracing::warn!(
            provider = provider.name(),
            error = error.to_string(),
            "sign-in provider failed"
        );
        SignInRefusal(error.code())
    })?;
    Ok((flow, person))
}

/// Links whoever was and is signed in; signs in everybody else.
async fn finish(
    app: &Control,
    visitor: &Visitor,
    provider: &SignInProvider,
    flow: &Flow,
    person: &ProviderPerson,
) -> Result<Response, ApiError> {
    if let Some(user_id) = &flow.user_id {
        let signed_in = visitor.signed_in.as_ref();
        let same = signed_in.filter(|one| one.1.id.as_str() == user_id);
        let Some(identity) = same else {
            return to_sign_in(app, "flow_expired");
        };
        let user = &identity.1;
        let actor = visitor.actor_as(user);
        let commands = app.commands(&actor);
        return if commands
            .link_provider(user, provider.name(), person)
            .await?
        {
            see_other(&our_path(app, &flow.return_to))
        } else {
            to_sign_in(app, "identity_taken")
        };
    }
    let actor = visitor.actor();
    let commands = app.commands(&actor);
    let browser = visitor.browser();
    match commands
        .sign_in_by_provider(provider.name(), person, &browser)
        .await?
    {
        ProviderSignIn::Refused(code) => {
            app.gateway.metrics.count_sign_in("provider_refused");
            to_sign_in(app, code)
        }
        ProviderSignIn::SignedIn(begun) => {
            app.gateway.metrics.count_sign_in("ok");
            let mut response = see_other(&our_path(app, &flow.return_to))?;
            set_cookie(app, &mut response, &begun.session, &begun.secret)?;
            Ok(response)
        }
    }
}

/// Exactly what is registered at the provider.
fn redirect_uri(app: &Control, provider: &SignInProvider) -> String {
    let base_url = app.config.accounts.public_url().unwrap_or_default();
    format!(
        "{base_url}/api/v1/auth/providers/{}/callback",
        provider.name()
    )
}

fn to_sign_in(app: &Control, code: &'static str) -> Result<Response, ApiError> {
    see_other(&our_path(app, &format!("/sign-in?error={code}")))
}

/// A path of this server as browsers know it: below the path of `accounts.public_url`.
fn our_path(app: &Control, path: &str) -> String {
    let base = app.gateway.config.public_url.base_path();
    let is_below = |rest: &str| rest.is_empty() || rest.starts_with(['/', '?', '#']);
    match path.strip_prefix(base) {
        Some(rest) if is_below(rest) && !base.is_empty() => path.to_owned(),
        _ => format!("{base}{path}"),
    }
}

fn see_other(place: &str) -> Result<Response, ApiError> {
    let place = HeaderValue::from_str(place).map_err(ApiError::internal)?;
    Ok((StatusCode::SEE_OTHER, [(LOCATION, place)]).into_response())
}

fn set_flow_cookie(
    app: &Control,
    response: &mut Response,
    value: &str,
    seconds: i64,
) -> Result<(), ApiError> {
    let value = Cookie::Flow.header(&app.gateway.config.public_url, value, seconds)?;
    response.headers_mut().append(SET_COOKIE, value);
    Ok(())
}
