//! Extracts the credential of a request, in whichever header and form clients send it. An unambiguous one is accepted;
//! for any other the error says what is wrong with it, and never quotes it.

mod explain;
mod unwrap;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use llm::languages::is_gemini_path;
use store::secret::CLIENT_TOKEN_BYTES_MAX;
use url::form_urlencoded;

use crate::client_tokens::ClientToken;
use crate::error::ApiError;

pub(super) use explain::explain;

/// Headers that carry a credential: OpenAI's and ours, Anthropic's, Azure's, Google's.
const CARRIERS: [(HeaderName, &str); 4] = [
    (AUTHORIZATION, "Authorization"),
    (HeaderName::from_static("x-api-key"), "x-api-key"),
    (HeaderName::from_static("api-key"), "api-key"),
    (HeaderName::from_static("x-goog-api-key"), "x-goog-api-key"),
];
/// Longest header that is looked at, in bytes: with a key, and with a client token.
const HEADER_BYTES_MAX: usize = 256;
const TOKEN_HEADER_BYTES_MAX: usize = CLIENT_TOKEN_BYTES_MAX + 64;
/// Common prefix of the secrets that are issued here: `yx-`, `yxc-`, `yxm-` and so on.
const OURS: &str = "yx";
/// The query parameter in which Google's clients may have their key.
const QUERY_NAME: &str = "key";
/// Query parameters in which other services take keys.
const URL_NAMES: [&str; 6] = [
    "key",
    "api_key",
    "api-key",
    "apikey",
    "access_token",
    "token",
];

/// The one secret in the headers. Basic credentials do not count: they are for a reverse proxy in front.
///
/// # Errors
/// If there are two different ones, or one is not ASCII or too long.
pub fn find(headers: &HeaderMap) -> Result<Option<&str>, ApiError> {
    let mut found: Option<(&str, &str)> = None;
    for (header, name) in &CARRIERS {
        for value in headers.get_all(header) {
            let Some(secret) = unwrap::secret(value, name)? else {
                continue;
            };
            match found {
                Some((known, _)) if known == secret => {}
                Some((_, first)) => return Err(ApiError::two_credentials(first, name)),
                None => found = Some((check_length(value, secret)?, name)),
            }
        }
    }
    Ok(found.map(|(secret, _)| secret))
}

/// The credential of a request to the data plane, which must have one, and not in its URL. Google's clients may have it
/// there, on the paths of their own: nothing here writes a query down.
///
/// # Errors
/// If it is missing or ambiguous, or a key is in the query string.
pub(super) fn of_request<'h>(headers: &'h HeaderMap, uri: &'h Uri) -> Result<&'h str, ApiError> {
    let mut found = find(headers)?;
    let query = uri.query();
    let of_google = query.filter(|_| is_gemini_path(uri.path()));
    if let Some(secret) = of_google.map(in_query).transpose()?.flatten() {
        match found {
            Some(known) if known == secret => {}
            Some(_) => return Err(ApiError::two_credentials("a header", "the query")),
            None if secret.len() > TOKEN_HEADER_BYTES_MAX => {
                return Err(ApiError::malformed_api_key());
            }
            None => found = Some(secret),
        }
    } else if query.is_some_and(|query| is_in_url(query, found.is_none())) {
        return Err(ApiError::key_in_url());
    }
    found.ok_or_else(|| {
        if headers.get(AUTHORIZATION).is_some_and(unwrap::is_basic) {
            ApiError::basic_credentials()
        } else {
            ApiError::missing_api_key()
        }
    })
}

/// The key in a query, as Google's clients put it there: of plain characters, so that none is escaped.
///
/// # Errors
/// If there are two different ones.
fn in_query(query: &str) -> Result<Option<&str>, ApiError> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let mut secrets = pairs
        .filter(|(name, value)| *name == QUERY_NAME && !value.is_empty())
        .map(|(_, secret)| secret);
    let first = secrets.next();
    if secrets.any(|other| Some(other) != first) {
        return Err(ApiError::two_credentials("the query", "the query"));
    }
    Ok(first)
}

/// Checks the length of a header against the bound of its kind of secret.
fn check_length<'h>(value: &HeaderValue, secret: &'h str) -> Result<&'h str, ApiError> {
    let bytes_max = if ClientToken::looks_like_token(secret) {
        TOKEN_HEADER_BYTES_MAX
    } else {
        HEADER_BYTES_MAX
    };
    if value.len() > bytes_max {
        return Err(ApiError::malformed_api_key());
    }
    Ok(secret)
}

/// Detects a key in a query string: a secret of this service under any name, anything else only under the name of a key
/// and where the headers have no credential.
fn is_in_url(query: &str, is_only_one: bool) -> bool {
    form_urlencoded::parse(query.as_bytes()).any(|(name, value)| {
        let is_named = URL_NAMES
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known));
        explain::is_ours(&value) || (is_only_one && is_named && !value.is_empty())
    })
}
