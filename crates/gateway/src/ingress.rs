//! Ingress: what clients may occupy before their requests are known, and while they arrive: connections and bytes
//! of request bodies (admission control). It counts and decides; the sockets are in `server`
//! (`docs/decisions/0018`).

mod address;
mod budget;
mod connection;
mod pieces;
mod read;
mod request_body;

pub use address::network_of;
pub use budget::{BodyBudget, Payer, Share};
pub use connection::{ClientConnection, Phase};
pub use pieces::BodyPieces;
pub(crate) use read::read;
pub use read::{BodyLimits, BufferedBody, RoomBeside};
pub use request_body::IncomingBody;

use std::sync::Arc;

use ipnet::IpNet;
use store::RequestIds;

use crate::config::ServerConfig;

/// The state that every request meets before its sender is known.
#[derive(Debug)]
pub struct Ingress {
    /// Networks whose word about the address of a client is taken.
    pub trusted_proxies: Vec<IpNet>,
    /// Bytes of request bodies in memory.
    pub bodies: Arc<BodyBudget>,
    pub request_ids: RequestIds,
}

impl Ingress {
    /// Without a request.
    ///
    /// # Errors
    /// If the networks of proxies or the caps of bodies cannot be.
    pub(crate) fn new(config: &ServerConfig) -> anyhow::Result<Self> {
        Ok(Self {
            trusted_proxies: config.proxies()?,
            bodies: Arc::new(BodyBudget::new(config)?),
            request_ids: RequestIds::default(),
        })
    }
}
