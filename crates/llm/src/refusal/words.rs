//! A provider's words, made fit to be shown: bounded, on one line, and without what looks like a secret.

/// Longest message of a provider that is passed on, in characters.
const MESSAGE_CHARS_MAX: usize = 2_000;
/// Longest code or name of a parameter.
const NAME_CHARS_MAX: usize = 200;

/// Beginnings of pages and documents, in lower case.
const PAGE_TAGS: [&str; 6] = ["<!doctype", "<html", "<head>", "<body", "<center>", "<?xml"];

/// Prefixes of credentials of known providers.
const SECRET_PREFIXES: [&str; 18] = [
    "sk-",
    "sk_",
    "gsk_",
    "AIza",
    "xai-",
    "hf_",
    "r8_",
    "pplx-",
    "csk-",
    "nvapi-",
    "ya29.",
    "AKIA",
    "ASIA",
    "ghp_",
    "github_pat_",
    "tgp_v1_",
    "eyJ",
    "fw_",
];
/// Labels that stand before a key that is quoted.
const KEY_LABELS: [&str; 3] = ["key provided: ", "api key: ", "api-key: "];
/// Prefixes of ids of accounts at known providers.
const ID_PREFIXES: [&str; 3] = ["org-", "proj_", "user-"];
/// Shorter ones are words of a language.
const SECRET_CHARS_MIN: usize = 12;
/// Owners of UUIDs that are the operator's own business.
const OWNERS: [&str; 8] = [
    "key",
    "team",
    "organi",
    "project",
    "account",
    "subscription",
    "tenant",
    "workspace",
];
/// Bytes before a UUID in which its owner is looked for.
const OWNER_REACH: usize = 24;

/// A message for people.
pub(super) fn message(text: &str) -> String {
    let text = on_one_line(without_page(text));
    bounded(&without_secrets(&text), MESSAGE_CHARS_MAX)
}

/// A code, or the name of a parameter.
pub(super) fn name(text: &str) -> Option<String> {
    let name = bounded(&without_secrets(&on_one_line(text)), NAME_CHARS_MAX);
    (!name.is_empty()).then_some(name)
}

/// The text before the page of a proxy. Pages say nothing that the status does not, and more than is wanted.
pub(super) fn without_page(text: &str) -> &str {
    let lower = text.to_ascii_lowercase();
    let page = PAGE_TAGS.iter().filter_map(|tag| lower.find(tag)).min();
    text.get(..page.unwrap_or(text.len())).unwrap_or_default()
}

/// Control characters would draw in terminals and forge lines of logs; those that turn the direction of
/// text or have no width would hide what is said.
fn on_one_line(text: &str) -> String {
    let visible = text.chars().filter_map(|letter| match letter {
        '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}' => None,
        letter if letter.is_control() => Some(' '),
        letter => Some(letter),
    });
    visible.collect::<String>().trim().to_owned()
}

fn bounded(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn without_secrets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_of_token) {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let end = from
            .find(|letter| !is_of_token(letter))
            .unwrap_or(from.len());
        let (token, behind) = from.split_at(end);
        out.push_str(mask(token, &out));
        rest = behind;
    }
    out.push_str(rest);
    out
}

fn is_of_token(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '*' | '…')
}

/// The mask that is shown in place of a token that stands behind `before`.
fn mask<'a>(token: &'a str, before: &str) -> &'a str {
    let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| token.starts_with(prefix));
    // Words of a language are shorter, or have no digit.
    let is_long =
        token.len() >= SECRET_CHARS_MIN && token.bytes().any(|byte| byte.is_ascii_digit());
    let is_masked_already = token.contains("***");
    if is_masked_already || (is_long && begins(&SECRET_PREFIXES)) || is_credential(token, before) {
        return "[secret]";
    }
    if (is_long && begins(&ID_PREFIXES)) || (is_uuid(token) && has_owner(before)) {
        return "[id]";
    }
    token
}

/// Returns whether a token stands where credentials stand.
fn is_credential(token: &str, before: &str) -> bool {
    let before = before.to_ascii_lowercase();
    let is_bearer = token.len() >= SECRET_CHARS_MIN && before.ends_with("bearer ");
    is_bearer || KEY_LABELS.iter().any(|label| before.ends_with(label))
}

fn is_uuid(token: &str) -> bool {
    let groups: Vec<usize> = token
        .trim_end_matches('.')
        .split('-')
        .map(str::len)
        .collect();
    groups == [8, 4, 4, 4, 12]
}

fn has_owner(before: &str) -> bool {
    let mut start = before.len().saturating_sub(OWNER_REACH);
    while !before.is_char_boundary(start) {
        start += 1;
    }
    let near = before.get(start..).unwrap_or_default().to_ascii_lowercase();
    OWNERS.iter().any(|owner| near.contains(owner))
}

#[cfg(test)]
mod tests {
    use super::{MESSAGE_CHARS_MAX, message};

    #[test]
    fn what_looks_like_a_secret_is_masked() {
        for (text, shown) in [
            (
                "Incorrect API key provided: sk-abc123456789. You can",
                "Incorrect API key provided: [secret] You can",
            ),
            (
                "Incorrect API key provided: short. You can",
                "Incorrect API key provided: [secret] You can",
            ),
            ("key sk-wrong****-key is", "key [secret] is"),
            (
                "Authorization: Bearer abcdefghijklmnop!",
                "Authorization: Bearer [secret]!",
            ),
            (
                "in organization org-abcdefghijk1 on",
                "in organization [id] on",
            ),
            (
                "API key ID: 00000000-0000-0000-0000-000000000000, Model: m",
                "API key ID: [id], Model: m",
            ),
            (
                "file 123e4567-e89b-12d3-a456-426614174000 not found",
                "file 123e4567-e89b-12d3-a456-426614174000 not found",
            ),
            (
                "**bold** sk-learn-everything in user-defined-code",
                "**bold** sk-learn-everything in user-defined-code",
            ),
        ] {
            assert_eq!(message(text), shown, "{text}");
        }
    }

    #[test]
    fn words_are_on_one_line_and_bounded() {
        assert_eq!(message(" a\r\n\tb\u{1b}[31m\u{202e}c "), "a   b [31mc");
        let long = message(&"é".repeat(MESSAGE_CHARS_MAX + 5));
        assert_eq!(long.chars().count(), MESSAGE_CHARS_MAX + 1);
    }

    #[test]
    fn pages_are_not_passed_on() {
        for (text, shown) in [
            ("<html><body>x", ""),
            ("\n<!DOCTYPE html>", ""),
            ("Bad gateway: <HTML>", "Bad gateway:"),
            (
                "<think> is not allowed, a < b",
                "<think> is not allowed, a < b",
            ),
        ] {
            assert_eq!(message(text), shown, "{text}");
        }
    }
}
