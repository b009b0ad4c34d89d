//! One request of the data plane, from its body to its last byte: admit, candidates, attempt, relay, settle.

mod admit;
mod attempt;
mod body;
mod candidates;
mod relay;
mod settle;
mod stream;
mod waiting;

use std::pin::Pin;
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::Request;
use llm::Endpoint;
use tokio::time::Instant;

use crate::auth::{ApiKeyCaller, told_at_end};
use crate::error::ApiError;
use crate::ingress::HeldBody;
use crate::keys::KeyInUse;
use crate::state::GatewayState;
use crate::upstream::Ended;

use admit::Admission;
pub use admit::check_rights;
use attempt::Attempt;
use settle::Settlement;
use stream::OpenStream;

/// Answers an inference request.
///
/// # Errors
/// What the client is told instead of an answer; it is settled already.
pub async fn infer(
    app: &GatewayState,
    caller: ApiKeyCaller,
    endpoint: Endpoint,
    request: Request<Body>,
) -> Result<Response, ApiError> {
    // Settles when it is dropped: a client that goes away takes this future with it.
    let mut settlement = Settlement::begin(app, &caller, endpoint);
    // Boxed, because what holds a whole request is large, and the layers above move it several times.
    let key = Arc::clone(settlement.key_in_use());
    let admitting = Box::pin(admit(app, caller, endpoint, request, &mut settlement));
    let admitted = match until_ended(&key, admitting).await {
        Ok(admitted) => admitted,
        Err(error) => {
            settlement.fail(&error);
            return Err(error);
        }
    };
    let is_streamed = admitted.admission.head.is_streamed;
    let mut call: Call = Box::pin(call(app.clone(), admitted, settlement));
    let (answer, mut settlement) = tokio::select! {
        biased;
        called = &mut call => called,
        // From here on a failure can only be an event of the stream.
        () = tokio::time::sleep(app.config.upstream.heartbeat()), if is_streamed => {
            return Ok(relay::respond_early(app, call));
        }
    };
    match answer {
        Ok(answer) => Ok(relay::respond(app, answer, settlement)),
        Err(error) => {
            settlement.fail(&error);
            Err(error)
        }
    }
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
    endpoint: Endpoint,
    admission: Admission,
    body: HeldBody,
    deadline: Instant,
}

/// An answer that has begun, and what is needed to pass it on.
struct Answer {
    attempt: Attempt,
    admission: Admission,
    body: AnswerBody,
}

/// What the upstream answered with.
enum AnswerBody {
    Whole { bytes: Bytes, facts: llm::Answer },
    Stream(Box<OpenStream>),
}

/// The calls to deployments until one answers, with the open account of the request.
type Call = Pin<Box<dyn Future<Output = (Result<Answer, ApiError>, Settlement)> + Send>>;

async fn admit(
    app: &GatewayState,
    mut caller: ApiKeyCaller,
    endpoint: Endpoint,
    request: Request<Body>,
    settlement: &mut Settlement,
) -> Result<Admitted, ApiError> {
    let deadline = Instant::now() + app.config.upstream.total_timeout();
    admit::precheck(app, &caller, endpoint, settlement)?;
    let body = body::read(app, &caller, endpoint, request, deadline).await?;
    let head = endpoint.read(&body)?;
    caller.recheck(app).await?;
    let admission = admit::admit(app, &caller, endpoint, head, settlement)?;
    Ok(Admitted {
        caller,
        endpoint,
        admission,
        body,
        deadline,
    })
}

async fn call(
    app: GatewayState,
    admitted: Admitted,
    mut settlement: Settlement,
) -> (Result<Answer, ApiError>, Settlement) {
    let key = Arc::clone(settlement.key_in_use());
    let attempts = attempts(&app, admitted, &mut settlement);
    let answer = until_ended(&key, attempts).await;
    (answer, settlement)
}

async fn attempts(
    app: &GatewayState,
    admitted: Admitted,
    settlement: &mut Settlement,
) -> Result<Answer, ApiError> {
    let Admitted {
        mut caller,
        endpoint,
        admission,
        body,
        deadline,
    } = admitted;
    let candidates = candidates::order(&admission.model, caller.key.is_test());
    let mut failure = None;
    for (number, deployment) in candidates
        .into_iter()
        .take(app.config.upstream.attempts_max())
        .enumerate()
    {
        if number > 0 {
            caller.recheck(app).await?;
        }
        settlement.begin_attempt(&deployment);
        let attempt = Attempt {
            endpoint,
            deployment,
            deadline,
        };
        let error = match attempt.run(app, &admission, &body, settlement).await {
            Ok(body) => {
                return Ok(Answer {
                    attempt,
                    admission,
                    body,
                });
            }
            Err(error) => error,
        };
        // What the client has to mend is an answer, and in what the client gets.
        if error.is_answer() {
            settlement.end_attempt(error.kind(), Ended::Answered);
        } else {
            settlement.end_attempt(error.kind(), Ended::Failed(error.kind()));
            attempt.report(app, settlement.request_id(), &error);
        }
        let is_final = !error.is_retryable();
        failure = Some(error.into());
        if is_final {
            break;
        }
    }
    Err(failure.unwrap_or_else(|| ApiError::no_deployment(&admission.head.model)))
}
