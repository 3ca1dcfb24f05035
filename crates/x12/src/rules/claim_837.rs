//! Rules of the claims (837 professional, institutional, dental) that are no plain situations: balances, diagnoses and
//! their pointers, dates against the file's. Where the three differ, [`Form`] says how; the others stand in `guides/rules/`.
//!
//! Sources: the balancing section and the situational notes of the guide, in our own words.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::amount::Amount;
use crate::check::cells::{At, Cells};
use crate::check::element::{ICD, ICD_PCS, LIST, NOT_ON_DATE, rules};
use crate::check::sink::{Rule, Sink};
use crate::codes::{CodeList, Standing};
use crate::date::{parse_d8, parse_rd8};
use crate::guide::{Tag, packed_code};
use crate::problem::{Code, Snip};
use crate::rules::other_payers::OtherPayers;
use crate::rules::{SetRules, amount_at, whole_number};

rules! {
    CLAIM_BALANCE = "claim-balance", Balance, Code::Balance, "the claim's charge is not the sum of its lines' charges", "Correct CLM02 or the amounts of the lines (SV102, SV203, SV302).";
    NEGATIVE_CHARGE = "claim-charge-negative", Situation, Code::Situation, "a charge is negative", "Write a charge of zero or more; take a claim back with frequency 7 or 8.";
    POINTER = "claim-pointer", Situation, Code::Situation, "a line points to a diagnosis that the claim does not have", "Point to one of the claim's diagnoses.";
    POINTER_TWICE = "claim-pointer-twice", Situation, Code::Situation, "a line points to the same diagnosis twice", "Point to each diagnosis once.";
    MODIFIER_TWICE = "claim-modifier-twice", Situation, Code::Situation, "a line has the same modifier twice", "Write each modifier once.";
    DIAGNOSIS_TWICE = "claim-diagnosis-twice", Situation, Code::Situation, "the claim has the same diagnosis twice", "Write each diagnosis once.";
    MIXED_DIAGNOSES = "claim-diagnosis-versions", Situation, Code::Situation, "ICD-9 and ICD-10 diagnoses stand in one claim", "Use the version that the date of service demands.";
    ICD9 = "claim-icd-9", Situation, Code::Situation, "ICD-9 diagnoses on services after 30 September 2015", "Write ICD-10-CM diagnoses with ABK and ABF.";
    FUTURE = "claim-service-future", Situation, Code::Situation, "the service is dated more than a month after the file was made", "Correct the date of service.";
    STREET = "claim-billing-street", Guide, Code::Situation, "the billing provider's address is a post office box; it must be a street", "Write the street address and put the box into the pay-to address.";
    LINE_NUMBER = "claim-line-number", Situation, Code::Situation, "the lines of a claim are not numbered 1, 2, 3 …", "Number the LX segments from 1 within each claim.";
    SERVICE_DAY = "claim-service-day", Situation, Code::Situation, "neither the claim nor its line says when the service was given", "Add DTP*472 to the claim, or to each line.";
}

/// The day from which services are reported in ICD-10.
const ICD10_FROM: Date = date(2015, 10, 1);
/// Equipment rental and other monthly services are billed at the beginning of their month; what lies further ahead
/// of the file's date is a slip of the pen.
const FUTURE_GRACE_DAYS: i32 = 31;
/// Which of the three claims a set holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Professional,
    Institutional,
    Dental,
}

/// Where a line's segment (SV1, SV2, SV3) keeps what the rules ask for.
struct ServicePlaces {
    charge: usize,
    procedure: usize,
    /// 0 where lines do not point to diagnoses.
    pointers: usize,
}

impl Form {
    const fn service(self) -> ServicePlaces {
        match self {
            Self::Professional => ServicePlaces { charge: 2, procedure: 1, pointers: 7 },
            Self::Institutional => ServicePlaces { charge: 3, procedure: 2, pointers: 0 },
            Self::Dental => ServicePlaces { charge: 2, procedure: 1, pointers: 11 },
        }
    }
}

/// A code whose list depends on the date of service, kept until the claim's dates are known.
struct Dated {
    list: CodeList,
    code: [u8; 8],
    length: u8,
    at: At,
}

#[derive(Default)]
struct Claim {
    at_charge: At,
    charge: Option<Amount>,
    lines: Amount,
    /// A sum over the claim would mean nothing.
    is_broken: bool,
    diagnoses: Vec<u64>,
    diagnoses_clean: bool,
    at_diagnoses: At,
    is_icd9: bool,
    is_icd10: bool,
    line_number: u32,
    written_line_number: u32,
    dated: Vec<Dated>,
    first_service: Option<Date>,
    /// A claim of the dental form that dates its services itself, or asks only what would be paid.
    is_dated: bool,
    /// The open line, and whether it has a date.
    line: Option<(At, bool)>,
}

/// The state of the rules over a set.
pub(super) struct ClaimRules {
    form: Form,
    /// The last day that a service may be dated.
    last_day: Option<Date>,
    claim: Claim,
    others: OtherPayers,
}

impl ClaimRules {
    pub fn new(form: Form) -> Self {
        Self { form, last_day: None, claim: Claim::default(), others: OtherPayers::default() }
    }
}

/// What the guides demand themselves; the rest is balance and situation.
pub(super) struct AddressRules;

impl SetRules for AddressRules {
    fn segment(&mut self, tag: Tag, cells: &Cells<'_>, clean: bool, sink: &mut Sink<'_>) {
        if tag == Tag::BillingStreet && clean {
            billing_street(cells, sink);
        }
    }

    fn close(&mut self, _: &'static str, _: &Cells<'_>, _: &mut Sink<'_>) {}

    fn broken(&mut self) {}
}

impl SetRules for ClaimRules {
    fn segment(&mut self, tag: Tag, cells: &Cells<'_>, clean: bool, sink: &mut Sink<'_>) {
        match tag {
            Tag::None => {}
            Tag::Heading => {
                self.last_day =
                    parse_d8(cells.get(4)).and_then(|made_on| made_on.checked_add(FUTURE_GRACE_DAYS.days()).ok());
            }
            Tag::BillingStreet if clean => billing_street(cells, sink),
            Tag::Claim => self.claim(cells, clean, sink),
            Tag::Diagnoses | Tag::OtherDiagnoses => self.diagnoses(cells, clean, sink),
            Tag::AdmittingDiagnosis | Tag::VisitReasons | Tag::ExternalCauses => self.other_codes(cells, clean, sink),
            Tag::PrincipalProcedure | Tag::OtherProcedures => self.other_codes(cells, clean, sink),
            Tag::ClaimServiceDate => self.claim.is_dated = true,
            Tag::StatementDates if clean => self.service_date(cells, sink),
            Tag::Line => self.line(cells, clean, sink),
            Tag::Service => self.service(cells, clean, sink),
            Tag::ServiceDate => self.line_date(cells, clean, sink),
            Tag::OtherSubscriber
            | Tag::OtherAdjustment
            | Tag::OtherPaid
            | Tag::OtherPayer
            | Tag::OtherDecision
            | Tag::LineAdjustment => self.others.segment(tag, cells, clean, sink),
            _ => {}
        }
    }

    fn close(&mut self, loop_id: &'static str, _: &Cells<'_>, sink: &mut Sink<'_>) {
        match loop_id {
            "2430" if !self.claim.is_broken => self.others.close_line_decision(sink),
            "2400" => self.close_line(sink),
            "2300" => self.close_claim(sink),
            _ => {}
        }
    }

    fn broken(&mut self) {
        self.claim.is_broken = true;
    }
}

fn billing_street(cells: &Cells<'_>, sink: &mut Sink<'_>) {
    for n in 1..=2 {
        if is_post_office_box(cells.get(n)) {
            sink.error(&STREET, cells.at_element(n));
            return;
        }
    }
}

/// "PO Box 12", "P.O. BOX 12", "POST OFFICE BOX 12", "POB 12".
fn is_post_office_box(line: &[u8]) -> bool {
    let letters: Vec<u8> =
        line.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_uppercase).take(16).collect();
    [&b"POBOX"[..], b"POSTOFFICEBOX", b"POSTBOX"].iter().any(|start| letters.starts_with(start))
        || matches!(letters.as_slice(), [b'P', b'O', b'B', digit, ..] if digit.is_ascii_digit())
}

/// Whether a code is one that can be kept.
fn is_short(code: &[u8]) -> bool {
    (1..=8).contains(&code.len())
}

impl ClaimRules {
    fn claim(&mut self, cells: &Cells<'_>, clean: bool, sink: &mut Sink<'_>) {
        let mut dated = std::mem::take(&mut self.claim.dated);
        let mut diagnoses = std::mem::take(&mut self.claim.diagnoses);
        dated.clear();
        diagnoses.clear();
        self.others.begin_claim();
        self.claim = Claim {
            at_charge: cells.at_element(2),
            charge: Amount::parse(cells.get(2)).ok(),
            is_broken: !clean,
            diagnoses_clean: self.form != Form::Professional,
            dated,
            diagnoses,
            ..Claim::default()
        };
        if !clean {
            return;
        }
        if self.claim.charge.is_some_and(Amount::is_negative) {
            sink.error(&NEGATIVE_CHARGE, cells.at_element(2));
            self.claim.is_broken = true;
        }
        self.claim.is_dated = self.form != Form::Dental || !cells.get(19).is_empty();
    }

    fn diagnoses(&mut self, cells: &Cells<'_>, clean: bool, sink: &mut Sink<'_>) {
        if self.form == Form::Institutional {
            // The principal diagnosis and the others stand in segments of their own.
            self.claim.diagnoses_clean &= clean;
        } else {
            self.claim.diagnoses_clean = clean;
            self.claim.diagnoses.clear();
        }
        self.claim.at_diagnoses = cells.at();
        for n in 1..=cells.len() {
            let mut parts = cells.components(n);
            let (qualifier, code) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            let packed = packed_code(code);
            if clean && !self.claim.is_broken && self.claim.diagnoses.contains(&packed) {
                sink.error(&DIAGNOSIS_TWICE, cells.at_component(n, 2));
                self.claim.diagnoses_clean = false;
                return;
            }
            self.claim.diagnoses.push(packed);
            match qualifier {
                b"ABK" | b"ABF" => {
                    self.claim.is_icd10 |= clean && is_short(code);
                    self.keep_dated(CodeList::Icd10cm, code, || cells.at_component(n, 2), clean, sink);
                }
                b"BK" | b"BF" => self.claim.is_icd9 = true,
                _ => {}
            }
        }
        if clean && self.claim.is_icd9 && self.claim.is_icd10 {
            sink.error(&MIXED_DIAGNOSES, cells.at());
            self.claim.diagnoses_clean = false;
        }
    }

    /// Codes of an institutional claim that are neither its principal nor another diagnosis.
    fn other_codes(&mut self, cells: &Cells<'_>, clean: bool, sink: &Sink<'_>) {
        for n in 1..=cells.len() {
            let list = match cells.component(n, 1) {
                b"ABJ" | b"APR" | b"ABN" => CodeList::Icd10cm,
                b"BBR" | b"BBQ" => CodeList::Icd10pcs,
                _ => continue,
            };
            let code = cells.component(n, 2);
            self.claim.is_icd10 |= clean && is_short(code);
            self.keep_dated(list, code, || cells.at_component(n, 2), clean, sink);
        }
    }

    /// Keeps a code until the claim's dates are known, where somebody can be asked for it.
    fn keep_dated(&mut self, list: CodeList, code: &[u8], at: impl Fn() -> At, clean: bool, sink: &Sink<'_>) {
        if clean && is_short(code) && sink.up_to >= Snip::CodeSet && sink.codes.lends(list) {
            let mut kept = [0; 8];
            kept[..code.len()].copy_from_slice(code);
            self.claim.dated.push(Dated { list, code: kept, length: code.len() as u8, at: at() });
        }
    }

    fn line(&mut self, cells: &Cells<'_>, clean: bool, sink: &mut Sink<'_>) {
        self.claim.line_number += 1;
        self.claim.written_line_number += 1;
        let number = whole_number(cells.get(1));
        let due = [Some(self.claim.line_number), Some(self.claim.written_line_number)];
        if clean && !self.claim.is_broken && !due.contains(&number) {
            sink.error(&LINE_NUMBER, cells.at_element(1));
        }
        self.claim.line = Some((cells.at(), false));
        // After a slip the lines may count on from it or from what was due.
        self.claim.written_line_number = number.unwrap_or(self.claim.line_number);
    }

    fn service(&mut self, cells: &Cells<'_>, clean: bool, sink: &mut Sink<'_>) {
        let places = self.form.service();
        let charge = amount_at(places.charge, cells, sink);
        self.others.begin_line(charge);
        match charge {
            Some(charge) if clean => self.claim.lines += charge,
            Some(_) | None => self.claim.is_broken = true,
        }
        if !clean {
            return;
        }
        if charge.is_some_and(Amount::is_negative) {
            sink.error(&NEGATIVE_CHARGE, cells.at_element(places.charge));
            self.claim.is_broken = true;
        }
        if places.pointers > 0 {
            self.pointers(places.pointers, cells, sink);
        }
        let at = places.procedure;
        let mut parts = cells.components(at);
        match (parts.next(), parts.next()) {
            (Some(b"HC"), Some(procedure)) => {
                self.keep_dated(CodeList::Procedure, procedure, || cells.at_component(at, 2), clean, sink);
            }
            (Some(b"AD"), Some(procedure)) => {
                self.keep_dated(CodeList::DentalProcedure, procedure, || cells.at_component(at, 2), clean, sink);
            }
            _ => {}
        }
        let mut modifiers: [&[u8]; 4] = [b""; 4];
        for (at, modifier) in parts.take(4).enumerate() {
            if !modifier.is_empty() && modifiers[..at].contains(&modifier) {
                sink.error(&MODIFIER_TWICE, cells.at_component(places.procedure, at + 3));
                break;
            }
            modifiers[at] = modifier;
        }
    }

    fn pointers(&mut self, n: usize, cells: &Cells<'_>, sink: &mut Sink<'_>) {
        if !self.claim.diagnoses_clean || self.claim.is_broken {
            return;
        }
        let mut seen: u128 = 0;
        for (index, pointer) in cells.components(n).take(4).enumerate() {
            let k = index + 1;
            if pointer.is_empty() {
                continue;
            }
            let number = whole_number(pointer).unwrap_or(0) as usize;
            if number == 0 || number > self.claim.diagnoses.len() {
                sink.error(&POINTER, cells.at_component(n, k));
                return;
            }
            if seen & 1 << number != 0 {
                sink.error(&POINTER_TWICE, cells.at_component(n, k));
                return;
            }
            seen |= 1 << number;
        }
    }

    fn line_date(&mut self, cells: &Cells<'_>, clean: bool, sink: &mut Sink<'_>) {
        if let Some((_, has_date)) = &mut self.claim.line {
            *has_date = true;
        }
        if clean {
            self.service_date(cells, sink);
        }
    }

    /// A dental line dates its service itself where the claim does not.
    fn close_line(&mut self, sink: &mut Sink<'_>) {
        if let Some((at, false)) = self.claim.line.take()
            && !self.claim.is_dated
            && !self.claim.is_broken
        {
            sink.error_in(&SERVICE_DAY, at, "2400");
            // Told once: the claim's other lines lack the same.
            self.claim.is_dated = true;
        }
    }

    fn service_date(&mut self, cells: &Cells<'_>, sink: &mut Sink<'_>) {
        let value = cells.get(3);
        let day = parse_d8(value).or_else(|| parse_rd8(value).map(|(from, _)| from));
        let Some(day) = day else { return };
        self.claim.first_service = Some(self.claim.first_service.map_or(day, |first| first.min(day)));
        if self.last_day.is_some_and(|last_day| day > last_day) {
            sink.error(&FUTURE, cells.at_element(3));
        }
    }

    fn close_claim(&mut self, sink: &mut Sink<'_>) {
        let claim = &self.claim;
        if claim.is_icd9 && claim.diagnoses_clean && claim.first_service.is_some_and(|day| day >= ICD10_FROM) {
            sink.error_in(&ICD9, claim.at_diagnoses, "2300");
        }
        for dated in &claim.dated {
            let Ok(code) = std::str::from_utf8(&dated.code[..usize::from(dated.length)]) else { continue };
            let unknown = match dated.list {
                CodeList::Icd10cm => &ICD,
                CodeList::Icd10pcs => &ICD_PCS,
                _ => &LIST,
            };
            match sink.codes.standing(dated.list, code, claim.first_service) {
                Standing::Valid | Standing::NotChecked => {}
                Standing::Unknown => sink.error_in(unknown, dated.at, "2300"),
                Standing::NotOnDate => sink.error_in(&NOT_ON_DATE, dated.at, "2300"),
            }
        }
        if claim.is_broken {
            return;
        }
        if claim.charge != Some(claim.lines) {
            sink.error_in(&CLAIM_BALANCE, claim.at_charge, "2300");
            return;
        }
        self.others.close_claim(claim.charge.unwrap_or_default(), sink);
    }
}
