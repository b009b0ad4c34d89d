//! The provider that all requests end at, on the core of the load generator.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::command::free_address;
use crate::pin;
use crate::process::Process;
use crate::stub;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Provider {
    /// Yunxin's own: it reads requests as a provider would.
    Sandbox,
    /// This program's own: it costs little, so that what is measured is what is waited for.
    Stub,
    /// The stub within this process, whose streams go on when the client has read.
    InStep,
}

impl Provider {
    pub(crate) const ALL: [Self; 3] = [Self::Sandbox, Self::Stub, Self::InStep];

    /// The name under which the gateway's catalog has it, as a model and as a provider.
    pub(crate) const fn model(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox-small",
            Self::Stub => "bench-stub",
            Self::InStep => "bench-in-step",
        }
    }
}

/// All of them, running. Without a Yunxin binary the stub is the sandbox too.
#[derive(Debug)]
pub(crate) struct Providers {
    sandbox: Option<Server>,
    stub: Server,
    in_step: SocketAddr,
    /// The permits for chunks of the provider that goes in step.
    pub(crate) steps: Arc<Semaphore>,
    _in_step: JoinSet<Result<()>>,
}

#[derive(Debug)]
struct Server {
    process: Process,
    address: SocketAddr,
}

impl Providers {
    pub(crate) fn start(yunxin: Option<&Path>, directory: &Path) -> Result<Self> {
        let this = std::env::current_exe().context("cannot find this program's own file")?;
        let stub = Server::start(&this, "stub", directory)?;
        let sandbox = yunxin
            .map(|yunxin| Server::start(yunxin, "sandbox", directory))
            .transpose()?;
        let (in_step, steps) = (free_address()?, Arc::new(Semaphore::new(0)));
        let mut serving = JoinSet::new();
        serving.spawn(stub::serve(in_step, Some(Arc::clone(&steps))));
        Ok(Self {
            sandbox,
            stub,
            in_step,
            steps,
            _in_step: serving,
        })
    }

    pub(crate) fn address(&self, provider: Provider) -> SocketAddr {
        match (provider, &self.sandbox) {
            (Provider::Sandbox, Some(sandbox)) => sandbox.address,
            (Provider::InStep, _) => self.in_step,
            (Provider::Stub, _) | (Provider::Sandbox, None) => self.stub.address,
        }
    }

    pub(crate) fn has_sandbox(&self) -> bool {
        self.sandbox.is_some()
    }

    /// An error with the end of its log if one of them ended.
    pub(crate) fn check_alive(&mut self) -> Result<()> {
        for server in self.sandbox.iter_mut().chain([&mut self.stub]) {
            server.process.check_alive()?;
        }
        Ok(())
    }

    pub(crate) fn groups(&self) -> impl Iterator<Item = u32> {
        self.sandbox
            .iter()
            .chain([&self.stub])
            .map(|server| server.process.group())
    }
}

impl Server {
    /// Both programs take the same arguments.
    fn start(program: &Path, subcommand: &str, directory: &Path) -> Result<Self> {
        let address = free_address()?;
        let mut command: Command = pin::on_core(pin::OTHERS, program);
        command
            .arg(subcommand)
            .args(["--listen", &address.to_string()]);
        let process = Process::start(command, &directory.join(format!("{subcommand}.log")))?;
        Ok(Self { process, address })
    }
}
