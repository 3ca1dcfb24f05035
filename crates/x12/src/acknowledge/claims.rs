//! 277CA written from a checked claim file: which claims are taken, which are sent back, and why.
//!
//! Says only what the check found; a problem above the claims (provider, subscriber) sends back every claim below it.

use std::ops::Range;

use jiff::civil::Date;

use super::{AcknowledgmentHeader, reply};
use crate::amount::Amount;
use crate::check::{Checked, InterchangeReport, SetReport};
use crate::document::Document;
use crate::problem::{Code, Problem, Severity};
use crate::segment::Segment;
use crate::transactions::claim_acknowledgment_277ca::{
    ClaimAcknowledgment, ClaimAcknowledgments, LineAcknowledgment, ProviderAcknowledgment, ReceiverAcknowledgment,
    write,
};
use crate::transactions::{
    DatePeriod, Name, PartyKind, Procedure, QualifiedAmount, QualifiedQuantity, Reference, StatusCode,
    StatusInformation, Text, Trace, When,
};
use crate::writer::{GroupHeader, WriteError, Writer};

/// The guide that a 277CA follows.
const GUIDE_277CA: &str = "005010X214";
/// One STC says at most so much: STC01, STC10 and STC11.
const CODES_PER_STATUS: usize = 3;
/// Accepted into the system, and accepted for a decision.
const ACCEPTED: (&str, &str) = ("A2", "20");
/// What stands for a number that the claim file does not give.
const NO_NUMBER: &str = "0";
/// Received.
const RECEIVED: (&str, &str) = ("A1", "19");

/// Writes the 277CA for the claim files (837 P, I and D) of an interchange: one set for each of theirs. None where there
/// is no claim file, or none whose envelope can be relied on: that is for TA1 and 999 to tell. `file` is what was
/// checked; `received_on` the day it came.
pub fn write_277ca(
    file: &[u8],
    checked: &Checked,
    interchange: &InterchangeReport,
    header: AcknowledgmentHeader,
    received_on: Date,
) -> Result<Option<Vec<u8>>, WriteError> {
    let groups = interchange.groups.iter().filter(|group| group.functional_id == "HC" && group.codes.is_empty());
    let sets: Vec<(&_, SetReport)> = groups
        .flat_map(|group| group.sets.iter().map(move |set| (group, set)))
        .filter(|(_, set)| set.id == "837" && set.codes.is_empty())
        .collect();
    let Some((group, _)) = sets.first().filter(|_| interchange.note == 0) else { return Ok(None) };
    let mut writer = Writer::new(reply(interchange, header));
    writer.begin_group(&GroupHeader {
        functional_id: "HN".to_owned(),
        sender: group.receiver.clone(),
        receiver: group.sender.clone(),
        sent_at: header.made_at,
        control_number: header.control_number,
        version: GUIDE_277CA.to_owned(),
    });
    let document = Document::read(file);
    let mut written = 0_u32;
    for (_, set) in &sets {
        // Of a set without problems the check keeps only where it begins.
        let start = usize::try_from(set.ordinals.0).unwrap_or(usize::MAX);
        let is_there = document.segment(start).is_some_and(|segment| segment.is("ST"));
        let end = (start..document.len()).find(|at| document.segment(*at).is_some_and(|segment| segment.is("SE")));
        if let Some(end) = end.filter(|_| is_there) {
            written += 1;
            let range = start..end + 1;
            let problems = checked.problems.between(set.ordinals.0, end as u64);
            write(&answer(&document, range, problems, header, (received_on, written)), &mut writer);
        }
    }
    if written == 0 { Ok(None) } else { writer.finish().map(Some) }
}

/// A claim with what stands above it.
struct Found {
    provider: usize,
    patient: Patient,
    /// From its CLM to the next claim or level.
    segments: Range<usize>,
}

/// Whom a claim is for.
#[derive(Clone, Default)]
struct Patient {
    name: Name<'static>,
    /// Problems of the subscriber's and the patient's own segments.
    above: Vec<usize>,
}

fn owned(segment: &Segment<'_>, n: usize) -> Text<'static> {
    Text::from(segment.trimmed(n)).into_owned()
}

fn name_of(segment: &Segment<'_>) -> Name<'static> {
    Name {
        role: owned(segment, 1),
        kind: if segment.element(2) == b"1" { PartyKind::Person } else { PartyKind::Organization },
        last_or_organization: owned(segment, 3),
        first: owned(segment, 4),
        middle: owned(segment, 5),
        suffix: owned(segment, 7),
        id_qualifier: owned(segment, 8),
        id: owned(segment, 9),
        ..Name::default()
    }
}

fn answer(
    document: &Document<'_>,
    set: Range<usize>,
    problems: &[Problem],
    header: AcknowledgmentHeader,
    (received_on, nth): (Date, u32),
) -> ClaimAcknowledgments<'static> {
    let today = header.made_at.date();
    let errors: Vec<(usize, &Problem)> = problems
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
        .map(|problem| (usize::try_from(problem.ordinal).unwrap_or(usize::MAX), problem))
        .collect();
    let within = |range: &Range<usize>| -> Vec<&Problem> {
        errors.iter().filter(|(at, _)| range.contains(at)).map(|(_, one)| *one).collect()
    };
    let mut reading = Reading::new(document, set);
    reading.read();
    let batch = if reading.reference.is_empty() { NO_NUMBER.to_owned() } else { reading.reference.clone() };
    let mut receiver = ReceiverAcknowledgment {
        name: Name { role: "41".into(), id_qualifier: "46".into(), ..reading.submitter.clone() },
        trace: Some(Trace::new("2", batch)),
        ..ReceiverAcknowledgment::default()
    };
    let mut totals = Totals::default();
    let head = within(&reading.head);
    for (at, (name, range)) in reading.providers.iter().enumerate() {
        let own: Vec<&Problem> = head.iter().copied().chain(within(range)).collect();
        let mut provider = ProviderAcknowledgment { name: name.clone(), ..ProviderAcknowledgment::default() };
        let mut own_totals = Totals::default();
        for claim in reading.claims.iter().filter(|claim| claim.provider == at) {
            let above =
                claim.patient.above.iter().filter_map(|from| reading.levels.iter().find(|level| level.start == *from));
            let mut faults = own.clone();
            faults.extend(above.flat_map(&within));
            faults.extend(within(&claim.segments));
            provider.claims.push(claim_answer(document, claim, &faults, today, &mut own_totals));
        }
        // An 837 numbers its claims, not its providers, and a provider's status has no day of its own.
        provider.trace = Some(Trace::new("1", NO_NUMBER));
        let received = status(&[pair(RECEIVED)], today, "WQ", Some(own_totals.charges()));
        provider.statuses = vec![StatusInformation { status_on: None, ..received }];
        (provider.quantities, provider.amounts) = own_totals.told("QA", "QC");
        totals.add(&own_totals);
        receiver.providers.push(provider);
    }
    receiver.providers.retain(|provider| !provider.claims.is_empty());
    receiver.statuses = vec![status(&[pair(RECEIVED)], today, "WQ", Some(totals.charges()))];
    (receiver.quantities, receiver.amounts) = totals.told("90", "AA");
    ClaimAcknowledgments {
        implementation: GUIDE_277CA.into(),
        reference: format!("{:09}", header.control_number).into(),
        created_on: Some(today),
        created_at: crate::date::format_hhmm(header.made_at.time()).into(),
        kind: "TH".into(),
        source: Name { role: "AY".into(), id_qualifier: "46".into(), ..reading.receiver },
        source_trace: Some(Trace::new("1", format!("{:09}-{nth}", header.control_number))),
        source_dates: vec![DatePeriod::day("050", received_on), DatePeriod::day("009", today)],
        receivers: vec![receiver],
        ..ClaimAcknowledgments::default()
    }
}

/// What is read of an 837: P, I and D have the same levels.
struct Reading<'d, 'f> {
    document: &'d Document<'f>,
    set: Range<usize>,
    /// ST to the first level.
    head: Range<usize>,
    reference: String,
    submitter: Name<'static>,
    receiver: Name<'static>,
    /// Billing providers with the segments of their level.
    providers: Vec<(Name<'static>, Range<usize>)>,
    /// The segments of every level, without claims.
    levels: Vec<Range<usize>>,
    claims: Vec<Found>,
}

impl<'d, 'f> Reading<'d, 'f> {
    fn new(document: &'d Document<'f>, set: Range<usize>) -> Self {
        Self {
            document,
            head: set.start..set.start,
            set,
            reference: String::new(),
            submitter: Name::default(),
            receiver: Name::default(),
            providers: Vec::new(),
            levels: Vec::new(),
            claims: Vec::new(),
        }
    }

    fn read(&mut self) {
        let mut subscriber = Patient::default();
        let mut patient = Patient::default();
        let mut level = Vec::new();
        for index in self.set.clone() {
            let Some(segment) = self.document.segment(index) else { return };
            match segment.id() {
                "HL" => {
                    level = segment.element(3).to_vec();
                    self.levels.push(index..index + 1);
                    if level == b"20" {
                        self.providers.push((Name::default(), index..index + 1));
                    } else if level == b"22" {
                        subscriber = Patient { above: vec![index], ..Patient::default() };
                        patient = subscriber.clone();
                    } else {
                        patient = subscriber.clone();
                        patient.above.push(index);
                    }
                }
                "CLM" => self.claims.push(Found {
                    provider: self.providers.len().saturating_sub(1),
                    patient: patient.clone(),
                    segments: index..index + 1,
                }),
                "SE" => {}
                _ if self.is_in_claim() => {}
                "BHT" => self.reference = segment.text(3).into_owned(),
                "NM1" => match segment.element(1) {
                    b"41" => self.submitter = name_of(&segment),
                    b"40" => self.receiver = name_of(&segment),
                    b"85" => self.providers.iter_mut().rev().take(1).for_each(|(name, _)| *name = name_of(&segment)),
                    b"IL" => {
                        subscriber.name = Name { role: "QC".into(), kind: PartyKind::Person, ..name_of(&segment) };
                        patient.name = subscriber.name.clone();
                    }
                    b"QC" => {
                        let (id_qualifier, id) = (subscriber.name.id_qualifier.clone(), subscriber.name.id.clone());
                        patient.name = Name { id_qualifier, id, ..name_of(&segment) };
                    }
                    _ => {}
                },
                _ => {}
            }
            self.extend(index, level == b"20");
        }
    }

    fn is_in_claim(&self) -> bool {
        let claim = self.claims.last().map_or(0, |claim| claim.segments.start);
        claim > self.levels.last().map_or(0, |level| level.start)
    }

    fn extend(&mut self, index: usize, is_provider: bool) {
        if self.levels.is_empty() {
            self.head.end = index + 1;
        } else if self.is_in_claim() {
            self.claims.iter_mut().rev().take(1).for_each(|claim| claim.segments.end = index + 1);
        } else {
            self.levels.iter_mut().rev().take(1).for_each(|level| level.end = index + 1);
            if is_provider {
                self.providers.iter_mut().rev().take(1).for_each(|(_, level)| level.end = index + 1);
            }
        }
    }
}

/// Claims and charges, taken and sent back.
#[derive(Default)]
struct Totals {
    accepted: (u32, Amount),
    rejected: (u32, Amount),
}

impl Totals {
    fn add(&mut self, other: &Self) {
        for (side, more) in [(&mut self.accepted, other.accepted), (&mut self.rejected, other.rejected)] {
            *side = (side.0 + more.0, side.1 + more.1);
        }
    }

    fn charges(&self) -> Amount {
        self.accepted.1 + self.rejected.1
    }

    /// QTY and AMT of the sides that have claims; a provider's quantities have other qualifiers than a receiver's.
    fn told(
        &self,
        accepted: &'static str,
        rejected: &'static str,
    ) -> (Vec<QualifiedQuantity<'static>>, Vec<QualifiedAmount<'static>>) {
        let sides = [(self.accepted, accepted, "YU"), (self.rejected, rejected, "YY")];
        let there = || sides.iter().filter(|((count, _), ..)| *count > 0);
        (
            there().map(|((count, _), quantity, _)| QualifiedQuantity::new(*quantity, count.to_string())).collect(),
            there().map(|((_, sum), _, amount)| QualifiedAmount::new(*amount, *sum)).collect(),
        )
    }
}

fn claim_answer(
    document: &Document<'_>,
    claim: &Found,
    faults: &[&Problem],
    today: Date,
    totals: &mut Totals,
) -> ClaimAcknowledgment<'static> {
    let segments = || claim.segments.clone().filter_map(|index| document.segment(index));
    let Some(clm) = document.segment(claim.segments.start) else { return ClaimAcknowledgment::default() };
    let charge = Amount::parse(clm.element(2)).unwrap_or(Amount::ZERO);
    let side = if faults.is_empty() { &mut totals.accepted } else { &mut totals.rejected };
    *side = (side.0 + 1, side.1 + charge);
    let statuses = match faults {
        [] => vec![status(&[pair(ACCEPTED)], today, "WQ", Some(charge))],
        _ => rejections(document, faults, today, Some(charge)),
    };
    let number = Some(owned(&clm, 1)).filter(|number| !number.is_empty()).unwrap_or(NO_NUMBER.into());
    let mut references = Vec::new();
    // Only what stands before the lines belongs to the claim itself.
    for segment in segments().take_while(|segment| !segment.is("LX")).filter(|segment| segment.is("REF")) {
        if segment.element(1) == b"D9" && references.is_empty() {
            references.push(Reference::new("D9", owned(&segment, 2)));
        }
    }
    if segments().any(|segment| segment.is("SV2")) {
        let code = clm.components(5).next().map(<[u8]>::to_vec).unwrap_or_default();
        let bill = [code.as_slice(), clm.component(5, 3)].concat();
        references.push(Reference::new("BLT", String::from_utf8_lossy(&bill).into_owned()));
    }
    ClaimAcknowledgment {
        patient: claim.patient.name.clone(),
        trace: Some(Trace::new("2", number)),
        statuses,
        references,
        dates: service_dates(segments()),
        lines: faulty_lines(document, claim, faults, today),
        ..ClaimAcknowledgment::default()
    }
}

/// From the first day of service to the last; none where no day can be read.
fn service_dates<'s>(segments: impl Iterator<Item = Segment<'s>>) -> Vec<DatePeriod<'static>> {
    let mut days: Vec<Date> = Vec::new();
    for segment in segments.filter(|one| one.is("DTP") && matches!(one.element(1), b"472" | b"434")) {
        for day in segment.element(3).split(|byte| *byte == b'-') {
            days.extend(crate::date::parse_d8(day));
        }
    }
    match (days.iter().min(), days.iter().max()) {
        (Some(from), Some(through)) => {
            vec![DatePeriod { qualifier: "472".into(), when: When::between(*from, *through) }]
        }
        _ => Vec::new(),
    }
}

/// The lines that have problems of their own.
fn faulty_lines(
    document: &Document<'_>,
    claim: &Found,
    faults: &[&Problem],
    today: Date,
) -> Vec<LineAcknowledgment<'static>> {
    let is_start = |index: &usize| document.segment(*index).is_some_and(|segment| segment.is("LX"));
    let starts: Vec<usize> = claim.segments.clone().filter(is_start).collect();
    let mut lines = Vec::new();
    for (nth, start) in starts.iter().enumerate() {
        let range = *start..starts.get(nth + 1).copied().unwrap_or(claim.segments.end);
        let is_inside = |problem: &&&Problem| usize::try_from(problem.ordinal).is_ok_and(|at| range.contains(&at));
        let own: Vec<&Problem> = faults.iter().filter(is_inside).copied().collect();
        let segments = || range.clone().filter_map(|index| document.segment(index));
        let service = segments().find(|one| matches!(one.id(), "SV1" | "SV2" | "SV3"));
        let Some((service, false)) = service.map(|service| (service, own.is_empty())) else { continue };
        let Some(procedure) = procedure_of(&service) else { continue };
        let amount_at = if service.is("SV2") { 3 } else { 2 };
        let number = segments().find(|one| one.is("REF") && one.element(1) == b"6R");
        lines.push(LineAcknowledgment {
            procedure,
            charge_amount: Amount::parse(service.element(amount_at)).unwrap_or(Amount::ZERO),
            statuses: rejections(document, &own, today, None),
            references: number.iter().map(|one| Reference::new("FJ", owned(one, 2))).collect(),
            dates: service_dates(segments()),
            ..LineAcknowledgment::default()
        });
    }
    lines
}

/// The procedure of a line; the revenue code where an institutional line has none.
fn procedure_of(service: &Segment<'_>) -> Option<Procedure<'static>> {
    let element = if service.is("SV2") { 2 } else { 1 };
    let text = |k: usize| Text::from(service.component_text(element, k)).into_owned();
    let is_known = matches!(service.component(element, 1), b"AD" | b"ER" | b"HC" | b"HP" | b"IV" | b"WK");
    if is_known && !service.component(element, 2).is_empty() {
        return Some(Procedure { qualifier: text(1), code: text(2), ..Procedure::default() });
    }
    (service.is("SV2") && !service.element(1).is_empty()).then(|| Procedure {
        qualifier: "NU".into(),
        code: owned(service, 1),
        ..Procedure::default()
    })
}

fn pair((category, code): (&'static str, &'static str)) -> StatusCode<'static> {
    StatusCode::new(category, code, "")
}

fn status(
    codes: &[StatusCode<'static>],
    on: Date,
    action: &'static str,
    charge: Option<Amount>,
) -> StatusInformation<'static> {
    StatusInformation {
        codes: codes.to_vec(),
        status_on: Some(on),
        action: action.into(),
        charge_amount: charge,
        ..StatusInformation::default()
    }
}

/// What the problems say, each once.
fn rejections(
    document: &Document<'_>,
    faults: &[&Problem],
    today: Date,
    charge: Option<Amount>,
) -> Vec<StatusInformation<'static>> {
    let mut codes: Vec<StatusCode<'static>> = Vec::new();
    for problem in faults {
        let code = code_of(document, problem);
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes.chunks(CODES_PER_STATUS).map(|chunk| status(chunk, today, "U", charge)).collect()
}

/// Category, status and entity of a problem.
fn code_of(document: &Document<'_>, problem: &Problem) -> StatusCode<'static> {
    let index = usize::try_from(problem.ordinal).unwrap_or(usize::MAX);
    let segment = document.segment(index).filter(|segment| segment.segment_id() == problem.segment);
    let status = status_of(problem, segment.as_ref());
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
    let entity = if speaks_of_somebody { entity_at(document, problem, index) } else { String::new() };
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

/// Of whom a problem speaks: the party named last before it, or the one a missing segment belongs to.
fn entity_at(document: &Document<'_>, problem: &Problem, index: usize) -> String {
    let by_loop = match problem.loop_id {
        "2000A" | "2010AA" => "85",
        "2010AB" => "87",
        "2000B" | "2010BA" => "IL",
        "2010BB" => "PR",
        "2000C" | "2010CA" => "QC",
        _ => "",
    };
    if !by_loop.is_empty() {
        return by_loop.to_owned();
    }
    let mut behind = (0..=index).rev().map_while(|at| document.segment(at));
    let named = behind.find(|segment| matches!(segment.id(), "NM1" | "CLM" | "HL" | "LX"));
    named.filter(|segment| segment.is("NM1")).map(|segment| segment.text(1).into_owned()).unwrap_or_default()
}
