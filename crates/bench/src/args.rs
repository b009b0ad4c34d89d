use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::case::Case;

/// Measure Yunxin beside nginx in the same run.
#[derive(Debug, Parser)]
#[command(name = "bench", args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    /// The gateway's binary; without it only nginx is measured, before a stub in place of the sandbox
    #[arg(long, value_name = "FILE")]
    pub(crate) yunxin: Option<PathBuf>,
    /// Runs of 3 seconds in place of 15: for trying it out, not for figures to keep
    #[arg(long)]
    pub(crate) quick: bool,
    /// Folder for bench.json and bench.md
    #[arg(long, value_name = "DIR", default_value = "bench-results")]
    pub(crate) out: PathBuf,
    /// Only these cases
    #[arg(long, value_enum, value_delimiter = ',', value_name = "CASE,..")]
    pub(crate) only: Vec<Case>,
    /// Keys of the large database; 0 leaves it out
    #[arg(long, value_name = "COUNT", default_value_t = 1_000_000)]
    pub(crate) many_keys: u32,
    /// Repetitions of a run that other programs disturbed
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    pub(crate) repeats: u32,
    /// This process is on core 1 already
    #[arg(long, hide = true)]
    pub(crate) pinned: bool,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Count instructions and allocations, and hold them against what is expected
    Counts {
        /// The gateway's binary
        #[arg(long, value_name = "FILE")]
        yunxin: PathBuf,
        /// The counts that are expected of it
        #[arg(long, value_name = "FILE")]
        expected: PathBuf,
        /// Write that file in place of reading it
        #[arg(long)]
        renew: bool,
    },
    /// Serve a stub in place of the sandbox
    #[command(hide = true)]
    Stub {
        #[arg(long)]
        listen: SocketAddr,
    },
}
