use anyhow::bail;
use gateway::config::PublicUrl;
use serde::{Deserialize, Serialize};

use super::sign_in_providers::SignInProviderConfig;

const MINUTE_MS: i64 = 60_000;

/// `[accounts]`: who may sign up, and how long they stay signed in.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AccountsConfig {
    pub sign_up: SignUp,
    pub sign_up_tier: String,
    pub session_idle_minutes: i64,
    pub session_max_hours: i64,
    pub operator_session_idle_minutes: i64,
    pub operator_session_max_hours: i64,
    pub operators_need_two_factor: bool,
    pub attempts_burst: u32,
    pub attempts_per_hour: u32,
    pub address_attempts_burst: u32,
    pub address_attempts_per_hour: u32,
    pub sign_ups_burst: u32,
    pub sign_ups_per_hour: u32,
    pub public_url: String,
    pub sign_in_providers: Vec<SignInProviderConfig>,
}

/// The policy of sign-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SignUp {
    Open,
    Invite,
    Closed,
}

impl AccountsConfig {
    pub fn validate(&self) -> anyhow::Result<()> {
        for (name, value) in [
            ("session_idle_minutes", self.session_idle_minutes),
            ("session_max_hours", self.session_max_hours),
            (
                "operator_session_idle_minutes",
                self.operator_session_idle_minutes,
            ),
            (
                "operator_session_max_hours",
                self.operator_session_max_hours,
            ),
            ("attempts_burst", self.attempts_burst.into()),
            ("attempts_per_hour", self.attempts_per_hour.into()),
            ("address_attempts_burst", self.address_attempts_burst.into()),
            (
                "address_attempts_per_hour",
                self.address_attempts_per_hour.into(),
            ),
            ("sign_ups_burst", self.sign_ups_burst.into()),
            ("sign_ups_per_hour", self.sign_ups_per_hour.into()),
        ] {
            if !(1..=1_000_000).contains(&value) {
                bail!("accounts.{name} must be between 1 and 1000000");
            }
        }
        self.parsed_public_url()?;
        for provider in &self.sign_in_providers {
            provider.validate()?;
            let of_name = |other: &&SignInProviderConfig| other.name == provider.name;
            if self.sign_in_providers.iter().filter(of_name).count() > 1 {
                bail!("there are two sign-in providers called {}", provider.name);
            }
        }
        if !self.sign_in_providers.is_empty() && self.public_url().is_none() {
            bail!("sign-in providers need accounts.public_url: they send people back to it");
        }
        Ok(())
    }

    pub fn read_files(&mut self) -> anyhow::Result<()> {
        let mut providers = self.sign_in_providers.iter_mut();
        providers.try_for_each(SignInProviderConfig::read_files)
    }

    /// The idle timeout of a session.
    pub(crate) fn session_idle_ms(&self, is_operator: bool) -> i64 {
        MINUTE_MS
            * if is_operator {
                self.operator_session_idle_minutes
            } else {
                self.session_idle_minutes
            }
    }

    /// The longest lifetime of a session.
    pub(crate) fn session_max_ms(&self, is_operator: bool) -> i64 {
        60 * MINUTE_MS
            * if is_operator {
                self.operator_session_max_hours
            } else {
                self.session_max_hours
            }
    }

    /// The public address of this server, without a slash at the end; `None` if it is not configured.
    pub fn public_url(&self) -> Option<&str> {
        let url = self.public_url.trim().trim_end_matches('/');
        (!url.is_empty()).then_some(url)
    }

    /// The public address, taken apart.
    ///
    /// # Errors
    /// If it is no address that can be served.
    pub fn parsed_public_url(&self) -> anyhow::Result<PublicUrl> {
        PublicUrl::parse(&self.public_url)
    }
}
