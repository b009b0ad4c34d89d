use gateway::config::AccessLog;
use serde::{Deserialize, Serialize};

/// `[telemetry]`: what is logged.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TelemetryConfig {
    pub log_level: String,
    pub log_format: LogFormat,
    pub access_log: AccessLog,
}

/// The format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Json,
    Text,
}

/// Permits colours on a terminal, but not where `NO_COLOR` is set (no-color.org), and
/// not to a terminal that calls itself dumb.
pub fn terminal_takes_colours(is_terminal: bool) -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    is_terminal && !is_set("NO_COLOR") && !is_dumb
}
