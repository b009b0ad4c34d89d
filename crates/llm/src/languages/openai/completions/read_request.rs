//! Reading the body of `POST /completions` into a conversation of one turn.

use super::super::{NAME, chat};
use crate::chat::{Part, Request, Role};
use crate::error::TranslateError;
use crate::json::{Fields, Value};

/// Members that ask for what a conversation cannot give.
const REFUSED: [&str; 3] = ["suffix", "echo", "logprobs"];

/// Reads a request whose body was scanned.
pub(super) fn read(body: &[u8]) -> Result<Request, TranslateError> {
    let mut fields = Fields::of(Value::read(body).unwrap_or(Value::Null));
    let prompt = prompt(fields.take("prompt"))?;
    for name in REFUSED {
        let value = fields.take(name);
        // A count of zero logprobs asks for those of what was chosen.
        let is_asked = value.is_some_and(|value| name == "logprobs" || !value.is_falsy());
        if is_asked {
            return Err(unsupported(name));
        }
    }
    if fields.count("best_of").is_some_and(|count| count > 1) {
        return Err(unsupported("best_of"));
    }
    let mut request = Request {
        language: NAME,
        model: fields.text("model").unwrap_or_default(),
        is_streamed: fields.bool("stream").unwrap_or_default(),
        includes_usage: fields
            .fields("stream_options")
            .bool("include_usage")
            .unwrap_or_default(),
        output_tokens_max: fields.count("max_tokens"),
        user: fields.text("user"),
        sampling: chat::read_request::sampling(&mut fields),
        ..Request::default()
    };
    request.add(Role::User, vec![Part::text(prompt)]);
    request.extras = fields.rest();
    request.extras.retain(|(_, value)| !value.is_falsy());
    Ok(request)
}

/// The one text: several would be several choices, and tokens are those of a model that nobody named.
fn prompt(prompt: Option<Value>) -> Result<String, TranslateError> {
    let invalid = |problem| TranslateError::Invalid {
        param: "prompt".to_owned(),
        problem,
    };
    match prompt {
        Some(Value::Text(text)) => Ok(text),
        Some(Value::List(items)) => match <[Value; 1]>::try_from(items) {
            Ok([Value::Text(text)]) => Ok(text),
            _ => Err(invalid(
                "this model takes one text, not several, and no tokens",
            )),
        },
        _ => Err(invalid("expected a text")),
    }
}

fn unsupported(param: &str) -> TranslateError {
    TranslateError::Unsupported {
        param: param.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_prompt_is_what_the_user_says() {
        let body = br#"{"model":"m","prompt":["Once"],"max_tokens":5,"stop":"x","logprobs":null,"echo":false,"n":1}"#;
        let request = read(body).unwrap();
        assert_eq!(request.turns[0].parts[0].as_text(), Some("Once"));
        assert_eq!(request.output_tokens_max, Some(5));
        assert_eq!(request.sampling.stop, ["x"]);
        assert!(request.extras.is_empty());
    }

    #[test]
    fn what_a_conversation_cannot_give_is_refused_by_its_name() {
        for (member, param) in [
            (r#""prompt":["a","b"]"#, "prompt"),
            (r#""prompt":[1,2]"#, "prompt"),
            (r#""prompt":"a","suffix":"b""#, "suffix"),
            (r#""prompt":"a","echo":true"#, "echo"),
            (r#""prompt":"a","logprobs":0"#, "logprobs"),
            (r#""prompt":"a","best_of":2"#, "best_of"),
        ] {
            let refused = read(format!("{{{member}}}").as_bytes()).unwrap_err();
            assert_eq!(refused.param(), Some(param), "{member}");
        }
    }
}
