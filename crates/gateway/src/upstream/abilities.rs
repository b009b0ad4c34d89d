//! The abilities of a model at a deployment, by what the catalogue says of them.

use llm::Needs;

/// The names that a catalogue may have for one ability: ours first, and those of other lists.
const TOOLS: [&str; 2] = ["function_calling", "tools"];
const VISION: [&str; 2] = ["vision", "image_input"];
const JSON_SCHEMA: [&str; 3] = ["json_mode", "json_schema", "structured_outputs"];

/// A need of a request that a deployment does not meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Calling the client's functions.
    Tools,
    /// Pictures in the prompt.
    Vision,
    /// A response in the form of a schema.
    JsonSchema,
    /// Room for the prompt.
    Context,
}

impl Need {
    /// The word in route explain.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tools => "lacks_tools",
            Self::Vision => "lacks_vision",
            Self::JsonSchema => "lacks_json_schema",
            Self::Context => "lacks_context",
        }
    }

    /// True if the facts are exact enough to refuse a request by them. A prompt is estimated, and lists of models are silent
    /// about schemas more often than models are unable.
    fn is_certain(self) -> bool {
        match self {
            Self::Tools | Self::Vision => true,
            Self::JsonSchema | Self::Context => false,
        }
    }
}

/// The abilities; where the catalogue lists none, nothing is known to be lacking.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Abilities {
    is_listed: bool,
    can: Needs,
    context_length: Option<u64>,
}

impl Abilities {
    /// The abilities of a list of capabilities.
    pub fn of(capabilities: &[String], context_length: Option<u64>) -> Self {
        let has = |names: &[&str]| {
            let mut listed = capabilities.iter();
            listed.any(|capability| names.contains(&capability.as_str()))
        };
        Self {
            is_listed: !capabilities.is_empty(),
            can: Needs {
                tools: has(&TOOLS),
                vision: has(&VISION),
                json_schema: has(&JSON_SCHEMA),
            },
            context_length,
        }
    }

    /// The abilities that the catalogue lists; `None` if it lists none.
    pub fn listed(&self) -> Option<Needs> {
        self.is_listed.then_some(self.can)
    }

    /// The first need that is known not to be met: of those that are certain, or of all.
    pub fn lacking(&self, needs: Needs, input_tokens: u64, is_strict: bool) -> Option<Need> {
        let is_out = |needed: bool, can: bool| self.is_listed && needed && !can;
        let too_long = self.context_length.is_some_and(|most| input_tokens > most);
        let lacks = [
            (Need::Tools, is_out(needs.tools, self.can.tools)),
            (Need::Vision, is_out(needs.vision, self.can.vision)),
            (
                Need::JsonSchema,
                is_out(needs.json_schema, self.can.json_schema),
            ),
            (Need::Context, too_long),
        ];
        let mut lacking = lacks.into_iter().filter(|(_, is_lacking)| *is_lacking);
        lacking
            .find(|(need, _)| is_strict || need.is_certain())
            .map(|(need, _)| need)
    }
}

#[cfg(test)]
mod tests {
    use llm::Needs;

    use super::{Abilities, Need};

    const ALL: Needs = Needs {
        tools: true,
        vision: true,
        json_schema: true,
    };

    fn of(capabilities: &[&str]) -> Abilities {
        let list: Vec<String> = capabilities.iter().map(ToString::to_string).collect();
        Abilities::of(&list, Some(100))
    }

    #[test]
    fn a_model_of_which_nothing_is_listed_lacks_nothing_but_room() {
        assert_eq!(of(&[]).lacking(ALL, 100, true), None);
        assert_eq!(of(&[]).lacking(ALL, 101, true), Some(Need::Context));
        assert_eq!(of(&[]).lacking(ALL, 101, false), None);
    }

    #[test]
    fn what_a_list_does_not_have_is_lacking() {
        let (chat, tools) = (of(&["chat"]), of(&["tools", "vision"]));
        assert_eq!(chat.lacking(Needs::default(), 0, true), None);
        assert_eq!(chat.lacking(ALL, 0, false), Some(Need::Tools));
        assert_eq!(tools.lacking(ALL, 0, false), None);
        assert_eq!(tools.lacking(ALL, 0, true), Some(Need::JsonSchema));
    }
}
