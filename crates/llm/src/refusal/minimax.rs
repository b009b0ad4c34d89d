//! `MiniMax` reports failures under HTTP 200, as numbers of its own in `base_resp`.

use crate::json::Value;

/// The number of success.
const SUCCESS: f64 = 0.0;

/// A failure as `base_resp` states it.
#[derive(Debug)]
pub(super) struct BaseResp {
    pub(super) status: u16,
    pub(super) message: String,
    /// Words for programs, the nearest to the cause first.
    pub(super) codes: Vec<String>,
}

/// Reads the failure of a body that has one.
pub(super) fn read(object: &Value) -> Option<BaseResp> {
    let base = object.get("base_resp")?;
    let number = base.get("status_code").and_then(Value::number)?;
    if number == SUCCESS {
        return None;
    }
    let text = base.get("status_msg").and_then(Value::text);
    // Its filters of what goes in and what comes out.
    let is_filtered = number == 1_026.0 || number == 1_027.0;
    let filter = is_filtered.then(|| "content_filter".to_owned());
    Some(BaseResp {
        status: status(number),
        message: super::words::message(text.unwrap_or_default()),
        codes: filter.into_iter().chain([format!("{number}")]).collect(),
    })
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
