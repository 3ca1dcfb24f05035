//! Quality of work: a sample of a person's month is drawn by chance and kept, a colleague reviews it and never its own maker,
//! the person answers once; and work is measured reason by reason, of everybody or of one.

use app::quality::measures::{self, Number};
use app::quality::{answer, draw_sample, drawn, draws, fill_in, own_reviews, review};
use app::{Error, worklist};
use billing::access::{Actor, Role};
use billing::quality::form::Answer;
use billing::quality::{FORM, Given};
use billing::work::{Handover, Resolution, ResolutionCode, ReturnCode, WaitingOn, WorkReason};
use billing::{Money, QualityDrawId, UserId, WorkItemId};
use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan};
use store::testing::{PRACTICE, TestDb, for_each_engine};

use crate::clinic;
use crate::payer_files::{Clp, Payment, file};
use crate::remittance::{all_invariants_hold, clinic as denied_clinic, take};
use crate::routing::hire;

fn put(db: &TestDb, reason: WorkReason, deadline_in: Option<i64>) -> WorkItemId {
    crate::routing::put(db, reason, 10, deadline_in, None)
}

fn ended(reason: WorkReason) -> Resolution {
    Resolution {
        outcome: "The caller knows now what it is.".into(),
        root_cause: "patient".into(),
        cause: "told us late".into(),
        code: reason.spec().resolutions.first().copied().or(Some(ResolutionCode::Explained)),
    }
}

/// The person takes it, works for minutes and ends it.
fn end(db: &TestDb, actor: &Actor, id: WorkItemId, reason: WorkReason) {
    worklist::take(db, actor, PRACTICE, id).unwrap();
    db.env().advance(SignedDuration::from_mins(10));
    worklist::resolve(db, actor, PRACTICE, id, ended(reason)).unwrap();
}

fn days(db: &TestDb, days: i64) {
    db.env().advance(SignedDuration::from_hours(24 * days));
}

fn today(db: &TestDb) -> Date {
    db.today(PRACTICE).unwrap()
}

fn all(answer: Answer) -> Vec<Given> {
    FORM.iter().map(|point| Given { key: point.key.to_owned(), answer }).collect()
}

fn refused<T: std::fmt::Debug>(done: Result<T, Error>, says: &str) {
    let error = done.unwrap_err().to_string();
    assert!(error.contains(says), "{error}");
}

/// March: Tess ends eight questions and a price; in April Max draws.
fn march(db: &TestDb) -> (Actor, Actor, Date) {
    clinic::open_practice(db);
    let (tess, max) = (hire(db, 1, Role::Tier1), hire(db, 2, Role::Manager));
    let month = today(db).first_of_month();
    for _ in 0..8 {
        let id = put(db, WorkReason::BillQuestion, None);
        end(db, &tess, id, WorkReason::BillQuestion);
    }
    let id = put(db, WorkReason::EstimateRequest, None);
    end(db, &tess, id, WorkReason::EstimateRequest);
    (tess, max, month)
}

fn drawn_of_march(db: &TestDb) -> (Actor, Actor, QualityDrawId) {
    let (tess, max, month) = march(db);
    days(db, 35);
    let id = draw_sample(db, &max, PRACTICE, (tess.user, month), 5).unwrap();
    (tess, max, id)
}

#[test]
fn a_sample_is_drawn_once_by_chance_over_the_reasons_and_the_number_draws_it_again() {
    for_each_engine(|db| {
        let (tess, max, month) = march(db);
        let wish = (tess.user, month);
        refused(draw_sample(db, &max, PRACTICE, wish, 5), "is not over");
        days(db, 35);
        refused(draw_sample(db, &max, PRACTICE, wish, 11), "from 5 to 10");
        refused(draw_sample(db, &tess, PRACTICE, wish, 5), "may not draw");
        refused(draw_sample(db, &max, PRACTICE, (max.user, month), 5), "Nobody reviews their own work");
        refused(draw_sample(db, &max, PRACTICE, (UserId(uuid::Uuid::from_u128(77)), month), 5), "no such person");
        let before = month.saturating_sub(1.month());
        refused(draw_sample(db, &max, PRACTICE, (tess.user, before), 5), "ended no item");
        let id = draw_sample(db, &max, PRACTICE, wish, 5).unwrap();
        refused(draw_sample(db, &max, PRACTICE, wish, 5), "drawn already");

        let draw = drawn(db, &max, PRACTICE, id).unwrap();
        assert_eq!((draw.reviews.len(), draw.row.body.0.candidates.len(), draw.open()), (5, 9, 5));
        assert!(draw.is_same, "the number that was kept draws the same");
        let of = |reason| draw.reviews.iter().filter(|review| review.reason == reason).count();
        assert_eq!((of(WorkReason::EstimateRequest), of(WorkReason::BillQuestion)), (1, 4), "the rare reason too");
        assert_eq!(draws(db, &max, PRACTICE).unwrap().len(), 1);
        refused(draws(db, &tess, PRACTICE), "may not see reviews");
        all_invariants_hold(db);
    });
}

#[test]
fn a_colleague_reviews_the_person_reads_it_and_answers_once() {
    for_each_engine(|db| {
        let (tess, max, draw) = drawn_of_march(db);
        let id = drawn(db, &max, PRACTICE, draw).unwrap().reviews[0].id;
        refused(review(db, &tess, PRACTICE, id), "no such review");
        assert!(
            own_reviews(db, &tess, PRACTICE).unwrap().is_empty(),
            "what is drawn stays unknown until it is reviewed"
        );
        let words = "The note names the caller and not what was promised.";
        refused(fill_in(db, &max, PRACTICE, id, (&all(Answer::Met)[1..], words)), "Answer every point");
        refused(fill_in(db, &max, PRACTICE, id, (&all(Answer::Met), "ok")), "can learn");
        let mut given = all(Answer::Met);
        given.iter_mut().filter(|one| one.key == "note").for_each(|one| one.answer = Answer::NotMet);
        fill_in(db, &max, PRACTICE, id, (&given, words)).unwrap();
        refused(fill_in(db, &max, PRACTICE, id, (&given, words)), "reviewed already");

        let own = own_reviews(db, &tess, PRACTICE).unwrap();
        assert_eq!((own[0].score, own[0].is_failed, own[0].comment.as_deref()), (Some(80), Some(false), Some(words)));
        let theirs = review(db, &tess, PRACTICE, id).unwrap();
        assert_eq!(theirs.row.given.unwrap().0, given);
        let told = app::notices::list(db, &tess, PRACTICE).unwrap();
        assert_eq!(told.len(), 1, "{told:?}");
        let theo = hire(db, 3, Role::Tier2);
        refused(review(db, &theo, PRACTICE, id), "no such review");
        refused(answer(db, &theo, PRACTICE, id, "It was otherwise, I was there."), "no such review");
        answer(db, &tess, PRACTICE, id, "The promise stands in the contact itself.").unwrap();
        refused(answer(db, &tess, PRACTICE, id, "And one more thing."), "answered this review already");
        assert_eq!(app::notices::list(db, &max, PRACTICE).unwrap().len(), 1, "who reviewed it is told");
        all_invariants_hold(db);
    });
}

#[test]
fn nobody_reviews_their_own_work_whichever_roles_they_came_to_hold() {
    for_each_engine(|db| {
        let (tess, max, draw) = drawn_of_march(db);
        let id = drawn(db, &max, PRACTICE, draw).unwrap().reviews[0].id;
        let promoted = Actor::user(tess.user, tess.login.clone(), vec![Role::Manager, Role::Tier3], PRACTICE);
        let words = "All of it is as it should be.";
        refused(fill_in(db, &promoted, PRACTICE, id, (&all(Answer::Met), words)), "Nobody reviews their own work");
        let forced = db.write(&db.system(), PRACTICE, |tx| {
            let sql = "UPDATE quality_review SET reviewed_by = user_id";
            tx.execute_unregistered(sql, &[]).map_err(Error::from)
        });
        assert!(forced.is_err(), "the table itself refuses it");
    });
}

#[test]
fn work_is_measured_by_reason_and_each_number_opens_to_its_items() {
    for_each_engine(|db| {
        denied_clinic(db, 1);
        let (tess, theo, max) = (hire(db, 1, Role::Tier1), hire(db, 2, Role::Tier2), hire(db, 3, Role::Manager));
        // A denial that waits for the payer, and is paid later.
        take(db, &file(&Payment::new("EFT1", vec![Clp::partly_denied(1)])));
        let tier2 =
            worklist::queue(db, &theo, PRACTICE, billing::work::Desk::Tier2, store::worklist::QueueCursor::START);
        let denial = tier2.unwrap()[0].id;
        let until = today(db).saturating_add(10.days());
        let words = "The payer looks for the note.";
        app::cases::wait(db, &theo, PRACTICE, denial, (WaitingOn::Payer, words, until)).unwrap();
        // A question answered at once, one that went up and came back.
        let id = put(db, WorkReason::BillQuestion, None);
        end(db, &tess, id, WorkReason::BillQuestion);
        let round = put(db, WorkReason::BillQuestion, None);
        worklist::take(db, &tess, PRACTICE, round).unwrap();
        let handover = Handover {
            problem: "The caller disputes the price.".into(),
            tried: "Explained it twice.".into(),
            evidence: "The statement of March.".into(),
            promised: String::new(),
            to_decide: "May the price be changed?".into(),
        };
        worklist::escalate(db, &tess, PRACTICE, round, handover).unwrap();
        worklist::take(db, &theo, PRACTICE, round).unwrap();
        let back = (ReturnCode::EvidenceMissing, "The statement is not attached.");
        worklist::return_item(db, &theo, PRACTICE, round, back).unwrap();
        // One whose day of law went by.
        let late = put(db, WorkReason::RecordsRequest, Some(2));
        worklist::take(db, &tess, PRACTICE, late).unwrap();
        days(db, 4);

        let from = today(db).saturating_sub(10.days());
        let time = (from, today(db));
        let team = measures::measures(db, &max, PRACTICE, None, time).unwrap();
        let of = |reason| team.reasons.iter().find(|one| one.reason == Some(reason)).unwrap().clone();
        let question = of(WorkReason::BillQuestion);
        assert_eq!((question.first_contact.part.clone(), question.first_contact.whole.len()), (vec![id], 1));
        assert_eq!((question.touches.part.len(), question.touches.whole.len()), (3, 3));
        assert_eq!(question.seconds_a_touch(), Some(600), "ten minutes; single moments are not timed");
        assert_eq!((question.resolved.part.len(), question.resolved.whole.len()), (1, 2));
        assert_eq!(question.returns_caused.get(&ReturnCode::EvidenceMissing), Some(&vec![round]));
        assert_eq!(of(WorkReason::RecordsRequest).missed, [late]);
        let denied = of(WorkReason::DeniedAuthorization);
        let paid = denied.cash;
        assert_eq!((denied.touches.part.len(), denied.cash_items.len()), (1, usize::from(!paid.is_zero())));
        assert!(paid > Money::ZERO, "what was paid of the visit on the day of the touch counts: {paid}");

        let of_theo = measures::measures(db, &theo, PRACTICE, Some(theo.user), time).unwrap();
        let question = of_theo.reasons.iter().find(|one| one.reason == Some(WorkReason::BillQuestion)).unwrap();
        assert!(question.returns_caused.is_empty() && question.returns_made.len() == 1 && question.missed.is_empty());
        refused(measures::measures(db, &theo, PRACTICE, Some(tess.user), time), "may not see reviews");
        refused(measures::measures(db, &theo, PRACTICE, None, time), "may not see reviews");
        refused(measures::measures(db, &max, PRACTICE, None, (time.1, time.0)), "a first and a last day");
        let records = (Some(WorkReason::RecordsRequest), Number::Missed);
        let opened = measures::items(db, &max, PRACTICE, (None, time), records).unwrap();
        assert_eq!(opened.iter().map(|row| row.id).collect::<Vec<_>>(), [late]);
        let report = store::reports::find("quality").unwrap();
        let rows = db.read(&max, PRACTICE, |read| (report.run)(read)).unwrap();
        assert_eq!(rows.len(), team.reasons.len());
        assert!(rows.iter().all(|row| row.len() == report.columns.len()));
    });
}
