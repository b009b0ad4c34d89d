//! New connections: address, TCP, TLS.

use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use hyper_rustls::{HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tower::Service;

use super::connection::Connection;
use super::failure::chain;
use crate::config::UpstreamConfig;

/// What a connection runs on.
pub(super) type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;

/// Makes connections that do not wait for the second acknowledgement of their data.
#[derive(Debug, Clone)]
pub(super) struct Connector {
    transport: hyper_rustls::HttpsConnector<HttpConnector>,
    head_bytes_max: usize,
}

impl Connector {
    pub(super) fn new(config: &UpstreamConfig, tls: ClientConfig) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(Duration::from_millis(config.connect_timeout_ms)));
        let transport = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        Self {
            transport,
            head_bytes_max: config.header_bytes_max,
        }
    }

    /// A connection to the authority of `uri`. On failure, what the system or the TLS library says; it
    /// names addresses, never headers.
    pub(super) async fn connect(&self, uri: Uri) -> Result<Connection, String> {
        let stream = self
            .transport
            .clone()
            .call(uri)
            .await
            .map_err(|error| chain(error.as_ref()))?;
        Ok(Connection::new(stream, self.head_bytes_max))
    }
}

/// The system's roots, where there are any (so that `SSL_CERT_FILE` works for private providers), and
/// Mozilla's otherwise. Reading them takes longer than all else of a start: once is enough.
///
/// # Errors
/// When the TLS library refuses its own defaults.
pub(crate) fn tls() -> anyhow::Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
