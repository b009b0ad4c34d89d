//! Reading the catalogue from where it is kept.

use std::net::SocketAddr;
use std::path::PathBuf;

use store::sealed::MasterKey;
use store::{Db, StoreError, catalog, tiers};

use super::Catalog;
use super::build::{Problem, build};
use super::definitions::{Definitions, Origin};
use super::file::parse_file;
use super::rows::from_rows;
use crate::config::credential_from_environment;

/// The built-in provider and its models.
const SANDBOX_TOML: &str = include_str!("../../catalog.sandbox.toml");

/// Where the catalogue comes from.
#[derive(Debug, Clone)]
pub struct Sources {
    /// Where the built-in provider listens, if it does.
    pub sandbox: Option<SocketAddr>,
    pub file: Option<PathBuf>,
}

/// Why there is no new snapshot.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    #[error("the catalogue file {path}: {problem}")]
    File { path: String, problem: String },
    #[error("the built-in catalogue: {0}")]
    Builtin(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Sources {
    /// Builds a snapshot from what is there now. What had to be left out is logged.
    ///
    /// # Errors
    /// When the file has any mistake, or the database cannot be read.
    pub async fn load(&self, db: &Db, master: &MasterKey) -> Result<Catalog, CatalogError> {
        let mut definitions = self.builtin()?;
        if let Some(over) = self.read_file().await? {
            definitions.lay_over(over);
        }
        let (over, unread) = from_rows(catalog::load(db).await?, master);
        definitions.lay_over(over);
        let (snapshot, problems) = build(
            tiers::list_tiers(db).await?,
            definitions,
            &credential_from_environment,
        );
        self.judge(problems)?;
        for problem in unread {
            tracing::warn!(problem, "left out of the catalogue");
        }
        Ok(snapshot)
    }

    /// The text of the file, to tell whether it changed.
    pub async fn file_text(&self) -> Option<String> {
        tokio::fs::read_to_string(self.file.as_ref()?).await.ok()
    }

    fn builtin(&self) -> Result<Definitions, CatalogError> {
        let Some(address) = self.sandbox else {
            return Ok(Definitions::default());
        };
        let mut definitions = parse_file(SANDBOX_TOML, Origin::Builtin)
            .map_err(|error| CatalogError::Builtin(error.to_string()))?;
        for provider in &mut definitions.providers {
            provider.base_url = Some(format!("http://{address}/v1"));
        }
        Ok(definitions)
    }

    async fn read_file(&self) -> Result<Option<Definitions>, CatalogError> {
        let Some(path) = &self.file else {
            return Ok(None);
        };
        let wrong = |problem: String| CatalogError::File {
            path: path.display().to_string(),
            problem,
        };
        let text = tokio::fs::read_to_string(path)
            .await
            .map_err(|error| wrong(error.to_string()))?;
        parse_file(&text, Origin::File)
            .map(Some)
            .map_err(|error| wrong(format!("{error:#}")))
    }

    fn judge(&self, problems: Vec<Problem>) -> Result<(), CatalogError> {
        for problem in problems {
            match problem.origin {
                Origin::Database => {
                    tracing::warn!(problem = problem.text, "left out of the catalogue");
                }
                Origin::Builtin => return Err(CatalogError::Builtin(problem.text)),
                Origin::File => {
                    let path = self
                        .file
                        .as_ref()
                        .map(|path| path.display().to_string())
                        .unwrap_or_default();
                    return Err(CatalogError::File {
                        path,
                        problem: problem.text,
                    });
                }
            }
        }
        Ok(())
    }
}
