//! What a payer's settings say of its clocks, and which clocks run for a claim where it stands. Pure: the same answer for
//! the same facts, so that what runs can be recomputed at any time.

use jiff::ToSpan;
use jiff::civil::Date;

use super::{ClockKind, Length, Source, Terms};
use crate::Money;
use crate::claim::ClaimStatus;
use crate::coverage::CoverageRank;
use crate::payer::{Payer, is_medicare};
use crate::remittance::crossover::CROSSOVER_DAYS;
use crate::work::calendar::Calendar;

/// What the contract with a payer says of a kind; none where it says nothing.
pub fn contract(kind: ClockKind, payer: &Payer) -> Option<Length> {
    let settings = &payer.settings;
    if kind == ClockKind::TimelyFiling {
        return Some(Length::Days(settings.filing_limit_days));
    }
    if kind == ClockKind::AppealFirst {
        return Some(Length::Days(settings.appeal_days));
    }
    if kind == ClockKind::SecondaryFiling {
        return settings.secondary_filing_days.map(Length::Days);
    }
    if kind == ClockKind::CorrectedClaim {
        return settings.corrected_claim_days.map(Length::Days);
    }
    None
}

/// The last day of a payer's clock with what it stands on: its contract; of Medicare, the earlier of its settings and the
/// law, because no setting makes the law longer. None where neither says anything.
pub fn due_at(kind: ClockKind, payer: &Payer, start: Date, calendar: &Calendar) -> Option<(Date, Terms)> {
    let facts = kind.facts();
    let agreed = contract(kind, payer).map(|length| Terms { length, source: Source::Contract });
    let law = facts
        .medicare
        .filter(|_| is_medicare(&payer.filing_indicator))
        .map(|(length, source)| Terms { length, source });
    let days = |terms: Terms| (terms.length.after(start, calendar), terms);
    match (agreed.map(days), law.map(days)) {
        (Some(agreed), Some(law)) => Some(if law.0 <= agreed.0 { law } else { agreed }),
        (one, other) => one.or(other),
    }
}

/// Whether a state's insurance law speaks to the payer, by claim filing indicator: insurers do, federal programs and
/// Medicaid do not. An employer that pays for itself cannot be told from its administrator; a practice says so in its terms.
pub fn is_state_regulated(filing_indicator: &str) -> bool {
    matches!(filing_indicator, "CI" | "BL" | "HM" | "12" | "13" | "14" | "15" | "DS")
}

/// Where a claim stands, as far as its clocks go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimPlace {
    /// Where it is.
    pub status: ClaimStatus,
    /// The rank of its coverage: a payer after another has a limit of its own.
    pub rank: CoverageRank,
    /// Its first date of service.
    pub date_of_service: Date,
    /// The last day on which its payer takes it.
    pub filing_limit_on: Date,
    /// When somebody looks again.
    pub follow_up_on: Option<Date>,
    /// The day of the payer's acceptance.
    pub accepted_on: Option<Date>,
    /// The day of its first decision.
    pub decided_on: Option<Date>,
    /// It was passed on by the payer before it.
    pub is_crossed_over: bool,
    /// A denial that somebody works on: the day of the remittance, and the last day of the appeal.
    pub denied: Option<(Date, Date)>,
    /// What it asks for.
    pub asked: Money,
}

/// A clock that must run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Which.
    pub kind: ClockKind,
    /// Day 0.
    pub started_on: Date,
    /// Its last day; none where its terms say it.
    pub due_on: Option<Date>,
    /// What started it.
    pub started_by: &'static str,
}

/// Every clock that runs for a claim where it stands.
pub fn of_claim(place: &ClaimPlace) -> Vec<Wanted> {
    let mut wanted = Vec::new();
    match place.status {
        ClaimStatus::Draft
        | ClaimStatus::Held
        | ClaimStatus::Ready
        | ClaimStatus::Submitted
        | ClaimStatus::Rejected => wanted.push(filing(place)),
        ClaimStatus::Accepted if place.is_crossed_over => wanted.push(Wanted {
            kind: ClockKind::Crossover,
            started_on: place
                .follow_up_on
                .map_or(place.date_of_service, |day| day.saturating_sub(CROSSOVER_DAYS.days())),
            due_on: place.follow_up_on,
            started_by: "The payer before it passed it on",
        }),
        ClaimStatus::Accepted => {
            if let Some(started_on) = place.accepted_on.filter(|_| place.decided_on.is_none()) {
                let started_by = "The payer accepted the claim";
                wanted.push(Wanted { kind: ClockKind::PromptPay, started_on, due_on: None, started_by });
            }
        }
        ClaimStatus::Adjudicated | ClaimStatus::Closed => {}
    }
    if let Some((started_on, last)) = place.denied.filter(|_| place.status == ClaimStatus::Adjudicated) {
        let started_by = "A remittance denied it";
        wanted.push(Wanted { kind: ClockKind::AppealFirst, started_on, due_on: Some(last), started_by });
    }
    wanted
}

fn filing(place: &ClaimPlace) -> Wanted {
    let due_on = Some(place.filing_limit_on);
    match (place.decided_on, place.rank) {
        (Some(started_on), _) => Wanted {
            kind: ClockKind::CorrectedClaim,
            started_on,
            due_on,
            started_by: "The remittance that decided the claim",
        },
        (None, CoverageRank::Primary) => Wanted {
            kind: ClockKind::TimelyFiling,
            started_on: place.date_of_service,
            due_on,
            started_by: "The date of service",
        },
        (None, CoverageRank::Secondary | CoverageRank::Tertiary) => Wanted {
            kind: ClockKind::SecondaryFiling,
            started_on: place.date_of_service,
            due_on,
            started_by: "The date of service, or the decision of the payer before",
        },
    }
}

/// How a clock of a claim ended that runs no more, with the words: met, or no longer needed.
pub fn ended(kind: ClockKind, status: ClaimStatus) -> (super::ClockState, &'static str) {
    use super::ClockState::{Met, Moot};
    match status {
        ClaimStatus::Accepted if kind == ClockKind::Crossover => (Moot, "It is no longer a claim that was passed on."),
        ClaimStatus::Accepted if kind == ClockKind::AppealFirst => (Moot, "The payer took its decision back."),
        ClaimStatus::Accepted => (Met, "The payer accepted the claim."),
        ClaimStatus::Adjudicated if kind == ClockKind::AppealFirst => (Met, "The work on the denial was ended."),
        ClaimStatus::Adjudicated => (Met, "The payer decided the claim."),
        ClaimStatus::Closed if kind == ClockKind::AppealFirst => (Met, "Nothing is left to ask of this payer."),
        ClaimStatus::Closed if matches!(kind, ClockKind::PromptPay | ClockKind::Crossover) => {
            (Met, "The payer decided the claim.")
        }
        ClaimStatus::Closed => (Moot, "The claim was closed."),
        ClaimStatus::Draft
        | ClaimStatus::Held
        | ClaimStatus::Ready
        | ClaimStatus::Submitted
        | ClaimStatus::Rejected => (Moot, "The claim is with us again."),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::PayerId;
    use crate::payer::PayerSettings;

    fn payer(indicator: &str, settings: PayerSettings) -> Payer {
        Payer {
            id: PayerId(uuid::Uuid::nil()),
            name: "Aster Health".to_owned(),
            payer_identifier: "ASTER".to_owned(),
            filing_indicator: indicator.to_owned(),
            settings,
        }
    }

    #[test]
    fn no_setting_makes_medicares_law_longer() {
        let calendar = Calendar::default();
        let start = date(2026, 1, 10);
        for (story, kind, payer, last) in [
            (
                "a contract",
                ClockKind::TimelyFiling,
                payer("CI", PayerSettings { filing_limit_days: 120, ..Default::default() }),
                Some(date(2026, 5, 10)),
            ),
            (
                "Medicare with the settings of an insurer",
                ClockKind::AppealFirst,
                payer("MB", PayerSettings { appeal_days: 180, ..Default::default() }),
                Some(date(2026, 5, 10)),
            ),
            (
                "Medicare, and the practice wants it sooner",
                ClockKind::AppealFirst,
                payer("MB", PayerSettings { appeal_days: 60, ..Default::default() }),
                Some(date(2026, 3, 11)),
            ),
            ("nothing was agreed on", ClockKind::CorrectedClaim, payer("CI", PayerSettings::default()), None),
        ] {
            assert_eq!(due_at(kind, &payer, start, &calendar).map(|(day, _)| day), last, "{story}");
        }
    }

    #[test]
    fn the_clocks_of_a_claim_follow_where_it_stands() {
        let at = |status| ClaimPlace {
            status,
            rank: CoverageRank::Primary,
            date_of_service: date(2026, 1, 10),
            filing_limit_on: date(2026, 4, 10),
            follow_up_on: None,
            accepted_on: None,
            decided_on: None,
            is_crossed_over: false,
            denied: None,
            asked: Money::from_cents(10_000),
        };
        let accepted = ClaimPlace { accepted_on: Some(date(2026, 1, 20)), ..at(ClaimStatus::Accepted) };
        let decided = ClaimPlace { decided_on: Some(date(2026, 2, 10)), ..accepted };
        let denied = Some((date(2026, 2, 10), date(2026, 8, 9)));
        for (story, place, kinds) in [
            ("a draft must be filed", at(ClaimStatus::Draft), vec![ClockKind::TimelyFiling]),
            ("a rejected one still must", at(ClaimStatus::Rejected), vec![ClockKind::TimelyFiling]),
            (
                "after another payer",
                ClaimPlace { rank: CoverageRank::Secondary, ..at(ClaimStatus::Draft) },
                vec![ClockKind::SecondaryFiling],
            ),
            ("the payer has it", accepted, vec![ClockKind::PromptPay]),
            (
                "passed on",
                ClaimPlace { is_crossed_over: true, ..at(ClaimStatus::Accepted) },
                vec![ClockKind::Crossover],
            ),
            ("decided", ClaimPlace { status: ClaimStatus::Adjudicated, ..decided }, vec![]),
            (
                "denied",
                ClaimPlace { status: ClaimStatus::Adjudicated, denied, ..decided },
                vec![ClockKind::AppealFirst],
            ),
            (
                "a correction is made",
                ClaimPlace { status: ClaimStatus::Held, ..decided },
                vec![ClockKind::CorrectedClaim],
            ),
            ("taken back", ClaimPlace { status: ClaimStatus::Accepted, ..decided }, vec![]),
            ("closed", ClaimPlace { status: ClaimStatus::Closed, ..decided }, vec![]),
        ] {
            let found: Vec<ClockKind> = of_claim(&place).into_iter().map(|wanted| wanted.kind).collect();
            assert_eq!(found, kinds, "{story}");
        }
    }
}
