//! The news of budgets, handed on to the account as key events.

use crate::budgets::BudgetAlert;
use crate::keys::{CachedKey, KeySignal, KeySignalKind};
use crate::state::Gateway;

/// Hands on what is news for the account. A signal that finds no room comes again after the next start.
pub(super) fn tell(app: &Gateway, key: &CachedKey, news: impl IntoIterator<Item = BudgetAlert>) {
    for alert in news {
        let signal = KeySignal {
            account_id: key.account_id().clone(),
            api_key_id: key.id().clone(),
            at_ms: app.clock.now_ms(),
            kind: KeySignalKind::Budget(Box::new(alert)),
        };
        let _ = app.keys.signals.push(signal);
    }
}
