//! Token counting: a token is a word between ASCII white space. A message costs four more, and a
//! part which is not text (an image, a sound, a file) costs 85.

pub(crate) const CONTEXT_TOKENS_MAX: u64 = 128_000;
pub(crate) const TOKENS_PER_MESSAGE: u64 = 4;
pub(crate) const TOKENS_PER_MEDIA_PART: u64 = 85;

/// Counts the bytes at which a word begins. Sums of single bytes over short blocks are what the
/// compiler makes vector instructions of; a prompt of 100 KB is counted in microseconds.
pub(crate) fn count(text: &str) -> u64 {
    const BLOCK: usize = 128;
    let bytes = text.as_bytes();
    let Some((first, following)) = bytes.split_first() else {
        return 0;
    };
    let mut words = u64::from(!is_space(*first));
    for (before, here) in bytes.chunks(BLOCK).zip(following.chunks(BLOCK)) {
        let pairs = before.iter().zip(here);
        let starts = pairs.map(|(before, here)| u8::from(is_space(*before) & !is_space(*here)));
        words += u64::from(starts.sum::<u8>());
    }
    words
}

/// The end of the piece of `text` which begins at `start`: one word with the white space before
/// it, and for the last word also what follows it. Pieces put together are the text again.
pub(crate) fn piece_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let word = skip(bytes, start, true);
    let end = skip(bytes, word, false);
    if skip(bytes, end, true) == bytes.len() {
        bytes.len()
    } else {
        end
    }
}

/// Cuts `text` after `max` tokens; says whether anything was cut.
pub(crate) fn cut(text: &mut String, max: u64) -> bool {
    let mut end = 0;
    for _ in 0..max {
        let next = skip(text.as_bytes(), end, true);
        if next == text.len() {
            return false;
        }
        end = skip(text.as_bytes(), next, false);
    }
    let is_cut = skip(text.as_bytes(), end, true) < text.len();
    if is_cut {
        text.truncate(end);
    }
    is_cut
}

fn skip(bytes: &[u8], start: usize, space: bool) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    let length = rest.iter().position(|byte| is_space(*byte) != space);
    start + length.unwrap_or(rest.len())
}

fn is_space(byte: u8) -> bool {
    (byte == b' ') | (byte.wrapping_sub(b'\t') < 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_put_together_are_the_text() {
        for text in ["", " ", "one", " one  two ", "one\ntwo three\t", "é ü"] {
            let (mut at, mut pieces) = (0, 0);
            while at < text.len() {
                at = piece_end(text, at);
                pieces += 1;
            }
            assert_eq!(at, text.len());
            assert_eq!(pieces.max(1), count(text).max(1), "{text:?}");
        }
    }

    #[test]
    fn words_are_counted_across_blocks() {
        for length in 0..400 {
            let text: String = "ab c\t \nd ".chars().cycle().take(length).collect();
            assert_eq!(count(&text), text.split_ascii_whitespace().count() as u64);
        }
    }

    #[test]
    fn a_cut_text_has_as_many_tokens_as_allowed() {
        let mut text = String::from("one two  three ");
        assert!(!cut(&mut text, 3));
        assert!(cut(&mut text, 2));
        assert_eq!(text, "one two");
        assert!(cut(&mut text, 0));
        assert_eq!(text, "");
    }
}
