//! The words of servers to each other: a line per key or account, so that each knows roughly what all admitted when the store
//! is lost.

use crate::limits::ledger::Tally;

/// Stands in front of a line that says a sum.
const TOTAL: char = '=';

/// A change as a line.
pub(super) fn write(text: &mut String, name: &str, change: Tally) {
    use std::fmt::Write as _;
    let Tally {
        minute,
        day,
        requests,
        tokens,
        requests_today,
    } = change;
    let written = writeln!(
        text,
        "{name} {minute} {day} {requests} {tokens} {requests_today}"
    );
    written.expect("a string takes every text");
}

/// A sum over all servers, as far as one knows it.
pub(super) fn write_total(text: &mut String, name: &str, total: Tally) {
    text.push(TOTAL);
    write(text, name, total);
}

/// The name in a line that says a sum over all servers.
pub(super) fn of_total(name: &str) -> Option<&str> {
    name.strip_prefix(TOTAL)
}

/// The changes of a text. What a newer version may write differently is left out.
pub(super) fn read(text: &str) -> impl Iterator<Item = (&str, Tally)> {
    text.lines().filter_map(|line| {
        let mut words = line.split(' ');
        let name = words.next().filter(|name| !name.is_empty())?;
        let mut number = || words.next()?.parse::<i64>().ok();
        let change = Tally {
            minute: number()?,
            day: number()?,
            requests: number()?,
            tokens: number()?,
            requests_today: number()?,
        };
        Some((name, change))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_come_back_as_they_were_told_and_what_is_no_change_is_left_out() {
        let change = Tally {
            requests: 3,
            tokens: -7,
            requests_today: 3,
            ..Tally::at(1_790_000_000_000)
        };
        let mut text = String::new();
        write(&mut text, "acct_1/key_2", change);
        text.push_str("acct_1 later words\n\n");
        write(&mut text, "acct_1", change);
        let read: Vec<_> = read(&text).collect();
        assert_eq!(read, [("acct_1/key_2", change), ("acct_1", change)]);
    }
}
