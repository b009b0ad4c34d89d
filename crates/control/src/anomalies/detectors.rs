//! The baselines of many keys, of which the least recently used are evicted first.

use std::collections::HashMap;

use store::{AccountId, ApiKeyId};

use super::baseline::Baseline;
use super::{Detection, Observation};

/// The part of all keys that is evicted at once when there are too many: then it is rarely needed.
const FORGOTTEN_DIVISOR: usize = 16;

/// The detectors, for so many keys.
#[derive(Debug)]
pub struct Detectors {
    keys: HashMap<ApiKeyId, Box<Watched>>,
    keys_max: usize,
}

#[derive(Debug)]
struct Watched {
    account_id: AccountId,
    baseline: Baseline,
    seen_ms: i64,
    /// True if the stored baseline is out of date.
    is_changed: bool,
}

/// A baseline that is worth storing.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Changed {
    pub api_key_id: ApiKeyId,
    pub account_id: AccountId,
    pub baseline: Baseline,
}

impl Detectors {
    /// For at most `keys_max` keys.
    pub fn new(keys_max: usize) -> Self {
        Self {
            keys: HashMap::new(),
            keys_max: keys_max.max(1),
        }
    }

    /// The number of keys in memory.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Returns whether the baseline of a key is in memory; else it is to be recalled before an observation.
    pub(crate) fn knows(&self, id: &ApiKeyId) -> bool {
        self.keys.contains_key(id)
    }

    /// Takes in the stored baseline of a key; `None` for a new key. Returns the baselines that are evicted
    /// for it.
    pub(crate) fn recall(&mut self, seen: &Observation, stored: Option<Baseline>) -> Vec<Changed> {
        let forgotten = self.make_room();
        let watched = Watched {
            account_id: seen.account_id.clone(),
            baseline: stored.unwrap_or_else(|| Baseline::new(seen.at_ms)),
            seen_ms: seen.at_ms,
            is_changed: false,
        };
        self.keys.insert(seen.api_key_id.clone(), Box::new(watched));
        forgotten
    }

    /// Takes in an observation; returns its anomalies.
    pub fn see(&mut self, seen: &Observation) -> Vec<Detection> {
        if !self.knows(&seen.api_key_id) {
            self.recall(seen, None);
        }
        let Some(watched) = self.keys.get_mut(&seen.api_key_id) else {
            return Vec::new();
        };
        watched.seen_ms = watched.seen_ms.max(seen.at_ms);
        let assessment = watched.baseline.see(seen);
        watched.is_changed |= assessment.is_changed;
        let detections = assessment
            .anomalies
            .into_iter()
            .map(|(kind, anomaly)| Detection {
                api_key_id: seen.api_key_id.clone(),
                account_id: seen.account_id.clone(),
                kind,
                at_ms: seen.at_ms,
                anomaly,
            });
        detections.collect()
    }

    /// Hands out baselines that changed since the last time, at most `limit`.
    pub(crate) fn take_changed(&mut self, limit: usize) -> Vec<Changed> {
        let changed = self.keys.iter_mut().filter(|(_, one)| one.is_changed);
        let changed = changed.take(limit).map(|(id, watched)| {
            watched.is_changed = false;
            watched.to_changed(id)
        });
        changed.collect()
    }

    /// Marks baselines that could not be stored, so that they are handed out again.
    pub(crate) fn keep_changed(&mut self, changed: &[Changed]) {
        for one in changed {
            if let Some(watched) = self.keys.get_mut(&one.api_key_id) {
                watched.is_changed = true;
            }
        }
    }

    /// Merges what other servers observed of a key.
    pub(crate) fn learn(&mut self, id: &ApiKeyId, stored: &Baseline) {
        if let Some(watched) = self.keys.get_mut(id) {
            watched.baseline.merge(stored);
        }
    }

    fn make_room(&mut self) -> Vec<Changed> {
        if self.keys.len() < self.keys_max {
            return Vec::new();
        }
        let mut times: Vec<i64> = self.keys.values().map(|one| one.seen_ms).collect();
        let count = (self.keys_max / FORGOTTEN_DIVISOR).max(1);
        let last = count.min(times.len()) - 1;
        let (_, last_ms, _) = times.select_nth_unstable(last);
        let (last_ms, mut left) = (*last_ms, count);
        let mut forgotten = Vec::new();
        self.keys.retain(|id, watched| {
            let is_kept = watched.seen_ms > last_ms || left == 0;
            if !is_kept {
                left -= 1;
                if watched.is_changed {
                    forgotten.push(watched.to_changed(id));
                }
            }
            is_kept
        });
        forgotten
    }
}

impl Watched {
    fn to_changed(&self, id: &ApiKeyId) -> Changed {
        Changed {
            api_key_id: id.clone(),
            account_id: self.account_id.clone(),
            baseline: self.baseline.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Watched;

    /// The overhead of a key: its place in the map, at most two for one that is used, and the texts of two
    /// ids with their counts.
    const BESIDES: usize = 2 * 25 + 2 * (16 + 40);

    #[test]
    fn a_key_takes_at_most_a_kibibyte() {
        let bytes = size_of::<Watched>() + BESIDES;
        assert!(bytes <= 1_024, "{bytes}");
    }
}
