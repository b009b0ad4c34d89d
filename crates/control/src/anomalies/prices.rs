//! The prices of the models that a key uses, and the models that it used.

use serde::{Deserialize, Serialize};

/// Models that are remembered; the one that came first goes first.
const MODELS_MAX: usize = 16;
/// The price from which a new model is an anomaly, in percent of the costliest before.
const COSTLIER_PERCENT: u64 = 150;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PriceBaseline {
    costliest_nanos: u64,
    /// Digests of the models; an empty place is 0.
    models: [u32; MODELS_MAX],
    next: u8,
}

/// A model that is new to a key and costlier than all that it used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Costlier {
    pub(super) usual_nanos: u64,
}

impl PriceBaseline {
    /// Notes a use. A model that the key used already is nothing new, even if its price rose.
    pub(super) fn see(&mut self, model: &str, price_nanos: u64) -> (bool, Option<Costlier>) {
        let digest = digest(model);
        let usual_nanos = self.costliest_nanos;
        self.costliest_nanos = usual_nanos.max(price_nanos);
        if self.models.contains(&digest) {
            return (self.costliest_nanos != usual_nanos, None);
        }
        let place = usize::from(self.next) % MODELS_MAX;
        if let Some(model) = self.models.get_mut(place) {
            *model = digest;
        }
        self.next = self.next.wrapping_add(1);
        let bound = u128::from(usual_nanos) * u128::from(COSTLIER_PERCENT) / 100;
        let is_costlier = u128::from(price_nanos) > bound;
        (true, is_costlier.then_some(Costlier { usual_nanos }))
    }

    /// Merges what another server observed of the same key.
    pub(super) fn merge(&mut self, other: &Self) {
        self.costliest_nanos = self.costliest_nanos.max(other.costliest_nanos);
        for model in other.models.iter().filter(|model| **model != 0) {
            if self.models.contains(model) {
                continue;
            }
            if let Some(empty) = self.models.iter_mut().find(|known| **known == 0) {
                *empty = *model;
            }
        }
    }
}

/// FNV-1a: the same in every process, which the standard hash is not.
fn digest(text: &str) -> u32 {
    let mut hash: u32 = 0x811c_9dc5;
    for byte in text.bytes() {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    hash.max(1)
}

#[cfg(test)]
mod tests {
    use super::{Costlier, PriceBaseline};

    #[test]
    fn a_new_model_is_an_anomaly_when_it_is_half_again_as_costly_as_all_before() {
        let mut prices = PriceBaseline::default();
        prices.see("small", 100);
        assert_eq!(prices.see("medium", 150).1, None);
        let costlier = Some(Costlier { usual_nanos: 150 });
        assert_eq!(prices.see("large", 226).1, costlier);
        assert_eq!(prices.see("large", 226), (false, None));
        assert_eq!(
            prices.see("large", 900).1,
            None,
            "it became costlier itself"
        );
    }
}
