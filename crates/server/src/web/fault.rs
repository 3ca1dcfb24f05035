//! Marks among a payer's segments those whose figures do not add up, so that a person sees where to look. Judges nothing: which
//! equation fails is said elsewhere.

use billing::remittance::balance::{Equation, Imbalance};

use super::masking::separators;

/// A segment as it is shown.
#[derive(Debug, PartialEq, Eq)]
pub struct Segment {
    /// Its text with what ends it.
    pub text: String,
    /// Whether its figures take part in the equation that fails.
    pub is_fault: bool,
}

/// The segments of a claim payment, those of a failing equation marked; one piece without marks where the text cannot be taken
/// apart with certainty.
pub fn mark(raw: &str, fault: Option<&Imbalance>) -> Vec<Segment> {
    let whole = || vec![Segment { text: raw.to_owned(), is_fault: false }];
    let Some((element, terminator)) = separators(raw) else { return whole() };
    let mut line = 0;
    let pieces = raw.split_inclusive(terminator).map(str::trim).filter(|piece| !piece.is_empty());
    pieces
        .map(|piece| {
            let id = piece.split([element, terminator]).next().unwrap_or_default();
            line += usize::from(id == "SVC");
            Segment { is_fault: fault.is_some_and(|fault| takes_part(fault, id, line)), text: piece.to_owned() }
        })
        .collect()
}

/// Whether a segment takes part in the equation that fails; `line` counts services up to it.
fn takes_part(fault: &Imbalance, id: &str, line: usize) -> bool {
    match fault.equation {
        Equation::Service => fault.line == Some(line) && matches!(id, "SVC" | "CAS"),
        Equation::Claim => matches!(id, "CLP" | "CAS"),
        Equation::Lines => matches!(id, "CLP" | "SVC") || (id == "CAS" && line == 0),
        Equation::Payment => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use billing::Money;

    const RAW: &str = "CLP*A*1*100*60**12~CAS*OA*23*0~NM1*QC*1*DOE~SVC*HC:99213*60*40~CAS*CO*45*20~SVC*HC:99214*40*20~\
        CAS*CO*45*19~AMT*B6*60~";

    fn marked(equation: Equation, line: Option<usize>) -> Vec<String> {
        let fault = Imbalance { equation, line, difference: Money::from_cents(100) };
        mark(RAW, Some(&fault)).into_iter().filter(|one| one.is_fault).map(|one| one.text).collect()
    }

    #[test]
    fn the_segments_of_the_failing_equation_are_marked_and_no_others() {
        assert_eq!(marked(Equation::Service, Some(2)), ["SVC*HC:99214*40*20~", "CAS*CO*45*19~"]);
        let claim = ["CLP*A*1*100*60**12~", "CAS*OA*23*0~", "CAS*CO*45*20~", "CAS*CO*45*19~"];
        assert_eq!(marked(Equation::Claim, None), claim);
        let lines = ["CLP*A*1*100*60**12~", "CAS*OA*23*0~", "SVC*HC:99213*60*40~", "SVC*HC:99214*40*20~"];
        assert_eq!(marked(Equation::Lines, None), lines);
        assert_eq!(marked(Equation::Payment, None), Vec::<String>::new());
        assert!(mark(RAW, None).iter().all(|one| !one.is_fault));
    }

    #[test]
    fn nothing_is_lost_of_the_text_and_what_cannot_be_taken_apart_stays_whole() {
        let all: String = mark(RAW, None).into_iter().map(|one| one.text).collect();
        assert_eq!(all, RAW);
        let odd = "not a segment at all";
        assert_eq!(mark(odd, None), [Segment { text: odd.to_owned(), is_fault: false }]);
    }
}
