//! Leak reporters, whose reports are believed: those that sign with one of the configured keys, in the way of
//! GitHub's secret scanning.

use aws_lc_rs::signature::ParsedPublicKey;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::config::LeakReportsConfig;

/// Bytes of a signature in base64; one of P-256 has about a hundred.
const SIGNATURE_BYTES_MAX: usize = 256;

/// The keys of those who report.
#[derive(Debug)]
pub struct LeakReporters(Vec<(String, ParsedPublicKey)>);

impl LeakReporters {
    /// The reporters of the configuration.
    ///
    /// # Errors
    /// If a key is none.
    pub(crate) fn new(config: &LeakReportsConfig) -> anyhow::Result<Self> {
        config.keys().map(Self)
    }

    /// Returns whether none is configured.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns whether `signature`, in base64, is that of the key called `id` over `body`.
    pub(crate) fn has_signed(&self, id: &str, signature: &str, body: &[u8]) -> bool {
        let Some((_, key)) = self.0.iter().find(|(known, _)| known == id) else {
            return false;
        };
        if signature.len() > SIGNATURE_BYTES_MAX {
            return false;
        }
        let signature = STANDARD.decode(signature);
        signature.is_ok_and(|signature| key.verify_sig(body, &signature).is_ok())
    }
}
