//! Problems: items that were left out of the catalogue, each with its reason.

use super::definitions::{Item, Origin};

/// Something that was left out, and why.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) origin: Origin,
    pub(super) item: Item,
    pub(super) text: String,
}

impl Problem {
    pub(super) fn new(origin: Origin, item: Item, text: &str) -> Self {
        let text = match &item {
            Item::Provider(name) => format!("provider {name:?}: {text}"),
            Item::Model(id) => format!("model {id:?}: {text}"),
            Item::Deployment { model, .. } => format!("deployment of model {model:?}: {text}"),
        };
        Self { origin, item, text }
    }
}
