//! The path of `accounts.public_url`, which a proxy in front may take off requests or pass on: both are served.

use http::Uri;
use http::uri::PathAndQuery;

/// Takes `base` (`/llm`) off a request below it; other requests stay as they are.
pub(super) fn strip(base: &str, uri: &mut Uri) {
    let rest = uri.path().strip_prefix(base).filter(|_| !base.is_empty());
    let Some(rest) = rest.filter(|rest| rest.is_empty() || rest.starts_with('/')) else {
        return;
    };
    let path = if rest.is_empty() { "/" } else { rest };
    let text = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let Ok(path_and_query) = PathAndQuery::try_from(text) else {
        return;
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path_and_query);
    if let Ok(stripped) = Uri::from_parts(parts) {
        *uri = stripped;
    }
}

#[cfg(test)]
mod tests {
    use http::Uri;

    use super::strip;

    #[test]
    fn a_path_below_the_base_is_served_as_if_it_were_above() {
        for (base, uri, stripped) in [
            ("/llm", "/llm/v1/models?a=b", "/v1/models?a=b"),
            ("/llm", "/llm", "/"),
            ("/llm", "/llm?a", "/?a"),
            ("/llm", "/llm/", "/"),
            ("/llm", "/llm/llm", "/llm"),
            ("/llm", "/v1/models", "/v1/models"),
            ("/llm", "/llmx/v1", "/llmx/v1"),
            ("/a/b", "/a/b/c", "/c"),
            ("/llm", "http://h/llm/x", "http://h/x"),
            ("", "/llm/v1", "/llm/v1"),
        ] {
            let mut given: Uri = uri.parse().unwrap();
            strip(base, &mut given);
            assert_eq!(given.to_string(), stripped, "{base} {uri}");
        }
    }
}
