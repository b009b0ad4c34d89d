//! Made-up usage: to look at screens with something on them, and to measure them.
//!
//! The same arguments make the same traffic. Half of it is one account's, as it is in life; it is busier by
//! day than by night.

use std::f64::consts::TAU;

use anyhow::bail;
use clap::Args;
use control::MINUTES_KEPT_MS;
use control::commands::NewApiKey;
use llm::operation::{CHAT, EMBEDDINGS};
use llm::{Meter, Usage};
use serde_json::json;
use store::api_keys::{AnomalyAction, Environment, Restrictions};
use store::key_limits::KeyLimits;
use store::usage_events::{AttemptRecord, CountedBy, Detail, EndReason, UsageEvent};
use store::{
    AccountId, ApiKeyId, RequestIds, error_rollups, platform_rollups, usage_events, usage_rollups,
};

use store::usage_rollups::{DAY_MS, STEPS_MS};

use super::output::Printer;
use super::session::CliSession;

const EVENTS_PER_WRITE: u64 = 8_192;
const KEYS_PER_ACCOUNT: usize = 5;
const ACCOUNTS_MAX: u64 = 10_000;
const DAYS_MAX: u32 = 366;
/// The swing of traffic between midnight and noon.
const DAY_SHAPE: f64 = 0.8;
const MODELS: [(&str, u64, u64); 4] = [
    ("sandbox-small", 150_000_000, 600_000_000),
    ("sandbox-medium", 1_000_000_000, 4_000_000_000),
    ("sandbox-large", 3_000_000_000, 15_000_000_000),
    ("sandbox-embedding", 20_000_000, 0),
];

/// Fill the database with made-up accounts, keys and usage.
#[derive(Debug, Args)]
pub(super) struct GenerateUsage {
    /// The number of requests.
    #[arg(long, default_value_t = 100_000)]
    events: u64,
    /// Over how many days until now.
    #[arg(long, default_value_t = 90)]
    days: u32,
    /// Of how many accounts, five keys each.
    #[arg(long, default_value_t = 50)]
    accounts: u64,
}

impl GenerateUsage {
    pub(super) async fn run(self, session: &CliSession, output: Printer) -> anyhow::Result<()> {
        if !(1..=ACCOUNTS_MAX).contains(&self.accounts) || !(1..=DAYS_MAX).contains(&self.days) {
            bail!("--accounts goes from 1 to {ACCOUNTS_MAX}, --days from 1 to {DAYS_MAX}");
        }
        let callers = self.make_callers(session).await?;
        let traffic = Traffic {
            callers: &callers,
            ids: RequestIds::default(),
            from_ms: session.clock.now_ms() - i64::from(self.days) * DAY_MS,
            days: f64::from(self.days),
            events: self.events,
        };
        let minutes_from_ms = session.clock.now_ms() - MINUTES_KEPT_MS;
        let mut done = 0;
        while done < self.events {
            let until = self.events.min(done + EVENTS_PER_WRITE);
            let events: Vec<UsageEvent> = (done..until).map(|index| traffic.event(index)).collect();
            let mut tx = session.db.begin().await?;
            usage_events::insert(&mut tx, &events).await?;
            let is_old = events
                .last()
                .is_some_and(|last| last.at_ms < minutes_from_ms);
            let steps_ms = if is_old { &STEPS_MS[1..] } else { &STEPS_MS };
            usage_rollups::add_steps(&mut tx, &events, steps_ms).await?;
            platform_rollups::add_steps(&mut tx, &events, steps_ms).await?;
            error_rollups::add(&mut tx, &events).await?;
            tx.commit().await?;
            done = until;
            output.progress("events", done, self.events);
        }
        output.object(&json!({
            "events": done,
            "accounts": self.accounts,
            "largest_account": callers.first().map(|caller| caller.account_id.as_str()),
        }));
        Ok(())
    }

    async fn make_callers(&self, session: &CliSession) -> anyhow::Result<Vec<Caller>> {
        let mut callers = Vec::new();
        for number in 1..=self.accounts {
            let email = format!("generated-{number}@demo.invalid");
            let name = format!("Generated {number}");
            let commands = session.commands();
            let account = commands.create_account(&email, &name, "enterprise").await?;
            for key in 1..=KEYS_PER_ACCOUNT {
                let environment = if key == KEYS_PER_ACCOUNT {
                    Environment::Test
                } else {
                    Environment::Live
                };
                let new = NewApiKey {
                    account_id: account.id.clone(),
                    name: format!("Server {key}"),
                    environment,
                    restrictions: Restrictions::default(),
                    expires_at_ms: None,
                    anomaly_action: AnomalyAction::Notify,
                    shows_cost: true,
                    caches_prompts: false,
                    budgets: vec![],
                    own_limits: KeyLimits::default(),
                };
                let (key, _) = session.commands().create_api_key(new).await?;
                callers.push(Caller {
                    account_id: account.id.clone(),
                    api_key_id: key.id,
                    environment: environment.as_str(),
                });
            }
        }
        Ok(callers)
    }
}

struct Caller {
    account_id: AccountId,
    api_key_id: ApiKeyId,
    environment: &'static str,
}

struct Traffic<'a> {
    callers: &'a [Caller],
    ids: RequestIds,
    from_ms: i64,
    days: f64,
    events: u64,
}

impl Traffic<'_> {
    fn event(&self, index: u64) -> UsageEvent {
        let mut chance = Chance(index);
        let at_ms = self.time_of(index);
        let caller = self.caller(&mut chance);
        let (model, input_price, output_price) = MODELS[chance.below(4)];
        let (status, error_code, end_reason, is_admitted) = match chance.below(100) {
            0 => (502, "upstream_failed", EndReason::Failed, true),
            1 => (400, "invalid_messages", EndReason::Refused, false),
            2 | 3 => (429, "rate_limit_exceeded", EndReason::Refused, false),
            4 => (200, "upstream_broke_off", EndReason::Broken, true),
            5 => (499, "", EndReason::ClientClosed, true),
            _ => (200, "", EndReason::Completed, true),
        };
        let is_answered = is_admitted && status == 200;
        let count = |n: usize| if is_answered { n as u64 } else { 0 };
        let (input_tokens, output_tokens) = (count(chance.below(4_000)), count(chance.below(900)));
        let duration_us = 20_000 + chance.below(4_000_000) as u64;
        let charge_nanos = (input_tokens * input_price + output_tokens * output_price) / 1_000_000;
        let is_live = caller.environment == "live";
        UsageEvent {
            request_id: self.ids.generate(at_ms),
            at_ms,
            account_id: caller.account_id.clone(),
            api_key_id: caller.api_key_id.clone(),
            environment: caller.environment,
            endpoint: if model == "sandbox-embedding" {
                EMBEDDINGS.name
            } else {
                CHAT.name
            },
            model_id: model.into(),
            requested_model: "".into(),
            provider_name: if is_admitted {
                "sandbox".into()
            } else {
                "".into()
            },
            usage: usage(input_tokens, output_tokens),
            charge_nanos: if is_live { charge_nanos } else { 0 },
            counted_by: if is_answered {
                CountedBy::Upstream
            } else {
                CountedBy::None
            },
            status,
            error_code,
            end_reason,
            is_admitted,
            is_streamed: chance.below(2) == 0,
            duration_us,
            first_token_us: is_answered.then_some(duration_us / 5),
            detail: detail(model, is_admitted, duration_us),
        }
    }

    /// Requests come one after another, closer to each other by day.
    fn time_of(&self, index: u64) -> i64 {
        let day = self.days * index as f64 / self.events as f64;
        let bent = day + DAY_SHAPE * (TAU * day).sin() / TAU;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a year in milliseconds is far below 2^53"
        )]
        let offset_ms = (bent * DAY_MS as f64) as i64;
        self.from_ms + offset_ms
    }

    fn caller(&self, chance: &mut Chance) -> &Caller {
        let range = if chance.below(2) == 0 {
            KEYS_PER_ACCOUNT
        } else {
            self.callers.len()
        };
        &self.callers[chance.below(range)]
    }
}

/// A quarter of the prompt is cached, a fifth of the output is reasoning.
fn usage(input_tokens: u64, output_tokens: u64) -> Usage {
    let (cached, reasoning) = (input_tokens / 4, output_tokens / 5);
    let amounts = [
        (Meter::UncachedInput, input_tokens - cached),
        (Meter::CacheRead, cached),
        (Meter::Output, output_tokens - reasoning),
        (Meter::Reasoning, reasoning),
    ];
    amounts.into_iter().collect()
}

fn detail(model: &str, is_admitted: bool, duration_us: u64) -> Detail {
    let attempt = AttemptRecord {
        provider: "sandbox".into(),
        upstream_model: model.into(),
        began_us: 150,
        duration_us,
        outcome: "responded".into(),
        status: Some(200),
        ..AttemptRecord::default()
    };
    Detail {
        attempts: if is_admitted { vec![attempt] } else { vec![] },
        priority: 4,
        address: "127.0.0.1".into(),
        agent: "OpenAI/Python 2.8.0".into(),
        ..Detail::default()
    }
}

/// Numbers that look like chance, the same for the same request.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        // SplitMix64 (Steele, Lea, Flood 2014): enough for traffic that nobody bets on.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        let bound = u64::try_from(bound).unwrap_or(u64::MAX).max(1);
        usize::try_from(mixed % bound).unwrap_or_default()
    }
}
