//! Opens the database that the arguments name and finds out who acts. On an embedded database the owner of the file may
//! act, and is recorded as such; everywhere else a person acts with a token.

use std::io::Read as _;
use std::path::Path;

use billing::PracticeId;
use billing::access::Actor;
use store::practices::PracticeName;
use store::{Db, Env, Read, Tx};

use super::{Failure, Place};
use crate::demo::play::Desks;
use crate::demo::{front_desk, staff};

/// How every embedded database begins.
const EMBEDDED_HEAD: &[u8; 16] = b"SQLite format 3\0";

/// Where the token of `--as` is read from: an argument would stand in the list of processes for everybody.
pub const TOKEN_VARIABLE: &str = "TIERLINE_TOKEN";

/// An open database with the practice and the one who acts.
pub struct Session {
    /// The database.
    pub db: Db,
    /// The practice acted for.
    pub practice: PracticeId,
    /// Its name.
    pub practice_name: String,
    /// Who acts.
    pub actor: Actor,
}

impl Session {
    /// Opens an existing practice.
    pub fn open(place: &Place) -> Result<Session, Failure> {
        let (db, chosen) = open_practice(place)?;
        Session::of(db, chosen.practice_id, chosen.name, place)
    }

    /// Opens an existing practice for what the database's owner may do where there is no second person: on PostgreSQL
    /// too, without `--as`, whoever connects as the role that owns the tables.
    pub fn open_as_owner(place: &Place) -> Result<Session, Failure> {
        let (db, chosen) = open_practice(place)?;
        if place.login.is_some() || db.file().is_some() {
            return Session::of(db, chosen.practice_id, chosen.name, place);
        }
        if !db.is_owner()? {
            return Err(Failure::Refused(format!(
                "On PostgreSQL this is done by a person, with --as LOGIN and a token of theirs in {TOKEN_VARIABLE}, or \
                 without --as by whoever connects as the role that owns the tables. --database names another role."
            )));
        }
        let (practice, practice_name) = (chosen.practice_id, chosen.name);
        Ok(Session { db, practice, practice_name, actor: Actor::database_owner(practice) })
    }

    /// Opens an existing practice; in an empty database makes an invented one first, to try an import with. It is the
    /// demo's practice without its story: providers, payers, prices and log-ins, and no patients.
    pub fn open_or_trial(place: &Place) -> Result<Session, Failure> {
        let db = open_database(place)?;
        if !store::practices::list(&db)?.is_empty() {
            drop(db);
            return Session::open(place);
        }
        let practice = PracticeId(db.env().new_id());
        let refused = |error: anyhow::Error| Failure::Refused(format!("{error:#}"));
        let today = db.env().today();
        front_desk::open(&db, practice, (&simulator::builtin_payers(), Desks::default().appeal_days), today)
            .map_err(refused)?;
        staff::hire(&db, practice)?;
        let practice_name = front_desk::practice(practice).map_err(refused)?.name;
        // Nobody's practice yet: whoever made it sets it up.
        let actor = if db.file().is_some() { Actor::file_owner(practice) } else { Actor::system(practice) };
        Ok(Session { db, practice, practice_name, actor })
    }

    /// A session of a practice that was found or made.
    pub fn of(db: Db, practice: PracticeId, practice_name: String, place: &Place) -> Result<Session, Failure> {
        let actor = who_acts(&db, practice, place)?;
        Ok(Session { db, practice, practice_name, actor })
    }

    /// Reads in one snapshot.
    pub fn read<T>(&self, work: impl FnMut(&mut Read) -> Result<T, app::Error>) -> Result<T, Failure> {
        Ok(self.db.read(&self.actor, self.practice, work)?)
    }

    /// Changes in one transaction.
    pub fn write<T>(&self, work: impl FnMut(&mut Tx) -> Result<T, app::Error>) -> Result<T, Failure> {
        Ok(self.db.write(&self.actor, self.practice, work)?)
    }
}

/// Opens an existing practice for whoever comes: the desk asks each person to sign in.
pub fn open_practice(place: &Place) -> Result<(Db, PracticeName), Failure> {
    must_exist(place)?;
    let db = open_database(place)?;
    let practices = store::practices::list(&db)?;
    let chosen = choose(practices, place.practice.as_deref())?;
    // Learned before anybody asks for the day: the desk tells times without a question to the database.
    db.zone(chosen.practice_id)?;
    Ok((db, chosen))
}

/// Whoever only looks makes no database: a mistyped name must not become an empty practice.
pub fn must_exist(place: &Place) -> Result<(), Failure> {
    let Some(file) = store::embedded_file(&place.database) else { return Ok(()) };
    match std::fs::metadata(file) {
        Ok(found) if found.len() > 0 => must_be_a_database(file),
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Failure::file(file, &error)),
        Ok(_) | Err(_) => Err(Failure::Unreadable(format!(
            "There is no database at {}. Make one with `tierline demo`, `tierline import` or name another with \
             --database.",
            file.display()
        ))),
    }
}

/// Another file named by mistake is told from a database before the engine looks at it.
fn must_be_a_database(file: &Path) -> Result<(), Failure> {
    let mut head = [0; EMBEDDED_HEAD.len()];
    let opened = std::fs::File::open(file).map_err(|error| Failure::file(file, &error))?;
    match (&opened).read_exact(&mut head) {
        Ok(()) if head == *EMBEDDED_HEAD => Ok(()),
        Err(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => Err(Failure::file(file, &error)),
        Ok(()) | Err(_) => Err(Failure::Unreadable(format!(
            "{} is no database of Tierline. Name the file with --database.",
            file.display()
        ))),
    }
}

/// Opens the database and brings its tables up to date. An embedded one is made where its name is the default or new.
pub fn open_database(place: &Place) -> Result<Db, Failure> {
    Ok(Db::open(&place.database, Env::system())?)
}

/// The practice of a name, or the one there is; one that people train in is chosen by its name alone.
fn choose(mut practices: Vec<PracticeName>, name: Option<&str>) -> Result<PracticeName, Failure> {
    if name.is_none() {
        practices.retain(|one| !one.is_training);
    }
    let names = || practices.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(", ");
    match name {
        Some(name) => match practices.iter().position(|one| one.name.eq_ignore_ascii_case(name)) {
            Some(found) => Ok(practices.swap_remove(found)),
            None => Err(Failure::Refused(format!("There is no practice of that name here. There are: {}.", names()))),
        },
        None if practices.len() > 1 => Err(Failure::Unreadable(format!(
            "This database holds several practices. Say --practice with one of: {}.",
            names()
        ))),
        None => practices.pop().ok_or_else(|| {
            Failure::Refused(
                "This database holds no practice yet. Set yours up with `tierline set-up FILE.toml`, make one \
                 with `tierline demo`, or import into it with \
                 `tierline import fhir --profile synthea FILE…`."
                    .to_owned(),
            )
        }),
    }
}

fn who_acts(db: &Db, practice: PracticeId, place: &Place) -> Result<Actor, Failure> {
    let token = std::env::var(TOKEN_VARIABLE).ok().filter(|token| !token.is_empty());
    match (&place.login, token) {
        (Some(login), Some(token)) => {
            let system = Actor::system(practice);
            Ok(db.read(&system, practice, |read| app::access::session::actor_by_token(read, login, &token))?)
        }
        (Some(_), None) => Err(Failure::Refused(format!(
            "To act as a person, put a token of theirs into {TOKEN_VARIABLE}. Tokens are made on the page My log-in."
        ))),
        (None, _) if db.file().is_some() => Ok(Actor::file_owner(practice)),
        (None, _) => Err(Failure::Refused(format!(
            "On PostgreSQL nobody acts without a log-in. Say --as LOGIN, with a token of that person in \
             {TOKEN_VARIABLE}. Where the only administrator lost the log-in, or nobody else can approve, the owner of the \
             database runs `tierline user reset LOGIN` or `tierline user approve LOGIN` without it."
        ))),
    }
}
