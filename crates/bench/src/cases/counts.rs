//! Instructions in user mode and allocations per request: counts that no neighbour on the machine disturbs.
//!
//! Two runs under callgrind that differ in the number of requests only; start, warming up and stop cancel out. One
//! connection, a request after the other, a chunk after the other: as many waits and wake-ups each time.

use std::ops::Add;

use anyhow::Result;
use tokio::time::sleep;

use super::Sample;
use crate::callgrind::{Callgrind, Counts};
use crate::case::Subject;
use crate::gates::Metric;
use crate::gateway::FIRST_FLUSH;
use crate::load::{closed, in_step};
use crate::prompt;
use crate::provider::Provider;
use crate::setup::{Running, Setup};

/// The numbers of one run, by kind of work.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) short: u32,
    pub(crate) long: u32,
    /// Chat in a language that the provider does not speak.
    pub(crate) translated: u32,
    /// Chunks of one stream.
    pub(crate) chunks: u32,
}

impl Add for Load {
    type Output = Self;

    fn add(self, more: Self) -> Self {
        Self {
            short: self.short + more.short,
            long: self.long + more.long,
            translated: self.translated + more.translated,
            chunks: self.chunks + more.chunks,
        }
    }
}

/// The load of a measurement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Loads {
    /// The beginning of every run: each way was gone before it is counted.
    warm_up: Load,
    /// The load that is counted beyond it, one kind at a time.
    counted: Load,
}

/// The load of a full measurement.
const FULL: Loads = Loads {
    warm_up: Load {
        short: 60,
        long: 20,
        translated: 60,
        chunks: 60,
    },
    counted: Load {
        short: 1_000,
        long: 200,
        translated: 1_000,
        chunks: 1_000,
    },
};

/// The load of a quick one, of a program that need not be optimised.
pub(crate) const QUICK: Loads = Loads {
    warm_up: Load {
        short: 10,
        long: 2,
        translated: 10,
        chunks: 10,
    },
    counted: Load {
        short: 100,
        long: 8,
        translated: 50,
        chunks: 200,
    },
};

/// Per request, or per chunk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Counted {
    pub(crate) instructions: f64,
    pub(crate) allocations: f64,
}

/// The counts per request of each kind, and per chunk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table {
    pub(crate) short: Counted,
    pub(crate) long: Counted,
    /// Per byte that a long request is longer than a short one.
    pub(crate) per_byte: f64,
    pub(crate) chunk: Counted,
    /// nginx translates nothing.
    pub(crate) translated: Option<Counted>,
}

pub(super) async fn run(setup: &Setup, subject: Subject) -> Result<Sample> {
    let table = count(setup, subject, FULL).await?;
    let mut values = vec![
        (Metric::InstructionsPerRequest, table.short.instructions),
        (Metric::InstructionsPerLongRequest, table.long.instructions),
        (Metric::InstructionsPerByte, table.per_byte),
        (Metric::InstructionsPerChunk, table.chunk.instructions),
    ];
    if let Some(translated) = table.translated {
        let times_passed = translated.instructions / table.short.instructions;
        values.extend([
            (Metric::InstructionsPerTranslation, translated.instructions),
            (Metric::TranslationTimesPassed, times_passed),
        ]);
    }
    // Of nginx nothing is known: it has its own pools.
    if subject != Subject::Nginx {
        values.push((Metric::AllocationsPerRequest, table.short.allocations));
        values.push((Metric::AllocationsPerChunk, table.chunk.allocations));
    }
    Ok(Sample::new(values, None))
}

/// Counts with each kind of work in turn.
pub(crate) async fn count(setup: &Setup, subject: Subject, loads: Loads) -> Result<Table> {
    let more = loads.counted;
    let none = Load {
        short: 0,
        long: 0,
        translated: 0,
        chunks: 0,
    };
    let base = count_run(setup, subject, loads.warm_up).await?;
    let counted = async |load: Load, number: u32| {
        let counts = count_run(setup, subject, loads.warm_up + load).await? - base;
        anyhow::Ok(Counted::of(counts, number))
    };
    let short = Load {
        short: more.short,
        ..none
    };
    let short = counted(short, more.short).await?;
    let long = Load {
        long: more.long,
        ..none
    };
    let long = counted(long, more.long).await?;
    let chunks = Load {
        chunks: more.chunks,
        ..none
    };
    let chunk = counted(chunks, more.chunks).await?;
    let translated = Load {
        translated: more.translated,
        ..none
    };
    let translated = match subject {
        Subject::Nginx => None,
        Subject::Yunxin | Subject::YunxinManyKeys => {
            Some(counted(translated, more.translated).await?)
        }
    };
    Ok(Table {
        short,
        long,
        per_byte: (long.instructions - short.instructions) / longer_bytes(),
        chunk,
        translated,
    })
}

impl Counted {
    #[expect(clippy::cast_precision_loss, reason = "far below 52 bits")]
    fn of(counts: Counts, number: u32) -> Self {
        let per_one = |count: u64| count as f64 / f64::from(number);
        Self {
            instructions: per_one(counts.instructions),
            allocations: per_one(counts.allocations),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 52 bits")]
fn longer_bytes() -> f64 {
    let (long, short) = (prompt::long(Provider::Stub), prompt::short(Provider::Stub));
    (long.len() - short.len()) as f64
}

async fn count_run(setup: &Setup, subject: Subject, load: Load) -> Result<Counts> {
    let callgrind = Callgrind::new()?;
    let mut running = setup.launch_under(subject, &callgrind)?;
    running.wait_for_success().await?;
    if subject != Subject::Nginx {
        sleep(FIRST_FLUSH).await;
    }
    ask(setup, subject, &running, load).await?;
    running.stop()?;
    callgrind.counts()
}

async fn ask(setup: &Setup, subject: Subject, running: &Running, load: Load) -> Result<()> {
    let target = running.target(Provider::Stub);
    let (short, long) = (prompt::short(Provider::Stub), prompt::long(Provider::Stub));
    closed::ask_times(target, &short, load.short).await?;
    closed::ask_times(target, &long, load.long).await?;
    if subject != Subject::Nginx {
        let messages = target.with_path(prompt::MESSAGES_PATH);
        let body = prompt::messages(Provider::Stub);
        closed::ask_times(&messages, &body, load.translated).await?;
    }
    let in_step = running.target(Provider::InStep);
    in_step::stream(in_step, setup.steps(), load.chunks).await
}
