//! Sources of credentials beyond one snapshot of the catalogue: a reload must not ask for a token that is in force.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use aws_lc_rs::digest::{SHA256, digest};
use parking_lot::Mutex;

use super::grant::Grant;
use super::source::CredentialSource;

/// The sources in use, by a digest of everything that they are made of.
#[derive(Debug, Clone, Default)]
pub struct CredentialSources(Arc<Mutex<HashMap<[u8; 32], Weak<CredentialSource>>>>);

impl CredentialSources {
    /// The source that these parts make: the one in use where there is one.
    pub(super) fn of(&self, parts: &[&str], grant: Grant) -> Arc<CredentialSource> {
        let mut text = Vec::new();
        for part in parts {
            text.extend_from_slice(&part.len().to_be_bytes());
            text.extend_from_slice(part.as_bytes());
        }
        let mut key = [0; 32];
        key.copy_from_slice(digest(&SHA256, &text).as_ref());
        let mut sources = self.0.lock();
        sources.retain(|_, source| source.strong_count() > 0);
        if let Some(source) = sources.get(&key).and_then(Weak::upgrade) {
            return source;
        }
        let source = Arc::new(CredentialSource::new(grant));
        sources.insert(key, Arc::downgrade(&source));
        source
    }
}
