use llm::languages::OPENAI;
use llm::operation::{CHAT, COMPLETIONS, EMBEDDINGS};
use llm::{Operation, RequestSummary, TranslateError};

fn scan(operation: &Operation, body: &[u8]) -> Result<RequestSummary, TranslateError> {
    OPENAI.client.unwrap().scan(operation, body)
}

fn refusal(operation: &Operation, body: &str) -> (String, Option<String>) {
    let error: TranslateError = scan(operation, body.as_bytes()).unwrap_err();
    (error.to_string(), error.param().map(str::to_owned))
}

#[test]
fn a_chat_request_is_read_in_one_pass() {
    let body = br#"{ "model" : "gpt-4o", "stream":true, "temperature":0.2, "n":2, "max_tokens": 50,
        "messages":[{"role":"system","content":"12345678"},
                    {"role":"user","content":[{"type":"text","text":"abcd"},{"type":"image_url","image_url":{"url":"data:..."}}]}],
        "stream_options":{"include_usage":false,"x":1} } "#;
    let summary = scan(&CHAT, body).unwrap();
    assert_eq!(summary.model, "gpt-4o");
    assert_eq!(&body[summary.spans.model.clone()], b"\"gpt-4o\"");
    assert!(summary.is_streamed && !summary.includes_usage);
    assert_eq!((summary.output_tokens_max, summary.choices), (Some(50), 2));
    assert_eq!(summary.input_tokens_estimate, 3 + 2 * 4 + 1_000);
    assert_eq!(
        &body[summary.spans.stream_options.clone().unwrap()],
        br#"{"include_usage":false,"x":1}"#
    );
    assert_eq!(body[summary.spans.end], b'}');
}

#[test]
fn everything_that_may_be_generated_is_counted() {
    let choices = |body: &str| {
        let body = format!(r#"{{"model":"m",{body}}}"#);
        let summary = scan(&COMPLETIONS, body.as_bytes()).unwrap();
        (summary.output_tokens_max, summary.choices)
    };
    assert_eq!(choices(r#""prompt":"x""#), (None, 1));
    assert_eq!(choices(r#""prompt":"x","max_tokens":0"#), (Some(0), 1));
    assert_eq!(choices(r#""prompt":"x","n":2,"best_of":5"#), (None, 5));
    assert_eq!(choices(r#""prompt":"x","n":9,"n":1,"n":null"#), (None, 9));
    assert_eq!(choices(r#""prompt":["x","y","z"],"n":2"#), (None, 6));
    assert_eq!(choices(r#""prompt":[1,2,3]"#), (None, 1));
    assert_eq!(choices(r#""prompt":[[1,2],[3]]"#), (None, 2));
    assert_eq!(
        choices(r#""prompt":"x","max_tokens":7,"max_completion_tokens":90,"max_tokens":1"#),
        (Some(90), 1)
    );
}

#[test]
fn an_escaped_key_is_the_key_that_it_means() {
    let summary = scan(&COMPLETIONS, br#"{"mod\u0065l":"m","prompt":"x"}"#).unwrap();
    assert_eq!(summary.model, "m");
}

#[test]
fn a_refusal_names_the_parameter_and_what_to_do() {
    let cases = [
        (&CHAT, "{\"model\":"),
        (&CHAT, "[]"),
        (&CHAT, r#"{"messages":[]}"#),
        (&CHAT, r#"{"model":"m"}"#),
        (&CHAT, r#"{"model":"m","messages":[]}"#),
        (&CHAT, r#"{"model":"m","messages":"hi"}"#),
        (&CHAT, r#"{"model":"m","messages":[{"content":"hi"}]}"#),
        (
            &CHAT,
            r#"{"model":"m","messages":[{"role":"user","content":7}]}"#,
        ),
        (
            &CHAT,
            r#"{"model":"m","model":"n","messages":[{"role":"user"}]}"#,
        ),
        (&CHAT, r#"{"model":7,"messages":[{"role":"user"}]}"#),
        (
            &CHAT,
            r#"{"model":"m","stream":"yes","messages":[{"role":"user"}]}"#,
        ),
        (
            &CHAT,
            r#"{"model":"m","max_tokens":0,"messages":[{"role":"user"}]}"#,
        ),
        (
            &CHAT,
            r#"{"model":"m","n":-1,"messages":[{"role":"user"}]}"#,
        ),
        (&COMPLETIONS, r#"{"model":"m"}"#),
        (&COMPLETIONS, r#"{"model":"m","prompt":{}}"#),
        (
            &COMPLETIONS,
            r#"{"model":"m","prompt":"x","max_tokens":-1}"#,
        ),
        (&EMBEDDINGS, r#"{"model":"m"}"#),
        (&EMBEDDINGS, r#"{"model":"m","input":[]}"#),
        (
            &EMBEDDINGS,
            r#"{"model":"m","input":"x","encoding_format":"hex"}"#,
        ),
        (&EMBEDDINGS, r#"{"model":"m","input":"x","dimensions":0}"#),
    ];
    let lines: Vec<String> = cases
        .iter()
        .map(|(operation, body)| {
            let (message, param) = refusal(operation, body);
            format!(
                "{body}\n    {message} [{}]",
                param.as_deref().unwrap_or("-")
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}
