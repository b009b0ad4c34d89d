//! Patterns for searches by a part of a text.

/// A pattern for `LIKE … ESCAPE '!'` that matches what contains `text`; empty when it is.
pub(crate) fn containing(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let mut pattern = String::from("%");
    for letter in text.to_lowercase().chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}
