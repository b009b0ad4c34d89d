//! The subject of the measurement, and everything it needs to run.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use bytes::Bytes;
use tempfile::TempDir;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::callgrind::Callgrind;
use crate::case::Subject;
use crate::gateway::Gateway;
use crate::load::Target;
use crate::many_keys;
use crate::nginx::Nginx;
use crate::process::Process;
use crate::prompt;
use crate::provider::{Provider, Providers};

const READY_LIMIT: Duration = Duration::from_secs(60);
/// Fifty times slower under a counter.
const STOP_LIMIT: Duration = Duration::from_secs(60);
const ALIVE_CHECK_INTERVAL: Duration = Duration::from_millis(100);

/// Prepared once. Nothing runs but the provider, on the core that is not measured.
#[derive(Debug)]
pub(crate) struct Setup {
    providers: Providers,
    pub(crate) nginx: Option<Nginx>,
    gateway: Option<Gateway>,
    many_keys: Option<Gateway>,
    /// Last, so that it outlives everything that writes into it.
    _directory: TempDir,
}

/// The subjects that are set up.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) yunxin: Option<&'a Path>,
    pub(crate) nginx: bool,
    /// Keys of the large database; none without them.
    pub(crate) many_keys: u32,
}

impl Setup {
    pub(crate) async fn new(wanted: &Wanted<'_>) -> Result<Self> {
        let directory = TempDir::with_prefix("yunxin-bench-")?;
        let program = wanted.yunxin.map(|program| {
            program
                .canonicalize()
                .with_context(|| format!("no program at {}", program.display()))
        });
        let program = program.transpose()?;
        let mut providers = Providers::start(program.as_deref(), directory.path())?;
        let nginx = if wanted.nginx {
            Some(Nginx::new(&providers, directory.path().join("nginx")).await?)
        } else {
            None
        };
        let (mut gateway, mut many_keys) = (None, None);
        if let Some(program) = &program {
            gateway =
                Some(Gateway::new(program, &providers, directory.path().join("yunxin")).await?);
            if wanted.many_keys > 0 {
                let with_many =
                    Gateway::new(program, &providers, directory.path().join("many-keys")).await?;
                many_keys::insert(&with_many, wanted.many_keys).await?;
                many_keys = Some(with_many);
            }
        }
        for provider in Provider::ALL {
            let target = Target::new(providers.address(provider), "none")?;
            let body = prompt::short(provider);
            let ready = until_success(&target, &body, || providers.check_alive()).await;
            ready.with_context(|| format!("{provider:?} does not respond"))?;
        }
        Ok(Self {
            providers,
            nginx,
            gateway,
            many_keys,
            _directory: directory,
        })
    }

    pub(crate) fn subjects(&self) -> Vec<Subject> {
        let mut subjects = Vec::new();
        subjects.extend(self.nginx.as_ref().map(|_| Subject::Nginx));
        subjects.extend(self.gateway.as_ref().map(|_| Subject::Yunxin));
        subjects.extend(self.many_keys.as_ref().map(|_| Subject::YunxinManyKeys));
        subjects
    }

    pub(crate) fn provider_name(&self) -> &'static str {
        if self.providers.has_sandbox() {
            "yunxin sandbox"
        } else {
            "stub"
        }
    }

    /// The sandbox without anything before it.
    pub(crate) fn direct(&self) -> Result<Target> {
        Target::new(self.providers.address(Provider::Sandbox), "none")
    }

    /// The permits for chunks of the provider that goes in step.
    pub(crate) fn steps(&self) -> &Semaphore {
        &self.providers.steps
    }

    /// The groups that run all the time.
    pub(crate) fn groups(&self) -> impl Iterator<Item = u32> {
        self.providers.groups()
    }

    /// Starts `subject` without waiting for it.
    pub(crate) fn launch(&self, subject: Subject) -> Result<Running> {
        self.launch_with(subject, &[])
    }

    /// The subject with its instructions counted.
    pub(crate) fn launch_under(&self, subject: Subject, counter: &Callgrind) -> Result<Running> {
        self.launch_with(subject, &counter.prefix())
    }

    fn launch_with(&self, subject: Subject, prefix: &[OsString]) -> Result<Running> {
        let gateway = match subject {
            Subject::Nginx => {
                let nginx = self.nginx.as_ref();
                let nginx = nginx.context("a subject that was not set up")?;
                let target = |provider| Target::new(nginx.address(provider), "none");
                return Ok(Running {
                    process: nginx.start(prefix)?,
                    sandbox: target(Provider::Sandbox)?,
                    stub: target(Provider::Stub)?,
                    in_step: target(Provider::InStep)?,
                });
            }
            Subject::Yunxin => &self.gateway,
            Subject::YunxinManyKeys => &self.many_keys,
        };
        let gateway = gateway.as_ref().context("a subject that was not set up")?;
        if !prefix.is_empty() {
            gateway.reset()?;
        }
        let target = Target::new(gateway.address, &gateway.key)?;
        Ok(Running {
            process: gateway.start(prefix)?,
            sandbox: target.clone(),
            stub: target.clone(),
            in_step: target,
        })
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
    sandbox: Target,
    stub: Target,
    in_step: Target,
}

impl Running {
    /// The target of requests that `provider` serves.
    pub(crate) const fn target(&self, provider: Provider) -> &Target {
        match provider {
            Provider::Sandbox => &self.sandbox,
            Provider::Stub => &self.stub,
            Provider::InStep => &self.in_step,
        }
    }

    pub(crate) fn group(&self) -> u32 {
        self.process.group()
    }

    /// Stops it as an operator would, so that what it counts at its end is written.
    pub(crate) fn stop(&mut self) -> Result<()> {
        self.process.stop(STOP_LIMIT)
    }

    pub(crate) async fn wait_for_success(&mut self) -> Result<()> {
        let body = prompt::short(Provider::Sandbox);
        let success = until_success(&self.sandbox, &body, || self.process.check_alive()).await;
        success.with_context(|| format!("the end of its log:\n{}", self.process.log_tail()))
    }
}

/// Waits for the first good response, but not for one from a process that ended.
async fn until_success(
    target: &Target,
    body: &Bytes,
    mut check_alive: impl FnMut() -> Result<()>,
) -> Result<()> {
    let mut success = std::pin::pin!(target.first_success(body, READY_LIMIT));
    loop {
        if let Ok(outcome) = timeout(ALIVE_CHECK_INTERVAL, &mut success).await {
            return outcome;
        }
        check_alive()?;
    }
}
