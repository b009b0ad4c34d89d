//! The patterns that `docs/secret-scanning` publishes, held against secrets as they are made.

use std::collections::HashMap;
use std::io::Write;
use std::process::{Command, Stdio};

use regex::Regex;
use store::sealed::MasterKey;
use store::secret::{PlainKey, SecretKind};

const RULES: &str = include_str!("../../../../docs/secret-scanning/gitleaks.toml");
const README: &str = include_str!("../../../../docs/secret-scanning/README.md");
const KEYS: usize = 1_000;

struct Rule {
    pattern: Regex,
    entropy: f64,
    keyword: String,
}

fn rule(id: &str) -> Rule {
    let table: toml::Table = RULES.parse().unwrap();
    let rules = table["rules"].as_array().unwrap();
    let rule = rules.iter().find(|rule| rule["id"].as_str() == Some(id));
    let rule = rule.unwrap();
    Rule {
        pattern: Regex::new(rule["regex"].as_str().unwrap()).unwrap(),
        entropy: rule["entropy"].as_float().unwrap(),
        keyword: rule["keywords"][0].as_str().unwrap().to_owned(),
    }
}

/// Bits per character, as scanners reckon it.
fn entropy(text: &str) -> f64 {
    let mut counts = HashMap::new();
    for letter in text.chars() {
        *counts.entry(letter).or_insert(0_u32) += 1;
    }
    let length = f64::from(u32::try_from(text.len()).unwrap());
    let bits = counts.values().map(|count| {
        let share = f64::from(*count) / length;
        -share * share.log2()
    });
    bits.sum()
}

fn fresh(kind: &str) -> Vec<String> {
    let master = MasterKey::from_bytes(&[7; 32]).unwrap();
    let make = |number: usize| match kind {
        "yunxin-api-key" => PlainKey::generate().unwrap().reveal().to_owned(),
        "yunxin-management-key" => PlainKey::generate_for(SecretKind::ManagementKey)
            .unwrap()
            .reveal()
            .to_owned(),
        _ => {
            let digest = master.pepper().digest(&number.to_string());
            let token = gateway::client_tokens::ClientToken {
                id: [7; 12],
                digest,
                expires_at_s: 1_790_000_000 + u32::try_from(number).unwrap(),
                models: vec!["a".to_owned()],
                allowed_origins: vec![],
                requests_per_minute: None,
                requests_max: None,
                max_tokens_per_request: None,
            };
            token.sign(&master).unwrap()
        }
    };
    (0..KEYS).map(make).collect()
}

#[test]
fn the_rules_find_every_fresh_secret_of_their_kind_and_no_other() {
    let kinds = [
        "yunxin-api-key",
        "yunxin-management-key",
        "yunxin-client-token",
    ];
    for kind in kinds {
        for secret in fresh(kind) {
            let line = format!("YUNXIN_API_KEY=\"{secret}\" # {kind}");
            for asked in kinds {
                let rule = rule_of(asked);
                let found = rule.pattern.captures(&line);
                let found = found.and_then(|found| Some(found.get(1)?.as_str().to_owned()));
                assert_eq!(
                    found.as_deref(),
                    (asked == kind).then_some(&*secret),
                    "{asked}"
                );
            }
            assert!(line.contains(&rule_of(kind).keyword));
            assert!(entropy(&secret) >= rule_of(kind).entropy, "{secret}");
        }
    }
}

/// Compiled once per kind.
fn rule_of(id: &str) -> &'static Rule {
    static RULES: std::sync::OnceLock<HashMap<String, Rule>> = std::sync::OnceLock::new();
    let rules = RULES.get_or_init(|| {
        let ids = [
            "yunxin-api-key",
            "yunxin-management-key",
            "yunxin-client-token",
        ];
        ids.map(|id| (id.to_owned(), rule(id))).into()
    });
    &rules[id]
}

#[test]
fn the_rules_leave_near_misses_alone() {
    let key = PlainKey::generate().unwrap().reveal().to_owned();
    let near = [
        key[..51].to_owned(),
        format!("{key}0"),
        key.replace("yx-", "yx_"),
        key.replace("yx-", "yy-"),
        format!("a{key}"),
        format!("{}-{}", &key[..20], &key[21..]),
    ];
    for text in near {
        assert!(!rule_of("yunxin-api-key").pattern.is_match(&text), "{text}");
    }
    let placeholder = format!("yx-{}", "x".repeat(49));
    assert!(entropy(&placeholder) < rule_of("yunxin-api-key").entropy);
}

#[test]
fn the_page_for_scanners_has_the_patterns_of_the_rules() {
    for id in [
        "yunxin-api-key",
        "yunxin-management-key",
        "yunxin-client-token",
    ] {
        let pattern = rule_of(id).pattern.as_str().replace(['(', ')'], "");
        assert!(README.contains(&pattern), "{pattern}");
    }
}

/// Runs `yunxin key check-format` and gives what it printed and its exit code.
fn check_format(arguments: &[&str], input: &str) -> (String, i32) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_yunxin"))
        .args(["key", "check-format"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    (text, output.status.code().unwrap())
}

#[test]
fn the_command_tells_a_key_from_a_look_alike_and_needs_no_database() {
    let key = fresh("yunxin-api-key").remove(0);
    let other = if key.ends_with('x') { "y" } else { "x" };
    let look_alike = format!("{}{other}", &key[..51]);
    let valid = "{\"kind\":\"api_key\",\"valid\":true}\n";
    assert_eq!(
        check_format(&["-", "--json"], &format!("{key}\n")),
        (valid.to_owned(), 0)
    );
    assert_eq!(check_format(&["--json"], &key).1, 0);
    assert_eq!(check_format(&[&key], "").1, 0);
    let invalid = "{\"kind\":null,\"valid\":false}\n";
    assert_eq!(
        check_format(&["-", "--json"], &look_alike),
        (invalid.to_owned(), 1)
    );
    for (kind, word) in [
        ("yunxin-management-key", "management_key"),
        ("yunxin-client-token", "client_token"),
    ] {
        let (text, code) = check_format(&["-"], &fresh(kind).remove(0));
        assert!(text.contains(word) && code == 0, "{text}");
    }
}
