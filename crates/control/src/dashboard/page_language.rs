//! The language of a page that the server words, or whose texts it names.

use http::header::{ACCEPT_LANGUAGE, COOKIE};
use http::request::Parts;

use crate::mail::MailLanguage;

const COOKIE_NAME: &str = "yunxin-language";
const TAGS: [&str; 3] = ["en", "zh-CN", "zh-TW"];

/// The language of the address, else the one chosen before, else the one that the browser asks for.
pub(crate) fn language_of(parts: &Parts) -> &'static str {
    let asked = parts.uri.query().unwrap_or_default().split('&');
    let asked = asked.filter_map(|pair| known(pair.strip_prefix("lang=")?));
    let cookies = parts.headers.get_all(COOKIE).iter();
    let chosen = cookies
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|cookie| {
            let (name, value) = cookie.trim().split_once('=')?;
            (name == COOKIE_NAME).then_some(value)
        })
        .filter_map(known);
    asked.chain(chosen).next().unwrap_or_else(|| {
        let accepted = parts.headers.get(ACCEPT_LANGUAGE);
        let accepted = accepted.and_then(|value| value.to_str().ok());
        MailLanguage::of_browser(accepted.unwrap_or_default()).tag()
    })
}

fn known(tag: &str) -> Option<&'static str> {
    TAGS.into_iter().find(|known| *known == tag)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::language_of;

    fn language(path: &str, headers: &[(&str, &str)]) -> &'static str {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        language_of(&request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn the_address_goes_before_the_choice_and_that_before_the_browser() {
        let browser = ("accept-language", "zh-HK,zh;q=0.9,en;q=0.8");
        let choice = ("cookie", "a=b; yunxin-language=zh-CN");
        assert_eq!(language("/docs/a?lang=en", &[browser, choice]), "en");
        assert_eq!(language("/docs/a?x=1", &[browser, choice]), "zh-CN");
        assert_eq!(language("/docs/a", &[browser]), "zh-TW");
        assert_eq!(language("/docs/a?lang=../x", &[]), "en");
        assert_eq!(
            language("/docs/a", &[("cookie", "yunxin-language=fr")]),
            "en"
        );
    }
}
