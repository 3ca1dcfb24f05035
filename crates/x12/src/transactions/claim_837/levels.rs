//! The levels above a claim, which the three claims share: who bills, for whom, and to whom.

use crate::transactions::party::{Contact, Name, Party, Specialty};
use crate::transactions::text::Text;

/// One 837 transaction set with claims of kind `C`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimFile<'a, C> {
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
pub struct ClaimInContext<'m, 'a, C> {
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
pub struct BillingProvider<'a, C> {
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
pub struct Subscriber<'a, C> {
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
pub struct Dependent<'a, C> {
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
