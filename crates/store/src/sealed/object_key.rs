//! The key of one object of an account, by which its parts are sealed.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};

use crate::error::StoreError;

/// Seals and opens the parts of one object, each for its place.
pub struct ObjectKey(RandomizedNonceKey);

impl ObjectKey {
    pub(super) fn new(derived: &[u8]) -> Result<Self, StoreError> {
        let key = RandomizedNonceKey::new(&AES_256_GCM, derived);
        key.map(Self)
            .map_err(|_| unreadable("the cipher refused the key of an object"))
    }

    /// Seals `plain` for one place in the object: it opens in no other.
    ///
    /// # Errors
    /// If the cipher fails, which it does only without randomness.
    pub fn seal(&self, place: &str, mut plain: Vec<u8>) -> Result<Vec<u8>, StoreError> {
        let sealed = self
            .0
            .seal_in_place_append_tag(Aad::from(place), &mut plain);
        let nonce = sealed.map_err(|_| unreadable("sealing failed"))?;
        plain.extend_from_slice(nonce.as_ref());
        Ok(plain)
    }

    /// Opens what [`ObjectKey::seal`] sealed for the same place.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if it was sealed for another place or object, with another key, or changed.
    pub fn open(&self, place: &str, mut sealed: Vec<u8>) -> Result<Vec<u8>, StoreError> {
        let wrong = || {
            unreadable(
                "a part of an object was sealed with another master key, for another place, or is damaged",
            )
        };
        let split = sealed.len().checked_sub(NONCE_LEN).ok_or_else(wrong)?;
        let nonce = sealed.split_off(split);
        let nonce = Nonce::try_assume_unique_for_key(&nonce).map_err(|_| wrong())?;
        let opened = self.0.open_in_place(nonce, Aad::from(place), &mut sealed);
        let length = opened.map_err(|_| wrong())?.len();
        sealed.truncate(length);
        Ok(sealed)
    }
}

impl fmt::Debug for ObjectKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ObjectKey")
    }
}

fn unreadable(detail: &str) -> StoreError {
    StoreError::Corrupt {
        table: "file_chunks",
        detail: detail.to_owned(),
    }
}
