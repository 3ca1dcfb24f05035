//! The practice's bank in the story: payers' transfers come a business day after they were announced; on Fridays the poster
//! counts the week's cash and checks into a slip, which the bank books the next business day, with the week's cards; refunds'
//! checks are cashed; and when a month has ended the manager signs it. Drawers are closed every evening.

use app::deposit::SlipRequest;
use app::drawer::Count;
use app::reconciliation::Period;
use app::{bank, deposit, drawer, reconciliation};
use billing::Money;
use billing::bank::{BankLineState, Deposit};
use billing::deposit::SlipState;
use billing::work::Calendar;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use store::params;
use store::reconciliation::{CAME_IN, UNCASHED, WENT_OUT};

use super::stage::{Stage, in_scene};

/// The bank's words for a slip.
const AT_THE_BRANCH: &str = "BRANCH DEPOSIT";
/// The bank's words for a week of cards.
const OF_CARDS: &str = "CARD SETTLEMENT";
/// What the account held when the story begins.
const HELD_BEFORE: Money = Money::from_cents(1_250_000);
/// Days until a refund's check is cashed.
const DAYS_TO_CASH: i64 = 6;
/// A dollar of change too much, on the first Friday of a month.
const SHORT: Money = Money::from_cents(100);

/// The statement of a day, and what the poster says of it.
pub fn statement(stage: &Stage, today: Date) -> anyhow::Result<()> {
    let (db, poster, practice) = (&stage.db, &stage.staff.poster, stage.practice);
    let calendar = Calendar::default();
    let before = in_scene("the bank is looked at", bank::overview(db, poster, practice, BankLineState::Waiting))?;
    let ready = in_scene("what is ready is looked at", deposit::ready(db, poster, practice))?;
    // A payer's paper check goes with a slip.
    let is_paper = |id| ready.checks.iter().any(|check| check.id == id);
    let came = before
        .in_transit
        .iter()
        .filter(|row| !is_paper(row.remittance_id) && calendar.add_business_days(row.paid_on, 1) <= today);
    let mut lines: Vec<Deposit> = came
        .map(|row| Deposit {
            booked_on: today,
            amount: row.amount_cents,
            trace: String::new(),
            words: format!("{} HCCLAIMPMT TRN*1*{}*1999999999\\", row.payer_name, row.trace),
        })
        .filter(|line| line.amount.is_positive())
        .collect();
    let line =
        |amount: Money, words: &str| Deposit { booked_on: today, amount, trace: String::new(), words: words.into() };
    let slips = in_scene("slips are looked at", deposit::list(db, poster, practice, SlipState::OnTheWay))?;
    let due = slips.iter().filter(|slip| slip.counted_on < today);
    lines.extend(due.map(|slip| line(slip.counted_cents, AT_THE_BRANCH)));
    let of_cards = before.undeposited - ready.payments.iter().map(|row| row.amount_cents).sum::<Money>();
    if today.weekday() == Weekday::Friday && of_cards.is_positive() {
        lines.push(line(of_cards, OF_CARDS));
    }
    if !lines.is_empty() {
        in_scene("a statement of the bank is taken in", bank::take(db, poster, practice, &lines))?;
        let after = in_scene("the bank is looked at", bank::overview(db, poster, practice, BankLineState::Waiting))?;
        for line in after.lines.iter().filter(|line| line.words == OF_CARDS) {
            in_scene("a deposit is named", bank::is_from_desk(db, poster, practice, line.id))?;
        }
    }
    cash_refunds(stage, today)
}

/// The checks of refunds that were sent some days ago leave the bank.
fn cash_refunds(stage: &Stage, today: Date) -> anyhow::Result<()> {
    let (db, poster, practice) = (&stage.db, &stage.staff.poster, stage.practice);
    let until = today.saturating_sub(DAYS_TO_CASH.days());
    let sent = db.read(poster, practice, |read| read.query(&UNCASHED, params![until]))?;
    let out: Vec<Deposit> = sent
        .iter()
        .map(|row| Deposit {
            booked_on: today,
            amount: row.amount_cents,
            trace: row.reference.clone(),
            words: "CHECK PAID".into(),
        })
        .collect();
    in_scene("what left the bank is taken in", reconciliation::take(db, poster, practice, &out))?;
    Ok(())
}

/// The desk closes its drawer; on Fridays the poster counts the week's slip.
pub fn evening(stage: &Stage, today: Date) -> anyhow::Result<()> {
    let (db, practice) = (&stage.db, stage.practice);
    let tier1 = &stage.staff.tier1;
    let expected = in_scene("the drawer is looked at", drawer::expected(db, tier1, practice))?;
    let is_friday = today.weekday() == Weekday::Friday;
    let short = if is_friday && today.day() <= 7 && expected.cash > SHORT { SHORT } else { Money::ZERO };
    if !(expected.cash + expected.checks).is_zero() {
        let reason = if short.is_zero() { "" } else { "Gave a dollar of change too much." };
        let count = Count { cash: expected.cash - short, checks: expected.checks, reason: reason.into() };
        let closed = in_scene("a drawer is closed", drawer::close(db, tier1, practice, &count))?;
        if !short.is_zero() {
            let accepted = drawer::accept(db, &stage.staff.manager, practice, closed);
            in_scene("a drawer's difference is accepted", accepted)?;
        }
    }
    if is_friday { count_slip(stage, today, short) } else { Ok(()) }
}

fn count_slip(stage: &Stage, today: Date, short: Money) -> anyhow::Result<()> {
    let (db, poster, practice) = (&stage.db, &stage.staff.poster, stage.practice);
    let ready = in_scene("what is ready is looked at", deposit::ready(db, poster, practice))?;
    if ready.total <= short {
        return Ok(());
    }
    let request = SlipRequest {
        payments: ready.payments.iter().map(|row| row.id).collect(),
        checks: ready.checks.iter().map(|row| row.id).collect(),
        counted: ready.total - short,
        reason: if short.is_zero() { String::new() } else { "As the drawer was.".into() },
        idempotency_key: format!("slip-{today}"),
    };
    let id = in_scene("a slip is counted", deposit::count(db, poster, practice, &request))?;
    if !short.is_zero() {
        in_scene("a slip's difference is approved", deposit::approve(db, &stage.staff.manager, practice, id))?;
    }
    Ok(())
}

/// The manager signs the month that ended, as the bank's own lines tell it.
pub fn month_end(stage: &Stage, start: Date, today: Date) -> anyhow::Result<()> {
    let (db, manager, practice) = (&stage.db, &stage.staff.manager, stage.practice);
    let next = in_scene("reconciliations are looked at", reconciliation::next(db, manager, practice))?;
    let (from, opening) = next.unwrap_or((start, HELD_BEFORE));
    let until = today.first_of_month().saturating_sub(1.days());
    if until < from {
        return Ok(());
    }
    let (came, went) = db.read(manager, practice, |read| {
        let (came, _) = read.query_one(&CAME_IN, params![from, until])?;
        let (went, _) = read.query_one(&WENT_OUT, params![from, until])?;
        Ok::<_, store::StoreError>((came, went))
    })?;
    let period = Period { from, until, opening, closing: opening + came - went };
    in_scene("a month of the bank is signed", reconciliation::sign(db, manager, practice, &period))?;
    Ok(())
}
