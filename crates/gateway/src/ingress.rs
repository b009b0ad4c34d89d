//! Ingress: what clients may occupy before their requests are known, and while they arrive: connections and bytes
//! of request bodies (admission control). It counts and decides; the sockets are in `server`
//! (`docs/decisions/0018`).

mod address;
mod budget;
mod connection;
mod read;
mod request_body;

pub use address::network_of;
pub use budget::{BodyBudget, Payer, Share};
pub use connection::{ClientConnection, Phase};
pub(crate) use read::read;
pub use read::{BodyLimits, BufferedBody};
pub use request_body::IncomingBody;
