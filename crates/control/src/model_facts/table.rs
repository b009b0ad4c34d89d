//! The table of what is publicly known of models, by kind of provider: `models.tsv`, which `make models` writes. It is
//! text in the program, read when an operator asks for the models of a provider.

use std::collections::HashMap;

use llm::Meter;

use super::{ModelFacts, cost};

const TABLE: &str = include_str!("../../model_facts/models.tsv");

/// The known models of one kind of provider.
pub(super) struct KnownModels(HashMap<&'static str, [&'static str; COLUMNS]>);

/// Columns besides the kind and the id.
const COLUMNS: usize = 10;

impl KnownModels {
    /// The rows of the kind; none for a kind of which nothing is known.
    pub(super) fn of(kind: &str) -> Self {
        let rows = TABLE.lines().filter_map(|line| {
            let (of, row) = line.split_once('\t').filter(|(of, _)| *of == kind)?;
            debug_assert!(!of.starts_with('#'));
            let (id, cells) = row.split_once('\t')?;
            let mut columns = [""; COLUMNS];
            for (column, cell) in columns.iter_mut().zip(cells.split('\t')) {
                *column = cell;
            }
            Some((id, columns))
        });
        Self(rows.collect())
    }

    /// The facts of the model of exactly that name.
    pub(super) fn find(&self, id: &str) -> Option<ModelFacts> {
        let [
            model_type,
            context,
            output,
            capabilities,
            input_price,
            output_price,
            cache_read,
            cache_write_5m,
            cache_write_1h,
            dearer_long,
        ] = self.0.get(id)?;
        Some(ModelFacts {
            model_type: Some(*model_type)
                .filter(|word| !word.is_empty())
                .map(str::to_owned),
            context_length: context.parse().ok(),
            max_output_tokens: output.parse().ok(),
            capabilities: capabilities
                .split(',')
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect(),
            cost: cost([
                (Meter::UncachedInput, Some(*input_price)),
                (Meter::Output, Some(*output_price)),
                (Meter::CacheRead, Some(*cache_read)),
                (Meter::CacheWrite5m, Some(*cache_write_5m)),
                (Meter::CacheWrite1h, Some(*cache_write_1h)),
            ]),
            is_long_context_dearer: *dearer_long == "yes",
            ..ModelFacts::default()
        })
    }
}
