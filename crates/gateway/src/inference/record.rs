//! The record of one request: its usage event, on the way into metering.

use std::net::IpAddr;
use std::sync::Arc;

use http::HeaderValue;
use llm::Usage;
use store::usage_events::{CountedBy, Detail, EndReason, ErrorShown, UsageEvent, dropped_shown};

use super::charge::Charge;
use super::progress::Progress;
use crate::auth::ApiKeyCaller;
use crate::keys::CachedKey;
use crate::metering::UsageRecord;

/// The caller, as a usage event has it.
pub(super) struct Sender {
    pub(super) key: Arc<CachedKey>,
    endpoint: &'static str,
    address: IpAddr,
    agent: Option<HeaderValue>,
    is_by_person: bool,
}

/// The end of a request, as its client saw it.
pub(super) struct End {
    pub(super) status: u16,
    /// Empty without an error.
    pub(super) error_code: &'static str,
    pub(super) reason: EndReason,
    pub(super) shown: Option<Box<ErrorShown>>,
}

/// The usage of a request, and its charge.
pub(super) struct Bill {
    pub(super) usage: Usage,
    pub(super) counted_by: CountedBy,
    pub(super) charge: Charge,
}

impl Sender {
    pub(super) fn of(caller: &ApiKeyCaller, endpoint: &'static str) -> Self {
        Self {
            key: Arc::clone(&caller.key),
            endpoint,
            address: caller.address,
            agent: caller.agent.clone(),
            // Pages with a client token are opened wherever people are.
            is_by_person: caller.is_person || caller.token.is_some(),
        }
    }

    /// The record, for metering.
    pub(super) fn record(self, progress: &mut Progress, end: End, bill: Bill) -> UsageRecord {
        let price_nanos = bill.charge.price_nanos;
        UsageRecord {
            event: self.event(progress, end, bill),
            secret: self.key.digest(),
            address: self.address,
            agent: self.agent,
            is_authorized: true,
            is_by_person: self.is_by_person,
            price_nanos,
        }
    }

    fn event(&self, progress: &mut Progress, end: End, bill: Bill) -> UsageEvent {
        let model = progress.model.as_ref();
        let last = progress.attempts.last();
        UsageEvent {
            request_id: progress.context().request_id().clone(),
            at_ms: progress.decided_at_ms,
            account_id: self.key.account_id().clone(),
            api_key_id: self.key.id().clone(),
            environment: self.key.record().environment.as_str(),
            endpoint: self.endpoint,
            model_id: model.map(|model| Arc::clone(&model.id)).unwrap_or_default(),
            requested_model: std::mem::take(&mut progress.requested_model),
            provider_name: last
                .map(|last| Arc::clone(&last.provider))
                .unwrap_or_default(),
            usage: bill.usage,
            charge_nanos: bill.charge.nanos,
            counted_by: bill.counted_by,
            status: end.status,
            error_code: end.error_code,
            end_reason: end.reason,
            is_admitted: progress.is_admitted,
            is_streamed: progress.is_streamed,
            duration_us: progress.elapsed_us(),
            first_token_us: progress.first_token_us,
            detail: Detail {
                attempts: std::mem::take(&mut progress.attempts),
                priority: progress.priority,
                limit: progress.limit,
                prices: bill.charge.prices,
                error: end.shown,
                dropped: dropped_shown(&progress.dropped),
                ..Detail::default()
            },
        }
    }
}
