//! The words of the house: the glossary has every noun of the API, and doc comments begin with their thing.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// Words of the API that mean what they mean everywhere, and need no line in the glossary.
const ORDINARY: &str = "30d 7d address admitted after agent aliases amount anchor answers applied at available avg before began \
    begin by bytes calls capabilities change chat choice choices chunk comments concurrent config confirm confirmation \
    confirmed connections content count counted create created creation current database default delta details dimensions \
    display duration edit effort email embedding enabled encoding engine env expires failing failures finish first \
    flight format from has hash helpful id in include incomplete index inspection is joined label last loaded lost mails max me \
    message messages million min minute minutes ms n name needs next notes object ok old on options owned parallel password \
    pending per percent public qr refused regenerate remaining renewed reset resets resource revoke running seconds \
    security seen self send sends sent serves set settings setup sign signed since size source started state store success \
    svg temperature theme this timeout to tool tools unavailable unseen use used version warnings written";

/// First words that make a doc comment a riddle instead of the thing or a verb.
const RIDDLES: [&str; 17] = [
    "Whether",
    "What",
    "How",
    "Who",
    "Whom",
    "Whose",
    "Whoever",
    "Where",
    "When",
    "Why",
    "Nobody",
    "Somebody",
    "Everybody",
    "Anybody",
    "It",
    "They",
    "Holds",
];
const PRONOUNS: [&str; 5] = ["Nobody", "Somebody", "Everybody", "Anybody", "Whoever"];

#[test]
fn the_glossary_has_every_noun_of_the_api() {
    let glossary = fs::read_to_string(root().join("GLOSSARY.md")).unwrap();
    let terms = terms(&glossary);
    let ordinary: BTreeSet<&str> = ORDINARY.split_whitespace().collect();
    let missing: Vec<(String, String)> = nouns()
        .into_iter()
        .flat_map(|noun| {
            let words = words_of(&noun);
            words.into_iter().map(move |word| (word, noun.clone()))
        })
        .filter(|(word, _)| !ordinary.contains(word.as_str()) && !is_term(word, &terms))
        .collect();
    assert!(missing.is_empty(), "GLOSSARY.md lacks {missing:?}");
}

#[test]
fn doc_comments_begin_with_their_thing() {
    let mut broken = Vec::new();
    for path in files(&root().join("crates"), "rs") {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        broken.extend(
            faults(&text)
                .into_iter()
                .map(|line| format!("{name}:{line}")),
        );
    }
    assert!(
        broken.is_empty(),
        "see \"How we write\" in CONTRIBUTING.md:\n{}",
        broken.join("\n")
    );
}

#[test]
fn a_riddle_a_pronoun_and_an_error_without_if_are_found() {
    assert_eq!(faults("/// Whether it is so.\nfn is_so() {}"), [1]);
    assert_eq!(
        faults("/// A lock.\n/// Nobody else has it.\nstruct Lock;"),
        [2]
    );
    assert_eq!(
        faults("/// Reads.\n///\n/// # Errors\n/// When it is gone.\nfn read() {}"),
        [4]
    );
    let sound =
        "/// Reads it, whoever asks.\n///\n/// # Errors\n/// [`Gone`] if it is gone.\nfn read() {}";
    assert_eq!(faults(sound), [0; 0]);
}

/// The lines of doc comments that break the rule.
fn faults(text: &str) -> Vec<usize> {
    let (mut faults, mut previous, mut is_error_next) = (Vec::new(), None, false);
    for (index, line) in text.lines().enumerate() {
        let Some((marker, said)) = doc_line(line) else {
            previous = None;
            continue;
        };
        let opens = previous != Some(marker);
        previous = Some(marker);
        let is_error = !opens && is_error_next && !said.is_empty();
        is_error_next = said == "# Errors" || (is_error_next && said.is_empty());
        let first = said.split(|letter: char| !letter.is_alphabetic()).next();
        let is_riddle = opens && first.is_some_and(|word| RIDDLES.contains(&word));
        let is_vague = is_error && !said.starts_with("If ") && !said.contains(" if ");
        if is_riddle || is_vague || has_pronoun(said) || (opens && said.starts_with("The same")) {
            faults.push(index + 1);
        }
    }
    faults
}

/// The marker of a doc comment, and its text.
fn doc_line(line: &str) -> Option<(&'static str, &str)> {
    let line = line.trim_start();
    let (marker, rest) = [
        ("///", line.strip_prefix("///")),
        ("//!", line.strip_prefix("//!")),
    ]
    .into_iter()
    .find_map(|(marker, rest)| rest.map(|rest| (marker, rest)))?;
    (!rest.starts_with('/')).then_some((marker, rest.trim()))
}

/// Returns whether a sentence has a pronoun for a subject.
fn has_pronoun(said: &str) -> bool {
    let is_one = |text: &str| {
        PRONOUNS
            .iter()
            .any(|word| text.starts_with(&format!("{word} ")))
    };
    is_one(said) || said.split(". ").skip(1).any(is_one)
}

/// The names of the API's schemas and of their members.
fn nouns() -> BTreeSet<String> {
    let document = files(&root().join("crates"), "json")
        .into_iter()
        .find(|path| path.ends_with("openapi.json"))
        .expect("the document lies with its crate");
    let document: Value = serde_json::from_str(&fs::read_to_string(document).unwrap()).unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let mut nouns: BTreeSet<String> = schemas.keys().cloned().collect();
    members(&document, &mut nouns);
    nouns
}

fn members(value: &Value, into: &mut BTreeSet<String>) {
    if let Some(named) = value.get("properties").and_then(Value::as_object) {
        into.extend(named.keys().cloned());
    }
    match value {
        Value::Object(object) => object.values().for_each(|value| members(value, into)),
        Value::Array(items) => items.iter().for_each(|value| members(value, into)),
        _ => {}
    }
}

/// The words of `ApiKeyResponse` or `api_key_id`, in lower case.
fn words_of(noun: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in noun.chars() {
        let is_separator = matches!(letter, '_' | '[' | ']');
        let is_new = is_separator || letter.is_uppercase();
        if is_new && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| !is_separator) {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The words that stand out in the glossary: bold, italic or code.
fn terms(glossary: &str) -> BTreeSet<String> {
    let marked = |mark| glossary.split(mark).skip(1).step_by(2);
    let spans = glossary.lines().flat_map(|line| {
        let code = line.split('`').skip(1).step_by(2);
        code.chain(
            line.split('*')
                .skip(1)
                .filter(|part| !part.starts_with(' ')),
        )
    });
    let spans: Vec<&str> = spans.chain(marked("**")).collect();
    let words = spans
        .iter()
        .flat_map(|span| span.split(|letter: char| !letter.is_alphanumeric()));
    words.map(str::to_lowercase).collect()
}

fn is_term(word: &str, terms: &BTreeSet<String>) -> bool {
    let singular = word.trim_end_matches('s');
    let stems = [
        word.to_owned(),
        singular.to_owned(),
        format!("{word}s"),
        word.trim_end_matches("ed").to_owned(),
        word.trim_end_matches('d').to_owned(),
    ];
    stems.iter().any(|stem| terms.contains(stem))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") && !path.ends_with("recordings") {
            found.extend(files(&path, ending));
        } else if path
            .extension()
            .is_some_and(|extension| extension == ending)
        {
            found.push(path);
        }
    }
    found
}
