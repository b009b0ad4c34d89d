//! Linking: which user a provider's word is about, and the ways in that a user has.

use serde_json::json;

use super::{Away, app_with, go, place, session, through};

#[tokio::test]
async fn an_existing_user_is_linked_only_when_both_sides_know_the_address() {
    let (stub, app) = app_with("open", "oidc").await;
    app.sign_up("ann@example.com").await;
    assert_eq!(
        place(&through(&stub, &app).await),
        "/sign-in?error=link_needs_sign_in"
    );
    app.execute("UPDATE users SET email_confirmed_at_ms = 1")
        .await;
    for unverified in [json!(false), json!(null), json!("no")] {
        stub.set(|stub| stub.claims = json!({ "email_verified": unverified }));
        assert_eq!(
            place(&through(&stub, &app).await),
            "/sign-in?error=email_not_verified"
        );
    }
    stub.set(|stub| stub.claims = json!({}));
    app.execute("UPDATE users SET totp_confirmed_at_ms = 1")
        .await;
    assert_eq!(
        place(&through(&stub, &app).await),
        "/sign-in?error=link_needs_sign_in"
    );
    app.execute("UPDATE users SET totp_confirmed_at_ms = NULL, status = 'disabled'")
        .await;
    assert_eq!(
        place(&through(&stub, &app).await),
        "/sign-in?error=user_disabled"
    );
    app.execute("UPDATE users SET status = 'active'").await;
    let me = session(&app, &through(&stub, &app).await)
        .get("/api/v1/me")
        .await
        .json();
    assert_eq!(me["user"]["has_password"], true);
    app.execute("UPDATE users SET status = 'disabled'").await;
    assert_eq!(
        place(&through(&stub, &app).await),
        "/sign-in?error=user_disabled"
    );
}

#[tokio::test]
async fn whoever_is_signed_in_links_a_provider_to_themselves() {
    let (stub, app) = app_with("open", "oidc").await;
    let bob = app.sign_up("bob@example.com").await;
    let away = go(&stub, &bob, "/settings/security").await;
    let signed_out = Away {
        browser: app.browser().with("cookie", {
            let all = away
                .browser
                .headers
                .iter()
                .find(|(name, _)| name == "cookie")
                .unwrap();
            let all = String::from_utf8(all.1.clone()).unwrap();
            all.split("; ")
                .find(|pair| pair.contains("flow"))
                .unwrap()
                .to_owned()
        }),
        query: away.query.clone(),
    };
    assert_eq!(
        place(&signed_out.come_back().await),
        "/sign-in?error=flow_expired"
    );
    assert_eq!(place(&away.come_back().await), "/settings/security");
    let list = bob.get("/api/v1/me/identities").await.json();
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    let me = session(&app, &through(&stub, &app).await)
        .get("/api/v1/me")
        .await
        .json();
    assert_eq!(me["user"]["email"], "bob@example.com");
    assert_eq!(place(&go(&stub, &bob, "/").await.come_back().await), "/");
    let carol = app.sign_up("carol@example.com").await;
    let response = go(&stub, &carol, "/").await.come_back().await;
    assert_eq!(place(&response), "/sign-in?error=identity_taken");
}

#[tokio::test]
async fn a_provider_is_unlinked_unless_it_is_the_only_way_in() {
    let (stub, app) = app_with("open", "oidc").await;
    let ann = session(&app, &through(&stub, &app).await);
    let path = "/api/v1/me/identities/company";
    let refused = ann.delete(path).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (409, "last_sign_in")
    );
    let password = json!({ "new_password": "staple battery horse" }).to_string();
    let chosen = ann.post("/api/v1/me/password", password).await;
    assert_eq!(chosen.status, 204, "{}", chosen.text());
    let ann = session(&app, &chosen);
    assert_eq!(ann.delete(path).await.status, 204);
    assert_eq!(ann.delete(path).await.status, 404);
    let list = ann.get("/api/v1/me/identities").await.json();
    assert_eq!(list["data"], json!([]));
}

#[tokio::test]
async fn strangers_stay_out_where_sign_up_is_not_open_unless_they_are_invited() {
    let (stub, app) = app_with("invite", "oidc").await;
    assert_eq!(
        place(&through(&stub, &app).await),
        "/sign-in?error=sign_up_closed"
    );
    let operator = app.operator().await;
    let body = json!({ "email": "ann@example.com" }).to_string();
    assert_eq!(
        operator.post("/api/v1/admin/invites", body).await.status,
        201
    );
    assert_eq!(place(&through(&stub, &app).await), "/");
    let (stub, app) = app_with("closed", "oidc").await;
    assert_eq!(
        place(&through(&stub, &app).await),
        "/sign-in?error=sign_up_closed"
    );
}
