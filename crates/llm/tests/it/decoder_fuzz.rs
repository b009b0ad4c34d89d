//! A target per decoder: recorded streams, damaged at random, are cut into events, decoded and told to each client. Nothing
//! panics, a cut changes nothing, what comes is in order, and what breaks off without an end is a failure.
//!
//! With `cargo test` each takes a second; `make fuzz-decoders` gives each ten minutes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use bytes::Bytes;
use llm::Language;
use llm::chat::{Event, Made, Request};
use llm::language::ErrorFacts;
use llm::languages::{ANTHROPIC, BEDROCK, COHERE, GEMINI, OLLAMA, OPENAI, RESPONSES};

use crate::hostile_streams::check_order;
use crate::inner_form::{decode, fold};
use crate::{recorded_conversations, upstream_languages};

/// The seconds of a target; those of `cargo test` where nothing is said.
const SECONDS: &str = "YUNXIN_FUZZ_SECONDS";
const QUICK: Duration = Duration::from_secs(1);
/// The most changes of one stream.
const CHANGES_MAX: usize = 6;
/// Longer recordings are cut off: what is new in them is at their beginning.
const BYTES_MAX: usize = 20_000;
/// Texts that mean something to a decoder.
const WORDS: [&[u8]; 18] = [
    b"\n\n",
    b"\r\n",
    b"data: ",
    b"event: error\n",
    b"data: [DONE]\n\n",
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b"\\u0000",
    b"\\ud800",
    b"null",
    b"-1",
    b"1e999",
    b"18446744073709551616",
    b"\"index\":4294967295",
    b"\xff\xfe",
];

/// A generator of numbers that gives the same ones again from the same seed (`SplitMix64`).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 where that is 0.
    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap().max(1);
        usize::try_from(self.next() % end).unwrap()
    }
}

fn corpus(language: &'static Language) -> Vec<Vec<u8>> {
    let mut all = recorded_conversations::streams();
    all.extend(upstream_languages::streams());
    let own = all
        .into_iter()
        .filter(|(_, known, _)| std::ptr::eq(*known, language));
    let own = own.map(|(_, _, mut stream)| {
        stream.truncate(BYTES_MAX);
        stream
    });
    own.collect()
}

/// Changes a stream: bytes, words, pieces left out, doubled, moved, or taken from another stream.
fn damage(random: &mut Random, stream: &mut Vec<u8>, other: &[u8]) {
    for _ in 0..=random.below(CHANGES_MAX) {
        let at = random.below(stream.len());
        let end = (at + random.below(200)).min(stream.len());
        match random.below(8) {
            0 if !stream.is_empty() => stream[at] = random.next().to_le_bytes()[0],
            1 if !stream.is_empty() => stream[at] ^= 1 << random.below(8),
            2 => drop(stream.drain(at..end)),
            3 => {
                let piece = stream[at..end].to_vec();
                let to = random.below(stream.len());
                stream.splice(to..to, piece);
            }
            4 => {
                let word = WORDS[random.below(WORDS.len())];
                stream.splice(at..at, word.iter().copied());
            }
            5 => {
                let from = random.below(other.len());
                let to = (from + random.below(400)).min(other.len());
                stream.splice(at..at, other[from..to].iter().copied());
            }
            6 => stream.truncate(at),
            // Two pieces in the other order.
            _ => {
                let middle = at + (end - at) / 2;
                stream[at..end].rotate_left(middle - at);
            }
        }
    }
}

fn cuts(random: &mut Random, length: usize) -> Vec<usize> {
    let pieces = random.below(40);
    (0..pieces).map(|_| random.below(length / 4 + 2)).collect()
}

/// Tells events to a client of each language.
fn tell(events: &[Event]) {
    let made = || Made {
        seed: "x".to_owned(),
        created_s: 1,
        model: "m".to_owned(),
    };
    let failure = ErrorFacts {
        message: "broken",
        kind: "upstream_error",
        param: None,
        code: None,
        request_id: None,
        status: 502,
        retry_after_s: None,
    };
    for language in [&OPENAI, &ANTHROPIC, &RESPONSES, &GEMINI] {
        let client = language.client.unwrap();
        let mut encoder = client.encoder(&Request::default(), made());
        let mut out = Vec::new();
        events
            .iter()
            .for_each(|event| encoder.write(event, &mut out));
        let told = out.len();
        let has_end = events
            .iter()
            .any(|event| matches!(event, Event::Finished(_)));
        if !has_end {
            encoder.fail(&failure, &mut out);
            assert!(out.len() > told, "{} is told of the failure", language.name);
        }
        assert!(String::from_utf8(out).is_ok(), "{}", language.name);
    }
}

fn check(language: &'static Language, stream: &[u8], cuts: &[usize]) {
    let whole = decode(language, stream, &[]).ok();
    let cut = decode(language, stream, cuts).ok();
    assert_eq!(whole, cut, "a cut changes what is said");
    let Some(events) = whole else {
        return;
    };
    check_order(&events, language.name);
    tell(&events);
    let is_over = |event: &Event| matches!(event, Event::Finished(_) | Event::Failed(_));
    let has_end = events.iter().any(is_over);
    let folded = fold(events);
    assert!(
        has_end || folded.is_err(),
        "a stream without an end is a failure"
    );
    let _ = language.upstream.read_response(stream);
    let _ = language
        .upstream
        .read_stream(&Bytes::copy_from_slice(stream));
}

#[expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "the time of a target is that of the machine, is said by who runs it, and who runs it is told how far it came"
)]
fn run(language: &'static Language) {
    let seconds = std::env::var(SECONDS)
        .ok()
        .and_then(|text| text.parse().ok());
    let time = seconds.map_or(QUICK, Duration::from_secs);
    let corpus = corpus(language);
    assert!(!corpus.is_empty(), "{} has recordings", language.name);
    let began = Instant::now();
    let mut seed = 0;
    while began.elapsed() < time {
        let mut random = Random(seed);
        let mut stream = corpus[random.below(corpus.len())].clone();
        let other = &corpus[random.below(corpus.len())];
        damage(&mut random, &mut stream, other);
        let cuts = cuts(&mut random, stream.len());
        let checked = catch_unwind(AssertUnwindSafe(|| check(language, &stream, &cuts)));
        assert!(
            checked.is_ok(),
            "{} seed {seed}: {}",
            language.name,
            String::from_utf8_lossy(&stream)
        );
        seed += 1;
    }
    eprintln!("{}: {seed} streams in {:?}", language.name, began.elapsed());
}

macro_rules! targets {
    ($($name:ident: $language:expr;)*) => {
        $(#[test]
        fn $name() {
            run(&$language);
        })*
    };
}

targets! {
    no_damage_of_a_stream_breaks_the_decoder_of_openai: OPENAI;
    no_damage_of_a_stream_breaks_the_decoder_of_responses: RESPONSES;
    no_damage_of_a_stream_breaks_the_decoder_of_anthropic: ANTHROPIC;
    no_damage_of_a_stream_breaks_the_decoder_of_gemini: GEMINI;
    no_damage_of_a_stream_breaks_the_decoder_of_bedrock: BEDROCK;
    no_damage_of_a_stream_breaks_the_decoder_of_cohere: COHERE;
    no_damage_of_a_stream_breaks_the_decoder_of_ollama: OLLAMA;
}
