use anyhow::bail;
use serde::{Deserialize, Serialize};

use super::origins::is_of_program;

/// `[browsers]`: what pages may do, and the windows of programs.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BrowsersConfig {
    pub secret_keys: SecretKeysInBrowsers,
    pub program_origins: Vec<String>,
}

/// The policy for requests of browsers with the secret of an API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SecretKeysInBrowsers {
    /// Refuse it, and tell the key's account.
    Refuse,
    /// Serve it, and let any page read the response (CORS).
    Allow,
}

impl BrowsersConfig {
    /// True for the origin of a program's window that is allowed to use keys.
    pub fn is_program(&self, origin: &str) -> bool {
        is_of_program(origin)
            && self
                .program_origins
                .iter()
                .any(|entry| matches(entry, origin))
    }

    pub fn validate(&self) -> anyhow::Result<()> {
        for entry in &self.program_origins {
            let sample = entry.replace('*', "x");
            if entry != "*" && !is_of_program(&sample) {
                bail!(
                    "browsers.program_origins: {entry:?} is no origin of a program, such as app://obsidian.md, vscode-webview://* or http://tauri.localhost; web pages carry client tokens"
                );
            }
        }
        Ok(())
    }
}

/// Matches an origin against an entry: equal, or a prefix if the entry ends with a star.
fn matches(entry: &str, origin: &str) -> bool {
    match entry.strip_suffix('*') {
        Some(start) => origin.starts_with(start),
        None => entry == origin,
    }
}
