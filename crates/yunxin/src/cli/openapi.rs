use control::router::document;
use llm::OPERATIONS;

use super::output::Output;

pub(super) fn run() -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(&document(OPERATIONS)?)?;
    Output { is_json: true }.document(&format!("{text}\n"));
    Ok(())
}
