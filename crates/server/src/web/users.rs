//! People and roles: added by one person, approved by another, disabled at once.

use askama::Template;
use axum::extract::{Form, Query, State};
use billing::UserId;
use billing::access::{Action, ResourceState, Role, authorize};
use serde::Deserialize;

use super::chips::{self, Chip};
use super::page::{Page, Shell, go, show as render, show_told};
use super::refusal::{Refusal, Told};
use super::session::{Id, SignedIn};
use super::{Desk, filters};
use app::users::reset::Pending;
use app::users::{NewPerson, Person};

/// What stands in the address.
#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
}

/// What the form of a new person holds.
#[derive(Default, Clone)]
struct Typed {
    login: String,
    name: String,
    roles: Vec<Role>,
}

/// A person as the list shows them.
struct Line {
    person: Person,
    chip: Chip,
    roles: String,
    may_approve: bool,
    may_disable: bool,
    may_change: bool,
    /// A reset was asked for: whether it was approved.
    reset: Option<bool>,
    may_reset: bool,
    may_approve_reset: bool,
}

#[derive(Template)]
#[template(path = "users/index.html")]
struct UsersPage {
    shell: Shell,
    lines: Vec<Line>,
    typed: Typed,
    problem: Option<(String, String)>,
    why_not: Option<String>,
}

#[derive(Template)]
#[template(path = "users/roles.html")]
struct RolesPage {
    shell: Shell,
    person: Person,
    chosen: Vec<Role>,
    problem: Option<(String, String)>,
    needs_approval: bool,
}

/// The list, with the form of a new person.
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    page(&desk, &who, asked.done.as_deref(), Typed::default(), None).await
}

/// Adds a person.
pub async fn create(State(desk): State<Desk>, who: SignedIn, fields: Fields) -> Page {
    let typed = typed(fields);
    let (actor, new) = (who.actor.clone(), typed.clone());
    let done = desk
        .write(&actor, move |tx| {
            let person = NewPerson {
                login: &new.login,
                display_name: &new.name,
                roles: &new.roles,
                solo_practice: store::views::practice::is_solo(tx)?,
            };
            let added = app::users::add(tx, &person)?;
            Ok((added.code.first, app::users::by_id(tx, added.id)?))
        })
        .await;
    match done.map_err(Refusal::for_form) {
        Ok((code, person)) => half(&desk, &who, Half { person, code, is_second: false, is_start: true }),
        Err(problem) => page(&desk, &who, None, typed, Some(problem?)).await,
    }
}

/// The form of a person's roles.
pub async fn edit_roles(State(desk): State<Desk>, who: SignedIn, Id(id): Id<UserId>) -> Page {
    roles_page(&desk, &who, id, None, None).await
}

/// Gives a person other roles.
pub async fn change_roles(State(desk): State<Desk>, who: SignedIn, Id(id): Id<UserId>, fields: Fields) -> Page {
    let roles = typed(fields).roles;
    let chosen = roles.clone();
    let done = desk
        .write(&who.actor, move |tx| {
            let solo = store::views::practice::is_solo(tx)?;
            app::users::change_roles(tx, id, &roles, solo)
        })
        .await;
    match done.map_err(Refusal::for_form) {
        Ok(()) => go("/users", "roles"),
        Err(problem) => roles_page(&desk, &who, id, Some(chosen), Some(problem?)).await,
    }
}

async fn roles_page(
    desk: &Desk,
    who: &SignedIn,
    id: UserId,
    chosen: Option<Vec<Role>>,
    problem: Option<(String, String)>,
) -> Page {
    let person = desk.read(&who.actor, move |read| app::users::by_id(read, id)).await?;
    let chosen = chosen.unwrap_or_else(|| person.roles.clone());
    let right = authorize(&who.actor, Action::ManageUsers, &ResourceState::default());
    let needs_approval = right.is_ok_and(|right| right.needs_checker());
    show_told(
        Told::of(&problem),
        &RolesPage { shell: Shell::new(desk, who, "/users"), person, chosen, problem, needs_approval },
    )
}

/// Approves a waiting person.
pub async fn approve(State(desk): State<Desk>, who: SignedIn, Id(id): Id<UserId>) -> Page {
    let (second, person) =
        desk.write(&who.actor, move |tx| Ok((app::users::approve(tx, id)?, app::users::by_id(tx, id)?))).await?;
    match second {
        Some(code) => half(&desk, &who, Half { person, code, is_second: true, is_start: true }),
        None => go("/users", "approved"),
    }
}

/// Disables a person.
pub async fn disable(State(desk): State<Desk>, who: SignedIn, Id(id): Id<UserId>) -> Page {
    desk.write(&who.actor, move |tx| app::users::disable(tx, id)).await?;
    go("/users", "disabled")
}

/// Half of a code, as it is shown once.
struct Half {
    person: Person,
    code: String,
    is_second: bool,
    is_start: bool,
}

fn half(desk: &Desk, who: &SignedIn, half: Half) -> Page {
    let Half { person, code, is_second, is_start } = half;
    render(&ResetPage { shell: Shell::new(desk, who, "/users"), person, code, is_second, is_start })
}

/// The page that shows it.
#[derive(Template)]
#[template(path = "users/reset.html")]
struct ResetPage {
    shell: Shell,
    person: Person,
    code: String,
    /// Shown to who approved, not to who asked.
    is_second: bool,
    /// The code begins a log-in, and resets none.
    is_start: bool,
}

/// Asks for the reset of a log-in and shows the first half of its code, once.
pub async fn ask_reset(State(desk): State<Desk>, who: SignedIn, Id(id): Id<UserId>) -> Page {
    let actor = who.actor.clone();
    let (asked, person) =
        desk.write(&actor, move |tx| Ok((app::users::reset::ask(tx, id)?, app::users::by_id(tx, id)?))).await?;
    half(&desk, &who, Half { person, code: asked.first, is_second: false, is_start: false })
}

/// Approves the reset of a log-in and shows the second half of its code, once.
pub async fn approve_reset(State(desk): State<Desk>, who: SignedIn, Id(id): Id<UserId>) -> Page {
    let actor = who.actor.clone();
    let (code, person) =
        desk.write(&actor, move |tx| Ok((app::users::reset::approve(tx, id)?, app::users::by_id(tx, id)?))).await?;
    half(&desk, &who, Half { person, code, is_second: true, is_start: false })
}

/// A form as it was sent: several fields of one name are several roles.
type Fields = Form<Vec<(String, String)>>;

fn typed(Form(fields): Fields) -> Typed {
    let mut typed = Typed::default();
    for (name, value) in fields {
        match name.as_str() {
            "login" => typed.login = value,
            "name" => typed.name = value,
            "role" => typed.roles.extend(value.parse::<Role>()),
            _ => {}
        }
    }
    typed
}

async fn page(
    desk: &Desk,
    who: &SignedIn,
    done: Option<&str>,
    typed: Typed,
    problem: Option<(String, String)>,
) -> Page {
    let (people, resets) =
        desk.read(&who.actor, |read| Ok((app::users::list(read)?, app::users::reset::pending(read)?))).await?;
    let reset_of = |id: UserId| resets.iter().find(|reset| reset.user == id).copied();
    let lines = people.into_iter().map(|person| line(who, reset_of(person.id), person)).collect();
    let why_not = who.why_not(Action::ManageUsers, &ResourceState::default());
    show_told(
        Told::of(&problem),
        &UsersPage { shell: Shell::new(desk, who, "/users").after(done), lines, typed, problem, why_not },
    )
}

fn line(who: &SignedIn, reset: Option<Pending>, person: Person) -> Line {
    use billing::access::UserState;
    let made = ResourceState::made_by(person.given_by, ledger::Money::ZERO);
    let other = person.id != who.actor.user;
    // A waiting person's start code waits with them.
    let reset = reset.filter(|_| person.state == UserState::Active);
    let waits = reset.filter(|reset| !reset.approved);
    let asked = waits.map(|reset| ResourceState::made_by(reset.asked_by, ledger::Money::ZERO));
    Line {
        reset: reset.map(|reset| reset.approved),
        may_reset: person.state == UserState::Active && other && who.may(Action::ManageUsers),
        may_approve_reset: other && asked.is_some_and(|state| who.why_not(Action::ApproveUsers, &state).is_none()),
        chip: chips::user(person.state),
        roles: person.roles.iter().map(|role| role.title()).collect::<Vec<_>>().join(", "),
        may_approve: person.state == UserState::Waiting && who.why_not(Action::ApproveUsers, &made).is_none(),
        may_disable: person.state != UserState::Disabled && other && who.may(Action::DisableUser),
        may_change: other && who.may(Action::ManageUsers),
        person,
    }
}

impl RolesPage {
    fn roles() -> [Role; 11] {
        Role::ALL
    }
}

impl ResetPage {
    fn title(&self) -> String {
        format!("{} {}", if self.is_start { "Start code of" } else { "Reset of" }, self.person.display_name)
    }
}

impl UsersPage {
    fn roles() -> [Role; 11] {
        Role::ALL
    }
}
