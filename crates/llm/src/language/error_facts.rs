//! Errors as every client face is told of them.

/// An error as a client is told of it: for people (`message`) and for programs (the other three).
#[derive(Debug, Clone, Copy)]
pub struct ErrorFacts<'a> {
    pub message: &'a str,
    /// The class of errors, by who has to act.
    pub kind: &'a str,
    pub param: Option<&'a str>,
    pub code: Option<&'a str>,
    /// The id of the request, where the language says it in the envelope.
    pub request_id: Option<&'a str>,
    /// The status of the response.
    pub status: u16,
    /// The seconds to wait before a retry, where the response says them.
    pub retry_after_s: Option<u64>,
}
