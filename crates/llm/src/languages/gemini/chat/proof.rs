//! Proofs of thoughts: `thoughtSignature`, which holds base64. One of another language's stands there behind its name,
//! in base64 too, because clients of this language read and write bytes.

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};

use super::super::NAME;
use crate::chat::Signature;

/// Begin of the proof of a thought that may not be shown.
const REDACTED: &str = "yx-redacted:";
/// Begin of every proof of another language's, as base64 has it.
const MARK: &str = "eXg";

/// A proof that was read.
pub(super) struct Proof {
    pub(super) signature: Signature,
    /// The thought may not be shown: the proof is all of it.
    pub(super) is_redacted: bool,
}

/// Reads the field.
pub(super) fn read(field: &str) -> Proof {
    let foreign = field.starts_with(MARK).then(|| decoded(field)).flatten();
    match foreign.as_deref() {
        Some(text) => match text.strip_prefix(REDACTED) {
            Some(rest) => Proof {
                signature: Signature::read(&format!("yx:{rest}"), NAME),
                is_redacted: true,
            },
            None => Proof {
                signature: Signature::read(text, NAME),
                is_redacted: false,
            },
        },
        None => Proof {
            signature: Signature::new(NAME, field),
            is_redacted: false,
        },
    }
}

/// Writes the field.
pub(super) fn write(signature: &Signature, is_redacted: bool) -> String {
    if signature.origin == NAME {
        return signature.data.clone();
    }
    let text = signature.write(NAME);
    if is_redacted {
        let rest = text.strip_prefix("yx:").unwrap_or(&text);
        return STANDARD.encode(format!("{REDACTED}{rest}"));
    }
    STANDARD.encode(text)
}

/// The text behind base64 of either alphabet, padded or not: clients write it anew.
fn decoded(field: &str) -> Option<String> {
    const ANY: GeneralPurpose = GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let standard = field.replace('-', "+").replace('_', "/");
    let text = String::from_utf8(ANY.decode(standard).ok()?).ok()?;
    (text.starts_with("yx:") || text.starts_with(REDACTED)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::{Signature, read, write};

    #[test]
    fn a_proof_of_another_language_comes_back_as_it_went() {
        let signature = Signature::new("anthropic", "ab+/?>~~ü==");
        for is_redacted in [false, true] {
            let written = write(&signature, is_redacted);
            for field in [written.clone(), written.replace('+', "-").replace('/', "_")] {
                let back = read(field.trim_end_matches('='));
                assert_eq!(
                    (back.signature, back.is_redacted),
                    (signature.clone(), is_redacted)
                );
            }
        }
    }

    #[test]
    fn a_proof_of_googles_is_never_looked_into() {
        for data in ["EqADCp0D", "eXg=", "no base64"] {
            let back = read(data);
            assert_eq!(back.signature, Signature::new("gemini", data));
            assert_eq!(write(&back.signature, false), data);
        }
    }
}
