//! The management API of operators.

pub(crate) mod accounts;
pub(crate) mod api_keys;
pub(crate) mod audit_log;
pub(crate) mod catalog;
pub(crate) mod credits;
pub(crate) mod deployment_tests;
pub(crate) mod deployments;
pub(crate) mod docs_feedback;
pub(crate) mod invites;
pub(crate) mod invoices;
pub(crate) mod management_keys;
pub(crate) mod models;
pub(crate) mod notices;
pub(crate) mod orders;
pub(crate) mod provider_checks;
pub(crate) mod provider_models;
pub(crate) mod provider_test;
pub(crate) mod providers;
pub(crate) mod redemption_codes;
pub(crate) mod requests;
pub(crate) mod routing;
pub(crate) mod servers;
pub(crate) mod system;
pub(crate) mod tiers;
pub(crate) mod usage;
pub(crate) mod users;
