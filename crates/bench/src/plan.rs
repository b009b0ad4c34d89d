//! The plan of a run: which cases, and for how long.

use std::time::Duration;

use clap::ValueEnum;

use crate::args::Args;
use crate::case::{Case, Subject};

#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) cases: Vec<Case>,
    pub(crate) quick: bool,
    pub(crate) many_keys: u32,
    pub(crate) repeats: u32,
    /// The duration of one load.
    pub(crate) run: Duration,
    pub(crate) warm_up: Duration,
}

impl Plan {
    pub(crate) fn new(args: &Args) -> Self {
        let wanted = |case: &&Case| args.only.is_empty() || args.only.contains(case);
        let cases = Case::value_variants()
            .iter()
            .filter(wanted)
            .copied()
            .collect();
        let (run, warm_up) = if args.quick { (3, 1) } else { (15, 2) };
        let (run, warm_up) = (Duration::from_secs(run), Duration::from_secs(warm_up));
        Self {
            cases,
            quick: args.quick,
            many_keys: args.many_keys,
            repeats: args.repeats,
            run,
            warm_up,
        }
    }

    pub(crate) fn uses(&self, subject: Subject) -> bool {
        self.cases.iter().any(|case| case.applies_to(subject))
    }
}
