//! Codes that are worth credits: making batches of them, voiding those, and redeeming a code.

use serde_json::json;
use store::audit_log::Subject;
use store::ledger::{self, EntryKind, NewEntry};
use store::redemption_codes::{self, CodeState, NewCode, RedeemedCode, RedemptionBatch};
use store::secret::RedemptionCode;
use store::{AccountId, RedemptionBatchId, RedemptionCodeId};

use super::credits::{checked_amount, dollars};
use super::{CommandError, Commands, Note, checked_name};

/// Codes of one batch: they are shown in one response.
const CODES_MAX: u64 = 1_000;

/// A batch that is to be made.
#[derive(Debug, Clone)]
pub struct NewRedemptionBatch<'a> {
    pub name: &'a str,
    /// The worth of each code, in dollars.
    pub amount: &'a str,
    pub codes: u64,
    pub expires_at_ms: Option<i64>,
}

impl Commands<'_> {
    /// Makes a batch of codes. They are returned this once, and kept nowhere.
    ///
    /// # Errors
    /// If a value cannot be taken.
    pub async fn create_redemption_batch(
        &self,
        new: NewRedemptionBatch<'_>,
    ) -> Result<(RedemptionBatch, Vec<RedemptionCode>), CommandError> {
        let now_ms = self.clock.now_ms();
        if !(1..=CODES_MAX).contains(&new.codes) {
            let message = format!("A batch has 1 to {CODES_MAX} codes.");
            return Err(CommandError::invalid("codes", message));
        }
        if new.expires_at_ms.is_some_and(|end_ms| end_ms <= now_ms) {
            let message = "The codes would have expired already.";
            return Err(CommandError::invalid("expires_at", message));
        }
        let batch = RedemptionBatch {
            id: RedemptionBatchId::generate(),
            name: checked_name("name", new.name)?,
            amount_nanos: checked_amount(new.amount)?,
            codes: new.codes,
            created_by: self.actor.label.clone(),
            created_at_ms: now_ms,
            expires_at_ms: new.expires_at_ms,
            voided_at_ms: None,
        };
        let (mut codes, mut kept) = (Vec::new(), Vec::new());
        for _ in 0..new.codes {
            let code = RedemptionCode::generate()?;
            kept.push(NewCode {
                id: RedemptionCodeId::generate(),
                batch_id: batch.id.clone(),
                digest: self.master.pepper().digest(&code.reveal()),
                hint: code.hint(),
            });
            codes.push(code);
        }
        let mut tx = self.db.begin().await?;
        redemption_codes::insert(&mut tx, &batch, &kept).await?;
        let after = json!({
            "amount": dollars(batch.amount_nanos),
            "codes": batch.codes,
            "expires_at_ms": batch.expires_at_ms,
        });
        let note = note_of(&batch, "redemption_batch.created", Some(after));
        self.note(&mut tx, note).await?;
        tx.commit().await?;
        Ok((batch, codes))
    }

    /// Voids the codes of a batch that are not redeemed yet.
    ///
    /// # Errors
    /// If there is no such batch.
    pub(crate) async fn void_redemption_batch(
        &self,
        id: &RedemptionBatchId,
    ) -> Result<(RedemptionBatch, u64), CommandError> {
        let (batch, _) = redemption_codes::find(self.db, id).await?;
        let mut tx = self.db.begin().await?;
        if redemption_codes::void(&mut tx, id, self.clock.now_ms()).await? {
            let note = note_of(&batch, "redemption_batch.voided", None);
            self.note(&mut tx, note).await?;
            tx.commit().await?;
        }
        Ok(redemption_codes::find(self.db, id).await?)
    }

    /// Redeems a code for an account: its credits are there when this returns.
    ///
    /// # Errors
    /// If the text is no code that can be redeemed; the message says why.
    pub(crate) async fn redeem_code(
        &self,
        account_id: &AccountId,
        typed: &str,
    ) -> Result<RedeemedCode, CommandError> {
        let code = RedemptionCode::read(typed).ok_or_else(|| refused(CodeState::Unknown))?;
        let digest = self.master.pepper().digest(&code.reveal());
        let now_ms = self.clock.now_ms();
        let mut tx = self.db.begin().await?;
        self.require_active(&mut tx, account_id).await?;
        let redeemed = redemption_codes::redeem(&mut tx, digest, account_id, now_ms).await?;
        let redeemed = redeemed.map_err(refused)?;
        let entry = NewEntry {
            at_ms: now_ms,
            kind: EntryKind::Redemption,
            account_id: account_id.clone(),
            amount_nanos: redeemed.amount_nanos,
            reference: redeemed.id.to_string(),
            note: redeemed.hint.clone(),
        };
        let id = ledger::post(&mut tx, &entry).await?;
        let after = json!({ "amount": dollars(redeemed.amount_nanos) });
        let note = Note {
            account_id: Some(account_id),
            action: "credits.redeemed",
            subject: Subject {
                kind: "ledger_entry",
                id: id.to_string(),
                label: redeemed.hint.clone(),
            },
            before: None,
            after: Some(after),
        };
        self.note(&mut tx, note).await?;
        tx.commit().await?;
        Ok(redeemed)
    }
}

fn refused(state: CodeState) -> CommandError {
    let message = match state {
        CodeState::Unknown => "This is no code of ours. Check it, letter by letter.",
        CodeState::Used => "The code was redeemed already.",
        CodeState::Expired => "The code has expired.",
        CodeState::Voided => "The code was voided. Ask whoever gave it to you.",
    };
    CommandError::invalid("code", message)
}

fn note_of(
    batch: &RedemptionBatch,
    action: &'static str,
    after: Option<serde_json::Value>,
) -> Note<'static> {
    Note {
        account_id: None,
        action,
        subject: Subject {
            kind: "redemption_batch",
            id: batch.id.to_string(),
            label: batch.name.clone(),
        },
        before: None,
        after,
    }
}
