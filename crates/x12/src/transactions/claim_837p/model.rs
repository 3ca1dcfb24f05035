//! The shape of an 837P: who bills, for whom, to whom, and the claim itself. The levels above the claim are also those
//! of the institutional and the dental claim, which put a claim of their own into them.

use super::{OtherPayer, ServiceLine};
use crate::Amount;
use crate::transactions::fields::{Out, Reader, Source, Text};
use crate::transactions::party::{Contact, Name, Party, Specialty, reference};
use crate::transactions::service::{Adjustments, DatePeriod, QualifiedAmount, When, date_of};

/// One 837P transaction set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimFile<'a, C = Claim<'a>> {
    /// ST02.
    pub control_number: Text<'a>,
    /// ST03: the guide.
    pub implementation: Text<'a>,
    /// BHT02: `00` original, `18` reissue.
    pub purpose: Text<'a>,
    /// BHT03: the submitter's number of this sending.
    pub reference: Text<'a>,
    /// BHT04.
    pub created_on: Option<jiff::civil::Date>,
    /// BHT05, HHMM.
    pub created_at: Text<'a>,
    /// BHT06: `CH` chargeable, `RP` reporting, `31` subrogation.
    pub kind: Text<'a>,
    /// Loop 1000A: NM1*41.
    pub submitter: Name<'a>,
    /// Loop 1000A: PER.
    pub submitter_contacts: Vec<Contact<'a>>,
    /// Loop 1000B: NM1*40.
    pub receiver: Name<'a>,
    /// Loops 2000A.
    pub billing_providers: Vec<BillingProvider<'a, C>>,
}

impl<'a, C> ClaimFile<'a, C> {
    /// Every claim with its billing provider, subscriber and dependent, in the order of the file.
    pub fn claims(&self) -> impl Iterator<Item = ClaimInContext<'_, 'a, C>> {
        self.billing_providers.iter().flat_map(|billing_provider| {
            billing_provider.subscribers.iter().flat_map(move |subscriber| {
                let own = subscriber.claims.iter().map(move |claim| (None, claim));
                let of_dependents = subscriber
                    .dependents
                    .iter()
                    .flat_map(|dependent| dependent.claims.iter().map(move |claim| (Some(dependent), claim)));
                own.chain(of_dependents).map(move |(dependent, claim)| ClaimInContext {
                    billing_provider,
                    subscriber,
                    dependent,
                    claim,
                })
            })
        })
    }
}

/// A claim together with everything above it in the hierarchy.
#[derive(Clone, Copy, Debug)]
pub struct ClaimInContext<'m, 'a, C = Claim<'a>> {
    /// Loop 2000A.
    pub billing_provider: &'m BillingProvider<'a, C>,
    /// Loop 2000B.
    pub subscriber: &'m Subscriber<'a, C>,
    /// Loop 2000C, where the patient is not the subscriber.
    pub dependent: Option<&'m Dependent<'a, C>>,
    /// Loop 2300.
    pub claim: &'m C,
}

impl<'m, 'a, C> ClaimInContext<'m, 'a, C> {
    /// The person who got care: the dependent, or else the subscriber.
    pub fn patient(&self) -> &'m Party<'a> {
        self.dependent.map_or(&self.subscriber.person, |dependent| &dependent.person)
    }

    /// Loop 2010BB.
    pub fn payer(&self) -> &'m Party<'a> {
        &self.subscriber.payer
    }
}

/// Loop 2000A with 2010AA, 2010AB and 2010AC.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BillingProvider<'a, C = Claim<'a>> {
    /// PRV*BI of the loop.
    pub specialty: Option<Specialty<'a>>,
    /// CUR02, where not US dollars.
    pub currency: Text<'a>,
    /// Loop 2010AA: NM1*85, N3, N4, REF*EI or SY, PER.
    pub party: Party<'a>,
    /// Loop 2010AB: NM1*87 with an address only.
    pub pay_to: Option<Party<'a>>,
    /// Loop 2010AC: NM1*PE.
    pub pay_to_plan: Option<Party<'a>>,
    /// Loops 2000B.
    pub subscribers: Vec<Subscriber<'a, C>>,
}

/// Loop 2000B with 2010BA and 2010BB.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subscriber<'a, C = Claim<'a>> {
    /// SBR.
    pub information: SubscriberInformation<'a>,
    /// PAT, where the subscriber is the patient and there is something to say.
    pub patient_information: Option<PatientInformation<'a>>,
    /// Loop 2010BA: NM1*IL …
    pub person: Party<'a>,
    /// Loop 2010BB: NM1*PR …
    pub payer: Party<'a>,
    /// Claims whose patient is the subscriber.
    pub claims: Vec<C>,
    /// Loops 2000C.
    pub dependents: Vec<Dependent<'a, C>>,
}

/// Loop 2000C with 2010CA.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dependent<'a, C = Claim<'a>> {
    /// PAT.
    pub information: PatientInformation<'a>,
    /// Loop 2010CA: NM1*QC …
    pub person: Party<'a>,
    /// Claims of this patient.
    pub claims: Vec<C>,
}

/// SBR: what the coverage is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubscriberInformation<'a> {
    /// SBR01: `P`, `S`, `T` …
    pub rank: Text<'a>,
    /// SBR02: `18` where the patient is the subscriber; in loop 2320 the relationship.
    pub relationship: Text<'a>,
    /// SBR03.
    pub group_number: Text<'a>,
    /// SBR04.
    pub group_name: Text<'a>,
    /// SBR05: why Medicare is not first.
    pub insurance_type: Text<'a>,
    /// SBR09: claim filing indicator.
    pub filing_indicator: Text<'a>,
}

/// PAT: the patient's relation to the subscriber and what else only a patient has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PatientInformation<'a> {
    /// PAT01: `01` spouse, `19` child, `G8` other …
    pub relationship: Text<'a>,
    /// PAT04, dental claims only: `F` full-time student, `P` part-time, `N` none.
    pub student_status: Text<'a>,
    /// PAT06, with format D8 in PAT05.
    pub died_on: Option<jiff::civil::Date>,
    /// PAT08: weight in pounds, with `01` in PAT07.
    pub weight_pounds: Text<'a>,
    /// PAT09: `Y` pregnant.
    pub pregnant: Text<'a>,
}

/// NTE: a note to the payer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimNote<'a> {
    /// NTE01: `ADD`, `CER`, `DCP`, `DGN`, `TPO`.
    pub code: Text<'a>,
    /// NTE02: up to 80 characters.
    pub text: Text<'a>,
}

/// Loop 2300: one claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim<'a> {
    /// Where the loop stands in the file.
    pub source: Source,
    /// CLM01.
    pub patient_control_number: Text<'a>,
    /// CLM02.
    pub charge_amount: Amount,
    /// CLM05-1.
    pub place_of_service: Text<'a>,
    /// CLM05-2: `B`.
    pub place_of_service_qualifier: Text<'a>,
    /// CLM05-3: `1` original, `7` replacement, `8` void.
    pub frequency: Text<'a>,
    /// CLM06: provider's signature on file.
    pub provider_signature: Text<'a>,
    /// CLM07: `A` assigned, `B` lab only, `C` not assigned.
    pub assignment: Text<'a>,
    /// CLM08: benefits assigned to the provider.
    pub benefits_assigned: Text<'a>,
    /// CLM09: `Y` or `I`.
    pub release_of_information: Text<'a>,
    /// CLM10: `P` where the provider signed for the patient.
    pub patient_signature_source: Text<'a>,
    /// CLM11-1 to 3: `AA` auto, `EM` employment, `OA` other accident.
    pub related_causes: Vec<Text<'a>>,
    /// CLM11-4 and 5: state and country of an auto accident.
    pub accident_place: (Text<'a>, Text<'a>),
    /// CLM12.
    pub special_program: Text<'a>,
    /// CLM20.
    pub delay_reason: Text<'a>,
    /// DTP: `431` onset, `454` initial treatment, `304` last seen, `439` accident, `435` admission …
    pub dates: Vec<DatePeriod<'a>>,
    /// PWK: report type, transmission, control number (PWK06).
    pub attachments: Vec<(Text<'a>, Text<'a>, Text<'a>)>,
    /// AMT*F5 patient paid.
    pub amounts: Vec<QualifiedAmount<'a>>,
    /// REF: `G1` prior authorization, `9F` referral, `F8` payer's claim number, `X4` CLIA, `D9`, `EA` …
    pub references: Vec<crate::transactions::party::Reference<'a>>,
    /// NTE.
    pub notes: Vec<ClaimNote<'a>>,
    /// HI: (qualifier, code), the principal (`ABK`) first, at most twelve.
    pub diagnoses: Vec<(Text<'a>, Text<'a>)>,
    /// HI*BP anaesthesia related and HI*BG condition codes: (qualifier, code).
    pub other_codes: Vec<(Text<'a>, Text<'a>)>,
    /// Loops 2310: `DN` referring, `82` rendering, `77` facility, `DQ` supervising …
    pub providers: Vec<Party<'a>>,
    /// Loops 2320: the other payers.
    pub other_payers: Vec<OtherPayer<'a>>,
    /// Loops 2400.
    pub lines: Vec<ServiceLine<'a>>,
}

impl<'a> Claim<'a> {
    /// The party in this role, if the claim names one.
    pub fn provider(&self, role: &str) -> Option<&Party<'a>> {
        self.providers.iter().find(|provider| provider.name.role == role)
    }

    /// The number of this qualifier among the claim's references.
    pub fn reference(&self, qualifier: &str) -> Option<&str> {
        reference(&self.references, qualifier)
    }

    /// The date of this meaning.
    pub fn date(&self, qualifier: &str) -> Option<&When<'a>> {
        date_of(&self.dates, qualifier)
    }
}

/// A loop 2300 of one of the three claims, below the levels that they share.
pub(crate) trait ClaimLoop<'a>: Default {
    /// Reads from CLM to the segment that belongs to the claim no more.
    fn read(r: &mut Reader<'_, 'a>) -> Self;
    /// Writes the claim with its lines.
    fn write(&self, out: &mut Out<'_>);
}

/// CAS groups as a claim repeats them from an earlier payer.
pub(super) type PriorAdjustments<'a> = Vec<Adjustments<'a>>;
