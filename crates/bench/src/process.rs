//! A child that lives no longer than its handle, with every process it started.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::pin;

/// The time that a child may take to stop before it is killed.
const STOP_GRACE: Duration = Duration::from_secs(5);
/// Bytes of a child's log that an error shows.
const LOG_TAIL_BYTES: usize = 2_000;

#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `command`, made by `pin::on_core`, as the leader of its own group. What it prints goes to the file `log`.
    pub(crate) fn start(mut command: Command, log: &Path) -> Result<Self> {
        let file = File::create(log).with_context(|| format!("cannot create {}", log.display()))?;
        let child = command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .context(pin::TASKSET_MISSING)?;
        Ok(Self {
            child,
            log: log.to_owned(),
        })
    }

    /// The group's number is that of its leader.
    pub(crate) fn group(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn check_alive(&mut self) -> Result<()> {
        let Some(status) = self.child.try_wait()? else {
            return Ok(());
        };
        bail!(
            "it ended early ({status}); the end of its log:\n{}",
            self.log_tail()
        );
    }

    pub(crate) fn log_tail(&self) -> String {
        let log = std::fs::read(&self.log).unwrap_or_default();
        let start = log.len().saturating_sub(LOG_TAIL_BYTES);
        String::from_utf8_lossy(&log[start..]).into_owned()
    }

    /// Asks the group to stop and waits, `limit` at most.
    pub(crate) fn stop(&mut self, limit: Duration) -> Result<()> {
        self.signal(Signal::TERM);
        self.wait_for(limit)
            .map(|_| ())
            .with_context(|| format!("it did not stop in {limit:?}"))
    }

    fn signal(&self, signal: Signal) {
        let group = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        if let Some(group) = group {
            // It fails only when the group is gone, which is what is wanted.
            let _ = kill_process_group(group, signal);
        }
    }

    fn wait_for(&mut self, limit: Duration) -> Option<ExitStatus> {
        let started = Instant::now();
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if started.elapsed() < limit => thread::sleep(Duration::from_millis(2)),
                Ok(None) | Err(_) => return None,
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.signal(Signal::TERM);
        if self.wait_for(STOP_GRACE).is_none() {
            self.signal(Signal::KILL);
            // Nothing can be done about a child that survives this.
            let _ = self.child.wait();
        }
    }
}
