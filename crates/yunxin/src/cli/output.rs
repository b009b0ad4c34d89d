//! The one place that prints.

#![expect(clippy::print_stderr, reason = "printing is what commands are for")]

use std::fmt::Display;
use std::io::{IsTerminal, Write};

use serde_json::Value;

/// The printer of results.
#[derive(Debug, Clone, Copy)]
pub(super) struct Printer {
    pub(super) is_json: bool,
}

impl Printer {
    /// One thing with its properties.
    pub(super) fn object(self, value: &Value) {
        if self.is_json {
            line(value);
            return;
        }
        for (name, value) in value.as_object().into_iter().flatten() {
            line(format_args!("{name}: {}", plain(value)));
        }
    }

    /// Shows the progress of long work on a terminal.
    pub(super) fn progress(self, what: &str, done: u64, all: u64) {
        if !self.is_json && std::io::stderr().is_terminal() {
            eprint!("\r{done} of {all} {what}");
            if done == all {
                eprintln!();
            }
        }
    }

    /// Several things of a kind, as a table of the named columns.
    pub(super) fn list(self, rows: &[Value], columns: &[&str]) {
        if self.is_json {
            line(Value::from(rows.to_vec()));
            return;
        }
        let mut lines = vec![
            columns
                .iter()
                .map(|column| column.to_uppercase())
                .collect::<Vec<_>>(),
        ];
        lines.extend(
            rows.iter()
                .map(|row| columns.iter().map(|column| plain(&row[*column])).collect()),
        );
        let widths: Vec<usize> = (0..columns.len())
            .map(|column| {
                lines
                    .iter()
                    .filter_map(|line| line.get(column))
                    .map(|cell| cell.chars().count())
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        for row in lines {
            let cells = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:<width$}"));
            line(cells.collect::<Vec<_>>().join("  ").trim_end());
        }
    }

    /// Words for people; programs get none.
    pub(super) fn text(self, text: &str) {
        if !self.is_json {
            line(text);
        }
    }

    /// Text that is the result itself.
    pub(super) fn document(self, text: &str) {
        line(text.trim_end());
    }
}

/// A line of the result. A closed pipe is no error: its reader has read enough.
fn line(text: impl Display) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// One line that says what went wrong, from the outside in.
pub(super) fn print_error(error: &anyhow::Error) {
    let text = format!("{error:#}").replace('\n', " ");
    eprintln!("error: {text}");
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}
