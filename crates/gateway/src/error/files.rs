//! Errors of files.

use http::StatusCode;

use super::ApiError;

impl ApiError {
    /// The account keeps as much as it may: so many files, of so many bytes in all.
    pub fn file_storage_full(files_max: u64, bytes_max: u64) -> Self {
        let message = format!(
            "The files of this account have no room for this one: it may keep {files_max} files of {bytes_max} bytes in all. Delete files that are not needed (DELETE /v1/files/ID)."
        );
        Self::new(
            StatusCode::FORBIDDEN,
            "permission_error",
            "file_storage_full",
            message,
        )
    }

    /// The content is not what its purpose needs; `problem` says where and why.
    pub fn invalid_file(problem: &str) -> Self {
        let message = format!("Invalid file: {problem}.");
        Self::invalid_request("invalid_file", message).with_param("file")
    }

    /// A file that comes compressed: its size is bounded as it comes.
    pub fn encoded_file() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "invalid_request_error",
            "unsupported_content_encoding",
            "An upload with a Content-Encoding is not taken. Send the file as it is.",
        )
    }
}
