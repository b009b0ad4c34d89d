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

/// Words that name another thing too, and where: providers call the ability to see so.
const HOMONYMS: [(&str, &str); 1] = [("image_input", "gateway/src/upstream/abilities.rs")];

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
        let means_another = |path: &Path| {
            let homonyms = HOMONYMS.iter().filter(|(word, _)| *word == meter.name());
            homonyms.into_iter().any(|(_, file)| path.ends_with(file))
        };
        let files = named.map(|(path, _)| path);
        let files: Vec<&PathBuf> = files.filter(|path| !means_another(path)).collect();
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

fn names(text: &str, word: &str) -> bool {
    let is_part = |letter: Option<char>| {
        letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
    };
    text.match_indices(word).any(|(at, _)| {
        !is_part(text[..at].chars().next_back()) && !is_part(text[at + word.len()..].chars().next())
    })
}

/// The places where the sources name an attribute, outside of comments.
fn product(word: &str) -> Vec<String> {
    let root = root();
    let mut found: Vec<String> = sources()
        .into_iter()
        .filter(|(_, code)| {
            let lines = code.lines().map(|line| line.split("//").next().unwrap());
            names(&lines.collect::<Vec<_>>().join("\n"), word)
        })
        .map(|(path, _)| path.strip_prefix(&root).unwrap().display().to_string())
        .filter(|path| !path.starts_with("crates/bench") && !path.starts_with("crates/sandbox"))
        .collect();
    found.sort();
    found
}

#[test]
fn an_attribute_of_the_catalogue_is_in_its_spec_and_where_it_is_used() {
    // A bound of a model, which `Model::stream_timeout` holds its streams to.
    assert_eq!(
        product("stream_timeout_seconds"),
        [
            "crates/gateway/src/catalog.rs",
            "crates/gateway/src/catalog/spec/model.rs"
        ]
    );
    // A fact of a model that customers see, in three responses, that is looked up when a provider is connected, and that
    // routing goes by: a deployment may have one of its own.
    assert_eq!(
        product("context_length"),
        [
            "crates/control/src/api/admin/provider_models.rs",
            "crates/control/src/model_facts.rs",
            "crates/control/src/model_facts/listed.rs",
            "crates/control/src/model_facts/table.rs",
            "crates/gateway/src/api/anthropic/models.rs",
            "crates/gateway/src/api/gemini/models.rs",
            "crates/gateway/src/catalog/build.rs",
            "crates/gateway/src/catalog/public_model.rs",
            "crates/gateway/src/catalog/spec/deployment.rs",
            "crates/gateway/src/catalog/spec/model.rs",
            "crates/gateway/src/upstream/abilities.rs"
        ]
    );
    // What routing goes by is resolved into the deployment, and explained twice: to programs and at a terminal. Channels of
    // other programs have one too.
    assert_eq!(
        product("weight"),
        [
            "crates/control/src/api/admin/routing.rs",
            "crates/gateway/src/catalog/build.rs",
            "crates/gateway/src/catalog/spec/deployment.rs",
            "crates/gateway/src/routing/candidate.rs",
            "crates/gateway/src/routing/policy.rs",
            "crates/gateway/src/upstream/deployment.rs",
            "crates/yunxin/src/cli/import/apply.rs",
            "crates/yunxin/src/cli/import/channels.rs",
            "crates/yunxin/src/cli/import/plan.rs",
            "crates/yunxin/src/cli/route.rs",
        ]
    );
}
