//! The front desk in the story: the practice is set up once, and every patient is registered at the first visit with the slips of a
//! busy morning. Everything goes through the registration use cases.

use anyhow::Context;
use app::registration::{
    CoverageData, FacilityData, NewGuarantor, PatientData, PayerData, ProviderData, add_coverage, register_facility,
    register_patient, register_payer, register_practice, register_provider, set_price,
};
use billing::access::Actor;
use billing::coverage::{CoverageRank, Relationship, Subscriber};
use billing::fee_schedule::FeeScheduleItem;
use billing::identifier::{MemberId, Npi, TaxId, TaxIdKind, Taxonomy};
use billing::payer::PayerSettings;
use billing::person::{Address, Contact, Gender, PersonName};
use billing::practice::{BillingProvider, Practice};
use billing::{FacilityId, Money, PatientId, PayerId, Phi, PracticeId, ProviderId};
use jiff::civil::Date;
use simulator::{CLEARINGHOUSE_ID, Member, PayerBehaviour, Simulator};
use store::Db;

use super::population::{self, Card, Home, PatientStory, Person};
use super::stage::{Stage, TIME_ZONE, in_scene};
use super::visits;

/// Days to appeal that contracts give where a story says no other.
pub const APPEAL_DAYS: i32 = 120;
/// Days after acceptance when a missing remittance becomes work.
const FOLLOW_UP_DAYS: i32 = 30;
/// Days after sending when a missing 999 becomes work.
const ACKNOWLEDGMENT_DAYS: i32 = 2;
/// A laboratory certificate of nobody: ten characters, the third a D.
const CLIA_NUMBER: &str = "99D9999999";

/// What the practice works with.
#[derive(Debug, Clone)]
pub struct House {
    /// Providers in the order of the population's list.
    pub providers: Vec<ProviderId>,
    /// Payers in the order of the simulator's list.
    pub payers: Vec<PayerId>,
    /// The office laboratory.
    pub laboratory: FacilityId,
}

fn practice_address() -> Address {
    Address {
        line1: "410 Lakeshore Drive".into(),
        line2: "Suite 2".into(),
        city: "Springfield".into(),
        state: population_state(),
        zip: "627011234".into(),
    }
}

fn population_state() -> String {
    super::names::STATE.to_owned()
}

fn npi(number: u32) -> anyhow::Result<Npi> {
    Npi::parse(&codes::npi::invented(number)).context("an invented NPI")
}

/// What an account may owe to be swept: less than a letter and the hands for it cost.
const SMALL_BALANCE_CENTS: i64 = 1_000;

/// The practice as it is registered.
pub fn practice(id: PracticeId) -> anyhow::Result<Practice> {
    Ok(Practice {
        id,
        name: population::PRACTICE_NAME.into(),
        billing: BillingProvider {
            name: population::PRACTICE_NAME.into(),
            npi: npi(population::PRACTICE_NPI_NUMBER)?,
            taxonomy: Taxonomy::parse(population::PRACTICE_TAXONOMY)?,
            tax_id: TaxId::parse(TaxIdKind::Ein, population::PRACTICE_TAX_ID)?,
            address: practice_address(),
        },
        pay_to: None,
        time_zone: TIME_ZONE.into(),
        solo: false,
        submitter_id: population::SUBMITTER_ID.into(),
        contact: Contact { phone: "2175550100".into(), email: "billing@lakeside.example.org".into() },
        small_balance: Money::from_cents(SMALL_BALANCE_CENTS),
    })
}

/// Sets the practice up: itself, its providers, its laboratory, its payers, its prices.
pub fn open(
    db: &Db,
    id: PracticeId,
    (payers, appeal_days): (&[PayerBehaviour], i32),
    from: Date,
) -> anyhow::Result<House> {
    open_as(db, &practice(id)?, (payers, appeal_days), from)
}

/// Sets a practice up like the demo's, under its own name and id.
pub fn open_as(
    db: &Db,
    practice: &Practice,
    (payers, appeal_days): (&[PayerBehaviour], i32),
    from: Date,
) -> anyhow::Result<House> {
    let id = practice.id;
    let actor = Actor::system(id);
    in_scene("the practice is registered", register_practice(db, &actor, practice, true))?;
    let mut providers = Vec::new();
    for story in &population::PROVIDERS {
        let data = ProviderData {
            name: PersonName { last: story.last.into(), first: story.first.into(), ..PersonName::default() },
            npi: npi(story.npi_number)?,
            taxonomy: Taxonomy::parse(story.taxonomy)?,
            in_practice: story.in_practice,
            invented: false,
            source_key: None,
        };
        providers.push(in_scene("a provider is registered", register_provider(db, &actor, id, &data))?.id);
    }
    let laboratory = FacilityData {
        name: format!("{} Laboratory", population::PRACTICE_NAME),
        npi: None,
        address: practice_address(),
        clia_number: Some(CLIA_NUMBER.into()),
        source_key: None,
    };
    let laboratory = in_scene("the laboratory is registered", register_facility(db, &actor, id, &laboratory))?.id;
    let mut known = Vec::new();
    for payer in payers {
        known.push(
            in_scene("a payer is registered", register_payer(db, &actor, id, &payer_data(payer, appeal_days)))?.id,
        );
    }
    for (procedure, cents) in visits::PRICES {
        let item = FeeScheduleItem {
            procedure: procedure.into(),
            modifier: String::new(),
            unit_price: Money::from_cents(cents),
            effective_on: Date::new(from.year() - 1, 1, 1).unwrap_or(from),
        };
        in_scene("a price is set", set_price(db, &actor, id, &item))?;
    }
    Ok(House { providers, payers: known, laboratory })
}

/// A payer as the practice knows it: name in ordinary letters, its contract's limits.
fn payer_data(payer: &PayerBehaviour, appeal_days: i32) -> PayerData {
    PayerData {
        name: in_title_case(&payer.name),
        payer_identifier: payer.id.clone(),
        filing_indicator: payer.claim_filing.clone(),
        settings: PayerSettings {
            filing_limit_days: i32::try_from(payer.timing.filing_limit_days).unwrap_or(i32::MAX),
            appeal_days,
            route: CLEARINGHOUSE_ID.to_owned(),
            answers_from: Vec::new(),
            remits_as: Vec::new(),
            acknowledgment_due_days: ACKNOWLEDGMENT_DAYS,
            follow_up_days: FOLLOW_UP_DAYS,
            takes_replacements: true,
            needs_referral: false,
            ..PayerSettings::default()
        },
    }
}

fn in_title_case(text: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters.flat_map(char::to_lowercase)).collect::<String>())
    };
    text.split(' ').filter_map(word).collect::<Vec<_>>().join(" ")
}

/// Enters the true members into the simulated payers' enrollment files.
pub fn enroll(simulator: &mut Simulator, patients: &[PatientStory], payers: &[PayerBehaviour]) {
    for patient in patients {
        for card in &patient.cards {
            let mut people = vec![&patient.person];
            people.extend(&patient.parent);
            for person in people {
                simulator.enroll(Member {
                    payer_id: payers[card.payer].id.clone(),
                    member_id: card.member_id.clone(),
                    last: person.last.clone(),
                    first: person.first.clone(),
                    birth_date: person.birth_date,
                    effective_on: card.effective_on,
                    ended_on: card.ended_on,
                    other_payer_first: false,
                });
            }
        }
    }
}

fn name(person: &Person) -> PersonName {
    PersonName { last: person.last.clone(), first: person.first.clone(), ..PersonName::default() }
}

fn gender(person: &Person) -> Gender {
    Gender::from_code(&person.gender.to_string()).unwrap_or(Gender::Unknown)
}

fn address(home: &Home) -> Address {
    Address {
        line1: home.line1.clone(),
        line2: String::new(),
        city: home.city.clone(),
        state: home.state.clone(),
        zip: home.zip.clone(),
    }
}

fn contact(home: &Home) -> Contact {
    Contact { phone: home.phone.clone(), email: home.email.clone() }
}

/// The patient as it goes on file, with the birth date as `born`.
pub fn patient_data(story: &PatientStory, born: Date) -> PatientData {
    PatientData {
        name: name(&story.person),
        birth_date: Phi::new(born),
        gender: gender(&story.person),
        address: address(&story.home),
        contact: contact(&story.home),
        language: story.language.into(),
        invented: true,
        source_key: None,
    }
}

/// A coverage as it goes on file, with the member id as `member_id`.
pub fn coverage_data(
    story: &PatientStory,
    card: &Card,
    rank: CoverageRank,
    payer: (PayerId, &PayerBehaviour),
    member_id: &str,
) -> anyhow::Result<CoverageData> {
    let member_id = MemberId::parse(member_id)?;
    let subscriber = story.parent.as_ref().map(|parent| Subscriber {
        name: name(parent),
        member_id: member_id.clone(),
        birth_date: Phi::new(parent.birth_date),
        gender: gender(parent),
        address: address(&story.home),
    });
    Ok(CoverageData {
        payer_id: payer.0,
        plan_name: in_title_case(&payer.1.plan_name),
        group_number: format!("LK{:03}", 100 + card.payer * 7),
        rank,
        relationship: if story.parent.is_some() { Relationship::Child } else { Relationship::SelfSubscriber },
        member_id,
        subscriber,
        effective_on: card.effective_on,
        // The practice learns of an end only from the payer.
        ends_on: None,
        invented: false,
        medicare_secondary: None,
        source_key: None,
    })
}

/// Registers a patient who comes for the first time.
pub fn register(stage: &mut Stage, house: &House, index: usize) -> anyhow::Result<PatientId> {
    if let Some(known) = stage.on_file.get(&index) {
        return Ok(*known);
    }
    let story = stage.patients[index].clone();
    let tier1 = &stage.staff.tier1;
    let guarantor = match &story.parent {
        Some(parent) => {
            NewGuarantor::Other { name: name(parent), address: address(&story.home), contact: contact(&story.home) }
        }
        None => NewGuarantor::Patient,
    };
    let data = patient_data(&story, story.birth_date_on_file());
    let registered = register_patient(&stage.db, tier1, stage.practice, &data, &guarantor);
    let id = in_scene("a patient is registered", registered)?.id;
    for (place, card) in story.cards.iter().enumerate() {
        let rank = [CoverageRank::Primary, CoverageRank::Secondary, CoverageRank::Tertiary][place.min(2)];
        let payer = (house.payers[card.payer], &stage.payers[card.payer]);
        let data = coverage_data(&story, card, rank, payer, &card.member_id_on_file())?;
        in_scene("a coverage is entered", add_coverage(&stage.db, tier1, stage.practice, id, &data))?;
    }
    stage.on_file.insert(index, id);
    Ok(id)
}
