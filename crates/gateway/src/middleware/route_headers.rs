//! The headers that tell the way of a request.

use http::HeaderMap;

use crate::auth::RouteReport;
use crate::header_text::HeaderText;

pub(super) fn write(headers: &mut HeaderMap, text: &mut HeaderText, route: &RouteReport) {
    for (name, value) in route.headers(text) {
        headers.insert(name, value);
    }
}
