//! Everything that requests of the control plane share, built once around the data plane's.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use axum::extract::FromRef;
use bytes::Bytes;
use gateway::clock::Clock;
use gateway::state::GatewayState;
use store::Db;
use store::audit_log::Actor;

use crate::commands::Commands;
use crate::config::ControlConfig;
use crate::leak_reporters::LeakReporters;
use crate::mail::Mail;
use crate::passwords::Passwords;
use crate::payments::PaymentProviders;
use crate::sign_in_providers::SignInProviders;
use crate::throttle::Throttle;
use gateway::egress_client::EgressClient;

/// The state of the control plane.
#[derive(Debug)]
pub struct Control {
    pub gateway: GatewayState,
    pub config: ControlConfig,
    pub clock: Clock,
    pub db: Db,
    /// The way to addresses that customers name.
    pub egress_client: EgressClient,
    /// The text of `/openapi.json`, made by the first request for it.
    pub openapi: OnceLock<Bytes>,
    pub mail: Mail,
    pub passwords: Passwords,
    pub payments: PaymentProviders,
    pub sign_in_providers: SignInProviders,
    pub throttle: Throttle,
    pub leak_reporters: LeakReporters,
}

/// A handle on the [`Control`], cheap to clone.
#[derive(Debug, Clone)]
pub struct ControlState(Arc<Control>);

impl ControlState {
    /// Builds the state around the data plane's.
    ///
    /// # Errors
    /// If a key of leak reporters or of a payment provider cannot be parsed.
    pub fn new(config: ControlConfig, gateway: GatewayState) -> anyhow::Result<Self> {
        Ok(Self(Arc::new(Control {
            egress_client: EgressClient::new(
                gateway.upstream.tls().clone(),
                config.webhooks.allow_private_networks,
            ),
            openapi: OnceLock::new(),
            mail: Mail::new(&config.mail, Arc::clone(&gateway.metrics)),
            passwords: Passwords::new(gateway.process.tasks.clone()),
            payments: PaymentProviders::new(&config.payments, gateway.upstream.tls().clone())?,
            sign_in_providers: SignInProviders::new(
                &config.accounts.sign_in_providers,
                &gateway.clock,
                gateway.upstream.tls().clone(),
            ),
            throttle: Throttle::new(&config.accounts),
            leak_reporters: LeakReporters::new(&config.leak_reports)?,
            clock: gateway.clock.clone(),
            db: gateway.db.clone(),
            config,
            gateway,
        })))
    }
}

impl Control {
    /// The commands of `actor`.
    pub fn commands<'a>(&'a self, actor: &'a Actor) -> Commands<'a> {
        Commands {
            db: &self.db,
            clock: &self.clock,
            master: &self.gateway.master,
            sources: &self.gateway.catalog.sources,
            accounts: &self.config.accounts,
            invoices: &self.config.invoices,
            keys: Some(&self.gateway.keys),
            actor,
        }
    }
}

impl Deref for ControlState {
    type Target = Control;

    fn deref(&self) -> &Control {
        &self.0
    }
}

/// Handlers of both planes ask for the data plane's state.
impl FromRef<ControlState> for GatewayState {
    fn from_ref(state: &ControlState) -> Self {
        state.gateway.clone()
    }
}
