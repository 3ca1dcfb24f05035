//! Figures as a printed ledger writes them: no currency sign, thousands set apart, negatives in parentheses.

use billing::Money;

/// "1,234.56", "(25.00)"; nothing for none.
pub(crate) fn figure(amount: Money) -> String {
    if amount.is_negative() { format!("({})", amount.abs()) } else { amount.to_string() }
}

/// A figure that lowers a sum: a positive amount in parentheses, and zero as a dash.
pub(crate) fn lowering(amount: Money) -> String {
    if amount.is_zero() { "–".to_owned() } else { figure(-amount) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_as_in_a_ledger() {
        for (cents, text) in [(123_456, "1,234.56"), (-2_500, "(25.00)"), (0, "0.00")] {
            assert_eq!(figure(Money::from_cents(cents)), text);
        }
        assert_eq!(lowering(Money::from_cents(2_500)), "(25.00)");
        assert_eq!(lowering(Money::from_cents(-2_500)), "25.00");
        assert_eq!(lowering(Money::ZERO), "–");
    }
}
