//! Gates and aims: the metrics, their units, and how good each has to be.

use serde::Serialize;

/// The order here is the order of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Metric {
    CpuPerRequest,
    InstructionsPerRequest,
    InstructionsPerLongRequest,
    InstructionsPerByte,
    InstructionsPerChunk,
    InstructionsPerTranslation,
    TranslationTimesPassed,
    AllocationsPerRequest,
    AllocationsPerChunk,
    FaultsPerRequest,
    SwitchesPerRequest,
    RequestsPerSecond,
    CoreUse,
    ResponseSize,
    CpuPerLongRequest,
    LongRequestsPerSecond,
    LongCoreUse,
    CpuPerChunk,
    AddedP50,
    AddedP99,
    TotalP50,
    TotalP99,
    IdleMemory,
    PeakMemory,
    Start,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Bound {
    /// At most so many times nginx.
    TimesNginx {
        gate: f64,
        aim: f64,
    },
    AtMost {
        gate: f64,
        aim: f64,
    },
    /// Shown to make sense of the others.
    None,
}

impl Metric {
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::CpuPerRequest => "CPU per request, 1 kB",
            Self::InstructionsPerRequest => "instructions per request, 1 kB",
            Self::InstructionsPerLongRequest => "instructions per request, 100 kB",
            Self::InstructionsPerByte => "instructions per byte more",
            Self::InstructionsPerChunk => "instructions per chunk",
            Self::InstructionsPerTranslation => "instructions per translated request, 1 kB",
            Self::TranslationTimesPassed => "translated request, times passed",
            Self::AllocationsPerRequest => "allocations per request, 1 kB",
            Self::AllocationsPerChunk => "allocations per chunk",
            Self::FaultsPerRequest => "page faults per request, 1 kB",
            Self::SwitchesPerRequest => "context switches per request, 1 kB",
            Self::RequestsPerSecond => "requests per second, 1 kB",
            Self::CoreUse => "use of the core, 1 kB",
            Self::ResponseSize => "response, 1 kB",
            Self::CpuPerLongRequest => "CPU per request, 100 kB",
            Self::LongRequestsPerSecond => "requests per second, 100 kB",
            Self::LongCoreUse => "use of the core, 100 kB",
            Self::CpuPerChunk => "CPU per chunk, dense streams",
            Self::AddedP50 => "added latency p50, 200 req/s",
            Self::AddedP99 => "added latency p99, 200 req/s",
            Self::TotalP50 => "latency p50, 200 req/s",
            Self::TotalP99 => "latency p99, 200 req/s",
            Self::IdleMemory => "memory, idle",
            Self::PeakMemory => "peak memory, 1,000 streams",
            Self::Start => "start to first success",
        }
    }

    pub(crate) const fn unit(self) -> &'static str {
        match self {
            Self::CpuPerRequest | Self::CpuPerLongRequest | Self::CpuPerChunk => "us",
            Self::AddedP50 | Self::AddedP99 | Self::TotalP50 | Self::TotalP99 => "us",
            Self::InstructionsPerRequest
            | Self::InstructionsPerLongRequest
            | Self::InstructionsPerByte
            | Self::InstructionsPerChunk
            | Self::InstructionsPerTranslation
            | Self::AllocationsPerRequest
            | Self::AllocationsPerChunk
            | Self::FaultsPerRequest
            | Self::SwitchesPerRequest => "count",
            Self::TranslationTimesPassed => "times",
            Self::RequestsPerSecond | Self::LongRequestsPerSecond => "1/s",
            Self::CoreUse | Self::LongCoreUse => "%",
            Self::ResponseSize => "bytes",
            Self::IdleMemory | Self::PeakMemory => "MiB",
            Self::Start => "ms",
        }
    }

    pub(crate) const fn bound(self) -> Bound {
        match self {
            Self::CpuPerRequest | Self::CpuPerLongRequest => Bound::TimesNginx {
                gate: 1.75,
                aim: 1.25,
            },
            Self::CpuPerChunk => Bound::TimesNginx {
                gate: 1.4,
                aim: 1.15,
            },
            Self::AddedP50 | Self::AddedP99 => Bound::TimesNginx {
                gate: 1.2,
                aim: 0.9,
            },
            Self::IdleMemory => at_most(20.0, 12.0),
            Self::PeakMemory => at_most(60.0, 45.0),
            Self::Start => at_most(60.0, 30.0),
            Self::InstructionsPerRequest => at_most(40_000.0, 30_000.0),
            Self::InstructionsPerByte => at_most(1.0, 0.5),
            Self::InstructionsPerChunk => at_most(6_000.0, 3_000.0),
            Self::TranslationTimesPassed => at_most(3.0, 2.0),
            Self::AllocationsPerRequest => at_most(10.0, 4.0),
            // Less than one in a hundred requests: a process that lives changes now and then.
            Self::FaultsPerRequest => at_most(0.01, 0.001),
            Self::InstructionsPerLongRequest
            | Self::InstructionsPerTranslation
            | Self::AllocationsPerChunk
            | Self::SwitchesPerRequest
            | Self::RequestsPerSecond
            | Self::LongRequestsPerSecond => Bound::None,
            Self::ResponseSize
            | Self::CoreUse
            | Self::LongCoreUse
            | Self::TotalP50
            | Self::TotalP99 => Bound::None,
        }
    }
}

const fn at_most(gate: f64, aim: f64) -> Bound {
    Bound::AtMost { gate, aim }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    Aim,
    Pass,
    Fail,
    /// Something failed while it was measured, or there was nothing to compare with.
    Invalid,
    /// Nothing to judge.
    None,
}

impl Bound {
    pub(crate) fn judge(self, value: f64, times_nginx: Option<f64>) -> Verdict {
        match self {
            Self::TimesNginx { gate, aim } => {
                times_nginx.map_or(Verdict::Invalid, |ratio| compare(ratio, gate, aim))
            }
            Self::AtMost { gate, aim } => compare(value, gate, aim),
            Self::None => Verdict::None,
        }
    }
}

fn compare(value: f64, gate: f64, aim: f64) -> Verdict {
    if !value.is_finite() {
        return Verdict::Invalid;
    }
    match value {
        value if value <= aim => Verdict::Aim,
        value if value <= gate => Verdict::Pass,
        _ => Verdict::Fail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_itself_is_within() {
        let bound = Metric::CpuPerRequest.bound();
        assert_eq!(bound.judge(30.0, Some(1.25)), Verdict::Aim);
        assert_eq!(bound.judge(30.0, Some(1.75)), Verdict::Pass);
        assert_eq!(bound.judge(30.0, Some(1.76)), Verdict::Fail);
        assert_eq!(Metric::Start.bound().judge(60.0, None), Verdict::Pass);
    }

    #[test]
    fn without_nginx_a_ratio_cannot_be_judged() {
        assert_eq!(
            Metric::CpuPerChunk.bound().judge(10.0, None),
            Verdict::Invalid
        );
        assert_eq!(
            Metric::CpuPerChunk.bound().judge(10.0, Some(f64::NAN)),
            Verdict::Invalid
        );
        assert_eq!(Metric::CoreUse.bound().judge(10.0, None), Verdict::None);
    }
}
