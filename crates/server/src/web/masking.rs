//! A message as it stands in a file, for a role to whom names and numbers of people are masked.
//!
//! Only segments that carry no person are let through; what cannot be taken apart with certainty is not shown at all.

/// Segments that speak of money, status and counts, never of a person.
const WITHOUT_PEOPLE: [&str; 19] = [
    "AK1", "AK2", "AK9", "AMT", "CAS", "CLP", "DTM", "DTP", "HL", "IK3", "IK5", "LQ", "MIA", "MOA", "QTY", "STC",
    "SVC", "TA1", "TRN",
];
/// Elements of a status segment before its free text, which may say anything.
const STATUS_ELEMENTS: usize = 11;
/// What stands for all the rest.
pub const NOT_SHOWN: &str = "Not shown to your role: it names people.";

/// The segments of a message that name nobody, and how many were left out.
pub fn without_people(raw: &str) -> String {
    let Some((element, terminator)) = separators(raw) else { return NOT_SHOWN.to_owned() };
    let mut shown = String::new();
    let mut left_out = 0;
    for segment in raw.split(terminator).map(str::trim).filter(|segment| !segment.is_empty()) {
        match segment.split(element).next().unwrap_or_default() {
            "STC" => {
                let kept: Vec<&str> = segment.split(element).take(STATUS_ELEMENTS + 1).collect();
                shown.push_str(&format!("{}{terminator}\n", kept.join(&element.to_string())));
            }
            id if WITHOUT_PEOPLE.contains(&id) => shown.push_str(&format!("{segment}{terminator}\n")),
            _ => left_out += 1,
        }
    }
    if left_out > 0 {
        shown.push_str(&format!("({left_out} more. {NOT_SHOWN})"));
    }
    shown
}

/// The separators, found from the message itself: the one after the first segment's id, and the one that stands before
/// every other id. None where that is not certain.
fn separators(raw: &str) -> Option<(char, char)> {
    let raw = raw.trim_start();
    let id = WITHOUT_PEOPLE.iter().chain(&["REF", "NM1"]).find(|id| raw.starts_with(**id))?;
    let element = raw[id.len()..].chars().next().filter(|found| !found.is_ascii_alphanumeric() && *found != ' ')?;
    let mut before: Vec<char> = Vec::new();
    for id in WITHOUT_PEOPLE.iter().chain(&["NM1", "REF", "PER", "N3", "N4", "DMG"]) {
        let begun = format!("{id}{element}");
        before.extend(raw.match_indices(&begun).filter(|(at, _)| *at > 0).filter_map(|(at, _)| {
            raw[..at].trim_end_matches(['\r', '\n']).chars().next_back().filter(|last| !last.is_alphanumeric())
        }));
    }
    // A lone segment ends with its terminator, or has none and cannot be told from a line of free text.
    let terminator = before.first().copied().or_else(|| raw.trim_end().chars().next_back())?;
    let is_certain = before.iter().all(|other| *other == terminator)
        && !terminator.is_alphanumeric()
        && terminator != element
        && terminator != ' ';
    is_certain.then_some((element, terminator))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_money_stays_and_the_person_goes_whatever_the_separators() {
        let shown = without_people("CLP*A1*1*100*80*20*MC~NM1*QC*1*MAY*ANNA****MI*XQ1~SVC*HC:99213*100*80~");
        assert!(shown.contains("CLP*A1*1*100*80*20*MC~\nSVC*HC:99213*100*80~"), "{shown}");
        assert!(!shown.contains("MAY") && !shown.contains("XQ1") && shown.contains("(1 more."), "{shown}");
        let shown = without_people("CLP|A1|1|100|80|20|MC'\r\nNM1|QC|1|MAY|ANNA'\r\nCAS|CO|45|20'\r\n");
        assert!(shown.contains("CAS|CO|45|20'") && !shown.contains("ANNA"), "{shown}");
    }

    #[test]
    fn free_text_in_a_status_goes() {
        let shown = without_people("STC*A3:21*20261101*U*100********ANNA MAY HAS NO COVERAGE~NM1*QC*1*MAY~");
        assert!(shown.starts_with("STC*A3:21*20261101*U*100") && !shown.contains("ANNA"), "{shown}");
    }

    #[test]
    fn what_cannot_be_taken_apart_is_not_shown() {
        for raw in ["", "Anna May called", "CLP*A1*1NM1*QC*1*MAY", "NM1*QC*1*MAY", "CLP*A1~NM1*QC|CAS*CO"] {
            assert_eq!(without_people(raw), NOT_SHOWN, "{raw}");
        }
    }
}
