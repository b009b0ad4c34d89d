//! Signing in through a provider: the way there and back, and everything that can be wrong with it.

mod claims;
mod linking;

use std::collections::HashMap;
use std::time::Duration;

use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use url::Url;

use crate::support::personas::PASSWORD;
use crate::support::provider_stub::{Behaviour, ProviderStub};
use crate::support::{Caller, NOW_MS, TestApp, TestResponse, logs};

const START: &str = "/api/v1/auth/providers/company/start";
const CALLBACK: &str = "/api/v1/auth/providers/company/callback";

async fn app_with(sign_up: &str, kind: &str) -> (ProviderStub, TestApp) {
    app_of(sign_up, kind, "").await
}

/// An app with open sign-up, also with an address of which the provider says nothing if it is trusted.
async fn app_trusting(kind: &str, trusts: bool) -> (ProviderStub, TestApp) {
    app_of("open", kind, &format!("trust_email = {trusts}")).await
}

async fn app_of(sign_up: &str, kind: &str, more: &str) -> (ProviderStub, TestApp) {
    let stub = ProviderStub::start(NOW_MS).await;
    let url = stub.url();
    let places = match kind {
        "oidc" => format!("issuer = \"{url}\""),
        _ => format!(
            "authorization_endpoint = \"{url}/authorize\"\ntoken_endpoint = \"{url}/token\"\n\
             userinfo_endpoint = \"{url}/user\"\nemails_endpoint = \"{url}/emails\"\nemail_verified_field = \"checked\""
        ),
    };
    let config = format!(
        "[accounts]\npublic_url = \"https://yunxin.test\"\n\n[[accounts.sign_in_providers]]\n\
         name = \"company\"\ndisplay_name = \"Company\"\nkind = \"{kind}\"\nclient_id = \"yunxin\"\n\
         client_secret = \"client:secret\"\n{places}\n{more}\n"
    );
    let app = TestApp::builder()
        .set("accounts.sign_up", sign_up)
        .config(&config)
        .start()
        .await;
    (stub, app)
}

/// A browser that is at the provider, with what it was sent there with.
struct Away {
    browser: Caller,
    query: HashMap<String, String>,
}

fn cookie_pair(response: &TestResponse) -> String {
    let cookie = response.header("set-cookie").unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

async fn go(stub: &ProviderStub, browser: &Caller, return_to: &str) -> Away {
    let response = browser.get(&format!("{START}?return_to={return_to}")).await;
    assert_eq!(response.status, 303, "{}", response.text());
    let cookie = response.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-yunxin-flow="), "{cookie}");
    assert!(
        cookie.contains("; Max-Age=600; Secure; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );
    let url = Url::parse(response.header("location").unwrap()).unwrap();
    let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
    let nonce = query.get("nonce").cloned().unwrap_or_default();
    stub.visit(&nonce, &query["code_challenge"]);
    let mut back = browser.clone();
    let own = back.headers.iter().position(|(name, _)| name == "cookie");
    let own = own.map(|at| String::from_utf8(back.headers.remove(at).1).unwrap());
    let cookies: Vec<String> = own.into_iter().chain([cookie_pair(&response)]).collect();
    Away {
        browser: back.with("cookie", cookies.join("; ")),
        query,
    }
}

impl Away {
    async fn come_back(&self) -> TestResponse {
        let query = format!("code=the-code&state={}", self.query["state"]);
        self.come_back_with(&query).await
    }

    async fn come_back_with(&self, query: &str) -> TestResponse {
        let response = self.browser.get(&format!("{CALLBACK}?{query}")).await;
        assert_eq!(response.status, 303, "{}", response.text());
        response
    }
}

async fn through(stub: &ProviderStub, app: &TestApp) -> TestResponse {
    go(stub, &app.browser(), "/").await.come_back().await
}

fn place(response: &TestResponse) -> &str {
    response.header("location").unwrap()
}

fn session(app: &TestApp, response: &TestResponse) -> Caller {
    let cookies = response.headers.get_all("set-cookie").iter();
    let session = cookies
        .filter_map(|value| value.to_str().unwrap().split(';').next())
        .find(|pair| pair.starts_with("__Host-yunxin-session=yxs-"))
        .unwrap_or_else(|| panic!("no session: {response:?}"));
    app.browser().with("cookie", session)
}

#[tokio::test]
async fn somebody_new_comes_through_a_provider_and_is_known_the_next_time() {
    let (stub, app) = app_with("open", "oidc").await;
    let options = app.browser().get("/api/v1/auth/options").await.json();
    assert_eq!(
        options["providers"],
        json!([{ "name": "company", "display_name": "Company" }])
    );
    let away = go(&stub, &app.browser(), "/settings?x=1").await;
    let redirect_uri = "https://yunxin.test/api/v1/auth/providers/company/callback";
    for (name, value) in [
        ("tenant", "1"),
        ("response_type", "code"),
        ("client_id", "yunxin"),
        ("redirect_uri", redirect_uri),
        ("scope", "openid email profile"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(away.query[name], value);
    }
    let response = away.come_back().await;
    assert_eq!(place(&response), "/settings?x=1");
    let cookies: Vec<_> = response.headers.get_all("set-cookie").iter().collect();
    assert!(
        cookies
            .iter()
            .any(|value| value.to_str().unwrap().starts_with("__Host-yunxin-flow=; "))
    );
    let me = session(&app, &response).get("/api/v1/me").await.json();
    assert_eq!(
        (&me["user"]["email"], &me["user"]["name"]),
        (&json!("ann@example.com"), &json!("Ann"))
    );
    assert_eq!(
        (
            &me["user"]["is_email_confirmed"],
            &me["user"]["has_password"]
        ),
        (&json!(true), &json!(false))
    );
    assert_eq!(me["accounts"][0]["role"], "owner");
    // Whatever the provider says of the address later: it is the same person.
    stub.set(|stub| stub.claims = json!({ "email": "other@example.com", "email_verified": false }));
    let again = session(&app, &through(&stub, &app).await)
        .get("/api/v1/me")
        .await
        .json();
    assert_eq!(again["user"]["id"], me["user"]["id"]);
    let list = session(&app, &through(&stub, &app).await)
        .get("/api/v1/me/identities")
        .await
        .json();
    assert_eq!(list["data"][0]["provider"], "company");
    assert_eq!(list["data"][0]["subject_hint"], "...1234");
    let (form, client) = stub.exchanges().remove(0);
    assert!(
        form.contains("code_verifier=") && !form.contains("client"),
        "{form}"
    );
    // "yunxin:client%3Asecret": both halves are escaped.
    assert_eq!(client, "Basic eXVueGluOmNsaWVudCUzQXNlY3JldA==");
}

#[tokio::test]
async fn an_id_token_that_is_wrong_in_any_way_signs_nobody_in() {
    let (stub, app) = app_with("open", "oidc").await;
    let now = NOW_MS / 1_000;
    let wrong: [(&str, Change); 17] = [
        (
            "another issuer",
            claims(json!({ "iss": "https://evil.example" })),
        ),
        ("no issuer", claims(json!({ "iss": null }))),
        ("another audience", claims(json!({ "aud": "other" }))),
        ("no audience", claims(json!({ "aud": null }))),
        (
            "several audiences",
            claims(json!({ "aud": ["yunxin", "other"] })),
        ),
        ("another party", claims(json!({ "azp": "other" }))),
        ("expired", claims(json!({ "exp": now - 61 }))),
        ("no end", claims(json!({ "exp": null }))),
        ("of the future", claims(json!({ "iat": now + 120 }))),
        ("not yet", claims(json!({ "nbf": now + 120 }))),
        ("another nonce", claims(json!({ "nonce": "other" }))),
        ("no nonce", claims(json!({ "nonce": null }))),
        ("nobody", claims(json!({ "sub": "" }))),
        (
            "a very long name",
            claims(json!({ "sub": "x".repeat(256) })),
        ),
        ("an unknown key", Box::new(|stub| stub.is_forger = true)),
        (
            "a key of another name",
            Box::new(|stub| stub.kid = Some("k9".to_owned())),
        ),
        (
            "a shared secret",
            Box::new(|stub| stub.algorithm = Algorithm::HS256),
        ),
    ];
    for (what, change) in wrong {
        stub.set(|stub| {
            stub.claims = json!({});
            stub.is_forger = false;
            stub.kid = Some("k1".to_owned());
            change(stub);
        });
        let response = through(&stub, &app).await;
        assert_eq!(
            place(&response),
            "/sign-in?error=provider_invalid_response",
            "{what}"
        );
        assert!(
            !response
                .headers
                .get_all("set-cookie")
                .iter()
                .any(|value| { value.to_str().unwrap().contains("yxs-") })
        );
    }
    stub.set(|stub| {
        stub.algorithm = Algorithm::ES256;
        stub.kid = None;
        stub.claims = json!({ "aud": ["yunxin", "other"], "azp": "yunxin", "exp": now - 59 });
    });
    assert_eq!(place(&through(&stub, &app).await), "/");
}

/// A difference of a provider.
type Change = Box<dyn FnOnce(&mut Behaviour)>;

fn claims(claims: Value) -> Change {
    Box::new(move |stub| stub.claims = claims)
}

#[tokio::test]
async fn keys_are_asked_for_again_when_they_change_but_not_for_every_forgery() {
    let (stub, app) = app_with("open", "oidc").await;
    through(&stub, &app).await;
    stub.set(|stub| stub.kid = Some("k2".to_owned()));
    for _ in 0..3 {
        through(&stub, &app).await;
    }
    assert_eq!(stub.key_reads(), 1);
    stub.set(|stub| stub.published_kid = "k2".to_owned());
    app.advance(Duration::from_secs(31)).await;
    assert_eq!(place(&through(&stub, &app).await), "/");
    assert_eq!(stub.key_reads(), 2);
}

#[tokio::test]
async fn a_response_is_taken_from_the_browser_that_asked_and_once() {
    let (stub, app) = app_with("open", "oidc").await;
    let away = go(&stub, &app.browser(), "/").await;
    let good = format!("code=the-code&state={}", away.query["state"]);
    let thief = Away {
        browser: app.browser(),
        query: away.query.clone(),
    };
    assert_eq!(
        place(&thief.come_back_with(&good).await),
        "/sign-in?error=flow_expired"
    );
    for query in [
        "code=the-code",
        "code=the-code&state=",
        "code=the-code&state=other",
    ] {
        assert_eq!(
            place(&away.come_back_with(query).await),
            "/sign-in?error=flow_expired"
        );
    }
    let other = format!("{good}&iss=https://evil.example");
    assert_eq!(
        place(&away.come_back_with(&other).await),
        "/sign-in?error=provider_invalid_response"
    );
    let denied = format!("error=access_denied&state={}", away.query["state"]);
    assert_eq!(
        place(&away.come_back_with(&denied).await),
        "/sign-in?error=access_denied"
    );
    let wrong_code = format!("code=other&state={}", away.query["state"]);
    assert_eq!(
        place(&away.come_back_with(&wrong_code).await),
        "/sign-in?error=provider_unavailable"
    );
    assert_eq!(stub.exchanges().len(), 1);
    let issuer = format!("{good}&iss={}", stub.url());
    assert_eq!(place(&away.come_back_with(&issuer).await), "/");
    let late = go(&stub, &app.browser(), "/").await;
    app.advance(Duration::from_secs(601)).await;
    assert_eq!(
        place(&late.come_back().await),
        "/sign-in?error=flow_expired"
    );
}

#[tokio::test]
async fn nobody_is_sent_to_another_site() {
    let (stub, app) = app_with("open", "oidc").await;
    for elsewhere in [
        "//evil.example",
        "https://evil.example",
        "%2F%5Cevil.example",
        "/%0d%0aset-cookie:a=b",
    ] {
        let response = go(&stub, &app.browser(), elsewhere).await.come_back().await;
        assert_eq!(place(&response), "/", "{elsewhere}");
    }
    let unknown = app
        .browser()
        .get("/api/v1/auth/providers/other/start")
        .await;
    assert_eq!(
        (unknown.status, unknown.code().as_str()),
        (404, "not_found")
    );
}

#[tokio::test]
async fn the_audit_log_tells_of_links_and_no_secret_of_the_flow() {
    let (stub, app) = app_with("open", "oidc").await;
    through(&stub, &app).await;
    let log = app
        .operator()
        .await
        .get("/api/v1/admin/audit-log")
        .await
        .text();
    assert!(log.contains("user.provider_linked"));
    for secret in [
        "the-code",
        "the-access-token",
        "client:secret",
        "subject-1234",
        PASSWORD,
    ] {
        assert!(!log.contains(secret), "{secret}");
        assert!(
            !logs::text().contains(secret) || secret == PASSWORD,
            "{secret}"
        );
    }
}

#[tokio::test]
async fn below_a_path_the_way_there_and_back_is_below_it() {
    let stub = ProviderStub::start(NOW_MS).await;
    let config = format!(
        "[accounts]\npublic_url = \"https://yunxin.test/llm\"\n[[accounts.sign_in_providers]]\nname = \"company\"\n\
         kind = \"oidc\"\nclient_id = \"yunxin\"\nissuer = \"{}\"\n",
        stub.url()
    );
    let app = TestApp::builder()
        .set("accounts.sign_up", "open")
        .config(&config)
        .start()
        .await;
    for (return_to, expected) in [
        ("/settings?x=1", "/llm/settings?x=1"),
        ("/llm/settings", "/llm/settings"),
        ("/", "/llm/"),
        ("//evil.example", "/llm/"),
    ] {
        let start = format!("/llm{START}?return_to={return_to}");
        let response = app.browser().get(&start).await;
        let flow = cookie_pair(&response);
        assert!(flow.starts_with("__Secure-yunxin-flow="), "{flow}");
        assert!(
            response
                .header("set-cookie")
                .unwrap()
                .contains("; Path=/llm; ")
        );
        let url = Url::parse(place(&response)).unwrap();
        let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
        let back = "https://yunxin.test/llm/api/v1/auth/providers/company/callback";
        assert_eq!(query["redirect_uri"], back);
        stub.visit(&query["nonce"], &query["code_challenge"]);
        let browser = app.browser().with("cookie", flow);
        let query = format!("code=the-code&state={}", query["state"]);
        let response = browser.get(&format!("/llm{CALLBACK}?{query}")).await;
        assert_eq!(place(&response), expected, "{}", response.text());
        let failed = browser.get(&format!("{CALLBACK}?state=other")).await;
        assert_eq!(place(&failed), "/llm/sign-in?error=flow_expired");
    }
}
