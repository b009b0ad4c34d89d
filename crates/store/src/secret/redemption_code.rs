//! Codes that are worth credits: short enough to be typed, and checked before anything is asked.
//!
//! `YXC-` and twenty letters of Crockford's base 32 in groups of four: 80 bits from the system's generator and 20 bits of
//! CRC-32C over them, so that a slip of the finger is told from a wrong code without asking the database.

use std::fmt;

use aws_lc_rs::rand::fill;
use zeroize::Zeroizing;

use super::NoRandomness;

const PREFIX: &str = "YXC";
const RANDOM_LETTERS: usize = 16;
const CHECKSUM_LETTERS: usize = 4;
const GROUP: usize = 4;
/// Crockford's: without I, L, O and U.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The longest text that is looked at: a code with spaces around its groups.
const TEXT_BYTES_MAX: usize = 64;

/// A code in the clear. It cannot be printed or logged; [`RedemptionCode::reveal`] is the one way to show it.
pub struct RedemptionCode(Zeroizing<String>);

impl RedemptionCode {
    /// A new code.
    ///
    /// # Errors
    /// If the system has no randomness to give.
    pub fn generate() -> Result<Self, NoRandomness> {
        let mut bytes = Zeroizing::new([0u8; RANDOM_LETTERS]);
        fill(bytes.as_mut_slice()).map_err(|_| NoRandomness)?;
        let letters = bytes.iter().map(|byte| letter_of((*byte).into()));
        let mut text = Zeroizing::new(String::with_capacity(RANDOM_LETTERS + CHECKSUM_LETTERS));
        text.extend(letters);
        let sum = checksum(&text);
        text.extend(sum);
        Ok(Self(text))
    }

    /// Reads what somebody typed: case, spaces, hyphens and letters that look like digits do not matter. `None` if it is no
    /// code.
    pub fn read(text: &str) -> Option<Self> {
        if text.len() > TEXT_BYTES_MAX {
            return None;
        }
        let typed = text.chars().filter(|letter| !matches!(letter, '-' | ' '));
        let typed: Zeroizing<String> = Zeroizing::new(typed.collect());
        let upper = Zeroizing::new(typed.trim().to_ascii_uppercase());
        let letters = upper.strip_prefix(PREFIX).unwrap_or(&upper);
        let letters: Option<String> = letters.chars().map(read_letter).collect();
        let letters = Zeroizing::new(letters?);
        let (random, sum) = letters.split_at_checked(RANDOM_LETTERS)?;
        let is_right = sum.chars().eq(checksum(random));
        is_right.then_some(Self(letters))
    }

    /// The code, to be digested or to be shown once: `YXC-7K3M-…`.
    pub fn reveal(&self) -> String {
        let groups = self.0.as_bytes().chunks(GROUP);
        let groups = groups.map(|group| String::from_utf8_lossy(group).into_owned());
        format!("{PREFIX}-{}", groups.collect::<Vec<_>>().join("-"))
    }

    /// The last group, which may be shown later to tell codes apart.
    pub fn hint(&self) -> String {
        let tail = self.0.get(RANDOM_LETTERS..).unwrap_or_default();
        format!("{PREFIX}-...-{tail}")
    }
}

impl fmt::Debug for RedemptionCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RedemptionCode([secret])")
    }
}

fn letter_of(number: u32) -> char {
    char::from(LETTERS[(number % 32) as usize])
}

fn read_letter(typed: char) -> Option<char> {
    let meant = match typed {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let byte = u8::try_from(meant).ok()?;
    LETTERS.contains(&byte).then_some(meant)
}

fn checksum(random: &str) -> impl Iterator<Item = char> + use<> {
    let sum = crc32c::crc32c(random.as_bytes());
    (0..CHECKSUM_LETTERS).map(move |place| letter_of(sum >> (5 * place)))
}

#[cfg(test)]
mod tests {
    use super::RedemptionCode;

    #[test]
    fn a_code_is_read_however_it_is_typed_and_a_slip_is_none() {
        let code = RedemptionCode::generate().unwrap();
        let text = code.reveal();
        assert_eq!(text.len(), 28, "{text}");
        for typed in [
            text.clone(),
            text.to_lowercase(),
            text.replace('-', " "),
            text.replace("YXC-", "").replace('0', "o").replace('1', "l"),
            format!("  {text} "),
        ] {
            assert_eq!(
                RedemptionCode::read(&typed).unwrap().reveal(),
                text,
                "{typed}"
            );
        }
        for (index, letter) in text
            .char_indices()
            .skip(4)
            .filter(|(_, letter)| *letter != '-')
        {
            let other = if letter == '7' { "8" } else { "7" };
            let mut slip = text.clone();
            slip.replace_range(index..=index, other);
            assert!(RedemptionCode::read(&slip).is_none(), "{slip}");
        }
        for wrong in ["", "YXC-", &text[..20], &"7".repeat(1_000), "YXC-ÄÖÜ"] {
            assert!(RedemptionCode::read(wrong).is_none(), "{wrong}");
        }
        assert!(!format!("{code:?}").contains(&text[4..8]));
        assert!(code.hint().ends_with(&text[24..]));
    }
}
