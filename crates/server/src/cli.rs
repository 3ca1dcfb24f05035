//! The command line: one file a group of commands, each thin over one use case of `app`. It reads arguments, asks, and
//! prints; it decides nothing about claims, money or rights.
//!
//! Exit codes, the same for every command: 0 done; 1 done, and there are findings (a problem in a file, a difference
//! in the books, a claim held); 2 the arguments or a file cannot be read, nothing was changed; 3 refused: not allowed,
//! not found, or not possible now.

mod adjustments;
mod approval;
mod bank;
mod calls;
mod checkpoint;
mod claims;
mod clocks;
mod credit;
mod demo;
mod deposit;
mod estate;
mod explain;
mod export;
mod failure;
mod import;
mod jobs;
mod limits;
mod money_rules;
mod output;
mod pay_link;
mod period;
mod problems;
mod provider_ledger;
mod quality;
mod reference;
mod refund;
mod remit;
mod report;
mod routing;
mod serve;
mod session;
mod set_up;
mod simulate;
mod statement;
mod team;
mod unmatched;
mod upkeep;
mod user;
mod work;
mod write_off;
mod x12;

use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};

pub use failure::{Done, Failure};
pub use session::Session;

/// Where the embedded database stands when nobody names another.
pub const DEFAULT_DATABASE: &str = "tierline-data/tierline.sqlite";

/// The clearinghouse's folder when nobody names another.
pub const DEFAULT_EXCHANGE: &str = "tierline-data/exchange";

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  done, and there are findings: a problem in a file, a difference in the books, a claim held
  2  the arguments or a file cannot be read; nothing was changed
  3  refused: not allowed, not found, or not possible now

On an embedded database the owner of the file may do everything, and is recorded as such. To act as a person, give
--as LOGIN with a token of that person in TIERLINE_TOKEN; on PostgreSQL that is the only way.";

/// Medical billing in one program: visits to claims, claims to payments, payments to balanced books.
#[derive(Debug, Parser)]
#[command(name = "tierline", version, after_help = EXIT_CODES, disable_help_subcommand = true)]
pub struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

/// Which database, and who acts.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// A file, or postgres://user@host/name
    #[arg(long, global = true, env = "TIERLINE_DATABASE", value_name = "URL", default_value = DEFAULT_DATABASE)]
    pub database: String,
    /// Act as this person, with a token of theirs in TIERLINE_TOKEN
    // An id of its own: a subcommand's positional `login` must not be taken for it.
    #[arg(id = "acting_login", long = "as", global = true, value_name = "LOGIN")]
    pub login: Option<String>,
    /// The practice, by name, where the database holds several
    #[arg(long, global = true, value_name = "NAME")]
    pub practice: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Set up a real practice from one file: itself, providers, payers, prices, people
    SetUp(set_up::Arguments),
    /// Take in FHIR bundles and CSV files
    #[command(subcommand)]
    Import(import::Command),
    /// Make a synthetic practice with months of history, and serve it
    Demo(demo::Arguments),
    /// Where claims are, and what happened to them
    #[command(subcommand)]
    Claims(claims::Command),
    /// What payers paid
    #[command(subcommand)]
    Remit(remit::Command),
    /// Why something is owed: every link with its entry of the books and the payer's segment
    Explain(explain::Arguments),
    /// What is held of others' money, and by when it must be back
    #[command(subcommand)]
    Credit(credit::Command),
    /// The bank: what is on its way, and what each line of its statement is
    #[command(subcommand)]
    Bank(bank::Command),
    /// Cash and checks on their way to the bank: slips, drawers, differences
    #[command(subcommand)]
    Deposit(deposit::Command),
    /// A day as the books have it: what came in, was charged, adjusted and deposited
    DaySheet(deposit::Day),
    /// Money that goes back to who paid it
    #[command(subcommand)]
    Refund(refund::Command),
    /// Patients who died: what is known of the estate
    #[command(subcommand)]
    Estate(estate::Command),
    /// Links by which patients pay: set the processor's page, make, list, revoke, and try the processor's notice
    #[command(subcommand)]
    PayLink(pay_link::Command),
    /// What the practice stops asking for
    #[command(subcommand)]
    WriteOff(write_off::Command),
    /// Calls to payers: what to call about, and what a call brought
    #[command(subcommand)]
    Calls(calls::Command),
    /// Last days of law and contract: what runs out, what a person decides, lengths, closed days, forecast
    #[command(subcommand)]
    Clocks(clocks::Command),
    /// Problems of Tier 3: what keeps coming back, what is done about it, and what came of it
    #[command(subcommand)]
    Problems(problems::Command),
    /// What roles decide alone, and the policy of discounts: list, set
    #[command(subcommand)]
    Limits(limits::Command),
    /// How patients' payments are spread, and the fee for a returned check: list, set
    #[command(subcommand)]
    MoneyRules(money_rules::Command),
    /// Teams, what people can do, who is away
    #[command(subcommand)]
    Team(team::Command),
    /// Quality of work: draws of reviews, what was said of your own, practice mode, skills one by one
    #[command(subcommand)]
    Quality(quality::Command),
    /// Rules of routing: list, try on last month, set, withdraw
    #[command(subcommand)]
    Routing(routing::Command),
    /// Accounting months: list, close, open again, and the books of one
    #[command(subcommand)]
    Period(period::Command),
    /// What adjustments of payers mean: list, ask, add, retire, try on what was posted
    #[command(subcommand)]
    Adjustments(adjustments::Command),
    /// The desk's work
    #[command(subcommand)]
    Work(work::Command),
    /// Check and show X12 files
    #[command(subcommand)]
    X12(x12::Command),
    /// What patients are told they owe
    #[command(subcommand)]
    Statement(statement::Command),
    /// People and what they may do
    #[command(subcommand)]
    User(user::Command),
    /// Print a report
    Report(report::Arguments),
    /// Let the invented payers answer what lies in a folder, or compare their word with the books
    Simulate(simulate::Arguments),
    /// Recompute every invariant of books, chains, remittances and claims
    Verify(upkeep::Verify),
    /// Signed proofs of how far the books had come, and whether they still stand
    #[command(subcommand)]
    Checkpoint(checkpoint::Command),
    /// Run the daily jobs now, or list how they ended
    Jobs(jobs::Arguments),
    /// Serve the desk in a browser
    Serve(serve::Arguments),
    /// Write everything into one new file, while others work
    Backup(upkeep::BackupFile),
    /// Restore a backup into the empty place that --database names
    Restore(upkeep::BackupFile),
    /// Write every report as a CSV file
    Export(export::Arguments),
    /// Bring the database's tables up to date
    Migrate,
    /// Print a page of docs/reference
    #[command(hide = true)]
    Reference(reference::Arguments),
}

/// Reads the arguments of this process and runs the command.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(help) => {
            let is_problem = help.use_stderr();
            // Printing can only fail when nobody reads; the exit code still says it.
            let _ = help.print();
            return ExitCode::from(if is_problem { failure::USAGE } else { failure::DONE });
        }
    };
    let outcome = match cli.command {
        Command::SetUp(arguments) => set_up::run(&arguments, &cli.place),
        Command::Import(command) => import::run(&command, &cli.place),
        Command::Demo(arguments) => demo::run(&arguments, &cli.place),
        Command::Claims(command) => claims::run(&command, &cli.place),
        Command::Remit(command) => remit::run(&command, &cli.place),
        Command::Explain(arguments) => explain::run(&arguments, &cli.place),
        Command::Credit(command) => credit::run(&command, &cli.place),
        Command::Bank(command) => bank::run(&command, &cli.place),
        Command::Deposit(command) => deposit::run(&command, &cli.place),
        Command::DaySheet(arguments) => deposit::day(&arguments, &cli.place),
        Command::Refund(command) => refund::run(&command, &cli.place),
        Command::Estate(command) => estate::run(&command, &cli.place),
        Command::PayLink(command) => pay_link::run(&command, &cli.place),
        Command::WriteOff(command) => write_off::run(&command, &cli.place),
        Command::Calls(command) => calls::run(&command, &cli.place),
        Command::Clocks(command) => clocks::run(&command, &cli.place),
        Command::Problems(command) => problems::run(&command, &cli.place),
        Command::Limits(command) => limits::run(&command, &cli.place),
        Command::MoneyRules(command) => money_rules::run(&command, &cli.place),
        Command::Team(command) => team::run(&command, &cli.place),
        Command::Quality(command) => quality::run(&command, &cli.place),
        Command::Routing(command) => routing::run(&command, &cli.place),
        Command::Period(command) => period::run(&command, &cli.place),
        Command::Adjustments(command) => adjustments::run(&command, &cli.place),
        Command::Work(command) => work::run(&command, &cli.place),
        Command::X12(command) => x12::run(&command),
        Command::Statement(command) => statement::run(&command, &cli.place),
        Command::User(command) => user::run(&command, &cli.place),
        Command::Report(arguments) => report::run(&arguments, &cli.place),
        Command::Simulate(arguments) => simulate::run(&arguments, &cli.place),
        Command::Verify(arguments) => upkeep::verify(&arguments, &cli.place),
        Command::Checkpoint(command) => checkpoint::run(&command, &cli.place),
        Command::Jobs(arguments) => jobs::run(&arguments, &cli.place),
        Command::Serve(arguments) => serve::run(&arguments, &cli.place),
        Command::Backup(arguments) => upkeep::backup(&arguments, &cli.place),
        Command::Restore(arguments) => upkeep::restore(&arguments, &cli.place),
        Command::Export(arguments) => export::run(&arguments, &cli.place),
        Command::Migrate => upkeep::migrate(&cli.place),
        Command::Reference(arguments) => reference::run(&arguments),
    };
    failure::exit(outcome)
}

/// The clearinghouse as a folder: what we send lies in its `outbox`, what it answers is taken from its `inbox`.
pub fn folder_drop(folder: &std::path::Path) -> Result<exchange::FolderDrop, Failure> {
    exchange::FolderDrop::open(folder.join("outbox"), folder.join("inbox"))
        .map_err(|error| Failure::Refused(error.to_string()))
}

/// The whole command tree, for the reference page.
pub fn command_tree() -> clap::Command {
    Cli::command()
}
