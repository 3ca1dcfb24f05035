//! Every claim with where it is and what remittances did to it. Names no patient.

use billing::access::Action;

use super::{Cell, Report};
use crate::views::claim_money;
use crate::{Read, StoreError};

/// Every claim.
pub static CLAIMS: Report = Report {
    key: "claims",
    title: "Claims and their money",
    answers: "Where is every claim, and what did its payer do with what was charged?",
    action: Action::ViewReports,
    when_empty: "There is no claim yet.",
    columns: &["Claim", "Payer", "Status", "Service", "Charged", "Paid", "Contractual", "Patient", "Open"],
    run,
};

fn run(read: &mut Read) -> Result<Vec<Vec<Cell>>, StoreError> {
    Ok(claim_money::all(read)?.into_iter().map(cells).collect())
}

fn cells(row: claim_money::ClaimMoneyRow) -> Vec<Cell> {
    let paid = ledger::Money::from_cents(row.paid_cents());
    let open = ledger::Money::from_cents(row.charged.cents() - row.settled.cents());
    vec![
        Cell::Text(row.control_number),
        Cell::Text(row.payer_identifier),
        Cell::Text(row.status),
        Cell::Text(row.date_of_service.to_string()),
        Cell::Money(row.charged),
        Cell::Money(paid),
        Cell::Money(row.contractual),
        Cell::Money(row.patient),
        Cell::Money(open),
    ]
}
