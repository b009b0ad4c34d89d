//! The rules of the protocol, and the model with one of them left out.

use super::world::{Author, Beginning, DOWN, LEASE, Renewal, Server, Step, World};

/// Ticks of a lease that a server leaves unused, because its clock may be slow by one.
const MARGIN: u8 = 1;

/// A rule that is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Without {
    Nothing,
    /// A key that was read before a line was applied is cached after it.
    GuardOfFills,
    /// A lease counts from its renewal's reply.
    SendTime,
    /// A line is reported before the cache is purged.
    PurgeFirst,
    /// The author is answered when one server has reported.
    EveryReport,
    /// The cache is used without a lease.
    Lease,
    /// The author tells the servers, and waits for none.
    Wait,
    /// A server loads what it begins with, and then reads the head that it registers with.
    HeadFirst,
    /// A lease is used to its last tick, by a slow clock.
    Margin,
}

pub(super) const RULES: [Without; 8] = [
    Without::GuardOfFills,
    Without::SendTime,
    Without::PurgeFirst,
    Without::EveryReport,
    Without::Lease,
    Without::Wait,
    Without::HeadFirst,
    Without::Margin,
];

/// The protocol, but for one rule.
pub(super) struct Protocol(pub(super) Without);

impl Protocol {
    pub(super) fn serves_by_cache(&self, server: &Server) -> bool {
        let may_use = server.lease_rest > 0 || self.0 == Without::Lease;
        server.caches_key && may_use
    }

    fn apply(&self, server: &mut Server, head: u8) {
        if head <= server.applied {
            return;
        }
        server.applied = head;
        if self.0 == Without::PurgeFirst {
            server.owes_purge = true;
        } else {
            server.caches_key = false;
        }
    }

    pub(super) fn author_looks(&self, world: &mut World, waited: u8) -> Option<()> {
        let is_behind = |server: &Server| server.row.is_some_and(|applied| applied < world.head);
        let has_reported = |server: &Server| server.row == Some(world.head);
        let is_enough = self.0 == Without::EveryReport && world.servers.iter().any(has_reported);
        if world.servers.iter().any(is_behind) && !is_enough {
            if waited < LEASE {
                return None;
            }
            for server in &mut world.servers {
                server.row = server.row.filter(|applied| *applied >= world.head);
            }
        }
        world.author = Author::Answered;
        Some(())
    }

    fn receive(&self, server: &mut Server, is_clock_slow: bool) -> Option<()> {
        match std::mem::replace(&mut server.renewal, Renewal::None) {
            Renewal::Evicted => server.beginning = Beginning::Evicted,
            Renewal::Replied { head, .. } if head > server.applied => self.apply(server, head),
            Renewal::Replied { age, .. } => {
                let age = if self.0 == Without::SendTime { 0 } else { age };
                let margin = if self.0 == Without::Margin { 0 } else { MARGIN };
                let rest = LEASE - margin + u8::from(is_clock_slow);
                server.lease_rest = server.lease_rest.max(rest.saturating_sub(age));
            }
            Renewal::None | Renewal::Sent { .. } => return None,
        }
        Some(())
    }

    /// Between a beginning's reading of the head, its loading and its registration.
    fn begin(&self, server: &mut Server, step: Step, head: u8) -> Option<()> {
        let loads_first = self.0 == Without::HeadFirst;
        server.beginning = match (step, server.beginning) {
            (Step::ReadHead(_), Beginning::Down | Beginning::Evicted) if !loads_first => {
                Beginning::HasHead(head)
            }
            (Step::Load(_), Beginning::HasHead(read)) => Beginning::HasLoaded {
                head: Some(read),
                is_good: head == 0,
            },
            (Step::Load(_), Beginning::Down | Beginning::Evicted) if loads_first => {
                Beginning::HasLoaded {
                    head: None,
                    is_good: head == 0,
                }
            }
            (
                Step::ReadHead(_),
                Beginning::HasLoaded {
                    head: None,
                    is_good,
                },
            ) => Beginning::HasLoaded {
                head: Some(head),
                is_good,
            },
            (
                Step::Register(_),
                Beginning::HasLoaded {
                    head: Some(read),
                    is_good,
                },
            ) => {
                server.row = Some(read);
                server.applied = read;
                server.caches_key = is_good;
                Beginning::Done
            }
            _ => return None,
        };
        Some(())
    }

    pub(super) fn step_of_server(&self, server: &mut Server, step: Step, head: u8) -> Option<()> {
        let is_up = server.beginning == Beginning::Done;
        match step {
            Step::Send(_) if is_up && server.renewal == Renewal::None => {
                server.renewal = Renewal::Sent {
                    age: 0,
                    applied: server.applied,
                };
            }
            Step::Lose(_) if server.renewal != Renewal::None => server.renewal = Renewal::None,
            Step::DatabaseRenews(_) => {
                let Renewal::Sent { age, applied } = server.renewal else {
                    return None;
                };
                server.renewal = match server.row {
                    Some(_) => Renewal::Replied { age, head },
                    None => Renewal::Evicted,
                };
                server.row = server.row.map(|_| applied);
            }
            Step::Receive { is_clock_slow, .. } => return self.receive(server, is_clock_slow),
            Step::CatchUp(_) if is_up && head > server.applied => self.apply(server, head),
            Step::Purge(_) if server.owes_purge => {
                server.owes_purge = false;
                server.caches_key = false;
            }
            Step::BeginFill(_) if is_up && server.fill.is_none() => server.fill = Some(head),
            Step::EndFill(_) => {
                let read = server.fill.take()?;
                if read >= server.applied || self.0 == Without::GuardOfFills {
                    server.caches_key = read == 0;
                }
            }
            Step::Crash(_) if server.beginning != Beginning::Down => *server = DOWN,
            Step::ReadHead(_) | Step::Load(_) | Step::Register(_) => {
                return self.begin(server, step, head);
            }
            _ => return None,
        }
        Some(())
    }
}
