//! A database with very many keys: the rows of the one real key, copied with other ids and secrets.

use std::time::Duration;

use anyhow::{Context, Result};
use tokio::process::Command;

use crate::command;
use crate::gateway::Gateway;

const INSERT: &str = include_str!("many_keys.py");
const LIMIT: Duration = Duration::from_secs(600);

pub(crate) async fn insert(gateway: &Gateway, count: u32) -> Result<()> {
    println!("inserting {count} keys");
    let mut python = Command::new("python3");
    python
        .args(["-c", INSERT])
        .arg(gateway.database_file())
        .arg(count.to_string())
        .arg(&gateway.key);
    command::output(python, LIMIT)
        .await
        .context("cannot insert keys (python3 with its sqlite3 module is needed)")?;
    Ok(())
}
