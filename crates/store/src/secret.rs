//! Secrets that we give out: shown once, stored as a keyed digest.
//!
//! A prefix that says of what kind (`yx-` for an API key) + 43 base62 characters (256 bits from the system's generator) + 6 base62 characters of CRC-32C
//! over everything before. The checksum lets secret scanners, and our own door, tell a key from a
//! look-alike without asking anybody; it proves nothing, anyone can compute it.

mod client_token;
mod imported;
mod redemption_code;

use std::fmt;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::fill;
use zeroize::Zeroizing;

use crate::error::StoreError;

pub use client_token::{
    CLIENT_TOKEN_BYTES_MAX, CLIENT_TOKEN_PREFIX, CLIENT_TOKEN_SAYING_MAX, ClientTokenSigner,
    is_client_token,
};
pub use imported::{ImportedSecret, hint_of_imported, is_hint_of_imported};
pub use redemption_code::RedemptionCode;

const RANDOM_CHARS: usize = 43;
const CHECKSUM_CHARS: usize = 6;
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Bytes from here on would make the first letters of the alphabet likelier than the last.
const UNBIASED_BYTE_MAX: u8 = 247;

/// The kind of a secret. The prefix tells people, scanners and our own doors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    /// `yx-`: calls models.
    ApiKey,
    /// `yxm-`: calls the management API.
    ManagementKey,
    /// `yxs-`: a signed-in browser's cookie.
    Session,
    /// `yxl-`: a link that works once.
    Link,
}

impl SecretKind {
    const fn prefix(self) -> &'static str {
        match self {
            Self::ApiKey => "yx-",
            Self::ManagementKey => "yxm-",
            Self::Session => "yxs-",
            Self::Link => "yxl-",
        }
    }

    const fn length(self) -> usize {
        self.prefix().len() + RANDOM_CHARS + CHECKSUM_CHARS
    }

    /// Returns whether `text` has the shape and the checksum of a secret of this kind.
    pub fn is_shape_of(self, text: &str) -> bool {
        let (bytes, prefix) = (text.as_bytes(), self.prefix());
        let Some((body, sum)) = bytes.split_at_checked(self.length() - CHECKSUM_CHARS) else {
            return false;
        };
        bytes.len() == self.length()
            && bytes.starts_with(prefix.as_bytes())
            && body
                .iter()
                .skip(prefix.len())
                .all(u8::is_ascii_alphanumeric)
            && sum == checksum(body)
    }
}

/// A secret in the clear. It cannot be printed, logged or serialised; [`PlainKey::reveal`] is the one way
/// to show it. The memory is wiped when it is dropped.
pub struct PlainKey {
    kind: SecretKind,
    text: Zeroizing<String>,
}

impl PlainKey {
    /// A new secret of an API key.
    ///
    /// # Errors
    /// If the system has no randomness to give.
    pub fn generate() -> Result<Self, NoRandomness> {
        Self::generate_for(SecretKind::ApiKey)
    }

    /// A new secret.
    ///
    /// # Errors
    /// If the system has no randomness to give.
    pub fn generate_for(kind: SecretKind) -> Result<Self, NoRandomness> {
        let body = kind.length() - CHECKSUM_CHARS;
        let mut text = Zeroizing::new(String::with_capacity(kind.length()));
        text.push_str(kind.prefix());
        let mut bytes = Zeroizing::new([0u8; 64]);
        while text.len() < body {
            fill(bytes.as_mut_slice()).map_err(|_| NoRandomness)?;
            let missing = body - text.len();
            let letters = bytes.iter().filter(|byte| **byte <= UNBIASED_BYTE_MAX);
            text.extend(
                letters
                    .take(missing)
                    .map(|byte| char::from(BASE62[usize::from(byte % 62)])),
            );
        }
        let sum = checksum(text.as_bytes());
        text.extend(sum.map(char::from));
        Ok(Self { kind, text })
    }

    /// The secret itself, to be digested or to be shown once.
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// The hint, which may be shown later to tell secrets apart: the prefix and four characters of each end.
    pub fn hint(&self) -> String {
        let head = self.text.get(..self.kind.prefix().len() + 4);
        let tail = self.text.get(self.kind.length() - 4..);
        format!(
            "{}...{}",
            head.unwrap_or_default(),
            tail.unwrap_or_default()
        )
    }
}

impl fmt::Debug for PlainKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PlainKey([secret])")
    }
}

/// The system's generator of random numbers failed.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the system has no randomness to give")]
pub struct NoRandomness;

/// Returns whether `text` has the shape and the checksum of an API key.
pub fn is_well_formed(text: &str) -> bool {
    SecretKind::ApiKey.is_shape_of(text)
}

fn checksum(body: &[u8]) -> [u8; CHECKSUM_CHARS] {
    let mut rest = crc32c::crc32c(body);
    let mut letters = [b'0'; CHECKSUM_CHARS];
    for letter in letters.iter_mut().rev() {
        *letter = BASE62[(rest % 62) as usize];
        rest /= 62;
    }
    letters
}

/// The digest that is stored of a secret: HMAC-SHA-256 under the pepper.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyDigest([u8; 32]);

impl KeyDigest {
    /// The bytes, for the database.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// From the bytes that [`KeyDigest::as_bytes`] gave.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if they are not 32.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StoreError> {
        let wrong = || StoreError::Corrupt {
            table: "api_key_secrets",
            detail: "a digest is not 32 bytes".to_owned(),
        };
        bytes.try_into().map(Self).map_err(|_| wrong())
    }
}

impl fmt::Debug for KeyDigest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("KeyDigest(..)")
    }
}

/// The key of the digests. It comes from the master key, never from the database: a stolen database
/// cannot even confirm a leaked secret.
pub struct Pepper(hmac::Key);

impl Pepper {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// The digest of a secret.
    pub fn digest(&self, secret: &str) -> KeyDigest {
        let tag = hmac::sign(&self.0, secret.as_bytes());
        let mut digest = [0u8; 32];
        digest.copy_from_slice(tag.as_ref());
        KeyDigest(digest)
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Pepper([secret])")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Pepper, PlainKey, SecretKind, is_well_formed};

    const LENGTH: usize = 52;

    #[test]
    fn a_new_secret_has_the_published_shape() {
        let key = PlainKey::generate().unwrap();
        let secret = key.reveal();
        assert_eq!(secret.len(), LENGTH);
        assert!(
            secret.starts_with("yx-")
                && secret[3..].bytes().all(|byte| byte.is_ascii_alphanumeric())
        );
        assert!(is_well_formed(secret));
        assert_ne!(secret, PlainKey::generate().unwrap().reveal());
    }

    #[test]
    fn a_secret_of_one_kind_is_none_of_another() {
        let kinds = [
            SecretKind::ApiKey,
            SecretKind::ManagementKey,
            SecretKind::Session,
            SecretKind::Link,
        ];
        for made in kinds {
            let secret = PlainKey::generate_for(made).unwrap();
            for asked in kinds {
                assert_eq!(asked.is_shape_of(secret.reveal()), asked == made);
            }
        }
    }

    #[test]
    fn the_checksum_of_a_known_secret_never_changes() {
        let body = "yx-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg";
        let sum = String::from_utf8(super::checksum(body.as_bytes()).to_vec()).unwrap();
        assert_eq!(sum, "1it6LB");
    }

    #[test]
    fn a_secret_does_not_print() {
        let key = PlainKey::generate().unwrap();
        let pepper = Pepper::new(&[7; 32]);
        let printed = format!("{key:?} {pepper:?} {:?}", pepper.digest(key.reveal()));
        assert_eq!(printed, "PlainKey([secret]) Pepper([secret]) KeyDigest(..)");
        assert_eq!(key.hint().len(), "yx-abcd...wxyz".len());
    }

    #[test]
    fn the_digest_depends_on_secret_and_pepper() {
        let (one, other) = (Pepper::new(&[1; 32]), Pepper::new(&[2; 32]));
        assert_eq!(one.digest("a"), one.digest("a"));
        assert_ne!(one.digest("a"), one.digest("b"));
        assert_ne!(one.digest("a"), other.digest("a"));
    }

    proptest! {
        #[test]
        fn a_secret_with_one_character_changed_is_not_well_formed(at in 0..LENGTH, letter in "[0-9A-Za-z]") {
            let key = PlainKey::generate().unwrap();
            let mut changed = key.reveal().to_owned();
            changed.replace_range(at..=at, &letter);
            prop_assert_eq!(is_well_formed(&changed), changed == key.reveal());
        }

        #[test]
        fn no_text_makes_the_check_panic(text in ".*") {
            prop_assert!(!is_well_formed(&text) || text.len() == LENGTH);
        }
    }
}
