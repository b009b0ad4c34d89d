//! Second factors: codes of authenticator apps (RFC 6238), and recovery codes for when the app is lost.

use aws_lc_rs::rand::fill;
use qrcode::QrCode;
use qrcode::render::svg;
use store::UserId;
use store::secret::NoRandomness;
use totp_rs::{Builder, Secret, Totp};
use url::form_urlencoded::byte_serialize;
use zeroize::Zeroizing;

/// Recovery codes that a user gets.
pub(crate) const RECOVERY_CODES: usize = 10;
/// Groups of a recovery code, and letters of a group: 80 bits.
const GROUPS: usize = 4;
const GROUP_LETTERS: usize = 4;
/// Letters that are not taken for others.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
const SECRET_BYTES: usize = 20;
const CODE_DIGITS: usize = 6;
/// The issuer that apps show beside the code.
const ISSUER: &str = "Yunxin";
const QR_PIXELS: u32 = 220;

/// A second factor as it was typed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TypedCode {
    /// Of an app.
    App(String),
    /// A recovery code, as it is digested.
    Recovery(String),
}

impl TypedCode {
    /// Whatever was typed, without the spaces and hyphens that people read it with.
    pub(crate) fn read(text: &str) -> Self {
        let code: String = text
            .chars()
            .filter(|letter| letter.is_ascii_alphanumeric())
            .map(|letter| letter.to_ascii_lowercase())
            .take(GROUPS * GROUP_LETTERS + 1)
            .collect();
        if code.len() == CODE_DIGITS && code.bytes().all(|byte| byte.is_ascii_digit()) {
            Self::App(code)
        } else {
            Self::Recovery(code)
        }
    }
}

/// A new secret for an app, in base32.
///
/// # Errors
/// If the system has no randomness to give.
pub(crate) fn new_secret() -> Result<Zeroizing<String>, NoRandomness> {
    let mut bytes = [0u8; SECRET_BYTES];
    fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(Zeroizing::new(Secret::new_stack(bytes).to_base32()))
}

/// The time step that `code` is of; `None` when it is of none that is now, or was just now.
pub(crate) fn step_of(secret: &str, code: &str, now_ms: i64) -> Option<u64> {
    let seconds = u64::try_from(now_ms / 1_000).ok()?;
    totp(secret)?.check(code, seconds)
}

/// The code of now.
pub fn code_at(secret: &str, now_ms: i64) -> Option<String> {
    let seconds = u64::try_from(now_ms / 1_000).ok()?;
    Some(totp(secret)?.generate(seconds).to_string())
}

fn totp(secret: &str) -> Option<Totp> {
    let secret = Secret::try_from_base32(secret).ok()?;
    Builder::new().with_secret(secret).build().ok()
}

/// The address that an app reads from the picture.
pub(crate) fn otpauth_url(email: &str, secret: &str) -> String {
    let email: String = byte_serialize(email.as_bytes()).collect();
    format!("otpauth://totp/{ISSUER}:{email}?secret={secret}&issuer={ISSUER}")
}

/// The picture of `text`; `None` when it is too long for one.
pub(crate) fn qr_svg(text: &str) -> Option<String> {
    let code = QrCode::new(text).ok()?;
    let picture = code
        .render::<svg::Color<'_>>()
        .min_dimensions(QR_PIXELS, QR_PIXELS)
        .build();
    Some(picture)
}

/// New recovery codes.
///
/// # Errors
/// If the system has no randomness to give.
pub(crate) fn new_recovery_codes() -> Result<Vec<String>, NoRandomness> {
    (0..RECOVERY_CODES).map(|_| new_recovery_code()).collect()
}

fn new_recovery_code() -> Result<String, NoRandomness> {
    let mut bytes = [0u8; GROUPS * GROUP_LETTERS];
    fill(&mut bytes).map_err(|_| NoRandomness)?;
    let letters: Vec<char> = bytes
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
        .collect();
    let groups: Vec<String> = letters
        .chunks(GROUP_LETTERS)
        .map(|group| group.iter().collect())
        .collect();
    Ok(groups.join("-"))
}

/// The text that is digested of a recovery code: it is worth something to its user only.
pub(crate) fn recovery_text(user_id: &UserId, code: &str) -> String {
    format!("recovery code of {user_id}: {code}")
}

/// The place that a user's secret is sealed for.
pub(crate) fn sealing_place(user_id: &UserId) -> String {
    format!("users/{user_id}/totp")
}

#[cfg(test)]
mod tests {
    use super::{TypedCode, code_at, new_recovery_codes, new_secret, otpauth_url, qr_svg, step_of};

    #[test]
    fn codes_are_those_of_the_rfc() {
        // RFC 6238, appendix B: the secret "12345678901234567890", the last six digits.
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (2_000_000_000, "279037"),
        ] {
            assert_eq!(code_at(secret, seconds * 1_000).unwrap(), code);
            let step = u64::try_from(seconds / 30).unwrap();
            assert_eq!(step_of(secret, code, seconds * 1_000), Some(step));
            assert_eq!(step_of(secret, code, (seconds + 30) * 1_000), Some(step));
            assert_eq!(step_of(secret, code, (seconds + 90) * 1_000), None);
        }
        assert_eq!(step_of(secret, "", 0), None);
        assert_eq!(step_of("not base32!", "287082", 59_000), None);
    }

    #[test]
    fn codes_are_read_as_people_write_them() {
        assert_eq!(
            TypedCode::read(" 287 082 "),
            TypedCode::App("287082".to_owned())
        );
        let recovery = TypedCode::Recovery("abcdefghjkmnpqrs".to_owned());
        assert_eq!(TypedCode::read("ABCD-efgh jkmn-pqrs"), recovery);
        let codes = new_recovery_codes().unwrap();
        assert_eq!(codes.len(), 10);
        assert!(codes.iter().all(|code| code.len() == 19));
        assert!(
            codes
                .iter()
                .all(|code| matches!(TypedCode::read(code), TypedCode::Recovery(_)))
        );
    }

    #[test]
    fn the_picture_holds_the_address() {
        let secret = new_secret().unwrap();
        assert_eq!(secret.len(), 32);
        let url = otpauth_url("ann+x@example.com", &secret);
        assert!(url.starts_with("otpauth://totp/Yunxin:ann%2Bx%40example.com?secret="));
        assert!(qr_svg(&url).unwrap().contains("<svg"));
        let long = otpauth_url(&"x".repeat(254), &secret);
        assert!(qr_svg(&long).is_some());
        assert!(qr_svg(&"x".repeat(5_000)).is_none());
    }
}
