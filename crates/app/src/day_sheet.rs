//! The day sheet: what came in on a day by way, person and place, what was charged, adjusted, paid and deposited, and the
//! drawers. Every sum is compared with the books before it is shown; nothing is added up twice or kept.

use std::collections::BTreeMap;

use billing::access::{Action, Actor, ResourceState};
use billing::deposit::DrawerState;
use billing::{Money, PracticeId};
use jiff::civil::Date;
use ledger::AccountKind;
use store::deposit::{DRAWERS_OF_DAY, DrawerRow, SLIPS_OF_DAY, SlipRow};
use store::registration::FACILITIES;
use store::views::day_sheet::{
    DAY_ACCOUNTS, DAY_CHARGES_BY_PLACE, DAY_ENTRIES, DAY_PAYMENTS_BY_PLACE, DAY_RECEIPTS, DAY_REMITTANCES,
    DayAccountRow, DayEntryRow, DayReceiptRow, DayRemittanceRow,
};
use store::{Conn, Db, params};

use crate::Error;
use crate::access::allow;

/// Most entries of one account that a page lists; the report of the journal has all.
pub const MOST_ENTRIES: i64 = 2_000;
/// What stands for visits that name no other place.
const OWN_PLACE: &str = "The practice itself";
/// What stands for money that pays for no visit yet.
const NO_VISIT: &str = "For no visit yet";

/// What a place had on a day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// Charged for visits there.
    pub charged: Money,
    /// Paid by patients for visits there.
    pub paid: Money,
}

/// A figure of the day beside what the books say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    /// What it is.
    pub says: &'static str,
    /// As the rows say.
    pub rows: Money,
    /// As the books say.
    pub books: Money,
}

/// A day.
#[derive(Debug, Clone)]
pub struct DaySheet {
    /// Which.
    pub on: Date,
    /// Patients' payments by way and person.
    pub receipts: Vec<DayReceiptRow>,
    /// Payers' payments by way.
    pub remittances: Vec<DayRemittanceRow>,
    /// By place.
    pub places: Vec<Place>,
    /// Every account that moved.
    pub accounts: Vec<DayAccountRow>,
    /// The drawers that were closed.
    pub drawers: Vec<DrawerRow>,
    /// Who took cash or checks and closed no drawer since.
    pub open_drawers: Vec<(String, Money)>,
    /// The deposit slips that were counted.
    pub slips: Vec<SlipRow>,
    /// Sums of rows beside the books.
    pub ties: Vec<Tie>,
}

impl DaySheet {
    /// What patients paid.
    pub fn from_patients(&self) -> Money {
        self.receipts.iter().map(|row| row.amount).sum()
    }

    /// What payers paid.
    pub fn from_payers(&self) -> Money {
        self.remittances.iter().map(|row| row.amount).sum()
    }

    /// What an account moved, debit positive.
    pub fn net(&self, account: AccountKind) -> Money {
        let of_account = self.accounts.iter().filter(|row| row.account == account);
        of_account.map(|row| row.debit - row.credit).sum()
    }

    /// Whether every sum is what the books say.
    pub fn ties(&self) -> bool {
        self.ties.iter().all(|tie| tie.rows == tie.books)
    }
}

/// A day as the books have it.
///
/// # Errors
/// `Denied`.
pub fn show(db: &Db, actor: &Actor, practice: PracticeId, on: Date) -> Result<DaySheet, Error> {
    allow(actor, Action::ViewDeposits, &ResourceState::default())?;
    db.read(actor, practice, |read| show_in(read, on))
}

fn show_in(conn: &Conn, on: Date) -> Result<DaySheet, Error> {
    let receipts = conn.query(&DAY_RECEIPTS, params![on])?;
    let drawers = conn.query(&DRAWERS_OF_DAY, params![on])?;
    let open_drawers = open_drawers(&receipts, &drawers);
    let from_patients: Money = receipts.iter().map(|row| row.amount).sum();
    let mut sheet = DaySheet {
        on,
        places: places(conn, on, from_patients)?,
        receipts,
        remittances: conn.query(&DAY_REMITTANCES, params![on])?,
        accounts: conn.query(&DAY_ACCOUNTS, params![on])?,
        drawers,
        open_drawers,
        slips: conn.query(&SLIPS_OF_DAY, params![on])?,
        ties: Vec::new(),
    };
    let debited = |account: AccountKind, kind: &str| -> Result<Money, Error> {
        let entries = conn.query(&DAY_ENTRIES, params![on, account, i64::MAX])?;
        Ok(entries.iter().filter(|entry| entry.source_kind == kind).map(|entry| entry.cents).sum())
    };
    let charged: Money = sheet.places.iter().map(|place| place.charged).sum();
    sheet.ties = vec![
        Tie {
            says: "Patients’ payments",
            rows: sheet.from_patients(),
            books: debited(AccountKind::Undeposited, "patient_payment")?,
        },
        Tie {
            says: "Payers’ payments",
            rows: sheet.from_payers(),
            books: debited(AccountKind::InTransit, "remittance")?,
        },
        Tie { says: "Charges by place", rows: charged, books: -sheet.net(AccountKind::Revenue) },
        Tie {
            says: "All accounts together",
            rows: sheet.accounts.iter().map(|row| row.debit - row.credit).sum(),
            books: Money::ZERO,
        },
    ];
    Ok(sheet)
}

fn places(conn: &Conn, on: Date, from_patients: Money) -> Result<Vec<Place>, Error> {
    let names: BTreeMap<String, String> =
        conn.query(&FACILITIES, params![])?.into_iter().map(|(one,)| (one.0.id.to_string(), one.0.name)).collect();
    let name = |id: Option<String>| id.map_or(OWN_PLACE.to_owned(), |id| names.get(&id).cloned().unwrap_or(id));
    let mut places: BTreeMap<String, Place> = BTreeMap::new();
    for (id, cents) in conn.query(&DAY_CHARGES_BY_PLACE, params![on])? {
        places.entry(name(id)).or_default().charged += cents;
    }
    let mut rest = from_patients;
    for (id, cents) in conn.query(&DAY_PAYMENTS_BY_PLACE, params![on])? {
        rest -= cents;
        places.entry(name(id)).or_default().paid += cents;
    }
    if !rest.is_zero() {
        places.entry(NO_VISIT.to_owned()).or_default().paid += rest;
    }
    Ok(places.into_iter().map(|(name, place)| Place { name, ..place }).collect())
}

/// Who took more cash and checks than their drawers were closed with.
fn open_drawers(receipts: &[DayReceiptRow], drawers: &[DrawerRow]) -> Vec<(String, Money)> {
    let mut left: BTreeMap<&str, Money> = BTreeMap::new();
    for row in receipts.iter().filter(|row| row.method != "card") {
        *left.entry(&row.taken_by).or_default() += row.amount;
    }
    for row in drawers {
        *left.entry(&row.closed_by_login).or_default() -= row.cash_expected_cents + row.checks_expected_cents;
    }
    left.into_iter().filter(|(_, cents)| !cents.is_zero()).map(|(who, cents)| (who.to_owned(), cents)).collect()
}

/// The entries behind an account's figure, in the order of the books, at most [`MOST_ENTRIES`].
///
/// # Errors
/// `Denied`.
pub fn entries(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    on: Date,
    account: AccountKind,
) -> Result<Vec<DayEntryRow>, Error> {
    allow(actor, Action::ViewDeposits, &ResourceState::default())?;
    db.read(actor, practice, |read| Ok(read.query(&DAY_ENTRIES, params![on, account, MOST_ENTRIES])?))
}

/// Whether a drawer waits for a second person.
pub fn waits(row: &DrawerRow) -> bool {
    row.state == DrawerState::Differs
}
