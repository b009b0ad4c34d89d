//! The rules of the layout, held by reading the sources.

mod circles;
mod sources;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use circles::circles;
use sources::{crates, imports, sources};

/// The planes and their rooms, from top to bottom. Arrows go down only; rooms on one floor do not know each other.
const PLAN: [(&str, &[&str]); 3] = [
    ("yunxin", &["main", "cli", "telemetry", "config"]),
    (
        "control",
        &[
            "router",
            "compression jobs middleware",
            "api docs",
            "auth dashboard",
            "state",
            "commands invoice_documents limit_status operator_notices",
            "leak_reporters mail payments sign_in_providers throttle webhooks",
            "anomalies model_facts passwords two_factor",
            "config refusal",
        ],
    ),
    (
        "gateway",
        &[
            "server",
            "jobs router",
            "middleware",
            "api",
            "batches",
            "inference",
            "auth",
            "state",
            "kept_responses shared_state",
            "catalog client_tokens ingress keys",
            "routing",
            "content_coding cors credits files limits metering process rights_record upstream",
            "budgets egress_client journal",
            "clock config counts_file data_folder error header_text invisible limited_body metrics",
        ],
    ),
];

const CRATES: [&str; 7] = [
    "bench", "yunxin", "control", "gateway", "sandbox", "store", "llm",
];

/// Crates that a crate must not need: neither itself nor anything that it is made of.
const NOT_NEEDED: [(&str, &[&str]); 5] = [
    (
        "llm",
        &[
            "tokio", "axum", "hyper", "http", "sqlx", "rand", "uuid", "store",
        ],
    ),
    ("store", &["axum", "hyper", "reqwest", "sandbox"]),
    ("sandbox", &["llm", "store", "sqlx"]),
    (
        "gateway",
        &[
            "control",
            "sandbox",
            "utoipa",
            "lettre",
            "argon2",
            "totp-rs",
            "clap",
            "reqwest",
            "openssl",
            "native-tls",
        ],
    ),
    (
        "control",
        &["sandbox", "clap", "reqwest", "openssl", "native-tls"],
    ),
];

/// Siblings that may be known, by whom, and why.
const SIBLINGS: [(&str, &[&str], &str); 17] = [
    (
        "anthropic",
        &["llm/src/languages/bedrock/wish.rs"],
        "Anthropic's models on Bedrock think as Anthropic's do, and take its own members for it",
    ),
    (
        "responses",
        &["llm/src/languages/openai/adopted.rs"],
        "a body of responses that came to the path of chat completions is read as what it is",
    ),
    (
        "auth_log",
        &[
            "store/src/accounts.rs",
            "store/src/api_keys.rs",
            "store/src/api_keys/quarantine.rs",
            "store/src/catalog.rs",
            "store/src/limit_sharing.rs",
            "store/src/management_keys.rs",
            "store/src/members.rs",
            "store/src/rights.rs",
            "store/src/sessions.rs",
            "store/src/tiers.rs",
            "store/src/users.rs",
        ],
        "a change of rights or of the catalogue and its line are one transaction",
    ),
    (
        "accounts",
        &["store/src/api_keys/secrets.rs", "store/src/members.rs"],
        "the record of authentication joins key and account, a member is asked for with the accounts",
    ),
    (
        "budgets",
        &[
            "store/src/accounts.rs",
            "store/src/api_keys.rs",
            "store/src/api_keys/record.rs",
            "store/src/api_keys/secrets.rs",
            "store/src/tiers.rs",
        ],
        "the budgets of an account, a key or a tier are a part of its row",
    ),
    (
        "usage_rollups",
        &["store/src/budgets.rs"],
        "what a budget has spent is a sum of charges by the hour",
    ),
    (
        "key_events",
        &["store/src/api_keys/quarantine.rs"],
        "what holds a key back says what was noticed",
    ),
    (
        "limit_override",
        &["store/src/accounts.rs", "store/src/api_keys/secrets.rs"],
        "an account's own limits are a part of its row, and of what a key is authenticated with",
    ),
    (
        "key_limits",
        &["store/src/api_keys/record.rs"],
        "a key's own limits are a part of its row",
    ),
    (
        "limits_json",
        &["gateway/src/api/openai/key.rs"],
        "a part of its response, in a file of its own",
    ),
    (
        "members",
        &["store/src/invites.rs"],
        "an invite is to a role",
    ),
    (
        "migrations",
        &["store/src/db.rs"],
        "not a table: the schema is run by the door",
    ),
    (
        "tiers",
        &["store/src/limit_override.rs"],
        "an account's own limits stand in place of those of its tier",
    ),
    (
        "usage_events",
        &[
            "store/src/error_rollups.rs",
            "store/src/ledger/charges.rs",
            "store/src/platform_rollups.rs",
            "store/src/usage_log.rs",
            "store/src/usage_rollups.rs",
            "store/src/usage_rollups/add.rs",
            "store/src/usage_rollups/read.rs",
        ],
        "sums are added from the events that they sum, and the log is read by the same filter",
    ),
    (
        "sealed",
        &["store/src/usage_events/sealed_text.rs"],
        "words that may quote a prompt are stored sealed",
    ),
    (
        "usage_rollups",
        &[
            "store/src/error_rollups.rs",
            "store/src/platform_rollups.rs",
            "store/src/usage_log.rs",
        ],
        "one sum, in two orders, which says in which hours of the log there is anything to read",
    ),
    (
        "users",
        &["store/src/sessions.rs"],
        "a session is looked up with its user, in one query",
    ),
];

/// The first names behind `root` in the paths that a text imports: of `crate::{a::b, c}` it is `a` and `c`.
fn names_after(text: &str, root: &[&str]) -> BTreeSet<String> {
    let behind = |path: &[String]| {
        let is_behind = path.len() > root.len() && path.iter().zip(root).all(|(a, b)| a == b);
        is_behind.then(|| path[root.len()].clone())
    };
    let imports = imports(text);
    imports
        .iter()
        .filter_map(|import| behind(&import.path))
        .collect()
}

/// The first part of a file's path below a folder.
fn room(path: &str, folder: &str) -> String {
    let rest = path.strip_prefix(folder).unwrap().trim_start_matches('/');
    let name = rest.split('/').next().unwrap();
    name.trim_end_matches(".rs").to_owned()
}

#[test]
fn arrows_go_down_the_plan() {
    let mut wrong = vec![];
    for (name, floors) in PLAN {
        let floor = |room: &str| {
            let is_on = |floor: &&str| floor.split(' ').any(|one| one == room);
            let found = floors.iter().position(is_on);
            found.unwrap_or_else(|| panic!("{name}: {room} is not in the plan"))
        };
        let folder = format!("{name}/src");
        for (path, text) in sources(&folder) {
            let from = room(&path, &folder);
            for to in names_after(&text, &["crate"]) {
                if from != to && floor(&from) >= floor(&to) {
                    wrong.push(format!("{path}: {from} -> {to}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_modules_need_each_other() {
    let found: Vec<_> = CRATES.into_iter().flat_map(circles).collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn the_scanner_sees_what_is_imported() {
    let text = "use crate::{a::b, c::{d, e},\n    f};\nuse crate::g::{h, i};\nfn x() { crate::j::k() }\nuse super::{l::m, self};";
    let names = |root: &[&str]| Vec::from_iter(names_after(text, root)).join(" ");
    assert_eq!(names(&["crate"]), "a c f g j");
    assert_eq!(names(&["crate", "c"]), "d e");
    assert_eq!(names(&["super"]), "l");
}

#[test]
fn handlers_go_through_the_heart() {
    for folder in ["gateway/src/api", "control/src/api"] {
        for (path, text) in sources(folder) {
            let mut names = names_after(&text, &["crate"]);
            names.extend(names_after(&text, &["gateway"]));
            for forbidden in ["upstream", "limits", "keys"] {
                assert!(!names.contains(forbidden), "{path} imports {forbidden}");
            }
            assert!(
                !text.contains("sqlx") && !text.contains("SELECT "),
                "{path} speaks SQL"
            );
        }
    }
}

/// A folder whose files keep apart, the paths by which they would import each other, and those that all may.
type Family = (
    &'static str,
    &'static [&'static [&'static str]],
    &'static [&'static str],
);

const FAMILIES: [Family; 3] = [
    (
        "gateway/src/api/openai",
        &[&["super"], &["crate", "api", "openai"]],
        &[],
    ),
    (
        "llm/src/languages",
        &[&["crate", "languages"]],
        &["summary_reader"],
    ),
    (
        "store/src",
        &[&["crate"]],
        &[
            "db",
            "error",
            "id",
            "pattern",
            "partial_rows",
            "secret",
            "lib",
        ],
    ),
];

/// Which file of a family knows which other.
fn known_siblings((folder, roots, shared): Family) -> BTreeSet<(String, String)> {
    let files = sources(folder);
    let rooms: BTreeSet<String> = files.keys().map(|path| room(path, folder)).collect();
    let mut known = BTreeSet::new();
    for (path, text) in &files {
        let own = room(path, folder);
        let is_inner = path.strip_prefix(folder).unwrap().matches('/').count() > 1;
        let roots = roots.iter().filter(|root| !is_inner || **root != ["super"]);
        let names = roots.flat_map(|root| names_after(text, root));
        let siblings = names.filter(|name| *name != own && rooms.contains(name));
        let siblings = siblings.filter(|name| own != "lib" && !shared.contains(&name.as_str()));
        known.extend(siblings.map(|name| (path.clone(), name)));
    }
    known
}

#[test]
fn siblings_know_each_other_only_where_it_is_said_why() {
    let known: BTreeSet<_> = FAMILIES.into_iter().flat_map(known_siblings).collect();
    let allowed = SIBLINGS.iter().flat_map(|(sibling, files, _)| {
        let pair = |file: &&str| ((*file).to_owned(), (*sibling).to_owned());
        files.iter().map(pair)
    });
    assert_eq!(known, allowed.collect());
}

#[test]
fn no_room_is_called_something_that_means_nothing() {
    for name in CRATES {
        for path in sources(&format!("{name}/src")).keys() {
            for part in Path::new(path).with_extension("").iter().skip(1) {
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

/// The crates that ship, but for the sandbox, which is a provider.
fn product() -> impl Iterator<Item = (String, String)> {
    let crates = ["yunxin", "control", "gateway", "store", "llm"];
    crates
        .into_iter()
        .flat_map(|name| sources(&format!("{name}/src")))
}

#[test]
fn only_the_configuration_reads_the_environment_and_only_the_clock_the_time() {
    for (path, text) in product() {
        if !path.contains("/src/config") {
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

/// The list of meters is in `llm`, and nothing else there is of any concern to the database (`docs/decisions/0026`).
#[test]
fn the_database_knows_meters_and_nothing_else_of_the_wire() {
    for (path, text) in sources("store/src") {
        for named in text.split("llm::").skip(1) {
            let is_meter = ["Meter", "Usage", "{Meter, Usage}"]
                .iter()
                .any(|name| named.starts_with(name));
            assert!(is_meter, "{path}: llm::{}", named.lines().next().unwrap());
        }
    }
}

#[test]
fn only_the_door_of_the_store_names_a_driver() {
    for (path, text) in product().filter(|(path, _)| !path.starts_with("store/src/db")) {
        for name in ["Sqlite", "Postgres", "PgPool", "PgConnection"] {
            let names_type = text.match_indices(name).any(|(at, _)| {
                let before = text[..at].chars().next_back();
                !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '"')
            });
            assert!(!names_type, "{path} names {name}");
        }
    }
}

/// A crate with everything that it is made of: by the manifests of our crates, whose tests do not count, and by the
/// lock file for the rest.
fn made_of(name: &str, packages: &[toml::Value]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut next = vec![name.to_owned()];
    while let Some(one) = next.pop() {
        let parts = if crates().join(&one).is_dir() {
            dependencies(&one)
        } else {
            locked_dependencies(&one, packages)
        };
        next.extend(parts.into_iter().filter(|part| !found.contains(part)));
        found.insert(one);
    }
    found
}

/// The dependencies of every locked version of a crate.
fn locked_dependencies(name: &str, packages: &[toml::Value]) -> BTreeSet<String> {
    packages
        .iter()
        .filter(|package| package["name"].as_str() == Some(name))
        .filter_map(|package| package.get("dependencies")?.as_array())
        .flatten()
        .filter_map(|part| Some(part.as_str()?.split(' ').next()?.to_owned()))
        .collect()
}

/// The names of `[dependencies]` of a crate.
fn dependencies(name: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(crates().join(name).join("Cargo.toml")).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    let all = manifest["dependencies"].as_table().unwrap().iter();
    // What a feature adds is of the crate that turns the feature on.
    let is_optional =
        |part: &toml::Value| part.get("optional") == Some(&toml::Value::Boolean(true));
    all.filter(|(_, part)| !is_optional(part))
        .map(|(name, _)| name.clone())
        .collect()
}

#[test]
fn crates_do_without_what_they_do_not_need() {
    let lock = fs::read_to_string(crates().join("../Cargo.lock")).unwrap();
    let lock: toml::Table = lock.parse().unwrap();
    let packages = lock["package"].as_array().unwrap();
    for name in ["gateway", "control", "yunxin"] {
        assert!(!dependencies(name).contains("sqlx"), "{name}");
    }
    for (name, not_needed) in NOT_NEEDED {
        let own = dependencies(name);
        let all: BTreeSet<_> = own
            .iter()
            .flat_map(|part| made_of(part, packages))
            .collect();
        for part in not_needed {
            assert!(!all.contains(*part), "{name} is made of {part}");
        }
    }
}

#[test]
fn no_file_is_longer_than_it_can_be_read() {
    for (path, text) in product() {
        assert!(text.lines().count() <= 500, "{path}");
    }
}
