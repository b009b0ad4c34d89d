//! The provider all requests end at, on the core of the load generator.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result};

use crate::command::free_address;
use crate::pin;
use crate::process::Process;

#[derive(Debug)]
pub(crate) struct Sandbox {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
    pub(crate) is_stub: bool,
}

impl Sandbox {
    pub(crate) fn start(yunxin: Option<&Path>, directory: &Path) -> Result<Self> {
        let address = free_address()?;
        let mut command = match yunxin {
            Some(yunxin) => {
                let mut command = pin::on_core(pin::OTHERS, yunxin);
                command.arg("sandbox");
                command
            }
            None => {
                let mut command = pin::on_core(
                    pin::OTHERS,
                    std::env::current_exe().context("cannot find this program")?,
                );
                command.arg("stub");
                command
            }
        };
        command.args(["--listen", &address.to_string()]);
        let process = Process::start(command, &directory.join("sandbox.log"))?;
        Ok(Self {
            process,
            address,
            is_stub: yunxin.is_none(),
        })
    }
}
