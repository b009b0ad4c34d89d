//! The context of a request: what is known before it is looked at, and the caller's rate limit status afterwards.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderName, HeaderValue};
use parking_lot::Mutex;
use store::RequestId;

use crate::error::ApiError;
use crate::header_text::HeaderText;
use crate::ingress::ClientConnection;
use crate::limits::LimitReport;
use crate::routing::RouteReason;

/// Travels with a request, and is read again when its response leaves.
#[derive(Debug, Clone)]
pub struct RequestContext(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    id: RequestId,
    connection: Arc<ClientConnection>,
    rate_limit_status: Mutex<Option<RateLimitStatus>>,
    allowed_origin: OnceLock<HeaderValue>,
    route: OnceLock<RouteReport>,
    accounted: OnceLock<u64>,
}

/// The way of a request, as the headers of its response show it.
#[derive(Debug, Clone, Default)]
pub struct RouteReport {
    /// The deployment that was asked last.
    pub deployment: Option<Arc<str>>,
    pub attempts: usize,
    /// The reason why it was that deployment.
    pub reason: Option<RouteReason>,
    /// The time in queues, if it waited.
    pub queued: Option<Duration>,
}

const DEPLOYMENT: HeaderName = HeaderName::from_static("x-yunxin-deployment");
const ATTEMPTS: HeaderName = HeaderName::from_static("x-yunxin-attempts");
const ROUTE_REASON: HeaderName = HeaderName::from_static("x-yunxin-route-reason");
const QUEUE_MS: HeaderName = HeaderName::from_static("x-yunxin-queue-ms");

impl RouteReport {
    /// The headers that say it.
    pub fn headers(
        &self,
        text: &mut HeaderText,
    ) -> impl Iterator<Item = (HeaderName, HeaderValue)> + use<> {
        let deployment = self.deployment.as_deref();
        let deployment = deployment.and_then(|id| text.text(id));
        let reason = self
            .reason
            .map(|reason| HeaderValue::from_static(reason.as_str()));
        let queue_ms = self.queued.map(|queued| {
            let millis = u64::try_from(queued.as_millis()).unwrap_or(u64::MAX);
            text.number(millis)
        });
        let attempts = u64::try_from(self.attempts).unwrap_or(u64::MAX);
        let all = [
            (DEPLOYMENT, deployment),
            (ATTEMPTS, Some(text.number(attempts))),
            (ROUTE_REASON, reason),
            (QUEUE_MS, queue_ms),
        ];
        all.into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
    }
}

/// The status of the caller that a response's headers show.
#[derive(Debug, Clone, Copy)]
pub struct RateLimitStatus {
    pub report: LimitReport,
    pub priority: u8,
}

impl RequestContext {
    /// For a request that has just arrived on `connection`.
    pub fn new(id: RequestId, connection: Arc<ClientConnection>) -> Self {
        Self(Arc::new(Inner {
            id,
            connection,
            rate_limit_status: Mutex::new(None),
            allowed_origin: OnceLock::new(),
            route: OnceLock::new(),
            accounted: OnceLock::new(),
        }))
    }

    pub fn request_id(&self) -> &RequestId {
        &self.0.id
    }

    pub fn peer(&self) -> SocketAddr {
        self.0.connection.peer()
    }

    pub fn connection(&self) -> &Arc<ClientConnection> {
        &self.0.connection
    }

    /// The page of that origin may read the response.
    pub fn allow_origin(&self, origin: &HeaderValue) {
        self.0.allowed_origin.get_or_init(|| origin.clone());
    }

    /// The origin of the page that may read the response.
    pub fn allowed_origin(&self) -> Option<&HeaderValue> {
        self.0.allowed_origin.get()
    }

    /// The way of the request, once it is known.
    pub fn route(&self) -> Option<&RouteReport> {
        self.0.route.get()
    }

    pub fn set_route(&self, route: RouteReport) {
        self.0.route.get_or_init(|| route);
    }

    /// The charge of the request, in nano-dollars, once it is accounted for.
    pub fn accounted(&self) -> Option<u64> {
        self.0.accounted.get().copied()
    }

    pub fn set_accounted(&self, charge_nanos: u64) {
        self.0.accounted.get_or_init(|| charge_nanos);
    }

    /// The caller's rate limit status, if they were identified.
    pub fn rate_limit_status(&self) -> Option<RateLimitStatus> {
        *self.0.rate_limit_status.lock()
    }

    pub fn set_rate_limit_status(&self, status: RateLimitStatus) {
        *self.0.rate_limit_status.lock() = Some(status);
    }
}

impl<S: Sync> FromRequestParts<S> for RequestContext {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let context = parts.extensions.get::<Self>().cloned();
        context.ok_or_else(|| {
            ApiError::internal(anyhow::anyhow!("a request came past the middleware"))
        })
    }
}
