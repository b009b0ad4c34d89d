//! The question.

use gateway::error::ApiError;
use serde::Deserialize;
use store::usage_events::Outcome;
use store::usage_rollups::{DAY_MS, Filter, Group, HOUR_MS, MINUTE_MS, TimeSpan};
use utoipa::{IntoParams, ToSchema};

use crate::api::query::{one_of, text, time};
use crate::api::time::Time;

const STEPS_MAX: i64 = 1_500;
/// The retention of sums per minute.
pub const MINUTES_KEPT_MS: i64 = 7 * DAY_MS;
/// Up to which range a step is chosen where none is asked for.
const MINUTES_UP_TO_MS: i64 = 3 * HOUR_MS;
const HOURS_UP_TO_MS: i64 = 8 * DAY_MS;

/// Which usage is asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UsageQuery {
    /// From when on; a day before `to` unless told. It begins with the step that it lies in.
    #[param(value_type = Option<Time>)]
    from: Option<String>,
    /// Until when; now unless told.
    #[param(value_type = Option<Time>)]
    to: Option<String>,
    /// Chosen by the range unless told; at most 1,500 of them. Minutes are kept for 7 days.
    #[param(inline, value_type = Option<Step>)]
    step: Option<String>,
    /// The dimension to group by.
    #[param(inline, value_type = Option<GroupBy>)]
    group_by: Option<String>,
    #[param(max_length = 200)]
    api_key_id: Option<String>,
    #[param(max_length = 200)]
    model: Option<String>,
    /// `live` or `test`.
    #[param(max_length = 200)]
    environment: Option<String>,
    /// `ok`, `error` or `refused`.
    #[param(max_length = 200)]
    status: Option<String>,
    #[param(max_length = 200)]
    endpoint: Option<String>,
    /// For operators.
    #[param(max_length = 200)]
    provider: Option<String>,
    /// For operators.
    #[param(max_length = 200)]
    account_id: Option<String>,
}

/// The length of a step.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Step {
    Minute,
    Hour,
    Day,
}

/// The dimension that usage is grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GroupBy {
    Model,
    ApiKey,
    Environment,
    Status,
    Endpoint,
    Provider,
    /// For operators.
    Account,
}

/// The question, checked.
#[derive(Debug)]
pub(crate) struct UsageQuestion {
    pub span: TimeSpan,
    pub group_by: Option<GroupBy>,
    pub filter: Filter,
}

impl UsageQuery {
    /// Checks the question.
    ///
    /// # Errors
    /// If a parameter is not what it should be.
    pub(crate) fn checked(self, now_ms: i64) -> Result<UsageQuestion, ApiError> {
        let to_ms = time(self.to.as_deref(), "to")?.unwrap_or(now_ms);
        let from_ms = time(self.from.as_deref(), "from")?.unwrap_or(to_ms - DAY_MS);
        if from_ms >= to_ms {
            return Err(ApiError::invalid_query("from", "a time before 'to'"));
        }
        let step_ms = match self.step.as_deref() {
            None | Some("") if to_ms - from_ms <= MINUTES_UP_TO_MS && is_kept(from_ms, now_ms) => {
                MINUTE_MS
            }
            None | Some("") if to_ms - from_ms <= HOURS_UP_TO_MS => HOUR_MS,
            None | Some("") => DAY_MS,
            Some("minute") if is_kept(from_ms, now_ms) => MINUTE_MS,
            Some("minute") => {
                let expected = "hour or day: sums per minute are kept for 7 days";
                return Err(ApiError::invalid_query("step", expected));
            }
            Some("hour") => HOUR_MS,
            Some("day") => DAY_MS,
            Some(_) => return Err(ApiError::invalid_query("step", "minute, hour or day")),
        };
        let span = TimeSpan {
            step_ms,
            from_ms: from_ms - from_ms.rem_euclid(step_ms),
            to_ms: to_ms + (step_ms - to_ms.rem_euclid(step_ms)) % step_ms,
        };
        if (span.to_ms - span.from_ms) / step_ms > STEPS_MAX {
            let expected = "a longer step, or a shorter time: at most 1500 steps";
            return Err(ApiError::invalid_query("step", expected));
        }
        Ok(UsageQuestion {
            span,
            group_by: group_by(self.group_by.as_deref())?,
            filter: Filter {
                api_key_id: text(self.api_key_id, "api_key_id")?,
                model_id: text(self.model, "model")?,
                environment: one_of(
                    self.environment,
                    "environment",
                    &["live", "test"],
                    "live or test",
                )?,
                outcome: outcome(self.status.as_deref())?,
                endpoint: text(self.endpoint, "endpoint")?,
                provider_name: text(self.provider, "provider")?,
                account_id: text(self.account_id, "account_id")?,
            },
        })
    }
}

impl UsageQuestion {
    pub(crate) fn is_grouped(&self) -> bool {
        self.group_by.is_some()
    }

    /// The store's grouping.
    pub(crate) fn group(&self) -> Group {
        match self.group_by {
            None => Group::None,
            Some(GroupBy::Model) => Group::Model,
            Some(GroupBy::ApiKey) => Group::ApiKey,
            Some(GroupBy::Environment) => Group::Environment,
            Some(GroupBy::Status) => Group::Outcome,
            Some(GroupBy::Endpoint) => Group::Endpoint,
            Some(GroupBy::Provider) => Group::Provider,
            Some(GroupBy::Account) => Group::Account,
        }
    }

    /// The span of the latencies: hours in place of minutes, for which none are kept.
    pub(crate) fn latency_span(&self) -> TimeSpan {
        let span = self.span;
        if span.step_ms != MINUTE_MS {
            return span;
        }
        TimeSpan {
            step_ms: HOUR_MS,
            from_ms: span.from_ms - span.from_ms.rem_euclid(HOUR_MS),
            to_ms: span.to_ms,
        }
    }

    pub(super) fn step_name(&self) -> &'static str {
        match self.span.step_ms {
            MINUTE_MS => "minute",
            HOUR_MS => "hour",
            _ => "day",
        }
    }
}

fn outcome(text: Option<&str>) -> Result<Option<Outcome>, ApiError> {
    match text {
        None | Some("") => Ok(None),
        Some(text) => match Outcome::parse(text) {
            Some(outcome) => Ok(Some(outcome)),
            None => Err(ApiError::invalid_query("status", "ok, error or refused")),
        },
    }
}

fn is_kept(from_ms: i64, now_ms: i64) -> bool {
    from_ms >= now_ms - MINUTES_KEPT_MS
}

fn group_by(text: Option<&str>) -> Result<Option<GroupBy>, ApiError> {
    Ok(Some(match text {
        None | Some("") => return Ok(None),
        Some("model") => GroupBy::Model,
        Some("api_key") => GroupBy::ApiKey,
        Some("environment") => GroupBy::Environment,
        Some("status") => GroupBy::Status,
        Some("endpoint") => GroupBy::Endpoint,
        Some("provider") => GroupBy::Provider,
        Some("account") => GroupBy::Account,
        Some(_) => {
            let expected =
                "model, api_key, environment, status, endpoint, provider or (operators) account";
            return Err(ApiError::invalid_query("group_by", expected));
        }
    }))
}

#[cfg(test)]
mod tests {
    use store::usage_rollups::{DAY_MS, HOUR_MS, MINUTE_MS};

    use super::{Time, UsageQuery};

    const NOW: &str = "2026-11-24T10:20:30Z";

    fn ask(from: &str, step: &str) -> Result<(i64, i64), ()> {
        let query = UsageQuery {
            from: Some(from.to_owned()),
            step: Some(step.to_owned()),
            ..UsageQuery::default()
        };
        let question = query.checked(Time::parse(NOW).unwrap().0).map_err(drop)?;
        let span = question.span;
        Ok((span.step_ms, (span.to_ms - span.from_ms) / span.step_ms))
    }

    #[test]
    fn the_step_follows_the_range_and_ranges_are_whole_steps() {
        assert_eq!(ask("2026-11-24T09:20:30Z", ""), Ok((MINUTE_MS, 61)));
        assert_eq!(ask("2026-11-23T10:20:30Z", ""), Ok((HOUR_MS, 25)));
        assert_eq!(ask("2026-10-25T10:20:30Z", ""), Ok((DAY_MS, 31)));
        assert_eq!(ask("2026-11-24T10:20:00Z", "day"), Ok((DAY_MS, 1)));
    }

    #[test]
    fn a_question_that_cannot_be_answered_is_refused() {
        for (from, step) in [
            ("2026-11-25T00:00:00Z", ""),
            ("2026-11-22T00:00:00Z", "minute"),
            ("2026-11-01T00:00:00Z", "minute"),
            ("2020-01-01T00:00:00Z", "hour"),
            ("yesterday", ""),
            ("2026-11-24T00:00:00Z", "week"),
        ] {
            assert_eq!(ask(from, step), Err(()), "{from} {step}");
        }
    }
}
