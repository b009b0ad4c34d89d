//! Names that people read: nothing in them is invisible.

use serde_json::{Value, json};
use store::members::Role;

use crate::support::{Caller, TestApp, TestResponse};

/// Checks that the response names the field and the character.
fn names(response: &TestResponse, field: &str, character: &str) {
    let error = &response.json()["error"];
    let message = error["message"].as_str().unwrap();
    assert_eq!(
        (response.status, error["param"].as_str()),
        (422, Some(field)),
        "{message}"
    );
    assert!(message.contains(character), "{message}");
}

async fn put(by: &Caller, path: &str, body: &Value) -> TestResponse {
    by.post(path, body.to_string()).await
}

#[tokio::test]
async fn a_character_that_nobody_sees_is_refused_by_name() {
    let app = TestApp::new().await;
    let caller = app.key("pro").await;
    let owner = app.member(&caller.account, Role::Owner).await;
    let operator = app.operator().await;
    let base = format!("/api/v1/accounts/{}", caller.account);
    for (text, character) in [
        ("Production\u{202e}revreS", "U+202E"),
        ("Pro\u{200b}duction", "U+200B"),
        ("\u{feff}Production", "U+FEFF"),
        ("Prod\u{2066}uction", "U+2066"),
        ("Produ\u{3164}ction", "U+3164"),
        ("Production\u{e0041}", "U+E0041"),
    ] {
        let key = json!({ "name": text, "environment": "live" });
        names(
            &put(&owner, &format!("{base}/api-keys"), &key).await,
            "name",
            character,
        );
        let path = format!("{base}/api-keys/{}", caller.key);
        let name = json!({ "name": text }).to_string();
        names(&owner.patch(&path, name.clone()).await, "name", character);
        names(
            &owner.patch(&format!("{base}/account"), name.clone()).await,
            "name",
            character,
        );
        names(&owner.patch("/api/v1/me", name).await, "name", character);
        let program = json!({ "name": text, "scopes": ["api-keys:read"] });
        let path = format!("{base}/management-keys");
        names(&put(&owner, &path, &program).await, "name", character);
        let tier = json!({
            "id": "odd", "display_name": text, "rank": 9, "priority": 1, "requests_per_minute": 10,
            "tokens_per_minute": null, "requests_per_day": null, "account_multiplier": 1, "keys_max": null,
            "price_factor_percent": 100,
        });
        let response = put(&operator, "/api/v1/admin/tiers", &tier).await;
        names(&response, "display_name", character);
        for field in ["id", "display_name", "owned_by"] {
            let mut model = json!({
                "id": "odd", "display_name": "Anomaly", "owned_by": "us", "model_type": "chat", "min_tier": "free",
                "capabilities": [], "aliases": [], "pricing_unit": "per_million_tokens", "prices": {}, "is_public": true,
            });
            model[field] = text.into();
            let response = put(&operator, "/api/v1/admin/models", &model).await;
            names(&response, field, character);
        }
    }
    // Scripts of people, emoji included, are no such.
    for text in ["云信 生产", "שרת הפקה", "خادم", "Server 🚀 ❤️"] {
        let key = json!({ "name": text, "environment": "live" });
        let response = put(&owner, &format!("{base}/api-keys"), &key).await;
        assert_eq!(response.status, 201, "{}", response.text());
    }
}
