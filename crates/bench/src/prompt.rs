//! The request bodies. The phrase in double brackets tells the sandbox how long a response to give, and how fast.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::provider::Provider;

/// Words of the response where it does not matter: about 600 bytes of JSON, like the runs in the table of gates.
const RESPONSE_WORDS: u32 = 40;
const PROSE: &str = "A gateway stands between many programs and many models.\nIt reads who is calling, looks up what \
    they may do, and passes the words on as they are.\n\nThe words \"as they are\" matter: quotes, line breaks and \
    tabs\tcost time to take apart, and more to put together again. ";

/// About 1.1 kB in several turns.
pub(crate) fn short(provider: Provider) -> Bytes {
    chat(
        provider,
        6,
        130,
        &format!("[[sandbox: words={RESPONSE_WORDS}]]"),
        false,
    )
}

/// About 100 kB in twenty turns.
pub(crate) fn long(provider: Provider) -> Bytes {
    chat(
        provider,
        20,
        4_900,
        &format!("[[sandbox: words={RESPONSE_WORDS}]]"),
        false,
    )
}

/// The path of [`messages`].
pub(crate) const MESSAGES_PATH: &str = "/v1/messages";

/// As much as [`short`] in Anthropic's language, which the providers here do not speak.
pub(crate) fn messages(provider: Provider) -> Bytes {
    let mut body: Value = turns(6, 130, "[[sandbox: words=40]]").into();
    let system = body.as_array_mut().map(|turns| turns.remove(0));
    let system = system.map(|mut system| system["content"].take());
    let body = json!({ "model": provider.model(), "max_tokens": 1000, "temperature": 0.2, "system": system, "messages": body });
    Value::to_string(&body).into()
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub(crate) words: u32,
    pub(crate) gap: Duration,
}

/// A streamed response of `pace.words` words, `pace.gap` apart.
pub(crate) fn streamed(provider: Provider, pace: Pace) -> Bytes {
    let per_second = 1.0 / pace.gap.as_secs_f64();
    let phrase = format!(
        "[[sandbox: words={} wps={per_second} ttft_ms=0]]",
        pace.words
    );
    chat(provider, 3, 130, &phrase, true)
}

fn chat(provider: Provider, count: usize, turn_bytes: usize, phrase: &str, stream: bool) -> Bytes {
    let messages = turns(count, turn_bytes, phrase);
    let body = json!({ "model": provider.model(), "stream": stream, "temperature": 0.2, "messages": messages });
    Value::to_string(&body).into()
}

/// The message of the system, and so many turns, with the phrase in the last.
fn turns(count: usize, turn_bytes: usize, phrase: &str) -> Vec<Value> {
    let turn = |index: usize| {
        let role = if index.is_multiple_of(2) {
            "user"
        } else {
            "assistant"
        };
        json!({ "role": role, "content": prose(index * 37, turn_bytes) })
    };
    let mut messages = vec![json!({ "role": "system", "content": "You are brief." })];
    messages.extend((0..count.saturating_sub(1)).map(turn));
    messages
        .push(json!({ "role": "user", "content": format!("{} {phrase}", prose(0, turn_bytes)) }));
    messages
}

fn prose(offset: usize, bytes: usize) -> String {
    PROSE
        .chars()
        .cycle()
        .skip(offset % PROSE.len())
        .take(bytes)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_what_the_cases_say() {
        assert!(
            (1_000..1_200).contains(&short(Provider::Sandbox).len()),
            "{}",
            short(Provider::Sandbox).len()
        );
        assert!(
            (98_000..108_000).contains(&long(Provider::Stub).len()),
            "{}",
            long(Provider::Stub).len()
        );
    }

    #[test]
    fn pace_is_in_words_per_second() {
        let text = |words, gap_ms| {
            let gap = Duration::from_millis(gap_ms);
            let body = streamed(Provider::Sandbox, Pace { words, gap });
            String::from_utf8(body.to_vec()).expect("JSON is UTF-8")
        };
        assert!(text(100, 10).contains("[[sandbox: words=100 wps=100 ttft_ms=0]]"));
        assert!(text(8, 2_000).contains("[[sandbox: words=8 wps=0.5 ttft_ms=0]]"));
    }
}
