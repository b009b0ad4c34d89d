use std::time::Duration;

use anyhow::bail;
use serde::{Deserialize, Serialize};

/// `[upstream]`: how long and how much of a provider's response we take.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct UpstreamConfig {
    pub connect_timeout_ms: u64,
    pub first_byte_timeout_ms: u64,
    pub gap_timeout_ms: u64,
    pub total_timeout_ms: u64,
    pub attempts_max: u32,
    pub response_bytes_max: usize,
    pub event_bytes_max: usize,
    pub header_bytes_max: usize,
    pub idle_connections_max: usize,
    pub idle_timeout_ms: u64,
    pub heartbeat_ms: u64,
    pub allow_public_http: bool,
    pub allow_link_local: bool,
}

impl UpstreamConfig {
    /// The timeout of a request in all.
    pub fn total_timeout(&self) -> Duration {
        Duration::from_millis(self.total_timeout_ms)
    }

    /// The timeout of the first event of a stream, from the beginning of its request.
    pub fn first_byte_timeout(&self) -> Duration {
        Duration::from_millis(self.first_byte_timeout_ms)
    }

    /// The timeout of silence within a stream.
    pub fn gap_timeout(&self) -> Duration {
        Duration::from_millis(self.gap_timeout_ms)
    }

    /// The interval of heartbeats on a stream.
    pub fn heartbeat(&self) -> Duration {
        Duration::from_millis(self.heartbeat_ms)
    }

    /// Deployments tried for one request.
    pub fn attempts_max(&self) -> usize {
        usize::try_from(self.attempts_max).unwrap_or(usize::MAX)
    }

    pub fn validate(&self) -> anyhow::Result<()> {
        if self.attempts_max == 0 {
            bail!("upstream.attempts_max must be at least 1");
        }
        if self.total_timeout_ms < self.first_byte_timeout_ms
            || self.total_timeout_ms < self.gap_timeout_ms
        {
            bail!(
                "upstream.total_timeout_ms must not be below first_byte_timeout_ms or gap_timeout_ms"
            );
        }
        if self.header_bytes_max < 8192 {
            bail!("upstream.header_bytes_max must be at least 8192");
        }
        Ok(())
    }
}
