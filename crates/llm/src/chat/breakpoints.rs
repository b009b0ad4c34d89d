//! Automatic cache breakpoints: the places up to which a prompt is cached where the client says none
//! (`docs/decisions/0075`).

use super::part::{CacheMark, Content, Part};
use super::request::{Request, Role, Turn};
use super::tool::ToolKind;

/// Turns of the user that end in a breakpoint: the last one is read by the next request, the one before it by this one.
pub const TURNS_MARKED: usize = 2;

/// The breakpoints that are set for a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breakpoints {
    /// None: it caches by itself, or not at all.
    None,
    /// At the end of the instructions and of the last turns of the user.
    Prompt,
    /// At the end of the tools too.
    PromptAndTools,
}

impl Request {
    /// Sets breakpoints, unless the client set one: then the client knows better.
    pub fn set_breakpoints(&mut self, breakpoints: Breakpoints) {
        let is_own = |(name, _): &(String, _)| name == "cache_control";
        if self.has_cache_marks() || self.extras.iter().any(is_own) {
            return;
        }
        if breakpoints == Breakpoints::None {
            return;
        }
        if breakpoints == Breakpoints::PromptAndTools {
            let is_own = |kind: &ToolKind| !matches!(kind, ToolKind::Server { .. });
            if let Some(tool) = self.tools.iter_mut().rfind(|tool| is_own(&tool.kind)) {
                tool.cache = Some(CacheMark::FiveMinutes);
            }
        }
        mark_last(&mut self.instructions);
        let is_users = |turn: &&mut Turn| turn.role == Role::User;
        let turns = self.turns.iter_mut().rev().filter(is_users);
        turns
            .take(TURNS_MARKED)
            .for_each(|turn| mark_last(&mut turn.parts));
    }
}

/// Marks the last part that is written. Results of tools are written before everything else.
fn mark_last(parts: &mut [Part]) {
    let is_result = |part: &Part| matches!(part.content, Content::ToolResult(_));
    let other = parts
        .iter()
        .rposition(|part| is_written(part) && !is_result(part));
    let last = other.or_else(|| parts.iter().rposition(is_result));
    if let Some(part) = last.and_then(|at| parts.get_mut(at)) {
        part.cache = Some(CacheMark::FiveMinutes);
    }
}

fn is_written(part: &Part) -> bool {
    match &part.content {
        Content::Text { text, .. } => !text.trim().is_empty(),
        Content::Image(_) | Content::File(_) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Breakpoints, Request};
    use crate::chat::{Part, Role, Tool, ToolKind};

    fn tool(name: &str) -> Tool {
        Tool {
            name: name.to_owned(),
            description: None,
            kind: ToolKind::Custom { format: None },
            cache: None,
        }
    }

    fn request() -> Request {
        let mut request = Request {
            tools: vec![tool("a"), tool("b")],
            instructions: vec![Part::text("Be brief."), Part::text(" ")],
            ..Request::default()
        };
        for role in [
            Role::User,
            Role::Assistant,
            Role::User,
            Role::Assistant,
            Role::User,
        ] {
            request.add(role, vec![Part::text("1"), Part::text("2")]);
        }
        request
    }

    fn marks(request: &Request) -> String {
        let tools = request.tools.iter().map(|tool| tool.cache.is_some());
        let turns = request.turns.iter().flat_map(|turn| &turn.parts);
        let parts = request.instructions.iter().chain(turns);
        let all = tools.chain(parts.map(|part| part.cache.is_some()));
        all.map(|is_marked| if is_marked { 'x' } else { '.' })
            .collect()
    }

    #[test]
    fn four_places_are_marked_at_most_and_none_beside_the_clients_own() {
        let cases = [
            (Breakpoints::None, ".. .. .. .. .. .. .."),
            (Breakpoints::Prompt, ".. x. .. .. .x .. .x"),
            (Breakpoints::PromptAndTools, ".x x. .. .. .x .. .x"),
        ];
        for (breakpoints, expected) in cases {
            let mut request = request();
            request.set_breakpoints(breakpoints);
            assert_eq!(
                marks(&request),
                expected.replace(' ', ""),
                "{breakpoints:?}"
            );
        }
        let mut own = request();
        own.set_breakpoints(Breakpoints::Prompt);
        let before = own.clone();
        own.set_breakpoints(Breakpoints::PromptAndTools);
        assert_eq!(own, before);
    }
}
