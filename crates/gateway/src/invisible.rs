//! Invisible characters (bidi controls, zero-width, fillers): they make two names look the same, or one read as another.

/// Ranges of characters that have no width, or turn the direction of text (bidi controls). Variation selectors behind
/// emoji are no such: the emoji is there to be seen.
const RANGES: [(char, char, &str); 16] = [
    ('\u{ad}', '\u{ad}', "a soft hyphen"),
    ('\u{34f}', '\u{34f}', "a grapheme joiner"),
    ('\u{61c}', '\u{61c}', "an Arabic letter mark"),
    ('\u{115f}', '\u{1160}', "a Hangul filler"),
    ('\u{17b4}', '\u{17b5}', "an invisible vowel"),
    ('\u{180b}', '\u{180f}', "a Mongolian separator"),
    ('\u{200b}', '\u{200d}', "a character without width"),
    ('\u{200e}', '\u{200f}', "a direction mark"),
    ('\u{2028}', '\u{2029}', "a line separator"),
    ('\u{202a}', '\u{202e}', "a control of text direction"),
    ('\u{2060}', '\u{206f}', "an invisible control"),
    ('\u{3164}', '\u{3164}', "a Hangul filler"),
    ('\u{feff}', '\u{feff}', "a byte order mark"),
    ('\u{ffa0}', '\u{ffa0}', "a Hangul filler"),
    ('\u{fff9}', '\u{fffb}', "an annotation mark"),
    ('\u{e0000}', '\u{e0fff}', "an invisible tag"),
];

/// Returns whether the character cannot be seen.
pub fn is_invisible(letter: char) -> bool {
    name_of(letter).is_some()
}

/// The first character of a text that nobody sees, in words: `U+202E, a control of text direction`.
pub fn first_invisible(text: &str) -> Option<String> {
    let described = |letter: char| {
        let name = name_of(letter)?;
        Some(format!("U+{:04X}, {name}", u32::from(letter)))
    };
    text.chars().find_map(described)
}

fn name_of(letter: char) -> Option<&'static str> {
    // Most text is below all of them.
    if letter < '\u{ad}' {
        return None;
    }
    let found = RANGES
        .iter()
        .find(|(first, last, _)| (*first..=*last).contains(&letter));
    found.map(|(_, _, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_named_and_scripts_and_emoji_are_not() {
        assert_eq!(
            first_invisible("pay\u{202e}lap").as_deref(),
            Some("U+202E, a control of text direction")
        );
        assert_eq!(
            first_invisible("a\u{200b}b\u{feff}").as_deref(),
            Some("U+200B, a character without width")
        );
        for seen in [
            "云信 ❤️ Ünïcode",
            "שלום",
            "مرحبا",
            "한국어",
            "प्रोडक्शन",
            "🚀",
        ] {
            assert_eq!(first_invisible(seen), None, "{seen}");
        }
    }
}
