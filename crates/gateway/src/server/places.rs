//! Places for connections: so many in all, and so many per address.
//!
//! When there is none, connections that have no request make room (as idle connections of nginx do when its workers are
//! full): of the address that has most of them, the oldest. Only when there are none of these, those whose caller is not
//! known yet. A request of a known caller is never given up for another's.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::ingress::{ClientConnection, Phase, network_of};

/// Connections that make room at once, at most: looking for them costs a look at all.
const ROOM_AT_ONCE: usize = 32;
/// The room as a part of all places.
const ROOM_DIVISOR: usize = 64;

/// The places of one listener.
#[derive(Debug)]
pub(super) struct Places {
    max: usize,
    per_address_max: usize,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    taken: usize,
    next_number: u64,
    /// By address, then in the order in which they came.
    by_network: HashMap<u128, BTreeMap<u64, Arc<Place>>>,
}

#[derive(Debug)]
pub(super) struct Place {
    connection: Arc<ClientConnection>,
    /// The moment when its task first ran: time that a busy server needed to get there is not the client's.
    since: OnceLock<Instant>,
    /// The task that serves it; dropped, it closes the connection.
    task: OnceLock<AbortHandle>,
}

/// The place of one connection, until it is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    places: Arc<Places>,
    network: u128,
    number: u64,
}

impl Places {
    pub(super) fn new(max: usize, per_address_max: usize) -> Self {
        Self {
            max,
            per_address_max,
            table: Mutex::default(),
        }
    }

    /// A place for a connection, and how many others were closed for it; no place when all others are busy.
    /// `is_shared`: its address stands for many clients.
    pub(super) fn take(
        self: &Arc<Self>,
        connection: &Arc<ClientConnection>,
        is_shared: bool,
    ) -> (Option<(Seat, Arc<Place>)>, usize) {
        let mut table = self.table.lock();
        let network = network_of(connection.peer().ip());
        let mut closed = 0;
        if !is_shared && table.count(network) >= self.per_address_max {
            closed += table.make_room(Some(network), room(self.per_address_max));
            if table.count(network) >= self.per_address_max {
                return (None, closed);
            }
        }
        if table.taken >= self.max {
            closed += table.make_room(None, room(self.max));
            if table.taken >= self.max {
                return (None, closed);
            }
        }
        let (number, place) = table.add(network, connection);
        let places = Arc::clone(self);
        let seat = Seat {
            places,
            network,
            number,
        };
        (Some((seat, place)), closed)
    }

    /// Closes some connections without a request, if there are any; returns how many.
    pub(super) fn make_room(&self) -> usize {
        self.table.lock().make_room(None, room(self.max))
    }

    /// Closes connections that have not sent the head of a request for so long since they were accepted.
    pub(super) fn close_silent(&self, wait: Duration) {
        let mut table = self.table.lock();
        let silent: Vec<(u128, u64)> = table
            .all()
            .filter(|(_, _, place)| place.is_silent_for(wait))
            .map(|(network, number, _)| (network, number))
            .collect();
        for (network, number) in silent {
            table.close(network, number);
        }
    }
}

impl Place {
    /// Says which task serves the connection.
    pub(super) fn served_by(&self, task: AbortHandle) {
        let _ = self.task.set(task);
    }

    /// Begins the time in which the first head must come.
    pub(super) fn begin(&self) {
        let _ = self.since.set(Instant::now());
    }

    fn is_silent_for(&self, wait: Duration) -> bool {
        let is_late = self
            .since
            .get()
            .is_some_and(|since| since.elapsed() >= wait);
        is_late && !self.connection.has_asked()
    }

    fn is_free(&self, up_to: Phase) -> bool {
        self.task.get().is_some() && self.connection.phase() <= up_to
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.places.table.lock().remove(self.network, self.number);
    }
}

impl Table {
    fn count(&self, network: u128) -> usize {
        self.by_network.get(&network).map_or(0, BTreeMap::len)
    }

    fn all(&self) -> impl Iterator<Item = (u128, u64, &Arc<Place>)> {
        self.by_network.iter().flat_map(|(network, places)| {
            let numbered = places.iter();
            numbered.map(|(number, place)| (*network, *number, place))
        })
    }

    fn add(&mut self, network: u128, connection: &Arc<ClientConnection>) -> (u64, Arc<Place>) {
        let number = self.next_number;
        self.next_number += 1;
        self.taken += 1;
        let place = Arc::new(Place {
            connection: Arc::clone(connection),
            since: OnceLock::new(),
            task: OnceLock::new(),
        });
        let places = self.by_network.entry(network).or_default();
        places.insert(number, Arc::clone(&place));
        (number, place)
    }

    /// A place that made room for another is not there any more when its connection ends.
    fn remove(&mut self, network: u128, number: u64) -> Option<Arc<Place>> {
        let places = self.by_network.get_mut(&network)?;
        let place = places.remove(&number)?;
        if places.is_empty() {
            self.by_network.remove(&network);
        }
        self.taken -= 1;
        Some(place)
    }

    fn close(&mut self, network: u128, number: u64) {
        let place = self.remove(network, number);
        if let Some(task) = place.as_ref().and_then(|place| place.task.get()) {
            task.abort();
        }
    }

    /// Closes at most `count` connections, of `network` if it is given; returns how many.
    fn make_room(&mut self, network: Option<u128>, count: usize) -> usize {
        for least in [Phase::Quiet, Phase::Responded] {
            let network = network.or_else(|| self.network_with_most(least));
            let chosen = network.map(|network| (network, self.oldest(network, least, count)));
            let Some((network, numbers)) = chosen else {
                continue;
            };
            if numbers.is_empty() {
                continue;
            }
            for number in &numbers {
                self.close(network, *number);
            }
            return numbers.len();
        }
        0
    }

    /// The address that has most connections up to that phase.
    fn network_with_most(&self, up_to: Phase) -> Option<u128> {
        let counted = self.by_network.iter().map(|(network, places)| {
            let count = places.values().filter(|place| place.is_free(up_to)).count();
            (count, *network)
        });
        counted.max().map(|(_, network)| network)
    }

    fn oldest(&self, network: u128, up_to: Phase, count: usize) -> Vec<u64> {
        let places = self.by_network.get(&network).into_iter().flatten();
        let free = places.filter(|(_, place)| place.is_free(up_to));
        free.map(|(number, _)| *number).take(count).collect()
    }
}

fn room(places: usize) -> usize {
    (places / ROOM_DIVISOR).clamp(1, ROOM_AT_ONCE)
}
