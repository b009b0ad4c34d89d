//! Secrets as they were meant, from the ways in which they are kept: `echo` and `kubectl` add a line end, an editor
//! a byte order mark, `docker --env-file` leaves the quotation marks where they are.

use std::path::Path;

use anyhow::{Context, bail};
use secrecy::SecretString;

/// Pairs of marks that are taken off.
const QUOTES: [(char, char); 4] = [
    ('"', '"'),
    ('\'', '\''),
    ('\u{201c}', '\u{201d}'),
    ('\u{2018}', '\u{2019}'),
];
const UTF_16: [&[u8]; 2] = [&[0xff, 0xfe], &[0xfe, 0xff]];

/// A credential that cannot be meant as it is. The texts never quote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CredentialFault {
    #[error("is empty")]
    Empty,
    #[error("has a quotation mark at one end only: give it without quotation marks")]
    Quote,
    #[error("begins with \"Bearer\": give the key alone, the scheme is added")]
    Scheme,
    #[error("has white space or a line break inside: it must be one word on one line")]
    Space,
    #[error("has a control character or a character beyond ASCII inside: copy it again")]
    Character,
}

/// A secret without what storing it put around it: white space, line ends, a byte order mark, a pair of quotation marks.
pub fn trim_secret(text: &str) -> &str {
    let text = trim_ends(text);
    let inner = QUOTES.iter().find_map(|(open, close)| {
        let inner = text.strip_prefix(*open)?.strip_suffix(*close)?;
        Some(trim_ends(inner))
    });
    inner.unwrap_or(text)
}

/// A credential of a provider, as it can stand in a header.
///
/// # Errors
/// If trimming does not leave one word of ASCII, or a JSON object.
pub fn checked_credential(text: &str) -> Result<&str, CredentialFault> {
    let text = trim_secret(text);
    let is_quote = |letter: char| {
        QUOTES
            .iter()
            .any(|(open, close)| [*open, *close].contains(&letter))
    };
    if text.is_empty() {
        return Err(CredentialFault::Empty);
    }
    // A service account, or a client of OAuth: read by whoever presents it.
    if text.starts_with('{') && serde_json::from_str::<serde_json::Map<_, _>>(text).is_ok() {
        return Ok(text);
    }
    if text.starts_with(is_quote) || text.ends_with(is_quote) {
        return Err(CredentialFault::Quote);
    }
    if let Some((scheme, _)) = text.split_once(char::is_whitespace)
        && scheme.eq_ignore_ascii_case("bearer")
    {
        return Err(CredentialFault::Scheme);
    }
    if text.contains(char::is_whitespace) {
        return Err(CredentialFault::Space);
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(CredentialFault::Character);
    }
    Ok(text)
}

/// The secret in the file that `setting` names.
///
/// # Errors
/// If the file cannot be read, is not UTF-8, or is empty.
pub fn read_secret(setting: &str, path: &Path) -> anyhow::Result<SecretString> {
    let place = || format!("{setting} {}", path.display());
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", place()))?;
    if UTF_16.iter().any(|mark| bytes.starts_with(mark)) {
        bail!("{} is UTF-16: save it as UTF-8", place());
    }
    let text = zeroize::Zeroizing::new(
        String::from_utf8(bytes)
            .ok()
            .with_context(|| format!("{} is not UTF-8", place()))?,
    );
    let text = trim_secret(&text);
    if text.is_empty() {
        bail!("{} is empty", place());
    }
    Ok(text.into())
}

fn trim_ends(text: &str) -> &str {
    // Invisible letters that editors and pages leave behind.
    text.trim_matches(|letter: char| {
        letter.is_whitespace()
            || matches!(
                letter,
                '\u{feff}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\0'
            )
    })
}

#[cfg(test)]
mod tests {
    use super::{CredentialFault, checked_credential, trim_secret};

    #[test]
    fn what_storing_put_around_a_credential_is_taken_off() {
        for stored in [
            "sk-good",
            "sk-good\n",
            "sk-good\r\n",
            " \tsk-good \n\n",
            "\"sk-good\"",
            "'sk-good'\n",
            "\" sk-good\r\n\"",
            "\u{201c}sk-good\u{201d}",
            "\u{feff}sk-good\n",
            "\u{feff}\"sk-good\"",
            "sk-good\u{200b}\u{a0}",
        ] {
            assert_eq!(checked_credential(stored), Ok("sk-good"), "{stored:?}");
        }
        let account = "{\n  \"client_id\": \"a b\"\n}";
        assert_eq!(checked_credential(&format!("{account}\n")), Ok(account));
        assert_eq!(trim_secret("pass \"word\"\n"), "pass \"word\"");
    }

    #[test]
    fn what_cannot_be_mended_is_refused_with_its_reason() {
        use CredentialFault::{Character, Empty, Quote, Scheme, Space};
        for (stored, fault) in [
            ("", Empty),
            (" \n", Empty),
            ("\"\"", Empty),
            ("\"sk-good", Quote),
            ("sk-good'", Quote),
            ("\"sk-good'", Quote),
            ("\"\"sk-good\"\"", Quote),
            ("Bearer sk-good", Scheme),
            ("sk-good sk-other", Space),
            ("sk-good\nsk-other", Space),
            ("sk-\u{7}good", Character),
            ("sk\u{2013}good", Character),
        ] {
            assert_eq!(checked_credential(stored), Err(fault), "{stored:?}");
        }
    }
}
