//! Bytes of request bodies that may be in memory: in all, per address and per key.
//!
//! Bytes count when they have arrived, so that a length that is only announced takes nothing from others, and until
//! the body is dropped.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use ipnet::IpNet;
use parking_lot::Mutex;

use super::address::network_of;
use crate::config::ServerConfig;
use crate::error::ApiError;
use crate::limits::Counters;

/// The part of all bytes that bodies of the management API may take: a visitor who signs in is not known yet, and must
/// not take what callers of models have.
const MANAGEMENT_DIVISOR: usize = 8;
/// Addresses that are remembered before those that hold nothing are forgotten.
const ADDRESSES_PRUNED_AT: usize = 1024;

/// A count of bytes with a ceiling.
#[derive(Debug)]
pub struct Share {
    bytes: AtomicUsize,
    max: usize,
}

impl Share {
    fn up_to(max: usize) -> Self {
        Self {
            bytes: AtomicUsize::new(0),
            max,
        }
    }

    fn has_room(&self, bytes: usize) -> bool {
        self.bytes.load(Ordering::Relaxed).saturating_add(bytes) <= self.max
    }

    fn take(&self, bytes: usize) -> bool {
        let before = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        if before.saturating_add(bytes) <= self.max {
            return true;
        }
        self.give_back(bytes);
        false
    }

    fn give_back(&self, bytes: usize) {
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// The one that a body is counted for.
#[derive(Debug, Clone)]
pub enum Payer {
    Key(Arc<Counters>),
    /// The management API, whoever calls.
    Management,
}

/// The budget of a server.
#[derive(Debug)]
pub struct BodyBudget {
    all: Share,
    management: Share,
    per_key_max: usize,
    per_address_max: usize,
    shared: Vec<IpNet>,
    addresses: Mutex<HashMap<u128, Weak<Share>>>,
}

impl BodyBudget {
    /// A budget of which nothing is used.
    ///
    /// # Errors
    /// If an address of the configuration is none.
    pub fn new(config: &ServerConfig) -> anyhow::Result<Self> {
        Ok(Self {
            all: Share::up_to(config.buffered_body_bytes_max),
            management: Share::up_to(config.buffered_body_bytes_max / MANAGEMENT_DIVISOR),
            per_key_max: config.buffered_body_bytes_per_key_max,
            per_address_max: config.buffered_body_bytes_per_address_max,
            shared: config.shared_networks()?,
            addresses: Mutex::default(),
        })
    }

    /// The share of an address; `None` for one that stands for many clients.
    pub fn share_of(&self, address: IpAddr) -> Option<Arc<Share>> {
        let address = address.to_canonical();
        if self.shared.iter().any(|network| network.contains(&address)) {
            return None;
        }
        let mut addresses = self.addresses.lock();
        let network = network_of(address);
        if let Some(share) = addresses.get(&network).and_then(Weak::upgrade) {
            return Some(share);
        }
        if addresses.len() >= ADDRESSES_PRUNED_AT && addresses.len() == addresses.capacity() {
            addresses.retain(|_, share| share.strong_count() > 0);
        }
        let share = Arc::new(Share::up_to(self.per_address_max));
        addresses.insert(network, Arc::downgrade(&share));
        Some(share)
    }

    /// Bytes that are buffered now.
    pub fn buffered(&self) -> usize {
        self.all.bytes.load(Ordering::Relaxed)
    }
}

/// Bytes of one body, counted everywhere they count until they are dropped.
#[derive(Debug)]
pub(super) struct Buffered {
    budget: Arc<BodyBudget>,
    payer: Payer,
    address: Option<Arc<Share>>,
    bytes: usize,
}

impl Buffered {
    pub(super) fn nothing(
        budget: Arc<BodyBudget>,
        payer: Payer,
        address: Option<Arc<Share>>,
    ) -> Self {
        Self {
            budget,
            payer,
            address,
            bytes: 0,
        }
    }

    /// Nothing yet of something else that is counted for the same ones.
    pub(super) fn another(&self) -> Self {
        let address = self.address.clone();
        Self::nothing(Arc::clone(&self.budget), self.payer.clone(), address)
    }

    /// Refuses a body that is announced and could not be buffered now.
    pub(super) fn check_room(&self, announced: usize) -> Result<(), ApiError> {
        let has_room = match &self.payer {
            Payer::Key(counters) => counters
                .bodies()
                .has_room(announced, self.budget.per_key_max),
            Payer::Management => true,
        };
        if !has_room {
            return Err(ApiError::too_many_body_bytes_of("key"));
        }
        let of_address = self.address.as_ref();
        if of_address.is_some_and(|share| !share.has_room(announced)) {
            return Err(ApiError::too_many_body_bytes_of("address"));
        }
        let of_management = matches!(self.payer, Payer::Management);
        let is_full = of_management && !self.budget.management.has_room(announced);
        if is_full || !self.budget.all.has_room(announced) {
            return Err(ApiError::too_many_body_bytes());
        }
        Ok(())
    }

    /// Counts bytes that have arrived.
    pub(super) fn add(&mut self, bytes: usize) -> Result<(), ApiError> {
        if !self.budget.all.take(bytes) {
            return Err(ApiError::too_many_body_bytes());
        }
        if let Some(share) = &self.address
            && !share.take(bytes)
        {
            self.budget.all.give_back(bytes);
            return Err(ApiError::too_many_body_bytes_of("address"));
        }
        let refused = match &self.payer {
            Payer::Key(counters) if !counters.bodies().take(bytes, self.budget.per_key_max) => {
                ApiError::too_many_body_bytes_of("key")
            }
            Payer::Management if !self.budget.management.take(bytes) => {
                ApiError::too_many_body_bytes()
            }
            Payer::Key(_) | Payer::Management => {
                self.bytes += bytes;
                return Ok(());
            }
        };
        self.budget.all.give_back(bytes);
        if let Some(share) = &self.address {
            share.give_back(bytes);
        }
        Err(refused)
    }
}

impl Buffered {
    /// Gives back what is counted beyond `bytes`.
    pub(super) fn shrink_to(&mut self, bytes: usize) {
        let rest = self.bytes.saturating_sub(bytes);
        self.give_back(rest);
    }

    fn give_back(&mut self, bytes: usize) {
        self.bytes -= bytes;
        self.budget.all.give_back(bytes);
        if let Some(share) = &self.address {
            share.give_back(bytes);
        }
        match &self.payer {
            Payer::Key(counters) => counters.bodies().give_back(bytes),
            Payer::Management => self.budget.management.give_back(bytes),
        }
    }
}

impl Drop for Buffered {
    fn drop(&mut self) {
        self.give_back(self.bytes);
    }
}
