//! The networks that a key is used from. A network is a /24, of IPv6 a /48: a provider of addresses gives
//! out whole ones of these.
//!
//! A key that moves about must not raise an alarm with every step. So newcomers are counted, and a count
//! fades by half in a week: while it is high, a newcomer is usual for the key. A key that settles down
//! is watched again within two weeks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

/// Networks that are remembered; the one that was used least recently goes first.
const KNOWN_MAX: usize = 16;
/// Newcomers of late from which on a further one is usual.
const NEWCOMERS_MAX: f32 = 0.75;
/// Networks that a key may begin with and still count as one that stays where it is.
const FIRST_NETWORKS: usize = 4;
const WEEK_MINUTES: f32 = 7.0 * 24.0 * 60.0;

const V4: u64 = 1 << 56;
const V6: u64 = 2 << 56;

/// A network, and the minute when it was used last; an empty place is 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Known(u64, u32);

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Networks {
    known: [Known; KNOWN_MAX],
    newcomers: f32,
    /// The minute to which the newcomers have faded.
    faded_at: u32,
}

/// The familiarity of a network to a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Familiarity {
    Known,
    /// New, and expected: the key is new itself, or moves about.
    Usual,
    /// New, and an anomaly; so many were known.
    Unusual {
        known: usize,
    },
}

impl Networks {
    /// Notes a use; a key that is learning begins with what it has.
    pub(super) fn see(&mut self, network: u64, minute: u32, is_learning: bool) -> Familiarity {
        if let Some(known) = self.known.iter_mut().find(|known| known.0 == network) {
            known.1 = known.1.max(minute);
            return Familiarity::Known;
        }
        let count = self.count();
        if let Some(oldest) = self.known.iter_mut().min_by_key(|known| known.1) {
            *oldest = Known(network, minute);
        }
        self.fade(minute);
        if is_learning {
            if count >= FIRST_NETWORKS {
                self.newcomers += 1.0;
            }
            return Familiarity::Usual;
        }
        let is_unusual = self.newcomers < NEWCOMERS_MAX;
        self.newcomers += 1.0;
        if is_unusual {
            Familiarity::Unusual { known: count }
        } else {
            Familiarity::Usual
        }
    }

    fn count(&self) -> usize {
        self.known.iter().filter(|known| known.0 != 0).count()
    }

    #[expect(clippy::cast_precision_loss, reason = "minutes of a fading count")]
    fn fade(&mut self, minute: u32) {
        let minutes = minute.saturating_sub(self.faded_at) as f32;
        self.newcomers *= (-minutes / WEEK_MINUTES).exp2();
        self.faded_at = self.faded_at.max(minute);
    }

    /// Merges what another server observed of the same key.
    pub(super) fn merge(&mut self, other: &Self) {
        for theirs in other.known.iter().filter(|known| known.0 != 0) {
            match self.known.iter_mut().find(|known| known.0 == theirs.0) {
                Some(mine) => mine.1 = mine.1.max(theirs.1),
                None => {
                    let oldest = self.known.iter_mut().min_by_key(|known| known.1);
                    if let Some(oldest) = oldest.filter(|oldest| oldest.1 < theirs.1) {
                        *oldest = *theirs;
                    }
                }
            }
        }
        let mut theirs = other.clone();
        theirs.fade(self.faded_at);
        self.fade(other.faded_at);
        self.newcomers = self.newcomers.max(theirs.newcomers);
    }
}

/// The network of an address, as a number.
pub(super) fn network_of(address: IpAddr) -> u64 {
    match address.to_canonical() {
        IpAddr::V4(address) => V4 | u64::from(address.to_bits() >> 8),
        IpAddr::V6(address) => {
            let high = u64::try_from(address.to_bits() >> 80).unwrap_or_default();
            V6 | high
        }
    }
}

/// The network in words.
pub(super) fn named(network: u64) -> String {
    if network & V6 == 0 {
        let bits = u32::try_from(network & 0x00ff_ffff).unwrap_or_default() << 8;
        format!("{}/24", Ipv4Addr::from_bits(bits))
    } else {
        let bits = u128::from(network & !V6) << 80;
        format!("{}/48", Ipv6Addr::from_bits(bits))
    }
}

#[cfg(test)]
mod tests {
    use super::{Familiarity, Networks, named, network_of};

    const DAY: u32 = 24 * 60;

    fn network(text: &str) -> u64 {
        network_of(text.parse().unwrap())
    }

    #[test]
    fn a_network_is_a_24_and_of_ipv6_a_48() {
        for (address, name) in [
            ("203.0.113.77", "203.0.113.0/24"),
            ("::ffff:203.0.113.1", "203.0.113.0/24"),
            ("2001:db8:7:1::1", "2001:db8:7::/48"),
            ("::1", "::/48"),
        ] {
            assert_eq!(named(network(address)), name);
        }
    }

    #[test]
    fn a_newcomer_is_odd_until_the_key_moves_about_and_again_when_it_has_settled() {
        let mut networks = Networks::default();
        assert_eq!(
            networks.see(network("10.0.0.1"), 1, true),
            Familiarity::Usual
        );
        let mut seen = vec![];
        for day in 2..12 {
            seen.push(networks.see(one_of(day), day * DAY, false));
        }
        let odd = seen
            .iter()
            .filter(|seen| matches!(seen, Familiarity::Unusual { .. }));
        assert_eq!(odd.count(), 1, "{seen:?}");
        let settled = networks.see(one_of(99), 40 * DAY, false);
        assert!(matches!(settled, Familiarity::Unusual { .. }));
        assert_eq!(
            networks.see(one_of(99), 40 * DAY, false),
            Familiarity::Known
        );
    }

    fn one_of(number: u32) -> u64 {
        network(&format!("198.51.{number}.1"))
    }

    #[test]
    fn a_key_that_begins_in_many_networks_is_one_that_moves_about() {
        let mut networks = Networks::default();
        for number in 0..8 {
            networks.see(one_of(number), number, true);
        }
        assert_eq!(networks.see(one_of(50), DAY, false), Familiarity::Usual);
    }

    #[test]
    fn the_network_that_was_used_least_recently_is_forgotten_first() {
        let mut networks = Networks::default();
        for number in 0..17 {
            networks.see(one_of(number), 10 + number, true);
        }
        assert_eq!(networks.see(one_of(1), 40, false), Familiarity::Known);
        assert_eq!(networks.see(one_of(0), 41, false), Familiarity::Usual);
    }
}
