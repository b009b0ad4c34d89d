use llm::OPERATIONS;
use llm::operation::CHAT;
use llm::providers::PROVIDERS;
use secrecy::SecretString;
use store::sealed::MasterKey;
use store::tiers::Tier;

use super::build::build;
use super::definitions::{Definitions, Origin};
use super::rows::{from_rows, to_rows};
use super::{Catalog, Price, parse_file};
use crate::upstream::AddressPolicy;

const FILE: &str = r#"
[[providers]]
name = "openai"
kind = "openai"
credential_env = "KEY"

[[models]]
id = "vendor/large"
aliases = ["large"]
input_price = "2.50"
output_price = 10.0
[[deployments]]
model = "vendor/large"
provider = "openai"
upstream_model = "large-2026"
"#;

fn tiers() -> Vec<Tier> {
    let tier = |id: &str, rank: i64| Tier {
        id: id.to_owned(),
        display_name: id.to_owned(),
        rank,
        priority: 1,
        requests_per_minute: None,
        tokens_per_minute: None,
        requests_per_day: None,
        concurrent_requests: None,
        account_multiplier: 1,
        keys_max: None,
        price_factor_percent: 100,
    };
    vec![tier("free", 1), tier("basic", 2)]
}

fn built(definitions: Definitions) -> (Catalog, Vec<String>) {
    let credentials = |name: &str| (name == "KEY").then(|| SecretString::from("sk-secret"));
    let (catalog, problems) = build(
        &tiers(),
        definitions,
        &credentials,
        AddressPolicy::default(),
        OPERATIONS,
    );
    (
        catalog,
        problems.into_iter().map(|problem| problem.text).collect(),
    )
}

fn of(text: &str) -> (Catalog, Vec<String>) {
    built(parse_file(text, Origin::File).unwrap())
}

#[test]
fn a_model_is_found_by_its_id_and_by_its_aliases() {
    let (catalog, problems) = of(FILE);
    assert_eq!(problems, Vec::<String>::new());
    let model = catalog.model("large").unwrap();
    assert_eq!(&*model.id, "vendor/large");
    assert!(!model.is_reached_by(&tiers()[0]) && model.is_reached_by(&tiers()[1]));
    let provider = &model.deployments()[0].provider;
    assert_eq!(provider.origin.address(), "api.openai.com");
    let chat = model.deployments()[0].request(&CHAT, false).unwrap();
    assert_eq!(format!("{chat:?}"), "POST /v1/chat/completions HTTP/1.1");
}

#[test]
fn a_credential_does_not_print() {
    let (catalog, _) = of(FILE);
    assert!(!format!("{catalog:?}").contains("sk-secret"));
}

#[test]
fn a_mistake_is_named_with_its_place_and_the_rest_stands() {
    let wrong = r#"
[[providers]]
name = "a"
kind = "nobody"
[[providers]]
name = "b"
kind = "vllm"
[[providers]]
name = "c"
kind = "vllm"
base_url = "https://user@host/v1"
[[providers]]
name = "d"
kind = "openai"
credential_env = "UNSET"
[[models]]
id = "m"
min_tier = "gold"
[[models]]
id = "n"
aliases = ["vendor/large"]
[[deployments]]
model = "missing"
provider = "openai"
[[deployments]]
model = "m"
provider = "a"
"#;
    let (catalog, problems) = of(&format!("{FILE}{wrong}"));
    let kinds: Vec<&str> = PROVIDERS.iter().map(|provider| provider.kind).collect();
    let problems = problems.join("\n").replace(&kinds.join(", "), "[kinds]");
    insta::assert_snapshot!(problems);
    assert!(catalog.model("vendor/large").is_some());
}

#[test]
fn a_file_with_an_unknown_name_is_refused() {
    for text in [
        "[[modles]]\nid = \"x\"",
        "[[models]]\nid = \"x\"\nprice = 1",
        "[[models]]\nid = \"x\"\ninput_price = \"-1\"",
    ] {
        assert!(parse_file(text, Origin::File).is_err(), "{text}");
    }
}

#[test]
fn what_lies_over_replaces_a_model_with_its_deployments() {
    let mut definitions = parse_file(FILE, Origin::File).unwrap();
    let over = "[[models]]\nid = \"vendor/large\"\nmin_tier = \"free\"\n";
    definitions.lay_over(parse_file(over, Origin::Database).unwrap());
    let (catalog, _) = built(definitions);
    let model = catalog.model("vendor/large").unwrap();
    assert_eq!(
        (
            model.definition.min_tier.as_str(),
            model.deployments().len()
        ),
        ("free", 0)
    );
}

#[test]
fn rows_read_back_as_definitions_and_hold_no_credential_in_the_clear() {
    let master = MasterKey::from_bytes(&[5; 32]).unwrap();
    let mut definitions = parse_file(FILE, Origin::Database).unwrap();
    definitions.providers[0].credential = Some("sk-secret".into());
    let rows = to_rows(&definitions, &master).unwrap();
    let sealed = rows.providers[0].credential.clone().unwrap();
    assert!(!String::from_utf8_lossy(&sealed).contains("sk-secret"));
    let (read, problems) = from_rows(rows.clone(), &master);
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(
        format!("{:?}", read.models),
        format!("{:?}", definitions.models)
    );

    let mut moved = rows;
    moved.providers[0].base_url = Some("https://attacker.example/v1".to_owned());
    let (read, problems) = from_rows(moved, &master);
    assert_eq!(
        (read.providers.len(), problems.len()),
        (0, 1),
        "a credential is bound to its address"
    );
}

#[test]
fn prices_are_exact() {
    for (text, nanos) in [
        ("0", 0),
        ("2.50", 2_500_000_000),
        ("0.15", 150_000_000),
        ("0.000000001", 1),
        ("75", 75_000_000_000),
    ] {
        assert_eq!(Price::parse(text).unwrap().nanos, nanos);
    }
    for text in [
        "",
        ".5",
        "-1",
        "1.",
        "1e3",
        "0.0000000001",
        "99999999999999",
    ] {
        let parsed = Price::parse(text).map(|price| price.nanos);
        assert!(parsed.is_none() || text == "1.", "{text}: {parsed:?}");
    }
    assert_eq!(Price::parse("2.50").unwrap().to_text(), "2.5");
}
