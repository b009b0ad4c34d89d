//! The validation of a batch: every line is looked at before the first is run, a few in memory at a time.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use bytes::Bytes;
use llm::cost::dollars;
use store::batches::{self, BatchState, Validated};
use store::{RequestId, ledger};
use tokio_util::sync::CancellationToken;

use super::call;
use super::faults::{BatchFault, seal_faults};
use super::leased::{Leased, Left};
use super::line::Line;
use super::source::{Source, SourceError};
use super::surfaces::surface_of;
use crate::auth::ApiKeyCaller;
use crate::inference::{Surface, look_ahead, pays_in_advance};

/// Errors that are listed; a file with more is read no further.
const FAULTS_MAX: usize = 100;
/// Lines that are looked at before others get their turn.
const LINES_PER_TURN: u64 = 32;

/// The findings so far.
struct Findings {
    caller: ApiKeyCaller,
    surface: Surface,
    endpoint: String,
    found: Validated,
    /// Hashes of the names of lines.
    seen: HashSet<u64>,
    hasher: RandomState,
    faults: Vec<BatchFault>,
}

/// Validates a batch: it begins, or fails with the errors of its lines.
pub(super) async fn validate(leased: &mut Leased, stop: &CancellationToken) -> Result<(), Left> {
    let mut findings = match Findings::begin(leased).await? {
        Ok(findings) => findings,
        Err(fault) => return fail(leased, &[fault]).await,
    };
    let mut source = match Source::open(&leased.app, &leased.batch).await {
        Ok(source) => source,
        Err(error) => return fail(leased, &[fault_of(error)?]).await,
    };
    while findings.faults.len() < FAULTS_MAX {
        let (number, text) = match source.next().await {
            Ok(Some(line)) => line,
            Ok(None) => break,
            Err(error) => {
                findings.faults.push(fault_of(error)?);
                break;
            }
        };
        if findings.add(leased, number, &text) {
            break;
        }
        if stop.is_cancelled() {
            return Err(Left::Stopped);
        }
        if findings.found.total % LINES_PER_TURN == 0 {
            tokio::task::yield_now().await;
            if leased.look().await? != BatchState::Validating {
                return Ok(());
            }
        }
    }
    findings.check_whole(leased).await?;
    if !findings.faults.is_empty() {
        return fail(leased, &findings.faults).await;
    }
    let mut tx = leased.app.db.begin().await?;
    leased.hold(&mut tx).await?;
    let now_ms = leased.app.clock.now_ms();
    batches::begin(&mut tx, &leased.batch.id, &findings.found, now_ms).await?;
    tx.commit().await?;
    Ok(())
}

impl Findings {
    async fn begin(leased: &Leased) -> Result<Result<Self, BatchFault>, Left> {
        let endpoint = leased.batch.endpoint.clone();
        let Some(surface) = surface_of(leased.app.operations, &endpoint) else {
            return Ok(Err(BatchFault::new(
                "invalid_endpoint",
                "The endpoint is not served any more.",
            )));
        };
        let caller =
            call::caller_of(&leased.app, &leased.batch, RequestId::generate(), false).await;
        let caller = match caller {
            Ok(caller) => caller,
            Err(error) if error.status().is_server_error() => return Err(error.into()),
            Err(error) => return Ok(Err(BatchFault::of(&error))),
        };
        Ok(Ok(Self {
            caller,
            surface,
            endpoint,
            found: Validated::default(),
            seen: HashSet::new(),
            hasher: RandomState::new(),
            faults: vec![],
        }))
    }

    /// Takes a line in; true if no more are looked at.
    fn add(&mut self, leased: &Leased, number: u64, text: &Bytes) -> bool {
        self.found.total += 1;
        let lines_max = leased.app.config.batches.lines_max;
        if self.found.total > lines_max {
            let message =
                format!("The file has more than {lines_max} requests (batches.lines_max).");
            self.faults
                .push(BatchFault::new("too_many_requests", message));
            return true;
        }
        if let Err(fault) = self.check(leased, number, text) {
            self.faults.push(fault);
        }
        false
    }

    fn check(&mut self, leased: &Leased, number: u64, text: &Bytes) -> Result<(), BatchFault> {
        let line = Line::read(number, text, &self.endpoint)?;
        if !self.seen.insert(self.hasher.hash_one(&line.custom_id)) {
            let message = format!(
                "The custom_id of this request is that of another: {:?}.",
                line.custom_id
            );
            return Err(
                BatchFault::new("duplicate_custom_id", message).at(number, Some("custom_id"))
            );
        }
        let ahead = look_ahead(&leased.app, &self.caller, self.surface, &line.body);
        let ahead = ahead.map_err(|error| BatchFault {
            line: Some(number),
            ..BatchFault::of(&error)
        })?;
        if ahead.is_streamed {
            let message = "A request of a batch cannot be streamed: leave 'stream' out.";
            return Err(BatchFault::new("invalid_request", message).at(number, Some("stream")));
        }
        self.found.estimate_nanos = self.found.estimate_nanos.saturating_add(ahead.quote_nanos);
        self.found.model.get_or_insert(ahead.model);
        Ok(())
    }

    /// Checks what only the end of the file tells.
    async fn check_whole(&mut self, leased: &Leased) -> Result<(), Left> {
        if self.found.total == 0 && self.faults.is_empty() {
            self.faults
                .push(BatchFault::new("empty_file", "The file has no requests."));
        }
        let estimate = self.found.estimate_nanos;
        let needed = leased
            .batch
            .spend_max_nanos
            .map_or(estimate, |cap| cap.min(estimate));
        if !self.faults.is_empty() || needed == 0 || !pays_in_advance(&leased.app, &self.caller) {
            return Ok(());
        }
        let balance = ledger::balance_of(&leased.app.db, &leased.batch.account_id).await?;
        let has = u64::try_from(balance.balance_nanos).unwrap_or_default();
        if has < needed {
            let message = format!(
                "Insufficient credits: the batch may cost up to ${}, and the account has ${}. Add credits, lower the bounds on output, or bound the batch with yunxin.max_spend. Nothing was charged.",
                dollars(needed),
                dollars(has)
            );
            self.faults
                .push(BatchFault::new("insufficient_credits", message));
        }
        Ok(())
    }
}

/// The error of a file that cannot be read on.
pub(super) fn fault_of(error: SourceError) -> Result<BatchFault, Left> {
    match error {
        SourceError::Gone => Ok(BatchFault::new(
            "input_file_not_found",
            "The input file was deleted, has expired, or cannot be read.",
        )),
        SourceError::Line(fault) => {
            let message = format!("This line {}.", fault.problem);
            Ok(BatchFault::new("invalid_json_line", message).at(fault.line, None))
        }
        SourceError::Store(error) => Err(error.into()),
    }
}

async fn fail(leased: &mut Leased, faults: &[BatchFault]) -> Result<(), Left> {
    let sealed = seal_faults(&leased.key, faults)?;
    let mut tx = leased.app.db.begin().await?;
    if leased.hold(&mut tx).await? == BatchState::Cancelling {
        return Ok(());
    }
    let now_ms = leased.app.clock.now_ms();
    batches::fail(&mut tx, &leased.batch.id, sealed, now_ms).await?;
    tx.commit().await?;
    Ok(())
}
