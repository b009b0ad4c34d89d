use proptest::prelude::*;

use super::{Units, UsageEstimate, UsageReport};
use crate::json::Cursor;
use crate::meter::{Meter, Usage};

const ESTIMATE: UsageEstimate = UsageEstimate {
    input_tokens: 11,
    output_tokens: 4,
    has_output: true,
    units: Units {
        images: 0,
        seconds: 0,
        characters: 0,
        searches: 0,
    },
};

fn read(text: &str) -> Option<UsageReport> {
    let mut report = None;
    UsageReport::read_into(&mut Cursor::with_non_finite(text.as_bytes()), &mut report).unwrap();
    report
}

/// Input, output, cached, reasoning, and whether that is the provider's count.
fn resolved(text: &str) -> (u64, u64, u64, u64, bool) {
    let (usage, is_exact) = read(text).unwrap_or_default().resolve(&ESTIMATE);
    (
        usage.input_tokens(),
        usage.output_tokens(),
        usage[Meter::CacheRead],
        usage[Meter::Reasoning],
        is_exact,
    )
}

#[test]
fn classes_are_disjoint_whatever_the_dialect_puts_into_its_sums() {
    for (text, expected) in [
        (
            r#"{"prompt_tokens":100,"completion_tokens":20,
                "prompt_tokens_details":{"cached_tokens":60,"cache_write_tokens":10,"audio_tokens":5},
                "completion_tokens_details":{"reasoning_tokens":7,"audio_tokens":4}}"#,
            r#"{"input":25,"cache_read":60,"cache_write_5m":10,"output":9,"reasoning":7,"audio_input":5,"audio_output":4}"#,
        ),
        // A proxy of Anthropic.
        (
            r#"{"prompt_tokens":100,"completion_tokens":1,"cache_creation_input_tokens":90,
                "cache_creation":{"ephemeral_5m_input_tokens":20,"ephemeral_1h_input_tokens":70}}"#,
            r#"{"input":10,"cache_write_5m":20,"cache_write_1h":70,"output":1}"#,
        ),
    ] {
        let (usage, is_exact) = read(text).unwrap().resolve(&ESTIMATE);
        assert_eq!(serde_json::to_string(&usage).unwrap(), expected);
        assert!(is_exact);
    }
}

#[test]
fn every_class_is_read_in_every_dialect() {
    for (text, expected) in [
        (
            r#"{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120,
                "prompt_tokens_details":{"cached_tokens":64,"audio_tokens":0},
                "completion_tokens_details":{"reasoning_tokens":7}}"#,
            (100, 20, 64, 7, true),
        ),
        // Writer.
        (
            r#"{"prompt_tokens":40,"total_tokens":340,"completion_tokens":300,
                "prompt_token_details":{"cached_tokens":3},"completion_token_details":{"reasoning_tokens":5}}"#,
            (40, 300, 3, 5, true),
        ),
        // DeepSeek.
        (
            r#"{"prompt_tokens":12,"completion_tokens":5,"total_tokens":17,"prompt_cache_hit_tokens":8,"prompt_cache_miss_tokens":4}"#,
            (12, 5, 8, 0, true),
        ),
        (
            r#"{"completion_tokens":5,"prompt_cache_hit_tokens":8,"prompt_cache_miss_tokens":4}"#,
            (12, 5, 8, 0, true),
        ),
        // Together.
        (
            r#"{"prompt_tokens":194,"completion_tokens":19,"total_tokens":213,"cached_tokens":7}"#,
            (194, 19, 7, 0, true),
        ),
        // xAI: what is reasoned is in the total alone.
        (
            r#"{"prompt_tokens":436,"completion_tokens":68,"total_tokens":652,"completion_tokens_details":{"reasoning_tokens":148}}"#,
            (436, 216, 0, 148, true),
        ),
        // Gemini's OpenAI dialect does not even say how much that is.
        (
            r#"{"prompt_tokens":35,"completion_tokens":12,"total_tokens":109}"#,
            (35, 74, 0, 0, true),
        ),
        // Gemini behind Vercel: 53 are what its cost of 0.0001409 pays for.
        (
            r#"{"prompt_tokens":28,"completion_tokens":5,"total_tokens":33,"completion_tokens_details":{"reasoning_tokens":48}}"#,
            (28, 53, 0, 48, true),
        ),
        // Mistral: audio is in the total alone.
        (
            r#"{"prompt_tokens":11,"completion_tokens":15,"total_tokens":401,"prompt_audio_seconds":5,
                "prompt_tokens_details":{"audio_tokens":375,"cached_tokens":9}}"#,
            (386, 15, 9, 0, true),
        ),
        // Proxies that write both names, one as zero.
        (
            r#"{"prompt_tokens":13,"completion_tokens":4,"total_tokens":17,"input_tokens":0,"output_tokens":0}"#,
            (13, 4, 0, 0, true),
        ),
        // Decimals with a zero fraction.
        (
            r#"{"prompt_tokens":3.0,"completion_tokens":2.00,"total_tokens":5e0}"#,
            (3, 2, 0, 0, true),
        ),
    ] {
        assert_eq!(resolved(text), expected, "{text}");
    }
}

#[test]
fn a_class_that_is_missing_comes_from_the_total_or_is_an_estimate() {
    for (text, expected) in [
        ("null", (11, 4, 0, 0, false)),
        ("{}", (11, 4, 0, 0, false)),
        (r#"{"cost":0.1}"#, (11, 4, 0, 0, false)),
        (
            r#"{"prompt_tokens":null,"completion_tokens":3}"#,
            (11, 3, 0, 0, false),
        ),
        (r#"{"prompt_tokens":7}"#, (7, 4, 0, 0, false)),
        (
            r#"{"prompt_tokens":7,"total_tokens":10}"#,
            (7, 3, 0, 0, true),
        ),
        (
            r#"{"completion_tokens":3,"total_tokens":10}"#,
            (7, 3, 0, 0, true),
        ),
        (r#"{"total_tokens":10}"#, (6, 4, 0, 0, false)),
        (r#"{"total_tokens":3}"#, (0, 3, 0, 0, false)),
        // Nothing was counted, though there was something to count.
        (
            r#"{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}"#,
            (11, 4, 0, 0, false),
        ),
        (
            r#"{"prompt_tokens":7,"completion_tokens":0,"total_tokens":7}"#,
            (7, 4, 0, 0, false),
        ),
    ] {
        assert_eq!(resolved(text), expected, "{text}");
    }
}

#[test]
fn without_output_the_total_is_the_input() {
    let estimate = UsageEstimate {
        output_tokens: 0,
        has_output: false,
        ..ESTIMATE
    };
    for (text, input, is_exact) in [
        (r#"{"total_tokens":12}"#, 12, true),
        (r#"{"prompt_tokens":12,"total_tokens":12}"#, 12, true),
        (r#"{"prompt_tokens":12}"#, 12, true),
        (r#"{"total_tokens":0}"#, 11, false),
    ] {
        let (usage, exact) = read(text).unwrap_or_default().resolve(&estimate);
        assert_eq!(
            (usage.input_tokens(), usage.output_tokens(), exact),
            (input, 0, is_exact),
            "{text}"
        );
    }
}

#[test]
fn an_explicit_zero_is_zero_where_nothing_was_said() {
    let (usage, is_exact) = read(r#"{"prompt_tokens":0,"completion_tokens":0}"#)
        .unwrap()
        .resolve(&UsageEstimate::default());
    assert_eq!((usage, is_exact), (Usage::default(), true));
}

#[test]
fn counts_that_cannot_be_true_are_no_counts() {
    for wrong in [
        "-5",
        "1.5",
        "1e30",
        "NaN",
        "18446744073709551616",
        "\"7\"",
        "1000000001",
        "[]",
    ] {
        let text = format!(r#"{{"prompt_tokens":{wrong},"completion_tokens":1}}"#);
        assert_eq!(resolved(&text), (11, 1, 0, 0, false), "{wrong}");
    }
}

#[test]
fn a_class_is_never_larger_than_its_whole() {
    let text =
        r#"{"prompt_tokens":5,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":9}}"#;
    assert_eq!(resolved(text), (5, 1, 5, 0, true));
}

#[test]
fn of_several_reports_the_last_counts_and_nothing_is_added_up() {
    let mut report = None;
    for text in [
        r#"{"prompt_tokens":24,"completion_tokens":1,"total_tokens":25}"#,
        r#"{"prompt_tokens":24,"completion_tokens":16,"total_tokens":40,"prompt_tokens_details":{"cached_tokens":3}}"#,
        r#"{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}"#,
        "null",
        "{}",
    ] {
        UsageReport::read_into(&mut Cursor::new(text.as_bytes()), &mut report).unwrap();
    }
    let (usage, is_exact) = report.unwrap().resolve(&ESTIMATE);
    let counts = (
        usage.input_tokens(),
        usage.output_tokens(),
        usage[Meter::CacheRead],
    );
    assert_eq!((counts, is_exact), ((24, 16, 3), true));
}

proptest! {
    #[test]
    fn whatever_is_reported_parts_stay_within_their_wholes(
        input in prop::option::of(0u64..2_000_000_000), output in prop::option::of(0u64..2_000_000_000),
        total in prop::option::of(0u64..4_000_000_000), cached in 0u64..2_000_000_000,
        reasoning in 0u64..2_000_000_000, media in 0u64..2_000_000_000, written in 0u64..2_000_000_000,
        has_output: bool, estimated in 0u64..100,
    ) {
        let report = UsageReport {
            input_tokens: input, output_tokens: output, total_tokens: total, cached_tokens: cached,
            reasoning_tokens: reasoning, cache_write_tokens: written, cache_write_1h_tokens: written / 2,
            audio_input_tokens: media, audio_output_tokens: media / 2, picture_input_tokens: media / 3,
            split_picture_tokens: [media / 3, media / 4], ..UsageReport::default()
        };
        let estimate = UsageEstimate { input_tokens: estimated, output_tokens: estimated, has_output, ..UsageEstimate::default() };
        let (usage, is_exact) = report.resolve(&estimate);
        prop_assert!(usage[Meter::CacheRead] <= usage.input_tokens());
        prop_assert!(usage[Meter::Reasoning] <= usage.output_tokens());
        prop_assert!(!is_exact || input.is_some() || total.is_some());
    }
}

#[test]
fn units_that_are_reported_stand_before_those_of_the_request() {
    let estimate = UsageEstimate {
        units: Units {
            searches: 3,
            characters: 7,
            ..Units::default()
        },
        ..ESTIMATE
    };
    let report = UsageReport {
        units: Units {
            searches: 2,
            ..Units::default()
        },
        ..UsageReport::default()
    };
    let (usage, is_exact) = report.resolve(&estimate);
    let counted: Vec<(Meter, u64)> = usage.iter().collect();
    assert_eq!(
        (counted, is_exact),
        (vec![(Meter::Characters, 7), (Meter::Searches, 2)], true)
    );
}

#[test]
fn tokens_of_pictures_are_apart_where_they_have_meters_of_their_own() {
    let report = UsageReport {
        input_tokens: Some(30),
        output_tokens: Some(272),
        split_picture_tokens: [20, 272],
        ..UsageReport::default()
    };
    let (usage, is_exact) = report.resolve(&ESTIMATE);
    let counted: Vec<(Meter, u64)> = usage.iter().collect();
    let expected = vec![
        (Meter::UncachedInput, 10),
        (Meter::ImageInput, 20),
        (Meter::ImageOutput, 272),
    ];
    assert_eq!((counted, is_exact), (expected, true));
}
