//! How a payer behaves, as data: one small TOML file each in `payers/`. Fees, benefits, delays, what it refuses and how often.
//! Never code: a payer with new habits is a new file.

use serde::{Deserialize, Serialize};

/// Everything that distinguishes one invented payer from another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayerBehaviour {
    /// The payer id of NM109 in loop 2010BB and of the 835's loop 1000A.
    pub id: String,
    /// The payer's name as it stands on its messages.
    pub name: String,
    /// The plan's name in a 271.
    pub plan_name: String,
    /// Claim filing indicator of CLP06, such as `12`, `HM`, `16` or `MC`.
    pub claim_filing: String,
    /// Member ids are this prefix and `member_id_digits` digits; any other form is rejected before adjudication.
    pub member_id_prefix: String,
    /// How many digits follow the prefix.
    pub member_id_digits: usize,
    /// Ten digits, the payer's id in TRN03 and BPR10 (by custom 1 and a tax id).
    pub originator_id: String,
    /// Where the payer lives.
    pub address: PayerAddress,
    /// Days between the steps.
    pub timing: Timing,
    /// What the member pays.
    pub benefits: Benefits,
    /// What the payer allows.
    pub fees: Fees,
    /// Refusals of a claim or line after adjudication, tried in order; the first that applies decides.
    #[serde(default)]
    pub denial: Vec<DenialHabit>,
    /// Lines that are paid as part of another.
    #[serde(default)]
    pub bundle: Vec<BundleHabit>,
    /// Refusals before adjudication, in the 277CA.
    #[serde(default)]
    pub rejection: Vec<RejectionHabit>,
    /// Second thoughts about paid claims.
    pub reversal: Option<ReversalHabit>,
    /// Claims that wait longer, and what lateness costs the payer.
    pub pend: Option<PendHabit>,
    /// Small failings of real payers.
    #[serde(default)]
    pub quirks: Quirks,
}

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayerAddress {
    /// Street or box.
    pub street: String,
    /// City.
    pub city: String,
    /// Two-letter state.
    pub state: String,
    /// ZIP code, 5 or 9 digits.
    pub zip: String,
}

/// Delays and limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timing {
    /// Days from receipt to the payer's 277CA.
    pub claim_report_days: i64,
    /// Days from receipt to the decision.
    pub adjudication_days: i64,
    /// The weekday on which the payer pays what it decided: `monday` to `sunday`.
    pub payment_weekday: Weekday,
    /// Days from the first date of service within which a first claim must arrive.
    pub filing_limit_days: i64,
}

/// A weekday, spelled as a payer's file spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weekday {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

impl Weekday {
    /// The same day as the calendar library names it.
    pub fn civil(self) -> jiff::civil::Weekday {
        match self {
            Self::Monday => jiff::civil::Weekday::Monday,
            Self::Tuesday => jiff::civil::Weekday::Tuesday,
            Self::Wednesday => jiff::civil::Weekday::Wednesday,
            Self::Thursday => jiff::civil::Weekday::Thursday,
            Self::Friday => jiff::civil::Weekday::Friday,
            Self::Saturday => jiff::civil::Weekday::Saturday,
            Self::Sunday => jiff::civil::Weekday::Sunday,
        }
    }
}

/// What the member pays of an allowed amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Benefits {
    /// Per member and calendar year.
    pub deductible_cents: i64,
    /// The member's part of what is left after copay and deductible.
    pub coinsurance_bp: u32,
    /// Copays by kind of visit; a line with a copay owes neither deductible nor coinsurance.
    #[serde(default)]
    pub copay: Vec<Copay>,
    /// Procedures paid in full, such as preventive care.
    #[serde(default)]
    pub free_procedures: Vec<String>,
    /// Held back from each payment by law (CARC 253), in basis points.
    #[serde(default)]
    pub sequestration_bp: u32,
}

/// One copay: taken once a claim, on the first line with one of the procedures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Copay {
    /// The kind of visit, in our own words.
    pub visit: String,
    /// Service type code of the 271's EB03, such as `98`.
    pub service_type: String,
    /// Procedure codes that are visits of this kind.
    pub procedures: Vec<String>,
    /// The copay.
    pub cents: i64,
}

/// What the payer allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fees {
    /// For a procedure without a fee of its own: this share of the charge.
    pub share_of_charge_bp: u32,
    /// Allowed cents a unit, by procedure code.
    #[serde(default)]
    pub procedures: std::collections::BTreeMap<String, i64>,
}

/// When a denial applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DenialTrigger {
    /// By the dice alone.
    Chance,
    /// The claim names no prior authorization (REF G1).
    NoPriorAuthorization,
    /// The claim came after the filing limit.
    LateFiling,
    /// The same patient, date, procedure, modifiers and charge was adjudicated before.
    Duplicate,
    /// The member's coverage was not in force on the date of service.
    CoverageNotInForce,
    /// The payer knows of another payer that should go first, and the claim shows no payment by it.
    OtherPayerFirst,
}

/// Whether a denial takes the whole claim or only a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DenialScope {
    /// Every line.
    Claim,
    /// The one line that matches.
    Line,
}

/// One reason to refuse payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DenialHabit {
    /// When it applies.
    pub when: DenialTrigger,
    /// How often, once it applies.
    #[serde(default = "certain")]
    pub chance_bp: u32,
    /// Only these procedures; empty means all.
    #[serde(default)]
    pub procedures: Vec<String>,
    /// The whole claim or a line.
    pub scope: DenialScope,
    /// CAS group: CO, PR, OA or PI.
    pub group: String,
    /// Claim adjustment reason code.
    pub carc: String,
    /// Remark codes that come with it.
    #[serde(default)]
    pub rarc: Vec<String>,
}

/// A procedure that is part of another on the same day (CARC 97).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundleHabit {
    /// The procedure that gets nothing.
    pub procedure: String,
    /// The procedures it is part of.
    pub into: Vec<String>,
    /// Modifiers that keep it apart.
    #[serde(default)]
    pub unless_modifier: Vec<String>,
    /// How often the payer notices.
    #[serde(default = "certain")]
    pub chance_bp: u32,
    /// Remark codes that come with it.
    #[serde(default)]
    pub rarc: Vec<String>,
}

/// When a claim is rejected before adjudication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RejectionTrigger {
    /// By the dice alone; a second try throws anew.
    Chance,
    /// The member id does not have the payer's form, or the roster knows nobody by it.
    MemberId,
    /// The roster knows another date of birth.
    BirthDate,
    /// The roster knows another last name.
    LastName,
    /// A replacement or void whose original the payer does not know.
    OriginalUnknown,
    /// A billing provider's ZIP code without its last four digits.
    BillingZip,
    /// A diagnosis that is not listed, or too short to be billed, on the first date of service.
    Diagnosis,
}

/// One reason to reject, with its STC codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RejectionHabit {
    /// When it applies.
    pub when: RejectionTrigger,
    /// How often, once it applies.
    #[serde(default = "certain")]
    pub chance_bp: u32,
    /// STC01-1, such as `A3` or `A7`.
    pub category: String,
    /// STC01-2, the claim status code.
    pub status: String,
    /// STC01-3, the entity the status speaks of.
    #[serde(default)]
    pub entity: String,
}

/// A paid claim that the payer later takes back and decides again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReversalHabit {
    /// How many paid claims of 10,000.
    pub chance_bp: u32,
    /// Days after the first decision.
    pub after_days: i64,
    /// The new allowed amount as a share of the old one.
    pub new_allowed_bp: u32,
    /// When the money is taken back.
    pub takes_back: TakesBack,
}

/// When reversed money leaves the provider's hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TakesBack {
    /// Netted from the payment that reports the reversal.
    AtOnce,
    /// Shown as owed (PLB WO, negative) and taken from the next payment (PLB WO, positive).
    NextPayment,
}

/// Claims that wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PendHabit {
    /// How many claims of 10,000.
    pub chance_bp: u32,
    /// How many days longer.
    pub extra_days: i64,
    /// Interest is owed after this many days from receipt.
    pub interest_after_days: i64,
    /// Yearly rate of that interest.
    pub interest_bp: u32,
}

/// Small failings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Quirks {
    /// Claims of 10,000 that vanish after the 999: no 277CA, no payment, "not found" to a 276.
    pub loses_claim_bp: u32,
    /// Remittance files of 10,000 that are sent a second time, byte for byte.
    pub repeats_remittance_bp: u32,
    /// Payments of 10,000 that hold a claim of somebody else's practice.
    pub misdirects_claim_bp: u32,
    /// Says CLP02 = 4 for every claim denied in full, where the guide keeps 4 for patients it does not know.
    pub status_four_for_denials: bool,
    /// The clearinghouse sends a 277CA of its own (A1 or A0) before the payer's.
    pub clearinghouse_report: bool,
    /// Does not send line control numbers (REF 6R) back.
    pub drops_line_control_number: bool,
}

fn certain() -> u32 {
    crate::chance::CERTAIN_BP
}

impl PayerBehaviour {
    /// Reads one payer's file. The error says which key is wrong and where.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// Whether a member id has this payer's form.
    pub fn is_member_id(&self, id: &str) -> bool {
        id.strip_prefix(&self.member_id_prefix)
            .is_some_and(|digits| digits.len() == self.member_id_digits && digits.bytes().all(|b| b.is_ascii_digit()))
    }

    /// What the payer allows for one line: its fee times the units, or its share of the charge; never more than the charge.
    pub fn allowed_cents(&self, procedure: &str, units: i64, charge_cents: i64) -> i64 {
        match self.fees.procedures.get(procedure) {
            Some(fee) => fee.saturating_mul(units.max(1)).min(charge_cents),
            None => crate::cents::share(charge_cents, self.fees.share_of_charge_bp).min(charge_cents),
        }
    }

    /// The copay of a procedure, if it is a visit with one.
    pub fn copay_of(&self, procedure: &str) -> Option<&Copay> {
        self.benefits.copay.iter().find(|copay| copay.procedures.iter().any(|p| p == procedure))
    }
}

/// The five invented payers that come with the simulator, in the order of their ids.
pub fn builtin_payers() -> Vec<PayerBehaviour> {
    BUILTIN.iter().filter_map(|text| PayerBehaviour::parse(text).ok()).collect()
}

const BUILTIN: [&str; 5] = [
    include_str!("../payers/bellwether_health.toml"),
    include_str!("../payers/harborlight_health.toml"),
    include_str!("../payers/northfield_mutual.toml"),
    include_str!("../payers/state_medicaid.toml"),
    include_str!("../payers/tamarack_advantage.toml"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_payer_can_be_read_and_is_itself() {
        let mut ids = Vec::new();
        for text in BUILTIN {
            let payer = PayerBehaviour::parse(text).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(payer.originator_id.len(), 10, "{}", payer.name);
            for habit in &payer.denial {
                assert!(["CO", "PR", "OA", "PI"].contains(&habit.group.as_str()), "{}: {}", payer.name, habit.carc);
            }
            ids.push(payer.id);
        }
        let mut sorted = ids.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(ids, sorted, "in order and no id twice");
        assert_eq!(builtin_payers().len(), BUILTIN.len());
    }

    #[test]
    fn a_misspelled_key_is_named() {
        let error = PayerBehaviour::parse("id = \"X\"\nnmae = \"Y\"").unwrap_err().to_string();
        assert!(error.contains("nmae"), "{error}");
    }
}
