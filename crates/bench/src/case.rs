//! A case, and what it is measured on.

use clap::ValueEnum;

/// Medians are of so many runs.
const ROUNDS: usize = 3;
const START_ROUNDS: usize = 5;

/// In the order they run: what a used database could slow down comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Case {
    Start,
    Memory,
    Latency,
    Chunks,
    Requests,
    LongRequests,
    Counts,
}

impl Case {
    pub(crate) const fn rounds(self) -> usize {
        match self {
            Self::Start => START_ROUNDS,
            // The same each time, and slow.
            Self::Counts => 1,
            Self::Memory | Self::Latency | Self::Chunks | Self::Requests | Self::LongRequests => {
                ROUNDS
            }
        }
    }

    /// Keys matter where a key is looked up or held, not while a stream runs.
    pub(crate) const fn applies_to(self, subject: Subject) -> bool {
        match (self, subject) {
            (Self::Chunks | Self::LongRequests | Self::Counts, Subject::YunxinManyKeys) => false,
            (_, Subject::Nginx | Subject::Yunxin | Subject::YunxinManyKeys) => true,
        }
    }

    /// Memory and counts are the same however long it took.
    pub(crate) const fn depends_on_time(self) -> bool {
        !matches!(self, Self::Memory | Self::Counts)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Nginx,
    Yunxin,
    /// Yunxin on a database with very many keys.
    YunxinManyKeys,
}

impl Subject {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Yunxin => "yunxin",
            Self::YunxinManyKeys => "yunxin_many_keys",
        }
    }
}
