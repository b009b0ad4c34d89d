//! The context of a request: what is known before it is looked at, and the caller's rate limit status afterwards.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use axum::extract::FromRequestParts;
use http::HeaderValue;
use http::request::Parts;
use parking_lot::Mutex;
use store::RequestId;

use crate::error::ApiError;
use crate::ingress::Connection;
use crate::limits::LimitReport;

/// Travels with a request, and is read again when its answer leaves.
#[derive(Debug, Clone)]
pub struct RequestContext(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    id: RequestId,
    connection: Arc<Connection>,
    standing: Mutex<Option<Standing>>,
    readable_by: OnceLock<HeaderValue>,
}

/// The status of the caller that a response's headers show.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    pub report: LimitReport,
    pub priority: u8,
}

impl RequestContext {
    /// For a request that has just arrived on `connection`.
    pub fn new(id: RequestId, connection: Arc<Connection>) -> Self {
        Self(Arc::new(Inner {
            id,
            connection,
            standing: Mutex::new(None),
            readable_by: OnceLock::new(),
        }))
    }

    pub fn request_id(&self) -> &RequestId {
        &self.0.id
    }

    pub fn peer(&self) -> SocketAddr {
        self.0.connection.peer()
    }

    pub fn connection(&self) -> &Arc<Connection> {
        &self.0.connection
    }

    /// The page of that origin may read the answer.
    pub fn let_read(&self, origin: &HeaderValue) {
        self.0.readable_by.get_or_init(|| origin.clone());
    }

    /// The origin of the page that may read the answer.
    pub fn readable_by(&self) -> Option<&HeaderValue> {
        self.0.readable_by.get()
    }

    /// The caller's rate limit status, if they were identified.
    pub fn standing(&self) -> Option<Standing> {
        *self.0.standing.lock()
    }

    pub fn set_standing(&self, standing: Standing) {
        *self.0.standing.lock() = Some(standing);
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
