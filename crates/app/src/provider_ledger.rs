//! The provider-level ledger: the items that money outside any claim (PLB) opened with each payer, what of them is owed to
//! whom, and the walk of each to zero. The books are the ledger: an item is its postings. What goes the wrong way or stays
//! open is work. Moves no money: a person does, from the work.

use std::collections::{BTreeMap, HashMap};

use billing::access::{Action, Actor, ResourceState};
use billing::remittance::outside::segment_of;
use billing::remittance::provider_level::reference::{FoundBy, bare};
use billing::remittance::provider_level::{Behaviour, Concern, Movement, Standing, behaviour_of, rule_of};
use billing::work::{WorkLinks, WorkReason};
use billing::{ClaimId, Money, PayerId, PracticeId, RemittanceId};
use jiff::ToSpan;
use jiff::civil::Date;
use store::patient_account::PAYER_NAMES;
use store::provider_level::{
    CLAIMS_OF_ITEMS, CLOSED_ITEMS, ItemMovementRow, LAST_RESOLVED, MOVEMENTS_OF_ITEMS, OPEN_ITEMS, PLACED_ON_ITEM,
    PlacedAdjustmentRow, SETTLED_AT_ONCE, SettledAtOnceRow,
};
use store::worklist::OPEN_ITEMS_BY_SUBJECTS;
use store::{Conn, Db, Tx, params};
use uuid::Uuid;

use crate::Error;
use crate::access::allow;
use crate::digest::sha256;
pub(crate) use crate::remittance_posting::item_words;
use crate::worklist::{self, NewWork};

/// Closed items that a list shows: the last ones.
const CLOSED_SHOWN: i64 = 200;
/// How far back the list tells what was settled at once.
const SETTLED_MONTHS: i32 = 12;

/// What the stored source of a person's entry on an item is called.
pub(crate) const SOURCE: &str = "provider_item";

/// Which items a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Which {
    /// Those that are not at zero.
    #[default]
    Open,
    /// The last ones that walked to zero.
    Closed,
}

/// An item as a list shows it.
#[derive(Debug, Clone)]
pub struct ItemView {
    /// Stands for payer and reference where a reference should not be seen, as in an address.
    pub id: Uuid,
    /// Whose.
    pub payer_id: PayerId,
    /// Its name.
    pub payer_name: String,
    /// The item's number: of our claim where one is known, else as the payer writes it.
    pub item: String,
    /// The claim of ours that its references name.
    pub claim: Option<(ClaimId, String)>,
    /// Where its movements leave it.
    pub standing: Standing,
    /// What makes it somebody's work today.
    pub concern: Option<Concern>,
    /// How many movements it has.
    pub movements: usize,
}

impl ItemView {
    /// The item in words.
    pub fn words(&self) -> String {
        item_words(&self.item)
    }

    /// The item in words that name nobody: our number of its claim, the payment that was carried forward, or its id.
    pub fn masked_words(&self) -> String {
        let is_ours = self.claim.as_ref().is_some_and(|(_, number)| bare(number) == self.item);
        if is_ours || self.item.starts_with('(') || behaviour_of(&self.standing.code) == Behaviour::Carried {
            return self.words();
        }
        format!("Item {:.8}", self.id.to_string())
    }
}

/// A payer's ledger at a glance.
#[derive(Debug, Clone)]
pub struct PayerLedger {
    /// Whose.
    pub payer_id: PayerId,
    /// Its name.
    pub payer_name: String,
    /// What it will still take.
    pub owed_to_payer: Money,
    /// What it took or keeps, and gave no reason that closes it.
    pub owed_by_payer: Money,
    /// Its items.
    pub items: Vec<ItemView>,
}

/// The ledger of every payer.
#[derive(Debug, Clone)]
pub struct Ledger {
    /// Payers with items, by name.
    pub payers: Vec<PayerLedger>,
    /// What was settled at once in the last twelve months, by payer and reason.
    pub settled: Vec<SettledAtOnceRow>,
}

/// One step of an item's walk.
#[derive(Debug, Clone)]
pub struct Step {
    /// The day of the payment, or of the person's entry.
    pub on: Date,
    /// The place of its entry in the chain of the books.
    pub entry: i64,
    /// PLB03-1; none for a person's entry.
    pub code: Option<String>,
    /// Positive lowered a payment.
    pub amount: Money,
    /// What is open after it.
    pub open: Money,
    /// What the payment said; none for a person's entry.
    pub said: Option<Said>,
}

/// What a payment said of a step.
#[derive(Debug, Clone)]
pub struct Said {
    /// The payment.
    pub remittance_id: RemittanceId,
    /// Its number.
    pub trace: String,
    /// The reference as the payer wrote it; it may name a person.
    pub reference: String,
    /// The claim of ours that it names.
    pub claim: Option<(ClaimId, String)>,
    /// How it found the item.
    pub found_by: FoundBy,
    /// The segment of the file.
    pub segment: Option<String>,
}

/// An item with its walk.
#[derive(Debug, Clone)]
pub struct Walk {
    /// The item.
    pub item: ItemView,
    /// Each movement, in the order of the books.
    pub steps: Vec<Step>,
    /// The claims of ours that it is about.
    pub claims: Vec<(ClaimId, String)>,
}

/// The key of the one open work about an item.
pub(crate) fn subject(payer: PayerId, item: &str) -> String {
    format!("{}:{payer}:{item}", WorkReason::PayerRecoupment.as_str())
}

/// The payer and item that a key of work names; none for other keys.
pub(crate) fn subject_parts(key: &str) -> Option<(PayerId, &str)> {
    let rest = key.strip_prefix(WorkReason::PayerRecoupment.as_str())?.strip_prefix(':')?;
    let (payer, item) = rest.split_once(':')?;
    Some((PayerId(payer.parse().ok()?), item))
}

/// Stands for an item in addresses and on the command line.
pub fn id_of(payer: PayerId, item: &str) -> Uuid {
    let hash = sha256(format!("{payer}|{item}").as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    Uuid::from_bytes(bytes)
}

/// Every payer's ledger.
///
/// # Errors
/// `Denied` without the right to see remittances.
pub fn list(db: &Db, actor: &Actor, practice: PracticeId, which: Which) -> Result<Ledger, Error> {
    allow(actor, Action::ViewRemittance, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let mut payers = payers_of(read, which)?;
        payers.sort_by(|a, b| a.payer_name.cmp(&b.payer_name).then_with(|| a.payer_id.cmp(&b.payer_id)));
        let since = read.today().saturating_sub(SETTLED_MONTHS.months());
        Ok(Ledger { payers, settled: read.query(&SETTLED_AT_ONCE, params![since])? })
    })
}

fn payers_of(conn: &Conn, which: Which) -> Result<Vec<PayerLedger>, Error> {
    let named: Vec<(PayerId, String)> = match which {
        Which::Open => conn.query(&OPEN_ITEMS, params![])?.into_iter().map(|(payer, item, _)| (payer, item)).collect(),
        Which::Closed => {
            let closed = conn.query(&CLOSED_ITEMS, params![CLOSED_SHOWN])?;
            closed.into_iter().map(|(payer, item, _)| (payer, item)).collect()
        }
    };
    let mut of_payers: BTreeMap<PayerId, Vec<String>> = BTreeMap::new();
    for (payer, item) in named {
        of_payers.entry(payer).or_default().push(item);
    }
    let ids: Vec<PayerId> = of_payers.keys().copied().collect();
    let names: HashMap<PayerId, String> =
        conn.query_in(&PAYER_NAMES, params![], &ids)?.into_iter().map(|row| (row.id, row.name)).collect();
    let today = conn.today();
    let mut ledgers = Vec::with_capacity(of_payers.len());
    for (payer_id, items) in of_payers {
        let payer_name = names.get(&payer_id).cloned().unwrap_or_default();
        let mut claims = claims_of(conn, payer_id, &items)?;
        let mut views: Vec<ItemView> = walks(conn, payer_id, &items)?
            .into_iter()
            .filter_map(|(item, rows)| {
                let claim = claims.remove(&item);
                view((payer_id, &payer_name), item, claim, &rows, today)
            })
            .collect();
        views.sort_by(|a, b| a.standing.since.cmp(&b.standing.since).then_with(|| a.item.cmp(&b.item)));
        if which == Which::Closed {
            views.reverse();
        }
        ledgers.push(PayerLedger {
            payer_id,
            payer_name,
            owed_to_payer: views.iter().map(|view| view.standing.owed_to_payer()).sum(),
            owed_by_payer: views.iter().map(|view| view.standing.owed_by_payer()).sum(),
            items: views,
        });
    }
    Ok(ledgers)
}

fn view(
    (payer_id, payer_name): (PayerId, &str),
    item: String,
    claim: Option<(ClaimId, String)>,
    rows: &[ItemMovementRow],
    today: Date,
) -> Option<ItemView> {
    let standing = Standing::of(&movements(rows))?;
    Some(ItemView {
        id: id_of(payer_id, &item),
        payer_id,
        payer_name: payer_name.to_owned(),
        concern: standing.concern_on(today),
        item,
        claim,
        standing,
        movements: rows.len(),
    })
}

fn movements(rows: &[ItemMovementRow]) -> Vec<Movement> {
    rows.iter().map(|row| Movement { on: row.occurred_on, reason: row.reason.clone(), amount: row.cents }).collect()
}

/// The postings of items, each item's in the order of the books.
fn walks(conn: &Conn, payer: PayerId, items: &[String]) -> Result<BTreeMap<String, Vec<ItemMovementRow>>, Error> {
    let mut walks: BTreeMap<String, Vec<ItemMovementRow>> = BTreeMap::new();
    for row in conn.query_in(&MOVEMENTS_OF_ITEMS, params![payer], items)? {
        walks.entry(row.reference.clone()).or_default().push(row);
    }
    for rows in walks.values_mut() {
        rows.sort_by_key(|row| row.sequence);
    }
    Ok(walks)
}

/// What of an item is open; positive where the payer took it.
pub(crate) fn balance(conn: &Conn, payer: PayerId, item: &str) -> Result<Money, Error> {
    let rows = conn.query_in(&MOVEMENTS_OF_ITEMS, params![payer], &[item.to_owned()])?;
    Ok(rows.iter().map(|row| row.cents).sum())
}

/// Whether an item is somebody's work whatever day it is.
pub(crate) fn is_of_concern(conn: &Conn, payer: PayerId, item: &str) -> Result<bool, Error> {
    let found = walks(conn, payer, &[item.to_owned()])?;
    let standing = found.get(item).and_then(|rows| Standing::of(&movements(rows)));
    Ok(standing.is_some_and(|standing| standing.concern().is_some()))
}

/// One item with its walk, by the id of the list.
///
/// # Errors
/// `NotFound`; `Denied` without the right to see remittances.
pub fn show(db: &Db, actor: &Actor, practice: PracticeId, id: Uuid) -> Result<Walk, Error> {
    allow(actor, Action::ViewRemittance, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let ledgers = [Which::Open, Which::Closed].map(|which| payers_of(read, which));
        let mut found = None;
        for ledger in ledgers {
            found = found.or(ledger?.into_iter().flat_map(|payer| payer.items).find(|item| item.id == id));
        }
        walk(read, found.ok_or(Error::NotFound("item of a payer's ledger"))?)
    })
}

fn walk(conn: &Conn, item: ItemView) -> Result<Walk, Error> {
    let rows = walks(conn, item.payer_id, std::slice::from_ref(&item.item))?.remove(&item.item).unwrap_or_default();
    let placed = conn.query(&PLACED_ON_ITEM, params![item.payer_id, item.item])?;
    let mut of_payment: HashMap<Uuid, std::collections::VecDeque<&PlacedAdjustmentRow>> = HashMap::new();
    for row in placed.iter().filter(|row| !row.amount_cents.is_zero()) {
        of_payment.entry(row.remittance_id.0).or_default().push_back(row);
    }
    let mut open = Money::ZERO;
    let mut steps = Vec::with_capacity(rows.len());
    for row in &rows {
        open += row.cents;
        let movement = Movement { on: row.occurred_on, reason: row.reason.clone(), amount: row.cents };
        let next = of_payment.get_mut(&row.source_id).and_then(|of| {
            let place =
                of.iter().position(|one| one.amount_cents == row.cents && Some(&*one.reason) == movement.code())?;
            of.remove(place)
        });
        steps.push(Step {
            on: row.occurred_on,
            entry: row.sequence,
            code: movement.code().map(str::to_owned),
            amount: row.cents,
            open,
            said: next.map(said),
        });
    }
    let mut claims: Vec<(ClaimId, String)> =
        steps.iter().filter_map(|step| step.said.as_ref()?.claim.clone()).collect();
    claims.sort_unstable();
    claims.dedup();
    Ok(Walk { item, steps, claims })
}

pub(crate) fn said(row: &PlacedAdjustmentRow) -> Said {
    let raw = String::from_utf8_lossy(&row.raw);
    let ordinal = usize::try_from(row.ordinal).unwrap_or_default();
    Said {
        remittance_id: row.remittance_id,
        trace: row.trace.clone(),
        reference: row.reference.clone(),
        claim: row.claim_id.zip(row.control_number.clone()),
        found_by: row.found_by,
        segment: segment_of(&raw, ordinal).map(str::to_owned),
    }
}

/// The work of items follows what is open of them now. `told_by` is the payment that moved them, where one did.
pub(crate) fn follow(
    tx: &mut Tx,
    payer: PayerId,
    items: &[String],
    told_by: Option<(RemittanceId, &str)>,
) -> Result<(), Error> {
    let mut work = Vec::new();
    for (item, rows) in walks(tx, payer, items)? {
        let Some(standing) = Standing::of(&movements(&rows)) else { continue };
        match standing.concern() {
            Some(concern) => {
                let claim = claim_of(tx, payer, &item)?;
                work.push(of_item(payer, &item, claim, &standing, concern, told_by));
            }
            None => {
                let outcome = if standing.is_closed() {
                    "The item walked to zero; see the payers' ledger."
                } else {
                    "The item is as the payer announced it again; see the payers' ledger."
                };
                worklist::resolve_subject(tx, &subject(payer, &item), outcome, "payer")?;
            }
        }
    }
    worklist::open_or_restate(tx, work)
}

/// The claim of ours that the references of each item name.
fn claims_of(conn: &Conn, payer: PayerId, items: &[String]) -> Result<BTreeMap<String, (ClaimId, String)>, Error> {
    let mut found = conn.query_in(&CLAIMS_OF_ITEMS, params![payer], items)?;
    found.sort_unstable_by(|a, b| b.cmp(a));
    Ok(found.into_iter().map(|(item, claim, number)| (item, (claim, number))).collect())
}

fn claim_of(conn: &Conn, payer: PayerId, item: &str) -> Result<Option<(ClaimId, String)>, Error> {
    Ok(claims_of(conn, payer, &[item.to_owned()])?.remove(item))
}

/// Names no reference as the payer wrote it, which may name a person: our number of the claim, or none.
fn of_item(
    payer_id: PayerId,
    item: &str,
    claim: Option<(ClaimId, String)>,
    standing: &Standing,
    concern: Concern,
    told_by: Option<(RemittanceId, &str)>,
) -> NewWork {
    let open = standing.balance.abs();
    let code = &standing.code;
    let about = claim.as_ref().map_or_else(String::new, |(_, number)| format!(" of claim {number}"));
    let by = told_by.map_or_else(String::new, |(_, trace)| format!(" Payment {trace} moved it last."));
    let summary = match concern {
        Concern::TakenBeyond => format!("{open}{about} taken outside any claim ({code}) and not announced.{by}"),
        Concern::GivenBeyond => format!("{open}{about} paid back beyond what was withheld ({code}).{by}"),
        Concern::Acknowledged => format!("Our refund of {open}{about} is acknowledged (72): apply it to its line.{by}"),
        Concern::ForAnother => format!("{open}{about} for the debt of another provider ({code}) is open.{by}"),
        Concern::Unexplained => format!("{open}{about} outside any claim, and {code} does not say what for.{by}"),
        Concern::TooLong(days) => {
            let words = rule_of(code).map_or("unknown reason", |rule| rule.words);
            format!("{open}{about} is open for more than {days} days: {words} ({code}).")
        }
    };
    let links =
        WorkLinks { payer_id: Some(payer_id), remittance_id: told_by.map(|(id, _)| id), ..WorkLinks::default() };
    NewWork {
        reason: WorkReason::PayerRecoupment,
        subject_key: subject(payer_id, item),
        summary,
        links,
        money_at_stake: open,
        deadline_on: None,
    }
}

/// The daily look: items that are open for longer than their reason's days. One that somebody looked at is work again only
/// after as many days. Answers how many are new.
///
/// # Errors
/// Where the database refuses.
pub(crate) fn open_stale_items(db: &Db, actor: &Actor, practice: PracticeId) -> Result<usize, Error> {
    db.write(actor, practice, |tx| {
        let today = tx.today();
        let late = |item: &ItemView| matches!(item.concern, Some(Concern::TooLong(_)));
        let items: Vec<ItemView> =
            payers_of(tx, Which::Open)?.into_iter().flat_map(|payer| payer.items).filter(late).collect();
        let keys: Vec<String> = items.iter().map(|item| subject(item.payer_id, &item.item)).collect();
        let looked_at: HashMap<String, Date> = tx.query_in(&LAST_RESOLVED, params![], &keys)?.into_iter().collect();
        let open: Vec<String> =
            tx.query_in(&OPEN_ITEMS_BY_SUBJECTS, params![], &keys)?.into_iter().map(|row| row.subject_key).collect();
        let mut work = Vec::new();
        for (item, key) in items.iter().zip(keys) {
            let Some(concern @ Concern::TooLong(days)) = item.concern else { continue };
            let is_new = looked_at.get(&key).is_none_or(|on| today > on.saturating_add(days.days()));
            if is_new && !open.contains(&key) {
                let claim = claim_of(tx, item.payer_id, &item.item)?;
                work.push(of_item(item.payer_id, &item.item, claim, &item.standing, concern, None));
            }
        }
        let new = work.len();
        worklist::open_many(tx, work)?;
        Ok(new)
    })
}

/// Items that must be in a hand and are in none, in words, and how many are open.
pub(crate) fn in_no_hand(conn: &Conn) -> Result<(Vec<String>, usize), Error> {
    let items: Vec<ItemView> = payers_of(conn, Which::Open)?.into_iter().flat_map(|payer| payer.items).collect();
    let of_concern: Vec<&ItemView> = items.iter().filter(|item| item.standing.concern().is_some()).collect();
    let keys: Vec<String> = of_concern.iter().map(|item| subject(item.payer_id, &item.item)).collect();
    let open: Vec<String> =
        conn.query_in(&OPEN_ITEMS_BY_SUBJECTS, params![], &keys)?.into_iter().map(|row| row.subject_key).collect();
    let lost = of_concern.iter().zip(&keys).filter(|(_, key)| !open.contains(*key));
    let told = lost.map(|(item, _)| format!("{} of item {} is nobody's work", item.standing.balance, item.id));
    Ok((told.collect(), items.len()))
}
