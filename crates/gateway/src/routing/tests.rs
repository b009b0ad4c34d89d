//! Properties of plans, over deployments as a catalogue file makes them.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;

use llm::Needs;
use proptest::prelude::{Strategy, prop, prop_assert, prop_assert_eq, proptest};

use super::{
    BreakerState, Candidate, Ejection, Part, Plan, Policy, RoundRobin, RoutingPolicy, SlotStatus,
    Traits, parts, plan,
};
use crate::catalog::Catalog;
use crate::upstream::Deployment;

const LIVE: Traits<'_> = Traits {
    is_test: false,
    tier: None,
    input_tokens: 0,
    output_tokens: 0,
    needs: Needs {
        tools: false,
        vision: false,
        json_schema: false,
    },
    is_strict: false,
    ask: None,
    is_too_dear: false,
    session: None,
    prefix: None,
};
const UNBOUNDED: Policy = Policy {
    attempts_max: usize::MAX,
    order: RoutingPolicy::Weights,
};

/// Deployments of these weights, every second one by a provider for test keys.
fn deployments(weights: &[u64]) -> Vec<Candidate> {
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
    catalog.model("m").unwrap().candidates(0, |_| true)
}

fn names(plan: &Plan) -> Vec<usize> {
    let parse = |one: &Arc<Deployment>| one.upstream_model.parse().unwrap();
    plan.choices()
        .iter()
        .map(|one| parse(&one.deployment))
        .collect()
}

/// Deployments that stand like this, all of the same weight and for live keys.
fn with_statuses(statuses: &[SlotStatus]) -> Vec<Candidate> {
    let mut all = deployments(&vec![1; statuses.len()]);
    for (one, status) in all.iter_mut().zip(statuses) {
        one.status = status.clone();
    }
    all
}

fn open() -> SlotStatus {
    SlotStatus {
        breaker: BreakerState::Open,
        why: Some(Ejection::Failing),
        open_for_ms: 1_000,
        ..SlotStatus::default()
    }
}

fn status() -> impl Strategy<Value = SlotStatus> {
    (0..4_u8, 0..100_i64).prop_map(|(kind, ms)| match kind {
        0 => SlotStatus::default(),
        1 => SlotStatus {
            cooling_for_ms: ms,
            ..SlotStatus::default()
        },
        2 => SlotStatus {
            open_for_ms: ms + 1,
            ..open()
        },
        _ => SlotStatus {
            breaker: BreakerState::HalfOpen,
            is_probe_due: true,
            open_for_ms: 0,
            ..open()
        },
    })
}

fn weights() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec(0..9_u64, 0..7)
}

proptest! {
    #[test]
    fn a_plan_is_the_eligible_deployments_from_the_picked_one_on(weights in weights(), seed: u64, is_test: bool) {
        let all = deployments(&weights);
        let eligible: Vec<usize> = (0..weights.len()).filter(|index| !is_test || index % 2 == 1).collect();
        let planned = names(&plan(&all, &Traits { is_test, ..LIVE }, UNBOUNDED, seed));
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
            let first = names(&plan(&all, &LIVE, UNBOUNDED, seed))[0];
            *firsts.entry(first).or_default() += 1;
        }
        for (index, weight) in weights.iter().enumerate() {
            prop_assert_eq!(firsts.get(&index).copied().unwrap_or_default(), *weight);
        }
    }

    #[test]
    fn a_plan_has_as_many_attempts_as_the_policy_lets_it(weights in weights(), seed: u64, attempts_max in 0..9_usize) {
        let all = deployments(&weights);
        let whole = names(&plan(&all, &LIVE, UNBOUNDED, seed));
        let bounded = names(&plan(&all, &LIVE, Policy { attempts_max, ..UNBOUNDED }, seed));
        prop_assert_eq!(&bounded[..], &whole[..attempts_max.min(whole.len())]);
    }

    #[test]
    fn never_more_than_half_of_a_pool_is_ejected(statuses in prop::collection::vec(status(), 1..8), seed: u64) {
        let all = with_statuses(&statuses);
        let parts = parts(&all, &LIVE);
        let ejected = parts.iter().filter(|part| matches!(part, Part::Ejected(_) | Part::Probe)).count();
        prop_assert!(ejected <= all.len() / 2, "{parts:?}");
        // All are in the plan: an error reaches the client only when none is left.
        let plan = plan(&all, &LIVE, UNBOUNDED, seed);
        prop_assert_eq!(plan.choices().len(), all.len());
        let first = plan.choices()[0].slot;
        let is_out = matches!(parts[first], Part::Ejected(_));
        prop_assert!(!is_out, "{parts:?}");
        if parts.contains(&Part::Well) {
            let part_of_next = plan.next().iter().map(|one| parts[one.slot]);
            prop_assert!(part_of_next.clone().all(|part| matches!(part, Part::Well | Part::Probe | Part::Doubtful)));
            prop_assert!(matches!(parts[first], Part::Well | Part::Probe), "{parts:?}");
        }
    }

    #[test]
    fn a_session_stays_where_it_is_while_others_fall_out(session: u64, out in 0..5_usize) {
        let session = Traits { session: Some(session), ..LIVE };
        let mut all = with_statuses(&[SlotStatus::default(), SlotStatus::default(), SlotStatus::default(), SlotStatus::default(), SlotStatus::default()]);
        let before = names(&plan(&all, &session, UNBOUNDED, 1))[0];
        all[out].status = open();
        let after = names(&plan(&all, &session, UNBOUNDED, 2))[0];
        prop_assert!(after == before || before == out);
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
        .map(|seed| names(&plan(&all, &LIVE, UNBOUNDED, seed)))
        .collect();
    assert_eq!(plans, [[0, 1, 2], [0, 1, 2], [2, 0, 1], [0, 1, 2]]);
}

#[test]
fn sessions_are_shared_by_weight() {
    let all = deployments(&[3, 0, 1]);
    let mut firsts = [0; 3];
    for session in 0..4_000 {
        let traits = Traits {
            session: Some(super::mix(session)),
            ..LIVE
        };
        firsts[names(&plan(&all, &traits, UNBOUNDED, 7))[0]] += 1;
    }
    assert!(
        (2_850..3_150).contains(&firsts[0]) && firsts[1] == 0,
        "{firsts:?}"
    );
}

#[test]
fn what_cools_follows_what_is_well_and_a_probe_comes_before_all() {
    let cooling = SlotStatus {
        cooling_for_ms: 5,
        ..SlotStatus::default()
    };
    let due = SlotStatus {
        is_probe_due: true,
        open_for_ms: 0,
        ..open()
    };
    let well = SlotStatus::default();
    let all = with_statuses(&[cooling.clone(), open(), well.clone(), well]);
    let planned = plan(&all, &LIVE, UNBOUNDED, 0);
    assert_eq!(planned.next().len(), 2);
    assert_eq!(names(&planned), [2, 3, 0, 1]);
    let planned = plan(&with_statuses(&[cooling, due]), &LIVE, UNBOUNDED, 0);
    assert_eq!(planned.choices()[0].reason, super::RouteReason::Probe);
    assert_eq!(names(&planned), [1, 0]);
}

#[test]
fn of_two_that_fail_the_one_that_may_not_be_ejected_comes_behind_the_one_that_is_well() {
    let later = SlotStatus {
        open_for_ms: 9_000,
        ..open()
    };
    for seed in 0..3 {
        let all = with_statuses(&[open(), later.clone(), SlotStatus::default()]);
        let planned = plan(&all, &LIVE, UNBOUNDED, seed);
        assert_eq!(planned.next().len(), 2);
        assert_eq!(names(&planned), [2, 0, 1]);
    }
}

#[test]
fn of_those_that_fail_the_likeliest_to_work_is_asked_behind_those_that_are_well() {
    let hangs = open();
    let stumbled = SlotStatus {
        success_permille: 900,
        open_for_ms: 9_000,
        ..open()
    };
    let refused = SlotStatus {
        why: Some(Ejection::Credential),
        success_permille: 1_000,
        ..open()
    };
    let well = SlotStatus::default();
    for (one, other, asked_first) in [
        (&hangs, &stumbled, 1),
        (&stumbled, &hangs, 0),
        (&refused, &hangs, 1),
        (&stumbled, &refused, 0),
    ] {
        let all = with_statuses(&[one.clone(), other.clone(), well.clone()]);
        let planned = plan(&all, &LIVE, UNBOUNDED, 0);
        assert_eq!(names(&planned), [2, asked_first, 1 - asked_first]);
    }
}
