//! The error envelope of every route: `{"error": {"message", "type", "param", "code"}}`.

use serde::Serialize;

/// The body of an error answer.
#[derive(Debug, Serialize)]
pub struct ErrorEnvelope<'a> {
    pub error: ErrorBody<'a>,
}

/// What went wrong, for people (`message`) and for programs (the other three).
#[derive(Debug, Serialize)]
pub struct ErrorBody<'a> {
    pub message: &'a str,
    #[serde(rename = "type")]
    pub kind: &'a str,
    pub param: Option<&'a str>,
    pub code: Option<&'a str>,
}
