use control::router::document;
use llm::OPERATIONS;

use super::output::Printer;

pub(super) fn run() -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(&document(OPERATIONS)?)?;
    Printer { is_json: true }.document(&format!("{text}\n"));
    Ok(())
}
