//! What other payers did or may do: loops 2320, 2330 and 2430.
//!
//! Amounts of an earlier payer stand at the claim or at the lines, never the same ones at both.

use super::SubscriberInformation;
use crate::Amount;
use crate::ids;
use crate::transactions::fields::Reader;
use crate::transactions::out::Out;
use crate::transactions::party::{Name, Party};
use crate::transactions::service::{
    Adjustments, DatePeriod, OutpatientAdjudication, Procedure, QualifiedAmount, write_adjustments, write_amounts,
    write_dates,
};
use crate::transactions::text::Text;

/// Loop 2320 with its 2330 loops: one other payer of the claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OtherPayer<'a> {
    /// SBR.
    pub information: SubscriberInformation<'a>,
    /// CAS at claim level.
    pub adjustments: Vec<Adjustments<'a>>,
    /// AMT: `D` payer paid, `A8` not covered, `EAF` remaining patient liability.
    pub amounts: Vec<QualifiedAmount<'a>>,
    /// OI03: benefits assigned.
    pub benefits_assigned: Text<'a>,
    /// OI04: patient signature source.
    pub patient_signature_source: Text<'a>,
    /// OI06: release of information.
    pub release_of_information: Text<'a>,
    /// MIA, where received, element by element; institutional claims only.
    pub inpatient_adjudication: Vec<Text<'a>>,
    /// MOA, where received.
    pub outpatient_adjudication: Option<OutpatientAdjudication<'a>>,
    /// Loop 2330A: NM1*IL.
    pub subscriber: Party<'a>,
    /// Loop 2330B: NM1*PR with REF*F8 …
    pub payer: Party<'a>,
    /// DTP*573 of loop 2330B: when it adjudicated, if not said line by line.
    pub adjudicated: Vec<DatePeriod<'a>>,
    /// Loops 2330C to 2330G.
    pub providers: Vec<Party<'a>>,
}

impl<'a> OtherPayer<'a> {
    pub(crate) fn read(r: &mut Reader<'_, 'a>) -> Self {
        let mut other = OtherPayer { information: SubscriberInformation::read(r), ..OtherPayer::default() };
        r.advance();
        loop {
            match r.id() {
                ids::CAS => other.adjustments.push(Adjustments::read(r)),
                ids::AMT => other.amounts.push(QualifiedAmount::read(r)),
                ids::OI => {
                    other.benefits_assigned = r.text(3);
                    other.patient_signature_source = r.text(4);
                    other.release_of_information = r.text(6);
                }
                ids::MIA => other.inpatient_adjudication = r.texts(),
                ids::MOA => other.outpatient_adjudication = Some(OutpatientAdjudication::read(r)),
                ids::NM1 => {
                    other.read_party(r);
                    continue;
                }
                ids::SBR | ids::LX | ids::CLM | ids::HL | ids::END => return other,
                _ => {}
            }
            r.advance();
        }
    }

    fn read_party(&mut self, r: &mut Reader<'_, 'a>) {
        let role = r.text(1);
        if role == "PR" {
            // The date stands between the address and the references of this one loop.
            self.payer = Party::named(Name::read(r));
            r.advance();
            loop {
                if r.id() == ids::DTP {
                    self.adjudicated.push(DatePeriod::read(r));
                } else if !self.payer.read_more(r) {
                    return;
                }
                r.advance();
            }
        }
        let party = Party::read(r);
        if role == "IL" {
            self.subscriber = party;
        } else {
            self.providers.push(party);
        }
    }

    pub(crate) fn write(&self, out: &mut Out<'_>) {
        self.information.write(out);
        write_adjustments(&self.adjustments, out);
        write_amounts(&self.amounts, out);
        out.begin("OI")
            .skip(2)
            .text(&self.benefits_assigned)
            .text(&self.patient_signature_source)
            .skip(1)
            .text(&self.release_of_information)
            .end();
        out.texts("MIA", &self.inpatient_adjudication);
        if let Some(outpatient) = &self.outpatient_adjudication {
            outpatient.write(out);
        }
        self.subscriber.write(out);
        self.payer.name.write(out);
        if let Some(address) = &self.payer.address {
            address.write(out);
        }
        write_dates(&self.adjudicated, out);
        self.payer.references.iter().for_each(|reference| reference.write(out));
        self.providers.iter().for_each(|provider| provider.write(out));
    }
}

/// Loop 2430: what another payer paid for one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OtherPayerLine<'a> {
    /// SVD01: the payer's id, as in NM109 of loop 2330B.
    pub payer_id: Text<'a>,
    /// SVD02.
    pub paid_amount: Amount,
    /// SVD03.
    pub procedure: Procedure<'a>,
    /// SVD04, institutional claims only.
    pub revenue_code: Text<'a>,
    /// SVD05.
    pub paid_units: Text<'a>,
    /// SVD06: the line it was bundled into.
    pub bundled_line: Text<'a>,
    /// CAS at line level.
    pub adjustments: Vec<Adjustments<'a>>,
    /// DTP*573.
    pub adjudicated: Vec<DatePeriod<'a>>,
    /// AMT*EAF.
    pub amounts: Vec<QualifiedAmount<'a>>,
}

impl<'a> OtherPayerLine<'a> {
    pub(crate) fn read(r: &mut Reader<'_, 'a>) -> Self {
        let mut line = OtherPayerLine {
            payer_id: r.text(1),
            paid_amount: r.amount(2),
            procedure: Procedure::read(r, 3),
            revenue_code: r.text(4),
            paid_units: r.text(5),
            bundled_line: r.text(6),
            ..OtherPayerLine::default()
        };
        r.advance();
        loop {
            match r.id() {
                ids::CAS => line.adjustments.push(Adjustments::read(r)),
                ids::DTP => line.adjudicated.push(DatePeriod::read(r)),
                ids::AMT => line.amounts.push(QualifiedAmount::read(r)),
                _ => return line,
            }
            r.advance();
        }
    }

    pub(crate) fn write(&self, out: &mut Out<'_>) {
        out.begin("SVD")
            .text(&self.payer_id)
            .amount(self.paid_amount)
            .composite(self.procedure.components())
            .text(&self.revenue_code)
            .text(&self.paid_units)
            .text(&self.bundled_line)
            .end();
        write_adjustments(&self.adjustments, out);
        write_dates(&self.adjudicated, out);
        write_amounts(&self.amounts, out);
    }
}
