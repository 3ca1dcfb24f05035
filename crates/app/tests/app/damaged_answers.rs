//! Answers that are cut off, damaged or meant for somebody else: nothing of them is used, and the whole file that comes
//! later is used as if it had come first.

use std::cell::RefCell;

use app::inbound::{self, Outcome, take_in};
use app::{Error, claim_status, claim_submission, eligibility};
use billing::access::Role;
use billing::work::{Desk, WorkReason};
use jiff::civil::date;
use store::claim::{CLAIM_EVENTS, CLAIM_ROW};
use store::params;
use store::testing::{PRACTICE, TestDb, for_each_engine};

use crate::carrier::{Carrier, claim_answers, eligibility_answer, group_answer, status_answer, ta1};
use crate::claims_on_their_way::{
    COVERAGE, PATIENT, file, latest_file, open, open_work, person, ready_claim, send, take,
};

/// A practice with a claim on its way and a question about coverage asked.
struct Waiting {
    claim: billing::ClaimId,
    trace: String,
    files: Vec<(&'static str, Vec<u8>)>,
}

fn waiting(db: &TestDb) -> Waiting {
    open(db);
    let carrier = Carrier::new();
    let claim = ready_claim(db, 1, "CLEARING");
    send(db, &carrier);
    let sent = latest_file(db, claim);
    claim_status::ask(db, &db.system(), PRACTICE, claim).unwrap();
    let desk = person(1, Role::Tier1);
    eligibility::ask(db, &desk, PRACTICE, PATIENT, COVERAGE, date(2026, 3, 2)).unwrap();
    claim_submission::deliver(db, &db.system(), PRACTICE, &carrier).unwrap();
    let trace = eligibility::of_patient(db, &desk, PRACTICE, PATIENT).unwrap()[0].trace.clone();
    let benefits = ["EB*1*IND*30**UNION LAKE PLUS", "EB*B*IND*98****25", "EB*C*IND*30***23*1500"];
    let files = vec![
        ("ta1", ta1(sent.interchange_number, "A", "000")),
        ("999", group_answer(sent.group_number, "A")),
        ("277ca", claim_answers("PR", sent.interchange_number, &[("AR000001", "A2:20:PR")])),
        ("277", status_answer("AR000001", "P1:20")),
        ("271", eligibility_answer(&trace, &benefits)),
    ];
    Waiting { claim, trace, files }
}

/// Everything that an answer may change, without keys and times.
fn state(db: &TestDb, claim: billing::ClaimId) -> String {
    let row = db.read(&db.system(), PRACTICE, |read| read.query_one(&CLAIM_ROW, params![claim])).unwrap();
    let events = db.read(&db.system(), PRACTICE, |read| read.query(&CLAIM_EVENTS, params![claim])).unwrap();
    let events: Vec<_> = events.iter().map(|event| (&event.kind, &event.sentence, &event.raw)).collect();
    let covered = eligibility::of_patient(db, &db.system(), PRACTICE, PATIENT).unwrap();
    let covered: Vec<_> = covered.iter().map(|row| (&row.status, row.body.as_ref().map(|b| b.0.in_words()))).collect();
    let sent = file(db, latest_file(db, claim).id).status;
    format!(
        "{:?} {:?} {:?} {events:?} {covered:?} {sent:?} {:?}",
        row.status,
        row.accepted_on,
        row.payer_claim_control_number,
        open_work(db)
    )
}

/// Where a file is cut: after each segment, and at every seventh byte.
fn cuts(bytes: &[u8]) -> Vec<usize> {
    let after_segments = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'~').map(|(place, _)| place + 1);
    let mut cuts: Vec<usize> = after_segments.chain((0..bytes.len()).step_by(7)).collect();
    cuts.retain(|end| *end < bytes.len());
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

#[test]
fn nothing_of_a_cut_answer_is_used_and_the_whole_one_counts_as_if_it_came_first() {
    let undamaged = RefCell::new(None);
    for_each_engine(|db| {
        // The file as it should be, in a practice that saw no damage.
        let clean = TestDb::new(db.engine);
        let straight = waiting(&clean);
        for (name, bytes) in &straight.files {
            assert_eq!(take(&clean, name, bytes).outcome, Outcome::Applied, "{name}");
        }
        let expected = state(&clean, straight.claim).replace(&straight.trace, "TRACE");
        undamaged.borrow_mut().get_or_insert_with(|| expected.clone());

        let story = waiting(db);
        let before = state(db, story.claim);
        for (name, bytes) in &story.files {
            let untouched = state(db, story.claim);
            for end in cuts(bytes) {
                let refused = take_in(db, &db.system(), PRACTICE, name, &bytes[..end]);
                assert!(
                    matches!(&refused, Err(Error::Refused(why)) if why.starts_with(&format!("{name}: "))),
                    "{name} cut at {end}: {refused:?}"
                );
            }
            assert_eq!(state(db, story.claim), untouched, "{name}");
            assert_eq!(take(db, name, bytes).outcome, Outcome::Applied, "{name}");
        }
        assert_ne!(state(db, story.claim), before);
        assert_eq!(state(db, story.claim).replace(&story.trace, "TRACE"), expected);
        assert_eq!(Some(&expected), undamaged.borrow().as_ref());
    });
}

#[test]
fn a_damaged_answer_in_the_mailbox_is_stored_apart_with_its_place_and_the_whole_one_is_used() {
    for_each_engine(|db| {
        let story = waiting(db);
        let carrier = Carrier::new();
        let untouched = state(db, story.claim);
        let mut damaged = 0;
        for (name, bytes) in &story.files {
            let text = String::from_utf8(bytes.clone()).unwrap();
            let cut = text.rfind("SE*").or_else(|| text.rfind("IEA*")).unwrap();
            let mut versions = vec![text[..cut].to_owned()];
            if *name == "ta1" {
                versions.push(text.replace("IEA*0*000000501", "IEA*0*000000502"));
            } else {
                versions.push(text.replacen("*0001~GE", "1*0001~GE", 1));
                versions.push(text.replace("GE*1*500", "GE*2*500"));
                versions.push(text.replace("IEA*1*000000500", "IEA*1*000000509"));
            }
            for version in versions {
                assert_ne!(version, text, "{name}");
                damaged += 1;
                carrier.put(&format!("{damaged}-{name}"), version.as_bytes());
            }
        }
        let receipts = inbound::collect(db, &db.system(), PRACTICE, &carrier).unwrap();
        assert_eq!(receipts.len(), damaged);
        for receipt in &receipts {
            assert_eq!(receipt.outcome, Outcome::Quarantined, "{receipt:?}");
            assert!(receipt.note.contains("ask"), "what to do: {}", receipt.note);
        }
        let work = open_work(db);
        assert_eq!(work, vec![(Desk::Tier2, WorkReason::FileSetApart); damaged]);
        assert_eq!(state(db, story.claim).replace(&format!("{work:?}"), "[]"), untouched);
        for (name, bytes) in &story.files {
            assert_eq!(take(db, &format!("whole-{name}"), bytes).outcome, Outcome::Applied, "{name}");
        }
    });
}

#[test]
fn an_acknowledgment_that_breaks_its_guide_is_set_apart_whole() {
    for_each_engine(|db| {
        let story = waiting(db);
        let untouched = state(db, story.claim);
        let text = |name: &str| {
            let found = story.files.iter().find(|(found, _)| *found == name).unwrap();
            String::from_utf8(found.1.clone()).unwrap()
        };
        for (name, broken) in [
            ("999", text("999").replace("IK5*A~", "IK5*Q~")),
            ("999", text("999").replace("IK5*A~", "").replace("SE*6*", "SE*5*")),
            ("999", text("999").replace("~AK9*A*1*1*1", "").replace("SE*6*", "SE*5*")),
            ("277ca", text("277ca").replace("STC*A2:20:PR*20260303*WQ*100~", "").replace("SE*20*", "SE*19*")),
            ("277ca", text("277ca").replace("HL*4*3*PT", "HL*4*3*QQ")),
            ("271", text("271").replace("*IND*98****25~", "*IND*98****many~")),
        ] {
            assert_ne!(broken, text(name), "{name}");
            let refused = take_in(db, &db.system(), PRACTICE, name, broken.as_bytes());
            assert!(matches!(&refused, Err(Error::Refused(_))), "{name}: {refused:?}");
            assert_eq!(state(db, story.claim), untouched, "{name}");
        }
    });
}

#[test]
fn a_code_that_no_list_of_ours_knows_keeps_nothing_out() {
    for_each_engine(|db| {
        let story = waiting(db);
        let text = |name: &str| {
            let found = story.files.iter().find(|(found, _)| *found == name).unwrap();
            String::from_utf8(found.1.clone()).unwrap()
        };
        for (name, what, instead) in [
            // A status that the list of 508 does not have, and an action that the guide does not.
            ("277ca", "STC*A2:20:PR*20260303*WQ*", "STC*A2:9999:PR*20260303*QQ*"),
            ("277", "STC*P1:20*", "STC*P1:9998*"),
            // A service type and a coverage level of tomorrow.
            ("271", "EB*B*IND*98****25", "EB*B*IND*98^ZZ****25~EB*C*QQQ*30***23*90"),
        ] {
            let odd = text(name).replace(what, instead);
            assert_ne!(odd, text(name), "{name}");
            let odd = if name == "271" { odd.replace("SE*13*", "SE*14*") } else { odd };
            assert_eq!(take(db, name, odd.as_bytes()).outcome, Outcome::Applied, "{name}");
        }
        let state = state(db, story.claim);
        assert!(state.contains("Accepted") && state.contains("9998") && state.contains("Copay $25.00"), "{state}");
        assert!(open_work(db).is_empty(), "{:?}", open_work(db));
    });
}

#[test]
fn another_practices_or_persons_eligibility_answer_is_not_ours() {
    for_each_engine(|db| {
        let story = waiting(db);
        let untouched = state(db, story.claim);
        let ours = String::from_utf8(story.files[4].1.clone()).unwrap();
        assert!(story.trace.len() > "E000000001".len(), "a counter alone is every practice's: {}", story.trace);
        for (what, instead, place) in [
            ("*ZZ*ALDERRIDGE     *", "*ZZ*ELMSTREET      *", "ISA06 and ISA08"),
            ("*ZZ*CLEARING       *", "*ZZ*OTHERHOUSE     *", "ISA06 and ISA08"),
            ("*9123456789~", "*9987654321~", "TRN03"),
            ("XX*2044188300", "XX*1234567893", "2100B"),
            ("MI*ULT77001", "MI*ULT99999", "2100C"),
            ("FAIRBANKS*ODETTE", "MARCHBANKS*ODETTE", "NM1"),
            ("FAIRBANKS*ODETTE", "FAIRBANKS*RUFUS", "NM1"),
            ("MI*ULT77001~", "MI*ULT77001~DMG*D8*19800101~", "DMG02"),
        ] {
            let foreign = ours.replacen(what, instead, 1);
            assert_ne!(foreign, ours, "{place}");
            let foreign = if instead.contains("DMG") { foreign.replace("SE*13*", "SE*14*") } else { foreign };
            let refused = take_in(db, &db.system(), PRACTICE, "271.x12", foreign.as_bytes());
            assert!(matches!(&refused, Err(Error::Refused(why)) if why.contains(place)), "{place}: {refused:?}");
            assert_eq!(state(db, story.claim), untouched, "{place}");
        }
        // In the mailbox it becomes work; payers' own dress of the same person does not.
        let carrier = Carrier::new();
        carrier.put("foreign.271", ours.replace("FAIRBANKS*ODETTE", "MARCHBANKS*ODETTE").as_bytes());
        let receipts = inbound::collect(db, &db.system(), PRACTICE, &carrier).unwrap();
        assert_eq!(receipts[0].outcome, Outcome::Quarantined);
        assert_eq!(open_work(db), [(Desk::Tier2, WorkReason::FileSetApart)]);
        let dressed = ours.replace("FAIRBANKS*ODETTE****MI*ULT77001", "FAIR BANKS*ODETTE MAY****MI*ULT-77001");
        assert_eq!(take(db, "ours.271", dressed.as_bytes()).outcome, Outcome::Applied);
        let rows = eligibility::of_patient(db, &db.system(), PRACTICE, PATIENT).unwrap();
        assert_eq!(rows[0].status, "active");
    });
}
