//! Commands about pay links: the card processor's page, links of an account, and a notice signed as the processor signs it, so
//! that the whole way can be tried without one.

use std::io::Read;

use app::pay_link::notice::{self, Worked};
use app::pay_link::{self, Link, NewSetting};
use billing::PatientId;
use billing::id::PayLinkId;
use billing::pay_link::{Notice, NoticeEvent};
use clap::{Args, Subcommand};
use serde_json::json;

use super::approval::{dollars, said};
use super::output::{self, Align, line};
use super::{Done, Failure, Place, Session};

/// Commands about pay links.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Set the card processor's page; prints the secret for its notices where a new one is made
    Set(Set),
    /// Make a link for an account, or print the one that opens
    Make(Account),
    /// List the links of an account
    List(Account),
    /// Revoke a link
    Revoke(Revoke),
    /// Sign a notice as the processor does, and print header and body
    Sign(Sign),
    /// Take a notice in from standard input, as if it had come over the network
    Receive(Receive),
}

/// What is set.
#[derive(Debug, Args)]
pub struct Set {
    /// Under which address patients reach the desk, such as https://pay.example.org
    #[arg(long, default_value = "")]
    link_address: String,
    /// The processor's page, with {reference} and {amount} or {cents}; empty turns links off
    #[arg(long)]
    page: String,
    /// Make a new secret and a new key: every link so far is dead then
    #[arg(long)]
    new_secrets: bool,
    /// Why, in one sentence
    #[arg(long, value_name = "REASON")]
    because: String,
}

/// Whose links.
#[derive(Debug, Args)]
pub struct Account {
    /// The account number
    account: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which link.
#[derive(Debug, Args)]
pub struct Revoke {
    /// The account number
    account: String,
    /// Its id, as the list prints it
    id: PayLinkId,
}

/// What the processor would tell.
#[derive(Debug, Args)]
pub struct Sign {
    /// Our reference, from the address of the processor's page
    #[arg(long)]
    reference: String,
    /// The processor's own reference of the payment
    #[arg(long)]
    payment: String,
    /// How much, such as 72.00
    #[arg(long)]
    amount: String,
    /// Last four digits of the card
    #[arg(long, default_value = "4242")]
    last_four: String,
    /// Brand of the card
    #[arg(long, default_value = "Visa")]
    brand: String,
    /// The card was not charged
    #[arg(long)]
    failed: bool,
}

/// A notice's header; its body is read from standard input.
#[derive(Debug, Args)]
pub struct Receive {
    /// The value of the header tierline-signature
    #[arg(long)]
    signature: String,
}

/// Runs the command.
pub fn run(command: &Command, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    match command {
        Command::Set(set) => {
            let new = NewSetting {
                link_address: set.link_address.clone(),
                page_url: set.page.clone(),
                new_secrets: set.new_secrets,
                why: set.because.clone(),
            };
            match pay_link::set(db, actor, practice, &new)? {
                Some(secret) => said(&format!("Set. The secret for the processor, printed this once:\n{secret}")),
                None => said("Set."),
            }
        }
        Command::Make(Account { account, json }) => {
            let made = pay_link::make(db, actor, practice, patient_of(&session, account)?)?;
            print(&[made], *json)
        }
        Command::List(Account { account, json }) => {
            print(&pay_link::of_patient(db, actor, practice, patient_of(&session, account)?)?, *json)
        }
        Command::Revoke(Revoke { account, id }) => {
            pay_link::revoke(db, actor, practice, patient_of(&session, account)?, *id)?;
            said("Revoked. It opens no more.")
        }
        Command::Sign(sign) => {
            let notice = Notice {
                event: if sign.failed { NoticeEvent::Failed } else { NoticeEvent::Succeeded },
                reference: sign.reference.clone(),
                payment: sign.payment.clone(),
                amount_cents: dollars(&sign.amount)?.cents(),
                currency: "USD".to_owned(),
                brand: sign.brand.clone(),
                last_four: sign.last_four.clone(),
            };
            let (header, body) = notice::sign(db, actor, practice, &notice)?;
            line(&format!("{}: {header}", pay_link::signature::HEADER));
            said(&body)
        }
        Command::Receive(Receive { signature }) => {
            let most = u64::try_from(notice::LARGEST_NOTICE).unwrap_or(u64::MAX).saturating_add(1);
            let mut body = Vec::new();
            std::io::stdin()
                .take(most)
                .read_to_end(&mut body)
                .map_err(|error| Failure::Unreadable(format!("standard input: {error}.")))?;
            // An editor or a shell ends a line; the signature is over what was sent.
            let body = body.trim_ascii_end();
            let worked = notice::receive(db, practice, signature, body)?;
            line(&json!({ "state": worked.as_str() }).to_string());
            Ok(match worked {
                Worked::Posted | Worked::Known | Worked::Failed => Done::Clean,
                Worked::Unplaced | Worked::NotSigned => Done::WithFindings,
            })
        }
    }
}

fn print(links: &[Link], as_json: bool) -> Result<Done, Failure> {
    if as_json {
        let told = links.iter().map(|link| {
            json!({
                "id": link.id, "state": link.state.label(), "address": link.address, "made_on": link.made_on,
                "made_by": link.made_by, "expires_on": link.expires_on, "revoked_by": link.revoked_by,
            })
        });
        return output::json(&told.collect::<Vec<_>>());
    }
    let head = [("LINK", Align::Left), ("STATE", Align::Left), ("UNTIL", Align::Left), ("ADDRESS", Align::Left)];
    let row = |link: &Link| {
        vec![
            link.id.to_string(),
            link.state.label().to_owned(),
            link.expires_on.to_string(),
            link.address.clone().unwrap_or_default(),
        ]
    };
    output::table(&head, &links.iter().map(row).collect::<Vec<_>>(), "This account has no link yet.")
}

fn patient_of(session: &Session, account: &str) -> Result<PatientId, Failure> {
    session.read(|read| {
        let found = read.query_opt(&store::registration::PATIENT_BY_ACCOUNT, store::params![account])?;
        found.map(|(id,)| id).ok_or(app::Error::NotFound("account"))
    })
}
