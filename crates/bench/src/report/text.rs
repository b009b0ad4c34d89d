//! The report as Markdown that can be read as it is.

use std::fmt::Write as _;

use super::{Report, Row};
use crate::disturbance::TOLERATED_PERCENT;
use crate::gates::{Bound, Verdict};

const COLUMNS: usize = 10;
const HEADER: [&str; COLUMNS] = [
    "measure", "subject", "unit", "median", "runs", "x nginx", "gate", "aim", "verdict", "others %",
];

impl Report {
    pub(crate) fn to_text(&self) -> String {
        let mut text = self.preface();
        let mut lines = vec![HEADER.map(String::from), HEADER.map(|_| "-".to_owned())];
        lines.extend(self.rows.iter().map(Row::cells));
        let widths = widths(&lines);
        for line in &lines {
            let fill = if line[0] == "-" { '-' } else { ' ' };
            push_line(&mut text, line, &widths, fill);
        }
        for row in self.rows.iter().filter(|row| !row.failures.is_empty()) {
            let failures = row.failures.join("; ");
            text += &format!(
                "\nINVALID: {}, {}: {failures}\n",
                row.metric.title(),
                row.subject
            );
        }
        if self
            .rows
            .iter()
            .any(|row| row.others_percent > TOLERATED_PERCENT)
        {
            text += &format!(
                "\nDISTURBED: other programs took more than {TOLERATED_PERCENT} % of a core; measure again on a quiet machine.\n"
            );
        }
        text
    }

    fn preface(&self) -> String {
        let (machine, settings) = (&self.machine, &self.settings);
        let (cpu, kernel, nginx) = (&machine.cpu, &machine.kernel, &machine.nginx);
        let quick = if settings.quick {
            " Short runs: not figures to keep."
        } else {
            ""
        };
        let (provider, keys) = (settings.provider, settings.many_keys);
        format!(
            "\n{cpu}; {kernel}; {nginx}. Provider: {provider}; a stub for CPU per request. Many keys: {keys}.{quick}\n\n"
        )
    }
}

impl Row {
    fn cells(&self) -> [String; COLUMNS] {
        let runs: Vec<String> = self.runs.iter().map(|run| format!("{run:.1}")).collect();
        let times = match self.metric.bound() {
            Bound::TimesNginx { .. } => " x",
            Bound::AtMost { .. } | Bound::None => "",
        };
        let bound = |value: f64| format!("{value}{times}");
        let verdict = match self.verdict {
            Verdict::Aim => "aim reached",
            Verdict::Pass => "pass",
            Verdict::Fail => "FAIL",
            Verdict::Invalid => "INVALID",
            Verdict::None => "",
        };
        [
            self.metric.title().to_owned(),
            self.subject.to_owned(),
            self.unit.to_owned(),
            self.median
                .map_or_else(String::new, |median| format!("{median:.1}")),
            runs.join(" "),
            self.times_nginx
                .map_or_else(String::new, |ratio| format!("{ratio:.2}")),
            self.gate.map_or_else(String::new, bound),
            self.aim.map_or_else(String::new, bound),
            verdict.to_owned(),
            format!("{:.0}", self.others_percent),
        ]
    }
}

fn widths(lines: &[[String; COLUMNS]]) -> [usize; COLUMNS] {
    std::array::from_fn(|column| {
        lines
            .iter()
            .map(|line| line[column].len())
            .max()
            .unwrap_or(0)
    })
}

fn push_line(text: &mut String, cells: &[String; COLUMNS], widths: &[usize; COLUMNS], fill: char) {
    for (cell, width) in cells.iter().zip(widths) {
        let padding: String = std::iter::repeat_n(fill, width - cell.len()).collect();
        // Writing to a string cannot fail.
        let _ = write!(text, "| {cell}{padding} ");
    }
    text.push_str("|\n");
}
