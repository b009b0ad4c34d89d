//! The lines of a batch as they run: so many at the same time, fewer where there is no room, in the order of the file.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use llm::cost::dollars;
use store::batches::{self, BatchState, BegunLine, LineResult};
use store::{RequestId, usage_events};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::call::{self, Call, CallEnd};
use super::faults::{BatchFault, seal_faults};
use super::leased::{LOOK, Leased, Left};
use super::line::Line;
use super::line_place;
use super::source::Source;
use super::surfaces::surface_of;
use super::validation::fault_of;
use crate::inference::{Surface, look_ahead};

/// The time that lines which run have to end when the server stops.
const LAST_WAIT: Duration = Duration::from_secs(3);

/// The way in which the lines of a batch end.
enum Ended {
    /// Each has a result.
    All,
    /// No more are run, for this reason.
    Stopped(BatchState, Option<BatchFault>),
    /// The batch is cancelled.
    Cancelled,
}

struct Run<'a> {
    leased: &'a mut Leased,
    surface: Surface,
    source: Source,
    /// Lines that were begun before this server took the batch.
    begun: HashMap<u64, BegunLine>,
    running: JoinSet<(Call, CallEnd)>,
    /// Lines that were refused, or could not be afforded yet.
    waiting: VecDeque<Call>,
    is_read: bool,
    /// Lines that may run at the same time now.
    at_once: usize,
    paused_until: Option<Instant>,
    spent_nanos: u64,
    held_nanos: u64,
}

/// Runs the lines of a batch, and says what it ends in.
pub(super) async fn run(leased: &mut Leased, stop: &CancellationToken) -> Result<(), Left> {
    let ended = match Run::begin(leased).await? {
        Ok(mut run) => run.finish(stop).await?,
        Err(fault) => Ended::Stopped(BatchState::Failed, Some(fault)),
    };
    let (ending, fault) = match ended {
        Ended::All => (BatchState::Completed, None),
        Ended::Stopped(ending, fault) => (ending, fault),
        Ended::Cancelled => return Ok(()),
    };
    let errors = fault
        .map(|fault| seal_faults(&leased.key, &[fault]))
        .transpose()?;
    let mut tx = leased.app.db.begin().await?;
    leased.hold(&mut tx).await?;
    let now_ms = leased.app.clock.now_ms();
    batches::finalize(&mut tx, &leased.batch.id, ending, errors, now_ms).await?;
    tx.commit().await?;
    Ok(())
}

impl<'a> Run<'a> {
    async fn begin(leased: &'a mut Leased) -> Result<Result<Self, BatchFault>, Left> {
        let Some(surface) = surface_of(leased.app.operations, &leased.batch.endpoint) else {
            return Ok(Err(BatchFault::new(
                "invalid_endpoint",
                "The endpoint is not served any more.",
            )));
        };
        let source = match Source::open(&leased.app, &leased.batch).await {
            Ok(source) => source,
            Err(error) => return Ok(Err(fault_of(error)?)),
        };
        let begun = batches::begun_lines(&leased.app.db, &leased.batch.id).await?;
        Ok(Ok(Self {
            surface,
            source,
            begun: begun.into_iter().map(|line| (line.line, line)).collect(),
            running: JoinSet::new(),
            waiting: VecDeque::new(),
            is_read: false,
            at_once: leased.app.config.batches.lines_at_once.max(1),
            paused_until: None,
            spent_nanos: leased.batch.spent_nanos,
            held_nanos: 0,
            leased,
        }))
    }

    async fn finish(&mut self, stop: &CancellationToken) -> Result<Ended, Left> {
        loop {
            if self.leased.app.clock.now_ms() >= self.leased.batch.expires_at_ms {
                return Ok(Ended::Stopped(BatchState::Expired, None));
            }
            if let Some(ended) = self.fill().await? {
                return Ok(ended);
            }
            if self.running.is_empty() && self.waiting.is_empty() && self.is_read {
                return Ok(Ended::All);
            }
            let paused_until = self.paused_until;
            tokio::select! {
                biased;
                () = stop.cancelled() => return self.stop().await,
                Some(ended) = self.running.join_next() => {
                    if let Some(ended) = self.take(ended.ok()).await? {
                        return Ok(ended);
                    }
                }
                () = sleep_until(paused_until.unwrap_or_else(Instant::now)), if paused_until.is_some() => {
                    self.paused_until = None;
                }
                () = sleep(LOOK) => {}
            }
            if self.leased.look().await? == BatchState::Cancelling {
                return Ok(Ended::Cancelled);
            }
        }
    }

    /// Begins as many lines as may run. They are written down first, each with its request, so that whoever goes on
    /// after a crash knows which to ask after.
    async fn fill(&mut self) -> Result<Option<Ended>, Left> {
        let mut next = Vec::new();
        while self.paused_until.is_none() && self.running.len() + next.len() < self.at_once {
            let mut call = match self.next_call().await? {
                Ok(Some(call)) => call,
                Ok(None) => break,
                Err(fault) => return Ok(Some(Ended::Stopped(BatchState::Failed, Some(fault)))),
            };
            if let Some(cap) = self.leased.batch.spend_max_nanos {
                call.quote_nanos = self.quote(&call).await?;
                let may_be = self
                    .spent_nanos
                    .saturating_add(self.held_nanos)
                    .saturating_add(call.quote_nanos);
                if may_be > cap {
                    self.waiting.push_front(call);
                    if self.running.is_empty() && next.is_empty() {
                        return Ok(Some(Ended::Stopped(
                            BatchState::Completed,
                            Some(self.cap_reached(cap)),
                        )));
                    }
                    break;
                }
            }
            self.held_nanos = self.held_nanos.saturating_add(call.quote_nanos);
            next.push(call);
        }
        if next.is_empty() {
            return Ok(None);
        }
        let begun: Vec<BegunLine> = next.iter().map(BegunLine::from).collect();
        let mut tx = self.leased.app.db.begin().await?;
        let state = self.leased.hold(&mut tx).await?;
        batches::begin_lines(&mut tx, &self.leased.batch.id, &begun).await?;
        tx.commit().await?;
        if state == BatchState::Cancelling {
            return Ok(Some(Ended::Cancelled));
        }
        for call in next {
            let (app, batch) = (self.leased.app.clone(), self.leased.batch.clone());
            self.running
                .spawn(call::run(app, batch, self.surface, call));
        }
        Ok(None)
    }

    /// The next line that has no result: one that waited, or of the file.
    async fn next_call(&mut self) -> Result<Result<Option<Call>, BatchFault>, Left> {
        if let Some(mut call) = self.waiting.pop_front() {
            if call.paid_nanos.is_none() {
                call.request_id = self.request_id(call.line.number, call.tries);
            }
            return Ok(Ok(Some(call)));
        }
        while !self.is_read {
            let (number, text) = match self.source.next().await {
                Ok(Some(line)) => line,
                Ok(None) => {
                    self.is_read = true;
                    break;
                }
                Err(error) => return Ok(Err(fault_of(error)?)),
            };
            let begun = self.begun.remove(&number);
            if begun.as_ref().is_some_and(|begun| begun.is_done) {
                continue;
            }
            let line = match Line::read(number, &text, &self.leased.batch.endpoint) {
                Ok(line) => line,
                Err(fault) => return Ok(Err(fault)),
            };
            return self.call_of(line, begun).await.map(|call| Ok(Some(call)));
        }
        Ok(Ok(None))
    }

    /// The call of a line. One that was begun before a crash is asked after: if it was charged, it is run again for
    /// nothing, as the same request; if it was accounted for as a failure, as another.
    async fn call_of(&self, line: Line, begun: Option<BegunLine>) -> Result<Call, Left> {
        let mut call = Call {
            request_id: self.request_id(line.number, 0),
            tries: 0,
            paid_nanos: None,
            quote_nanos: 0,
            line,
        };
        let Some(begun) = begun else {
            return Ok(call);
        };
        call.tries = begun.tries;
        let account_id = &self.leased.batch.account_id;
        let found =
            usage_events::find_accounted(&self.leased.app.db, account_id, &begun.request_id)
                .await?;
        match found {
            // Nothing was heard of it: where another server has it in its journal, it is the same request.
            None => call.request_id = begun.request_id,
            Some(found) if found.is_completed || found.charge_nanos > 0 => {
                call.request_id = begun.request_id;
                call.paid_nanos = Some(found.charge_nanos);
            }
            Some(_) => {
                call.tries += 1;
                call.request_id = self.request_id(call.line.number, call.tries);
            }
        }
        Ok(call)
    }

    fn request_id(&self, line: u64, tries: u64) -> RequestId {
        let now_ms = self.leased.app.clock.now_ms();
        RequestId::of_line(now_ms, &self.leased.batch.id, line, tries)
    }

    async fn quote(&self, call: &Call) -> Result<u64, Left> {
        if call.paid_nanos.is_some() {
            return Ok(0);
        }
        let Leased { app, batch, .. } = &*self.leased;
        // What is refused here is refused when it runs, with its words.
        let Ok(caller) = call::caller_of(app, batch, call.request_id.clone(), false).await else {
            return Ok(0);
        };
        let ahead = look_ahead(app, &caller, self.surface, &call.line.body);
        Ok(ahead.map_or(0, |ahead| ahead.quote_nanos))
    }

    /// Takes in what has ended, and writes the results.
    async fn take(&mut self, first: Option<(Call, CallEnd)>) -> Result<Option<Ended>, Left> {
        let mut ended: Vec<(Call, CallEnd)> = first.into_iter().collect();
        while let Some(next) = self.running.try_join_next() {
            ended.extend(next.ok());
        }
        let (mut results, mut stopped) = (Vec::new(), None);
        for (call, end) in ended {
            self.held_nanos = self.held_nanos.saturating_sub(call.quote_nanos);
            match end {
                CallEnd::Done {
                    is_error,
                    text,
                    charge_nanos,
                } => {
                    self.spent_nanos = self.spent_nanos.saturating_add(charge_nanos);
                    self.at_once =
                        (self.at_once + 1).min(self.leased.app.config.batches.lines_at_once.max(1));
                    results.push(LineResult {
                        line: call.line.number,
                        sealed: self.leased.key.seal(&line_place(call.line.number), text)?,
                        request_id: call.request_id,
                        is_error,
                        charge_nanos,
                    });
                }
                CallEnd::Wait(wait) => {
                    self.at_once = (self.at_once / 2).max(1);
                    let until = Instant::now() + wait;
                    self.paused_until =
                        Some(self.paused_until.map_or(until, |other| other.max(until)));
                    self.waiting.push_back(call);
                }
                CallEnd::Stop(fault) => {
                    stopped = Some(Ended::Stopped(BatchState::Failed, Some(fault)));
                }
            }
        }
        self.write(results).await?;
        Ok(stopped)
    }

    async fn write(&mut self, results: Vec<LineResult>) -> Result<(), Left> {
        if results.is_empty() {
            return Ok(());
        }
        let mut tx = self.leased.app.db.begin().await?;
        self.leased.hold(&mut tx).await?;
        batches::put_results(&mut tx, &self.leased.batch.id, results).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Waits for the lines that run, but not for long: what is cut off is run again by the next server.
    async fn stop(&mut self) -> Result<Ended, Left> {
        let deadline = Instant::now() + LAST_WAIT;
        while !self.running.is_empty() {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(Some(ended)) = timeout(left, self.running.join_next()).await else {
                break;
            };
            self.take(ended.ok()).await?;
        }
        Err(Left::Stopped)
    }

    fn cap_reached(&self, cap: u64) -> BatchFault {
        let message = format!(
            "The spend cap of this batch is reached: ${} of ${} are spent, and the next request may cost more than is left. The other requests were not run. Run them in another batch with a higher yunxin.max_spend.",
            dollars(self.spent_nanos),
            dollars(cap)
        );
        BatchFault::new("spend_cap_reached", message)
    }
}

impl From<&Call> for BegunLine {
    fn from(call: &Call) -> Self {
        Self {
            line: call.line.number,
            request_id: call.request_id.clone(),
            tries: call.tries,
            is_done: false,
        }
    }
}
