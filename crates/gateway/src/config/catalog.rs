use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// `[catalog]`: the file of providers, models and deployments.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogConfig {
    file: PathBuf,
    pub poll_ms: u64,
}

impl CatalogConfig {
    /// The file, if one is configured.
    pub fn file(&self) -> Option<&Path> {
        (!self.file.as_os_str().is_empty()).then_some(self.file.as_path())
    }
}
