//! Patients' money in the story: statements twice a month, and payments by those who pay, some days after their statement.

use app::patient_payment;
use app::patient_statement;
use billing::patient_payment::{PaymentMethod, PaymentRequest};
use billing::{Money, PatientId};
use jiff::ToSpan;
use jiff::civil::Date;
use simulator::Chance;

use super::population::PaysHow;
use super::stage::{Stage, in_scene};

/// A payment somebody will bring.
#[derive(Debug, Clone)]
pub struct Promise {
    /// When.
    pub on: Date,
    /// Whose account.
    pub patient: PatientId,
    /// How much.
    pub amount: Money,
    /// The statement's number: the key of the payment.
    pub statement: String,
}

/// Whether statements are run on this day: on the first working day on or after the 1st and the 15th.
pub fn is_statement_day(today: Date, before: Option<Date>) -> bool {
    let since = before.map_or(today.day() - 1, |before| if before.month() == today.month() { before.day() } else { 0 });
    [1, 15].iter().any(|day| since < *day && *day <= today.day())
}

/// Runs statements and notes who will pay what.
pub fn run_statements(stage: &mut Stage, chance: &Chance, today: Date) -> anyhow::Result<()> {
    let manager = stage.staff.manager.clone();
    let run = in_scene("statements are run", patient_statement::run(&stage.db, &manager, stage.practice))?;
    for issued in run.issued {
        let Some((index, _)) = stage.on_file.iter().find(|(_, id)| **id == issued.patient_id) else { continue };
        let cents = issued.amount_due.cents();
        let amount = match stage.patients[*index].pays {
            PaysHow::InFull => cents,
            PaysHow::InPart => cents / 2,
            PaysHow::NotYet => 0,
        };
        if amount > 0 {
            let days = 4 + i64::try_from(chance.below(9, &["pays after", &issued.number])).unwrap_or(0);
            stage.promises.push(Promise {
                on: today.saturating_add(days.days()),
                patient: issued.patient_id,
                amount: Money::from_cents(amount),
                statement: issued.number,
            });
        }
    }
    Ok(())
}

/// Takes the payments that come today.
pub fn take_payments(stage: &mut Stage, chance: &Chance, today: Date) -> anyhow::Result<()> {
    let (due, later): (Vec<_>, Vec<_>) = std::mem::take(&mut stage.promises).into_iter().partition(|p| p.on <= today);
    stage.promises = later;
    for promise in due {
        let method = match chance.below(4, &["pays by", &promise.statement]) {
            0 => PaymentMethod::Cash,
            1 | 2 => PaymentMethod::Check {
                number: format!("{}", 1000 + chance.below(8_000, &["check", &promise.statement])),
            },
            _ => PaymentMethod::Card {
                token: format!("tok_demo_{}", promise.statement.to_lowercase()),
                brand: "visa".into(),
                last_four: format!("{:04}", chance.below(10_000, &["card", &promise.statement])),
            },
        };
        let request = PaymentRequest {
            patient_id: promise.patient,
            amount: promise.amount,
            method,
            note: String::new(),
            idempotency_key: format!("demo {}", promise.statement),
        };
        let taken = patient_payment::take(&stage.db, &stage.staff.tier1, stage.practice, &request);
        in_scene("a payment is taken", taken)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn statements_go_out_on_the_first_working_day_on_or_after_the_1st_and_15th() {
        let cases = [
            (date(2026, 6, 1), Some(date(2026, 5, 29)), true),
            (date(2026, 6, 2), Some(date(2026, 6, 1)), false),
            (date(2026, 6, 15), Some(date(2026, 6, 12)), true),
            (date(2026, 8, 3), Some(date(2026, 7, 31)), true),
            (date(2026, 8, 17), Some(date(2026, 8, 14)), true),
            (date(2026, 8, 18), Some(date(2026, 8, 17)), false),
        ];
        for (today, before, expected) in cases {
            assert_eq!(is_statement_day(today, before), expected, "{today}");
        }
    }
}
