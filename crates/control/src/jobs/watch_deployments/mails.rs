//! The mails of notices. They are in the queue of this process, so a notice is mailed only once they are sent or given up:
//! until then its row says who is at it, and another process begins anew where that one is gone.

use store::operator_notices::{self, OperatorNotice, Told};
use store::users::{self, User};
use store::{OperatorNoticeId, StoreError};
use tokio::sync::oneshot;
use tokio::sync::oneshot::error::TryRecvError;

use super::TOLD_MAX;
use crate::api::time::Time;
use crate::mail::{Email, MailLanguage, NoticeText, Topic};
use crate::operator_notices::label;
use crate::state::Control;

/// The time for which a process takes the mails of a notice, and after which it says that it still has them.
const CLAIMED_MS: i64 = 60_000;
const CLAIMED_AGAIN_MS: i64 = 20_000;

/// The mails that are in the queue of this process.
#[derive(Default)]
pub(super) struct Mails(Vec<Mailing>);

/// The mails of one notice.
struct Mailing {
    id: OperatorNoticeId,
    part: Told,
    claimed_at_ms: i64,
    pending: Vec<oneshot::Receiver<()>>,
    /// The queue took every mail, and none was lost in it.
    is_whole: bool,
}

impl Mails {
    /// Writes down what was sent, and sends what no process is at.
    pub(super) async fn round(&mut self, app: &Control, now_ms: i64) -> Result<(), StoreError> {
        self.settle(app, now_ms).await?;
        for (notice, part) in operator_notices::list_unmailed(&app.db, now_ms, TOLD_MAX).await? {
            let is_ours = self.0.iter().any(|one| one.id == notice.id);
            if !is_ours && claim(app, &notice.id, now_ms, false).await? {
                let mailing = begin(app, &notice, part, now_ms).await?;
                self.0.push(mailing);
            }
        }
        Ok(())
    }

    async fn settle(&mut self, app: &Control, now_ms: i64) -> Result<(), StoreError> {
        for mailing in &mut self.0 {
            mailing.look();
            if mailing.is_done() && mailing.is_whole {
                let mut tx = app.db.begin().await?;
                operator_notices::note_mailed(&mut tx, &mailing.id, mailing.part, now_ms).await?;
                tx.commit().await?;
            } else if !mailing.is_done() && now_ms - mailing.claimed_at_ms >= CLAIMED_AGAIN_MS {
                claim(app, &mailing.id, now_ms, true).await?;
                mailing.claimed_at_ms = now_ms;
            }
        }
        // What was lost is begun anew when the claim is over.
        self.0.retain(|mailing| !mailing.is_done());
        Ok(())
    }
}

impl Mailing {
    fn look(&mut self) {
        let mut is_whole = self.is_whole;
        self.pending.retain_mut(|done| match done.try_recv() {
            Ok(()) => false,
            Err(TryRecvError::Empty) => true,
            Err(TryRecvError::Closed) => {
                is_whole = false;
                false
            }
        });
        self.is_whole = is_whole;
    }

    fn is_done(&self) -> bool {
        self.pending.is_empty()
    }
}

async fn claim(
    app: &Control,
    id: &OperatorNoticeId,
    now_ms: i64,
    is_held: bool,
) -> Result<bool, StoreError> {
    let mut tx = app.db.begin().await?;
    let times = (now_ms, now_ms + CLAIMED_MS);
    let is_claimed = operator_notices::claim_mailing(&mut tx, id, times, is_held).await?;
    tx.commit().await?;
    Ok(is_claimed)
}

async fn begin(
    app: &Control,
    notice: &OperatorNotice,
    part: Told,
    now_ms: i64,
) -> Result<Mailing, StoreError> {
    let users = users::list_operators(&app.db, TOLD_MAX).await?;
    let mails = users
        .iter()
        .filter_map(|user| mail_to(app, user, notice, part));
    let queued: Vec<_> = mails.map(|mail| app.mail.send_and_tell(mail)).collect();
    Ok(Mailing {
        id: notice.id.clone(),
        part,
        claimed_at_ms: now_ms,
        is_whole: !app.mail.is_on() || queued.iter().all(Option::is_some),
        pending: queued.into_iter().flatten().collect(),
    })
}

fn mail_to(app: &Control, user: &User, notice: &OperatorNotice, part: Told) -> Option<Email> {
    let base_url = app.config.accounts.public_url()?;
    let language = user.language.as_deref();
    let at_ms = match part {
        Told::Beginning => notice.began_at_ms,
        Told::End => notice.ended_at_ms.unwrap_or(notice.seen_at_ms),
    };
    Some(Email {
        to: user.email.clone(),
        language: language.map_or(MailLanguage::English, MailLanguage::of_tag),
        topic: Topic::OperatorNotice {
            link: format!("{base_url}/operator/deployments"),
            notice: NoticeText {
                kind: notice.kind,
                label: label(notice),
                is_over: part == Told::End,
                at: Time(at_ms).to_text(),
            },
        },
    })
}
