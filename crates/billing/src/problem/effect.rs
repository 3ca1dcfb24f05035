//! What an action did: how often a pattern came before it and after, with both counts. Says where there is too little to
//! tell; never guesses a cause.

use jiff::ToSpan;
use jiff::civil::Date;

/// Days of each side: four weeks, so that every weekday counts alike.
pub const DAYS: i64 = 28;
/// Fewest on each side for a rate: under twenty a single one moves it by five of a hundred and more.
pub const FEWEST: i64 = 20;

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// With the pattern.
    pub with: i64,
    /// In all.
    pub of: i64,
}

impl Counted {
    /// Of a thousand; none where there is nothing.
    pub fn permille(self) -> Option<i64> {
        (self.of > 0).then(|| (self.with * 1_000 + self.of / 2) / self.of)
    }

    /// The rate in words, such as "26.7%".
    pub fn rate(self) -> String {
        self.permille().map_or_else(|| "none".to_owned(), |rate| format!("{}.{}%", rate / 10, rate % 10))
    }
}

/// The four weeks before the first action and the four from it on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effect {
    /// The day of the first action.
    pub acted_on: Date,
    /// Before.
    pub before: Counted,
    /// From the day on.
    pub after: Counted,
    /// Days of "after" that have passed, up to [`DAYS`].
    pub days_after: i64,
}

/// First and last day of both sides of an action, as far as they have come.
pub fn windows(acted_on: Date, today: Date) -> [(Date, Date); 2] {
    let before = (acted_on.saturating_sub(DAYS.days()), acted_on.saturating_sub(1.days()));
    [before, (acted_on, acted_on.saturating_add((DAYS - 1).days()).min(today))]
}

impl Effect {
    /// Whether both sides are enough for a rate.
    pub fn is_enough(&self) -> bool {
        self.before.of >= FEWEST && self.after.of >= FEWEST
    }

    /// Whether the four weeks are over.
    pub fn is_whole(&self) -> bool {
        self.days_after >= DAYS
    }

    /// What it came to, in a sentence; `of_what` is what is counted.
    pub fn words(&self, of_what: &str) -> String {
        let (before, after) = (self.before, self.after);
        let counts = format!("before {} of {} {of_what}, after {} of {}", before.with, before.of, after.with, after.of);
        if !self.is_enough() {
            return format!("Too few to tell: {counts}. A rate needs {FEWEST} on both sides.");
        }
        let turn = match (before.permille(), after.permille()) {
            (Some(was), Some(is)) if is < was => "Fewer",
            (Some(was), Some(is)) if is > was => "More",
            _ => "As often",
        };
        let so_far =
            if self.is_whole() { String::new() } else { format!(" Day {} of {DAYS} so far.", self.days_after) };
        format!("{turn}: {} before, {} after ({counts}).{so_far}", before.rate(), after.rate())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn told(before: (i64, i64), after: (i64, i64), days_after: i64) -> String {
        let counted = |(with, of)| Counted { with, of };
        let acted_on = date(2026, 3, 2);
        Effect { acted_on, before: counted(before), after: counted(after), days_after }.words("decided lines")
    }

    #[test]
    fn the_effect_is_told_with_both_counts_and_too_few_says_so() {
        for (before, after, days, words) in [
            ((8, 30), (1, 28), 28, "Fewer: 26.7% before, 3.6% after (before 8 of 30 decided lines, after 1 of 28)."),
            ((1, 20), (4, 20), 28, "More: 5.0% before, 20.0% after (before 1 of 20 decided lines, after 4 of 20)."),
            (
                (2, 40),
                (1, 20),
                9,
                "As often: 5.0% before, 5.0% after (before 2 of 40 decided lines, after 1 of 20). Day 9 of 28 so far.",
            ),
            (
                (8, 30),
                (0, 19),
                28,
                "Too few to tell: before 8 of 30 decided lines, after 0 of 19. A rate needs 20 on both sides.",
            ),
            (
                (0, 0),
                (0, 0),
                1,
                "Too few to tell: before 0 of 0 decided lines, after 0 of 0. A rate needs 20 on both sides.",
            ),
        ] {
            assert_eq!(told(before, after, days), words);
        }
    }

    #[test]
    fn both_sides_are_four_weeks_and_after_ends_today_at_the_latest() {
        let acted = date(2026, 3, 30);
        let [before, after] = windows(acted, date(2026, 4, 8));
        assert_eq!(before, (date(2026, 3, 2), date(2026, 3, 29)));
        assert_eq!(after, (acted, date(2026, 4, 8)));
        assert_eq!(windows(acted, date(2027, 1, 1))[1].1, date(2026, 4, 26));
    }
}
