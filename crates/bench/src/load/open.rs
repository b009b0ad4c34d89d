//! Requests that arrive when they arrive, whether or not earlier ones were answered.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use bytes::Bytes;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::pacer::Pacer;
use super::{Connection, EXCHANGE_LIMIT, Tally, Target};

/// Connections opened before the first arrival; more are opened if all are busy.
const CONNECTIONS_AT_START: usize = 16;

/// Microseconds from each arrival until the end of its response. An arrival that had to wait for its turn in this
/// process counts from when it should have been sent, so a slow response is never an excuse to send less.
pub(crate) async fn run(
    target: &Target,
    body: &Bytes,
    arrivals: &[Duration],
) -> Result<(Vec<f64>, Arc<Tally>)> {
    let tally = Arc::new(Tally::default());
    let mut idle = Vec::new();
    for _ in 0..CONNECTIONS_AT_START {
        let mut connection = Connection::open(target).await?;
        connection.exchange(target, body, |_| {}).await?;
        idle.push(connection);
    }
    let mut latencies = Vec::with_capacity(arrivals.len());
    let mut keep = |(connection, latency): Finished, idle: &mut Vec<Connection>| {
        latencies.extend(latency);
        idle.extend(connection);
    };
    let pacer = Pacer::new()?;
    let mut under_way = JoinSet::new();
    let started = Instant::now();
    for arrival in arrivals {
        pacer.sleep_until(started + *arrival).await?;
        while let Some(finished) = under_way.try_join_next() {
            keep(finished?, &mut idle);
        }
        let one = ask(
            idle.pop(),
            target.clone(),
            body.clone(),
            started + *arrival,
            Arc::clone(&tally),
        );
        under_way.spawn(one);
    }
    while let Some(finished) = under_way.join_next().await {
        keep(finished?, &mut idle);
    }
    Ok((latencies, tally))
}

type Finished = (Option<Connection>, Option<f64>);

async fn ask(
    idle: Option<Connection>,
    target: Target,
    body: Bytes,
    arrival: Instant,
    tally: Arc<Tally>,
) -> Finished {
    let exchange = async {
        let mut connection = match idle {
            Some(connection) if connection.is_open => connection,
            Some(_) | None => Connection::open(&target).await?,
        };
        connection.exchange(&target, &body, |_| {}).await?;
        Ok(connection)
    };
    let outcome = timeout(EXCHANGE_LIMIT, exchange)
        .await
        .unwrap_or_else(|late| Err(late.into()));
    let latency = arrival.elapsed().as_secs_f64() * 1e6;
    match outcome {
        Ok(connection) => {
            tally.record(&Ok(()));
            (Some(connection), Some(latency))
        }
        Err(error) => {
            tally.record(&Err(error));
            (None, None)
        }
    }
}

/// Arrivals that are equal for every subject: independent of each other, `per_second` on average.
pub(crate) fn arrivals(per_second: f64, duration: Duration) -> Vec<Duration> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut at = 0.0;
    let mut arrivals = Vec::new();
    while at < duration.as_secs_f64() {
        arrivals.push(Duration::from_secs_f64(at));
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        // 52 random bits, moved off zero.
        #[expect(clippy::cast_precision_loss, reason = "52 bits fit")]
        let uniform = ((state >> 12) as f64 + 0.5) / (1_u64 << 52) as f64;
        at -= uniform.ln() / per_second;
    }
    arrivals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrivals_are_fixed_rising_and_of_the_asked_rate() {
        let first = arrivals(200.0, Duration::from_secs(50));
        assert_eq!(first, arrivals(200.0, Duration::from_secs(50)));
        assert!(first.is_sorted());
        assert!((9_600..10_400).contains(&first.len()), "{}", first.len());
    }
}
