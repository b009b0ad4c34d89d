//! The signature of Stripe's events: HMAC-SHA-256 over `t.body`, the raw bytes, under a secret of the webhook.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, verify as verify_tag};
use secrecy::{ExposeSecret, SecretString};

use super::super::provider::{Delivery, DeliveryFault};

const HEADER: &str = "stripe-signature";
const HEADER_BYTES_MAX: usize = 4_096;
/// Signatures of a header that are looked at: several while a secret is rotated.
const SIGNATURES_MAX: usize = 8;
/// The age of a message, and how far the clocks may be apart.
const TOLERANCE_S: i64 = 300;
const TAG_BYTES: usize = 32;

/// Verifies the signature of a message by any of the secrets.
///
/// # Errors
/// If none fits, or the message is too old.
pub(super) fn verify(
    secrets: &[SecretString],
    delivery: &Delivery<'_>,
) -> Result<(), DeliveryFault> {
    let bad = |detail| DeliveryFault::BadSignature {
        detail,
        order_id: claimed_order(delivery.body),
    };
    let mut headers = delivery.headers.get_all(HEADER).iter();
    let header = headers.next().and_then(|value| value.to_str().ok());
    let header = header.filter(|text| text.len() <= HEADER_BYTES_MAX && headers.next().is_none());
    let header = header.ok_or_else(|| bad("There is no signature."))?;
    let (timestamp, tags) = parts(header).ok_or_else(|| bad("The signature cannot be read."))?;
    let is_signed = secrets.iter().any(|secret| {
        // A secret that is empty would let anybody sign.
        let secret = secret.expose_secret();
        !secret.is_empty() && has_signed(secret, timestamp, delivery.body, &tags)
    });
    if !is_signed {
        return Err(bad("The signature is not Stripe's."));
    }
    let at_s: i64 = timestamp
        .parse()
        .map_err(|_| bad("The signature has no time."))?;
    if (delivery.now_ms / 1_000).abs_diff(at_s) > TOLERANCE_S.unsigned_abs() {
        return Err(bad(
            "The signature is too old, or the clock of this server is wrong.",
        ));
    }
    Ok(())
}

/// The time and the tags of `t=1,v1=…,v1=…`.
fn parts(header: &str) -> Option<(&str, Vec<[u8; TAG_BYTES]>)> {
    let (mut timestamp, mut tags) = (None, Vec::new());
    for part in header.split(',') {
        match part.trim().split_once('=')? {
            ("t", time) if timestamp.is_none() => timestamp = Some(time),
            ("t", _) => return None,
            ("v1", hex) if tags.len() < SIGNATURES_MAX => tags.extend(unhex(hex)),
            // Other schemes, such as v0 of test events, prove nothing.
            _ => {}
        }
    }
    Some((timestamp?, tags))
}

fn unhex(text: &str) -> Option<[u8; TAG_BYTES]> {
    let mut bytes = [0; TAG_BYTES];
    if text.len() != 2 * TAG_BYTES || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    Some(bytes)
}

fn has_signed(secret: &str, timestamp: &str, body: &[u8], tags: &[[u8; TAG_BYTES]]) -> bool {
    let key = Key::new(HMAC_SHA256, secret.as_bytes());
    let mut message = Vec::with_capacity(timestamp.len() + 1 + body.len());
    message.extend_from_slice(timestamp.as_bytes());
    message.push(b'.');
    message.extend_from_slice(body);
    // In constant time, each.
    tags.iter()
        .any(|tag| verify_tag(&key, &message, tag).is_ok())
}

/// The order that a message names which is not believed: for operators, who see that somebody tried.
fn claimed_order(body: &[u8]) -> Option<String> {
    let value: serde_json::Value = serde_json::from_slice(body).ok()?;
    let id = value
        .pointer("/data/object/client_reference_id")?
        .as_str()?;
    Some(id.to_owned())
}

#[cfg(test)]
mod tests;
