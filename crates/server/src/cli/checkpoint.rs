//! `tierline checkpoint`: signed proofs of how far the books had come, to be kept away from the database.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use app::checkpoint::{self, Checkpoint};
use clap::Subcommand;
use store::Env;

use super::output::line;
use super::x12::files::create_new;
use super::{Done, Failure, Place, Session};

/// Commands about checkpoints.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a pair of keys: FILE signs and is kept secret, FILE.pub checks and is given to the auditor
    Key {
        /// Where the private key goes; keep it away from the database
        file: PathBuf,
    },
    /// Verify everything and write a checkpoint with its signature into FILE and FILE.sig
    Write {
        /// Where it goes; the signature lies beside it
        file: PathBuf,
        /// The private key
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
    /// Whether a checkpoint is signed and what it saw still stands; exits with 1 where it does not
    Check {
        /// The checkpoint; its signature lies beside it
        file: PathBuf,
        /// The public key
        #[arg(long, value_name = "FILE")]
        public: PathBuf,
    },
}

/// Runs the command.
pub fn run(command: &Command, place: &Place) -> Result<Done, Failure> {
    match command {
        Command::Key { file } => key(file),
        Command::Write { file, key } => write(file, key, place),
        Command::Check { file, public } => check(file, public, place),
    }
}

fn key(file: &Path) -> Result<Done, Failure> {
    let mut random = [0; 32];
    Env::system().fill(&mut random);
    let (private, public) = checkpoint::new_keys(random)?;
    let beside = with_ending(file, "pub");
    let (mut secret, mut open) = (create_new(file)?, create_new(&beside)?);
    keep_private(&secret)
        .and_then(|()| secret.write_all(private.as_bytes()))
        .map_err(|why| Failure::file(file, &why))?;
    open.write_all(public.as_bytes()).map_err(|why| Failure::file(&beside, &why))?;
    line(&format!(
        "{} signs: keep it where nobody who can change the database reaches it. {} checks: give it to the auditor.",
        file.display(),
        beside.display()
    ));
    Ok(Done::Clean)
}

fn write(file: &Path, key: &Path, place: &Place) -> Result<Done, Failure> {
    let key = read(key)?;
    let session = Session::open(place)?;
    let made = checkpoint::make(&session.db, &session.actor, session.practice)?;
    let text = made.to_text();
    let signature = checkpoint::sign(&text, &key)?;
    let beside = with_ending(file, "sig");
    // The signature first: a checkpoint without one proves nothing.
    create_new(&beside)?.write_all(&signature).map_err(|why| Failure::file(&beside, &why))?;
    create_new(file)?.write_all(text.as_bytes()).map_err(|why| Failure::file(file, &why))?;
    line(&format!(
        "Books up to entry {} and audit up to record {}, signed in {}. Keep both files away from the database.",
        made.ledger_sequence,
        made.audit_sequence,
        beside.display()
    ));
    Ok(Done::Clean)
}

fn check(file: &Path, public: &Path, place: &Place) -> Result<Done, Failure> {
    let (text, public) = (read(file)?, read(public)?);
    let beside = with_ending(file, "sig");
    let signature = std::fs::read(&beside).map_err(|why| Failure::file(&beside, &why))?;
    let checkpoint = Checkpoint::from_text(&text)?;
    if !checkpoint::is_signed_by(&text, &signature, &public)? {
        line("FAILS  signature: the checkpoint was changed, or another key signed it. It proves nothing.");
        return Ok(Done::WithFindings);
    }
    line(&format!("holds  signature: made {} and unchanged since", checkpoint.made_at));
    let session = Session::open(place)?;
    let checks = checkpoint::compare(&session.db, &session.actor, session.practice, &checkpoint)?;
    for check in &checks {
        let word = if check.holds { "holds" } else { "FAILS" };
        line(&format!("{word}  {}: {} ({})", check.name, check.says, check.detail));
    }
    Ok(if checks.iter().all(|check| check.holds) { Done::Clean } else { Done::WithFindings })
}

fn read(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|why| Failure::file(file, &why))
}

/// "books.json" and "sig" give "books.json.sig".
fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

/// Nobody but the owner may read a private key.
fn keep_private(file: &std::fs::File) -> std::io::Result<()> {
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}
