//! The gate against a provider that takes four at a time.

use std::sync::Arc;

use store::AccountId;
use tokio::time::Instant;

use super::{Pool, Pools, Seat, Ticket};
use crate::clock::Clock;
use crate::routing::{
    Candidate, Level, Outcome, Plan, Policy, RoutingPolicy, ShedReason, Traits, plan,
};

const REFUSED: Outcome = Outcome::Refused {
    retry_after_ms: None,
};

fn ticket(level: Level, account: &AccountId) -> Ticket<'_> {
    Ticket {
        level,
        account,
        input_tokens: 10,
        output_tokens_max: None,
        until: None,
        is_idle_only: false,
        is_retry: false,
        is_returning: false,
    }
}

/// A pool of one deployment that refused its fifth request.
async fn of_four() -> (Arc<Pool>, Plan) {
    let text = "[[providers]]\nname = \"p\"\nkind = \"openai\"\n[[models]]\nid = \"m\"\n\
                [[deployments]]\nmodel = \"m\"\nprovider = \"p\"\n";
    let catalog = crate::catalog::Catalog::of_file(text);
    let model = catalog.model("m").unwrap();
    let pool = Pools::new(Clock::manual(1_000)).of(&model.id);
    pool.slots(model.deployments());
    let candidates: Vec<Candidate> = model.candidates(0, |_| true);
    let policy = Policy {
        attempts_max: 9,
        order: RoutingPolicy::Weights,
    };
    let plan = plan(&candidates, &Traits::default(), policy, 0);
    let account = AccountId::from("acc_first");
    let mut seats = Vec::new();
    for _ in 0..5 {
        let ticket = ticket(Level::Critical, &account);
        seats.push(pool.enter(&ticket, plan.next()).await.unwrap());
    }
    seats.pop().unwrap().end(REFUSED, None);
    for seat in seats {
        seat.end(Outcome::Responded, None);
    }
    (pool, plan)
}

async fn enter(
    pool: &Arc<Pool>,
    plan: &Plan,
    level: Level,
    account: &str,
) -> Result<Seat, ShedReason> {
    let account = AccountId::from(account);
    let entered = pool.enter(&ticket(level, &account), plan.next()).await;
    entered.map_err(|shed| shed.reason)
}

#[tokio::test]
async fn a_fifth_of_the_seats_is_left_for_the_highest_level() {
    let (pool, plan) = of_four().await;
    let mut seats = Vec::new();
    for _ in 0..3 {
        seats.push(enter(&pool, &plan, Level::Low, "acc_low").await.unwrap());
    }
    let mut low = Box::pin(enter(&pool, &plan, Level::Low, "acc_low"));
    assert!(futures_util::poll!(&mut low).is_pending());
    let critical = enter(&pool, &plan, Level::Critical, "acc_high")
        .await
        .unwrap();
    assert_eq!(critical.waited(), None);
    assert_eq!(pool.counts().levels[0].running, 3);
    drop(low);
    drop(seats);
    assert_eq!(pool.counts().levels[0].running, 0);
}

#[tokio::test]
async fn a_seat_that_is_free_again_goes_to_who_waits_and_the_wait_is_bounded() {
    let (pool, plan) = of_four().await;
    let seat = enter(&pool, &plan, Level::Critical, "a").await.unwrap();
    let rest: Vec<Seat> =
        futures_util::future::join_all((0..3).map(|_| enter(&pool, &plan, Level::Critical, "a")))
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
    let account = AccountId::from("b");
    let hurried = Ticket {
        until: Some(Instant::now()),
        ..ticket(Level::High, &account)
    };
    let shed = pool.enter(&hurried, plan.next()).await.unwrap_err();
    assert_eq!(shed.reason, ShedReason::DeadlineExceeded);
    assert!((1..=10).contains(&shed.retry_after_s));
    let (waiting, ()) = tokio::join!(enter(&pool, &plan, Level::High, "b"), async {
        tokio::task::yield_now().await;
        seat.end(Outcome::Responded, Some(20));
    });
    assert!(waiting.unwrap().waited().is_some());
    assert_eq!(pool.counts().levels[3].running, 3);
    drop(rest);
}

#[tokio::test]
async fn who_goes_away_leaves_the_queue_and_loses_no_seat() {
    let (pool, plan) = of_four().await;
    let mut seats = Vec::new();
    for _ in 0..4 {
        seats.push(enter(&pool, &plan, Level::Critical, "a").await.unwrap());
    }
    {
        let mut leaving = Box::pin(enter(&pool, &plan, Level::Critical, "b"));
        assert!(futures_util::poll!(&mut leaving).is_pending());
        assert_eq!(pool.counts().levels[3].waiting, 1);
    }
    assert_eq!(pool.counts().levels[3].waiting, 0);
    // A seat that is on its way to somebody who leaves in the same moment comes back.
    let mut leaving = Box::pin(enter(&pool, &plan, Level::Critical, "b"));
    assert!(futures_util::poll!(&mut leaving).is_pending());
    drop(seats);
    drop(leaving);
    assert_eq!(pool.counts().levels[3].running, 0);
}

#[tokio::test]
async fn the_queue_is_bounded_and_an_account_that_fills_it_makes_room() {
    let (pool, plan) = of_four().await;
    let mut seats = Vec::new();
    for _ in 0..3 {
        seats.push(enter(&pool, &plan, Level::Low, "flood").await.unwrap());
    }
    let flood: Vec<_> = (0..17)
        .map(|_| Box::pin(enter(&pool, &plan, Level::Low, "flood")))
        .collect();
    let mut flood = flood;
    let mut shed = 0;
    for one in &mut flood {
        if let std::task::Poll::Ready(refused) = futures_util::poll!(one) {
            assert_eq!(refused.unwrap_err(), ShedReason::QueueFull);
            shed += 1;
        }
    }
    assert_eq!((shed, pool.counts().levels[0].waiting), (1, 16));
    let mut other = Box::pin(enter(&pool, &plan, Level::Low, "other"));
    assert!(futures_util::poll!(&mut other).is_pending());
    let displaced = futures_util::poll!(&mut flood[15]);
    let std::task::Poll::Ready(Err(reason)) = displaced else {
        panic!("the newest of the flood still waits");
    };
    assert_eq!(reason, ShedReason::Displaced);
    // The newcomer has had nothing yet.
    drop(seats.pop());
    assert!(other.await.is_ok());
}
