//! A decided claim is corrected or voided: Tier 2 begins it, the visit is changed, the next version leaves with the payer's
//! number, and the payer's reversal and new decision settle the books. Each story on both databases.

use app::charge_capture::{CodedLine, VisitCodes, bill_patient, capture, change_codes, not_billable};
use app::corrected_claim::{Correction, begin, drop_it, send};
use app::registration::{PayerData, Subject, change_payer};
use app::{Error, claim_submission};
use billing::access::{Actor, Role};
use billing::charge::{Procedure, Units};
use billing::claim::{Claim, ClaimFrequency, ClaimStatus};
use billing::payer::Payer;
use billing::work::{Desk, WorkReason};
use billing::{EncounterId, Money};
use jiff::SignedDuration;
use jiff::civil::date;
use store::testing::{PRACTICE, TestDb, for_each_engine};

use crate::carrier::Carrier;
use crate::late_coverage::{answer, books_hold, cents, look, receive, sent, work};
use crate::payer_files::{Clp, Payment, Svc, file};
use crate::staff::{Practice, coder, open, person, service, tier1, visit};

struct Story {
    practice: Practice,
    visit: EncounterId,
    number: String,
}

fn tier2() -> Actor {
    person(2, Role::Tier2)
}

/// One office visit of 140.00 that the payer has.
fn at_the_payer(db: &TestDb) -> Story {
    let practice = open(db);
    let mut one = visit(&practice);
    one.services = vec![service("99213", &[1])];
    let visit = capture(db, &tier1(), PRACTICE, &one).unwrap().encounter_id;
    let number = sent(db, visit);
    Story { practice, visit, number }
}

/// Paid 88.56 with 20.00 left to the patient.
fn paid(number: &str) -> Clp {
    answer(number, 8_856, vec![("CO", "45", 3_144), ("PR", "2", 2_000)])
}

fn claim(db: &TestDb, story: &Story) -> Claim {
    let found = db.read(&db.system(), PRACTICE, |read| store::claim::load_by_control_number(read, &story.number));
    found.unwrap().unwrap()
}

fn correction(frequency: ClaimFrequency) -> Correction {
    Correction { frequency, reason: "The visit was longer than coded.".into() }
}

fn set(db: &TestDb, story: &Story, change: impl Fn(&mut Payer)) {
    let payer = story.practice.payer;
    let (mut known, seen) = db
        .read(&db.system(), PRACTICE, |read| {
            let known = store::registration::payer(read, payer)?.unwrap();
            Ok::<_, Error>((known, app::registration::version_of(read, Subject::Payer(payer))?))
        })
        .unwrap();
    change(&mut known);
    let data = PayerData {
        name: known.name,
        payer_identifier: known.payer_identifier,
        filing_indicator: known.filing_indicator,
        settings: known.settings,
    };
    change_payer(db, &db.system(), PRACTICE, payer, &data, Some(seen)).unwrap();
}

fn recode(db: &TestDb, story: &Story, code: &str) -> Result<(), Error> {
    let lines = vec![CodedLine {
        line_number: Some(1),
        procedure: Procedure { code: code.into(), modifiers: Vec::new() },
        units: Units::ONE,
        diagnosis_pointers: vec![1],
    }];
    let codes = VisitCodes { diagnoses: vec!["E119".into(), "I10".into()], lines };
    change_codes(db, &coder(), PRACTICE, story.visit, &codes).map(|_| ())
}

fn submitted(db: &TestDb, actor: &Actor) -> (claim_submission::Sealed, String) {
    let carrier = Carrier::new();
    let sealed = claim_submission::seal(db, actor, PRACTICE).unwrap();
    claim_submission::deliver(db, actor, PRACTICE, &carrier).unwrap();
    let given = carrier.given.borrow();
    (sealed, given.first().map(|file| String::from_utf8(file.1.clone()).unwrap()).unwrap_or_default())
}

fn reasons(db: &TestDb) -> Vec<WorkReason> {
    [Desk::Tier1, Desk::Tier2, Desk::Coder].into_iter().flat_map(|desk| work(db, desk)).map(|item| item.1).collect()
}

fn refusal(result: Result<(), Error>) -> String {
    match result {
        Err(Error::Refused(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_correction_after_payment_is_sent_with_the_payers_number_and_settled_by_its_reversal_and_new_decision() {
    for_each_engine(|db| {
        let story = at_the_payer(db);
        receive(db, "EFT1", paid(&story.number));
        assert_eq!(claim(db, &story).status, ClaimStatus::Closed);
        let denied = begin(db, &tier1(), PRACTICE, claim(db, &story).id, &correction(ClaimFrequency::Replacement));
        assert!(matches!(denied, Err(Error::Denied(_))), "Tier 2's alone: {denied:?}");
        assert!(recode(db, &story, "99214").is_err(), "the payer decided it");

        begin(db, &tier2(), PRACTICE, claim(db, &story).id, &correction(ClaimFrequency::Replacement)).unwrap();
        assert_eq!(reasons(db), [WorkReason::CorrectedClaim]);
        books_hold(db);
        // The visit may be coded anew now: 60.00 more are charged, and the payer owes them until it decides.
        recode(db, &story, "99214").unwrap();
        let seen = look(db, story.practice.patient);
        assert_eq!((seen.with_payers, seen.owes_now + seen.waiting_for_payer), (cents(6_000), cents(2_000)));
        // No night sends it, and no hand but Tier 2's.
        app::jobs::run_now(db, &db.system(), PRACTICE).unwrap();
        assert_eq!(claim(db, &story).status, ClaimStatus::Held);
        let scrubbed = send(db, &tier2(), PRACTICE, claim(db, &story).id).unwrap();
        assert_eq!(scrubbed.status, ClaimStatus::Ready, "{:?}", scrubbed.open);
        let (left, said) = submitted(db, &tier1());
        assert_eq!((left.left, left.claims, said.as_str()), (1, 0, ""), "Tier 1 leaves it");
        let (sealed, said) = submitted(db, &tier2());
        assert_eq!(sealed.claims, 1);
        for segment in [
            format!("CLM*{}*200***11:B:7*Y*A*Y*Y~", story.number),
            format!("REF*F8*P{}~", story.number),
            "SV1*HC:99214*200*".to_owned(),
        ] {
            assert!(said.contains(&segment), "{segment}: {said}");
        }
        assert_eq!(reasons(db), []);
        books_hold(db);

        // It takes the first decision back and decides anew, in one remittance.
        let line = Svc {
            number: format!("{}L1", story.number),
            code: "99214",
            charge: 20_000,
            paid: 13_000,
            adjustments: vec![("CO", "45", 4_500), ("PR", "2", 2_500)],
        };
        let mut anew = Clp::new(story.number.clone(), "1", vec![line]);
        anew.payer_number = "NEW1".into();
        let both = Payment::new("EFT2", vec![paid(&story.number).reversed(), anew]);
        let report =
            app::remittance_import::import(db, &db.system(), PRACTICE, "b.835", file(&both).as_bytes()).unwrap();
        assert_eq!((report.payments[0].counts.posted, report.payments[0].counts.reversed), (2, 1), "{report:?}");
        let seen = look(db, story.practice.patient);
        assert_eq!((seen.with_payers, seen.owes_now), (Money::ZERO, cents(2_500)));
        assert_eq!((claim(db, &story).status, reasons(db)), (ClaimStatus::Closed, vec![]));
    });
}

#[test]
fn what_cannot_be_corrected_by_a_claim_is_refused_with_what_to_do_instead() {
    for_each_engine(|db| {
        let story = at_the_payer(db);
        let id = claim(db, &story).id;
        let begin = |frequency| begin(db, &tier2(), PRACTICE, id, &correction(frequency));
        assert!(refusal(begin(ClaimFrequency::Replacement)).contains("has not decided"));
        receive(db, "EFT1", paid(&story.number));
        set(db, &story, |payer| payer.filing_indicator = "MB".into());
        let why = refusal(begin(ClaimFrequency::Replacement));
        assert!(why.contains("reopening") && why.contains("120 days"), "{why}");
        set(db, &story, |payer| {
            payer.filing_indicator = "CI".into();
            payer.settings.takes_replacements = false;
        });
        assert!(refusal(begin(ClaimFrequency::Void)).contains("takes no replacement"));
        set(db, &story, |payer| payer.settings.takes_replacements = true);
        assert!(refusal(begin(ClaimFrequency::Original)).contains("replaced or voided"));
        begin(ClaimFrequency::Void).unwrap();
        assert!(refusal(begin(ClaimFrequency::Void)).contains("has not decided"), "once");
        books_hold(db);
    });
}

#[test]
fn a_voided_claim_is_taken_back_and_somebody_says_what_becomes_of_the_visit() {
    for patient_pays in [true, false] {
        for_each_engine(|db| {
            let story = at_the_payer(db);
            receive(db, "EFT1", paid(&story.number));
            let id = claim(db, &story).id;
            begin(db, &tier2(), PRACTICE, id, &correction(ClaimFrequency::Void)).unwrap();
            assert!(refusal(recode(db, &story, "99214")).contains("word for word"));
            send(db, &tier2(), PRACTICE, id).unwrap();
            let (_, said) = submitted(db, &tier2());
            assert!(said.contains("***11:B:8*") && said.contains(&format!("REF*F8*P{}~", story.number)), "{said}");
            let back = Payment::new("EFT2", vec![paid(&story.number).reversed()]).with_plb("FB", "LATER", -8_856);
            app::remittance_import::import(db, &db.system(), PRACTICE, "b.835", file(&back).as_bytes()).unwrap();
            assert_eq!((claim(db, &story).status, reasons(db)), (ClaimStatus::Closed, vec![WorkReason::BillNextPayer]));
            let seen = look(db, story.practice.patient);
            assert_eq!((seen.with_payers, seen.owes_now), (cents(14_000), Money::ZERO));
            if patient_pays {
                bill_patient(db, &tier1(), PRACTICE, story.visit).unwrap();
                assert_eq!(look(db, story.practice.patient).owes_now, cents(14_000));
            } else {
                not_billable(db, &tier1(), PRACTICE, story.visit, "It was another patient's visit.").unwrap();
                let seen = look(db, story.practice.patient);
                assert_eq!((seen.with_payers, seen.owes_now), (Money::ZERO, Money::ZERO));
            }
            books_hold(db);
        });
    }
}

#[test]
fn a_correction_has_the_payers_own_days_and_a_late_one_needs_a_reason() {
    for_each_engine(|db| {
        let story = at_the_payer(db);
        set(db, &story, |payer| payer.settings.corrected_claim_days = Some(60));
        receive(db, "EFT1", paid(&story.number));
        let id = claim(db, &story).id;
        begin(db, &tier2(), PRACTICE, id, &correction(ClaimFrequency::Replacement)).unwrap();
        assert_eq!(claim(db, &story).filing_limit_on, date(2026, 5, 1), "from the day of the remittance");
        db.env.advance(SignedDuration::from_hours(24 * 61));
        let scrubbed = send(db, &tier2(), PRACTICE, id).unwrap();
        assert_eq!(scrubbed.status, ClaimStatus::Held);
        assert_eq!(scrubbed.open.iter().map(|one| one.rule.as_str()).collect::<Vec<_>>(), ["filing-limit"]);
        assert!(scrubbed.open[0].problem.contains("corrections of this claim until 2026-05-01"));
        books_hold(db);
    });
}

#[test]
fn a_correction_that_is_dropped_leaves_what_the_payer_decided_and_takes_up_what_came_meanwhile() {
    for_each_engine(|db| {
        let story = at_the_payer(db);
        receive(db, "EFT1", paid(&story.number));
        let id = claim(db, &story).id;
        begin(db, &tier2(), PRACTICE, id, &correction(ClaimFrequency::Replacement)).unwrap();
        recode(db, &story, "99214").unwrap();
        assert!(refusal(drop_it(db, &tier2(), PRACTICE, id)).contains("other services"));
        recode(db, &story, "99213").unwrap();
        drop_it(db, &tier2(), PRACTICE, id).unwrap();
        let after = claim(db, &story);
        assert_eq!((after.status, after.body.frequency), (ClaimStatus::Closed, ClaimFrequency::Original));
        assert_eq!(reasons(db), []);
        let seen = look(db, story.practice.patient);
        assert_eq!((seen.with_payers, seen.owes_now), (Money::ZERO, cents(2_000)));
        assert!(matches!(send(db, &tier2(), PRACTICE, id), Err(Error::Refused(_))));
    });
}
