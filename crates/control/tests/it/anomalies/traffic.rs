//! Keys that behave in ways of their own, and what goes wrong with them: the same in every run.

use std::net::IpAddr;
use std::sync::Arc;

use gateway::metering::Observation;
use store::key_events::KeyEventKind;
use store::{AccountId, ApiKeyId};

pub(super) const MINUTE_MS: i64 = 60_000;
const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;
/// Monday, midnight, UTC.
pub(super) const BEGIN_MS: i64 = 1_789_344_000_000;
pub(super) const WEEKS: i64 = 5;
pub(super) const MINUTES: i64 = WEEKS * WEEK;
/// The longest duration of an anomaly, in minutes, and the reach of its traces.
pub(super) const AFTERMATH: i64 = 10;

/// The profile of a key's use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Profile {
    Steady,
    Office,
    Nightly,
    Bursty,
    Roaming,
    Growing,
    Sparse,
    Weekend,
}

impl Profile {
    pub(super) const ALL: [Self; 8] = [
        Self::Steady,
        Self::Office,
        Self::Nightly,
        Self::Bursty,
        Self::Roaming,
        Self::Growing,
        Self::Sparse,
        Self::Weekend,
    ];

    /// Requests to be expected in a minute, bursts apart.
    fn rate(self, minute: i64) -> f64 {
        let (of_day, day) = (minute % DAY, minute / DAY % 7);
        let between = |from: i64, to: i64| (from * HOUR..to * HOUR).contains(&of_day);
        match self {
            Self::Steady => 0.4,
            Self::Office if day < 5 && between(9, 12) => 1.5,
            Self::Office if day < 5 && between(13, 18) => 1.0,
            Self::Office => 0.0,
            Self::Nightly if (120..135).contains(&of_day) => 25.0,
            Self::Nightly => 0.0,
            Self::Bursty => 0.02,
            Self::Roaming => 0.3,
            Self::Growing => 0.1 * f64::powi(2.0, i32::try_from(minute / WEEK).unwrap()),
            Self::Sparse => 0.01,
            Self::Weekend if day >= 5 && between(10, 20) => 1.5,
            Self::Weekend => 0.0,
        }
    }
}

/// Numbers from a seed (`SplitMix64`).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `bound`.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// Between 0 and 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits of chance")]
    fn chance(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// The number that comes in one minute at `rate` per minute.
    fn count(&mut self, rate: f64) -> u64 {
        let (mut count, mut left, bound) = (0, self.chance(), (-rate).exp());
        while left > bound {
            count += 1;
            left *= self.chance();
        }
        count
    }
}

/// Something that goes wrong, from the beginning of a minute on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Planted {
    pub(super) kind: KeyEventKind,
    pub(super) minute: i64,
}

/// A key in use.
pub(super) struct Key {
    pub(super) id: ApiKeyId,
    account_id: AccountId,
    pub(super) profile: Profile,
    dice: Dice,
    network: IpAddr,
    homes: Vec<IpAddr>,
    models: [Arc<str>; 2],
    charge_nanos: u64,
    /// Until when a burst lasts, and how hard it is.
    burst: (i64, f64),
    /// Until when its provider is unwell.
    unwell_until: i64,
    pub(super) planted: Vec<Planted>,
}

impl Key {
    pub(super) fn new(number: u64, is_touched: bool) -> Self {
        let mut dice = Dice::new(number * 7_919 + 1);
        let profile = Profile::ALL[usize::try_from(number).unwrap() % Profile::ALL.len()];
        let homes: Vec<IpAddr> = (0..=dice.below(3)).map(|_| anywhere(&mut dice)).collect();
        let mut key = Self {
            id: format!("key_{number:03}").into(),
            account_id: format!("acct_{number:03}").into(),
            profile,
            network: homes[0],
            homes,
            models: [
                format!("model-{}", dice.below(4)).into(),
                format!("model-{}", 4 + dice.below(4)).into(),
            ],
            charge_nanos: 200_000 + dice.below(5_000_000),
            burst: (0, 0.0),
            unwell_until: 0,
            planted: vec![],
            dice,
        };
        if is_touched {
            key.plant();
        }
        key
    }

    /// One of each kind, on days of the later weeks, not too close to each other.
    fn plant(&mut self) {
        let mut kinds = vec![
            KeyEventKind::CostlierModel,
            KeyEventKind::SpendSpike,
            KeyEventKind::RequestSpike,
            KeyEventKind::ErrorBurst,
        ];
        // Nobody can tell one more network from the others of a key that moves about.
        if self.profile != Profile::Roaming {
            kinds.push(KeyEventKind::NewNetwork);
        }
        for (place, kind) in kinds.into_iter().enumerate() {
            let day = 15 + 4 * i64::try_from(place).unwrap();
            let minute = day * DAY + i64::try_from(self.dice.below(1_400)).unwrap();
            self.planted.push(Planted { kind, minute });
        }
    }

    /// The observations of a minute, in order.
    pub(super) fn minute(&mut self, minute: i64, seen: &mut Vec<Observation>) {
        self.live(minute);
        let rate = self.profile.rate(minute)
            + if minute < self.burst.0 {
                self.burst.1
            } else {
                0.0
            };
        for _ in 0..self.dice.count(rate) {
            let request = self.request(minute);
            seen.push(request);
        }
        for planted in self.planted.clone() {
            if minute == planted.minute {
                self.go_wrong(planted.kind, minute, seen);
            }
        }
        seen.sort_by_key(|one| one.at_ms);
    }

    /// The changes with time.
    fn live(&mut self, minute: i64) {
        if self.profile == Profile::Bursty && minute >= self.burst.0 && self.dice.below(400) == 0 {
            let length = 3 + i64::try_from(self.dice.below(12)).unwrap();
            self.burst = (minute + length, 5.0 + 25.0 * self.dice.chance());
        }
        // A provider that is unwell for a few minutes, about twice a month.
        if self.dice.below(20_000) == 0 {
            self.unwell_until = minute + 4;
        }
        if self.profile == Profile::Roaming {
            if minute % 90 == 0 {
                self.network = anywhere(&mut self.dice);
            }
        } else if minute % 60 == 0 {
            let home = self.dice.below(self.homes.len() as u64);
            self.network = self.homes[usize::try_from(home).unwrap()];
        }
    }

    fn request(&mut self, minute: i64) -> Observation {
        let at_ms = BEGIN_MS + minute * MINUTE_MS + i64::try_from(self.dice.below(60_000)).unwrap();
        let second = usize::from(self.dice.below(5) == 0);
        // Responses differ in length, and a few are long.
        let length = 50 + self.dice.below(200) + if self.dice.below(50) == 0 { 1_500 } else { 0 };
        let failing = if minute < self.unwell_until { 3 } else { 80 };
        Observation {
            api_key_id: self.id.clone(),
            account_id: self.account_id.clone(),
            at_ms,
            address: Some(self.network),
            model_id: Arc::clone(&self.models[second]),
            price_nanos: Some(1_000_000_000 + 200_000_000 * second as u64),
            charge_nanos: self.charge_nanos * length / 100,
            is_admitted: true,
            is_failure: self.dice.below(failing) == 0,
        }
    }

    /// The requests of the key in eight minutes, about.
    #[expect(clippy::cast_possible_truncation, reason = "a few hundred")]
    fn rate_count(&self, minute: i64) -> i64 {
        let burst = if minute < self.burst.0 {
            self.burst.1
        } else {
            0.0
        };
        (8.0 * (self.profile.rate(minute) + burst)) as i64
    }

    fn go_wrong(&mut self, kind: KeyEventKind, minute: i64, seen: &mut Vec<Observation>) {
        let begin_ms = BEGIN_MS + minute * MINUTE_MS;
        let usual = Observation {
            at_ms: begin_ms,
            is_failure: false,
            address: Some(self.homes[0]),
            ..self.request(minute)
        };
        let spread = |count: i64, change: &dyn Fn(&mut Observation)| {
            (0..count)
                .map(|number| {
                    let mut one = usual.clone();
                    one.at_ms = begin_ms + number * MINUTE_MS / count;
                    change(&mut one);
                    one
                })
                .collect::<Vec<_>>()
        };
        let wrong = match kind {
            KeyEventKind::CostlierModel => spread(1, &|one| {
                one.model_id = "model-large".into();
                one.price_nanos = Some(6_000_000_000);
            }),
            KeyEventKind::NewNetwork => {
                let address = anywhere(&mut self.dice);
                spread(1, &|one| one.address = Some(address))
            }
            KeyEventKind::SpendSpike => spread(40, &|one| one.charge_nanos = 400_000_000),
            KeyEventKind::RequestSpike => spread(500, &|_| {}),
            // Most of what the key does meanwhile.
            KeyEventKind::ErrorBurst => spread(200 + self.rate_count(minute), &|one| {
                one.is_failure = true;
                one.charge_nanos = 0;
            }),
            other => panic!("{other:?} is not for the detectors"),
        };
        // A key that roams is somewhere; one that stays is at home.
        let is_roaming = self.profile == Profile::Roaming;
        seen.extend(wrong.into_iter().map(|mut one| {
            if is_roaming {
                one.address = Some(self.network);
            }
            one
        }));
    }
}

fn anywhere(dice: &mut Dice) -> IpAddr {
    let [_, b, c, d, ..] = dice.below(u64::MAX).to_le_bytes();
    IpAddr::from([11 + b % 100, b, c, d])
}
