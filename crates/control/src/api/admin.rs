//! The management API of operators.

pub mod accounts;
pub mod api_keys;
pub mod audit_log;
pub mod catalog;
pub mod credits;
pub mod deployment_tests;
pub mod deployments;
pub mod docs_feedback;
pub mod invites;
pub mod management_keys;
pub mod models;
pub mod notices;
pub mod orders;
pub mod provider_checks;
pub mod provider_models;
pub mod provider_test;
pub mod providers;
pub mod redemption_codes;
pub mod requests;
pub mod routing;
pub mod servers;
pub mod system;
pub mod tiers;
pub mod usage;
pub mod users;
