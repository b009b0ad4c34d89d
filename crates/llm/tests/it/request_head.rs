use llm::{Endpoint, TranslateError};

fn refusal(endpoint: Endpoint, body: &str) -> (String, Option<String>) {
    let error: TranslateError = endpoint.read(body.as_bytes()).unwrap_err();
    (error.to_string(), error.param().map(str::to_owned))
}

#[test]
fn a_chat_request_is_read_in_one_pass() {
    let body = br#"{ "model" : "gpt-4o", "stream":true, "temperature":0.2, "n":2, "max_tokens": 50,
        "messages":[{"role":"system","content":"12345678"},
                    {"role":"user","content":[{"type":"text","text":"abcd"},{"type":"image_url","image_url":{"url":"data:..."}}]}],
        "stream_options":{"include_usage":false,"x":1} } "#;
    let head = Endpoint::ChatCompletions.read(body).unwrap();
    assert_eq!(head.model, "gpt-4o");
    assert_eq!(&body[head.model_span.clone()], b"\"gpt-4o\"");
    assert!(head.is_streamed && !head.includes_usage);
    assert_eq!((head.output_tokens_max, head.choices), (Some(50), 2));
    assert_eq!(head.input_tokens_estimate, 3 + 2 * 4 + 1_000);
    assert_eq!(
        &body[head.stream_options_span.clone().unwrap()],
        br#"{"include_usage":false,"x":1}"#
    );
    assert_eq!(body[head.end], b'}');
}

#[test]
fn everything_that_may_be_generated_is_counted() {
    let choices = |body: &str| {
        let body = format!(r#"{{"model":"m",{body}}}"#);
        let head = Endpoint::Completions.read(body.as_bytes()).unwrap();
        (head.output_tokens_max, head.choices)
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
    let head = Endpoint::Completions
        .read(br#"{"mod\u0065l":"m","prompt":"x"}"#)
        .unwrap();
    assert_eq!(head.model, "m");
}

#[test]
fn a_refusal_names_the_parameter_and_what_to_do() {
    let cases = [
        (Endpoint::ChatCompletions, "{\"model\":"),
        (Endpoint::ChatCompletions, "[]"),
        (Endpoint::ChatCompletions, r#"{"messages":[]}"#),
        (Endpoint::ChatCompletions, r#"{"model":"m"}"#),
        (Endpoint::ChatCompletions, r#"{"model":"m","messages":[]}"#),
        (
            Endpoint::ChatCompletions,
            r#"{"model":"m","messages":"hi"}"#,
        ),
        (
            Endpoint::ChatCompletions,
            r#"{"model":"m","messages":[{"content":"hi"}]}"#,
        ),
        (
            Endpoint::ChatCompletions,
            r#"{"model":"m","messages":[{"role":"user","content":7}]}"#,
        ),
        (
            Endpoint::ChatCompletions,
            r#"{"model":"m","model":"n","messages":[{"role":"user"}]}"#,
        ),
        (
            Endpoint::ChatCompletions,
            r#"{"model":7,"messages":[{"role":"user"}]}"#,
        ),
        (
            Endpoint::ChatCompletions,
            r#"{"model":"m","stream":"yes","messages":[{"role":"user"}]}"#,
        ),
        (
            Endpoint::ChatCompletions,
            r#"{"model":"m","max_tokens":0,"messages":[{"role":"user"}]}"#,
        ),
        (
            Endpoint::ChatCompletions,
            r#"{"model":"m","n":-1,"messages":[{"role":"user"}]}"#,
        ),
        (Endpoint::Completions, r#"{"model":"m"}"#),
        (Endpoint::Completions, r#"{"model":"m","prompt":{}}"#),
        (
            Endpoint::Completions,
            r#"{"model":"m","prompt":"x","max_tokens":-1}"#,
        ),
        (Endpoint::Embeddings, r#"{"model":"m"}"#),
        (Endpoint::Embeddings, r#"{"model":"m","input":[]}"#),
        (
            Endpoint::Embeddings,
            r#"{"model":"m","input":"x","encoding_format":"hex"}"#,
        ),
        (
            Endpoint::Embeddings,
            r#"{"model":"m","input":"x","dimensions":0}"#,
        ),
    ];
    let lines: Vec<String> = cases
        .iter()
        .map(|(endpoint, body)| {
            let (message, param) = refusal(*endpoint, body);
            format!(
                "{body}\n    {message} [{}]",
                param.as_deref().unwrap_or("-")
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}
