//! Addresses with variables: `https://{resource}.openai.azure.com/openai/v1`, and `{api_version=2024-10-21}` with a
//! default.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// Longest value of a variable.
const VALUE_BYTES_MAX: usize = 100;

/// A variable of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    pub name: &'static str,
    /// The value where the operator gives none.
    pub default: Option<&'static str>,
}

/// The reason why an address cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error("the address needs the variable {0:?}")]
    Missing(&'static str),
    #[error(
        "the variable {0:?} has 1 to {VALUE_BYTES_MAX} letters, digits, dots, hyphens and underscores"
    )]
    Value(&'static str),
}

/// The pieces of an address.
enum Piece {
    Text(&'static str),
    Variable(Variable),
}

/// An address with variables.
#[derive(Debug)]
pub struct Address;

impl Address {
    /// The variables of a template, in its order.
    pub fn variables(template: &'static str) -> Vec<Variable> {
        let mut variables: Vec<Variable> = Vec::new();
        for piece in pieces(template) {
            if let Piece::Variable(variable) = piece
                && !variables.contains(&variable)
                && !Paths::OWN.contains(&variable.name)
            {
                variables.push(variable);
            }
        }
        variables
    }

    /// The address with the values of an operator.
    ///
    /// # Errors
    /// If a variable has no value, or one that would change the shape of the address.
    pub fn resolve(
        template: &'static str,
        values: &BTreeMap<String, String>,
    ) -> Result<String, AddressError> {
        let mut address = String::with_capacity(template.len());
        for piece in pieces(template) {
            match piece {
                Piece::Text(text) => address.push_str(text),
                Piece::Variable(Variable { name, default }) => {
                    let given = values.get(name).map(String::as_str);
                    let value = given.or(default).ok_or(AddressError::Missing(name))?;
                    if !is_plain(value) {
                        return Err(AddressError::Value(name));
                    }
                    address.push_str(value);
                }
            }
        }
        Ok(address)
    }
}

/// A value that stays within its place: in a host, a path or a query.
fn is_plain(value: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !matches!(value, "" | "." | "..")
        && value.len() <= VALUE_BYTES_MAX
        && value.bytes().all(is_plain)
}

fn pieces(template: &'static str) -> impl Iterator<Item = Piece> {
    let mut rest = template;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some(inner) = rest.strip_prefix('{')
            && let Some((variable, behind)) = inner.split_once('}')
        {
            rest = behind;
            let (name, default) = match variable.split_once('=') {
                Some((name, default)) => (name, Some(default)),
                None => (variable, None),
            };
            return Some(Piece::Variable(Variable { name, default }));
        }
        let end = rest.find('{').unwrap_or(rest.len());
        let (text, behind) = rest.split_at(end);
        rest = behind;
        Some(Piece::Text(text))
    })
}

/// The ways in which paths below a base URL are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paths {
    /// As the language has them.
    OfLanguage,
    /// Azure's classic interface: the deployment is a part of the path, the version of the API a query.
    AzureDeployments,
    /// The list of models is elsewhere than the language has it: a path of the origin.
    ModelsAt(&'static str),
    /// Google's: the models of its own in its own language, and everything else in OpenAI's, each below a path of its
    /// own.
    Google {
        own: &'static str,
        compatible: &'static str,
    },
}

/// Begin of the paths of Google's own language.
const GOOGLES: &str = "/models/";

impl Paths {
    /// Variables that a path fills itself.
    const OWN: [&'static str; 2] = ["model", "path"];

    /// The template of a path, variables of the operator included.
    pub fn template(self) -> &'static str {
        match self {
            Self::OfLanguage | Self::ModelsAt(_) | Self::Google { .. } => "",
            Self::AzureDeployments => {
                "/deployments/{model}{path}?api-version={api_version=2024-10-21}"
            }
        }
    }

    /// A path of the language, for a model, as this provider has it. `query` is what [`Paths::query`] gave.
    pub fn of_model(self, path: Cow<'static, str>, model: &str, query: &str) -> Cow<'static, str> {
        match self {
            Self::OfLanguage | Self::ModelsAt(_) => path,
            Self::AzureDeployments => format!("/deployments/{model}{path}{query}").into(),
            Self::Google { own, compatible } => {
                let below = if path.starts_with(GOOGLES) {
                    own
                } else {
                    compatible
                };
                format!("{below}{path}").into()
            }
        }
    }

    /// True if a path of a language is to be used for a model. Where a provider has its own models in two languages,
    /// conversations go through the one that says all of them.
    pub fn serves(self, path: &str, model: &str, is_conversation: bool) -> bool {
        let Self::Google { .. } = self else {
            return true;
        };
        let is_own = match model.split_once('/') {
            Some((maker, _)) => matches!(maker, "google" | "models" | "publishers"),
            None => true,
        };
        is_own == path.starts_with(GOOGLES) || (is_own && !is_conversation)
    }

    /// The base URL of all languages, where an operator may have given that of one.
    pub fn common_base(self, base_url: &str) -> &str {
        match self {
            Self::Google { compatible, .. } => {
                base_url.strip_suffix(compatible).unwrap_or(base_url)
            }
            Self::OfLanguage | Self::ModelsAt(_) | Self::AzureDeployments => base_url,
        }
    }

    /// The list of models: the URL that its path is below, and the path.
    pub fn of_models<'a>(
        self,
        base_url: &'a str,
        path: Cow<'static, str>,
        query: &str,
    ) -> (&'a str, Cow<'static, str>) {
        match self {
            Self::OfLanguage => (base_url, path),
            Self::Google { own, .. } => (base_url, format!("{own}{path}").into()),
            Self::ModelsAt(path) => (root(base_url), path.into()),
            Self::AzureDeployments => (base_url, format!("{path}{query}").into()),
        }
    }

    /// The query of every path.
    ///
    /// # Errors
    /// If a variable of it has no value, or one that cannot stand there.
    pub fn query(self, values: &BTreeMap<String, String>) -> Result<String, AddressError> {
        match self.template().find('?') {
            Some(at) => Address::resolve(self.template().split_at(at).1, values),
            None => Ok(String::new()),
        }
    }
}

/// Scheme and authority of a URL.
fn root(url: &str) -> &str {
    let authority = url.find("://").map_or(0, |at| at + 3);
    let end = url.get(authority..).and_then(|rest| rest.find('/'));
    end.map_or(url, |length| url.split_at(authority + length).0)
}

#[cfg(test)]
mod tests {
    use super::{Address, AddressError, BTreeMap, Paths, Variable};

    const AZURE: &str = "https://{resource}.openai.azure.com/openai";

    fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn variables_are_filled_in() {
        let resolve = |pairs| Address::resolve(AZURE, &values(pairs));
        assert_eq!(
            resolve(&[("resource", "contoso")]).unwrap(),
            "https://contoso.openai.azure.com/openai"
        );
        assert_eq!(resolve(&[]), Err(AddressError::Missing("resource")));
    }

    #[test]
    fn a_value_does_not_change_the_shape_of_an_address() {
        for value in [
            "",
            "..",
            "evil.example/",
            "a@b",
            "a:1",
            "a?b",
            "a#b",
            "a%2f",
            "a b",
            "ä",
        ] {
            let refused = Address::resolve(AZURE, &values(&[("resource", value)]));
            assert_eq!(refused, Err(AddressError::Value("resource")), "{value}");
        }
    }

    #[test]
    fn a_list_of_models_may_be_elsewhere() {
        let paths = Paths::ModelsAt("/catalog/models");
        let found = paths.of_models("https://a.example/inference", "/models".into(), "");
        assert_eq!(found, ("https://a.example", "/catalog/models".into()));
    }

    #[test]
    fn googles_own_models_are_asked_in_its_own_language() {
        let paths = Paths::Google {
            own: "/publishers/google",
            compatible: "/endpoints/openapi",
        };
        let (own, other) = ("/models/m:generateContent", "/chat/completions");
        let served = |model| {
            (
                paths.serves(own, model, true),
                paths.serves(other, model, true),
            )
        };
        assert_eq!(served("gemini-2.5-pro"), (true, false));
        assert_eq!(served("google/gemini-2.5-pro"), (true, false));
        assert_eq!(served("meta/llama-4"), (false, true));
        assert!(paths.serves("/embeddings", "gemini-embedding-001", false));
        assert_eq!(
            paths.of_model(own.into(), "m", ""),
            "/publishers/google/models/m:generateContent"
        );
        assert_eq!(
            paths.of_model(other.into(), "m", ""),
            "/endpoints/openapi/chat/completions"
        );
        let base = "https://eu-aiplatform.googleapis.com/v1/x";
        assert_eq!(
            paths.common_base(&format!("{base}/endpoints/openapi")),
            base
        );
    }

    #[test]
    fn azures_classic_paths_name_deployment_and_version() {
        let paths = Paths::AzureDeployments;
        let query = paths.query(&values(&[])).unwrap();
        assert_eq!(
            paths.of_model("/chat/completions".into(), "gpt-5", &query),
            "/deployments/gpt-5/chat/completions?api-version=2024-10-21"
        );
        let query = paths
            .query(&values(&[("api_version", "2025-01-01")]))
            .unwrap();
        let base_url = "https://contoso.openai.azure.com/openai";
        assert_eq!(
            paths.of_models(base_url, "/models".into(), &query),
            (base_url, "/models?api-version=2025-01-01".into())
        );
        let variable = Variable {
            name: "api_version",
            default: Some("2024-10-21"),
        };
        assert_eq!(Address::variables(paths.template()), [variable]);
    }
}
