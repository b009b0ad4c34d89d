//! Everything besides its event that a request leaves: metrics, a line of the access log, an observation, a last use.

use store::usage_events::UsageEvent;

use super::metric_batch::MetricBatch;
use super::{Metering, UsageRecord};
use crate::config::AccessLog;
use crate::journal::SettledPlace;

const SERVER_ERROR: u16 = 500;

impl Metering {
    /// Notes the requests that have ended since the last call.
    pub(super) fn note(&self) {
        let mut fresh = self.fresh.lock();
        let (mut records, end) = {
            let mut records = self.records.lock();
            let taken = std::mem::replace(&mut *records, fresh.take_room_of_records());
            (taken, self.journal.end())
        };
        fresh.reach(end);
        if records.is_empty() {
            fresh.give_back_records(records);
            return;
        }
        self.show(&records);
        let mut metric_batch = MetricBatch::default();
        let mut last_uses = self.last_uses.lock();
        for (place, record) in records.drain(..) {
            metric_batch.add(&record.event);
            self.log(&record.event);
            if record.is_authorized {
                last_uses.note(&record);
            }
            fresh.push(place, record.event);
        }
        fresh.give_back_records(records);
        drop((last_uses, fresh));
        metric_batch.count(&self.metrics);
    }

    /// Lets the detectors of anomalies see a batch.
    fn show(&self, records: &[(SettledPlace, UsageRecord)]) {
        if !self.observations.is_on() {
            return;
        }
        let now_ms = self.clock.now_ms();
        let seen = records.iter().map(|(_, record)| record);
        let seen = seen.filter(|record| record.is_authorized);
        let seen = seen.map(|record| record.observation(now_ms));
        let lost = self.observations.push(seen.collect());
        self.metrics
            .observations_lost
            .inc_by(u64::try_from(lost).unwrap_or(u64::MAX));
    }

    fn log(&self, event: &UsageEvent) {
        let is_logged = match self.access_log {
            AccessLog::Off => false,
            AccessLog::Errors => event.status >= SERVER_ERROR,
            AccessLog::All => true,
        };
        if is_logged {
            tracing::info!(
                request.id = event.request_id.as_str(),
                account.id = event.account_id.as_str(),
                api_key.id = event.api_key_id.as_str(),
                endpoint = event.endpoint,
                model.name = &**event.model(),
                provider.name = &*event.provider_name,
                attempt.count = event.detail.attempts.len(),
                status = event.status,
                error.code = event.error_code,
                end_reason = event.end_reason.as_str(),
                duration_ms = event.duration_us / 1_000,
                "request"
            );
        }
    }
}
