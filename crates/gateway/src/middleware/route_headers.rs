//! The headers that tell the way of a request.

use http::HeaderMap;

use crate::auth::RouteReport;

pub(super) fn write(headers: &mut HeaderMap, route: &RouteReport) {
    for (name, value) in route.headers() {
        headers.insert(name, value);
    }
}
