//! Proof that the ledger, the balances, what servers hold, usage events and their sums agree.

use crate::db::{Db, Row, Value};
use crate::error::StoreError;

/// Rows of one kind that are told; more are not looked for.
pub const FINDINGS_MAX: usize = 100;

/// A row that should not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule that it breaks.
    pub rule: &'static str,
    /// The entry, account, server or request.
    pub subject: String,
    /// The amount that is written, and the one that should be.
    pub found_nanos: i64,
    pub expected_nanos: i64,
}

/// A rule, and the query for what breaks it.
struct Rule {
    name: &'static str,
    /// Gives `subject`, `found` and `expected`; its parameters are the moment from which on events are kept, if it has
    /// one.
    sql: &'static str,
    is_of_events: bool,
}

const RULES: [Rule; 8] = [
    Rule {
        name: "the postings of an entry come to zero",
        sql: "SELECT entry_id AS subject, CAST(SUM(amount_nanos) AS BIGINT) AS found, CAST(0 AS BIGINT) AS expected
              FROM ledger_postings GROUP BY entry_id HAVING SUM(amount_nanos) <> 0 LIMIT 100",
        is_of_events: false,
    },
    Rule {
        name: "an entry has postings",
        sql: "SELECT id AS subject, CAST(0 AS BIGINT) AS found, CAST(0 AS BIGINT) AS expected FROM ledger_entries e
              WHERE NOT EXISTS (SELECT 1 FROM ledger_postings p WHERE p.entry_id = e.id) LIMIT 100",
        is_of_events: false,
    },
    Rule {
        name: "a balance is the sum of its postings",
        sql: "SELECT account_id AS subject, CAST(SUM(kept) AS BIGINT) AS found, CAST(SUM(posted) AS BIGINT) AS expected
              FROM (SELECT account_id, balance_nanos AS kept, 0 AS posted FROM credit_balances
                    UNION ALL SELECT account_id, 0, amount_nanos FROM ledger_postings WHERE side = 'customer') AS sides
              GROUP BY account_id HAVING SUM(kept) <> SUM(posted) LIMIT 100",
        is_of_events: false,
    },
    Rule {
        name: "what is held of a balance is what servers hold",
        sql: "SELECT account_id AS subject, CAST(SUM(kept) AS BIGINT) AS found, CAST(SUM(held) AS BIGINT) AS expected
              FROM (SELECT account_id, escrowed_nanos AS kept, 0 AS held FROM credit_balances
                    UNION ALL SELECT account_id, 0, amount_nanos FROM credit_escrows) AS sides
              GROUP BY account_id HAVING SUM(kept) <> SUM(held) LIMIT 100",
        is_of_events: false,
    },
    Rule {
        name: "a charge in the ledger is that of its request",
        sql: "SELECT u.request_id AS subject, p.amount_nanos AS found, u.charge_nanos AS expected
              FROM ledger_entries e
              JOIN ledger_postings p ON p.entry_id = e.id AND p.side = 'charges'
              JOIN usage_events u ON u.account_id = e.account_id AND u.request_id = e.reference
              WHERE e.kind = 'charge' AND p.amount_nanos <> u.charge_nanos
                  AND NOT EXISTS (SELECT 1 FROM ledger_postings l WHERE l.entry_id = e.id AND l.side = 'losses')
              LIMIT 100",
        is_of_events: false,
    },
    Rule {
        name: "a request that was held for is in the ledger",
        sql: "SELECT u.request_id AS subject, CAST(0 AS BIGINT) AS found, u.charge_nanos AS expected FROM usage_events u
              WHERE u.at_ms >= $1 AND u.charge_nanos > 0 AND u.detail LIKE '%\"hold\":{%'
                  AND NOT EXISTS (SELECT 1 FROM ledger_entries e WHERE e.reference = u.request_id)
              LIMIT 100",
        is_of_events: true,
    },
    Rule {
        name: "the sums of a day are those of its events",
        sql: "SELECT account_id || ' ' || CAST(day_ms AS TEXT) AS subject, CAST(SUM(summed) AS BIGINT) AS found,
                  CAST(SUM(charged) AS BIGINT) AS expected
              FROM (SELECT account_id, at_ms AS day_ms, charge_nanos AS summed, 0 AS charged FROM usage_rollups
                    WHERE step_ms = 86400000 AND at_ms >= $1
                    UNION ALL SELECT account_id, at_ms - at_ms % 86400000, 0, charge_nanos FROM usage_events
                    WHERE at_ms >= $1) AS sides
              GROUP BY account_id, day_ms HAVING SUM(summed) <> SUM(charged) LIMIT 100",
        is_of_events: true,
    },
    Rule {
        name: "the sums of the platform are those of its accounts",
        sql: "SELECT account_id || ' ' || CAST(day_ms AS TEXT) AS subject, CAST(SUM(whole) AS BIGINT) AS found,
                  CAST(SUM(summed) AS BIGINT) AS expected
              FROM (SELECT account_id, at_ms AS day_ms, charge_nanos AS whole, 0 AS summed FROM platform_rollups
                    WHERE step_ms = 86400000 AND at_ms >= $1
                    UNION ALL SELECT account_id, at_ms, 0, charge_nanos FROM usage_rollups
                    WHERE step_ms = 86400000 AND at_ms >= $1) AS sides
              GROUP BY account_id, day_ms HAVING SUM(whole) <> SUM(summed) LIMIT 100",
        is_of_events: true,
    },
];

/// The names of the rules, in the order in which they are looked at.
pub fn rules() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|rule| rule.name)
}

/// Looks for rows that break a rule; each rule sees the database at one moment. `events_from_ms` is the begin of the first
/// day of which no event was forgotten.
///
/// # Errors
/// If the database cannot be read.
pub async fn run(db: &Db, events_from_ms: i64) -> Result<Vec<Finding>, StoreError> {
    let mut findings = Vec::new();
    for rule in &RULES {
        let from = rule.is_of_events.then_some(Value::Int(events_from_ms));
        let rows = db.fetch_all(rule.sql, from.into_iter().collect()).await?;
        for row in &rows {
            findings.push(rule.finding(row)?);
        }
    }
    Ok(findings)
}

impl Rule {
    fn finding(&self, row: &Row) -> Result<Finding, StoreError> {
        Ok(Finding {
            rule: self.name,
            subject: row.text("subject")?,
            found_nanos: row.int("found")?,
            expected_nanos: row.int("expected")?,
        })
    }
}
