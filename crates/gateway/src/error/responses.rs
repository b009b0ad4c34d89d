//! Errors of kept responses.

use http::StatusCode;

use super::ApiError;

impl ApiError {
    /// There is no such response: the account has none of that id, or nothing is kept here.
    pub fn response_not_found(is_kept_here: bool) -> Self {
        if is_kept_here {
            return Self::not_found("response");
        }
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found_error",
            "not_found",
            "Responses are not kept here (responses.store is off). Keep what you get, and send the whole conversation in 'input'.",
        )
    }

    /// The response that a request goes on from is not there, or one before it.
    pub fn previous_response_not_found(id: &str) -> Self {
        let message = format!(
            "Previous response with id '{id}' not found: it was not kept, was deleted or has expired, or is not yours. Send the whole conversation in 'input', without previous_response_id."
        );
        Self::invalid_request("previous_response_not_found", message)
            .with_param("previous_response_id")
    }

    /// The conversation that a request goes on from has too many responses, or bytes.
    pub fn previous_response_too_long((responses_max, bytes_max): (u64, u64)) -> Self {
        let message = format!(
            "The conversation before this request is too long: it may have {responses_max} responses (responses.chain_max) of {bytes_max} bytes in all (responses.chain_bytes_max). Begin a new one with what matters of it in 'input'."
        );
        Self::invalid_request("previous_response_too_long", message)
            .with_param("previous_response_id")
    }
}
