//! Facts of models at a provider: what its own list says of them, and what is publicly known (`make models`). A fact that
//! neither has is left out: it is for the operator to say, and nothing is guessed.

mod listed;
mod table;

use std::collections::BTreeMap;

use gateway::catalog::{Price, Prices};
use llm::Meter;

use listed::ListedModel;
use table::KnownModels;

/// The longest list of models that is read; the rest of a longer one is left out.
const MODELS_MAX: usize = 10_000;

/// A model at a provider, with the facts that are known of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ModelFacts {
    /// The provider's name of the model.
    pub id: String,
    pub display_name: Option<String>,
    pub model_type: Option<String>,
    pub context_length: Option<u64>,
    pub max_output_tokens: Option<u64>,
    pub capabilities: Vec<String>,
    /// Dollars that the provider takes, by meter; empty if they are unknown.
    pub cost: Prices,
    /// True if the provider takes more for long prompts than `cost` says.
    pub is_long_context_dearer: bool,
}

/// The models of a provider's own list, with what is known of them at a provider of that kind; by id. `None` if the text is
/// no list of models.
pub(crate) fn models_of_list(kind: &str, list: &[u8]) -> Option<Vec<ModelFacts>> {
    let known = KnownModels::of(kind);
    let mut models = BTreeMap::new();
    for listed in listed::read(list)?.into_iter().take(MODELS_MAX) {
        let facts = facts(listed, &known);
        models.entry(facts.id.clone()).or_insert(facts);
    }
    Some(models.into_values().collect())
}

/// The provider's own words go first: they are of today, and of this address.
fn facts(listed: ListedModel, known: &KnownModels) -> ModelFacts {
    let known = known.find(&listed.id).unwrap_or_default();
    let own_cost = cost([
        (Meter::UncachedInput, listed.input_price.as_deref()),
        (Meter::Output, listed.output_price.as_deref()),
        (Meter::CacheRead, listed.cache_read_price.as_deref()),
    ]);
    let has_own_cost = !own_cost.is_empty();
    ModelFacts {
        id: listed.id,
        display_name: listed.display_name,
        model_type: known.model_type,
        context_length: listed.context_length.or(known.context_length),
        max_output_tokens: listed.max_output_tokens.or(known.max_output_tokens),
        capabilities: known.capabilities,
        cost: if has_own_cost { own_cost } else { known.cost },
        is_long_context_dearer: known.is_long_context_dearer && !has_own_cost,
    }
}

/// Prices of those meters that have one; none at all where the price of input or output is not known.
fn cost<'a>(prices: impl IntoIterator<Item = (Meter, Option<&'a str>)>) -> Prices {
    let mut cost = Prices::default();
    for (meter, text) in prices {
        if let Some(price) = text.and_then(Price::parse) {
            cost.set(meter, price);
        }
    }
    if cost.get(Meter::UncachedInput).is_none() || cost.get(Meter::Output).is_none() {
        return Prices::default();
    }
    cost
}

#[cfg(test)]
mod tests;
