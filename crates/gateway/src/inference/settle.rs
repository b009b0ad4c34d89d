//! Settlement: a request is settled once, whatever happens: at its end, at its failure, or when the client
//! goes away and everything is dropped in the middle of a wait.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use llm::{Operation, UpstreamError};
use store::sealed::MasterKey;
use store::tiers::Tier;
use store::usage_events::{CountedBy, EndReason, HoldShown, UsageEvent};

use super::budget_alerts::tell;
use super::charge::Charge;
use super::journaled::Journaled;
use super::progress::Progress;
use super::record::{Bill, End, Sender};
use crate::auth::{ApiKeyCaller, BatchLine};
use crate::budgets::{BudgetHold, Settled};
use crate::catalog::{Model, PriceList};
use crate::credits::Hold;
use crate::error::ApiError;
use crate::journal::Journal;
use crate::keys::KeyInUse;
use crate::limits::{ConcurrencyPermit, Grant};
use crate::state::GatewayState;
use crate::upstream::CallOutcome;

/// The status of a client that is gone before its response, as nginx writes it; only operators read it.
const CLIENT_CLOSED_STATUS: u16 = 499;
/// The status of a request whose server ended before its response; only operators read it.
const CRASHED_STATUS: u16 = 500;
/// The status of a stream that broke after its head was sent.
const HEAD_SENT_STATUS: u16 = 200;

/// The failure of a response without anything in it.
pub(super) const EMPTY: UpstreamError = UpstreamError::Protocol {
    detail: "the response is empty",
};

/// The drop guard of one request: it settles the [`Progress`] that it guards.
pub(super) struct Settlement {
    app: GatewayState,
    progress: Progress,
    in_use: Arc<KeyInUse>,
    /// `None` once the request is settled.
    sender: Option<Sender>,
    tier: Arc<Tier>,
    /// The line of a batch that the request stands for.
    line: Option<BatchLine>,
    permit: Option<ConcurrencyPermit>,
    grant: Option<Grant>,
    /// The quote that budgets hold.
    hold: Option<BudgetHold>,
    /// The credits that are held for it, if its account pays in advance.
    credits: Option<Hold>,
    pub(super) journaled: Journaled,
}

impl Settlement {
    /// Boxed, because it is large and goes from hand to hand.
    pub(super) fn begin(
        app: &GatewayState,
        caller: &ApiKeyCaller,
        operation: &Operation,
    ) -> Box<Self> {
        app.metrics.in_flight.inc();
        Box::new(Self {
            progress: Progress::begin(&app.clock, caller.context.clone()),
            in_use: app.keys.in_use.register(&caller.key),
            sender: Some(Sender::of(caller, operation.name)),
            tier: Arc::clone(&caller.tier),
            line: caller.line,
            permit: None,
            grant: None,
            hold: None,
            credits: None,
            journaled: Journaled::default(),
            app: app.clone(),
        })
    }

    /// Says when the request has to end before its time.
    pub(super) fn key_in_use(&self) -> &Arc<KeyInUse> {
        &self.in_use
    }

    /// Seals what a receipt keeps of words.
    pub(super) fn master(&self) -> &MasterKey {
        &self.app.master
    }

    pub(super) fn admitted(&mut self, grant: Grant, permit: ConcurrencyPermit) {
        (self.grant, self.permit) = (Some(grant), Some(permit));
        self.progress.is_admitted = true;
    }

    /// The credits that are held for the request.
    pub(super) fn credits_held(&self) -> u64 {
        self.credits.as_ref().map_or(0, Hold::nanos)
    }

    /// Notes the credits that are held for the request, in place of what was held before.
    pub(super) fn hold_credits(&mut self, hold: Hold) {
        self.credits = Some(hold);
    }

    /// Budgets hold what the request may cost.
    pub(super) fn hold(&mut self, hold: BudgetHold) {
        self.hold = Some(hold);
    }

    /// The response was passed on whole.
    pub(super) fn complete(&mut self) {
        if self.progress.is_empty_response() {
            self.end_empty_attempt();
        }
        self.settle(HEAD_SENT_STATUS, None, EndReason::Completed);
    }

    /// The response had nothing in it and was passed on, because there was no other chance: a failure of the deployment.
    fn end_empty_attempt(&mut self) {
        let kind = EMPTY.kind();
        if let Some(provider) = self.progress.running_provider() {
            self.app.metrics.count_upstream_error(&provider, kind);
        }
        self.progress.note_empty(kind);
    }

    /// The response ended early, after its head was sent.
    pub(super) fn break_off(&mut self, error: &ApiError) {
        self.settle(HEAD_SENT_STATUS, Some(error), EndReason::Broken);
    }

    /// Fails a response that we had to end: not counted against the deployment's health.
    pub(super) fn cut(&mut self, error: &ApiError) {
        let outcome = EndReason::Broken.as_str();
        self.progress.end_attempt(outcome, CallOutcome::Abandoned);
        self.break_off(error);
    }

    /// Undoes the admission of a request that is shed before anything was done for it: it counts against no limit.
    pub(super) fn give_back(&mut self, caller: &ApiKeyCaller) {
        if let Some(grant) = self.grant.take() {
            caller.key.counters().give_back(grant);
            if let Some(token) = &caller.token {
                self.app.shared.client_token_uses.give_back(token);
            }
        }
        if let Some(hold) = self.hold.take() {
            hold.release();
        }
        self.permit = None;
        self.credits = None;
        self.progress.is_admitted = false;
        let now = self.app.shared.limiter.now();
        let report = caller.key.counters().peek(caller.limits(), now);
        self.set_rate_limit_status(report, caller.priority());
    }

    /// The client gets `error` as an event, behind a head and comments, and nothing of a response.
    pub(super) fn fail_late(&mut self, error: &ApiError) {
        self.progress.forget_response();
        self.break_off(error);
    }

    /// The client gets `error` instead of a response.
    pub(super) fn fail(&mut self, error: &ApiError) {
        self.progress.forget_response();
        let reason = if self.progress.is_admitted {
            EndReason::Failed
        } else {
            EndReason::Refused
        };
        self.settle(error.status().as_u16(), Some(error), reason);
    }

    fn settle(&mut self, status: u16, error: Option<&ApiError>, reason: EndReason) {
        let (outcome, ended) = of_attempt(reason);
        self.progress.end_attempt(outcome, ended);
        let Some(sender) = self.sender.take() else {
            return;
        };
        let bill = self.bill(&sender);
        if let Some(grant) = self.grant.take() {
            let usage = &bill.usage;
            let tokens = usage.input_tokens().saturating_add(usage.output_tokens());
            sender.key.counters().settle(grant, tokens);
        }
        // Before the journal has it: what is written is known here by then.
        self.settle_budgets(&sender, bill.charge.nanos);
        self.permit = None;
        let list = self.progress.model.as_deref().and_then(Model::prices);
        let tells_cost = list.is_some_and(PriceList::has_price) && sender.key.shows_cost();
        self.progress.cost_nanos = tells_cost.then_some(bill.charge.nanos);
        let request = self.progress.context().request_id();
        let end = End {
            status,
            error_code: error.map_or("", ApiError::code),
            reason,
            shown: error.map(|error| Box::new(error.shown(&self.app.master, request))),
        };
        self.app.metrics.in_flight.dec();
        let charge = bill.charge.nanos;
        let open = self.journaled.open.take();
        if self.line.is_some() && !self.progress.is_admitted && open.is_none() {
            // The line waits and is tried again, as the same request.
            return;
        }
        let record = sender.record(&mut self.progress, end, bill);
        self.progress.context().set_accounted(charge);
        self.journaled.durable = Some(self.app.metering.push(record, open));
        // After the journal has it: what is free again must not be spent twice.
        if let Some(hold) = self.credits.take() {
            hold.settle(charge);
        }
    }

    /// Replaces what budgets hold by what is charged.
    fn settle_budgets(&mut self, sender: &Sender, charge_nanos: u64) {
        let hold = self.hold.take();
        let counters = sender.key.counters();
        let spends = [counters.key.spend(), counters.account.spend()];
        let settled = Settled {
            request: self.progress.context().request_id(),
            at_ms: self.progress.decided_at_ms,
            charge_nanos,
        };
        let lines = sender.key.budgets(&self.tier);
        let news = BudgetHold::settle(hold, spends, lines, settled);
        tell(&self.app, &sender.key, news);
    }

    /// The usage so far, and its charge.
    fn bill(&self, sender: &Sender) -> Bill {
        let (usage, counted_by) = self.progress.count();
        let model = self.progress.model.as_deref();
        let is_paid = self.line.is_some_and(|line| line.is_paid);
        // Test keys cost nothing.
        let model = model.filter(|_| !sender.key.is_test() && !is_paid);
        let charge = Charge::of(
            &usage,
            model.and_then(Model::prices),
            self.tier.price_factor_percent,
        );
        let hold = self.credits.as_ref().filter(|_| self.progress.is_admitted);
        let hold = hold.map(|hold| HoldShown {
            nanos: hold.nanos(),
            server: Arc::clone(self.app.credits.server()),
            over_nanos: charge.nanos.saturating_sub(hold.nanos()),
        });
        Bill {
            charge: charge.at_most(hold.as_ref().map(|hold| hold.nanos)),
            hold,
            usage,
            counted_by,
        }
    }

    /// The event that this request is if nothing more is heard of it; `None` once it is settled.
    pub(super) fn if_the_server_crashed(&self) -> Option<UsageEvent> {
        let sender = self.sender.as_ref()?;
        let bill = self.bill(sender);
        let end = End {
            status: if bill.counted_by == CountedBy::None {
                CRASHED_STATUS
            } else {
                HEAD_SENT_STATUS
            },
            error_code: "",
            reason: EndReason::ServerCrashed,
            shown: None,
        };
        let mut attempts = self.progress.attempts.clone();
        if let Some(last) = attempts.last_mut()
            && last.outcome.is_empty()
        {
            last.outcome = EndReason::ServerCrashed.as_str().into();
        }
        Some(sender.event(&self.progress, attempts, end, bill))
    }

    pub(super) fn journal(&self) -> &Journal {
        &self.app.journal
    }
}

/// The meaning of an end for the attempt that ran.
fn of_attempt(reason: EndReason) -> (&'static str, CallOutcome) {
    match reason {
        EndReason::Completed => ("responded", CallOutcome::Responded),
        EndReason::Broken => (reason.as_str(), CallOutcome::Failed("broken")),
        // Not counted against the health of the deployment.
        EndReason::ClientClosed
        | EndReason::Failed
        | EndReason::Refused
        | EndReason::ServerCrashed => (reason.as_str(), CallOutcome::Abandoned),
    }
}

impl Deref for Settlement {
    type Target = Progress;

    fn deref(&self) -> &Progress {
        &self.progress
    }
}

impl DerefMut for Settlement {
    fn deref_mut(&mut self) -> &mut Progress {
        &mut self.progress
    }
}

impl Drop for Settlement {
    fn drop(&mut self) {
        self.settle(CLIENT_CLOSED_STATUS, None, EndReason::ClientClosed);
    }
}
