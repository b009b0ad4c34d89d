//! Verdicts on what payment providers say.

use crate::db::word_enum;

word_enum!(
    /// The thing that was made of an event.
    Verdict {
        /// The order is paid, and its credits are there.
        Credited = "credited",
        /// The order was said to be paid before.
        Repeated = "repeated",
        /// The buyer has paid, and the money is not there yet.
        Processing = "processing",
        /// The order is not paid.
        NotPaid = "not_paid",
        /// The payment failed.
        Failed = "failed",
        /// The checkout has expired.
        Expired = "expired",
        /// Money went back, and the credits that were left of it.
        Refunded = "refunded",
        /// The payer's bank took the money back.
        Disputed = "disputed",
        /// The provider's signature is missing, wrong or too old.
        BadSignature = "bad_signature",
        /// The event names no order of ours.
        UnknownOrder = "unknown_order",
        /// More or less was paid than the order is for.
        WrongAmount = "wrong_amount",
        /// Another currency was paid.
        WrongCurrency = "wrong_currency",
        /// The event is of another account than the order.
        WrongAccount = "wrong_account",
        /// Another method was used than the order is for.
        WrongMethod = "wrong_method",
        /// The order was made at another provider.
        WrongProvider = "wrong_provider",
        /// The event is of another merchant.
        WrongMerchant = "wrong_merchant",
        /// The order had expired or failed when it was paid.
        Late = "late",
        /// A second payment came for an order that is paid.
        PaidTwice = "paid_twice",
        /// The payment pays another order already.
        ReferenceUsed = "reference_used",
        /// The provider, asked, does not say what its message says.
        NotConfirmed = "not_confirmed",
        /// The balance cannot be as high as that.
        BalanceFull = "balance_full",
    }
);

impl Verdict {
    /// Returns whether an operator should look at it: money may be where it should not be.
    pub fn needs_attention(self) -> bool {
        !matches!(
            self,
            Self::Credited
                | Self::Repeated
                | Self::Processing
                | Self::NotPaid
                | Self::Failed
                | Self::Expired
                | Self::Refunded
        )
    }
}
