//! Whose hands an answer falls into: which refusals the front desk may mend, how a refused file is taken up again, what
//! proves timely filing, and what becomes of a claim that was mended while the payer took the version before.

use app::claim_scrub::scrub_claim;
use app::inbound::take_in;
use app::{Error, claim_submission, worklist};
use billing::access::Role;
use billing::claim::ClaimStatus;
use billing::work::{Desk, Resolution, ResolutionCode, WorkReason};
use jiff::SignedDuration;
use jiff::civil::date;
use store::claim::CLAIM_ROW;
use store::params;
use store::testing::{PRACTICE, TestDb, for_each_engine};

use crate::carrier::{Carrier, claim_answers, group_answer, ta1};
use crate::claims_on_their_way::{
    item, latest_file, open, open_work, person, ready_claim, send, sent_claim, status, take,
};

fn words() -> Resolution {
    Resolution {
        outcome: "Looked at it and talked with the payer.".into(),
        root_cause: "submission".into(),
        ..Resolution::default()
    }
}

fn accepted_on(db: &TestDb, claim: billing::ClaimId) -> Option<jiff::civil::Date> {
    db.read(&db.system(), PRACTICE, |read| read.query_one(&CLAIM_ROW, params![claim])).unwrap().accepted_on
}

#[test]
fn the_front_desk_mends_a_first_refusal_for_its_own_data_and_no_other() {
    for_each_engine(|db| {
        let (carrier, claim, _) = sent_claim(db);
        let (tier_one, tier_two) = (person(1, Role::Tier1), person(2, Role::Tier2));
        let denied = |db: &TestDb| matches!(scrub_claim(db, &tier_one, PRACTICE, claim), Err(Error::Denied(_)));

        // The first refusal of its own is the front desk's, the second is not.
        let refusal =
            |db: &TestDb| claim_answers("PR", latest_file(db, claim).interchange_number, &[("AR000001", "A7:164:IL")]);
        take(db, "first.x12", &refusal(db));
        assert_eq!(open_work(db), [(Desk::Tier1, WorkReason::RejectedForData)]);
        assert_eq!(scrub_claim(db, &tier_one, PRACTICE, claim).unwrap().status, ClaimStatus::Ready);
        send(db, &carrier);
        take(db, "second.x12", &refusal(db));
        assert_eq!(open_work(db), [(Desk::Tier2, WorkReason::Rejected)]);
        assert!(denied(db));
        assert_eq!(status(db, claim), ClaimStatus::Rejected);
        assert!(scrub_claim(db, &tier_two, PRACTICE, claim).is_ok());
    });
}

#[test]
fn a_refusal_after_one_of_the_whole_file_is_the_second_and_tier_twos() {
    for_each_engine(|db| {
        open(db);
        let carrier = Carrier::new();
        let claim = ready_claim(db, 1, "CLEARING");
        let (tier_one, tier_two) = (person(1, Role::Tier1), person(2, Role::Tier2));
        let denied = |db: &TestDb| matches!(scrub_claim(db, &tier_one, PRACTICE, claim), Err(Error::Denied(_)));
        send(db, &carrier);
        let sent = latest_file(db, claim);
        take(db, "ta1.x12", &ta1(sent.interchange_number, "R", "025"));
        assert!(denied(db), "a refused file is nothing that the front desk mends");
        claim_submission::reopen_refused_file(db, &tier_two, PRACTICE, sent.id).unwrap();
        send(db, &carrier);
        let refusal = claim_answers("PR", latest_file(db, claim).interchange_number, &[("AR000001", "A7:164:IL")]);
        take(db, "277ca.x12", &refusal);
        assert_eq!(open_work(db), [(Desk::Tier2, WorkReason::Rejected)]);
        assert!(denied(db));
    });
}

#[test]
fn a_claims_own_refusal_in_a_file_that_was_refused_too_is_still_its_first() {
    for_each_engine(|db| {
        let (_, claim, sent) = sent_claim(db);
        take(db, "999.x12", &group_answer(sent.group_number, "R"));
        take(db, "277ca.x12", &claim_answers("PR", sent.interchange_number, &[("AR000001", "A7:164:IL")]));
        assert_eq!(status(db, claim), ClaimStatus::Rejected);
        assert!(open_work(db).contains(&(Desk::Tier1, WorkReason::RejectedForData)), "{:?}", open_work(db));
    });
}

#[test]
fn work_of_a_refused_file_does_not_end_by_words_while_its_claims_are_in_nobodys_hand() {
    for_each_engine(|db| {
        open(db);
        let carrier = Carrier::new();
        let claims = [ready_claim(db, 1, "CLEARING"), ready_claim(db, 2, "CLEARING")];
        send(db, &carrier);
        let sent = latest_file(db, claims[0]);
        take(db, "ta1.x12", &ta1(sent.interchange_number, "R", "025"));
        let tier_two = person(2, Role::Tier2);
        let ended = Resolution { code: Some(ResolutionCode::Fixed), cause: "file refused".into(), ..words() };
        let refused = worklist::resolve(db, &tier_two, PRACTICE, item(db, Desk::Tier2), ended);
        assert!(matches!(&refused, Err(Error::Refused(why)) if why.contains("Take them up again")), "{refused:?}");
        assert_eq!(open_work(db), [(Desk::Tier2, WorkReason::FileRejected)]);
        claim_submission::reopen_refused_file(db, &tier_two, PRACTICE, sent.id).unwrap();
        assert!(open_work(db).is_empty());
        let verification = app::verify::verify(db, &db.system(), PRACTICE).unwrap();
        assert_eq!(verification.first_failure(), None);
    });
}

#[test]
fn timely_filing_is_proved_by_the_payers_own_day_in_any_order() {
    for_each_engine(|db| {
        open(db);
        let carrier = Carrier::new();
        let claims = [ready_claim(db, 1, "CLEARING"), ready_claim(db, 2, "CLEARING"), ready_claim(db, 3, "CLEARING")];
        send(db, &carrier);
        let sent = latest_file(db, claims[0]).interchange_number;
        let answer = |number: &str, code: &str| claim_answers("PR", sent, &[(number, code)]);
        // The payer took it on the third; the file lay in the mailbox for four weeks.
        db.env.advance(SignedDuration::from_hours(24 * 28));
        take(db, "late.x12", &answer("AR000001", "A2:20:PR"));
        assert_eq!(accepted_on(db, claims[0]), Some(date(2026, 3, 3)));
        // A refusal before or after takes the proof away in neither order.
        for (number, claim, order) in
            [("AR000002", claims[1], ["A3:21:IL", "A2:20:PR"]), ("AR000003", claims[2], ["A2:20:PR", "A3:21:IL"])]
        {
            for code in order {
                take(db, &format!("{number}-{code}"), &answer(number, code));
            }
            assert_eq!(status(db, claim), ClaimStatus::Rejected);
            assert_eq!(accepted_on(db, claim), Some(date(2026, 3, 3)), "{order:?}");
        }
        // A day that cannot be proves nothing: the day on which we heard of it does.
        let other = ready_claim(db, 4, "CLEARING");
        send(db, &carrier);
        let impossible = claim_answers("PR", latest_file(db, other).interchange_number, &[("AR000004", "A2:20:PR")]);
        take(db, "impossible.x12", &impossible);
        assert_eq!(accepted_on(db, other), Some(date(2026, 3, 30)));
    });
}

#[test]
fn a_claim_mended_while_the_payer_took_the_version_before_does_not_leave_a_second_time() {
    for_each_engine(|db| {
        open(db);
        let carrier = Carrier::new();
        let (named, silent) = (ready_claim(db, 1, "CLEARING"), ready_claim(db, 2, "CLEARING"));
        send(db, &carrier);
        let sent = latest_file(db, named);
        take(db, "999.x12", &group_answer(sent.group_number, "R"));
        let tier_two = person(2, Role::Tier2);
        claim_submission::reopen_refused_file(db, &tier_two, PRACTICE, sent.id).unwrap();
        assert_eq!((status(db, named), status(db, silent)), (ClaimStatus::Ready, ClaimStatus::Ready));

        take(db, "277ca.x12", &claim_answers("PR", sent.interchange_number, &[("AR000001", "A2:20:PR")]));
        assert_eq!((status(db, named), status(db, silent)), (ClaimStatus::Held, ClaimStatus::Held));
        assert_eq!(open_work(db), [(Desk::Tier2, WorkReason::EarlierVersionAccepted); 2]);
        // Neither a scrub nor the nightly run lets it go.
        assert!(matches!(scrub_claim(db, &tier_two, PRACTICE, named), Err(Error::Refused(_))));
        app::claim_scrub::scrub_held(db, &db.system(), PRACTICE).unwrap();
        assert_eq!(claim_submission::seal(db, &db.system(), PRACTICE).unwrap().claims, 0);

        for _ in 0..2 {
            worklist::resolve(db, &tier_two, PRACTICE, item(db, Desk::Tier2), words()).unwrap();
        }
        assert_eq!((status(db, named), status(db, silent)), (ClaimStatus::Accepted, ClaimStatus::Submitted));
        let verification = app::verify::verify(db, &db.system(), PRACTICE).unwrap();
        assert_eq!(verification.first_failure(), None);
        assert!(
            take_in(
                db,
                &db.system(),
                PRACTICE,
                "again.x12",
                &claim_answers("PR", sent.interchange_number, &[("AR000002", "A2:20:PR")])
            )
            .is_ok()
        );
    });
}
