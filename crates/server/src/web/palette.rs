//! Finding while one types: pages this person may open, what this page can do, and people, claims and payments by number
//! or name. A fragment of links; what is typed travels in a body and stands in no address or log.

use askama::Template;
use axum::extract::{Form, State};
use billing::access::Action;
use serde::Deserialize;
use store::inquiry::FoundPatient;

use super::page::{Page, Shell, show as render};
use super::session::SignedIn;
use super::{Desk, filters};

/// Pages and people that one look shows: what fits without scrolling.
const MOST_HITS: usize = 7;
/// Fewest letters by which people are looked for: fewer fit half the practice.
const SHORTEST_NAME: usize = 2;

/// What people often set out to do from anywhere: address, words, right.
const DOINGS: &[(&str, &str, Action)] = &[
    ("/work?desk=mine", "My work", Action::ViewWorklist),
    ("/work?owner=nobody", "Work that nobody has", Action::ViewWorklist),
    ("/work?due=late", "Late work", Action::ViewWorklist),
    ("/inquiries/new", "Log a call", Action::LogInquiry),
    ("/me", "My log-in and devices", Action::ManageOwnLogin),
];

/// What was typed.
#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    q: String,
}

/// A record of a number: what it is, where it stands.
struct Record {
    what: &'static str,
    number: String,
    href: String,
}

#[derive(Template)]
#[template(path = "palette.html")]
struct Hits {
    pages: Vec<(&'static str, &'static str)>,
    records: Vec<Record>,
    people: Vec<FoundPatient>,
    masked: bool,
    typed: bool,
}

/// What fits.
pub async fn look(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Typed>) -> Page {
    let typed = typed.q.trim().to_owned();
    let shell = Shell::new(&desk, &who, "");
    let wanted = typed.to_lowercase();
    let pages = shell
        .nav
        .iter()
        .chain(&shell.more)
        .map(|place| (place.href, place.title))
        .chain(DOINGS.iter().filter(|(.., action)| who.may(*action)).map(|(href, title, _)| (*href, *title)))
        .filter(|(_, title)| title.to_lowercase().split(' ').any(|word| word.starts_with(&wanted)))
        .take(MOST_HITS)
        .collect();
    let may_claims = who.may(Action::ViewClaim);
    let may_remittances = who.may(Action::ViewRemittance);
    let may_people = who.may(Action::FindPatient) && typed.chars().count() >= SHORTEST_NAME;
    let (records, people) = if typed.is_empty() {
        (Vec::new(), Vec::new())
    } else {
        let (actor, typed) = (who.actor.clone(), typed.clone());
        desk.blocking(move |db, practice| {
            let records = db.read(&actor, practice, |read| {
                let claim = if may_claims { store::views::claims::by_number(read, &typed)? } else { None };
                let paid = if may_remittances { store::views::remittances::by_trace(read, &typed)? } else { None };
                Ok::<_, app::Error>(records(claim, paid, &typed))
            })?;
            let mut people = match may_people {
                true => app::inquiry::find(db, &actor, practice, &typed).or_else(nobody)?,
                false => Vec::new(),
            };
            people.truncate(MOST_HITS);
            Ok((records, people))
        })
        .await?
    };
    let masked = who.is_masked(Action::FindPatient);
    render(&Hits { pages, records, people, masked, typed: !typed.is_empty() })
}

/// What cannot be a name or number finds nobody.
fn nobody(error: app::Error) -> Result<Vec<FoundPatient>, app::Error> {
    match error {
        app::Error::Invalid { .. } => Ok(Vec::new()),
        other => Err(other),
    }
}

fn records(claim: Option<billing::ClaimId>, paid: Option<billing::RemittanceId>, typed: &str) -> Vec<Record> {
    let number = typed.to_uppercase();
    let claim = claim.map(|id| Record { what: "Claim", number: number.clone(), href: format!("/claims/{id}") });
    let paid = paid.map(|id| Record { what: "Remittance", number, href: format!("/remittances/{id}") });
    claim.into_iter().chain(paid).collect()
}
