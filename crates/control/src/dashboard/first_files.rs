//! Files that a page loads first, named in its document: the browser asks for all of them at once, not for one after the other.

use std::collections::BTreeMap;
use std::fmt::Write;

use http::header::COOKIE;
use http::request::Parts;

use super::files;
use super::page_language::language_of;

/// The names of files by kind of page and language, written with the files (`dashboard/scripts/first-files.mjs`).
const LIST: &str = "first-files.json";
/// First parts of the addresses that are for those who are not signed in.
const OF_VISITORS: [&str; 7] = [
    "sign-in",
    "sign-up",
    "reset-password",
    "confirm-email",
    "first-operator",
    "invite",
    "revoke-key",
];
const OF_OPERATORS: &str = "operator";
/// The end of every name of the session's cookie.
const SESSION_COOKIE_END: &str = "yunxin-session";
/// The first call of every page asks who is signed in.
const FIRST_CALL: &str =
    "    <link rel=\"preload\" as=\"fetch\" crossorigin href=\"/api/v1/auth/session\">\n";
/// The headers of a request that the names depend on.
pub(super) const VARY: &str = "accept-encoding, accept, accept-language, cookie";

/// The document with links to the files that the page at this address loads first.
pub(super) fn named(document: String, parts: &Parts) -> String {
    let Some(place) = document.find("</head>") else {
        return document;
    };
    let mut links = FIRST_CALL.to_owned();
    for file in of_page(kind_of(parts), language_of(parts)) {
        // Writing to a string cannot fail.
        let _ = writeln!(
            links,
            "    <link rel=\"modulepreload\" crossorigin href=\"/{file}\">"
        );
    }
    let (before, after) = document.split_at(place);
    let before = before.trim_end_matches(' ');
    format!("{before}{links}  {after}")
}

fn kind_of(parts: &Parts) -> &'static str {
    let first = parts.uri.path().trim_start_matches('/').split('/').next();
    let first = first.unwrap_or_default();
    if OF_VISITORS.contains(&first) || !has_session(parts) {
        "visitors"
    } else if first == OF_OPERATORS {
        "operators"
    } else {
        "accounts"
    }
}

fn has_session(parts: &Parts) -> bool {
    let lines = parts.headers.get_all(COOKIE).iter();
    let names = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|cookie| cookie.split('=').next());
    names
        .map(str::trim)
        .any(|name| name.ends_with(SESSION_COOKIE_END))
}

/// The files of a page; none where they were built without the list.
fn of_page(kind: &str, language: &str) -> Vec<String> {
    type List = BTreeMap<String, BTreeMap<String, Vec<String>>>;
    let list: List = files::text(LIST)
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default();
    let files = list.get(kind).and_then(|files| files.get(language));
    files.cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use http::Request;
    use http::request::Parts;

    use super::{kind_of, named};

    fn asked(path: &str, cookie: &str) -> Parts {
        let request = Request::builder().uri(path).header("cookie", cookie);
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn the_kind_of_a_page_is_of_its_address_and_of_who_may_open_it() {
        let session = "a=b; __Host-yunxin-session=s";
        assert_eq!(kind_of(&asked("/sign-in?return_to=/", session)), "visitors");
        assert_eq!(kind_of(&asked("/", "")), "visitors");
        assert_eq!(kind_of(&asked("/", session)), "accounts");
        assert_eq!(kind_of(&asked("/a/acct_1/usage", session)), "accounts");
        assert_eq!(kind_of(&asked("/operator/users", session)), "operators");
        assert_eq!(kind_of(&asked("/operatorx", session)), "accounts");
        assert_eq!(
            kind_of(&asked("/operator", "yunxin-session-x=s")),
            "visitors"
        );
    }

    #[test]
    fn the_first_call_is_named_before_the_end_of_the_head() {
        let document = "<head>\n  </head>\n<body></body>".to_owned();
        let page = named(document, &asked("/", ""));
        let (head, body) = page.split_once("</head>").unwrap();
        assert!(head.contains("href=\"/api/v1/auth/session\""), "{page}");
        assert_eq!(body, "\n<body></body>");
    }
}
