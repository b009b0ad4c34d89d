//! Takes a request in and finds its endpoint.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use http_body::Body as _;
use http_body_util::BodyExt;
use hyper::body::Incoming;

use crate::body::{Body, Broken};
use crate::directives::Directives;
use crate::errors::ApiError;
use crate::ledger::Ledger;
use crate::models::{self, ModelName};
use crate::payments::Payments;
use crate::perform::{Content, Outcome, json, perform};
use crate::socket::ResetSwitch;
use crate::{audio, chat, completions, embeddings, gemini, images, moderations, rerank};

const BODY_BYTES_MAX: usize = 32 << 20;

pub(crate) async fn handle(
    (ledger, payments): (Arc<Ledger>, Arc<Payments>),
    reset: ResetSwitch,
    request: Request<Incoming>,
) -> Result<Response<Body>, Broken> {
    let shown = match request.uri().path() {
        "/healthz" => Some(Bytes::from_static(br#"{"status":"ok"}"#)),
        "/sandbox/stats" => Some(ledger.stats()),
        "/sandbox/requests" => Some(ledger.recent()),
        _ => None,
    };
    if let Some(data) = shown {
        return Ok(json(StatusCode::OK, data, None));
    }
    if Payments::is_for(request.uri().path()) {
        let (head, incoming) = request.into_parts();
        let body = read(incoming).await?;
        return Ok(payments.respond(&head, body).await);
    }
    let exchange = ledger.open();
    let (head, incoming) = request.into_parts();
    let (outcome, body) = match read(incoming).await? {
        Some(body) => (dispatch(&head, &body), body),
        None => (
            ApiError::body_too_large(BODY_BYTES_MAX).into(),
            Bytes::new(),
        ),
    };
    ledger.record(head, &body);
    perform(outcome, exchange, reset).await
}

fn dispatch(head: &Parts, body: &Bytes) -> Outcome {
    let path = head.uri.path();
    if let Some(named) = gemini::named(path) {
        let act = || gemini::act(head, body, named);
        let outcome = with_method(head, &Method::POST, act);
        let mut outcome = outcome.unwrap_or_else(Outcome::from);
        outcome.directives.is_google = true;
        return outcome;
    }
    let outcome = match path {
        "/v1/chat/completions" => with_method(head, &Method::POST, || chat::create(head, body)),
        "/v1/completions" => with_method(head, &Method::POST, || completions::create(head, body)),
        "/v1/embeddings" => with_method(head, &Method::POST, || embeddings::create(head, body)),
        "/v1/moderations" => with_method(head, &Method::POST, || moderations::create(head, body)),
        "/v1/rerank" => with_method(head, &Method::POST, || rerank::create(head, body)),
        "/v1/images/generations" => {
            with_method(head, &Method::POST, || images::generate(head, body))
        }
        "/v1/images/edits" | "/v1/images/variations" => {
            with_method(head, &Method::POST, || images::edit(head, body))
        }
        "/v1/audio/speech" => with_method(head, &Method::POST, || audio::speak(head, body)),
        "/v1/audio/transcriptions" | "/v1/audio/translations" => {
            with_method(head, &Method::POST, || audio::listen(head, body))
        }
        "/v1/models" => with_method(head, &Method::GET, || {
            let directives = Directives::gather("", &head.headers, std::iter::empty())?;
            Ok(immediate(directives, models::list()))
        }),
        _ => match path.strip_prefix("/v1/models/") {
            Some(id) => with_method(head, &Method::GET, || {
                let model = ModelName::parse(id)?;
                let directives =
                    Directives::gather(model.directives, &head.headers, std::iter::empty())?;
                Ok(immediate(directives, models::get(model)))
            }),
            None => Err(ApiError::unknown_url(&head.method, path)),
        },
    };
    outcome.unwrap_or_else(Outcome::from)
}

fn with_method(
    head: &Parts,
    method: &Method,
    respond: impl FnOnce() -> Result<Outcome, ApiError>,
) -> Result<Outcome, ApiError> {
    if head.method == *method {
        respond()
    } else {
        Err(ApiError::method_not_allowed(&head.method, head.uri.path()))
    }
}

fn immediate(directives: Directives, body: Bytes) -> Outcome {
    Outcome {
        directives,
        content: Ok(Content::Json { body, words: 0 }),
    }
}

/// The whole body, or `None` if it is too long. A body in one piece is not copied.
async fn read(mut incoming: Incoming) -> Result<Option<Bytes>, Broken> {
    let declared = usize::try_from(incoming.size_hint().lower()).unwrap_or(usize::MAX);
    if declared > BODY_BYTES_MAX {
        return Ok(None);
    }
    let mut first = Bytes::new();
    let mut collected = BytesMut::new();
    while let Some(frame) = incoming.frame().await {
        let Ok(data) = frame.map_err(|_| Broken)?.into_data() else {
            continue;
        };
        if first.is_empty() && collected.is_empty() {
            first = data;
            continue;
        }
        if collected.is_empty() {
            collected.reserve(declared.max(first.len() + data.len()));
            collected.extend_from_slice(&first);
        }
        if collected.len() + data.len() > BODY_BYTES_MAX {
            return Ok(None);
        }
        collected.extend_from_slice(&data);
    }
    Ok(Some(if collected.is_empty() {
        first
    } else {
        collected.freeze()
    }))
}
