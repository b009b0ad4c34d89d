//! The reference: nginx as a plain reverse proxy that keeps its upstream connections and checks nothing.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::command::{self, free_address};
use crate::pin;
use crate::process::Process;
use crate::provider::{Provider, Providers};

const VERSION_LIMIT: Duration = Duration::from_secs(5);
const MISSING: &str = "cannot run nginx; install it with: apt-get install nginx-light";

#[derive(Debug)]
pub(crate) struct Nginx {
    directory: PathBuf,
    /// One address per provider: it does not look at the model.
    sandbox: SocketAddr,
    stub: SocketAddr,
    in_step: SocketAddr,
    pub(crate) version: String,
}

impl Nginx {
    pub(crate) async fn new(providers: &Providers, directory: PathBuf) -> Result<Self> {
        let version = version().await?;
        std::fs::create_dir_all(&directory)?;
        let nginx = Self {
            directory,
            sandbox: free_address()?,
            stub: free_address()?,
            in_step: free_address()?,
            version,
        };
        let server_for = |provider: Provider| {
            server(
                provider.model(),
                nginx.address(provider),
                providers.address(provider),
            )
        };
        let servers: String = Provider::ALL.map(server_for).concat();
        std::fs::write(
            nginx.directory.join("nginx.conf"),
            config(&servers, &nginx.directory),
        )?;
        Ok(nginx)
    }

    pub(crate) const fn address(&self, provider: Provider) -> SocketAddr {
        match provider {
            Provider::Sandbox => self.sandbox,
            Provider::Stub => self.stub,
            Provider::InStep => self.in_step,
        }
    }

    /// Starts it below `prefix`, a program that runs others, if it is not empty.
    pub(crate) fn start(&self, prefix: &[OsString]) -> Result<Process> {
        let mut command = pin::on_core_under(pin::MEASURED, prefix, "nginx");
        command
            .arg("-p")
            .arg(&self.directory)
            .arg("-c")
            .arg("nginx.conf")
            .args(["-e", "stderr"]);
        Process::start(command, &self.directory.join("nginx.log"))
    }
}

/// The version, which nginx prints on standard error, so a shell turns it round.
async fn version() -> Result<String> {
    let mut command = tokio::process::Command::new("sh");
    command.args(["-c", "nginx -v 2>&1"]);
    let output = command::output(command, VERSION_LIMIT)
        .await
        .context(MISSING)?;
    Ok(output
        .trim()
        .trim_start_matches("nginx version: ")
        .to_owned())
}

/// Bodies are passed on as they come, both ways, as streams need; large enough buffers keep them off the disk.
fn config(servers: &str, directory: &Path) -> String {
    let directory = directory.display();
    format!(
        "daemon off;
worker_processes 1;
worker_rlimit_nofile 16384;
pid nginx.pid;
error_log stderr crit;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    server_tokens off;
    keepalive_timeout 300s;
    keepalive_requests 1000000000;
    client_max_body_size 16m;
    client_body_buffer_size 256k;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    proxy_http_version 1.1;
    proxy_set_header Connection \"\";
    proxy_buffering off;
    proxy_request_buffering off;
    proxy_read_timeout 300s;
{servers}}}
"
    )
}

fn server(name: &str, listen: SocketAddr, upstream: SocketAddr) -> String {
    format!(
        "    upstream {name} {{
        server {upstream};
        keepalive 2048;
        keepalive_requests 1000000000;
        keepalive_timeout 300s;
    }}
    server {{
        listen {listen} backlog=4096;
        location / {{ proxy_pass http://{name}; }}
    }}
"
    )
}
