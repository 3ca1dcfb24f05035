//! Claims that a payer has, in any number, and the 835 files it answers with: everything invented. Shared by the tests
//! of remittances and by the benchmark.

use billing::claim::{ClaimEvent, ClaimStatus};
use billing::coverage::CoverageRank;
use billing::payer::{Payer, PayerSettings};
use billing::{ChargeId, ClaimId, CoverageId, EncounterId, GuarantorId, Money, PatientId, PayerId};
use jiff::civil::{Date, date};
use ledger::{Account, DraftEntry, EntrySource};
use serde_json::json;
use store::claim::{ClaimEventRow, ClaimLineRow, ClaimRow};
use store::{Db, Json, StoreError, record};
use uuid::Uuid;

pub const PAYER: PayerId = PayerId(Uuid::from_u128(0x200));
pub const SECOND_PAYER: PayerId = PayerId(Uuid::from_u128(0x201));
pub const DAY: Date = date(2026, 2, 10);

record! {
    struct Guarantor in "guarantor" { id: GuarantorId, body: Json<serde_json::Value> }
    struct Patient in "patient" {
        id: PatientId, account_number: String, last_name_key: String, first_name_key: String, birth_date: Date,
        phone: String, guarantor_id: GuarantorId, body: Json<serde_json::Value>,
    }
    struct Coverage in "coverage" {
        id: CoverageId, version: i32, patient_id: PatientId, payer_id: PayerId, rank: CoverageRank, member_id: String,
        effective_on: Date, ends_on: Option<Date>, is_latest: bool, recorded_at: jiff::Timestamp, body: Json<serde_json::Value>,
    }
    struct Encounter in "encounter" {
        id: EncounterId, patient_id: PatientId, date_of_service: Date, status: String, body: Json<serde_json::Value>,
    }
    struct Charge in "charge" {
        id: ChargeId, encounter_id: EncounterId, patient_id: PatientId, line_number: i64, date_of_service: Date,
        procedure_code: String, amount_cents: Money, body: Json<serde_json::Value>,
    }
}

/// What distinguishes one test claim from another.
pub fn key(kind: u128, number: usize) -> Uuid {
    Uuid::from_u128((0x0190 << 112) | (kind << 64) | number as u128)
}

pub fn claim_id(number: usize) -> ClaimId {
    ClaimId(key(5, number))
}

pub fn charge_id(number: usize, line: usize) -> ChargeId {
    ChargeId(key(6, number * 10 + line))
}

pub fn patient_id(number: usize) -> PatientId {
    PatientId(key(2, number))
}

/// Our number of a test claim.
pub fn control_number(number: usize) -> String {
    format!("C{number:06}")
}

/// Our number of its line, from 1.
pub fn line_number(number: usize, line: usize) -> String {
    format!("C{number:06}L{line}")
}

/// Two lines: an office visit and a laboratory test.
pub const LINES: [(&str, i64); 2] = [("99214", 14_000), ("80053", 4_000)];

fn payer(id: PayerId, name: &str, identifier: &str) -> Payer {
    Payer {
        id,
        name: name.into(),
        payer_identifier: identifier.into(),
        filing_indicator: "CI".into(),
        settings: PayerSettings::default(),
    }
}

/// Makes claims `1..=count` that the payer has accepted, each of a patient of its own, charged in the books.
pub fn accepted_claims(db: &Db, practice: billing::PracticeId, count: usize) {
    let actor = billing::access::Actor::system(practice);
    db.write(&actor, practice, |tx| {
        store::registration::insert_payer(tx, &payer(PAYER, "Northfield Mutual", "NFM01"))?;
        store::registration::insert_payer(tx, &payer(SECOND_PAYER, "Tamarack Advantage", "TAM01"))?;
        Ok::<_, StoreError>(())
    })
    .unwrap();
    let numbers: Vec<usize> = (1..=count).collect();
    for piece in numbers.chunks(2_000) {
        db.write(&actor, practice, |tx| insert_claims(tx, piece)).unwrap();
    }
}

fn insert_claims(tx: &mut store::Tx, numbers: &[usize]) -> Result<(), StoreError> {
    let body = || Json(json!({}));
    let each = |kind: u128| numbers.iter().map(move |n| (key(kind, *n), *n));
    let guarantors: Vec<_> = each(1).map(|(id, _)| Guarantor { id: GuarantorId(id), body: body() }).collect();
    let patients: Vec<_> = each(2)
        .map(|(id, n)| Patient {
            id: PatientId(id),
            account_number: format!("F{n:06}"),
            last_name_key: format!("family{n}"),
            first_name_key: "given".into(),
            birth_date: date(1980, 1, 1),
            phone: String::new(),
            guarantor_id: GuarantorId(key(1, n)),
            body: body(),
        })
        .collect();
    let now = tx.now();
    let coverages: Vec<_> = each(3)
        .map(|(id, n)| Coverage {
            id: CoverageId(id),
            version: 1,
            patient_id: patient_id(n),
            payer_id: PAYER,
            rank: CoverageRank::Primary,
            member_id: format!("M{n:06}"),
            effective_on: date(2020, 1, 1),
            ends_on: None,
            is_latest: true,
            recorded_at: now,
            body: body(),
        })
        .collect();
    let encounters: Vec<_> = each(4)
        .map(|(id, n)| Encounter {
            id: EncounterId(id),
            patient_id: patient_id(n),
            date_of_service: DAY,
            status: "billed".into(),
            body: body(),
        })
        .collect();
    tx.insert_many(&guarantors)?;
    tx.insert_many(&patients)?;
    tx.insert_many(&coverages)?;
    tx.insert_many(&encounters)?;
    insert_charges(tx, numbers)?;
    let claims: Vec<_> = numbers.iter().map(|n| claim_row(*n)).collect();
    tx.insert_many(&claims)?;
    let lines: Vec<_> = numbers.iter().flat_map(|n| (1..=LINES.len()).map(|line| claim_line(*n, line))).collect();
    tx.insert_many(&lines)?;
    let events: Vec<_> = numbers.iter().flat_map(|n| life(*n, now)).collect();
    tx.insert_many(&events)
}

fn insert_charges(tx: &mut store::Tx, numbers: &[usize]) -> Result<(), StoreError> {
    let mut charges = Vec::new();
    let mut entries = Vec::new();
    for n in numbers {
        for (line, (code, cents)) in (1..).zip(LINES) {
            let (id, amount) = (charge_id(*n, line), Money::from_cents(cents));
            charges.push(Charge {
                id,
                encounter_id: EncounterId(key(4, *n)),
                patient_id: patient_id(*n),
                line_number: line as i64,
                date_of_service: DAY,
                procedure_code: code.into(),
                amount_cents: amount,
                body: Json(json!({})),
            });
            let source = EntrySource { kind: "charge".into(), id: id.0 };
            let entry = DraftEntry::new(DAY, "A charge", source)
                .debit(Account::PayerReceivable { charge: id.0, payer: PAYER.0 }, amount, "charge")
                .credit(Account::Revenue { charge: id.0 }, amount, "charge");
            entries.push((entry.balance().unwrap(), format!("charge:{}", id.0)));
        }
    }
    tx.insert_many(&charges)?;
    tx.post_all(&entries)?;
    Ok(())
}

fn claim_row(n: usize) -> ClaimRow {
    ClaimRow {
        id: claim_id(n),
        patient_id: patient_id(n),
        encounter_id: EncounterId(key(4, n)),
        payer_id: PAYER,
        coverage_id: CoverageId(key(3, n)),
        coverage_version: 1,
        control_number: control_number(n),
        version: 1,
        status: ClaimStatus::Accepted,
        rejections: 0,
        total_cents: Money::from_cents(LINES.iter().map(|(_, cents)| cents).sum()),
        date_of_service: DAY,
        filing_limit_on: date(2026, 5, 10),
        follow_up_on: Some(date(2026, 4, 1)),
        accepted_on: Some(date(2026, 2, 12)),
        adjudicated_on: None,
        payer_claim_control_number: None,
        route: "CLEARING".into(),
        created_on: DAY,
    }
}

fn claim_line(n: usize, line: usize) -> ClaimLineRow {
    let (code, cents) = LINES[line - 1];
    ClaimLineRow {
        claim_id: claim_id(n),
        line_number: line as i32,
        charge_id: charge_id(n, line),
        line_control_number: line_number(n, line),
        procedure_code: code.into(),
        amount_cents: Money::from_cents(cents),
    }
}

/// What happened to a claim until the payer had it.
fn life(n: usize, now: jiff::Timestamp) -> Vec<ClaimEventRow> {
    let events = [
        (ClaimEvent::Created, ClaimStatus::Draft),
        (ClaimEvent::Released, ClaimStatus::Ready),
        (ClaimEvent::Submitted { acknowledgment_due_on: date(2026, 2, 13) }, ClaimStatus::Submitted),
        (
            ClaimEvent::Accepted { follow_up_on: date(2026, 4, 1), payer_claim_control_number: None },
            ClaimStatus::Accepted,
        ),
    ];
    (1..)
        .zip(events)
        .map(|(sequence, (event, status_after))| ClaimEventRow {
            claim_id: claim_id(n),
            sequence,
            occurred_at: now,
            actor: "system".into(),
            kind: event.kind().into(),
            status_after,
            sentence: String::new(),
            raw: None,
            submission_id: None,
            inbound_file_id: None,
            remittance_id: None,
            body: Json(event),
        })
        .collect()
}

/// Adds a second coverage for a test claim's patient.
pub fn second_coverage(db: &Db, practice: billing::PracticeId, n: usize) {
    db.write(&billing::access::Actor::system(practice), practice, |tx| tx.insert(&second(n, 1, None, tx.now())))
        .unwrap();
}

/// Ends the second coverage of a test claim's patient on its first day.
pub fn end_second_coverage(db: &Db, practice: billing::PracticeId, n: usize) {
    let actor = billing::access::Actor::system(practice);
    db.write(&actor, practice, |tx| {
        tx.execute(&store::registration::RETIRE_COVERAGE, store::params![CoverageId(key(9, n))])?;
        tx.insert(&second(n, 2, Some(date(2020, 1, 1)), tx.now()))
    })
    .unwrap();
}

fn second(n: usize, version: i32, ends_on: Option<Date>, recorded_at: jiff::Timestamp) -> Coverage {
    Coverage {
        id: CoverageId(key(9, n)),
        version,
        patient_id: patient_id(n),
        payer_id: SECOND_PAYER,
        rank: CoverageRank::Secondary,
        member_id: format!("S{n:06}"),
        effective_on: date(2020, 1, 1),
        ends_on,
        is_latest: true,
        recorded_at,
        body: Json(json!({})),
    }
}

/// A service line of an 835: our number, code, charge, paid, adjustments.
#[derive(Clone)]
pub struct Svc {
    pub number: String,
    pub code: &'static str,
    pub charge: i64,
    pub paid: i64,
    pub adjustments: Vec<(&'static str, &'static str, i64)>,
}

/// A claim of an 835.
#[derive(Clone)]
pub struct Clp {
    pub number: String,
    pub status: &'static str,
    pub charge: i64,
    pub paid: i64,
    pub payer_number: String,
    pub remarks: Vec<&'static str>,
    pub lines: Vec<Svc>,
}

impl Clp {
    pub fn new(number: String, status: &'static str, lines: Vec<Svc>) -> Clp {
        Clp {
            payer_number: format!("P{number}"),
            remarks: Vec::new(),
            number,
            status,
            charge: lines.iter().map(|line| line.charge).sum(),
            paid: lines.iter().map(|line| line.paid).sum(),
            lines,
        }
    }

    /// A test claim's usual answer: the visit is paid 72.00 of 140.00 with 20.00 copay, the test 30.00 of 40.00.
    pub fn paid(n: usize) -> Clp {
        let visit = vec![("CO", "45", 4_800), ("PR", "3", 2_000)];
        Clp::new(
            control_number(n),
            "1",
            vec![
                Svc { number: line_number(n, 1), code: "99214", charge: 14_000, paid: 7_200, adjustments: visit },
                Svc {
                    number: line_number(n, 2),
                    code: "80053",
                    charge: 4_000,
                    paid: 3_000,
                    adjustments: vec![("CO", "45", 1_000)],
                },
            ],
        )
    }

    /// A test claim whose laboratory test is denied for lack of an authorization.
    pub fn partly_denied(n: usize) -> Clp {
        let mut clp = Clp::paid(n);
        clp.lines[1].paid = 0;
        clp.lines[1].adjustments = vec![("CO", "197", 4_000)];
        clp.paid = 7_200;
        clp
    }

    /// The same answer taken back.
    pub fn reversed(&self) -> Clp {
        let mut back = Clp { status: "22", charge: -self.charge, paid: -self.paid, ..self.clone() };
        for line in &mut back.lines {
            (line.charge, line.paid) = (-line.charge, -line.paid);
            line.adjustments.iter_mut().for_each(|adjustment| adjustment.2 = -adjustment.2);
        }
        back
    }
}

/// An 835 payment.
#[derive(Clone)]
pub struct Payment {
    pub trace: String,
    pub amount: i64,
    pub claims: Vec<Clp>,
    pub plb: Vec<(&'static str, &'static str, i64)>,
    /// BPR16, as X12 writes days.
    pub on: &'static str,
    /// BPR04.
    pub method: &'static str,
}

impl Payment {
    /// A payment that balances.
    pub fn new(trace: &str, claims: Vec<Clp>) -> Payment {
        Payment {
            trace: trace.into(),
            amount: claims.iter().map(|claim| claim.paid).sum(),
            claims,
            plb: Vec::new(),
            on: "20260302",
            method: "ACH",
        }
    }

    /// The same by another way of payment; one of nothing only notifies.
    pub fn by(mut self, method: &'static str) -> Payment {
        self.method = method;
        self
    }

    /// Money outside any claim; positive reduces the payment.
    pub fn with_plb(mut self, reason: &'static str, reference: &'static str, cents: i64) -> Payment {
        self.plb.push((reason, reference, cents));
        self.amount -= cents;
        self
    }
}

/// Cents as X12 writes amounts.
pub fn amount(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.abs();
    match cents % 100 {
        0 => format!("{sign}{}", cents / 100),
        rest if rest % 10 == 0 => format!("{sign}{}.{}", cents / 100, rest / 10),
        rest => format!("{sign}{}.{rest:02}", cents / 100),
    }
}

/// A file with one payment.
pub fn file(payment: &Payment) -> String {
    file_of(std::slice::from_ref(payment), 1)
}

/// A file with payments, under an interchange number.
pub fn file_of(payments: &[Payment], interchange: u32) -> String {
    let mut out = format!(
        "ISA*00*          *00*          *ZZ*NFM01          *ZZ*ALDERRIDGE     *260302*1200*^*00501*{interchange:09}*0*T*:~\
         GS*HP*NFM01*ALDERRIDGE*20260302*1200*{interchange}*X*005010X221A1~"
    );
    for (payment, set) in payments.iter().zip(1..) {
        let segments = segments(payment);
        out.push_str(&format!("ST*835*{set:04}~"));
        for segment in &segments {
            out.push_str(segment);
            out.push('~');
        }
        out.push_str(&format!("SE*{}*{set:04}~", segments.len() + 2));
    }
    out.push_str(&format!("GE*{}*{interchange}~IEA*1*{interchange:09}~", payments.len()));
    out
}

fn segments(payment: &Payment) -> Vec<String> {
    let mut out = vec![
        format!(
            "BPR*{}*{}*C*{}*CCP*01*999999992*DA*123456*1999999999**01*999988880*DA*98765*{}",
            if payment.method == "NON" { "H" } else { "I" },
            amount(payment.amount),
            payment.method,
            payment.on
        ),
        format!("TRN*1*{}*1999999999", payment.trace),
        format!("DTM*405*{}", payment.on),
        "N1*PR*NORTHFIELD MUTUAL*XV*NFM01".into(),
        "N3*1 PAYER WAY".into(),
        "N4*AUSTIN*TX*78701".into(),
        "PER*BL*HELP*TE*5125550199".into(),
        "N1*PE*ALDER RIDGE MEDICAL GROUP*XX*2044188300".into(),
        "LX*1".into(),
    ];
    for claim in &payment.claims {
        out.push(format!(
            "CLP*{}*{}*{}*{}**12*{}*11*1",
            claim.number,
            claim.status,
            amount(claim.charge),
            amount(claim.paid),
            claim.payer_number
        ));
        out.push("NM1*QC*1*FAMILY*GIVEN****MI*M1".into());
        if !claim.remarks.is_empty() {
            out.push(format!("MOA***{}", claim.remarks.join("*")));
        }
        for line in &claim.lines {
            out.push(format!("SVC*HC:{}*{}*{}**1", line.code, amount(line.charge), amount(line.paid)));
            out.push("DTM*472*20260210".into());
            for (group, reason, cents) in &line.adjustments {
                out.push(format!("CAS*{group}*{reason}*{}", amount(*cents)));
            }
            if !line.number.is_empty() {
                out.push(format!("REF*6R*{}", line.number));
            }
        }
    }
    for (reason, reference, cents) in &payment.plb {
        out.push(format!("PLB*2044188300*20261231*{reason}:{reference}*{}", amount(*cents)));
    }
    out
}
