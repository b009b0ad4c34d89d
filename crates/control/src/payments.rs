//! Payment providers: where credits are bought, and what is believed of what they say.
//!
//! [`PaymentProvider`] is the one seam. A provider says what happened in [`Facts`], which [`judge`] holds against the
//! order; nothing here moves credits (`docs/decisions/0066`).

mod calls;
mod epay;
mod facts;
mod judge;
mod money;
mod provider;
mod shop;
mod stripe;

pub(crate) use facts::{Facts, Notification, OrderName, PaymentState};
pub(crate) use judge::{Judgement, judge, mismatch};
pub(crate) use money::{decimal, exponent_of, share_of};
pub(crate) use provider::{Checkout, Delivery, DeliveryFault, ProviderFault, Reply, Told};
pub(crate) use shop::{PaymentProviders, Shop};
