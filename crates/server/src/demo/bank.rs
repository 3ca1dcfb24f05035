//! The practice's bank in the story: payers' transfers come a business day after they were announced, and on Fridays
//! somebody brings to the branch what was taken at the desk. The poster takes the statements in.

use app::bank;
use billing::bank::{BankLineState, Deposit};
use billing::work::calendar::add_business_days;
use jiff::civil::{Date, Weekday};

use super::stage::{Stage, in_scene};

/// The bank's words for what is brought to the branch.
const AT_THE_BRANCH: &str = "BRANCH DEPOSIT";

/// The statement of a day, and what the poster says of it.
pub fn statement(stage: &Stage, today: Date) -> anyhow::Result<()> {
    let (db, poster, practice) = (&stage.db, &stage.staff.poster, stage.practice);
    let before = in_scene("the bank is looked at", bank::overview(db, poster, practice, BankLineState::Waiting))?;
    let came = before.in_transit.iter().filter(|row| add_business_days(row.paid_on, 1, &[]) <= today);
    let mut lines: Vec<Deposit> = came
        .map(|row| Deposit {
            booked_on: today,
            amount: row.amount_cents,
            trace: String::new(),
            words: format!("{} HCCLAIMPMT TRN*1*{}*1999999999\\", row.payer_name, row.trace),
        })
        .filter(|line| line.amount.is_positive())
        .collect();
    if today.weekday() == Weekday::Friday && before.undeposited.is_positive() {
        let (trace, words) = (String::new(), AT_THE_BRANCH.to_owned());
        lines.push(Deposit { booked_on: today, amount: before.undeposited, trace, words });
    }
    if lines.is_empty() {
        return Ok(());
    }
    in_scene("a statement of the bank is taken in", bank::take(db, poster, practice, &lines))?;
    let after = in_scene("the bank is looked at", bank::overview(db, poster, practice, BankLineState::Waiting))?;
    for line in after.lines.iter().filter(|line| line.words == AT_THE_BRANCH) {
        in_scene("a deposit is named", bank::is_from_desk(db, poster, practice, line.id))?;
    }
    Ok(())
}
