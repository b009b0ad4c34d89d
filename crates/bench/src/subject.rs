//! What is measured, and everything it needs to run.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use tempfile::TempDir;
use tokio::time::timeout;

use crate::args::Args;
use crate::gateway::Gateway;
use crate::load::Target;
use crate::many_keys;
use crate::nginx::Nginx;
use crate::process::Process;
use crate::prompt;
use crate::sandbox::Sandbox;

const READY_LIMIT: Duration = Duration::from_secs(60);
const ALIVE_CHECK_INTERVAL: Duration = Duration::from_millis(100);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Nginx,
    Yunxin,
    /// The same program on a database with very many keys.
    YunxinManyKeys,
}

impl Subject {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Yunxin => "yunxin",
            Self::YunxinManyKeys => "yunxin_many_keys",
        }
    }
}

/// Prepared once. Nothing runs but the provider, on the core that is not measured.
#[derive(Debug)]
pub(crate) struct Setup {
    sandbox: Sandbox,
    pub(crate) nginx: Nginx,
    gateway: Option<Gateway>,
    many_keys: Option<Gateway>,
    /// Last, so that it outlives everything that writes into it.
    _directory: TempDir,
}

impl Setup {
    pub(crate) async fn new(args: &Args) -> Result<Self> {
        let directory = TempDir::with_prefix("yunxin-bench-")?;
        let program = args.yunxin.as_ref().map(|program| {
            program
                .canonicalize()
                .with_context(|| format!("no program at {}", program.display()))
        });
        let program = program.transpose()?;
        let mut sandbox = Sandbox::start(program.as_deref(), directory.path())?;
        let nginx = Nginx::new(sandbox.address, directory.path().join("nginx")).await?;
        let (mut gateway, mut many_keys) = (None, None);
        if let Some(program) = &program {
            gateway = Some(
                Gateway::new(program, sandbox.address, directory.path().join("yunxin")).await?,
            );
            if args.many_keys > 0 {
                let with_many =
                    Gateway::new(program, sandbox.address, directory.path().join("many-keys"))
                        .await?;
                many_keys::insert(&with_many, args.many_keys).await?;
                many_keys = Some(with_many);
            }
        }
        let direct = Target::new(sandbox.address, "none")?;
        let ready = direct.first_success(&prompt::short(), READY_LIMIT).await;
        sandbox.process.check_alive()?;
        ready.context("the provider does not answer")?;
        Ok(Self {
            sandbox,
            nginx,
            gateway,
            many_keys,
            _directory: directory,
        })
    }

    pub(crate) fn subjects(&self) -> Vec<Subject> {
        let mut subjects = vec![Subject::Nginx];
        subjects.extend(self.gateway.as_ref().map(|_| Subject::Yunxin));
        subjects.extend(self.many_keys.as_ref().map(|_| Subject::YunxinManyKeys));
        subjects
    }

    pub(crate) fn provider_name(&self) -> &'static str {
        if self.sandbox.is_stub {
            "stub"
        } else {
            "yunxin sandbox"
        }
    }

    /// The provider without anything before it.
    pub(crate) fn direct(&self) -> Result<Target> {
        Target::new(self.sandbox.address, "none")
    }

    /// Starts `subject` without waiting for it.
    pub(crate) fn launch(&self, subject: Subject) -> Result<Running> {
        let absent = "a subject that was not set up";
        match subject {
            Subject::Nginx => Running::new(self.nginx.start()?, self.nginx.address, "none"),
            Subject::Yunxin => Running::of_gateway(self.gateway.as_ref().context(absent)?),
            Subject::YunxinManyKeys => {
                Running::of_gateway(self.many_keys.as_ref().context(absent)?)
            }
        }
    }

    pub(crate) async fn start(&self, subject: Subject) -> Result<Running> {
        let mut running = self.launch(subject)?;
        running.wait_for_success().await?;
        Ok(running)
    }
}

#[derive(Debug)]
pub(crate) struct Running {
    process: Process,
    pub(crate) target: Target,
}

impl Running {
    fn new(process: Process, address: SocketAddr, key: &str) -> Result<Self> {
        Ok(Self {
            process,
            target: Target::new(address, key)?,
        })
    }

    fn of_gateway(gateway: &Gateway) -> Result<Self> {
        Self::new(gateway.start()?, gateway.address, &gateway.key)
    }

    pub(crate) fn group(&self) -> u32 {
        self.process.group()
    }

    pub(crate) async fn wait_for_success(&mut self) -> Result<()> {
        let body = prompt::short();
        let mut answer = std::pin::pin!(self.target.first_success(&body, READY_LIMIT));
        loop {
            if let Ok(answer) = timeout(ALIVE_CHECK_INTERVAL, &mut answer).await {
                let log_tail = || {
                    format!(
                        "it never answered; the end of its log:\n{}",
                        self.process.log_tail()
                    )
                };
                return answer.with_context(log_tail);
            }
            self.process.check_alive()?;
        }
    }
}
