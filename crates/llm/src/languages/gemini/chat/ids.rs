//! Ids of calls: Gemini 2 gives none, so that they are made up, and known again when they come back.

/// Begin of an id that was made up.
const MADE: &str = "gem_";
/// Begins of ids that other languages make: not every interface of Google's takes ids at all.
const FOREIGN: [&str; 5] = ["call_", "toolu_", "fc_", "functions.", "chatcmpl-"];

fn made(response: &str, number: usize) -> String {
    format!("{MADE}{response}_{number}")
}

/// Names for calls that have none of their own.
pub(super) trait Ids {
    /// The id of a call of this name.
    fn call(&mut self, name: &str, id: Option<String>) -> String;

    /// The id of the call that a result is of.
    fn result(&mut self, name: &str, id: Option<String>) -> String;
}

/// The calls of one response.
#[derive(Debug, Default)]
pub(super) struct Numbered {
    /// The provider's name for the response.
    pub(super) response: Option<String>,
    pub(super) calls: usize,
}

impl Ids for Numbered {
    fn call(&mut self, _name: &str, id: Option<String>) -> String {
        let number = self.calls;
        self.calls += 1;
        let response = self.response.as_deref().unwrap_or_default();
        let id = id.filter(|id| !id.is_empty());
        id.unwrap_or_else(|| made(response, number))
    }

    fn result(&mut self, _name: &str, id: Option<String>) -> String {
        id.unwrap_or_default()
    }
}

/// The id as the provider knows it: none for one that is not its own.
pub(super) fn own(id: &str) -> Option<&str> {
    let mut foreign = FOREIGN.iter().chain([&MADE]);
    let is_own = !id.is_empty() && !foreign.any(|begin| id.starts_with(begin));
    is_own.then_some(id)
}

/// The calls of a conversation that wait for their results.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    calls: Vec<(String, String)>,
    made: usize,
}

impl Ids for Waiting {
    fn call(&mut self, name: &str, id: Option<String>) -> String {
        let id = id.filter(|id| !id.is_empty()).unwrap_or_else(|| {
            self.made += 1;
            made("turn", self.made)
        });
        self.calls.push((name.to_owned(), id.clone()));
        id
    }

    /// Of several calls of its name the first that has no result yet is meant.
    fn result(&mut self, name: &str, id: Option<String>) -> String {
        let id = id.filter(|id| !id.is_empty());
        let is_meant = |(called, own): &(String, String)| match &id {
            Some(id) => own == id,
            None => called == name,
        };
        match self.calls.iter().position(is_meant) {
            Some(place) => self.calls.remove(place).1,
            None => id.unwrap_or_else(|| {
                self.made += 1;
                made("turn", self.made)
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Ids, Waiting, own};

    #[test]
    fn results_without_ids_go_to_the_calls_of_their_name_in_order() {
        let mut waiting = Waiting::default();
        let (one, two) = (waiting.call("f", None), waiting.call("f", None));
        let three = waiting.call("g", Some("own".to_owned()));
        assert_eq!(waiting.result("g", None), three);
        assert_eq!(waiting.result("f", None), one);
        assert_eq!(waiting.result("f", None), two);
        assert_eq!(
            (own(&one), own(&three), own("call_x")),
            (None, Some("own"), None)
        );
    }
}
