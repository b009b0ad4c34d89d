//! One response of a model, before it is put into JSON or cut into events.

use std::borrow::Cow;

use crate::tokens;

pub(crate) struct Choice {
    pub(crate) reasoning: String,
    pub(crate) content: String,
    pub(crate) calls: Vec<Call>,
    pub(crate) finish: Cow<'static, str>,
}

pub(crate) struct Call {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) arguments: String,
}

impl Choice {
    pub(crate) fn text(content: String) -> Self {
        Self {
            reasoning: String::new(),
            content,
            calls: Vec::new(),
            finish: Cow::Borrowed("stop"),
        }
    }

    /// Ends the content before the first of the stop sequences.
    pub(crate) fn stop_at<'a>(&mut self, sequences: impl Iterator<Item = &'a str>) {
        let found = sequences
            .filter(|sequence| !sequence.is_empty())
            .filter_map(|sequence| self.content.find(sequence))
            .min();
        if let Some(end) = found {
            self.content.truncate(end);
        }
    }

    /// Cuts the response after `max` tokens: reasoning counts first, as with the providers.
    pub(crate) fn limit(&mut self, max: u64) {
        let mut left = max;
        let arguments = self.calls.iter_mut().map(|call| &mut call.arguments);
        let mut is_cut = false;
        for text in [&mut self.reasoning, &mut self.content]
            .into_iter()
            .chain(arguments)
        {
            is_cut |= tokens::cut(text, left);
            left = left.saturating_sub(tokens::count(text));
        }
        if is_cut {
            self.finish = Cow::Borrowed("length");
        }
    }

    pub(crate) fn reasoning_tokens(&self) -> u64 {
        tokens::count(&self.reasoning)
    }

    pub(crate) fn tokens(&self) -> u64 {
        let calls: u64 = self
            .calls
            .iter()
            .map(|call| tokens::count(&call.arguments))
            .sum();
        self.reasoning_tokens() + tokens::count(&self.content) + calls
    }
}

/// The content of one event.
pub(crate) enum Piece<'a> {
    Role,
    Reasoning(&'a str),
    Content(&'a str),
    CallStart(usize, &'a Call),
    CallArguments(usize, &'a str),
    Finish(&'a str),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Role,
    Reasoning,
    Content,
    CallStart,
    CallArguments,
    Finish,
    Ended,
}

/// Walks through a choice, a word at a time.
pub(crate) struct Cursor {
    choice: Choice,
    stage: Stage,
    at: usize,
    call: usize,
    words: u32,
}

impl Cursor {
    pub(crate) fn new(choice: Choice, with_role: bool) -> Self {
        let stage = if with_role {
            Stage::Role
        } else {
            Stage::Reasoning
        };
        let mut cursor = Self {
            choice,
            stage,
            at: 0,
            call: 0,
            words: 0,
        };
        cursor.settle();
        cursor
    }

    /// The number of words before; and whether the next piece is a word.
    pub(crate) fn position(&self) -> (u32, bool) {
        let is_word = matches!(
            self.stage,
            Stage::Reasoning | Stage::Content | Stage::CallArguments
        );
        (self.words, is_word)
    }

    pub(crate) fn is_at_finish(&self) -> bool {
        self.stage == Stage::Finish
    }

    pub(crate) fn is_ended(&self) -> bool {
        self.stage == Stage::Ended
    }

    /// Hands the next piece to `use_piece`, and moves on.
    pub(crate) fn advance(&mut self, use_piece: impl FnOnce(Piece<'_>)) {
        match self.stage {
            Stage::Role => {
                use_piece(Piece::Role);
                self.stage = Stage::Reasoning;
            }
            Stage::Reasoning => use_piece(Piece::Reasoning(self.next_word())),
            Stage::Content => use_piece(Piece::Content(self.next_word())),
            Stage::CallStart => {
                if let Some(call) = self.choice.calls.get(self.call) {
                    use_piece(Piece::CallStart(self.call, call));
                }
                self.stage = Stage::CallArguments;
            }
            Stage::CallArguments => {
                let call = self.call;
                use_piece(Piece::CallArguments(call, self.next_word()));
            }
            Stage::Finish => {
                use_piece(Piece::Finish(&self.choice.finish));
                self.stage = Stage::Ended;
            }
            Stage::Ended => {}
        }
        self.settle();
    }

    fn next_word(&mut self) -> &str {
        let start = self.at;
        self.at = tokens::piece_end(self.current(), start);
        self.words += 1;
        let end = self.at;
        self.current().get(start..end).unwrap_or_default()
    }

    fn current(&self) -> &str {
        match self.stage {
            Stage::Reasoning => &self.choice.reasoning,
            Stage::Content => &self.choice.content,
            Stage::CallArguments => self
                .choice
                .calls
                .get(self.call)
                .map_or("", |call| &call.arguments),
            Stage::Role | Stage::CallStart | Stage::Finish | Stage::Ended => "",
        }
    }

    /// Leaves texts which are used up, so that `stage` says what the next piece is.
    fn settle(&mut self) {
        while self.position().1 && self.at >= self.current().len() {
            self.at = 0;
            if self.stage == Stage::Reasoning {
                self.stage = Stage::Content;
                continue;
            }
            if self.stage == Stage::CallArguments {
                self.call += 1;
            }
            let has_call = self.call < self.choice.calls.len();
            self.stage = if has_call {
                Stage::CallStart
            } else {
                Stage::Finish
            };
        }
    }
}
