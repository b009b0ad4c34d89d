//! The plan of one request: weighted round robin chooses the first deployment, the others follow for fallback.

use std::sync::Arc;

use crate::upstream::Deployment;

/// A request's needs of the deployments that may serve it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traits {
    /// True for a request with a test key, which only providers for test keys serve.
    pub is_test: bool,
}

/// The bounds within which a plan is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Deployments of one plan.
    pub attempts_max: usize,
}

/// Deployments in the order in which they are attempted.
#[derive(Debug, Default)]
pub struct Plan(Vec<Arc<Deployment>>);

/// Plans the attempts of a request: first the deployment that `seed` picks by weight, then the others in their order,
/// from the picked one on. The health of each deployment is there to be read; no policy of today reads it or `_now_ms`.
pub fn plan<'a>(
    deployments: impl IntoIterator<Item = &'a Arc<Deployment>>,
    traits: Traits,
    policy: Policy,
    _now_ms: i64,
    seed: u64,
) -> Plan {
    let is_eligible =
        |deployment: &&Arc<Deployment>| !traits.is_test || deployment.provider.serves_test_keys;
    let mut order: Vec<Arc<Deployment>> = deployments
        .into_iter()
        .filter(is_eligible)
        .cloned()
        .collect();
    let first = pick_weighted(&order, seed);
    order.rotate_left(first);
    order.truncate(policy.attempts_max);
    Plan(order)
}

/// The index of the deployment in whose share of the weights `seed` falls. Weights are bounded by
/// [`WEIGHT_MAX`](crate::catalog::WEIGHT_MAX), so that their sum fits.
fn pick_weighted(deployments: &[Arc<Deployment>], seed: u64) -> usize {
    let total: u64 = deployments.iter().map(|deployment| deployment.weight).sum();
    if total == 0 {
        return 0;
    }
    let mut place = seed % total;
    for (index, deployment) in deployments.iter().enumerate() {
        if place < deployment.weight {
            return index;
        }
        place -= deployment.weight;
    }
    0
}

impl IntoIterator for Plan {
    type Item = Arc<Deployment>;
    type IntoIter = std::vec::IntoIter<Arc<Deployment>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
