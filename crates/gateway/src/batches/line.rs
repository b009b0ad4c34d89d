//! A line of a batch's file: a request with a name of the customer's.

use std::str::from_utf8;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::faults::BatchFault;

/// Bytes of a `custom_id`.
const CUSTOM_ID_BYTES_MAX: usize = 512;

/// A line that can be run.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) number: u64,
    pub(super) custom_id: String,
    pub(super) body: Bytes,
}

#[derive(Deserialize)]
struct Written<'a> {
    custom_id: Option<Value>,
    method: Option<Value>,
    url: Option<Value>,
    #[serde(borrow)]
    body: Option<&'a RawValue>,
}

impl Line {
    /// A line of a file whose requests are for `endpoint`.
    ///
    /// # Errors
    /// If it is none: the fault, with the number of the line.
    pub(super) fn read(number: u64, text: &[u8], endpoint: &str) -> Result<Self, BatchFault> {
        let fault = |code: &str, message: &str, param: Option<&str>| {
            BatchFault::new(code, message).at(number, param)
        };
        let text = from_utf8(text)
            .map_err(|_| fault("invalid_json_line", "This line is not UTF-8.", None))?;
        let written: Written = serde_json::from_str(text).map_err(|_| {
            fault(
                "invalid_json_line",
                "This line is not parseable as a JSON object.",
                None,
            )
        })?;
        let missing = |param: &str| {
            let message = format!("Missing required parameter: '{param}'.");
            fault("missing_required_parameter", &message, Some(param))
        };
        let custom_id = match written.custom_id {
            None => return Err(missing("custom_id")),
            Some(Value::String(text)) if (1..=CUSTOM_ID_BYTES_MAX).contains(&text.len()) => text,
            Some(_) => {
                let message = "Invalid value for 'custom_id': expected a text of 1 to 512 bytes.";
                return Err(fault("invalid_custom_id", message, Some("custom_id")));
            }
        };
        match written.method {
            None => return Err(missing("method")),
            Some(Value::String(text)) if text == "POST" => {}
            Some(_) => {
                let message = "Invalid value for 'method': expected POST.";
                return Err(fault("invalid_method", message, Some("method")));
            }
        }
        match written.url {
            None => return Err(missing("url")),
            Some(Value::String(text)) if text == endpoint => {}
            Some(_) => {
                let message = format!(
                    "The URL of this request is not the endpoint of the batch, {endpoint}."
                );
                return Err(fault("mismatched_url", &message, Some("url")));
            }
        }
        let body = written.body.ok_or_else(|| missing("body"))?.get();
        if !body.starts_with('{') {
            let message = "Invalid value for 'body': expected an object.";
            return Err(fault("invalid_request", message, Some("body")));
        }
        Ok(Self {
            number,
            custom_id,
            body: Bytes::copy_from_slice(body.as_bytes()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Line;

    #[test]
    fn each_fault_of_a_line_has_its_code_and_names_its_field() {
        let endpoint = "/v1/embeddings";
        let good =
            r#"{"custom_id":"a","method":"POST","url":"/v1/embeddings","body":{"model":"m"}}"#;
        let line = Line::read(7, good.as_bytes(), endpoint).unwrap();
        assert_eq!(
            (line.number, line.custom_id.as_str(), &line.body[..]),
            (7, "a", &br#"{"model":"m"}"#[..])
        );
        let long = format!("\"{}\"", "a".repeat(513));
        for (from, to, code, param) in [
            (good, "[]", "invalid_json_line", None),
            (
                "\"custom_id\":\"a\",",
                "",
                "missing_required_parameter",
                Some("custom_id"),
            ),
            ("\"a\"", "1", "invalid_custom_id", Some("custom_id")),
            (
                "\"a\"",
                long.as_str(),
                "invalid_custom_id",
                Some("custom_id"),
            ),
            ("POST", "GET", "invalid_method", Some("method")),
            (
                "embeddings",
                "chat/completions",
                "mismatched_url",
                Some("url"),
            ),
            (
                ",\"body\":{\"model\":\"m\"}",
                "",
                "missing_required_parameter",
                Some("body"),
            ),
            ("{\"model\":\"m\"}", "[1]", "invalid_request", Some("body")),
        ] {
            let fault = Line::read(7, good.replace(from, to).as_bytes(), endpoint).unwrap_err();
            assert_eq!(
                (fault.code.as_str(), fault.param.as_deref(), fault.line),
                (code, param, Some(7)),
                "{to}"
            );
        }
    }
}
