//! The visits of the demo: who comes when, to whom, why, what is done and charged, and now and then a slip of coding.
//! The same seed gives the same visits. Pure: knows no clock, no database, no use case.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use simulator::Chance;

use super::population::{PatientStory, is_newcomer};

/// One thing done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceStory {
    /// HCPCS code, or one of the bare numbers the demo knows.
    pub procedure: &'static str,
    /// Modifiers.
    pub modifiers: Vec<&'static str>,
    /// Whole units.
    pub units: i64,
    /// Which diagnoses of the visit, from 1.
    pub pointers: Vec<u8>,
}

/// A slip of coding or of the front desk that the scrub or the payer will find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodingSlip {
    /// The first diagnosis lacks its last characters; the coder completes it.
    DiagnosisCutShort,
    /// A line was entered twice; the coder removes one.
    LineTwice,
    /// Modifier 25 was forgotten on a visit with a procedure; the coder adds it.
    ModifierForgotten,
    /// The drug needs permission that nobody asked for; the payer denies it.
    NoPermission,
}

/// One visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitStory {
    /// Its number in the story, from 0, in order of days.
    pub number: usize,
    /// Which patient, by place in their list.
    pub patient: usize,
    /// The day.
    pub on: Date,
    /// Which provider in practice, by place in the list.
    pub provider: usize,
    /// Two-digit setting: 11 office, 10 telehealth at home.
    pub place_of_service: &'static str,
    /// ICD-10-CM codes without dots, as they should be.
    pub diagnoses: Vec<&'static str>,
    /// What was done, as it should be.
    pub services: Vec<ServiceStory>,
    /// Permission number, where one was asked for.
    pub prior_authorization: Option<String>,
    /// An automobile accident some days before.
    pub accident_days_before: Option<i64>,
    /// What went wrong.
    pub slip: Option<CodingSlip>,
}

impl VisitStory {
    /// Whether a laboratory test is among the services.
    pub fn has_laboratory(&self) -> bool {
        self.services.iter().any(|service| codes::procedure::is_laboratory(service.procedure))
    }
}

/// List prices in cents: what the practice charges for a unit.
pub const PRICES: [(&str, i64); 25] = [
    ("36415", 1_800),
    ("71046", 9_500),
    ("80053", 4_200),
    ("80061", 5_100),
    ("83036", 3_900),
    ("85025", 3_100),
    ("87880", 4_400),
    ("90471", 4_000),
    ("93000", 5_800),
    ("96372", 4_900),
    ("99202", 14_500),
    ("99203", 21_000),
    ("99204", 31_000),
    ("99212", 10_500),
    ("99213", 16_800),
    ("99214", 24_500),
    ("99215", 34_000),
    ("99385", 25_500),
    ("99395", 24_000),
    ("99396", 26_500),
    ("G0008", 4_000),
    ("G0439", 24_500),
    ("J0696", 900),
    ("J0897", 4_600),
    ("J3301", 1_100),
];

/// The price of one unit, in cents.
pub fn price_cents(procedure: &str) -> i64 {
    PRICES.iter().find(|(code, _)| *code == procedure).map_or(0, |(_, cents)| *cents)
}

/// Enough throws for the largest demo, and an end where days and patients are few.
const MOST_THROWS: usize = 1_000_000;
/// Newcomers come within the first half of these working days at the end.
const NEWCOMER_DAYS: usize = 6;
/// Of 10,000 visits.
const SLIP_BP: u64 = 600;
const PERMISSION_FORGOTTEN_BP: u64 = 4_000;

fn service(procedure: &'static str, pointers: &[u8]) -> ServiceStory {
    ServiceStory { procedure, modifiers: Vec::new(), units: 1, pointers: pointers.to_vec() }
}

/// The working days between two days, the last one included: Monday to Friday.
pub fn working_days(start: Date, end: Date) -> Vec<Date> {
    let mut days = Vec::new();
    let mut day = start;
    while day <= end {
        if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
            days.push(day);
        }
        match day.checked_add(1.day()) {
            Ok(next) => day = next,
            Err(_) => break,
        }
    }
    days
}

/// Makes the visits of a period, `count` of them, in order of days; at most one a patient and day, and never more than
/// every second day of every patient.
pub fn visits(chance: &Chance, patients: &[PatientStory], days: &[Date], count: usize) -> Vec<VisitStory> {
    if patients.is_empty() || days.is_empty() {
        return Vec::new();
    }
    let mut drawn: BTreeSet<(usize, usize)> = BTreeSet::new();
    let possible = patients.len().saturating_mul(days.len());
    let mut throw = 0_usize;
    while drawn.len() < count.min(possible / 2) && throw < MOST_THROWS {
        let name = throw.to_string();
        // Every patient comes once, so that nobody on file was never seen; then by chance.
        let patient =
            if throw < patients.len() { throw } else { pick(chance, patients.len(), &["visit patient", &name]) };
        // Newcomers come in the last days, early enough that their payers have answered.
        let last_days = (days.len().saturating_sub(NEWCOMER_DAYS), NEWCOMER_DAYS.min(days.len()) / 2 + 1);
        let (from, among) = if is_newcomer(patient, patients.len()) { last_days } else { (0, days.len()) };
        drawn.insert((from + pick(chance, among.min(days.len()), &["visit day", &name]), patient));
        throw += 1;
    }
    let mut been = vec![false; patients.len()];
    drawn
        .into_iter()
        .enumerate()
        .map(|(number, (day, patient))| {
            let first = !std::mem::replace(&mut been[patient], true);
            visit(chance, &patients[patient], number, patient, days[day], first)
        })
        .collect()
}

fn pick(chance: &Chance, among: usize, name: &[&str]) -> usize {
    usize::try_from(chance.below(among as u64, name)).unwrap_or(0)
}

struct Draft {
    diagnoses: Vec<&'static str>,
    services: Vec<ServiceStory>,
    place_of_service: &'static str,
    permission: bool,
    accident_days_before: Option<i64>,
}

fn visit(chance: &Chance, story: &PatientStory, number: usize, patient: usize, on: Date, first: bool) -> VisitStory {
    let name = number.to_string();
    let dice = |below: u64, what: &str| chance.below(below, &["visit", &name, what]);
    let draft = draft(&dice, story, on, first);
    let drug = draft.services.iter().any(|service| service.procedure == "J0897");
    let forgotten = drug && dice(10_000, "permission forgotten") < PERMISSION_FORGOTTEN_BP;
    let slip = if forgotten { Some(CodingSlip::NoPermission) } else { slip(&dice, &draft) };
    VisitStory {
        number,
        patient,
        on,
        provider: usize::try_from(dice(3, "provider")).unwrap_or(0),
        place_of_service: draft.place_of_service,
        prior_authorization: (draft.permission && !forgotten)
            .then(|| format!("PA{:08}", dice(100_000_000, "permission"))),
        diagnoses: draft.diagnoses,
        services: draft.services,
        accident_days_before: draft.accident_days_before,
        slip,
    }
}

fn slip(dice: &impl Fn(u64, &str) -> u64, draft: &Draft) -> Option<CodingSlip> {
    if dice(10_000, "slip") >= SLIP_BP {
        return None;
    }
    let cut = draft.diagnoses.first().is_some_and(|code| code.len() > 3);
    let needs_25 = draft.services.iter().any(|service| service.modifiers.contains(&"25"));
    match dice(3, "which slip") {
        0 if needs_25 => Some(CodingSlip::ModifierForgotten),
        1 => Some(CodingSlip::LineTwice),
        _ if cut => Some(CodingSlip::DiagnosisCutShort),
        _ => None,
    }
}

fn draft(dice: &impl Fn(u64, &str) -> u64, story: &PatientStory, on: Date, first: bool) -> Draft {
    let age = story.age_on(on);
    let mut draft = Draft {
        diagnoses: Vec::new(),
        services: Vec::new(),
        place_of_service: "11",
        permission: false,
        accident_days_before: None,
    };
    match dice(100, "kind") {
        0..=9 if age >= 18 => checkup(&mut draft, age, first),
        10..=13 if age >= 50 => bone_drug(&mut draft, dice),
        14..=17 => vaccine(&mut draft, age),
        18..=22 if age >= 18 => joint_injection(&mut draft, first),
        23..=25 => accident(&mut draft, dice, first),
        26..=34 if !first => telehealth(&mut draft, story, dice),
        35..=64 => acute(&mut draft, dice, first),
        _ => chronic(&mut draft, story, dice, first),
    }
    draft
}

fn office_visit(first: bool, level: usize) -> &'static str {
    let codes = if first { ["99202", "99203", "99204"] } else { ["99212", "99213", "99214"] };
    codes[level.min(2)]
}

fn checkup(draft: &mut Draft, age: i32, first: bool) {
    draft.diagnoses.push("Z0000");
    let code = match (first, age) {
        (_, 65..) => "G0439",
        (true, 18..=39) => "99385",
        (_, 18..=39) => "99395",
        _ => "99396",
    };
    draft.services.push(service(code, &[1]));
    draft.services.push(service("80061", &[1]));
    draft.services.push(service("36415", &[1]));
}

fn bone_drug(draft: &mut Draft, dice: &impl Fn(u64, &str) -> u64) {
    draft.diagnoses.push("M810");
    let mut drug = service("J0897", &[1]);
    drug.units = 60;
    draft.services.push(drug);
    draft.services.push(service("96372", &[1]));
    draft.permission = true;
    if dice(2, "with heart tracing") == 0 {
        draft.diagnoses.push("R0789");
        draft.services.push(service("93000", &[2]));
    }
}

fn vaccine(draft: &mut Draft, age: i32) {
    draft.diagnoses.push("Z23");
    draft.services.push(service(if age >= 65 { "G0008" } else { "90471" }, &[1]));
}

fn joint_injection(draft: &mut Draft, first: bool) {
    draft.diagnoses.push("M25561");
    let mut visit = service(office_visit(first, 1), &[1]);
    visit.modifiers.push("25");
    let mut drug = service("J3301", &[1]);
    drug.units = 4;
    draft.services.extend([visit, service("96372", &[1]), drug]);
}

fn accident(draft: &mut Draft, dice: &impl Fn(u64, &str) -> u64, first: bool) {
    draft.diagnoses.extend(["S93401A", "M25561"]);
    draft.services.push(service(office_visit(first, 1), &[1, 2]));
    draft.accident_days_before = Some(1 + i64::try_from(dice(5, "accident")).unwrap_or(0));
}

fn telehealth(draft: &mut Draft, story: &PatientStory, dice: &impl Fn(u64, &str) -> u64) {
    draft.place_of_service = "10";
    draft.diagnoses.push(story.conditions.first().copied().unwrap_or("F411"));
    let level = usize::try_from(dice(2, "level")).unwrap_or(0);
    let mut visit = service(office_visit(false, level), &[1]);
    visit.modifiers.push("95");
    draft.services.push(visit);
}

fn acute(draft: &mut Draft, dice: &impl Fn(u64, &str) -> u64, first: bool) {
    const WHY: [&str; 8] = ["J069", "J029", "N390", "J209", "R0789", "L309", "M5450", "R519"];
    let why = WHY[usize::try_from(dice(WHY.len() as u64, "why")).unwrap_or(0)];
    draft.diagnoses.push(why);
    draft.services.push(service(office_visit(first, usize::try_from(dice(2, "level")).unwrap_or(0)), &[1]));
    match why {
        "J029" => draft.services.push(service("87880", &[1])),
        "J209" => draft.services.push(service("71046", &[1])),
        "R0789" => draft.services.push(service("93000", &[1])),
        _ => {}
    }
}

fn chronic(draft: &mut Draft, story: &PatientStory, dice: &impl Fn(u64, &str) -> u64, first: bool) {
    draft.diagnoses.extend(story.conditions.iter().copied());
    if draft.diagnoses.is_empty() {
        draft.diagnoses.push("R5383");
    }
    let all: Vec<u8> = (1..=draft.diagnoses.len().min(4)).filter_map(|n| u8::try_from(n).ok()).collect();
    draft.services.push(service(office_visit(first, 1 + usize::try_from(dice(2, "level")).unwrap_or(0)), &all));
    if dice(2, "blood") == 0 {
        let panel = if draft.diagnoses.contains(&"E119") { "83036" } else { "80053" };
        draft.services.extend([service(panel, &[1]), service("85025", &[1]), service("36415", &[1])]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::population;

    fn story(seed: u64) -> (Vec<PatientStory>, Vec<VisitStory>) {
        let chance = Chance::new(seed);
        let start = jiff::civil::date(2026, 3, 2);
        let patients = population::patients(&chance, &simulator::builtin_payers(), 60, start);
        let days = working_days(start, jiff::civil::date(2026, 5, 29));
        let visits = visits(&chance, &patients, &days, 400);
        (patients, visits)
    }

    #[test]
    fn the_same_seed_makes_the_same_visits_in_order_and_everybody_comes() {
        let (patients, all) = story(7);
        assert_eq!(all, story(7).1);
        assert!(all.len() == 400 && all.windows(2).all(|pair| pair[0].on <= pair[1].on));
        for patient in 0..patients.len() {
            assert!(all.iter().any(|visit| visit.patient == patient));
        }
    }

    #[test]
    fn every_code_exists_on_its_day_and_has_a_price() {
        let (_, all) = story(7);
        for visit in &all {
            for code in &visit.diagnoses {
                assert!(codes::icd10cm::lookup(code, visit.on).is_some_and(|found| found.billable), "{code}");
            }
            for service in &visit.services {
                assert!(price_cents(service.procedure) > 0, "{}", service.procedure);
                assert!(service.pointers.iter().all(|p| usize::from(*p) <= visit.diagnoses.len()), "{visit:?}");
            }
        }
        for slip in [CodingSlip::DiagnosisCutShort, CodingSlip::LineTwice, CodingSlip::NoPermission] {
            assert!(all.iter().any(|visit| visit.slip == Some(slip)), "{slip:?}");
        }
    }
}
