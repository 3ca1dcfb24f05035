//! Which segment of a payer's answer a part of a posting stands on: SVC or CLP for what was paid, CAS for an adjustment.
//! Reads the segments that were kept with the answer; decides nothing.

use super::ClaimPayment;

/// The segment behind a stored reason ("CO-45", or the word of a payment) of a claim's answer. `line` is the place among the
/// lines, from 1; none where the payer spoke of the claim as a whole. Without the separator at its end; none where the
/// answer holds no such segment.
pub fn segment_behind<'a>(payment: &'a ClaimPayment, line: Option<usize>, reason: &str) -> Option<&'a str> {
    let of_line = line.and_then(|line| payment.lines.get(line.checked_sub(1)?)).map(|line| line.raw.as_str());
    // A line's adjustments stand in the line; those of the whole claim were spread over its lines.
    let adjustment = |raw: &'a str| segments(raw).find(|segment| adjusts(segment, reason));
    if let Some(found) = of_line.and_then(adjustment).or_else(|| adjustment(&payment.raw)) {
        return Some(found);
    }
    of_line.and_then(|raw| segments(raw).next()).or_else(|| segments(&payment.raw).next())
}

/// Segments as they stand in a file: the character after the id separates elements, and the last one ends segments.
fn segments(raw: &str) -> impl Iterator<Item = &str> {
    let end = raw.trim_end().chars().next_back().filter(|last| !last.is_alphanumeric()).unwrap_or('~');
    raw.split(end).map(str::trim).filter(|segment| !segment.is_empty())
}

/// Whether a segment is a CAS of this group that names this reason: CAS01 the group, then reason, amount, quantity.
fn adjusts(segment: &str, reason: &str) -> bool {
    let (Some((group, code)), Some(rest)) = (reason.split_once('-'), segment.strip_prefix("CAS")) else { return false };
    let Some(separator) = rest.chars().next() else { return false };
    let mut elements = rest.split(separator).skip(1);
    elements.next() == Some(group) && elements.step_by(3).any(|element| element == code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Money;
    use crate::charge::Procedure;
    use crate::remittance::LinePayment;

    fn line(raw: &str) -> LinePayment {
        LinePayment {
            procedure: Procedure { code: "99213".into(), modifiers: vec![] },
            submitted_procedure: None,
            charge_amount: Money::ZERO,
            paid_amount: Money::ZERO,
            date_of_service: None,
            line_control_number: String::new(),
            adjustments: vec![],
            remarks: vec![],
            units: None,
            allowed_amount: None,
            raw: raw.into(),
        }
    }

    #[test]
    fn the_segment_of_every_reason_is_found_whatever_separates_the_elements() {
        let payment = ClaimPayment {
            control_number: "1".into(),
            status_code: "1".into(),
            charge_amount: Money::ZERO,
            paid_amount: Money::ZERO,
            patient_responsibility: Money::ZERO,
            payer_claim_control_number: String::new(),
            adjustments: vec![],
            remarks: vec![],
            lines: vec![
                line("SVC*HC:99213*140*72~\nCAS*CO*45*48**253*1.28~\nCAS*PR*3*20~"),
                line("SVC|HC>85025|40|40'CAS|CO|97|40'"),
            ],
            about: Default::default(),
            raw: "CLP*1*1*180*112**12~CAS*OA*23*5~".into(),
        };
        for (line, reason, segment) in [
            (Some(1), "CO-45", Some("CAS*CO*45*48**253*1.28")),
            (Some(1), "CO-253", Some("CAS*CO*45*48**253*1.28")),
            (Some(1), "PR-3", Some("CAS*PR*3*20")),
            (Some(1), "OA-23", Some("CAS*OA*23*5")),
            (Some(1), "paid", Some("SVC*HC:99213*140*72")),
            // An amount that looks like a reason is none.
            (Some(1), "CO-48", Some("SVC*HC:99213*140*72")),
            (Some(2), "CO-97", Some("CAS|CO|97|40")),
            (None, "paid", Some("CLP*1*1*180*112**12")),
            (Some(9), "paid", Some("CLP*1*1*180*112**12")),
        ] {
            assert_eq!(segment_behind(&payment, line, reason), segment, "{line:?} {reason}");
        }
    }
}
