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
    /// Builds a snapshot from what is there now. What had to be left out is logged. Returns the text of
    /// the file beside it, by which a later change is told.
    ///
    /// # Errors
    /// When the file has any mistake, or the database cannot be read.
    pub async fn load(
        &self,
        db: &Db,
        master: &MasterKey,
    ) -> Result<(Catalog, Option<String>), CatalogError> {
        let mut base = self.builtin()?;
        let text = self.read_file().await?;
        if let Some(text) = &text {
            base.lay_over(self.parse_file(text)?);
        }
        let tiers = tiers::list_tiers(db).await?;
        let (rows, mut unreadable) = catalog::load(db).await?;
        unreadable.extend(tiers.unreadable);
        let (mut over, unopened) = from_rows(rows, master);
        for problem in unopened
            .into_iter()
            .chain(unreadable.iter().map(ToString::to_string))
        {
            tracing::warn!(problem, "left out of the catalogue");
        }
        // A row that is unsound must not hide the sound model of the file: it is taken out, and all is
        // built again. Each turn takes out at least one.
        loop {
            let mut definitions = base.clone();
            definitions.lay_over(over.clone());
            let (snapshot, problems) =
                build(&tiers.rows, definitions, &credential_from_environment);
            if !self.take_out(problems, &mut over)? {
                return Ok((snapshot, text));
            }
        }
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

    async fn read_file(&self) -> Result<Option<String>, CatalogError> {
        let Some(path) = &self.file else {
            return Ok(None);
        };
        let text = tokio::fs::read_to_string(path).await;
        text.map(Some)
            .map_err(|error| self.file_problem(error.to_string()))
    }

    fn parse_file(&self, text: &str) -> Result<Definitions, CatalogError> {
        parse_file(text, Origin::File).map_err(|error| self.file_problem(format!("{error:#}")))
    }

    fn file_problem(&self, problem: String) -> CatalogError {
        let path = self
            .file
            .as_ref()
            .map(|path| path.display().to_string())
            .unwrap_or_default();
        CatalogError::File { path, problem }
    }

    /// Takes unsound rows of the database out of `over`; says whether there were any.
    fn take_out(
        &self,
        problems: Vec<Problem>,
        over: &mut Definitions,
    ) -> Result<bool, CatalogError> {
        let mut is_changed = false;
        for problem in problems {
            match problem.origin {
                Origin::Builtin => return Err(CatalogError::Builtin(problem.text)),
                Origin::File => return Err(self.file_problem(problem.text)),
                Origin::Database => {
                    tracing::warn!(problem = problem.text, "left out of the catalogue");
                    over.remove(&problem.item);
                    is_changed = true;
                }
            }
        }
        Ok(is_changed)
    }
}
