//! Requests in JSON.

use std::collections::BTreeMap;

use gateway::catalog::{Price, Prices, charge_of};
use gateway::error::ApiError;
use llm::{Meter, Usage};
use serde::{Deserialize, Serialize};
use store::sealed::MasterKey;
use store::usage_events::{AttemptRecord, ErrorShown, LogFilter, Outcome, PricesShown, SealedText};
use store::usage_log::{LogEntry, Receipt};
use store::{AccountId, RequestId};
use utoipa::{IntoParams, ToSchema};

use crate::api::query::{one_of, text, time};
use crate::api::time::Time;
use crate::api::usage_report::by_meter;

const MICROS_PER_MILLI: u64 = 1_000;
const MILLIS_PER_SECOND: i64 = 1_000;

/// Which requests are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RequestsQuery {
    /// From when on; the first one unless told.
    #[param(value_type = Option<Time>)]
    from: Option<String>,
    /// Until when; the last one unless told.
    #[param(value_type = Option<Time>)]
    to: Option<String>,
    #[param(max_length = 200)]
    api_key_id: Option<String>,
    #[param(max_length = 200)]
    model: Option<String>,
    /// `live` or `test`.
    #[param(max_length = 200)]
    environment: Option<String>,
    /// `ok`, `error`, `refused`, or an HTTP status.
    #[param(max_length = 200)]
    status: Option<String>,
    #[param(max_length = 200)]
    endpoint: Option<String>,
    /// The code of the error that the client got.
    #[param(max_length = 200)]
    error_code: Option<String>,
}

impl RequestsQuery {
    pub(in crate::api) fn checked(self) -> Result<(LogFilter, i64, i64), ApiError> {
        let from_ms = time(self.from.as_deref(), "from")?.unwrap_or_default();
        let to_ms = time(self.to.as_deref(), "to")?.unwrap_or(LAST_MS);
        let (outcome, status) = status(self.status.as_deref().unwrap_or_default())?;
        let environments = ["live", "test"];
        let filter = LogFilter {
            api_key_id: text(self.api_key_id, "api_key_id")?,
            model_id: text(self.model, "model")?,
            environment: one_of(
                self.environment,
                "environment",
                &environments,
                "live or test",
            )?,
            endpoint: text(self.endpoint, "endpoint")?,
            outcome,
            status,
            error_code: text(self.error_code, "error_code")?,
        };
        Ok((filter, from_ms.max(0), to_ms.clamp(0, LAST_MS)))
    }
}

/// After every request that is ever made.
const LAST_MS: i64 = 1 << 47;

fn status(text: &str) -> Result<(Option<Outcome>, i64), ApiError> {
    match (text, Outcome::parse(text)) {
        ("", _) => Ok((None, 0)),
        (_, Some(outcome)) => Ok((Some(outcome), 0)),
        (_, None) => match text.parse::<i64>() {
            Ok(status @ 100..=599) => Ok((None, status)),
            _ => Err(ApiError::invalid_query(
                "status",
                "ok, error, refused, or an HTTP status",
            )),
        },
    }
}

/// A row of the log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RequestResponse {
    id: String,
    at: Time,
    api_key_id: String,
    #[schema(value_type = crate::api::account::api_keys::shapes::KeyEnvironment)]
    environment: String,
    endpoint: String,
    /// Empty when the request named none that exists, or was refused before it was read.
    model: String,
    /// The name that the request asked for, where that is not the model's id: an alias, or no model at all.
    requested_model: Option<String>,
    /// The HTTP status that the client got; 499 when it left before.
    status: u16,
    /// `completed`, `broken`, `client_closed`, `failed`, `server_crashed` or `refused`.
    end_reason: &'static str,
    error_code: Option<String>,
    is_streamed: bool,
    input_tokens: u64,
    output_tokens: u64,
    duration_ms: u64,
    first_token_ms: Option<u64>,
    charge_nanos: u64,
}

impl RequestResponse {
    pub(in crate::api) fn of(entry: LogEntry) -> Self {
        Self {
            id: entry.request_id.to_string(),
            at: Time(entry.at_ms),
            api_key_id: entry.api_key_id.to_string(),
            environment: entry.environment,
            endpoint: entry.endpoint,
            model: entry.model_id,
            requested_model: Some(entry.requested_model).filter(|name| !name.is_empty()),
            status: entry.status,
            end_reason: entry.end_reason.as_str(),
            error_code: Some(entry.error_code).filter(|code| !code.is_empty()),
            is_streamed: entry.is_streamed,
            input_tokens: entry.input_tokens,
            output_tokens: entry.output_tokens,
            duration_ms: entry.duration_us / MICROS_PER_MILLI,
            first_token_ms: entry.first_token_us.map(|micros| micros / MICROS_PER_MILLI),
            charge_nanos: entry.charge_nanos,
        }
    }
}

/// Everything that is known of one request.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RequestReceiptResponse {
    #[serde(flatten)]
    request: RequestResponse,
    /// The error that the client got, in words.
    error: Option<RequestErrorResponse>,
    /// The one that answered, or was tried last.
    provider: Option<String>,
    upstream_model: Option<String>,
    /// In their order.
    attempts: Vec<RequestAttemptResponse>,
    cached_tokens: u64,
    reasoning_tokens: u64,
    /// Amounts of the meters that have no member of their own, by name: `cache_write_5m`, `audio_input`, …
    meters: BTreeMap<&'static str, u64>,
    /// The source of the token counts: `upstream`, `estimate` or `none`.
    counted_by: &'static str,
    /// True if it counts against the limits.
    is_admitted: bool,
    /// 1 (low) to 4 (critical); 0 when the request came to no decision.
    priority: u8,
    address: Option<String>,
    agent: Option<String>,
    /// The limit on requests that had the least left, after this one.
    limit: Option<RequestLimitResponse>,
    /// The prices of the charge; `null` if nothing is charged.
    prices: Option<RequestPricesResponse>,
    /// The credits that were held for it, in nano-dollars; `null` if its account does not pay in advance.
    held_nanos: Option<u64>,
    /// The names of parameters that were left out, because the provider's language could not say them.
    dropped_params: Vec<String>,
}

/// Opens the words of one request.
#[derive(Debug, Clone, Copy)]
pub(in crate::api) struct Opener<'a> {
    pub master: &'a MasterKey,
    pub request: &'a RequestId,
}

impl Opener<'_> {
    fn open(self, sealed: &SealedText) -> Option<String> {
        sealed.open(self.master, self.request)
    }
}

/// The error that a client got.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct RequestErrorResponse {
    /// At most 500 characters.
    message: String,
    /// The parameter that is at fault.
    param: Option<String>,
}

impl RequestErrorResponse {
    pub(in crate::api) fn of(shown: ErrorShown, opener: Opener<'_>) -> Option<Self> {
        Some(Self {
            message: opener.open(&shown.message)?,
            param: shown.param,
        })
    }
}

/// The part of an attempt that is the operator's alone: what the upstream said.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(in crate::api) struct AttemptCauseResponse {
    /// The upstream's HTTP status, if it responded.
    status: Option<u16>,
    /// The upstream's own code.
    code: Option<String>,
    /// The upstream's words, or ours where it has none; at most 500 characters, without secrets.
    message: String,
    /// The upstream's own id of the request.
    upstream_request_id: Option<String>,
}

impl AttemptCauseResponse {
    /// The cause of a failure; `None` if the attempt did not fail.
    pub(in crate::api) fn of(attempt: &AttemptRecord, opener: Opener<'_>) -> Option<Self> {
        let cause = attempt.cause.as_deref()?;
        Some(Self {
            status: attempt.status,
            code: cause.code.clone(),
            message: opener.open(&cause.message)?,
            upstream_request_id: attempt.upstream_request_id.as_deref().map(str::to_owned),
        })
    }
}

/// The receipt of a request of whichever account, for operators.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OperatorRequestReceiptResponse {
    account_id: String,
    /// The account's name, or its address.
    account_label: String,
    api_key_name: Option<String>,
    /// The causes of the attempts, in their order; `null` for those that did not fail.
    causes: Vec<Option<AttemptCauseResponse>>,
    /// The labels of the credentials of the attempts, in their order; `null` where the provider has one alone.
    credentials: Vec<Option<String>>,
    #[serde(flatten)]
    receipt: RequestReceiptResponse,
}

impl OperatorRequestReceiptResponse {
    pub(in crate::api) fn of(
        account_id: &AccountId,
        account_label: String,
        api_key_name: Option<String>,
        receipt: Receipt,
        master: &MasterKey,
    ) -> Self {
        let opener = Opener {
            master,
            request: &receipt.entry.request_id,
        };
        let attempts = receipt.detail.attempts.iter();
        let causes: Vec<_> = attempts
            .map(|attempt| AttemptCauseResponse::of(attempt, opener))
            .collect();
        let labels = receipt.detail.attempts.iter();
        let credentials = labels
            .map(|attempt| attempt.credential.as_deref().map(str::to_owned))
            .collect();
        Self {
            account_id: account_id.to_string(),
            account_label,
            api_key_name,
            causes,
            credentials,
            receipt: RequestReceiptResponse::of(receipt, master),
        }
    }
}

/// One call to one deployment.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct RequestAttemptResponse {
    provider: String,
    upstream_model: String,
    began_after_ms: u64,
    duration_ms: u64,
    /// `responded`, `broken`, `client_closed`, or how it failed.
    outcome: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct RequestLimitResponse {
    /// `null` is unlimited.
    limit: Option<u64>,
    used: u64,
    resets_at: Time,
}

/// Nano-dollars per million tokens.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct RequestPricesResponse {
    input_nanos_per_million: u64,
    output_nanos_per_million: u64,
    /// The version of the model's price list: another one when a price changes.
    version: String,
    /// The charge by meter, before the price factor of the tier.
    lines: Vec<ChargeLineResponse>,
}

/// The charge for one meter of a request.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ChargeLineResponse {
    /// `input`, `cache_read`, `output`, …
    meter: &'static str,
    amount: u64,
    /// The price that applied, in nano-dollars: the meter's own, or the one that it falls back to.
    price_nanos: u64,
    /// The amount that the price is for: 1,000,000 of tokens and characters, 1 of everything else.
    price_amount: u64,
    charge_nanos: u64,
}

fn prices(shown: &PricesShown, usage: &Usage) -> Option<RequestPricesResponse> {
    let (version, prices) = Prices::of_receipt(shown)?;
    let nanos = |meter| prices.applied(meter).nanos;
    let lines = usage
        .iter()
        .map(|(meter, amount)| line(meter, amount, prices.applied(meter)));
    Some(RequestPricesResponse {
        input_nanos_per_million: nanos(Meter::UncachedInput),
        output_nanos_per_million: nanos(Meter::Output),
        version,
        // Meters without a price are not of interest here.
        lines: lines.filter(|line| line.charge_nanos > 0).collect(),
    })
}

fn line(meter: Meter, amount: u64, price: Price) -> ChargeLineResponse {
    ChargeLineResponse {
        meter: meter.name(),
        amount,
        price_nanos: price.nanos,
        price_amount: meter.unit().amount_per_price(),
        charge_nanos: charge_of(meter, amount, price),
    }
}

impl RequestReceiptResponse {
    pub(in crate::api) fn of(receipt: Receipt, master: &MasterKey) -> Self {
        let usage = receipt.usage();
        let Receipt {
            mut entry,
            detail,
            meters,
        } = receipt;
        let shown = |text: String| Some(text).filter(|text| !text.is_empty());
        let upstream_model = detail
            .attempts
            .last()
            .map(|last| last.upstream_model.to_string());
        let opener = Opener {
            master,
            request: &entry.request_id,
        };
        let error = detail
            .error
            .and_then(|shown| RequestErrorResponse::of(*shown, opener));
        Self {
            provider: shown(std::mem::take(&mut entry.provider_name)),
            upstream_model,
            error,
            attempts: detail.attempts.into_iter().map(attempt).collect(),
            cached_tokens: entry.cached_tokens,
            reasoning_tokens: entry.reasoning_tokens,
            meters: by_meter(&meters),
            counted_by: entry.counted_by.as_str(),
            is_admitted: entry.is_admitted,
            priority: detail.priority,
            address: shown(detail.address.to_string()),
            agent: shown(detail.agent.to_string()),
            limit: detail.limit.map(|shown| RequestLimitResponse {
                limit: shown.limit,
                used: shown.used,
                resets_at: Time(shown.resets_at_s.saturating_mul(MILLIS_PER_SECOND)),
            }),
            prices: detail.prices.and_then(|shown| prices(&shown, &usage)),
            held_nanos: detail.hold.map(|hold| hold.nanos),
            dropped_params: detail.dropped,
            request: RequestResponse::of(entry),
        }
    }
}

fn attempt(attempt: AttemptRecord) -> RequestAttemptResponse {
    RequestAttemptResponse {
        provider: attempt.provider.to_string(),
        upstream_model: attempt.upstream_model.to_string(),
        began_after_ms: attempt.began_us / MICROS_PER_MILLI,
        duration_ms: attempt.duration_us / MICROS_PER_MILLI,
        outcome: attempt.outcome.into_owned(),
    }
}
