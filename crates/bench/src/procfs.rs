//! The kernel's counts for a process group.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};

/// Kernel ticks are hundredths of a second for user programs, whatever the kernel's own rate.
pub(crate) const NANOS_PER_TICK: u64 = 10_000_000;

/// CPU time of a group at one moment.
#[derive(Debug, Default)]
pub(crate) struct CpuTime {
    /// Nanoseconds per thread that is alive.
    threads: BTreeMap<u32, u64>,
    /// The processor time with ended threads, but in ticks of 10 ms.
    ticks: u64,
    /// Minor page faults, of ended threads too.
    faults: u64,
    /// Context switches of threads that are alive.
    switches: u64,
}

impl CpuTime {
    pub(crate) fn of_group(group: u32) -> Result<Self> {
        let mut total = Self::default();
        for process in processes_of(group)? {
            let stat = read(&format!("/proc/{process}/stat")).and_then(|stat| parse_stat(&stat));
            if let Some(stat) = stat {
                total.ticks += stat.ticks;
                total.faults += stat.faults;
            }
            let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else {
                continue;
            };
            for thread in threads.flatten() {
                let status = read(&format!("{}/status", thread.path().display()));
                total.switches += status.map_or(0, |text| parse_switches(&text));
                let schedstat = read(&format!("{}/schedstat", thread.path().display()));
                let id = thread
                    .file_name()
                    .to_str()
                    .and_then(|name| name.parse().ok());
                if let (Some(id), Some(nanos)) =
                    (id, schedstat.and_then(|text| parse_schedstat(&text)))
                {
                    total.threads.insert(id, nanos);
                }
            }
        }
        Ok(total)
    }

    pub(crate) fn ticks(&self) -> u64 {
        self.ticks
    }

    pub(crate) fn faults_since(&self, earlier: &Self) -> u64 {
        self.faults.saturating_sub(earlier.faults)
    }

    pub(crate) fn switches_since(&self, earlier: &Self) -> u64 {
        self.switches.saturating_sub(earlier.switches)
    }

    /// Nanoseconds used since `earlier`. A thread that ended takes its count along, so then the coarser one is used.
    pub(crate) fn nanos_since(&self, earlier: &Self) -> u64 {
        let lost_one = earlier
            .threads
            .keys()
            .any(|id| !self.threads.contains_key(id));
        if lost_one {
            return self.ticks.saturating_sub(earlier.ticks) * NANOS_PER_TICK;
        }
        let before = |id| earlier.threads.get(id).copied().unwrap_or(0);
        self.threads
            .iter()
            .map(|(id, nanos)| nanos.saturating_sub(before(id)))
            .sum()
    }
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Memory {
    pub(crate) resident_kib: u64,
    pub(crate) peak_kib: u64,
}

impl Memory {
    pub(crate) fn of_group(group: u32) -> Result<Self> {
        let mut total = Self::default();
        for process in processes_of(group)? {
            let Some(status) = read(&format!("/proc/{process}/status")) else {
                continue;
            };
            total.resident_kib += parse_status_kib(&status, "VmRSS:").unwrap_or(0);
            total.peak_kib += parse_status_kib(&status, "VmHWM:").unwrap_or(0);
        }
        Ok(total)
    }
}

/// Of this process and of all its children that have ended.
pub(crate) fn own_ticks_with_children() -> Option<u64> {
    let stat = parse_stat(&read("/proc/self/stat")?)?;
    Some(stat.ticks + stat.children_ticks)
}

fn processes_of(group: u32) -> Result<Vec<u32>> {
    let entries = fs::read_dir("/proc").context("cannot list /proc")?;
    let ids = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let in_group = |id: &u32| {
        let stat = read(&format!("/proc/{id}/stat")).and_then(|stat| parse_stat(&stat));
        stat.is_some_and(|stat| stat.group == group)
    };
    Ok(ids.filter(in_group).collect())
}

/// A process may end while it is looked at; then there is nothing to read.
fn read(path: &str) -> Option<String> {
    fs::read_to_string(path).ok()
}

/// The first of its three numbers: nanoseconds on a core.
fn parse_schedstat(text: &str) -> Option<u64> {
    text.split_ascii_whitespace().next()?.parse().ok()
}

#[derive(Debug, PartialEq)]
struct Stat {
    group: u32,
    faults: u64,
    ticks: u64,
    children_ticks: u64,
}

fn parse_stat(text: &str) -> Option<Stat> {
    // The name before it stands in parentheses and may hold spaces and parentheses itself.
    let (_, after_name) = text.rsplit_once(')')?;
    let fields: Vec<&str> = after_name.split_ascii_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(Stat {
        group: fields.get(2)?.parse().ok()?,
        faults: number(7)?,
        ticks: number(11)? + number(12)?,
        children_ticks: number(13)? + number(14)?,
    })
}

fn parse_status_kib(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// Those that a thread asked for by waiting, and those that it had to bear.
fn parse_switches(status: &str) -> u64 {
    let of_switches = |line: &str| {
        let (name, count) = line.split_once(':')?;
        let is_count = name.ends_with("voluntary_ctxt_switches");
        is_count.then(|| count.trim().parse::<u64>().ok()).flatten()
    };
    status.lines().filter_map(of_switches).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedstat_first_field_is_time_on_a_core() {
        assert_eq!(parse_schedstat("123456789 43121 17\n"), Some(123_456_789));
        assert_eq!(parse_schedstat(""), None);
    }

    #[test]
    fn stat_is_read_after_the_last_parenthesis() {
        let text = "42 (a (b) c) S 1 40 7 0 -1 0 97 0 0 0 250 31 8 4 20 0 1 0 9 1 360";
        assert_eq!(
            parse_stat(text),
            Some(Stat {
                group: 40,
                faults: 97,
                ticks: 281,
                children_ticks: 12
            })
        );
    }

    #[test]
    fn status_lines_are_in_kib() {
        let text = "Name:\tnginx\nVmHWM:\t   15104 kB\nVmRSS:\t   14000 kB\n";
        assert_eq!(parse_status_kib(text, "VmHWM:"), Some(15_104));
        assert_eq!(parse_status_kib(text, "VmSwap:"), None);
    }

    #[test]
    fn context_switches_of_both_kinds_are_summed() {
        let text = "Threads:\t1\nvoluntary_ctxt_switches:\t150\nnonvoluntary_ctxt_switches:\t45\n";
        assert_eq!(parse_switches(text), 195);
    }

    #[test]
    fn a_new_thread_counts_from_nothing() {
        let earlier = CpuTime {
            threads: BTreeMap::from([(1, 100)]),
            ..CpuTime::default()
        };
        let later = CpuTime {
            threads: BTreeMap::from([(1, 150), (2, 30)]),
            ..CpuTime::default()
        };
        assert_eq!(later.nanos_since(&earlier), 80);
    }

    #[test]
    fn an_ended_thread_makes_ticks_count() {
        let earlier = CpuTime {
            threads: BTreeMap::from([(1, 100), (2, 30)]),
            ticks: 5,
            ..CpuTime::default()
        };
        let later = CpuTime {
            threads: BTreeMap::from([(1, 150)]),
            ticks: 8,
            ..CpuTime::default()
        };
        assert_eq!(later.nanos_since(&earlier), 30_000_000);
    }

    #[test]
    fn this_very_process_has_used_memory_and_time() {
        let group = parse_stat(&read("/proc/self/stat").expect("procfs is mounted"))
            .expect("stat can be read")
            .group;
        assert!(Memory::of_group(group).expect("procfs is mounted").peak_kib > 0);
        let later = CpuTime::of_group(group).expect("procfs is mounted");
        assert!(later.threads.values().sum::<u64>() > 0);
    }
}
