//! The lines of a batch's file, in order, a few in memory at a time.

use bytes::Bytes;
use store::StoreError;
use store::batches::Batch;

use crate::error::ApiError;
use crate::files::{FileReader, LineFault, Lines};
use crate::state::Gateway;

/// Reads the lines of a file.
#[derive(Debug)]
pub(super) struct Source {
    reader: FileReader,
    lines: Lines,
    is_over: bool,
}

/// The reason why there is no next line.
#[derive(Debug)]
pub(super) enum SourceError {
    /// The file is gone, or can never be read.
    Gone,
    Line(LineFault),
    Store(StoreError),
}

impl Source {
    /// The file of a batch, from its begin.
    pub(super) async fn open(app: &Gateway, batch: &Batch) -> Result<Self, SourceError> {
        let now_ms = app.clock.now_ms();
        let (account_id, id) = (&batch.account_id, &batch.input_file_id);
        let found = store::files::find(&app.db, account_id, id, now_ms).await;
        let file = found
            .map_err(SourceError::Store)?
            .ok_or(SourceError::Gone)?;
        let reader = app.files.open(&app.master, &file);
        Ok(Self {
            reader: reader.map_err(|_: ApiError| SourceError::Gone)?,
            lines: Lines::up_to(app.files.config().line_bytes_max),
            is_over: false,
        })
    }

    /// The next line that is not blank; `None` behind the last.
    pub(super) async fn next(&mut self) -> Result<Option<(u64, Bytes)>, SourceError> {
        loop {
            if let Some(line) = self.lines.next_line().map_err(SourceError::Line)? {
                return Ok(Some(line));
            }
            if self.is_over {
                return Ok(None);
            }
            match self.reader.next().await {
                Ok(Some(content)) => self.lines.push(&content),
                Ok(None) => {
                    self.is_over = true;
                    return Ok(self.lines.finish());
                }
                Err(StoreError::NotFound { .. } | StoreError::Corrupt { .. }) => {
                    return Err(SourceError::Gone);
                }
                Err(error) => return Err(SourceError::Store(error)),
            }
        }
    }
}
