//! Route explain: where the next request for a model would go, for operators.

use axum::Json;
use axum::extract::State;
use gateway::catalog::Model;
use gateway::error::ApiError;
use gateway::inference::{ExplainedCandidate, explain, lead};
use gateway::routing::{BreakerState, LEVELS, Level, LevelCounts, RoutingPolicy, Traits, hash};
use llm::Needs;
use serde::{Deserialize, Serialize};
use store::api_keys::Environment;
use utoipa::ToSchema;

use crate::api::query::QueryOf;
use crate::auth::Operator;
use crate::state::{Control, ControlState};

/// The request that is explained.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExplainRouteQuery {
    /// The id or an alias of a model.
    #[param(max_length = 200)]
    model: String,
    /// The id of an API key that would send it.
    #[param(max_length = 64)]
    key: Option<String>,
    /// The session that it would name.
    #[param(max_length = 200)]
    session: Option<String>,
    /// Tokens of its prompt.
    input_tokens: Option<u64>,
    /// The abilities that it would need, with commas between them: `tools`, `vision`, `json_schema`.
    #[param(max_length = 100)]
    needs: Option<String>,
}

/// The route that the next request for a model would take, as this server stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RouteExplanationResponse {
    /// The id of the model. Of a virtual model: the one to which it leads the request.
    model: String,
    /// The rule of the virtual model that was asked for, if it was one and a rule takes the request.
    rule: Option<RouteRuleUsedResponse>,
    /// `weights`, `least_in_flight`, `lowest_latency` or `lowest_cost`.
    #[schema(value_type = String)]
    policy: RoutingPolicy,
    /// Ids of the models that stand in when no deployment of this one serves the request.
    fallbacks: Vec<String>,
    /// The key that would send it, if one was named.
    key: Option<RouteKeyResponse>,
    /// Requests that the deployments take at the same time; `null` while none was refused.
    seats: Option<u32>,
    candidates: Vec<RouteCandidateResponse>,
    /// Highest level first.
    levels: Vec<GateLevelResponse>,
}

/// A virtual model's rule in a route.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RouteRuleUsedResponse {
    /// The id of the virtual model.
    virtual_model: String,
    /// The condition that counted: a word of `x-yunxin-route-reason`.
    reason: &'static str,
}

/// The part of a key in a route.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RouteKeyResponse {
    id: String,
    /// `critical`, `high`, `normal` or `low`, from the tier.
    level: &'static str,
    /// True if the tier reaches the model and the key is not restricted to others.
    may_use: bool,
}

/// A deployment in a route.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RouteCandidateResponse {
    deployment_id: String,
    provider: String,
    /// The label of the credential, where the provider has several: the deployment is a candidate by each of them.
    credential: Option<String>,
    upstream_model: String,
    group: u32,
    weight: u64,
    /// Its place in the order, from 1; `null`: it is out.
    place: Option<usize>,
    /// The reason why it is in or out: `well`, `doubtful`, `probe`, `cooling`, `failing`, `credential_refused`, `quota_exhausted`,
    /// `model_unknown`, `not_for_test_keys`, `reserved`, `lacks_tools`, `lacks_vision`, `lacks_json_schema`, `lacks_context` or `paused`.
    status: &'static str,
    /// The reason why it is the first, if it is: a word of `x-yunxin-route-reason`.
    reason: Option<&'static str>,
    /// `closed`, `half_open` or `open`.
    breaker: &'static str,
    /// Until a probe is let through.
    open_for_ms: i64,
    /// Until the time that the provider asked to be left alone is over.
    cooling_for_ms: i64,
    running: u32,
    /// The learned limit on requests at the same time; `null` while none was refused.
    limit: Option<u32>,
    /// The usual time to the first token.
    first_token_ms: Option<u64>,
}

/// A level at the gate of a model, since this server started.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GateLevelResponse {
    /// `critical`, `high`, `normal` or `low`.
    level: &'static str,
    share_percent: u64,
    running: u32,
    waiting: usize,
    offered: u64,
    admitted: u64,
    shed: u64,
}

/// Explains where the next request for a model would go, and why. Nothing is sent and nothing counted.
#[utoipa::path(get, path = "/admin/routing", tag = "admin", operation_id = "explain_route",
    params(ExplainRouteQuery), responses((status = 200, body = RouteExplanationResponse)))]
pub(crate) async fn explain_route(
    State(app): State<ControlState>,
    _: Operator,
    QueryOf(query): QueryOf<ExplainRouteQuery>,
) -> Result<Json<RouteExplanationResponse>, ApiError> {
    let model = app.gateway.catalog.load().model(&query.model).cloned();
    let model = model.ok_or_else(|| ApiError::not_found("model"))?;
    let sender = match &query.key {
        Some(id) => Some(route_key(&app, id, &model, &query.model).await?),
        None => None,
    };
    let now_ms = app.clock.now_ms();
    let needs = Needs::of_words(query.needs.as_deref().unwrap_or_default());
    let expected = "words of tools, vision and json_schema with commas between them";
    let traits = Traits {
        is_test: sender.as_ref().is_some_and(|sender| sender.is_test),
        tier: sender.as_ref().map(|sender| (&*sender.tier, now_ms)),
        needs: needs.ok_or_else(|| ApiError::invalid_query("needs", expected))?,
        input_tokens: query.input_tokens.unwrap_or_default(),
        session: query.session.as_ref().map(|name| hash(name.as_bytes())),
        ..Traits::default()
    };
    let asked = model;
    let tier = sender.as_ref().map(|sender| &*sender.tier);
    let catalog = app.gateway.catalog.load();
    let tier = tier.and_then(|tier| catalog.tier(tier));
    let may_use = |model: &Model| tier.is_none_or(|tier| model.is_reached_by(tier));
    let (model, rule) = lead(&asked, &traits, may_use);
    let counts = model.pool.counts();
    let attempts_max = app.gateway.config.upstream.attempts_max();
    let explained = explain(&model, &traits, attempts_max);
    let mut candidates: Vec<_> = explained.iter().map(candidate).collect();
    candidates.sort_by_key(|one| one.place.unwrap_or(usize::MAX));
    candidates.extend(paused(&model));
    let levels = LEVELS.into_iter().zip(&counts.levels).rev();
    Ok(Json(RouteExplanationResponse {
        model: model.id.to_string(),
        rule: rule.map(|reason| RouteRuleUsedResponse {
            virtual_model: asked.id.to_string(),
            reason: reason.as_str(),
        }),
        policy: model.spec.routing_policy,
        fallbacks: model.spec.fallbacks.clone(),
        key: sender.map(|sender| sender.key),
        seats: counts.seats,
        candidates,
        levels: levels
            .map(|(level, counts)| gate_level(level, counts))
            .collect(),
    }))
}

/// The key that would send a request.
struct Sender {
    key: RouteKeyResponse,
    tier: String,
    is_test: bool,
}

async fn route_key(app: &Control, id: &str, model: &Model, name: &str) -> Result<Sender, ApiError> {
    let found = store::api_keys::get_for_operator(&app.db, &id.into()).await;
    let key = found.map_err(ApiError::of_change)?;
    let account = store::accounts::get_account(&app.db, &key.account_id).await?;
    let catalog = app.gateway.catalog.load();
    let tier = catalog.tier(&account.tier_id);
    let allowed = key.restrictions.models.as_ref();
    let is_allowed =
        allowed.is_none_or(|models| models.iter().any(|one| one == name || *one == *model.id));
    let described = RouteKeyResponse {
        id: id.to_owned(),
        level: Level::of_priority(tier.map_or(1, |tier| tier.priority)).as_str(),
        may_use: is_allowed && tier.is_some_and(|tier| model.is_reached_by(tier)),
    };
    Ok(Sender {
        key: described,
        tier: account.tier_id,
        is_test: key.environment == Environment::Test,
    })
}

fn candidate(explained: &ExplainedCandidate) -> RouteCandidateResponse {
    let ExplainedCandidate {
        candidate,
        part,
        place,
        reason,
    } = explained;
    let (deployment, status) = (&candidate.deployment, &candidate.status);
    let first_token_ms = status.first_token_us.map(|us| {
        let micros = std::time::Duration::try_from_secs_f64(us / 1e6).unwrap_or_default();
        u64::try_from(micros.as_millis()).unwrap_or(u64::MAX)
    });
    RouteCandidateResponse {
        deployment_id: deployment.id.to_string(),
        provider: deployment.provider.name.to_string(),
        credential: deployment.provider.credential_label().map(str::to_owned),
        upstream_model: deployment.upstream_model.to_string(),
        group: deployment.group,
        weight: deployment.weight,
        place: place.map(|place| place + 1),
        status: part.as_str(),
        reason: reason.map(gateway::routing::RouteReason::as_str),
        breaker: status.breaker.as_str(),
        open_for_ms: status.open_for_ms,
        cooling_for_ms: status.cooling_for_ms,
        running: status.running,
        limit: status.limit,
        first_token_ms,
    }
}

/// The deployments that are paused: they take no requests; those that they have run to their end.
fn paused(model: &Model) -> impl Iterator<Item = RouteCandidateResponse> {
    let paused = model.paused().iter();
    paused.map(|deployment| RouteCandidateResponse {
        deployment_id: deployment.id.to_string(),
        provider: deployment.provider.name.to_string(),
        credential: deployment.provider.credential_label().map(str::to_owned),
        upstream_model: deployment.upstream_model.to_string(),
        group: deployment.group,
        weight: deployment.weight,
        place: None,
        status: "paused",
        reason: None,
        breaker: BreakerState::Closed.as_str(),
        open_for_ms: 0,
        cooling_for_ms: 0,
        running: u32::try_from(deployment.health.state().in_flight).unwrap_or(u32::MAX),
        limit: None,
        first_token_ms: None,
    })
}

fn gate_level(level: Level, counts: &LevelCounts) -> GateLevelResponse {
    GateLevelResponse {
        level: level.as_str(),
        share_percent: level.share_percent(),
        running: counts.running,
        waiting: counts.waiting,
        offered: counts.offered,
        admitted: counts.admitted,
        shed: counts.shed.iter().sum(),
    }
}
