use super::output::Output;

/// The data plane's document is written by hand: its contract is OpenAI's, not ours to derive.
const DOCUMENT: &str = include_str!("../../openapi.json");

pub(super) fn run() -> anyhow::Result<()> {
    Output { is_json: true }.document(DOCUMENT);
    Ok(())
}
