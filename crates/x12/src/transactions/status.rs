//! STC and TRN: what a payer says of a claim, and the number by which it is said. Shared by 277CA and 277.

use super::fields::Reader;
use super::out::Out;
use super::text::Text;
use crate::Amount;
use jiff::civil::Date;

/// TRN: a number to find the answer by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace<'a> {
    /// TRN01: `1` ours as sent, `2` the other side's as returned.
    pub kind: Text<'a>,
    /// TRN02.
    pub number: Text<'a>,
    /// TRN03.
    pub originator: Text<'a>,
    /// TRN04.
    pub supplemental: Text<'a>,
}

impl<'a> Trace<'a> {
    /// A trace of this kind without originator.
    pub fn new(kind: impl Into<Text<'a>>, number: impl Into<Text<'a>>) -> Self {
        Trace { kind: kind.into(), number: number.into(), ..Trace::default() }
    }

    pub(crate) fn read(r: &Reader<'_, 'a>) -> Self {
        Trace { kind: r.text(1), number: r.text(2), originator: r.text(3), supplemental: r.text(4) }
    }

    pub(crate) fn write(&self, out: &mut Out<'_>) {
        out.begin("TRN").text(&self.kind).text(&self.number).text(&self.originator).text(&self.supplemental).end();
    }
}

/// The health care claim status composite: category, status, entity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusCode<'a> {
    /// Code list 507: `A2`, `F1` …
    pub category: Text<'a>,
    /// Code list 508.
    pub status: Text<'a>,
    /// Code list 98: of whom it speaks; may be empty.
    pub entity: Text<'a>,
    /// `RX` for pharmacy lists; empty nearly always.
    pub list: Text<'a>,
}

impl<'a> StatusCode<'a> {
    /// A category, a status and perhaps an entity.
    pub fn new(category: impl Into<Text<'a>>, status: impl Into<Text<'a>>, entity: impl Into<Text<'a>>) -> Self {
        StatusCode { category: category.into(), status: status.into(), entity: entity.into(), list: Text::default() }
    }

    fn components(&self) -> [Text<'a>; 4] {
        [self.category.clone(), self.status.clone(), self.entity.clone(), self.list.clone()]
    }
}

/// STC: one statement of status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusInformation<'a> {
    /// STC01, STC10 and STC11: one to three codes.
    pub codes: Vec<StatusCode<'a>>,
    /// STC02.
    pub status_on: Option<Date>,
    /// STC03: `WQ` accept, `U` reject, in a 277CA.
    pub action: Text<'a>,
    /// STC04.
    pub charge_amount: Option<Amount>,
    /// STC05.
    pub paid_amount: Option<Amount>,
    /// STC06.
    pub adjudicated_on: Option<Date>,
    /// STC07: `CHK`, `ACH`, `NON` …
    pub payment_method: Text<'a>,
    /// STC08.
    pub paid_on: Option<Date>,
    /// STC09: check or EFT number.
    pub payment_number: Text<'a>,
    /// STC12: the payer's own words.
    pub message: Text<'a>,
}

impl<'a> StatusInformation<'a> {
    pub(crate) fn read(r: &mut Reader<'_, 'a>) -> Self {
        let codes = [1, 10, 11]
            .into_iter()
            .filter(|n| !r.text(*n).is_empty())
            .map(|n| StatusCode {
                category: r.component(n, 1),
                status: r.component(n, 2),
                entity: r.component(n, 3),
                list: r.component(n, 4),
            })
            .collect();
        StatusInformation {
            codes,
            status_on: r.date(2),
            action: r.text(3),
            charge_amount: r.optional_amount(4),
            paid_amount: r.optional_amount(5),
            adjudicated_on: r.date(6),
            payment_method: r.text(7),
            paid_on: r.date(8),
            payment_number: r.text(9),
            message: r.text(12),
        }
    }

    pub(crate) fn write(&self, out: &mut Out<'_>) {
        let code = |n: usize| self.codes.get(n).map(StatusCode::components).unwrap_or_default();
        out.begin("STC")
            .composite(&code(0))
            .date(self.status_on)
            .text(&self.action)
            .optional_amount(self.charge_amount)
            .optional_amount(self.paid_amount)
            .date(self.adjudicated_on)
            .text(&self.payment_method)
            .date(self.paid_on)
            .text(&self.payment_number)
            .composite(&code(1))
            .composite(&code(2))
            .text(&self.message)
            .end();
    }
}

pub(crate) fn write_statuses(statuses: &[StatusInformation<'_>], out: &mut Out<'_>) {
    statuses.iter().for_each(|status| status.write(out));
}
