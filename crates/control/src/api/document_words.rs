//! The words that strings of requests and responses are one of, as the document says them. The strings themselves come from
//! the enums of the rooms below, which know of no document; the walks hold responses against these.

#![expect(dead_code, reason = "only the document says these words")]

use utoipa::ToSchema;

#[derive(Debug, ToSchema)]
#[schema(rename_all = "lowercase")]
pub(crate) enum Theme {
    Light,
    Dark,
    System,
}

#[derive(Debug, ToSchema)]
pub(crate) enum Language {
    #[schema(rename = "en")]
    English,
    #[schema(rename = "zh-CN")]
    SimplifiedChinese,
    #[schema(rename = "zh-TW")]
    TraditionalChinese,
}

/// The policy of sign-up.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "lowercase")]
pub(crate) enum SignUpPolicy {
    Open,
    Invite,
    Closed,
}

#[derive(Debug, ToSchema)]
#[schema(rename_all = "lowercase")]
pub(crate) enum OrderStatusName {
    Open,
    Processing,
    Paid,
    Expired,
    Failed,
    Refunded,
    Disputed,
}

#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum InvoiceKindName {
    Invoice,
    CreditNote,
}

#[derive(Debug, ToSchema)]
#[schema(rename_all = "lowercase")]
pub(crate) enum ApiKeyStatus {
    Active,
    Expiring,
    Expired,
    Revoked,
}

/// The action taken on a key after an anomaly.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "lowercase")]
pub(crate) enum QuarantineState {
    Throttled,
    Frozen,
}

#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum LimitResource {
    RequestsPerMinute,
    TokensPerMinute,
    RequestsPerDay,
}

/// The length of the steps of usage over time.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "lowercase")]
pub(crate) enum UsageStep {
    Minute,
    Hour,
    Day,
}

/// The reason why an account cannot call a model: its tier is too low, or no deployment serves it.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum UnavailableReason {
    Tier,
    NoDeployment,
}

/// The kind of the actor of a change.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum ActorKind {
    User,
    ManagementKey,
    Cli,
    System,
}

/// The origin of a part of the catalogue; only those of the database can be edited by the API.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "lowercase")]
pub(crate) enum Origin {
    File,
    Database,
    Sandbox,
}

/// The health of a deployment by its last attempt; idle: there was none.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "lowercase")]
pub(crate) enum HealthState {
    Idle,
    Healthy,
    Failing,
}
