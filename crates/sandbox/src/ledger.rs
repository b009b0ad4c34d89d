//! The ledger of what happened: counters, and the last requests as they came in.
//!
//! Recording keeps the parsed head and a reference to the body; text is made on demand.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, Method, Uri, request::Parts};
use serde::Serialize;

const RECENT_MAX: usize = 64;
const BODY_BYTES_MAX: usize = 64 * 1024;
const SECRET_HEADERS: &[&str] = &[
    "authorization",
    "proxy-authorization",
    "x-api-key",
    "api-key",
];

#[derive(Default)]
pub(crate) struct Ledger {
    requests: AtomicU64,
    open: AtomicU64,
    completed: AtomicU64,
    cancelled: AtomicU64,
    chunks_sent: AtomicU64,
    recent: Mutex<VecDeque<Recorded>>,
}

struct Recorded {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
    body_bytes: usize,
}

impl Ledger {
    pub(crate) fn open(self: &Arc<Self>) -> Exchange {
        self.requests.fetch_add(1, Relaxed);
        self.open.fetch_add(1, Relaxed);
        Exchange {
            ledger: Arc::clone(self),
            is_ended: false,
        }
    }

    pub(crate) fn record(&self, head: Parts, body: &Bytes) {
        // A longer body is copied, so that 64 of them do not keep 2 GiB alive.
        let kept = match body.get(..BODY_BYTES_MAX) {
            Some(start) if body.len() > BODY_BYTES_MAX => Bytes::copy_from_slice(start),
            _ => body.clone(),
        };
        let recorded = Recorded {
            method: head.method,
            uri: head.uri,
            headers: head.headers,
            body: kept,
            body_bytes: body.len(),
        };
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest = if recent.len() < RECENT_MAX {
            None
        } else {
            recent.pop_front()
        };
        recent.push_back(recorded);
        drop(recent);
        drop(oldest);
    }

    pub(crate) fn stats(&self) -> Bytes {
        crate::errors::json(&Stats {
            requests: self.requests.load(Relaxed),
            open: self.open.load(Relaxed),
            completed: self.completed.load(Relaxed),
            cancelled: self.cancelled.load(Relaxed),
            chunks_sent: self.chunks_sent.load(Relaxed),
        })
    }

    pub(crate) fn recent(&self) -> Bytes {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let requests = recent.iter().map(Shown::from).collect();
        crate::errors::json(&Recent { requests })
    }
}

/// One request under way. Dropped before `end`, it counts as cancelled by the client.
pub(crate) struct Exchange {
    ledger: Arc<Ledger>,
    is_ended: bool,
}

impl Exchange {
    pub(crate) fn sent_chunks(&self, count: u64) {
        self.ledger.chunks_sent.fetch_add(count, Relaxed);
    }

    pub(crate) fn end(&mut self) {
        if !self.is_ended {
            self.is_ended = true;
            self.ledger.completed.fetch_add(1, Relaxed);
            self.ledger.open.fetch_sub(1, Relaxed);
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        if !self.is_ended {
            self.ledger.cancelled.fetch_add(1, Relaxed);
            self.ledger.open.fetch_sub(1, Relaxed);
        }
    }
}

#[derive(Serialize)]
struct Stats {
    requests: u64,
    open: u64,
    completed: u64,
    cancelled: u64,
    chunks_sent: u64,
}

#[derive(Serialize)]
struct Recent<'a> {
    requests: Vec<Shown<'a>>,
}

#[derive(Serialize)]
struct Shown<'a> {
    method: &'a str,
    path: String,
    headers: Vec<(&'a str, Cow<'a, str>)>,
    body: Cow<'a, str>,
    body_bytes: usize,
}

impl<'a> From<&'a Recorded> for Shown<'a> {
    fn from(recorded: &'a Recorded) -> Self {
        let headers = recorded.headers.iter().map(|(name, value)| {
            let is_secret = SECRET_HEADERS.contains(&name.as_str());
            let shown = if is_secret {
                Cow::Borrowed("[redacted]")
            } else {
                String::from_utf8_lossy(value.as_bytes())
            };
            (name.as_str(), shown)
        });
        Self {
            method: recorded.method.as_str(),
            path: recorded.uri.to_string(),
            headers: headers.collect(),
            body: String::from_utf8_lossy(&recorded.body),
            body_bytes: recorded.body_bytes,
        }
    }
}
