//! The states of the model and the steps between them. Times are ages and rests in ticks, none of them absolute, so that
//! the states are finite and time has no end.

/// Ticks for which a lease is given.
pub(super) const LEASE: u8 = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Renewal {
    None,
    Sent { age: u8, applied: u8 },
    Replied { age: u8, head: u8 },
    Evicted,
}

/// The way from nothing, or from an eviction, to a place among the servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Beginning {
    /// The server has its place.
    Done,
    Down,
    Evicted,
    HasHead(u8),
    /// With the key as it was loaded: whether it was still good.
    HasLoaded {
        head: Option<u8>,
        is_good: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Server {
    pub(super) beginning: Beginning,
    /// The line that the database says this server has applied.
    pub(super) row: Option<u8>,
    pub(super) applied: u8,
    pub(super) lease_rest: u8,
    /// The cache has the key as one that is good.
    pub(super) caches_key: bool,
    pub(super) renewal: Renewal,
    /// A reading of the key is under way, with the head that was read before it.
    pub(super) fill: Option<u8>,
    /// A line is applied but for the purge. Only without [`Without::PurgeFirst`].
    pub(super) owes_purge: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Author {
    HasNotRevoked,
    /// For so many ticks.
    Waits(u8),
    Answered,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct World {
    /// The last line of the log: line 1 revokes the key.
    pub(super) head: u8,
    pub(super) author: Author,
    pub(super) servers: [Server; 2],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Tick,
    Revoke,
    AuthorLooks,
    Send(usize),
    /// A renewal, or its reply, is lost.
    Lose(usize),
    DatabaseRenews(usize),
    Receive {
        server: usize,
        is_clock_slow: bool,
    },
    /// The lines are read without a report, as after a change of this server's own.
    CatchUp(usize),
    Purge(usize),
    BeginFill(usize),
    EndFill(usize),
    Crash(usize),
    ReadHead(usize),
    Load(usize),
    Register(usize),
}

pub(super) const DOWN: Server = Server {
    beginning: Beginning::Down,
    row: None,
    applied: 0,
    lease_rest: 0,
    caches_key: false,
    renewal: Renewal::None,
    fill: None,
    owes_purge: false,
};

impl Step {
    pub(super) fn server(self) -> Option<usize> {
        match self {
            Self::Tick | Self::Revoke | Self::AuthorLooks => None,
            Self::Receive { server, .. } => Some(server),
            Self::Send(server)
            | Self::Lose(server)
            | Self::DatabaseRenews(server)
            | Self::CatchUp(server)
            | Self::Purge(server)
            | Self::BeginFill(server)
            | Self::EndFill(server)
            | Self::Crash(server)
            | Self::ReadHead(server)
            | Self::Load(server)
            | Self::Register(server) => Some(server),
        }
    }
}

impl World {
    pub(super) fn tick(&mut self) {
        if let Author::Waits(ticks) = &mut self.author {
            *ticks = LEASE.min(*ticks + 1);
        }
        for server in &mut self.servers {
            server.lease_rest = server.lease_rest.saturating_sub(1);
            if let Renewal::Sent { age, .. } | Renewal::Replied { age, .. } = &mut server.renewal {
                *age = (LEASE + 1).min(*age + 1);
            }
        }
    }
}
