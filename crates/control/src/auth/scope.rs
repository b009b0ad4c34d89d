//! Scopes of management keys.

use gateway::error::ApiError;
use http::Method;
use store::management_keys::ManagementKey;

use crate::refusal;

/// The areas of an account that a management key can be let into. What is not here, only people may do.
pub(crate) const ACCOUNT_AREAS: [&str; 13] = [
    "account",
    "api-keys",
    "key-events",
    "usage",
    "requests",
    "models",
    "limits",
    "budgets",
    "members",
    "invites",
    "webhooks",
    "audit-log",
    "credits",
];

/// Checks that the key may do `method` in an area: reading needs `AREA:read`, all else `AREA:write`.
pub(super) fn require(key: &ManagementKey, area: &str, method: &Method) -> Result<(), ApiError> {
    let verb = if matches!(*method, Method::GET | Method::HEAD) {
        "read"
    } else {
        "write"
    };
    let scope = format!("{area}:{verb}");
    if key.scopes.contains(&scope) {
        Ok(())
    } else {
        Err(refusal::missing_scope(&scope))
    }
}

/// The area of a path below `/api/v1/accounts/{account_id}`.
pub(super) fn area_of(path: &str) -> &str {
    let rest = path.split("/accounts/").nth(1).unwrap_or_default();
    let area = rest.split('/').nth(1).unwrap_or_default();
    // `usage.csv` is `usage`.
    match area.split('.').next().unwrap_or_default() {
        "" => "account",
        area => area,
    }
}
