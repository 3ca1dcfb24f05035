//! Money to the engine's amount and back: both are cents, so nothing is ever rounded.

use ledger::Money;
use x12::Amount;

pub(crate) fn to_amount(money: Money) -> Amount {
    Amount::from_cents(money.cents())
}

pub(crate) fn to_money(amount: Amount) -> Money {
    Money::from_cents(amount.cents())
}
