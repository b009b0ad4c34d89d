//! Gives a response the way the request wants it: late, broken, or simply.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};

use crate::body::{Body, Broken, Playback, Source};
use crate::directives::{Directives, Fault};
use crate::errors::ApiError;
use crate::ledger::Exchange;
use crate::socket::ResetSwitch;
use crate::stream::{Ending, HTML, Script, time_per_word};

/// The outcome of a request at an endpoint.
pub(crate) struct Outcome {
    pub(crate) directives: Directives,
    pub(crate) content: Result<Content, ApiError>,
}

pub(crate) enum Content {
    /// `words` is how long it takes to say, if words are paced.
    Json {
        body: Bytes,
        words: u64,
    },
    /// A response of another type, whole.
    Bytes {
        content_type: &'static str,
        body: Bytes,
    },
    Stream(Box<Script>),
}

impl From<ApiError> for Outcome {
    fn from(error: ApiError) -> Self {
        Self {
            directives: Directives::default(),
            content: Err(error),
        }
    }
}

pub(crate) async fn perform(
    outcome: Outcome,
    mut exchange: Exchange,
    reset: ResetSwitch,
) -> Result<Response<Body>, Broken> {
    let Outcome {
        directives,
        content,
    } = outcome;
    pause(Duration::from_millis(directives.slow_headers_ms)).await;
    match directives.fault {
        Some(Fault::Hang) => std::future::pending().await,
        Some(Fault::Reset) => {
            exchange.end();
            reset.trip();
            return Err(Broken);
        }
        _ => {}
    }
    let content = match directives.status {
        Some(status) => Err(ApiError::with_status(status)),
        None => content,
    };
    let mut response = match content {
        Ok(Content::Stream(script)) => stream(*script, &directives, exchange, reset),
        Ok(Content::Json { body, words }) => {
            pause(time_to_say(words, &directives)).await;
            plain(body, &directives, exchange, reset)
        }
        Ok(Content::Bytes { content_type, body }) => {
            pause(time_to_say(0, &directives)).await;
            bytes(content_type, &body, &directives, exchange, reset)
        }
        Err(error) => {
            pause(time_to_say(0, &directives)).await;
            let status = error.status;
            json(status, error.body_of(directives.is_google), Some(exchange))
        }
    };
    if let Some(seconds) = directives.retry_after {
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    Ok(response)
}

pub(crate) fn json(status: StatusCode, data: Bytes, exchange: Option<Exchange>) -> Response<Body> {
    respond(status, "application/json", Body::Whole(data, exchange))
}

fn stream(
    mut script: Script,
    directives: &Directives,
    exchange: Exchange,
    reset: ResetSwitch,
) -> Response<Body> {
    script.start(directives);
    let is_split = directives.fault == Some(Fault::Split);
    let playback = Playback::new(
        Source::Script(Box::new(script)),
        is_split,
        None,
        exchange,
        reset,
    );
    let body = Body::Playback(Box::new(playback));
    let mut response = respond(StatusCode::OK, "text/event-stream", body);
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// The faults of streams, as far as a response in one piece can have them.
fn plain(
    data: Bytes,
    directives: &Directives,
    exchange: Exchange,
    reset: ResetSwitch,
) -> Response<Body> {
    let whole = data.len();
    let (sent, ending, is_declared) = match directives.fault {
        Some(Fault::ResetMid) => (whole / 2, Ending::Reset, true),
        Some(Fault::HalfFrame) => (whole / 2, Ending::Close, true),
        Some(Fault::Stall) => (whole / 2, Ending::Silence, true),
        Some(Fault::Truncate) => (whole / 2, Ending::Clean, false),
        Some(Fault::Split) => (whole, Ending::Clean, true),
        Some(Fault::Garbage) => {
            let html = Bytes::from_static(HTML.as_bytes());
            return respond(
                StatusCode::OK,
                "text/html",
                Body::Whole(html, Some(exchange)),
            );
        }
        Some(Fault::ErrorEvent) => {
            let error = ApiError::with_status(StatusCode::INTERNAL_SERVER_ERROR);
            let body = error.body_of(directives.is_google);
            return json(StatusCode::OK, body, Some(exchange));
        }
        Some(Fault::HugeLine) => {
            let padded = pad(&data, &vec![b' '; directives.bytes]);
            return json(StatusCode::OK, padded, Some(exchange));
        }
        Some(Fault::Chatter) => {
            return json(StatusCode::OK, pad(&data, b"\r\n\n \n"), Some(exchange));
        }
        Some(Fault::Hang | Fault::Reset | Fault::NoDone | Fault::NoUsage | Fault::WrongUsage)
        | None => return json(StatusCode::OK, data, Some(exchange)),
    };
    let declared_bytes = is_declared.then_some(whole as u64);
    let source = Source::Plain(data.slice(..sent), ending);
    let is_split = directives.fault == Some(Fault::Split);
    let playback = Playback::new(source, is_split, declared_bytes, exchange, reset);
    respond(
        StatusCode::OK,
        "application/json",
        Body::Playback(Box::new(playback)),
    )
}

/// A response of another type. Faults that end it early do so after half of it.
fn bytes(
    content_type: &'static str,
    data: &Bytes,
    directives: &Directives,
    exchange: Exchange,
    reset: ResetSwitch,
) -> Response<Body> {
    let whole = data.len();
    let (sent, ending) = match directives.fault {
        Some(Fault::ResetMid) => (whole / 2, Ending::Reset),
        Some(Fault::HalfFrame) => (whole / 2, Ending::Close),
        Some(Fault::Truncate) => (whole / 2, Ending::Clean),
        Some(Fault::Stall) => (whole / 2, Ending::Silence),
        _ => (whole, Ending::Clean),
    };
    let is_split = directives.fault == Some(Fault::Split);
    let source = Source::Plain(data.slice(..sent), ending);
    let playback = Playback::new(source, is_split, None, exchange, reset);
    let body = Body::Playback(Box::new(playback));
    respond(StatusCode::OK, content_type, body)
}

fn pad(data: &Bytes, space: &[u8]) -> Bytes {
    Bytes::from([space, data].concat())
}

fn respond(status: StatusCode, content_type: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn time_to_say(words: u64, directives: &Directives) -> Duration {
    let words = u32::try_from(words).unwrap_or(u32::MAX);
    Duration::from_millis(directives.ttft_ms) + time_per_word(directives) * words
}

async fn pause(duration: Duration) {
    if !duration.is_zero() {
        tokio::time::sleep(duration).await;
    }
}
