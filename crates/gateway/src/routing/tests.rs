//! Properties of plans, over deployments as a catalogue file makes them.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;

use proptest::prelude::{Strategy, prop, prop_assert, prop_assert_eq, proptest};

use super::{Plan, Policy, RoundRobin, Traits, plan};
use crate::catalog::Catalog;
use crate::upstream::{CallOutcome, Deployment};

const NOW_MS: i64 = 1_790_000_000_000;
const LIVE: Traits = Traits { is_test: false };
const TEST: Traits = Traits { is_test: true };
const UNBOUNDED: Policy = Policy {
    attempts_max: usize::MAX,
};

/// Deployments of these weights, every second one by a provider for test keys.
fn deployments(weights: &[u64]) -> Vec<Arc<Deployment>> {
    let mut text = String::from("[[models]]\nid = \"m\"\n");
    for kind in ["live", "test"] {
        let serves_test_keys = kind == "test";
        write!(
            text,
            "[[providers]]\nname = \"{kind}\"\nkind = \"openai\"\nserves_test_keys = {serves_test_keys}\n"
        )
        .unwrap();
    }
    for (index, weight) in weights.iter().enumerate() {
        let provider = if index % 2 == 0 { "live" } else { "test" };
        write!(
            text,
            "[[deployments]]\nmodel = \"m\"\nprovider = \"{provider}\"\nupstream_model = \"{index}\"\nweight = {weight}\n"
        )
        .unwrap();
    }
    let catalog = Catalog::of_file(&text);
    catalog.model("m").unwrap().deployments().to_vec()
}

fn names(plan: Plan) -> Vec<usize> {
    let parse = |one: Arc<Deployment>| one.upstream_model.parse().unwrap();
    plan.into_iter().map(parse).collect()
}

fn weights() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec(0..9_u64, 0..7)
}

proptest! {
    #[test]
    fn a_plan_is_the_eligible_deployments_from_the_picked_one_on(weights in weights(), seed: u64, is_test: bool) {
        let all = deployments(&weights);
        let eligible: Vec<usize> = (0..weights.len()).filter(|index| !is_test || index % 2 == 1).collect();
        let planned = names(plan(&all, Traits { is_test }, UNBOUNDED, NOW_MS, seed));
        prop_assert_eq!(planned.len(), eligible.len());
        if let Some(first) = planned.first() {
            let mut turned = eligible.clone();
            turned.rotate_left(eligible.iter().position(|index| index == first).unwrap());
            prop_assert_eq!(&planned, &turned);
            let is_only_fallback = weights[*first] == 0;
            prop_assert!(!is_only_fallback || eligible.iter().all(|index| weights[*index] == 0));
        }
    }

    #[test]
    fn a_sum_of_weights_of_seeds_in_a_row_gives_each_its_weight(weights in weights(), begin in 0..1_000_000_u64) {
        let all = deployments(&weights);
        let total: u64 = weights.iter().sum();
        let mut firsts: HashMap<usize, u64> = HashMap::new();
        for seed in begin..begin + total {
            let first = names(plan(&all, LIVE, UNBOUNDED, NOW_MS, seed))[0];
            *firsts.entry(first).or_default() += 1;
        }
        for (index, weight) in weights.iter().enumerate() {
            prop_assert_eq!(firsts.get(&index).copied().unwrap_or_default(), *weight);
        }
    }

    #[test]
    fn a_plan_has_as_many_attempts_as_the_policy_lets_it(weights in weights(), seed: u64, attempts_max in 0..9_usize) {
        let all = deployments(&weights);
        let whole = names(plan(&all, LIVE, UNBOUNDED, NOW_MS, seed));
        let bounded = names(plan(&all, LIVE, Policy { attempts_max }, NOW_MS, seed));
        prop_assert_eq!(&bounded[..], &whole[..attempts_max.min(whole.len())]);
    }

    #[test]
    fn a_plan_is_the_same_at_any_time_and_in_any_health(weights in weights(), seed: u64, now_ms: i64) {
        let all = deployments(&weights);
        let before = names(plan(&all, TEST, UNBOUNDED, NOW_MS, seed));
        for deployment in &all {
            deployment.health.begin();
            deployment.health.end(CallOutcome::Failed("timeout"), 1, NOW_MS);
        }
        prop_assert_eq!(before, names(plan(&all, TEST, UNBOUNDED, now_ms, seed)));
    }
}

#[test]
fn rounds_are_counted_one_by_one() {
    let round_robin = RoundRobin::default();
    assert_eq!([0, 1, 2].map(|_| round_robin.next_round()), [0, 1, 2]);
}

#[test]
fn weights_are_taken_in_the_order_of_the_file() {
    let all = deployments(&[2, 0, 1]);
    let plans: Vec<Vec<usize>> = (0..4)
        .map(|seed| names(plan(&all, LIVE, UNBOUNDED, NOW_MS, seed)))
        .collect();
    assert_eq!(plans, [[0, 1, 2], [0, 1, 2], [2, 0, 1], [0, 1, 2]]);
}
