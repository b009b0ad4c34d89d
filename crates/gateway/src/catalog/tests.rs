use llm::OPERATIONS;
use llm::languages::OPENAI;
use llm::operation::CHAT;
use llm::providers::PROVIDERS;
use secrecy::SecretString;
use store::sealed::MasterKey;
use store::tiers::Tier;

use super::build::{Surroundings, build};
use super::definitions::{Definitions, Origin};
use super::rows::{from_rows, to_rows};
use super::{Catalog, Price, parse_file};
use crate::clock::Clock;
use crate::routing::Pools;
use crate::upstream::{AddressPolicy, CredentialSources, HealthRegistry};

mod addresses;

const FILE: &str = r#"
[[providers]]
name = "openai"
kind = "openai"
credential.env = "KEY"

[[models]]
id = "vendor/large"
aliases = ["large"]
prices.input = "2.50"
prices.output = 10.0
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
        credits: None,
        budgets: vec![],
    };
    vec![tier("free", 1), tier("basic", 2)]
}

fn built(definitions: Definitions) -> (Catalog, Vec<String>) {
    let credentials = |name: &str| (name == "KEY").then(|| SecretString::from("sk-secret"));
    let surroundings = Surroundings {
        credentials: Some(&credentials),
        addresses: AddressPolicy::default(),
        operations: OPERATIONS,
        health: &HealthRegistry::default(),
        pools: &Pools::new(Clock::System),
        sources: &CredentialSources::default(),
    };
    let (catalog, problems) = build(&tiers(), definitions, surroundings);
    (
        catalog,
        problems.into_iter().map(|problem| problem.text).collect(),
    )
}

pub(super) fn of(text: &str) -> (Catalog, Vec<String>) {
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
    let chat = model.deployments()[0]
        .request(&CHAT, &OPENAI, false)
        .unwrap();
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
credential.env = "UNSET"
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
        "[[models]]\nid = \"x\"\nprices.input = \"-1\"",
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
        (model.spec.min_tier.as_str(), model.deployments().len()),
        ("free", 0)
    );
}

#[test]
fn rows_read_back_as_definitions_and_hold_no_credential_in_the_clear() {
    let master = MasterKey::from_bytes(&[5; 32]).unwrap();
    let mut definitions = parse_file(FILE, Origin::Database).unwrap();
    definitions.providers[0].spec.credential.unseal("sk-secret");
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
    moved.providers[0].spec = moved.providers[0].spec.replace(
        r#""base_url":null"#,
        r#""base_url":"https://attacker.example/v1""#,
    );
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

#[test]
fn the_two_prices_that_most_models_have_can_be_said_in_short() {
    let file = |prices: &str| {
        let text = format!("[[models]]\nid = \"m\"\n{prices}\n");
        parse_file(&text, Origin::File)
    };
    let short = file("input_price = \"2.50\"\noutput_price = 10").unwrap();
    let list = file("prices.input = \"2.50\"\nprices.output = 10").unwrap();
    assert_eq!(short.models[0].spec, list.models[0].spec);
    let twice = file("input_price = \"1\"\nprices.input = \"1\"").unwrap_err();
    let words = "model \"m\": input_price is short for prices.input: say one of them";
    assert_eq!(twice.to_string(), words);
}

#[test]
fn the_place_of_a_credential_can_be_said_in_short() {
    let file = |credential: &str| {
        let text = format!("[[providers]]\nname = \"p\"\nkind = \"openai\"\n{credential}\n");
        parse_file(&text, Origin::File)
    };
    let short = file("credential_env = \"KEY\"").unwrap();
    let env = short.providers[0].spec.credential.env.as_deref();
    assert_eq!(env, Some("KEY"));
    let twice = file("credential_env = \"KEY\"\ncredential.env = \"KEY\"").unwrap_err();
    assert!(twice.to_string().contains("say one of them"), "{twice}");
}

#[test]
fn a_member_of_a_newer_version_costs_no_row() {
    let master = MasterKey::from_bytes(&[5; 32]).unwrap();
    let definitions = parse_file(FILE, Origin::Database).unwrap();
    let mut rows = to_rows(&definitions, &master).unwrap();
    rows.models[0].spec = rows.models[0]
        .spec
        .replacen('{', r#"{"of_tomorrow":[1],"#, 1);
    let (read, problems) = from_rows(rows.clone(), &master);
    assert_eq!((read.models.len(), problems), (1, vec![]));
    assert_eq!(read.models[0].spec, definitions.models[0].spec);

    rows.models[0].spec = "not JSON".to_owned();
    let (read, problems) = from_rows(rows, &master);
    assert_eq!((read.models.len(), problems.len()), (0, 1));
}

#[test]
fn a_provider_serves_a_model_twice_under_two_names() {
    let twin = |name: &str, weight: u64| {
        format!(
            "[[deployments]]\nmodel = \"vendor/large\"\nprovider = \"openai\"\nupstream_model = \"large-2026\"\n{name}weight = {weight}\n"
        )
    };
    let (catalog, problems) = of(&format!("{FILE}{}", twin("name = \"eu\"\n", 3)));
    assert_eq!(problems, Vec::<String>::new());
    let ids = |catalog: &Catalog| -> Vec<String> {
        let deployments = catalog.model("large").unwrap().deployments();
        deployments.iter().map(|one| one.id.to_string()).collect()
    };
    let first = ids(&catalog);
    assert!(first[0] != first[1] && first[0].starts_with("dep_"));
    // What is not of its identity changes no id.
    assert_eq!(
        first,
        ids(&of(&format!("{FILE}{}", twin("name = \"eu\"\n", 0))).0)
    );
    let (_, problems) = of(&format!("{FILE}{}", twin("", 3)));
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].contains("is there twice"), "{problems:?}");
}

#[test]
fn deployments_of_the_next_snapshot_count_on_where_these_stand() {
    let health = HealthRegistry::default();
    let of = |text: &str| {
        let surroundings = Surroundings {
            credentials: Some(&|_: &str| Some(SecretString::from("sk-secret"))),
            addresses: AddressPolicy::default(),
            operations: OPERATIONS,
            health: &health,
            pools: &Pools::new(Clock::System),
            sources: &CredentialSources::default(),
        };
        build(
            &tiers(),
            parse_file(text, Origin::File).unwrap(),
            surroundings,
        )
        .0
    };
    of(FILE).model("large").unwrap().deployments()[0]
        .health
        .begin();
    let next = of(&FILE.replace("10.0", "12.0"));
    let state = next.model("large").unwrap().deployments()[0].health.state();
    assert_eq!(state.in_flight, 1);
}
