//! A server like Stripe: sessions of Checkout, refunds, and events with `Stripe-Signature`.
//!
//! `POST /stripe/pay/{session}` stands for the buyer and the bank. `what` is `paid` (without it), `processing`, `settled`,
//! `failed`, `expired`, `refunded` (with `amount`) or `disputed`; `truth=unpaid` sends the message without it being so;
//! `lie` falsifies the message: `signature`, `amount`, `currency`, `account`, `method`, `order` (with `order`), `old`.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use http::request::Parts;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::wish::Wish;
use super::{Message, Reply, STRIPE_WEBHOOK_SECRET, World, page};

/// A session as it truly is.
#[derive(Clone)]
pub(super) struct Session {
    id: String,
    order_id: String,
    account_id: String,
    amount: i64,
    currency: String,
    method: String,
    back: String,
    payment: String,
    status: &'static str,
    payment_status: &'static str,
    intent_status: &'static str,
    refunded: i64,
    disputed: bool,
}

pub(super) fn act(world: &mut World, head: &Parts, wish: &Wish) -> (Reply, Option<Message>) {
    let path = head.uri.path().trim_start_matches("/stripe");
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    if segments.first() == Some(&"v1") && !has_key(head) {
        let told = json!({ "error": { "type": "invalid_request_error", "message": "no API key" } });
        return (Reply::Json(StatusCode::UNAUTHORIZED, told), None);
    }
    let reply = match (&head.method, segments.as_slice()) {
        (&Method::POST, ["v1", "checkout", "sessions"]) => once(world, wish, create),
        (&Method::GET, ["v1", "checkout", "sessions", id]) => world
            .sessions
            .get(*id)
            .map_or_else(Reply::missing, |session| ok(whole(session))),
        (&Method::POST, ["v1", "checkout", "sessions", id, "expire"]) => expire(world, id),
        (&Method::POST, ["v1", "refunds"]) => once(world, wish, refund),
        (&Method::GET, ["pay", id]) => show(world, id, wish),
        (&Method::POST, ["pay", id]) => return pay(world, id, wish),
        _ => Reply::missing(),
    };
    (reply, None)
}

fn has_key(head: &Parts) -> bool {
    let value = head.headers.get("authorization");
    value.is_some_and(|value| value.as_bytes().starts_with(b"Bearer sk_"))
}

fn ok(value: Value) -> Reply {
    Reply::Json(StatusCode::OK, value)
}

/// The first response again to a repeated `Idempotency-Key`.
fn once(
    world: &mut World,
    wish: &Wish,
    run: fn(&mut World, &Wish) -> Result<Value, &'static str>,
) -> Reply {
    let key = wish.idempotency_key.clone().unwrap_or_default();
    if let Some(answer) = world.answers.get(&key) {
        return ok(answer.clone());
    }
    match run(world, wish) {
        Ok(answer) => {
            if !key.is_empty() {
                world.answers.insert(key, answer.clone());
            }
            ok(answer)
        }
        Err(message) => {
            let told = json!({ "error": { "type": "invalid_request_error", "message": message } });
            Reply::Json(StatusCode::BAD_REQUEST, told)
        }
    }
}

fn create(world: &mut World, wish: &Wish) -> Result<Value, &'static str> {
    let amount = wish.number("line_items[0][price_data][unit_amount]", 0);
    if wish.text("mode") != "payment" || amount <= 0 {
        return Err("mode must be payment, with an amount");
    }
    let session = Session {
        id: world.next("cs_"),
        order_id: wish.text("client_reference_id").to_owned(),
        account_id: wish.text("metadata[account_id]").to_owned(),
        amount,
        currency: wish.text("line_items[0][price_data][currency]").to_owned(),
        method: wish.text("payment_method_types[0]").to_owned(),
        back: wish.text("success_url").to_owned(),
        payment: world.next("pi_"),
        status: "open",
        payment_status: "unpaid",
        intent_status: "requires_payment_method",
        refunded: 0,
        disputed: false,
    };
    let answer = object(&session);
    world.sessions.insert(session.id.clone(), session);
    Ok(answer)
}

fn refund(world: &mut World, wish: &Wish) -> Result<Value, &'static str> {
    let id = world.next("re_");
    let payment = wish.text("payment_intent");
    let found = world
        .sessions
        .values_mut()
        .find(|one| one.payment == payment);
    let session = found.ok_or("no such payment")?;
    let amount = wish.number("amount", session.amount);
    if session.payment_status != "paid" || session.refunded + amount > session.amount {
        return Err("that cannot be refunded");
    }
    session.refunded += amount;
    Ok(
        json!({ "id": id, "object": "refund", "amount": amount, "payment_intent": payment, "status": "succeeded" }),
    )
}

fn expire(world: &mut World, id: &str) -> Reply {
    match world.sessions.get_mut(id) {
        Some(session) if session.status == "open" => {
            session.status = "expired";
            ok(object(session))
        }
        Some(_) => {
            let told = json!({ "error": { "message": "the session is not open" } });
            Reply::Json(StatusCode::BAD_REQUEST, told)
        }
        None => Reply::missing(),
    }
}

fn show(world: &World, id: &str, wish: &Wish) -> Reply {
    let Some(session) = world.sessions.get(id) else {
        return Reply::missing();
    };
    let title = format!("Pay {} {}", session.amount, session.currency);
    let action = format!("/stripe/pay/{id}");
    Reply::Page(page(&title, &action, wish.text("to"), &session.back))
}

fn object(session: &Session) -> Value {
    let is_begun = session.status == "complete";
    json!({
        "id": session.id,
        "object": "checkout.session",
        "client_reference_id": session.order_id,
        "metadata": { "order_id": session.order_id, "account_id": session.account_id },
        "amount_total": session.amount,
        "currency": session.currency,
        "payment_method_types": [session.method],
        "payment_intent": is_begun.then_some(&session.payment),
        "status": session.status,
        "payment_status": session.payment_status,
        "url": (session.status == "open").then(|| format!("http://sandbox.invalid/stripe/pay/{}", session.id)),
    })
}

/// With the payment and its charge, as `expand` asks for.
fn whole(session: &Session) -> Value {
    let mut value = object(session);
    if session.status == "complete" {
        value["payment_intent"] = json!({
            "id": session.payment,
            "status": session.intent_status,
            "latest_charge": {
                "id": "ch_1",
                "amount_refunded": session.refunded,
                "disputed": session.disputed,
            },
        });
    }
    value
}

fn pay(world: &mut World, id: &str, wish: &Wish) -> (Reply, Option<Message>) {
    let Some(session) = world.sessions.get_mut(id) else {
        return (Reply::missing(), None);
    };
    let before = session.clone();
    let kind = happen(session, wish);
    let mut told = session.clone();
    if wish.text("truth") == "unpaid" {
        *session = before;
    }
    let back = session.back.clone();
    falsify(&mut told, wish);
    let object = match kind {
        "charge.refunded" | "charge.dispute.created" => {
            json!({ "id": "ch_1", "payment_intent": told.payment })
        }
        _ => object(&told),
    };
    let event = json!({
        "id": world.next("evt_"),
        "object": "event",
        "type": kind,
        "data": { "object": object },
    });
    let message = signed(event.to_string(), wish);
    let reply = if wish.text("back").is_empty() {
        ok(Value::Null)
    } else {
        Reply::Redirect(back)
    };
    (reply, Some(message))
}

/// Changes the session as the buyer and the bank do; the type of the event that tells it.
fn happen(session: &mut Session, wish: &Wish) -> &'static str {
    match wish.text("what") {
        "processing" => {
            (session.status, session.intent_status) = ("complete", "processing");
            "checkout.session.completed"
        }
        "failed" => {
            (session.status, session.intent_status) = ("complete", "requires_payment_method");
            "checkout.session.async_payment_failed"
        }
        "expired" => {
            session.status = "expired";
            "checkout.session.expired"
        }
        "refunded" => {
            session.refunded = wish.number("amount", session.amount);
            "charge.refunded"
        }
        "disputed" => {
            session.disputed = true;
            "charge.dispute.created"
        }
        what => {
            (session.status, session.payment_status) = ("complete", "paid");
            session.intent_status = "succeeded";
            if what == "settled" {
                "checkout.session.async_payment_succeeded"
            } else {
                "checkout.session.completed"
            }
        }
    }
}

fn falsify(told: &mut Session, wish: &Wish) {
    if wish.lies("amount") {
        told.amount = wish.number("amount", 180);
    }
    if wish.lies("currency") {
        told.currency = "vnd".to_owned();
    }
    if wish.lies("account") {
        told.account_id = "acct_other".to_owned();
    }
    if wish.lies("method") {
        told.method = "crypto".to_owned();
    }
    if wish.lies("order") {
        told.order_id = wish.text("order").to_owned();
    }
}

fn signed(body: String, wish: &Wish) -> Message {
    let at_s = wish.at_s() - if wish.lies("old") { 3_600 } else { 0 };
    let secret = if wish.lies("signature") {
        "whsec_somebody_elses_secret"
    } else if wish.lies("empty") {
        ""
    } else {
        STRIPE_WEBHOOK_SECRET
    };
    let key = Key::new(HMAC_SHA256, secret.as_bytes());
    let tag = sign(&key, format!("{at_s}.{body}").as_bytes());
    let hex: String = tag
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Message {
        method: "POST",
        query: String::new(),
        headers: vec![("stripe-signature", format!("t={at_s},v1={hex}"))],
        body,
    }
}
