//! Reminders to replace old secrets.

use std::time::Duration;

use serde_json::json;
use store::key_events::{KeyEventAction, KeyEventKind};
use store::members::Role;

use crate::browsers::key_events;
use crate::support::TestApp;

const DAY: Duration = Duration::from_secs(86_400);

#[tokio::test]
async fn a_secret_that_is_too_old_is_due_once_and_its_successor_again() {
    let app = TestApp::new().await;
    let (live, test) = (
        app.key("free").await,
        app.new_key("free").test().make().await,
    );
    app.advance(89 * DAY).await;
    let app = app.restart().await;
    app.advance(DAY).await;
    key_events(&app, &live, 0).await;
    let app = app.restart().await;
    let [event] = key_events(&app, &live, 1).await.try_into().unwrap();
    assert_eq!(
        (event.kind, event.action),
        (KeyEventKind::RotationDue, KeyEventAction::Notified)
    );
    assert_eq!(
        (&event.facts["age_days"], &event.facts["rotation_days"]),
        (&json!(90), &json!(90))
    );
    let new = app.regenerate(&live, 0).await;
    app.advance(90 * DAY).await;
    let app = app.restart().await;
    key_events(&app, &new, 2).await;
    // Keys for development have nothing to lose.
    key_events(&app, &test, 0).await;
}

#[tokio::test]
async fn an_account_says_how_old_secrets_may_get() {
    let app = TestApp::new().await;
    let key = app.key("free").await;
    let other = app.key("free").await;
    let owner = app.member(&key.account, Role::Owner).await;
    let base = format!("/api/v1/accounts/{}", key.account);
    assert_eq!(owner.get(&base).await.json()["key_rotation_days"], 90);
    let set = async |body: &str| {
        owner
            .patch(&format!("{base}/account"), body.to_owned())
            .await
    };
    for wrong in ["0", "3651", "-1"] {
        let response = set(&format!(r#"{{"key_rotation_days":{wrong}}}"#)).await;
        assert_eq!(
            (response.status, response.code()),
            (422, "invalid_field".to_owned())
        );
    }
    let never = set(r#"{"key_rotation_days":null}"#).await;
    assert_eq!(never.json()["key_rotation_days"], json!(null));
    let renamed = set(r#"{"name":"Acme"}"#).await.json();
    assert_eq!(
        (&renamed["name"], &renamed["key_rotation_days"]),
        (&json!("Acme"), &json!(null))
    );
    app.advance(400 * DAY).await;
    let app = app.restart().await;
    // The other account's reminder shows that the job has run.
    key_events(&app, &other, 1).await;
    key_events(&app, &key, 0).await;
}
