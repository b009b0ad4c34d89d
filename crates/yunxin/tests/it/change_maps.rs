//! The files that a change of a kind touches, as `ARCHITECTURE.md` gives them.

use std::fs;
use std::path::{Path, PathBuf};

use llm::Meter;
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The sources of the crates, each without its tests.
fn sources() -> Vec<(PathBuf, String)> {
    let mut folders: Vec<PathBuf> = fs::read_dir(root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().path().join("src"))
        .collect();
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs")
                && path.file_stem().is_some_and(|name| name != "tests")
            {
                let text = fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap_or_default();
                sources.push((path, code.to_owned()));
            }
        }
    }
    sources
}

/// A meter is a line of the list and its words: no other source, and no migration, names it.
#[test]
fn a_meter_is_named_in_one_source() {
    let sources = sources();
    // Other things are called `input` or `images` too.
    let own_names = Meter::ALL
        .into_iter()
        .filter(|meter| meter.name().contains('_'));
    for meter in own_names {
        let quoted = format!("\"{meter}\"");
        let named = sources.iter().filter(|(_, code)| code.contains(&quoted));
        let files: Vec<&PathBuf> = named.map(|(path, _)| path).collect();
        assert_eq!(files.len(), 1, "{meter}: {files:?}");
        assert!(files[0].ends_with("llm/src/meter.rs"), "{files:?}");
    }
}

#[test]
fn a_meter_has_words_in_each_locale() {
    let locales = root().join("dashboard/src/locales");
    for language in ["en", "zh-CN", "zh-TW"] {
        let text = fs::read_to_string(locales.join(language).join("requests.json")).unwrap();
        let words: Value = serde_json::from_str(&text).unwrap();
        let named: Vec<&str> = words["meter"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let mut known = Meter::ALL.map(Meter::name);
        known.sort_unstable();
        let mut sorted = named;
        sorted.sort_unstable();
        assert_eq!(sorted, known, "{language}");
    }
}
