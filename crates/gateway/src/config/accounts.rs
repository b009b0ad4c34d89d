use anyhow::bail;
use serde::{Deserialize, Serialize};

/// `[accounts]`: who may sign up, and how long they stay signed in.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AccountsConfig {
    pub sign_up: SignUp,
    pub sign_up_tier: String,
    pub session_idle_minutes: i64,
    pub session_max_hours: i64,
    pub public_url: String,
}

/// Who may sign up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SignUp {
    Open,
    Invite,
    Closed,
}

impl AccountsConfig {
    pub(super) fn validate(&self) -> anyhow::Result<()> {
        if self.session_idle_minutes < 1 || self.session_max_hours < 1 {
            bail!(
                "accounts.session_idle_minutes and accounts.session_max_hours must be at least 1"
            );
        }
        let url = &self.public_url;
        if !url.is_empty() && !url.starts_with("https://") && !url.starts_with("http://") {
            bail!("accounts.public_url must begin with https:// (or http:// on loopback)");
        }
        Ok(())
    }
}
