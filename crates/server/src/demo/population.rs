//! The people of the demo: a practice, its providers, its patients with what is true of their coverage and what the front desk
//! wrote down. The same seed gives the same people. Pure: knows no clock, no database, no use case.

use jiff::ToSpan;
use jiff::civil::Date;
use simulator::{Chance, PayerBehaviour};

use super::names;

/// A person's name and sex as on the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Family name.
    pub last: String,
    /// Given name.
    pub first: String,
    /// F or M.
    pub gender: char,
    /// Birth date.
    pub birth_date: Date,
}

/// Where somebody lives and how to reach them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// House number and street.
    pub line1: String,
    /// City.
    pub city: String,
    /// State.
    pub state: String,
    /// Five-digit ZIP.
    pub zip: String,
    /// Ten digits.
    pub phone: String,
    /// E-mail, or empty.
    pub email: String,
}

/// A slip of the front desk: what is on file differs from the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slip {
    /// Two digits of the member id were left out.
    MemberIdShort,
    /// Day and month of the birth date are off by one year.
    BirthYear,
}

/// One coverage: the truth, and the slip with which it was entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Which of the payers, by place in their list.
    pub payer: usize,
    /// The true member id.
    pub member_id: String,
    /// First day.
    pub effective_on: Date,
    /// Last day, if it ended while the practice did not know.
    pub ended_on: Option<Date>,
    /// What the front desk got wrong.
    pub slip: Option<Slip>,
}

impl Card {
    /// The member id as the front desk wrote it down.
    pub fn member_id_on_file(&self) -> String {
        match self.slip {
            Some(Slip::MemberIdShort) => self.member_id[..self.member_id.len() - 2].to_owned(),
            Some(Slip::BirthYear) | None => self.member_id.clone(),
        }
    }
}

/// How a guarantor meets a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaysHow {
    /// Pays all of it, soon.
    InFull,
    /// Pays a part.
    InPart,
    /// Does not pay yet.
    NotYet,
}

/// One patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientStory {
    /// Who.
    pub person: Person,
    /// Where.
    pub home: Home,
    /// The parent who holds the coverage and pays, for a child.
    pub parent: Option<Person>,
    /// Coverages in the order they pay; empty for a self-payer.
    pub cards: Vec<Card>,
    /// "en" or "es".
    pub language: &'static str,
    /// How statements are met.
    pub pays: PaysHow,
    /// Long-standing conditions, as ICD-10-CM codes.
    pub conditions: Vec<&'static str>,
}

impl PatientStory {
    /// The birth date as the front desk wrote it down for the subscriber.
    pub fn birth_date_on_file(&self) -> Date {
        let wrong = self.cards.iter().any(|card| card.slip == Some(Slip::BirthYear));
        let born = self.person.birth_date;
        if wrong { born.checked_add(1.year()).unwrap_or(born) } else { born }
    }

    /// Years lived on a day.
    pub fn age_on(&self, day: Date) -> i32 {
        let born = self.person.birth_date;
        let had_birthday = (day.month(), day.day()) >= (born.month(), born.day());
        i32::from(day.year() - born.year()) - i32::from(!had_birthday)
    }
}

/// A provider of care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderStory {
    /// Name.
    pub last: &'static str,
    /// Name.
    pub first: &'static str,
    /// Number from which an invented NPI is made.
    pub npi_number: u32,
    /// Specialty.
    pub taxonomy: &'static str,
    /// Renders here, or only refers.
    pub in_practice: bool,
}

/// The demo's practice.
pub const PRACTICE_NAME: &str = "Lakeside Family Medicine";
/// Number from which the practice's invented NPI is made.
pub const PRACTICE_NPI_NUMBER: u32 = 77_000_001;
/// An employer number nobody has (prefix 00 is not assigned by the IRS).
pub const PRACTICE_TAX_ID: &str = "007000001";
/// Organisation specialty: a primary care clinic.
pub const PRACTICE_TAXONOMY: &str = "261QP2300X";
/// The practice's submitter id, ISA06 and GS02.
pub const SUBMITTER_ID: &str = "LAKESIDE";

/// Three who render, two who refer.
pub const PROVIDERS: [ProviderStory; 5] = [
    ProviderStory {
        last: "Lindqvist",
        first: "Astrid",
        npi_number: 77_000_011,
        taxonomy: "207Q00000X",
        in_practice: true,
    },
    ProviderStory {
        last: "Okafor",
        first: "Benedict",
        npi_number: 77_000_012,
        taxonomy: "207R00000X",
        in_practice: true,
    },
    ProviderStory {
        last: "Marchetti",
        first: "Paola",
        npi_number: 77_000_013,
        taxonomy: "363L00000X",
        in_practice: true,
    },
    ProviderStory {
        last: "Hawthorne",
        first: "Edmund",
        npi_number: 77_000_021,
        taxonomy: "207RC0000X",
        in_practice: false,
    },
    ProviderStory {
        last: "Villanueva",
        first: "Carmen",
        npi_number: 77_000_022,
        taxonomy: "2085R0202X",
        in_practice: false,
    },
];

/// Of 10,000 patients.
const CHILD_BP: u64 = 1_600;
const SELF_PAY_BP: u64 = 400;
const SECONDARY_BP: u64 = 1_200;
/// Of 10,000 grown-ups of working age with a plan of their own: those who are on a spouse's plan, too.
const SPOUSES_PLAN_BP: u64 = 1_500;
const SLIP_BP: u64 = 900;
const ENDED_BP: u64 = 500;
const SPANISH_BP: u64 = 1_200;
/// From this age the Medicare Advantage plan is the likely one.
const MEDICARE_AGE: i32 = 65;
/// Conditions that patients bring along.
const ADULT_CONDITIONS: [&str; 8] = ["I10", "E119", "E785", "K219", "E039", "J45909", "F411", "M1711"];

/// The last patients of the list are new in the last days of the story, each with a member id that was copied in a hurry: their
/// rejections are what a newcomer finds at Tier 1. One in twenty, so that a small practice has one.
pub fn is_newcomer(number: usize, count: usize) -> bool {
    number + count.div_ceil(20) >= count
}

/// Makes the patients. `start` is the first day of the story; coverages began before it.
pub fn patients(chance: &Chance, payers: &[PayerBehaviour], count: usize, start: Date) -> Vec<PatientStory> {
    (0..count).map(|n| patient(chance, payers, n, start, is_newcomer(n, count))).collect()
}

struct Dice<'a> {
    chance: &'a Chance,
    who: String,
}

impl Dice<'_> {
    fn below(&self, below: u64, what: &str) -> u64 {
        self.chance.below(below, &["patient", &self.who, what])
    }

    fn happens(&self, basis_points: u64, what: &str) -> bool {
        self.below(10_000, what) < basis_points
    }

    fn pick<T: Copy>(&self, from: &[T], what: &str) -> T {
        let index = usize::try_from(self.below(from.len() as u64, what)).unwrap_or(0);
        from[index.min(from.len() - 1)]
    }
}

fn patient(chance: &Chance, payers: &[PayerBehaviour], number: usize, start: Date, newcomer: bool) -> PatientStory {
    let dice = Dice { chance, who: number.to_string() };
    let last = names::LAST[number % names::LAST.len()].to_owned();
    let child = dice.happens(CHILD_BP, "child");
    let years = if child { 3 + dice.below(13, "years") } else { 19 + dice.below(64, "years") };
    let person = person(&dice, &last, i64::try_from(years).unwrap_or(40), start, "self");
    let parent = child.then(|| {
        self::person(&dice, &last, 30 + i64::try_from(dice.below(15, "parent years")).unwrap_or(0), start, "parent")
    });
    let (city, zip) = dice.pick(&names::TOWNS, "town");
    let house = 10 + dice.below(980, "house");
    let home = Home {
        line1: format!("{house} {}", dice.pick(&names::STREETS, "street")),
        city: city.to_owned(),
        state: names::STATE.to_owned(),
        zip: zip.to_owned(),
        phone: format!("217555{:04}", 100 + number % 9_900),
        email: if dice.happens(7_000, "e-mail") {
            format!("{}.{last}{number}@example.org", person.first).to_lowercase()
        } else {
            String::new()
        },
    };
    let old = i32::try_from(years).unwrap_or(0) >= MEDICARE_AGE;
    let has_card = newcomer || old || !dice.happens(SELF_PAY_BP, "self-pay");
    let mut cards = if has_card { cards(&dice, payers, number, child, old, start) } else { Vec::new() };
    if let Some(first) = cards.first_mut().filter(|_| newcomer) {
        (first.slip, first.ended_on) = (Some(Slip::MemberIdShort), None);
    }
    let how_many = if child { 0 } else { dice.below(3, "conditions") };
    let mut conditions: Vec<&'static str> =
        (0..how_many).map(|n| dice.pick(&ADULT_CONDITIONS, &format!("condition {n}"))).collect();
    conditions.sort_unstable();
    conditions.dedup();
    PatientStory {
        person,
        home,
        parent,
        cards,
        language: if dice.happens(SPANISH_BP, "language") { "es" } else { "en" },
        pays: match dice.below(10, "pays") {
            0..=5 => PaysHow::InFull,
            6 | 7 => PaysHow::InPart,
            _ => PaysHow::NotYet,
        },
        conditions,
    }
}

fn person(dice: &Dice<'_>, last: &str, years: i64, start: Date, role: &str) -> Person {
    let female = dice.happens(5_300, &format!("{role} sex"));
    let first = if female {
        dice.pick(&names::FIRST_FEMALE, &format!("{role} name"))
    } else {
        dice.pick(&names::FIRST_MALE, &format!("{role} name"))
    };
    let days = i64::try_from(dice.below(360, &format!("{role} birthday"))).unwrap_or(0);
    let birth_date = start.checked_sub(years.years().days(days)).unwrap_or(start);
    Person { last: last.to_owned(), first: first.to_owned(), gender: if female { 'F' } else { 'M' }, birth_date }
}

/// Places of the payers in the list that comes with the simulator, by what they are for.
fn payer_for(dice: &Dice<'_>, payers: &[PayerBehaviour], child: bool, old: bool) -> usize {
    let find = |id: &str| payers.iter().position(|payer| payer.id == id).unwrap_or(0);
    if old {
        return find("TMA01");
    }
    let medicaid = if child { 4_000 } else { 1_000 };
    if dice.happens(medicaid, "medicaid") {
        return find("SMD01");
    }
    find(dice.pick(&["NFM01", "NFM01", "BWH01", "BWH01", "HBL01"], "payer"))
}

fn cards(dice: &Dice<'_>, payers: &[PayerBehaviour], number: usize, child: bool, old: bool, start: Date) -> Vec<Card> {
    let first = payer_for(dice, payers, child, old);
    let effective_on = Date::new(start.year() - 1, 1, 1).unwrap_or(start);
    let slip = dice
        .happens(SLIP_BP, "slip")
        .then(|| if child || dice.happens(5_000, "which slip") { Slip::MemberIdShort } else { Slip::BirthYear });
    let ended_on = (slip.is_none() && dice.happens(ENDED_BP, "ended")).then(|| {
        start.checked_add(i64::try_from(20 + dice.below(30, "ended when")).unwrap_or(20).days()).unwrap_or(start)
    });
    let mut cards =
        vec![Card { payer: first, member_id: member_id(&payers[first], dice, number), effective_on, ended_on, slip }];
    let medicaid = payers.iter().position(|payer| payer.id == "SMD01").unwrap_or(0);
    if old && dice.happens(SECONDARY_BP, "secondary") && medicaid != first {
        cards.push(Card {
            payer: medicaid,
            member_id: member_id(&payers[medicaid], dice, number),
            effective_on,
            ended_on: None,
            slip: None,
        });
    }
    let spouses = if payers[first].id == "BWH01" { "NFM01" } else { "BWH01" };
    let spouses = payers.iter().position(|payer| payer.id == spouses).unwrap_or(0);
    let is_of_an_employer = matches!(payers[first].id.as_str(), "NFM01" | "BWH01" | "HBL01");
    if !child && is_of_an_employer && dice.happens(SPOUSES_PLAN_BP, "spouse's plan") {
        let member_id = member_id(&payers[spouses], dice, number);
        cards.push(Card { payer: spouses, member_id, effective_on, ended_on: None, slip: None });
    }
    cards
}

fn member_id(payer: &PayerBehaviour, dice: &Dice<'_>, number: usize) -> String {
    let space = 10_u64.saturating_pow(u32::try_from(payer.member_id_digits.saturating_sub(4)).unwrap_or(4));
    let head = dice.below(space, &format!("member id {}", payer.id));
    let width = payer.member_id_digits.saturating_sub(4);
    format!("{}{head:0width$}{:04}", payer.member_id_prefix, number % 10_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sixty(seed: u64) -> Vec<PatientStory> {
        patients(&Chance::new(seed), &simulator::builtin_payers(), 60, jiff::civil::date(2026, 3, 2))
    }

    #[test]
    fn the_same_seed_makes_the_same_people_and_every_card_has_its_payers_form() {
        let people = sixty(7);
        assert_eq!(people, sixty(7));
        assert_ne!(people, sixty(8));
        let payers = simulator::builtin_payers();
        for patient in &people {
            for card in &patient.cards {
                assert!(payers[card.payer].is_member_id(&card.member_id), "{card:?}");
            }
        }
        let mut seen: Vec<_> = people.iter().flat_map(|p| &p.cards).map(|card| card.payer).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), payers.len(), "every payer has a member");
        assert!(
            people.iter().any(|p| p.parent.is_some())
                && people.iter().any(|p| p.cards.iter().any(|card| card.slip.is_some()))
        );
    }

    #[test]
    fn a_slip_shows_on_file_and_not_on_the_card() {
        for patient in sixty(7) {
            for card in &patient.cards {
                assert_eq!(card.member_id_on_file() != card.member_id, card.slip == Some(Slip::MemberIdShort));
            }
            let wrong_year = patient.cards.iter().any(|card| card.slip == Some(Slip::BirthYear));
            assert_eq!(patient.birth_date_on_file() != patient.person.birth_date, wrong_year);
        }
    }
}
