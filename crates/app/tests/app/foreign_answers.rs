//! Answers that reach us and are not ours: between whom, from which payer, for which provider, to which question. What does
//! not fit changes nothing and says where it differs; what fits beside it is used.

use app::inbound::{self, Outcome, take_in};
use app::{Error, claim_status, claim_submission, eligibility};
use billing::ClaimId;
use billing::access::Role;
use billing::claim::ClaimStatus;
use billing::claim::submission::SubmissionStatus;
use billing::work::{Desk, WorkReason};
use jiff::SignedDuration;
use jiff::civil::date;
use store::claim::{CLAIM_EVENTS, CLAIM_ROW};
use store::params;
use store::testing::{PRACTICE, TestDb, for_each_engine};

use crate::carrier::{Carrier, claim_answers, eligibility_answer, group_answer, status_answer};
use crate::claims_on_their_way::{
    COVERAGE, PATIENT, change_payer, file, latest_file, open, open_work, person, ready_claim, send, sent_claim, status,
    take,
};

fn sentences(db: &TestDb, claim: ClaimId) -> Vec<String> {
    let events = db.read(&db.system(), PRACTICE, |read| read.query(&CLAIM_EVENTS, params![claim])).unwrap();
    events.into_iter().map(|event| event.sentence).collect()
}

/// An answer in which a piece of text stands otherwise.
fn otherwise(answer: Vec<u8>, what: &str, instead: &str) -> Vec<u8> {
    let text = String::from_utf8(answer).unwrap();
    assert!(text.contains(what), "{what} stands nowhere");
    text.replacen(what, instead, 1).into_bytes()
}

fn refused(db: &TestDb, name: &str, bytes: &[u8], place: &str) {
    let refused = take_in(db, &db.system(), PRACTICE, name, bytes);
    assert!(matches!(&refused, Err(Error::Refused(why)) if why.contains(place)), "{name}: {refused:?}");
}

#[test]
fn a_claim_status_answer_counts_only_where_we_asked_and_whom_we_asked() {
    for_each_engine(|db| {
        open(db);
        let carrier = Carrier::new();
        let (claim, silent) = (ready_claim(db, 1, "CLEARING"), ready_claim(db, 2, "CLEARING"));
        send(db, &carrier);
        claim_status::ask(db, &person(1, Role::Tier1), PRACTICE, claim).unwrap();
        let untouched = (sentences(db, claim), sentences(db, silent));
        let answer = || status_answer("AR000001", "P1:20");
        refused(db, "unasked.277", &status_answer("AR000002", "P1:20"), "nobody asked where that claim is");
        for (what, instead, place) in [
            ("*ZZ*CLEARING       *", "*ZZ*OTHERHOUSE     *", "ISA06 and ISA08"),
            ("*ZZ*ALDERRIDGE     *", "*ZZ*ELMSTREET      *", "ISA06 and ISA08"),
            ("PI*ULT01", "PI*TMA01", "2100A"),
            ("XX*2044188300", "XX*1234567893", "2100C"),
        ] {
            refused(db, "foreign.277", &otherwise(answer(), what, instead), place);
            assert_eq!((sentences(db, claim), sentences(db, silent)), untouched, "{place}");
        }
        // In the mailbox it becomes work, and the claim's page says nothing of it.
        carrier.put("foreign.277", &otherwise(answer(), "PI*ULT01", "PI*TMA01"));
        let receipts = inbound::collect(db, &db.system(), PRACTICE, &carrier).unwrap();
        assert_eq!(receipts[0].outcome, Outcome::Quarantined);
        assert_eq!(open_work(db), [(Desk::Tier2, WorkReason::FileSetApart)]);
        assert_eq!((sentences(db, claim), sentences(db, silent)), untouched);
        // Numbers of another kind than ours are not held against it.
        take(db, "ours.277", &otherwise(answer(), "PI*ULT01", "FI*141797357"));
        assert!(sentences(db, claim).last().unwrap().starts_with("The payer answers (277)"));
    });
}

#[test]
fn an_acknowledgment_of_claims_names_the_claims_own_payer_and_provider() {
    for_each_engine(|db| {
        let (_, claim, sent) = sent_claim(db);
        let number = sent.interchange_number;
        let untouched = sentences(db, claim);
        for answer in ["A2:20:PR", "A7:164:IL"] {
            let ours = || claim_answers("PR", number, &[("AR000001", answer)]);
            refused(db, "payer.277ca", &otherwise(ours(), "PI*ULT01", "PI*TMA01"), "NM109 of loop 2100A");
            refused(db, "provider.277ca", &otherwise(ours(), "XX*2044188300", "XX*1234567893"), "NM109 of loop 2100C");
            assert_eq!((status(db, claim), sentences(db, claim)), (ClaimStatus::Submitted, untouched.clone()));
        }
        // A clearinghouse speaks under its own number; a payer may be known by its tax id.
        let house = claim_answers("AY", number, &[("AR000001", "A1:19:PR")]);
        take(db, "house.277ca", &otherwise(house, "PI*ULT01", "46*CLEARING"));
        let by_tax_id = claim_answers("PR", number, &[("AR000001", "A2:20:PR")]);
        take(db, "payer.277ca", &otherwise(by_tax_id, "PI*ULT01", "FI*141797357"));
        assert_eq!(status(db, claim), ClaimStatus::Accepted);
    });
}

#[test]
fn what_fits_is_used_and_what_does_not_beside_it_is_work_that_ends_when_it_can_be_read() {
    for_each_engine(|db| {
        open(db);
        let carrier = Carrier::new();
        let (ours, others) = (ready_claim(db, 1, "CLEARING"), ready_claim(db, 2, "CLEARING"));
        send(db, &carrier);
        let number = latest_file(db, ours).interchange_number;
        let mut both = claim_answers("PR", number, &[("AR000001", "A2:20:PR")]);
        // A second interchange in the same file, under another id of the payer.
        let second = otherwise(claim_answers("PR", number, &[("AR000002", "A2:20:PR")]), "PI*ULT01", "PI*ULTAX");
        both.extend(String::from_utf8(second).unwrap().replace("000000500", "000000502").bytes());
        let receipt = take(db, "both.277ca", &both);
        assert_eq!(receipt.outcome, Outcome::Applied);
        assert!(receipt.note.contains("claims 1 accepted") && receipt.note.contains("AR000002"), "{}", receipt.note);
        assert_eq!((status(db, ours), status(db, others)), (ClaimStatus::Accepted, ClaimStatus::Submitted));
        assert_eq!(open_work(db), [(Desk::Tier2, WorkReason::FileSetApart)]);

        let tier_two = person(2, Role::Tier2);
        let item = crate::claims_on_their_way::item(db, Desk::Tier2);
        let still = inbound::read_again(db, &tier_two, PRACTICE, item);
        assert!(matches!(&still, Err(Error::Refused(why)) if why.contains("2100A")), "{still:?}");
        assert_eq!(open_work(db), [(Desk::Tier2, WorkReason::FileSetApart)]);
        change_payer(db, |settings| settings.remits_as = vec!["ULTAX".into()]);
        let events = sentences(db, ours);
        assert_eq!(inbound::read_again(db, &tier_two, PRACTICE, item).unwrap().outcome, Outcome::Applied);
        assert_eq!((status(db, ours), status(db, others)), (ClaimStatus::Accepted, ClaimStatus::Accepted));
        assert_eq!(sentences(db, ours), events, "nothing is noted twice");
        assert!(open_work(db).is_empty(), "{:?}", open_work(db));
        let verification = app::verify::verify(db, &db.system(), PRACTICE).unwrap();
        assert_eq!(verification.first_failure(), None);
    });
}

#[test]
fn an_answer_about_coverage_comes_from_the_payer_that_was_asked() {
    for_each_engine(|db| {
        open(db);
        let desk = person(1, Role::Tier1);
        eligibility::ask(db, &desk, PRACTICE, PATIENT, COVERAGE, date(2026, 3, 2)).unwrap();
        let latest = || eligibility::of_patient(db, &desk, PRACTICE, PATIENT).unwrap()[0].clone();
        let answer = eligibility_answer(&latest().trace, &["EB*6*IND*30"]);
        let foreign = otherwise(answer, "PI*ULT01", "PI*TMA01");
        refused(db, "foreign.271", &foreign, "NM109 of loop 2100A");
        assert_eq!(latest().status, "asked");
        assert!(open_work(db).is_empty());
        // GS names whom a payer likes: ISA and the trace decide.
        let by_department = otherwise(foreign, "GS*HB*CLEARING*ALDERRIDGE*", "GS*HB*CLEARING*ARMG*");
        change_payer(db, |settings| settings.remits_as = vec!["TMA01".into()]);
        take(db, "now-ours.271", &by_department);
        assert_eq!(latest().status, "inactive");
    });
}

#[test]
fn a_999_that_counts_other_sets_than_ours_is_set_apart() {
    for_each_engine(|db| {
        let (carrier, claim, sent) = sent_claim(db);
        for (code, what, instead) in [
            ("A", "AK9*A*1*1*1", "AK9*A*2*2*2"),
            ("A", "AK9*A*1*1*1", "AK9*A*1*2*1"),
            ("A", "AK9*A*1*1*1", "AK9*A*1*1*0"),
            ("R", "AK9*R*1*1*0", "AK9*R*2*2*0"),
            ("A", "AK2*837*0001", "AK2*837*0002"),
        ] {
            refused(db, "odd.999", &otherwise(group_answer(sent.group_number, code), what, instead), "AK");
            assert_eq!(file(db, sent.id).status, SubmissionStatus::Sent, "{instead}");
            assert_eq!(status(db, claim), ClaimStatus::Submitted, "{instead}");
        }
        carrier.put("odd.999", &otherwise(group_answer(sent.group_number, "A"), "AK9*A*1*1*1", "AK9*A*2*2*2"));
        let receipts = inbound::collect(db, &db.system(), PRACTICE, &carrier).unwrap();
        assert_eq!(receipts[0].outcome, Outcome::Quarantined);
        take(db, "right.999", &group_answer(sent.group_number, "A"));
        assert_eq!(file(db, sent.id).status, SubmissionStatus::Acknowledged);
    });
}

#[test]
fn the_payers_number_of_a_claim_is_kept_whatever_came_first() {
    for_each_engine(|db| {
        open(db);
        let carrier = Carrier::new();
        for (number, order) in [(1_u128, ["A2:20:PR", "A3:187:PR"]), (2, ["A3:187:PR", "A2:20:PR"])] {
            let claim = ready_claim(db, number, "CLEARING");
            send(db, &carrier);
            let sent = latest_file(db, claim).interchange_number;
            let named = crate::claims_on_their_way::control_number(number);
            for (step, answer) in order.iter().enumerate() {
                take(db, &format!("{number}-{step}.x12"), &claim_answers("PR", sent, &[(&named, answer)]));
            }
            let row = db.read(&db.system(), PRACTICE, |read| read.query_one(&CLAIM_ROW, params![claim])).unwrap();
            assert_eq!(row.status, ClaimStatus::Rejected, "{order:?}");
            assert_eq!(row.payer_claim_control_number, Some(format!("ICN{named}")), "{order:?}");
        }
    });
}

#[test]
fn a_payer_is_asked_once_while_its_answer_may_still_come() {
    for_each_engine(|db| {
        let (carrier, claim, _) = sent_claim(db);
        let desk = person(1, Role::Tier1);
        let questions = || carrier.given.borrow().iter().filter(|(name, _)| name.contains("-27")).count();
        let deliver = || claim_submission::deliver(db, &db.system(), PRACTICE, &carrier).unwrap();
        let where_is_it = || claim_status::ask(db, &desk, PRACTICE, claim);
        let is_it_active = || eligibility::ask(db, &desk, PRACTICE, PATIENT, COVERAGE, date(2026, 3, 2)).map(|_| ());
        let awaited = |done: Result<(), Error>| {
            assert!(matches!(&done, Err(Error::Refused(why)) if why.contains("its answer is awaited")), "{done:?}");
        };
        where_is_it().unwrap();
        is_it_active().unwrap();
        db.env.advance(SignedDuration::from_mins(3));
        awaited(where_is_it());
        awaited(is_it_active());
        // Another day is another question.
        eligibility::ask(db, &desk, PRACTICE, PATIENT, COVERAGE, date(2026, 3, 1)).unwrap();
        deliver();
        assert_eq!(questions(), 3);
        // An answer frees the next question, and so does time.
        take(db, "277.x12", &status_answer("AR000001", "P1:20"));
        where_is_it().unwrap();
        db.env.advance(SignedDuration::from_hours(25));
        is_it_active().unwrap();
        awaited(is_it_active());
        deliver();
        assert_eq!(questions(), 5);
    });
}
