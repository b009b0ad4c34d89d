//! The page about errors has an entry per code, and no entry of a code that is not there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Words in the sources of errors that look like codes and are none.
const NO_CODES: [&str; 11] = [
    "authentication_error",
    "billing_error",
    "conflict_error",
    "invalid_request_error",
    "max_tokens",
    "not_found_error",
    "permission_error",
    "previous_response_id",
    "rate_limit_error",
    "validation_error",
    "x_request_id",
];

/// The places where errors are made.
const ERRORS: [&str; 3] = [
    "gateway/src/error.rs",
    "gateway/src/error",
    "control/src/refusal.rs",
];

#[test]
fn every_error_code_has_an_entry_in_the_documentation() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = crates.join("../docs/site/errors.md");
    let page = fs::read_to_string(page).unwrap();
    let entries: BTreeSet<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("### "))
        .map(|title| title.trim_matches('`'))
        .collect();
    let planes = ["gateway/src", "control/src"].map(|folder| crates.join(folder));
    let files: Vec<(PathBuf, String)> = planes
        .iter()
        .flat_map(|folder| rust_files(folder))
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect();

    let mut codes: BTreeSet<&str> = BTreeSet::new();
    for (path, text) in &files {
        let is_of_errors = ERRORS
            .iter()
            .any(|place| path.starts_with(crates.join(place)));
        if is_of_errors {
            codes.extend(words(text).filter(|word| !NO_CODES.contains(word)));
        }
        codes.extend(text.split("conflict(").skip(1).filter_map(first_word));
    }
    let missing: Vec<_> = codes.difference(&entries).collect();
    assert!(missing.is_empty(), "docs/site/errors.md lacks {missing:?}");

    let said: BTreeSet<&str> = files.iter().flat_map(|(_, text)| words(text)).collect();
    let invented: Vec<_> = entries.difference(&said).collect();
    assert!(invented.is_empty(), "no source knows {invented:?}");
}

/// Literals of lower-case words joined by underscores, and single ones that are known to be codes.
fn words(text: &str) -> impl Iterator<Item = &str> {
    // Within a literal of JSON a quotation mark has a backslash before it.
    let parts = text.split('"').map(|part| part.trim_end_matches('\\'));
    parts.filter(|part| {
        (part.contains('_') || *part == "conflict" || *part == "exists")
            && part
                .chars()
                .all(|letter| letter.is_ascii_lowercase() || letter == '_')
    })
}

/// The literal that a call begins with.
fn first_word(call: &str) -> Option<&str> {
    let rest = call.trim_start().strip_prefix('"')?;
    rest.split('"').next()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
    files
}
