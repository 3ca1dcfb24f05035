//! Quality: the draws of reviews, one review with its form, what a person reads of their own. No page puts people in an order
//! by a number; scores stand on the page of one review and of one's own alone.

pub mod measures;

use std::collections::HashMap;

use app::cases::people::Colleague;
use app::quality::{self, DrawView, ReviewView};
use askama::Template;
use axum::extract::{Form, Query, State};
use billing::access::{Action, ResourceState};
use billing::quality::form::Answer;
use billing::quality::{FORM, Given, Point, draw};
use billing::{Money, QualityDrawId, QualityReviewId, UserId};
use jiff::ToSpan;
use jiff::civil::Date;
use store::quality::QualityReviewRow;

use super::masking::TYPED_NOT_SHOWN;
use super::page::{Page, Shell, go, show as render};
use super::session::{Id, SignedIn};
use super::settings::{Asked, Problems, field, problems};
use super::{Desk, filters};

/// Months that the form of a draw offers: half a year back.
const MONTHS_OFFERED: i64 = 6;

/// What a form holds: which fields it has depends on the points of the form.
pub type Typed = HashMap<String, String>;

fn said<'t>(typed: &'t Typed, name: &str) -> &'t str {
    typed.get(name).map_or("", |words| words.trim())
}

/// A month as a page says it: "October 2026".
fn month_words(month: Date) -> String {
    month.strftime("%B %Y").to_string()
}

#[derive(Template)]
#[template(path = "quality/index.html")]
struct QualityPage {
    shell: Shell,
    problems: Problems,
    typed: Typed,
    draws: Vec<DrawView>,
    people: Vec<Colleague>,
    months: Vec<Date>,
    may_draw: bool,
    may_promote: bool,
}

impl QualityPage {
    fn said(&self, name: &str) -> &str {
        self.typed.get(name).map_or("", String::as_str)
    }

    fn month_words(month: &Date) -> String {
        month_words(*month)
    }

    fn name_of<'p>(&'p self, draw: &'p DrawView) -> &'p str {
        let known = self.people.iter().find(|person| person.id == draw.row.user_id);
        known.map_or(draw.row.login.as_str(), |person| person.name.as_str())
    }

    fn sizes() -> std::ops::RangeInclusive<usize> {
        draw::FEWEST..=draw::MOST
    }
}

/// What was drawn, and the form that draws.
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    list(&desk, &who, (Typed::new(), Problems::default()), asked.done()).await
}

async fn list(desk: &Desk, who: &SignedIn, (typed, problems): (Typed, Problems), done: Option<&str>) -> Page {
    let actor = who.actor.clone();
    let (draws, people, today) = desk
        .blocking(move |db, practice| {
            let people = quality::people(db, &actor, practice)?;
            Ok((quality::draws(db, &actor, practice)?, people, db.today(practice)?))
        })
        .await?;
    let this = quality::month_of(today);
    let months = (1..=MONTHS_OFFERED).map(|back| this.saturating_sub(back.months())).collect();
    render(&QualityPage {
        shell: Shell::new(desk, who, "/quality").after(done),
        problems,
        typed,
        draws,
        people,
        months,
        may_draw: who.may(Action::DrawReviews),
        may_promote: who.may(Action::PromoteSkill),
    })
}

/// Draws a sample.
pub async fn draw_sample(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Typed>) -> Page {
    let Ok(user) = said(&typed, "person").parse::<UserId>() else {
        return list(&desk, &who, (typed, field("person", "Choose whose work.")), None).await;
    };
    let (Ok(month), Ok(wanted)) = (said(&typed, "month").parse::<Date>(), said(&typed, "wanted").parse()) else {
        return list(&desk, &who, (typed, field("month", "Choose a month and how many.")), None).await;
    };
    let actor = who.actor.clone();
    let drawn =
        desk.blocking(move |db, practice| quality::draw_sample(db, &actor, practice, (user, month), wanted)).await;
    match drawn.map_err(problems) {
        Ok(id) => go(&format!("/quality/draws/{id}"), "reviews-drawn"),
        Err(problems) => list(&desk, &who, (typed, problems?), None).await,
    }
}

#[derive(Template)]
#[template(path = "quality/draw.html")]
struct DrawPage {
    shell: Shell,
    draw: DrawView,
    person: String,
    month: String,
}

/// One draw: what it was drawn from, and its items.
pub async fn show_draw(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<QualityDrawId>,
    Query(asked): Query<Asked>,
) -> Page {
    let actor = who.actor.clone();
    let (draw, people) = desk
        .blocking(move |db, practice| {
            Ok((quality::drawn(db, &actor, practice, id)?, quality::people(db, &actor, practice)?))
        })
        .await?;
    let person = people.into_iter().find(|person| person.id == draw.row.user_id);
    render(&DrawPage {
        shell: Shell::new(&desk, &who, "/quality").after(asked.done()),
        person: person.map_or_else(|| draw.row.login.clone(), |person| person.name),
        month: month_words(draw.row.month),
        draw,
    })
}

#[derive(Template)]
#[template(path = "quality/review.html")]
struct ReviewPage {
    shell: Shell,
    problems: Problems,
    typed: Typed,
    view: ReviewView,
    /// Why this person may not fill it in; none where they may.
    why_not: Option<String>,
    is_own: bool,
    may_answer: bool,
    opens_item: bool,
    sees_team: bool,
}

impl ReviewPage {
    /// The point at which a review begins.
    fn is_first(point: &Point) -> bool {
        FORM.first().is_some_and(|first| first.key == point.key)
    }

    fn form() -> &'static [Point] {
        &FORM
    }

    fn answers() -> &'static [Answer] {
        Answer::ALL
    }

    fn said(&self, name: &str) -> &str {
        self.typed.get(name).map_or("", String::as_str)
    }

    fn is_said(&self, point: &Point, answer: &Answer) -> bool {
        self.said(point.key) == answer.as_str()
    }

    fn given(&self, point: &Point) -> Option<Answer> {
        let given = self.view.row.given.as_ref()?;
        given.0.iter().find(|one| one.key == point.key).map(|one| one.answer)
    }
}

/// One review: the work, the form or what was said in it, and the answer.
pub async fn show_review(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<QualityReviewId>,
    Query(asked): Query<Asked>,
) -> Page {
    review(&desk, &who, id, (Typed::new(), Problems::default()), asked.done()).await
}

async fn review(
    desk: &Desk,
    who: &SignedIn,
    id: QualityReviewId,
    (typed, problems): (Typed, Problems),
    done: Option<&str>,
) -> Page {
    let actor = who.actor.clone();
    let mut view = desk.blocking(move |db, practice| quality::review(db, &actor, practice, id)).await?;
    if who.is_masked(Action::ViewPatient) {
        view.item.summary = view.item.reason.title().to_owned();
        view.events.iter_mut().for_each(|event| event.sentence = TYPED_NOT_SHOWN.to_owned());
        let typed = [&mut view.row.comment, &mut view.row.answer];
        typed.into_iter().flatten().for_each(|words| *words = TYPED_NOT_SHOWN.to_owned());
    }
    let is_own = view.row.user_id == who.actor.user;
    let about = ResourceState::made_by(view.row.user_id, Money::ZERO);
    render(&ReviewPage {
        shell: Shell::new(desk, who, if is_own { "/quality/mine" } else { "/quality" }).after(done),
        problems,
        typed,
        why_not: who.why_not(Action::ReviewWork, &about),
        is_own,
        may_answer: is_own && view.row.state == "reviewed" && who.may(Action::AnswerReview),
        opens_item: app::worklist::may_see(&who.actor, view.item.desk),
        sees_team: who.may(Action::ViewQuality),
        view,
    })
}

/// Fills a review in.
pub async fn fill_in(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<QualityReviewId>,
    Form(typed): Form<Typed>,
) -> Page {
    let answer = |point: &Point| Answer::parse(said(&typed, point.key));
    let given: Vec<Given> =
        FORM.iter().filter_map(|point| Some(Given { key: point.key.to_owned(), answer: answer(point)? })).collect();
    let (actor, comment) = (who.actor.clone(), said(&typed, "comment").to_owned());
    let done = desk.blocking(move |db, practice| quality::fill_in(db, &actor, practice, id, (&given, &comment))).await;
    match done.map_err(problems) {
        Ok(()) => go(&format!("/quality/reviews/{id}"), "reviewed"),
        Err(problems) => review(&desk, &who, id, (typed, problems?), None).await,
    }
}

/// The reviewed person answers.
pub async fn answer(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<QualityReviewId>,
    Form(typed): Form<Typed>,
) -> Page {
    let (actor, words) = (who.actor.clone(), said(&typed, "answer").to_owned());
    let done = desk.blocking(move |db, practice| quality::answer(db, &actor, practice, id, &words)).await;
    match done.map_err(problems) {
        Ok(()) => go(&format!("/quality/reviews/{id}"), "review-answered"),
        Err(problems) => review(&desk, &who, id, (typed, problems?), None).await,
    }
}

#[derive(Template)]
#[template(path = "quality/mine.html")]
struct OwnPage {
    shell: Shell,
    reviews: Vec<QualityReviewRow>,
}

/// What was said of one's own work.
pub async fn mine(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    let actor = who.actor.clone();
    let reviews = desk.blocking(move |db, practice| quality::own_reviews(db, &actor, practice)).await?;
    render(&OwnPage { shell: Shell::new(&desk, &who, "/quality/mine").after(asked.done()), reviews })
}
