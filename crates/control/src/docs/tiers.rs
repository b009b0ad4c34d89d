//! The table of tiers, from the catalogue in memory.

use std::sync::Arc;

use gateway::catalog::Catalog;
use store::tiers::Tier;

use super::fill::escape;

const HEAD: [&str; 9] = [
    "Tier",
    "Requests per minute",
    "Tokens per minute",
    "Requests per day",
    "At the same time",
    "Models",
    "Active keys",
    "Account ceiling",
    "Priority",
];
const PRIORITIES: [&str; 4] = ["1 Low", "2 Normal", "3 High", "4 Critical"];

/// As HTML.
pub(super) fn html(catalog: &Catalog) -> String {
    let cells = |tag: &str, cells: &[String]| {
        let cells = cells.iter().map(|cell| format!("<{tag}>{cell}</{tag}>"));
        format!("<tr>{}</tr>", cells.collect::<String>())
    };
    let rows = catalog.tiers().map(|tier| {
        let row = row(catalog, tier).map(|cell| escape(&cell));
        cells("td", &row)
    });
    format!(
        "<div class=\"table\" tabindex=\"0\"><table><thead>{}</thead><tbody>{}</tbody></table></div>",
        cells("th", &HEAD.map(str::to_owned)),
        rows.collect::<String>()
    )
}

/// As Markdown.
pub(super) fn markdown(catalog: &Catalog) -> String {
    let line = |cells: &[String]| format!("| {} |", cells.join(" | "));
    let rows = catalog.tiers().map(|tier| {
        let row = row(catalog, tier).map(|cell| cell.replace('|', "\\|"));
        line(&row)
    });
    let head = [
        line(&HEAD.map(str::to_owned)),
        "|---".repeat(HEAD.len()) + "|",
    ];
    head.into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}

fn row(catalog: &Catalog, tier: &Arc<Tier>) -> [String; HEAD.len()] {
    let all = catalog.public_models().count();
    let reached = catalog.public_models();
    let reached = reached.filter(|model| model.is_reached_by(tier)).count();
    let is_limited = tier.requests_per_minute.is_some() || tier.requests_per_day.is_some();
    let ceiling = if is_limited || tier.tokens_per_minute.is_some() {
        format!("{}× a key", tier.account_multiplier)
    } else {
        "none".to_owned()
    };
    let priority = usize::from(tier.priority.saturating_sub(1));
    [
        tier.display_name.clone(),
        limit(tier.requests_per_minute),
        limit(tier.tokens_per_minute),
        limit(tier.requests_per_day),
        limit(tier.concurrent_requests),
        format!("{reached} of {all}"),
        limit(tier.keys_max),
        ceiling,
        (*PRIORITIES.get(priority).unwrap_or(&"")).to_owned(),
    ]
}

/// `1,000,000`, or that there is none.
fn limit(limit: Option<u64>) -> String {
    let Some(limit) = limit else {
        return "unlimited".to_owned();
    };
    let digits = limit.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::limit;

    #[test]
    fn figures_are_grouped_in_threes() {
        let figures = [0, 999, 1_000, 40_000, 1_000_000].map(|figure| limit(Some(figure)));
        assert_eq!(figures.join(" "), "0 999 1,000 40,000 1,000,000");
        assert_eq!(limit(None), "unlimited");
    }
}
