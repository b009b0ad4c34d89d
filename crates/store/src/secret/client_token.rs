//! The text of client tokens: `yxc-`, the claims and their signature in base64url, and the checksum of all
//! secrets. Nothing is stored of a token: the master key tells that it is genuine.

use std::fmt;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{CHECKSUM_CHARS, checksum};

/// The prefix of client tokens.
pub const CLIENT_TOKEN_PREFIX: &str = "yxc-";
/// Bytes that a token may say at most.
pub const CLIENT_TOKEN_SAYING_MAX: usize = 2_048;
/// Bytes of the longest token.
pub const CLIENT_TOKEN_BYTES_MAX: usize = CLIENT_TOKEN_PREFIX.len()
    + (CLIENT_TOKEN_SAYING_MAX + TAG_BYTES).div_ceil(3) * 4
    + CHECKSUM_CHARS;
const TAG_BYTES: usize = 32;

/// Returns whether `text` has the shape and the checksum of a client token. Anyone can make such a text.
pub fn is_client_token(text: &str) -> bool {
    body_of(text).is_some()
}

/// Makes client tokens, and tells which were made by it.
pub struct ClientTokenSigner(hmac::Key);

impl ClientTokenSigner {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// The token that says `saying`; `None` when that is too long.
    pub fn sign(&self, saying: &[u8]) -> Option<String> {
        if saying.len() > CLIENT_TOKEN_SAYING_MAX {
            return None;
        }
        let tag = hmac::sign(&self.0, saying);
        let body = [saying, tag.as_ref()].concat();
        let mut text = CLIENT_TOKEN_PREFIX.to_owned();
        URL_SAFE_NO_PAD.encode_string(body, &mut text);
        let sum = checksum(text.as_bytes());
        text.extend(sum.map(char::from));
        Some(text)
    }

    /// The claims of a token; `None` if its signature is not ours.
    pub fn open(&self, text: &str) -> Option<Vec<u8>> {
        let mut body = URL_SAFE_NO_PAD.decode(body_of(text)?).ok()?;
        let at = body.len().checked_sub(TAG_BYTES)?;
        let tag = body.split_off(at);
        hmac::verify(&self.0, &body, &tag).ok()?;
        Some(body)
    }
}

/// The text between the prefix and the checksum.
fn body_of(text: &str) -> Option<&str> {
    if text.len() > CLIENT_TOKEN_BYTES_MAX {
        return None;
    }
    let (head, sum) = text.split_at_checked(text.len().checked_sub(CHECKSUM_CHARS)?)?;
    let body = head.strip_prefix(CLIENT_TOKEN_PREFIX)?;
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let is_whole = body.bytes().all(is_letter) && sum.as_bytes() == checksum(head.as_bytes());
    is_whole.then_some(body)
}

impl fmt::Debug for ClientTokenSigner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ClientTokenSigner([secret])")
    }
}

#[cfg(test)]
mod tests {
    use super::{
        CLIENT_TOKEN_BYTES_MAX, CLIENT_TOKEN_SAYING_MAX, ClientTokenSigner, is_client_token,
    };

    #[test]
    fn a_token_says_what_was_signed_and_nobody_else_can_make_one() {
        let signer = ClientTokenSigner::new(&[1; 32]);
        let token = signer.sign(b"what it may").unwrap();
        assert!(token.starts_with("yxc-") && is_client_token(&token));
        assert_eq!(signer.open(&token).unwrap(), b"what it may");
        assert!(ClientTokenSigner::new(&[2; 32]).open(&token).is_none());
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(!is_client_token(&changed), "{at}");
            assert!(signer.open(&changed).is_none());
        }
        assert!(signer.open(&token[..token.len() - 1]).is_none());
        assert!(signer.open("").is_none() && signer.open("yxc-").is_none());
        assert_eq!(format!("{signer:?}"), "ClientTokenSigner([secret])");
    }

    #[test]
    fn the_longest_token_is_as_long_as_announced() {
        let signer = ClientTokenSigner::new(&[1; 32]);
        let longest = signer.sign(&[7; CLIENT_TOKEN_SAYING_MAX]).unwrap();
        assert!(longest.len() <= CLIENT_TOKEN_BYTES_MAX && signer.open(&longest).is_some());
        assert!(signer.sign(&[7; CLIENT_TOKEN_SAYING_MAX + 1]).is_none());
    }
}
