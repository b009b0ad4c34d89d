//! Keys of epay v2: RSA with SHA-256, as PEM or as the bare base64 that the gateways show.

use anyhow::{Context, anyhow};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Bytes of a signature in base64; one of 8,192 bits has fewer.
const SIGNATURE_BYTES_MAX: usize = 2_048;

/// Our private key and the gateway's public key.
#[derive(Debug)]
pub(super) struct Keys {
    ours: KeyPair,
    theirs: ParsedPublicKey,
}

impl Keys {
    /// Reads both keys.
    ///
    /// # Errors
    /// If one is none. The words quote nothing of it.
    pub(super) fn read(private: &str, public: &str) -> anyhow::Result<Self> {
        let private = der(private).context("private_key")?;
        let ours = KeyPair::from_pkcs8(&private)
            .or_else(|_| KeyPair::from_der(&private))
            .map_err(|_| anyhow!("private_key is no RSA key (PKCS #8 or PKCS #1)"))?;
        let public = der(public).context("public_key")?;
        let theirs = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &public)
            .map_err(|_| anyhow!("public_key is no RSA key of at least 2048 bits"))?;
        Ok(Self { ours, theirs })
    }

    /// Our signature of a text, in base64; `None` if the key does not sign.
    pub(super) fn sign(&self, text: &str) -> Option<String> {
        let mut signature = vec![0; self.ours.public_modulus_len()];
        let random = SystemRandom::new();
        let signed = self
            .ours
            .sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature);
        signed.ok().map(|()| STANDARD.encode(signature))
    }

    /// Returns whether the gateway signed a text.
    pub(super) fn has_signed(&self, text: &str, signature: &str) -> bool {
        if signature.len() > SIGNATURE_BYTES_MAX {
            return false;
        }
        let signature = STANDARD.decode(signature);
        signature.is_ok_and(|signature| self.theirs.verify_sig(text.as_bytes(), &signature).is_ok())
    }
}

fn der(text: &str) -> anyhow::Result<Vec<u8>> {
    let lines = text.lines().filter(|line| !line.starts_with("-----"));
    let packed: String = lines.flat_map(str::split_whitespace).collect();
    STANDARD
        .decode(packed)
        .map_err(|_| anyhow!("is neither PEM nor base64"))
}
