//! Mails that handlers send.

use gateway::error::ApiError;
use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;
use store::users::User;

use super::time::Time;
use crate::commands::CommandError;
use crate::mail::{Email, MailLanguage, Topic};
use crate::state::{Control, ControlState};

/// The language of a user, else that of their browser.
pub(in crate::api) fn language_of(user: &User, browser: MailLanguage) -> MailLanguage {
    let chosen = user.language.as_deref();
    chosen.map_or(browser, MailLanguage::of_tag)
}

/// The language of the browser that a request comes from.
pub(in crate::api) fn visitor_language(headers: &HeaderMap) -> MailLanguage {
    let named = headers.get(ACCEPT_LANGUAGE);
    let named = named.and_then(|value| value.to_str().ok());
    MailLanguage::of_browser(named.unwrap_or_default())
}

/// Tells a user of something about the safety of their sign-in. Only at an address that is known to be
/// theirs, and only if they want to be told.
pub(in crate::api) fn tell(app: &Control, user: &User, browser: MailLanguage, topic: Topic) {
    if user.notifies_security && user.email_confirmed_at_ms.is_some() {
        app.mail.send(Email {
            to: user.email.clone(),
            language: language_of(user, browser),
            topic,
        });
    }
}

/// The time of a mail about what happens now.
pub(in crate::api) fn now_text(app: &Control) -> String {
    Time(app.clock.now_ms()).to_text()
}

/// Writes a mail after the request is answered, so that the response says nothing by how long it takes.
pub(in crate::api) fn write_later<F, W>(app: &ControlState, work: F) -> Result<(), ApiError>
where
    F: FnOnce(ControlState) -> W,
    W: Future<Output = Result<(), CommandError>> + Send + 'static,
{
    let permit = app.mail.begin_writing().ok_or_else(ApiError::busy)?;
    let work = work(app.clone());
    app.gateway.process.tasks.spawn(async move {
        let _held = permit;
        if let Err(error) = work.await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a mail that was asked for could not be written"
            );
        }
    });
    Ok(())
}
