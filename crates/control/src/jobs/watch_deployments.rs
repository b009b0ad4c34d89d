//! Watches how deployments and queues stand, writes down what operators are to know, and tells them: in the Dashboard, by
//! mail, and by the webhooks of their accounts. What goes on is told once, and so is its end.

mod mails;

use std::collections::HashMap;
use std::time::Duration;

use store::operator_notices::{self, NoticeKind, OperatorNotice, Told};
use store::{OperatorNoticeId, StoreError, members, webhooks};
use tokio_util::sync::CancellationToken;

use crate::api::time::Time;
use crate::operator_notices::{Condition, Sheds, conditions, message};
use crate::state::{Control, ControlState};
use mails::Mails;

const EVERY: Duration = Duration::from_secs(1);
/// A notice has ended when no server saw it for so long: a breaker that opens again at once is no new one.
const UNSEEN_MS: i64 = 60_000;
/// The time after which it is written again that a notice holds.
const SEEN_EVERY_MS: i64 = 20_000;
/// A notice that comes back within this time is shown and not told again.
const TOLD_EVERY_MS: i64 = 3_600_000;
/// Notices of one round, and operators and accounts that are told.
const TOLD_MAX: u32 = 100;

/// The conditions that were written down, and when.
#[derive(Default)]
struct Watch {
    seen: HashMap<(NoticeKind, String), i64>,
    sheds: Sheds,
    mails: Mails,
}

pub(super) async fn run(app: ControlState, stop: CancellationToken) {
    let mut watch = Watch::default();
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
        if let Err(error) = round(&app, &mut watch).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "notices for operators could not be written or told; trying again"
            );
        }
    }
}

async fn round(app: &Control, watch: &mut Watch) -> Result<(), StoreError> {
    let now_ms = app.clock.now_ms();
    let found = conditions(&app.gateway.catalog.load(), &mut watch.sheds);
    for condition in found {
        let key = (condition.kind, condition.subject.clone());
        let written = watch.seen.get(&key);
        if written.is_none_or(|at_ms| now_ms - at_ms >= SEEN_EVERY_MS) {
            write_down(app, condition, now_ms).await?;
            watch.seen.insert(key, now_ms);
        }
    }
    watch.seen.retain(|_, at_ms| now_ms - *at_ms < UNSEEN_MS);
    let unseen_since_ms = now_ms - UNSEEN_MS;
    // Most rounds have nothing to write.
    if operator_notices::has_unseen(&app.db, unseen_since_ms).await? {
        let mut tx = app.db.begin().await?;
        operator_notices::end_unseen(&mut tx, unseen_since_ms, now_ms).await?;
        tx.commit().await?;
    }
    for (notice, part) in operator_notices::list_untold(&app.db, TOLD_MAX).await? {
        tell(app, &notice, part).await?;
    }
    watch.mails.round(app, now_ms).await
}

async fn write_down(app: &Control, condition: Condition, now_ms: i64) -> Result<(), StoreError> {
    let notice = OperatorNotice {
        id: OperatorNoticeId::generate(),
        kind: condition.kind,
        subject: condition.subject,
        facts: condition.facts,
        began_at_ms: now_ms,
        seen_at_ms: now_ms,
        ended_at_ms: None,
    };
    let mut tx = app.db.begin().await?;
    if !operator_notices::open(&mut tx, &notice).await? {
        operator_notices::see(&mut tx, notice.kind, &notice.subject, now_ms).await?;
    }
    tx.commit().await
}

/// The messages to webhooks are kept together with the note that it was told; its mails are sent from then on.
async fn tell(app: &Control, notice: &OperatorNotice, part: Told) -> Result<(), StoreError> {
    let now_ms = app.clock.now_ms();
    let accounts = members::accounts_of_operators(&app.db, TOLD_MAX).await?;
    let at_ms = match part {
        Told::Beginning => notice.began_at_ms,
        Told::End => notice.ended_at_ms.unwrap_or(now_ms),
    };
    let at = Time(at_ms).to_text();
    let mut tx = app.db.begin().await?;
    if !operator_notices::tell(&mut tx, &notice.id, part, now_ms).await? {
        return Ok(());
    }
    let since_ms = notice.began_at_ms - TOLD_EVERY_MS;
    let is_repeated = operator_notices::has_earlier(&mut tx, notice, since_ms).await?;
    if !is_repeated {
        let body = message(notice, part, &at).to_string();
        for account in &accounts {
            webhooks::enqueue(&mut tx, account, &body, now_ms).await?;
        }
    }
    if is_repeated || !app.mail.is_on() {
        operator_notices::note_mailed(&mut tx, &notice.id, part, now_ms).await?;
    }
    tx.commit().await
}
