//! `tierline set-up`: a real practice from one file: itself, providers, facilities, payers, prices, people. The whole
//! file is judged before anything is written, and all of it is written in one transaction or nothing of it; a second run
//! finds what is there and changes what the file says anew.
//! Each new person's start code is printed once, with which they choose a password; none stands in the file.

use std::path::PathBuf;

use app::access::session::make_token;
use app::registration::{self, ProviderData, Registered};
use app::users::reset::Asked;
use app::users::{self, NewPerson, Person};
use app::{Error, claim_scrub};
use billing::PracticeId;
use billing::access::{Actor, Role};
use billing::practice::Practice;
use clap::Args;
use store::Tx;

use super::output::line;
use super::session::{TOKEN_VARIABLE, open_database};
use super::{Done, Failure, Place, Session};
use crate::import::practice::{self, PlannedPerson, PracticeFile};

/// How long the first token lives: time to begin; later ones are made by the person.
const FIRST_TOKEN_DAYS: i64 = 7;

/// Which file.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The practice as a TOML file; docs/practice.sample.toml shows every table
    file: PathBuf,
    /// Register another practice in a database that holds one already
    #[arg(long)]
    another: bool,
}

/// Log-ins with their start codes.
type Codes = Vec<(String, Asked)>;

/// What a run changed.
#[derive(Default)]
struct Tally {
    added: usize,
    changed: usize,
    /// What stands otherwise on file, and no command changes.
    differs: Vec<String>,
}

impl Tally {
    fn count<T>(&mut self, registered: &Registered<T>) {
        self.added += usize::from(registered.is_new);
    }
}

/// Runs the command.
pub fn run(arguments: &Arguments, place: &Place) -> Result<Done, Failure> {
    let bytes = std::fs::read(&arguments.file).map_err(|error| Failure::file(&arguments.file, &error))?;
    let name = arguments.file.display().to_string();
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::Unreadable(format!("{name}: it is not UTF-8 text. Save it as UTF-8.")))?;
    let file = practice::read(&name, &text)?;
    let (session, is_new) = open(&file, arguments.another, place)?;
    let wanted = Practice { id: session.practice, ..file.practice.clone() };
    // One transaction: whatever is refused, however late, nothing of the file stands on record.
    let (tally, codes) = session.write(|tx| write_all(tx, &wanted, &file, is_new))?;
    if tally.changed > 0 {
        // Claims that are held may have waited for what was changed.
        claim_scrub::scrub_held(&session.db, &Actor::system(session.practice), session.practice)?;
    }
    line(&format!("{}: {} added, {} changed.", wanted.name, tally.added, tally.changed));
    for (login, code) in &codes {
        let second = code.second.as_deref().unwrap_or("who approves them is shown it");
        line(&format!("Start code of {login}, shown once. First half: {}. Second half: {second}.", code.first));
    }
    if !codes.is_empty() {
        line("Each types both halves on the page Log in, under “I was given a code”, and chooses a password.");
    }
    if is_new && session.db.file().is_none() {
        first_token(&session, &file.people)?;
    }
    for difference in &tally.differs {
        line(difference);
    }
    Ok(if tally.differs.is_empty() { Done::Clean } else { Done::WithFindings })
}

/// The practice of the file's name; a new one in an empty database, or beside others where that was asked for.
fn open(file: &PracticeFile, another: bool, place: &Place) -> Result<(Session, bool), Failure> {
    let db = open_database(place)?;
    let practices = store::practices::list(&db)?;
    let name = place.practice.as_deref().unwrap_or(&file.practice.name);
    if let Some(known) = practices.iter().find(|one| one.name.eq_ignore_ascii_case(name)) {
        return Ok((Session::of(db, known.practice_id, known.name.clone(), place)?, false));
    }
    if !practices.is_empty() && !another {
        let names = practices.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(", ");
        return Err(Failure::Refused(format!(
            "This database holds {names}, not {name}. Say --practice with the present name to rename one, or --another \
             to register a further practice."
        )));
    }
    if db.file().is_none() && file.people.is_empty() {
        return Err(Failure::Unreadable(
            "On PostgreSQL nobody acts without a log-in. Add the first person to the file, as [[people]].".to_owned(),
        ));
    }
    let practice = PracticeId(db.env().new_id());
    // Nobody's practice yet: whoever owns the database makes it.
    let actor = if db.file().is_some() { Actor::file_owner(practice) } else { Actor::system(practice) };
    Ok((Session { db, practice, practice_name: file.practice.name.clone(), actor }, true))
}

/// Writes the whole file; answers what was changed and the log-ins with start codes.
fn write_all(tx: &mut Tx, wanted: &Practice, file: &PracticeFile, is_new: bool) -> Result<(Tally, Codes), Error> {
    let mut tally = Tally::default();
    if is_new {
        registration::register_practice_in(tx, wanted, false)?;
        tally.added += 1;
    } else if store::registration::practice(tx)?.as_ref() != Some(wanted) {
        registration::save_practice_in(tx, wanted, None)?;
        tally.changed += 1;
    }
    providers_and_facilities(tx, file, &mut tally)?;
    payers_and_fees(tx, file, &mut tally)?;
    let codes = people(tx, file, &mut tally)?;
    Ok((tally, codes))
}

fn providers_and_facilities(tx: &mut Tx, file: &PracticeFile, tally: &mut Tally) -> Result<(), Error> {
    let on_file = registration::providers_in(tx)?;
    for wanted in &file.providers {
        let Some(known) = on_file.iter().find(|one| one.npi == wanted.npi) else {
            tally.count(&registration::register_provider_in(tx, wanted)?);
            continue;
        };
        let ProviderData { name, taxonomy, in_practice, .. } = wanted;
        if (&known.name, &known.taxonomy, &known.in_practice) != (name, taxonomy, in_practice) {
            let words = "stands on file otherwise, and set-up does not change it. Change it in the browser, under \
                         Practice, providers, payers.";
            tally.differs.push(format!("The provider with NPI {} {words}", known.npi.as_str()));
        }
    }
    let on_file = registration::facilities_in(tx)?;
    for wanted in &file.facilities {
        let registered = registration::register_facility_in(tx, wanted)?;
        tally.count(&registered);
        let known = on_file.iter().find(|one| one.id == registered.id);
        let wants = (&wanted.npi, &wanted.address, &wanted.clia_number);
        if known.is_some_and(|known| (&known.npi, &known.address, &known.clia_number) != wants) {
            let words = "stands on file otherwise, and set-up does not change it. Give the new place a new name.";
            tally.differs.push(format!("The facility {} {words}", wanted.name));
        }
    }
    Ok(())
}

fn payers_and_fees(tx: &mut Tx, file: &PracticeFile, tally: &mut Tally) -> Result<(), Error> {
    let on_file = registration::payers_in(tx)?;
    for wanted in &file.payers {
        let Some(known) = on_file.iter().find(|one| one.payer_identifier == wanted.payer_identifier) else {
            tally.count(&registration::register_payer_in(tx, wanted)?);
            continue;
        };
        if known.settings != wanted.settings {
            registration::save_payer_settings_in(tx, known.id, &wanted.settings)?;
            tally.changed += 1;
        }
        if (&known.name, &known.filing_indicator) != (&wanted.name, &wanted.filing_indicator) {
            let words = "stands on file with another name or kind; set-up changes its settings only. Change the rest in \
                         the browser, under Practice, providers, payers.";
            tally.differs.push(format!("The payer {} {words}", wanted.payer_identifier));
        }
    }
    let on_file = store::registration::fee_schedule(tx)?;
    for wanted in &file.fees {
        if on_file.contains(wanted) {
            continue;
        }
        let key = |one: &billing::fee_schedule::FeeScheduleItem| {
            (one.procedure.clone(), one.modifier.clone(), one.effective_on)
        };
        registration::set_price_in(tx, wanted)?;
        if on_file.iter().any(|one| key(one) == key(wanted)) { tally.changed += 1 } else { tally.added += 1 }
    }
    Ok(())
}

/// Adds who is not there yet; who is there stays as colleagues made them. Answers log-ins with start codes.
fn people(tx: &mut Tx, file: &PracticeFile, tally: &mut Tally) -> Result<Codes, Error> {
    let mut codes = Vec::new();
    for person in &file.people {
        if let Ok(known) = users::by_login(tx, &person.login) {
            tally.differs.extend(difference_of(person, &known));
            continue;
        }
        let new = NewPerson {
            login: &person.login,
            display_name: &person.name,
            roles: &person.roles,
            solo_practice: file.practice.solo,
        };
        let added = users::add(tx, &new)?;
        tally.added += 1;
        codes.push((person.login.clone(), added.code));
    }
    Ok(codes)
}

/// What the file says otherwise of a person who is there: rights are changed by a person, and approved by another.
fn difference_of(wanted: &PlannedPerson, known: &Person) -> Option<String> {
    let sorted = |roles: &[Role]| {
        let mut roles = roles.to_vec();
        roles.sort();
        roles.dedup();
        roles
    };
    let login = &known.login;
    if sorted(&wanted.roles) != sorted(&known.roles) {
        let roles = wanted.roles.iter().map(|role| role.key()).collect::<Vec<_>>().join(" ");
        return Some(format!(
            "{login} holds other roles than the file says, and set-up does not change them. Change them with \
             `tierline user roles {login} {roles}`, or in the browser, under People and roles."
        ));
    }
    (wanted.name != known.display_name).then(|| {
        format!("{login} is called {} on file, and set-up does not change a person's name.", known.display_name)
    })
}

/// A token for whoever begins: on PostgreSQL every further command acts for a person.
fn first_token(session: &Session, people: &[PlannedPerson]) -> Result<(), Failure> {
    let manager = people.iter().find(|one| one.roles.contains(&Role::Manager));
    let Some(first) = manager.or_else(|| people.first()) else { return Ok(()) };
    let person = session.read(|read| users::by_login(read, &first.login))?;
    let actor = Actor::user(person.id, person.login.clone(), person.roles, session.practice);
    let label = "set-up";
    let token = session
        .db
        .write(&actor, session.practice, |tx| make_token(tx, label, FIRST_TOKEN_DAYS))
        .map_err(Failure::from)?;
    line(&format!("Go on as this person, for {FIRST_TOKEN_DAYS} days: --as {} with", person.login));
    line(&format!("{TOKEN_VARIABLE}={token}"));
    Ok(())
}
