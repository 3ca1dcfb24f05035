//! Two pages beside the queue: what who oversees the desks looks at, and the questions and offers to a person. They read;
//! their buttons lead to the case of an item.

use app::cases::asking;
use app::cases::oversight::{self, Oversight};
use askama::Template;
use axum::extract::{Query, State};
use billing::access::Action;
use jiff::civil::Date;
use store::work_case::{OverseenRow, WorkConsultRow, WorkTransferRow};

use super::page::{Page, Shell, show as render};
use super::session::SignedIn;
use super::settings::Asked;
use super::{Desk, filters, masking};

#[derive(Template)]
#[template(path = "oversight/index.html")]
struct OversightPage {
    shell: Shell,
    today: Date,
    seen: Oversight,
    may_assign: bool,
}

#[derive(Template)]
#[template(path = "oversight/questions.html")]
struct QuestionsPage {
    shell: Shell,
    questions: Vec<(WorkConsultRow, String)>,
    offers: Vec<WorkTransferRow>,
}

impl OversightPage {
    /// The lists: their mark, title, what no row means, rows.
    fn lists(&self) -> [(&'static str, &'static str, &'static str, &Vec<OverseenRow>); 3] {
        [
            ("escalated", "Escalated", "Nothing that went up is open.", &self.seen.escalated),
            ("complaints", "Complaints to acknowledge", "Every complaint was acknowledged.", &self.seen.unacknowledged),
            ("waiting", "Waiting for somebody", "Nothing waits.", &self.seen.waiting),
        ]
    }
}

/// What went up, what waits, what nobody answered.
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    let actor = who.actor.clone();
    let (mut seen, today) = desk
        .blocking(move |db, practice| Ok((oversight::overview(db, &actor, practice)?, db.today(practice)?)))
        .await?;
    if who.is_masked(Action::ViewPatient) {
        let rows = seen.escalated.iter_mut().chain(&mut seen.waiting).chain(&mut seen.unacknowledged);
        rows.for_each(|row| row.summary = row.reason.title().to_owned());
        seen.questions.iter_mut().for_each(|row| row.question = masking::TYPED_NOT_SHOWN.to_owned());
    }
    render(&OversightPage {
        shell: Shell::new(&desk, &who, "/work").after(asked.done()),
        today,
        seen,
        may_assign: who.may(Action::AssignWork),
    })
}

/// What colleagues ask this person, and what they offer.
pub async fn questions(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    let actor = who.actor.clone();
    let (questions, offers) = desk
        .blocking(move |db, practice| {
            Ok((asking::asked_of(db, &actor, practice)?, asking::offered_to(db, &actor, practice)?))
        })
        .await?;
    render(&QuestionsPage { shell: Shell::new(&desk, &who, "/work").after(asked.done()), questions, offers })
}
