//! Reservation of a deployment for accounts of some tiers, always or in some hours of the day.

/// Minutes of a day.
const DAY_MINUTES: u16 = 24 * 60;
/// Milliseconds of a minute.
const MINUTE_MS: i64 = 60_000;

/// Hours of the day, in UTC: from a minute to another, over midnight where the second is the earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    from: u16,
    until: u16,
}

impl Hours {
    /// The hours of a text such as `08:00-18:30`; `None` if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (from, until) = text.split_once('-')?;
        let hours = Self {
            from: minute(from)?,
            until: minute(until)?,
        };
        (hours.from != hours.until).then_some(hours)
    }

    fn has(self, minute: u16) -> bool {
        if self.from < self.until {
            (self.from..self.until).contains(&minute)
        } else {
            minute >= self.from || minute < self.until
        }
    }
}

fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let two = |digits: &str| {
        let is_number = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<u16>().ok().filter(|_| is_number)
    };
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    let minute = hours * 60 + minutes;
    (minutes < 60 && minute < DAY_MINUTES).then_some(minute)
}

/// The accounts that a deployment is reserved for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reservation {
    /// Ids of tiers; none: it is reserved for no one.
    pub tiers: Box<[String]>,
    /// The hours in which that holds; `None`: always.
    pub hours: Option<Hours>,
}

impl Reservation {
    /// Says that accounts of a tier may use the deployment at a time, in milliseconds since 1970.
    pub fn lets(&self, tier: &str, now_ms: i64) -> bool {
        let minute = now_ms
            .div_euclid(MINUTE_MS)
            .rem_euclid(i64::from(DAY_MINUTES));
        let minute = u16::try_from(minute).unwrap_or_default();
        self.tiers.is_empty()
            || self.hours.is_some_and(|hours| !hours.has(minute))
            || self.tiers.iter().any(|one| one == tier)
    }
}

#[cfg(test)]
mod tests {
    use super::{Hours, Reservation};

    const HOUR_MS: i64 = 3_600_000;

    #[test]
    fn hours_may_pass_midnight_and_have_two_digits() {
        let day = Hours::parse("08:00-18:30").unwrap();
        let night = Hours::parse("22:00 - 06:00").unwrap();
        for (minute, of_day, of_night) in [
            (0, false, true),
            (359, false, true),
            (360, false, false),
            (480, true, false),
            (1_109, true, false),
            (1_110, false, false),
            (1_320, false, true),
        ] {
            assert_eq!(
                (day.has(minute), night.has(minute)),
                (of_day, of_night),
                "{minute}"
            );
        }
        for text in [
            "",
            "8:00-18:00",
            "08:00",
            "08:00-08:00",
            "24:00-01:00",
            "08:60-09:00",
            "+8:00-09:00",
        ] {
            assert_eq!(Hours::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_reservation_holds_for_its_tiers_and_in_its_hours() {
        let always = Reservation {
            tiers: ["enterprise".to_owned()].into(),
            hours: None,
        };
        assert!(always.lets("enterprise", 0) && !always.lets("free", 0));
        let by_day = Reservation {
            hours: Hours::parse("08:00-18:00"),
            ..always
        };
        assert!(by_day.lets("free", 0) && !by_day.lets("free", 9 * HOUR_MS));
        assert!(Reservation::default().lets("free", 9 * HOUR_MS));
    }
}
