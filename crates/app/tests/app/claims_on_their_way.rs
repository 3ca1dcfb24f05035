//! Visits with clean claims that wait to be sent, and looks at what became of them: the ground of stories about files.

use app::inbound::take_in;
use app::{claim_submission, inbound, worklist};
use billing::access::{Actor, Role};
use billing::charge::{Charge, Procedure, Units};
use billing::claim::create::{ClaimSource, create};
use billing::claim::{ClaimEvent, ClaimStatus};
use billing::coverage::{Coverage, CoverageRank, Relationship, Subscriber};
use billing::encounter::{Encounter, EncounterStatus};
use billing::identifier::{MemberId, Npi, PatientControlNumber, Taxonomy};
use billing::patient::{Guarantor, Patient};
use billing::payer::{Payer, PayerSettings};
use billing::person::{Address, Contact, Gender, PersonName};
use billing::provider::Provider;
use billing::work::{Desk, WorkReason};
use billing::{
    ChargeId, ClaimId, CoverageId, EncounterId, GuarantorId, Money, PatientId, PayerId, ProviderId, SubmissionId,
    UserId,
};
use jiff::civil::date;
use store::claim::{CLAIM_ROW, Evidence};
use store::submission::{SUBMISSION, SUBMISSIONS_OF_CLAIM, SubmissionRow};
use store::testing::{PRACTICE, TestDb};
use store::worklist::QueueCursor;
use store::{Db, StoreError, params};
use uuid::Uuid;

use crate::carrier::Carrier;

pub const PAYER: PayerId = PayerId(Uuid::from_u128(0x901));
pub const PATIENT: PatientId = PatientId(Uuid::from_u128(0x902));
pub const COVERAGE: CoverageId = CoverageId(Uuid::from_u128(0x903));
pub const DOCTOR: ProviderId = ProviderId(Uuid::from_u128(0x904));

pub fn person(number: u128, role: Role) -> Actor {
    Actor::user(UserId(Uuid::from_u128(number)), format!("person-{number}"), vec![role], PRACTICE)
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

pub fn payer(route: &str) -> Payer {
    Payer {
        id: PAYER,
        name: "Union Lake Trust".into(),
        payer_identifier: "ULT01".into(),
        filing_indicator: "CI".into(),
        settings: PayerSettings { route: route.into(), remits_as: vec!["NFM01".into()], ..PayerSettings::default() },
    }
}

/// Changes what is set of the payer, as its page does.
pub fn change_payer(db: &TestDb, change: impl FnOnce(&mut PayerSettings)) {
    let mut payer = payer("CLEARING");
    change(&mut payer.settings);
    let data = app::registration::PayerData {
        name: payer.name,
        payer_identifier: payer.payer_identifier,
        filing_indicator: payer.filing_indicator,
        settings: payer.settings,
    };
    app::registration::change_payer(db, &db.system(), PRACTICE, PAYER, &data, None).unwrap();
}

/// The most urgent item of a desk.
pub fn item(db: &TestDb, desk: Desk) -> billing::WorkItemId {
    worklist::queue(db, &db.system(), PRACTICE, desk, QueueCursor::START).unwrap()[0].id
}

pub fn patient() -> Patient {
    Patient {
        id: PATIENT,
        account_number: "A-10277".into(),
        name: name("Odette", "Fairbanks"),
        birth_date: date(1971, 5, 3).into(),
        gender: Gender::Female,
        address: home(),
        contact: Contact::default(),
        guarantor_id: GuarantorId(Uuid::from_u128(0x905)),
        language: "en".into(),
        invented: true,
    }
}

pub fn coverage() -> Coverage {
    let subscriber = Subscriber {
        name: name("Odette", "Fairbanks"),
        member_id: MemberId::parse("ULT77001").unwrap(),
        birth_date: date(1971, 5, 3).into(),
        gender: Gender::Female,
        address: home(),
    };
    Coverage {
        id: COVERAGE,
        version: 1,
        patient_id: PATIENT,
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
    }
}

pub fn doctor() -> Provider {
    Provider {
        id: DOCTOR,
        name: name("Mira", "Lin"),
        npi: Npi::parse("1245319599").unwrap(),
        taxonomy: Taxonomy::parse("207Q00000X").unwrap(),
        in_practice: true,
        invented: false,
    }
}

/// The practice with a payer, a doctor and a patient who is covered.
pub fn open(db: &TestDb) {
    crate::clinic::open_practice(db);
    db.write(&db.system(), PRACTICE, |tx| {
        store::registration::insert_payer(tx, &payer("CLEARING"))?;
        store::registration::insert_provider(tx, &doctor(), None)?;
        let guarantor = Guarantor {
            id: patient().guarantor_id,
            name: name("Odette", "Fairbanks"),
            address: home(),
            contact: Contact::default(),
        };
        store::registration::insert_guarantor(tx, &guarantor)?;
        store::registration::insert_patient(tx, &patient(), None)?;
        store::registration::insert_coverage(tx, &coverage(), None)
    })
    .unwrap();
}

/// A visit of one charge with a clean claim that waits for the next file.
pub fn ready_claim(db: &Db, number: u128, route: &str) -> ClaimId {
    let id = ClaimId(Uuid::from_u128(0x7000 + number));
    let encounter = Encounter {
        id: EncounterId(Uuid::from_u128(0x5000 + number)),
        patient_id: PATIENT,
        // Each visit on its own day, so that none looks like a copy of another.
        date_of_service: date(2026, 3, 2).saturating_sub(jiff::Span::new().days(i64::try_from(number).unwrap())),
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
        id: ChargeId(Uuid::from_u128(0x6000 + number)),
        encounter_id: encounter.id,
        patient_id: PATIENT,
        line_number: 1,
        date_of_service: encounter.date_of_service,
        procedure: Procedure { code: "99213".into(), modifiers: vec![] },
        diagnosis_pointers: vec![1],
        units: Units::ONE,
        amount: Money::from_cents(10_000),
        drug: None,
    };
    let (practice, patient, coverage, doctor, payer) =
        (crate::clinic::practice(), patient(), coverage(), doctor(), payer(route));
    let charges = [charge];
    let source = ClaimSource {
        prior_payers: &[],
        practice: &practice,
        patient: &patient,
        encounter: &encounter,
        charges: &charges,
        coverage: &coverage,
        payer: &payer,
        rendering: Some(&doctor),
        referring: None,
        supervising: None,
        ordering: None,
        facility: None,
    };
    let mut claim = create(id, PatientControlNumber::parse(&control_number(number)).unwrap(), &source);
    db.write(&Actor::system(PRACTICE), PRACTICE, |tx| {
        store::charge::insert(tx, &encounter, &charges)?;
        store::claim::insert(tx, &claim)?;
        claim.status = ClaimStatus::Draft;
        claim.apply(&ClaimEvent::Released).unwrap();
        store::claim::save_event(tx, &claim, &ClaimEvent::Released, Evidence::words("Clean"))
    })
    .unwrap();
    id
}

pub fn control_number(number: u128) -> String {
    format!("AR{number:06}")
}

/// Takes a rejected or refused claim through mending and a clean scrub.
pub fn mend(db: &TestDb, id: ClaimId) {
    db.write(&db.system(), PRACTICE, |tx| {
        let mut claim = store::claim::load(tx, id)?.unwrap();
        if claim.status == ClaimStatus::Rejected {
            claim.apply(&ClaimEvent::Mended).unwrap();
            claim.version += 1;
            store::claim::save_version(tx, &claim)?;
            store::claim::save_event(tx, &claim, &ClaimEvent::Mended, Evidence::words("Member id corrected"))?;
        }
        claim.apply(&ClaimEvent::Released).unwrap();
        store::claim::save_event(tx, &claim, &ClaimEvent::Released, Evidence::words("Clean"))
    })
    .unwrap();
}

pub fn status(db: &TestDb, id: ClaimId) -> ClaimStatus {
    db.read(&db.system(), PRACTICE, |read| Ok::<_, StoreError>(read.query_one(&CLAIM_ROW, params![id])?.status))
        .unwrap()
}

pub fn file(db: &TestDb, id: SubmissionId) -> SubmissionRow {
    db.read(&db.system(), PRACTICE, |read| read.query_one(&SUBMISSION, params![id])).unwrap()
}

/// The latest file a claim was in.
pub fn latest_file(db: &TestDb, id: ClaimId) -> SubmissionRow {
    let files = db.read(&db.system(), PRACTICE, |read| read.query(&SUBMISSIONS_OF_CLAIM, params![id])).unwrap();
    file(db, files[0].0)
}

pub fn send(db: &TestDb, carrier: &Carrier) -> claim_submission::Sealed {
    let sealed = claim_submission::seal(db, &db.system(), PRACTICE).unwrap();
    claim_submission::deliver(db, &db.system(), PRACTICE, carrier).unwrap();
    sealed
}

/// The practice with one claim that left with a file, and nothing heard of it.
pub fn sent_claim(db: &TestDb) -> (Carrier, ClaimId, SubmissionRow) {
    open(db);
    let carrier = Carrier::new();
    let claim = ready_claim(db, 1, "CLEARING");
    send(db, &carrier);
    let sent = latest_file(db, claim);
    (carrier, claim, sent)
}

/// Open work by desk and reason.
pub fn open_work(db: &TestDb) -> Vec<(Desk, WorkReason)> {
    let mut found = Vec::new();
    for desk in Desk::ALL {
        let queue = worklist::queue(db, &db.system(), PRACTICE, desk, QueueCursor::START).unwrap();
        found.extend(queue.into_iter().map(|row| (row.desk, row.reason)));
    }
    found
}

pub fn take(db: &TestDb, name: &str, bytes: &[u8]) -> inbound::Receipt {
    take_in(db, &db.system(), PRACTICE, name, bytes).unwrap()
}
