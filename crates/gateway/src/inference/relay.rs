//! Passing a response on to the client.

use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};
use llm::cost;
use llm::language::ClientFace;

use super::settle::Settlement;
use super::stream::{BytesRelay, StreamRelay};
use super::waiting::WaitingStream;
use super::{BegunResponse, PendingCall, UpstreamBody};
use crate::state::GatewayState;

/// The parameters of a request that were left out.
const DROPPED_PARAMS: HeaderName = HeaderName::from_static("x-yunxin-dropped-params");
/// The cost of a whole response, in dollars.
const COST: HeaderName = HeaderName::from_static("x-yunxin-cost");
/// Room for the headers of a response, those of its limits included: growing to it step by step costs more.
const HEADERS: usize = 24;

/// The client's response. A whole one is settled here, and waits until that is durable; a stream takes its settlement along.
pub(super) async fn respond(
    app: &GatewayState,
    response: BegunResponse,
    mut settlement: Box<Settlement>,
) -> Response {
    let client = response.attempt.surface.client;
    match response.body {
        UpstreamBody::Whole(response) => {
            settlement.set_usage(response.usage);
            settlement.add_text(response.text_bytes);
            if !response.is_empty {
                settlement.note_content();
            }
            settlement.complete();
            if let Some(durable) = settlement.take_durable() {
                durable.await;
            }
            let whole = with_content_type(Body::from(response.body), client.content_type());
            let whole = with_cost(whole, settlement.cost_nanos);
            with_dropped(whole, listed(&settlement.dropped))
        }
        UpstreamBody::Bytes(open) => {
            let dropped = listed(&settlement.dropped);
            let content_type = open.content_type();
            let relay = BytesRelay::new(app, response.attempt.deadline, *open, settlement);
            let mut response = with_content_type(Body::new(relay), client.content_type());
            response.headers_mut().insert(CONTENT_TYPE, content_type);
            with_dropped(response, dropped)
        }
        UpstreamBody::Stream(open) => {
            let dropped = listed(&settlement.dropped);
            let relay = StreamRelay::new(app, &response.attempt, *open, settlement);
            with_dropped(event_stream(Body::new(relay), client), dropped)
        }
    }
}

/// The parameters that were left out, because the provider's language has no place for them; `None` without any.
fn listed(dropped: &[String]) -> Option<HeaderValue> {
    if dropped.is_empty() {
        return None;
    }
    HeaderValue::try_from(dropped.join(", ")).ok()
}

/// Says what the response cost, in dollars.
fn with_cost(mut response: Response, nanos: Option<u64>) -> Response {
    let cost = nanos.and_then(|nanos| HeaderValue::try_from(cost::dollars(nanos)).ok());
    if let Some(cost) = cost {
        response.headers_mut().insert(COST, cost);
    }
    response
}

fn with_dropped(mut response: Response, dropped: Option<HeaderValue>) -> Response {
    if let Some(names) = dropped {
        response.headers_mut().insert(DROPPED_PARAMS, names);
    }
    response
}

/// The client's response to a stream that no deployment has begun yet.
pub(super) fn respond_early(
    app: &GatewayState,
    call: PendingCall,
    client: &'static dyn ClientFace,
) -> Response {
    event_stream(Body::new(WaitingStream::new(app, call, client)), client)
}

fn event_stream(body: Body, client: &'static dyn ClientFace) -> Response {
    let mut response = with_content_type(body, client.stream_content_type());
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
