//! The cookies of browsers. Their names have the prefixes by which a browser binds a cookie: `__Host-` to this host and
//! to secure transport, `__Secure-` to secure transport where everything is served below a path, because `__Host-`
//! wants the path `/`. On a private network without TLS browsers take neither.

use gateway::config::{BrowserTransport, PublicUrl};
use gateway::error::ApiError;
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

/// The name of a session's cookie where nothing is configured.
pub(crate) const SESSION_COOKIE: &str = Cookie::Session.names()[0];

/// A cookie that only the server reads.
#[derive(Debug, Clone, Copy)]
pub enum Cookie {
    /// The secret of a session.
    Session,
    /// A browser that is at a sign-in provider.
    Flow,
}

impl Cookie {
    /// By prefix: of the host, of secure transport, none.
    const fn names(self) -> [&'static str; 3] {
        match self {
            Self::Session => [
                "__Host-yunxin-session",
                "__Secure-yunxin-session",
                "yunxin-session",
            ],
            Self::Flow => ["__Host-yunxin-flow", "__Secure-yunxin-flow", "yunxin-flow"],
        }
    }

    pub fn name(self, public_url: &PublicUrl) -> &'static str {
        let [host, secure, plain] = self.names();
        match (public_url.transport(), public_url.base_path()) {
            (BrowserTransport::PrivateHttp, _) => plain,
            (BrowserTransport::Protected | BrowserTransport::PublicHttp, "") => host,
            (BrowserTransport::Protected | BrowserTransport::PublicHttp, _) => secure,
        }
    }

    /// The cookie's value in a request, unchecked.
    pub(crate) fn value_in<'h>(
        self,
        public_url: &PublicUrl,
        headers: &'h HeaderMap,
    ) -> Option<&'h str> {
        cookie_of(headers, self.name(public_url))
    }

    /// Has a browser keep `value` for so many seconds; 0 to forget it. The path keeps it from other programs on the
    /// same host, and from another installation there.
    ///
    /// # Errors
    /// If `value` has characters that no header can carry.
    pub(crate) fn header(
        self,
        public_url: &PublicUrl,
        value: &str,
        seconds: i64,
    ) -> Result<HeaderValue, ApiError> {
        let name = self.name(public_url);
        let path = match public_url.base_path() {
            "" => "/",
            path => path,
        };
        let secure = match public_url.transport() {
            BrowserTransport::PrivateHttp => "",
            BrowserTransport::Protected | BrowserTransport::PublicHttp => "Secure; ",
        };
        let text = format!(
            "{name}={value}; Path={path}; Max-Age={seconds}; {secure}HttpOnly; SameSite=Lax"
        );
        let mut value = HeaderValue::from_str(&text).map_err(ApiError::internal)?;
        value.set_sensitive(true);
        Ok(value)
    }
}

/// The value of a cookie, whatever its shape.
fn cookie_of<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == wanted)
        .map(|(_, value)| value)
}
