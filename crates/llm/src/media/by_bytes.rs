//! Media that have to be sent as bytes: what is asked does not fetch URLs itself.

use super::MediaKind;

/// The media that a language, or a provider, takes as bytes alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByBytes {
    pub kinds: &'static [MediaKind],
    /// Beginnings of the URLs that are read there all the same, such as those of its own store of files.
    pub but_at: &'static [&'static str],
}

impl ByBytes {
    /// Takes URLs of every kind.
    pub const NONE: Self = Self::of(&[]);
    /// Takes URLs of no kind.
    pub const ALL: Self = Self::of(MediaKind::ALL);

    /// Takes these kinds as bytes alone.
    pub const fn of(kinds: &'static [MediaKind]) -> Self {
        Self { kinds, but_at: &[] }
    }

    /// Reads URLs with these beginnings.
    #[must_use]
    pub const fn but_at(self, but_at: &'static [&'static str]) -> Self {
        Self { but_at, ..self }
    }

    /// The words of operators: a provider gets URLs as they are, or bytes alone.
    pub const WORDS: [&'static str; 2] = ["pass", "fetch"];

    /// Reads the word of an operator.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "pass" => Some(Self::NONE),
            "fetch" => Some(Self::ALL),
            _ => None,
        }
    }

    /// True if no kind has to be sent as bytes.
    pub fn is_none(&self) -> bool {
        self.kinds.is_empty()
    }

    /// True for media of a kind that have to be fetched, because a page of the web has them.
    pub fn wants(&self, kind: MediaKind, url: &str) -> bool {
        let scheme = url.split_once("://").map(|(scheme, _)| scheme);
        let is_web = scheme.is_some_and(|scheme| {
            scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")
        });
        is_web
            && self.kinds.contains(&kind)
            && !self.but_at.iter().any(|begin| url.starts_with(begin))
    }
}

#[cfg(test)]
mod tests {
    use super::{ByBytes, MediaKind};

    #[test]
    fn pages_of_the_web_are_wanted_and_the_providers_own_files_are_not() {
        let images = ByBytes::of(&[MediaKind::Image]).but_at(&["https://files.example/"]);
        let cases = [
            (MediaKind::Image, "https://example.com/a.png", true),
            (MediaKind::Image, "HTTP://example.com/a.png", true),
            (MediaKind::Image, "https://files.example/1", false),
            (MediaKind::Image, "s3://bucket/a.png", false),
            (MediaKind::Image, "file-123", false),
            (MediaKind::File, "https://example.com/a.pdf", false),
        ];
        for (kind, url, is_wanted) in cases {
            assert_eq!(images.wants(kind, url), is_wanted, "{url}");
        }
        assert!(!ByBytes::NONE.wants(MediaKind::Image, "https://example.com/a"));
    }
}
