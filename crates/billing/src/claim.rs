//! A claim: a request to one payer for payment. Its body is frozen when it is made: what the 837 will say, with the
//! coverage version it was made from. Its status answers one question only: where is it?

pub mod acknowledgment;
pub mod correct;
pub mod create;
pub mod finding;
pub mod named_parties;
pub mod release;
pub mod status;
pub mod status_answer;
pub mod submission;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::charge::{Drug, Procedure, Units};
use crate::coordination_of_benefits::PriorPayer;
use crate::coverage::{CoverageRank, MedicareSecondaryType, Relationship, Subscriber};
use crate::encounter::Accident;
use crate::identifier::PatientControlNumber;
use crate::person::{Address, Contact, Gender, PersonName};
use crate::practice::BillingProvider;
use crate::provider::{Facility, ProviderOnClaim};
use crate::{ChargeId, ClaimId, CoverageId, EncounterId, Money, PatientId, PayerId, Phi, PracticeId};

pub use finding::{Finding, Hand, Severity};
pub use named_parties::NamedParties;
pub use release::CleanClaim;
pub use status::{ClaimEvent, ClaimStatus};

/// What the claim asks of the payer (CLM05-3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ClaimFrequency {
    /// 1: a first request.
    Original,
    /// 7: instead of one the payer has decided.
    Replacement,
    /// 8: take back one the payer has decided.
    Void,
}

impl ClaimFrequency {
    /// The value of CLM05-3.
    pub fn code(self) -> &'static str {
        match self {
            ClaimFrequency::Original => "1",
            ClaimFrequency::Replacement => "7",
            ClaimFrequency::Void => "8",
        }
    }

    /// Reads 1, 7 or 8.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "1" => Some(ClaimFrequency::Original),
            "7" => Some(ClaimFrequency::Replacement),
            "8" => Some(ClaimFrequency::Void),
            _ => None,
        }
    }
}

/// A claim as it is stored: keys, place and the frozen body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Key.
    pub id: ClaimId,
    /// Whose.
    pub practice_id: PracticeId,
    /// Who got care.
    pub patient_id: PatientId,
    /// The visit.
    pub encounter_id: EncounterId,
    /// Who is asked to pay.
    pub payer_id: PayerId,
    /// The enrollment it was made from.
    pub coverage_id: CoverageId,
    /// The version of that enrollment; shows drift when the coverage changed since.
    pub coverage_version: i32,
    /// Our number that comes back in CLP01.
    pub control_number: PatientControlNumber,
    /// From 1; a mended claim is a new version of the body.
    pub version: i32,
    /// Where it is.
    pub status: ClaimStatus,
    /// Last day the payer accepts it, from the payer's filing limit.
    pub filing_limit_on: Date,
    /// When somebody looks again while the payer has it.
    pub follow_up_on: Option<Date>,
    /// What the 837 says.
    pub body: ClaimBody,
}

/// Everything the 837 says of one claim, frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimBody {
    /// Who asks to be paid (2010AA).
    pub billing: BillingProvider,
    /// Where payment goes if elsewhere (2010AB).
    pub pay_to: Option<Address>,
    /// Who is asked to pay (2010BB).
    pub payer: PayerOnClaim,
    /// Which payer pays first (SBR01).
    pub rank: CoverageRank,
    /// Group number; empty when none (SBR03).
    pub group_number: String,
    /// Plan name; sent when there is no group number (SBR04).
    pub plan_name: String,
    /// Who holds the coverage (2010BA).
    pub subscriber: Subscriber,
    /// What the patient is to the subscriber.
    pub relationship: Relationship,
    /// The patient, where not the subscriber (2010CA).
    pub dependent: Option<DependentOnClaim>,
    /// First day of coverage and last, as pinned; for the scrub.
    pub coverage_effective_on: Date,
    /// Last covered day; open when none.
    pub coverage_ends_on: Option<Date>,
    /// Original, replacement or void (CLM05-3).
    pub frequency: ClaimFrequency,
    /// The payer's number of the claim that is replaced or voided (REF F8).
    pub payer_claim_control_number: Option<String>,
    /// Setting of the claim (CLM05-1).
    pub place_of_service: String,
    /// Provider's signature on file (CLM06).
    pub provider_signature_on_file: bool,
    /// Accepts the payer's decision as payment (CLM07: A assigned, B clinical laboratory only, C not assigned).
    pub assignment: String,
    /// Benefits go to the provider (CLM08: Y, N, W).
    pub benefits_assigned: String,
    /// Patient allowed release of information (CLM09: Y or I).
    pub release_of_information: String,
    /// An accident that caused it (CLM11, DTP 439).
    pub accident: Option<Accident>,
    /// First day of the illness (DTP 431).
    pub onset_on: Option<Date>,
    /// Permission number (REF G1).
    pub prior_authorization: Option<String>,
    /// Referral number (REF 9F).
    pub referral_number: Option<String>,
    /// Laboratory certificate (REF X4).
    pub clia_number: Option<String>,
    /// ICD-10-CM codes without dots, the principal first (HI).
    pub diagnoses: Vec<String>,
    /// Who did the service (2310B).
    pub rendering: Option<ProviderOnClaim>,
    /// Who sent the patient (2310A).
    pub referring: Option<ProviderOnClaim>,
    /// Who supervised (2310D).
    pub supervising: Option<ProviderOnClaim>,
    /// Who ordered (2420E, on each line).
    pub ordering: Option<ProviderOnClaim>,
    /// Where, when not at the billing address (2310C).
    pub facility: Option<Facility>,
    /// Free words for the payer (NTE ADD); empty when none.
    pub note: String,
    /// Why Medicare pays after another, where it is asked and does (SBR05).
    #[serde(default)]
    pub medicare_secondary: Option<MedicareSecondaryType>,
    /// The payer before this one passed it on, so it leaves in no file of ours.
    #[serde(default)]
    pub crossed_over: bool,
    /// What the payers before this one decided, in the order in which they pay (2320); none on a claim to the first.
    #[serde(default)]
    pub prior_payers: Vec<PriorPayer>,
    /// Services, in order.
    pub lines: Vec<ServiceLine>,
}

/// Who is asked to pay, frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayerOnClaim {
    /// Name.
    pub name: String,
    /// Electronic payer id.
    pub payer_identifier: String,
    /// Claim filing indicator (SBR09).
    pub filing_indicator: String,
    /// Where the file goes.
    pub route: String,
    /// Takes frequency 7 and 8.
    pub takes_replacements: bool,
    /// A referring provider is required.
    pub needs_referral: bool,
}

/// The patient, where not the subscriber (2010CA).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DependentOnClaim {
    /// Name.
    pub name: PersonName,
    /// Birth date.
    pub birth_date: Phi<Date>,
    /// Administrative gender.
    pub gender: Gender,
    /// Address.
    pub address: Address,
    /// Telephone and e-mail.
    #[serde(default)]
    pub contact: Contact,
}

/// One line of a claim (2400), from one charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceLine {
    /// From 1 (LX01).
    pub number: i32,
    /// The charge it asks payment for.
    pub charge_id: ChargeId,
    /// Our number of the line, comes back in the 835 (REF 6R).
    pub control_number: String,
    /// What was done (SV101).
    pub procedure: Procedure,
    /// Price of all units (SV102).
    pub charge_amount: Money,
    /// Quantity (SV104).
    pub units: Units,
    /// Setting, where it differs from the claim's (SV105).
    pub place_of_service: Option<String>,
    /// Which diagnoses it is for, from 1 (SV107).
    pub diagnosis_pointers: Vec<u8>,
    /// When (DTP 472).
    pub date_of_service: Date,
    /// The drug given (LIN, CTP).
    pub drug: Option<Drug>,
}

impl ClaimBody {
    /// Sum of the lines (CLM02).
    pub fn total_charge(&self) -> Money {
        self.lines.iter().map(|line| line.charge_amount).sum()
    }

    /// First date of service; none for a claim without lines.
    pub fn first_date_of_service(&self) -> Option<Date> {
        self.lines.iter().map(|line| line.date_of_service).min()
    }

    /// What this payer is asked for of a charge: the share that the payer before it left. None on a claim to the first
    /// payer, which is asked for the whole charge.
    pub fn asked_of(&self, charge: ChargeId) -> Option<Money> {
        self.prior_payers.last().map(|prior| prior.left_of(charge))
    }

    /// What this payer is asked for in all: the charge, or what the payer before it left.
    pub fn asked(&self) -> Money {
        self.prior_payers.last().map_or_else(|| self.total_charge(), PriorPayer::left_in_all)
    }

    /// Whom it names: answers to it name the same.
    pub fn parties(&self) -> NamedParties {
        NamedParties {
            payer_identifier: self.payer.payer_identifier.clone(),
            provider_npi: self.billing.npi.as_str().to_owned(),
        }
    }
}

/// Most lines of one professional claim (2400, 005010X222A1).
pub const MOST_LINES: usize = 50;
