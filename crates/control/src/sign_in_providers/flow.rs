//! One way to a provider and back: what binds the response to the browser that asked. It travels sealed, in a
//! cookie of that browser, so that nothing is kept here for those who never come back.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use store::sealed::MasterKey;
use store::secret::NoRandomness;

use super::is_same;

/// The time that a user may take at the provider.
pub(crate) const FLOW_MS: i64 = 10 * 60_000;
/// The purpose that the cookie is sealed for.
const PLACE: &str = "sign-in flow";
const RANDOM_BYTES: usize = 32;
const PATH_CHARS_MAX: usize = 1_000;
const COOKIE_CHARS_MAX: usize = 4_000;

/// The state of a sign-in while its user is at a provider.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Flow {
    pub provider: String,
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
    /// The page to go to afterwards: a path of ours.
    pub return_to: String,
    /// The user who was signed in when it began: they want to link the provider.
    pub user_id: Option<String>,
    expires_at_ms: i64,
}

impl Flow {
    /// Begins one.
    ///
    /// # Errors
    /// If the system has no randomness to give.
    pub(crate) fn begin(
        provider: &str,
        return_to: String,
        user_id: Option<String>,
        now_ms: i64,
    ) -> Result<Self, NoRandomness> {
        Ok(Self {
            provider: provider.to_owned(),
            state: random()?,
            nonce: random()?,
            verifier: random()?,
            return_to,
            user_id,
            expires_at_ms: now_ms + FLOW_MS,
        })
    }

    /// For the cookie; `None` when it cannot be sealed.
    pub(crate) fn seal(&self, master: &MasterKey) -> Option<String> {
        let text = serde_json::to_string(self).ok()?;
        let sealed = master.seal(PLACE, &text).ok()?;
        Some(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// From the cookie; `None` when it is not ours, or too old.
    pub(crate) fn open(cookie: &str, master: &MasterKey, now_ms: i64) -> Option<Self> {
        if cookie.len() > COOKIE_CHARS_MAX {
            return None;
        }
        let sealed = URL_SAFE_NO_PAD.decode(cookie).ok()?;
        let text = master.open(PLACE, &sealed).ok()?;
        let flow: Self = serde_json::from_str(&text).ok()?;
        (now_ms < flow.expires_at_ms).then_some(flow)
    }

    /// Returns whether a callback belongs to this flow.
    pub(crate) fn is_answered_by(&self, state: &str) -> bool {
        is_same(&self.state, state)
    }

    /// The challenge that the provider checks the verifier against (PKCE).
    pub(super) fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, self.verifier.as_bytes()))
    }
}

fn random() -> Result<String, NoRandomness> {
    let mut bytes = [0u8; RANDOM_BYTES];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// `text` if it is a path of ours and nothing that a browser would take for another site, else `/`.
pub(crate) fn return_path(text: &str) -> String {
    let mut letters = text.chars();
    let is_path = letters.next() == Some('/') && !matches!(letters.next(), Some('/' | '\\'));
    let is_sound = is_path
        && text.len() <= PATH_CHARS_MAX
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_sound { text } else { "/" }.to_owned()
}

#[cfg(test)]
mod tests {
    use store::sealed::MasterKey;

    use super::{FLOW_MS, Flow, return_path};

    #[test]
    fn nobody_is_sent_to_another_site() {
        for good in ["/", "/a/acct_1/api-keys?x=1#y", "/settings"] {
            assert_eq!(return_path(good), good);
        }
        for bad in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "evil",
            "",
            "/x\r\nset-cookie: a=b",
            "/\t/evil.example",
            "/x\\y",
            "/ä",
        ] {
            assert_eq!(return_path(bad), "/", "{bad}");
        }
        assert_eq!(return_path(&format!("/{}", "x".repeat(2_000))), "/");
    }

    #[test]
    fn a_flow_opens_for_its_maker_and_in_time() {
        let master = MasterKey::from_bytes(&[1; 32]).unwrap();
        let flow = Flow::begin("google", "/".to_owned(), None, 0).unwrap();
        let cookie = flow.seal(&master).unwrap();
        let opened = Flow::open(&cookie, &master, FLOW_MS - 1).unwrap();
        assert!(opened.is_answered_by(&flow.state));
        assert!(!opened.is_answered_by("") && !opened.is_answered_by(&flow.nonce));
        assert!(Flow::open(&cookie, &master, FLOW_MS).is_none());
        let other = MasterKey::from_bytes(&[2; 32]).unwrap();
        assert!(Flow::open(&cookie, &other, 0).is_none());
        assert!(Flow::open("", &master, 0).is_none());
        assert_eq!(flow.challenge().len(), 43);
    }
}
