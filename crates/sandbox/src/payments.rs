//! Payment providers: one like Stripe below `/stripe`, one like an epay gateway below `/epay`. They sign as the real ones
//! do, and lie when whoever pays asks for it. Their keys are in the source: there is nothing to protect.

mod epay;
mod send;
mod stripe;
mod wish;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::request::Parts;
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use crate::body::Body;

/// The secret by which the Stripe-like server signs.
pub const STRIPE_WEBHOOK_SECRET: &str = "whsec_sandbox_0123456789abcdef";
/// The merchant of the epay-like server, and the key of v1.
pub const EPAY_MERCHANT: &str = "1001";
pub const EPAY_KEY: &str = "sandbox-epay-key-0123456789abcdef";
/// The keys of v2: the merchant's own, and the public one of the platform.
pub const EPAY_MERCHANT_PRIVATE_KEY: &str = include_str!("../keys/epay-merchant.private");
pub const EPAY_PLATFORM_PUBLIC_KEY: &str = include_str!("../keys/epay-platform.public");

/// Orders that are remembered.
const ORDERS_MAX: usize = 20_000;

/// The payments so far.
#[derive(Default)]
pub(crate) struct Payments {
    world: Mutex<World>,
}

#[derive(Default)]
struct World {
    sessions: HashMap<String, stripe::Session>,
    orders: HashMap<String, epay::Order>,
    /// Responses by `Idempotency-Key`.
    answers: HashMap<String, Value>,
    counter: u64,
}

impl World {
    /// A new id, the next of them.
    fn next(&mut self, prefix: &str) -> String {
        self.counter += 1;
        format!("{prefix}sandbox{:06}", self.counter)
    }
}

/// A response in the making.
enum Reply {
    Json(StatusCode, Value),
    Page(String),
    Redirect(String),
}

/// A message of a provider, ready to be sent.
struct Message {
    method: &'static str,
    query: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Payments {
    /// Returns whether a path is of a payment provider.
    pub(crate) fn is_for(path: &str) -> bool {
        path.starts_with("/stripe/") || path.starts_with("/epay/")
    }

    /// Responds to a request, and sends the message that follows from it if it was told where to.
    pub(crate) async fn respond(
        self: Arc<Self>,
        head: &Parts,
        body: Option<Bytes>,
    ) -> Response<Body> {
        let Some(body) = body else {
            let told = json!({ "error": { "message": "the body is too long" } });
            return Reply::Json(StatusCode::PAYLOAD_TOO_LARGE, told).respond();
        };
        let wish = wish::Wish::of(head, &body);
        let reply = {
            let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
            if world.sessions.len() + world.orders.len() > ORDERS_MAX {
                *world = World::default();
            }
            if head.uri.path().starts_with("/stripe/") {
                stripe::act(&mut world, head, &wish)
            } else {
                epay::act(&mut world, head, &wish)
            }
        };
        let (reply, message) = reply;
        let Some(message) = message else {
            return reply.respond();
        };
        let sent = match wish.text("to") {
            "" => None,
            url => send::send(url, &message).await,
        };
        if let Reply::Redirect(_) = reply {
            return reply.respond();
        }
        let told = json!({ "message": message.to_json(), "sent": sent });
        Reply::Json(StatusCode::OK, told).respond()
    }
}

impl Message {
    fn to_json(&self) -> Value {
        let headers = self.headers.iter();
        let headers: serde_json::Map<String, Value> = headers
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect();
        json!({ "method": self.method, "query": self.query, "headers": headers, "body": self.body })
    }
}

impl Reply {
    fn missing() -> Self {
        let told =
            json!({ "error": { "message": "no such thing" }, "code": -1, "msg": "not found" });
        Self::Json(StatusCode::NOT_FOUND, told)
    }

    fn respond(self) -> Response<Body> {
        let (status, kind, data) = match self {
            Self::Json(status, value) => {
                (status, "application/json", Bytes::from(value.to_string()))
            }
            Self::Page(html) => (
                StatusCode::OK,
                "text/html; charset=utf-8",
                Bytes::from(html),
            ),
            Self::Redirect(url) => {
                let mut response = Response::new(Body::Whole(Bytes::new(), None));
                *response.status_mut() = StatusCode::SEE_OTHER;
                if let Ok(url) = HeaderValue::from_str(&url) {
                    response.headers_mut().insert(LOCATION, url);
                }
                return response;
            }
        };
        let mut response = Response::new(Body::Whole(data, None));
        *response.status_mut() = status;
        let kind = HeaderValue::from_static(kind);
        response.headers_mut().insert(CONTENT_TYPE, kind);
        response
    }
}

/// The page on which a buyer pays: a button, and where the message goes.
fn page(title: &str, action: &str, to: &str, back: &str) -> String {
    let escape = |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('"', "&quot;")
    };
    let (title, action, to, back) = (escape(title), escape(action), escape(to), escape(back));
    format!(
        "<!doctype html><meta charset=utf-8><title>{title}</title><h1>{title}</h1>\
         <form method=post action=\"{action}\"><input type=hidden name=to value=\"{to}\">\
         <input type=hidden name=back value=\"{back}\"><button>Pay</button></form>"
    )
}
