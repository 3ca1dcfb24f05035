//! Sampled reviews of people's work: a sample of a person's month is drawn by chance and kept, colleagues review it by the
//! form, the person reads what was said and may answer once. Nobody reviews their own work.

pub mod measures;
pub mod skills;
pub mod training;

use billing::access::{Action, Actor, ResourceState};
use billing::patient_payment::holds_card_number;
use billing::quality::form::LONGEST_COMMENT;
use billing::quality::{Candidate, Given, draw, score};
use billing::work::{NoticeKind, WorkItem};
use billing::{Money, PracticeId, QualityDrawId, QualityReviewId, UserId};
use jiff::ToSpan;
use jiff::civil::Date;
use store::quality::{
    ANSWER_REVIEW, DRAW_OF_MONTH, ENDED_BY, LATEST_DRAWS, QUALITY_DRAW, QUALITY_REVIEW, QualityDrawRow,
    QualityReviewRow, REVIEWS_OF_DRAW, REVIEWS_OF_PERSON, SAVE_REVIEW,
};
use store::quality_facts::midnight;
use store::users::USER_BY_ID;
use store::worklist::{WORK_EVENTS, WORK_ITEM, WorkEventRow};
use store::{Conn, Db, Json, Tx, params};

use crate::Error;
use crate::access::allow;
use crate::cases::people::{Colleague, who_may};
use crate::notices;

/// Draws that the page lists: a year of ten people.
const DRAWS_SHOWN: i64 = 120;
/// Reviews of a person that are shown: a year of the largest draws.
pub const REVIEWS_SHOWN: i64 = 120;
/// Fewest characters of a comment or an answer: shorter ones say nothing.
const SHORTEST_COMMENT: usize = 8;

/// The first day of a day's month.
pub fn month_of(day: Date) -> Date {
    day.first_of_month()
}

/// A draw with what came of it.
#[derive(Debug, Clone)]
pub struct DrawView {
    /// The draw.
    pub row: QualityDrawRow,
    /// Its reviews, in the order of the draw.
    pub reviews: Vec<QualityReviewRow>,
    /// Whether the number that was kept gives the same draw again.
    pub is_same: bool,
}

impl DrawView {
    /// Items that nobody reviewed yet.
    pub fn open(&self) -> usize {
        self.reviews.iter().filter(|review| review.state == "drawn").count()
    }
}

/// One review with the work it is about.
#[derive(Debug, Clone)]
pub struct ReviewView {
    /// The review.
    pub row: QualityReviewRow,
    /// The person whose work it is, as others read the name.
    pub person: String,
    /// The item.
    pub item: WorkItem,
    /// What happened to it, oldest first.
    pub events: Vec<WorkEventRow>,
}

fn about(person: UserId) -> ResourceState {
    ResourceState::made_by(person, Money::ZERO)
}

/// Draws a sample of what a person ended by their own hand in a month that is over. The number comes from the program's
/// source of chance and is kept with everything that could have come out.
///
/// # Errors
/// `Denied`, of one's own work too; `Invalid` for a month that is not over or a number of items out of measure; `Refused`
/// where the month was drawn already or the person ended nothing; `NotFound`.
pub fn draw_sample(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    (user, month): (UserId, Date),
    wanted: usize,
) -> Result<QualityDrawId, Error> {
    allow(actor, Action::DrawReviews, &about(user))?;
    let (fewest, most) = (draw::FEWEST, draw::MOST);
    if !(fewest..=most).contains(&wanted) {
        return Err(Error::invalid("wanted", format!("Draw from {fewest} to {most} items.")));
    }
    db.write(actor, practice, |tx| {
        let from = month_of(month);
        let after = from.saturating_add(1.month());
        if after > tx.today() {
            return Err(Error::invalid("month", format!("This month is not over. Draw it from {after} on.")));
        }
        let person = tx.query_opt(&USER_BY_ID, params![user])?.ok_or(Error::NotFound("person"))?;
        if tx.query_opt(&DRAW_OF_MONTH, params![user, from])?.is_some() {
            return Err(Error::refused(
                "This month of this person was drawn already; it is drawn once. Open that draw.",
            ));
        }
        let (began, ended) = (midnight(tx, from), midnight(tx, after));
        let ended_by = tx.query(&ENDED_BY, params![person.login, began, ended])?;
        let candidates: Vec<Candidate> =
            ended_by.into_iter().map(|(item, reason)| Candidate { item, reason }).collect();
        if candidates.is_empty() {
            let words = format!("{} ended no item in that month. There is nothing to draw.", person.display_name);
            return Err(Error::refused(words));
        }
        let number = chance(tx);
        let drawn = draw(&candidates, wanted, number);
        let id = QualityDrawId(tx.new_id());
        let reviews = reviews(tx, id, user, &drawn);
        tx.insert(&QualityDrawRow {
            id,
            user_id: user,
            login: person.login.clone(),
            month: from,
            number: format!("{number:016x}"),
            body: Json(drawn),
            drawn_at: tx.now(),
            drawn_by: actor.user,
            drawn_by_login: actor.login.clone(),
        })?;
        tx.insert_many(&reviews)?;
        let detail = serde_json::json!({ "month": from, "items": reviews.len() });
        tx.audit("quality.draw", "quality_draw", id, detail);
        Ok(id)
    })
}

fn chance(tx: &Tx) -> u64 {
    let mut bytes = [0; 8];
    tx.fill_random(&mut bytes);
    u64::from_be_bytes(bytes)
}

fn reviews(tx: &Tx, draw: QualityDrawId, user: UserId, drawn: &draw::Draw) -> Vec<QualityReviewRow> {
    let reason = |item| drawn.candidates.iter().find(|one| one.item == item).map(|one| one.reason);
    let with_reason = drawn.drawn.iter().filter_map(|item| Some((*item, reason(*item)?)));
    with_reason
        .map(|(work_item_id, reason)| QualityReviewRow {
            id: QualityReviewId(tx.new_id()),
            draw_id: draw,
            work_item_id,
            user_id: user,
            reason,
            state: "drawn".to_owned(),
            score: None,
            is_failed: None,
            comment: None,
            given: None,
            reviewed_at: None,
            reviewed_by: None,
            reviewed_by_login: None,
            answer: None,
            answered_at: None,
        })
        .collect()
}

/// The last draws, the latest first: whose month, and what of it is reviewed. No score stands beside a name.
///
/// # Errors
/// `Denied` without the right to see the quality of the team.
pub fn draws(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<DrawView>, Error> {
    allow(actor, Action::ViewQuality, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let rows = read.query(&LATEST_DRAWS, params![DRAWS_SHOWN])?;
        rows.into_iter().map(|row| view(read, row)).collect()
    })
}

/// One draw.
///
/// # Errors
/// `Denied`; `NotFound`.
pub fn drawn(db: &Db, actor: &Actor, practice: PracticeId, id: QualityDrawId) -> Result<DrawView, Error> {
    allow(actor, Action::ViewQuality, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let row = read.query_opt(&QUALITY_DRAW, params![id])?.ok_or(Error::NotFound("draw"))?;
        view(read, row)
    })
}

fn view(read: &Conn, row: QualityDrawRow) -> Result<DrawView, Error> {
    let reviews = read.query(&REVIEWS_OF_DRAW, params![row.id])?;
    let number = u64::from_str_radix(&row.number, 16).ok();
    let is_same = number.is_some_and(|number| row.body.0.is_what_the_number_gives(number));
    Ok(DrawView { reviews, is_same, row })
}

/// People whose work may be drawn: who may work a desk.
///
/// # Errors
/// `Denied` without the right to draw.
pub fn people(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<Colleague>, Error> {
    allow(actor, Action::ViewQuality, &ResourceState::default())?;
    db.read(actor, practice, |read| who_may(read, practice, Action::TrainWithCases))
}

/// One review with its work: for who reviews and who sees the team's, and for the person once it was reviewed.
///
/// # Errors
/// `NotFound` for everybody else.
pub fn review(db: &Db, actor: &Actor, practice: PracticeId, id: QualityReviewId) -> Result<ReviewView, Error> {
    db.read(actor, practice, |read| {
        let row = read.query_opt(&QUALITY_REVIEW, params![id])?.ok_or(Error::NotFound("review"))?;
        let sees_all = allow(actor, Action::ViewQuality, &ResourceState::default()).is_ok();
        let is_own = row.user_id == actor.user && row.state != "drawn";
        let may_read_own = is_own && allow(actor, Action::ViewOwnQuality, &ResourceState::default()).is_ok();
        // What is drawn of one's own work and not reviewed stays unknown to the person, whatever else they may see.
        let is_kept_from = row.user_id == actor.user && row.state == "drawn";
        if is_kept_from || !(sees_all || may_read_own) {
            return Err(Error::NotFound("review"));
        }
        let item = read.query_one(&WORK_ITEM, params![row.work_item_id])?.into();
        let events = read.query(&WORK_EVENTS, params![row.work_item_id])?;
        let person = read.query_opt(&USER_BY_ID, params![row.user_id])?.map(|user| user.display_name);
        Ok(ReviewView { row, person: person.unwrap_or_default(), item, events })
    })
}

/// Reviews of one's own work that were filled in, the latest first.
///
/// # Errors
/// `Denied` without a desk.
pub fn own_reviews(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<QualityReviewRow>, Error> {
    allow(actor, Action::ViewOwnQuality, &ResourceState::default())?;
    db.read(actor, practice, |read| reviewed(read, actor.user))
}

/// Reviews of a person's work that were filled in.
pub(crate) fn reviewed(read: &Conn, user: UserId) -> Result<Vec<QualityReviewRow>, Error> {
    let rows = read.query(&REVIEWS_OF_PERSON, params![user, REVIEWS_SHOWN])?;
    Ok(rows.into_iter().filter(|row| row.state != "drawn").collect())
}

/// Fills a review in, once, with a comment that the person reads.
///
/// # Errors
/// `Denied`, of one's own work too; `Invalid` for an open point or a comment that says nothing; `Refused` where it was
/// reviewed already; `NotFound`.
pub fn fill_in(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: QualityReviewId,
    (given, comment): (&[Given], &str),
) -> Result<(), Error> {
    allow(actor, Action::ViewQuality, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let row = tx.query_opt(&QUALITY_REVIEW, params![id])?.ok_or(Error::NotFound("review"))?;
        allow(actor, Action::ReviewWork, &about(row.user_id))?;
        let scored = score(given).map_err(|problem| Error::invalid("form", problem))?;
        let comment = said("comment", comment, "Say in a sentence what the person can learn from it.")?;
        let now = tx.now();
        let saved = tx.query(
            &SAVE_REVIEW,
            params![
                id,
                scored.percent,
                scored.is_failed,
                comment,
                Json(given.to_vec()),
                now,
                actor.user,
                actor.login.as_str()
            ],
        )?;
        if saved.is_empty() {
            return Err(Error::refused("This item was reviewed already; a review stays as it is."));
        }
        tx.audit("quality.review", "quality_review", id, serde_json::json!({ "score": scored.percent }));
        notices::tell(tx, row.user_id, NoticeKind::Reviewed, row.work_item_id)
    })
}

/// The reviewed person says something to it, once.
///
/// # Errors
/// `NotFound` for a review of somebody else's work; `Invalid` for words that say nothing; `Refused` for a second answer.
pub fn answer(db: &Db, actor: &Actor, practice: PracticeId, id: QualityReviewId, words: &str) -> Result<(), Error> {
    allow(actor, Action::AnswerReview, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let row = tx.query_opt(&QUALITY_REVIEW, params![id])?;
        let own = row.filter(|row| row.user_id == actor.user && row.state != "drawn");
        let row = own.ok_or(Error::NotFound("review"))?;
        let words = said("answer", words, "Say in a sentence what you see differently, or what you take from it.")?;
        let now = tx.now();
        if tx.query(&ANSWER_REVIEW, params![id, words, now])?.is_empty() {
            return Err(Error::refused("You answered this review already; an answer is given once."));
        }
        tx.audit("quality.answer", "quality_review", id, serde_json::json!({}));
        row.reviewed_by.map_or(Ok(()), |by| notices::tell(tx, by, NoticeKind::ReviewAnswered, row.work_item_id))
    })
}

/// Words within measure, without spaces around them.
fn said<'a>(field: &str, words: &'a str, ask: &str) -> Result<&'a str, Error> {
    let words = words.trim();
    let length = words.chars().count();
    if length < SHORTEST_COMMENT {
        return Err(Error::invalid(field, ask));
    }
    if length > LONGEST_COMMENT {
        return Err(Error::invalid(field, format!("At most {LONGEST_COMMENT} characters.")));
    }
    if holds_card_number(words) {
        return Err(Error::invalid(field, "This holds what looks like a card number. Nothing was kept."));
    }
    Ok(words)
}
