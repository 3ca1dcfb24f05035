//! What the commands about refunds and about write-offs share: the number of a request, a reason, an amount. Decides nothing.

use clap::Args;
use ledger::Money;

use super::output::line;
use super::{Done, Failure, Session};

/// Which request.
#[derive(Debug, Args)]
pub struct Number {
    /// Its number, such as RF-00001 or WO-00001
    pub(super) number: String,
}

/// Which request, and why.
#[derive(Debug, Args)]
pub struct Because {
    /// Its number, such as RF-00001 or WO-00001
    pub(super) number: String,
    /// Why, in one sentence
    #[arg(long, value_name = "REASON")]
    pub(super) because: String,
}

/// The amount of a request.
pub fn dollars(typed: &str) -> Result<Money, Failure> {
    Money::parse(typed)
        .map_err(|_| Failure::Unreadable("--amount: write dollars and cents, for example 72.00.".to_owned()))
}

/// A key for one request: each time the command is given it is another one.
pub fn new_key(session: &Session) -> Result<String, Failure> {
    Ok(session.write(|tx| Ok(tx.new_id()))?.to_string())
}

/// Who a request is about, in a table.
pub fn side(payer: Option<&String>) -> String {
    payer.cloned().unwrap_or_else(|| "the patient".to_owned())
}

/// Tells what was done.
pub fn said(words: &str) -> Result<Done, Failure> {
    line(words);
    Ok(Done::Clean)
}
