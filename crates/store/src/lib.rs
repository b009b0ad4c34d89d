//! The database, and nothing else.
//!
//! Each table has a file: the record, the insert, its queries. Every query is written once, in the SQL
//! that SQLite and PostgreSQL share, and runs through [`db`], the one file that names a driver.
//! Account data is asked for by [`AccountId`]; functions for operators say so in their names.

pub mod accounts;
pub mod api_keys;
pub mod audit_log;
pub mod auth_log;
pub mod batches;
pub mod budgets;
pub mod catalog;
pub mod db;
pub mod docs_feedback;
mod error;
pub mod error_rollups;
pub mod files;
mod id;
pub mod idempotency;
pub mod identities;
pub mod imports;
pub mod instance_metadata;
pub mod invites;
pub mod invoices;
pub mod kept_responses;
pub mod key_baselines;
pub mod key_event_reads;
pub mod key_events;
pub mod key_limits;
pub mod ledger;
pub mod limit_counts;
pub mod limit_override;
pub mod limit_sharing;
pub mod management_keys;
pub mod members;
mod migrations;
pub mod one_time_links;
pub mod operator_notices;
mod partial_rows;
mod pattern;
pub mod payments;
pub mod platform_rollups;
pub mod redemption_codes;
pub mod rights;
pub mod sealed;
pub mod second_factors;
pub mod secret;
pub mod servers;
pub mod sessions;
pub mod tiers;
pub mod usage_cursors;
pub mod usage_events;
pub mod usage_log;
pub mod usage_rollups;
pub mod users;
pub mod webhooks;

pub use db::{Db, Tx};
pub use error::StoreError;
pub use id::{
    AccountId, ApiKeyId, AuditEntryId, BatchId, DeploymentId, DocsFeedbackId, FileId, InviteId,
    InvoiceId, KeyEventId, LedgerEntryId, ManagementKeyId, OperatorNoticeId, PaymentEventId,
    PaymentOrderId, PaymentRefundId, RedemptionBatchId, RedemptionCodeId, RequestId, RequestIds,
    ResponseId, SessionId, UserId, WebhookDeliveryId, WebhookId,
};
pub use partial_rows::PartialRows;
