//! A model that an operator offers.

use std::ops::RangeInclusive;

use llm::{Meter, ModelType, Needs};
use serde::{Deserialize, Serialize};

use super::super::price::{Price, PricingUnit};
use super::super::price_list::{PriceList, Prices};
use super::{Spec, SpecError, check_visible, check_word, check_words};
use crate::routing::{RouteRule, RoutingPolicy};

/// The silence that an operator may allow for streams of a model: at most a day.
const STREAM_TIMEOUT_SECONDS: RangeInclusive<u64> = 1..=86_400;
/// Rules of one virtual model.
const ROUTES_MAX: usize = 40;
/// The part of the sessions that a rule may take.
const PERCENT: RangeInclusive<u8> = 1..=100;
/// Longest id of a model: it becomes a label of metrics and a part of URLs.
const ID_BYTES_MAX: usize = 200;

/// A public name that clients ask for, with its price and tier.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ModelSpec {
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 200))]
    pub id: String,
    /// Left out: the id.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(max_length = 200))]
    pub display_name: String,
    #[serde(default = "operator")]
    #[cfg_attr(feature = "schema", schema(max_length = 100))]
    pub owned_by: String,
    /// `chat`, `embedding`, `image_generation`, `tts`, `stt`, `video_generation`, `rerank` or `moderation`.
    #[serde(default = "chat")]
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub model_type: ModelType,
    /// The id of a tier.
    #[serde(default = "basic")]
    pub min_tier: String,
    #[serde(default)]
    pub context_length: Option<u64>,
    #[serde(default)]
    pub max_output_tokens: Option<u64>,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(max_items = 40))]
    pub capabilities: Vec<String>,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(max_items = 40))]
    pub aliases: Vec<String>,
    /// `per_million_tokens`, `per_image`, `per_second`, `per_request`, `per_million_characters` or `per_search`.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub pricing_unit: PricingUnit,
    /// Dollars by meter, as decimal numbers of at most nine places: `{"input": "2.50", "output": "10"}`.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, String>))]
    pub prices: Prices,
    /// Short for `prices.input`, by the name that it has where models are listed.
    #[serde(default, skip_serializing)]
    #[cfg_attr(feature = "schema", schema(ignore))]
    pub(in crate::catalog) input_price: Option<Price>,
    /// Short for `prices.output`.
    #[serde(default, skip_serializing)]
    #[cfg_attr(feature = "schema", schema(ignore))]
    pub(in crate::catalog) output_price: Option<Price>,
    /// True if the model is listed.
    #[serde(default = "yes")]
    pub is_public: bool,
    /// The longest silence of a stream before its first event and within it; `null`: as the server is set.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 86_400))]
    pub stream_timeout_seconds: Option<u64>,
    /// The order in which deployments of one group are tried: `weights`, `least_in_flight`, `lowest_latency` or
    /// `lowest_cost`.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub routing_policy: RoutingPolicy,
    /// True if prompts with the same long begin stay at one deployment, whose prompt cache knows it, where the request
    /// names no session. For the policy `weights`.
    #[serde(default)]
    pub sticky_prompts: bool,
    /// True if a request that was sent and not answered in time may be sent to another deployment as well.
    #[serde(default)]
    pub retry_after_timeout: bool,
    /// Ids of models that are asked, in this order, when no deployment of this one serves the request.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(max_items = 40))]
    pub fallbacks: Vec<String>,
    /// The rules of a virtual model, which has no deployments: the first that a request meets, and whose model the
    /// caller may use, names the model that serves it. The charge is that of the model that serves.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(max_items = 40))]
    pub routes: Vec<RouteRule>,
    /// The time the model was added, in seconds since 1970. Left out: now; in a file, the beginning of 2026.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 4_102_444_800u64))]
    pub created: Option<u64>,
}

/// The latest time at which a model can have been added: the beginning of 2100.
const CREATED_MAX_S: u64 = 4_102_444_800;

impl ModelSpec {
    /// Fills in what follows from the rest, and when the model was added if the spec does not say.
    pub fn normalize(&mut self, created_s: u64) {
        if self.display_name.is_empty() {
            self.display_name.clone_from(&self.id);
        }
        self.created.get_or_insert(created_s);
        for (meter, short) in [
            (Meter::UncachedInput, self.input_price.take()),
            (Meter::Output, self.output_price.take()),
        ] {
            if let Some(price) = short {
                self.prices.set(meter, price);
            }
        }
        for meter in [Meter::UncachedInput, Meter::Output] {
            if self.prices.get(meter).is_none() {
                self.prices.set(meter, Price::default());
            }
        }
    }

    /// Looks for a price that is said twice, in short and in the list.
    ///
    /// # Errors
    /// If there is one.
    pub(in crate::catalog) fn check_short_prices(&self) -> Result<(), SpecError> {
        for (meter, short, name) in [
            (Meter::UncachedInput, self.input_price, "input_price"),
            (Meter::Output, self.output_price, "output_price"),
        ] {
            if short.is_some() && self.prices.get(meter).is_some() {
                let message = format!("{name} is short for prices.{meter}: say one of them");
                return Err(SpecError::new(name, message));
            }
        }
        Ok(())
    }

    /// The price of a meter that has one of its own; otherwise 0.
    pub fn price(&self, meter: Meter) -> Price {
        self.prices.get(meter).unwrap_or_default()
    }

    /// The price of what goes in: of a unit of the model, where that is no token.
    pub fn input_price_shown(&self) -> Price {
        let meter = self.pricing_unit.meter();
        self.price(meter.unwrap_or(Meter::UncachedInput))
    }

    /// The price of what comes out: none of a model that is priced by another unit than tokens.
    pub fn output_price_shown(&self) -> Price {
        match self.pricing_unit.meter() {
            None => self.price(Meter::Output),
            Some(_) => Price::default(),
        }
    }

    /// The prices that requests are charged by; `None` if nothing is charged.
    ///
    /// # Errors
    /// If a price is too large.
    pub(in crate::catalog) fn price_list(&self) -> Result<Option<PriceList>, SpecError> {
        let charged = self.prices.charged(self.pricing_unit);
        if charged.is_empty() {
            return Ok(None);
        }
        let list = PriceList::of(&charged);
        list.map(Some)
            .map_err(|message| SpecError::new("prices", message))
    }

    /// The time the model was added, in milliseconds since 1970.
    pub fn created_at_ms(&self) -> i64 {
        let seconds = self.created.unwrap_or_default().min(CREATED_MAX_S);
        i64::try_from(seconds).unwrap_or_default() * 1_000
    }

    fn check_id(&self) -> Result<(), SpecError> {
        if self.id.is_empty() || self.id.len() > ID_BYTES_MAX {
            let message = format!("an id has 1 to {ID_BYTES_MAX} bytes");
            return Err(SpecError::new("id", message));
        }
        // URLs resolve these; such a model could not be named in a path.
        let mut parts = self.id.split('/');
        if parts.any(|part| matches!(part, "" | "." | "..")) {
            let message = "no part of an id between slashes is empty, '.' or '..'";
            return Err(SpecError::new("id", message));
        }
        check_visible("id", &self.id)
    }
}

impl Spec for ModelSpec {
    fn validate(&self) -> Result<(), SpecError> {
        for (field, text) in [
            ("id", &self.id),
            ("display_name", &self.display_name),
            ("owned_by", &self.owned_by),
        ] {
            check_word(field, text)?;
        }
        self.check_id()?;
        self.price_list()?;
        check_words("capabilities", &self.capabilities)?;
        check_words("aliases", &self.aliases)?;
        check_words("fallbacks", &self.fallbacks)?;
        check_routes(&self.routes)?;
        if let Some(seconds) = self.stream_timeout_seconds
            && !STREAM_TIMEOUT_SECONDS.contains(&seconds)
        {
            let (least, most) = (STREAM_TIMEOUT_SECONDS.start(), STREAM_TIMEOUT_SECONDS.end());
            let message = format!("stream_timeout_seconds is {least} to {most}.");
            return Err(SpecError::new("stream_timeout_seconds", message));
        }
        if self.created.is_some_and(|created| created > CREATED_MAX_S) {
            let message = format!("created is 0 to {CREATED_MAX_S}, in seconds since 1970.");
            return Err(SpecError::new("created", message));
        }
        Ok(())
    }
}

fn check_routes(routes: &[RouteRule]) -> Result<(), SpecError> {
    let refuse = |message: String| Err(SpecError::new("routes", message));
    if routes.len() > ROUTES_MAX {
        return refuse(format!("A virtual model has at most {ROUTES_MAX} rules."));
    }
    for rule in routes {
        check_word("routes", &rule.model)?;
        check_words("routes", &rule.tiers)?;
        if Needs::of_words(&rule.needs.join(",")).is_none() {
            let message = "The needs of a rule are words of tools, vision and json_schema.";
            return refuse(message.to_owned());
        }
        if rule
            .percent
            .is_some_and(|percent| !PERCENT.contains(&percent))
        {
            return refuse("The percent of a rule is 1 to 100.".to_owned());
        }
        let (min, max) = (rule.input_tokens_min, rule.input_tokens_max);
        if max.is_some_and(|max| min.unwrap_or_default() > max) {
            let message = "The input_tokens_min of a rule is not above its input_tokens_max.";
            return refuse(message.to_owned());
        }
    }
    Ok(())
}

fn operator() -> String {
    "operator".to_owned()
}

fn chat() -> ModelType {
    ModelType::Chat
}

fn basic() -> String {
    "basic".to_owned()
}

fn yes() -> bool {
    true
}
