//! How a person may be contacted and how they were: the governor's answer for each channel, what is so for them with its
//! history, contacts with a timer, and promises.

use app::contact::{self, ContactView, NewFlag};
use app::interaction::{self, NewInteraction, NewPromise};
use askama::Template;
use axum::extract::{Form, Path, Query, State};
use billing::access::Action;
use billing::contact::{ContactFlag, MayContact, Purpose};
use billing::interaction::{Audience, Direction, PromiseState, PromisedBy, Reached};
use billing::work::inquiry::Channel;
use billing::{PatientId, PromiseId};
use jiff::Timestamp;
use serde::Deserialize;
use uuid::Uuid;

use super::page::{Page, Shell, go, show as render};
use super::refusal::Refusal;
use super::session::{Id, SignedIn};
use super::{Desk, filters};

/// What stands in the address.
#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
}

/// What begins or ends, as it is typed.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct TypedFlag {
    flag: String,
    ends: String,
    channel: String,
    detail: String,
    from: String,
    why: String,
}

/// A contact as it is typed.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct TypedContact {
    channel: String,
    direction: String,
    purpose: String,
    reached: String,
    shown: String,
    representative: String,
    note: String,
    scan: String,
    although: String,
    started_at: String,
    promised_by: String,
    promise: String,
    promise_on: String,
}

/// How a promise ended.
#[derive(Deserialize)]
pub struct Ended {
    #[serde(default)]
    kept: String,
}

#[derive(Template)]
#[template(path = "patients/contact.html")]
struct ContactPage {
    shell: Shell,
    view: ContactView,
    flag: TypedFlag,
    typed: TypedContact,
    now: Timestamp,
    problem: Option<(String, String)>,
    may_record: bool,
    may_open_patient: bool,
}

/// What the governor says of a channel: why not, for each purpose.
struct ChannelRow {
    channel: &'static str,
    tell: Option<String>,
    ask: Option<String>,
}

impl ContactPage {
    fn flags() -> &'static [ContactFlag] {
        ContactFlag::ALL
    }

    fn channels() -> &'static [Channel] {
        Channel::ALL
    }

    fn channel_rows(&self) -> Vec<ChannelRow> {
        let row = |(channel, tell, ask): &(Channel, MayContact, MayContact)| ChannelRow {
            channel: channel.label(),
            tell: tell.refusal(),
            ask: ask.refusal(),
        };
        self.view.channels.iter().map(row).collect()
    }

    fn their_clock(&self) -> Option<String> {
        self.view.their_time.map(|theirs| theirs.strftime("%H:%M").to_string())
    }

    fn is_open(state: &PromiseState) -> bool {
        *state == PromiseState::Open
    }

    fn by_us(by: &PromisedBy) -> bool {
        *by == PromisedBy::Us
    }

    fn went_out(direction: &Direction) -> bool {
        *direction == Direction::Out
    }

    fn was_reached(reached: &Reached) -> bool {
        *reached == Reached::Yes
    }
}

/// The page.
pub async fn show(State(desk): State<Desk>, who: SignedIn, Id(id): Id<PatientId>, Query(asked): Query<Asked>) -> Page {
    page(&desk, &who, id, Filled { done: asked.done, ..Filled::default() }).await
}

#[derive(Default)]
struct Filled {
    done: Option<String>,
    flag: TypedFlag,
    typed: TypedContact,
    problem: Option<(String, String)>,
}

async fn page(desk: &Desk, who: &SignedIn, id: PatientId, filled: Filled) -> Page {
    let actor = who.actor.clone();
    let (view, now) =
        desk.blocking(move |db, practice| Ok((contact::show(db, &actor, practice, id)?, db.env().now()))).await?;
    render(&ContactPage {
        shell: Shell::new(desk, who, "/patients").after(filled.done.as_deref()),
        view,
        flag: filled.flag,
        typed: filled.typed,
        now,
        problem: filled.problem,
        may_record: who.may(Action::EditDemographics),
        may_open_patient: who.may(Action::ViewPatient),
    })
}

/// Records what begins or ends for the person.
pub async fn record(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<PatientId>,
    Form(typed): Form<TypedFlag>,
) -> Page {
    let bad = |field: &str, words: &str| Some((field.to_owned(), words.to_owned()));
    let Some(flag) = ContactFlag::parse(&typed.flag) else {
        let problem = bad("flag", "Choose what is so.");
        return page(&desk, &who, id, Filled { flag: typed, problem, ..Filled::default() }).await;
    };
    let from_on = match typed.from.trim() {
        "" => None,
        day => match day.parse() {
            Ok(day) => Some(day),
            Err(_) => {
                let problem = bad("from", "Give the day, such as 2026-03-31.");
                return page(&desk, &who, id, Filled { flag: typed, problem, ..Filled::default() }).await;
            }
        },
    };
    let detail = if typed.channel.is_empty() { typed.detail.clone() } else { typed.channel.clone() };
    let new = NewFlag { flag, begins: typed.ends.is_empty(), detail, from_on, why: typed.why.clone() };
    let actor = who.actor.clone();
    let done = desk.blocking(move |db, practice| contact::record(db, &actor, practice, id, &new)).await;
    match done.map_err(Refusal::for_form) {
        Ok(()) => go(&format!("/patients/{id}/contact"), "contact-recorded"),
        Err(problem) => {
            page(&desk, &who, id, Filled { flag: typed, problem: Some(problem?), ..Filled::default() }).await
        }
    }
}

/// Writes a contact down.
pub async fn log(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<PatientId>,
    Form(typed): Form<TypedContact>,
) -> Page {
    let new = match contact_of(id, &typed) {
        Ok(new) => new,
        Err(problem) => {
            return page(&desk, &who, id, Filled { typed, problem: Some(problem), ..Filled::default() }).await;
        }
    };
    let actor = who.actor.clone();
    let done = desk.blocking(move |db, practice| interaction::log(db, &actor, practice, &new)).await;
    match done.map_err(Refusal::for_form) {
        Ok(_) => go(&format!("/patients/{id}/contact"), "contact-logged"),
        Err(problem) => page(&desk, &who, id, Filled { typed, problem: Some(problem?), ..Filled::default() }).await,
    }
}

fn contact_of(id: PatientId, typed: &TypedContact) -> Result<NewInteraction, (String, String)> {
    let bad = |field: &str, words: &str| (field.to_owned(), words.to_owned());
    let channel = Channel::parse(&typed.channel).ok_or_else(|| bad("channel", "Choose how."))?;
    let direction = Direction::parse(&typed.direction).ok_or_else(|| bad("direction", "Say who began."))?;
    let promise = match typed.promise.trim() {
        "" => None,
        what => Some(NewPromise {
            by: PromisedBy::parse(&typed.promised_by).ok_or_else(|| bad("promised_by", "Say who promised."))?,
            what: what.to_owned(),
            due_on: typed.promise_on.parse().map_err(|_| bad("promise_on", "Give the day of the promise."))?,
            claim_id: None,
        }),
    };
    Ok(NewInteraction {
        patient_id: Some(id),
        purpose: match typed.purpose.as_str() {
            "money" => Purpose::AskForMoney,
            "reply" => Purpose::Reply,
            _ => Purpose::Inform,
        },
        reached: if typed.reached == "no" { Reached::No } else { Reached::Yes },
        audience: if typed.shown == "yes" { Audience::Patient } else { Audience::Internal },
        representative: typed.representative.clone(),
        note: typed.note.clone(),
        scan: typed.scan.clone(),
        although: typed.although.clone(),
        started_at: typed.started_at.parse().ok(),
        promise,
        ..NewInteraction::with_patient(channel, direction)
    })
}

/// A promise ends.
pub async fn end_promise(
    State(desk): State<Desk>,
    who: SignedIn,
    Path(id): Path<Uuid>,
    Form(ended): Form<Ended>,
) -> Page {
    let (actor, kept) = (who.actor.clone(), ended.kept == "yes");
    let promise =
        desk.blocking(move |db, practice| interaction::end_promise(db, &actor, practice, PromiseId(id), kept)).await?;
    match promise.patient_id {
        Some(patient) => go(&format!("/patients/{patient}/contact"), "promise-ended"),
        None => go("/calls", "promise-ended"),
    }
}
