//! Which bytes of a block end its plain text, a bit for each.
//!
//! A prompt has an escape every fifty bytes. To look at a block once and to go through its bits costs half of
//! beginning anew behind each of them.

/// Bytes that are looked at together.
const VECTOR: usize = 16;
const BLOCK: usize = 4 * VECTOR;

/// The marks at the beginning of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marks {
    /// A bit for every quote, backslash and control character; the lowest is the first byte's.
    pub(super) bits: u64,
    pub(super) is_ascii: bool,
    /// Bytes that were looked at.
    pub(super) width: usize,
}

/// Looks at the first few bytes: most strings are names, which end there.
pub(super) fn of_vector(bytes: &[u8]) -> Marks {
    let (bits, non_ascii) = if let Some(vector) = bytes.first_chunk() {
        vector_marks(vector)
    } else {
        // Spaces behind the end mark nothing.
        let mut padded = [b' '; VECTOR];
        for (to, from) in padded.iter_mut().zip(bytes) {
            *to = *from;
        }
        vector_marks(&padded)
    };
    Marks {
        bits: u64::from(bits),
        is_ascii: non_ascii == 0,
        width: VECTOR,
    }
}

/// Looks at many bytes, where there are many.
#[inline]
pub(super) fn of_block(bytes: &[u8]) -> Marks {
    let Some(block) = bytes.first_chunk::<BLOCK>() else {
        return of_vector(bytes);
    };
    let (vectors, _) = block.as_chunks();
    let [first, second, third, fourth] = vectors else {
        return of_vector(bytes);
    };
    let marks = [
        vector_marks(first),
        vector_marks(second),
        vector_marks(third),
        vector_marks(fourth),
    ];
    let low = marks[0].0 | marks[1].0 << VECTOR;
    let high = marks[2].0 | marks[3].0 << VECTOR;
    Marks {
        bits: u64::from(low) | u64::from(high) << (2 * VECTOR),
        is_ascii: marks[0].1 | marks[1].1 | marks[2].1 | marks[3].1 == 0,
        width: BLOCK,
    }
}

/// The marks of one vector, and the bits of its bytes that are not ASCII.
#[cfg(target_arch = "x86_64")]
#[inline]
fn vector_marks(vector: &[u8; VECTOR]) -> (u32, u32) {
    use safe_arch::{
        cmp_eq_mask_i8_m128i, load_unaligned_m128i, min_u8_m128i, move_mask_i8_m128i,
        set_splat_i8_m128i,
    };
    let bytes = load_unaligned_m128i(vector);
    let equal = |byte: u8| cmp_eq_mask_i8_m128i(bytes, set_splat_i8_m128i(byte.cast_signed()));
    // There is no comparison of unsigned bytes: what its own minimum with 0x1f is, is no larger.
    let control = cmp_eq_mask_i8_m128i(
        bytes,
        min_u8_m128i(bytes, set_splat_i8_m128i(LAST_CONTROL.cast_signed())),
    );
    let bits = |vector| move_mask_i8_m128i(vector).cast_unsigned();
    (bits(equal(b'"') | equal(b'\\') | control), bits(bytes))
}

#[cfg(not(target_arch = "x86_64"))]
use portable as vector_marks;

const LAST_CONTROL: u8 = 0x1f;

/// Finds the marks without vector instructions.
#[cfg(any(test, not(target_arch = "x86_64")))]
fn portable(vector: &[u8; VECTOR]) -> (u32, u32) {
    let bits = |is_marked: fn(u8) -> bool| {
        vector
            .iter()
            .rev()
            .fold(0, |bits, &byte| bits << 1 | u32::from(is_marked(byte)))
    };
    (
        bits(|byte| byte == b'"' || byte == b'\\' || byte <= LAST_CONTROL),
        bits(|byte| !byte.is_ascii()),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{VECTOR, of_block, of_vector, portable, vector_marks};

    /// Bytes on both sides of every comparison.
    fn byte() -> impl Strategy<Value = u8> {
        prop_oneof![
            any::<u8>(),
            Just(b'"'),
            Just(b'\\'),
            0x1e..=0x21u8,
            0x7e..=0x81u8
        ]
    }

    proptest! {
        #[test]
        fn vector_instructions_say_the_same_as_the_portable_code(vector in any::<[u8; VECTOR]>(), byte in byte(), at in 0..VECTOR) {
            let mut vector = vector;
            vector[at] = byte;
            prop_assert_eq!(vector_marks(&vector), portable(&vector));
        }

        #[test]
        fn each_mark_is_at_its_byte(bytes in prop::collection::vec(byte(), 0..100)) {
            for marks in [of_vector(&bytes), of_block(&bytes)] {
                let seen = &bytes[..bytes.len().min(marks.width)];
                for (index, byte) in seen.iter().enumerate() {
                    let is_marked = marks.bits >> index & 1 == 1;
                    prop_assert_eq!(is_marked, matches!(byte, b'"' | b'\\' | 0..=0x1f), "{}", index);
                }
                prop_assert_eq!(marks.is_ascii, seen.is_ascii());
                prop_assert_eq!(marks.bits.checked_shr(u32::try_from(seen.len()).unwrap()).unwrap_or(0), 0, "nothing behind the end");
            }
        }
    }
}
