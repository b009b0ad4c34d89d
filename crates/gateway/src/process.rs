//! This process: since when it runs, under which name it shares a database, and the way to its end.

use parking_lot::Mutex;
use store::RequestId;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::data_folder::FolderClaim;

/// One process of the program.
#[derive(Debug)]
pub struct Process {
    pub started_at_ms: i64,
    /// The id of this process among those that share its database.
    pub replica_id: String,
    /// The place of this process in its data folder, until it has stopped.
    pub claim: Mutex<Option<FolderClaim>>,
    /// Tasks besides the jobs: connections, and requests that outlive them.
    pub tasks: TaskTracker,
    /// The server takes no new connection and responds to `/readyz` with 503.
    pub draining: CancellationToken,
    /// Responses that still run are cut.
    pub stopping: CancellationToken,
}

impl Process {
    pub(crate) fn begin(started_at_ms: i64, claim: Option<FolderClaim>) -> Self {
        Self {
            started_at_ms,
            replica_id: RequestId::generate().as_str().replace("req_", "replica_"),
            claim: Mutex::new(claim),
            tasks: TaskTracker::new(),
            draining: CancellationToken::new(),
            stopping: CancellationToken::new(),
        }
    }
}
