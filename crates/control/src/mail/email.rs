//! A mail before it is in words.

use std::fmt;

use super::language::MailLanguage;
use super::messages::{MailText, message_of};
use super::topic::Topic;

/// A mail to somebody.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Email {
    pub to: String,
    pub language: MailLanguage,
    pub topic: Topic,
}

/// Neither the address nor the link is for logs.
impl fmt::Debug for Email {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Email(..)")
    }
}

impl Email {
    pub(super) fn subject(&self) -> String {
        self.message().subject.to_owned()
    }

    /// As plain text.
    pub(super) fn text(&self) -> String {
        let words = self.message();
        let mut parts = words.paragraphs;
        parts.extend(self.topic.link().map(str::to_owned));
        parts.push(words.end.to_owned());
        let mut text = parts.join("\n\n");
        text.push('\n');
        text
    }

    /// As HTML, with everything escaped.
    pub(super) fn html(&self) -> String {
        let words = self.message();
        let mut html = format!(
            "<!doctype html><html lang=\"{}\"><body>",
            self.language.tag()
        );
        for paragraph in &words.paragraphs {
            html.push_str(&format!("<p>{}</p>", escaped(paragraph)));
        }
        if let Some(link) = self.topic.link() {
            let link = escaped(link);
            html.push_str(&format!("<p><a href=\"{link}\">{link}</a></p>"));
        }
        html.push_str(&format!("<p>{}</p></body></html>", escaped(words.end)));
        html
    }

    fn message(&self) -> MailText {
        message_of(&self.topic, self.language)
    }
}

fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for email in text.chars() {
        match email {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            email => html.push(email),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use store::key_events::{KeyEventAction, KeyEventKind};
    use store::operator_notices::NoticeKind;

    use super::{Email, Topic};
    use crate::mail::{MailLanguage, NoticeText};

    #[test]
    fn what_others_wrote_is_escaped_and_short() {
        let email = Email {
            to: "ann@example.com".to_owned(),
            language: MailLanguage::English,
            topic: Topic::Invite {
                link: "https://h/invite#yxl-1".to_owned(),
                account: format!("<img src=x>\r\n{}", "x".repeat(500)),
                invited_by: "\"Eve\" & co".to_owned(),
            },
        };
        let html = email.html();
        assert!(html.contains("&lt;img src=x&gt;") && html.contains("&quot;Eve&quot; &amp; co"));
        assert!(html.contains("<a href=\"https://h/invite#yxl-1\">"));
        assert!(!html.contains("<img") && !html.contains(&"x".repeat(100)));
        assert!(email.text().contains("\n\nhttps://h/invite#yxl-1\n\n"));
        assert_eq!(format!("{email:?}"), "Email(..)");
    }

    #[test]
    fn every_topic_has_words_in_every_language() {
        let text = || "X".to_owned();
        let topics = [
            Topic::ConfirmAddress { link: text() },
            Topic::AddressIsTaken { link: text() },
            Topic::ResetPassword { link: text() },
            Topic::Invite {
                link: text(),
                account: text(),
                invited_by: text(),
            },
            Topic::SignUpInvite { link: text() },
            Topic::NewSignIn {
                at: text(),
                address: text(),
                agent: text(),
            },
            Topic::PasswordChanged {
                at: text(),
                address: text(),
            },
            Topic::TwoFactorOn {
                at: text(),
                address: text(),
            },
            Topic::TwoFactorOff {
                at: text(),
                address: text(),
            },
            Topic::OperatorNotice {
                link: text(),
                notice: NoticeText {
                    kind: NoticeKind::CredentialRefused,
                    label: text(),
                    is_over: true,
                    at: text(),
                },
            },
            Topic::KeyEvent {
                link: text(),
                key: text(),
                kind: KeyEventKind::NewNetwork,
                action: KeyEventAction::Frozen,
                at: text(),
            },
        ];
        let mut subjects = vec![];
        for topic in topics {
            for language in [
                MailLanguage::English,
                MailLanguage::Simplified,
                MailLanguage::Traditional,
            ] {
                let email = Email {
                    to: text(),
                    language,
                    topic: topic.clone(),
                };
                assert!(email.text().contains('X'), "{}", email.text());
                subjects.push(email.subject());
            }
        }
        let count = subjects.len();
        subjects.sort();
        subjects.dedup();
        assert_eq!(subjects.len(), count);
    }
}
