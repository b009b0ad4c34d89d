//! Ids of calls, for languages that take letters, digits, `_` and `-`, and each id once.

use std::borrow::Cow;
use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::part::{Content, Part};
use super::request::Turn;

/// Begin of an id that stands for one which the client's language does not take.
const WRITTEN: &str = "yxid_";

/// The id of a call as a client of such a language is told it: what it does not take, in letters that it takes. The client
/// sends it back, and [`restored`] makes the provider's own of it.
pub(crate) fn written(id: &str) -> Cow<'_, str> {
    if !id.is_empty() && id.chars().all(is_taken) {
        return id.into();
    }
    format!("{WRITTEN}{}", URL_SAFE_NO_PAD.encode(id)).into()
}

/// The id that [`written`] was given.
pub(crate) fn restored(id: String) -> String {
    let own = id
        .strip_prefix(WRITTEN)
        .and_then(|data| URL_SAFE_NO_PAD.decode(data).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok());
    own.unwrap_or(id)
}

/// Rewrites the ids of calls and results so that the language takes them; those that it takes stay.
pub(crate) fn adapt(turns: &mut [Turn]) {
    let mut written: HashMap<String, String> = HashMap::new();
    let mut seen = 0;
    for part in turns.iter_mut().flat_map(|turn| &mut turn.parts) {
        adapt_part(part, &mut written, &mut seen);
    }
}

fn adapt_part(part: &mut Part, written: &mut HashMap<String, String>, seen: &mut u64) {
    match &mut part.content {
        Content::ToolCall(call) => {
            let mut id = taken(&call.id);
            // Some providers count calls anew in each turn.
            if written.contains_key(&call.id) || id.is_empty() {
                *seen += 1;
                id = format!("{id}_{seen}");
            }
            written.insert(std::mem::replace(&mut call.id, id.clone()), id);
        }
        Content::ToolResult(result) => {
            result.call_id = match written.get(&result.call_id) {
                Some(id) => id.clone(),
                None => taken(&result.call_id),
            };
        }
        _ => {}
    }
}

fn is_taken(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-')
}

fn taken(id: &str) -> String {
    let letters = id
        .chars()
        .map(|letter| if is_taken(letter) { letter } else { '_' });
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::{is_taken, restored, written};

    #[test]
    fn an_id_that_is_not_taken_is_the_same_again_when_it_comes_back() {
        for id in ["functions.add:0", "call/1+2", "ü", ""] {
            let told = written(id);
            assert!(!told.is_empty() && told.chars().all(is_taken), "{told}");
            assert_eq!(restored(told.into_owned()), id);
        }
        assert_eq!(written("toolu_01-a"), "toolu_01-a");
        assert_eq!(restored("toolu_01".to_owned()), "toolu_01");
        assert_eq!(restored("yxid_%".to_owned()), "yxid_%");
    }
}
