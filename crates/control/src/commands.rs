//! Commands: state-changing operations, checked, written together with their entry in the audit log, and complete
//! when they hold in every server. The management API and the command line both come here.

mod accounts;
mod api_keys;
mod budgets;
mod catalog;
mod credits;
mod edit;
mod error;
mod identities;
mod imports;
mod invites;
mod invoices;
mod key_events;
mod key_limits;
mod leaks;
mod links;
mod management_keys;
mod members;
mod names;
mod orders;
mod redemption_codes;
mod restore;
mod sessions;
mod sign_up;
mod tiers;
mod two_factor;
mod users;
mod webhooks;

use gateway::catalog::Sources;
use gateway::clock::Clock;
use gateway::keys::{Keys, wait_until_applied};
use serde_json::Value;
use store::audit_log::{self, Actor, Change, Subject};
use store::sealed::MasterKey;
use store::{AccountId, Db, Tx};

use crate::config::{AccountsConfig, InvoicesConfig};

pub(crate) use accounts::checked_email;
pub use accounts::{AccountEdit, LIMIT_MAX};
pub(crate) use api_keys::ApiKeyEdit;
pub use api_keys::{NewApiKey, api_key_status};
pub(crate) use edit::Edit;
pub use error::CommandError;
pub(crate) use identities::ProviderSignIn;
pub use imports::{ImportedAccount, ImportedApiKey};
pub(crate) use invites::NewInvite;
pub use key_events::{NewKeyEvent, watcher};
pub use leaks::Leak;
pub(crate) use leaks::Leaked;
pub use links::MadeLink;
pub(crate) use management_keys::NewManagementKey;
pub(crate) use names::checked_name;
pub(crate) use orders::{Acknowledged, NewOrder, NewRefund, can_request_refund, cashier};
pub use redemption_codes::NewRedemptionBatch;
pub use sessions::Browser;
pub(crate) use sessions::NewSession;
pub(crate) use sign_up::NewPerson;
pub(crate) use users::ProfileEdit;
pub use users::RightsEdit;
pub(crate) use webhooks::{WEBHOOKS_MAX, WebhookEdit};

/// The commands of an actor, with what they need.
#[derive(Debug, Clone, Copy)]
pub struct Commands<'a> {
    pub db: &'a Db,
    pub clock: &'a Clock,
    pub master: &'a MasterKey,
    pub sources: &'a Sources,
    pub accounts: &'a AccountsConfig,
    pub invoices: &'a InvoicesConfig,
    /// The keys in this server's memory; the command line has none.
    pub keys: Option<&'a Keys>,
    pub actor: &'a Actor,
}

/// The audit log's note of a change, besides its author.
struct Note<'a> {
    account_id: Option<&'a AccountId>,
    action: &'static str,
    subject: Subject,
    before: Option<Value>,
    after: Option<Value>,
}

impl Commands<'_> {
    async fn note(&self, tx: &mut Tx, note: Note<'_>) -> Result<(), CommandError> {
        let change = Change {
            at_ms: self.clock.now_ms(),
            account_id: note.account_id,
            actor: self.actor,
            action: note.action,
            subject: note.subject,
            before: note.before,
            after: note.after,
        };
        Ok(audit_log::append(tx, &change).await?)
    }

    /// Commits. A change of rights is in the record beside the database when its author is answered: a backup that is
    /// restored the moment after must not revive what was taken. Nothing of it is cached, so other servers need no wait.
    async fn commit(&self, tx: impl Into<Tx>) -> Result<(), CommandError> {
        let tx = tx.into();
        let Some(seq) = tx.auth_seq() else {
            return Ok(tx.commit().await?);
        };
        let Some(keys) = self.keys else {
            return self.commit_and_propagate(tx, seq).await;
        };
        tx.commit().await?;
        keys.wait_until_applied_here(seq).await;
        Ok(())
    }

    /// Commits, and returns when every server acts on line `seq` of the auth log.
    async fn commit_and_propagate(&self, tx: impl Into<Tx>, seq: i64) -> Result<(), CommandError> {
        tx.into().commit().await?;
        let propagated = match self.keys {
            Some(keys) => keys.wait_until_applied(seq).await,
            None => wait_until_applied(self.db, self.clock, seq).await,
        };
        propagated.map_err(CommandError::NotPropagated)
    }
}
