//! The schema's history: forward only, numbered, never edited after a release.
//!
//! One list serves both engines. In our subset they differ in the name of the bytes type, and in what stands
//! in a comment `/* sqlite: … */` or `/* postgres: … */`, which that engine gets without the comment.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

const MIGRATIONS: [(i64, &str, &str); 45] = [
    (
        1,
        "accounts",
        include_str!("../migrations/0001_accounts.sql"),
    ),
    (
        2,
        "auth log",
        include_str!("../migrations/0002_auth_log.sql"),
    ),
    (3, "catalog", include_str!("../migrations/0003_catalog.sql")),
    (4, "usage", include_str!("../migrations/0004_usage.sql")),
    (5, "users", include_str!("../migrations/0005_users.sql")),
    (
        6,
        "audit log",
        include_str!("../migrations/0006_audit_log.sql"),
    ),
    (
        9,
        "deployments",
        include_str!("../migrations/0009_deployments.sql"),
    ),
    (10, "links", include_str!("../migrations/0010_links.sql")),
    (
        20,
        "usage steps",
        include_str!("../migrations/0020_usage_steps.sql"),
    ),
    (
        21,
        "key events",
        include_str!("../migrations/0021_key_events.sql"),
    ),
    (
        22,
        "held keys",
        include_str!("../migrations/0022_held_keys.sql"),
    ),
    (
        23,
        "key habits",
        include_str!("../migrations/0023_key_habits.sql"),
    ),
    (
        24,
        "webhooks",
        include_str!("../migrations/0024_webhooks.sql"),
    ),
    (
        25,
        "key rotation",
        include_str!("../migrations/0025_key_rotation.sql"),
    ),
    (
        28,
        "docs feedback",
        include_str!("../migrations/0028_docs_feedback.sql"),
    ),
    (
        35,
        "upstream behaviour",
        include_str!("../migrations/0035_upstream_behaviour.sql"),
    ),
    (
        36,
        "concurrent requests",
        include_str!("../migrations/0036_concurrent_requests.sql"),
    ),
    (
        37,
        "usage meters",
        include_str!("../migrations/0037_usage_meters.sql"),
    ),
    (40, "specs", include_str!("../migrations/0040_specs.sql")),
    (43, "words", include_str!("../migrations/0043_words.sql")),
    (44, "causes", include_str!("../migrations/0044_causes.sql")),
    (
        45,
        "latencies",
        include_str!("../migrations/0045_latencies.sql"),
    ),
    (
        47,
        "limits of accounts",
        include_str!("../migrations/0047_limits_of_accounts.sql"),
    ),
    (
        51,
        "cost in responses",
        include_str!("../migrations/0051_cost_in_responses.sql"),
    ),
    (
        52,
        "operator notices",
        include_str!("../migrations/0052_operator_notices.sql"),
    ),
    (
        53,
        "several credentials",
        include_str!("../migrations/0053_several_credentials.sql"),
    ),
    (
        54,
        "mails of notices",
        include_str!("../migrations/0054_mails_of_notices.sql"),
    ),
    (
        55,
        "servers",
        include_str!("../migrations/0055_servers.sql"),
    ),
    (
        56,
        "limit counts",
        include_str!("../migrations/0056_limit_counts.sql"),
    ),
    (
        58,
        "usage cursors",
        include_str!("../migrations/0058_usage_cursors.sql"),
    ),
    (
        59,
        "budgets",
        include_str!("../migrations/0059_budgets.sql"),
    ),
    (62, "ledger", include_str!("../migrations/0062_ledger.sql")),
    (
        63,
        "redemption codes",
        include_str!("../migrations/0063_redemption_codes.sql"),
    ),
    (
        67,
        "limit sharing",
        include_str!("../migrations/0067_limit_sharing.sql"),
    ),
    (
        68,
        "servers say more",
        include_str!("../migrations/0068_servers_say_more.sql"),
    ),
    (
        69,
        "payment orders",
        include_str!("../migrations/0069_payment_orders.sql"),
    ),
    (
        70,
        "payment events",
        include_str!("../migrations/0070_payment_events.sql"),
    ),
    (
        71,
        "payment refunds",
        include_str!("../migrations/0071_payment_refunds.sql"),
    ),
    (74, "files", include_str!("../migrations/0074_files.sql")),
    (
        75,
        "batches",
        include_str!("../migrations/0075_batches.sql"),
    ),
    (
        78,
        "imports",
        include_str!("../migrations/0078_imports.sql"),
    ),
    (
        79,
        "kept responses",
        include_str!("../migrations/0079_kept_responses.sql"),
    ),
    (
        81,
        "limits of keys",
        include_str!("../migrations/0081_limits_of_keys.sql"),
    ),
    (
        82,
        "invoices",
        include_str!("../migrations/0082_invoices.sql"),
    ),
    (
        86,
        "cached_prompts",
        include_str!("../migrations/0086_cached_prompts.sql"),
    ),
];

/// The newest migration that this program knows.
pub(crate) const NEWEST: i64 = 86;

/// The migrations as SQLite reads them.
pub(crate) fn for_sqlite() -> Migrator {
    migrator(|text| without_comments_for("sqlite", text))
}

/// The migrations as PostgreSQL reads them.
pub(crate) fn for_postgres() -> Migrator {
    migrator(|text| without_comments_for("postgres", text).replace("BLOB", "BYTEA"))
}

/// The text in which what stands in comments for `engine` stands without the comment.
fn without_comments_for(engine: &str, text: &str) -> String {
    let opening = format!("/* {engine}: ");
    let mut parts = text.split(&opening);
    let mut statements = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (commented, rest) = part.split_once(" */").unwrap_or((part, ""));
        statements.push_str(commented);
        statements.push_str(rest);
    }
    statements
}

fn migrator(dialect: fn(&str) -> String) -> Migrator {
    let migrations = MIGRATIONS
        .into_iter()
        .map(|(version, name, text)| {
            let sql = sqlx::AssertSqlSafe(dialect(text)).into_sql_str();
            Migration::new(version, name.into(), MigrationType::Simple, sql, false)
        })
        .collect();
    Migrator::with_migrations(migrations)
}

#[cfg(test)]
mod tests {
    use super::without_comments_for;

    #[test]
    fn each_engine_gets_its_own_statements() {
        let text = "a /* sqlite: b; */ /* postgres: c; */ d";
        assert_eq!(
            without_comments_for("sqlite", text),
            "a b; /* postgres: c; */ d"
        );
        assert_eq!(
            without_comments_for("postgres", text),
            "a /* sqlite: b; */ c; d"
        );
    }
}
