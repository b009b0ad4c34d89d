//! `key check-format`: whether a text is a key of ours by its shape and checksum. For secret scanners and hooks: it
//! opens nothing and asks nobody.

use std::io::Read;

use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;
use store::secret::{SecretKind, is_client_token, is_well_formed};

use crate::cli::output::Printer;

/// Bytes that are read of standard input.
const INPUT_BYTES_MAX: u64 = 64 * 1024;

#[derive(Debug, Args)]
pub(in crate::cli) struct CheckFormat {
    /// The key. Better leave it out or write `-`, and send it to standard input: arguments end up in the shell's history.
    #[arg(value_name = "KEY | -")]
    key: Option<String>,
}

impl CheckFormat {
    pub(in crate::cli) fn run(self, output: Printer) -> anyhow::Result<()> {
        let text = match self.key {
            Some(key) if key != "-" => key,
            _ => read_input()?,
        };
        let kind = kind_of(text.trim());
        if kind.is_some() || output.is_json {
            output.object(&json!({ "valid": kind.is_some(), "kind": kind }));
        }
        if kind.is_none() {
            bail!("this is no key of Yunxin: its prefix, length or checksum is wrong");
        }
        Ok(())
    }
}

fn read_input() -> anyhow::Result<String> {
    let mut text = String::new();
    let mut input = std::io::stdin().take(INPUT_BYTES_MAX);
    let read = input.read_to_string(&mut text);
    read.context("cannot read standard input")?;
    Ok(text)
}

fn kind_of(text: &str) -> Option<&'static str> {
    if is_well_formed(text) {
        Some("api_key")
    } else if SecretKind::ManagementKey.is_shape_of(text) {
        Some("management_key")
    } else if is_client_token(text) {
        Some("client_token")
    } else {
        None
    }
}
