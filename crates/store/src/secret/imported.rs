//! Secrets of keys that another program made, and that go on working here.
//!
//! Some programs keep a key itself, others its SHA-256. Both become the same digest here: that of the SHA-256 under the
//! pepper. The text that is hashed is the one that the other program compared, without what it passes over.

use aws_lc_rs::digest::{SHA256, digest};

use super::{KeyDigest, Pepper};

/// Shortest and longest secret that may be imported, in bytes: below it could be guessed, beyond no header is read.
const IMPORTED_SECRET_BYTES: std::ops::RangeInclusive<usize> = 16..=200;
/// The begin of what is digested, so that it is no secret of ours.
const DOMAIN: &str = "imported:";
/// The length of keys of one-api and new-api behind `sk-`, and of the secret part of `TensorZero`'s.
const BODY_CHARS: usize = 48;
const PREFIX: &str = "sk-";
const TENSORZERO: &str = "sk-t0-";
const TENSORZERO_ID_CHARS: usize = 12;

/// The SHA-256 of a secret that another program made.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ImportedSecret {
    sha256: [u8; 32],
}

impl ImportedSecret {
    /// Of the secret as clients send it; `None` if it can be none: too short, too long, with characters that a header does
    /// not take, or a secret of ours with a letter that is wrong.
    pub fn of_text(secret: &str) -> Option<Self> {
        let is_sound = IMPORTED_SECRET_BYTES.contains(&secret.len())
            && secret.bytes().all(|byte| byte.is_ascii_graphic())
            && !secret.starts_with(super::SecretKind::ApiKey.prefix());
        if !is_sound {
            return None;
        }
        let hash = |text: &str| digest(&SHA256, text.as_bytes());
        let hash = match compared(secret) {
            Compared::Text(text) => hash(text),
            Compared::Body(body) => hash(&format!("{PREFIX}{body}")),
        };
        let sha256 = hash.as_ref().try_into().ok()?;
        Some(Self { sha256 })
    }

    /// Of the SHA-256 that the other program kept, in hexadecimal.
    pub fn of_sha256(hex: &str) -> Option<Self> {
        let hex = hex.trim();
        if hex.len() != 64 || !hex.is_ascii() {
            return None;
        }
        let mut sha256 = [0; 32];
        for (index, byte) in sha256.iter_mut().enumerate() {
            *byte = u8::from_str_radix(hex.get(2 * index..2 * index + 2)?, 16).ok()?;
        }
        Some(Self { sha256 })
    }
}

impl std::fmt::Debug for ImportedSecret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ImportedSecret([secret])")
    }
}

impl Pepper {
    /// The digest of a secret that another program made.
    pub fn digest_of_imported(&self, secret: &ImportedSecret) -> KeyDigest {
        let hex: String = secret
            .sha256
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        self.digest(&format!("{DOMAIN}{hex}"))
    }
}

/// The hint of an imported secret: its begin up to the first hyphen, at most eight characters, and its last four.
pub fn hint_of_imported(secret: &str) -> String {
    let begin = secret.split_inclusive('-').next().unwrap_or_default();
    let begin = if begin.len() <= 8 && begin.ends_with('-') {
        begin
    } else {
        ""
    };
    let end = secret
        .get(secret.len().saturating_sub(4)..)
        .unwrap_or_default();
    format!("{begin}...{end}")
}

/// Returns whether a hint is that of a secret that another program made.
pub fn is_hint_of_imported(hint: &str) -> bool {
    !hint.starts_with(super::SecretKind::ApiKey.prefix())
}

/// The part of a secret that the program that made it compares.
#[derive(Debug, PartialEq, Eq)]
enum Compared<'a> {
    Text(&'a str),
    /// Behind `sk-`.
    Body(&'a str),
}

/// one-api and new-api pass over `sk-` and the number of a channel behind the key; `TensorZero` keeps the SHA-256 of what
/// follows the public part.
fn compared(secret: &str) -> Compared<'_> {
    let is_body = |text: &str| {
        text.len() == BODY_CHARS && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    if let Some(rest) = secret.strip_prefix(TENSORZERO)
        && let Some((id, tail)) = rest.split_once('-')
        && id.len() == TENSORZERO_ID_CHARS
        && is_body(tail)
    {
        return Compared::Text(tail);
    }
    let rest = secret.strip_prefix(PREFIX).unwrap_or(secret);
    let (body, channel) = rest.split_once('-').unwrap_or((rest, ""));
    if is_body(body) && channel.bytes().all(|byte| byte.is_ascii_digit()) {
        return Compared::Body(body);
    }
    Compared::Text(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV";

    fn digest_of(secret: &str) -> KeyDigest {
        let secret = ImportedSecret::of_text(secret).unwrap();
        Pepper::new(&[7; 32]).digest_of_imported(&secret)
    }

    #[test]
    fn a_key_of_one_api_is_the_same_with_and_without_what_that_passes_over() {
        let key = digest_of(&format!("sk-{BODY}"));
        assert_eq!(digest_of(BODY), key);
        assert_eq!(digest_of(&format!("sk-{BODY}-17")), key);
        assert_ne!(digest_of(&format!("sk-{BODY}-x")), key);
    }

    #[test]
    fn a_sha256_that_was_kept_is_that_of_the_key() {
        let hash = digest(&SHA256, b"sk-1234567890abcdefghijkl");
        let hex: String = hash
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(
            ImportedSecret::of_sha256(&hex),
            ImportedSecret::of_text("sk-1234567890abcdefghijkl")
        );
        for wrong in ["", "zz", &hex[1..]] {
            assert_eq!(ImportedSecret::of_sha256(wrong), None);
        }
    }

    #[test]
    fn of_tensorzero_the_last_part_counts() {
        let hash = digest(&SHA256, BODY.as_bytes());
        let hex: String = hash
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let presented = ImportedSecret::of_text(&format!("sk-t0-abcdefghijkl-{BODY}"));
        assert_eq!(presented, ImportedSecret::of_sha256(&hex));
    }

    #[test]
    fn what_cannot_be_a_secret_is_none() {
        for text in [
            "",
            "short",
            "sk-with a space in it",
            &"x".repeat(201),
            "sk-ünïcödé-secret-1",
            "yx-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg000000",
        ] {
            assert_eq!(ImportedSecret::of_text(text), None, "{text}");
        }
    }

    #[test]
    fn a_hint_tells_secrets_apart_and_shows_no_more() {
        assert_eq!(hint_of_imported(&format!("sk-{BODY}")), "sk-...STUV");
        assert_eq!(hint_of_imported("abcdefghijklmnop"), "...mnop");
        assert!(is_hint_of_imported("sk-...STUV") && !is_hint_of_imported("yx-abcd...wxyz"));
    }
}
