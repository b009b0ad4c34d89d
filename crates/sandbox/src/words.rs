//! The sentences the sandbox speaks: an echo of the prompt, then words from a fixed list.

use crate::hash::Generator;

pub(crate) const DEFAULT_WORDS: usize = 40;
const ECHO_WORDS: usize = 12;
const ECHO_WORD_CHARS: usize = 64;
const SENTENCE_WORDS: usize = 9;

const LIST: &[&str] = &[
    "amber", "anchor", "autumn", "basil", "beacon", "birch", "breeze", "bridge", "candle",
    "canyon", "cedar", "chapel", "cinder", "clover", "cobalt", "coral", "cotton", "crystal",
    "delta", "ember", "falcon", "feather", "fern", "forest", "garden", "ginger", "glacier",
    "granite", "harbor", "hazel", "hollow", "indigo", "island", "ivory", "jasmine", "juniper",
    "lantern", "lagoon", "linen", "maple", "marble", "meadow", "mellow", "mirror", "misty", "moss",
    "nectar", "nimble", "ocean", "olive", "opal", "orchard", "pebble", "pepper", "pine", "prairie",
    "quartz", "quiet", "raven", "ripple", "river", "saffron",
];

/// A response of exactly `length` words which begins with `opening` and a short echo of `heard`.
pub(crate) fn response(opening: &str, heard: &str, length: usize, seed: u64) -> String {
    let mut text = String::with_capacity(length.saturating_mul(8).saturating_add(160));
    text.push_str(opening);
    let echoed = push_echo(&mut text, heard);
    if echoed == 0 {
        text.push_str(" nothing.");
    }
    let said = usize::try_from(crate::tokens::count(&text)).unwrap_or(length);
    if said > length {
        crate::tokens::cut(&mut text, length as u64);
        return text;
    }
    push_filler(&mut text, length - said, seed);
    text
}

/// `length` words of the list, as sentences.
pub(crate) fn filler(length: usize, seed: u64) -> String {
    let mut text = String::with_capacity(length.saturating_mul(8));
    push_filler(&mut text, length, seed);
    text
}

pub(crate) fn word(generator: &mut Generator) -> &'static str {
    generator.pick(LIST).copied().unwrap_or("quiet")
}

/// Directives are left out of the echo: a client sends the response back as history, and what was
/// asked for once must not be asked for again.
fn push_echo(text: &mut String, heard: &str) -> usize {
    let mut echoed = 0;
    for said in crate::directives::without_phrases(heard) {
        for word in said.split_ascii_whitespace() {
            if echoed == ECHO_WORDS {
                text.push_str("...");
                return echoed;
            }
            text.push(' ');
            text.extend(word.chars().take(ECHO_WORD_CHARS));
            echoed += 1;
        }
    }
    if echoed > 0 && !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    echoed
}

fn push_filler(text: &mut String, length: usize, seed: u64) {
    let mut generator = Generator::new(seed);
    for position in 0..length {
        if !text.is_empty() {
            text.push(' ');
        }
        let word = word(&mut generator);
        if position % SENTENCE_WORDS == 0 {
            let (first, rest) = word.split_at(1);
            text.extend(first.chars().map(|letter| letter.to_ascii_uppercase()));
            text.push_str(rest);
        } else {
            text.push_str(word);
        }
        if position % SENTENCE_WORDS == SENTENCE_WORDS - 1 || position + 1 == length {
            text.push('.');
        }
    }
}
