//! The headers about limits and waits in recorded responses of providers: each form that was ever recorded is read.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use llm::retry_after::RetryHeaders;
use serde_json::Value;

/// Before all recordings, so that a time which is absolute is a wait.
const NOW: Option<Duration> = Some(Duration::ZERO);

fn recordings(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            recordings(&path, found);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            found.push(path);
        }
    }
}

/// The headers about limits and waits, with their values, of every recorded response.
fn headers() -> BTreeSet<(String, String)> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/replay/corpus");
    let mut files = Vec::new();
    recordings(&corpus, &mut files);
    let mut all = BTreeSet::new();
    for file in files {
        let recording: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let Some(headers) = recording["response"]["headers"].as_object() else {
            continue;
        };
        for (name, value) in headers {
            let name = name.to_lowercase();
            let Some(value) = value.as_str() else {
                continue;
            };
            let is_of_limits = name.contains("ratelimit") || name.contains("retry-after");
            // Some who recorded put a placeholder in place of the value.
            if is_of_limits && !value.starts_with("X-") {
                all.insert((name, value.to_owned()));
            }
        }
    }
    all
}

fn noted(name: &str, value: &str) -> RetryHeaders {
    let mut headers = RetryHeaders::default();
    headers.note(name, value.as_bytes());
    headers
}

#[test]
fn every_recorded_wait_and_reset_is_read() {
    let all = headers();
    let mut read = 0;
    for (name, value) in &all {
        let headers = noted(name, value);
        let wait = if name.contains("retry-after") {
            headers.asked(NOW)
        } else if name.contains("reset") || name.contains("renewalperiod") {
            headers.reset(NOW)
        } else {
            continue;
        };
        // A limit that begins anew now is no wait.
        let is_nothing = matches!(value.as_str(), "0" | "0s" | "0ms");
        assert!(wait.is_some() || is_nothing, "{name}: {value}");
        read += 1;
    }
    assert!(read >= 20, "{read} of {}", all.len());
}

#[test]
fn a_limit_that_is_used_up_is_told_from_one_that_is_not() {
    for (name, value) in headers() {
        let Some(rest) = name
            .contains("remaining")
            .then(|| name.replacen("remaining", "reset", 1))
        else {
            continue;
        };
        let mut headers = noted("x-ratelimit-reset-other", "1s");
        headers.note(&name, value.as_bytes());
        headers.note(&rest, b"30s");
        let expected = if value == "0" { 30 } else { 1 };
        assert_eq!(
            headers.reset(NOW),
            Some(Duration::from_secs(expected)),
            "{name}: {value}"
        );
    }
}
