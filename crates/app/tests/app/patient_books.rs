//! People, visits and decisions of the stories about patients' money: all invented, and only what the books need.

use billing::access::{Actor, Role};
use billing::charge::{Charge, Procedure, Units};
use billing::claim::{ClaimEvent, ClaimStatus};
use billing::coverage::{Coverage, CoverageRank, Relationship, Subscriber};
use billing::encounter::{Encounter, EncounterStatus};
use billing::identifier::{MemberId, Npi, Taxonomy};
use billing::patient::{Guarantor, Patient};
use billing::payer::{Payer, PayerSettings};
use billing::person::{Address, Contact, Gender, PersonName};
use billing::provider::Provider;
use billing::{ChargeId, ClaimId, CoverageId, EncounterId, GuarantorId, Money, PatientId, PayerId, ProviderId, UserId};
use jiff::civil::{Date, date};
use ledger::{Account, DraftEntry, EntrySource, Posting};
use store::claim::{ClaimEventRow, ClaimLineRow, ClaimRow};
use store::testing::{PRACTICE, TestDb};
use store::{Json, StoreError, Tx};
use uuid::Uuid;

pub const PATIENT: PatientId = PatientId(Uuid::from_u128(0x100));
pub const OTHER_PATIENT: PatientId = PatientId(Uuid::from_u128(0x101));
pub const PAYER: PayerId = PayerId(Uuid::from_u128(0x200));
pub const SECOND_PAYER: PayerId = PayerId(Uuid::from_u128(0x201));
pub const DOCTOR: ProviderId = ProviderId(Uuid::from_u128(0x300));
pub const COVERAGE: CoverageId = CoverageId(Uuid::from_u128(0x400));

pub fn cents(cents: i64) -> Money {
    Money::from_cents(cents)
}

pub fn person(role: Role) -> Actor {
    Actor::user(UserId(Uuid::from_u128(role as u128 + 1)), format!("{role:?}").to_lowercase(), vec![role], PRACTICE)
}

pub fn name(first: &str, last: &str) -> PersonName {
    PersonName { last: last.into(), first: first.into(), ..PersonName::default() }
}

pub fn home() -> Address {
    Address {
        line1: "18 Quarry Lane".into(),
        line2: String::new(),
        city: "Austin".into(),
        state: "TX".into(),
        zip: "78701".into(),
    }
}

/// The practice with a payer, a doctor and two patients.
pub fn open(db: &TestDb) {
    crate::clinic::open_practice(db);
    db.write(&db.system(), PRACTICE, |tx| {
        store::registration::insert_payer(
            tx,
            &Payer {
                id: PAYER,
                name: "Union Lake Trust".into(),
                payer_identifier: "ULT01".into(),
                filing_indicator: "CI".into(),
                settings: PayerSettings { remits_as: vec!["NFM01".into()], ..PayerSettings::default() },
            },
        )?;
        let doctor = Provider {
            id: DOCTOR,
            name: name("Mira", "Lin"),
            npi: Npi::parse("2044188300").unwrap(),
            taxonomy: Taxonomy::parse("207Q00000X").unwrap(),
            in_practice: true,
            invented: false,
        };
        store::registration::insert_provider(tx, &doctor, None)?;
        for (place, id) in [PATIENT, OTHER_PATIENT].into_iter().enumerate() {
            people(tx, id, &format!("A-1027{place}"))?;
        }
        Ok::<_, StoreError>(())
    })
    .unwrap();
}

pub fn people(tx: &mut Tx, id: PatientId, account_number: &str) -> Result<(), StoreError> {
    let guarantor = GuarantorId(Uuid::from_u128(id.0.as_u128() + 0x1000));
    let contact = Contact { phone: "5125550111".into(), email: String::new() };
    store::registration::insert_guarantor(
        tx,
        &Guarantor { id: guarantor, name: name("Odette", "Fairbanks"), address: home(), contact: contact.clone() },
    )?;
    let patient = Patient {
        id,
        account_number: account_number.into(),
        name: name("Odette", "Fairbanks"),
        birth_date: date(1971, 5, 3).into(),
        gender: Gender::Female,
        address: home(),
        contact,
        guarantor_id: guarantor,
        language: "en".into(),
        invented: true,
    };
    store::registration::insert_patient(tx, &patient, None)?;
    let subscriber = Subscriber {
        name: name("Odette", "Fairbanks"),
        member_id: MemberId::parse("ULT77001").unwrap(),
        birth_date: date(1971, 5, 3).into(),
        gender: Gender::Female,
        address: home(),
    };
    let coverage = Coverage {
        id: CoverageId(Uuid::from_u128(COVERAGE.0.as_u128() + id.0.as_u128())),
        version: 1,
        patient_id: id,
        payer_id: PAYER,
        plan_name: "Union Lake Plus".into(),
        group_number: String::new(),
        rank: CoverageRank::Primary,
        relationship: Relationship::SelfSubscriber,
        subscriber,
        effective_on: date(2025, 1, 1),
        ends_on: None,
        invented: false,
        medicare_secondary: None,
    };
    store::registration::insert_coverage(tx, &coverage, None)
}

/// The patient's second plan pays after the first.
pub fn second_plan(db: &TestDb) {
    db.write(&db.system(), PRACTICE, |tx| {
        store::registration::insert_payer(
            tx,
            &Payer {
                id: SECOND_PAYER,
                name: "Tamarack Advantage".into(),
                payer_identifier: "TAM01".into(),
                filing_indicator: "CI".into(),
                settings: PayerSettings { remits_as: vec!["NFM01".into()], ..PayerSettings::default() },
            },
        )?;
        let first = store::registration::coverages(tx, PATIENT)?.remove(0);
        let second = Coverage {
            id: CoverageId(Uuid::from_u128(0x401)),
            payer_id: SECOND_PAYER,
            plan_name: "Tamarack Two".into(),
            rank: CoverageRank::Secondary,
            ..first
        };
        store::registration::insert_coverage(tx, &second, None)
    })
    .unwrap();
}

/// A visit of one charge, with a claim at a place; the charge stands with the payer.
pub fn visit(db: &TestDb, patient: PatientId, number: u128, on: Date, amount: i64, status: ClaimStatus) -> ChargeId {
    let (encounter_id, charge_id) =
        (EncounterId(Uuid::from_u128(0x5000 + number)), ChargeId(Uuid::from_u128(0x6000 + number)));
    db.write(&db.system(), PRACTICE, |tx| {
        let encounter = Encounter {
            id: encounter_id,
            patient_id: patient,
            date_of_service: on,
            original_date: None,
            place_of_service: "11".into(),
            facility_id: None,
            rendering_id: DOCTOR,
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
        };
        let charge = Charge {
            id: charge_id,
            encounter_id,
            patient_id: patient,
            line_number: 1,
            date_of_service: on,
            procedure: Procedure { code: "99213".into(), modifiers: vec![] },
            diagnosis_pointers: vec![1],
            units: Units::ONE,
            amount: cents(amount),
            drug: None,
        };
        store::charge::insert(tx, &encounter, &[charge])?;
        tx.insert(&ClaimRow {
            id: ClaimId(Uuid::from_u128(0x7000 + number)),
            patient_id: patient,
            encounter_id,
            payer_id: PAYER,
            coverage_id: CoverageId(Uuid::from_u128(COVERAGE.0.as_u128() + patient.0.as_u128())),
            coverage_version: 1,
            control_number: format!("AR{number:06}"),
            version: 1,
            status,
            rejections: 0,
            total_cents: cents(amount),
            date_of_service: on,
            filing_limit_on: date(2026, 12, 31),
            follow_up_on: (status == ClaimStatus::Accepted).then_some(date(2026, 4, 1)),
            accepted_on: None,
            adjudicated_on: None,
            payer_claim_control_number: None,
            route: "CLEARING".into(),
            created_on: on,
        })?;
        let claim_id = ClaimId(Uuid::from_u128(0x7000 + number));
        tx.insert(&ClaimEventRow {
            claim_id,
            sequence: 1,
            occurred_at: tx.now(),
            actor: "system".into(),
            kind: "created".into(),
            status_after: status,
            sentence: "A story begins here.".into(),
            raw: None,
            submission_id: None,
            inbound_file_id: None,
            remittance_id: None,
            body: Json(ClaimEvent::Created),
        })?;
        tx.insert(&ClaimLineRow {
            claim_id,
            line_number: 1,
            charge_id,
            line_control_number: format!("AR{number:06}L1"),
            procedure_code: "99213".into(),
            amount_cents: cents(amount),
        })?;
        let postings = vec![
            Posting::debit(Account::PayerReceivable { charge: charge_id.0, payer: PAYER.0 }, cents(amount), "charge"),
            Posting::credit(Account::Revenue { charge: charge_id.0 }, cents(amount), "charge"),
        ];
        post(tx, "charge", charge_id.0, on, postings)
    })
    .unwrap();
    charge_id
}

pub fn post(tx: &mut Tx, kind: &'static str, id: Uuid, on: Date, postings: Vec<Posting>) -> Result<(), StoreError> {
    let mut entry = DraftEntry::new(on, "a story's money", EntrySource { kind: kind.into(), id });
    entry.postings = postings;
    tx.post(&entry.balance().unwrap(), &format!("{kind}:{id}")).map(|_| ())
}

/// What the payer decided of a charge, posted as the remittance's posting does it.
pub fn decide(
    db: &TestDb,
    patient: PatientId,
    charge: ChargeId,
    paid: i64,
    contractual: i64,
    shares: &[(&'static str, i64)],
) {
    let source = Uuid::from_u128(charge.0.as_u128() + 0x1_0000);
    let payer = Account::PayerReceivable { charge: charge.0, payer: PAYER.0 };
    let clearing = Account::EraClearing { remittance: source };
    let mut postings = vec![
        Posting::debit(clearing.clone(), cents(paid), "paid"),
        Posting::credit(payer.clone(), cents(paid), "paid"),
        Posting::debit(Account::Contractual { charge: charge.0 }, cents(contractual), "CO-45"),
        Posting::credit(payer.clone(), cents(contractual), "CO-45"),
        Posting::debit(Account::Bank, cents(paid), "paid"),
        Posting::credit(clearing, cents(paid), "paid"),
    ];
    for (reason, amount) in shares {
        let owed = Account::PatientReceivable { charge: charge.0, patient: patient.0 };
        postings.push(Posting::debit(owed, cents(*amount), *reason));
        postings.push(Posting::credit(payer.clone(), cents(*amount), *reason));
    }
    db.write(&db.system(), PRACTICE, |tx| post(tx, "claim_payment", source, tx.today(), postings.clone())).unwrap();
}
