//! Passwords: which are good enough, and checking one. Argon2id takes memory and time by design, so few
//! run at once, few wait, and the rest is told to come back: signing in must not be a way to stop us.

mod policy;

use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use gateway::error::ApiError;
use store::secret::NoRandomness;
use store::users::PasswordHash;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;
use zeroize::Zeroizing;

pub(crate) use policy::{PASSWORD_CHARS_MAX, check_strength};

/// The parameters that OWASP asks for: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;
/// Hashes that are computed at the same time.
const RUNNING_MAX: usize = 2;
/// Hashes that wait for their turn; a few seconds' worth.
const WAITING_MAX: usize = 32;
/// The hash of nothing that anybody knows, for those who have none: their check takes as long.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$eXVueGluLW5vYm9keS1zYWx0$bFVtosR+xioVXMPEEV7QobeADMeBgQ1w7uSMpthLDXI";

/// The reason why a password was not looked at.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PasswordError {
    #[error("too many passwords are being checked")]
    Busy,
    #[error("the password could not be hashed")]
    Failed(#[source] anyhow::Error),
}

impl From<PasswordError> for ApiError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::busy(),
            error @ PasswordError::Failed(_) => Self::internal(error),
        }
    }
}

/// The queue before the hash.
#[derive(Debug, Clone)]
pub struct Passwords {
    places: Arc<Semaphore>,
    running: Arc<Semaphore>,
    tasks: TaskTracker,
}

impl Passwords {
    /// An empty queue, whose work `tasks` knows of.
    pub(crate) fn new(tasks: TaskTracker) -> Self {
        Self {
            places: Arc::new(Semaphore::new(RUNNING_MAX + WAITING_MAX)),
            running: Arc::new(Semaphore::new(RUNNING_MAX)),
            tasks,
        }
    }

    /// The hash to be stored of a password.
    ///
    /// # Errors
    /// [`PasswordError::Busy`] if too many wait.
    pub(crate) async fn hash(&self, password: &str) -> Result<PasswordHash, PasswordError> {
        let password = Zeroizing::new(password.to_owned());
        self.run(move || {
            let mut salt = [0u8; SALT_BYTES];
            aws_lc_rs::rand::fill(&mut salt).map_err(|_| failed(NoRandomness))?;
            let hash = argon2()?
                .hash_password_with_salt(password.as_bytes(), &salt)
                .map_err(failed)?;
            Ok(PasswordHash(hash.to_string()))
        })
        .await
    }

    /// Returns whether `password` is the one of `hash`. Without a hash it is not, and that takes as long to say.
    ///
    /// # Errors
    /// [`PasswordError::Busy`] if too many wait.
    pub(crate) async fn is_right(
        &self,
        password: &str,
        hash: Option<&PasswordHash>,
    ) -> Result<bool, PasswordError> {
        // Nobody's is longer; hashing it is work that we need not do for a stranger.
        let is_possible = password.len() <= 4 * PASSWORD_CHARS_MAX;
        let password = Zeroizing::new(if is_possible { password } else { "" }.to_owned());
        let is_somebody = hash.is_some() && is_possible;
        let hash = hash.map_or_else(|| NOBODYS.to_owned(), |hash| hash.0.clone());
        self.run(move || {
            let is_same = argon2()?.verify_password(password.as_bytes(), hash.as_str());
            Ok(is_same.is_ok() && is_somebody)
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let place = Arc::clone(&self.places)
            .try_acquire_owned()
            .map_err(|_| PasswordError::Busy)?;
        let turn = Arc::clone(&self.running).acquire_owned().await;
        let turn = turn.map_err(|_| PasswordError::Busy)?;
        // The permits go along: whoever asked may be gone before the work is done.
        let done = self.tasks.spawn_blocking(move || {
            let _held = (place, turn);
            work()
        });
        done.await.map_err(failed)?
    }
}

fn argon2() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(failed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn failed(reason: impl Into<anyhow::Error>) -> PasswordError {
    PasswordError::Failed(reason.into())
}

#[cfg(test)]
mod tests {
    use tokio_util::task::TaskTracker;

    use super::{NOBODYS, PasswordError, Passwords, WAITING_MAX};
    use crate::passwords::RUNNING_MAX;

    #[tokio::test]
    async fn a_password_is_right_for_its_own_hash_only() {
        let passwords = Passwords::new(TaskTracker::new());
        let hash = passwords.hash("correct horse battery").await.unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let is_right = async |text: &str| passwords.is_right(text, Some(&hash)).await.unwrap();
        assert!(is_right("correct horse battery").await);
        assert!(!is_right("correct horse batterz").await);
        assert!(!passwords.is_right("", None).await.unwrap());
        assert!(!is_right(&"x".repeat(100_000)).await);
    }

    #[test]
    fn nobodys_hash_costs_what_anybodys_does() {
        let hash = argon2::password_hash::phc::PasswordHash::new(NOBODYS).unwrap();
        assert!(hash.hash.is_some());
        assert!(NOBODYS.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    }

    #[tokio::test]
    async fn beyond_the_queue_everybody_is_told_to_come_back() {
        let passwords = Passwords::new(TaskTracker::new());
        let all = passwords
            .places
            .try_acquire_many(u32::try_from(RUNNING_MAX + WAITING_MAX).unwrap());
        let refused = passwords.hash("x").await;
        assert!(matches!(refused, Err(PasswordError::Busy)));
        drop(all);
        assert!(passwords.hash("x").await.is_ok());
    }
}
