//! The headers that tell the way of a request.

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::auth::RouteReport;

const DEPLOYMENT: HeaderName = HeaderName::from_static("x-yunxin-deployment");
const ATTEMPTS: HeaderName = HeaderName::from_static("x-yunxin-attempts");
const ROUTE_REASON: HeaderName = HeaderName::from_static("x-yunxin-route-reason");
const QUEUE_MS: HeaderName = HeaderName::from_static("x-yunxin-queue-ms");

pub(super) fn write(headers: &mut HeaderMap, route: &RouteReport) {
    if let Some(deployment) = &route.deployment
        && let Ok(id) = HeaderValue::from_str(deployment)
    {
        headers.insert(DEPLOYMENT, id);
    }
    headers.insert(ATTEMPTS, HeaderValue::from(route.attempts));
    if let Some(reason) = route.reason {
        headers.insert(ROUTE_REASON, HeaderValue::from_static(reason.as_str()));
    }
    if let Some(queued) = route.queued {
        let queued_ms = u64::try_from(queued.as_millis()).unwrap_or(u64::MAX);
        headers.insert(QUEUE_MS, HeaderValue::from(queued_ms));
    }
}
