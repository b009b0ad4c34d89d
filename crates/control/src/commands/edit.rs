//! Edits: changes that look at what is there before they write.

use std::ops::{Deref, DerefMut};

use store::{Tx, auth_log};
use tokio::sync::{Mutex, MutexGuard};

use super::{CommandError, Commands};

/// The turn of an edit in this process. Every edit holds one connection and looks with another: without turns, edits that
/// wait for the lock of the auth log could hold all connections of the pool, and none would be left to look with.
static TURN: Mutex<()> = Mutex::const_new(());

/// A transaction in which nothing else is edited, on any server: what is read after it has begun stays so until it ends,
/// and of two edits of one thing the second begins with what the first has made of it.
pub(crate) struct Edit {
    tx: Tx,
    _turn: MutexGuard<'static, ()>,
}

impl Commands<'_> {
    /// Begins an edit. It is to be begun before the thing is read.
    ///
    /// # Errors
    /// If the database cannot be written, or another edit holds its lock for too long.
    pub(crate) async fn begin_edit(&self) -> Result<Edit, CommandError> {
        let turn = TURN.lock().await;
        let mut tx = self.db.begin().await?;
        auth_log::lock(&mut tx).await?;
        Ok(Edit { tx, _turn: turn })
    }
}

impl Deref for Edit {
    type Target = Tx;

    fn deref(&self) -> &Tx {
        &self.tx
    }
}

impl DerefMut for Edit {
    fn deref_mut(&mut self) -> &mut Tx {
        &mut self.tx
    }
}

impl From<Edit> for Tx {
    fn from(edit: Edit) -> Self {
        edit.tx
    }
}
