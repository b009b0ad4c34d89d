//! Ids of calls, for languages that take letters, digits, `_` and `-`, and each id once.

use std::collections::HashMap;

use super::part::{Content, Part};
use super::request::Turn;

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

fn taken(id: &str) -> String {
    let is_taken = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    let letters = id
        .chars()
        .map(|letter| if is_taken(letter) { letter } else { '_' });
    letters.collect()
}
