//! Wishes and needs of a request that leave no deployment: the client's to change, in words that say which left out what.

use llm::route_ask::RouteAsk;

use crate::error::ApiError;
use crate::routing::{self, Candidate, Part, Traits};
use crate::state::Gateway;
use crate::upstream::Need;

/// Deployments that are named for one reason; of more, their number is told.
const NAMED_MAX: usize = 5;

/// Refuses a member of `provider` that no list knows, unless a provider that routes by the object itself may know it.
pub(super) fn check_names(app: &Gateway, ask: &RouteAsk, model: &str) -> Result<(), ApiError> {
    let Some(unknown) = &ask.unknown else {
        return Ok(());
    };
    let catalog = app.catalog.load();
    let asked = ask.models.iter().map(String::as_str).chain([model]);
    let mut deployments = asked
        .filter_map(|name| catalog.model(name))
        .flat_map(|model| model.deployments());
    if deployments.any(|one| one.provider.takes_provider_object) {
        return Ok(());
    }
    Err(ApiError::unknown_parameter(&format!("provider.{unknown}")))
}

/// The refusal of a request that leaves out all of its candidates; `None` if the state of a deployment is a reason.
pub(super) fn refusal(
    model: &str,
    candidates: &[Candidate],
    traits: &Traits<'_>,
) -> Option<ApiError> {
    let mut reasons: Vec<(Part, Vec<String>)> = Vec::new();
    for (one, part) in candidates.iter().zip(routing::parts(candidates, traits)) {
        if !matches!(part, Part::NotAsked(_) | Part::Lacks(_)) {
            continue;
        }
        let name = format!("{} ({})", one.deployment.id, one.deployment.provider.name);
        match reasons.iter_mut().find(|(reason, _)| *reason == part) {
            Some((_, names)) => names.push(name),
            None => reasons.push((part, vec![name])),
        }
    }
    let (first, _) = reasons.first()?;
    let param = param(*first);
    let reasons: Vec<String> = reasons
        .iter()
        .map(|(part, names)| words(*part, names))
        .collect();
    let error = ApiError::no_matching_deployment(model, &reasons.join("; "));
    Some(match param {
        Some(param) => error.with_param(param),
        None => error,
    })
}

/// The parameter that asks for what is not there.
fn param(part: Part) -> Option<&'static str> {
    match part {
        Part::NotAsked(wish) => Some(wish.param()),
        Part::Lacks(Need::Tools) => Some("tools"),
        Part::Lacks(Need::Vision | Need::JsonSchema | Need::Context)
        | Part::Well
        | Part::Doubtful
        | Part::Probe
        | Part::Cooling
        | Part::Ejected(_)
        | Part::NotForTests
        | Part::Reserved => None,
    }
}

fn words(part: Part, names: &[String]) -> String {
    let mut named = names[..names.len().min(NAMED_MAX)].join(", ");
    if names.len() > NAMED_MAX {
        named = format!("{named} and {} more", names.len() - NAMED_MAX);
    }
    let reason = match part {
        Part::Lacks(Need::Tools) => "calling tools, which is not among the capabilities,",
        Part::Lacks(Need::Vision) => {
            "a picture in the prompt, with 'vision' not among the capabilities,"
        }
        Part::Lacks(Need::JsonSchema) => {
            "a response by a JSON schema, with 'json_mode' not among the capabilities,"
        }
        Part::Lacks(Need::Context) => "a prompt longer than the context",
        part => return format!("'{}' leaves out {named}", param(part).unwrap_or_default()),
    };
    format!("{reason} leaves out {named}")
}
