//! The state of the exchange with the store and the other servers.

use std::collections::HashMap;
use std::sync::Arc;

/// The state that lasts from beat to beat.
#[derive(Debug, Default)]
pub(super) struct Exchange {
    pub(super) has_begun: bool,
    /// The memory of the store that this server reported to.
    pub(super) epoch: Option<Arc<str>>,
    /// The agreement at which this server told the others to count on the store.
    pub(super) consented_at: Option<i64>,
    /// Up to where the others were heard.
    pub(super) heard: HashMap<String, String>,
    pub(super) beats: u32,
}
