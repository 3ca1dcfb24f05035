//! The payers' ledger: what each payer will still take and what it keeps, item by item, with the walk of one item: every
//! number with its remittance and the segment it stands on. Moves nothing: the work of an item does.

use app::provider_ledger::{self, ItemView, Ledger, PayerLedger, Walk, Which};
use askama::Template;
use axum::extract::{Query, State};
use billing::Money;
use billing::access::Action;
use billing::remittance::outside::reason_words;
use billing::remittance::provider_level::Concern;
use serde::Deserialize;
use store::reports::Cell;
use uuid::Uuid;

use super::page::{Page, Shell, show as render};
use super::session::SignedIn;
use super::tables::{self, Wanted, text};
use super::{Desk, filters, masking};
use crate::table_file::Sheet;

/// What stands in the address.
#[derive(Deserialize)]
pub struct Asked {
    state: Option<String>,
    /// The item whose walk is shown; stands for its number, which an address must not carry.
    item: Option<Uuid>,
}

#[derive(Template)]
#[template(path = "payers_ledger/index.html")]
struct LedgerPage {
    shell: Shell,
    state: &'static str,
    tabs: Vec<(&'static str, &'static str, bool)>,
    ledger: Ledger,
    walk: Option<Walk>,
    shown: Option<Uuid>,
    /// References and segments may name people: a masked role reads our numbers of claims instead.
    masked: bool,
}

impl LedgerPage {
    fn to_payers(&self) -> Money {
        self.ledger.payers.iter().map(|payer| payer.owed_to_payer).sum()
    }

    fn by_payers(&self) -> Money {
        self.ledger.payers.iter().map(|payer| payer.owed_by_payer).sum()
    }

    fn to_clear(&self) -> usize {
        let items = self.ledger.payers.iter().flat_map(|payer| &payer.items);
        items.filter(|item| item.concern.is_some()).count()
    }

    fn items_of(payer: &PayerLedger) -> usize {
        payer.items.len()
    }

    /// What the item is called for this person.
    fn name(&self, item: &ItemView) -> String {
        name(item, self.masked)
    }

    fn words(code: &str) -> &'static str {
        reason_words(code).unwrap_or("no word for it is known")
    }

    fn segment(&self, segment: &str) -> String {
        if self.masked { masking::without_people(segment) } else { segment.to_owned() }
    }

    fn concern(concern: &Concern) -> &'static str {
        concern.label()
    }

    fn is_shown(&self, item: &ItemView) -> bool {
        self.shown == Some(item.id)
    }
}

/// Every payer's items that are open, or the last that closed.
pub async fn index(
    State(desk): State<Desk>,
    who: SignedIn,
    Wanted(wanted): Wanted,
    Query(asked): Query<Asked>,
) -> Page {
    let is_closed = asked.state.as_deref() == Some("closed");
    let which = if is_closed { Which::Closed } else { Which::Open };
    let actor = who.actor.clone();
    let item = asked.item;
    let (ledger, walk) = desk
        .blocking(move |db, practice| {
            let walk = item.map(|item| provider_ledger::show(db, &actor, practice, item)).transpose()?;
            Ok((provider_ledger::list(db, &actor, practice, which)?, walk))
        })
        .await?;
    let masked = who.is_masked(Action::ViewRemittance);
    if let Some(format) = wanted {
        return tables::file("payers-ledger", &[sheet(&ledger, masked)], format);
    }
    render(&LedgerPage {
        shell: Shell::new(&desk, &who, "/payers/ledger"),
        state: if is_closed { "closed" } else { "open" },
        tabs: vec![("open", "Open", !is_closed), ("closed", "Settled", is_closed)],
        shown: walk.as_ref().map(|walk| walk.item.id),
        ledger,
        walk,
        masked,
    })
}

fn name(item: &ItemView, masked: bool) -> String {
    if masked { item.masked_words() } else { item.words() }
}

/// The items as a table; the column of amounts sums to the books.
fn sheet(ledger: &Ledger, masked: bool) -> Sheet {
    let row = |item: &ItemView| {
        vec![
            text(&item.payer_name),
            text(name(item, masked)),
            text(item.claim.as_ref().map_or("", |(_, number)| number)),
            text(&item.standing.code),
            text(item.standing.since),
            text(item.concern.map_or("", Concern::label)),
            Cell::Count(i64::try_from(item.movements).unwrap_or(i64::MAX)),
            Cell::Money(item.standing.balance),
            text(item.id),
        ]
    };
    Sheet {
        name: "Payers ledger",
        columns: &["Payer", "Item", "Claim", "Reason", "Since", "To look at", "Movements", "Kept by the payer", "Id"],
        rows: ledger.payers.iter().flat_map(|payer| &payer.items).map(row).collect(),
    }
}
