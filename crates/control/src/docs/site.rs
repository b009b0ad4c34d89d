//! The builder's index of the pages and of their translations.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;

use super::file;

#[derive(Debug, Deserialize)]
pub(super) struct Site {
    pub(super) first: String,
    pub(super) pages: Vec<String>,
    /// Languages besides English, by page.
    #[serde(default)]
    translations: HashMap<String, Vec<String>>,
}

/// The index; none where the pages were not built.
pub(super) fn site() -> Option<Site> {
    serde_json::from_slice(&file("site.json")?.data).ok()
}

impl Site {
    pub(super) fn has_page(&self, slug: &str) -> bool {
        self.pages.iter().any(|page| page == slug)
    }

    /// Returns whether `quickstart` or `quickstart.zh-CN` is an article.
    pub(super) fn has_article(&self, stem: &str) -> bool {
        match stem.split_once('.') {
            Some((slug, language)) => self.is_translated(slug, language),
            None => self.has_page(stem),
        }
    }

    /// The stem of a page's file: the translation for this reader, else the page itself.
    pub(super) fn article<'a>(&self, slug: &'a str, language: &str) -> Cow<'a, str> {
        if self.is_translated(slug, language) {
            return format!("{slug}.{language}").into();
        }
        slug.into()
    }

    fn is_translated(&self, slug: &str, language: &str) -> bool {
        let languages = self.translations.get(slug);
        languages.is_some_and(|languages| languages.iter().any(|known| known == language))
    }
}

#[cfg(test)]
mod tests {
    use super::Site;

    #[test]
    fn a_reader_gets_the_translation_where_there_is_one() {
        let site: Site = serde_json::from_str(
            r#"{"first":"index","pages":["index","errors"],"translations":{"errors":["zh-CN"]}}"#,
        )
        .unwrap();
        assert_eq!(site.article("errors", "zh-CN"), "errors.zh-CN");
        assert_eq!(site.article("errors", "zh-TW"), "errors");
        assert_eq!(site.article("index", "zh-CN"), "index");
        for (stem, is_article) in [
            ("errors", true),
            ("errors.zh-CN", true),
            ("errors.zh-TW", false),
            ("index.zh-CN", false),
            ("site", false),
        ] {
            assert_eq!(site.has_article(stem), is_article, "{stem}");
        }
    }
}
