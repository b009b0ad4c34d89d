//! Measures Yunxin beside nginx in the same run: CPU per request and per chunk, added latency, memory, start.
//!
//! What is measured runs alone on core 0; the provider and this process, which is the load generator, share core 1.
//! The gates are those of the table in `gates.rs`. Only ratios carry over from one machine to another.
#![expect(clippy::print_stdout, reason = "the table is what the program is for")]
#![expect(clippy::disallowed_methods, reason = "a stopwatch reads the clock")]

mod args;
mod callgrind;
mod case;
mod cases;
mod command;
mod disturbance;
mod gates;
mod gateway;
mod load;
mod many_keys;
mod nginx;
mod pin;
mod plan;
mod process;
mod procfs;
mod prompt;
mod provider;
mod quick;
mod report;
mod setup;
mod stats;
mod stub;

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

use crate::args::{Args, Command};

fn main() -> Result<ExitCode> {
    let args = Args::parse();
    let pinned_already = args.pinned || args.command.is_some();
    if !pinned_already {
        return Err(pin::restart_on_core_1()?);
    }
    pin::raise_open_files_limit()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match &args.command {
            Some(Command::Stub { listen }) => {
                stub::serve(*listen, None).await.map(|()| ExitCode::SUCCESS)
            }
            Some(Command::Counts {
                yunxin,
                expected,
                renew,
            }) => {
                let is_good = until_signal(quick::run(yunxin, expected, *renew)).await?;
                Ok(exit_code(is_good))
            }
            None => until_signal(run(&args)).await,
        }
    })
}

async fn run(args: &Args) -> Result<ExitCode> {
    let plan = plan::Plan::new(args);
    let wanted = setup::Wanted {
        yunxin: args.yunxin.as_deref(),
        nginx: true,
        many_keys: if plan.uses(case::Subject::YunxinManyKeys) {
            args.many_keys
        } else {
            0
        },
    };
    let setup = setup::Setup::new(&wanted).await?;
    let results = cases::run_all(&plan, &setup).await?;
    let report = report::Report::new(&plan, &setup, &results);
    print!("{}", report.to_text());
    report.write(&args.out)?;
    println!(
        "\nwritten to {0}/bench.json and {0}/bench.md",
        args.out.display()
    );
    Ok(exit_code(report.is_good()))
}

fn exit_code(is_good: bool) -> ExitCode {
    if is_good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Ctrl-C and SIGTERM drop the run, and with it every child.
async fn until_signal<T>(run: impl Future<Output = Result<T>>) -> Result<T> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        result = run => result,
        _ = interrupt.recv() => bail!("interrupted"),
        _ = terminate.recv() => bail!("terminated"),
    }
}
