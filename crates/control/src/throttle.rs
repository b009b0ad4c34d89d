//! The throttle of guesses: token buckets per user and address. Failures cost, success gives back; with no
//! attempts left a caller waits a little, and is never locked out. Memory is bounded: the least recently used are
//! forgotten.

use std::convert::Infallible;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use gateway::ingress::network_of;
use parking_lot::Mutex;
use quick_cache::sync::Cache;

use crate::config::AccountsConfig;

/// Buckets that are remembered, of both kinds.
const BUCKETS_MAX: usize = 100_000;
/// No bucket takes longer to fill.
const FILLED_AFTER_MS: i64 = 86_400_000;

/// Mails that strangers may have us send to one address: so many at once, and so many more per hour.
const MAILS_BURST: u32 = 3;
const MAILS_PER_HOUR: u32 = 6;

/// Keys that somebody may report as leaked from one address: so many at once, and so many more per hour.
const LEAKS_BURST: u32 = 20;
const LEAKS_PER_HOUR: u32 = 60;
/// Feedback on the documentation, per address: so much at once, and so much more per hour.
const FEEDBACK_BURST: u32 = 10;
const FEEDBACK_PER_HOUR: u32 = 20;

/// Attempts at once, and how many come back per hour.
#[derive(Debug, Clone, Copy)]
struct Rate {
    burst: f64,
    per_ms: f64,
}

/// A token bucket: the attempts that are left.
#[derive(Debug)]
struct Bucket {
    left: f64,
    at_ms: i64,
}

type SharedBucket = Arc<Mutex<Bucket>>;

/// Counts attempts per account and address, and per address.
#[derive(Debug)]
pub struct Throttle {
    buckets: Cache<u64, SharedBucket>,
    hasher: RandomState,
    of_subject: Rate,
    of_address: Rate,
    of_sign_ups: Rate,
    of_mails: Rate,
    of_leaks: Rate,
    of_feedback: Rate,
}

/// An attempt that was counted. Dropped, it stays counted.
#[derive(Debug)]
#[must_use]
pub(crate) struct GuessAttempt {
    taken: Vec<SharedBucket>,
}

impl Throttle {
    /// An empty throttle.
    pub(crate) fn new(config: &AccountsConfig) -> Self {
        let rate = |burst: u32, per_hour: u32| Rate {
            burst: f64::from(burst),
            per_ms: f64::from(per_hour) / 3_600_000.0,
        };
        Self {
            buckets: Cache::new(BUCKETS_MAX),
            hasher: RandomState::new(),
            of_subject: rate(config.attempts_burst, config.attempts_per_hour),
            of_address: rate(
                config.address_attempts_burst,
                config.address_attempts_per_hour,
            ),
            of_sign_ups: rate(config.sign_ups_burst, config.sign_ups_per_hour),
            of_mails: rate(MAILS_BURST, MAILS_PER_HOUR),
            of_leaks: rate(LEAKS_BURST, LEAKS_PER_HOUR),
            of_feedback: rate(FEEDBACK_BURST, FEEDBACK_PER_HOUR),
        }
    }

    /// Counts an attempt at what belongs to `subject` (an e-mail address, a user) from `address`.
    ///
    /// # Errors
    /// If no attempt is left: the time to wait.
    pub(crate) fn attempt(
        &self,
        subject: &str,
        address: IpAddr,
        now_ms: i64,
    ) -> Result<GuessAttempt, Duration> {
        let network = network_of(address);
        let own = self.take(("subject", subject, network), self.of_subject, now_ms)?;
        match self.take(("address", "", network), self.of_address, now_ms) {
            Ok(shared) => Ok(GuessAttempt {
                taken: vec![own, shared],
            }),
            Err(wait) => {
                own.lock().left += 1.0;
                Err(wait)
            }
        }
    }

    /// Counts an attempt at the second factor of a user, from wherever: six digits are few, and whoever gets
    /// here knows the password.
    ///
    /// # Errors
    /// If no attempt is left: the time to wait.
    pub(crate) fn second_factor(
        &self,
        user_id: &str,
        now_ms: i64,
    ) -> Result<GuessAttempt, Duration> {
        let own = self.take(("second factor", user_id, 0), self.of_subject, now_ms)?;
        Ok(GuessAttempt { taken: vec![own] })
    }

    /// Counts a sign-up, or a mail that a stranger has us send, from `address`.
    ///
    /// # Errors
    /// If no attempt is left: the time to wait.
    pub(crate) fn sign_up(&self, address: IpAddr, now_ms: i64) -> Result<(), Duration> {
        let key = ("sign-up", "", network_of(address));
        self.take(key, self.of_sign_ups, now_ms).map(drop)
    }

    /// Counts a key that is reported as leaked, from `address`.
    ///
    /// # Errors
    /// If no attempt is left: the time to wait.
    pub(crate) fn leaked_key(&self, address: IpAddr, now_ms: i64) -> Result<(), Duration> {
        let key = ("leaked key", "", network_of(address));
        self.take(key, self.of_leaks, now_ms).map(drop)
    }

    /// Counts what a reader of the documentation says from `address`.
    ///
    /// # Errors
    /// If no attempt is left: the time to wait.
    pub(crate) fn feedback(&self, address: IpAddr, now_ms: i64) -> Result<(), Duration> {
        let key = ("feedback", "", network_of(address));
        self.take(key, self.of_feedback, now_ms).map(drop)
    }

    /// Counts an invite of an account that is sent by mail; `false` when it should not be.
    pub(crate) fn invite_mail(&self, account_id: &str, now_ms: i64) -> bool {
        let key = ("invite mail", account_id, 0);
        self.take(key, self.of_sign_ups, now_ms).is_ok()
    }

    /// Counts a mail to an address that a stranger may have named; `false` when it should not be sent.
    pub(crate) fn mail_to(&self, email: &str, now_ms: i64) -> bool {
        self.take(("mail", email, 0), self.of_mails, now_ms).is_ok()
    }

    fn take(
        &self,
        key: (&str, &str, u128),
        rate: Rate,
        now_ms: i64,
    ) -> Result<SharedBucket, Duration> {
        let key = self.hasher.hash_one(key);
        let full = || {
            Ok::<_, Infallible>(Arc::new(Mutex::new(Bucket {
                left: rate.burst,
                at_ms: now_ms,
            })))
        };
        let Ok(shared) = self.buckets.get_or_insert_with(&key, full);
        let mut bucket = shared.lock();
        let passed_ms = (now_ms - bucket.at_ms).clamp(0, FILLED_AFTER_MS);
        let passed_ms = u32::try_from(passed_ms).map_or(0.0, f64::from);
        bucket.left = (bucket.left + passed_ms * rate.per_ms).min(rate.burst);
        bucket.at_ms = bucket.at_ms.max(now_ms);
        if bucket.left < 1.0 {
            let missing_ms = (1.0 - bucket.left) / rate.per_ms;
            return Err(Duration::from_secs_f64(
                (missing_ms / 1_000.0).clamp(1.0, 3_600.0),
            ));
        }
        bucket.left -= 1.0;
        drop(bucket);
        Ok(shared)
    }
}

impl GuessAttempt {
    /// Gives the attempt back: it was right, or was not looked at.
    pub(crate) fn withdraw(self) {
        for bucket in self.taken {
            bucket.lock().left += 1.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::Throttle;
    use crate::config::{AccountsConfig, default_of};

    fn throttle() -> Throttle {
        let config = AccountsConfig {
            attempts_burst: 3,
            attempts_per_hour: 60,
            address_attempts_burst: 5,
            address_attempts_per_hour: 3600,
            ..default_of("accounts")
        };
        Throttle::new(&config)
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn failures_run_out_and_come_back() {
        let throttle = throttle();
        let fail =
            |subject, from, now_ms| throttle.attempt(subject, address(from), now_ms).map(drop);
        for _ in 0..3 {
            fail("ann", "203.0.113.9", 0).unwrap();
        }
        assert_eq!(fail("ann", "203.0.113.9", 0).unwrap_err().as_secs(), 60);
        fail("ann", "203.0.113.8", 0).unwrap();
        fail("bob", "203.0.113.9", 0).unwrap();
        assert!(fail("ann", "203.0.113.9", 59_000).is_err());
        fail("ann", "203.0.113.9", 61_000).unwrap();
    }

    #[test]
    fn one_address_cannot_go_through_all_accounts() {
        let throttle = throttle();
        let fail = |subject: &str, from| throttle.attempt(subject, address(from), 0).map(drop);
        for name in ["a", "b", "c", "d", "e"] {
            fail(name, "2001:db8::1").unwrap();
        }
        assert_eq!(fail("f", "2001:db8::2").unwrap_err().as_secs(), 1);
        fail("f", "2001:db8:0:1::2").unwrap();
    }

    #[test]
    fn success_costs_nothing() {
        let throttle = throttle();
        for _ in 0..50 {
            throttle
                .attempt("ann", address("203.0.113.9"), 0)
                .unwrap()
                .withdraw();
        }
    }
}
