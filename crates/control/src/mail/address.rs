//! Addresses as mail servers take them.

use anyhow::{Context, ensure};
use lettre::Address;

/// Letters of a server's words that are logged.
const WORDS_CHARS_MAX: usize = 300;

/// The address with its domain in ASCII (IDNA: `bücher.example` is `xn--bcher-kva.example`), which every mail server takes.
/// The part before the `@` stays: in other emails than ASCII only a server with SMTPUTF8 takes it.
///
/// # Errors
/// If `text` is no address, or its domain has no form in ASCII.
pub(super) fn ascii_address(text: &str) -> anyhow::Result<Address> {
    let (user, domain) = text.rsplit_once('@').context("an address without an @")?;
    let domain = if domain.is_ascii() {
        domain.to_owned()
    } else {
        idna::domain_to_ascii(domain).context("its domain has no form in ASCII")?
    };
    ensure!(!user.is_empty(), "an address without a name");
    Address::new(user, domain).context("no address")
}

/// Words of a mail server in one line without what names the recipient, for logs.
pub(super) fn without_address(words: &str, recipient: &str) -> String {
    let user = recipient
        .rsplit_once('@')
        .map_or(recipient, |(user, _)| user);
    let hide = |word: &str| {
        let bare = word.trim_matches(|email: char| !email.is_alphanumeric());
        if word.contains('@') || bare.eq_ignore_ascii_case(user) {
            "[recipient]".to_owned()
        } else {
            word.chars().filter(|email| !email.is_control()).collect()
        }
    };
    let words = words.split_whitespace().map(hide);
    let line = words.collect::<Vec<String>>().join(" ");
    line.chars().take(WORDS_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::{ascii_address, without_address};

    #[test]
    fn international_domains_are_sent_in_ascii() {
        for (typed, sent) in [
            ("x@b\u{fc}cher.example", "x@xn--bcher-kva.example"),
            (
                "x@\u{4f8b}\u{5b50}.\u{6d4b}\u{8bd5}",
                "x@xn--fsqu00a.xn--0zwm56d",
            ),
            ("a.b+c@Example.com", "a.b+c@Example.com"),
            ("x@xn--bcher-kva.example", "x@xn--bcher-kva.example"),
        ] {
            assert_eq!(ascii_address(typed).unwrap().to_string(), sent);
        }
        for wrong in ["x", "@example.com", "x@", "x@\u{fc}..example", "x@a b"] {
            assert!(ascii_address(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn words_of_a_server_do_not_name_the_recipient() {
        let words = "transient error (451): 4.7.1 <ann@example.com>:\r\n greylisted, user \"Ann\" come again\u{7}";
        assert_eq!(
            without_address(words, "ann@example.com"),
            "transient error (451): 4.7.1 [recipient] greylisted, user [recipient] come again"
        );
    }
}
