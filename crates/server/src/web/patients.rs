//! A patient's account: what is owed now and why, in words that may be read aloud and in the numbers behind them.

use askama::Template;
use axum::extract::{Query, State};
use billing::access::{Action, ResourceState};
use billing::write_off::{Debtor, Side, WriteOffReason};
use billing::{EncounterId, PatientId};
use serde::Deserialize;
use store::refund::RefundLine;
use store::reports::Cell;
use store::views::patient_ledger::{self, PatientPostingRow};
use store::views::patients::{ContactRow, CoverageViewRow, EligibilityViewRow, PatientView, PatientWorkRow};
use store::write_off::WriteOffLine;

use super::chips::{self, Chip};
use super::page::{Page, Shell, go, show as render};
use super::refusal::Refusal;
use super::session::{Id, SignedIn};
use super::tables::{self, Wanted, maybe, text};
use super::visit_hands::Hand;
use super::{Desk, filters};
use crate::table_file::Sheet;
use app::patient_account::{PatientAccount, VisitAccount, WrittenIn};
use app::pay_link::Link;
use app::refund::CreditLine;
use app::write_off::DebtLine;
use billing::work::{Channel, Desk as WorkDesk, InquiryReason, WorkReason};

/// What stands in the address.
#[derive(Deserialize)]
pub struct Asked {
    visit: Option<EncounterId>,
    done: Option<String>,
}

/// Work about the patient: its title, desk, due date, and whether this person may open it.
struct Work {
    row: PatientWorkRow,
    title: &'static str,
    desk: &'static str,
    may_open: bool,
}

#[derive(Template)]
#[template(path = "patients/show.html")]
struct AccountPage {
    shell: Shell,
    account: PatientAccount,
    name: String,
    chosen: Option<VisitAccount>,
    coverages: Vec<CoverageViewRow>,
    eligibility: Vec<(Chip, EligibilityViewRow)>,
    contacts: Vec<(String, String, ContactRow)>,
    work: Vec<Work>,
    pay: Option<String>,
    may_pay: bool,
    may_ask: bool,
    may_log: bool,
    may_cover: bool,
    may_charge: bool,
    may_edit: bool,
    may_send: bool,
    hand: Option<Hand>,
    may_hold: bool,
    /// May take a fee for a returned check back.
    may_waive: bool,
    /// What may go back, for who may ask for it.
    credits: Vec<CreditLine>,
    refunds: Vec<RefundLine>,
    write_offs: Vec<WriteOffLine>,
    /// What of the chosen visit may be written off, for who may ask for it.
    debts: Vec<DebtLine>,
    /// Links by which the patient pays, for who may make them, where the practice has any.
    pay_links: Option<Vec<Link>>,
    /// Makes a second click the same request.
    key: String,
}

/// The account.
pub async fn show(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<PatientId>,
    Wanted(wanted): Wanted,
    Query(asked): Query<Asked>,
) -> Page {
    if let Some(format) = wanted {
        let rows = desk.read(&who.actor, move |read| Ok(patient_ledger::of_patient(read, id)?)).await?;
        return tables::file("patient-ledger", &[ledger(&rows)], format);
    }
    let (actor, may_link) = (who.actor.clone(), who.may(Action::ManagePayLinks));
    let (account, beside, approvals) = desk
        .blocking(move |db, practice| {
            let account = app::patient_account::account(db, &actor, practice, id)?;
            let chosen = chosen(&account, asked.visit).map(|visit| visit.encounter_id);
            let beside = db.read(&actor, practice, |read| {
                store::views::patients::get(read, id)?.ok_or(app::Error::NotFound("patient"))
            })?;
            let approvals = Approvals {
                credits: app::refund::credits(db, &actor, practice, id)?,
                refunds: app::refund::of_patient(db, &actor, practice, id)?,
                write_offs: app::write_off::of_patient(db, &actor, practice, id)?,
                pay_links: match app::pay_link::is_on(db, &actor, practice)? && may_link {
                    true => Some(app::pay_link::of_patient(db, &actor, practice, id)?),
                    false => None,
                },
                debts: match chosen {
                    Some(visit) => app::write_off::debts(db, &actor, practice, visit)?,
                    None => Vec::new(),
                },
            };
            Ok((account, beside, approvals))
        })
        .await?;
    let key = desk.new_id().to_string();
    let shell = Shell::new(&desk, &who, "/patients").after(asked.done.as_deref());
    render(&account_page(shell, &who, account, (beside, approvals), asked.visit, key)?)
}

/// The patient's part of the books.
fn ledger(rows: &[PatientPostingRow]) -> Sheet {
    let row = |row: &PatientPostingRow| {
        vec![
            Cell::Count(row.sequence),
            text(row.occurred_on),
            text(&row.entry_reason),
            maybe(row.date_of_service),
            maybe(row.procedure_code.as_ref()),
            text(&row.account),
            maybe(row.payer.as_ref()),
            text(&row.reason),
            Cell::Money(row.amount),
        ]
    };
    Sheet {
        name: "Ledger",
        columns: &[
            "Entry",
            "Date",
            "Entry reason",
            "Visit",
            "Procedure",
            "Account",
            "Payer",
            "Posting reason",
            "Amount",
        ],
        rows: rows.iter().map(row).collect(),
    }
}

/// Refunds and write-offs of the account.
struct Approvals {
    credits: Vec<CreditLine>,
    refunds: Vec<RefundLine>,
    write_offs: Vec<WriteOffLine>,
    debts: Vec<DebtLine>,
    pay_links: Option<Vec<Link>>,
}

/// The visit that is looked at: the one asked for, else what the patient owes now, else the latest.
fn chosen(account: &PatientAccount, asked: Option<EncounterId>) -> Option<&VisitAccount> {
    let owed = || account.visits.iter().find(|visit| visit.decided && visit.standing.patient_owes.is_positive());
    match asked {
        Some(id) => account.visits.iter().find(|visit| visit.encounter_id == id),
        None => owed().or(account.visits.first()),
    }
}

fn account_page(
    shell: Shell,
    who: &SignedIn,
    account: PatientAccount,
    (beside, approvals): (PatientView, Approvals),
    visit: Option<EncounterId>,
    key: String,
) -> Result<AccountPage, Refusal> {
    let chosen = chosen(&account, visit);
    if visit.is_some() && chosen.is_none() {
        return Err(Refusal::Absent);
    }
    let masked = account.masked;
    Ok(AccountPage {
        shell,
        name: if masked { format!("Account {}", account.patient.account_number) } else { account.patient.name.full() },
        hand: chosen.and_then(|visit| Hand::of_account(who, visit)),
        chosen: chosen.cloned(),
        coverages: if masked { Vec::new() } else { beside.coverages },
        eligibility: beside.eligibility.into_iter().map(|row| (chips::coverage(&row.status), row)).collect(),
        contacts: beside.contacts.into_iter().map(contact).collect(),
        work: beside.work.into_iter().filter_map(|row| work(who, row)).collect(),
        pay: who.why_not(Action::TakeCashPayment, &ResourceState::default()),
        may_pay: who.may(Action::TakeCashPayment),
        may_ask: who.may(Action::VerifyInsurance),
        may_log: who.may(Action::LogInquiry),
        may_cover: who.may(Action::EditCoverage),
        may_charge: who.may(Action::EnterCharges),
        may_edit: who.may(Action::EditDemographics),
        may_hold: who.may(Action::SendStatement),
        may_waive: who.may(Action::ApproveWriteOff),
        credits: if who.may(Action::RequestRefund) { approvals.credits } else { Vec::new() },
        refunds: approvals.refunds,
        write_offs: approvals.write_offs,
        debts: if who.may(Action::RequestWriteOff) { approvals.debts } else { Vec::new() },
        pay_links: approvals.pay_links,
        key,
        may_send: who.may(Action::SendStatement) && account.statement_due.is_ok(),
        account,
    })
}

fn contact(row: ContactRow) -> (String, String, ContactRow) {
    let channel = Channel::parse(&row.channel).map_or(String::new(), |channel| channel.label().to_owned());
    let reason = InquiryReason::parse(&row.reason).map_or(String::new(), |reason| reason.label().to_owned());
    (channel, reason, row)
}

fn work(who: &SignedIn, row: PatientWorkRow) -> Option<Work> {
    let (desk, reason) = (WorkDesk::parse(&row.desk)?, WorkReason::parse(&row.reason)?);
    Some(Work { title: reason.title(), desk: desk.label(), may_open: app::worklist::may_see(&who.actor, desk), row })
}

impl AccountPage {
    /// Where a row of the account is written, for who may open it.
    fn written_in(&self, place: &Option<WrittenIn>) -> Option<String> {
        let (opens, patient) = (self.shell.opens, self.account.patient.id);
        match (*place)? {
            WrittenIn::Remittance(id) => opens.remittances.then(|| format!("/remittances/{id}")),
            WrittenIn::Payment(id) => opens.receipts.then(|| format!("/patients/{patient}/payments/{id}")),
        }
    }

    /// The reasons for a write-off of what is owed here, with whose debt each is for.
    fn reasons(&self) -> Vec<(&'static str, &'static str, &'static str)> {
        let side = |reason: &WriteOffReason| match reason.side() {
            Side::Patient => "the patient’s debt",
            Side::Payer => "the plan’s debt",
            Side::Either => "either",
        };
        let (plan, patient) = (
            self.debts.iter().any(|debt| debt.payer_name.is_some()),
            self.debts.iter().any(|debt| debt.payer_name.is_none()),
        );
        let fits = |reason: &&WriteOffReason| match reason.side() {
            Side::Patient => patient,
            Side::Payer => plan,
            Side::Either => true,
        };
        WriteOffReason::ALL.iter().filter(fits).map(|reason| (reason.as_str(), reason.label(), side(reason))).collect()
    }

    /// Who a debt is asked of, as the form says it: a payer's id, or nothing for the patient.
    fn debtor(debt: &DebtLine) -> String {
        match debt.debtor {
            Debtor::Patient => String::new(),
            Debtor::Payer(payer) => payer.to_string(),
        }
    }

    fn is_chosen(&self, visit: &VisitAccount) -> bool {
        self.chosen.as_ref().is_some_and(|chosen| chosen.encounter_id == visit.encounter_id)
    }
}

/// Asks the payer of the first coverage in force whether it is active today.
pub async fn ask_eligibility(State(desk): State<Desk>, who: SignedIn, Id(id): Id<PatientId>) -> Page {
    let actor = who.actor.clone();
    let view =
        desk.read(&who.actor, move |read| Ok(store::views::patients::get(read, id)?)).await?.ok_or(Refusal::Absent)?;
    let today = view.today;
    let coverage = view.coverages.iter().map(|row| &row.coverage.0).find(|coverage| coverage.covers(today));
    let Some(coverage) = coverage.map(|coverage| coverage.id) else {
        return Err(Refusal::Conflict("No coverage is in force today. Enter the coverage from the card first.".into()));
    };
    desk.blocking(move |db, practice| app::eligibility::ask(db, &actor, practice, id, coverage, today)).await?;
    let word = if desk.exchanges() { "asked" } else { "asked-waits" };
    go(&format!("/patients/{id}"), word)
}
