//! The key in whichever header and form clients send it: understood, or told what is wrong with it.

use crate::support::{Caller, TestApp, chat, logs};

async fn told(caller: &Caller, path: &str) -> (u16, String) {
    let response = caller.get(path).await;
    let message = response.json()["error"]["message"].clone();
    (
        response.status,
        message.as_str().unwrap_or_default().to_owned(),
    )
}

#[tokio::test]
async fn a_key_is_understood_in_every_form_that_can_mean_nothing_else() {
    let app = TestApp::new().await;
    let key = app.key("free").await.secret;
    for value in [
        format!("Bearer {key}"),
        format!("bearer  {key}"),
        format!("Bearer\t{key}"),
        key.clone(),
        format!("Bearer Bearer {key}"),
        format!("Bearer bearer BEARER {key}"),
        format!("Bearer \"{key}\""),
        format!("'Bearer {key}'"),
        format!("Bearer <{key}>"),
        format!("Bearer \u{201c}{key}\u{201d}"),
        format!("Bearer \u{feff}{key}\u{a0}"),
        format!("Bearer: {key}"),
        format!("Bearer={key}"),
        format!("Bearer{key}"),
        format!("Authorization: Bearer {key}"),
        format!("Token {key}"),
        format!("ApiKey {key};"),
        format!("MyScheme {key}"),
        format!("Bearer {key}\\n"),
        format!("Bearer {key}%0A"),
        format!("Bearer {key}, Bearer {key}"),
    ] {
        let caller = app.anonymous().with("authorization", &value);
        assert_eq!(told(&caller, "/v1/key").await.0, 200, "{value}");
    }
    for header in ["x-api-key", "api-key", "x-goog-api-key"] {
        for value in [key.clone(), format!(" \"{key}\" "), format!("Bearer {key}")] {
            let caller = app.anonymous().with(header, &value);
            assert_eq!(told(&caller, "/v1/key").await.0, 200, "{header}: {value}");
        }
    }
    let response = app
        .anonymous()
        .with("api-key", &key)
        .chat(chat("plain", ""))
        .await;
    assert_eq!(response.status, 200);
}

#[tokio::test]
async fn the_same_key_in_several_headers_is_one_and_two_keys_are_refused_with_the_reason() {
    let app = TestApp::new().await;
    let (one, other) = (app.key("free").await.secret, app.key("free").await.secret);
    let nobody = app.anonymous();
    let same = nobody
        .with("authorization", format!("Bearer {one}"))
        .with("authorization", &one)
        .with("x-api-key", &one)
        .with("api-key", "");
    assert_eq!(told(&same, "/v1/key").await.0, 200);
    // A proxy's user name and password are not for us.
    let proxied = nobody
        .with("authorization", "Basic dTpw")
        .with("x-api-key", &one);
    assert_eq!(told(&proxied, "/v1/key").await.0, 200);
    for (two, places) in [
        (
            same.with("x-goog-api-key", &other),
            ["Authorization", "x-goog-api-key"],
        ),
        (
            nobody.with("x-api-key", &one).with("api-key", &other),
            ["x-api-key", "api-key"],
        ),
        (
            nobody
                .with("authorization", format!("Bearer {one}"))
                .with("x-api-key", "sk-ant-api03-x"),
            ["Authorization", "x-api-key"],
        ),
        (
            nobody.with("authorization", format!("Bearer {one}, Bearer {other}")),
            ["both in", "Authorization"],
        ),
        (
            nobody.with("authorization", format!("Bearer {one} {other}")),
            ["both in", "Authorization"],
        ),
        (
            nobody
                .with("authorization", &one)
                .with("authorization", &other),
            ["both in", "Authorization"],
        ),
    ] {
        let (status, message) = told(&two, "/v1/key").await;
        assert_eq!(status, 401);
        assert!(message.contains("two different credentials"), "{message}");
        assert!(
            places.iter().all(|place| message.contains(place)),
            "{message}"
        );
    }
}

#[tokio::test]
async fn what_is_no_key_is_told_what_it_is_and_never_said_again() {
    let app = TestApp::new().await;
    let key = app.key("free").await.secret;
    let basic = "Basic dXNlcjp5eC1zZWNyZXRzZWNyZXQ=";
    let management =
        store::secret::PlainKey::generate_for(store::secret::SecretKind::ManagementKey);
    let management = management.unwrap();
    for (value, words) in [
        (basic.to_owned(), "scheme Basic"),
        ("Bearer sk-proj-abcdefsecret".to_owned(), "another service"),
        ("Bearer AIzaSyabcdefsecret".to_owned(), "another service"),
        (
            "Bearer eyJhbGciOiJIUzI1NiJ9.secret.x".to_owned(),
            "another service",
        ),
        ("Bearer undefined".to_owned(), "placeholder"),
        ("Bearer null".to_owned(), "placeholder"),
        ("Bearer $YUNXIN_API_KEY".to_owned(), "placeholder"),
        ("Bearer ${YUNXIN_API_KEY}".to_owned(), "placeholder"),
        ("Bearer yx-...".to_owned(), "placeholder"),
        ("Bearer your-api-key".to_owned(), "placeholder"),
        (format!("Bearer {}", management.reveal()), "management key"),
        (
            format!("Bearer {} {}", &key[..30], &key[30..]),
            "white space",
        ),
        (format!("Bearer {key} # production"), "white space"),
        (
            format!("Bearer {}\u{200b}{}", &key[..30], &key[30..]),
            "characters in it",
        ),
        (
            "Digest username=secretuser, realm=x".to_owned(),
            "scheme Bearer",
        ),
        (format!("Bearer {}", &key[..40]), "malformed"),
        ("Bearer".to_owned(), "didn't provide"),
        ("\"\"".to_owned(), "didn't provide"),
    ] {
        let (status, message) =
            told(&app.anonymous().with("authorization", &value), "/v1/key").await;
        assert!(
            status == 401 && message.contains(words),
            "{value}: {message}"
        );
        for secret in ["secret", &key[3..20], &management.reveal()[4..20]] {
            assert!(!message.contains(secret), "{message}");
        }
    }
}

#[tokio::test]
async fn a_key_in_the_url_is_refused_with_words_and_in_no_log() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let key = &caller.secret;
    for path in [
        format!("/v1/models?key={key}"),
        format!("/v1/models?API_KEY={key}"),
        format!("/v1/models?type=chat&whatever={key}"),
        format!("/v1/chat/completions?access_token={key}"),
        "/v1/models?key=sk-other".to_owned(),
        format!("/models?api-key={key}"),
        format!("/v1/nothing?key={key}"),
    ] {
        let (status, message) = told(&app.anonymous(), &path).await;
        assert!(
            status == 401 && message.contains("URL"),
            "{path}: {message}"
        );
        assert!(!message.contains(&key[3..20]));
    }
    // Also where the key is in a header besides, because the URL is what gets logged; but what is no key of ours, and
    // not needed, is somebody else's parameter.
    assert_eq!(told(&caller, &format!("/v1/models?key={key}")).await.0, 401);
    assert_eq!(
        caller
            .get("/v1/models?key=other&api-version=2024-10-21")
            .await
            .status,
        200
    );
    assert!(!logs::text().contains(&key[3..20]));
}

#[tokio::test]
async fn management_keys_are_understood_in_the_same_forms() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    let body = r#"{"name":"ci","scopes":["admin:read"]}"#;
    let made = operator.post("/api/v1/admin/management-keys", body).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let secret = made.json()["secret"].as_str().unwrap().to_owned();
    let path = "/api/v1/admin/accounts";
    for value in [
        format!("Bearer {secret}"),
        secret.clone(),
        format!("Bearer Bearer \"{secret}\""),
    ] {
        let caller = app.anonymous().with("authorization", &value);
        assert_eq!(caller.get(path).await.status, 200, "{value}");
    }
    assert_eq!(
        app.anonymous()
            .with("x-api-key", &secret)
            .get(path)
            .await
            .status,
        200
    );
    let two = app
        .anonymous()
        .with_secret(&secret)
        .with("x-api-key", "other")
        .get(path)
        .await;
    assert_eq!(
        (two.status, two.code().as_str()),
        (401, "invalid_management_key")
    );
    // A proxy with a password in front of the Dashboard leaves its users signed in.
    assert_eq!(
        operator
            .with("authorization", "Basic dTpw")
            .get(path)
            .await
            .status,
        200
    );
    let nobody = app
        .browser()
        .with("authorization", "Basic dTpw")
        .get(path)
        .await;
    assert_eq!(
        (nobody.status, nobody.code().as_str()),
        (401, "not_signed_in")
    );
}
