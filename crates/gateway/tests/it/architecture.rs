//! The import rules of the layout, held by reading the sources.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms of the gateway from top to bottom; rooms of one line see each other. Arrows go down only.
const ORDER: [&[&str]; 22] = [
    &["main"],
    &["cli"],
    &["server"],
    &["jobs"],
    &["router"],
    &["middleware"],
    &["docs"],
    &["dashboard"],
    &["api", "auth"],
    &["inference"],
    &["app"],
    &["changes", "standing"],
    &[
        "browsers",
        "client_tokens",
        "leak_reporters",
        "mail",
        "passwords",
        "sign_in_providers",
        "throttle",
        "two_factor",
        "webhooks",
    ],
    &["guarded_client", "anomalies"],
    &["ingress"],
    &["catalog"],
    &["keys"],
    &["limits"],
    &["counts_file"],
    &["upstream"],
    &["metering"],
    &["rights_record"],
];

/// Rooms that all may use, and that use only each other, `store` and `llm`.
const SHARED: [&str; 8] = [
    "clock",
    "collected",
    "config",
    "content_coding",
    "data_folder",
    "error",
    "invisible",
    "telemetry",
];

/// Arrows that go up, and why they may.
const UPWARD: [(&str, &str, &str); 1] = [(
    "inference",
    "auth",
    "the proof of who calls is an argument of the heart; auth imports nothing of inference",
)];

/// Siblings that may know each other, and why.
const SIBLINGS: [(&str, &str, &str); 25] = [
    (
        "store/src/sessions.rs",
        "auth_log",
        "a session that ends and its line are one transaction",
    ),
    (
        "store/src/users.rs",
        "auth_log",
        "a change of rights and its line are one transaction",
    ),
    (
        "store/src/members.rs",
        "auth_log",
        "a change of rights and its line are one transaction",
    ),
    (
        "store/src/management_keys.rs",
        "auth_log",
        "a change of rights and its line are one transaction",
    ),
    (
        "store/src/rights.rs",
        "auth_log",
        "what a line of the log is about, and the lines of what is enforced",
    ),
    (
        "store/src/rights.rs",
        "secret",
        "not a table: the digests of secrets that end",
    ),
    ("store/src/invites.rs", "members", "an invite is to a role"),
    (
        "store/src/members.rs",
        "accounts",
        "a member is asked for with the accounts that they belong to",
    ),
    (
        "store/src/tiers.rs",
        "auth_log",
        "a change of limits and its line are one transaction",
    ),
    (
        "store/src/sessions.rs",
        "users",
        "a session is looked up with its user, in one query",
    ),
    (
        "gateway/src/api/openai/key.rs",
        "limits_json",
        "a part of its answer, in a file of its own",
    ),
    (
        "store/src/accounts.rs",
        "auth_log",
        "a change of rights and its line are one transaction",
    ),
    (
        "store/src/api_keys.rs",
        "auth_log",
        "a change of rights and its line are one transaction",
    ),
    (
        "store/src/api_keys/held.rs",
        "auth_log",
        "a change of rights and its line are one transaction",
    ),
    (
        "store/src/api_keys/held.rs",
        "key_events",
        "what holds a key back says what was noticed",
    ),
    (
        "store/src/catalog.rs",
        "auth_log",
        "a change of the catalogue and its line are one transaction",
    ),
    (
        "store/src/api_keys/secrets.rs",
        "accounts",
        "the record of authentication joins key and account",
    ),
    (
        "store/src/usage_rollups.rs",
        "usage_events",
        "sums are added from the events that they sum",
    ),
    (
        "store/src/usage_rollups/add.rs",
        "usage_events",
        "sums are added from the events that they sum",
    ),
    (
        "store/src/usage_rollups/read.rs",
        "usage_events",
        "the hours of the log are found by the log's filter",
    ),
    (
        "store/src/usage_events/log.rs",
        "usage_rollups",
        "the sums say in which hours there is anything to read",
    ),
    (
        "store/src/platform_rollups.rs",
        "usage_events",
        "sums are added from the events that they sum",
    ),
    (
        "store/src/platform_rollups.rs",
        "usage_rollups",
        "one sum, in two orders",
    ),
    (
        "store/src/sealed.rs",
        "secret",
        "not a table: the master key derives the pepper",
    ),
    (
        "store/src/db.rs",
        "migrations",
        "not a table: the schema is run by the door",
    ),
];

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Every source file below a folder, with its path from `crates/` and its text without comments and tests.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut files = vec![];
    let mut folders = vec![crates().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs")
                && path.file_name().is_some_and(|name| name != "tests.rs")
            {
                let text = fs::read_to_string(&path).unwrap();
                let name = path.strip_prefix(crates()).unwrap().display().to_string();
                files.push((name, code(&text)));
            }
        }
    }
    assert!(!files.is_empty(), "{folder}");
    files.sort();
    files
}

fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// The first names behind every `prefix` in the text: of `crate::{a::b, c}` it is `a` and `c`.
fn names_after(text: &str, prefix: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, _) in text.match_indices(prefix) {
        let rest = &text[at + prefix.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            names.insert(word(rest));
            continue;
        };
        let mut depth = 0;
        let mut is_start = true;
        for (at, letter) in group.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => is_start = true,
                letter if is_start && !letter.is_whitespace() => {
                    names.insert(word(&group[at..]));
                    is_start = false;
                }
                _ => {}
            }
        }
    }
    names
}

fn word(text: &str) -> String {
    text.chars()
        .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
        .collect()
}

/// The room that a file of the gateway belongs to.
fn room(path: &str) -> String {
    word(path.strip_prefix("gateway/src/").unwrap())
}

fn rank(room: &str) -> Option<usize> {
    ORDER.iter().position(|line| line.contains(&room))
}

#[test]
fn arrows_go_down_the_listing() {
    let mut wrong = vec![];
    for (path, text) in sources("gateway/src") {
        let from = room(&path);
        if from == "lib" {
            continue;
        }
        for to in names_after(&text, "crate::") {
            let is_excepted = UPWARD
                .iter()
                .any(|(above, below, _)| *above == from && *below == to);
            let is_allowed = if SHARED.contains(&to.as_str()) || from == to {
                true
            } else if SHARED.contains(&from.as_str()) {
                false
            } else {
                match (rank(&from), rank(&to)) {
                    (Some(from), Some(to)) => from <= to,
                    _ => panic!("{path}: {from} or {to} is not in the listing"),
                }
            };
            if !is_allowed && !is_excepted {
                wrong.push(format!("{path}: {from} -> {to}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn an_exception_that_is_not_needed_any_more_is_removed() {
    for (from, to, _) in UPWARD {
        let is_used = sources("gateway/src")
            .iter()
            .any(|(path, text)| room(path) == from && names_after(text, "crate::").contains(to));
        assert!(is_used && rank(from) > rank(to), "{from} -> {to}");
    }
    let unused: Vec<_> = SIBLINGS
        .iter()
        .filter(|(file, sibling, _)| {
            let text = code(&fs::read_to_string(crates().join(file)).unwrap());
            let prefixes = ["super::", "crate::"];
            !prefixes
                .iter()
                .any(|prefix| names_after(&text, prefix).contains(*sibling))
        })
        .collect();
    assert!(unused.is_empty(), "{unused:#?}");
}

#[test]
fn the_scanner_sees_what_is_imported() {
    let text = "use crate::{a::b, c::{d, e},\n    f};\nuse crate::g::{h, i};\nfn x() { crate::j::k() }\nuse super::{l, self};";
    let names = |prefix| {
        names_after(text, prefix)
            .into_iter()
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(names("crate::"), "a c f g j");
    assert_eq!(names("super::"), "l self");
}

#[test]
fn handlers_go_through_the_heart() {
    for (path, text) in sources("gateway/src/api") {
        let names = names_after(&text, "crate::");
        for forbidden in ["upstream", "limits", "keys"] {
            assert!(!names.contains(forbidden), "{path} imports {forbidden}");
        }
        assert!(
            !text.contains("sqlx") && !text.contains("SELECT "),
            "{path} speaks SQL"
        );
    }
}

#[test]
fn what_is_below_the_state_does_not_know_it() {
    let below = rank("app").unwrap() + 1;
    for (path, text) in sources("gateway/src") {
        let room = room(&path);
        if SHARED.contains(&room.as_str()) || rank(&room).is_some_and(|rank| rank >= below) {
            assert!(!names_after(&text, "crate::").contains("app"), "{path}");
        }
    }
}

#[test]
fn siblings_do_not_know_each_other() {
    let mut wrong = vec![];
    for (folder, prefixes, shared) in [
        (
            "gateway/src/api/openai",
            &["super::", "crate::api::openai::"][..],
            &[][..],
        ),
        ("llm/src/providers", &["super::", "crate::providers::"], &[]),
        ("llm/src/protocols", &["crate::protocols::"], &[]),
        (
            "store/src",
            &["crate::"],
            &["db", "error", "id", "pattern", "readable", "secret", "lib"],
        ),
    ] {
        let files = sources(folder);
        let siblings: BTreeSet<String> = files
            .iter()
            .map(|(path, _)| word(path.strip_prefix(&format!("{folder}/")).unwrap()))
            .collect();
        for (path, text) in &files {
            let own = word(path.strip_prefix(&format!("{folder}/")).unwrap());
            let inner = path
                .strip_prefix(&format!("{folder}/"))
                .unwrap()
                .contains('/');
            for prefix in prefixes {
                if inner && *prefix == "super::" {
                    continue;
                }
                for name in names_after(text, prefix) {
                    let is_sibling =
                        siblings.contains(&name) && name != own && !shared.contains(&name.as_str());
                    let is_excepted = SIBLINGS
                        .iter()
                        .any(|(file, sibling, _)| file == path && *sibling == name);
                    if is_sibling && !is_excepted && own != "lib" {
                        wrong.push(format!("{path} -> {name}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_room_is_called_something_that_means_nothing() {
    for folder in ["gateway/src", "llm/src", "store/src", "sandbox/src"] {
        for (path, _) in sources(folder) {
            for part in Path::new(&path).with_extension("").iter().skip(1) {
                let name = part.to_string_lossy().into_owned();
                let empty = [
                    "util", "utils", "common", "helpers", "helper", "core", "misc", "manager",
                    "service",
                ];
                assert!(!empty.contains(&name.as_str()), "{path}");
            }
        }
    }
}

#[test]
fn only_the_configuration_reads_the_environment_and_only_the_clock_the_time() {
    for folder in ["gateway/src", "llm/src", "store/src"] {
        for (path, text) in sources(folder) {
            if !path.starts_with("gateway/src/config") {
                for call in ["env::var", "env::vars", "env::args"] {
                    assert!(!text.contains(call), "{path} calls {call}");
                }
            }
            if path != "gateway/src/clock.rs" {
                for call in ["SystemTime::now", "std::time::Instant", "clock_gettime"] {
                    assert!(!text.contains(call), "{path} calls {call}");
                }
            }
        }
    }
}

#[test]
fn only_the_door_of_the_store_names_a_driver() {
    for folder in ["gateway/src", "store/src"] {
        for (path, text) in sources(folder) {
            if path.starts_with("store/src/db") {
                continue;
            }
            for name in ["Sqlite", "Postgres", "PgPool", "PgConnection"] {
                let names_type = text.match_indices(name).any(|(at, _)| {
                    let before = text[..at].chars().next_back();
                    !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '"')
                });
                assert!(!names_type, "{path} names {name}");
            }
        }
    }
}

/// The names of `[dependencies]` of a crate.
fn dependencies(name: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(crates().join(name).join("Cargo.toml")).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    manifest["dependencies"]
        .as_table()
        .unwrap()
        .keys()
        .cloned()
        .collect()
}

#[test]
fn the_leaves_depend_on_nothing_that_they_must_not() {
    for (leaf, forbidden) in [
        (
            "llm",
            &[
                "tokio", "axum", "hyper", "http", "sqlx", "rand", "uuid", "store", "sandbox",
                "yunxin",
            ][..],
        ),
        (
            "store",
            &["axum", "hyper", "reqwest", "llm", "sandbox", "yunxin"],
        ),
        ("sandbox", &["llm", "store", "yunxin", "sqlx"]),
        ("gateway", &["sqlx", "reqwest", "openssl", "native-tls"]),
    ] {
        let dependencies = dependencies(leaf);
        for name in forbidden {
            assert!(!dependencies.contains(*name), "{leaf} depends on {name}");
        }
    }
}

#[test]
fn no_file_is_longer_than_it_can_be_read() {
    for folder in ["gateway/src", "llm/src", "store/src"] {
        for (path, text) in sources(folder) {
            assert!(text.lines().count() <= 500, "{path}");
        }
    }
}
