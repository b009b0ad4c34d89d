//! Addresses with variables, headers of the operator's, and what a credential is sealed for.

use llm::languages::OPENAI;
use llm::operation::CHAT;
use store::sealed::MasterKey;

use super::of;
use crate::catalog::definitions::Origin;
use crate::catalog::parse_file;
use crate::catalog::rows::{from_rows, to_rows};

#[test]
fn an_address_is_made_of_the_operators_variables() {
    let text = r#"
[[providers]]
name = "azure"
kind = "azure_openai_classic"
variables = { resource = "contoso", api_version = "2025-01-01" }
headers = { x-team = "search" }
[[models]]
id = "vendor/small"
[[deployments]]
model = "vendor/small"
provider = "azure"
upstream_model = "gpt-5"
"#;
    let (catalog, problems) = of(text);
    assert_eq!(problems, Vec::<String>::new());
    let deployment = catalog.model("vendor/small").unwrap().deployments()[0].clone();
    assert_eq!(
        deployment.provider.origin.address(),
        "contoso.openai.azure.com"
    );
    let request = format!("{:?}", deployment.request(&CHAT, &OPENAI, true).unwrap());
    assert_eq!(
        request,
        "POST /openai/deployments/gpt-5/chat/completions?api-version=2025-01-01 HTTP/1.1"
    );
}

#[test]
fn a_variable_or_header_that_cannot_be_is_a_mistake_of_its_provider() {
    for (entry, problem) in [
        ("", "needs the variable \"resource\""),
        (
            "variables = { resource = \"evil.example/\" }",
            "letters, digits",
        ),
        (
            "variables = { resource = \"a\", region = \"b\" }",
            "has no \"region\"",
        ),
        (
            "base_url = \"https://a.example\"\nheaders = { host = \"b\" }",
            "written by the server",
        ),
        (
            "base_url = \"https://a.example\"\nheaders = { x = \"a\\nb\" }",
            "cannot stand in a header",
        ),
    ] {
        let text = format!("[[providers]]\nname = \"a\"\nkind = \"azure_openai\"\n{entry}\n");
        let (_, problems) = of(&text);
        assert!(problems.join("").contains(problem), "{entry}: {problems:?}");
    }
}

#[test]
fn a_credential_is_sealed_for_the_address_that_its_kind_and_variables_make() {
    let master = MasterKey::from_bytes(&[5; 32]).unwrap();
    let text = "[[providers]]\nname = \"a\"\nkind = \"azure_openai\"\nvariables = { resource = \"contoso\" }\n";
    let mut definitions = parse_file(text, Origin::Database).unwrap();
    definitions.providers[0].spec.credential.unseal("sk-secret");
    let rows = to_rows(&definitions, &master).unwrap();
    assert_eq!(from_rows(rows.clone(), &master).1, Vec::<String>::new());
    for (from, to) in [("contoso", "other"), ("azure_openai", "openai")] {
        let mut moved = rows.clone();
        moved.providers[0].spec = moved.providers[0].spec.replace(from, to);
        assert_eq!(from_rows(moved, &master).1.len(), 1, "{from} became {to}");
    }
}
