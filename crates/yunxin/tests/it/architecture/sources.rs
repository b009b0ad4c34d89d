//! Reads the sources of the workspace, and the paths that they import.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// A path that a file names, in its parts: `crate`, `keys`, `Keys`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Import {
    pub(super) path: Vec<String>,
    /// The name here, if it is imported.
    pub(super) name: Option<String>,
    /// Others see it here.
    pub(super) is_reexport: bool,
}

/// The folder of the crates.
pub(super) fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Every source file below a folder, by its path from `crates/`, without comments and tests.
pub(super) fn sources(folder: &str) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut folders = vec![crates().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs")
            {
                let name = path.strip_prefix(crates()).unwrap().display().to_string();
                files.insert(name, code(&fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(!files.is_empty(), "{folder}");
    files
}

fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// The paths that a text imports, groups taken apart, and those that it names in full.
pub(super) fn imports(text: &str) -> Vec<Import> {
    let uses = Regex::new(r"(?m)^\s*(pub(?:\([^)]*\))?\s+)?use\s+([^;]+);").unwrap();
    let in_code = Regex::new(r"\b(?:crate|super|self)(?:::\w+)+").unwrap();
    let mut all = vec![];
    for found in uses.captures_iter(text) {
        take_apart(&found[2], &[], &mut |path, name| {
            all.push(Import {
                path,
                name: Some(name),
                is_reexport: found.get(1).is_some(),
            });
        });
    }
    for found in in_code.find_iter(&uses.replace_all(text, "")) {
        all.push(Import {
            path: found.as_str().split("::").map(str::to_owned).collect(),
            name: None,
            is_reexport: false,
        });
    }
    all
}

fn take_apart(tree: &str, before: &[String], found: &mut impl FnMut(Vec<String>, String)) {
    let (path, group) = match tree.split_once('{') {
        Some((path, group)) => (path.trim().trim_end_matches("::"), Some(group)),
        None => (tree.trim(), None),
    };
    let mut parts = before.to_vec();
    let (path, alias) = path.split_once(" as ").unwrap_or((path, ""));
    let names_itself = |part: &str| part == "self" && !before.is_empty();
    let own = path.split("::").map(str::trim);
    let own = own.filter(|part| !part.is_empty() && !names_itself(part));
    parts.extend(own.map(str::to_owned));
    let Some(group) = group else {
        let name = if alias.is_empty() {
            parts.last().cloned().unwrap_or_default()
        } else {
            alias.trim().to_owned()
        };
        return found(parts, name);
    };
    let group = group.trim_end().strip_suffix('}').unwrap_or(group);
    let (mut depth, mut start) = (0, 0);
    for (at, letter) in group.char_indices().chain([(group.len(), ',')]) {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                let part = group[start..at].trim();
                if !part.is_empty() {
                    take_apart(part, &parts, found);
                }
                start = at + 1;
            }
            _ => {}
        }
    }
}
