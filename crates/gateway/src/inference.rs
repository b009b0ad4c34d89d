//! One request of the data plane, from its body to its last byte: admit, candidates, attempt, relay, settle.

mod admit;
mod attempt;
mod body;
mod candidates;
mod relay;
mod settle;
mod stream;

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::Request;
use llm::Endpoint;
use tokio::time::Instant;

use crate::app::AppState;
use crate::auth::{ApiKeyCaller, told_at_end};
use crate::error::ApiError;
use crate::upstream::Ended;

use admit::Admission;
pub use admit::check_rights;
use attempt::Attempt;
use settle::Settlement;

/// Answers an inference request.
///
/// # Errors
/// What the client is told instead of an answer; it is settled already.
pub async fn infer(
    app: &AppState,
    caller: ApiKeyCaller,
    endpoint: Endpoint,
    request: Request<Body>,
) -> Result<Response, ApiError> {
    // Settles when it is dropped: a client that goes away takes this future with it.
    let mut settlement = Settlement::begin(app, &caller, endpoint);
    // Boxed, because what holds a whole request is large, and the layers above move it several times.
    let key = Arc::clone(settlement.key_in_use());
    let answer = Box::pin(run(app, caller, endpoint, request, &mut settlement));
    let answer = tokio::select! {
        biased;
        answer = answer => answer,
        () = key.ended() => Err(told_at_end(&key)),
    };
    match answer {
        Ok(answer) => Ok(relay::respond(app, answer, settlement)),
        Err(error) => {
            settlement.fail(&error);
            Err(error)
        }
    }
}

/// An answer that has begun, and what is needed to pass it on.
struct Answer {
    attempt: Attempt,
    admission: Admission,
    body: relay::AnswerBody,
}

async fn run(
    app: &AppState,
    mut caller: ApiKeyCaller,
    endpoint: Endpoint,
    request: Request<Body>,
    settlement: &mut Settlement,
) -> Result<Answer, ApiError> {
    let deadline = Instant::now() + app.config.upstream.total_timeout();
    caller.context.note_body_read();
    let body = body::read(&app.config.server, request, deadline).await?;
    let head = endpoint.read(&body)?;
    caller.recheck(app).await?;
    let admission = admit::admit(app, &caller, endpoint, head, settlement)?;
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
        let is_final = !error.is_retryable();
        // What the client has to mend is an answer.
        let ended = if is_final {
            Ended::Answered
        } else {
            Ended::Failed(error.kind())
        };
        settlement.end_attempt(error.kind(), ended);
        if !is_final {
            // What remains is the client's to mend, and in its answer.
            attempt.report(app, settlement.request_id(), &error);
        }
        failure = Some(error.into());
        if is_final {
            break;
        }
    }
    Err(failure.unwrap_or_else(|| ApiError::no_deployment(&admission.head.model)))
}
