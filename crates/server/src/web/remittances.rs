//! Remittances: the list, and one with its balances, its claims, its entries and what stands outside any claim.

use app::card_fee;
use app::remittance_posting::classes_of;
use askama::Template;
use axum::extract::{Form, Query, State};
use billing::access::Action;
use billing::counting::counted;
use billing::remittance::advice::share_differs;
use billing::remittance::classification::{Classes, Decider, Effect, RuleBook};
use billing::{PayerId, RemittanceId};
use ledger::Money;
use serde::Deserialize;
use store::reports::Cell;
use store::views::remittances::{
    EntryLineRow, OutsideRow, PAGE, RemittanceClaimRow, RemittanceListRow, RemittanceView,
};
use uuid::Uuid;

use super::chips::{self, Chip};
use super::masking;
use super::page::{Page, Shell, go, show as render};
use super::posting_preview::Foreseen;
use super::refusal::Refusal;
use super::session::{Id, SignedIn};
use super::tables::{self, Wanted, maybe, text};
use super::{Desk, filters};
use crate::table_file::Sheet;

/// What stands in the address.
#[derive(Deserialize)]
pub struct Asked {
    page: Option<i64>,
    state: Option<String>,
    claims: Option<usize>,
    done: Option<String>,
}

/// The states of the inbox in its order: the stored word, its label, and what it means.
const STATES: [(&str, &str, &str); 4] = [
    ("waiting", "Wait for posting", "balanced; a person posts them"),
    ("quarantined", "Quarantined", "kept out of the books"),
    ("posted", "Posted", "in the books"),
    ("duplicate", "Duplicates", "came again; nothing changed"),
];

#[derive(Template)]
#[template(path = "remittances/index.html")]
struct RemittancesPage {
    shell: Shell,
    rows: Vec<(Chip, RemittanceListRow)>,
    /// Each state with its label, what it means, how many and how much.
    totals: Vec<(&'static str, &'static str, &'static str, i64, Money)>,
    /// The state asked for; empty for all.
    state: &'static str,
    may_import: bool,
    page: i64,
    more: bool,
    may_see_cash: bool,
}

/// One of the three balances.
struct Balance {
    name: &'static str,
    what: String,
    should_be: Money,
    says: Money,
    holds: usize,
    of: usize,
}

impl Balance {
    fn difference(&self) -> Money {
        self.says - self.should_be
    }
}

/// A claim of the remittance as its row shows it.
struct ClaimLine {
    chip: Chip,
    name: String,
    by_contract: Money,
    denied: Money,
    /// Its segments, without people for a role that may not see them.
    raw: String,
    patient_share: Money,
    /// What somebody should know of it; it kept nothing from being posted.
    advice: Option<String>,
    row: RemittanceClaimRow,
}

#[derive(Template)]
#[template(path = "remittances/show.html")]
struct RemittancePage {
    shell: Shell,
    state: Chip,
    balances: Vec<Balance>,
    claims: Vec<ClaimLine>,
    outside_total: Money,
    debits: Money,
    credits: Money,
    may_see_cash: bool,
    /// The payer's references may name people.
    masked: bool,
    /// The fee of a virtual card that was posted; zero where none was.
    card_fee: Money,
    may_post_fee: bool,
    /// What posting would do; of one that waits.
    preview: Option<Foreseen>,
    view: RemittanceView,
}

/// The list.
pub async fn index(
    State(desk): State<Desk>,
    who: SignedIn,
    Wanted(wanted): Wanted,
    Query(asked): Query<Asked>,
) -> Page {
    let state = STATES.iter().find(|(word, ..)| asked.state.as_deref() == Some(word)).map(|(word, ..)| *word);
    if let Some(format) = wanted {
        let rows = desk.read(&who.actor, move |read| Ok(store::views::remittances::every(read, state)?)).await?;
        return tables::file("remittances", &[list_sheet(&rows)], format);
    }
    let page = asked.page.unwrap_or(0).max(0);
    let (mut rows, found) = desk
        .read(&who.actor, move |read| {
            Ok((store::views::remittances::list(read, state, page)?, store::views::remittances::totals(read)?))
        })
        .await?;
    let total = |word: &str| {
        found.iter().find(|row| row.state == word).map_or((0, Money::ZERO), |row| (row.remittances, row.amount))
    };
    let totals = STATES.map(|(word, label, means)| (word, label, means, total(word).0, total(word).1)).to_vec();
    let more = rows.len() as i64 > PAGE;
    rows.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let shell = Shell::new(&desk, &who, "/remittances").after(asked.done.as_deref());
    let rows = rows.into_iter().map(|row| (chips::remittance(&row.state), row)).collect();
    let (may_import, may_see_cash) = (who.may(Action::ImportRemittance), who.may(Action::ViewDeposits));
    let state = state.unwrap_or_default();
    render(&RemittancesPage { shell, rows, totals, state, may_import, page, more, may_see_cash })
}

fn list_sheet(rows: &[RemittanceListRow]) -> Sheet {
    let row = |row: &RemittanceListRow| {
        vec![
            text(row.paid_on),
            text(&row.payer_name),
            text(&row.trace),
            Cell::Money(row.amount),
            Cell::Count(row.claim_count),
            text(&row.state),
            Cell::Count(row.set_aside),
            Cell::Money(row.difference),
            maybe(row.problem.as_ref()),
            text(row.id),
        ]
    };
    Sheet {
        name: "Remittances",
        columns: &["Paid", "Payer", "Trace", "Amount", "Claims", "State", "Set aside", "Difference", "Problem", "Id"],
        rows: rows.iter().map(row).collect(),
    }
}

/// Claims, what stands outside any claim, and the entries.
fn sheets(claims: &[ClaimLine], view: &RemittanceView) -> [Sheet; 3] {
    let claim = |line: &ClaimLine| {
        let row = &line.row;
        vec![
            text(&row.control_number),
            text(&line.name),
            text(&row.status_code),
            Cell::Money(row.charge),
            Cell::Money(row.paid),
            Cell::Money(line.by_contract),
            Cell::Money(line.patient_share),
            Cell::Money(line.denied),
            text(&row.state),
            Cell::Money(row.difference),
            maybe(row.problem.as_ref()),
            maybe(row.claim_id),
        ]
    };
    let outside = |row: &OutsideRow| vec![text(&row.reason), text(&row.reference), Cell::Money(row.amount)];
    let entry = |row: &EntryLineRow| vec![text(&row.account), Cell::Money(row.debit), Cell::Money(row.credit)];
    [
        Sheet {
            name: "Claims",
            columns: &[
                "Claim",
                "Patient",
                "Status",
                "Charged",
                "Paid",
                "By contract",
                "Patient share",
                "Denied",
                "State",
                "Difference",
                "Problem",
                "Id",
            ],
            rows: claims.iter().map(claim).collect(),
        },
        Sheet {
            name: "Outside claims",
            columns: &["Reason", "Reference", "Amount"],
            rows: view.outside.iter().map(outside).collect(),
        },
        Sheet {
            name: "Entries",
            columns: &["Account", "Debit", "Credit"],
            rows: view.entries.iter().map(entry).collect(),
        },
    ]
}

/// One remittance.
pub async fn show(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<RemittanceId>,
    Wanted(wanted): Wanted,
    Query(asked): Query<Asked>,
) -> Page {
    let (view, mut meant, card_fee) = desk
        .read(&who.actor, move |read| {
            let view = store::views::remittances::get(read, id)?;
            let ids: Vec<_> = view.iter().flat_map(|view| view.claims.iter().map(|row| row.id)).collect();
            Ok((view, classes_of(read, &ids)?, card_fee::of(read, id)?))
        })
        .await?;
    let view = view.ok_or(Refusal::Absent)?;
    let masked = who.is_masked(Action::ViewPatient);
    let claims: Vec<ClaimLine> = view
        .claims
        .iter()
        .map(|row| {
            let posted = meant.remove(&row.id);
            claim_line(row, posted.and_then(|rows| Classes::stored(&row.body.0, rows.into_iter())), masked)
        })
        .collect();
    if let Some(format) = wanted {
        return tables::file(&format!("remittance-{id}"), &sheets(&claims, &view), format);
    }
    let preview = Foreseen::of(&desk, &who, &view.head, asked.claims.unwrap_or(0)).await?;
    let outside_total: Money = view.outside.iter().map(|row| row.amount).sum();
    render(&RemittancePage {
        shell: Shell::new(&desk, &who, "/remittances").after(asked.done.as_deref()),
        state: chips::remittance(&view.head.state),
        balances: balances(&view, outside_total),
        claims,
        outside_total,
        debits: view.entries.iter().map(|row| row.debit).sum(),
        credits: view.entries.iter().map(|row| row.credit).sum(),
        may_see_cash: who.may(Action::ViewDeposits),
        masked: who.is_masked(Action::ViewRemittance),
        may_post_fee: card_fee.is_zero() && view.head.state == "posted" && who.may(Action::WorkDeposits),
        card_fee,
        preview,
        view,
    })
}

/// What was typed as the fee of a card.
#[derive(Deserialize)]
pub struct Fee {
    fee: String,
}

/// Posts the fee that the processor of a virtual card kept.
pub async fn card_fee(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<RemittanceId>,
    Form(typed): Form<Fee>,
) -> Page {
    let wrong =
        || Refusal::Invalid { field: "fee".into(), problem: "Write dollars and cents, for example 3.06.".into() };
    let fee = Money::parse(&typed.fee).map_err(|_| wrong())?;
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| card_fee::post(db, &actor, practice, id, fee)).await?;
    go(&format!("/remittances/{id}"), "card-fee-posted")
}

/// `posted`: what its adjustments meant when it was posted.
fn claim_line(row: &RemittanceClaimRow, posted: Option<Classes>, masked: bool) -> ClaimLine {
    let payment = &row.body.0;
    // The payer's own sum of the patient's share (CLP05) is information only, and zero where a decision is taken back.
    // Of what was not posted the base says what it would mean; whoever decided changes neither of the two sums.
    let anybody = Decider { payer: PayerId(Uuid::nil()), is_primary: true, is_medicaid: false };
    let classes = posted.unwrap_or_else(|| Classes::said(payment, anybody, &RuleBook::default()));
    let of_effects = |effects: &[Effect]| -> Money {
        let meant = classes.with(payment).filter(|(_, class)| effects.contains(&class.effect()));
        meant.map(|(one, _)| one.amount).sum()
    };
    let name = match &row.patient {
        Some(patient) if masked => format!("Account {}", patient.0.account_number),
        Some(patient) => patient.0.name.full(),
        None => "Nobody of ours".to_owned(),
    };
    let raw = &payment.raw;
    ClaimLine {
        chip: chips::claim_payment(&row.state, &row.status_code, row.paid.is_zero() && row.denied.is_positive()),
        name,
        by_contract: of_effects(&[Effect::WrittenDown]),
        denied: row.denied,
        raw: if masked { masking::without_people(raw) } else { raw.clone() },
        patient_share: of_effects(&[Effect::LeftToNext, Effect::LeftToNextPayer]),
        advice: share_differs(payment).filter(|_| row.is_received).map(|found| found.to_string()),
        row: row.clone(),
    }
}

/// The three balances, recomputed from what was read: line, claim, payment.
fn balances(view: &RemittanceView, outside: Money) -> Vec<Balance> {
    let sum = |adjustments: &[billing::remittance::Adjustment]| -> Money {
        adjustments.iter().map(|adjustment| adjustment.amount).sum()
    };
    let (mut line, mut claim) = ((Money::ZERO, Money::ZERO, 0, 0), (Money::ZERO, Money::ZERO, 0, 0));
    for payment in view.claims.iter().filter(|row| row.is_received).map(|row| &row.body.0) {
        let mut of_lines = Money::ZERO;
        for said in &payment.lines {
            let adjusted = sum(&said.adjustments);
            let should_be = said.charge_amount - adjusted;
            of_lines += adjusted;
            line.0 += should_be;
            line.1 += said.paid_amount;
            line.2 += usize::from(should_be == said.paid_amount);
            line.3 += 1;
        }
        let should_be = payment.charge_amount - sum(&payment.adjustments) - of_lines;
        claim.0 += should_be;
        claim.1 += payment.paid_amount;
        claim.2 += usize::from(should_be == payment.paid_amount);
        claim.3 += 1;
    }
    let paid = claim.1;
    vec![
        Balance {
            name: "1. Service line",
            what: format!("Charged − adjustments = paid, {}", counted(line.3, "line")),
            should_be: line.0,
            says: line.1,
            holds: line.2,
            of: line.3,
        },
        Balance {
            name: "2. Claim",
            what: format!("Charged − all adjustments = paid, {}", counted(claim.3, "claim")),
            should_be: claim.0,
            says: claim.1,
            holds: claim.2,
            of: claim.3,
        },
        Balance {
            name: "3. Payment",
            what: format!("Claims paid {paid} − provider adjustments {outside} = payment"),
            should_be: paid - outside,
            says: view.head.amount,
            holds: usize::from(paid - outside == view.head.amount),
            of: 1,
        },
    ]
}

impl RemittancePage {
    /// A reason for money outside any claim in words.
    fn outside(reason: &str) -> Option<&'static str> {
        billing::remittance::outside::reason_words(reason)
    }

    /// How many claims the payer named.
    fn received(&self) -> usize {
        self.claims.iter().filter(|claim| claim.row.is_received).count()
    }

    /// The day on which the books have it, where that is not its own.
    fn booked_on(&self) -> Option<jiff::civil::Date> {
        self.view.head.booked_on.filter(|day| *day != self.view.head.paid_on)
    }

    /// It came as a virtual card, which costs a fee.
    fn is_card(&self) -> bool {
        billing::remittance::virtual_card::is_card(&self.view.head.method)
    }

    /// The item of the payers' ledger that an amount opened or moved, as its address names it.
    fn item(row: &OutsideRow) -> Option<uuid::Uuid> {
        row.payer_id.zip(row.item.as_deref()).map(|(payer, item)| app::provider_ledger::id_of(payer, item))
    }

    /// An account of the books in words.
    fn account(name: &str) -> &str {
        let kind = ledger::AccountKind::ALL.into_iter().find(|kind| kind.name() == name);
        match kind {
            Some(kind) => billing::remittance::words::account_words(kind),
            None => name,
        }
    }
}
