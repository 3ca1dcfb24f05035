//! Rules of the professional claim (005010X222A1): balances, diagnoses and their pointers, dates, the subscriber.
//!
//! Sources: the balancing section and the situational notes of the guide, in our own words.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::amount::Amount;
use crate::check::cells::{At, Cells};
use crate::check::element::{ICD, LIST, NOT_ON_DATE, rules};
use crate::check::sink::{Rule, Sink};
use crate::codes::{CodeList, Standing};
use crate::date::{parse_d8, parse_rd8};
use crate::guide::{Tag, packed_code};
use crate::problem::{Code, Snip};
use crate::rules::other_payers::OtherPayers;
use crate::rules::{SetRules, amount, whole_number};

rules! {
    CLAIM_BALANCE = "837p-claim-balance", Balance, Code::Balance, "the claim's charge is not the sum of its lines' charges", "Correct CLM02 or the SV102 amounts.";
    NEGATIVE_CHARGE = "837p-charge-negative", Situation, Code::Situation, "a charge is negative", "Write a charge of zero or more; take a claim back with frequency 7 or 8.";
    UNITS = "837p-units", Situation, Code::Situation, "the units of a line are not more than zero", "Write how often the service was given.";
    POINTER = "837p-pointer", Situation, Code::Situation, "a line points to a diagnosis that the claim does not have", "Point to one of the claim's diagnoses.";
    POINTER_TWICE = "837p-pointer-twice", Situation, Code::Situation, "a line points to the same diagnosis twice", "Point to each diagnosis once.";
    MODIFIER_TWICE = "837p-modifier-twice", Situation, Code::Situation, "a line has the same modifier twice", "Write each modifier once.";
    DIAGNOSIS_TWICE = "837p-diagnosis-twice", Situation, Code::Situation, "the claim has the same diagnosis twice", "Write each diagnosis once.";
    MIXED_DIAGNOSES = "837p-diagnosis-versions", Situation, Code::Situation, "ICD-9 and ICD-10 diagnoses stand in one claim", "Use the version that the date of service demands.";
    ICD9 = "837p-icd-9", Situation, Code::Situation, "ICD-9 diagnoses on services after 30 September 2015", "Write ICD-10-CM diagnoses with ABK and ABF.";
    FUTURE = "837p-service-future", Situation, Code::Situation, "the service is dated more than a month after the file was made", "Correct the date of service.";
    SELF_BIRTH = "837p-self-dmg", Situation, Code::Situation, "the patient is the subscriber, but the subscriber's birth date and sex are missing", "Add the DMG segment to the subscriber.";
    SELF_ADDRESS = "837p-self-address", Situation, Code::Situation, "the patient is the subscriber, but the subscriber's address is missing", "Add N3 and N4 to the subscriber.";
    SELF_DEPENDENT = "837p-self-dependent", Situation, Code::Situation, "SBR02 says that the patient is the subscriber, but a patient level follows", "Leave SBR02 empty or remove the patient level.";
    NOT_SELF = "837p-subscriber-claim", Situation, Code::Situation, "a claim stands under a subscriber who is not said to be the patient", "Write 18 into SBR02 or add the patient level.";
    MEMBER_ID = "837p-member-id", Situation, Code::Situation, "the subscriber is a person without a member id", "Write MI and the member id into NM108 and NM109.";
    STREET = "837p-billing-street", Guide, Code::Situation, "the billing provider's address is a post office box; it must be a street", "Write the street address and put the box into the pay-to address.";
    ZIP9 = "837p-billing-zip", Guide, Code::Situation, "the billing provider's ZIP code has not nine digits", "Write ZIP+4 without the hyphen.";
    TAX_ID = "837p-tax-id", Guide, Code::Situation, "the tax id is not nine digits", "Write nine digits without a hyphen.";
    LINE_NUMBER = "837p-line-number", Situation, Code::Situation, "the lines of a claim are not numbered 1, 2, 3 …", "Number the LX segments from 1 within each claim.";
    REPLACED_CLAIM = "837p-replaced-claim", Situation, Code::Situation, "a replacement or void names no claim of the payer that it replaces", "Add REF*F8 with the payer's claim number.";
    ACCIDENT_STATE = "837p-accident-state", Situation, Code::Situation, "an automobile accident needs the state where it happened", "Write the state into CLM11-4.";
    ACCIDENT_DATE = "837p-accident-date", Situation, Code::Situation, "an accident needs its date", "Add DTP*439.";
    ADMISSION = "837p-admission", Situation, Code::Situation, "an inpatient place of service needs the date of admission", "Add DTP*435.";
}

/// The day from which services are reported in ICD-10.
const ICD10_FROM: Date = date(2015, 10, 1);
/// Equipment rental and other monthly services are billed at the beginning of their month; what lies further ahead
/// of the file's date is a slip of the pen.
const FUTURE_GRACE_DAYS: i32 = 31;
/// The place of service of a hospital's inpatient.
const INPATIENT: &[u8] = b"21";

/// The subscriber of the open level.
#[derive(Default)]
struct Subscriber {
    at: At,
    is_clean: bool,
    is_self: bool,
    has_birth: bool,
    has_street: bool,
    has_city: bool,
    in_patient: bool,
    told: bool,
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
    line_number: u32,
    written_line_number: u32,
    dated: Vec<Dated>,
    first_service: Option<Date>,
    replaces: Option<At>,
    has_payer_claim_number: bool,
    accident: Option<At>,
    has_accident_date: bool,
    inpatient: Option<At>,
    has_admission: bool,
}

/// The state of the rules over a set.
#[derive(Default)]
pub(super) struct ClaimRules {
    made_on: Option<Date>,
    subscriber: Subscriber,
    claim: Claim,
    others: OtherPayers,
}

impl SetRules for ClaimRules {
    fn segment(&mut self, tag: Tag, cells: &Cells<'_>, clean: bool, sink: &mut Sink<'_>) {
        match tag {
            Tag::None => {}
            Tag::Heading => self.made_on = parse_d8(cells.get(4)),
            Tag::BillingStreet if clean => billing_street(cells, sink),
            Tag::BillingCity if clean => billing_city(cells, sink),
            Tag::TaxId if clean => tax_id(cells, sink),
            Tag::Subscriber => {
                let is_self = cells.get(2) == b"18";
                self.subscriber =
                    Subscriber { at: cells.at_element(2), is_clean: clean, is_self, ..Subscriber::default() };
            }
            Tag::SubscriberName if clean => member_id(cells, sink),
            Tag::SubscriberStreet => self.subscriber.has_street = true,
            Tag::SubscriberCity => self.subscriber.has_city = true,
            Tag::SubscriberBirth => self.subscriber.has_birth = true,
            Tag::PatientLevel => {
                self.subscriber.in_patient = true;
                if self.subscriber.is_self && self.subscriber.is_clean {
                    sink.error_in(&SELF_DEPENDENT, self.subscriber.at, "2000B");
                }
            }
            Tag::Claim => self.claim(cells, clean, sink),
            Tag::AccidentDate => self.claim.has_accident_date = true,
            Tag::AdmissionDate => self.claim.has_admission = true,
            Tag::PayerClaimNumber => self.claim.has_payer_claim_number = true,
            Tag::Diagnoses => self.diagnoses(cells, clean, sink),
            Tag::Line => self.line(cells, clean, sink),
            Tag::Service => self.service(cells, clean, sink),
            Tag::ServiceDate if clean => self.service_date(cells, sink),
            Tag::OtherSubscriber
            | Tag::OtherAdjustment
            | Tag::OtherPaid
            | Tag::OtherPayer
            | Tag::OtherDecision
            | Tag::LineAdjustment => self.others.segment(tag, cells, clean),
            _ => {}
        }
    }

    fn close(&mut self, loop_id: &'static str, _: &Cells<'_>, sink: &mut Sink<'_>) {
        match loop_id {
            "2430" if !self.claim.is_broken => self.others.close_line_decision(sink),
            "2300" => self.close_claim(sink),
            _ => {}
        }
    }

    fn broken(&mut self) {
        self.claim.is_broken = true;
        self.subscriber.is_clean = false;
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

fn billing_city(cells: &Cells<'_>, sink: &mut Sink<'_>) {
    let is_domestic = matches!(cells.get(4), b"" | b"US");
    let zip = cells.get(3);
    if is_domestic && !(zip.len() == 9 && zip.iter().all(u8::is_ascii_digit)) {
        sink.error(&ZIP9, cells.at_element(3));
    }
}

fn tax_id(cells: &Cells<'_>, sink: &mut Sink<'_>) {
    let number = cells.get(2);
    if number.len() != 9 || !number.iter().all(u8::is_ascii_digit) {
        sink.error(&TAX_ID, cells.at_element(2));
    }
}

fn member_id(cells: &Cells<'_>, sink: &mut Sink<'_>) {
    if cells.get(2) == b"1" && cells.get(9).is_empty() {
        sink.error(&MEMBER_ID, cells.at_element(9));
    }
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
            dated,
            diagnoses,
            ..Claim::default()
        };
        self.subscriber_of_claim(sink);
        if !clean {
            return;
        }
        if self.claim.charge.is_some_and(Amount::is_negative) {
            sink.error(&NEGATIVE_CHARGE, cells.at_element(2));
            self.claim.is_broken = true;
        }
        if matches!(cells.component(5, 3), b"7" | b"8") {
            self.claim.replaces = Some(cells.at_component(5, 3));
        }
        if cells.component(5, 1) == INPATIENT {
            self.claim.inpatient = Some(cells.at_component(5, 1));
        }
        let causes = [cells.component(11, 1), cells.component(11, 2)];
        if causes.contains(&&b"AA"[..]) && cells.component(11, 4).is_empty() && cells.component(11, 5).is_empty() {
            sink.error(&ACCIDENT_STATE, cells.at_component(11, 4));
        }
        if causes.iter().any(|cause| matches!(*cause, b"AA" | b"OA")) {
            self.claim.accident = Some(cells.at_component(11, 1));
        }
    }

    /// The first claim under a subscriber shows whether the subscriber is the patient.
    fn subscriber_of_claim(&mut self, sink: &mut Sink<'_>) {
        let subscriber = &mut self.subscriber;
        if subscriber.told || subscriber.in_patient || !subscriber.is_clean {
            return;
        }
        subscriber.told = true;
        if !subscriber.is_self {
            sink.error_in(&NOT_SELF, subscriber.at, "2000B");
        } else if !subscriber.has_birth {
            sink.error_in(&SELF_BIRTH, subscriber.at, "2010BA");
        } else if !subscriber.has_street || !subscriber.has_city {
            sink.error_in(&SELF_ADDRESS, subscriber.at, "2010BA");
        }
    }

    fn diagnoses(&mut self, cells: &Cells<'_>, clean: bool, sink: &mut Sink<'_>) {
        self.claim.diagnoses_clean = clean;
        self.claim.at_diagnoses = cells.at();
        self.claim.diagnoses.clear();
        for n in 1..=cells.len() {
            let code = cells.component(n, 2);
            let packed = packed_code(code);
            if clean && self.claim.diagnoses.contains(&packed) {
                sink.error(&DIAGNOSIS_TWICE, cells.at_component(n, 2));
                self.claim.diagnoses_clean = false;
                return;
            }
            self.claim.diagnoses.push(packed);
            match cells.component(n, 1) {
                b"ABK" | b"ABF" => self.keep_dated(CodeList::Icd10cm, code, cells.at_component(n, 2), clean),
                b"BK" | b"BF" => self.claim.is_icd9 = true,
                _ => {}
            }
        }
        if clean && self.claim.is_icd9 && !self.claim.dated.is_empty() {
            sink.error(&MIXED_DIAGNOSES, cells.at());
            self.claim.diagnoses_clean = false;
        }
    }

    fn keep_dated(&mut self, list: CodeList, code: &[u8], at: At, clean: bool) {
        if clean && code.len() <= 8 && !code.is_empty() {
            let mut kept = [0; 8];
            kept[..code.len()].copy_from_slice(code);
            self.claim.dated.push(Dated { list, code: kept, length: code.len() as u8, at });
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
        // After a slip the lines may count on from it or from what was due.
        self.claim.written_line_number = number.unwrap_or(self.claim.line_number);
    }

    fn service(&mut self, cells: &Cells<'_>, clean: bool, sink: &mut Sink<'_>) {
        let charge = amount(cells.get(2));
        self.others.begin_line(charge);
        match charge {
            Some(charge) if clean => self.claim.lines += charge,
            Some(_) | None => self.claim.is_broken = true,
        }
        if !clean {
            return;
        }
        if charge.is_some_and(Amount::is_negative) {
            sink.error(&NEGATIVE_CHARGE, cells.at_element(2));
            self.claim.is_broken = true;
        }
        let units = cells.get(4);
        if units.starts_with(b"-") || !units.iter().any(|byte| (b'1'..=b'9').contains(byte)) {
            sink.error(&UNITS, cells.at_element(4));
        }
        self.pointers(cells, sink);
        let mut parts = cells.components(1);
        if let (Some(b"HC"), Some(procedure)) = (parts.next(), parts.next()) {
            self.keep_dated(CodeList::Procedure, procedure, cells.at_component(1, 2), clean);
        }
        let mut modifiers: [&[u8]; 4] = [b""; 4];
        for (at, modifier) in parts.take(4).enumerate() {
            if !modifier.is_empty() && modifiers[..at].contains(&modifier) {
                sink.error(&MODIFIER_TWICE, cells.at_component(1, at + 3));
                break;
            }
            modifiers[at] = modifier;
        }
    }

    fn pointers(&mut self, cells: &Cells<'_>, sink: &mut Sink<'_>) {
        if !self.claim.diagnoses_clean {
            return;
        }
        let mut seen: u128 = 0;
        for (index, pointer) in cells.components(7).take(4).enumerate() {
            let k = index + 1;
            if pointer.is_empty() {
                continue;
            }
            let number = whole_number(pointer).unwrap_or(0) as usize;
            if number == 0 || number > self.claim.diagnoses.len() {
                sink.error(&POINTER, cells.at_component(7, k));
                return;
            }
            if seen & 1 << number != 0 {
                sink.error(&POINTER_TWICE, cells.at_component(7, k));
                return;
            }
            seen |= 1 << number;
        }
    }

    fn service_date(&mut self, cells: &Cells<'_>, sink: &mut Sink<'_>) {
        let value = cells.get(3);
        let day = parse_d8(value).or_else(|| parse_rd8(value).map(|(from, _)| from));
        let Some(day) = day else { return };
        self.claim.first_service = Some(self.claim.first_service.map_or(day, |first| first.min(day)));
        let last_day = self.made_on.and_then(|made_on| made_on.checked_add(FUTURE_GRACE_DAYS.days()).ok());
        if last_day.is_some_and(|last_day| day > last_day) {
            sink.error(&FUTURE, cells.at_element(3));
        }
    }

    fn close_claim(&mut self, sink: &mut Sink<'_>) {
        let claim = &self.claim;
        let situations: [(&Rule, Option<At>, bool); 3] = [
            (&REPLACED_CLAIM, claim.replaces, claim.has_payer_claim_number),
            (&ACCIDENT_DATE, claim.accident, claim.has_accident_date),
            (&ADMISSION, claim.inpatient, claim.has_admission),
        ];
        for (rule, at, holds) in situations {
            if let Some(at) = at.filter(|_| !holds) {
                sink.error_in(rule, at, "2300");
            }
        }
        if claim.is_icd9 && claim.diagnoses_clean && claim.first_service.is_some_and(|day| day >= ICD10_FROM) {
            sink.error_in(&ICD9, claim.at_diagnoses, "2300");
        }
        for dated in &claim.dated {
            let Ok(code) = std::str::from_utf8(&dated.code[..usize::from(dated.length)]) else { continue };
            let unknown = if dated.list == CodeList::Icd10cm { &ICD } else { &LIST };
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
