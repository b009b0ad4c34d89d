//! `POST /v1/audio/speech`, `/v1/audio/transcriptions` and `/v1/audio/translations`.

use crate::support::{Caller, Gate, Script, TestApp, TestResponse};

const CATALOG: &str = r#"
[[providers]]
name = "first"
kind = "openai"
base_url = "STUB"
credential.file = "CREDENTIAL"

[[models]]
id = "speaker"
model_type = "tts"
min_tier = "free"
pricing_unit = "per_million_characters"
prices.characters = "15"

[[deployments]]
model = "speaker"
provider = "first"
upstream_model = "tts-1"

[[models]]
id = "speaker-by-token"
model_type = "tts"
min_tier = "free"
prices.input = "1"
prices.audio_output = "12"

[[deployments]]
model = "speaker-by-token"
provider = "first"

[[models]]
id = "listener"
model_type = "stt"
min_tier = "free"
pricing_unit = "per_second"
prices.seconds = "0.0001"

[[deployments]]
model = "listener"
provider = "first"
upstream_model = "whisper-1"
"#;

const SPEECH: &str = "/v1/audio/speech";
const TRANSCRIPTIONS: &str = "/v1/audio/transcriptions";

async fn app() -> (TestApp, Caller) {
    let app = TestApp::builder().catalog(CATALOG).start().await;
    let caller = app.key("enterprise").await;
    (app, caller)
}

/// A response of this type, chunked, whose parts follow.
fn of_type(content_type: &str) -> Script {
    Script::raw(format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ntransfer-encoding: chunked\r\n\r\n"
    ))
}

/// A WAV file of so many seconds, of 16,000 bytes each.
fn wav(seconds: usize) -> Vec<u8> {
    let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\0\0\0\0".to_vec();
    file.resize(seconds * 16_000, 7);
    file
}

async fn hear(caller: &Caller, format: &str, more: &str, file: &[u8]) -> TestResponse {
    let mut body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nlistener\r\n\
         --x\r\nContent-Disposition: form-data; name=\"response_format\"\r\n\r\n{format}\r\n{more}\
         --x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--x--\r\n");
    let caller = caller.with("content-type", "multipart/form-data; boundary=x");
    caller.post(TRANSCRIPTIONS, body).await
}

#[tokio::test]
async fn speech_passes_as_it_comes_and_its_characters_are_charged() {
    let (app, caller) = app().await;
    let gate = Gate::new();
    let script = of_type("audio/mpeg")
        .chunk("first")
        .wait(&gate)
        .chunk("second");
    app.stub.once(script.end());
    let request = r#"{"model":"speaker","input":"Gr\u00fc\u00dfe \u4f60\u597d","voice":"alloy","response_format":"mp3"}"#;
    let mut response = caller.open(http::Method::POST, SPEECH, request).await;
    assert_eq!(response.header("content-type"), Some("audio/mpeg"));
    assert_eq!(response.header("x-ratelimit-resource"), Some("speech"));
    // The second part is not there yet.
    response.read_until("first").await;
    gate.open();
    response.read_until("second").await;
    assert_eq!(app.stub.last().body, request.replace("speaker", "tts-1"));
    assert_eq!(app.bill().await["charge"], 8 * 15_000);
    assert_eq!(app.event(1).await["status"], 200);
}

#[tokio::test]
async fn speech_that_is_priced_by_token_is_metered_by_its_length() {
    let (app, caller) = app().await;
    let sound = String::from_utf8_lossy(&wav(2)).replace('\u{fffd}', "x");
    app.stub.once(of_type("audio/pcm").chunk(&sound).end());
    let request = r#"{"model":"speaker-by-token","input":"12345678","voice":"alloy"}"#;
    assert_eq!(caller.post(SPEECH, request).await.status, 200);
    // One second of raw samples, 20 tokens; and two tokens of text.
    let nanos = 20 * 12_000 + 2 * 1_000;
    assert_eq!(app.bill().await["charge"], nanos);
    assert_eq!(app.event(1).await["counted_by"], "estimate");
}

#[tokio::test]
async fn speech_in_events_is_metered_as_they_say() {
    let (app, caller) = app().await;
    let events = [
        "data: {\"type\":\"speech.audio.delta\",\"audio\":\"AAAA\"}\n\n",
        "data: {\"type\":\"speech.audio.done\",\"usage\":{\"input_tokens\":3,\"output_tokens\":50,\"total_tokens\":53,\"output_tokens_details\":{\"audio_tokens\":50}}}\n\n",
    ];
    app.stub.once(Script::stream(events));
    let request =
        r#"{"model":"speaker-by-token","input":"hi","voice":"alloy","stream_format":"sse"}"#;
    let response = caller.post(SPEECH, request).await;
    assert!(
        response.text().starts_with(events[0]),
        "{}",
        response.text()
    );
    assert_eq!(app.bill().await["charge"], 50 * 12_000 + 3 * 1_000);
}

#[tokio::test]
async fn a_page_in_the_place_of_speech_is_no_page_of_ours() {
    let (app, caller) = app().await;
    app.stub.once(of_type("text/html").chunk("<script>").end());
    let request = r#"{"model":"speaker","input":"hi","voice":"alloy"}"#;
    let response = caller.post(SPEECH, request).await;
    assert_eq!(
        response.header("content-type"),
        Some("application/octet-stream")
    );
}

#[tokio::test]
async fn a_transcription_is_charged_by_the_seconds_that_the_provider_counts() {
    for (body, seconds) in [
        (
            r#"{"text":"hi","usage":{"type":"duration","seconds":7}}"#,
            7,
        ),
        (r#"{"text":"hi","duration":5.4899,"segments":[]}"#, 6),
        // By the head of the file.
        (r#"{"text":"hi"}"#, 3),
    ] {
        let (app, caller) = app().await;
        app.stub.once(Script::json(body));
        let response = hear(&caller, "verbose_json", "", &wav(3)).await;
        assert_eq!(
            (response.status, &response.json()["text"]),
            (200, &"hi".into())
        );
        assert!(app.stub.last().body.contains("\r\n\r\nwhisper-1\r\n"));
        assert_eq!(app.bill().await["charge"], seconds * 100_000, "{body}");
    }
}

#[tokio::test]
async fn subtitles_pass_as_text() {
    for (format, content_type, text) in [
        ("vtt", "text/vtt", "WEBVTT\n\n00:00.000 --> 00:03.000\nhi\n"),
        (
            "srt",
            "text/plain; charset=utf-8",
            "1\n00:00:00,000 --> 00:00:03,000\nhi\n",
        ),
        ("text", "text/plain", "hi\n"),
    ] {
        let (app, caller) = app().await;
        app.stub.once(of_type(content_type).chunk(text).end());
        let response = hear(&caller, format, "", &wav(3)).await;
        assert_eq!((response.status, response.text()), (200, text.to_owned()));
        assert_eq!(response.header("content-type"), Some(content_type));
        assert_eq!(app.bill().await["charge"], 3 * 100_000);
    }
}

#[tokio::test]
async fn a_transcript_streams_also_from_a_model_that_does_not() {
    let stream = "--x\r\nContent-Disposition: form-data; name=\"stream\"\r\n\r\ntrue\r\n";
    let (app, caller) = app().await;
    let events = [
        "data: {\"type\":\"transcript.text.delta\",\"delta\":\"hi\"}\n\n",
        "data: {\"type\":\"transcript.text.done\",\"text\":\"hi\"}\n\n",
    ];
    app.stub.once(Script::stream(events));
    let passed = hear(&caller, "json", stream, &wav(1)).await.text();
    assert_eq!(passed, format!("{}data: [DONE]\n\n", events.concat()));
    app.stub.once(Script::json(r#"{"text":"hi"}"#));
    let unfolded = hear(&caller, "json", stream, &wav(1)).await.text();
    assert_eq!(unfolded, passed);
}

#[tokio::test]
async fn what_is_no_sound_is_refused_before_anything_is_sent() {
    let (app, caller) = app().await;
    for file in [&b"%PDF-1.7"[..], b"\x89PNG\r\n\x1a\n", b""] {
        let response = hear(&caller, "json", "", file).await;
        assert_eq!(response.json()["error"]["param"], "file");
    }
    for (body, param) in [
        (r#"{"model":"speaker"}"#, "input"),
        (r#"{"model":"speaker","input":""}"#, "input"),
        (r#"{"input":"hi"}"#, "model"),
    ] {
        let response = caller.post(SPEECH, body).await;
        assert_eq!(response.json()["error"]["param"], param);
    }
    assert!(app.stub.requests().is_empty());
}
