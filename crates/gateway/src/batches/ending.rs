//! The end of a batch: lines that were not run get their words, and the results become files.

use std::collections::HashSet;

use store::RequestId;
use store::batches::{self, BatchState, LineResult};
use store::files::{self, FilePurpose, HoldingsMax};

use super::call::not_run;
use super::faults::BatchFault;
use super::leased::{Leased, Left};
use super::line::Line;
use super::line_place;
use super::source::Source;
use crate::files::{FileOwner, FileWriter};

/// Results that are in memory at the same time.
const PAGE: u32 = 64;
/// The results of a batch are kept, however much its account keeps already.
const UNBOUNDED: HoldingsMax = HoldingsMax {
    files: u64::MAX,
    bytes: u64::MAX,
};

/// Ends a batch.
pub(super) async fn end(leased: &mut Leased) -> Result<(), Left> {
    let ending = leased.batch.ending.unwrap_or(BatchState::Cancelled);
    if leased.batch.in_progress_at_ms.is_some() {
        close_lines(leased, ending).await?;
    }
    let output = write(leased, false).await?;
    let errors = write(leased, true).await?;
    let mut tx = leased.app.db.begin().await?;
    leased.hold(&mut tx).await?;
    for writer in [&output, &errors].into_iter().flatten() {
        files::finish(&mut tx, writer.file()).await?;
    }
    let id = |writer: Option<&'_ FileWriter>| writer.map(|writer| writer.file().id.clone());
    let (output_id, error_id) = (id(output.as_ref()), id(errors.as_ref()));
    let left = (output_id.as_ref(), error_id.as_ref());
    let now_ms = leased.app.clock.now_ms();
    batches::end(&mut tx, &leased.batch.id, ending, left, now_ms).await?;
    tx.commit().await?;
    for writer in [output, errors].into_iter().flatten() {
        writer.keep();
    }
    Ok(())
}

/// Gives every line that has no result one, which says why.
async fn close_lines(leased: &mut Leased, ending: BatchState) -> Result<(), Left> {
    let begun = batches::begun_lines(&leased.app.db, &leased.batch.id).await?;
    let done: HashSet<u64> = begun
        .iter()
        .filter(|line| line.is_done)
        .map(|line| line.line)
        .collect();
    if u64::try_from(done.len()).unwrap_or(u64::MAX) >= leased.batch.total {
        return Ok(());
    }
    let fault = fault_of(leased, ending)?;
    // Without its file there are no names to list.
    let Ok(mut source) = Source::open(&leased.app, &leased.batch).await else {
        return Ok(());
    };
    let mut results = Vec::new();
    while let Ok(Some((number, text))) = source.next().await {
        if done.contains(&number) {
            continue;
        }
        let Ok(line) = Line::read(number, &text, &leased.batch.endpoint) else {
            continue;
        };
        let request_id = RequestId::of_line(leased.app.clock.now_ms(), &leased.batch.id, number, 0);
        let text = not_run(&request_id, &line.custom_id, &fault);
        results.push(LineResult {
            line: number,
            sealed: leased.key.seal(&line_place(number), text)?,
            request_id,
            is_error: true,
            charge_nanos: 0,
        });
        if results.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX) {
            put(leased, std::mem::take(&mut results)).await?;
        }
    }
    put(leased, results).await
}

async fn put(leased: &mut Leased, results: Vec<LineResult>) -> Result<(), Left> {
    let mut tx = leased.app.db.begin().await?;
    leased.hold(&mut tx).await?;
    batches::put_results(&mut tx, &leased.batch.id, results).await?;
    tx.commit().await?;
    Ok(())
}

/// The reason why lines were not run.
fn fault_of(leased: &Leased, ending: BatchState) -> Result<BatchFault, Left> {
    if let Some(first) = BatchFault::list_of(&leased.key, &leased.batch)?
        .into_iter()
        .next()
    {
        return Ok(first);
    }
    Ok(match ending {
        BatchState::Expired => BatchFault::new(
            "batch_expired",
            "This request could not be executed before the completion window expired.",
        ),
        _ => BatchFault::new(
            "batch_cancelled",
            "This request was not executed, because the batch was cancelled.",
        ),
    })
}

/// The file of the results that are errors, or of the others, written but not to be seen yet; `None` if there are none.
async fn write(leased: &mut Leased, is_error: bool) -> Result<Option<FileWriter>, Left> {
    let (mut writer, mut after) = (None, 0);
    loop {
        let (db, id) = (&leased.app.db, &leased.batch.id);
        let page = batches::list_results(db, id, is_error, after, PAGE).await?;
        let Some((last, _)) = page.last() else {
            break;
        };
        after = *last;
        for (line, sealed) in page {
            let mut text = leased.key.open(&line_place(line), sealed)?;
            text.push(b'\n');
            if writer.is_none() {
                writer = Some(begin(leased).await?);
            }
            if let Some(writer) = &mut writer {
                writer.write(&text).await?;
            }
        }
        leased.look().await?;
    }
    if let Some(writer) = &mut writer {
        let word = if is_error { "error" } else { "output" };
        let name = format!("{}_{word}.jsonl", leased.batch.id);
        writer.seal(&name, leased.batch.output_kept_ms).await?;
    }
    Ok(writer)
}

async fn begin(leased: &Leased) -> Result<FileWriter, Left> {
    let owner = FileOwner {
        account_id: leased.batch.account_id.clone(),
        api_key_id: leased.batch.api_key_id.clone(),
    };
    let app = &leased.app;
    Ok(app
        .files
        .begin(&app.master, &owner, FilePurpose::BatchOutput, UNBOUNDED)
        .await?)
}
