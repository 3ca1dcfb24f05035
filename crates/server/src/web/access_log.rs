//! Who saw and did what: by person, record and days, a page at a time. The address holds ids and days only: an account
//! number that is typed travels in the body and is looked up. Who may see only signing in sees only that.

use app::registration::entry::FieldProblem;
use askama::Template;
use axum::extract::{Form, Query, State};
use axum::response::{IntoResponse, Redirect};
use billing::access::{Action, Cell, Matrix};
use billing::{PatientId, UserId};
use jiff::civil::Date;
use serde::Deserialize;
use store::views::access_log::{self, DeedRow, LookRow, PAGE, PersonRow};

use super::page::{Page, Shell, show_told};
use super::registration::date;
use super::session::SignedIn;
use super::settings::Problems;
use super::{Desk, filters};

/// What stands in the address.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Asked {
    list: Option<String>,
    user: Option<UserId>,
    patient: Option<PatientId>,
    from: Option<Date>,
    until: Option<Date>,
    before: Option<i64>,
}

/// What the form holds.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Typed {
    list: String,
    user: String,
    account: String,
    from: String,
    until: String,
}

/// Which of the two chains is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum List {
    Looks,
    Deeds,
}

impl List {
    fn parse(word: Option<&str>) -> List {
        if word == Some("deeds") { List::Deeds } else { List::Looks }
    }

    fn word(self) -> &'static str {
        match self {
            List::Looks => "looks",
            List::Deeds => "deeds",
        }
    }
}

/// What of it is shown.
#[derive(Clone, Copy)]
struct Wanted {
    list: List,
    filter: access_log::Asked,
}

#[derive(Default)]
struct Rows {
    looks: Vec<LookRow>,
    deeds: Vec<DeedRow>,
    people: Vec<PersonRow>,
    /// The account number of the record that is asked for.
    account: Option<String>,
}

#[derive(Template)]
#[template(path = "access_log/index.html")]
struct AccessLogPage {
    shell: Shell,
    /// All of it, and not signing in alone.
    sees_all: bool,
    list: List,
    typed: Typed,
    problems: Problems,
    rows: Rows,
    wanted: Wanted,
    /// Where the next page begins.
    older: Option<i64>,
}

/// The log.
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    let wanted = wanted(&who, &asked);
    let typed = Typed {
        list: wanted.list.word().to_owned(),
        user: asked.user.map(|user| user.to_string()).unwrap_or_default(),
        from: asked.from.map(|day| day.to_string()).unwrap_or_default(),
        until: asked.until.map(|day| day.to_string()).unwrap_or_default(),
        account: String::new(),
    };
    page(&desk, &who, wanted, typed, Problems::default()).await
}

/// Reads the form and goes to what it asks for; what was typed wrong stays and is named.
pub async fn filter(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<Typed>) -> Page {
    let mut problems = Vec::new();
    let mut bad = |field: &str, problem: &str| {
        problems.push(FieldProblem { field: field.to_owned(), problem: problem.to_owned() });
    };
    let mut day = |field: &str, text: &str| match text.trim() {
        "" => None,
        text => date(field, text).map_err(|(field, problem)| bad(&field, &problem)).ok(),
    };
    let (from, until) = (day("from", &typed.from), day("until", &typed.until));
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        bad("until", "The last day comes before the first.");
    }
    let account = typed.account.trim().to_owned();
    let mut patient = None;
    if !account.is_empty() && sees_all(&who) {
        patient = desk.read(&who.actor, move |read| Ok(access_log::patient_of_account(read, &account)?)).await?;
        if patient.is_none() {
            bad("account", "No record has this account number.");
        }
    }
    let user = typed.user.parse().ok();
    let list = Some(typed.list.clone());
    let asked = Asked { list, user, patient, from, until, before: None };
    let wanted = wanted(&who, &asked);
    if problems.is_empty() {
        return Ok(Redirect::to(&wanted.address()).into_response());
    }
    page(&desk, &who, wanted, typed, Problems(problems)).await
}

/// Whether the person may see looks and every change, and not signing in alone.
fn sees_all(who: &SignedIn) -> bool {
    who.actor.roles.iter().any(|role| Matrix::get().cell(Action::ViewAuditLog, *role) == Cell::Yes)
}

fn wanted(who: &SignedIn, asked: &Asked) -> Wanted {
    let all = sees_all(who);
    Wanted {
        list: if all { List::parse(asked.list.as_deref()) } else { List::Deeds },
        filter: access_log::Asked {
            user: asked.user,
            patient: asked.patient.filter(|_| all),
            from: asked.from,
            until: asked.until,
            before: asked.before,
        },
    }
}

async fn page(desk: &Desk, who: &SignedIn, wanted: Wanted, mut typed: Typed, problems: Problems) -> Page {
    let (actor, all) = (who.actor.clone(), sees_all(who));
    let mut rows = desk
        .blocking(move |db, practice| {
            db.flush_reads();
            db.read(&actor, practice, |read| {
                let mut rows = Rows { people: access_log::people(read)?, ..Rows::default() };
                match (wanted.list, all) {
                    (List::Looks, _) => rows.looks = access_log::looks(read, &wanted.filter)?,
                    (List::Deeds, true) => rows.deeds = access_log::deeds(read, &wanted.filter)?,
                    (List::Deeds, false) => rows.deeds = access_log::login_events(read, &wanted.filter)?,
                }
                if let Some(patient) = wanted.filter.patient {
                    rows.account = access_log::account_of_patient(read, patient)?;
                }
                Ok(rows)
            })
        })
        .await?;
    if typed.account.is_empty() {
        typed.account = rows.account.clone().unwrap_or_default();
    }
    let full = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = rows.looks.len().max(rows.deeds.len()) > full;
    rows.looks.truncate(full);
    rows.deeds.truncate(full);
    let last = rows.looks.last().map(|row| row.sequence).or(rows.deeds.last().map(|row| row.sequence));
    show_told(
        problems.told(),
        &AccessLogPage {
            shell: Shell::new(desk, who, "/access"),
            sees_all: all,
            list: wanted.list,
            typed,
            problems,
            rows,
            wanted,
            older: last.filter(|_| more),
        },
    )
}

impl Wanted {
    /// The address of the newest page of what is asked for: ids and days, and nothing that names anybody.
    fn address(&self) -> String {
        let filter = &self.filter;
        let mut address = format!("/access?list={}", self.list.word());
        let mut add = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                address.push_str(&format!("&{name}={value}"));
            }
        };
        add("user", filter.user.map(|id| id.to_string()));
        add("patient", filter.patient.map(|id| id.to_string()));
        add("from", filter.from.map(|day| day.to_string()));
        add("until", filter.until.map(|day| day.to_string()));
        address
    }
}

impl AccessLogPage {
    /// The other chain with the same filters.
    fn other(&self, list: List) -> String {
        Wanted { list, ..self.wanted }.address()
    }

    /// Looks at one record with the other filters.
    fn of_record(&self, patient: &PatientId) -> String {
        let filter = access_log::Asked { patient: Some(*patient), ..self.wanted.filter };
        Wanted { filter, ..self.wanted }.address()
    }

    fn is_chosen(&self, person: &PersonRow) -> bool {
        self.typed.user == person.id.to_string()
    }

    /// Whether anything narrows the list.
    fn is_narrow(&self) -> bool {
        let filter = self.wanted.filter;
        filter != access_log::Asked { before: filter.before, ..access_log::Asked::default() }
    }
}
