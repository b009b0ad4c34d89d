//! The wish for reasoning: `thinking` and `output_config.effort`.

use crate::chat::{Content, Losses, Reasoning, Request, Role, ToolChoice};
use crate::json::{Fields, Object};

/// The least budget that the language takes.
const BUDGET_MIN: u64 = 1_024;

/// Reads the wish.
pub(super) fn read(thinking: &mut Fields, effort: Option<String>) -> Option<Reasoning> {
    let mut wish = Reasoning {
        effort,
        summary: thinking.text("display"),
        ..Reasoning::default()
    };
    match thinking.text("type").as_deref() {
        Some("enabled") => wish.budget = thinking.count("budget_tokens"),
        Some("adaptive") => wish.is_adaptive = true,
        _ => {}
    }
    (wish != Reasoning::default()).then_some(wish)
}

/// The `thinking` of a request with this bound on its output; `None` where none is wanted, or none can be had. `origins`
/// are the languages whose proofs of thoughts go back.
pub(in crate::languages) fn write(
    request: &Request,
    output_max: u64,
    origins: &[&str],
    losses: &mut Losses,
) -> Option<Object> {
    let wish = request.reasoning.as_ref().filter(|wish| !wish.is_off())?;
    if wish.is_adaptive && wish.effort.is_none() {
        return Some(Object::of_type("adaptive"));
    }
    let budget = wish.budget()?.max(BUDGET_MIN);
    let budget = budget.min(output_max.saturating_sub(1));
    let is_forced = matches!(
        request.tool_choice,
        Some(ToolChoice::Required | ToolChoice::Named(_))
    );
    if budget < BUDGET_MIN || is_forced || lacks_thoughts(request, origins) {
        losses.drop_if("reasoning_effort", true);
        return None;
    }
    Some(Object::of_type("enabled").with("budget_tokens", budget))
}

/// True in the middle of calls whose thoughts were not sent back: the provider asks for them where it is to think on.
fn lacks_thoughts(request: &Request, origins: &[&str]) -> bool {
    let is_result = |turn: &crate::chat::Turn| {
        let mut parts = turn.parts.iter();
        parts.any(|part| matches!(part.content, Content::ToolResult(_)))
    };
    if !request.turns.last().is_some_and(is_result) {
        return false;
    }
    let last = request
        .turns
        .iter()
        .rfind(|turn| turn.role == Role::Assistant);
    last.is_some_and(|turn| {
        let is_proved = |part: &crate::chat::Part| {
            let mut origins = origins.iter();
            origins.any(|origin| part.signature_of(origin).is_some())
        };
        !turn.parts.iter().any(is_proved)
    })
}
