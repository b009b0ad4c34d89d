//! Bodies of Responses at the path of chat completions, as some editors send them: written anew as what the path takes.

use super::chat;
use crate::chat::{Quirks, WriteOptions, Written};
use crate::error::TranslateError;
use crate::json::Value;
use crate::languages::responses::RESPONSES;
use crate::operation::CHAT;

/// The body as a chat completion's; `None` for one that has no `input`, or has `messages`.
pub(super) fn adopt(body: &[u8]) -> Option<Result<Written, TranslateError>> {
    let value = Value::read(body)?;
    let is_of_responses = value.get("input").is_some() && value.get("messages").is_none();
    is_of_responses.then(|| written(body))
}

fn written(body: &[u8]) -> Result<Written, TranslateError> {
    let client = RESPONSES.client.expect("clients speak the language");
    client.scan(&CHAT, body)?;
    let request = client.read_request(body)?;
    let options = WriteOptions {
        upstream_model: &request.model,
        output_tokens_max: None,
        asks_usage: true,
        quirks: Quirks {
            output_limit: "max_completion_tokens",
            ..Quirks::NONE
        },
    };
    chat::write_request::write(&request, &options)
}

#[cfg(test)]
mod tests {
    use super::adopt;
    use crate::json::Value;

    #[test]
    fn a_body_of_responses_becomes_one_of_chat_completions() {
        let body = br#"{"model":"m","input":"Hi","instructions":"Be brief.","max_output_tokens":9,"truncation":"auto"}"#;
        let adopted = adopt(body).unwrap().unwrap();
        let chat = Value::read(&adopted.body).unwrap();
        assert_eq!(chat.get("messages").unwrap().items().len(), 2);
        assert_eq!(chat.get("max_completion_tokens").unwrap().count(), Some(9));
        assert_eq!(adopted.dropped, ["truncation"]);
    }

    #[test]
    fn what_is_kept_between_requests_is_refused_there_too() {
        let body = br#"{"model":"m","input":"Hi","previous_response_id":"resp_1"}"#;
        let refused = adopt(body).unwrap().unwrap_err();
        assert_eq!(refused.param(), Some("previous_response_id"));
        assert!(adopt(br#"{"model":"m","messages":[],"input":"Hi"}"#).is_none());
        assert!(adopt(br#"{"model":"m"}"#).is_none());
    }
}
