//! Deployments: where a model is served, resolved to what a call needs.

use std::sync::Arc;

use http::{HeaderName, HeaderValue};
use llm::chat::Quirks;
use llm::error::ErrorDetail;
use llm::language::{Language, Target};
use llm::media::ByBytes;
use llm::operation::{CHAT, Input, Operation, RequestBody};
use llm::provider::{OutputLimit, Paths, StreamUsage};
use llm::{Provider, UpstreamError};

use super::abilities::Abilities;
use super::auth::Auth;
use super::health::Health;
use super::origin::UpstreamOrigin;
use super::prepared::PreparedRequest;
use super::reservation::Reservation;

/// The text in place of words that quote our credential.
const WORDS_WITHHELD: &str =
    "The provider refused the request; its reason is not shown because it quotes a secret.";

/// One place that serves one model.
#[derive(Debug)]
pub struct Deployment {
    /// `dep_…`.
    pub id: Arc<str>,
    /// The key of its slot in the pool of the model: its id, with the label of the credential where that is a further one.
    pub slot_key: Arc<str>,
    /// A number that changes with everything that an operator says of the deployment, its provider and its credential.
    pub mark: u64,
    pub provider: Arc<ConfiguredProvider>,
    pub upstream_model: Arc<str>,
    /// Its share of the requests of the model.
    pub weight: u64,
    /// The group of deployments that it belongs to; lower ones are tried first.
    pub group: u32,
    /// The operator's cost of a million tokens in and out there, in nanos.
    pub costs: Option<[u64; 2]>,
    /// The abilities of the model there.
    pub abilities: Abilities,
    /// The habits of the provider with this model, where requests are translated.
    pub quirks: Quirks,
    /// True if prompts get cache breakpoints there.
    pub caches_prompts: bool,
    pub reservation: Reservation,
    /// A row for each operation that the deployment can do.
    requests: Box<[Requests]>,
    /// Counts of the calls, which go on where those of the same deployment in an earlier snapshot stand.
    pub health: Arc<Health>,
}

/// A deployment but for the operations that it can do.
#[derive(Debug)]
pub struct DeploymentParts {
    pub id: Arc<str>,
    pub mark: u64,
    pub provider: Arc<ConfiguredProvider>,
    pub upstream_model: Arc<str>,
    pub weight: u64,
    pub group: u32,
    pub costs: Option<[u64; 2]>,
    pub abilities: Abilities,
    pub caches_prompts: bool,
    pub reservation: Reservation,
    pub health: Arc<Health>,
}

/// The prepared requests for one operation.
#[derive(Debug)]
struct Requests {
    operation: &'static Operation,
    language: &'static Language,
    whole: PreparedRequest,
    streamed: PreparedRequest,
}

impl Deployment {
    /// A deployment that can do those of the operations that its provider's language has.
    ///
    /// # Errors
    /// If the name of the model makes no URL: why, in words.
    pub fn new(
        parts: DeploymentParts,
        operations: impl Iterator<Item = &'static Operation>,
    ) -> Result<Self, String> {
        let DeploymentParts {
            id,
            mark,
            provider,
            upstream_model,
            weight,
            group,
            costs,
            abilities,
            caches_prompts,
            reservation,
            health,
        } = parts;
        let mut requests = Vec::new();
        for operation in operations {
            for language in &provider.languages {
                requests.extend(provider.requests(operation, language, &upstream_model)?);
            }
        }
        Ok(Self {
            requests: requests.into(),
            quirks: provider.kind.quirks_with(&upstream_model),
            slot_key: slot_key(&id, &provider),
            id,
            mark,
            provider,
            upstream_model,
            weight,
            group,
            costs,
            abilities,
            caches_prompts,
            reservation,
            health,
        })
    }

    /// The operation that the deployment is asked for where a client asks for another: a prompt is a conversation
    /// where the languages have no prompts.
    fn asked_for(&self, operation: &'static Operation) -> &'static Operation {
        let mut rows = self.requests.iter();
        let has_it = rows.any(|row| std::ptr::eq(row.operation, operation));
        if operation.input == Input::Prompt && !has_it {
            &CHAT
        } else {
            operation
        }
    }

    /// The language in which the deployment is asked for an operation: the client's own, or else one into which
    /// conversations are translated; `None` if it cannot do it.
    pub fn language_for(
        &self,
        operation: &'static Operation,
        client: &'static Language,
    ) -> Option<&'static Language> {
        let operation = self.asked_for(operation);
        let rows = self.requests.iter();
        let mut languages = rows
            .filter(|row| std::ptr::eq(row.operation, operation))
            .map(|row| row.language);
        let first = languages.next()?;
        if operation.input == Input::Documents {
            return Some(first);
        }
        if std::ptr::eq(first, client) || languages.any(|language| std::ptr::eq(language, client)) {
            return Some(client);
        }
        (operation.input == Input::Messages).then_some(first)
    }

    /// Begin of a request for an operation; `None` if the deployment cannot do it in this language.
    pub fn request(
        &self,
        operation: &'static Operation,
        language: &'static Language,
        is_streamed: bool,
    ) -> Option<&PreparedRequest> {
        let operation = self.asked_for(operation);
        let mut rows = self.requests.iter();
        let row = rows.find(|row| {
            std::ptr::eq(row.operation, operation) && std::ptr::eq(row.language, language)
        })?;
        Some(if is_streamed {
            &row.streamed
        } else {
            &row.whole
        })
    }
}

/// The first credential has the slot of the deployment that there would be without the others.
fn slot_key(id: &Arc<str>, provider: &ConfiguredProvider) -> Arc<str> {
    match &provider.credential {
        Some(credential) if !credential.is_first => format!("{id}/{}", credential.label).into(),
        Some(_) | None => Arc::clone(id),
    }
}

/// The name of one of several credentials of a provider. It says nothing of the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialName {
    pub label: Arc<str>,
    pub is_first: bool,
}

/// A provider with its address and one of its credentials.
#[derive(Debug)]
pub struct ConfiguredProvider {
    pub name: Arc<str>,
    /// The name of the credential, where the provider has several.
    pub credential: Option<CredentialName>,
    /// A number that changes with everything that an operator says of the provider and of this credential.
    pub mark: u64,
    /// The wire languages, the preferred one first.
    pub languages: Box<[&'static Language]>,
    pub stream_usage: StreamUsage,
    /// The way in which paths below the base URL are made, and their query.
    pub paths: Paths,
    pub query: String,
    /// Headers of every request, besides those of the language.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The row of the table of providers.
    pub kind: &'static Provider,
    /// The name by which the provider knows the bound on the output, where bytes pass.
    pub output_limit: OutputLimit,
    /// True if the provider routes by the `provider` object of a request.
    pub takes_provider_object: bool,
    pub auth: Auth,
    /// True if `test` keys may reach it.
    pub serves_test_keys: bool,
    /// True if ejected deployments are looked at by requests of ours.
    pub active_probes: bool,
    /// The media that it takes as bytes alone, in whichever language; as the language has it where nothing is said.
    pub by_bytes: Option<ByBytes>,
    /// True if it is told the account and the level of each request.
    pub sends_flow: bool,
    pub origin: UpstreamOrigin,
    /// Its address, without a slash at its end.
    pub base_url: String,
}

impl ConfiguredProvider {
    /// The label of the credential, where the provider has several.
    pub fn credential_label(&self) -> Option<&str> {
        self.credential.as_ref().map(|name| &*name.label)
    }

    /// The error without the upstream's words, if they quote our credential.
    pub fn without_credential(&self, mut error: UpstreamError) -> UpstreamError {
        if let Some(detail) = error.detail_mut() {
            *detail = self.words_without_credential(std::mem::take(detail));
        }
        error
    }

    /// Withholds words that quote the credential.
    pub fn words_without_credential(&self, detail: ErrorDetail) -> ErrorDetail {
        let texts = [
            Some(&detail.message),
            detail.code.as_ref(),
            detail.param.as_ref(),
        ];
        let quotes_credential = texts
            .into_iter()
            .flatten()
            .any(|text| self.auth.is_quoted_by(text));
        if quotes_credential {
            return ErrorDetail {
                message: WORDS_WITHHELD.to_owned(),
                ..ErrorDetail::default()
            };
        }
        detail
    }

    /// Asks for the list of the provider's models.
    pub(super) fn models(&self) -> Result<PreparedRequest, String> {
        let mut target = self.language().upstream.models();
        let base_url = self.base_url_of(self.language());
        let (base_url, path) = self
            .paths
            .of_models(base_url, target.path_and_query, &self.query);
        target.path_and_query = path;
        self.prepare(base_url, &target, RequestBody::Empty)
    }

    /// The base URL of a language: where it stands beside a compatible interface, without the path of that.
    fn base_url_of(&self, language: &Language) -> &str {
        let whole = self.base_url.as_str();
        let own = whole.strip_suffix(language.upstream.compatible_path());
        own.unwrap_or(whole)
    }

    fn prepare(
        &self,
        base_url: &str,
        target: &Target,
        body: RequestBody,
    ) -> Result<PreparedRequest, String> {
        PreparedRequest::new(&self.origin, base_url, target, body, &self.headers)
    }

    /// The language that is preferred.
    pub fn language(&self) -> &'static Language {
        let first = self.languages.first();
        first.expect("a provider speaks a language")
    }

    /// Begins of requests for an operation; `None` if the language has no such operation.
    fn requests(
        &self,
        operation: &'static Operation,
        language: &'static Language,
        model: &str,
    ) -> Result<Option<Requests>, String> {
        let is_conversation = operation.input == Input::Messages;
        let prepared = |is_streamed| {
            let target = language.upstream.target(operation, model, is_streamed);
            let target = target.filter(|target| {
                let path = &target.path_and_query;
                self.paths.serves(path, model, is_conversation)
            });
            let prepare = |mut target: Target| {
                let path = target.path_and_query;
                target.path_and_query = self.paths.of_model(path, model, &self.query);
                self.prepare(self.base_url_of(language), &target, operation.body)
            };
            target.map(prepare).transpose()
        };
        let (Some(whole), Some(streamed)) = (prepared(false)?, prepared(true)?) else {
            return Ok(None);
        };
        // Most languages say it in the body; then one text serves both.
        let streamed = if streamed == whole {
            whole.clone()
        } else {
            streamed
        };
        Ok(Some(Requests {
            operation,
            language,
            whole,
            streamed,
        }))
    }
}
