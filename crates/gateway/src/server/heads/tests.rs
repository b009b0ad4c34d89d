use proptest::prelude::*;

use super::{HeadFault, Heads, Refused};

/// Follows bytes that arrive in pieces of `piece` bytes: how many passed, and why no more did.
fn follow(text: &[u8], piece: usize) -> (usize, Option<Option<HeadFault>>) {
    let mut heads = Heads::default();
    let mut passed = 0;
    for bytes in text.chunks(piece) {
        match heads.follow(bytes) {
            Ok(()) => passed += bytes.len(),
            Err(Refused {
                passed: before,
                fault,
            }) => return (passed + before, Some(fault)),
        }
    }
    (passed, None)
}

fn fault(head: &str) -> Option<HeadFault> {
    let whole = follow(head.as_bytes(), head.len()).1.flatten();
    for piece in 1..head.len() {
        assert_eq!(follow(head.as_bytes(), piece).1.flatten(), whole, "{piece}");
    }
    whole
}

#[test]
fn heads_that_others_may_read_otherwise_are_refused() {
    let cases = [
        ("GET / HTTP/1.1\nHost: a\r\n\r\n", HeadFault::BareLineFeed),
        ("GET / HTTP/1.1\r\nHost: a\n\r\n", HeadFault::BareLineFeed),
        ("GET / HTTP/1.1\r\nHost: a\r\n\n", HeadFault::BareLineFeed),
        (
            "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            HeadFault::BareLineFeed,
        ),
        (
            "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
            HeadFault::FoldedLine,
        ),
        (
            "GET / HTTP/1.1\r\nHost: a\r\n\tb: c\r\n\r\n",
            HeadFault::FoldedLine,
        ),
        ("GET / HTTP/1.1\r\nAccept: a\r\n\r\n", HeadFault::Host),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nHOST: a\r\n\r\n",
            HeadFault::Host,
        ),
        (
            "GET / HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n",
            HeadFault::Host,
        ),
        ("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", HeadFault::Host),
        ("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", HeadFault::Host),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy",
            HeadFault::Length,
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx",
            HeadFault::Length,
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx",
            HeadFault::Length,
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n",
            HeadFault::Length,
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
            HeadFault::Length,
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            HeadFault::Coding,
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n",
            HeadFault::Coding,
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            HeadFault::Coding,
        ),
        (
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
            HeadFault::CodingInHttp10,
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            HeadFault::LengthAndCoding,
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            HeadFault::LengthAndCoding,
        ),
    ];
    for (head, expected) in cases {
        assert_eq!(fault(head), Some(expected), "{head:?}");
    }
}

#[test]
fn sound_heads_pass_however_they_are_cut() {
    let long = "x".repeat(5000);
    let requests = [
        "GET / HTTP/1.1\r\nHost: a:8080\r\n\r\n".to_owned(),
        "\r\n\r\nGET / HTTP/1.1\r\nhost:[::1]:80\r\n\r\n".to_owned(),
        "GET / HTTP/1.0\r\n\r\n".to_owned(),
        format!("GET /{long} HTTP/1.1\r\nHost: a\r\nTe: trailers\r\nCookie: {long}\r\n\r\n"),
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\na\nb".to_owned(),
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\na\nb\r\n0 \r\nTrailer: x\r\n\r\n".to_owned(),
    ];
    let all = requests.concat();
    for piece in (1..64).chain([1000, all.len()]) {
        assert_eq!(follow(all.as_bytes(), piece), (all.len(), None), "{piece}");
    }
}

#[test]
fn what_came_before_a_bad_head_passes() {
    let good = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";
    let bad = "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n";
    let both = format!("{good}{bad}");
    let expected = (good.len(), Some(Some(HeadFault::Host)));
    assert_eq!(follow(both.as_bytes(), both.len()), expected);
}

#[test]
fn chunks_that_are_framed_otherwise_end_the_body() {
    let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    let bodies = [
        "\r\n",
        "x\r\n",
        "1\na",
        "1;x\na",
        "1\r\nab",
        "1\r\na\n",
        "0\r\n\n",
        "0\r\na\n\r\n",
        "11111111111111111\r\n",
    ];
    for body in bodies {
        let text = format!("{head}{body}");
        assert_eq!(
            follow(text.as_bytes(), text.len()).1,
            Some(None),
            "{body:?}"
        );
    }
}

proptest! {
    #[test]
    fn bodies_end_where_they_say(chunks in prop::collection::vec(1usize..300, 0..5), piece in 1usize..50) {
        let mut text = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
        for size in chunks {
            text.extend_from_slice(format!("{size:x}\r\n").as_bytes());
            text.resize(text.len() + size, b'\n');
            text.extend_from_slice(b"\r\n");
        }
        text.extend_from_slice(b"0\r\n\r\n");
        let end = text.len();
        text.extend_from_slice(b"GET / HTTP/1.1\nHost: a\r\n\r\n");
        let (passed, fault) = follow(&text, piece);
        prop_assert_eq!(fault, Some(Some(HeadFault::BareLineFeed)));
        prop_assert!(passed >= end && passed < end + 16 + piece);
    }
}
