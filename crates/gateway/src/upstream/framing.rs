//! Framing of a response's body: where it ends, and what stands between its parts.

use bytes::{Buf, Bytes, BytesMut};
use httparse::Status;

/// Longest line between chunks, extensions included, in bytes.
const SIZE_LINE_MAX: usize = 1_024;
/// Bytes of all trailers.
const TRAILERS_MAX: usize = 16 * 1_024;

/// The framing of a body, and how much of it is to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Framing {
    /// After so many bytes.
    Length(u64),
    /// With a chunk of no length.
    Chunked(Chunk),
    /// With the connection.
    UntilClose,
    /// Nothing follows.
    Ended,
}

/// The position in a chunked body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Chunk {
    /// Before a size.
    Size,
    /// Within a chunk: bytes to come.
    Data(u64),
    /// Behind a chunk's data.
    DataEnd,
    /// Behind the last chunk: bytes of trailers read so far.
    Trailers(usize),
}

impl Framing {
    pub(super) fn chunked() -> Self {
        Self::Chunked(Chunk::Size)
    }

    pub(super) fn is_ended(&self) -> bool {
        *self == Self::Ended
    }

    /// Takes the next part of the body out of `input`, and with it what stands before and behind it.
    /// `None`: more is needed, unless the body has ended.
    ///
    /// # Errors
    /// If it is unsound: the reason, in words that quote nothing of it.
    pub(super) fn next(&mut self, input: &mut BytesMut) -> Result<Option<Bytes>, &'static str> {
        match self {
            Self::Ended => Ok(None),
            Self::UntilClose if input.is_empty() => Ok(None),
            Self::UntilClose => Ok(Some(input.split().freeze())),
            Self::Length(rest) => {
                let part = up_to(input, rest);
                if *rest == 0 {
                    *self = Self::Ended;
                }
                Ok(part)
            }
            Self::Chunked(_) => {
                self.skip(input)?;
                let Self::Chunked(Chunk::Data(rest)) = self else {
                    return Ok(None);
                };
                let part = up_to(input, rest);
                if *rest == 0 {
                    *self = Self::Chunked(Chunk::DataEnd);
                    // The end of the body is mostly there with its last part.
                    self.skip(input)?;
                }
                Ok(part)
            }
        }
    }

    /// Passes over everything that is no data.
    fn skip(&mut self, input: &mut BytesMut) -> Result<(), &'static str> {
        while let Self::Chunked(chunk) = self {
            let next = match chunk {
                Chunk::Data(_) => return Ok(()),
                Chunk::Size => size(input)?,
                Chunk::DataEnd => data_end(input)?,
                Chunk::Trailers(read) => match trailer(input, read)? {
                    Some(Trailer::Last) => {
                        *self = Self::Ended;
                        return Ok(());
                    }
                    Some(Trailer::More) => continue,
                    None => None,
                },
            };
            let Some(next) = next else { return Ok(()) };
            *chunk = next;
        }
        Ok(())
    }
}

fn up_to(input: &mut BytesMut, rest: &mut u64) -> Option<Bytes> {
    if input.is_empty() {
        return None;
    }
    let wanted = usize::try_from(*rest).unwrap_or(usize::MAX);
    let part = input.split_to(wanted.min(input.len())).freeze();
    *rest -= part.len() as u64;
    Some(part)
}

fn size(input: &mut BytesMut) -> Result<Option<Chunk>, &'static str> {
    // httparse takes no digit at all for a zero, which would end a body that was cut.
    if input.first().is_some_and(|byte| !byte.is_ascii_hexdigit()) {
        return Err("its response has a broken chunk");
    }
    match httparse::parse_chunk_size(input) {
        Ok(Status::Complete((length, size))) => {
            input.advance(length);
            Ok(Some(match size {
                0 => Chunk::Trailers(0),
                size => Chunk::Data(size),
            }))
        }
        Ok(Status::Partial) if input.len() < SIZE_LINE_MAX => Ok(None),
        Ok(Status::Partial) | Err(_) => Err("its response has a broken chunk"),
    }
}

fn data_end(input: &mut BytesMut) -> Result<Option<Chunk>, &'static str> {
    match input.get(..2) {
        Some(b"\r\n") => {
            input.advance(2);
            Ok(Some(Chunk::Size))
        }
        None if matches!(input.first(), None | Some(b'\r')) => Ok(None),
        _ => Err("its response has a broken chunk"),
    }
}

enum Trailer {
    More,
    Last,
}

/// One line of the trailers, which nobody reads; an empty one is the last.
fn trailer(input: &mut BytesMut, read: &mut usize) -> Result<Option<Trailer>, &'static str> {
    let end = memchr::memchr(b'\n', input);
    let length = end.map_or(input.len(), |end| end + 1);
    if *read + length > TRAILERS_MAX {
        return Err("its response has too long trailers");
    }
    let Some(end) = end else { return Ok(None) };
    let is_last = input.get(..end).unwrap_or_default().trim_ascii().is_empty();
    input.advance(length);
    *read += length;
    Ok(Some(if is_last {
        Trailer::Last
    } else {
        Trailer::More
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads `text` in pieces of `step` bytes; returns the parts joined, what follows the body, and whether
    /// it has ended.
    fn read(
        mut framing: Framing,
        text: &[u8],
        step: usize,
    ) -> Result<(Vec<u8>, Vec<u8>, bool), &'static str> {
        let (mut body, mut input) = (Vec::new(), BytesMut::new());
        for piece in text.chunks(step) {
            input.extend_from_slice(piece);
            while let Some(part) = framing.next(&mut input)? {
                assert!(!part.is_empty());
                body.extend_from_slice(&part);
            }
        }
        Ok((body, input.to_vec(), framing.is_ended()))
    }

    #[test]
    fn a_body_is_the_same_however_it_is_cut() {
        let chunked =
            b"5\r\nhello\r\n1;name=value\r\n \r\nA\r\n0123456789\r\n0\r\nx-sum: 1\r\n\r\nrest";
        for step in 1..=chunked.len() {
            let (body, rest, is_ended) = read(Framing::chunked(), chunked, step).unwrap();
            assert_eq!(body, b"hello 0123456789", "in pieces of {step}");
            assert_eq!((rest.as_slice(), is_ended), (&b"rest"[..], true));
            let (body, rest, is_ended) = read(Framing::Length(5), b"hellorest", step).unwrap();
            assert_eq!(
                (body.as_slice(), rest.as_slice(), is_ended),
                (&b"hello"[..], &b"rest"[..], true)
            );
            let (body, _, is_ended) = read(Framing::UntilClose, b"hello", step).unwrap();
            assert_eq!((body.as_slice(), is_ended), (&b"hello"[..], false));
        }
    }

    #[test]
    fn the_end_is_known_with_the_last_part() {
        let mut framing = Framing::chunked();
        let mut input = BytesMut::from(&b"5\r\nhello\r\n0\r\n\r\n"[..]);
        assert_eq!(
            framing.next(&mut input),
            Ok(Some(Bytes::from_static(b"hello")))
        );
        assert!(framing.is_ended());
    }

    #[test]
    fn a_body_that_is_cut_short_has_not_ended() {
        for text in [
            "",
            "5",
            "5\r\nhel",
            "5\r\nhello",
            "5\r\nhello\r\n",
            "0\r\n",
            "0\r\nx: y\r\n",
        ] {
            let (_, _, is_ended) = read(Framing::chunked(), text.as_bytes(), 64).unwrap();
            assert!(!is_ended, "{text:?}");
        }
    }

    #[test]
    fn broken_chunks_are_refused() {
        let long_line = format!("5;{}", "x".repeat(SIZE_LINE_MAX));
        let long_trailers = format!("0\r\n{}", "x: y\r\n".repeat(TRAILERS_MAX / 6 + 1));
        for text in [
            "hello\r\n",
            "-1\r\n",
            "\r\n\r\n",
            ";x\r\n\r\n",
            " 0\r\n\r\n",
            "5\r\nhello\r\n\r\n\r\n",
            "5\r\nhelloworld",
            "5\r\nhello\n0\r\n\r\n",
            "FFFFFFFFFFFFFFFFF\r\n",
            &long_line,
            &long_trailers,
        ] {
            assert!(
                read(Framing::chunked(), text.as_bytes(), 8).is_err(),
                "{text:?}"
            );
        }
    }
}
