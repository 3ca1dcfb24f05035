//! A practice as large as a billing company's client: invented patients, each with visits, claims and books, loaded
//! in bulk. For benchmarks only; the demo is the place where use cases make a practice.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a benchmark that cannot be set up must stop
#![allow(dead_code)] // each benchmark uses its part

use billing::charge::{Charge, Procedure, Units};
use billing::claim::create::{ClaimSource, create};
use billing::claim::{ClaimEvent, ClaimStatus};
use billing::coverage::{Coverage, CoverageRank, Relationship, Subscriber};
use billing::encounter::{Encounter, EncounterStatus};
use billing::identifier::{MemberId, Npi, PatientControlNumber, TaxId, TaxIdKind, Taxonomy};
use billing::patient::{Guarantor, Patient};
use billing::payer::{Payer, PayerSettings};
use billing::person::{Address, Contact, Gender, PersonName};
use billing::practice::{BillingProvider, Practice};
use billing::provider::Provider;
use billing::work::{Calendar, WorkItem, WorkLinks, WorkReason};
use billing::{
    ChargeId, ClaimId, CoverageId, EncounterId, GuarantorId, Money, PatientId, PayerId, Phi, ProviderId, WorkItemId,
};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use ledger::{Account, DraftEntry, EntrySource};
use store::testing::{PRACTICE, TestDb};
use store::{Json, Tx};

/// Claims of one patient.
pub const CLAIMS_A_PATIENT: usize = 5;
/// Patients loaded in one transaction.
const PATIENTS_A_TRANSACTION: usize = 500;

/// What a benchmark asks for again.
pub struct LargePractice {
    /// Every patient.
    pub patients: Vec<PatientId>,
    /// Every claim with its number.
    pub claims: Vec<(ClaimId, String)>,
    /// Who pays.
    pub payer: Payer,
}

/// Loads `claims` claims with their patients, visits, charges, books and work.
pub fn load(db: &TestDb, claims: usize) -> LargePractice {
    let practice = practice();
    let payer = payer(db);
    let provider = provider(db);
    db.write(&db.system(), PRACTICE, |tx| {
        store::registration::insert_practice(tx, &practice, true)?;
        store::registration::insert_payer(tx, &payer)?;
        store::registration::insert_provider(tx, &provider, None)
    })
    .unwrap();
    let mut loaded = LargePractice { patients: Vec::new(), claims: Vec::new(), payer };
    let patients = claims / CLAIMS_A_PATIENT;
    for first in (0..patients).step_by(PATIENTS_A_TRANSACTION) {
        let last = (first + PATIENTS_A_TRANSACTION).min(patients);
        let seeds = Seeds { practice: &practice, payer: &loaded.payer, provider: &provider };
        let batch = db
            .write(&db.system(), PRACTICE, |tx| {
                let batch = Batch::new(tx, seeds, first..last);
                batch.save(tx)?;
                Ok::<_, store::StoreError>(batch)
            })
            .unwrap();
        loaded.patients.extend(batch.patients.iter().map(|row| row.id));
        loaded.claims.extend(batch.claims.iter().map(|row| (row.id, row.control_number.clone())));
    }
    db.analyze().unwrap();
    loaded
}

#[derive(Clone, Copy)]
struct Seeds<'a> {
    practice: &'a Practice,
    payer: &'a Payer,
    provider: &'a Provider,
}

#[derive(Default)]
struct Batch {
    guarantors: Vec<store::registration::GuarantorRow>,
    patients: Vec<store::registration::PatientRow>,
    coverages: Vec<store::registration::CoverageRow>,
    encounters: Vec<store::charge::EncounterRow>,
    charges: Vec<store::charge::ChargeRow>,
    claims: Vec<store::claim::ClaimRow>,
    versions: Vec<store::claim::ClaimVersionRow>,
    lines: Vec<store::claim::ClaimLineRow>,
    events: Vec<store::claim::ClaimEventRow>,
    entries: Vec<(ledger::BalancedEntry, String)>,
    items: Vec<(WorkItem, String)>,
}

impl Batch {
    fn new(tx: &Tx, seeds: Seeds<'_>, numbers: std::ops::Range<usize>) -> Batch {
        let mut batch = Batch::default();
        for number in numbers {
            let (patient, coverage) = batch.add_patient(tx, seeds, number);
            for visit in 0..CLAIMS_A_PATIENT {
                batch.add_claim(tx, seeds, &patient, &coverage, number * CLAIMS_A_PATIENT + visit);
            }
        }
        batch
    }

    fn add_patient(&mut self, tx: &Tx, seeds: Seeds<'_>, number: usize) -> (Patient, Coverage) {
        let name = PersonName {
            last: format!("{}{}", LAST_NAMES[number % LAST_NAMES.len()], number / 1000),
            first: FIRST_NAMES[number % FIRST_NAMES.len()].to_owned(),
            ..PersonName::default()
        };
        let guarantor = Guarantor {
            id: GuarantorId(tx.new_id()),
            name: name.clone(),
            address: address(),
            contact: Contact::default(),
        };
        let patient = Patient {
            id: PatientId(tx.new_id()),
            account_number: format!("A{:06}", number + 1),
            name: name.clone(),
            birth_date: Phi::new(date(1950, 1, 1).saturating_add(((number % 20_000) as i64).days())),
            gender: Gender::Unknown,
            address: address(),
            contact: Contact { phone: format!("555{number:07}"), email: String::new() },
            guarantor_id: guarantor.id,
            language: "en".into(),
            invented: true,
        };
        let coverage = Coverage {
            id: CoverageId(tx.new_id()),
            version: 1,
            patient_id: patient.id,
            payer_id: seeds.payer.id,
            plan_name: "Northfield PPO".into(),
            group_number: "G100".into(),
            rank: CoverageRank::Primary,
            relationship: Relationship::SelfSubscriber,
            subscriber: Subscriber {
                name: name.clone(),
                member_id: MemberId::parse(&format!("NM{number:08}")).unwrap(),
                birth_date: patient.birth_date,
                gender: patient.gender,
                address: address(),
            },
            effective_on: date(2020, 1, 1),
            ends_on: None,
            invented: false,
            medicare_secondary: None,
        };
        self.guarantors.push(store::registration::GuarantorRow { id: guarantor.id, body: Json(guarantor) });
        self.patients.push(store::registration::PatientRow {
            id: patient.id,
            account_number: patient.account_number.clone(),
            last_name_key: store::name_key(&name.last),
            first_name_key: store::name_key(&name.first),
            birth_date: *patient.birth_date.reveal(),
            phone: patient.contact.phone.clone(),
            guarantor_id: patient.guarantor_id,
            statement_hold: None,
            source_key: None,
            body: Json(patient.clone()),
        });
        self.coverages.push(store::registration::CoverageRow {
            id: coverage.id,
            version: 1,
            patient_id: patient.id,
            payer_id: coverage.payer_id,
            rank: coverage.rank,
            member_id: coverage.subscriber.member_id.reveal().to_owned(),
            effective_on: coverage.effective_on,
            ends_on: None,
            is_latest: true,
            recorded_at: tx.now(),
            source_key: None,
            body: Json(coverage.clone()),
        });
        (patient, coverage)
    }

    fn add_claim(&mut self, tx: &Tx, seeds: Seeds<'_>, patient: &Patient, coverage: &Coverage, number: usize) {
        let day = tx.today().saturating_sub(((number % 300) as i64 + 5).days());
        let encounter = encounter(tx, patient.id, seeds.provider.id, day);
        let charges: Vec<Charge> = (1..=2).map(|line| charge(tx, &encounter, line)).collect();
        let source = ClaimSource {
            prior_payers: &[],
            practice: seeds.practice,
            patient,
            encounter: &encounter,
            charges: &charges,
            coverage,
            payer: seeds.payer,
            rendering: Some(seeds.provider),
            referring: None,
            supervising: None,
            ordering: None,
            facility: None,
        };
        let number_text = format!("L{number:07}");
        let mut claim = create(ClaimId(tx.new_id()), PatientControlNumber::parse(&number_text).unwrap(), &source);
        claim.status = if number.is_multiple_of(4) { ClaimStatus::Accepted } else { ClaimStatus::Adjudicated };
        claim.follow_up_on = (claim.status == ClaimStatus::Accepted).then_some(tx.today());
        self.books(seeds, patient, &charges, day, claim.status == ClaimStatus::Adjudicated);
        if number.is_multiple_of(5) {
            let links = WorkLinks {
                patient_id: Some(patient.id),
                claim_id: Some(claim.id),
                payer_id: Some(seeds.payer.id),
                ..WorkLinks::default()
            };
            let reason = if number.is_multiple_of(2) { WorkReason::Denied } else { WorkReason::RemittanceMissing };
            let item = WorkItem::open(
                WorkItemId(tx.new_id()),
                reason,
                format!("Claim {number_text} needs a look."),
                links,
                claim.body.total_charge(),
                day,
                &Calendar::default(),
            );
            self.items.push((item, format!("{}:{}", reason.as_str(), claim.id)));
        }
        self.claim_rows(tx, claim);
        self.encounters.push(store::charge::EncounterRow {
            id: encounter.id,
            patient_id: patient.id,
            date_of_service: day,
            status: EncounterStatus::Billed,
            source_key: None,
            body: Json(encounter),
        });
        self.charges.extend(charges.into_iter().map(|charge| store::charge::ChargeRow {
            id: charge.id,
            encounter_id: charge.encounter_id,
            patient_id: charge.patient_id,
            line_number: charge.line_number,
            date_of_service: charge.date_of_service,
            procedure_code: charge.procedure.code.clone(),
            amount_cents: charge.amount,
            body: Json(charge),
        }));
    }

    fn claim_rows(&mut self, tx: &Tx, claim: billing::claim::Claim) {
        let id = claim.id;
        self.claims.push(store::claim::ClaimRow {
            id,
            patient_id: claim.patient_id,
            encounter_id: claim.encounter_id,
            payer_id: claim.payer_id,
            coverage_id: claim.coverage_id,
            coverage_version: claim.coverage_version,
            control_number: claim.control_number.as_str().to_owned(),
            version: 1,
            status: claim.status,
            rejections: 0,
            total_cents: claim.body.total_charge(),
            date_of_service: claim.body.first_date_of_service().unwrap(),
            filing_limit_on: claim.filing_limit_on,
            follow_up_on: claim.follow_up_on,
            accepted_on: None,
            adjudicated_on: None,
            payer_claim_control_number: None,
            route: claim.body.payer.route.clone(),
            created_on: tx.today(),
        });
        self.lines.extend(claim.body.lines.iter().map(|line| store::claim::ClaimLineRow {
            claim_id: id,
            line_number: line.number,
            charge_id: line.charge_id,
            line_control_number: line.control_number.clone(),
            procedure_code: line.procedure.code.clone(),
            amount_cents: line.charge_amount,
        }));
        self.events.extend((1..=4).map(|sequence| store::claim::ClaimEventRow {
            claim_id: id,
            sequence,
            occurred_at: tx.now(),
            actor: "system".into(),
            kind: "noted".into(),
            status_after: claim.status,
            sentence: "A step of its life.".into(),
            raw: None,
            submission_id: None,
            inbound_file_id: None,
            remittance_id: None,
            body: Json(ClaimEvent::Noted { what: "loaded".into() }),
        }));
        self.versions.push(store::claim::ClaimVersionRow {
            claim_id: id,
            version: 1,
            recorded_at: tx.now(),
            body: Json(claim.body),
        });
    }

    fn books(&mut self, seeds: Seeds<'_>, patient: &Patient, charges: &[Charge], day: Date, decided: bool) {
        for charge in charges {
            let (id, payer) = (charge.id.0, seeds.payer.id.0);
            let owed = Account::PayerReceivable { charge: id, payer };
            let source = |kind: &'static str| EntrySource { kind: kind.into(), id };
            let entry = DraftEntry::new(day, "Charge entered", source("charge"))
                .debit(owed.clone(), charge.amount, "charge")
                .credit(Account::Revenue { charge: id }, charge.amount, "charge");
            self.entries.push((entry.balance().unwrap(), format!("charge:{id}")));
            if decided {
                let share = Money::from_cents(2_000);
                let entry = DraftEntry::new(day, "Payer decided", source("claim_payment"))
                    .debit(Account::Contractual { charge: id }, Money::from_cents(3_000), "CO-45")
                    .debit(Account::PatientReceivable { charge: id, patient: patient.id.0 }, share, "PR-3")
                    .credit(owed, Money::from_cents(5_000), "CO-45");
                self.entries.push((entry.balance().unwrap(), format!("decided:{id}")));
            }
        }
    }

    fn save(&self, tx: &mut Tx) -> Result<(), store::StoreError> {
        tx.insert_many(&self.guarantors)?;
        tx.insert_many(&self.patients)?;
        tx.insert_many(&self.coverages)?;
        tx.insert_many(&self.encounters)?;
        tx.insert_many(&self.charges)?;
        tx.insert_many(&self.claims)?;
        tx.insert_many(&self.versions)?;
        tx.insert_many(&self.lines)?;
        tx.insert_many(&self.events)?;
        tx.post_all(&self.entries)?;
        for (item, key) in &self.items {
            store::worklist::insert_item(tx, item, key)?;
            let place = store::routing::PlaceRow {
                team: item.desk.as_str().to_owned(),
                skill: item.reason.skill(),
                priority: 0,
                is_raised: false,
                routed_by: String::new(),
            };
            let ranked = billing::work::priority::Rankable::of_item(item, false);
            let number = billing::work::priority::Priority::of(&ranked, item.opened_on).stored();
            store::routing::place(tx, &place, &[(item.id, number)])?;
        }
        Ok(())
    }
}

const LAST_NAMES: [&str; 8] =
    ["Quintero", "Szymanski", "Okafor", "Lindqvist", "Benavides", "Ramanathan", "Idowu", "Aydin"];
const FIRST_NAMES: [&str; 7] = ["Ada", "Kemal", "Rosa", "Paul", "Grace", "Amara", "Hanne"];

fn practice() -> Practice {
    Practice {
        id: PRACTICE,
        name: "Alder Ridge Medical Group".into(),
        billing: BillingProvider {
            name: "Alder Ridge Medical Group".into(),
            npi: Npi::parse("2044188300").unwrap(),
            taxonomy: Taxonomy::parse("207Q00000X").unwrap(),
            tax_id: TaxId::parse(TaxIdKind::Ein, "123456789").unwrap(),
            address: address(),
        },
        pay_to: None,
        time_zone: "America/Chicago".into(),
        solo: false,
        submitter_id: "ALDERRIDGE".into(),
        contact: Contact { phone: "5125550100".into(), email: String::new() },
        small_balance: Money::ZERO,
    }
}

fn address() -> Address {
    Address {
        line1: "12 Alder Ridge Road".into(),
        line2: String::new(),
        city: "Austin".into(),
        state: "TX".into(),
        zip: "787010001".into(),
    }
}

fn payer(db: &TestDb) -> Payer {
    Payer {
        id: PayerId(db.env.new_id()),
        name: "Northfield Mutual".into(),
        payer_identifier: "60054".into(),
        filing_indicator: "CI".into(),
        settings: PayerSettings::default(),
    }
}

fn provider(db: &TestDb) -> Provider {
    Provider {
        id: ProviderId(db.env.new_id()),
        name: PersonName { last: "Nwosu".into(), first: "Amara".into(), ..PersonName::default() },
        npi: Npi::parse("2044188300").unwrap(),
        taxonomy: Taxonomy::parse("207Q00000X").unwrap(),
        in_practice: true,
        invented: false,
    }
}

fn encounter(tx: &Tx, patient_id: PatientId, rendering_id: ProviderId, day: Date) -> Encounter {
    Encounter {
        id: EncounterId(tx.new_id()),
        patient_id,
        date_of_service: day,
        original_date: None,
        place_of_service: "11".into(),
        facility_id: None,
        rendering_id,
        referring_id: None,
        supervising_id: None,
        ordering_id: None,
        diagnoses: vec!["E119".into()],
        prior_authorization: None,
        referral_number: None,
        accident: None,
        onset_on: None,
        status: EncounterStatus::Billed,
        source_key: None,
        imported: None,
    }
}

fn charge(tx: &Tx, encounter: &Encounter, line_number: i32) -> Charge {
    Charge {
        id: ChargeId(tx.new_id()),
        encounter_id: encounter.id,
        patient_id: encounter.patient_id,
        line_number,
        date_of_service: encounter.date_of_service,
        procedure: Procedure { code: "99213".into(), modifiers: Vec::new() },
        diagnosis_pointers: vec![1],
        units: Units::ONE,
        amount: Money::from_cents(14_000),
        drug: None,
    }
}
