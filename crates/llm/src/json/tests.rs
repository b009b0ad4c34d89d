use proptest::prelude::*;

use super::{Cursor, DEPTH_MAX};

fn accepts(text: &[u8]) -> bool {
    let mut cursor = Cursor::new(text);
    cursor.skip().and_then(|()| cursor.finish()).is_ok()
}

fn serde_accepts(text: &[u8]) -> bool {
    serde_json::from_slice::<&serde_json::value::RawValue>(text).is_ok()
        && std::str::from_utf8(text).is_ok()
}

#[test]
fn nesting_is_bounded() {
    let deep = |levels: usize| [vec![b'['; levels], vec![b']'; levels]].concat();
    assert!(accepts(&deep(DEPTH_MAX)));
    assert!(!accepts(&deep(DEPTH_MAX + 1)));
    assert!(!accepts(&vec![b'['; 100_000]));
}

#[test]
fn escapes_are_decoded_as_serde_decodes_them() {
    for text in [
        r#""plain""#,
        r#""a\"b\\c\/d\b\f\n\r\t""#,
        r#""\u0041\u00e9\ud83d\ude00""#,
        r#""tail \ud83d\ude00 \u4e2d""#,
    ] {
        let expected: String = serde_json::from_str(text).unwrap();
        assert_eq!(
            Cursor::new(text.as_bytes()).string().unwrap().decode(),
            expected
        );
    }
}

#[test]
fn a_lone_surrogate_decodes_to_the_replacement_character() {
    let text = br#""\ud83d x \udc00 \ud83d\u0041""#;
    assert_eq!(
        Cursor::new(text).string().unwrap().decode(),
        "\u{fffd} x \u{fffd} \u{fffd}A"
    );
}

#[test]
fn malformed_text_is_refused_with_its_place() {
    let cases: &[(&[u8], &str)] = &[
        (b"", "the text ends where a value should be at byte 0"),
        (b"{\"a\" 1}", "expected a colon after the key at byte 5"),
        (
            b"[1 2]",
            "expected a comma or the end of the array at byte 3",
        ),
        (b"\"abc", "the text ends inside a string at byte 4"),
        (b"\"a\nb\"", "control character in a string at byte 2"),
        (b"\"\\x\"", "unknown escape in a string at byte 1"),
        (b"\"\xff\"", "the string is not UTF-8 at byte 0"),
        (b"1.", "expected a digit at byte 2"),
        (b"nul", "expected a value at byte 0"),
        (b"{} {}", "something follows the end of the value at byte 3"),
    ];
    for (text, message) in cases {
        let mut cursor = Cursor::new(text);
        let error = cursor.skip().and_then(|()| cursor.finish()).unwrap_err();
        assert_eq!(&error.to_string(), message);
    }
}

#[test]
fn numbers_that_json_does_not_have_are_taken_only_where_they_are_wanted() {
    let judged = |text: &[u8]| {
        let mut cursor = Cursor::with_non_finite(text);
        cursor.skip().and_then(|()| cursor.finish()).is_ok()
    };
    for text in ["NaN", "[Infinity, -Infinity]", r#"{"a":NaN ,"b":-1}"#] {
        assert!(judged(text.as_bytes()), "{text}");
        assert!(!accepts(text.as_bytes()), "{text}");
    }
    for text in ["Nan", "Inf", "-NaN", "NaNs", "-", "+Infinity"] {
        assert!(!judged(text.as_bytes()), "{text}");
    }
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        ".{0,80}".prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Into::into),
            prop::collection::btree_map(".{0,12}", inner, 0..8)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_serde_writes_is_accepted(value in any_json()) {
        prop_assert!(accepts(&serde_json::to_vec(&value).unwrap()));
        prop_assert!(accepts(&serde_json::to_vec_pretty(&value).unwrap()));
    }

    #[test]
    fn a_damaged_text_is_judged_as_serde_judges_it(value in any_json(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut text = serde_json::to_vec(&value).unwrap();
        let at = at.index(text.len());
        text[at] = byte;
        prop_assert_eq!(accepts(&text), serde_accepts(&text), "{:?}", String::from_utf8_lossy(&text));
        text.truncate(at);
        prop_assert_eq!(accepts(&text), serde_accepts(&text));
    }

    #[test]
    fn strings_decode_as_serde_decodes_them(value in ".{0,100}") {
        let text = serde_json::to_vec(&value).unwrap();
        let string = Cursor::new(&text).string().unwrap();
        prop_assert_eq!(string.decode(), value);
        prop_assert_eq!(string.end(), text.len());
    }
}

/// A piece of a string as it is written, sound or not.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let text = |text: &str| Just(text.as_bytes().to_vec());
    prop_oneof![
        8 => "[ -!#-\\[\\]-~]{1,40}".prop_map(String::into_bytes),
        2 => "[é中😀]{1,4}".prop_map(String::into_bytes),
        4 => prop_oneof![text("\\n"), text("\\\""), text("\\\\"), text("\\/"), text("\\u00e9")],
        1 => prop_oneof![text("\\ud83d\\ude00"), text("\\ud83d"), text("\\u12"), text("\\x")],
        1 => prop_oneof![text("\n"), text("\0"), text("\""), text("\\"), Just(vec![0xC3]), Just(vec![0xFF])],
    ]
}

proptest! {
    #[test]
    fn escapes_at_any_place_are_judged_as_serde_judges_them(pieces in prop::collection::vec(piece(), 0..12)) {
        let text = [b"\"".as_slice(), &pieces.concat(), b"\""].concat();
        let mut cursor = Cursor::new(&text);
        let ours = cursor.string();
        let is_whole = cursor.finish().is_ok();
        prop_assert_eq!(ours.is_ok() && is_whole, serde_accepts(&text), "{:?}", String::from_utf8_lossy(&text));
        if let (Ok(ours), Ok(theirs)) = (ours, serde_json::from_slice::<String>(&text)) {
            prop_assert_eq!(ours.decode(), theirs);
        }
    }
}
