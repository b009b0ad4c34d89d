//! Tells accounts what was noticed about their keys: by mail, and by their webhooks. The Dashboard shows it anyway.

use std::time::Duration;

use store::key_events::{self, KeyEvent, KeyEventKind};
use store::users::{self, User};
use store::{StoreError, api_keys, webhooks};
use tokio_util::sync::CancellationToken;

use crate::api::time::Time;
use crate::mail::{Email, MailLanguage, Topic};
use crate::state::{Control, ControlState};
use crate::webhooks::body_of_event;

const EVERY: Duration = Duration::from_secs(1);
/// Events of one round.
const EVENTS_MAX: u32 = 100;
/// Members who are written to about one event.
const MAILS_MAX: u32 = 50;

pub(super) async fn run(app: ControlState, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
        if let Err(error) = announce_all(&app).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "events of keys could not be announced now; trying again"
            );
        }
    }
}

async fn announce_all(app: &Control) -> Result<(), StoreError> {
    for event in key_events::list_unannounced(&app.db, EVENTS_MAX).await? {
        announce(app, &event).await?;
    }
    Ok(())
}

/// The messages to webhooks are kept together with the note that it was announced. Mails follow: one that is
/// lost when the process ends in between is in the Dashboard all the same.
async fn announce(app: &Control, event: &KeyEvent) -> Result<(), StoreError> {
    let name = api_keys::find_name(&app.db, &event.account_id, &event.api_key_id).await?;
    let name = name.unwrap_or_default();
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin().await?;
    if !key_events::announce(&mut tx, &event.id, now_ms).await? {
        return Ok(());
    }
    let body = body_of_event(event, &name, &Time(event.at_ms).to_text()).to_string();
    webhooks::enqueue(&mut tx, &event.account_id, &body, now_ms).await?;
    tx.commit().await?;
    if app.mail.is_on() {
        for user in users::list_responsible(&app.db, &event.account_id, MAILS_MAX).await? {
            write_to(app, &user, event, &name);
        }
    }
    Ok(())
}

fn write_to(app: &Control, user: &User, event: &KeyEvent, key_name: &str) {
    let is_wanted = match event.kind {
        KeyEventKind::RotationDue => user.notifies_rotation,
        _ => user.notifies_security,
    };
    let Some(base_url) = app.config.accounts.public_url().filter(|_| is_wanted) else {
        return;
    };
    let language = user.language.as_deref();
    app.mail.send(Email {
        to: user.email.clone(),
        language: language.map_or(MailLanguage::English, MailLanguage::of_tag),
        topic: Topic::KeyEvent {
            link: format!("{base_url}/api-keys/{}", event.api_key_id),
            key: key_name.to_owned(),
            kind: event.kind,
            action: event.action,
            at: Time(event.at_ms).to_text(),
        },
    });
}
