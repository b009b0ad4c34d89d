//! Passing an answer on to the client.

use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use llm::json::splice;

use super::settle::Settlement;
use super::stream::StreamRelay;
use super::waiting::WaitingStream;
use super::{Answer, AnswerBody, Call};
use crate::state::GatewayState;

/// Room for the headers of an answer, those of its limits included: growing to it step by step costs more.
const HEADERS: usize = 24;

/// The client's answer. A whole one is settled here; a stream takes its settlement along.
pub(super) fn respond(app: &GatewayState, answer: Answer, mut settlement: Settlement) -> Response {
    match answer.body {
        AnswerBody::Whole { bytes, facts } => {
            settlement.set_usage(facts.usage);
            settlement.add_text(facts.text_bytes);
            settlement.complete();
            let model = answer.attempt.public_name(&answer.admission);
            let bytes = match (model, facts.model_span) {
                (Some(name), Some(span)) => splice(&bytes, &[(span, name)]),
                _ => bytes,
            };
            with_content_type(Body::from(bytes), "application/json")
        }
        AnswerBody::Stream(open) => {
            let relay = StreamRelay::new(app, answer.attempt.deadline, *open, settlement);
            event_stream(Body::new(relay))
        }
    }
}

/// The client's answer to a stream that no deployment has begun yet.
pub(super) fn respond_early(app: &GatewayState, call: Call) -> Response {
    event_stream(Body::new(WaitingStream::new(app, call)))
}

fn event_stream(body: Body) -> Response {
    let mut response = with_content_type(body, "text/event-stream");
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    // nginx holds streams back without this.
    response
        .headers_mut()
        .insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

fn with_content_type(body: Body, content_type: &'static str) -> Response {
    let mut response = Response::new(body);
    *response.headers_mut() = HeaderMap::with_capacity(HEADERS);
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
