//! One request of the data plane, from its body to its last byte: admit, plan, attempt, relay, settle.

mod active_probe;
mod admit;
mod attempt;
mod attempts;
mod body;
mod budget;
mod budget_alerts;
mod causes;
mod charge;
mod cost;
mod counted;
mod credits;
mod explain;
mod hints;
mod journaled;
mod journaling;
mod learned;
mod look_ahead;
mod media;
mod other_model;
mod planned;
mod progress;
mod quote;
mod record;
mod relay;
mod rights;
mod settle;
mod shed;
mod stream;
mod trial;
mod unmet;
mod virtual_model;
mod waiting;

use std::pin::{Pin, pin};
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use futures_util::future::BoxFuture;
use http::Request;
use http::header::CONTENT_TYPE;
use llm::chat::Written;
use llm::language::ClientFace;
use llm::operation::{Input, RequestBody};
use llm::passthrough::WholeResponse;
use llm::route_ask::RouteAsk;
use llm::{Language, Operation, RequestSummary, TranslateError};
use tokio::time::Instant;

use crate::auth::{ApiKeyCaller, told_at_end};
use crate::error::ApiError;
use crate::ingress::BufferedBody;
use crate::keys::KeyInUse;
use crate::state::GatewayState;
use crate::upstream::ForwardedHeaders;

pub use active_probe::probe_what_is_due;
use admit::Admission;
use attempt::Attempt;
pub use counted::{CountedRequest, count_request, while_key_lives};
pub use explain::{ExplainedCandidate, explain, lead};
use hints::Hints;
pub use look_ahead::{LookAhead, look_ahead, pays_in_advance};
use media::RequestMedia;
pub use rights::check_rights;
use settle::Settlement;
use stream::{OpenBytes, OpenStream};
pub use trial::{
    CheckOutcome, ProviderCheck, Trial, TrialError, TrialResponse, check_provider, try_each,
    try_out,
};

/// An operation, and the language in which a client asks for it.
#[derive(Debug, Clone, Copy)]
pub struct Surface {
    pub operation: &'static Operation,
    pub language: &'static Language,
    pub client: &'static dyn ClientFace,
}

impl Surface {
    /// An operation in a language that clients speak.
    pub fn of(operation: &'static Operation, language: &'static Language) -> Self {
        let client = language.client;
        let client = client.expect("a surface is of a language that clients speak");
        let of_prompts = (operation.input == Input::Prompt).then(|| client.for_prompts());
        Self {
            operation,
            language,
            client: of_prompts.flatten().unwrap_or(client),
        }
    }
}

/// The part of a request that stands in its path, in a language that has it there.
#[derive(Debug, Clone)]
pub struct AskedInPath {
    pub model: String,
    pub is_streamed: bool,
    /// Writes the body in the language of the surface, where the client speaks another that has no way of its own.
    pub recast: Option<Recast>,
}

/// Completes the body of a request once it is read, before anything in it is looked at.
pub type Completion =
    Box<dyn FnOnce(BufferedBody) -> BoxFuture<'static, Result<BufferedBody, ApiError>> + Send>;

/// A request with what its surface knows of it besides its body.
struct Asking {
    in_path: Option<AskedInPath>,
    completion: Option<Completion>,
    request: Request<Body>,
}

/// Writes the body of a request for a model in another language.
pub type Recast = fn(&[u8], &str) -> Result<Written, TranslateError>;

impl AskedInPath {
    /// Adds what the path says to the summary of the body.
    fn complete(self, summary: &mut RequestSummary) -> Result<(), TranslateError> {
        if self.model.is_empty() {
            return Err(TranslateError::Missing { param: "model" });
        }
        summary.model = self.model;
        summary.is_streamed = self.is_streamed;
        Ok(())
    }
}

/// Responds to an inference request.
///
/// # Errors
/// If the request fails: the error for the client; it is settled already.
pub async fn infer(
    app: &GatewayState,
    caller: ApiKeyCaller,
    surface: Surface,
    request: Request<Body>,
) -> Result<Response, ApiError> {
    infer_asked(app, caller, surface, None, request).await
}

/// Responds to an inference request whose body is to be completed.
///
/// # Errors
/// If the request fails: the error for the client; it is settled already.
pub async fn infer_completed(
    app: &GatewayState,
    caller: ApiKeyCaller,
    surface: Surface,
    completion: Completion,
    request: Request<Body>,
) -> Result<Response, ApiError> {
    let asking = Asking {
        in_path: None,
        completion: Some(completion),
        request,
    };
    respond(app, caller, surface, asking).await
}

/// Responds to an inference request whose path says a part of it.
///
/// # Errors
/// If the request fails: the error for the client; it is settled already.
pub async fn infer_asked(
    app: &GatewayState,
    caller: ApiKeyCaller,
    surface: Surface,
    asked: Option<AskedInPath>,
    request: Request<Body>,
) -> Result<Response, ApiError> {
    let asking = Asking {
        in_path: asked,
        completion: None,
        request,
    };
    respond(app, caller, surface, asking).await
}

async fn respond(
    app: &GatewayState,
    caller: ApiKeyCaller,
    surface: Surface,
    asking: Asking,
) -> Result<Response, ApiError> {
    // Settles when it is dropped: a client that goes away takes this future with it.
    let mut settlement = Settlement::begin(app, &caller, surface.operation);
    // Boxed, because what holds a whole request is large, and the layers above move it several times.
    let key = Arc::clone(settlement.key_in_use());
    let admitting = Box::pin(admit(app, caller, surface, asking, &mut settlement));
    let admitted = match until_ended(&key, admitting).await {
        Ok(admitted) => admitted,
        Err(error) => {
            settlement.fail(&error);
            return Err(error);
        }
    };
    let is_streamed = admitted.admission.summary.is_streamed;
    let mut call: PendingCall = Box::pin(call(app.clone(), admitted, settlement));
    let (response, mut settlement) = tokio::select! {
        biased;
        called = &mut call => called,
        // From here on a failure can only be an event of the stream.
        () = tokio::time::sleep(app.config.upstream.heartbeat()), if is_streamed => {
            return Ok(relay::respond_early(app, call, surface.client));
        }
    };
    match response {
        Ok(response) => Ok(relay::respond(app, response, settlement).await),
        Err(error) => {
            settlement.fail(&error);
            Err(error)
        }
    }
}

/// Estimates the input tokens of a request that is not sent: only the caller's rights are asked, nothing is counted.
///
/// # Errors
/// If the caller may not ask this model, or the body is no request.
pub async fn estimate_input(
    app: &GatewayState,
    caller: &ApiKeyCaller,
    surface: Surface,
    asked: Option<AskedInPath>,
    request: Request<Body>,
) -> Result<u64, ApiError> {
    let deadline = Instant::now() + app.config.upstream.total_timeout();
    let hints = Hints::of(request.headers())?;
    let body = body::read(app, caller, surface.operation, request, deadline).await?;
    let ask = hints::take_ask(surface.operation, &body)?;
    let mut summary = surface.client.scan(surface.operation, &body)?;
    if let Some(asked) = asked {
        asked.complete(&mut summary)?;
    }
    if let Some((ask, _)) = &ask {
        unmet::check_names(app, ask, &summary.model)?;
    }
    let session = hints.session_or(ask.as_ref().map(|(ask, _)| ask));
    admit::check_model_of(app, caller, surface.operation, (&summary, session))?;
    // Nothing is sent that a provider could refuse; what only some can take is counted all the same.
    if let Err(error) = surface.client.read_request(&body)
        && !matches!(error, TranslateError::Unsupported { .. })
    {
        return Err(error.into());
    }
    Ok(summary.input_tokens_estimate.max(1))
}

/// Awaits `work`, unless the key may not be used any more or the server stops before it is done.
async fn until_ended<T>(
    key: &KeyInUse,
    work: impl Future<Output = Result<T, ApiError>>,
) -> Result<T, ApiError> {
    tokio::select! {
        biased;
        done = work => done,
        () = key.ended() => Err(told_at_end(key)),
    }
}

/// A request that may be served, and until when.
struct Admitted {
    caller: ApiKeyCaller,
    surface: Surface,
    admission: Admission,
    forwarded: ForwardedHeaders,
    hints: Hints,
    /// The wishes in the body, if it has any.
    ask: Option<Box<RouteAsk>>,
    body: BufferedBody,
    /// The media that were fetched for it.
    media: RequestMedia,
    deadline: Instant,
}

/// A response that has begun, and what is needed to pass it on.
struct BegunResponse {
    attempt: Attempt,
    body: UpstreamBody,
}

/// The body of the upstream's response.
#[expect(
    clippy::large_enum_variant,
    reason = "one per request, moved once; a box would be an allocation for each"
)]
enum UpstreamBody {
    Whole(WholeResponse),
    Stream(Box<OpenStream>),
    Bytes(Box<OpenBytes>),
}

/// The calls to deployments until one responds, with the open account of the request.
type PendingCall =
    Pin<Box<dyn Future<Output = (Result<BegunResponse, ApiError>, Box<Settlement>)> + Send>>;

async fn admit(
    app: &GatewayState,
    mut caller: ApiKeyCaller,
    surface: Surface,
    asking: Asking,
    settlement: &mut Settlement,
) -> Result<Admitted, ApiError> {
    let deadline = Instant::now() + app.config.upstream.total_timeout();
    let Surface {
        operation, client, ..
    } = surface;
    let Asking {
        in_path: asked,
        completion,
        request,
    } = asking;
    admit::precheck(app, &caller, operation, settlement)?;
    let forwarded = if operation.body == RequestBody::Multipart {
        // Whoever writes the parts knows what is between them.
        ForwardedHeaders::pick(&[CONTENT_TYPE.as_str()], request.headers())
    } else {
        ForwardedHeaders::pick(client.forwarded_headers(), request.headers())
    };
    let hints = Hints::of(request.headers())?;
    let mut body = body::read(app, &caller, operation, request, deadline).await?;
    if let Some(complete) = completion {
        body = complete(body).await?;
    }
    if let Some(asked) = &asked
        && let Some(recast) = asked.recast
    {
        let written = recast(&body, &asked.model)?;
        body = body.replaced(written.body);
        settlement.dropped_at_first = written.dropped;
    }
    // Read once, where nothing is to be taken out before.
    let is_json = matches!(operation.body, RequestBody::Json { .. });
    let plain = is_json.then(|| client.scan(operation, &body));
    let plain = plain.and_then(Result::ok);
    let plain = plain.filter(|summary| summary.asks_no_routing);
    let ask = match &plain {
        Some(_) => None,
        None => hints::take_ask(operation, &body)?,
    };
    let ask = match ask {
        Some((ask, rest)) => {
            body = match rest {
                Some(rest) => body.replaced(rest),
                None => body,
            };
            Some(Box::new(ask))
        }
        None => None,
    };
    let scanned = plain.map_or_else(|| client.scan(operation, &body), Ok);
    let mut summary = match scanned {
        Ok(summary) => summary,
        Err(error) => {
            let Some(adopted) = client.adopt(operation, &body) else {
                return Err(error.into());
            };
            let adopted = adopted?;
            settlement.dropped_at_first = adopted.dropped;
            body = body.replaced(adopted.body);
            client.scan(operation, &body)?
        }
    };
    if let Some(asked) = asked {
        asked.complete(&mut summary)?;
    }
    if let Some(ask) = &ask {
        unmet::check_names(app, ask, &summary.model)?;
    }
    caller.recheck(app).await?;
    let session = hints.session_or(ask.as_deref());
    let asked = (summary, session);
    let admission = admit::admit(app, &caller, operation, asked, settlement).await?;
    Ok(Admitted {
        caller,
        surface,
        admission,
        forwarded,
        hints,
        ask,
        body,
        media: RequestMedia::default(),
        deadline,
    })
}

async fn call(
    app: GatewayState,
    admitted: Admitted,
    mut settlement: Box<Settlement>,
) -> (Result<BegunResponse, ApiError>, Box<Settlement>) {
    let key = Arc::clone(settlement.key_in_use());
    // Where it is, so that it is not moved from hand to hand: what holds all attempts is large.
    let response = {
        let attempts = pin!(attempts::run(&app, admitted, &mut settlement));
        until_ended(&key, attempts).await
    };
    settlement.report_route();
    (response, settlement)
}
