//! Which deployments, in which order.

use std::sync::Arc;

use super::Surface;
use super::admit::Admission;
use crate::upstream::Deployment;

/// The deployments that may serve the request: first the one whose turn it is by weight, then the
/// others in their order, for fallback.
pub(super) fn order(
    admission: &Admission,
    surface: Surface,
    is_test: bool,
) -> Vec<Arc<Deployment>> {
    let model = &admission.model;
    let is_streamed = admission.summary.is_streamed;
    let usable = |deployment: &&Arc<Deployment>| {
        let provider = &deployment.provider;
        (!is_test || provider.serves_test_keys)
            // Bytes pass where both sides speak one language.
            && std::ptr::eq(provider.language, surface.language)
            && deployment.request(surface.operation, is_streamed).is_some()
    };
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
