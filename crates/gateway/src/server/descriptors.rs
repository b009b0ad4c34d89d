//! File descriptors: a connection of a client takes one, and so does the call to a provider that its request may need.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Descriptors for the rest: the database, listeners, logs, files.
const KEPT: u64 = 128;

/// Raises the limit of this process to what the system allows it, and returns how many of `wanted` connections it has
/// room for. Many shells and service managers begin with 1,024, with which a server that is full of connections cannot
/// call anybody.
pub(super) fn connections_with_room(wanted: usize) -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    let Some(descriptors) = (match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    }) else {
        return wanted;
    };
    let room = descriptors.saturating_sub(KEPT) / 2;
    let room = usize::try_from(room).unwrap_or(usize::MAX).max(1);
    if room < wanted {
        tracing::warn!(
            descriptors,
            connections = room,
            "server.connections_max needs more file descriptors than this process may have (LimitNOFILE, ulimit -n); fewer connections are taken"
        );
    }
    room.min(wanted)
}
