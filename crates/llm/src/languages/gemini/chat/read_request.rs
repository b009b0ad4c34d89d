//! Reading the body of `generateContent`. The model and the wish for a stream are no part of it.

use super::super::NAME;
use super::ids::Waiting;
use super::{read_parts, read_tools, schema, spelling, wish};
use crate::chat::{OutputFormat, Part, Request, Role, Sampling};
use crate::error::TranslateError;
use crate::json::{Fields, Value};

/// Members without which the response would mean something else, and which no other language has.
const OWN: [&str; 1] = ["cachedContent"];

/// Reads a request whose body was scanned.
pub(in super::super) fn read(body: &[u8]) -> Result<Request, TranslateError> {
    let value = Value::read(body).unwrap_or(Value::Null);
    let mut fields = Fields::of(spelling::normal(value));
    // A request whose tokens are to be counted may stand inside of another.
    let inner = fields.fields("generateContentRequest");
    if !inner.is_empty() {
        fields = inner;
    }
    let mut request = Request {
        language: NAME,
        includes_usage: true,
        ..Request::default()
    };
    let mut waiting = Waiting::default();
    if let Some(instruction) = fields.take("systemInstruction") {
        request.instructions = content(instruction, &mut waiting).1;
    }
    turns(&mut request, fields.take("contents"), &mut waiting)?;
    request.tools = read_tools::read(fields.list("tools"));
    if let Some(place) = request.tools.iter().position(|tool| tool.name.is_empty()) {
        return Err(TranslateError::Invalid {
            param: format!("tools.functionDeclarations.{place}.name"),
            problem: "expected a text",
        });
    }
    read_tools::choice(&mut request, fields.fields("toolConfig"));
    settings(&mut request, fields.fields("generationConfig"))?;
    for name in OWN {
        if fields.take(name).is_some() {
            return Err(unsupported(name));
        }
    }
    fields.take("model");
    request.extras.extend(fields.rest());
    request.extras.retain(|(_, value)| !value.is_falsy());
    Ok(request)
}

fn unsupported(param: &str) -> TranslateError {
    TranslateError::Unsupported {
        param: param.to_owned(),
    }
}

/// One content, or a list of them.
fn turns(
    request: &mut Request,
    contents: Option<Value>,
    waiting: &mut Waiting,
) -> Result<(), TranslateError> {
    let contents = match contents {
        Some(Value::List(items)) => items,
        Some(one) => vec![one],
        None => Vec::new(),
    };
    for (place, item) in contents.into_iter().enumerate() {
        let (role, parts) = content(item, waiting);
        let role = match role.as_deref() {
            None | Some("" | "user" | "function" | "tool") => Role::User,
            Some("model") => Role::Assistant,
            Some("system") => Role::Instruction,
            Some(_) => {
                return Err(TranslateError::Invalid {
                    param: format!("contents.{place}.role"),
                    problem: "expected user or model",
                });
            }
        };
        request.add(role, parts);
    }
    Ok(())
}

/// The role and the parts of a content; a text may stand in its place, and one part in place of several.
fn content(value: Value, waiting: &mut Waiting) -> (Option<String>, Vec<Part>) {
    if let Value::Text(text) = value {
        return (None, vec![Part::text(text)]);
    }
    let mut fields = Fields::of(value);
    let role = fields.text("role");
    let parts = match fields.take("parts") {
        Some(Value::List(items)) => items,
        Some(one) => vec![one],
        None => Vec::new(),
    };
    let parts = parts.into_iter().map(|part| match part {
        Value::Text(text) => Part::text(text),
        part => read_parts::read(part, waiting),
    });
    (role, parts.collect())
}

fn settings(request: &mut Request, mut config: Fields) -> Result<(), TranslateError> {
    let stop = config.list("stopSequences").into_iter();
    let choices = config.count("candidateCount").filter(|count| *count > 1);
    let wants_logprobs = config.bool("responseLogprobs").unwrap_or_default();
    let logprobs = config.take("logprobs").unwrap_or(Value::Bool(true));
    request.sampling = Sampling {
        temperature: config.take("temperature"),
        top_p: config.take("topP"),
        top_k: config.take("topK"),
        frequency_penalty: config.take("frequencyPenalty"),
        presence_penalty: config.take("presencePenalty"),
        seed: config.take("seed"),
        stop: stop.filter_map(Value::into_text).collect(),
        choices,
        logprobs: wants_logprobs.then_some(logprobs),
        logit_bias: None,
    };
    request.output_tokens_max = config.count("maxOutputTokens");
    request.reasoning = wish::read(config.fields("thinkingConfig"));
    request.output = output(&mut config)?;
    let modalities = config.list("responseModalities");
    let is_text = |modality: &Value| {
        let word = modality.text().unwrap_or_default();
        word.eq_ignore_ascii_case("text")
    };
    if !modalities.iter().all(is_text) {
        return Err(unsupported("generationConfig.responseModalities"));
    }
    let rest = config.rest().into_iter();
    let named = rest.map(|(name, value)| (format!("generationConfig.{name}"), value));
    request.extras.extend(named);
    Ok(())
}

fn output(config: &mut Fields) -> Result<OutputFormat, TranslateError> {
    let kind = config.text("responseMimeType").unwrap_or_default();
    let own = config.take("responseSchema").map(schema::read);
    let schema = config.take("responseJsonSchema").or(own);
    Ok(match (kind.as_str(), schema) {
        ("text/x.enum", _) => return Err(unsupported("generationConfig.responseMimeType")),
        (_, Some(schema)) => OutputFormat::Schema {
            name: None,
            description: None,
            schema,
            strict: None,
        },
        ("application/json", None) => OutputFormat::Json,
        _ => OutputFormat::Text,
    })
}
