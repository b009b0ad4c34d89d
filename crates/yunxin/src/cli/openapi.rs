use control::router::document;

use super::output::Output;

pub(super) fn run() -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(&document()?)?;
    Output { is_json: true }.document(&format!("{text}\n"));
    Ok(())
}
