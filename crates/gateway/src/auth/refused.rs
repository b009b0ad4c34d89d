//! Requests that are refused at the door, although their key is known: the account is to find them in its log.

use std::sync::Arc;

use http::request::Parts;
use llm::languages::GeminiMethod;
use store::usage_events::{CountedBy, Detail, EndReason, UsageEvent};

use super::api_key::{ApiKeyCaller, Refused};
use crate::error::ApiError;
use crate::metering::{UsageRecord, sender_in_words};
use crate::state::GatewayState;

impl Refused {
    /// Records the refusal for the account of the key; returns the error.
    pub(super) fn recorded(self, app: &GatewayState, parts: &Parts) -> ApiError {
        if let Some(caller) = self.caller {
            let record = record(app, &caller, parts, &self.error);
            // Nothing was used: the client does not wait for the disk.
            drop(app.metering.push(record, None));
        }
        self.error
    }
}

fn record(
    app: &GatewayState,
    caller: &ApiKeyCaller,
    parts: &Parts,
    error: &ApiError,
) -> UsageRecord {
    UsageRecord {
        event: event(app, caller, parts, error),
        secret: caller.key.digest(),
        address: caller.address,
        is_authorized: false,
        is_by_person: false,
        price_nanos: None,
    }
}

fn event(app: &GatewayState, caller: &ApiKeyCaller, parts: &Parts, error: &ApiError) -> UsageEvent {
    let (address, agent) = sender_in_words(caller.address, caller.agent.as_ref());
    UsageEvent {
        request_id: caller.context.request_id().clone(),
        at_ms: app.clock.now_ms(),
        account_id: caller.key.account_id().clone(),
        api_key_id: caller.key.id().clone(),
        environment: caller.key.record().environment.as_str(),
        endpoint: endpoint(app, parts),
        // The body was not read.
        model_id: Arc::default(),
        requested_model: Arc::default(),
        provider_name: Arc::default(),
        usage: llm::Usage::default(),
        charge_nanos: 0,
        counted_by: CountedBy::None,
        status: error.status().as_u16(),
        error_code: error.code(),
        end_reason: EndReason::Refused,
        is_admitted: false,
        is_streamed: false,
        duration_us: 0,
        first_token_us: None,
        detail: Detail {
            address,
            agent,
            error: Some(Box::new(
                error.shown(&app.master, caller.context.request_id()),
            )),
            ..Detail::default()
        },
    }
}

/// The name of the operation at that path; empty if the table has none.
fn endpoint(app: &GatewayState, parts: &Parts) -> &'static str {
    let path = parts.uri.path();
    if let Some(operation) = GeminiMethod::of_path(path).and_then(GeminiMethod::operation) {
        return operation.name;
    }
    let path = path.strip_prefix("/v1").unwrap_or(path);
    let found = app.operations.iter().find(|one| one.path == path);
    found.map_or("", |operation| operation.name)
}
