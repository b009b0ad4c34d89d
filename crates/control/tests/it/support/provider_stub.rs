//! A provider of identities: with id tokens, and the OAuth 2 of those without id tokens.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, StatusCode};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The provider's behaviour from now on.
pub(crate) struct Behaviour {
    /// Claims over those that are right.
    pub(crate) claims: Value,
    /// The response about the user, where there is no id token.
    pub(crate) user: Value,
    pub(crate) emails: Value,
    pub(crate) userinfo: Value,
    pub(crate) algorithm: Algorithm,
    pub(crate) kid: Option<String>,
    /// Signs with a key that is not published.
    pub(crate) is_forger: bool,
    pub(crate) issuer: Option<String>,
    pub(crate) published_kid: String,
    pub(crate) now: i64,
}

struct Inner {
    url: String,
    pkcs8: Vec<u8>,
    point: Vec<u8>,
    forged: Vec<u8>,
    behaviour: Mutex<Behaviour>,
    /// The forms that came to the token endpoint, with the header of the client.
    exchanges: Mutex<Vec<(String, String)>>,
    nonce: Mutex<String>,
    challenge: Mutex<String>,
    key_reads: Mutex<usize>,
}

#[derive(Clone)]
pub(crate) struct ProviderStub(Arc<Inner>);

fn new_key() -> (Vec<u8>, Vec<u8>) {
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref()).unwrap();
    let point = pair.public_key().as_ref().to_vec();
    (pkcs8.as_ref().to_vec(), point)
}

impl ProviderStub {
    pub(crate) async fn start(now_ms: i64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let ((pkcs8, point), (forged, _)) = (new_key(), new_key());
        let behaviour = Behaviour {
            claims: json!({}),
            user: json!({}),
            emails: json!([]),
            userinfo: json!({}),
            algorithm: Algorithm::ES256,
            kid: Some("k1".to_owned()),
            is_forger: false,
            issuer: None,
            published_kid: "k1".to_owned(),
            now: now_ms / 1_000,
        };
        let stub = Self(Arc::new(Inner {
            url,
            pkcs8,
            point,
            forged,
            behaviour: Mutex::new(behaviour),
            exchanges: Mutex::default(),
            nonce: Mutex::default(),
            challenge: Mutex::default(),
            key_reads: Mutex::default(),
        }));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(configuration))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .route("/user", get(user))
            .route("/emails", get(emails))
            .with_state(stub.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        stub
    }

    pub(crate) fn url(&self) -> &str {
        &self.0.url
    }

    /// Has it do something else from now on.
    pub(crate) fn set(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut self.0.behaviour.lock());
    }

    /// Takes a browser that was sent here: notes what the callback must fit.
    pub(crate) fn visit(&self, nonce: &str, challenge: &str) {
        nonce.clone_into(&mut self.0.nonce.lock());
        challenge.clone_into(&mut self.0.challenge.lock());
    }

    pub(crate) fn exchanges(&self) -> Vec<(String, String)> {
        self.0.exchanges.lock().clone()
    }

    pub(crate) fn key_reads(&self) -> usize {
        *self.0.key_reads.lock()
    }

    fn id_token(&self) -> String {
        let behaviour = self.0.behaviour.lock();
        let mut claims = json!({
            "iss": self.0.url,
            "sub": "subject-1234",
            "aud": "yunxin",
            "exp": behaviour.now + 300,
            "iat": behaviour.now,
            "nonce": *self.0.nonce.lock(),
            "email": "Ann@example.com",
            "email_verified": true,
            "name": "Ann",
        });
        for (name, value) in behaviour.claims.as_object().unwrap() {
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(name);
            } else {
                claims[name] = value.clone();
            }
        }
        let mut header = Header::new(behaviour.algorithm);
        header.kid.clone_from(&behaviour.kid);
        let key = match behaviour.algorithm {
            // Whoever takes the public key for a shared secret would be taken in by this.
            Algorithm::HS256 => EncodingKey::from_secret(&self.0.point),
            _ if behaviour.is_forger => EncodingKey::from_ec_der(&self.0.forged),
            _ => EncodingKey::from_ec_der(&self.0.pkcs8),
        };
        encode(&header, &claims, &key).unwrap()
    }
}

async fn configuration(State(stub): State<ProviderStub>) -> Json<Value> {
    let url = stub.url();
    let issuer = stub.0.behaviour.lock().issuer.clone();
    Json(json!({
        "issuer": issuer.unwrap_or_else(|| url.to_owned()),
        "authorization_endpoint": format!("{url}/authorize?tenant=1"),
        "token_endpoint": format!("{url}/token"),
        "userinfo_endpoint": format!("{url}/userinfo"),
        "jwks_uri": format!("{url}/keys"),
    }))
}

async fn keys(State(stub): State<ProviderStub>) -> Json<Value> {
    *stub.0.key_reads.lock() += 1;
    let (x, y) = stub.0.point[1..].split_at(32);
    let kid = stub.0.behaviour.lock().published_kid.clone();
    Json(json!({ "keys": [
        { "kty": "something new", "kid": "k0" },
        {
            "kty": "EC", "crv": "P-256", "use": "sig", "kid": kid,
            "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y),
        },
    ]}))
}

async fn token(
    State(stub): State<ProviderStub>,
    headers: HeaderMap,
    form: String,
) -> Result<Json<Value>, StatusCode> {
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(form.as_bytes())
        .into_owned()
        .collect();
    let field = |wanted: &str| {
        let found = fields.iter().find(|(name, _)| name == wanted);
        found.map_or("", |(_, value)| value.as_str())
    };
    let client = headers
        .get("authorization")
        .map_or("", |value| value.to_str().unwrap());
    stub.0
        .exchanges
        .lock()
        .push((form.clone(), client.to_owned()));
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, field("code_verifier").as_bytes()));
    if challenge != *stub.0.challenge.lock() || field("code") != "the-code" {
        return Err(StatusCode::BAD_REQUEST);
    }
    Ok(Json(json!({
        "access_token": "the-access-token",
        "token_type": "bearer",
        "id_token": stub.id_token(),
    })))
}

fn guarded(headers: &HeaderMap, response: &Value) -> Result<Json<Value>, StatusCode> {
    let is_bearer = headers
        .get("authorization")
        .is_some_and(|value| value == "Bearer the-access-token");
    if is_bearer {
        Ok(Json(response.clone()))
    } else {
        Err(StatusCode::UNAUTHORIZED)
    }
}

async fn userinfo(
    State(stub): State<ProviderStub>,
    headers: HeaderMap,
) -> Result<Json<Value>, StatusCode> {
    guarded(&headers, &stub.0.behaviour.lock().userinfo)
}

async fn user(
    State(stub): State<ProviderStub>,
    headers: HeaderMap,
) -> Result<Json<Value>, StatusCode> {
    guarded(&headers, &stub.0.behaviour.lock().user)
}

async fn emails(
    State(stub): State<ProviderStub>,
    headers: HeaderMap,
) -> Result<Json<Value>, StatusCode> {
    guarded(&headers, &stub.0.behaviour.lock().emails)
}
