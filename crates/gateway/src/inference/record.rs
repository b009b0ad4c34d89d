//! The record of one request: its usage event, on the way into metering.

use std::net::IpAddr;
use std::sync::Arc;

use llm::Usage;
use store::usage_events::{
    AttemptRecord, CountedBy, Detail, EndReason, ErrorShown, HoldShown, UsageEvent, dropped_shown,
};

use super::charge::Charge;
use super::progress::Progress;
use crate::auth::ApiKeyCaller;
use crate::keys::CachedKey;
use crate::metering::{UsageRecord, sender_in_words};

/// The caller, as a usage event has it.
pub(super) struct Sender {
    pub(super) key: Arc<CachedKey>,
    endpoint: &'static str,
    address: IpAddr,
    /// The address, and the name that the client gives itself.
    words: (Arc<str>, Arc<str>),
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
    /// The credits that are held for it.
    pub(super) hold: Option<HoldShown>,
}

impl Sender {
    pub(super) fn of(caller: &ApiKeyCaller, endpoint: &'static str) -> Self {
        Self {
            key: Arc::clone(&caller.key),
            endpoint,
            address: caller.address,
            words: caller.context.connection().sender_words(
                caller.address,
                caller.agent.as_ref(),
                sender_in_words,
            ),
            // Pages with a client token are opened wherever people are.
            is_by_person: caller.is_person || caller.token.is_some(),
        }
    }

    /// The record, for metering.
    pub(super) fn record(self, progress: &mut Progress, end: End, bill: Bill) -> UsageRecord {
        let price_nanos = bill.charge.price_nanos;
        let attempts = std::mem::take(&mut progress.attempts);
        UsageRecord {
            event: self.event(progress, attempts, end, bill),
            secret: self.key.digest(),
            address: self.address,
            is_authorized: true,
            is_by_person: self.is_by_person,
            price_nanos,
        }
    }

    /// The event of a request with these attempts.
    pub(super) fn event(
        &self,
        progress: &Progress,
        attempts: Vec<AttemptRecord>,
        end: End,
        bill: Bill,
    ) -> UsageEvent {
        let model = progress.model.as_ref();
        let provider = attempts.last().map(|last| Arc::clone(&last.provider));
        let (address, agent) = &self.words;
        UsageEvent {
            request_id: progress.context().request_id().clone(),
            at_ms: progress.decided_at_ms,
            account_id: self.key.account_id().clone(),
            api_key_id: self.key.id().clone(),
            environment: self.key.record().environment.as_str(),
            endpoint: self.endpoint,
            model_id: model.map(|model| Arc::clone(&model.id)).unwrap_or_default(),
            requested_model: Arc::clone(&progress.requested_model),
            provider_name: provider.unwrap_or_default(),
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
                attempts,
                priority: progress.priority,
                address: Arc::clone(address),
                agent: Arc::clone(agent),
                limit: progress.limit,
                prices: bill.charge.prices,
                hold: bill.hold,
                error: end.shown,
                dropped: dropped_shown(&progress.dropped),
            },
        }
    }
}
