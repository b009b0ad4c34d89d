use serde_json::{Value, json};

use super::{CredentialSource, DeploymentSpec, ModelSpec, ProviderSpec, Spec, field_names};

fn model(change: &Value) -> ModelSpec {
    let mut value = json!({ "id": "vendor/model" });
    for (name, member) in change.as_object().unwrap() {
        value[name] = member.clone();
    }
    let mut spec: ModelSpec = serde_json::from_value(value).unwrap();
    spec.normalize(1_790_000_000);
    spec
}

#[test]
fn what_a_model_does_not_say_has_one_default_everywhere() {
    let spec = serde_json::to_value(model(&json!({}))).unwrap();
    assert_eq!(
        spec,
        json!({
            "id": "vendor/model", "display_name": "vendor/model", "owned_by": "operator", "model_type": "chat",
            "min_tier": "basic", "context_length": null, "max_output_tokens": null, "capabilities": [], "aliases": [],
            "pricing_unit": "per_million_tokens", "prices": { "input": "0", "output": "0" }, "is_public": true,
            "stream_timeout_seconds": null, "routing_policy": "weights", "sticky_prompts": false, "retry_after_timeout": false,
            "fallbacks": [], "routes": [],
            "created": 1_790_000_000,
        })
    );
    let read: ModelSpec = serde_json::from_value(spec).unwrap();
    assert_eq!(read, model(&json!({})));
}

#[test]
fn a_mistake_names_its_member() {
    for (change, field) in [
        (json!({ "id": "a//b" }), "id"),
        (json!({ "id": "../b" }), "id"),
        (json!({ "id": "x".repeat(201) }), "id"),
        (json!({ "owned_by": "" }), "owned_by"),
        (json!({ "display_name": "a\u{202e}b" }), "display_name"),
        (json!({ "capabilities": [""] }), "capabilities"),
        (json!({ "aliases": vec!["a"; 41] }), "aliases"),
        (json!({ "prices": { "images": "9223372036" } }), "prices"),
        (
            json!({ "stream_timeout_seconds": 0 }),
            "stream_timeout_seconds",
        ),
        (json!({ "created": 4_102_444_801_u64 }), "created"),
    ] {
        let error = model(&change).validate().unwrap_err();
        assert_eq!(error.field, field, "{change}");
    }
    assert_eq!(model(&json!({})).validate(), Ok(()));
}

#[test]
fn a_provider_never_says_its_secret() {
    let text = r#"{"name": "p", "kind": "openai", "credential": {"secret": "\"sk-secret\"\n"}}"#;
    let mut spec: ProviderSpec = serde_json::from_str(text).unwrap();
    spec.normalize().unwrap();
    let shown = serde_json::to_value(&spec).unwrap();
    assert_eq!(
        shown["credential"],
        json!({ "source": "sealed", "env": null })
    );
    assert!(!format!("{spec:?}").contains("sk-secret"));
    // What was read may be sent back.
    let sent: ProviderSpec = serde_json::from_value(shown).unwrap();
    assert_eq!(sent.credential.source(), CredentialSource::None);
}

#[test]
fn a_request_names_one_place_of_a_credential_and_no_file() {
    for credential in [
        json!({ "env": "A", "secret": "b" }),
        json!({ "file": "/etc/passwd" }),
        json!({ "secret": "" }),
    ] {
        let value = json!({ "name": "p", "kind": "openai", "credential": credential });
        let mut spec: ProviderSpec = serde_json::from_value(value).unwrap();
        assert_eq!(spec.normalize().unwrap_err().field, "credential");
    }
}

#[test]
fn twins_are_told_apart_by_their_name() {
    let deployment = |name: Option<&str>| {
        let value = json!({ "model": "m", "provider": "p", "name": name });
        let mut spec: DeploymentSpec = serde_json::from_value(value).unwrap();
        spec.normalize();
        assert_eq!((spec.upstream_model.as_str(), spec.weight), ("m", 1));
        spec
    };
    let plain = deployment(None);
    assert_eq!(plain.derived_id(), deployment(None).derived_id());
    assert_ne!(plain.derived_id(), deployment(Some("eu")).derived_id());
    assert_eq!(
        deployment(Some("a b")).validate().unwrap_err().field,
        "name"
    );
}

#[test]
fn the_names_of_members_are_those_of_the_type() {
    assert_eq!(
        field_names::<DeploymentSpec>(),
        [
            "model",
            "provider",
            "name",
            "upstream_model",
            "weight",
            "paused",
            "group",
            "cost_prices",
            "capabilities",
            "context_length",
            "credentials",
            "caches_prompts",
            "reserved_for",
            "reserved_hours",
        ]
    );
}
