//! New connections: address, TCP, TLS.

use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use http::uri::Scheme;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::GaiResolver;
use rustls::{ClientConfig, RootCertStore};
use tokio::time::timeout;
use tower::Service;

use super::addresses::{AddressPolicy, CheckedResolver};
use super::connection::{Connection, Stream};
use super::failure::chain;
use crate::config::UpstreamConfig;

type Tcp = HttpConnector<CheckedResolver>;

/// Looking up a name, TCP and TLS may each take as long as `upstream.connect_timeout_ms`.
const STEPS: u32 = 3;

/// Makes connections that do not wait for the second acknowledgement of their data.
#[derive(Debug, Clone)]
pub(super) struct Connector {
    plain: Tcp,
    tls: HttpsConnector<Tcp>,
    policy: AddressPolicy,
    connect_max: Duration,
    head_bytes_max: usize,
}

impl Connector {
    pub(super) fn new(config: &UpstreamConfig, tls: ClientConfig) -> Self {
        Self::with_policy(config, tls, AddressPolicy::new(config))
    }

    /// Connections to the metadata service of this machine, whose address no operator names.
    pub(super) fn to_machine(config: &UpstreamConfig, tls: ClientConfig) -> Self {
        Self::with_policy(config, tls, AddressPolicy::of_machine())
    }

    fn with_policy(config: &UpstreamConfig, tls: ClientConfig, policy: AddressPolicy) -> Self {
        let step_max = Duration::from_millis(config.connect_timeout_ms);
        let tcp = |is_plain| {
            let mut tcp = HttpConnector::new_with_resolver(CheckedResolver {
                inner: GaiResolver::new(),
                policy,
                is_plain,
            });
            tcp.enforce_http(false);
            tcp.set_nodelay(true);
            tcp.set_connect_timeout(Some(step_max));
            tcp
        };
        let transport = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_only()
            .enable_http1()
            .wrap_connector(tcp(false));
        Self {
            plain: tcp(true),
            tls: transport,
            policy,
            connect_max: step_max.saturating_mul(STEPS),
            head_bytes_max: config.header_bytes_max,
        }
    }

    /// A connection to the authority of `uri`.
    ///
    /// # Errors
    /// If there is none, in the words of the system or the TLS library, which name addresses, never headers;
    /// or if the address is one that needs a setting.
    pub(super) async fn connect(&self, uri: &Uri) -> Result<Connection, String> {
        // The transport does not resolve what is an address already.
        let checked = self.policy.check_text(uri);
        checked.map_err(|error| error.to_string())?;
        match timeout(self.connect_max, self.stream(uri.clone())).await {
            Ok(stream) => Ok(Connection::new(stream?, self.head_bytes_max)),
            Err(_) => Err("no connection within upstream.connect_timeout_ms".to_owned()),
        }
    }

    async fn stream(&self, uri: Uri) -> Result<Stream, String> {
        if uri.scheme() == Some(&Scheme::HTTP) {
            let stream = self.plain.clone().call(uri).await;
            let stream = stream.map_err(|error| chain(&error))?;
            return Ok(MaybeHttpsStream::Http(stream));
        }
        let stream = self.tls.clone().call(uri).await;
        stream.map_err(|error| chain(error.as_ref()))
    }
}
/// The system's roots, where there are any (so that `SSL_CERT_FILE` works for private providers), and
/// Mozilla's otherwise. Reading them takes longer than all else of a start: once is enough.
///
/// # Errors
/// If the TLS library refuses its own defaults.
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
