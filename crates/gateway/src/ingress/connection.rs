//! The state of one connection, for the server below its requests and for the handlers above them.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use http::HeaderValue;
use parking_lot::Mutex;

use super::budget::Share;

/// The state of a connection's current request; HTTP/1.1 has one at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// No request, and nothing of a response that is not sent: it can be closed to make room.
    Quiet,
    /// A request whose caller is not known yet, or whose body is not here yet.
    Begun,
    /// The rest of a response is being sent.
    Responded,
    /// A request of a known caller, whole.
    Admitted,
}

/// The state of the current request's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyState {
    /// There is none, it was read to its end, or what is left is so little that it is read and dropped.
    Over,
    /// The body is unread, or being read.
    Open,
    /// The body was given up: what comes of it is no request.
    GivenUp,
}

/// A connection of a client.
#[derive(Debug)]
pub struct ClientConnection {
    peer: SocketAddr,
    /// The peer is a trusted proxy, whose X-Forwarded-For says which address a request is of.
    pub is_proxied: bool,
    /// The peer's share of bytes, where the peer is one client.
    pub share: Option<Arc<Share>>,
    phase: AtomicU8,
    body: AtomicU8,
    has_asked: AtomicBool,
    /// The sender of its last request: mostly that of the next one too.
    sender: Mutex<Option<Sender>>,
}

/// The sender of a request, and in words.
#[derive(Debug)]
struct Sender {
    address: IpAddr,
    agent: Option<HeaderValue>,
    words: (Arc<str>, Arc<str>),
}

impl ClientConnection {
    /// A connection that has just been accepted.
    pub fn new(peer: SocketAddr, is_proxied: bool, share: Option<Arc<Share>>) -> Self {
        Self {
            peer,
            is_proxied,
            share,
            phase: AtomicU8::new(Phase::Quiet as u8),
            body: AtomicU8::new(BodyState::Over as u8),
            has_asked: AtomicBool::new(false),
            sender: Mutex::new(None),
        }
    }

    /// The sender of a request in words, which `make` finds where it is another than that of the request before.
    pub fn sender_words(
        &self,
        address: IpAddr,
        agent: Option<&HeaderValue>,
        make: impl FnOnce(IpAddr, Option<&HeaderValue>) -> (Arc<str>, Arc<str>),
    ) -> (Arc<str>, Arc<str>) {
        let mut sender = self.sender.lock();
        let is_same = |known: &&Sender| known.address == address && known.agent.as_ref() == agent;
        if let Some(known) = sender.as_ref().filter(is_same) {
            return known.words.clone();
        }
        let words = make(address, agent);
        *sender = Some(Sender {
            address,
            agent: agent.cloned(),
            words: words.clone(),
        });
        words
    }

    pub fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// The phase that it is in.
    pub fn phase(&self) -> Phase {
        match self.phase.load(Ordering::Relaxed) {
            0 => Phase::Quiet,
            1 => Phase::Begun,
            2 => Phase::Responded,
            _ => Phase::Admitted,
        }
    }

    /// Changes when the head of a request has arrived.
    pub fn begin_request(&self) {
        self.phase.store(Phase::Begun as u8, Ordering::Relaxed);
        self.has_asked.store(true, Ordering::Relaxed);
    }

    /// Changes when the request is whole and its caller known: it is not given up for others any more.
    pub fn admit(&self) {
        self.phase.store(Phase::Admitted as u8, Ordering::Relaxed);
    }

    /// Changes when the end of the response was handed to the connection.
    pub fn end_response(&self) {
        self.phase.store(Phase::Responded as u8, Ordering::Relaxed);
    }

    /// Changes when nothing waits to be sent.
    pub fn flushed(&self) {
        if self.phase() == Phase::Responded {
            self.phase.store(Phase::Quiet as u8, Ordering::Relaxed);
        }
    }

    /// Reports if no request runs and nothing waits to be sent.
    pub fn is_quiet(&self) -> bool {
        self.phase() == Phase::Quiet
    }

    /// Reports if the client has ever sent the head of a request.
    pub fn has_asked(&self) -> bool {
        self.has_asked.load(Ordering::Relaxed)
    }

    pub(super) fn set_body(&self, state: BodyState) {
        self.body.store(state as u8, Ordering::Relaxed);
    }

    /// Reports if the current request's body was not read to its end. Such a connection cannot be used again, and its
    /// response has to say so.
    pub fn has_unread_body(&self) -> bool {
        self.body.load(Ordering::Relaxed) != BodyState::Over as u8
    }
}
