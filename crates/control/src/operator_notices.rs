//! Notices for operators: which hold at the moment, by how deployments and queues stand, and how they are told.

use std::collections::HashMap;

use gateway::catalog::{Catalog, Model};
use gateway::routing::{BreakerState, Candidate, Ejection, ShedReason};
use serde_json::{Value, json};
use store::operator_notices::{NoticeKind, OperatorNotice, Told};

/// A condition that operators are told of.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Condition {
    pub kind: NoticeKind,
    /// The id of a deployment or model, or the name of a provider, with the label of its credential where it has several.
    pub subject: String,
    pub facts: Value,
}

/// The requests that each model has shed so far, by its id.
pub(crate) type Sheds = HashMap<String, u64>;

/// The conditions that hold, one of each kind and subject. `sheds` are those of the last look, and become those of this.
pub(crate) fn conditions(catalog: &Catalog, sheds: &mut Sheds) -> Vec<Condition> {
    let mut found: Vec<Condition> = Vec::new();
    for model in catalog.all_models() {
        let candidates = model.candidates(0, |_| true);
        let ejected = candidates
            .iter()
            .filter_map(|one| of_deployment(model, one));
        for condition in ejected.chain(of_queue(model, sheds)) {
            let is_same =
                |one: &Condition| (one.kind, &one.subject) == (condition.kind, &condition.subject);
            if !found.iter().any(is_same) {
                found.push(condition);
            }
        }
    }
    sheds.retain(|id, _| catalog.model(id).is_some());
    found
}

fn of_deployment(model: &Model, one: &Candidate) -> Option<Condition> {
    if one.status.breaker == BreakerState::Closed {
        return None;
    }
    let deployment = &one.deployment;
    let (id, provider) = (&*deployment.id, &*deployment.provider.name);
    let label = deployment.provider.credential_label();
    // One of several credentials is a subject of its own.
    let credential = label.map_or_else(
        || provider.to_owned(),
        |label| format!("{provider} ({label})"),
    );
    let (kind, subject) = match one.status.why? {
        Ejection::Failing => (NoticeKind::DeploymentFailing, id.to_owned()),
        Ejection::Credential => (NoticeKind::CredentialRefused, credential),
        Ejection::Quota => (NoticeKind::QuotaExhausted, credential),
        Ejection::UnknownModel => (NoticeKind::ModelUnknown, id.to_owned()),
    };
    let last_error = deployment.health.state().last_error;
    Some(Condition {
        kind,
        subject,
        facts: json!({
            "model": &*model.id,
            "provider": provider,
            "credential": label,
            "deployment_id": id,
            "upstream_model": &*deployment.upstream_model,
            "last_error": last_error.map(|(_, how)| how),
        }),
    })
}

/// The queue of a model that shed requests since the last look. What a client's own deadline or its wish for idle
/// capacity ends is nothing to be told of.
fn of_queue(model: &Model, sheds: &mut Sheds) -> Option<Condition> {
    let is_ours = |reason: ShedReason| match reason {
        ShedReason::QueueFull | ShedReason::WaitExceeded | ShedReason::Displaced => true,
        ShedReason::DeadlineExceeded | ShedReason::NoIdleCapacity => false,
    };
    let counts = model.pool.counts();
    let by_reason = counts
        .levels
        .iter()
        .flat_map(gateway::routing::LevelCounts::shed);
    let ours = by_reason.filter(|(reason, _)| is_ours(*reason));
    let shed: u64 = ours.map(|(_, count)| count).sum();
    let before = sheds.insert(model.id.to_string(), shed).unwrap_or_default();
    let lately = shed.saturating_sub(before);
    (lately > 0).then(|| Condition {
        kind: NoticeKind::QueueShedding,
        subject: model.id.to_string(),
        facts: json!({ "model": &*model.id, "shed": lately }),
    })
}

/// The name by which operators know the subject of a notice.
pub(crate) fn label(notice: &OperatorNotice) -> String {
    let fact = |name: &str| notice.facts.get(name).and_then(Value::as_str);
    match (notice.kind, fact("model"), fact("provider")) {
        (NoticeKind::DeploymentFailing | NoticeKind::ModelUnknown, Some(model), Some(provider)) => {
            format!("{model} ({provider})")
        }
        _ => notice.subject.clone(),
    }
}

/// The message for webhooks; `at` is the time of it in RFC 3339.
pub(crate) fn message(notice: &OperatorNotice, part: Told, at: &str) -> Value {
    json!({
        "type": format!("operator.{}", notice.kind.as_str()),
        "timestamp": at,
        "data": {
            "id": notice.id.as_str(),
            "kind": notice.kind.as_str(),
            "state": match part {
                Told::Beginning => "began",
                Told::End => "ended",
            },
            "subject": notice.subject,
            "label": label(notice),
            "facts": notice.facts,
        },
    })
}
