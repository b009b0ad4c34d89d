//! Everything that this process logs, kept for searching.

use std::io::Write;
use std::sync::OnceLock;

use parking_lot::Mutex;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static STARTED: OnceLock<()> = OnceLock::new();

#[derive(Clone, Copy)]
struct Keep;

impl Write for Keep {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Keep {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        *self
    }
}

/// Begins to keep the log, once.
pub(crate) fn capture() {
    STARTED.get_or_init(|| {
        tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new("info,yunxin=trace,hyper=debug,sqlx=debug"))
            .with_ansi(false)
            .with_writer(Keep)
            .init();
    });
}

/// All that was logged so far, by every test of this process.
pub(crate) fn text() -> String {
    String::from_utf8_lossy(&LOG.lock()).into_owned()
}
