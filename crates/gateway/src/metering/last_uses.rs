//! The last use of each secret of a key, which is for people: written now and then, and late if the database is.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use http::HeaderValue;
use store::api_keys::{self, LastUse};
use store::secret::KeyDigest;
use store::{ApiKeyId, Db, StoreError};

use super::UsageRecord;

/// Keys whose last use is written in one transaction.
const LAST_USES_PER_WRITE: usize = 500;
/// Longest user agent that is remembered, in bytes.
const AGENT_BYTES_MAX: usize = 200;

/// The last uses that are not written yet.
#[derive(Debug, Default)]
pub(super) struct LastUses(HashMap<KeyDigest, Seen>);

/// The use of a secret of a key.
#[derive(Debug)]
struct Seen {
    api_key_id: ApiKeyId,
    at_ms: i64,
    address: Arc<str>,
    agent: Arc<str>,
}

impl LastUses {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn note(&mut self, record: &UsageRecord) {
        let event = &record.event;
        let seen = Seen {
            api_key_id: event.api_key_id.clone(),
            at_ms: event.at_ms,
            address: event.detail.address.clone(),
            agent: event.detail.agent.clone(),
        };
        self.add(record.secret, seen);
    }

    fn add(&mut self, secret: KeyDigest, seen: Seen) {
        match self.0.get_mut(&secret) {
            // A long stream that ends now began before the requests that ended already.
            Some(last) if seen.at_ms < last.at_ms => {}
            Some(last) => *last = seen,
            None => drop(self.0.insert(secret, seen)),
        }
    }

    /// Adds those that could not be written.
    pub(super) fn put_back(&mut self, others: Self) {
        for (secret, seen) in others.0 {
            self.add(secret, seen);
        }
    }

    /// Writes them, and forgets what is written. In one order always, so that two replicas do not wait for each other
    /// crosswise.
    pub(super) async fn write(&mut self, db: &Db) -> Result<(), StoreError> {
        let order = |secret: &KeyDigest| self.0.get(secret).map(|seen| &seen.api_key_id);
        let mut secrets: Vec<KeyDigest> = self.0.keys().copied().collect();
        secrets.sort_by(|left, right| order(left).cmp(&order(right)));
        for chunk in secrets.chunks(LAST_USES_PER_WRITE) {
            let mut tx = db.begin().await?;
            for secret in chunk {
                if let Some(seen) = self.0.get(secret) {
                    let last = seen.last_use();
                    api_keys::update_last_use(&mut tx, &seen.api_key_id, &last).await?;
                    api_keys::update_last_use_of_secret(&mut tx, *secret, &last).await?;
                }
            }
            tx.commit().await?;
            for secret in chunk {
                self.0.remove(secret);
            }
        }
        Ok(())
    }
}

impl Seen {
    fn last_use(&self) -> LastUse {
        LastUse {
            at_ms: self.at_ms,
            address: self.address.to_string(),
            agent: self.agent.to_string(),
        }
    }
}

/// The sender of a request in words: the address, and what the client calls itself.
pub fn sender_in_words(address: IpAddr, agent: Option<&HeaderValue>) -> (Arc<str>, Arc<str>) {
    let agent = agent.map(HeaderValue::as_bytes).unwrap_or_default();
    let agent = agent.get(..AGENT_BYTES_MAX).unwrap_or(agent);
    let agent = String::from_utf8_lossy(agent);
    (address.to_string().into(), agent.as_ref().into())
}
