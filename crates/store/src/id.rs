//! Identifiers: a prefix that says of what, and a `UUIDv7`, so that they sort by age.

use std::fmt;
use std::sync::Arc;

use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// A new one.
            pub fn generate() -> Self {
                let mut text = [0u8; $prefix.len() + 32];
                text[..$prefix.len()].copy_from_slice($prefix.as_bytes());
                Uuid::now_v7().simple().encode_lower(&mut text[$prefix.len()..]);
                Self(String::from_utf8_lossy(&text).into())
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
    /// A key for the management API.
    ManagementKeyId, "mkey_"
);
id!(
    /// An entry of the audit log.
    AuditEntryId, "aud_"
);
