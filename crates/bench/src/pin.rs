//! Pinning to cores: what is measured on core 0, everything else on core 1.

use std::convert::Infallible;
use std::ffi::{OsStr, OsString};
use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result, bail};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

pub(crate) const MEASURED: &str = "0";
pub(crate) const OTHERS: &str = "1";

pub(crate) const TASKSET_MISSING: &str =
    "cannot run taskset; install it with: apt-get install util-linux";

/// A command that runs `program` on one core.
pub(crate) fn on_core(core: &str, program: impl AsRef<OsStr>) -> Command {
    on_core_under(core, &[], program)
}

/// Pins below `prefix`, a program that runs others, if it is not empty.
pub(crate) fn on_core_under(
    core: &str,
    prefix: &[OsString],
    program: impl AsRef<OsStr>,
) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", core]).args(prefix).arg(program);
    command
}

/// A thousand streams are two thousand sockets in a proxy, which inherits this limit.
pub(crate) fn raise_open_files_limit() -> Result<()> {
    let limit = getrlimit(Resource::Nofile);
    let all = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    setrlimit(Resource::Nofile, all).context("cannot raise the limit of open files")
}

/// Replaces this process by itself on core 1; returns only if that failed.
pub(crate) fn restart_on_core_1<T>() -> Result<T> {
    if std::thread::available_parallelism()?.get() < 2 {
        bail!("two cores are needed: one for what is measured, one for everything else");
    }
    let this = std::env::current_exe().context("cannot find this program's own file")?;
    let error = on_core(OTHERS, this)
        .arg("--pinned")
        .args(std::env::args_os().skip(1))
        .exec();
    Err::<Infallible, _>(error)
        .context(TASKSET_MISSING)
        .map(|never| match never {})
}
