//! Which passwords are good enough: long ones that are not the first that anybody would try. No rules on
//! which characters: they make passwords worse.

/// Characters of a password.
pub(crate) const PASSWORD_CHARS_MIN: usize = 12;
pub(crate) const PASSWORD_CHARS_MAX: usize = 128;
/// Fewer different characters are a pattern, not a password.
const DIFFERENT_CHARS_MIN: usize = 5;

/// Passwords of this length that are tried first: in lower case, a line each.
const COMMON: &str = include_str!("common.txt");

/// The reason why a password is not good enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weakness {
    Length,
    EmailAddress,
    Common,
}

impl Weakness {
    /// The advice about it.
    pub(crate) fn message(self) -> String {
        match self {
            Self::Length => format!(
                "A password has {PASSWORD_CHARS_MIN} to {PASSWORD_CHARS_MAX} characters. A few unrelated words are good."
            ),
            Self::EmailAddress => {
                "The password is taken from the e-mail address. Choose something else.".to_owned()
            }
            Self::Common => {
                "The password is one of those that are tried first. Choose something else."
                    .to_owned()
            }
        }
    }
}

/// Checks that a password is good enough for the user with this address.
///
/// # Errors
/// If it is weak, how.
pub(crate) fn check_strength(password: &str, email: &str) -> Result<(), Weakness> {
    let length = password.chars().count();
    if !(PASSWORD_CHARS_MIN..=PASSWORD_CHARS_MAX).contains(&length) {
        return Err(Weakness::Length);
    }
    let plain = password.to_lowercase();
    let name = email.split('@').next().unwrap_or_default();
    if plain.contains(email) || (plain.starts_with(name) && rest_is_trivial(&plain, name)) {
        return Err(Weakness::EmailAddress);
    }
    if is_pattern(&plain) || is_common(&plain) {
        return Err(Weakness::Common);
    }
    Ok(())
}

/// Returns whether nothing but digits and signs follows the name, as in `ann.miller2026!`.
fn rest_is_trivial(plain: &str, name: &str) -> bool {
    name.len() >= 4
        && plain
            .strip_prefix(name)
            .is_some_and(|rest| !rest.chars().any(char::is_alphabetic))
}

/// A short piece over and over, few characters, or a run such as `abcdefghijkl`.
fn is_pattern(plain: &str) -> bool {
    let letters: Vec<char> = plain.chars().collect();
    let mut different = letters.clone();
    different.sort_unstable();
    different.dedup();
    let is_run = |step: i64| {
        letters.windows(2).all(|pair| match pair {
            [one, next] => i64::from(u32::from(*next)) - i64::from(u32::from(*one)) == step,
            _ => true,
        })
    };
    different.len() < DIFFERENT_CHARS_MIN || is_run(1) || is_run(-1)
}

/// On the list, as it is or with digits and signs around it.
fn is_common(plain: &str) -> bool {
    let core = plain.trim_matches(|letter: char| !letter.is_alphabetic());
    COMMON
        .lines()
        .any(|common| common == plain || (common == core && !core.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::{COMMON, PASSWORD_CHARS_MIN, Weakness, check_strength};

    #[test]
    fn passwords_that_are_tried_first_are_refused() {
        let weak = |text: &str| check_strength(text, "ann.miller@example.com");
        assert_eq!(weak("short"), Err(Weakness::Length));
        assert_eq!(weak(&"long".repeat(33)), Err(Weakness::Length));
        for text in [
            "Ann.Miller@example.com",
            "ann.miller2026!",
            "xx-ann.miller@example.com",
        ] {
            assert_eq!(weak(text), Err(Weakness::EmailAddress), "{text}");
        }
        for text in [
            "password1234",
            "Passwordpassword1!",
            "aaaaaaaaaaaa",
            "123456789012",
            "abcdefghijklm",
            "abababababab",
            "qwertyuiopasdf",
        ] {
            assert_eq!(weak(text), Err(Weakness::Common), "{text}");
        }
        for text in [
            "correct horse battery",
            "密码不可能这么简单吧对不对呀",
            "tr0ub4dor&3xyz",
        ] {
            assert_eq!(weak(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn the_list_is_in_the_form_that_is_looked_up() {
        for line in COMMON.lines() {
            assert_eq!(line, line.to_lowercase());
            assert!(!line.is_empty());
        }
        assert!(COMMON.lines().count() > 100);
        assert_eq!(PASSWORD_CHARS_MIN, 12);
    }
}
