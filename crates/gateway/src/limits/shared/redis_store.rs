//! The counts in Redis or Valkey: one script per decision, over one connection whose requests are pipelined.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, ConnectionAddr, RedisResult, Script};

use super::ask::{Ask, Decided, Reply, Verdict};
use crate::limits::ledger::{Subject, Tally, signed};

/// A request that got no response for so long is given up; the decision that asked went on long before.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(2);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// Whole numbers up to this are exact in the arithmetic of scripts.
const EXACT_MAX: u64 = 1 << 53;
/// The time for which a server's word that it reported everything is kept.
const JOINED_SECONDS: u32 = 3_600;
/// Tellings that are kept for servers that join, two minutes of them.
const TOLD_MAX: usize = 480;

/// A store of counts.
#[derive(Debug)]
pub(super) struct RedisStore {
    client: Client,
    connection: ArcSwapOption<MultiplexedConnection>,
    decide: Script,
    correct: Script,
    /// In front of every name, so that installations can share a store. What stands in braces puts all names of an
    /// installation into one slot of a cluster: a decision asks for counts and the memory's name at once.
    prefix: String,
    server: String,
}

/// A change that the store is to take over.
#[derive(Debug, Clone)]
pub(super) struct Correction {
    pub(super) subject: Arc<Subject>,
    pub(super) change: Tally,
    /// The requests that run here, where they count against a limit.
    pub(super) running: Option<u64>,
}

impl RedisStore {
    /// A store that is not connected yet.
    ///
    /// # Errors
    /// If the URL names none.
    pub(super) fn new(url: &str, installation: &str, server: &str) -> anyhow::Result<Self> {
        Ok(Self {
            client: Client::open(url)?,
            connection: ArcSwapOption::empty(),
            decide: Script::new(include_str!("decide.lua")),
            correct: Script::new(include_str!("correct.lua")),
            prefix: format!("yunxin:{{{installation}}}"),
            server: server.to_owned(),
        })
    }

    /// The connection, if there is one.
    pub(super) fn connection(&self) -> RedisResult<MultiplexedConnection> {
        let connection = self.connection.load();
        let connection = connection.as_deref().cloned();
        connection.ok_or_else(|| (redis::ErrorKind::Io, "not connected").into())
    }

    /// Connects anew. Of a cluster, to the node that has the names of this installation.
    pub(super) async fn connect(&self) -> RedisResult<()> {
        let mut made = connect_to(&self.client).await?;
        let mut asked = redis::cmd("GET");
        asked.arg(self.epoch_name());
        let found: RedisResult<Option<String>> = asked.query_async(&mut made).await;
        if let Err(error) = found {
            let known = self.client.get_connection_info().clone();
            let node = error.redirect_node();
            let Some(node) = node.and_then(|(place, _)| node_at(known.addr(), place)) else {
                return Err(error);
            };
            made = connect_to(&Client::open(known.set_addr(node))?).await?;
        }
        self.connection.store(Some(Arc::new(made)));
        Ok(())
    }

    pub(super) fn disconnect(&self) {
        self.connection.store(None);
    }

    /// The names of the counts of a key or account, and of its running requests.
    fn names_of(&self, subject: &Subject) -> [String; 2] {
        let (account, key) = match subject.name.split_once('/') {
            Some((account, key)) => (account, key),
            None => (&*subject.name, ""),
        };
        let counts = format!("{}:{account}:{key}", self.prefix);
        let running = format!("{counts}:running");
        [counts, running]
    }

    fn epoch_name(&self) -> String {
        format!("{}:epoch", self.prefix)
    }

    /// Asks for a decision.
    pub(super) async fn decide(&self, ask: &Ask) -> RedisResult<Reply> {
        let mut connection = self.connection()?;
        let [[key, key_running], [account, account_running]] = ask
            .subjects
            .each_ref()
            .map(|subject| self.names_of(subject));
        let mut call = self.decide.prepare_invoke();
        for name in [key, account, key_running, account_running] {
            call.key(name);
        }
        call.key(self.epoch_name())
            .arg(&*ask.epoch)
            .arg(time(ask.at_ms))
            .arg(&self.server)
            .arg(ask.tokens.min(EXACT_MAX));
        let known = ask.subjects.iter().zip(ask.at_least);
        for (ceiling, (subject, at_least)) in ask.ceilings.iter().zip(known) {
            call.arg(bound(ceiling.requests))
                .arg(bound(ceiling.tokens))
                .arg(bound(ceiling.requests_today))
                .arg(bound(ceiling.running))
                .arg(subject.running())
                .arg(at_least.requests_today);
        }
        let numbers: Vec<i64> = call.invoke_async(&mut connection).await?;
        Ok(Reply::of(&numbers))
    }

    /// Reports what was counted without the store, in order; returns how many were taken before the first that was not.
    pub(super) async fn correct(
        &self,
        epoch: &str,
        corrections: &[Correction],
        at_ms: Option<i64>,
    ) -> usize {
        for (index, correction) in corrections.iter().enumerate() {
            if self.correct_one(epoch, correction, at_ms).await.is_err() {
                return index;
            }
        }
        corrections.len()
    }

    async fn correct_one(
        &self,
        epoch: &str,
        correction: &Correction,
        at_ms: Option<i64>,
    ) -> RedisResult<()> {
        let mut connection = self.connection()?;
        let [counts, running] = self.names_of(&correction.subject);
        let change = correction.change;
        let mut call = self.correct.prepare_invoke();
        call.key(counts)
            .key(running)
            .key(self.epoch_name())
            .arg(epoch)
            .arg(time(at_ms))
            .arg(&self.server)
            .arg(change.minute)
            .arg(change.day)
            .arg(change.requests)
            .arg(change.tokens)
            .arg(change.requests_today)
            .arg(correction.running.map_or(-1, signed));
        let taken: i64 = call.invoke_async(&mut connection).await?;
        if taken < 0 {
            return Err((redis::ErrorKind::Io, "the store lost its memory").into());
        }
        Ok(())
    }

    /// The name of the store's memory, which is given one if it has none, and the store's time.
    pub(super) async fn epoch(&self, fresh: &str) -> RedisResult<(Arc<str>, i64)> {
        let mut connection = self.connection()?;
        let name = self.epoch_name();
        let (epoch, (seconds, micros)): (String, (i64, i64)) = redis::pipe()
            .cmd("SET")
            .arg(&name)
            .arg(fresh)
            .arg("NX")
            .ignore()
            .cmd("GET")
            .arg(&name)
            .cmd("TIME")
            .query_async(&mut connection)
            .await?;
        Ok((epoch.into(), seconds * 1_000 + micros / 1_000))
    }

    /// Says that everything counted here is in the memory `epoch`, since the agreement of line `seq`. Returns the servers
    /// that said so.
    pub(super) async fn join(&self, epoch: &str, seq: i64) -> RedisResult<Vec<String>> {
        let mut connection = self.connection()?;
        let name = format!("{}:joined:{epoch}:{seq}", self.prefix);
        let (joined,): (Vec<String>,) = redis::pipe()
            .cmd("SADD")
            .arg(&name)
            .arg(&self.server)
            .ignore()
            .cmd("EXPIRE")
            .arg(&name)
            .arg(JOINED_SECONDS)
            .ignore()
            .cmd("SMEMBERS")
            .arg(&name)
            .query_async(&mut connection)
            .await?;
        Ok(joined)
    }

    /// Tells the other servers what was counted here.
    pub(super) async fn tell(&self, text: &str) -> RedisResult<()> {
        let mut connection = self.connection()?;
        let name = format!("{}:told:{}", self.prefix, self.server);
        let (): () = redis::pipe()
            .cmd("XADD")
            .arg(&name)
            .arg("MAXLEN")
            .arg("~")
            .arg(TOLD_MAX)
            .arg("*")
            .arg("counts")
            .arg(text)
            .ignore()
            .cmd("EXPIRE")
            .arg(&name)
            .arg(86_400)
            .ignore()
            .query_async(&mut connection)
            .await?;
        Ok(())
    }

    /// The words of `server` after `after`, with the place up to which that was.
    pub(super) async fn hear(
        &self,
        server: &str,
        after: &str,
    ) -> RedisResult<Vec<(String, String)>> {
        type Streams = Option<Vec<(String, Vec<(String, (String, String))>)>>;
        let mut connection = self.connection()?;
        let streams: Streams = redis::cmd("XREAD")
            .arg("STREAMS")
            .arg(format!("{}:told:{server}", self.prefix))
            .arg(after)
            .query_async(&mut connection)
            .await?;
        let entries = streams.unwrap_or_default().into_iter();
        Ok(entries
            .flat_map(|(_, entries)| entries)
            .map(|(id, (_, text))| (id, text))
            .collect())
    }
}

impl Reply {
    fn of(numbers: &[i64]) -> Self {
        let &[
            verdict,
            now_ms,
            key_requests,
            key_tokens,
            key_today,
            requests,
            tokens,
            today,
        ] = numbers
        else {
            return Self::Forgot;
        };
        let tally = |requests, tokens, requests_today| Tally {
            requests,
            tokens,
            requests_today,
            ..Tally::at(now_ms)
        };
        Self::Decided(Decided {
            verdict: match verdict {
                1 => Verdict::Admitted,
                2 => Verdict::KeyCrowded,
                3 => Verdict::AccountCrowded,
                _ => Verdict::Refused,
            },
            now_ms,
            counts: [
                tally(key_requests, key_tokens, key_today),
                tally(requests, tokens, today),
            ],
        })
    }
}

async fn connect_to(client: &Client) -> RedisResult<MultiplexedConnection> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECT_TIMEOUT))
        .set_response_timeout(Some(RESPONSE_TIMEOUT));
    let connecting = client.get_multiplexed_async_connection_with_config(&config);
    connecting.await
}

/// The node at `HOST:PORT`, reached as `known` is; one that does not say its host has the same.
fn node_at(known: &ConnectionAddr, place: &str) -> Option<ConnectionAddr> {
    let (host, port) = place.rsplit_once(':')?;
    let port = port.parse().ok()?;
    let mut node = known.clone();
    let (ConnectionAddr::Tcp(at, at_port)
    | ConnectionAddr::TcpTls {
        host: at,
        port: at_port,
        ..
    }) = &mut node
    else {
        return None;
    };
    *at_port = port;
    if !host.is_empty() {
        host.clone_into(at);
    }
    Some(node)
}

fn bound(limit: Option<u64>) -> i64 {
    limit.map_or(-1, |limit| signed(limit.min(EXACT_MAX)))
}

fn time(at_ms: Option<i64>) -> String {
    at_ms.map(|at| at.to_string()).unwrap_or_default()
}
