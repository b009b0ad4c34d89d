//! Texts that may quote a prompt or a completion, since providers do: the database holds them sealed, each for its request.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::id::RequestId;
use crate::sealed::MasterKey;

/// The longest text that is kept, in characters.
pub const MESSAGE_CHARS_MAX: usize = 500;

/// A text that opens with the master key and for its request only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SealedText(String);

impl SealedText {
    /// Seals the first [`MESSAGE_CHARS_MAX`] characters of a text. Without randomness nothing is kept.
    pub fn seal(master: &MasterKey, request: &RequestId, text: &str) -> Self {
        let text = shortened(text, MESSAGE_CHARS_MAX);
        let sealed = master.seal(&place(request), &text).unwrap_or_default();
        Self(STANDARD_NO_PAD.encode(sealed))
    }

    /// The text; `None` if it was sealed with another master key or for another request.
    pub fn open(&self, master: &MasterKey, request: &RequestId) -> Option<String> {
        let sealed = STANDARD_NO_PAD.decode(&self.0).ok()?;
        let text = master.open(&place(request), &sealed).ok()?;
        Some(text.to_string())
    }
}

fn place(request: &RequestId) -> String {
    format!("usage_events/{}", request.as_str())
}

/// The beginning of a text, with an ellipsis where it goes on.
pub(super) fn shortened(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{MESSAGE_CHARS_MAX, SealedText};
    use crate::id::RequestId;
    use crate::sealed::MasterKey;

    #[test]
    fn a_text_opens_for_its_request_alone_and_is_bounded() {
        let master = MasterKey::from_bytes(&[3; 32]).unwrap_or_else(|_| std::process::abort());
        let (one, other) = (RequestId::from("req_1"), RequestId::from("req_2"));
        let sealed = SealedText::seal(&master, &one, "the prompt was: tides");
        assert!(!format!("{sealed:?}").contains("tides"));
        let opened = sealed.open(&master, &one);
        assert_eq!(opened.as_deref(), Some("the prompt was: tides"));
        assert_eq!(sealed.open(&master, &other), None);
        assert_eq!(SealedText::default().open(&master, &one), None);
        let long = SealedText::seal(&master, &one, &"é".repeat(MESSAGE_CHARS_MAX + 9));
        let chars = long.open(&master, &one).map(|text| text.chars().count());
        assert_eq!(chars, Some(MESSAGE_CHARS_MAX + 1));
    }
}
