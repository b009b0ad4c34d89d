//! Laying files and the environment over the defaults, so that every name is known and every error says where.

use anyhow::{Context, anyhow, bail};
use toml::{Table, Value};

const PREFIX: &str = "YUNXIN__";

pub fn parse(text: &str) -> anyhow::Result<Table> {
    text.parse::<Table>()
        .map_err(|error| anyhow!("{}", error.to_string().trim_end()))
}

/// Lays `over` over `base`; only names that `base` has are taken.
pub fn merge(base: &mut Table, over: Table, path: &str) -> anyhow::Result<()> {
    for (name, value) in over {
        let full = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        let Some(slot) = base.get_mut(&name) else {
            bail!("unknown setting `{full}`; `yunxin config dump` lists those that exist");
        };
        match (slot, value) {
            (Value::Table(inner), Value::Table(over)) => merge(inner, over, &full)?,
            (slot, value) if slot.same_type(&value) => *slot = value,
            (slot, value) => bail!(
                "`{full}` must be of type {}, not {}",
                slot.type_str(),
                value.type_str()
            ),
        }
    }
    Ok(())
}

/// Lays `YUNXIN__SECTION__NAME` variables over `base`.
pub fn overlay(
    base: &mut Table,
    environment: impl Iterator<Item = (String, String)>,
) -> anyhow::Result<()> {
    for (variable, text) in environment {
        let Some(path) = variable.strip_prefix(PREFIX) else {
            continue;
        };
        let path = path.to_lowercase();
        let slot = path
            .split_once("__")
            .and_then(|(section, name)| base.get_mut(section)?.as_table_mut()?.get_mut(name))
            .with_context(|| format!("the environment variable {variable} names no setting"))?;
        *slot = typed_as(slot, &text)
            .with_context(|| format!("the environment variable {variable}"))?;
    }
    Ok(())
}

fn typed_as(slot: &Value, text: &str) -> anyhow::Result<Value> {
    // A file of variables with CRLF leaves the CR at the end of each.
    let text = text.trim();
    Ok(match slot {
        Value::Integer(_) => Value::Integer(text.parse().context("expected an integer")?),
        Value::Boolean(_) => Value::Boolean(text.parse().context("expected true or false")?),
        Value::Array(_) => {
            let items = text
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty());
            Value::Array(items.map(Value::from).collect())
        }
        _ => Value::from(text),
    })
}
