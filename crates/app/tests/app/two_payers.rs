//! A biller's days with patients of two plans: the first payer decides, the second is billed with what the first one left,
//! and what is left after both is the patient's. Each story on both databases, and every invariant holds after each step.

use app::charge_capture::{bill_patient, capture};
use app::corrected_claim::{Correction, begin, send};
use app::next_payer::{bill_next_payer, bill_next_payers, end_crossover};
use app::registration::{PayerData, Subject, add_coverage, change_coverage, change_payer, pay_first, register_payer};
use app::remittance_import::preview::{of_file, of_waiting};
use app::remittance_import::{Seen, WaitingPosted, post_waiting, take_to_look_at, waiting};
use app::{Error, claim_submission};
use billing::access::Role;
use billing::claim::{Claim, ClaimFrequency, ClaimStatus};
use billing::coverage::{CoverageRank, MedicareSecondaryType};
use billing::payer::PayerSettings;
use billing::work::{Desk, WorkReason};
use billing::{ClaimId, CoverageId, EncounterId, Money, PayerId};
use jiff::SignedDuration;
use jiff::civil::date;
use store::testing::{PRACTICE, TestDb, for_each_engine};

use crate::carrier::Carrier;
use crate::late_coverage::{answer, books_hold, cents, look, only, receive, second_payer, sent, work};
use crate::payer_files::{Clp, Payment, file};
use crate::staff::{Practice, coverage_data, open, payer_data, person, service, tier1, visit};

/// One office visit of 140.00 by a patient with two plans; the first payer has the claim.
struct TwoPlans {
    practice: Practice,
    visit: EncounterId,
    second: PayerId,
    later: CoverageId,
    /// Our number of the claim to the first payer.
    number: String,
}

fn second_coverage(db: &TestDb, practice: &Practice, payer: PayerId, rank: CoverageRank) -> CoverageId {
    let mut data = coverage_data(payer);
    (data.rank, data.plan_name) = (rank, "Harbor Supplement".into());
    data.member_id = billing::identifier::MemberId::parse("SUP7654321").unwrap();
    add_coverage(db, &tier1(), PRACTICE, practice.patient, &data).unwrap().id
}

fn two_plans(db: &TestDb) -> TwoPlans {
    let practice = open(db);
    let second = second_payer(db);
    let later = second_coverage(db, &practice, second, CoverageRank::Secondary);
    let mut one = visit(&practice);
    one.services = vec![service("99213", &[1])];
    let visit = capture(db, &tier1(), PRACTICE, &one).unwrap().encounter_id;
    let number = sent(db, visit);
    TwoPlans { practice, visit, second, later, number }
}

/// Changes a payer's settings.
pub fn set(db: &TestDb, payer: PayerId, change: impl Fn(&mut PayerSettings)) {
    let (known, seen) = db
        .read(&db.system(), PRACTICE, |read| {
            let known = store::registration::payer(read, payer)?.unwrap();
            Ok::<_, Error>((known, app::registration::version_of(read, Subject::Payer(payer))?))
        })
        .unwrap();
    let mut data = PayerData {
        name: known.name,
        payer_identifier: known.payer_identifier,
        filing_indicator: known.filing_indicator,
        settings: known.settings,
    };
    change(&mut data.settings);
    change_payer(db, &db.system(), PRACTICE, payer, &data, Some(seen)).unwrap();
}

fn load(db: &TestDb, id: ClaimId) -> Claim {
    db.read(&db.system(), PRACTICE, |read| store::claim::load(read, id)).unwrap().unwrap()
}

/// The claim of a visit to a payer.
fn claim_to(db: &TestDb, story: &TwoPlans, payer: PayerId) -> Claim {
    let seen = look(db, story.practice.patient);
    let mut claims = seen.visits.iter().flat_map(|visit| &visit.claims);
    let found = claims.rfind(|claim| claim.payer_id == payer).expect("a claim to this payer");
    load(db, found.id)
}

/// Seals and delivers what is ready; gives the file.
fn submitted(db: &TestDb) -> String {
    let carrier = Carrier::new();
    let sealed = claim_submission::seal(db, &db.system(), PRACTICE).unwrap();
    assert_eq!((sealed.claims, sealed.held), (1, 0), "{sealed:?}");
    claim_submission::deliver(db, &db.system(), PRACTICE, &carrier).unwrap();
    let given = carrier.given.borrow();
    let texts = given.iter().map(|(_, bytes)| String::from_utf8(bytes.clone()).unwrap());
    texts.into_iter().find(|text| text.contains("~ST*837*")).expect("a claim was sent")
}

const FIRST_DECIDES: [(&str, &str, i64); 2] = [("CO", "45", 3_144), ("PR", "2", 2_000)];

fn first_answer(number: &str) -> Clp {
    answer(number, 8_856, FIRST_DECIDES.to_vec())
}

/// What the second payer answers of the 20.00 it was asked for.
fn second_answer(number: &str, paid: i64, adjustments: Vec<(&'static str, &'static str, i64)>) -> Clp {
    Clp { status: "2", ..answer(number, paid, adjustments) }
}

fn no_work(db: &TestDb) {
    assert_eq!((work(db, Desk::Tier1), work(db, Desk::Tier2)), (vec![], vec![]));
}

#[test]
fn the_first_pays_the_second_is_billed_with_what_it_left_and_the_patient_pays_the_rest() {
    for_each_engine(|db| {
        let story = two_plans(db);
        receive(db, "EFT1", first_answer(&story.number));
        assert_eq!(work(db, Desk::Tier1).iter().map(|item| item.1).collect::<Vec<_>>(), [WorkReason::BillNextPayer]);
        // In the night the claim to the second payer is made; the work ends.
        assert_eq!(bill_next_payers(db, &db.system(), PRACTICE).unwrap(), 1);
        assert_eq!(bill_next_payers(db, &db.system(), PRACTICE).unwrap(), 0, "once");
        no_work(db);
        let claim = claim_to(db, &story, story.second);
        assert_eq!((claim.status, claim.body.rank), (ClaimStatus::Ready, CoverageRank::Secondary));
        assert_eq!((claim.body.total_charge(), claim.body.asked()), (cents(14_000), cents(2_000)));
        let said = submitted(db);
        for segment in [
            "SBR*S*18*G100******CI~",
            "SBR*P*18*G100******CI~",
            "AMT*D*88.56~",
            "OI***Y***Y~",
            "NM1*PR*2*HARBOR HEALTH HARB1*****PI*HARB1~",
            "SVD*HARB1*88.56*HC:99213**1~",
            "CAS*CO*45*31.44~",
            "CAS*PR*2*20~",
            "DTP*573*D8*20260302~",
        ] {
            assert!(said.contains(segment), "{segment}: {said}");
        }
        // It pays 15.00 and leaves 5.00.
        let number = claim.control_number.as_str();
        receive(db, "EFT2", second_answer(number, 1_500, vec![("OA", "23", 12_000), ("PR", "2", 500)]));
        let seen = look(db, story.practice.patient);
        assert_eq!((seen.with_payers, seen.owes_now), (Money::ZERO, cents(500)));
        assert_eq!(claim_to(db, &story, story.second).status, ClaimStatus::Closed);
        let say = only(&seen).say.join(" ").replace('\u{a0}', " ");
        assert!(say.contains("it paid $88.56.") && say.contains("paid $15.00"), "{say}");
        no_work(db);
        books_hold(db);
    });
}

#[test]
fn what_the_second_payer_names_beyond_what_it_was_asked_for_is_not_its_to_move() {
    for (paid, adjustments, patient) in [
        // It adjudicates as if nobody had paid before: its own price, and the whole rest as the patient's.
        (1_000, vec![("CO", "45", 5_000), ("PR", "2", 8_000)], 1_000),
        // It covers nothing of it: what the first one left stays the patient's, and no more.
        (0, vec![("PR", "204", 14_000)], 2_000),
        // A program that takes its price as payment in full.
        (700, vec![("OA", "23", 12_000), ("CO", "45", 1_300)], 0),
        // Its write-down is larger than what is left.
        (1_200, vec![("OA", "23", 8_856), ("CO", "45", 3_944)], 0),
    ] {
        for_each_engine(|db| {
            let story = two_plans(db);
            receive(db, "EFT1", first_answer(&story.number));
            bill_next_payer(db, &tier1(), PRACTICE, story.visit).unwrap();
            let claim = claim_to(db, &story, story.second);
            submitted(db);
            receive(db, "EFT2", second_answer(claim.control_number.as_str(), paid, adjustments.clone()));
            let seen = look(db, story.practice.patient);
            assert_eq!((seen.with_payers, seen.owes_now), (Money::ZERO, cents(patient)), "{adjustments:?}");
            no_work(db);
        });
    }
}

#[test]
fn a_second_payer_that_refuses_keeps_its_share_open_until_tier_2_has_worked_it() {
    for_each_engine(|db| {
        let story = two_plans(db);
        receive(db, "EFT1", first_answer(&story.number));
        bill_next_payer(db, &tier1(), PRACTICE, story.visit).unwrap();
        let claim = claim_to(db, &story, story.second);
        submitted(db);
        receive(db, "EFT2", second_answer(claim.control_number.as_str(), 0, vec![("CO", "16", 14_000)]));
        let seen = look(db, story.practice.patient);
        assert_eq!((seen.with_payers, seen.owes_now), (cents(2_000), Money::ZERO));
        assert_eq!(
            crate::remittance::work(db),
            [(WorkReason::Denied, cents(2_000))],
            "what is at stake is what it was asked for"
        );
    });
}

#[test]
fn a_third_payer_is_told_what_both_before_it_decided() {
    for_each_engine(|db| {
        let story = two_plans(db);
        let third = register_payer(db, &db.system(), PRACTICE, &payer_data("OAKS1")).unwrap().id;
        second_coverage(db, &story.practice, third, CoverageRank::Tertiary);
        receive(db, "EFT1", first_answer(&story.number));
        bill_next_payers(db, &db.system(), PRACTICE).unwrap();
        submitted(db);
        let number = claim_to(db, &story, story.second).control_number;
        receive(db, "EFT2", second_answer(number.as_str(), 1_500, vec![("OA", "23", 12_000), ("PR", "2", 500)]));
        assert_eq!(bill_next_payers(db, &db.system(), PRACTICE).unwrap(), 1);
        let claim = claim_to(db, &story, third);
        assert_eq!((claim.body.rank, claim.body.asked()), (CoverageRank::Tertiary, cents(500)));
        let said = submitted(db);
        for segment in ["SBR*T*18*", "SBR*P*18*", "SBR*S*18*", "AMT*D*88.56~", "AMT*D*15~", "SVD*ELMS1*15*"] {
            assert!(said.contains(segment), "{segment}: {said}");
        }
        receive(
            db,
            "EFT3",
            Clp { status: "3", ..answer(claim.control_number.as_str(), 500, vec![("OA", "23", 13_500)]) },
        );
        let seen = look(db, story.practice.patient);
        assert_eq!((seen.with_payers, seen.owes_now), (Money::ZERO, Money::ZERO));
        no_work(db);
    });
}

#[test]
fn a_claim_to_the_second_payer_that_never_left_goes_when_its_coverage_does() {
    for_each_engine(|db| {
        let story = two_plans(db);
        receive(db, "EFT1", first_answer(&story.number));
        bill_next_payers(db, &db.system(), PRACTICE).unwrap();
        let mut gone = coverage_data(story.second);
        (gone.effective_on, gone.ends_on) = (date(2025, 1, 1), Some(date(2025, 6, 30)));
        gone.rank = CoverageRank::Secondary;
        change_coverage(db, &tier1(), PRACTICE, story.later, &gone).unwrap();
        let seen = look(db, story.practice.patient);
        assert_eq!((seen.with_payers, seen.owes_now), (Money::ZERO, cents(2_000)));
        assert_eq!(claim_to(db, &story, story.second).status, ClaimStatus::Closed);
        no_work(db);
        assert_eq!(bill_next_payers(db, &db.system(), PRACTICE).unwrap(), 0);
    });
}

#[test]
fn the_patient_is_billed_in_place_of_a_second_payer_on_a_word() {
    for_each_engine(|db| {
        let story = two_plans(db);
        receive(db, "EFT1", first_answer(&story.number));
        bill_next_payers(db, &db.system(), PRACTICE).unwrap();
        bill_patient(db, &tier1(), PRACTICE, story.visit).unwrap();
        let seen = look(db, story.practice.patient);
        assert_eq!((seen.with_payers, seen.owes_now), (Money::ZERO, cents(2_000)));
        no_work(db);
        // A plan decided it, so it is no visit of somebody without one.
        let discount = app::write_off::WriteOffRequest {
            encounter_id: story.visit,
            debtor: billing::write_off::Debtor::Patient,
            amount: cents(100),
            reason: billing::write_off::WriteOffReason::SelfPayDiscount,
            note: "Pays without a plan".into(),
            idempotency_key: "one".into(),
        };
        let asked = app::write_off::ask(db, &person(2, Role::Tier2), PRACTICE, &discount);
        assert!(
            matches!(&asked, Err(Error::Invalid { problem, .. }) if problem.contains("A plan decided")),
            "{asked:?}"
        );
        let again = bill_next_payer(db, &tier1(), PRACTICE, story.visit);
        assert!(matches!(&again, Err(Error::Refused(why)) if why.contains("Nothing of this visit")), "{again:?}");
    });
}

#[test]
fn a_payer_that_is_not_billed_by_itself_waits_for_a_word() {
    for_each_engine(|db| {
        let story = two_plans(db);
        set(db, story.second, |settings| settings.bills_after_others = false);
        receive(db, "EFT1", first_answer(&story.number));
        assert_eq!(bill_next_payers(db, &db.system(), PRACTICE).unwrap(), 0);
        assert_eq!(work(db, Desk::Tier1).len(), 1);
        bill_next_payer(db, &tier1(), PRACTICE, story.visit).unwrap();
        no_work(db);
    });
}

/// As [`first_answer`], with words on where the claim went.
fn passed_on(number: &str, status: &'static str, remarks: Vec<&'static str>) -> Clp {
    Clp { status, remarks, ..first_answer(number) }
}

/// A file in the name of the second payer, which names the claim that it was passed: the first payer's.
fn receive_from_second(db: &TestDb, trace: &str, claim: Clp) -> app::remittance_import::ImportReport {
    let text = file(&Payment::new(trace, vec![claim])).replace("NORTHFIELD MUTUAL*XV*NFM01", "HARBOR HEALTH*XV*ELMS1");
    let report = app::remittance_import::import(db, &db.system(), PRACTICE, "second.835", text.as_bytes()).unwrap();
    books_hold(db);
    report
}

#[test]
fn a_claim_that_the_first_payer_passed_on_waits_for_the_second_one_and_is_not_billed_twice() {
    for (status, remarks) in [("19", vec![]), ("1", vec!["MA07", "MA18"]), ("1", vec!["N89"])] {
        for_each_engine(|db| {
            let story = two_plans(db);
            receive(db, "EFT1", passed_on(&story.number, status, remarks.clone()));
            no_work(db);
            assert_eq!(bill_next_payers(db, &db.system(), PRACTICE).unwrap(), 0, "no second bill");
            let claim = claim_to(db, &story, story.second);
            assert_eq!((claim.status, claim.follow_up_on), (ClaimStatus::Accepted, Some(date(2026, 4, 1))));
            assert!(claim.body.crossed_over);
            let refused = bill_next_payer(db, &tier1(), PRACTICE, story.visit);
            assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
            let seen = look(db, story.practice.patient);
            assert_eq!((seen.with_payers, seen.owes_now), (cents(2_000), Money::ZERO));
            // The second payer answers with the numbers that it was passed: those of the claim to the first.
            let answer = second_answer(&story.number, 1_700, vec![("OA", "23", 12_000), ("PR", "2", 300)]);
            let report = receive_from_second(db, "EFT2", answer.clone());
            assert_eq!(report.payments[0].counts.posted, 1, "{report:?}");
            let seen = look(db, story.practice.patient);
            assert_eq!((seen.with_payers, seen.owes_now), (Money::ZERO, cents(300)));
            assert_eq!(claim_to(db, &story, story.second).status, ClaimStatus::Closed);
            no_work(db);
            // It takes its decision back, under the same numbers.
            let text = file(&Payment::new("EFT3", vec![answer.reversed()]).with_plb("FB", "LATER", -1_700));
            let text = text.replace("NORTHFIELD MUTUAL*XV*NFM01", "HARBOR HEALTH*XV*ELMS1");
            let report = app::remittance_import::import(db, &db.system(), PRACTICE, "b.835", text.as_bytes()).unwrap();
            assert_eq!(report.payments[0].counts.reversed, 1, "{report:?}");
            assert_eq!(look(db, story.practice.patient).with_payers, cents(2_000));
        });
    }
}

#[test]
fn a_payment_that_passes_a_claim_on_is_looked_at_before_it_is_posted() {
    for_each_engine(|db| {
        let story = two_plans(db);
        let payment = Payment::new("EFT1", vec![passed_on(&story.number, "19", vec![])]);
        let text = file(&payment);
        let seen = of_file(db, &db.system(), PRACTICE, "first.835", text.as_bytes()).unwrap();
        assert_eq!(seen[0].counts.posted, 1, "{:?}", db.engine);
        assert_eq!(look(db, story.practice.patient).with_payers, cents(14_000), "nothing is kept");
        // Uploaded to be looked at, it waits with its page, and is posted as it was seen.
        take_to_look_at(db, &db.system(), PRACTICE, "first.835", text.as_bytes()).unwrap();
        let id = waiting(db, &db.system(), PRACTICE).unwrap()[0];
        let preview = of_waiting(db, &db.system(), PRACTICE, id).unwrap();
        assert_eq!(preview.claims[0].entries, seen[0].claims[0].entries);
        let posted = post_waiting(db, &db.system(), PRACTICE, id, Seen::Preview(&preview.fingerprint)).unwrap();
        assert!(matches!(posted, WaitingPosted::Settled(report) if report.counts.posted == 1), "{:?}", db.engine);
        assert!(claim_to(db, &story, story.second).body.crossed_over);
        books_hold(db);
    });
}

#[test]
fn a_claim_that_was_not_passed_on_is_billed_and_a_habit_counts_as_a_word() {
    for_each_engine(|db| {
        let story = two_plans(db);
        receive(db, "EFT1", passed_on(&story.number, "1", vec!["MA19"]));
        assert_eq!(bill_next_payers(db, &db.system(), PRACTICE).unwrap(), 1);
    });
    for_each_engine(|db| {
        let story = two_plans(db);
        set(db, story.practice.payer, |settings| settings.crosses_over = true);
        receive(db, "EFT1", first_answer(&story.number));
        assert_eq!(bill_next_payers(db, &db.system(), PRACTICE).unwrap(), 0);
        assert!(claim_to(db, &story, story.second).body.crossed_over);
    });
}

#[test]
fn after_thirty_days_without_a_decision_the_second_payer_is_billed_from_here() {
    for_each_engine(|db| {
        let story = two_plans(db);
        receive(db, "EFT1", passed_on(&story.number, "19", vec![]));
        let claim = claim_to(db, &story, story.second);
        db.env.advance(SignedDuration::from_hours(24 * 29));
        app::jobs::run_now(db, &db.system(), PRACTICE).unwrap();
        no_work(db);
        db.env.advance(SignedDuration::from_hours(24 * 3));
        app::jobs::run_now(db, &db.system(), PRACTICE).unwrap();
        assert_eq!(
            work(db, Desk::Tier1).iter().map(|item| item.1).collect::<Vec<_>>(),
            [WorkReason::RemittanceMissing]
        );
        let scrubbed = end_crossover(db, &tier1(), PRACTICE, claim.id).unwrap();
        assert_eq!(scrubbed.status, ClaimStatus::Ready, "{:?}", scrubbed.open);
        no_work(db);
        assert!(submitted(db).contains("SVD*HARB1*88.56*HC:99213**1~"));
        // It had the claim after all: its answer to what it was passed meets the claim that was sent.
        let answer = second_answer(&story.number, 2_000, vec![("OA", "23", 12_000)]);
        assert_eq!(receive_from_second(db, "EFT2", answer).payments[0].counts.posted, 1);
        let seen = look(db, story.practice.patient);
        assert_eq!((seen.with_payers, seen.owes_now), (Money::ZERO, Money::ZERO));
    });
}

#[test]
fn the_order_of_payers_is_repaired_after_the_wrong_one_had_decided_first() {
    for_each_engine(|db| {
        let story = two_plans(db);
        let tier2 = person(2, Role::Tier2);
        // The plan billed first decides; then the patient says that the other one goes first.
        receive(db, "EFT1", first_answer(&story.number));
        bill_next_payers(db, &db.system(), PRACTICE).unwrap();
        pay_first(db, &tier1(), PRACTICE, story.later).unwrap();
        assert_eq!(work(db, Desk::Tier2).iter().map(|item| item.1).collect::<Vec<_>>(), [WorkReason::PayerOrder]);
        books_hold(db);
        let again = pay_first(db, &tier1(), PRACTICE, story.later);
        assert!(matches!(&again, Err(Error::Refused(why)) if why.contains("pays first already")), "{again:?}");

        // Tier 2 voids the claim to the wrong one, which takes back what it paid.
        let wrong = claim_to(db, &story, story.practice.payer);
        let void = Correction { frequency: ClaimFrequency::Void, reason: "Another payer goes first.".into() };
        begin(db, &tier2, PRACTICE, wrong.id, &void).unwrap();
        send(db, &tier2, PRACTICE, wrong.id).unwrap();
        let carrier = Carrier::new();
        claim_submission::seal(db, &tier2, PRACTICE).unwrap();
        claim_submission::deliver(db, &tier2, PRACTICE, &carrier).unwrap();
        let back = Payment::new("EFT2", vec![first_answer(&story.number).reversed()]).with_plb("FB", "LATER", -8_856);
        app::remittance_import::import(db, &db.system(), PRACTICE, "b.835", file(&back).as_bytes()).unwrap();
        books_hold(db);

        let said =
            look(db, story.practice.patient).visits[0].explanation.say(billing::explain::Language::English).join(" ");
        assert!(said.contains("nobody is asked for $140.00 until we bill it anew"), "{said}");

        // The visit is billed anew, to the one that pays first now; the money moves to it by entries.
        let scrubbed = bill_next_payer(db, &tier1(), PRACTICE, story.visit).unwrap();
        assert_eq!(scrubbed.status, ClaimStatus::Ready, "{:?}", scrubbed.open);
        let claim = load(db, scrubbed.claim_id);
        assert_eq!((claim.payer_id, claim.body.rank), (story.second, CoverageRank::Primary));
        assert!(submitted(db).contains("SBR*P*18*G100******CI~"));
        receive(db, "EFT3", first_answer(claim.control_number.as_str()));
        // What it left is asked of the one that goes second now.
        assert_eq!(bill_next_payers(db, &db.system(), PRACTICE).unwrap(), 1);
        let second = claim_to(db, &story, story.practice.payer);
        assert_eq!((second.body.rank, second.body.asked()), (CoverageRank::Secondary, cents(2_000)));
        let said = submitted(db);
        assert!(said.contains("SVD*ELMS1*88.56*") && said.contains("AMT*D*88.56~"), "{said}");
        receive(db, "EFT4", second_answer(second.control_number.as_str(), 2_000, vec![("OA", "23", 12_000)]));
        let seen = look(db, story.practice.patient);
        assert_eq!((seen.with_payers, seen.owes_now), (Money::ZERO, Money::ZERO));
    });
}

#[test]
fn a_coverage_found_later_that_pays_first_takes_the_claims_that_no_payer_has() {
    for_each_engine(|db| {
        let practice = open(db);
        let found = second_payer(db);
        let mut one = visit(&practice);
        one.services = vec![service("99213", &[1])];
        let visit = capture(db, &tier1(), PRACTICE, &one).unwrap().encounter_id;
        app::claim_scrub::claim_visit(db, &tier1(), PRACTICE, visit).unwrap();
        let later = second_coverage(db, &practice, found, CoverageRank::Secondary);
        pay_first(db, &tier1(), PRACTICE, later).unwrap();
        let story = TwoPlans { practice, visit, second: found, later, number: String::new() };
        let claim = claim_to(db, &story, found);
        assert_eq!((claim.status, claim.body.rank), (ClaimStatus::Ready, CoverageRank::Primary));
        assert_eq!(look(db, story.practice.patient).with_payers, cents(14_000));
        no_work(db);
    });
}

#[test]
fn medicare_that_pays_second_is_told_why() {
    for_each_engine(|db| {
        let story = two_plans(db);
        let (payer, id) = (story.second, story.later);
        let mut medicare = PayerData { filing_indicator: "MB".into(), ..payer_data("ELMS1") };
        medicare.settings.takes_replacements = false;
        let seen =
            db.read(&db.system(), PRACTICE, |read| app::registration::version_of(read, Subject::Payer(payer))).unwrap();
        change_payer(db, &db.system(), PRACTICE, payer, &medicare, Some(seen)).unwrap();
        receive(db, "EFT1", first_answer(&story.number));
        bill_next_payers(db, &db.system(), PRACTICE).unwrap();
        let claim = claim_to(db, &story, payer);
        assert_eq!(claim.status, ClaimStatus::Held);
        let found = app::claim_scrub::findings(db, &tier1(), PRACTICE, claim.id).unwrap().findings;
        assert_eq!(found.iter().map(|one| one.rule.as_str()).collect::<Vec<_>>(), ["medicare-secondary-type"]);
        // The patient of 66 works: the employer's plan goes first.
        let mut data = coverage_data(payer);
        (data.rank, data.medicare_secondary) = (CoverageRank::Secondary, Some(MedicareSecondaryType::WorkingAged));
        change_coverage(db, &tier1(), PRACTICE, id, &data).unwrap();
        assert!(submitted(db).contains("SBR*S*18*G100**12****MB~"));
    });
}

#[test]
fn a_next_payers_answer_that_comes_before_its_turn_is_posted_by_itself_when_the_first_one_decides() {
    // Whether the first payer says that it passed the claim on or not: the answer of the next one says so.
    for status in ["19", "1"] {
        for_each_engine(|db| {
            let story = two_plans(db);
            let answer = second_answer(&story.number, 1_700, vec![("OA", "23", 12_000), ("PR", "2", 300)]);
            let report = receive_from_second(db, "EFT2", answer.clone());
            assert_eq!(report.payments[0].counts.set_aside, 1, "{report:?}");
            assert!(report.payments[0].waiting[0].problem.contains("before its turn"), "{report:?}");
            assert_eq!(crate::remittance::work(db), [(WorkReason::ClaimSetAside, cents(1_700))]);
            let payment = Payment::new("EFT1", vec![passed_on(&story.number, status, vec![])]);
            let seen = of_file(db, &db.system(), PRACTICE, "first.835", file(&payment).as_bytes()).unwrap();
            receive(db, "EFT1", passed_on(&story.number, status, vec![]));
            let foreseen = seen[0].totals.iter().find(|of| of.account == ledger::AccountKind::UnappliedPayer).unwrap();
            assert_eq!(foreseen.debit_cents, cents(1_700), "the preview shows what finds its place beside");
            let seen = look(db, story.practice.patient);
            assert_eq!((seen.with_payers, seen.owes_now), (Money::ZERO, cents(300)));
            assert_eq!(claim_to(db, &story, story.second).status, ClaimStatus::Closed);
            no_work(db);
            assert_eq!(crate::remittance::work(db), []);
            assert_eq!(bill_next_payers(db, &db.system(), PRACTICE).unwrap(), 0);
            // It takes its decision back, under the numbers that it was passed.
            let text = file(&Payment::new("EFT3", vec![answer.reversed()]).with_plb("FB", "LATER", -1_700));
            let text = text.replace("NORTHFIELD MUTUAL*XV*NFM01", "HARBOR HEALTH*XV*ELMS1");
            let report = app::remittance_import::import(db, &db.system(), PRACTICE, "b.835", text.as_bytes()).unwrap();
            assert_eq!(report.payments[0].counts.reversed, 1, "{report:?}");
            assert_eq!(look(db, story.practice.patient).with_payers, cents(2_000));
        });
    }
}

#[test]
fn an_early_answer_of_the_next_payer_waits_while_the_first_one_denies() {
    for_each_engine(|db| {
        let story = two_plans(db);
        receive_from_second(db, "EFT2", second_answer(&story.number, 1_700, vec![("OA", "23", 12_300)]));
        receive(db, "EFT1", Clp { status: "4", ..answer(&story.number, 0, vec![("CO", "16", 14_000)]) });
        let open = crate::remittance::work(db);
        assert!(open.contains(&(WorkReason::ClaimSetAside, cents(1_700))), "{open:?}");
        books_hold(db);
    });
}

/// The first payer takes its decision back and decides anew, leaving 30.00 in place of 20.00.
fn first_decides_anew(db: &TestDb, story: &TwoPlans) {
    let anew = answer(&story.number, 7_856, vec![("CO", "45", 3_144), ("PR", "2", 3_000)]);
    let claims = vec![first_answer(&story.number).reversed(), anew];
    let text = file(&Payment::new("EFT3", claims).with_plb("FB", "LATER", -1_000));
    app::remittance_import::import(db, &db.system(), PRACTICE, "anew.835", text.as_bytes()).unwrap();
    books_hold(db);
}

fn told(db: &TestDb) -> Vec<(WorkReason, String)> {
    let queue = app::worklist::queue(db, &db.system(), PRACTICE, Desk::Tier2, store::worklist::QueueCursor::START);
    let rows = queue.unwrap().into_iter().filter(|row| row.reason == WorkReason::PriorDecisionChanged);
    rows.map(|row| (row.reason, row.summary)).collect()
}

#[test]
fn a_sent_claim_whose_first_payer_decides_anew_is_work_until_the_corrected_claim_is_sent() {
    for_each_engine(|db| {
        let story = two_plans(db);
        receive(db, "EFT1", first_answer(&story.number));
        bill_next_payers(db, &db.system(), PRACTICE).unwrap();
        submitted(db);
        let claim = claim_to(db, &story, story.second);
        assert_eq!(told(db), []);
        first_decides_anew(db, &story);
        let [(_, words)] = &told(db)[..] else { panic!("{:?}", told(db)) };
        for part in
            ["paid 88.56, left 20.00", "decided anew since: paid 78.56, left 30.00", "When the decision on it comes"]
        {
            assert!(words.contains(part), "{part}: {words}");
        }
        // The second payer decides what it was asked; now a corrected claim may go.
        let number = claim.control_number.as_str();
        receive(db, "EFT4", second_answer(number, 2_000, vec![("OA", "23", 12_000)]));
        let [(_, words)] = &told(db)[..] else { panic!("{:?}", told(db)) };
        assert!(words.contains("Send a corrected claim"), "{words}");
        let tier2 = person(2, Role::Tier2);
        let why = "A payer before this one decided anew after the claim was sent.";
        let replace = Correction { frequency: ClaimFrequency::Replacement, reason: why.into() };
        begin(db, &tier2, PRACTICE, claim.id, &replace).unwrap();
        assert_eq!(told(db), []);
        send(db, &tier2, PRACTICE, claim.id).unwrap();
        let said = submitted(db);
        assert!(said.contains("AMT*D*78.56~") && said.contains("CAS*PR*2*30~"), "{said}");
        books_hold(db);
    });
}

#[test]
fn a_decision_that_was_taken_back_and_comes_again_as_it_was_leaves_no_work() {
    for_each_engine(|db| {
        let story = two_plans(db);
        receive(db, "EFT1", first_answer(&story.number));
        bill_next_payers(db, &db.system(), PRACTICE).unwrap();
        submitted(db);
        let back = Payment::new("EFT2", vec![first_answer(&story.number).reversed()]).with_plb("FB", "LATER", -8_856);
        app::remittance_import::import(db, &db.system(), PRACTICE, "b.835", file(&back).as_bytes()).unwrap();
        let [(_, words)] = &told(db)[..] else { panic!("{:?}", told(db)) };
        assert!(words.contains("took that back since"), "{words}");
        receive(db, "EFT3", first_answer(&story.number));
        assert_eq!(told(db), []);
        books_hold(db);
    });
}

#[test]
fn a_claim_that_was_not_sent_yet_says_what_stands_when_it_is() {
    for_each_engine(|db| {
        let story = two_plans(db);
        receive(db, "EFT1", first_answer(&story.number));
        bill_next_payers(db, &db.system(), PRACTICE).unwrap();
        first_decides_anew(db, &story);
        assert_eq!(told(db), []);
        let said = submitted(db);
        assert!(said.contains("AMT*D*78.56~") && said.contains("CAS*PR*2*30~"), "{said}");
    });
}

#[test]
fn a_claim_that_was_not_sent_yet_goes_when_the_decision_it_tells_is_taken_back() {
    for_each_engine(|db| {
        let story = two_plans(db);
        receive(db, "EFT1", first_answer(&story.number));
        bill_next_payers(db, &db.system(), PRACTICE).unwrap();
        let back = Payment::new("EFT2", vec![first_answer(&story.number).reversed()]).with_plb("FB", "LATER", -8_856);
        app::remittance_import::import(db, &db.system(), PRACTICE, "b.835", file(&back).as_bytes()).unwrap();
        books_hold(db);
        assert_eq!(claim_to(db, &story, story.second).status, ClaimStatus::Closed);
        // The first payer decides again; the second is asked with that.
        receive(db, "EFT3", answer(&story.number, 7_856, vec![("CO", "45", 3_144), ("PR", "2", 3_000)]));
        assert_eq!(bill_next_payers(db, &db.system(), PRACTICE).unwrap(), 1);
        assert!(submitted(db).contains("AMT*D*78.56~"));
    });
}
