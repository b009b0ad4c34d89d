//! Orders of credits at payment providers, what the providers said of them, and refunds.
//!
//! An order is bound: what is bought, where, for how much and for whom is written once. What changes is how it stands,
//! and who changes that locks its row first ([`lock`]) and moves the credits in the same transaction.

mod events;
mod orders;
mod refunds;
mod verdict;

pub use events::{
    EventFilter, EventSource, NewPaymentEvent, PaymentEvent, append_event, count_refused_events,
    is_known_event, list_events, list_events_of,
};
pub use orders::{
    NewPaymentOrder, OrderFilter, OrderStatus, PaymentOrder, claim, count_open, find_by_payment,
    find_order, find_order_and_account, insert_order, is_payment_taken, list_due, list_orders,
    lock, write_order,
};
pub use refunds::{
    PaymentRefund, RefundStatus, insert_refund, list_pending_refunds, list_refunds_of,
    settle_refund,
};
pub use verdict::Verdict;
