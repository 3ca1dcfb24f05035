//! A patient's account: what is owed now and why, in words that may be read aloud and in the numbers behind them.

use askama::Template;
use axum::extract::{Query, State};
use billing::access::{Action, ResourceState};
use billing::{EncounterId, PatientId};
use serde::Deserialize;
use store::views::patients::{ContactRow, CoverageViewRow, EligibilityViewRow, PatientView, PatientWorkRow};

use super::chips::{self, Chip};
use super::page::{Page, Shell, go, show as render};
use super::refusal::Refusal;
use super::session::{Id, SignedIn};
use super::visit_hands::Hand;
use super::{Desk, filters};
use app::patient_account::{PatientAccount, VisitAccount, WrittenIn};
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
}

/// The account.
pub async fn show(State(desk): State<Desk>, who: SignedIn, Id(id): Id<PatientId>, Query(asked): Query<Asked>) -> Page {
    let actor = who.actor.clone();
    let (account, beside) = desk
        .blocking(move |db, practice| {
            let account = app::patient_account::account(db, &actor, practice, id)?;
            let beside = db.read(&actor, practice, |read| {
                store::views::patients::get(read, id)?.ok_or(app::Error::NotFound("patient"))
            })?;
            Ok((account, beside))
        })
        .await?;
    let shell = Shell::new(&desk, &who, "/patients").after(asked.done.as_deref());
    render(&account_page(shell, &who, account, beside, asked.visit)?)
}

fn account_page(
    shell: Shell,
    who: &SignedIn,
    account: PatientAccount,
    beside: PatientView,
    visit: Option<EncounterId>,
) -> Result<AccountPage, Refusal> {
    let owed = || account.visits.iter().find(|visit| visit.decided && visit.standing.patient_owes.is_positive());
    let chosen = match visit {
        Some(id) => Some(account.visits.iter().find(|visit| visit.encounter_id == id).ok_or(Refusal::Absent)?),
        None => owed().or(account.visits.first()),
    };
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
    /// Where a row of the account is written.
    fn written_in(place: &Option<WrittenIn>, patient: &PatientId) -> Option<String> {
        place.map(|place| match place {
            WrittenIn::Remittance(id) => format!("/remittances/{id}"),
            WrittenIn::Payment(id) => format!("/patients/{patient}/payments/{id}"),
        })
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
