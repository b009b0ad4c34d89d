//! Budgets: the most that a key or an account may spend in a window, in nano-dollars.
//!
//! A request reserves its quote from its admission on and is settled at its charge, under one lock, so that requests at
//! the same time never spend more than there is together. What was spent before the process began is read from the sums
//! in the database, by the task that writes them: it knows which charges are in them already (`docs/decisions/0056`).

mod alert;
mod book;
mod exceeded;
mod hold;
mod registry;
mod spend;
mod status;
mod window;

pub use alert::BudgetAlert;
pub use book::statuses_of;
pub use exceeded::BudgetExceeded;
pub use hold::{BudgetHold, Lines, Settled};
pub use registry::{Budgets, NotReady, SpendOwner};
pub use spend::Spend;
pub use status::{BudgetSource, BudgetStatus};
pub use window::spent_since;

#[cfg(test)]
mod tests;
