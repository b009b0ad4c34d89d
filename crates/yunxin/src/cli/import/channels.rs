//! Channels of one-api and new-api: what we call providers and deployments. The numbers of their types are those of
//! `relay/channeltype/define.go` and `constant/channel.go`, which are the same up to 25.

use store::db::ForeignRow;

use super::Product;
use super::fields::{int, list, object, text};
use super::plan::{Plan, PlannedProvider};

const ENABLED: i64 = 1;
/// Groups are numbers from 0; a channel of priority 0 is in the last one.
const GROUP_MAX: i64 = 1_000;
const WEIGHT_MAX: i64 = 1_000_000;

/// Kinds by the number of the type, where both programs agree.
const SHARED: &[(i64, &str)] = &[
    (1, "openai"),
    (8, "openai_compatible"),
    (14, "anthropic"),
    (16, "zhipu"),
    (17, "alibaba"),
    (20, "openrouter"),
    (23, "tencent"),
    (24, "gemini"),
    (25, "moonshot"),
];
const OF_ONE_API: &[(i64, &str)] = &[
    (27, "minimax"),
    (28, "mistral"),
    (29, "groq"),
    (30, "ollama"),
    (32, "stepfun"),
    (35, "cohere"),
    (36, "deepseek"),
    (39, "together"),
    (40, "volcengine"),
    (44, "siliconflow"),
    (47, "baidu"),
    (49, "alibaba"),
    (50, "openai_compatible"),
    (51, "openai_compatible"),
];
const OF_NEW_API: &[(i64, &str)] = &[
    (4, "ollama"),
    (26, "zhipu"),
    (27, "perplexity"),
    (34, "cohere"),
    (35, "minimax"),
    (38, "jina"),
    (40, "siliconflow"),
    (42, "mistral"),
    (43, "deepseek"),
    (45, "volcengine"),
    (46, "baidu"),
    (47, "openai_compatible"),
];

fn kind_of(product: Product, number: i64) -> Option<&'static str> {
    let own = match product {
        Product::OneApi => OF_ONE_API,
        _ => OF_NEW_API,
    };
    let mut kinds = SHARED.iter().chain(own);
    kinds
        .find(|(known, _)| *known == number)
        .map(|(_, kind)| *kind)
}

/// Reads a channel.
pub(super) fn read(plan: &mut Plan, row: &ForeignRow, product: Product) {
    let id = text(row, "id");
    let what = format!("channel {id} ({})", text(row, "name"));
    let number = int(row, "type").unwrap_or_default();
    let Some(kind) = kind_of(product, number) else {
        return plan.lose(
            what,
            format!("there is no kind of provider for type {number}; add it by hand"),
        );
    };
    let base_url = base_url(row, kind);
    if kind == "openai_compatible" && base_url.is_none() {
        return plan.lose(what, "it has no base URL");
    }
    let mapping = object(row, "model_mapping");
    let names = list(row, "models", ',');
    let models = names.into_iter().map(|name| {
        let upstream = mapping.get(&name).and_then(|upstream| upstream.as_str());
        let upstream = upstream.unwrap_or(&name).to_owned();
        (name, upstream)
    });
    let models: Vec<_> = models.collect();
    for unkept in [
        "param_override",
        "header_override",
        "system_prompt",
        "status_code_mapping",
    ] {
        let value = text(row, unkept);
        if !value.is_empty() && value != "{}" {
            plan.lose(
                format!("{unkept} of {what}"),
                "a provider has no such setting here",
            );
        }
    }
    for (name, _) in &models {
        plan.models.entry(name.clone()).or_default();
    }
    let priority = int(row, "priority").unwrap_or_default().clamp(0, GROUP_MAX);
    let weight = int(row, "weight").unwrap_or_default().clamp(0, WEIGHT_MAX);
    plan.providers.push(PlannedProvider {
        name: format!("{}-{id}", product.as_str()),
        kind,
        base_url,
        secrets: secrets(row),
        models,
        // Every channel of weight 0 has the same share there.
        weight: u64::try_from(weight.max(1)).unwrap_or(1),
        group: u32::try_from(GROUP_MAX - priority).unwrap_or_default(),
        is_paused: int(row, "status") != Some(ENABLED),
    });
}

/// The base URL, with the version that our kinds have in it.
fn base_url(row: &ForeignRow, kind: &str) -> Option<String> {
    let url = text(row, "base_url");
    let url = url.trim().trim_end_matches('/');
    if url.is_empty() {
        return None;
    }
    let has_version = url
        .rsplit('/')
        .next()
        .is_some_and(|last| last.starts_with('v'));
    let is_v1 = matches!(
        kind,
        "openai"
            | "openai_compatible"
            | "anthropic"
            | "mistral"
            | "deepseek"
            | "together"
            | "siliconflow"
    );
    Some(if is_v1 && !has_version {
        format!("{url}/v1")
    } else {
        url.to_owned()
    })
}

/// One credential a line, or an array of them.
fn secrets(row: &ForeignRow) -> Vec<String> {
    list(row, "key", '\n')
}
