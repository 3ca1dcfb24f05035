//! Reads an 837 as it passes by: whom each claim is for, what it charges, what is wrong with it. P, I and D have the same
//! levels.
//!
//! Holds one claim and the levels above it, never the set; decides nothing about the claim.

use jiff::civil::Date;

use super::status::code_of;
use crate::amount::Amount;
use crate::problem::{Problem, Severity};
use crate::segment::Segment;
use crate::transactions::{DatePeriod, Name, PartyKind, Procedure, Reference, StatusCode, Text, When};

/// What is wrong, each as the 277CA calls it.
pub(super) type Faults = Vec<StatusCode<'static>>;

/// Whether a segment begins a billing provider's level.
pub(super) fn opens_provider(segment: &Segment<'_>) -> bool {
    segment.is("HL") && segment.element(3) == b"20"
}

/// A claim with what stands above it.
pub(super) struct ReadClaim {
    pub patient: Name<'static>,
    /// CLM01; empty where it has none.
    pub number: Text<'static>,
    /// CLM02.
    pub charge: Amount,
    /// Of the claim, its lines and everything above it, in the order of the file.
    pub faults: Faults,
    /// `D9` and `BLT`.
    pub references: Vec<Reference<'static>>,
    pub dates: Vec<DatePeriod<'static>>,
    /// The lines that have problems of their own.
    pub lines: Vec<FaultyLine>,
}

/// A line of a claim that has problems of its own.
pub(super) struct FaultyLine {
    pub procedure: Procedure<'static>,
    pub charge: Amount,
    pub faults: Faults,
    /// REF*6R.
    pub number: Option<Text<'static>>,
    pub dates: Vec<DatePeriod<'static>>,
}

/// A subscriber or a patient.
#[derive(Clone, Default)]
struct Person {
    name: Option<Name<'static>>,
    faults: Faults,
}

/// Which level the segments before the next claim belong to.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Level {
    #[default]
    Head,
    Provider,
    Subscriber,
    Patient,
}

/// Follows a set.
#[derive(Clone, Default)]
pub(super) struct Reading {
    /// BHT03.
    pub reference: String,
    pub submitter: Name<'static>,
    pub receiver: Name<'static>,
    /// The newest billing provider.
    pub provider: Name<'static>,
    level: Level,
    head_faults: Faults,
    provider_faults: Faults,
    subscriber: Person,
    patient: Option<Person>,
    /// The entity code of the party named last.
    named: String,
    claim: Option<OpenClaim>,
}

#[derive(Clone, Default)]
struct OpenClaim {
    number: Text<'static>,
    charge: Amount,
    /// Type of bill: facility and frequency.
    bill: Vec<u8>,
    has_revenue: bool,
    clearinghouse_number: Option<Text<'static>>,
    faults: Faults,
    days: Days,
    line: Option<OpenLine>,
    lines: Vec<FaultyLineParts>,
}

#[derive(Clone, Default)]
struct OpenLine {
    /// The first SV1, SV2 or SV3 was seen.
    has_service: bool,
    procedure: Option<Procedure<'static>>,
    charge: Amount,
    number: Option<Text<'static>>,
    faults: Faults,
    days: Days,
}

type FaultyLineParts = (Procedure<'static>, OpenLine);

/// The first day of service and the last.
#[derive(Clone, Copy, Default)]
struct Days(Option<(Date, Date)>);

impl Days {
    fn heed(&mut self, segment: &Segment<'_>) {
        if !segment.is("DTP") || !matches!(segment.element(1), b"472" | b"434") {
            return;
        }
        for day in segment.element(3).split(|byte| *byte == b'-').filter_map(crate::date::parse_d8) {
            let (from, through) = self.0.unwrap_or((day, day));
            self.0 = Some((from.min(day), through.max(day)));
        }
    }

    fn told(self) -> Vec<DatePeriod<'static>> {
        let period = |(from, through)| DatePeriod { qualifier: "472".into(), when: When::between(from, through) };
        self.0.map(period).into_iter().collect()
    }
}

impl Reading {
    /// The claim that ends where this segment begins. To be asked before it is taken.
    pub fn ended_by(&mut self, segment: &Segment<'_>) -> Option<ReadClaim> {
        if matches!(segment.id(), "HL" | "CLM") { self.end_claim() } else { None }
    }

    /// Takes the next segment of the set, and the problems that show at it. Gives the claim that ends with the set.
    pub fn take(&mut self, segment: &Segment<'_>, problems: &[Problem]) -> Option<ReadClaim> {
        match segment.id() {
            "HL" => self.open_level(segment),
            "CLM" => self.claim = Some(OpenClaim::opened(segment)),
            _ => {}
        }
        match segment.id() {
            "NM1" => self.named = segment.text(1).into_owned(),
            "CLM" | "HL" | "LX" => self.named.clear(),
            _ => {}
        }
        match &mut self.claim {
            Some(claim) => claim.take(segment),
            None => self.take_above(segment),
        }
        for problem in problems.iter().filter(|problem| problem.severity == Severity::Error) {
            let fault = code_of(problem, segment, &self.named);
            match (&mut self.claim, self.level) {
                (Some(claim), _) => claim.fault(fault),
                (None, Level::Head) => self.head_faults.push(fault),
                (None, Level::Provider) => self.provider_faults.push(fault),
                (None, Level::Subscriber) => self.subscriber.faults.push(fault),
                (None, Level::Patient) => self.patient.get_or_insert_default().faults.push(fault),
            }
        }
        if segment.is("SE") { self.end_claim() } else { None }
    }

    fn open_level(&mut self, segment: &Segment<'_>) {
        self.patient = None;
        match segment.element(3) {
            b"20" => {
                self.level = Level::Provider;
                self.provider = Name::default();
                self.provider_faults.clear();
                self.subscriber = Person::default();
            }
            b"22" => {
                self.level = Level::Subscriber;
                self.subscriber = Person::default();
            }
            _ => {
                self.level = Level::Patient;
                self.patient = Some(Person::default());
            }
        }
    }

    fn take_above(&mut self, segment: &Segment<'_>) {
        match (segment.id(), segment.element(1)) {
            ("BHT", _) => self.reference = segment.text(3).into_owned(),
            ("NM1", b"41") => self.submitter = name_of(segment),
            ("NM1", b"40") => self.receiver = name_of(segment),
            ("NM1", b"85") => self.provider = name_of(segment),
            ("NM1", b"IL") => {
                let name = Name { role: "QC".into(), kind: PartyKind::Person, ..name_of(segment) };
                self.subscriber.name = Some(name);
            }
            ("NM1", b"QC") => {
                let ids = self.subscriber.name.as_ref().map(|name| (name.id_qualifier.clone(), name.id.clone()));
                let (id_qualifier, id) = ids.unwrap_or_default();
                self.patient.get_or_insert_default().name = Some(Name { id_qualifier, id, ..name_of(segment) });
            }
            _ => {}
        }
    }

    fn end_claim(&mut self) -> Option<ReadClaim> {
        let mut claim = self.claim.take()?;
        claim.end_line();
        let patient = self.patient.as_ref();
        let above = [&self.head_faults, &self.provider_faults, &self.subscriber.faults].into_iter();
        let mut faults: Faults = above.chain(patient.map(|patient| &patient.faults)).flatten().cloned().collect();
        faults.extend(claim.faults);
        let number = claim.clearinghouse_number.map(|number| Reference::new("D9", number));
        let bill = String::from_utf8_lossy(&claim.bill).into_owned();
        let bill = claim.has_revenue.then(|| Reference::new("BLT", bill));
        let lines = claim.lines.into_iter().map(|(procedure, line)| FaultyLine {
            procedure,
            charge: line.charge,
            faults: line.faults,
            number: line.number,
            dates: line.days.told(),
        });
        let named = patient.and_then(|patient| patient.name.as_ref()).or(self.subscriber.name.as_ref());
        Some(ReadClaim {
            patient: named.cloned().unwrap_or_default(),
            number: claim.number,
            charge: claim.charge,
            faults,
            references: number.into_iter().chain(bill).collect(),
            dates: claim.days.told(),
            lines: lines.collect(),
        })
    }
}

impl OpenClaim {
    fn opened(clm: &Segment<'_>) -> Self {
        let facility = clm.components(5).next().unwrap_or_default();
        Self {
            number: owned(clm, 1),
            charge: Amount::parse(clm.element(2)).unwrap_or(Amount::ZERO),
            bill: [facility, clm.component(5, 3)].concat(),
            ..Self::default()
        }
    }

    fn take(&mut self, segment: &Segment<'_>) {
        self.days.heed(segment);
        match segment.id() {
            "LX" => {
                self.end_line();
                self.line = Some(OpenLine::default());
            }
            // Only what stands before the lines belongs to the claim itself.
            "REF" if segment.element(1) == b"D9" && self.line.is_none() && self.clearinghouse_number.is_none() => {
                self.clearinghouse_number = Some(owned(segment, 2));
            }
            "SV2" => self.has_revenue = true,
            _ => {}
        }
        if let Some(line) = &mut self.line {
            line.take(segment);
        }
    }

    fn fault(&mut self, fault: StatusCode<'static>) {
        if let Some(line) = &mut self.line {
            line.faults.push(fault.clone());
        }
        self.faults.push(fault);
    }

    fn end_line(&mut self) {
        let Some(mut line) = self.line.take() else { return };
        if let Some(procedure) = line.procedure.take().filter(|_| !line.faults.is_empty()) {
            self.lines.push((procedure, line));
        }
    }
}

impl OpenLine {
    fn take(&mut self, segment: &Segment<'_>) {
        self.days.heed(segment);
        match segment.id() {
            "SV1" | "SV2" | "SV3" if !self.has_service => {
                self.has_service = true;
                self.procedure = procedure_of(segment);
                let amount_at = if segment.is("SV2") { 3 } else { 2 };
                self.charge = Amount::parse(segment.element(amount_at)).unwrap_or(Amount::ZERO);
            }
            "REF" if segment.element(1) == b"6R" && self.number.is_none() => self.number = Some(owned(segment, 2)),
            _ => {}
        }
    }
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
