//! Money of patients that nobody claimed: from which day their state wants it reported, by the rules that the program
//! knows. Where it knows none it says so.

use billing::access::Action;
use billing::patient::Patient;
use billing::unclaimed::{dormant_on, rule_of};
use jiff::civil::Date;
use ledger::Money;

use super::{Cell, Report};
use crate::state_refund::{PAID_TO_STATES, PaidToStateRow};
use crate::value::Json;
use crate::{Read, StoreError, params, record, statements};

/// Patients' credits by the day on which they are unclaimed property.
pub static UNCLAIMED_PROPERTY: Report = Report {
    key: "unclaimed-property",
    title: "Unclaimed property",
    answers: "Which money of patients must be reported to which state, and from which day?",
    action: Action::ViewReports,
    when_empty: "Nothing of a patient's stands here. The daily look finds it.",
    columns: &["Account", "State", "Since", "Amount", "Unclaimed from", "Today", "Rule"],
    run,
};

record! {
    /// A patient's credit as the daily look found it.
    pub struct PatientCreditRow {
        /// The account's number.
        pub account_number: String,
        /// The patient, for where they live.
        pub patient: Json<Patient>,
        /// The last day on which it moved before it was found.
        pub since_on: Date,
        /// How much.
        pub amount_cents: Money,
    }
}

statements! {
    /// What stands that is patients', the oldest first.
    pub const CREDITS_OF_PATIENTS: PatientCreditRow =
        "SELECT p.account_number, p.body AS patient, k.since_on, k.amount_cents FROM credit k
         JOIN patient p ON p.practice_id = k.practice_id AND p.id = k.patient_id
         WHERE k.practice_id = $1 AND k.state IN ('open', 'investigating') AND k.payer_id IS NULL
         ORDER BY k.since_on, p.account_number";
}

fn run(read: &mut Read) -> Result<Vec<Vec<Cell>>, StoreError> {
    let today = read.today();
    let rows = read.query(&CREDITS_OF_PATIENTS, params![])?;
    let paid = read.query(&PAID_TO_STATES, params![])?;
    Ok(rows.into_iter().map(|row| cells(row, today)).chain(paid.into_iter().map(paid_cells)).collect())
}

fn cells(row: PatientCreditRow, today: Date) -> Vec<Cell> {
    let state = row.patient.0.address.state.clone();
    let rule = rule_of(&state);
    let from = rule.and_then(|rule| dormant_on(row.since_on, rule));
    let words = match from {
        Some(from) if from <= today => "Report it",
        Some(_) => "Not yet",
        None => "Ask the state",
    };
    vec![
        Cell::Text(row.account_number),
        Cell::Text(state),
        Cell::Text(row.since_on.to_string()),
        Cell::Money(row.amount_cents),
        Cell::Text(from.map_or_else(|| "not known".to_owned(), |from| from.to_string())),
        Cell::Text(words.to_owned()),
        Cell::Text(rule.map_or("no rule for this place", |rule| rule.source).to_owned()),
    ]
}

/// What a state has already: nothing of it stands here.
fn paid_cells(row: PaidToStateRow) -> Vec<Cell> {
    vec![
        Cell::Text(row.account_number),
        Cell::Text(row.state),
        Cell::Text(row.sent_on.to_string()),
        Cell::Money(Money::ZERO),
        Cell::Text(row.unclaimed_on.to_string()),
        Cell::Text(format!("{} paid by {}, {}", row.amount_cents, row.refund_number, row.reference)),
        Cell::Text(row.rule),
    ]
}
