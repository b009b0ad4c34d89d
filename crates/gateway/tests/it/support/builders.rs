//! Accounts and keys, made as the command line makes them.

use gateway::keys::wait_until_applied;
use store::accounts::{self, Account, AccountStatus};
use store::api_keys::{self, AnomalyAction, ApiKey, Environment, Grace, Restrictions};
use store::budgets::Budget;
use store::key_limits::KeyLimits;
use store::secret::PlainKey;
use store::{AccountId, ApiKeyId};

use super::{Caller, TestApp, soon};

/// A key that is going to be made.
pub(crate) struct KeyBuilder<'a> {
    app: &'a TestApp,
    account: Option<AccountId>,
    tier: String,
    environment: Environment,
    restrictions: Restrictions,
    expires_at_ms: Option<i64>,
    anomaly_action: AnomalyAction,
    shows_cost: bool,
    caches_prompts: bool,
    budgets: Vec<Budget>,
    own_limits: KeyLimits,
}

impl<'a> KeyBuilder<'a> {
    pub(crate) fn new(app: &'a TestApp, tier: &str) -> Self {
        Self {
            app,
            account: None,
            tier: tier.to_owned(),
            environment: Environment::Live,
            restrictions: Restrictions::default(),
            expires_at_ms: None,
            anomaly_action: AnomalyAction::Notify,
            shows_cost: true,
            caches_prompts: false,
            budgets: vec![],
            own_limits: KeyLimits::default(),
        }
    }

    pub(crate) fn of_account(mut self, account: &AccountId) -> Self {
        self.account = Some(account.clone());
        self
    }

    pub(crate) fn test(mut self) -> Self {
        self.environment = Environment::Test;
        self
    }

    pub(crate) fn models(mut self, models: &[&str]) -> Self {
        self.restrictions.models = Some(owned(models));
        self
    }

    pub(crate) fn endpoints(mut self, endpoints: &[&str]) -> Self {
        self.restrictions.endpoints = Some(owned(endpoints));
        self
    }

    pub(crate) fn networks(mut self, networks: &[&str]) -> Self {
        self.restrictions.networks = Some(owned(networks));
        self
    }

    pub(crate) fn on_anomaly(mut self, action: AnomalyAction) -> Self {
        self.anomaly_action = action;
        self
    }

    /// The most that may be spent with it.
    pub(crate) fn budget(mut self, budget: Budget) -> Self {
        self.budgets.push(budget);
        self
    }

    /// Limits of its own, below those of its tier.
    pub(crate) fn limits(mut self, limits: KeyLimits) -> Self {
        self.own_limits = limits;
        self
    }

    /// Responses to the key do not say what they cost.
    pub(crate) fn with_cached_prompts(mut self) -> Self {
        self.caches_prompts = true;
        self
    }

    pub(crate) fn without_cost(mut self) -> Self {
        self.shows_cost = false;
        self
    }

    pub(crate) fn expires_at_ms(mut self, at_ms: i64) -> Self {
        self.expires_at_ms = Some(at_ms);
        self
    }

    /// Makes the key; it holds when this returns.
    pub(crate) async fn make(self) -> Caller {
        let (app, now_ms) = (self.app, self.app.now_ms());
        let account = match self.account {
            Some(account) => account,
            None => app.account(&self.tier).await,
        };
        let key = ApiKey {
            id: ApiKeyId::generate(),
            account_id: account.clone(),
            name: "Production Server".to_owned(),
            environment: self.environment,
            hint: String::new(),
            restrictions: self.restrictions,
            created_by: String::new(),
            created_at_ms: now_ms,
            expires_at_ms: self.expires_at_ms,
            revoked_at_ms: None,
            last_use: None,
            anomaly_action: self.anomaly_action,
            shows_cost: self.shows_cost,
            caches_prompts: self.caches_prompts,
            budgets: self.budgets,
            own_limits: self.own_limits,
            quarantine: None,
        };
        let secret = PlainKey::generate().unwrap();
        let digest = app.gateway().master.pepper().digest(secret.reveal());
        let mut tx = app.gateway().db.begin().await.unwrap();
        let seq = api_keys::insert(&mut tx, &key, &secret, digest)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        app.wait(seq).await;
        Caller {
            key: key.id,
            account,
            ..app.anonymous().with_secret(secret.reveal())
        }
    }
}

fn owned(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

impl TestApp {
    pub(crate) async fn account(&self, tier: &str) -> AccountId {
        let account = Account {
            id: AccountId::generate(),
            email: "dev@example.com".to_owned(),
            name: String::new(),
            notes: String::new(),
            key_rotation_days: Some(accounts::KEY_ROTATION_DAYS),
            budgets: vec![],
            operator_budgets: None,
            limits: store::limit_override::LimitOverride::default(),
            tier_id: tier.to_owned(),
            status: AccountStatus::Active,
            created_at_ms: self.now_ms(),
        };
        let mut tx = self.gateway().db.begin().await.unwrap();
        accounts::insert(&mut tx, &account).await.unwrap();
        tx.commit().await.unwrap();
        account.id
    }

    /// A caller with a new key of a new account.
    pub(crate) async fn key(&self, tier: &str) -> Caller {
        self.new_key(tier).make().await
    }

    pub(crate) fn new_key(&self, tier: &str) -> KeyBuilder<'_> {
        KeyBuilder::new(self, tier)
    }

    /// Waits until a change of rights holds.
    pub(crate) async fn wait(&self, seq: i64) {
        let wait = wait_until_applied(&self.gateway().db, &self.gateway().clock, seq);
        soon("a change of rights", wait).await.unwrap();
    }

    pub(crate) async fn revoke(&self, caller: &Caller) {
        let mut tx = self.gateway().db.begin().await.unwrap();
        let seq = api_keys::revoke(&mut tx, &caller.account, &caller.key, self.now_ms())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        self.wait(seq).await;
    }

    /// Gives the key a new secret; the old one works on for `grace_ms`.
    pub(crate) async fn regenerate(&self, caller: &Caller, grace_ms: i64) -> Caller {
        let secret = PlainKey::generate().unwrap();
        let digest = self.gateway().master.pepper().digest(secret.reveal());
        let grace = Grace {
            now_ms: self.now_ms(),
            old_ends_at_ms: self.now_ms() + grace_ms,
        };
        let mut tx = self.gateway().db.begin().await.unwrap();
        let seq = api_keys::regenerate(
            &mut tx,
            &caller.account,
            &caller.key,
            (&secret, digest),
            grace,
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        self.wait(seq).await;
        Caller {
            key: caller.key.clone(),
            account: caller.account.clone(),
            ..self.anonymous().with_secret(secret.reveal())
        }
    }

    pub(crate) async fn set_tier(&self, account: &AccountId, tier: &str) {
        let edit = |account: &mut Account| account.tier_id = tier.to_owned();
        self.edit_account(account, edit).await;
    }

    pub(crate) async fn set_status(&self, account: &AccountId, status: AccountStatus) {
        self.edit_account(account, |account| account.status = status)
            .await;
    }

    pub(crate) async fn edit_account(&self, id: &AccountId, edit: impl FnOnce(&mut Account)) {
        let db = &self.gateway().db;
        let mut account = accounts::get_account(db, id).await.unwrap();
        edit(&mut account);
        let mut tx = db.begin().await.unwrap();
        let seq = accounts::update(&mut tx, &account, self.now_ms());
        let seq = seq.await.unwrap();
        tx.commit().await.unwrap();
        self.wait(seq).await;
    }
}
