//! The master key, and what is sealed with it: the credentials of providers, and objects of accounts, such as files.

mod object_key;

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::{hmac, rand};
use zeroize::Zeroizing;

use crate::error::StoreError;
use crate::id::AccountId;
use crate::secret::{ClientTokenSigner, NoRandomness, Pepper};
pub use object_key::ObjectKey;

/// Length of the master key, in bytes.
pub const MASTER_KEY_BYTES: usize = 32;

/// The one secret that is not in the database. Lose it, and keys and credentials are lost with it.
pub struct MasterKey {
    pepper: Pepper,
    client_tokens: ClientTokenSigner,
    sealing: RandomizedNonceKey,
    /// Keys of objects are derived from it.
    objects: hmac::Key,
    fingerprint: String,
}

impl MasterKey {
    /// A new one, as bytes for its file.
    ///
    /// # Errors
    /// If the system has no randomness to give.
    pub fn generate() -> Result<Zeroizing<[u8; MASTER_KEY_BYTES]>, NoRandomness> {
        let mut bytes = Zeroizing::new([0u8; MASTER_KEY_BYTES]);
        rand::fill(bytes.as_mut_slice()).map_err(|_| NoRandomness)?;
        Ok(bytes)
    }

    /// Derives what is needed from the bytes of the file; each purpose gets a key of its own.
    ///
    /// # Errors
    /// If the cipher refuses the derived key, which a key of this length cannot cause.
    pub fn from_bytes(bytes: &[u8; MASTER_KEY_BYTES]) -> Result<Self, StoreError> {
        let root = hmac::Key::new(hmac::HMAC_SHA256, bytes);
        let derive = |purpose: &str| hmac::sign(&root, purpose.as_bytes());
        let sealing = RandomizedNonceKey::new(&AES_256_GCM, derive("yunxin sealing v1").as_ref())
            .map_err(|_| unreadable("the cipher refused the master key"))?;
        let fingerprint = derive("yunxin fingerprint v1");
        Ok(Self {
            pepper: Pepper::new(derive("yunxin pepper v1").as_ref()),
            client_tokens: ClientTokenSigner::new(derive("yunxin client token v1").as_ref()),
            sealing,
            objects: hmac::Key::new(hmac::HMAC_SHA256, derive("yunxin objects v1").as_ref()),
            fingerprint: fingerprint
                .as_ref()
                .iter()
                .take(8)
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        })
    }

    /// The key of the secrets' digests.
    pub fn pepper(&self) -> &Pepper {
        &self.pepper
    }

    /// Signs client tokens.
    pub fn client_tokens(&self) -> &ClientTokenSigner {
        &self.client_tokens
    }

    /// The key of one object of an account, such as a file: what another object or account has sealed does not open with it.
    ///
    /// # Errors
    /// If the cipher refuses the derived key, which a key of this length cannot cause.
    pub fn object_key(
        &self,
        account_id: &AccountId,
        object: &str,
    ) -> Result<ObjectKey, StoreError> {
        let mut context = hmac::Context::with_key(&self.objects);
        for part in [account_id.as_str(), "/", object] {
            context.update(part.as_bytes());
        }
        ObjectKey::new(context.sign().as_ref())
    }

    /// Says which master key this is, without saying what it is.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Seals `plain` for one place: it opens only with the same `place` (table, row and origin).
    ///
    /// # Errors
    /// If the cipher fails, which it does only without randomness.
    pub fn seal(&self, place: &str, plain: &str) -> Result<Vec<u8>, StoreError> {
        let mut sealed = plain.as_bytes().to_vec();
        let nonce = self
            .sealing
            .seal_in_place_append_tag(Aad::from(place), &mut sealed)
            .map_err(|_| unreadable("sealing failed"))?;
        sealed.extend_from_slice(nonce.as_ref());
        Ok(sealed)
    }

    /// Opens what [`MasterKey::seal`] sealed for the same place.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if it was sealed for another place, with another key, or changed.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Zeroizing<String>, StoreError> {
        let wrong = || {
            unreadable("a credential was sealed with another master key or for another provider")
        };
        let split = sealed.len().checked_sub(NONCE_LEN).ok_or_else(wrong)?;
        let (body, nonce) = sealed.split_at(split);
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| wrong())?;
        let mut body = Zeroizing::new(body.to_vec());
        let plain = self
            .sealing
            .open_in_place(nonce, Aad::from(place), &mut body)
            .map_err(|_| wrong())?;
        String::from_utf8(plain.to_vec())
            .map(Zeroizing::new)
            .map_err(|_| wrong())
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "MasterKey({})", self.fingerprint)
    }
}

fn unreadable(detail: &str) -> StoreError {
    StoreError::Corrupt {
        table: "providers",
        detail: detail.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::MasterKey;

    #[test]
    fn what_is_sealed_opens_only_in_its_place_and_unchanged() {
        let key = MasterKey::from_bytes(&[3; 32]).unwrap();
        let sealed = key.seal("providers/openai", "sk-secret").unwrap();
        assert_eq!(
            key.open("providers/openai", &sealed).unwrap().as_str(),
            "sk-secret"
        );
        assert!(key.open("providers/other", &sealed).is_err());
        assert!(
            MasterKey::from_bytes(&[4; 32])
                .unwrap()
                .open("providers/openai", &sealed)
                .is_err()
        );
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(key.open("providers/openai", &changed).is_err());
        }
        assert!(key.open("providers/openai", b"short").is_err());
        assert!(!String::from_utf8_lossy(&sealed).contains("sk-secret"));
    }

    #[test]
    fn the_master_key_prints_its_fingerprint_only() {
        let key = MasterKey::from_bytes(&[3; 32]).unwrap();
        assert_eq!(
            format!("{key:?}"),
            format!("MasterKey({})", key.fingerprint())
        );
    }
}
