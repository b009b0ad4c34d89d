//! Identifiers: a prefix that says of what, and a `UUIDv7`, so that they sort by age.

use std::fmt;
use std::sync::{Arc, Mutex};

use aws_lc_rs::digest::{Context, SHA256};
use uuid::{ContextV7, Timestamp, Uuid};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// A new one.
            pub fn generate() -> Self {
                Self::of(Uuid::now_v7())
            }

            fn of(uuid: Uuid) -> Self {
                let mut text = [0u8; $prefix.len() + 32];
                text[..$prefix.len()].copy_from_slice($prefix.as_bytes());
                uuid.simple().encode_lower(&mut text[$prefix.len()..]);
                Self(String::from_utf8_lossy(&text).into())
            }

            /// The text, shared.
            pub fn shared(&self) -> &Arc<str> {
                &self.0
            }

            /// The text, prefix included.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        /// From a row or an argument. Unknown ids are found out by looking them up.
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

id!(
    /// A customer: the boundary of isolation.
    AccountId, "acct_"
);
id!(
    /// An API key, whatever its secret is at the moment.
    ApiKeyId, "key_"
);
id!(
    /// One request of a client's.
    RequestId, "req_"
);
id!(
    /// A person who signs in.
    UserId, "usr_"
);
id!(
    /// A signed-in browser.
    SessionId, "sess_"
);
id!(
    /// An invitation.
    InviteId, "inv_"
);
id!(
    /// Something that was noticed about an API key.
    KeyEventId, "kev_"
);
id!(
    /// A reader's feedback on a page of the documentation.
    DocsFeedbackId, "dfb_"
);
id!(
    /// An address that is told of what happens.
    WebhookId, "whk_"
);
id!(
    /// A message to a webhook, the same in every try.
    WebhookDeliveryId, "msg_"
);
id!(
    /// One place that serves one model.
    DeploymentId, "dep_"
);
id!(
    /// Something that operators are told of.
    OperatorNoticeId, "not_"
);
id!(
    /// A key for the management API.
    ManagementKeyId, "mkey_"
);
id!(
    /// An entry of the audit log.
    AuditEntryId, "aud_"
);
id!(
    /// A batch of codes that are worth credits.
    RedemptionBatchId, "rdb_"
);
id!(
    /// A code that is worth credits.
    RedemptionCodeId, "rdc_"
);
id!(
    /// A batch of requests.
    BatchId, "batch_"
);
id!(
    /// A response that is kept.
    ResponseId, "resp_"
);
id!(
    /// A file of an account.
    FileId, "file-"
);
id!(
    /// An entry of the ledger.
    LedgerEntryId, "led_"
);
id!(
    /// An order of credits at a payment provider.
    PaymentOrderId, "ord_"
);
id!(
    /// Something that a payment provider said.
    PaymentEventId, "pevt_"
);
id!(
    /// An invoice or a credit note.
    InvoiceId, "invc_"
);
id!(
    /// A refund of a paid order.
    PaymentRefundId, "rfd_"
);

/// Makes the ids of requests. They are told apart by the clock that their limits are counted by, so that the
/// log finds a request by its time.
#[derive(Debug)]
pub struct RequestIds(Mutex<ContextV7>);

impl Default for RequestIds {
    fn default() -> Self {
        Self(Mutex::new(ContextV7::new()))
    }
}

impl RequestIds {
    /// A new one, later in order than those before it.
    pub fn generate(&self, now_ms: i64) -> RequestId {
        let now_ms = now_ms.max(0).unsigned_abs();
        let nanos = u32::try_from(now_ms % 1_000).unwrap_or_default() * 1_000_000;
        RequestId::of(Uuid::new_v7(Timestamp::from_unix(
            &self.0,
            now_ms / 1_000,
            nanos,
        )))
    }
}

impl DeploymentId {
    /// The id of a deployment that has none of its own, such as one of a file: the same for the same `parts` in every
    /// process (`UUIDv8`, RFC 9562, of their SHA-256).
    pub fn of_parts(parts: [&str; 4]) -> Self {
        let mut hash = Context::new(&SHA256);
        for part in parts {
            // The length, so that no two lists of parts run together.
            hash.update(format!("{}:{part}", part.len()).as_bytes());
        }
        let digest = hash.finish();
        let mut bytes = [0; 16];
        for (byte, hashed) in bytes.iter_mut().zip(digest.as_ref()) {
            *byte = *hashed;
        }
        bytes[6] = bytes[6] & 0x0f | 0x80;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Self::of(Uuid::from_bytes(bytes))
    }
}

/// Hexadecimal digits of the milliseconds that an id begins with.
const TIME_DIGITS: usize = 12;

impl ResponseId {
    /// The id of the response to a request.
    pub fn of_request(id: &RequestId) -> Self {
        let digits = id.as_str().trim_start_matches("req_");
        Self::from(format!("resp_{digits}"))
    }

    /// The id that a client names; `None` if it can be none of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("resp_")?;
        let is_known = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_known.then(|| text.into())
    }
}

impl RequestId {
    /// The id of a line of a batch that is begun at `at_ms`: the same for the same `parts`. It may be sent again after
    /// a crash, and is accounted for once (`UUIDv8`, RFC 9562: the time, then of the SHA-256 of the parts).
    pub fn of_line(at_ms: i64, batch: &BatchId, line: u64, tries: u64) -> Self {
        let mut hash = Context::new(&SHA256);
        hash.update(format!("{batch}/{line}/{tries}").as_bytes());
        let digest = hash.finish();
        let mut bytes = [0; 16];
        for (byte, hashed) in bytes.iter_mut().zip(digest.as_ref()) {
            *byte = *hashed;
        }
        let millis = at_ms.clamp(0, (1 << 48) - 1).to_be_bytes();
        bytes[..6].copy_from_slice(&millis[2..]);
        bytes[6] = bytes[6] & 0x0f | 0x80;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Self::of(Uuid::from_bytes(bytes))
    }

    /// True for a line of a batch, whose request may be made more than once.
    pub fn may_repeat(&self) -> bool {
        let digits = self.0.strip_prefix("req_").unwrap_or_default();
        digits.as_bytes().get(TIME_DIGITS) == Some(&b'8')
    }

    /// Not after any id that is made at `at_ms` or later.
    pub fn first_at(at_ms: i64) -> Self {
        let millis = at_ms.clamp(0, (1 << 48) - 1);
        Self(format!("req_{millis:012x}{:020}", 0).into())
    }

    /// The time at which the id was made; `None` if it is none of ours.
    pub fn made_at_ms(&self) -> Option<i64> {
        let digits = self.0.strip_prefix("req_")?.get(..TIME_DIGITS)?;
        i64::from_str_radix(digits, 16).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::{BatchId, DeploymentId, RequestId, RequestIds};

    #[test]
    fn ids_of_requests_are_in_the_order_of_their_making_and_say_when() {
        let ids = RequestIds::default();
        let at_ms = 1_790_000_000_123;
        let made = [at_ms, at_ms, at_ms, at_ms + 1].map(|ms| ids.generate(ms));
        assert!(made.is_sorted());
        assert_eq!(made[0].made_at_ms(), Some(at_ms));
        assert!(RequestId::first_at(at_ms) <= made[0]);
        assert!(RequestId::first_at(at_ms + 1) > made[2]);
        assert_eq!(RequestId::from("req_x").made_at_ms(), None);
    }

    #[test]
    fn ids_of_lines_say_when_are_the_same_for_the_same_line_and_known_as_such() {
        let (batch, at_ms) = (BatchId::from("batch_1"), 1_790_000_000_123);
        let id = RequestId::of_line(at_ms, &batch, 1, 0);
        assert_eq!(id, RequestId::of_line(at_ms, &batch, 1, 0));
        assert!(id.may_repeat() && id.made_at_ms() == Some(at_ms));
        assert!(id >= RequestId::first_at(at_ms) && id < RequestId::first_at(at_ms + 1));
        for (line, tries) in [(1, 1), (2, 0), (10, 0)] {
            assert_ne!(RequestId::of_line(at_ms, &batch, line, tries), id);
        }
        assert!(!RequestIds::default().generate(at_ms).may_repeat());
    }

    #[test]
    fn the_id_of_parts_is_stable_and_tells_them_apart() {
        let id = DeploymentId::of_parts(["m", "p", "u", ""]);
        assert_eq!(id.as_str(), "dep_73434537426980998a9a86693c83b4cf");
        assert_eq!(&id.as_str()[16..17], "8");
        let others = [
            ["m", "p", "u", "eu"],
            ["m", "pu", "", ""],
            ["m", "p", "", "u"],
            ["mp", "", "u", ""],
        ];
        for parts in others {
            assert_ne!(DeploymentId::of_parts(parts), id, "{parts:?}");
        }
    }
}
