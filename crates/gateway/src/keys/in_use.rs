//! The secrets that requests run with, so that those can be ended when a key may no longer be used.
//!
//! All requests of a secret share one signal. A change of rights marks the secrets in use that it may concern
//! as doubtful; a job reads those again, and raises the signal of the ones that may not be used any more. A
//! request waits for the signal and costs nothing besides, however long it runs and however many events pass.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock, Weak};

use parking_lot::Mutex;
use store::secret::KeyDigest;
use tokio::sync::Notify;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use super::{CachedKey, KeyState};

/// The secrets in use.
#[derive(Debug)]
pub struct KeysInUse {
    registered: Mutex<Registered>,
    doubts: Notify,
    /// Parent of every signal: a server that stops ends all requests.
    stopping: CancellationToken,
}

#[derive(Debug)]
struct Registered {
    secrets: HashMap<KeyDigest, Weak<KeyInUse>>,
    doubtful: HashSet<KeyDigest>,
    /// No registered secret ends before, by the wall clock.
    first_end_ms: i64,
}

/// A secret with requests that run. It is registered for as long as one of them holds it.
#[derive(Debug)]
pub struct KeyInUse {
    registry: Arc<KeysInUse>,
    digest: KeyDigest,
    /// The key as it was read last.
    key: Mutex<Arc<CachedKey>>,
    end: OnceLock<KeyEnd>,
    signal: CancellationToken,
}

/// The reason why requests that run with a secret have to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyEnd {
    /// The key is not active any more.
    State(KeyState),
    /// There is no such key any more.
    Unknown,
}

impl KeysInUse {
    /// No secret is in use. `stopping` ends all requests that ever register.
    pub fn new(stopping: CancellationToken) -> Arc<Self> {
        Arc::new(Self {
            registered: Mutex::new(Registered {
                secrets: HashMap::new(),
                doubtful: HashSet::new(),
                first_end_ms: i64::MAX,
            }),
            doubts: Notify::new(),
            stopping,
        })
    }

    /// Registers a request that runs with `key`. Its rights have to be checked again after that: a change
    /// that came before is not noticed here.
    pub fn register(self: &Arc<Self>, key: &Arc<CachedKey>) -> Arc<KeyInUse> {
        let digest = key.digest();
        let mut registered = self.registered.lock();
        if let Some(found) = registered.secrets.get(&digest).and_then(Weak::upgrade) {
            return found;
        }
        let in_use = Arc::new(KeyInUse {
            registry: Arc::clone(self),
            digest,
            key: Mutex::new(Arc::clone(key)),
            end: OnceLock::new(),
            signal: self.stopping.child_token(),
        });
        registered.note_end(key);
        registered.secrets.insert(digest, Arc::downgrade(&in_use));
        in_use
    }

    /// Marks the secrets in use among `digests` as doubtful.
    pub(super) fn doubt(&self, digests: &[KeyDigest]) {
        let mut registered = self.registered.lock();
        for digest in digests {
            if registered.secrets.contains_key(digest) {
                registered.doubtful.insert(*digest);
            }
        }
        self.announce(&registered);
    }

    /// Marks the secrets in use whose key `is_concerned` as doubtful.
    pub(super) fn doubt_keys(&self, is_concerned: impl Fn(&CachedKey) -> bool) {
        let all = self.all();
        let concerned = all.iter().filter(|one| is_concerned(&one.key.lock()));
        let concerned: Vec<KeyDigest> = concerned.map(|in_use| in_use.digest).collect();
        let mut registered = self.registered.lock();
        registered.doubtful.extend(concerned);
        self.announce(&registered);
    }

    fn announce(&self, registered: &Registered) {
        if !registered.doubtful.is_empty() {
            self.doubts.notify_one();
        }
    }

    /// Returns when secrets were marked as doubtful since the last time.
    pub async fn doubted(&self) {
        self.doubts.notified().await;
    }

    /// Takes the marks off; the caller has to read the keys again.
    pub(super) fn take_doubtful(&self) -> Vec<KeyDigest> {
        std::mem::take(&mut self.registered.lock().doubtful)
            .into_iter()
            .collect()
    }

    /// Takes over what was read of a secret at `now_ms`; its requests end when it may not be used.
    pub(super) fn learn(&self, digest: KeyDigest, key: Option<Arc<CachedKey>>, now_ms: i64) {
        let found = {
            let mut registered = self.registered.lock();
            if let Some(key) = &key {
                registered.note_end(key);
            }
            registered.secrets.get(&digest).and_then(Weak::upgrade)
        };
        let Some(in_use) = found else { return };
        match key {
            None => in_use.end(KeyEnd::Unknown),
            Some(key) => {
                *in_use.key.lock() = key;
                in_use.end_if_over(now_ms);
            }
        }
    }

    /// Ends the requests of secrets whose time is over.
    pub fn end_over(&self, now_ms: i64) {
        {
            let mut registered = self.registered.lock();
            if now_ms < registered.first_end_ms {
                return;
            }
            registered.first_end_ms = i64::MAX;
        }
        for in_use in self.all() {
            in_use.end_if_over(now_ms);
            if in_use.end.get().is_none() {
                let key = Arc::clone(&in_use.key.lock());
                self.registered.lock().note_end(&key);
            }
        }
    }

    /// All of them, to be looked at without the lock: the last holder of a secret takes it.
    fn all(&self) -> Vec<Arc<KeyInUse>> {
        let registered = self.registered.lock();
        registered
            .secrets
            .values()
            .filter_map(Weak::upgrade)
            .collect()
    }
}

impl Registered {
    fn note_end(&mut self, key: &CachedKey) {
        if let Some(end_ms) = key.ends_at_ms() {
            self.first_end_ms = self.first_end_ms.min(end_ms);
        }
    }
}

impl KeyInUse {
    /// The reason why its requests have to end, if they have to.
    pub fn why_ended(&self) -> Option<KeyEnd> {
        self.end.get().copied()
    }

    /// Returns when requests of this secret have to end: for [`Self::why_ended`], or because the server stops.
    pub fn ended(&self) -> WaitForCancellationFutureOwned {
        self.signal.clone().cancelled_owned()
    }

    fn end_if_over(&self, now_ms: i64) {
        let state = self.key.lock().state(now_ms);
        if state != KeyState::Active {
            self.end(KeyEnd::State(state));
        }
    }

    fn end(&self, end: KeyEnd) {
        // The reason first: whoever is woken reads it.
        self.end.get_or_init(|| end);
        self.signal.cancel();
    }
}

impl Drop for KeyInUse {
    fn drop(&mut self) {
        let mut registered = self.registry.registered.lock();
        // Another request may have registered the secret anew meanwhile.
        let is_ours = registered
            .secrets
            .get(&self.digest)
            .is_some_and(|found| std::ptr::eq(found.as_ptr(), self));
        if is_ours {
            registered.secrets.remove(&self.digest);
        }
    }
}
