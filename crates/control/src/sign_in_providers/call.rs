//! Calls to providers: few at a time, small responses, no redirects.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, USER_AGENT};
use http::{Method, Request};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::ClientConfig;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use url::Url;
use url::form_urlencoded::byte_serialize;

use super::ProviderError;

/// Calls that run at the same time.
const CALLS_MAX: usize = 16;
const TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const RESPONSE_BYTES_MAX: usize = 512 * 1024;

/// A client for providers.
#[derive(Debug, Clone)]
pub(super) struct Calls {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    turns: Arc<Semaphore>,
}

impl Calls {
    pub(super) fn new(tls: ClientConfig) -> Self {
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
            turns: Arc::new(Semaphore::new(CALLS_MAX)),
        }
    }

    /// Gets `url`, as the bearer of a token if one is given.
    pub(super) async fn get(&self, url: &Url, token: Option<&str>) -> Result<Bytes, ProviderError> {
        let authorization = token.map(|token| format!("Bearer {token}"));
        self.send(Method::GET, url, authorization, None).await
    }

    /// Sends a form, with the client's credentials in the header if they are given.
    pub(super) async fn post_form(
        &self,
        url: &Url,
        form: String,
        credentials: Option<(&str, &str)>,
    ) -> Result<Bytes, ProviderError> {
        // Both parts are escaped first (RFC 6749, section 2.3.1).
        let escaped = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let authorization = credentials.map(|(id, secret)| {
            let pair = format!("{}:{}", escaped(id), escaped(secret));
            format!("Basic {}", STANDARD.encode(pair))
        });
        self.send(Method::POST, url, authorization, Some(form))
            .await
    }

    async fn send(
        &self,
        method: Method,
        url: &Url,
        authorization: Option<String>,
        form: Option<String>,
    ) -> Result<Bytes, ProviderError> {
        let mut request = Request::builder()
            .method(method)
            .uri(url.as_str())
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, concat!("yunxin/", env!("CARGO_PKG_VERSION")));
        if let Some(text) = authorization {
            let value = HeaderValue::from_str(&text);
            let mut value = value.map_err(|_| ProviderError::invalid("an unusable token"))?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        if form.is_some() {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let body = Full::new(Bytes::from(form.unwrap_or_default()));
        let request = request.body(body);
        let request =
            request.map_err(|_| ProviderError::unavailable("its address is no address"))?;
        let work = async {
            let _turn = self.turns.acquire().await;
            let response = self.client.request(request).await;
            let response =
                response.map_err(|error| ProviderError::unavailable(&error.to_string()))?;
            let status = response.status();
            let body = Limited::new(response.into_body(), RESPONSE_BYTES_MAX)
                .collect()
                .await;
            let body = body.map_err(|_| ProviderError::unavailable("its response broke off"))?;
            if status.is_success() {
                Ok(body.to_bytes())
            } else {
                // Its words may quote the code or the secret.
                Err(ProviderError::Unavailable(format!("it answered {status}")))
            }
        };
        let done = timeout(TIMEOUT, work).await;
        done.map_err(|_| ProviderError::unavailable("it did not respond in time"))?
    }
}
