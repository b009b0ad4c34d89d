//! The decision per state that only one process knows, in code and in words.

use gateway::shared_state::{STATES, Sharing};

const RECORD: &str = include_str!("../../../../docs/decisions/0053-limits-over-several-servers.md");

#[test]
fn code_and_record_say_the_same_of_every_state() {
    let rows: Vec<&str> = RECORD
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    let stated: Vec<String> = STATES
        .iter()
        .map(|(name, sharing)| {
            let word = match sharing {
                Sharing::Exact => "exact",
                Sharing::Borrowed => "borrowed",
                Sharing::Local => "local",
            };
            format!("| `{name}` | {word} | ")
        })
        .collect();
    assert_eq!(rows.len(), stated.len());
    for (row, stated) in rows.iter().zip(&stated) {
        assert!(row.starts_with(stated), "{row} is not {stated}");
    }
}
