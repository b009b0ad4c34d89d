//! The signatures of epay, by the text of its documents.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};

use super::super::EPAY_MERCHANT_PRIVATE_KEY;

const PLATFORM_PRIVATE_KEY: &str = include_str!("../../../keys/epay-platform.private");
const MERCHANT_PUBLIC_KEY: &str = include_str!("../../../keys/epay-merchant.public");

/// The text that is signed: what is not empty, sorted by name.
pub(super) fn text<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let is_signed =
        |(name, value): &(&str, &str)| !value.is_empty() && *name != "sign" && *name != "sign_type";
    let mut pairs: Vec<_> = pairs.filter(is_signed).collect();
    pairs.sort_unstable();
    let parts: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    parts.join("&")
}

pub(super) fn md5(text: &str, key: &str) -> String {
    let mut hash = Md5::new();
    hash.update(text);
    hash.update(key);
    let digest = hash.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn by_platform(text: &str) -> String {
    signed(PLATFORM_PRIVATE_KEY, text)
}

/// A signature by the wrong key.
pub(super) fn by_merchant(text: &str) -> String {
    signed(EPAY_MERCHANT_PRIVATE_KEY, text)
}

fn signed(key: &str, text: &str) -> String {
    let der = STANDARD.decode(key.trim()).unwrap_or_default();
    let Ok(key) = KeyPair::from_pkcs8(&der) else {
        return String::new();
    };
    let mut signature = vec![0; key.public_modulus_len()];
    let random = SystemRandom::new();
    match key.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature) {
        Ok(()) => STANDARD.encode(signature),
        Err(_) => String::new(),
    }
}

pub(super) fn has_merchant_signed(text: &str, signature: &str) -> bool {
    let der = STANDARD
        .decode(MERCHANT_PUBLIC_KEY.trim())
        .unwrap_or_default();
    let key = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &der);
    let signature = STANDARD.decode(signature);
    match (key, signature) {
        (Ok(key), Ok(signature)) => key.verify_sig(text.as_bytes(), &signature).is_ok(),
        _ => false,
    }
}
