use gateway::catalog::Price;

/// An amount in dollars as nano-dollars.
pub(super) fn nanos_of(text: &str) -> Option<i64> {
    let price = Price::parse(text.trim())?;
    i64::try_from(price.nanos).ok()
}
