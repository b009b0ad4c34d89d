//! The frames of records. Pure.
//!
//! `magic (4) | length of the rest (4) | CRC-32 of the rest (4) | kind (1) | length of the id (1) | id | event`. The magic is
//! there to find the next record behind a broken one.

/// The first bytes of each record.
pub(super) const MAGIC: [u8; 4] = *b"\xf5YJ1";
pub(super) const HEAD_BYTES: usize = 12;
/// The longest rest of a record: an event has a few KiB.
pub(super) const BODY_BYTES_MAX: usize = 1 << 20;
/// The kind, and the length of the id.
const BODY_BYTES_MIN: usize = 2;

/// The kind of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A request is about to be sent: the event that it would be if the process ended now.
    Admit = 1,
    /// More was delivered: the event that it would be now.
    Progress = 2,
    /// The request has ended: its event.
    Settle = 3,
    /// Records from here on may be those of an earlier segment, written once more.
    Again = 4,
}

impl Kind {
    fn of(byte: u8) -> Option<Self> {
        let kinds = [Self::Admit, Self::Progress, Self::Settle, Self::Again];
        kinds.into_iter().find(|kind| *kind as u8 == byte)
    }
}

/// A record, as it is read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record<'a> {
    pub(super) kind: Kind,
    pub(super) id: &'a [u8],
    pub(super) event: &'a [u8],
}

/// Begins a record at the end of `buffer`; its event is written behind. Returns where it begins.
pub(super) fn begin(buffer: &mut Vec<u8>, kind: Kind, id: &str) -> usize {
    let at = buffer.len();
    let id = id.as_bytes();
    let id = id.get(..usize::from(u8::MAX)).unwrap_or(id);
    buffer.extend_from_slice(&[0; HEAD_BYTES]);
    buffer.push(kind as u8);
    buffer.push(u8::try_from(id.len()).unwrap_or_default());
    buffer.extend_from_slice(id);
    at
}

/// Ends the record that begins at `at`: fills in its head.
pub(super) fn end(buffer: &mut [u8], at: usize) {
    let Some((head, body)) = buffer
        .get_mut(at..)
        .and_then(|record| record.split_at_mut_checked(HEAD_BYTES))
    else {
        return;
    };
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    head[..4].copy_from_slice(&MAGIC);
    head[4..8].copy_from_slice(&length.to_le_bytes());
    head[8..].copy_from_slice(&crc32fast::hash(body).to_le_bytes());
}

/// The length of a record's body, from its head; `None` if it is no head.
pub(super) fn body_length(head: &[u8]) -> Option<usize> {
    let head: &[u8; HEAD_BYTES] = head.first_chunk()?;
    if head[..4] != MAGIC {
        return None;
    }
    let length = u32::from_le_bytes(*head[4..].first_chunk()?);
    let length = usize::try_from(length).ok()?;
    (BODY_BYTES_MIN..=BODY_BYTES_MAX)
        .contains(&length)
        .then_some(length)
}

/// The record of a head and its body; `None` if the checksum is another, or it is no record.
pub(super) fn read<'a>(head: &[u8], body: &'a [u8]) -> Option<Record<'a>> {
    let sum = u32::from_le_bytes(*head.get(8..)?.first_chunk()?);
    (crc32fast::hash(body) == sum).then(|| parse(body))?
}

/// The record of a body whose checksum was looked at.
pub(super) fn parse(body: &[u8]) -> Option<Record<'_>> {
    let ([kind, id_length], rest) = body.split_first_chunk()?;
    let (id, event) = rest.split_at_checked((*id_length).into())?;
    Some(Record {
        kind: Kind::of(*kind)?,
        id,
        event,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(kind: Kind, id: &str, event: &[u8]) -> Vec<u8> {
        let mut buffer = vec![];
        let at = begin(&mut buffer, kind, id);
        buffer.extend_from_slice(event);
        end(&mut buffer, at);
        buffer
    }

    proptest! {
        #[test]
        fn a_record_reads_back_and_with_any_bit_turned_it_is_none(
            id in "[a-z0-9_]{0,40}", event in prop::collection::vec(any::<u8>(), 0..200), turned in any::<prop::sample::Index>(),
        ) {
            let mut bytes = written(Kind::Progress, &id, &event);
            let (head, body) = bytes.split_at(HEAD_BYTES);
            prop_assert_eq!(body_length(head), Some(body.len()));
            let expected = Record { kind: Kind::Progress, id: id.as_bytes(), event: &event };
            prop_assert_eq!(read(head, body), Some(expected));
            let bit = turned.index(bytes.len() * 8);
            bytes[bit / 8] ^= 1 << (bit % 8);
            let (head, body) = bytes.split_at(HEAD_BYTES);
            let is_whole = body_length(head) == Some(body.len());
            prop_assert!(!is_whole || read(head, body).is_none());
        }
    }
}
