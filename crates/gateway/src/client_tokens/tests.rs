use http::{HeaderMap, HeaderName};
use store::sealed::MasterKey;

use super::{ClientToken, ClientTokenUses, WantedOutput};
use crate::config::{BrowsersConfig, SecretKeysInBrowsers};
use crate::cors::BrowserContext;
use crate::limits::Moment;

fn master() -> MasterKey {
    MasterKey::from_bytes(&[7; 32]).unwrap()
}

fn token() -> ClientToken {
    ClientToken {
        id: [9; 12],
        digest: master().pepper().digest("a secret"),
        expires_at_s: 1_000,
        models: vec!["plain".to_owned(), "vendor/other".to_owned()],
        allowed_origins: vec!["https://shop.example".to_owned()],
        requests_per_minute: Some(2),
        requests_max: Some(3),
        max_tokens_per_request: Some(100),
    }
}

fn code<T: std::fmt::Debug>(result: Result<T, crate::error::ApiError>) -> (u16, &'static str) {
    let error = result.unwrap_err();
    (error.status().as_u16(), error.code())
}

#[test]
fn a_token_comes_back_as_it_was_signed_until_it_is_over() {
    let (master, token) = (master(), token());
    let text = token.sign(&master).unwrap();
    assert_eq!(ClientToken::open(&master, &text, 999_999).unwrap(), token);
    let over = ClientToken::open(&master, &text, 1_000_000);
    assert_eq!(code(over), (401, "invalid_api_key"));
    let other = MasterKey::from_bytes(&[8; 32]).unwrap();
    let foreign = ClientToken::open(&other, &text, 0);
    assert_eq!(code(foreign), (401, "invalid_api_key"));
    let bare = ClientToken {
        allowed_origins: vec![],
        requests_per_minute: None,
        requests_max: None,
        max_tokens_per_request: None,
        ..token
    };
    let text = bare.sign(&master).unwrap();
    assert!(text.len() < 200, "{}", text.len());
    assert_eq!(ClientToken::open(&master, &text, 0).unwrap(), bare);
}

#[test]
fn a_token_that_says_too_much_is_not_signed() {
    let long = "m".repeat(200);
    let models = vec![long.clone(); 20];
    let token = ClientToken { models, ..token() };
    assert!(token.sign(&master()).is_none());
    let models = vec!["m".repeat(300)];
    assert!(ClientToken { models, ..token }.sign(&master()).is_none());
}

#[test]
fn only_its_origins_may_carry_a_token() {
    let headers = |name: &'static str, value: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static(name), value.parse().unwrap());
        headers
    };
    let config = BrowsersConfig {
        secret_keys: SecretKeysInBrowsers::Refuse,
        program_origins: vec!["*".to_owned()],
    };
    let check = |token: &ClientToken, headers: &HeaderMap| {
        token.check_sender(BrowserContext::of(headers, &config))
    };
    let bound = token();
    check(&bound, &headers("origin", "https://shop.example")).unwrap();
    for other in [
        "https://shop.example:8443",
        "http://shop.example",
        "https://a.shop.example",
        "https://SHOP.example",
        "null",
        "app://desk",
    ] {
        let refused = check(&bound, &headers("origin", other));
        assert_eq!(code(refused), (403, "insufficient_permissions"), "{other}");
    }
    assert!(check(&bound, &HeaderMap::new()).is_err());
    let free = ClientToken {
        allowed_origins: vec![],
        ..token()
    };
    check(&free, &HeaderMap::new()).unwrap();
    check(&free, &headers("origin", "app://desk")).unwrap();
    assert!(check(&free, &headers("origin", "https://shop.example")).is_err());
    assert!(check(&free, &headers("sec-fetch-site", "cross-site")).is_err());
}

#[test]
fn only_its_models_and_its_share_of_output_may_be_asked_for() {
    let token = token();
    let asks = |tokens_max, choices| {
        Some(WantedOutput {
            tokens_max,
            choices,
        })
    };
    token.check_request("plain", asks(Some(100), 1)).unwrap();
    token.check_request("plain", asks(Some(50), 2)).unwrap();
    token.check_request("vendor/other", None).unwrap();
    assert!(token.check_request("plain", asks(Some(101), 1)).is_err());
    assert!(token.check_request("plain", asks(Some(50), 3)).is_err());
    assert!(token.check_request("plain", asks(None, 1)).is_err());
    assert!(token.check_request("premium", asks(Some(1), 1)).is_err());
}

#[test]
fn what_is_refused_is_not_counted_and_the_last_use_is_the_last() {
    let (uses, token) = (ClientTokenUses::new(None), token());
    let admit = |now_ms, is_good: bool| {
        let decide = || (is_good.then_some(()).ok_or("the key is at its limit"), ());
        uses.admit(&token, Moment::steady(now_ms), decide)
            .map(|(decision, ())| decision)
    };
    assert!(admit(0, false).unwrap().is_err());
    admit(0, true).unwrap().unwrap();
    admit(0, true).unwrap().unwrap();
    assert_eq!(code(admit(59_999, true)), (429, "rate_limit_exceeded"));
    admit(60_000, true).unwrap().unwrap();
    assert_eq!(
        code(admit(120_000, true)),
        (403, "insufficient_permissions")
    );
}
