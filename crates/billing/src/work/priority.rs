//! What comes first: legal and contract clocks inside their warning window, money or not; then what an hour of work is
//! likely to bring. One number that an index keeps in order, and the sentence that says why. Whole numbers only; it
//! chooses no item and asks nobody.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::item::WorkItem;
use super::reason::{Desk, WorkReason};
use crate::clock::ClockKind;
use crate::{Money, PayerId};

/// What the place of an item depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rankable {
    /// Cents that depend on it; the sign does not count.
    pub stake: Money,
    /// How likely the money comes, in thousandths.
    pub chance_permille: u32,
    /// Minutes that the work takes.
    pub minutes: u32,
    /// By when the practice wants it done.
    pub due_on: Date,
    /// The day of law or contract, if there is one.
    pub deadline_on: Option<Date>,
    /// Calendar days before that day from which it goes first.
    pub warning_days: u32,
    /// Which clock runs to that day, where its reason says.
    pub clock: Option<ClockKind>,
    /// Whether a rule put it to the front: a threat, a complaint, a regulator.
    pub is_raised: bool,
}

/// Where an item stands among all others: the greater comes first. It fits a BIGINT column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Priority(i64);

/// Bits that the worth of an hour takes: four billion dollars of an hour, beyond any practice.
const WORTH_BITS: u32 = 40;
/// Most that the worth of an hour counts.
const MOST_WORTH: i64 = (1 << WORTH_BITS) - 1;
/// Set for what goes first, above every amount.
const FIRST: i64 = 1 << 60;
/// Days that are told apart among clocks: a year before and a year after; beyond them worth alone decides.
const MOST_DAYS: i64 = 365;
/// What an item counts for at least: somebody waits for it though it carries no money, so it is done some day.
const LEAST_CENTS: i64 = 1_000;
/// Urgency in tenths: of an item whose clock is far away, or that has none …
const CALM: i64 = 10;
/// … whose clock ends within [`SOON_DAYS`] …
const SOON: i64 = 20;
/// … and within [`AT_ONCE_DAYS`].
const AT_ONCE: i64 = 40;
/// First step of urgency, in calendar days.
const SOON_DAYS: i64 = 10;
/// Second step of urgency, in calendar days.
const AT_ONCE_DAYS: i64 = 3;
/// What each day past the due date adds, in tenths, so that nothing waits for ever behind richer work …
const LATE_DAY: i64 = 2;
/// … up to a month of them.
const MOST_LATE_DAYS: i64 = 30;
/// Days of a week …
const DAYS_OF_A_WEEK: u32 = 7;
/// … and those on which desks are open.
const BUSINESS_DAYS_OF_A_WEEK: u32 = 5;
/// Minutes of an hour: worth is told by the hour, so that a long case and a short one compare.
const HOUR: i64 = 60;
/// Calendar days before a day of law or contract from which it goes first, where no clock says otherwise: the first step
/// of urgency.
pub const WARNING_DAYS: u32 = 10;

impl Priority {
    /// Where an item stands today.
    pub fn of(item: &Rankable, today: Date) -> Priority {
        let worth = worth_of_an_hour(item, today);
        let Some(days) = days_of_the_first(item, today) else { return Priority(worth) };
        let nearness = MOST_DAYS - days.clamp(-MOST_DAYS, MOST_DAYS);
        Priority(FIRST + (nearness << WORTH_BITS) + worth)
    }

    /// From the stored number.
    pub fn from_stored(number: i64) -> Priority {
        Priority(number)
    }

    /// The number that is stored.
    pub fn stored(self) -> i64 {
        self.0
    }

    /// Whether it goes first whatever it brings.
    pub fn is_first(self) -> bool {
        self.0 >= FIRST
    }

    /// The least of those that go first: what a query compares with.
    pub fn least_of_the_first() -> Priority {
        Priority(FIRST)
    }
}

/// The days by which items that go first are ordered; none for the others.
fn days_of_the_first(item: &Rankable, today: Date) -> Option<i64> {
    let clock = item.deadline_on.map(|day| days_until(day, today)).filter(|days| *days <= i64::from(item.warning_days));
    let raised = item.is_raised.then(|| days_until(item.due_on, today));
    match (clock, raised) {
        (Some(clock), Some(raised)) => Some(clock.min(raised)),
        (clock, raised) => clock.or(raised),
    }
}

fn worth_of_an_hour(item: &Rankable, today: Date) -> i64 {
    let minutes = i64::from(item.minutes.max(1));
    let worth = i128::from(likely_cents(item).max(LEAST_CENTS)) * i128::from(urgency(item, today)) * i128::from(HOUR)
        / i128::from(minutes);
    i64::try_from(worth).unwrap_or(MOST_WORTH).min(MOST_WORTH)
}

fn likely_cents(item: &Rankable) -> i64 {
    let chance = i128::from(item.chance_permille.min(1_000));
    i64::try_from(i128::from(item.stake.cents()).abs() * chance / 1_000).unwrap_or(i64::MAX)
}

fn urgency(item: &Rankable, today: Date) -> i64 {
    let clock = match item.deadline_on.map(|day| days_until(day, today)) {
        Some(days) if days <= AT_ONCE_DAYS => AT_ONCE,
        Some(days) if days <= SOON_DAYS => SOON,
        Some(_) | None => CALM,
    };
    clock + (-days_until(item.due_on, today)).clamp(0, MOST_LATE_DAYS) * LATE_DAY
}

fn days_until(day: Date, today: Date) -> i64 {
    // Both are civil days, so the difference is whole.
    (day - today).get_days().into()
}

/// Why an item stands where it stands, such as "$412 likely, filing limit ends in 4 days".
pub fn why(item: &Rankable, today: Date) -> String {
    let mut parts = Vec::new();
    if item.is_raised {
        parts.push("Put first by a rule".to_owned());
    }
    let likely = likely_cents(item);
    if likely > 0 {
        parts.push(format!("${} likely", whole_dollars(likely)));
    }
    match item.deadline_on {
        Some(day) => parts.push(match days_until(day, today) {
            past @ ..=-1 => format!("{}: {} past", words_of(item.clock), days(-past)),
            left => format!("{} ends {}", words_of(item.clock), when(left)),
        }),
        None => parts.push(match days_until(item.due_on, today) {
            late @ ..=-1 => format!("{} late", days(-late)),
            left => format!("due {}", when(left)),
        }),
    }
    let mut sentence = parts.join(", ");
    if let Some(first) = sentence.get(..1).map(str::to_ascii_uppercase) {
        sentence.replace_range(..1, &first);
    }
    sentence
}

/// What ends, in the words of the registry of clocks.
fn words_of(clock: Option<ClockKind>) -> String {
    let title = clock.map_or("The time for it", ClockKind::title);
    // Titles begin with one capital; a word in capitals stays one.
    let mut letters = title.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            format!("{}{}", first.to_lowercase(), letters.as_str())
        }
        (Some(_), _) | (None, _) => title.to_owned(),
    }
}

fn when(left: i64) -> String {
    match left {
        ..=0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        more => format!("in {}", days(more)),
    }
}

fn days(count: i64) -> String {
    crate::counting::counted(count, "day")
}

/// Half a dollar and more counts up.
fn whole_dollars(cents: i64) -> String {
    let text = Money::from_cents(cents.saturating_add(50) / 100 * 100).to_string();
    text.strip_suffix(".00").unwrap_or(&text).to_owned()
}

impl Rankable {
    /// What the place of work of a reason depends on at a desk, as it usually is: the chance and the clock are the reason's,
    /// until a payer's own history says better.
    pub fn usual(
        (reason, desk): (WorkReason, Desk),
        stake: Money,
        (due_on, deadline_on): (Date, Option<Date>),
        is_raised: bool,
    ) -> Rankable {
        let spec = reason.spec();
        Rankable {
            stake,
            chance_permille: u32::from(spec.chance),
            minutes: reason.minutes_at(desk),
            due_on,
            deadline_on,
            warning_days: spec.clock.map_or(WARNING_DAYS, warning_days),
            clock: spec.clock,
            is_raised,
        }
    }

    /// What the place of an item depends on.
    pub fn of_item(item: &WorkItem, is_raised: bool) -> Rankable {
        let at = (item.reason, item.desk);
        Rankable::usual(at, item.money_at_stake, (item.due_on, item.deadline_on), is_raised)
    }
}

/// Calendar days before its last day from which a clock is told: its first warning, in weeks of five business days.
fn warning_days(clock: ClockKind) -> u32 {
    clock
        .facts()
        .warns
        .first()
        .map_or(WARNING_DAYS, |business_days| (business_days * DAYS_OF_A_WEEK).div_ceil(BUSINESS_DAYS_OF_A_WEEK))
}

/// How much of a person's day one payer may fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayerShare {
    /// Of so many items that a person is given one after another …
    pub of_next: u32,
    /// … at most this part, in percent; 100 is no bound.
    pub percent: u32,
}

impl PayerShare {
    /// Six of ten: a batch of calls to one payer stays together, and the day has other payers in it.
    pub const USUAL: PayerShare = PayerShare { of_next: 10, percent: 60 };
    /// Most items that the share may look back on: a long day's work.
    pub const MOST: u32 = 200;

    /// The payers of which a person gets no further item now; `recent` are the payers of the items given last, the latest
    /// first. What goes first is given whatever its payer.
    pub fn spent(self, recent: &[Option<PayerId>]) -> Vec<PayerId> {
        let bound = (u64::from(self.of_next) * u64::from(self.percent.min(100)) / 100).max(1);
        if self.percent >= 100 || self.of_next == 0 {
            return Vec::new();
        }
        let window = usize::try_from(self.of_next - 1).unwrap_or(usize::MAX);
        let mut counts = std::collections::BTreeMap::<PayerId, u64>::new();
        for payer in recent.iter().take(window).flatten() {
            *counts.entry(*payer).or_default() += 1;
        }
        counts.into_iter().filter(|(_, count)| *count >= bound).map(|(payer, _)| payer).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;
    use jiff::civil::date;
    use uuid::Uuid;

    const TODAY: Date = date(2026, 11, 20);

    fn plain(cents: i64) -> Rankable {
        Rankable {
            stake: Money::from_cents(cents),
            chance_permille: 650,
            minutes: 16,
            due_on: date(2026, 11, 24),
            deadline_on: None,
            warning_days: 10,
            clock: Some(ClockKind::AppealFirst),
            is_raised: false,
        }
    }

    fn with_clock(cents: i64, days: i64) -> Rankable {
        Rankable { deadline_on: Some(TODAY.saturating_add(days.days())), ..plain(cents) }
    }

    /// A small generator of numbers, so that the orders hold for more than the examples.
    fn numbers(seed: u64) -> impl FnMut(i64) -> i64 {
        let mut state = seed;
        move |below| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i64::try_from(state >> 33).unwrap() % below
        }
    }

    #[test]
    fn a_clock_in_its_window_goes_before_any_money_and_one_outside_does_not() {
        let records_request = Rankable { clock: Some(ClockKind::RecordsRequest), ..with_clock(0, 9) };
        assert!(Priority::of(&records_request, TODAY) > Priority::of(&plain(900_000_000), TODAY));
        assert!(Priority::of(&with_clock(0, 11), TODAY) < Priority::of(&plain(900_000), TODAY));
        let threat = Rankable { is_raised: true, ..plain(0) };
        assert!(Priority::of(&threat, TODAY).is_first());
        assert!(!Priority::of(&plain(900_000_000), TODAY).is_first());
    }

    #[test]
    fn more_money_a_better_chance_or_less_work_never_comes_later() {
        let mut next = numbers(7);
        for _ in 0..5_000 {
            let item = Rankable {
                stake: Money::from_cents(next(50_000_000)),
                chance_permille: u32::try_from(next(1_001)).unwrap(),
                minutes: u32::try_from(next(120)).unwrap(),
                due_on: TODAY.saturating_add((next(80) - 40).days()),
                ..with_clock(0, next(60) - 10)
            };
            let stands = Priority::of(&item, TODAY);
            let richer = Rankable { stake: Money::from_cents(item.stake.cents() + next(9_999)), ..item };
            let likelier = Rankable { chance_permille: item.chance_permille + 10, ..item };
            let shorter = Rankable { minutes: item.minutes.saturating_sub(5), ..item };
            for better in [richer, likelier, shorter] {
                assert!(Priority::of(&better, TODAY) >= stands, "{better:?} after {item:?}");
            }
        }
    }

    #[test]
    fn what_ends_sooner_or_waits_longer_never_comes_later() {
        let mut next = numbers(11);
        for _ in 0..5_000 {
            let days = next(400) - 20;
            let item = with_clock(next(50_000_000), days);
            let sooner = with_clock(item.stake.cents(), days - next(40));
            assert!(Priority::of(&sooner, TODAY) >= Priority::of(&item, TODAY), "{sooner:?} after {item:?}");
            let later_day = TODAY.saturating_add(next(40).days());
            assert!(Priority::of(&item, later_day) >= Priority::of(&item, TODAY), "{item:?} on {later_day}");
            let calm = plain(item.stake.cents());
            assert!(Priority::of(&calm, later_day) >= Priority::of(&calm, TODAY), "{calm:?} on {later_day}");
        }
    }

    #[test]
    fn the_greatest_amounts_stay_in_their_class() {
        let vast = Rankable { minutes: 1, chance_permille: 1_000, ..with_clock(i64::MAX, 30) };
        assert!(!Priority::of(&vast, TODAY).is_first());
        let far = Rankable { warning_days: u32::MAX, ..with_clock(i64::MAX, 3_000) };
        assert!(Priority::of(&far, TODAY).is_first());
        assert!(Priority::of(&with_clock(0, 5), TODAY) > Priority::of(&far, TODAY));
        assert!(Priority::of(&with_clock(i64::MIN, -3_000), TODAY).stored() > 0);
    }

    #[test]
    fn the_sentence_says_what_it_brings_and_what_ends_when() {
        for (item, words) in [
            (with_clock(63_400, 4), "$412 likely, appeal, level 1 ends in 4 days"),
            (with_clock(63_400, 1), "$412 likely, appeal, level 1 ends tomorrow"),
            (with_clock(63_400, -2), "$412 likely, appeal, level 1: 2 days past"),
            (with_clock(0, 0), "Appeal, level 1 ends today"),
            (plain(1_234_567), "$8,025 likely, due in 4 days"),
            (Rankable { due_on: date(2026, 11, 19), ..plain(0) }, "1 day late"),
            (Rankable { is_raised: true, due_on: TODAY, ..plain(0) }, "Put first by a rule, due today"),
        ] {
            assert_eq!(why(&item, TODAY), words);
        }
    }

    #[test]
    fn one_payer_does_not_fill_the_day() {
        let [blue, green] = [1, 2].map(|n| PayerId(Uuid::from_u128(n)));
        let share = PayerShare { of_next: 5, percent: 40 };
        assert_eq!(share.spent(&[Some(blue), None, Some(green)]), []);
        assert_eq!(share.spent(&[Some(blue), None, Some(blue), Some(green)]), [blue]);
        // The first of five is forgotten when the sixth is given.
        assert_eq!(share.spent(&[Some(green), None, None, Some(blue), Some(blue)]), []);
        assert_eq!(PayerShare { of_next: 5, percent: 100 }.spent(&[Some(blue); 9]), []);
        assert_eq!(PayerShare { of_next: 1, percent: 10 }.spent(&[Some(blue)]), []);
    }
}
