//! Which deployments, in which order.

use std::sync::Arc;

use crate::catalog::Model;
use crate::upstream::Deployment;

/// The deployments that may serve the request: first the one whose turn it is by weight, then the
/// others in their order, for fallback.
pub(super) fn order(model: &Model, is_test: bool) -> Vec<Arc<Deployment>> {
    let usable = |deployment: &&Arc<Deployment>| !is_test || deployment.provider.serves_test_keys;
    let mut candidates: Vec<Arc<Deployment>> =
        model.deployments().iter().filter(usable).cloned().collect();
    let first = whose_turn(&candidates, model.next_turn());
    candidates.rotate_left(first);
    candidates
}

fn whose_turn(candidates: &[Arc<Deployment>], turn: u64) -> usize {
    let total: u64 = candidates.iter().map(|deployment| deployment.weight).sum();
    if total == 0 {
        return 0;
    }
    let mut place = turn % total;
    for (index, deployment) in candidates.iter().enumerate() {
        if place < deployment.weight {
            return index;
        }
        place -= deployment.weight;
    }
    0
}
