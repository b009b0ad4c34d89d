//! One line of a batch on the way of a client's request, and what comes of it.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use http::header::CONTENT_TYPE;
use http::{Request, StatusCode};
use serde::Serialize;
use serde_json::value::RawValue;
use store::RequestId;
use store::batches::Batch;

use super::faults::BatchFault;
use super::line::Line;
use crate::auth::{ApiKeyCaller, BatchLine};
use crate::error::ApiError;
use crate::inference::{Surface, infer};
use crate::state::GatewayState;

/// Requests for one line that fail at the provider's before its failure is its result.
const TRIES_MAX: u64 = 4;
/// The wait after the first failure; it doubles.
const BACKOFF: Duration = Duration::from_secs(2);
/// The longest wait: then it is asked again how things stand.
const WAIT_MAX: Duration = Duration::from_secs(60);
/// The wait where none is told.
const WAIT_UNTOLD: Duration = Duration::from_secs(1);
/// Refusals of the key itself: no line of the batch can be run any more.
const OF_KEY: [&str; 3] = ["key_revoked", "account_suspended", "key_frozen"];

/// A line with the request that stands for it.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) line: Line,
    pub(super) request_id: RequestId,
    pub(super) tries: u64,
    /// The charge of an earlier run whose response was lost.
    pub(super) paid_nanos: Option<u64>,
    /// The most that it may cost.
    pub(super) quote_nanos: u64,
}

/// The outcome of a line.
#[derive(Debug)]
pub(super) enum CallEnd {
    /// A result, as its file has it.
    Done {
        is_error: bool,
        text: Vec<u8>,
        charge_nanos: u64,
    },
    /// The line waits for so long, and is tried again.
    Wait(Duration),
    /// No line of the batch can be run.
    Stop(BatchFault),
}

/// The key that created a batch, for a request.
pub(super) async fn caller_of(
    app: &GatewayState,
    batch: &Batch,
    request_id: RequestId,
    is_paid: bool,
) -> Result<ApiKeyCaller, ApiError> {
    let address = batch
        .address
        .parse()
        .unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let line = BatchLine { is_paid };
    ApiKeyCaller::of_line(app, &batch.api_key_id, address, (request_id, line)).await
}

/// Runs a line; the call comes back with what it is to be called with next.
pub(super) async fn run(
    app: GatewayState,
    batch: Batch,
    surface: Surface,
    mut call: Call,
) -> (Call, CallEnd) {
    let caller = caller_of(
        &app,
        &batch,
        call.request_id.clone(),
        call.paid_nanos.is_some(),
    )
    .await;
    let caller = match caller {
        Ok(caller) => caller,
        Err(error) if error.status().is_server_error() => {
            return (call, CallEnd::Wait(wait_of(&error)));
        }
        Err(error) => return (call, CallEnd::Stop(BatchFault::of(&error))),
    };
    let context = caller.context.clone();
    let request = Request::post(batch.endpoint.as_str())
        .header(CONTENT_TYPE, "application/json")
        .body(Body::from(call.line.body.clone()));
    let response = match request {
        Ok(request) => infer(&app, caller, surface, request).await,
        Err(error) => Err(ApiError::internal(error)),
    };
    let (status, body) = match response {
        Ok(response) => {
            let status = response.status();
            match to_bytes(response.into_body(), usize::MAX).await {
                Ok(body) => (status, body.to_vec()),
                Err(_) => return (call, CallEnd::Wait(WAIT_UNTOLD)),
            }
        }
        Err(error) => {
            if OF_KEY.contains(&error.code()) || error.status() == StatusCode::UNAUTHORIZED {
                return (call, CallEnd::Stop(BatchFault::of(&error)));
            }
            if let Some(wait) = call.retry(&error, context.accounted().is_some()) {
                return (call, CallEnd::Wait(wait));
            }
            (error.status(), error.envelope())
        }
    };
    let charge = call.paid_nanos.or(context.accounted()).unwrap_or_default();
    let end = CallEnd::Done {
        is_error: !status.is_success(),
        text: call.result(status, &body),
        charge_nanos: charge,
    };
    (call, end)
}

impl Call {
    /// The wait before the next request for a line that failed; `None` if the failure is its result.
    fn retry(&mut self, error: &ApiError, is_accounted: bool) -> Option<Duration> {
        let is_busy = match error.status() {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => true,
            StatusCode::PAYMENT_REQUIRED if error.retry_after().is_some() => true,
            StatusCode::REQUEST_TIMEOUT => false,
            status if status.is_server_error() => false,
            _ => return None,
        };
        if is_busy && !is_accounted {
            return Some(wait_of(error));
        }
        self.tries += 1;
        let doublings = u32::try_from(self.tries - 1).unwrap_or(u32::MAX).min(8);
        let backoff = BACKOFF.saturating_mul(2_u32.pow(doublings));
        (self.tries < TRIES_MAX).then(|| wait_of(error).max(backoff).min(WAIT_MAX))
    }

    fn result(&self, status: StatusCode, body: &[u8]) -> Vec<u8> {
        let own = serde_json::from_slice::<&RawValue>(body).ok();
        // Line ends between the tokens of JSON mean nothing, and would end the line of the file.
        let json = own.map(|own| own.get().replace(['\r', '\n'], " "));
        let text = || serde_json::to_string(&String::from_utf8_lossy(body)).unwrap_or_default();
        let body = RawValue::from_string(json.unwrap_or_else(text)).unwrap_or_default();
        let response = LineResponse {
            status_code: status.as_u16(),
            request_id: self.request_id.as_str(),
            body: &body,
        };
        written(&self.request_id, &self.line.custom_id, Some(response), None)
    }
}

/// The result of a line that was not run.
pub(super) fn not_run(request_id: &RequestId, custom_id: &str, fault: &BatchFault) -> Vec<u8> {
    let error = LineError {
        code: &fault.code,
        message: &fault.message,
    };
    written(request_id, custom_id, None, Some(error))
}

#[derive(Serialize)]
struct LineWritten<'a> {
    id: String,
    custom_id: &'a str,
    response: Option<LineResponse<'a>>,
    error: Option<LineError<'a>>,
}

#[derive(Serialize)]
struct LineResponse<'a> {
    status_code: u16,
    request_id: &'a str,
    body: &'a RawValue,
}

#[derive(Serialize)]
struct LineError<'a> {
    code: &'a str,
    message: &'a str,
}

fn written(
    request_id: &RequestId,
    custom_id: &str,
    response: Option<LineResponse<'_>>,
    error: Option<LineError<'_>>,
) -> Vec<u8> {
    let line = LineWritten {
        id: format!("batch_{request_id}"),
        custom_id,
        response,
        error,
    };
    serde_json::to_vec(&line).unwrap_or_default()
}

fn wait_of(error: &ApiError) -> Duration {
    error.retry_after().unwrap_or(WAIT_UNTOLD).min(WAIT_MAX)
}
