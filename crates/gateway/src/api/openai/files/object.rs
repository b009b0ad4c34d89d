//! A file, in OpenAI's words.

use serde::Serialize;
use store::files::File;

use crate::error::ApiError;
use crate::state::Gateway;

#[derive(Debug, Serialize)]
pub struct FileObject {
    id: String,
    object: &'static str,
    bytes: u64,
    /// Seconds since 1970, as is the next.
    created_at: i64,
    expires_at: i64,
    filename: String,
    purpose: &'static str,
    /// OpenAI's clients ask for it, though there it means nothing any more.
    status: &'static str,
}

impl FileObject {
    pub(super) fn of(app: &Gateway, file: &File) -> Result<Self, ApiError> {
        Ok(Self {
            id: file.id.to_string(),
            object: "file",
            bytes: file.bytes,
            created_at: file.created_at_ms.div_euclid(1_000),
            expires_at: file.expires_at_ms.div_euclid(1_000),
            filename: app.files.name_of(&app.master, file)?,
            purpose: file.purpose.as_str(),
            status: "processed",
        })
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }
}
