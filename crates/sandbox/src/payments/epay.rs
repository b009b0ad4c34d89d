//! A gateway like those that speak epay: v1 with MD5 and `api.php`, v2 with RSA and `/api/pay`.
//!
//! A request of the buyer's page makes the order. `POST /epay/pay/{out_trade_no}` stands for the buyer: `truth=unpaid` sends
//! the message without it being so; `lie` falsifies the message: `signature`, `amount`, `merchant`, `account`, `method`,
//! `order` (with `order`), `status`, `old`; `method=POST` sends it as a form.

mod sign;

use http::request::Parts;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::wish::Wish;
use super::{EPAY_KEY, EPAY_MERCHANT, Message, Reply, World, page};

/// An order as it truly is.
#[derive(Clone)]
pub(super) struct Order {
    is_v2: bool,
    out_trade_no: String,
    trade_no: String,
    kind: String,
    money: String,
    param: String,
    notify_url: String,
    return_url: String,
    is_paid: bool,
    is_closed: bool,
    refunded: String,
}

pub(super) fn act(world: &mut World, head: &Parts, wish: &Wish) -> (Reply, Option<Message>) {
    let path = head.uri.path().trim_start_matches("/epay");
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let reply = match segments.as_slice() {
        ["submit.php"] => submit(world, wish, false),
        ["api", "pay", "submit"] => submit(world, wish, true),
        ["api.php"] => ask_v1(world, wish),
        ["api", "pay", action] => ask_v2(world, action, wish),
        ["pay", id] if head.method == Method::POST => return pay(world, id, wish),
        _ => Reply::missing(),
    };
    (reply, None)
}

fn ok(value: Value) -> Reply {
    Reply::Json(StatusCode::OK, value)
}

fn refused(message: &str) -> Reply {
    ok(json!({ "code": -1, "msg": message }))
}

/// Takes an order from the address that the buyer was sent to.
fn submit(world: &mut World, wish: &Wish, is_v2: bool) -> Reply {
    let text = sign::text(wish.pairs());
    let given = wish.text("sign");
    let is_signed = if is_v2 {
        sign::has_merchant_signed(&text, given)
    } else {
        sign::md5(&text, EPAY_KEY) == given
    };
    if !is_signed || wish.text("pid") != EPAY_MERCHANT {
        return refused("the signature is not valid");
    }
    let id = wish.text("out_trade_no").to_owned();
    let trade_no = world.next("2026");
    let order = world.orders.entry(id.clone()).or_insert_with(|| Order {
        is_v2,
        out_trade_no: id.clone(),
        trade_no,
        kind: wish.text("type").to_owned(),
        money: wish.text("money").to_owned(),
        param: wish.text("param").to_owned(),
        notify_url: wish.text("notify_url").to_owned(),
        return_url: wish.text("return_url").to_owned(),
        is_paid: false,
        is_closed: false,
        refunded: String::new(),
    });
    let title = format!("Pay {} by {}", order.money, order.kind);
    let action = format!("/epay/pay/{id}");
    Reply::Page(page(&title, &action, &order.notify_url, &order.return_url))
}

fn ask_v1(world: &World, wish: &Wish) -> Reply {
    if wish.text("pid") != EPAY_MERCHANT || wish.text("key") != EPAY_KEY {
        return refused("no such merchant");
    }
    match world.orders.get(wish.text("out_trade_no")) {
        Some(order) if wish.text("act") == "order" => ok(json!({
            "code": 1,
            "msg": "ok",
            "trade_no": order.trade_no,
            "out_trade_no": order.out_trade_no,
            "type": order.kind,
            "pid": EPAY_MERCHANT,
            "money": order.money,
            "param": order.param,
            "status": i32::from(order.is_paid),
        })),
        _ => refused("no such order"),
    }
}

fn ask_v2(world: &mut World, action: &str, wish: &Wish) -> Reply {
    if !sign::has_merchant_signed(&sign::text(wish.pairs()), wish.text("sign")) {
        return refused("the signature is not valid");
    }
    let refund_no = wish.text("out_refund_no").to_owned();
    let is_new = !world.answers.contains_key(&refund_no);
    let Some(order) = world.orders.get_mut(wish.text("out_trade_no")) else {
        return refused("no such order");
    };
    let mut told = Map::new();
    match action {
        "query" => {
            told.insert("type".to_owned(), json!(order.kind));
            told.insert("pid".to_owned(), json!(EPAY_MERCHANT));
            told.insert("money".to_owned(), json!(order.money));
            told.insert("param".to_owned(), json!(order.param));
            told.insert("refundmoney".to_owned(), json!(order.refunded));
            told.insert("status".to_owned(), json!(i32::from(order.is_paid)));
        }
        "refund" if order.is_paid && is_new => wish.text("money").clone_into(&mut order.refunded),
        "refund" if order.is_paid => {}
        "close" if !order.is_paid => order.is_closed = true,
        _ => return refused("that cannot be done"),
    }
    told.insert("code".to_owned(), json!(0));
    told.insert("trade_no".to_owned(), json!(order.trade_no));
    told.insert("out_trade_no".to_owned(), json!(order.out_trade_no));
    told.insert("timestamp".to_owned(), json!(wish.text("timestamp")));
    if action == "refund" {
        world.answers.insert(refund_no, Value::Null);
    }
    let texts: Vec<(String, String)> = told
        .iter()
        .map(|(name, value)| {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            (name.clone(), text)
        })
        .collect();
    let text = sign::text(
        texts
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    );
    told.insert("sign".to_owned(), json!(sign::by_platform(&text)));
    told.insert("sign_type".to_owned(), json!("RSA"));
    ok(Value::Object(told))
}

fn pay(world: &mut World, id: &str, wish: &Wish) -> (Reply, Option<Message>) {
    let Some(order) = world.orders.get_mut(id) else {
        return (Reply::missing(), None);
    };
    if order.is_closed {
        return (refused("the order is closed"), None);
    }
    order.is_paid = wish.text("truth") != "unpaid";
    if !wish.text("trade_no").is_empty() {
        // A number that was given before.
        wish.text("trade_no").clone_into(&mut order.trade_no);
    }
    let message = signed(order, wish);
    let reply = if wish.text("back").is_empty() {
        ok(Value::Null)
    } else {
        // As the gateways do, who tell it in the address too.
        Reply::Redirect(format!(
            "{}?{}{}",
            order.return_url, message.query, message.body
        ))
    };
    (reply, Some(message))
}

fn signed(order: &Order, wish: &Wish) -> Message {
    let or = |lie: &str, other: &str, truth: &str| {
        let said = if wish.lies(lie) { other } else { truth };
        said.to_owned()
    };
    let wrong = wish.text("order");
    let mut pairs = vec![
        ("pid", or("merchant", "9999", EPAY_MERCHANT)),
        ("trade_no", order.trade_no.clone()),
        ("out_trade_no", or("order", wrong, &order.out_trade_no)),
        ("type", or("method", "qqpay", &order.kind)),
        ("name", "Credits".to_owned()),
        ("money", or("amount", "1.80", &order.money)),
        (
            "trade_status",
            or("status", "WAIT_BUYER_PAY", "TRADE_SUCCESS"),
        ),
        ("param", or("account", "acct_other", &order.param)),
    ];
    if order.is_v2 {
        let at_s = wish.at_s() - if wish.lies("old") { 200_000 } else { 0 };
        pairs.push(("timestamp", at_s.to_string()));
    }
    let text = sign::text(pairs.iter().map(|(name, value)| (*name, value.as_str())));
    let sign = match (order.is_v2, wish.lies("signature")) {
        (true, false) => sign::by_platform(&text),
        (true, true) => sign::by_merchant(&text),
        (false, false) => sign::md5(&text, EPAY_KEY),
        // As one without a key would sign.
        (false, true) => sign::md5(&text, ""),
    };
    pairs.push(("sign", sign));
    pairs.push((
        "sign_type",
        if order.is_v2 { "RSA" } else { "MD5" }.to_owned(),
    ));
    let encoded = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&pairs)
        .finish();
    let is_form = wish.text("method") == "POST";
    Message {
        method: if is_form { "POST" } else { "GET" },
        query: if is_form {
            String::new()
        } else {
            encoded.clone()
        },
        headers: vec![],
        body: if is_form { encoded } else { String::new() },
    }
}
