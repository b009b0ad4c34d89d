//! The pools of all models, by their ids.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use parking_lot::Mutex;

use super::Pool;
use crate::clock::Clock;

/// The pools of this process. They outlive snapshots of the catalogue.
#[derive(Debug)]
pub struct Pools {
    known: Mutex<HashMap<Arc<str>, Arc<Pool>>>,
    clock: Clock,
}

impl Pools {
    /// No pools.
    pub fn new(clock: Clock) -> Self {
        Self {
            known: Mutex::default(),
            clock,
        }
    }

    /// The pool of a model, made when it is new.
    pub fn of(&self, model: &Arc<str>) -> Arc<Pool> {
        let mut known = self.known.lock();
        let pool = known.entry(Arc::clone(model));
        let pool = pool.or_insert_with(|| Pool::new(self.clock.clone()));
        Arc::clone(pool)
    }

    /// Forgets all pools but those of these models.
    pub fn retain<'a>(&self, models: impl Iterator<Item = &'a str>) {
        let models: HashSet<&str> = models.collect();
        self.known.lock().retain(|id, _| models.contains(&**id));
    }

    /// The pools, by model.
    pub fn all(&self) -> Vec<(Arc<str>, Arc<Pool>)> {
        let known = self.known.lock();
        let mut all: Vec<_> = known
            .iter()
            .map(|(id, pool)| (Arc::clone(id), Arc::clone(pool)))
            .collect();
        all.sort_by(|one, other| one.0.cmp(&other.0));
        all
    }
}
