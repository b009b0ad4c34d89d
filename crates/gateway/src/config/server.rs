use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::bail;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// `[server]`: sockets and what a client may do with them.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    pub listen: SocketAddr,
    pub metrics_listen: String,
    pub data_dir: PathBuf,
    pub worker_threads: usize,
    pub connections_max: usize,
    pub connections_per_address_max: usize,
    pub shared_addresses: Vec<String>,
    pub first_header_timeout_ms: u64,
    pub header_bytes_max: usize,
    pub header_read_timeout_ms: u64,
    pub body_bytes_max: usize,
    pub media_body_bytes_max: usize,
    pub buffered_body_bytes_max: usize,
    pub buffered_body_bytes_per_key_max: usize,
    pub buffered_body_bytes_per_address_max: usize,
    pub body_bytes_per_second_min: u64,
    pub body_idle_timeout_ms: u64,
    pub write_timeout_ms: u64,
    pub drain_wait_ms: u64,
    pub drain_timeout_ms: u64,
    pub trusted_proxies: Vec<String>,
}

impl ServerConfig {
    /// The smallest buffer that the HTTP library accepts.
    const HEADER_BYTES_MIN: usize = 8192;
    /// The longest wait that a stop may take for balancers alone.
    const DRAIN_WAIT_MS_MAX: u64 = 120_000;

    pub fn validate(&self) -> anyhow::Result<()> {
        if self.header_bytes_max < Self::HEADER_BYTES_MIN {
            bail!(
                "server.header_bytes_max must be at least {}",
                Self::HEADER_BYTES_MIN
            );
        }
        if self.connections_max == 0 || self.connections_per_address_max == 0 {
            bail!(
                "server.connections_max and server.connections_per_address_max must be at least 1"
            );
        }
        if self.drain_wait_ms > Self::DRAIN_WAIT_MS_MAX {
            bail!(
                "server.drain_wait_ms must be at most {}",
                Self::DRAIN_WAIT_MS_MAX
            );
        }
        self.check_buffered_bytes()?;
        self.shared_networks()?;
        self.metrics_address()?;
        self.proxies().map(drop)
    }

    /// The address of the metrics, if they are served.
    ///
    /// # Errors
    /// If the setting is not an address.
    pub fn metrics_address(&self) -> anyhow::Result<Option<SocketAddr>> {
        if self.metrics_listen.is_empty() {
            return Ok(None);
        }
        match self.metrics_listen.parse() {
            Ok(address) => Ok(Some(address)),
            Err(_) => bail!(
                "server.metrics_listen is not an address and port: {:?}",
                self.metrics_listen
            ),
        }
    }

    /// The proxies whose word on the client's address is believed.
    ///
    /// # Errors
    /// If an entry is neither an address nor a range.
    pub fn proxies(&self) -> anyhow::Result<Vec<IpNet>> {
        networks(&self.trusted_proxies, "server.trusted_proxies")
    }

    /// Addresses that stand for many clients.
    ///
    /// # Errors
    /// If an entry is neither an address nor a range.
    pub fn shared_networks(&self) -> anyhow::Result<Vec<IpNet>> {
        networks(&self.shared_addresses, "server.shared_addresses")
    }

    /// A body that may be sent must have room where bodies are counted.
    fn check_buffered_bytes(&self) -> anyhow::Result<()> {
        let largest = self.body_bytes_max.max(self.media_body_bytes_max);
        for (name, buffered) in [
            ("buffered_body_bytes_max", self.buffered_body_bytes_max),
            (
                "buffered_body_bytes_per_key_max",
                self.buffered_body_bytes_per_key_max,
            ),
            (
                "buffered_body_bytes_per_address_max",
                self.buffered_body_bytes_per_address_max,
            ),
        ] {
            if buffered < largest {
                bail!(
                    "server.{name} must be at least server.body_bytes_max and server.media_body_bytes_max, or a body of that size could never be read"
                );
            }
        }
        if u32::try_from(self.buffered_body_bytes_per_key_max).is_err() {
            bail!(
                "server.buffered_body_bytes_per_key_max must be at most {}",
                u32::MAX
            );
        }
        Ok(())
    }
}

fn networks(texts: &[String], setting: &str) -> anyhow::Result<Vec<IpNet>> {
    let parse = |text: &String| parse_network(text, setting);
    texts.iter().map(parse).collect()
}

/// An address or a CIDR range.
fn parse_network(text: &str, setting: &str) -> anyhow::Result<IpNet> {
    if let Ok(address) = text.parse::<std::net::IpAddr>() {
        return Ok(address.into());
    }
    match text.parse() {
        Ok(network) => Ok(network),
        Err(_) => bail!("{setting}: {text:?} is neither an address nor a range"),
    }
}
