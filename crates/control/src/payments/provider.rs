//! The seam between orders and those who take the money.

use std::fmt::Debug;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{HeaderMap, Method, StatusCode};
use store::payments::{PaymentOrder, PaymentRefund};

use super::facts::{Facts, Notification};

/// A checkout that is to be opened for an order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Checkout<'a> {
    pub order: &'a PaymentOrder,
    /// The name of what is bought, on the page of the provider.
    pub title: &'a str,
    /// The address of this server, without a slash at the end.
    pub public_url: &'a str,
    pub now_ms: i64,
}

/// A checkout that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Created {
    /// The provider's id of it, if it gave one.
    pub checkout_ref: Option<String>,
    /// The page on which the buyer pays.
    pub url: String,
}

/// A request of a provider's, as it came.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Delivery<'a> {
    pub method: &'a Method,
    /// The query of the address, encoded.
    pub query: &'a str,
    pub headers: &'a HeaderMap,
    pub body: &'a Bytes,
    pub now_ms: i64,
}

/// The reason why a request is not believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DeliveryFault {
    /// The protocol has no such method.
    WrongMethod,
    /// The signature is missing, wrong or too old; the order that it names, if it names one.
    BadSignature {
        detail: &'static str,
        order_id: Option<String>,
    },
    /// The signature is right, and the rest cannot be read.
    Unreadable,
}

/// The response to a request of a provider's, as its protocol asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reply {
    pub status: StatusCode,
    pub content_type: &'static str,
    pub body: &'static str,
}

/// The facts that a provider told when it was asked, and its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub facts: Facts,
    pub raw: String,
}

/// The reason why a provider did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderFault {
    /// Nothing is known of what it did.
    #[error("the payment provider did not respond: {0}")]
    Unavailable(String),
    /// The provider did nothing, and will not.
    #[error("the payment provider refused: {0}")]
    Refused(String),
    /// Its protocol has no way to ask for that.
    #[error("the payment provider cannot be asked for that")]
    Unsupported,
}

/// A payment provider. All of it may be repeated: orders and refunds carry ids by which a second request is known.
pub(crate) trait PaymentProvider: Debug + Send + Sync {
    /// Opens a checkout.
    fn create<'a>(
        &'a self,
        checkout: Checkout<'a>,
    ) -> BoxFuture<'a, Result<Created, ProviderFault>>;

    /// Verifies a request: who signed it, and when.
    ///
    /// # Errors
    /// If it is not believed.
    fn verify(&self, delivery: Delivery<'_>) -> Result<Notification, DeliveryFault>;

    /// Asks how an order stands: this is what credits follow.
    fn query<'a>(
        &'a self,
        order: &'a PaymentOrder,
        now_ms: i64,
    ) -> BoxFuture<'a, Result<Told, ProviderFault>>;

    /// Closes a checkout that nobody may pay any more.
    fn close<'a>(
        &'a self,
        order: &'a PaymentOrder,
        now_ms: i64,
    ) -> BoxFuture<'a, Result<(), ProviderFault>>;

    /// Pays money back.
    fn refund<'a>(
        &'a self,
        order: &'a PaymentOrder,
        refund: &'a PaymentRefund,
        now_ms: i64,
    ) -> BoxFuture<'a, Result<String, ProviderFault>>;

    /// Returns whether it can be asked how an order stands.
    fn can_query(&self) -> bool;

    /// Returns whether it can be asked to pay money back.
    fn can_refund(&self) -> bool;

    /// The response to a message that was received and kept.
    fn taken(&self) -> Reply;

    /// The response to one that was not: with `is_our_fault` it is to be sent again.
    fn not_taken(&self, is_our_fault: bool) -> Reply;
}
