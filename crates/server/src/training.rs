//! Practice mode's other side: the training practice is made with invented people, and the simulator decides their claims by the
//! scenarios of the catalogue. Its files go to the simulator in memory and nowhere else.

use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use app::charge_capture::{NewService, NewVisit, capture};
use app::claim_scrub::claim_visit;
use app::clearinghouse::{CarrierError, Clearinghouse, Delivery, InboundFile};
use app::quality::training::{Shown, join, keep_case};
use app::registration::{NewGuarantor, add_coverage, register_patient};
use app::{claim_submission, inbound};
use billing::access::{Action, Actor, ResourceState};
use billing::charge::{Procedure, Units};
use billing::claim::Claim;
use billing::coverage::CoverageRank;
use billing::practice::Practice;
use billing::quality::scenario::{SCENARIOS, Scenario, Trigger};
use billing::{ClaimId, Money, PracticeId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use simulator::{
    BundleHabit, DenialHabit, DenialScope, DenialTrigger, Member, OutboundFile, PayerBehaviour, Quirks, RejectionHabit,
    RejectionTrigger, Simulator, Timing, Weekday, builtin_payers,
};
use store::worklist::OPEN_ITEMS_OF_CLAIM;
use store::{Db, params};

use crate::demo::front_desk::{self, APPEAL_DAYS, House};
use crate::demo::population::{Card, Home, PatientStory, PaysHow, Person};
use crate::demo::stage::in_scene;

/// Cases of each scenario in a practice that people train in: enough for every skill to be judged by.
pub const CASES_A_SCENARIO: usize = 3;
/// Days ago on which the claims reach the simulated payers, so that they are decided and paid by today.
const SENT_DAYS_AGO: i64 = 12;
/// Days ago of the visits.
const VISIT_DAYS_AGO: i64 = 20;
/// Days ago of a visit whose claim comes too late …
const LATE_VISIT_DAYS_AGO: i64 = 60;
/// … for a payer that waits so long.
const SHORT_LIMIT_DAYS: i64 = 30;
/// Days that the other payers of practice mode wait; and what our side believes of all of them, so that late claims leave.
const LONG_LIMIT_DAYS: i64 = 365;
/// Days before the visit on which a coverage ended that the practice still believes in.
const ENDED_DAYS_BEFORE: i64 = 20;
/// Always, of 10,000.
const CERTAIN: u32 = 10_000;
/// The visit that is billed, and the blood draw that some payers count into it.
const VISIT: &str = "99213";
const BLOOD_DRAW: &str = "36415";
/// Type 2 diabetes without complications: fits any adult.
const DIAGNOSIS: &str = "E11.9";
/// The digit of a member number that the front desk left out.
const LEFT_OUT: &str = "3";
/// Names of invented people.
const FIRST: [&str; 7] = ["Alma", "Bruno", "Carla", "Dario", "Edith", "Felix", "Greta"];
const LAST: [&str; 9] =
    ["Ashdown", "Birchall", "Copperfield", "Dunmore", "Eastlake", "Fernsby", "Goldring", "Hartwell", "Inglewood"];

/// The simulator as a carrier of the training practice: its clock stands some days back, so that everything is decided.
struct Room {
    simulator: Mutex<(Simulator, Vec<OutboundFile>)>,
    at: Timestamp,
    until: Timestamp,
}

impl Clearinghouse for Room {
    fn deliver(&self, _: &str, bytes: &[u8]) -> Result<Delivery, CarrierError> {
        let mut room = self.simulator.lock().unwrap_or_else(PoisonError::into_inner);
        let mut answers = room.0.receive(bytes, self.at);
        answers.extend(room.0.advance_to(self.until));
        room.1.extend(answers);
        Ok(Delivery::Delivered)
    }

    fn waiting(&self) -> Result<Vec<InboundFile>, CarrierError> {
        let room = self.simulator.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(room.1.iter().map(|file| InboundFile { name: file.name.clone(), bytes: file.bytes.clone() }).collect())
    }

    fn taken(&self, name: &str) -> Result<(), CarrierError> {
        let mut room = self.simulator.lock().unwrap_or_else(PoisonError::into_inner);
        room.1.retain(|file| file.name != name);
        Ok(())
    }

    fn is_outside(&self) -> bool {
        false
    }
}

/// Makes the training practice of a real one, with so many cases of each scenario. Answers how many cases there are.
///
/// # Errors
/// `Denied` as `app::Error` within; where the practice has one already; where a scenario opens other work than it says.
pub fn open(db: &Db, actor: &Actor, practice: PracticeId, cases: usize) -> anyhow::Result<usize> {
    let training = PracticeId(db.env().new_id());
    let system = Actor::system(training);
    let real = db.read(&Actor::system(practice), practice, |read| store::registration::practice(read))?;
    let real = real.context("the practice is not registered")?;
    app::access::allow(actor, Action::PrepareTraining, &ResourceState::default()).map_err(app::Error::from)?;
    if app::quality::training::training_practice(db, practice)?.is_some() {
        return Err(app::Error::refused("This practice has its training practice already.").into());
    }
    let own = front_desk::practice(training)?;
    let own = Practice { name: format!("Training for {}", real.name), time_zone: real.time_zone, ..own };
    let today = db.today(practice)?;
    let base = builtin_payers().into_iter().next().context("the simulator has no payer")?;
    let payers: Vec<PayerBehaviour> =
        SCENARIOS.iter().enumerate().map(|(place, one)| payer(base.clone(), place, one)).collect();
    let house = front_desk::open_as(db, &own, (&in_our_eyes(&payers), APPEAL_DAYS), today)?;
    in_scene("the training practice is joined to the real one", join(db, actor, practice, training))?;
    let mut simulator = Simulator::new(1, payers.clone());
    let mut made: Vec<(&Scenario, ClaimId)> = Vec::new();
    for (place, scenario) in SCENARIOS.iter().enumerate() {
        for number in 0..cases {
            let story = patient(place, number, scenario, &payers[place], today);
            simulator.enroll(member(&story, scenario, &payers[place], today));
            made.push((scenario, claim(db, training, (&house, place), &story, scenario, today)?));
        }
    }
    let now = db.env().now();
    let at = now - SignedDuration::from_hours(24 * SENT_DAYS_AGO);
    let room = Room { simulator: Mutex::new((simulator, Vec::new())), at, until: now };
    in_scene("claims are sealed", claim_submission::seal(db, &system, training))?;
    in_scene("claims are delivered", claim_submission::deliver(db, &system, training, &room))?;
    in_scene("answers are collected", inbound::collect(db, &system, training, &room))?;
    for (scenario, claim) in &made {
        keep(db, training, scenario, *claim)?;
    }
    Ok(made.len())
}

/// A payer that does what one scenario asks, and else pays at once.
fn payer(mut payer: PayerBehaviour, place: usize, scenario: &Scenario) -> PayerBehaviour {
    payer.id = format!("TRN{place:02}");
    payer.name = format!("PRACTICE HEALTH {:02}", place + 1);
    payer.originator_id = format!("19999990{place:02}");
    let limit = if scenario.trigger == Trigger::LateFiling { SHORT_LIMIT_DAYS } else { LONG_LIMIT_DAYS };
    payer.timing = Timing {
        claim_report_days: 0,
        adjudication_days: 1,
        payment_weekday: Weekday::Monday,
        filing_limit_days: limit,
    };
    (payer.reversal, payer.pend, payer.quirks) = (None, None, Quirks::default());
    (payer.denial, payer.bundle, payer.rejection) = (Vec::new(), Vec::new(), Vec::new());
    let denies = |when| DenialHabit {
        when,
        chance_bp: CERTAIN,
        procedures: Vec::new(),
        scope: DenialScope::Claim,
        group: scenario.group.to_owned(),
        carc: scenario.carc.to_owned(),
        rarc: scenario.rarc.iter().map(|code| (*code).to_owned()).collect(),
    };
    match scenario.trigger {
        Trigger::CoverageNotInForce => payer.denial.push(denies(DenialTrigger::CoverageNotInForce)),
        Trigger::NoPriorAuthorization => payer.denial.push(denies(DenialTrigger::NoPriorAuthorization)),
        Trigger::LateFiling => payer.denial.push(denies(DenialTrigger::LateFiling)),
        Trigger::OtherPayerFirst => payer.denial.push(denies(DenialTrigger::OtherPayerFirst)),
        Trigger::Chance => payer.denial.push(denies(DenialTrigger::Chance)),
        Trigger::Bundle => payer.bundle.push(BundleHabit {
            procedure: BLOOD_DRAW.to_owned(),
            into: vec![VISIT.to_owned()],
            unless_modifier: Vec::new(),
            chance_bp: CERTAIN,
            rarc: Vec::new(),
        }),
        Trigger::MemberId => payer.rejection.push(RejectionHabit {
            when: RejectionTrigger::MemberId,
            chance_bp: CERTAIN,
            category: "A7".to_owned(),
            status: "164".to_owned(),
            entity: "IL".to_owned(),
        }),
    }
    payer
}

/// The payers as the practice knows them: it believes that all of them wait long, so that late claims leave.
fn in_our_eyes(payers: &[PayerBehaviour]) -> Vec<PayerBehaviour> {
    let known = payers.iter().cloned();
    known
        .map(|mut payer| {
            payer.timing.filing_limit_days = LONG_LIMIT_DAYS;
            payer
        })
        .collect()
}

fn visit_on(scenario: &Scenario, today: Date) -> Date {
    let ago = if scenario.trigger == Trigger::LateFiling { LATE_VISIT_DAYS_AGO } else { VISIT_DAYS_AGO };
    today.saturating_sub(ago.days())
}

/// An invented person with the card of the scenario's payer.
fn patient(place: usize, number: usize, scenario: &Scenario, payer: &PayerBehaviour, today: Date) -> PatientStory {
    let ordinal = place * 10 + number;
    // A number that is a digit short has not the form that the payer gives out.
    let is_short = scenario.trigger == Trigger::MemberId;
    let width = payer.member_id_digits.saturating_sub(usize::from(is_short));
    let digits = format!("{:0width$}", 10_007 + ordinal * 13);
    PatientStory {
        person: Person {
            last: LAST[ordinal % LAST.len()].to_owned(),
            first: FIRST[(ordinal / 2) % FIRST.len()].to_owned(),
            gender: if number.is_multiple_of(2) { 'F' } else { 'M' },
            birth_date: Date::new(1970, 1, 15)
                .unwrap_or(today)
                .saturating_add(i64::try_from(ordinal * 37).unwrap_or_default().days()),
        },
        home: Home {
            line1: format!("{} Practice Lane", 100 + ordinal),
            city: "Springfield".to_owned(),
            state: "IL".to_owned(),
            zip: "62701".to_owned(),
            phone: format!("21755501{:02}", ordinal % 100),
            email: String::new(),
        },
        parent: None,
        cards: vec![Card {
            payer: place,
            member_id: format!("{}{digits}", payer.member_id_prefix),
            effective_on: visit_on(scenario, today).saturating_sub(1.year()),
            ended_on: None,
            slip: None,
        }],
        language: "en",
        pays: PaysHow::NotYet,
        conditions: Vec::new(),
    }
}

/// The person as the payer has them.
fn member(story: &PatientStory, scenario: &Scenario, payer: &PayerBehaviour, today: Date) -> Member {
    let card = &story.cards[0];
    let ended = visit_on(scenario, today).saturating_sub(ENDED_DAYS_BEFORE.days());
    // The front desk left out the last digit of the card.
    let is_short = scenario.trigger == Trigger::MemberId;
    let member_id = format!("{}{}", card.member_id, if is_short { LEFT_OUT } else { "" });
    Member {
        payer_id: payer.id.clone(),
        member_id,
        last: story.person.last.clone(),
        first: story.person.first.clone(),
        birth_date: story.person.birth_date,
        effective_on: card.effective_on,
        ended_on: (scenario.trigger == Trigger::CoverageNotInForce).then_some(ended),
        other_payer_first: scenario.trigger == Trigger::OtherPayerFirst,
    }
}

/// The person is registered, the visit charged, the claim made.
fn claim(
    db: &Db,
    training: PracticeId,
    (house, place): (&House, usize),
    story: &PatientStory,
    scenario: &Scenario,
    today: Date,
) -> anyhow::Result<ClaimId> {
    let system = Actor::system(training);
    let data = front_desk::patient_data(story, story.person.birth_date);
    let registered = register_patient(db, &system, training, &data, &NewGuarantor::Patient);
    let patient_id = in_scene("a patient is registered", registered)?.id;
    let card = &story.cards[0];
    let payers = builtin_payers();
    let base = payers.first().context("the simulator has no payer")?;
    let coverage =
        front_desk::coverage_data(story, card, CoverageRank::Primary, (house.payers[place], base), &card.member_id)?;
    in_scene("a coverage is entered", add_coverage(db, &system, training, patient_id, &coverage))?;
    let service = |code: &str| NewService {
        procedure: Procedure { code: code.to_owned(), modifiers: Vec::new() },
        units: Units::whole(1),
        diagnosis_pointers: vec![1],
        amount: None,
        drug: None,
    };
    let mut services = vec![service(VISIT)];
    if scenario.trigger == Trigger::Bundle {
        services.push(service(BLOOD_DRAW));
    }
    let visit = NewVisit {
        patient_id,
        date_of_service: visit_on(scenario, today),
        original_date: None,
        place_of_service: "11".to_owned(),
        facility_id: None,
        rendering_id: house.providers[0],
        referring_id: None,
        supervising_id: None,
        ordering_id: None,
        diagnoses: vec![DIAGNOSIS.to_owned()],
        prior_authorization: None,
        referral_number: None,
        accident: None,
        onset_on: None,
        services,
        self_pay: false,
        source_key: None,
    };
    let captured = in_scene("charges are entered", capture(db, &system, training, &visit))?;
    let made = claim_visit(db, &system, training, captured.encounter_id);
    Ok(in_scene("a claim is made", made)?.claim_id)
}

/// The case of a claim: what the program opened of the payer's answer, and what a person is shown.
fn keep(db: &Db, training: PracticeId, scenario: &Scenario, claim: ClaimId) -> anyhow::Result<()> {
    let system = Actor::system(training);
    let (claim, items) = db.read(&system, training, |read| {
        Ok::<_, app::Error>((store::claim::load(read, claim)?, read.query(&OPEN_ITEMS_OF_CLAIM, params![claim])?))
    })?;
    let claim = claim.context("a claim of practice mode is gone")?;
    let item = items.first().with_context(|| format!("{}: no work was opened", scenario.key))?;
    let mut facts = facts(&claim, scenario, item.stake_cents);
    facts.extend(scenario.facts.iter().map(|fact| ("Known".to_owned(), (*fact).to_owned())));
    let kept = keep_case(db, training, (scenario, item.id), &Shown { facts });
    in_scene("a case is kept", kept)?;
    Ok(())
}

/// Claim and answer, line by line.
fn facts(claim: &Claim, scenario: &Scenario, stake: Money) -> Vec<(String, String)> {
    let mut facts = vec![
        ("Claim".to_owned(), format!("{}, to {}", claim.control_number.as_str(), claim.body.payer.name)),
        ("At stake".to_owned(), stake.to_string()),
    ];
    for line in &claim.body.lines {
        let words = format!("{} on {}, {}", line.procedure.code, line.date_of_service, line.charge_amount);
        facts.push(("Service".to_owned(), words));
    }
    facts.push(("Diagnosis".to_owned(), DIAGNOSIS.to_owned()));
    match codes::carc::find(scenario.carc) {
        Some(carc) => {
            facts.push(("Payer says".to_owned(), format!("{} {}: {}", scenario.group, carc.code, carc.words)));
        }
        None => facts.push(("Payer says".to_owned(), "277CA: refused before adjudication".to_owned())),
    }
    let remarks = scenario.rarc.iter().filter_map(|code| codes::rarc::find(code));
    facts.extend(remarks.map(|remark| ("Remark".to_owned(), format!("{}: {}", remark.code, remark.words))));
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use billing::access::Role;

    #[test]
    fn every_scenario_opens_its_work_and_nothing_of_it_stands_in_the_real_practice_or_leaves() {
        let test = store::testing::TestDb::new(store::testing::TestEngine::Sqlite);
        let db: &Db = &test;
        let practice = PracticeId(db.env().new_id());
        let today = db.today(practice).unwrap();
        front_desk::open(db, practice, (&builtin_payers(), APPEAL_DAYS), today).unwrap();
        let max = Actor::user(billing::UserId(db.env().new_id()), "max", vec![Role::Manager], practice);
        let tess = Actor::user(billing::UserId(db.env().new_id()), "tess", vec![Role::Tier1], practice);
        assert!(open(db, &tess, practice, 1).is_err(), "who leads opens it");
        assert_eq!(open(db, &max, practice, 1).unwrap(), SCENARIOS.len());
        assert!(open(db, &max, practice, 1).is_err(), "once");
        let training = app::quality::training::training_practice(db, practice).unwrap().unwrap();
        let count =
            |of: PracticeId| db.read(&Actor::system(of), of, |read| store::views::practice_totals::get(read)).unwrap();
        let (real, trained) = (count(practice), count(training));
        assert_eq!((real.patients, real.submitted, real.entries), (0, 0, 0), "no report of the real practice reads it");
        assert_eq!(trained.patients, i64::try_from(SCENARIOS.len()).unwrap());
        let folder = std::env::temp_dir().join(format!("tierline-training-{}", std::process::id()));
        let outside = exchange::FolderDrop::open(folder.join("outbox"), folder.join("inbox")).unwrap();
        let refused = claim_submission::deliver(db, &Actor::system(training), training, &outside);
        let _ = std::fs::remove_dir_all(&folder);
        assert!(refused.unwrap_err().to_string().contains("nothing of it leaves"));
        let proof = app::verify::verify(db, &Actor::system(training), training).unwrap();
        assert_eq!(proof.first_failure(), None, "practice mode keeps its books as the real one does");
    }
}
