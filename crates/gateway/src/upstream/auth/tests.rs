//! Credentials against servers that hand out tokens, on loopback.
#![expect(
    clippy::disallowed_methods,
    reason = "the servers of a test end with it"
)]

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::BytesMut;
use http::header::AUTHORIZATION;
use parking_lot::Mutex;
use rustls::ClientConfig;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::aws::WebIdentity;
use super::grant::Grant;
use super::{
    Auth, AuthMethod, AuthParts, AuthSettings, CredentialHeader, CredentialSources, Fetch,
};
use crate::clock::Clock;
use crate::config::{UpstreamConfig, default_of};
use crate::upstream::connector::Connector;
use crate::upstream::tls;

const NOW_MS: i64 = 1_796_000_000_000;

/// A server that responds with these in turn, the last one again and again, and keeps what came.
struct Server {
    url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(responses: Vec<(u16, String)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&requests);
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let request = read(&mut stream).await;
                let count = {
                    let mut kept = kept.lock();
                    kept.push(request);
                    kept.len()
                };
                let place = count.min(responses.len()) - 1;
                let (status, body) = &responses[place];
                let head = format!(
                    "HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                );
                stream.write_all(head.as_bytes()).await.unwrap();
            }
        });
        Self { url, requests }
    }

    fn count(&self) -> usize {
        self.requests.lock().len()
    }

    fn request(&self, place: usize) -> String {
        self.requests.lock()[place].clone()
    }

    /// The value of a field of the form that was posted.
    fn field(&self, place: usize, name: &str) -> String {
        let request = self.request(place);
        let (_, body) = request.split_once("\r\n\r\n").unwrap();
        let mut fields = url::form_urlencoded::parse(body.as_bytes());
        let found = fields.find(|(key, _)| key == name);
        found
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    }
}

async fn read(stream: &mut tokio::net::TcpStream) -> String {
    let mut text = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let length = stream.read(&mut piece).await.unwrap();
        text.extend_from_slice(&piece[..length]);
        let read = String::from_utf8_lossy(&text).into_owned();
        let Some((head, body)) = read.split_once("\r\n\r\n") else {
            continue;
        };
        let wanted = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        if body.len() >= wanted.unwrap().parse::<usize>().unwrap() {
            return read;
        }
    }
}

fn fetch() -> (Fetch, Clock) {
    let config: UpstreamConfig = default_of("upstream");
    let tls: ClientConfig = tls().unwrap();
    let clock = Clock::manual(NOW_MS);
    let connector = Connector::new(&config, tls.clone());
    let machine = Connector::to_machine(&config, tls);
    (Fetch::new(connector, machine, clock.clone()), clock)
}

fn token(text: &str, seconds: u64) -> (u16, String) {
    (
        200,
        json!({ "access_token": text, "expires_in": seconds }).to_string(),
    )
}

fn parts<'a>(kind: &str, settings: &'a AuthSettings, secret: Option<&'a str>) -> AuthParts<'a> {
    AuthParts {
        kind: llm::providers::find(kind).unwrap(),
        settings,
        secret,
        region: Some("us-east-1"),
        host: "127.0.0.1",
    }
}

fn auth(kind: &str, settings: &AuthSettings, secret: Option<&str>) -> Result<Auth, String> {
    parts(kind, settings, secret).auth(&CredentialSources::default())
}

/// The header lines that a call gets.
async fn lines(auth: &Auth, fetch: &Fetch) -> Result<String, String> {
    let ready = auth.ready(fetch).await.map_err(|error| error.to_string())?;
    let start = "POST /v1/chat HTTP/1.1\r\nhost: a.example\r\n";
    let mut head = BytesMut::from(start);
    ready.apply(&mut head, b"{}").unwrap();
    let text = String::from_utf8(head.to_vec()).unwrap();
    Ok(text.strip_prefix(start).unwrap().to_owned())
}

fn service_account(key: &KeyPair, url: &str) -> String {
    let der: Pkcs8V1Der<'_> = key.as_der().unwrap();
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(der.as_ref())
    );
    json!({
        "type": "service_account", "client_email": "robot@project.iam.gserviceaccount.com",
        "private_key_id": "key-1", "private_key": pem, "token_uri": format!("{url}/token"),
    })
    .to_string()
}

fn decoded(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn a_service_account_signs_for_a_token_that_is_kept_and_renewed_before_it_ends() {
    let server = Server::start(vec![token("first", 3_600), token("second", 3_600)]).await;
    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let secret = service_account(&key, &server.url);
    let auth = auth("vertex", &AuthSettings::default(), Some(&secret)).unwrap();
    let (fetch, clock) = fetch();
    for _ in 0..3 {
        let line = lines(&auth, &fetch).await.unwrap();
        assert_eq!(line, "authorization: Bearer first\r\n");
    }
    assert_eq!(server.count(), 1);
    let assertion = server.field(0, "assertion");
    let (message, signature) = assertion.rsplit_once('.').unwrap();
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref());
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    public.verify(message.as_bytes(), &signature).unwrap();
    let (header, claims) = message.split_once('.').unwrap();
    assert_eq!(
        decoded(header),
        json!({ "alg": "RS256", "typ": "JWT", "kid": "key-1" })
    );
    let now = NOW_MS / 1_000;
    assert_eq!(
        decoded(claims),
        json!({
            "iss": "robot@project.iam.gserviceaccount.com", "aud": format!("{}/token", server.url),
            "scope": "https://www.googleapis.com/auth/cloud-platform", "iat": now, "exp": now + 3_600,
        })
    );
    let source = auth.source().unwrap();
    clock.advance(Duration::from_secs(3_200));
    source.renew_if_due(&fetch).await;
    assert_eq!(server.count(), 1, "it is good for minutes yet");
    clock.advance(Duration::from_secs(200));
    source.renew_if_due(&fetch).await;
    assert_eq!(
        lines(&auth, &fetch).await.unwrap(),
        "authorization: Bearer second\r\n"
    );
    assert_eq!(server.count(), 2);
    assert!(auth.is_quoted_by("bad token: second") && !format!("{auth:?}").contains("second"));
}

#[tokio::test]
async fn many_callers_ask_for_one_token() {
    let server = Server::start(vec![token("only", 3_600)]).await;
    let secret = json!({ "client_id": "id", "client_secret": "hush" }).to_string();
    let settings = AuthSettings {
        method: Some(AuthMethod::Oauth),
        token_url: Some(format!("{}/token", server.url)),
        scope: Some("models".to_owned()),
        ..AuthSettings::default()
    };
    let auth = auth("openai_compatible", &settings, Some(&secret)).unwrap();
    let (fetch, _) = fetch();
    let all = futures_util::future::join_all((0..20).map(|_| lines(&auth, &fetch))).await;
    assert!(
        all.iter()
            .all(|line| line.as_deref() == Ok("authorization: Bearer only\r\n"))
    );
    assert_eq!(server.count(), 1);
    for (name, value) in [
        ("grant_type", "client_credentials"),
        ("client_id", "id"),
        ("client_secret", "hush"),
        ("scope", "models"),
    ] {
        assert_eq!(server.field(0, name), value);
    }
}

#[tokio::test]
async fn a_refused_client_of_azure_is_told_without_its_secret_and_asked_again_later() {
    let refusal =
        json!({ "error": "invalid_client", "error_description": "AADSTS7000215: Invalid." });
    let server = Server::start(vec![(401, refusal.to_string()), token("late", 60)]).await;
    let secret = json!({
        "tenant_id": "tenant-1", "client_id": "id", "client_secret": "hush", "authority": server.url,
    });
    let settings = AuthSettings {
        method: Some(AuthMethod::Azure),
        ..AuthSettings::default()
    };
    let secret = secret.to_string();
    let auth = auth("azure_openai", &settings, Some(&secret)).unwrap();
    let (fetch, clock) = fetch();
    for _ in 0..2 {
        let error = lines(&auth, &fetch).await.unwrap_err();
        assert!(
            error.contains("invalid_client: AADSTS7000215") && !error.contains("hush"),
            "{error}"
        );
    }
    assert_eq!(server.count(), 1, "a failure is kept for a moment");
    assert!(
        server
            .request(0)
            .starts_with("POST /tenant-1/oauth2/v2.0/token HTTP/1.1\r\n")
    );
    assert_eq!(
        server.field(0, "scope"),
        "https://cognitiveservices.azure.com/.default"
    );
    clock.advance(Duration::from_secs(2));
    assert_eq!(
        lines(&auth, &fetch).await.unwrap(),
        "authorization: Bearer late\r\n"
    );
}

#[tokio::test]
async fn an_api_key_of_ibm_is_exchanged_for_a_token() {
    let server = Server::start(vec![token("of-ibm", 3_600)]).await;
    let settings = AuthSettings {
        token_url: Some(format!("{}/identity/token", server.url)),
        ..AuthSettings::default()
    };
    let auth = auth("watsonx", &settings, Some("api-key")).unwrap();
    let (fetch, _) = fetch();
    assert_eq!(
        lines(&auth, &fetch).await.unwrap(),
        "authorization: Bearer of-ibm\r\n"
    );
    assert_eq!(server.field(0, "apikey"), "api-key");
}

fn scope() -> super::AwsScope {
    super::AwsScope {
        region: "us-east-1".to_owned(),
        service: "bedrock".to_owned(),
    }
}

fn signed(grant: Grant) -> Auth {
    let source = CredentialSources::default().of(&["test"], grant);
    Auth::RenewedSignature(source, scope())
}

#[tokio::test]
async fn the_role_of_an_instance_signs_with_the_keys_of_its_metadata_service() {
    let keys = json!({
        "AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": "s", "Token": "session-1",
        "Expiration": "2026-12-01T06:00:00Z",
    });
    let responses = vec![
        (200, "metadata-token".to_owned()),
        (200, "the-role\n".to_owned()),
        (200, keys.to_string()),
    ];
    let server = Server::start(responses).await;
    let auth = signed(Grant::AwsMachine {
        endpoint: server.url.clone(),
    });
    let (fetch, _) = fetch();
    let lines = lines(&auth, &fetch).await.unwrap();
    assert!(
        lines.contains("x-amz-security-token: session-1\r\n"),
        "{lines}"
    );
    assert!(
        lines.contains("Credential=ASIAIOSFODNN7EXAMPLE/"),
        "{lines}"
    );
    assert!(
        server
            .request(0)
            .starts_with("PUT /latest/api/token HTTP/1.1\r\n")
    );
    let last = server.request(2);
    let path = "GET /latest/meta-data/iam/security-credentials/the-role HTTP/1.1\r\n";
    assert!(last.starts_with(path) && last.contains("x-aws-ec2-metadata-token: metadata-token"));
}

#[tokio::test]
async fn a_web_identity_is_exchanged_for_the_keys_of_its_role() {
    let keys = json!({ "AssumeRoleWithWebIdentityResponse": { "AssumeRoleWithWebIdentityResult": {
        "Credentials": {
            "AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": "s", "SessionToken": "session-2",
            "Expiration": 1_796_003_600.0,
        }
    } } });
    let server = Server::start(vec![(200, keys.to_string())]).await;
    let folder = tempfile::tempdir().unwrap();
    let token_file = folder.path().join("token");
    std::fs::write(&token_file, "of-the-pod\n").unwrap();
    let auth = signed(Grant::AwsWebIdentity(WebIdentity {
        token_file,
        role_arn: "arn:aws:iam::000000000000:role/models".to_owned(),
        endpoint: server.url.clone(),
    }));
    let (fetch, _) = fetch();
    let lines = lines(&auth, &fetch).await.unwrap();
    assert!(
        lines.contains("x-amz-security-token: session-2\r\n"),
        "{lines}"
    );
    assert_eq!(server.field(0, "WebIdentityToken"), "of-the-pod");
    assert_eq!(server.field(0, "Action"), "AssumeRoleWithWebIdentity");
}

#[tokio::test]
async fn a_profile_signs_with_its_own_keys() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("credentials");
    let text = "[prod]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n";
    std::fs::write(&file, text).unwrap();
    let auth = signed(Grant::AwsProfile {
        file,
        profile: "prod".to_owned(),
    });
    let (fetch, _) = fetch();
    let lines = lines(&auth, &fetch).await.unwrap();
    assert!(
        lines.contains("Credential=AKIAIOSFODNN7EXAMPLE/"),
        "{lines}"
    );
}

#[tokio::test]
async fn keys_of_aws_sign_and_an_api_key_of_bedrock_is_a_bearer_token() {
    let settings = AuthSettings::default();
    let (fetch, _) = fetch();
    let keys = auth("bedrock", &settings, Some("AKIAIOSFODNN7EXAMPLE:secret")).unwrap();
    let signed = lines(&keys, &fetch).await.unwrap();
    assert!(
        signed.contains("/us-east-1/bedrock/aws4_request, "),
        "{signed}"
    );
    assert!(!signed.contains("secret"));
    let api_key = auth("bedrock", &settings, Some("ABSKexample")).unwrap();
    assert_eq!(
        lines(&api_key, &fetch).await.unwrap(),
        "authorization: Bearer ABSKexample\r\n"
    );
}

#[test]
fn a_token_of_the_machine_goes_to_its_maker_only() {
    let settings = AuthSettings::default();
    let error = auth("vertex", &settings, None).unwrap_err();
    assert!(error.contains(".googleapis.com"), "{error}");
    let at = |host: &'static str| AuthParts {
        host,
        ..parts("vertex", &settings, None)
    };
    let sources = CredentialSources::default();
    assert!(at("eu-aiplatform.googleapis.com").auth(&sources).is_ok());
    assert!(at("googleapis.com.evil.example").auth(&sources).is_err());
}

#[test]
fn a_credential_that_cannot_be_used_is_refused_with_the_reason() {
    let oauth = AuthSettings {
        method: Some(AuthMethod::Oauth),
        ..AuthSettings::default()
    };
    let header = AuthSettings {
        method: Some(AuthMethod::Header),
        ..AuthSettings::default()
    };
    for (kind, settings, secret, reason) in [
        (
            "vertex",
            &AuthSettings::default(),
            "sk-hush",
            "service account",
        ),
        (
            "bedrock",
            &AuthSettings::default(),
            "{\"a\":\"sk-hush\"}",
            "access_key_id",
        ),
        (
            "openai_compatible",
            &oauth,
            "{\"client_id\":\"sk-hush\"}",
            "token_url",
        ),
        ("openai_compatible", &header, "sk-hush", "auth.header"),
    ] {
        let error = auth(kind, settings, Some(secret)).unwrap_err();
        assert!(error.contains(reason) && !error.contains("hush"), "{error}");
    }
}

#[test]
fn a_reload_of_the_catalogue_keeps_the_token_that_is_in_force() {
    let sources = CredentialSources::default();
    let settings = AuthSettings::default();
    let of = |secret| match parts("watsonx", &settings, Some(secret)).auth(&sources) {
        Ok(Auth::Token(source)) => source,
        other => panic!("{other:?}"),
    };
    let before = of("api-key");
    assert!(Arc::ptr_eq(&before, &of("api-key")));
    assert!(!Arc::ptr_eq(&before, &of("another")));
}

fn plain() -> Auth {
    Auth::Header(CredentialHeader::new(&AUTHORIZATION, "Bearer ", "hush").unwrap())
}

#[test]
fn the_credential_does_not_print() {
    assert_eq!(format!("{:?}", plain()), "Header([sealed])");
    let keys = auth(
        "bedrock",
        &AuthSettings::default(),
        Some("AKIAIOSFODNN7EXAMPLE:hush"),
    );
    assert!(!format!("{keys:?}").contains("hush"));
}

#[test]
fn a_quoted_credential_is_recognised() {
    assert!(plain().is_quoted_by("Incorrect key: hush."));
    assert!(!plain().is_quoted_by("Incorrect key: h***h."));
    assert!(!Auth::None.is_quoted_by("hush"));
}

#[test]
fn a_credential_cannot_leave_its_line() {
    assert!(CredentialHeader::new(&AUTHORIZATION, "Bearer ", "a\r\nhost: b").is_none());
}
