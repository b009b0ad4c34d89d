//! Bifrost, `TensorZero` and gpt-load: their keys. Where only a SHA-256 of a key is kept, that is enough.

use std::collections::BTreeMap;

use store::api_keys::Restrictions;
use store::db::{ForeignDb, ForeignRow};
use store::key_limits::KeyLimits;
use store::secret::{ImportedSecret, hint_of_imported};

use super::fields::{flag, list, text};
use super::plan::{Plan, PlannedAccount, PlannedKey};

/// A key as it is read, with who has it.
struct Read {
    id: String,
    name: String,
    owner: (String, String),
    secret: Option<ImportedSecret>,
    hint: String,
}

/// Bifrost: virtual keys of teams and customers.
///
/// # Errors
/// If the database cannot be read, or has no virtual keys.
pub(super) async fn read_bifrost(db: &mut ForeignDb) -> anyhow::Result<Plan> {
    require(db, "governance_virtual_keys", "Bifrost").await?;
    let teams = names(&db.rows("governance_teams").await?);
    let customers = names(&db.rows("governance_customers").await?);
    let mut plan = Plan::default();
    for row in db.rows("governance_virtual_keys").await? {
        let (id, name) = (text(&row, "id"), text(&row, "name"));
        if !flag(&row, "is_active") {
            plan.leave_out(format!("virtual key {name}"), "it is not active");
            continue;
        }
        let owner = |kind: &str, names: &BTreeMap<String, String>| {
            let id = text(&row, &format!("{kind}_id"));
            let name = names.get(&id).cloned().unwrap_or_else(|| id.clone());
            (!id.is_empty()).then(|| (format!("{kind}:{id}"), name))
        };
        let nobody = || ("default".to_owned(), "Keys without an owner".to_owned());
        let owner = owner("team", &teams).or_else(|| owner("customer", &customers));
        let value = text(&row, "value");
        let is_plain = value.starts_with("sk-bf-");
        plan.add(Read {
            secret: match is_plain {
                true => ImportedSecret::of_text(&value),
                false => ImportedSecret::of_sha256(&text(&row, "value_hash")),
            },
            hint: if is_plain {
                hint_of_imported(&value)
            } else {
                "sk-bf-...".to_owned()
            },
            owner: owner.unwrap_or_else(nobody),
            id,
            name,
        });
    }
    for (table, what) in [
        ("governance_budgets", "budgets"),
        ("governance_rate_limits", "limits"),
    ] {
        let rows = db.rows(table).await?.len();
        if rows > 0 {
            plan.lose(
                format!("{rows} {what}"),
                "set them for the accounts and tiers here",
            );
        }
    }
    Ok(plan)
}

/// `TensorZero`: the keys of organizations and their workspaces.
///
/// # Errors
/// If the database cannot be read, or has no keys.
pub(super) async fn read_tensorzero(db: &mut ForeignDb) -> anyhow::Result<Plan> {
    require(db, "tensorzero_auth_api_key", "TensorZero").await?;
    let mut plan = Plan::default();
    for row in db.rows("tensorzero_auth_api_key").await? {
        let (public, description) = (text(&row, "public_id"), text(&row, "description"));
        let name = if description.is_empty() {
            public.clone()
        } else {
            description
        };
        if !text(&row, "disabled_at").is_empty() {
            plan.leave_out(format!("key {name}"), "it is disabled");
            continue;
        }
        if !text(&row, "expires_at").is_empty() {
            plan.lose(
                format!("the end of key {name}"),
                "set it here; until then it does not expire",
            );
        }
        let owner = [text(&row, "organization"), text(&row, "workspace")].join("/");
        plan.add(Read {
            secret: ImportedSecret::of_sha256(&text(&row, "hash")),
            hint: format!("sk-t0-{}...", public.get(..4).unwrap_or_default()),
            owner: (owner.clone(), owner),
            id: public,
            name,
        });
    }
    Ok(plan)
}

/// gpt-load: the keys of groups, each group an account.
///
/// # Errors
/// If the database cannot be read, or has no groups.
pub(super) async fn read_gpt_load(db: &mut ForeignDb) -> anyhow::Result<Plan> {
    require(db, "groups", "gpt-load").await?;
    let mut plan = Plan::default();
    for row in db.rows("groups").await? {
        let (id, name) = (text(&row, "id"), text(&row, "name"));
        for (number, secret) in list(&row, "proxy_keys", ',').into_iter().enumerate() {
            plan.add(Read {
                id: format!("{id}:{number}"),
                name: format!("{name} {}", number + 1),
                owner: (id.clone(), name.clone()),
                hint: hint_of_imported(&secret),
                secret: ImportedSecret::of_text(&secret),
            });
        }
        plan.lose(
            format!("the upstreams of group {name}"),
            "add the provider with its keys here; clients call /v1 in place of /proxy/GROUP/v1",
        );
    }
    Ok(plan)
}

async fn require(db: &mut ForeignDb, table: &str, program: &str) -> anyhow::Result<()> {
    let columns = db.columns(table).await?;
    anyhow::ensure!(
        !columns.is_empty(),
        "there is no table {table:?}: this is no database of {program}"
    );
    Ok(())
}

fn names(rows: &[ForeignRow]) -> BTreeMap<String, String> {
    rows.iter()
        .map(|row| (text(row, "id"), text(row, "name")))
        .collect()
}

impl Plan {
    fn add(&mut self, read: Read) {
        let Some(secret) = read.secret else {
            return self.lose(
                format!("key {}", read.name),
                "its secret is neither readable nor a SHA-256",
            );
        };
        let (account, name) = read.owner;
        if !self.accounts.iter().any(|one| one.id == account) {
            let number = self.accounts.len() + 1;
            self.accounts.push(PlannedAccount {
                id: account.clone(),
                email: format!("account-{number}@import.invalid"),
                name,
                group: String::new(),
                is_suspended: false,
                budgets: vec![],
                limits: KeyLimits::default(),
                balance_nanos: 0,
            });
        }
        self.keys.push(PlannedKey {
            id: read.id,
            account,
            name: read.name,
            secret,
            hint: read.hint,
            restrictions: Restrictions::default(),
            expires_at_ms: None,
            budgets: vec![],
            limits: KeyLimits::default(),
        });
    }
}
