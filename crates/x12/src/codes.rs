//! Code sets that stand outside the guides: who answers for them, and the shapes this crate knows itself.
//!
//! Never holds a licensed list. A list that nobody lends is judged by its shape only.

use jiff::civil::Date;

/// A code set outside the guides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CodeList {
    /// National provider identifiers: ten digits with a check digit.
    Npi,
    /// Diagnoses, ICD-10-CM, written without the point.
    Icd10cm,
    /// Places of service.
    PlaceOfService,
    /// Claim frequency codes (the third position of the type of bill).
    ClaimFrequency,
    /// Claim adjustment reason codes.
    Carc,
    /// Remittance advice remark codes.
    Rarc,
    /// Claim status categories (code source 507).
    StatusCategory,
    /// Claim status codes (code source 508).
    StatusCode,
    /// Health care provider taxonomy.
    Taxonomy,
    /// HCPCS level I and II procedures.
    Procedure,
    /// Procedure modifiers.
    Modifier,
    /// States and provinces.
    State,
    /// National drug codes, eleven digits.
    Ndc,
    /// Inpatient procedures, ICD-10-PCS.
    Icd10pcs,
    /// Revenue codes of institutional lines; the list is licensed, the shape is not.
    Revenue,
    /// The first two positions of the type of bill: facility and classification.
    BillType,
    /// The third position of the type of bill.
    BillFrequency,
    /// Condition codes of institutional claims.
    Condition,
    /// Occurrence and occurrence span codes.
    Occurrence,
    /// Value codes.
    ValueCode,
    /// How urgent an admission was.
    AdmissionType,
    /// Where a patient came from.
    AdmissionSource,
    /// Where a patient was at the end of the statement.
    PatientStatus,
    /// Diagnosis related groups.
    Drg,
    /// Dental procedures; the list is licensed, the shape is not.
    DentalProcedure,
    /// Teeth by the universal numbering.
    Tooth,
}

/// What a list says of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is in the list, on that date where one was given.
    Valid,
    /// It is not in the list.
    Unknown,
    /// It is in the list, but not on that date, or not fit to be reported.
    NotOnDate,
    /// The list is not at hand.
    NotChecked,
}

/// Lends code sets to the checker.
pub trait CodeSets {
    /// What the list says of a code on a date of service, where the date matters and is known.
    fn standing(&self, list: CodeList, code: &str, on: Option<Date>) -> Standing;

    /// What a code means, in words that may be shown; None where the list is not at hand or its words are licensed.
    fn words(&self, _list: CodeList, _code: &str) -> Option<String> {
        None
    }

    /// Whether it answers for a list at all; where not, nothing of that list need be asked.
    fn lends(&self, _: CodeList) -> bool {
        true
    }
}

/// No list at hand: shapes and check digits only.
#[derive(Debug, Clone, Copy, Default)]
pub struct ShapeOnly;

impl CodeSets for ShapeOnly {
    fn standing(&self, _: CodeList, _: &str, _: Option<Date>) -> Standing {
        Standing::NotChecked
    }

    fn lends(&self, _: CodeList) -> bool {
        false
    }
}

/// Two letters each: states, territories, military mail, and Canada's provinces.
const STATES: &[u8] =
    b"ALAKAZARCACOCTDEDCFLGAHIIDILINIAKSKYLAMEMDMAMIMNMSMOMTNENVNHNJNMNYNCNDOHOKORPARISCSDTNTXUTVTVAWAWVWIWY\
ASGUMPPRVIFMMHPWAAAEAPABBCMBNBNLNSNTNUONPEQCSKYT";
/// The places of service that CMS lists.
const PLACES_OF_SERVICE: &[u8] =
    b"010203040506070809101112131415161718192021222324252627313233344142495051525354555657585960616265666871728199";

/// Where a patient can be at the end of a statement, as CMS lists it for claims to Medicare.
const PATIENT_STATUSES: &[u8] = b"01020304050607092021304041424350516162636465666970\
818283848586878889909192939495";

/// For each first character of a list of pairs, counted from `base`, a bit for each second one.
const fn pair_bits(pairs: &[u8], base: u8) -> [u32; PAIR_ROWS] {
    let mut rows = [0; PAIR_ROWS];
    let mut at = 0;
    while at < pairs.len() {
        rows[(pairs[at] - base) as usize] |= 1 << (pairs[at + 1] - base);
        at += 2;
    }
    rows
}

/// As many as there are letters.
const PAIR_ROWS: usize = 26;
static STATE_BITS: [u32; PAIR_ROWS] = pair_bits(STATES, b'A');
static PLACE_BITS: [u32; PAIR_ROWS] = pair_bits(PLACES_OF_SERVICE, b'0');
static PATIENT_STATUS_BITS: [u32; PAIR_ROWS] = pair_bits(PATIENT_STATUSES, b'0');

/// Whether a code is one of a list of pairs.
fn is_in_pairs(code: &[u8], rows: &[u32; PAIR_ROWS], base: u8) -> bool {
    let [first, second] = code else { return false };
    let row = rows.get(usize::from(first.wrapping_sub(base))).copied().unwrap_or(0);
    row.checked_shr(u32::from(second.wrapping_sub(base))).is_some_and(|bits| bits & 1 == 1)
}

/// Whether a code has the shape of its list: length, characters, check digit; small public lists whole.
pub(crate) fn has_shape(list: CodeList, code: &[u8]) -> bool {
    let digits = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_digit);
    let is_alphanumeric = |bytes: &[u8]| bytes.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    match list {
        CodeList::Npi => is_npi(code),
        CodeList::Icd10cm => {
            (3..=7).contains(&code.len())
                && code[0].is_ascii_uppercase()
                && code[1].is_ascii_digit()
                && code[2..].iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        }
        CodeList::PlaceOfService => is_in_pairs(code, &PLACE_BITS, b'0'),
        CodeList::ClaimFrequency => matches!(code, [b'1'..=b'9']),
        CodeList::Carc => {
            matches!(code, [b'0'..=b'9'] | [b'0'..=b'9', b'0'..=b'9'] | [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9'])
                || matches!(code, [b'A' | b'B' | b'D' | b'P' | b'W' | b'Y', rest @ ..] if !rest.is_empty() && rest.len() <= 2 && digits(rest))
        }
        CodeList::Rarc => {
            matches!(code, [b'M', rest @ ..] | [b'N', rest @ ..] if (1..=3).contains(&rest.len()) && digits(rest))
                || matches!(code, [b'M', b'A', rest @ ..] if (2..=3).contains(&rest.len()) && digits(rest))
        }
        CodeList::StatusCategory => {
            matches!(code, [b'A', b'0'..=b'8'] | [b'P', b'0'..=b'5'] | [b'F', b'0'..=b'4'] | [b'R', b'0'..=b'9'])
                || matches!(code, b"F3F" | b"F3N" | b"D0" | b"E0" | b"E1" | b"E2" | b"E3" | b"E4")
                || matches!(code, [b'R', b'1', b'0'..=b'7'])
                || matches!(code, b"DR01" | b"DR02" | b"DR03" | b"DR04" | b"DR05" | b"DR06" | b"DR07" | b"DR08")
        }
        CodeList::StatusCode => (1..=4).contains(&code.len()) && digits(code),
        CodeList::Taxonomy => {
            code.len() == 10
                && digits(&code[..3])
                && code.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        }
        CodeList::Procedure => {
            code.len() == 5
                && (code[0].is_ascii_digit() || code[0].is_ascii_uppercase())
                && digits(&code[1..4])
                && (code[4].is_ascii_digit() || code[4].is_ascii_uppercase())
        }
        CodeList::Modifier => {
            code.len() == 2 && code.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        }
        CodeList::State => is_in_pairs(code, &STATE_BITS, b'A'),
        CodeList::Ndc => code.len() == 11 && digits(code),
        // Seven positions without the letters I and O, which would read as digits.
        CodeList::Icd10pcs => {
            code.len() == 7 && is_alphanumeric(code) && !code.iter().any(|byte| matches!(byte, b'I' | b'O'))
        }
        // Four digits; 0000 is no revenue centre, and the fifth thousand is not assigned.
        CodeList::Revenue => code.len() == 4 && digits(code) && code != b"0000" && code[0] < b'5',
        CodeList::BillType => matches!(code, [b'1'..=b'8', b'1'..=b'9']),
        CodeList::BillFrequency => matches!(code, [b'0'..=b'9' | b'A'..=b'K' | b'M' | b'P' | b'Q' | b'X'..=b'Z']),
        CodeList::Condition | CodeList::Occurrence | CodeList::ValueCode => {
            code.len() == 2 && is_alphanumeric(code) && code != b"00"
        }
        CodeList::AdmissionType => matches!(code, [b'1'..=b'5' | b'9']),
        // With those that were taken out of the list over the years.
        CodeList::AdmissionSource => matches!(code, [b'1'..=b'9' | b'A'..=b'G']),
        CodeList::PatientStatus => is_in_pairs(code, &PATIENT_STATUS_BITS, b'0'),
        CodeList::Drg => (3..=4).contains(&code.len()) && digits(code),
        CodeList::DentalProcedure => matches!(code, [b'D', rest @ ..] if rest.len() == 4 && digits(rest)),
        CodeList::Tooth => is_tooth(code),
    }
}

/// 1 to 32 and A to T, supernumerary teeth 51 to 82 and AS to TS.
fn is_tooth(code: &[u8]) -> bool {
    match code {
        [b'A'..=b'T'] | [b'A'..=b'T', b'S'] | [b'1'..=b'9'] => true,
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
            let number = (tens - b'0') * 10 + (ones - b'0');
            (1..=32).contains(&number) || (51..=82).contains(&number)
        }
        _ => false,
    }
}

/// Whether the code's date of service matters to its list.
pub(crate) fn depends_on_date(list: CodeList) -> bool {
    match list {
        CodeList::Icd10cm | CodeList::Icd10pcs | CodeList::Procedure | CodeList::DentalProcedure => true,
        CodeList::Npi
        | CodeList::PlaceOfService
        | CodeList::ClaimFrequency
        | CodeList::Carc
        | CodeList::Rarc
        | CodeList::StatusCategory
        | CodeList::StatusCode
        | CodeList::Taxonomy
        | CodeList::Modifier
        | CodeList::State
        | CodeList::Ndc
        | CodeList::Revenue
        | CodeList::BillType
        | CodeList::BillFrequency
        | CodeList::Condition
        | CodeList::Occurrence
        | CodeList::ValueCode
        | CodeList::AdmissionType
        | CodeList::AdmissionSource
        | CodeList::PatientStatus
        | CodeList::Drg
        | CodeList::Tooth => false,
    }
}

/// Ten digits whose last is the Luhn check digit over the prefix 80840 (45 CFR 162.406, ISO/IEC 7812).
pub fn is_npi(code: &[u8]) -> bool {
    let (pairs, []) = code.as_chunks::<2>() else { return false };
    // The prefix 80840 adds a constant 24 to the sum.
    let mut sum = 24;
    for [first, second] in pairs {
        let (first, second) = (first.wrapping_sub(b'0'), second.wrapping_sub(b'0'));
        let Some(doubled) = DOUBLED.get(usize::from(first)) else { return false };
        if second > 9 {
            return false;
        }
        sum += u32::from(doubled + second);
    }
    pairs.len() == 5 && sum.is_multiple_of(10)
}

/// The sum of the digits of twice a digit.
const DOUBLED: [u8; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_and_shapes_tell_codes_from_slips() {
        for (list, good, bad) in [
            (CodeList::Npi, "1234567893", "1234567890"),
            (CodeList::Npi, "1245319599", "12345"),
            (CodeList::Icd10cm, "E119", "ZZ999"),
            (CodeList::ClaimFrequency, "7", "0"),
            (CodeList::Carc, "B7", "ZZ"),
            (CodeList::Rarc, "MA130", "ZZ99"),
            (CodeList::StatusCategory, "F1", "ZZ"),
            (CodeList::State, "TX", "XX"),
            (CodeList::PlaceOfService, "11", "00"),
            (CodeList::Procedure, "G0439", "9921"),
            (CodeList::Taxonomy, "207Q00000X", "207Q"),
            (CodeList::Ndc, "00002140701", "0002-1407-01"),
            (CodeList::Icd10pcs, "0BH17EZ", "0BH17EO"),
            (CodeList::Revenue, "0120", "120"),
            (CodeList::BillType, "11", "1"),
            (CodeList::BillFrequency, "A", "L"),
            (CodeList::Condition, "C1", "C"),
            (CodeList::Occurrence, "A1", "a1"),
            (CodeList::ValueCode, "A2", "00"),
            (CodeList::AdmissionType, "1", "7"),
            (CodeList::AdmissionSource, "1", "Q"),
            (CodeList::PatientStatus, "01", "99"),
            (CodeList::Drg, "470", "47"),
            (CodeList::DentalProcedure, "D2391", "D239"),
            (CodeList::State, "AL", "A"),
            (CodeList::State, "YT", "tx"),
            (CodeList::PlaceOfService, "99", "9:"),
            (CodeList::PatientStatus, "95", "A1"),
            (CodeList::Npi, "1234567893", "123456789"),
            (CodeList::Npi, "1234567893", "12345678931234567893"),
            (CodeList::Npi, "1234567893", "12345A7893"),
            (CodeList::Tooth, "AS", "33"),
            (CodeList::Tooth, "3", "U"),
        ] {
            assert!(has_shape(list, good.as_bytes()), "{list:?} {good}");
            assert!(!has_shape(list, bad.as_bytes()), "{list:?} {bad}");
        }
    }
}
