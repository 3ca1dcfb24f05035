//! The people who work at the demo's practice, with the log-ins it prints. Invented; the log-ins exist in demonstration
//! databases only.

use app::users::{NewPerson, add_demo_person};
use billing::PracticeId;
use billing::access::{Actor, Role};
use serde::Serialize;
use store::Db;

/// The password of every demonstration log-in: printed, and worth nothing outside a demonstration.
pub const PASSWORD: &str = "lakeside demo 2026";

struct Colleague {
    login: &'static str,
    name: &'static str,
    role: Role,
}

const COLLEAGUES: [Colleague; 7] = [
    Colleague { login: "tess", name: "Tess Underwood", role: Role::Tier1 },
    Colleague { login: "theo", name: "Theo Marchbanks", role: Role::Tier2 },
    Colleague { login: "pia", name: "Pia Lindholm", role: Role::Poster },
    Colleague { login: "cora", name: "Cora Benning", role: Role::Coder },
    Colleague { login: "max", name: "Max Adeyemi", role: Role::Manager },
    Colleague { login: "ada", name: "Ada Winslow", role: Role::Administrator },
    Colleague { login: "lena", name: "Lena Forsythe", role: Role::Tier3 },
];

/// A log-in as the demo prints it.
#[derive(Debug, Clone, Serialize)]
pub struct LogIn {
    /// The name to type.
    pub login: String,
    /// Who it is.
    pub name: String,
    /// What the person does.
    pub role: String,
    /// The password.
    pub password: String,
}

/// The actors of the story.
#[derive(Debug, Clone)]
pub struct Staff {
    /// First contact, registration, clean submission, payments.
    pub tier1: Actor,
    /// Denials, other rejections, disputes.
    pub tier2: Actor,
    /// Remittances.
    pub poster: Actor,
    /// Codes.
    pub coder: Actor,
    /// Root causes, and what nobody below may decide.
    pub tier3: Actor,
    /// Oversight.
    pub manager: Actor,
}

/// Adds the colleagues to a demonstration practice.
pub fn hire(db: &Db, practice: PracticeId) -> Result<(Staff, Vec<LogIn>), app::Error> {
    let mut actors = Vec::new();
    let mut log_ins = Vec::new();
    for (ordinal, colleague) in (1_i64..).zip(&COLLEAGUES) {
        let person = NewPerson {
            login: colleague.login,
            display_name: colleague.name,
            roles: &[colleague.role],
            solo_practice: false,
        };
        let id = add_demo_person(db, practice, &person, PASSWORD, ordinal)?;
        actors.push(Actor::user(id, colleague.login, vec![colleague.role], practice));
        log_ins.push(LogIn {
            login: colleague.login.to_owned(),
            name: colleague.name.to_owned(),
            role: colleague.role.title().to_owned(),
            password: PASSWORD.to_owned(),
        });
    }
    let with = |role: Role| {
        let found = actors.iter().find(|actor| actor.has(role)).cloned();
        found.ok_or_else(|| app::Error::refused(format!("The demonstration has nobody in the role {role}.")))
    };
    let staff = Staff {
        tier1: with(Role::Tier1)?,
        tier2: with(Role::Tier2)?,
        poster: with(Role::Poster)?,
        coder: with(Role::Coder)?,
        tier3: with(Role::Tier3)?,
        manager: with(Role::Manager)?,
    };
    Ok((staff, log_ins))
}
