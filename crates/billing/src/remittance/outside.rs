//! Money outside any claim (PLB) in our own short words. Says what a reason means; decides nothing about the books.

/// What a reason of a provider adjustment means; none for a code nobody has put into words. The codes are those of
/// PLB03-1 of 005010X221A1, the words ours.
pub fn reason_words(code: &str) -> Option<&'static str> {
    Some(match code {
        "50" => "Late charge",
        "51" => "Interest as a penalty",
        "72" => "Our refund acknowledged",
        "90" => "Allowance for early payment",
        "AP" => "Advance of benefits",
        "B2" => "Rebate",
        "BD" => "Bad debt",
        "CS" => "Adjustment",
        "CT" => "Payment by head",
        "E3" => "Withheld",
        "FB" => "Balance carried to another payment",
        "FC" => "Share of a fund",
        "IP" => "Incentive",
        "IR" => "Withheld for taxes",
        "IS" => "Interim settlement",
        "J1" => "Not reimbursable",
        "L3" => "Penalty",
        "L6" => "Interest",
        "LE" => "Levy",
        "LS" => "Lump sum",
        "OB" => "Set off for an affiliated provider",
        "PL" => "Final payment",
        "RA" => "Change for earlier times",
        "TL" => "Another party is liable",
        "WO" => "Overpayment taken back",
        "WU" => "Taken back, reason not given",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::reason_words;

    #[test]
    fn money_taken_back_and_interest_have_their_own_words() {
        assert_eq!(reason_words("WO"), Some("Overpayment taken back"));
        assert_eq!(reason_words("L6"), Some("Interest"));
        assert_eq!(reason_words("ZZ"), None);
    }
}
