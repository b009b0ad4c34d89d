//! Requests that were shed: there is no seat for them at a provider. Nothing was counted or charged.

use std::time::Duration;

use http::{HeaderName, StatusCode};

use super::ApiError;

impl ApiError {
    /// The model has more requests than its deployments take; `headers` say why this one was shed.
    pub fn model_overloaded(
        model: &str,
        retry_after_s: u64,
        headers: &'static [(HeaderName, &'static str)],
    ) -> Self {
        let message = format!(
            "The model '{model}' has more requests than it can take at the moment. Nothing was counted or charged. Please try again in {retry_after_s} s."
        );
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "service_unavailable",
            "model_overloaded",
            message,
        )
        .with_headers(headers)
        .with_retry_after(Some(Duration::from_secs(retry_after_s)))
    }
}
