//! What a 277CA calls a problem of a claim file: category (list 507), status (list 508) and entity.
//!
//! Decides nothing about claims; one problem has one code.

use crate::problem::{Code, Problem};
use crate::segment::Segment;
use crate::transactions::StatusCode;

/// Category, status and entity of a problem.
/// `segment` is what stands where the problem shows; `named` the entity code of the party named last, if it was named
/// after any claim, level or line began.
pub(super) fn code_of(problem: &Problem, segment: &Segment<'_>, named: &str) -> StatusCode<'static> {
    let segment = Some(segment).filter(|segment| segment.segment_id() == problem.segment);
    let status = status_of(problem, segment);
    let is_missing = match problem.code {
        Code::Element(false, 1 | 2) | Code::Segment(false, 3) | Code::Segment(true, 6..=8) => true,
        Code::Element(true, 9 | 11) => true,
        Code::Situation => problem.span.1 == 0,
        Code::NotX12
        | Code::Interchange(_)
        | Code::Group(_)
        | Code::Set(..)
        | Code::Segment(..)
        | Code::Element(..)
        | Code::Hierarchy
        | Code::Balance
        | Code::CodeSet => false,
    };
    let category = match problem.code {
        _ if is_missing => "A6",
        Code::Balance | Code::Situation => "A8",
        Code::NotX12
        | Code::Interchange(_)
        | Code::Group(_)
        | Code::Set(..)
        | Code::Segment(..)
        | Code::Element(..)
        | Code::Hierarchy
        | Code::CodeSet => "A7",
    };
    // Statuses that say "the name" or "the number" need to say whose.
    let speaks_of_somebody =
        matches!(status, "125" | "126" | "128" | "145" | "153" | "157" | "158" | "164" | "500" | "501" | "562");
    let entity = if speaks_of_somebody { entity_at(problem, named) } else { String::new() };
    StatusCode::new(category, status, entity)
}

fn status_of(problem: &Problem, segment: Option<&Segment<'_>>) -> &'static str {
    let qualifier = segment.map_or(&b""[..], |segment| segment.element(1));
    let id_kind = segment.map_or(&b""[..], |segment| segment.element(8));
    if problem.code == Code::Balance {
        return "400";
    }
    match (problem.segment.to_string().as_str(), problem.element, problem.component) {
        ("NM1", 8 | 9, _) if id_kind == b"XX" => "562",
        ("NM1", 8 | 9, _) if qualifier == b"IL" => "164",
        ("NM1", 8 | 9, _) => "153",
        ("NM1", ..) => "125",
        ("N3", ..) => "126",
        ("N4", 2, _) => "501",
        ("N4", 3, _) => "500",
        ("N4", ..) => "126",
        ("DMG", 3, _) => "157",
        ("DMG", ..) => "158",
        ("REF", ..) if matches!(qualifier, b"EI" | b"SY") => "128",
        ("PRV", ..) => "145",
        ("SBR", 9, _) => "480",
        ("SBR" | "PAT", 1 | 2, _) => "156",
        ("CLM", 1, _) => "478",
        ("CLM", 2, _) => "178",
        ("CLM", 5, 3) => "535",
        ("CLM", 5, _) => "249",
        ("DTP", ..) if qualifier == b"434" => "188",
        ("DTP", ..) if qualifier == b"435" => "189",
        ("DTP", ..) => "187",
        ("HI", ..) if qualifier.starts_with(b"BE") => "463",
        ("HI", ..) if qualifier.starts_with(b"BH") || qualifier.starts_with(b"BI") => "461",
        ("HI", ..) if qualifier.starts_with(b"BG") => "460",
        ("HI", ..) if qualifier.starts_with(b"BBR") => "465",
        ("HI", ..) => "255",
        ("SV1" | "SV3", 1, 3..=6) | ("SV2", 2, 3..=6) => "453",
        ("SV1" | "SV3", 1, _) | ("SV2", 2, _) => "454",
        ("SV2", 1, _) => "455",
        ("SV1" | "SV3", 2, _) | ("SV2", 3, _) => "178",
        ("SV1", 4, _) | ("SV2", 5, _) | ("SV3", 6, _) => "476",
        ("SV1", 5, _) | ("SV3", 3, _) => "249",
        ("SV1", 7, _) | ("SV3", 11, _) => "477",
        ("TOO", 3, _) => "243",
        ("TOO", ..) => "244",
        ("LIN" | "CTP", ..) => "218",
        ("AMT" | "SVD" | "CAS", ..) => "183",
        _ => "21",
    }
}

/// Of whom a problem speaks: the party a missing segment belongs to, or the one named last before it.
fn entity_at(problem: &Problem, named: &str) -> String {
    match problem.loop_id {
        "2000A" | "2010AA" => "85",
        "2010AB" => "87",
        "2000B" | "2010BA" => "IL",
        "2010BB" => "PR",
        "2000C" | "2010CA" => "QC",
        _ => named,
    }
    .to_owned()
}
