//! Measures of work reason by reason: the team's for who leads, a person's for themselves and for who leads, one person at a
//! time. Every number opens to its items. Nothing here orders people, and no address sorts.

use app::quality::measures::{self, Measured, Number};
use askama::Template;
use axum::extract::{Query, State};
use billing::UserId;
use billing::access::Action;
use billing::quality::measures::ReasonMeasures;
use billing::work::WorkReason;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;
use store::reports::quality::{COLUMNS, cells};
use store::worklist::WorkItemRow;

use super::month_words;
use crate::table_file::Sheet;
use crate::web::page::{Page, Shell, show as render};
use crate::web::refusal::Refusal;
use crate::web::session::SignedIn;
use crate::web::tables::{self, Wanted};
use crate::web::{Desk, filters};

/// Months back that the page offers: half a year.
const MONTHS_OFFERED: i64 = 6;
/// The word in the address for what is about no item.
const NO_REASON: &str = "none";

/// What stands in the address.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Wish {
    month: Option<String>,
    person: Option<UserId>,
    reason: Option<String>,
    number: Option<String>,
}

#[derive(Template)]
#[template(path = "quality/measures.html")]
struct MeasuresPage {
    shell: Shell,
    measured: Measured,
    month: Date,
    months: Vec<Date>,
    person: Option<UserId>,
    people: Vec<(UserId, String)>,
    is_own: bool,
    is_mine_page: bool,
}

/// A number of the table: what is shown, and where it opens.
struct Figure {
    number: Number,
    shown: usize,
}

impl MeasuresPage {
    fn month_words(month: &Date) -> String {
        month_words(*month)
    }

    fn path(&self) -> &'static str {
        if self.is_mine_page { "/quality/mine/measures" } else { "/quality/measures" }
    }

    /// The address of this page's own choice, for files and numbers.
    fn filters(&self) -> String {
        let person = self.person.filter(|_| !self.is_mine_page).map(|person| format!("&person={person}"));
        format!("?month={}{}&", self.month, person.unwrap_or_default())
    }

    fn opens(&self, of: &ReasonMeasures, number: impl std::borrow::Borrow<Number>) -> String {
        let reason = of.reason.map_or(NO_REASON, WorkReason::as_str);
        format!("{}/items{}reason={reason}&number={}", self.path(), self.filters(), number.borrow().as_str())
    }

    fn title(of: &ReasonMeasures) -> &'static str {
        of.reason.map_or("About no item", |reason| reason.title())
    }

    /// Parts and wholes, in the order of the columns.
    fn shares(of: &ReasonMeasures) -> [[Figure; 2]; 3] {
        let figure = |number, items: &Vec<_>| Figure { number, shown: items.len() };
        [
            [figure(Number::FirstContact, &of.first_contact.part), figure(Number::Ended, &of.first_contact.whole)],
            [figure(Number::Changed, &of.touches.part), figure(Number::Touches, &of.touches.whole)],
            [figure(Number::Resolved, &of.resolved.part), figure(Number::Touched, &of.resolved.whole)],
        ]
    }

    /// Minutes and seconds a touch: "4:05".
    fn minutes(of: &ReasonMeasures) -> Option<String> {
        of.seconds_a_touch().map(|seconds| format!("{}:{:02}", seconds / 60, seconds % 60))
    }

    /// Returns both ways, with their codes in words.
    fn returns(of: &ReasonMeasures) -> [(Number, usize, String); 2] {
        let words = |codes: &std::collections::BTreeMap<billing::work::ReturnCode, Vec<_>>| {
            let each = codes.iter().map(|(code, items)| format!("{} {}", items.len(), code.label().to_lowercase()));
            (codes.values().map(Vec::len).sum(), each.collect::<Vec<_>>().join(", "))
        };
        let ((caused, why_caused), (made, why_made)) = (words(&of.returns_caused), words(&of.returns_made));
        [(Number::ReturnsCaused, caused, why_caused), (Number::ReturnsMade, made, why_made)]
    }

    fn is_of(&self, person: &UserId) -> bool {
        self.person.as_ref() == Some(person)
    }

    fn missed(&self) -> usize {
        self.measured.reasons.iter().map(|of| of.missed.len()).sum()
    }
}

/// Of the team, or of one person, for who leads.
pub async fn show(State(desk): State<Desk>, who: SignedIn, wanted: Wanted, Query(wish): Query<Wish>) -> Page {
    page(&desk, &who, wanted, &wish, (wish.person, false)).await
}

/// One's own.
pub async fn mine(State(desk): State<Desk>, who: SignedIn, wanted: Wanted, Query(wish): Query<Wish>) -> Page {
    page(&desk, &who, wanted, &wish, (Some(who.actor.user), true)).await
}

fn days(wish: &Wish, today: Date) -> Result<(Date, Date), Refusal> {
    let month = match wish.month.as_deref() {
        None | Some("") => today,
        Some(text) => text.parse::<Date>().map_err(|_| Refusal::Invalid {
            field: "month".into(),
            problem: "Give the first day of a month, such as 2026-10-01.".into(),
        })?,
    };
    Ok(measures::days_of_month(month, today))
}

async fn page(
    desk: &Desk,
    who: &SignedIn,
    Wanted(wanted): Wanted,
    wish: &Wish,
    (person, is_mine_page): (Option<UserId>, bool),
) -> Page {
    let today = desk.read(&who.actor, |read| Ok(read.today())).await?;
    let (from, to) = days(wish, today)?;
    let actor = who.actor.clone();
    let sees_team = who.may(Action::ViewQuality) && !is_mine_page;
    let (measured, people) = desk
        .blocking(move |db, practice| {
            let measured = measures::measures(db, &actor, practice, person, (from, to))?;
            let people = if sees_team { app::quality::people(db, &actor, practice)? } else { Vec::new() };
            Ok((measured, people))
        })
        .await?;
    if let Some(format) = wanted {
        let rows = measured.reasons.iter().map(cells).collect();
        return tables::file("quality", &[Sheet { name: "quality", columns: &COLUMNS, rows }], format);
    }
    let this = today.first_of_month();
    render(&MeasuresPage {
        shell: Shell::new(desk, who, if is_mine_page { "/quality/mine" } else { "/quality" }),
        measured,
        month: from,
        months: (0..MONTHS_OFFERED).map(|back| this.saturating_sub(back.months())).collect(),
        person,
        people: people.into_iter().map(|person| (person.id, person.name)).collect(),
        is_own: person == Some(who.actor.user),
        is_mine_page,
    })
}

#[derive(Template)]
#[template(path = "quality/items.html")]
struct ItemsPage {
    shell: Shell,
    items: Vec<WorkItemRow>,
    number: Number,
    reason: &'static str,
    from: Date,
    to: Date,
    back: String,
    is_masked: bool,
    visible: Vec<bool>,
}

/// The items behind a number, for who leads.
pub async fn items(State(desk): State<Desk>, who: SignedIn, Query(wish): Query<Wish>) -> Page {
    items_page(&desk, &who, &wish, (wish.person, "/quality/measures")).await
}

/// The items behind a number of one's own.
pub async fn own_items(State(desk): State<Desk>, who: SignedIn, Query(wish): Query<Wish>) -> Page {
    items_page(&desk, &who, &wish, (Some(who.actor.user), "/quality/mine/measures")).await
}

async fn items_page(desk: &Desk, who: &SignedIn, wish: &Wish, (person, path): (Option<UserId>, &'static str)) -> Page {
    let number = wish.number.as_deref().and_then(Number::parse).ok_or(Refusal::Absent)?;
    let reason = match wish.reason.as_deref() {
        Some(NO_REASON) => None,
        Some(word) => Some(WorkReason::parse(word).ok_or(Refusal::Absent)?),
        None => return Err(Refusal::Absent),
    };
    let today = desk.read(&who.actor, |read| Ok(read.today())).await?;
    let (from, to) = days(wish, today)?;
    let actor = who.actor.clone();
    let items = desk
        .blocking(move |db, practice| measures::items(db, &actor, practice, (person, (from, to)), (reason, number)))
        .await?;
    let of_person = person.filter(|_| path == "/quality/measures").map(|person| format!("&person={person}"));
    render(&ItemsPage {
        shell: Shell::new(desk, who, "/quality"),
        visible: items.iter().map(|item| app::worklist::may_see(&who.actor, item.desk)).collect(),
        items,
        number,
        reason: reason.map_or("About no item", |reason| reason.title()),
        from,
        to,
        back: format!("{path}?month={from}{}", of_person.unwrap_or_default()),
        is_masked: who.is_masked(Action::ViewPatient),
    })
}
