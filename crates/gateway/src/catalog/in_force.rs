//! The catalogue that is in force, and where the next one comes from.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::Context;
use arc_swap::{ArcSwap, Guard};
use parking_lot::Mutex;
use store::Db;
use store::sealed::MasterKey;

use super::{Catalog, CatalogError, Sources};
use crate::routing::Pools;
use crate::upstream::HealthRegistry;

/// The snapshot that requests are served by; it is replaced as a whole.
#[derive(Debug)]
pub struct CatalogInForce {
    current: ArcSwap<Catalog>,
    pub sources: Sources,
    /// A line of the auth log that the first catalogue is at least as new as.
    pub seq: i64,
    /// The text of the catalogue file that is in force.
    pub text: Mutex<Option<String>>,
    pub loaded_at_ms: AtomicI64,
    /// One reload at a time: what was read later must not be replaced by what was read earlier.
    reload: tokio::sync::Mutex<()>,
}

/// The state that a reload reads and keeps, besides its sources.
#[derive(Clone, Copy)]
pub(crate) struct Reload<'a> {
    pub(crate) db: &'a Db,
    pub(crate) master: &'a MasterKey,
    pub(crate) health: &'a HealthRegistry,
    pub(crate) pools: &'a Pools,
}

impl CatalogInForce {
    /// Reads the first catalogue.
    ///
    /// # Errors
    /// If it has a mistake or cannot be read.
    pub(crate) async fn load_first(
        sources: Sources,
        from: Reload<'_>,
        now_ms: i64,
    ) -> anyhow::Result<Self> {
        let seq = store::auth_log::head(from.db).await?;
        let loaded = sources.load(from.db, from.master, from.health, from.pools);
        let (catalog, text) = loaded.await.context("the catalogue")?;
        Ok(Self {
            current: ArcSwap::from_pointee(catalog),
            sources,
            seq,
            text: Mutex::new(text),
            loaded_at_ms: AtomicI64::new(now_ms),
            reload: tokio::sync::Mutex::default(),
        })
    }

    /// The snapshot of now.
    pub fn load(&self) -> Guard<Arc<Catalog>> {
        self.current.load()
    }

    /// The snapshot of now, to be kept.
    pub fn load_full(&self) -> Arc<Catalog> {
        self.current.load_full()
    }

    /// Reads the catalogue again and puts it in place of the one before.
    ///
    /// # Errors
    /// If it has a mistake or cannot be read; the one before stays.
    pub(crate) async fn reload(&self, from: Reload<'_>, now_ms: i64) -> Result<(), CatalogError> {
        let _turn = self.reload.lock().await;
        let loaded = self
            .sources
            .load(from.db, from.master, from.health, from.pools);
        let (catalog, text) = loaded.await?;
        self.current.store(Arc::new(catalog));
        self.loaded_at_ms.store(now_ms, Ordering::Relaxed);
        *self.text.lock() = text;
        Ok(())
    }
}
