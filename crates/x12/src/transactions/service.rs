//! The segments that say what and how much: procedures, dates, amounts, adjustments.
//!
//! Shared by claims, remittances and status answers. Amounts are `Amount`, never a float; a date
//! that is not a calendar day stays as text, so that writing it back loses nothing.

use super::fields::Reader;
use super::out::Out;
use super::text::Text;
use crate::Amount;
use crate::date::{format_d8, format_rd8, parse_d8, parse_rd8};
use jiff::civil::Date;

/// A CAS segment carries at most this many reasons (CAS02 to CAS19 in triples).
pub const REASONS_PER_CAS: usize = 6;

/// The composite medical procedure identifier of SV1, SVC, SVD and EB.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Procedure<'a> {
    /// Which code set: `HC` for HCPCS.
    pub qualifier: Text<'a>,
    /// The code.
    pub code: Text<'a>,
    /// Up to four modifiers.
    pub modifiers: Vec<Text<'a>>,
    /// Free text, for codes that demand one.
    pub description: Text<'a>,
    /// The last code where a range is meant, in a 278.
    pub code_through: Text<'a>,
}

impl<'a> Procedure<'a> {
    /// A HCPCS procedure with its modifiers.
    pub fn hcpcs(code: impl Into<Text<'a>>, modifiers: Vec<Text<'a>>) -> Self {
        Procedure { qualifier: "HC".into(), code: code.into(), modifiers, ..Procedure::default() }
    }

    pub(crate) fn read(r: &Reader<'_, 'a>, element: usize) -> Self {
        let [qualifier, code, one, two, three, four, description, code_through] = r.first_components(element);
        let count = 4 - [&four, &three, &two, &one].iter().take_while(|modifier| modifier.is_empty()).count();
        let modifiers = if count == 0 { Vec::new() } else { [one, two, three, four].into_iter().take(count).collect() };
        Procedure { qualifier, code, modifiers, description, code_through }
    }

    pub(crate) fn read_optional(r: &Reader<'_, 'a>, element: usize) -> Option<Self> {
        (!r.bytes(element).is_empty()).then(|| Self::read(r, element))
    }

    /// The components in order, ready to be written as one composite.
    pub(crate) fn components(&self) -> [&str; 8] {
        let modifier = |at: usize| self.modifiers.get(at).map_or("", Text::as_str);
        let (description, through) = (&self.description, &self.code_through);
        [&self.qualifier, &self.code, modifier(0), modifier(1), modifier(2), modifier(3), description, through]
    }
}

/// The value of a date element together with its format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When<'a> {
    /// One calendar day (`D8`).
    Day(Date),
    /// From one day to another, both included (`RD8`).
    Period(Date, Date),
    /// Anything else (a time of day, a date that does not exist), as it stood.
    Other {
        /// The format qualifier.
        format: Text<'a>,
        /// The text.
        text: Text<'a>,
    },
}

impl<'a> When<'a> {
    /// A day, or a period where the two differ.
    pub fn between(from: Date, to: Date) -> Self {
        if from == to { When::Day(from) } else { When::Period(from, to) }
    }

    /// The first day, where it is one.
    pub fn first_day(&self) -> Option<Date> {
        match self {
            When::Day(day) | When::Period(day, _) => Some(*day),
            When::Other { .. } => None,
        }
    }

    /// The last day, where it is one.
    pub fn last_day(&self) -> Option<Date> {
        match self {
            When::Day(day) | When::Period(_, day) => Some(*day),
            When::Other { .. } => None,
        }
    }

    /// Reads a format element and the text element after it.
    pub(crate) fn read(r: &mut Reader<'_, 'a>, format: usize) -> Self {
        match r.bytes(format) {
            b"D8" => {
                if let Some(day) = r.date(format + 1) {
                    return When::Day(day);
                }
            }
            b"RD8" => {
                if let Some((from, to)) = parse_rd8(r.bytes(format + 1)) {
                    return When::Period(from, to);
                }
            }
            _ => {}
        }
        When::Other { format: r.text(format), text: r.text(format + 1) }
    }

    /// A format and a text, as composites hold them.
    pub(crate) fn from_texts(format: Text<'a>, text: Text<'a>) -> Self {
        let day = |text: &str| parse_d8(text.as_bytes());
        let range = parse_rd8(text.as_bytes());
        match (&*format, day(&text), range) {
            ("D8", Some(day), _) => When::Day(day),
            ("RD8", _, Some((from, to))) => When::Period(from, to),
            _ => When::Other { format, text },
        }
    }

    /// The format and the text.
    pub(crate) fn elements(&self) -> (Text<'a>, Text<'a>) {
        match self {
            When::Day(day) => ("D8".into(), format_d8(*day).into()),
            When::Period(from, to) => ("RD8".into(), format_rd8(*from, *to).into()),
            When::Other { format, text } => (format.clone(), text.clone()),
        }
    }
}

/// DTP: a date with its meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatePeriod<'a> {
    /// DTP01, for example `472` service, `431` onset, `439` accident, `573` paid.
    pub qualifier: Text<'a>,
    /// DTP02 and DTP03.
    pub when: When<'a>,
}

impl<'a> DatePeriod<'a> {
    /// One day with its meaning.
    pub fn day(qualifier: impl Into<Text<'a>>, day: Date) -> Self {
        DatePeriod { qualifier: qualifier.into(), when: When::Day(day) }
    }

    pub(crate) fn read(r: &mut Reader<'_, 'a>) -> Self {
        DatePeriod { qualifier: r.text(1), when: When::read(r, 2) }
    }

    pub(crate) fn write(&self, out: &mut Out<'_>) {
        let (format, text) = self.when.elements();
        out.begin("DTP").text(&self.qualifier).text(&format).text(&text).end();
    }
}

/// The first date of this meaning, if any.
pub fn date_of<'m, 'a>(dates: &'m [DatePeriod<'a>], qualifier: &str) -> Option<&'m When<'a>> {
    dates.iter().find(|d| d.qualifier == qualifier).map(|d| &d.when)
}

pub(crate) fn write_dates(dates: &[DatePeriod<'_>], out: &mut Out<'_>) {
    dates.iter().for_each(|date| date.write(out));
}

/// DTM: a date of the remittance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemittanceDate<'a> {
    /// DTM01, for example `232` statement from, `050` received, `472` service, `150` and `151` from and to.
    pub qualifier: Text<'a>,
    /// DTM02.
    pub day: Option<Date>,
}

impl<'a> RemittanceDate<'a> {
    /// A date with its meaning.
    pub fn new(qualifier: impl Into<Text<'a>>, day: Date) -> Self {
        RemittanceDate { qualifier: qualifier.into(), day: Some(day) }
    }

    pub(crate) fn read(r: &mut Reader<'_, 'a>) -> Self {
        RemittanceDate { qualifier: r.text(1), day: r.date(2) }
    }

    pub(crate) fn write(&self, out: &mut Out<'_>) {
        out.begin("DTM").text(&self.qualifier).date(self.day).end();
    }
}

/// AMT: an amount with its meaning. Information only, never part of a balance (X12 RFI 2601).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QualifiedAmount<'a> {
    /// AMT01, for example `D` payer paid, `EAF` remaining patient liability, `B6` allowed, `F5` patient paid.
    pub qualifier: Text<'a>,
    /// AMT02.
    pub amount: Amount,
}

impl<'a> QualifiedAmount<'a> {
    /// An amount with its meaning.
    pub fn new(qualifier: impl Into<Text<'a>>, amount: Amount) -> Self {
        QualifiedAmount { qualifier: qualifier.into(), amount }
    }

    pub(crate) fn read(r: &mut Reader<'_, 'a>) -> Self {
        QualifiedAmount { qualifier: r.text(1), amount: r.amount(2) }
    }

    pub(crate) fn write(&self, out: &mut Out<'_>) {
        out.begin("AMT").text(&self.qualifier).amount(self.amount).end();
    }
}

/// The first amount of this meaning, if any.
pub fn amount_of(amounts: &[QualifiedAmount<'_>], qualifier: &str) -> Option<Amount> {
    amounts.iter().find(|a| a.qualifier == qualifier).map(|a| a.amount)
}

pub(crate) fn write_amounts(amounts: &[QualifiedAmount<'_>], out: &mut Out<'_>) {
    amounts.iter().for_each(|amount| amount.write(out));
}

/// QTY: a quantity with its meaning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QualifiedQuantity<'a> {
    /// QTY01.
    pub qualifier: Text<'a>,
    /// QTY02.
    pub quantity: Text<'a>,
}

impl<'a> QualifiedQuantity<'a> {
    /// A quantity with its meaning.
    pub fn new(qualifier: impl Into<Text<'a>>, quantity: impl Into<Text<'a>>) -> Self {
        QualifiedQuantity { qualifier: qualifier.into(), quantity: quantity.into() }
    }

    pub(crate) fn read(r: &mut Reader<'_, 'a>) -> Self {
        QualifiedQuantity { qualifier: r.text(1), quantity: r.text(2) }
    }

    pub(crate) fn write(&self, out: &mut Out<'_>) {
        out.begin("QTY").text(&self.qualifier).text(&self.quantity).end();
    }
}

/// One reason of a CAS segment: a positive amount lowers the payment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adjustment<'a> {
    /// The claim adjustment reason code (CARC).
    pub reason_code: Text<'a>,
    /// How much less was paid than charged, for this reason.
    pub amount: Amount,
    /// Units not paid, where the payer says.
    pub quantity: Text<'a>,
}

/// CAS: the adjustments of one group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adjustments<'a> {
    /// CAS01: `CO`, `PR`, `OA`, `PI`, and `CR` from payers with old habits.
    pub group_code: Text<'a>,
    /// CAS02 to CAS19, a triple each.
    pub reasons: Vec<Adjustment<'a>>,
}

impl<'a> Adjustments<'a> {
    /// One group with one reason.
    pub fn one(group_code: impl Into<Text<'a>>, reason_code: impl Into<Text<'a>>, amount: Amount) -> Self {
        Adjustments {
            group_code: group_code.into(),
            reasons: vec![Adjustment { reason_code: reason_code.into(), amount, quantity: Text::default() }],
        }
    }

    pub(crate) fn read(r: &mut Reader<'_, 'a>) -> Self {
        let mut reasons = Vec::new();
        for triple in 0..REASONS_PER_CAS {
            let at = 2 + triple * 3;
            if r.text(at).is_empty() && r.text(at + 1).is_empty() {
                continue;
            }
            reasons.push(Adjustment { reason_code: r.text(at), amount: r.amount(at + 1), quantity: r.text(at + 2) });
        }
        Adjustments { group_code: r.text(1), reasons }
    }

    pub(crate) fn write(&self, out: &mut Out<'_>) {
        for reasons in self.reasons.chunks(REASONS_PER_CAS) {
            let mut segment = out.begin("CAS").text(&self.group_code);
            for reason in reasons {
                segment = segment.text(&reason.reason_code).amount(reason.amount).text(&reason.quantity);
            }
            segment.end();
        }
    }
}

pub(crate) fn write_adjustments(adjustments: &[Adjustments<'_>], out: &mut Out<'_>) {
    adjustments.iter().for_each(|group| group.write(out));
}

/// MOA: what the payer remarked on an outpatient or professional claim as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutpatientAdjudication<'a> {
    /// MOA01: reimbursement rate.
    pub reimbursement_rate: Text<'a>,
    /// MOA02: HCPCS payable amount.
    pub payable_amount: Option<Amount>,
    /// MOA03 to MOA07: remark codes (RARC) of the claim.
    pub remark_codes: Vec<Text<'a>>,
    /// MOA08.
    pub esrd_amount: Option<Amount>,
    /// MOA09.
    pub nonpayable_professional_amount: Option<Amount>,
}

impl<'a> OutpatientAdjudication<'a> {
    pub(crate) fn read(r: &mut Reader<'_, 'a>) -> Self {
        OutpatientAdjudication {
            reimbursement_rate: r.text(1),
            payable_amount: r.optional_amount(2),
            remark_codes: (3..=7).map(|n| r.text(n)).filter(|code| !code.is_empty()).collect(),
            esrd_amount: r.optional_amount(8),
            nonpayable_professional_amount: r.optional_amount(9),
        }
    }

    pub(crate) fn write(&self, out: &mut Out<'_>) {
        let mut segment = out.begin("MOA").text(&self.reimbursement_rate).optional_amount(self.payable_amount);
        for n in 0..5 {
            segment = segment.text(self.remark_codes.get(n).map_or("", |code| code));
        }
        segment.optional_amount(self.esrd_amount).optional_amount(self.nonpayable_professional_amount).end();
    }
}
