use std::collections::BTreeSet;

use llm::Meter;
use serde_json::json;

use super::table::KnownModels;
use super::{ModelFacts, models_of_list};

fn listed(kind: &str, list: &serde_json::Value) -> Vec<ModelFacts> {
    models_of_list(kind, list.to_string().as_bytes()).unwrap()
}

fn price(facts: &ModelFacts, meter: Meter) -> Option<String> {
    facts.cost.get(meter).map(|price| price.to_text())
}

#[test]
fn a_known_model_has_its_context_capabilities_and_prices() {
    let list = json!({ "object": "list", "data": [{ "id": "gpt-4o", "object": "model" }] });
    let [model] = &listed("openai", &list)[..] else {
        panic!("one model")
    };
    assert_eq!(
        (model.model_type.as_deref(), model.context_length),
        (Some("chat"), Some(128_000))
    );
    assert!(model.capabilities.contains(&"vision".to_owned()));
    assert_eq!(price(model, Meter::UncachedInput).as_deref(), Some("2.5"));
    assert_eq!(price(model, Meter::CacheRead).as_deref(), Some("1.25"));
    assert_eq!(price(model, Meter::Output).as_deref(), Some("10"));
}

#[test]
fn an_unknown_model_has_no_price_and_no_look_alike_lends_it_one() {
    let ids = ["gpt-4o-of-tomorrow", "gpt-4", "GPT-4O", "ft:gpt-4o:acme::1"];
    let list = json!({ "data": ids.map(|id| json!({ "id": id })) });
    for model in listed("openai", &list) {
        let is_known = model.id == "gpt-4";
        assert_eq!(!model.cost.is_empty(), is_known, "{}", model.id);
        assert_eq!(model.context_length.is_some(), is_known, "{}", model.id);
    }
    // The same name at a server of the operator's own is another model, and costs what only the operator knows.
    let list = json!({ "data": [{ "id": "gpt-4o" }] });
    for kind in ["vllm", "openai_compatible", "no-such-kind"] {
        let models = listed(kind, &list);
        assert!(models[0].cost.is_empty() && models[0].model_type.is_none());
    }
}

#[test]
fn the_words_of_the_provider_go_before_those_of_the_table() {
    let list = json!({ "data": [
        {
            "id": "openai/gpt-4o", "name": "OpenAI: GPT-4o", "context_length": 64_000,
            "top_provider": { "max_completion_tokens": 8_000 },
            "pricing": { "prompt": "0.0000031", "completion": "0.00001", "input_cache_read": "0.00000125" },
        },
        { "id": "free/preview", "pricing": { "prompt": "0", "completion": "0" } },
        { "id": "router/auto", "pricing": { "prompt": "-1", "completion": "-1" } },
        { "id": "half/priced", "pricing": { "prompt": "0.000001" } },
    ] });
    let models = listed("openrouter", &list);
    let model = models.iter().find(|one| one.id == "openai/gpt-4o").unwrap();
    assert_eq!(
        (model.context_length, model.max_output_tokens),
        (Some(64_000), Some(8_000))
    );
    assert_eq!(model.display_name.as_deref(), Some("OpenAI: GPT-4o"));
    assert_eq!(price(model, Meter::UncachedInput).as_deref(), Some("3.1"));
    assert_eq!(price(model, Meter::CacheRead).as_deref(), Some("1.25"));
    for id in ["free/preview", "router/auto", "half/priced"] {
        let model = models.iter().find(|one| one.id == id).unwrap();
        assert!(model.cost.is_empty(), "{id}");
    }
}

#[test]
fn lists_of_every_shape_are_read_and_what_is_no_model_is_left_out() {
    for list in [
        json!({ "data": [{ "id": "m" }, { "id": "" }, {}, 7, { "id": "x".repeat(201) }] }),
        json!({ "models": [{ "name": "models/m", "displayName": "M", "inputTokenLimit": 5 }] }),
        json!({ "modelSummaries": [{ "modelId": "m", "modelName": "M" }] }),
        json!([{ "id": "m" }, { "id": "m" }]),
    ] {
        let ids: Vec<String> = listed("openai_compatible", &list)
            .into_iter()
            .map(|model| model.id)
            .collect();
        assert_eq!(ids, ["m"], "{list}");
    }
    assert_eq!(models_of_list("openai", b"<html>"), None);
    assert_eq!(models_of_list("openai", br#"{"error":{}}"#), None);
}

#[test]
fn every_row_of_the_table_is_whole() {
    let table = include_str!("../../model_facts/models.tsv");
    let rows: Vec<Vec<&str>> = table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split('\t').collect())
        .collect();
    assert!(rows.len() > 1_000);
    for row in &rows {
        assert_eq!(row.len(), 12, "{row:?}");
        assert!(
            row[3].is_empty() || row[3].parse::<u64>().is_ok(),
            "{row:?}"
        );
        // A price that cannot be read would be passed over in silence.
        for cell in &row[6..11] {
            assert!(
                cell.is_empty() || super::Price::parse(cell).is_some(),
                "{row:?}"
            );
        }
    }
    let kinds: BTreeSet<&str> = rows.iter().map(|row| row[0]).collect();
    for kind in kinds {
        let known = KnownModels::of(kind);
        let of_kind = rows.iter().filter(|row| row[0] == kind);
        for row in of_kind {
            assert!(known.find(row[1]).is_some(), "{row:?}");
        }
    }
}
