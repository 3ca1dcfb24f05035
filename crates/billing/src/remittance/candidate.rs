//! How likely a claim payment that names no claim of ours is about one of them, with the reasons. A proposal for a person:
//! whatever the score, nothing is posted by it. Reads facts; knows no table.

use jiff::civil::Date;

use super::ClaimPayment;
use super::matching::{ClaimFacts, MatchedBy};
use super::translation::in_our_lines;
use crate::charge::Units;
use crate::{Money, PayerId};

/// Below this nothing is proposed: a day or an amount alone is chance.
pub const LEAST_SCORE: u32 = 30;
/// The score of a candidate that every fact speaks for.
pub const MOST_SCORE: u32 = 100;

/// A claim of ours with what a payer may repeat of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The claim with its lines.
    pub facts: ClaimFacts,
    /// The patient's family name, folded as names are stored for the search.
    pub last_name: String,
    /// The patient's given name, folded.
    pub first_name: String,
    /// The member's id on the coverage that was billed.
    pub member_id: String,
    /// First day of the care.
    pub date_of_service: Date,
    /// What was charged in all.
    pub total: Money,
    /// The payer's number of the claim, where it gave one.
    pub payer_claim_control_number: Option<String>,
    /// Who gave the care.
    pub rendering_npi: Option<String>,
    /// Units of each line, in the order of the lines; none where they are not known.
    pub units: Vec<Option<Units>>,
}

/// Why a claim may be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// CLP07 is the payer's number of the claim.
    PayerNumber,
    /// CLP01 is our number of it.
    ControlNumber,
    /// CLP01 is our number with one slip of the pen.
    ControlNumberSlip,
    /// The same member.
    Member,
    /// The same patient by both names.
    Name,
    /// The same family name.
    FamilyName,
    /// The same day of care.
    Day,
    /// The same charge in all.
    Total,
    /// Each line is one of ours, by number or code.
    Lines,
    /// Each line is one of ours, some with other modifiers.
    LinesOtherModifiers,
    /// Each line is one of ours where some are split, bundled or coded anew.
    LinesRearranged,
    /// The same units on each line.
    UnitsAgree,
    /// The same person gave the care.
    Rendering,
    /// The payer that was billed sent it.
    Payer,
}

impl Reason {
    /// What it counts.
    pub fn points(self) -> u32 {
        match self {
            Reason::ControlNumber => 45,
            Reason::PayerNumber => 40,
            Reason::ControlNumberSlip | Reason::Member => 20,
            Reason::Name => 18,
            Reason::Day | Reason::Total | Reason::Lines => 12,
            Reason::LinesOtherModifiers => 10,
            Reason::FamilyName | Reason::LinesRearranged => 8,
            Reason::UnitsAgree => 3,
            Reason::Rendering => 5,
            Reason::Payer => 4,
        }
    }

    /// A sentence for the desk; names nobody.
    pub fn sentence(self) -> &'static str {
        match self {
            Reason::PayerNumber => "The payer gave this claim the same number before.",
            Reason::ControlNumber => "It carries our number of the claim.",
            Reason::ControlNumberSlip => "Its number is ours with one slip of the pen.",
            Reason::Member => "It is the same member id.",
            Reason::Name => "It is the same patient by family and given name.",
            Reason::FamilyName => "It is the same family name, with another given name.",
            Reason::Day => "It is the same day of care.",
            Reason::Total => "The charge is the same to the cent.",
            Reason::Lines => "Each of its lines is one of ours.",
            Reason::LinesOtherModifiers => "Each of its lines is one of ours; the payer changed modifiers.",
            Reason::LinesRearranged => "Its lines are ours, where the payer split, bundled or recoded some.",
            Reason::UnitsAgree => "The units are the same on each line.",
            Reason::Rendering => "The same person gave the care.",
            Reason::Payer => "It comes from the payer that was billed.",
        }
    }
}

/// A claim that a payment may be about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scored {
    /// Up to [`MOST_SCORE`].
    pub score: u32,
    /// Why, the strongest first.
    pub reasons: Vec<Reason>,
    /// Whether each line of the payment finds its line, so that a match can be posted as it stands.
    pub has_lines: bool,
}

/// What speaks for a claim; none where too little does. `fold` makes names comparable, as the store does.
pub fn score(
    payment: &ClaimPayment,
    claim: &Profile,
    sender: Option<PayerId>,
    fold: impl Fn(&str) -> String,
) -> Option<Scored> {
    let about = &payment.about;
    let mut reasons = Vec::new();
    let mut say = |is_so: bool, reason: Reason| {
        if is_so {
            reasons.push(reason);
        }
    };
    let number = &payment.control_number;
    say(*number == claim.facts.control_number, Reason::ControlNumber);
    say(is_one_slip(number, &claim.facts.control_number), Reason::ControlNumberSlip);
    let theirs = &payment.payer_claim_control_number;
    say(!theirs.is_empty() && claim.payer_claim_control_number.as_ref() == Some(theirs), Reason::PayerNumber);
    let same_member = about.member_id.eq_ignore_ascii_case(&claim.member_id);
    say(!about.member_id.is_empty() && same_member, Reason::Member);
    let is_family = !about.last_name.is_empty() && fold(&about.last_name) == claim.last_name;
    let is_given = fold(&about.first_name) == claim.first_name;
    say(is_family && is_given, Reason::Name);
    say(is_family && !is_given, Reason::FamilyName);
    say(days(payment).any(|day| day == claim.date_of_service), Reason::Day);
    say(payment.charge_amount.abs() == claim.total, Reason::Total);
    let lines = in_our_lines(payment, &claim.facts);
    let told = lines.as_ref().filter(|found| !found.lines.is_empty());
    if let Some(found) = told {
        say(true, by_lines(&found.lines));
        say(units_agree(payment, claim), Reason::UnitsAgree);
    }
    let npi = Some(&about.rendering_npi).filter(|npi| !npi.is_empty());
    say(npi.is_some() && npi == claim.rendering_npi.as_ref(), Reason::Rendering);
    say(sender == Some(claim.facts.payer_id), Reason::Payer);
    let score = reasons.iter().map(|reason| reason.points()).sum::<u32>().min(MOST_SCORE);
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.points()));
    (score >= LEAST_SCORE).then_some(Scored { score, reasons, has_lines: lines.is_some() })
}

/// The days that a payment speaks of.
pub fn days(payment: &ClaimPayment) -> impl Iterator<Item = Date> + '_ {
    payment.about.first_day.into_iter().chain(payment.lines.iter().filter_map(|line| line.date_of_service))
}

fn by_lines(found: &[MatchedBy]) -> Reason {
    let rearranged = |by: &MatchedBy| match by {
        MatchedBy::SplitByPayer | MatchedBy::BundledByPayer | MatchedBy::Charge => true,
        MatchedBy::LineControlNumber | MatchedBy::Procedure | MatchedBy::OtherModifiers => false,
    };
    if found.iter().any(rearranged) {
        Reason::LinesRearranged
    } else if found.contains(&MatchedBy::OtherModifiers) {
        Reason::LinesOtherModifiers
    } else {
        Reason::Lines
    }
}

/// The same units on as many lines, in their order; nothing is said where either side gives none.
fn units_agree(payment: &ClaimPayment, claim: &Profile) -> bool {
    payment.lines.len() == claim.units.len()
        && payment.lines.iter().zip(&claim.units).all(|(line, ours)| ours.is_some() && line.units == *ours)
}

/// Whether two numbers differ by one letter that was changed, left out, added, or by two beside each other that changed
/// places.
pub fn is_one_slip(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if one == other || one.is_empty() || other.is_empty() {
        return false;
    }
    let start = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[start..], &other[start..]);
    let end = one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[..one.len() - end], &other[..other.len() - end]);
    match (one, other) {
        ([_], [_] | []) | ([], [_]) => true,
        ([a, b], [c, d]) => a == d && b == c,
        (_, _) => false,
    }
}

/// Every number that is one slip from this one, among digits: what is looked up where a number names nothing.
pub fn slips(number: &str) -> Vec<String> {
    const LONGEST: usize = 20;
    let letters: Vec<char> = number.chars().collect();
    if letters.is_empty() || letters.len() > LONGEST {
        return Vec::new();
    }
    let mut all = Vec::new();
    for place in 0..=letters.len() {
        let (before, after) = letters.split_at(place);
        let mut add = |middle: &[char], rest: &[char]| all.push([before, middle, rest].concat().into_iter().collect());
        for digit in '0'..='9' {
            add(&[digit], after);
            if let [_, rest @ ..] = after {
                add(&[digit], rest);
            }
        }
        match after {
            [one, other, rest @ ..] => {
                add(&[*other, *one], rest);
                add(&[], &after[1..]);
            }
            [_] => add(&[], &[]),
            [] => {}
        }
    }
    all.sort_unstable();
    all.dedup();
    all.retain(|one: &String| one != number);
    all
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;
    use crate::charge::Procedure;
    use crate::claim::ClaimStatus;
    use crate::coverage::CoverageRank;
    use crate::remittance::matching::LineFacts;
    use crate::remittance::{About, LinePayment};
    use crate::{ChargeId, ClaimId, EncounterId, PatientId};

    const PAYER: PayerId = PayerId(Uuid::from_u128(3));

    fn ours() -> Profile {
        let line = LineFacts {
            control_number: "C000012L1".to_owned(),
            charge_id: ChargeId(Uuid::from_u128(11)),
            procedure_code: "99214".to_owned(),
            amount: Money::from_cents(14_000),
            asked: None,
            modifiers: Some(vec!["25".to_owned()]),
        };
        let facts = ClaimFacts {
            id: ClaimId(Uuid::from_u128(1)),
            control_number: "C000012".to_owned(),
            patient_id: PatientId(Uuid::from_u128(2)),
            encounter_id: EncounterId(Uuid::from_u128(4)),
            payer_id: PAYER,
            rank: CoverageRank::Primary,
            next_payer: None,
            is_medicaid: false,
            status: ClaimStatus::Accepted,
            lines: vec![line],
        };
        Profile {
            facts,
            last_name: "rivera".to_owned(),
            first_name: "ana".to_owned(),
            member_id: "M12".to_owned(),
            date_of_service: date(2026, 3, 2),
            total: Money::from_cents(14_000),
            payer_claim_control_number: Some("P77".to_owned()),
            rendering_npi: Some("2044188300".to_owned()),
            units: vec![Some(Units::ONE)],
        }
    }

    fn said() -> ClaimPayment {
        let line = LinePayment {
            procedure: Procedure { code: "99214".to_owned(), modifiers: Vec::new() },
            submitted_procedure: None,
            charge_amount: Money::from_cents(14_000),
            paid_amount: Money::from_cents(9_000),
            date_of_service: Some(date(2026, 3, 2)),
            line_control_number: String::new(),
            adjustments: Vec::new(),
            remarks: Vec::new(),
            units: Some(Units::ONE),
            allowed_amount: None,
            raw: String::new(),
        };
        ClaimPayment {
            control_number: "C000021".to_owned(),
            status_code: "1".to_owned(),
            charge_amount: Money::from_cents(14_000),
            paid_amount: Money::from_cents(9_000),
            patient_responsibility: Money::ZERO,
            payer_claim_control_number: "P77".to_owned(),
            adjustments: Vec::new(),
            remarks: Vec::new(),
            lines: vec![line],
            about: About {
                last_name: "RIVERA".to_owned(),
                first_name: "ANA".to_owned(),
                member_id: "m12".to_owned(),
                rendering_npi: "2044188300".to_owned(),
                first_day: None,
                passed_on_to: String::new(),
            },
            raw: String::new(),
        }
    }

    fn judged(payment: &ClaimPayment) -> Option<Scored> {
        score(payment, &ours(), Some(PAYER), str::to_lowercase)
    }

    #[test]
    fn everything_that_agrees_is_told_the_strongest_first_and_the_score_ends_at_a_hundred() {
        let found = judged(&said()).unwrap();
        assert_eq!((found.score, found.has_lines), (MOST_SCORE, true));
        assert_eq!(
            found.reasons,
            [
                Reason::PayerNumber,
                Reason::ControlNumberSlip,
                Reason::Member,
                Reason::Name,
                Reason::Day,
                Reason::Total,
                Reason::LinesOtherModifiers,
                Reason::Rendering,
                Reason::Payer,
                Reason::UnitsAgree,
            ]
        );
    }

    #[test]
    fn a_day_and_an_amount_of_another_patient_are_chance() {
        let mut stranger = said();
        stranger.about = About::default();
        (stranger.control_number, stranger.payer_claim_control_number) = ("X".to_owned(), String::new());
        stranger.lines[0].procedure.code = "12345".to_owned();
        stranger.lines[0].charge_amount = Money::from_cents(13_000);
        assert_eq!(judged(&stranger), None);
        stranger.about.last_name = "Rivera".to_owned();
        let family = judged(&stranger).unwrap();
        assert_eq!(family.reasons, [Reason::Day, Reason::Total, Reason::FamilyName, Reason::Payer]);
        assert!(!family.has_lines, "its line is none of ours, so a match cannot be posted as it stands");
    }

    #[test]
    fn one_slip_is_one_and_every_slip_is_looked_up() {
        for (one, other, is_slip) in [
            ("C000012", "C000021", true),
            ("C000012", "C000013", true),
            ("C000012", "C00012", true),
            ("C000012", "C0000122", true),
            ("C000012", "C000012", false),
            ("C000012", "C000033", false),
            ("", "1", false),
            ("C12", "C1223", false),
        ] {
            assert_eq!(is_one_slip(one, other), is_slip, "{one} {other}");
            assert_eq!(is_one_slip(other, one), is_slip, "{other} {one}");
        }
        let all = slips("C12");
        assert!(all.iter().all(|slip| is_one_slip("C12", slip)), "{all:?}");
        for slip in ["C21", "C13", "C1", "C122", "1C2", "C102", "12"] {
            assert!(all.iter().any(|one| one == slip), "{slip}");
        }
        assert!(slips(&"9".repeat(21)).is_empty());
    }
}
