//! The words of a failure about itself, collected out of every shape that providers use.
//!
//! Inner objects are read before outer ones: what stands nearer to the cause is more exact, and the outer
//! one fills what is left.

use std::time::Duration;

use super::problem::{FieldProblem, PROBLEMS_MAX, problems};
use super::{minimax, wait, words};
use crate::json::Value;
use crate::retry_after::RetryHeaders;

/// The depth to which errors are wrapped into each other.
const LEVELS_MAX: usize = 6;
/// Phrases of proxies instead of a reason; the reason is then in what they pass along.
const EMPTY_PHRASES: [&str; 2] = ["Provider returned error", "Upstream error"];

/// Members that wrap the error itself.
const ENVELOPES: [&str; 6] = ["error", "errors", "err", "fault", "response", "x_groq"];
/// Members that hold what is said, the most telling first.
const MESSAGES: [&str; 15] = [
    "message",
    "Message",
    "msg",
    "detail",
    "error_message",
    "error_msg",
    "errorMessage",
    "errorMsg",
    "error_description",
    "status_msg",
    "faultstring",
    "description",
    "reason",
    "title",
    "text",
];
/// Members that hold a word for programs.
const CODES: [&str; 12] = [
    "code",
    "error_code",
    "errorCode",
    "errcode",
    "type",
    "error_type",
    "__type",
    "reason",
    "status",
    "error_name",
    "name",
    "kind",
];
/// Members that hold an HTTP status.
const STATUSES: [&str; 7] = [
    "status_code",
    "statusCode",
    "http_code",
    "raw_status_code",
    "http_status",
    "status",
    "code",
];

/// Bodies that say nothing.
const WORDLESS: [&[u8]; 3] = [b"null", b"true", b"false"];

/// A failure as it states itself.
#[derive(Debug, Default)]
pub(super) struct Stated {
    /// Its words, fit to be shown; empty without any.
    pub(super) message: String,
    /// The word for programs that stands nearest to the cause.
    pub(super) code: Option<String>,
    /// Every word for programs, in lower case.
    pub(super) codes: Vec<String>,
    pub(super) param: Option<String>,
    pub(super) status: Option<u16>,
    pub(super) wait: Option<Duration>,
    /// Headers of the provider's own provider, which some proxies pass along.
    pub(super) headers: RetryHeaders,
}

impl Stated {
    pub(super) fn read(body: &[u8]) -> Self {
        let mut stated = Self::default();
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        match Value::read(body) {
            Some(value @ (Value::Object(_) | Value::List(_) | Value::Text(_))) => {
                stated.value(&value, 0);
                stated.fall_back_on(&value, body);
            }
            _ if WORDLESS.contains(&body.trim_ascii()) => {}
            Some(Value::Null | Value::Bool(_) | Value::Number(_)) | None => {
                stated.say(&String::from_utf8_lossy(body));
            }
        }
        stated
    }

    /// The kind of a failure as AWS writes it in a header: a name, and behind a colon an address.
    pub(super) fn note_error_type(&mut self, kind: &str) {
        let name = kind.split(':').next().unwrap_or_default();
        self.note_code(name);
    }

    /// A code says more than nothing, and so does an object of a shape that is not known.
    fn fall_back_on(&mut self, value: &Value, body: &[u8]) {
        if !self.message.is_empty() {
            return;
        }
        if let Some(code) = self.code.clone() {
            self.message = code;
            return;
        }
        let text = String::from_utf8_lossy(body);
        let is_page = words::without_page(&text).len() < text.len();
        if says_something(value) && !is_page {
            self.say(&text);
        }
    }

    fn value(&mut self, value: &Value, level: usize) {
        if level > LEVELS_MAX {
            return;
        }
        match value {
            Value::Object(_) => self.object(value, level),
            Value::List(items) => self.list(items, level),
            Value::Text(text) => self.text(text, level),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn object(&mut self, object: &Value, level: usize) {
        for name in ENVELOPES {
            match object.get(name) {
                Some(inner @ (Value::Object(_) | Value::List(_))) => self.value(inner, level + 1),
                // OAuth's `error` is a code; its words stand beside it.
                Some(Value::Text(text)) if is_code(text) => {
                    self.note_code(text);
                    if !has_message(object) {
                        self.text(text, level + 1);
                    }
                }
                Some(Value::Text(text)) => self.text(text, level + 1),
                Some(Value::Null | Value::Bool(_) | Value::Number(_)) | None => {}
            }
        }
        let choices = object.get("choices").map(Value::items).unwrap_or_default();
        for error in choices.iter().filter_map(|choice| choice.get("error")) {
            self.value(error, level + 1);
        }
        if let Some(base) = minimax::read(object) {
            self.status = self.status.or(Some(base.status));
            if self.message.is_empty() {
                self.message = base.message;
            }
            for code in &base.codes {
                self.note_code(code);
            }
        }
        for name in CODES {
            match object.get(name) {
                Some(Value::Text(text)) if is_code(text) => self.note_code(text),
                Some(number @ Value::Number(text)) if !is_http_status(number) => {
                    self.note_code(text);
                }
                _ => {}
            }
        }
        self.status(object);
        self.message(object, level);
        self.param(object);
        self.details(object);
        self.passed_along(object, level);
        self.wait(object);
    }

    fn status(&mut self, object: &Value) {
        let stated = STATUSES.iter().filter_map(|name| object.get(name));
        let status = stated.filter_map(http_status).next();
        self.status = self.status.or(status);
    }

    fn message(&mut self, object: &Value, level: usize) {
        for name in MESSAGES {
            if !self.message.is_empty() {
                return;
            }
            if let Some(value) = object
                .get(name)
                .filter(|value| !is_word_for_programs(name, value))
            {
                self.value(value, level + 1);
            }
        }
    }

    fn param(&mut self, object: &Value) {
        if self.param.is_none() {
            let param = object.get("param").and_then(Value::text);
            self.param = param.and_then(words::name);
        }
    }

    /// A list: of problems with the request (FastAPI), of errors (Gemini), of sentences.
    fn list(&mut self, items: &[Value], level: usize) {
        let problems = problems(items);
        if problems.is_empty() {
            for item in items.iter().take(PROBLEMS_MAX) {
                if self.message.is_empty() {
                    self.value(item, level + 1);
                }
            }
            return;
        }
        self.note_problems(problems);
    }

    fn note_problems(&mut self, problems: Vec<FieldProblem>) {
        if self.param.is_none() {
            let param = problems.iter().find_map(|problem| problem.path.as_deref());
            self.param = param.and_then(words::name);
        }
        let sentences: Vec<String> = problems
            .into_iter()
            .map(FieldProblem::into_sentence)
            .collect();
        let sentences = sentences.join("; ");
        if self.message.is_empty() {
            self.say(&sentences);
        } else {
            self.say(&format!("{}: {sentences}", self.message));
        }
    }

    fn details(&mut self, object: &Value) {
        let inner = object.get("innererror").and_then(|inner| inner.get("code"));
        if let Some(code) = inner.and_then(Value::text) {
            self.note_code(code);
        }
        let details = object.get("details").map(Value::items).unwrap_or_default();
        let problems = problems(details);
        if !problems.is_empty() {
            self.note_problems(problems);
        }
        for detail in details {
            if let Some(reason) = detail.get("reason").and_then(Value::text) {
                self.note_code(reason);
            }
            self.wait(detail);
        }
    }

    /// Reads what a proxy passes along of its own provider's response, as JSON in a string.
    fn passed_along(&mut self, object: &Value, level: usize) {
        let Some(metadata) = object.get("metadata") else {
            return;
        };
        if let Some(Value::Object(headers)) = metadata.get("headers") {
            for (name, value) in headers {
                if let Value::Text(text) | Value::Number(text) = value {
                    self.headers.note(name, text.as_bytes());
                }
            }
        }
        let Some(raw) = metadata.get("raw").filter(|raw| !raw.is_falsy()) else {
            return;
        };
        let mut inner = Self::default();
        inner.value(raw, level + 1);
        self.adopt(inner);
    }

    fn adopt(&mut self, inner: Self) {
        let is_empty = self.message.is_empty() || EMPTY_PHRASES.contains(&self.message.as_str());
        if self.message.is_empty() {
            self.message = inner.message;
        } else if is_empty && !inner.message.is_empty() {
            self.say(&format!("{}: {}", self.message, inner.message));
        }
        self.code = inner.code.or(self.code.take());
        self.codes.extend(inner.codes);
        self.param = inner.param.or(self.param.take());
        self.wait = inner.wait.or(self.wait);
    }

    fn wait(&mut self, object: &Value) {
        let text = |name| match object.get(name) {
            Some(Value::Text(text) | Value::Number(text)) => Some(text.as_str()),
            _ => None,
        };
        let names = [
            "retryDelay",
            "retry_after",
            "retry_after_seconds",
            "retryAfter",
        ];
        let seconds = names.into_iter().filter_map(text).find_map(wait::duration);
        let millis = || {
            let millis = object.get("retry_after_ms").and_then(Value::number)?;
            wait::from_seconds(millis / 1_000.0)
        };
        self.wait = self.wait.or(seconds).or_else(millis);
    }

    /// A text, which may be JSON once more.
    fn text(&mut self, text: &str, level: usize) {
        let inner = Value::read(text.trim().as_bytes());
        match inner.filter(|_| text.trim_start().starts_with(['{', '['])) {
            Some(value) => {
                self.value(&value, level + 1);
                if self.message.is_empty() {
                    self.say(text);
                }
            }
            None if self.message.is_empty() => self.say(text),
            None => {}
        }
    }

    fn say(&mut self, text: &str) {
        self.message = words::message(text);
    }

    pub(super) fn note_code(&mut self, code: &str) {
        let Some(code) = words::name(code) else {
            return;
        };
        self.codes.push(code.to_ascii_lowercase());
        self.code.get_or_insert(code);
    }
}

fn says_something(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(_, value)| says_something(value)),
        Value::List(items) => items.iter().any(says_something),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => !value.is_falsy(),
    }
}

/// A code has no space: what has is a sentence.
fn is_code(text: &str) -> bool {
    !text.trim().is_empty() && !text.trim().contains(char::is_whitespace)
}

fn has_message(object: &Value) -> bool {
    let mut texts = MESSAGES.iter().filter_map(|name| object.get(name));
    texts.any(|value| !value.is_falsy())
}

/// `reason` and the like hold either a sentence or a code.
fn is_word_for_programs(name: &str, value: &Value) -> bool {
    CODES.contains(&name) && value.text().is_some_and(is_code)
}

fn is_http_status(value: &Value) -> bool {
    http_status(value).is_some()
}

fn http_status(value: &Value) -> Option<u16> {
    let number = value.number().filter(|number| number.fract() == 0.0)?;
    (400.0..600.0)
        .contains(&number)
        .then(|| format!("{number}").parse().ok())
        .flatten()
}
