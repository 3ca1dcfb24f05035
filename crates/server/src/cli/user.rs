//! Commands about people who sign in: add, approve, disable, reset, list, and a token for the command line. Nobody's
//! password is typed here: each person chooses their own, with a code of two halves.

use app::access::session::make_token;
use app::registration;
use app::users::{self, NewPerson, Person};
use billing::access::{Role, UserState};
use clap::{Args, Subcommand};
use serde_json::json;

use super::output::{self, Align, line};
use super::{Done, Failure, Place, Session};

/// Commands about people.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List people with their roles
    List(List),
    /// Add a person: prints the first half of the start code with which they choose a password
    Add(Add),
    /// Approve a person whom somebody else added or gave other roles: prints the second half of a start code
    Approve(Login),
    /// Give a person other roles: every session and token of theirs ends at once, so that the new rights hold
    Roles(Roles),
    /// Disable a person: every session and token of theirs ends at once
    Disable(Login),
    /// Ask for the reset of a person's log-in, for a lost password or device: prints the first half of a code
    ///
    /// Two people do this, so that nobody takes over a log-in alone. Where there is nobody else, the owner of the
    /// database does it without --as and is shown both halves: whoever has the file, or on PostgreSQL connects as the
    /// role that owns the tables. The access log names the database's owner.
    Reset(Login),
    /// Approve the reset of a person's log-in that somebody else asked for: prints the second half of the code
    ApproveReset(Login),
    /// Make a token of your own for the command line, with --as
    Token(Token),
}

/// How to list.
#[derive(Debug, Args)]
pub struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Whom to add.
#[derive(Debug, Args)]
pub struct Add {
    /// The log-in name
    login: String,
    /// The name that colleagues read
    #[arg(long)]
    name: String,
    /// A role; repeat it for several
    #[arg(long = "role", required = true, value_parser = read_role)]
    roles: Vec<Role>,
}

/// Whose roles, and which.
#[derive(Debug, Args)]
pub struct Roles {
    /// The log-in name
    login: String,
    /// Every role the person is to hold from now on
    #[arg(required = true, value_parser = read_role, value_name = "ROLE")]
    roles: Vec<Role>,
}

/// Who.
#[derive(Debug, Args)]
pub struct Login {
    /// The log-in name
    login: String,
}

/// What the token is for.
#[derive(Debug, Args)]
pub struct Token {
    /// What it is for, so that you know it later
    #[arg(long, default_value = "command line")]
    label: String,
    /// How many days it lives
    #[arg(long, default_value_t = 30)]
    days: i64,
}

/// Runs the command.
pub fn run(command: &Command, place: &Place) -> Result<Done, Failure> {
    let session = match command {
        Command::Approve(_) | Command::Reset(_) | Command::ApproveReset(_) => Session::open_as_owner(place)?,
        Command::List(_) | Command::Add(_) | Command::Roles(_) | Command::Disable(_) | Command::Token(_) => {
            Session::open(place)?
        }
    };
    match command {
        Command::List(arguments) => list(&session, arguments),
        Command::Add(arguments) => add(&session, arguments),
        Command::Roles(arguments) => {
            let person = session.write(|tx| {
                let person = users::by_login(tx, &arguments.login)?;
                let solo = store::views::practice::is_solo(tx)?;
                users::change_roles(tx, person.id, &arguments.roles, solo)?;
                users::by_login(tx, &arguments.login)
            })?;
            line(&format!("Changed. Sessions and tokens have ended; their state is {}.", state_word(person.state)));
            Ok(Done::Clean)
        }
        Command::Disable(arguments) => {
            session.write(|tx| {
                let person = users::by_login(tx, &arguments.login)?;
                users::disable(tx, person.id)
            })?;
            line("Disabled. Every session and token of theirs has ended.");
            Ok(Done::Clean)
        }
        Command::Approve(arguments) => {
            let second = session.write(|tx| users::approve(tx, users::by_login(tx, &arguments.login)?.id))?;
            line("Approved; their state is active.");
            if let Some(second) = second {
                line(&format!("Second half of the code, shown once: {second}"));
                line(HOW_TO_START);
            }
            Ok(Done::Clean)
        }
        Command::Reset(arguments) => {
            let asked = session.write(|tx| users::reset::ask(tx, users::by_login(tx, &arguments.login)?.id))?;
            halves(&asked);
            match asked.second {
                Some(_) => line("Their old password no longer opens and every session and token has ended."),
                None => line(
                    "A second person approves it now and is shown the second half. Where there is nobody else, the \
                     owner of the database resets it alone: the same command without --as.",
                ),
            }
            line("The person types both halves on the page Log in, under “I was given a code”, within a day.");
            Ok(Done::Clean)
        }
        Command::ApproveReset(arguments) => {
            let second = session.write(|tx| users::reset::approve(tx, users::by_login(tx, &arguments.login)?.id))?;
            line(&format!("Second half of the code, shown once: {second}"));
            line("Their old password no longer opens and every session and token has ended.");
            Ok(Done::Clean)
        }
        Command::Token(arguments) => {
            let token = session.write(|tx| make_token(tx, &arguments.label, arguments.days))?;
            line(&token);
            Ok(Done::Clean)
        }
    }
}

fn list(session: &Session, arguments: &List) -> Result<Done, Failure> {
    let people: Vec<Person> = session.read(|read| users::list(read))?;
    let roles = |person: &Person| person.roles.iter().map(|role| role.key()).collect::<Vec<_>>().join(", ");
    if arguments.json {
        let rows: Vec<serde_json::Value> = people
            .iter()
            .map(|person| {
                json!({
                    "login": person.login, "name": person.display_name, "state": state_word(person.state),
                    "roles": person.roles.iter().map(|role| role.key()).collect::<Vec<_>>(), "has_device": person.has_device,
                })
            })
            .collect();
        return output::json(&rows);
    }
    let head = [("Log-in", Align::Left), ("Name", Align::Left), ("Roles", Align::Left), ("State", Align::Left)];
    let rows: Vec<Vec<String>> = people
        .iter()
        .map(|one| vec![one.login.clone(), one.display_name.clone(), roles(one), state_word(one.state).to_owned()])
        .collect();
    output::table(&head, &rows, "Nobody can sign in yet. Add somebody with `tierline user add`.")
}

/// What a new person does with the code.
const HOW_TO_START: &str = "The person types both halves on the page Log in, under “I was given a code”, within two \
                            weeks, and chooses a password. Then they log in and enrol a device.";

fn halves(code: &users::reset::Asked) {
    line(&format!("First half of the code, shown once:  {}", code.first));
    if let Some(second) = &code.second {
        line(&format!("Second half of the code, shown once: {second}"));
    }
}

fn add(session: &Session, arguments: &Add) -> Result<Done, Failure> {
    let solo = registration::practice_of(&session.db, &session.actor, session.practice)?.solo;
    let added = session.write(|tx| {
        let person = NewPerson {
            login: &arguments.login,
            display_name: &arguments.name,
            roles: &arguments.roles,
            solo_practice: solo,
        };
        users::add(tx, &person)
    })?;
    let found: Person = session.read(|read| users::by_login(read, &arguments.login))?;
    line(&format!("Added; their state is {}.", state_word(found.state)));
    halves(&added.code);
    if added.code.second.is_none() {
        line("A second person approves them now and is shown the second half.");
    }
    line(HOW_TO_START);
    Ok(Done::Clean)
}

fn state_word(state: UserState) -> &'static str {
    match state {
        UserState::Waiting => "waiting for approval",
        UserState::Active => "active",
        UserState::Disabled => "disabled",
    }
}

fn read_role(word: &str) -> Result<Role, String> {
    let known = || Role::ALL.map(Role::key).join(", ");
    Role::ALL.into_iter().find(|role| role.key() == word).ok_or_else(|| format!("the roles are {}", known()))
}
