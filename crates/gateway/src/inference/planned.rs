//! The plan of a request at the deployments of one model, its ticket for their gate, and the body that a deployment
//! gets.

use std::sync::Arc;

use bytes::Bytes;
use llm::chat::{Breakpoints, Made, Request};
use llm::route_ask::RouteAsk;

use super::admit::Admission;
use super::attempt::Attempt;
use super::media::RequestMedia;
use super::other_model;
use super::settle::Settlement;
use super::unmet;
use super::{Admitted, Surface};
use crate::error::ApiError;
use crate::routing::{self, Level, Plan, Ticket, Traits};
use crate::state::GatewayState;
use crate::upstream::{Deployment, ForwardedHeaders};

/// Output tokens that are assumed to compare costs by.
const OUTPUT_TOKENS_ASSUMED: u64 = 500;

/// A request for which there is no plan.
pub(super) struct NoPlan {
    pub(super) error: ApiError,
    /// True if the request itself leaves out what there is.
    pub(super) is_unmet: bool,
}

/// The deployments that are attempted, in their order. With other models behind this one, a deployment that may lack what
/// the request needs is left out.
pub(super) fn plan(
    app: &GatewayState,
    admitted: &Admitted,
    seed: u64,
    has_others: bool,
) -> Result<Plan, Box<NoPlan>> {
    let Surface {
        operation,
        language,
        ..
    } = admitted.surface;
    let summary = &admitted.admission.summary;
    let model = &admitted.admission.model;
    let can_serve =
        |deployment: &Deployment| deployment.language_for(operation, language).is_some();
    let candidates = model.candidates(summary.input_tokens_estimate, can_serve);
    let traits = traits(app, admitted, has_others);
    let policy = routing::Policy {
        attempts_max: app.config.upstream.attempts_max(),
        order: model.spec.routing_policy,
    };
    let plan = routing::plan(&candidates, &traits, policy, seed);
    if !plan.is_empty() {
        return Ok(plan);
    }
    let unmet = unmet::refusal(&summary.model, &candidates, &traits);
    Err(Box::new(NoPlan {
        is_unmet: unmet.is_some(),
        error: unmet.unwrap_or_else(|| ApiError::no_deployment(&summary.model)),
    }))
}

fn traits<'a>(app: &GatewayState, admitted: &'a Admitted, has_others: bool) -> Traits<'a> {
    let Admitted {
        admission,
        caller,
        hints,
        ask,
        ..
    } = admitted;
    let summary = &admission.summary;
    let session = hints.session_or(ask.as_deref());
    let requires = ask.as_ref().is_some_and(|ask| ask.requires_parameters);
    Traits {
        is_test: caller.key.is_test(),
        tier: Some((caller.tier.id.as_str(), app.clock.now_ms())),
        input_tokens: summary.input_tokens_estimate,
        output_tokens: summary.output_tokens_max.unwrap_or(OUTPUT_TOKENS_ASSUMED),
        needs: summary.needs,
        is_strict: has_others || requires,
        ask: ask.as_deref(),
        is_too_dear: !other_model::is_within_price(&admission.model, admitted),
        session,
        prefix: prefix_of(admitted).filter(|_| session.is_none()),
    }
}

/// The begin of a long prompt, where the model's prompts stay at a deployment by it and there are several.
fn prefix_of(admitted: &Admitted) -> Option<u64> {
    let model = &admitted.admission.model;
    let may_choose = model.spec.sticky_prompts && model.deployments().len() > 1;
    may_choose
        .then(|| llm::prompt_prefix(&admitted.body))
        .flatten()
        .map(|prefix| routing::mix(routing::hash(prefix) ^ routing::hash(model.id.as_bytes())))
}

/// The request at the gate of its pool.
pub(super) fn ticket(admitted: &Admitted) -> Ticket<'_> {
    let Admitted {
        admission,
        caller,
        hints,
        ask,
        ..
    } = admitted;
    Ticket {
        level: Level::of_priority(caller.priority()),
        account: caller.key.account_id(),
        input_tokens: admission.summary.input_tokens_estimate,
        output_tokens_max: admission.summary.output_tokens_max,
        until: hints.until,
        is_idle_only: ask.as_ref().is_some_and(|ask| ask.is_flex),
        is_retry: false,
        is_returning: false,
    }
}

/// The headers that inference gateways read of a flow: whose request it is, and how much it matters.
const FAIRNESS_ID: &str = "x-gateway-inference-fairness-id";
const OBJECTIVE: &str = "x-gateway-inference-objective";

/// The client's headers with those that a provider is told of the flow; `None` for a provider that is told nothing.
pub(super) fn with_flow(admitted: &Admitted, deployment: &Deployment) -> Option<ForwardedHeaders> {
    let Admitted {
        caller, forwarded, ..
    } = admitted;
    let level = Level::of_priority(caller.priority());
    let flow = [
        (FAIRNESS_ID, caller.key.account_id().as_str()),
        (OBJECTIVE, level.as_str()),
    ];
    let sends_flow = deployment.provider.sends_flow;
    sends_flow.then(|| forwarded.with(&flow))
}

/// The facts that a translated response says of itself: its id is that of the request.
pub(super) fn made(app: &GatewayState, admission: &Admission, settlement: &Settlement) -> Made {
    let id = settlement.request_id();
    Made {
        seed: id.chars().filter(char::is_ascii_alphanumeric).collect(),
        created_s: u64::try_from(app.clock.now_ms() / 1_000).unwrap_or_default(),
        model: match admission.rule {
            // A virtual model is no model that responds.
            Some(_) => admission.model.id.to_string(),
            None => admission.summary.model.clone(),
        },
    }
}

/// The request as a deployment is asked.
pub(super) struct Asked {
    /// The request in the inner form, where the deployment speaks another language than the client.
    pub(super) conversation: Option<Request>,
    pub(super) made: Made,
    /// Another text than that of the client, with its admission.
    pub(super) sent: Option<(Bytes, Admission)>,
}

/// The request as a deployment is asked, its media not fetched yet.
///
/// # Errors
/// If it is no request in the language of the client.
pub(super) fn asked(
    app: &GatewayState,
    admitted: &Admitted,
    attempt: &Attempt,
    settlement: &Settlement,
) -> Result<Asked, ApiError> {
    let Admitted {
        surface,
        admission,
        ask,
        body,
        ..
    } = admitted;
    let sent = as_sent(ask.as_deref(), *surface, admission, &attempt.deployment);
    if !attempt.is_translated() {
        return Ok(Asked {
            conversation: None,
            made: Made::default(),
            sent,
        });
    }
    let mut conversation = surface.client.read_request(body)?;
    // Some languages say it in the path.
    conversation.model.clone_from(&admission.summary.model);
    conversation.is_streamed = admission.summary.is_streamed;
    Ok(Asked {
        conversation: Some(conversation),
        made: made(app, admission, settlement),
        sent,
    })
}

impl Asked {
    /// Sets cache breakpoints where the key or the deployment wants some and the client set none.
    pub(super) fn set_breakpoints(&mut self, (admitted, attempt): (&Admitted, &Attempt)) {
        let breakpoints = attempt.breakpoints(admitted.caller.key.caches_prompts());
        if breakpoints == Breakpoints::None {
            return;
        }
        if let Some(conversation) = &mut self.conversation {
            conversation.set_breakpoints(breakpoints);
            return;
        }
        let body = self.sent.as_ref().map_or(&*admitted.body, |(body, _)| body);
        let is_conversation = admitted.surface.operation.input.is_conversation();
        let face = attempt.language.passthrough.filter(|_| is_conversation);
        if let Some(body) = face.and_then(|face| face.with_breakpoints(body)) {
            self.sent = with_text(body, admitted.surface, &admitted.admission);
        }
    }

    /// Brings the media that the deployment takes as bytes.
    ///
    /// # Errors
    /// If one of them cannot be used.
    pub(super) async fn bring_media(
        &mut self,
        app: &GatewayState,
        around: (&Admitted, &Attempt),
        media: &mut RequestMedia,
    ) -> Result<(), ApiError> {
        if let Some(conversation) = &mut self.conversation {
            return media.bring(app, around, conversation).await;
        }
        let (admitted, _) = around;
        let body = self.sent.as_ref().map_or(&*admitted.body, |(body, _)| body);
        if let Some(body) = media.bring_into(app, around, body).await? {
            self.sent = with_text(body, admitted.surface, &admitted.admission);
        }
        Ok(())
    }
}

/// The request as it was sent, for a provider that routes by its `provider` object too; `None` for any other.
fn as_sent(
    ask: Option<&RouteAsk>,
    surface: Surface,
    admission: &Admission,
    deployment: &Deployment,
) -> Option<(Bytes, Admission)> {
    let body = ask?.original.clone()?;
    if !deployment.provider.takes_provider_object {
        return None;
    }
    with_text(body, surface, admission)
}

/// The admission with another text of the same request.
fn with_text(body: Bytes, surface: Surface, admission: &Admission) -> Option<(Bytes, Admission)> {
    let mut summary = surface.client.scan(surface.operation, &body).ok()?;
    summary.model.clone_from(&admission.summary.model);
    summary.is_streamed = admission.summary.is_streamed;
    let sent = Admission {
        summary,
        model: Arc::clone(&admission.model),
        rule: admission.rule,
    };
    Some((body, sent))
}
