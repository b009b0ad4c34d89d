//! `MiniMax` reports failures under HTTP 200, as numbers of its own in `base_resp`.

use super::stated::Stated;
use crate::json::Value;

/// The number of success.
const SUCCESS: f64 = 0.0;

pub(super) fn note(stated: &mut Stated, object: &Value) {
    let Some(base) = object.get("base_resp") else {
        return;
    };
    let Some(number) = base.get("status_code").and_then(Value::number) else {
        return;
    };
    if number == SUCCESS {
        return;
    }
    stated.status = stated.status.or(Some(status(number)));
    if stated.message.is_empty() {
        let text = base.get("status_msg").and_then(Value::text);
        stated.message = super::words::message(text.unwrap_or_default());
    }
    // Its filters of what goes in and what comes out.
    if number == 1_026.0 || number == 1_027.0 {
        stated.note_code("content_filter");
    }
    stated.note_code(&format!("{number}"));
}

fn status(number: f64) -> u16 {
    match format!("{number}").as_str() {
        "1001" => 504,
        "1002" | "1039" | "1041" => 429,
        "1004" | "2049" => 401,
        "1008" => 402,
        "1026" | "1027" | "1042" | "2013" => 400,
        _ => 500,
    }
}
