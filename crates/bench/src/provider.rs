//! The provider that all requests end at, on the core of the load generator.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::free_address;
use crate::pin;
use crate::process::Process;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Provider {
    /// Yunxin's own: it reads requests as a provider would.
    Sandbox,
    /// This program's own: it costs little, so that what is measured is what is waited for.
    Stub,
}

impl Provider {
    pub(crate) const ALL: [Self; 2] = [Self::Sandbox, Self::Stub];

    /// The name under which the gateway's catalog has it, as a model and as a provider.
    pub(crate) const fn model(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox-small",
            Self::Stub => "bench-stub",
        }
    }
}

/// Both, running. Without a Yunxin binary the stub is both.
#[derive(Debug)]
pub(crate) struct Providers {
    sandbox: Option<Server>,
    stub: Server,
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
        Ok(Self { sandbox, stub })
    }

    pub(crate) fn address(&self, provider: Provider) -> SocketAddr {
        match (provider, &self.sandbox) {
            (Provider::Sandbox, Some(sandbox)) => sandbox.address,
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
