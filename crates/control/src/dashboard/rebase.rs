//! Puts the path of `accounts.public_url` into built files, whose addresses begin at the root of the host.

/// Attributes that are addresses.
const ATTRIBUTES: [&str; 3] = [" href=\"", " src=\"", " data-search=\""];
/// The mark where a page tells its scripts below which path it is.
const MARK: &str = " data-base=\"\"";

/// A page with `base` (`/llm`, or nothing) before each address of ours.
pub(crate) fn html(text: String, base: &str) -> String {
    if base.is_empty() {
        return text;
    }
    let mut text = text.replace(MARK, &format!(" data-base=\"{base}\""));
    for attribute in ATTRIBUTES {
        text = text.replace(&format!("{attribute}/"), &format!("{attribute}{base}/"));
    }
    text
}

/// Rebases the links of a text in Markdown.
pub(crate) fn markdown(text: String, base: &str) -> String {
    if base.is_empty() {
        return text;
    }
    text.replace("](/", &format!("]({base}/"))
}

#[cfg(test)]
mod tests {
    use super::{html, markdown};

    #[test]
    fn every_address_of_ours_gets_the_base_and_no_other() {
        let page = "<html data-base=\"\"><a href=\"/docs/x#y\"><a href=\"#z\"><a href=\"https://e\"><script src=\"/assets/a.js\"><code>href=&quot;/x&quot;";
        assert_eq!(
            html(page.to_owned(), "/llm"),
            "<html data-base=\"/llm\"><a href=\"/llm/docs/x#y\"><a href=\"#z\"><a href=\"https://e\"><script src=\"/llm/assets/a.js\"><code>href=&quot;/x&quot;"
        );
        assert_eq!(html(page.to_owned(), ""), page);
        assert_eq!(
            markdown("[a](/docs/a) [b](https://e)".to_owned(), "/llm"),
            "[a](/llm/docs/a) [b](https://e)"
        );
    }
}
