//! Budgets of a key: what is spent in a window, held by requests that run, and refused beyond.

use std::time::Duration;

use store::accounts::Account;
use store::budgets::{Budget, BudgetAction, BudgetMode, BudgetWindow};
use store::tiers;

use crate::support::upstream_stub::COMPLETION;
use crate::support::{Caller, Gate, Script, TestApp, chat};

const DOLLAR: u64 = 1_000_000_000;
const HOUR: Duration = Duration::from_secs(3_600);

const CATALOG: &str = r#"
[[providers]]
name = "first"
kind = "openai_compatible"
base_url = "STUB"

[[models]]
id = "dollar"
min_tier = "free"
prices.requests = "1"

[[models]]
id = "tokens"
min_tier = "free"
input_price = "1000000"
output_price = "2000000"

[[models]]
id = "free"
min_tier = "free"

[[deployments]]
model = "dollar"
provider = "first"

[[deployments]]
model = "tokens"
provider = "first"

[[deployments]]
model = "free"
provider = "first"
"#;

fn budget(window: BudgetWindow, dollars: u64) -> Budget {
    Budget {
        window,
        mode: BudgetMode::Calendar,
        amount_nanos: dollars * DOLLAR,
        action: BudgetAction::Block,
        replaced: None,
    }
}

async fn app() -> TestApp {
    TestApp::builder().catalog(CATALOG).start().await
}

async fn statuses(caller: &Caller, model: &str, times: usize) -> Vec<u16> {
    let mut statuses = vec![];
    for _ in 0..times {
        statuses.push(caller.chat(chat(model, "")).await.status);
    }
    statuses
}

#[tokio::test]
async fn a_key_whose_budget_is_used_up_is_told_which_and_until_when_and_is_served_again_then() {
    let app = app().await;
    let caller = app
        .new_key("enterprise")
        .budget(budget(BudgetWindow::Day, 2))
        .make()
        .await;
    assert_eq!(statuses(&caller, "dollar", 2).await, [200, 200]);
    let asked = app.stub.requests().len();
    let refused = caller.chat(chat("dollar", "")).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (402, "budget_exceeded"),
        "{}",
        refused.text()
    );
    assert_eq!(refused.header("x-should-retry"), Some("false"));
    assert_eq!(
        refused.header("retry-after"),
        None,
        "no request that runs gives anything back"
    );
    let told = ["window", "source", "limit", "spent", "reset"].map(|name| {
        refused
            .header(&format!("x-yunxin-budget-{name}"))
            .unwrap_or_default()
    });
    let midnight = (app.now_ms() / 86_400_000 + 1) * 86_400;
    assert_eq!(told, ["day", "key", "2", "2", &midnight.to_string()]);
    let message = refused.json()["error"]["message"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        message.contains("$2 of $2 per day (UTC) are spent"),
        "{message}"
    );
    assert!(
        message.contains("It resets at 2026-09-22T00:00:00Z"),
        "{message}"
    );
    assert_eq!(app.stub.requests().len(), asked, "no provider is asked");
    assert_eq!(
        statuses(&caller, "free", 2).await,
        [200, 200],
        "what costs nothing is served"
    );
    let used = caller.get("/v1/models").await.number("x-ratelimit-used");
    assert_eq!(used, 4, "what was refused counts against no limit");
    app.advance(24 * HOUR).await;
    assert_eq!(statuses(&caller, "dollar", 3).await, [200, 200, 402]);
}

#[tokio::test]
async fn requests_at_the_same_time_never_spend_more_than_there_is_together() {
    for worth in [0_u64, 1, 7, 99] {
        let app = app().await;
        let budget = budget(BudgetWindow::Total, worth);
        let caller = app.new_key("enterprise").budget(budget).make().await;
        let requests: Vec<_> = (0..100).map(|_| caller.chat(chat("dollar", ""))).collect();
        let responses = futures_util::future::join_all(requests).await;
        let served = responses
            .iter()
            .filter(|response| response.status == 200)
            .count();
        assert_eq!(served as u64, worth);
        assert!(
            responses
                .iter()
                .all(|response| [200, 402].contains(&response.status))
        );
    }
}

#[tokio::test]
async fn a_request_that_runs_holds_what_it_may_cost_and_gives_back_what_it_did_not() {
    let app = app().await;
    // 28 tokens of the prompt at most, and 12 generated: $52 of $60.
    let caller = app
        .new_key("enterprise")
        .budget(budget(BudgetWindow::Month, 60))
        .make()
        .await;
    let gate = Gate::new();
    app.stub
        .once(Script::nothing().wait(&gate).and(Script::json(COMPLETION)));
    let more = r#","max_tokens":12"#;
    let running = caller.send_only("/v1/chat/completions", chat("tokens", more));
    app.stub.wait_for_requests(1).await;
    let refused = caller.chat(chat("tokens", more)).await;
    assert_eq!(refused.status, 402, "{}", refused.text());
    assert!(
        refused.header("retry-after").is_some(),
        "what runs may give it back"
    );
    assert_eq!(refused.header("x-yunxin-budget-spent"), Some("0"));
    assert_eq!(refused.header("x-should-retry"), Some("false"));
    gate.open();
    running.await.unwrap();
    app.event(2).await;
    assert_eq!(statuses(&caller, "free", 1).await, [200]);
}

#[tokio::test]
async fn a_session_lasts_five_hours_from_its_first_request() {
    let app = app().await;
    let session = budget(BudgetWindow::Session, 2);
    let caller = app.new_key("enterprise").budget(session).make().await;
    assert_eq!(statuses(&caller, "dollar", 1).await, [200]);
    app.advance(3 * HOUR).await;
    assert_eq!(statuses(&caller, "dollar", 2).await, [200, 402]);
    app.advance(3 * HOUR).await;
    assert_eq!(statuses(&caller, "dollar", 3).await, [200, 200, 402]);
}

#[tokio::test]
async fn a_rolling_day_is_free_again_as_what_was_spent_leaves_it() {
    let app = app().await;
    let rolling = Budget {
        mode: BudgetMode::Rolling,
        ..budget(BudgetWindow::Day, 2)
    };
    let caller = app.new_key("enterprise").budget(rolling).make().await;
    assert_eq!(statuses(&caller, "dollar", 1).await, [200]);
    app.advance(13 * HOUR).await;
    assert_eq!(statuses(&caller, "dollar", 2).await, [200, 402]);
    app.advance(12 * HOUR).await;
    assert_eq!(statuses(&caller, "dollar", 2).await, [200, 402]);
}

#[tokio::test]
async fn what_was_spent_outlives_the_server_even_if_it_is_killed() {
    let app = app().await;
    let caller = app
        .new_key("enterprise")
        .budget(budget(BudgetWindow::Week, 3))
        .make()
        .await;
    assert_eq!(statuses(&caller, "dollar", 2).await, [200, 200]);
    let next = app.killed().await;
    assert_eq!(
        statuses(&next.caller(&caller), "dollar", 2).await,
        [200, 402]
    );
}

#[tokio::test]
async fn a_budget_that_only_warns_refuses_nothing() {
    let app = app().await;
    let warns = Budget {
        action: BudgetAction::Warn,
        ..budget(BudgetWindow::Day, 1)
    };
    let caller = app.new_key("enterprise").budget(warns).make().await;
    assert_eq!(statuses(&caller, "dollar", 3).await, [200; 3]);
}

#[tokio::test]
async fn the_budgets_of_an_account_count_all_its_keys() {
    let app = app().await;
    let one = app.key("enterprise").await;
    let own = |account: &mut Account| account.budgets = vec![budget(BudgetWindow::Month, 2)];
    app.edit_account(&one.account, own).await;
    let other = app
        .new_key("enterprise")
        .of_account(&one.account)
        .make()
        .await;
    assert_eq!(statuses(&one, "dollar", 1).await, [200]);
    assert_eq!(statuses(&other, "dollar", 2).await, [200, 402]);
    let refused = one.chat(chat("dollar", "")).await;
    assert_eq!(refused.header("x-yunxin-budget-source"), Some("account"));
    let message = refused.text();
    assert!(
        message.contains("The budget of this account is used up"),
        "{message}"
    );
}

#[tokio::test]
async fn the_budgets_of_a_tier_hold_unless_an_operator_gives_the_account_others() {
    let app = app().await;
    let caller = app.key("basic").await;
    let other = app.key("basic").await;
    let mut tier = tiers::get_tier(&app.gateway().db, "basic").await.unwrap();
    tier.budgets = vec![budget(BudgetWindow::Day, 1)];
    let mut tx = app.gateway().db.begin().await.unwrap();
    let seq = tiers::update(&mut tx, &tier, app.now_ms()).await.unwrap();
    tx.commit().await.unwrap();
    app.wait(seq).await;
    assert_eq!(statuses(&caller, "dollar", 2).await, [200, 402]);
    let refused = caller.chat(chat("dollar", "")).await;
    assert_eq!(refused.header("x-yunxin-budget-source"), Some("tier"));
    let raised = |account: &mut Account| {
        account.operator_budgets = Some(vec![budget(BudgetWindow::Day, 3)]);
    };
    app.edit_account(&caller.account, raised).await;
    assert_eq!(statuses(&caller, "dollar", 3).await, [200, 200, 402]);
    let refused = caller.chat(chat("dollar", "")).await;
    assert_eq!(refused.header("x-yunxin-budget-source"), Some("operator"));
    assert_eq!(
        statuses(&other, "dollar", 2).await,
        [200, 402],
        "the tier's for the others"
    );
}

#[tokio::test]
async fn a_budget_counts_what_was_spent_before_there_was_one() {
    let app = app().await;
    let caller = app.key("enterprise").await;
    assert_eq!(statuses(&caller, "dollar", 2).await, [200, 200]);
    let own = |account: &mut Account| account.budgets = vec![budget(BudgetWindow::Total, 3)];
    app.edit_account(&caller.account, own).await;
    assert_eq!(statuses(&caller, "dollar", 2).await, [200, 402]);
}

#[tokio::test]
async fn a_request_that_fails_spends_nothing() {
    let app = app().await;
    let caller = app
        .new_key("enterprise")
        .budget(budget(BudgetWindow::Day, 1))
        .make()
        .await;
    app.stub
        .once(Script::status(400, "", r#"{"error":{"message":"no"}}"#));
    assert_eq!(statuses(&caller, "dollar", 3).await, [400, 200, 402]);
}

#[tokio::test]
async fn a_spent_budget_is_said_in_the_language_of_the_client() {
    let app = app().await;
    let caller = app
        .new_key("enterprise")
        .budget(budget(BudgetWindow::Day, 0))
        .make()
        .await;
    let body = r#"{"model":"dollar","max_tokens":5,"messages":[{"role":"user","content":"hi"}]}"#;
    let refused = caller.post("/v1/messages", body).await;
    assert_eq!(
        (refused.status, refused.json()["type"].as_str()),
        (402, Some("error")),
        "{}",
        refused.text()
    );
    assert_eq!(refused.json()["error"]["type"], "billing_error");
    let body = r#"{"contents":[{"parts":[{"text":"hi"}]}]}"#;
    let refused = caller
        .post("/v1beta/models/dollar:generateContent", body)
        .await;
    assert_eq!(
        (refused.status, refused.json()["error"]["code"].as_u64()),
        (402, Some(402)),
        "{}",
        refused.text()
    );
    assert_eq!(refused.json()["error"]["status"], "FAILED_PRECONDITION");
    assert_eq!(refused.header("x-yunxin-budget-window"), Some("day"));
}
