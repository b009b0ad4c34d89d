//! The real program in a process of its own, on a data folder of the test.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// A server of its own process. Dropped, it is killed: what it had in memory is gone.
pub(crate) struct Program {
    child: Child,
    folder: PathBuf,
    /// The address that it serves at.
    pub(crate) address: String,
}

impl Program {
    /// The program with a command line, to be run on the folder.
    pub(crate) fn command(folder: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_yunxin"));
        command
            .args(arguments)
            .arg("--json")
            .env("YUNXIN__SERVER__DATA_DIR", folder)
            .env("YUNXIN__SERVER__LISTEN", "127.0.0.1:0")
            .env("YUNXIN__SERVER__METRICS_LISTEN", "")
            .env("YUNXIN__TELEMETRY__LOG_LEVEL", "error");
        command
    }

    /// Starts a server with further settings; returns when it serves.
    pub(crate) fn serve(folder: &Path, settings: &[(&str, &str)]) -> Self {
        let mut child = Self::command(folder, &["serve"])
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let greeting: Value = serde_json::from_str(&line).unwrap();
        let url = greeting["url"].as_str().unwrap();
        Self {
            address: url.trim_start_matches("http://").to_owned(),
            folder: folder.to_owned(),
            child,
        }
    }

    /// Kills it, as the kernel does when memory is short.
    pub(crate) fn kill(&self) {
        let pid = self.child.id().to_string();
        let killed = Command::new("kill").args(["-KILL", &pid]).status().unwrap();
        assert!(killed.success());
    }

    /// Runs a command beside the server, and returns what it prints.
    pub(crate) fn run(&self, arguments: &[&str]) -> Value {
        run(&self.folder, arguments)
    }
}

/// Runs a command on a folder, and returns what it prints.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Value {
    let output = Program::command(folder, arguments).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
