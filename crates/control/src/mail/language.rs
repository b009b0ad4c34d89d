//! The languages of mails: those of the Dashboard.

/// The language of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MailLanguage {
    English,
    /// Chinese in simplified characters.
    Simplified,
    /// Chinese in traditional characters.
    Traditional,
}

impl MailLanguage {
    /// The language of a tag (`zh-TW`); English for those that we do not speak.
    pub(crate) fn of_tag(tag: &str) -> Self {
        let tag = tag.trim().to_ascii_lowercase();
        let is_traditional = ["tw", "hk", "mo", "hant"]
            .iter()
            .any(|part| tag.contains(part));
        match tag.get(..2) {
            Some("zh") if is_traditional => Self::Traditional,
            Some("zh") => Self::Simplified,
            _ => Self::English,
        }
    }

    /// The language that a browser names first.
    pub(crate) fn of_browser(accept_language: &str) -> Self {
        let first = accept_language.split([',', ';']).next();
        Self::of_tag(first.unwrap_or_default())
    }

    /// Its tag: `zh-TW`.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Simplified => "zh-CN",
            Self::Traditional => "zh-TW",
        }
    }
}
