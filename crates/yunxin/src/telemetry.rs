//! Logs. What is never logged: keys, prompts, completions, emails, whole headers.

use std::io::IsTerminal;

use anyhow::Context;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{LogFormat, TelemetryConfig, terminal_takes_colours};

/// Begins to log, to standard error. Colours (ANSI escape codes) are for terminals only: a file, a pipe and journald
/// keep the text plain.
///
/// # Errors
/// If the level is not one, or logging has begun already.
pub(crate) fn start_logging(config: &TelemetryConfig) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.log_level).context("telemetry.log_level")?;
    let layer = fmt::layer()
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(terminal_takes_colours(std::io::stderr().is_terminal()));
    let registry = tracing_subscriber::registry().with(filter);
    match config.log_format {
        LogFormat::Json => registry.with(layer.json().flatten_event(true)).try_init(),
        LogFormat::Text => registry.with(layer).try_init(),
    }
    .context("logging")
}
