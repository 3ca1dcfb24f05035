//! 835 (005010X221A1): one payment and what it pays for.
//!
//! One transaction set is one payment. Reading keeps every cent where the payer put it and judges
//! nothing: whether the three balances hold is asked in the guide's rules and again in billing.

mod read;
mod stream;
mod write;

pub use read::{read, read_owned};
pub use stream::{Part, Parts, StreamedPart, stream};
pub use write::write;

use super::fields::Source;
use super::party::{Address, Contact, Name, Reference};
use super::service::{
    Adjustments, OutpatientAdjudication, Procedure, QualifiedAmount, QualifiedQuantity, RemittanceDate,
};
use super::text::Text;
use crate::Amount;
use jiff::civil::Date;

/// One 835 transaction set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remittance<'a> {
    /// ST02.
    pub control_number: Text<'a>,
    /// BPR: how much is paid, and how.
    pub payment: Payment<'a>,
    /// TRN02: the check or EFT number.
    pub trace_number: Text<'a>,
    /// TRN03: `1` and the payer's tax id, usually.
    pub trace_originator: Text<'a>,
    /// TRN04.
    pub trace_supplemental: Text<'a>,
    /// CUR, element by element; empty where the payment is in US dollars.
    pub currency: Vec<Text<'a>>,
    /// Header REF: `EV` receiver, `F2` version of the payer's system.
    pub references: Vec<Reference<'a>>,
    /// DTM*405: when the payer made the file.
    pub production_date: Option<Date>,
    /// Loop 1000A.
    pub payer: RemittanceParty<'a>,
    /// Loop 1000B.
    pub payee: RemittanceParty<'a>,
    /// Loop 2000: claims under their LX, in order.
    pub groups: Vec<ClaimPayments<'a>>,
    /// PLB: money outside any claim.
    pub provider_adjustments: Vec<ProviderAdjustments<'a>>,
}

impl<'a> Remittance<'a> {
    /// Every claim of the payment, whichever LX it stands under.
    pub fn claims(&self) -> impl Iterator<Item = &ClaimPayment<'a>> {
        self.groups.iter().flat_map(|group| &group.claims)
    }
}

/// BPR: the payment order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payment<'a> {
    /// BPR01: `I` remittance with payment information, `H` notification only.
    pub handling: Text<'a>,
    /// BPR02: never negative.
    pub amount: Amount,
    /// BPR03: `C` credit, `D` debit.
    pub credit_or_debit: Text<'a>,
    /// BPR04: `ACH`, `CHK`, `FWT`, `NON`.
    pub method: Text<'a>,
    /// BPR05: `CCP` or `CTX` for ACH.
    pub format: Text<'a>,
    /// BPR06 to BPR09: bank and account that the money leaves.
    pub from_account: BankAccount<'a>,
    /// BPR10.
    pub originator: Text<'a>,
    /// BPR11.
    pub originator_supplemental: Text<'a>,
    /// BPR12 to BPR15: bank and account that the money enters.
    pub to_account: BankAccount<'a>,
    /// BPR16: the date of the check, or when the money arrives.
    pub date: Option<Date>,
}

/// Four elements of BPR: a bank and an account in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BankAccount<'a> {
    /// `01` for an ABA routing number.
    pub bank_qualifier: Text<'a>,
    /// The routing number.
    pub bank: Text<'a>,
    /// `DA` demand deposit, `SG` savings.
    pub account_qualifier: Text<'a>,
    /// The account number.
    pub account: Text<'a>,
}

/// N1 with its address, numbers and contacts: payer or payee.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemittanceParty<'a> {
    /// N102.
    pub name: Text<'a>,
    /// N103: `XX` NPI, `FI` tax id, `XV` payer id.
    pub id_qualifier: Text<'a>,
    /// N104.
    pub id: Text<'a>,
    /// N3 and N4.
    pub address: Option<Address<'a>>,
    /// REF: `TJ` tax id of the payee, `2U` payer id …
    pub references: Vec<Reference<'a>>,
    /// PER.
    pub contacts: Vec<Contact<'a>>,
    /// RDM, element by element, of the payee: how the payer delivers the remittance.
    pub delivery: Vec<Text<'a>>,
}

/// Loop 2000: the claims under one LX.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimPayments<'a> {
    /// LX01; empty where claims came without any LX.
    pub number: Text<'a>,
    /// TS3, element by element, where the payer sends a provider summary.
    pub provider_summary: Vec<Text<'a>>,
    /// TS2, element by element, where the payer sends a summary of inpatient claims.
    pub inpatient_summary: Vec<Text<'a>>,
    /// Loops 2100.
    pub claims: Vec<ClaimPayment<'a>>,
}

/// Loop 2100: what the payment says of one claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimPayment<'a> {
    /// Where the loop stands in the file.
    pub source: Source,
    /// CLP01: our number, as the payer returns it.
    pub patient_control_number: Text<'a>,
    /// CLP02: `1` to `4`, `19` to `23`, `25`. Never proof of a denial.
    pub status_code: Text<'a>,
    /// CLP03.
    pub charge_amount: Amount,
    /// CLP04.
    pub paid_amount: Amount,
    /// CLP05.
    pub patient_responsibility: Option<Amount>,
    /// CLP06: claim filing indicator.
    pub filing_indicator: Text<'a>,
    /// CLP07: the payer's number.
    pub payer_claim_control_number: Text<'a>,
    /// CLP08.
    pub place_of_service: Text<'a>,
    /// CLP09.
    pub frequency: Text<'a>,
    /// CLP11.
    pub drg: Text<'a>,
    /// CLP12.
    pub drg_weight: Text<'a>,
    /// CLP13.
    pub discharge_fraction: Text<'a>,
    /// CAS of the claim.
    pub adjustments: Vec<Adjustments<'a>>,
    /// NM1: `QC` patient, `IL` subscriber, `74` corrected subscriber, `82` rendering, `TT` crossover,
    /// `PR` corrected priority payer, `GB` other subscriber.
    pub names: Vec<Name<'a>>,
    /// MIA, element by element, for institutional claims.
    pub inpatient_adjudication: Vec<Text<'a>>,
    /// MOA.
    pub outpatient_adjudication: Option<OutpatientAdjudication<'a>>,
    /// REF: `1L` group, `EA` record number, `F8` original claim …
    pub references: Vec<Reference<'a>>,
    /// DTM: `232`/`233` statement dates, `036` coverage expired, `050` received.
    pub dates: Vec<RemittanceDate<'a>>,
    /// PER: whom to call about this claim.
    pub contacts: Vec<Contact<'a>>,
    /// AMT.
    pub amounts: Vec<QualifiedAmount<'a>>,
    /// QTY.
    pub quantities: Vec<QualifiedQuantity<'a>>,
    /// Loops 2110.
    pub lines: Vec<LinePayment<'a>>,
}

impl<'a> ClaimPayment<'a> {
    /// The name in this role, if the payer gave one.
    pub fn name(&self, role: &str) -> Option<&Name<'a>> {
        self.names.iter().find(|name| name.role == role)
    }

    /// CLP02 = 22: the payer takes an earlier decision back.
    pub fn is_reversal(&self) -> bool {
        self.status_code == "22"
    }
}

/// Loop 2110: what the payment says of one service line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinePayment<'a> {
    /// Where the loop stands in the file.
    pub source: Source,
    /// SVC01: what was adjudicated.
    pub procedure: Procedure<'a>,
    /// SVC02.
    pub charge_amount: Amount,
    /// SVC03.
    pub paid_amount: Amount,
    /// SVC04.
    pub revenue_code: Text<'a>,
    /// SVC05: absent means one.
    pub paid_units: Text<'a>,
    /// SVC06: what was submitted, where the payer changed it.
    pub submitted_procedure: Option<Procedure<'a>>,
    /// SVC07.
    pub submitted_units: Text<'a>,
    /// DTM: `472` service, or `150` and `151`.
    pub dates: Vec<RemittanceDate<'a>>,
    /// CAS of the line.
    pub adjustments: Vec<Adjustments<'a>>,
    /// REF: `6R` our line control number, `1S`, `0K` policy …
    pub references: Vec<Reference<'a>>,
    /// AMT: `B6` allowed …
    pub amounts: Vec<QualifiedAmount<'a>>,
    /// QTY.
    pub quantities: Vec<QualifiedQuantity<'a>>,
    /// LQ: code list (`HE` for RARC, `RX` for pharmacy) and remark code.
    pub remarks: Vec<(Text<'a>, Text<'a>)>,
}

impl LinePayment<'_> {
    /// REF*6R: our own number of the line.
    pub fn line_control_number(&self) -> Option<&str> {
        super::party::reference(&self.references, "6R")
    }

    /// AMT*B6: what the contract permits, where the payer says.
    pub fn allowed_amount(&self) -> Option<Amount> {
        super::service::amount_of(&self.amounts, "B6")
    }
}

/// PLB: adjustments of one provider and fiscal period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderAdjustments<'a> {
    /// Where the segment stands in the file.
    pub source: Source,
    /// PLB01.
    pub provider_id: Text<'a>,
    /// PLB02: the last day of the provider's fiscal year.
    pub fiscal_period_end: Option<Date>,
    /// PLB03 to PLB14, in pairs.
    pub items: Vec<ProviderAdjustment<'a>>,
}

/// One pair of a PLB segment: a positive amount lowers the payment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderAdjustment<'a> {
    /// `WO` recovery, `FB` forwarding balance, `L6` interest …
    pub reason_code: Text<'a>,
    /// The payer's reference, often the claim it is about.
    pub reference: Text<'a>,
    /// How much the payment is lowered.
    pub amount: Amount,
}
