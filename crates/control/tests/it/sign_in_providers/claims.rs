//! The claims of an id token and of the user endpoint: what is believed, and of whom.

use serde_json::{Value, json};

use super::{START, app_trusting, app_with, go, place, session, through};
use crate::support::provider_stub::ProviderStub;
use crate::support::{NOW_MS, TestApp, logs};

#[tokio::test]
async fn what_an_id_token_leaves_out_is_asked_for_and_must_be_of_the_same_person() {
    let (stub, app) = app_with("open", "oidc").await;
    let sparse = json!({ "email": null, "email_verified": null, "name": null });
    stub.set(|stub| {
        stub.claims = sparse;
        stub.userinfo =
            json!({ "sub": "other", "email": "ann@example.com", "email_verified": true });
    });
    assert_eq!(
        place(&through(&stub, &app).await),
        "/sign-in?error=provider_invalid_response"
    );
    stub.set(|stub| stub.userinfo["sub"] = json!("subject-1234"));
    assert_eq!(place(&through(&stub, &app).await), "/");
}

#[tokio::test]
async fn a_configuration_of_another_issuer_is_not_believed() {
    let (stub, app) = app_with("open", "oidc").await;
    stub.set(|stub| stub.issuer = Some("https://evil.example".to_owned()));
    let response = app.browser().get(START).await;
    assert_eq!(
        (response.status, place(&response)),
        (303, "/sign-in?error=provider_unavailable")
    );
}

#[tokio::test]
async fn providers_without_id_tokens_are_asked_who_it_is() {
    let verified = json!({ "id": 42, "email": "ann@example.com", "checked": true, "name": "Ann" });
    for (kind, user, emails, scope) in [
        ("oauth2", verified, json!([]), ""),
        (
            "github",
            json!({ "id": 42, "login": "ann", "email": "shown@example.com" }),
            json!([
                { "email": "second@example.com", "primary": false, "verified": true },
                { "email": "ann@example.com", "primary": true, "verified": true },
            ]),
            "read:user user:email",
        ),
        (
            "discord",
            json!({ "id": "42", "username": "ann", "email": "ann@example.com", "verified": true }),
            json!([]),
            "identify email",
        ),
    ] {
        let (stub, app) = app_with("open", kind).await;
        stub.set(|stub| (stub.user, stub.emails) = (user, emails));
        let away = go(&stub, &app.browser(), "/").await;
        assert_eq!(
            (
                away.query["scope"].as_str(),
                away.query.contains_key("nonce")
            ),
            (scope, false)
        );
        let me = session(&app, &away.come_back().await)
            .get("/api/v1/me")
            .await
            .json();
        assert_eq!(me["user"]["email"], "ann@example.com", "{kind}");
        let (form, _) = stub.exchanges().remove(0);
        assert!(
            form.contains("client_id=yunxin&client_secret=client%3Asecret"),
            "{form}"
        );
        stub.set(|stub| {
            stub.user =
                json!({ "id": 43, "email": "bob@example.com", "checked": 0, "verified": false });
            stub.emails =
                json!([{ "email": "bob@example.com", "primary": true, "verified": false }]);
        });
        assert_eq!(
            place(&through(&stub, &app).await),
            "/sign-in?error=email_not_verified"
        );
        stub.set(|stub| stub.user = json!({ "email": "bob@example.com" }));
        assert_eq!(
            place(&through(&stub, &app).await),
            "/sign-in?error=provider_invalid_response"
        );
    }
}

/// The page that a sign-in arrives at whose id token has these claims over the right ones.
async fn arrival(stub: &ProviderStub, app: &TestApp, claims: Value) -> String {
    stub.set(|stub| stub.claims = claims);
    place(&through(stub, app).await).to_owned()
}

const UNVERIFIED: &str = "/sign-in?error=email_not_verified";

#[tokio::test]
async fn dates_of_an_id_token_may_have_fractions() {
    let (stub, app) = app_with("open", "oidc").await;
    #[expect(clippy::cast_precision_loss, reason = "seconds of this century")]
    let now = (NOW_MS / 1_000) as f64;
    let dates = json!({ "iat": now - 0.25, "nbf": now - 1.5, "exp": now + 299.75 });
    assert_eq!(arrival(&stub, &app, dates).await, "/");
    for wrong in [
        json!({ "exp": now - 61.5 }),
        json!({ "iat": now + 120.5 }),
        json!({ "exp": 1e300 }),
        json!({ "exp": -1 }),
        json!({ "iat": "now" }),
    ] {
        let place = arrival(&stub, &app, wrong.clone()).await;
        assert_eq!(place, "/sign-in?error=provider_invalid_response", "{wrong}");
    }
}

#[tokio::test]
async fn an_error_blames_what_is_wrong_with_an_id_token() {
    let (stub, app) = app_with("open", "oidc").await;
    for (claims, reason) in [
        (json!({ "iat": "now" }), "the claim iat of the id token"),
        (json!({ "email": 7 }), "the claim email of the id token"),
        (json!({ "exp": null }), "missing field `exp`"),
        (json!({ "iss": "https://evil.example" }), "another issuer"),
        (json!({ "aud": "other" }), "made for another client"),
    ] {
        arrival(&stub, &app, claims).await;
        let blamed = |line: &str| line.contains("sign-in provider failed") && line.contains(reason);
        assert!(logs::text().lines().any(blamed), "{reason}");
    }
}

#[tokio::test]
async fn the_user_endpoint_may_say_that_an_address_is_verified() {
    let (stub, app) = app_with("open", "oidc").await;
    let unsaid = json!({ "email": "ann@example.com", "email_verified": null });
    for userinfo in [
        json!({ "sub": "subject-1234" }),
        json!({ "sub": "subject-1234", "email_verified": true }),
        json!({ "sub": "subject-1234", "email": "ann@example.com" }),
        json!({ "sub": "subject-1234", "email": "ann@example.com", "email_verified": false }),
        json!({ "sub": "subject-1234", "email": "other@example.com", "email_verified": true }),
    ] {
        stub.set(|stub| stub.userinfo = userinfo.clone());
        let place = arrival(&stub, &app, unsaid.clone()).await;
        assert_eq!(place, UNVERIFIED, "{userinfo}");
    }
    let right =
        json!({ "sub": "subject-1234", "email": "Ann@example.com", "email_verified": true });
    let others = json!({ "sub": "other", "email": "ann@example.com", "email_verified": true });
    stub.set(|stub| stub.userinfo = others);
    let place = arrival(&stub, &app, unsaid.clone()).await;
    assert_eq!(place, "/sign-in?error=provider_invalid_response");
    stub.set(|stub| stub.userinfo = right);
    // What the token denies, nobody else is asked about.
    let denied = json!({ "email": "ann@example.com", "email_verified": false });
    assert_eq!(arrival(&stub, &app, denied).await, UNVERIFIED);
    assert_eq!(arrival(&stub, &app, unsaid).await, "/");
}

#[tokio::test]
async fn an_unsaid_address_takes_no_user_over_unless_the_issuer_is_trusted() {
    for trusts in [false, true] {
        let (stub, app) = app_trusting("oidc", trusts).await;
        app.sign_up("ann@example.com").await;
        app.execute("UPDATE users SET email_confirmed_at_ms = 1")
            .await;
        stub.set(|stub| stub.userinfo = json!({ "sub": "subject-1234" }));
        let expected = if trusts { "/" } else { UNVERIFIED };
        // Trust is for what is not said; a provider that says no is believed.
        let denied = json!({ "email_verified": false, "xms_edov": true });
        assert_eq!(arrival(&stub, &app, denied).await, UNVERIFIED);
        let unsaid = json!({ "email_verified": null });
        assert_eq!(arrival(&stub, &app, unsaid).await, expected, "{trusts}");
    }
}

#[tokio::test]
async fn the_word_of_entra_id_for_a_verified_domain_counts_in_every_form() {
    for (word, expected) in [
        (json!(true), "/"),
        (json!(1), "/"),
        (json!("1"), "/"),
        (json!("true"), "/"),
        (json!(false), UNVERIFIED),
        (json!("0"), UNVERIFIED),
        (json!(null), UNVERIFIED),
    ] {
        let (stub, app) = app_with("open", "oidc").await;
        stub.set(|stub| stub.userinfo = json!({ "sub": "subject-1234" }));
        let claims = json!({ "email_verified": null, "xms_edov": word });
        assert_eq!(arrival(&stub, &app, claims).await, expected, "{word}");
    }
}

#[tokio::test]
async fn a_provider_without_id_tokens_can_be_trusted_too() {
    for (trusts, checked, expected) in [
        (false, json!(null), UNVERIFIED),
        (true, json!(null), "/"),
        (true, json!(false), UNVERIFIED),
    ] {
        let (stub, app) = app_trusting("oauth2", trusts).await;
        let user = json!({ "id": 42, "email": "ann@example.com", "checked": checked });
        stub.set(|stub| stub.user = user);
        assert_eq!(arrival(&stub, &app, json!({})).await, expected);
    }
}
