//! Remittances as rows, and everything a remittance needs to know of our claims, asked for in few statements however
//! many claims it holds.

use billing::claim::ClaimStatus;
use billing::coverage::CoverageRank;
use billing::remittance::ClaimPayment;
use billing::remittance::classification::AdjustmentClass;
use billing::{ChargeId, ClaimId, ClaimPaymentId, EncounterId, InboundFileId, Money, PatientId, PayerId, RemittanceId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::value::Json;
use crate::{Conn, StoreError, params, record, statements};

record! {
    /// One payment.
    pub struct RemittanceRow in "remittance" {
        /// Key.
        pub id: RemittanceId,
        /// The file it came in.
        pub inbound_file_id: InboundFileId,
        /// The payer of ours; none when we know none by its number.
        pub payer_id: Option<PayerId>,
        /// Its name in the file.
        pub payer_name: String,
        /// TRN03.
        pub payer_trace_id: String,
        /// N104 of the payee.
        pub payee_npi: String,
        /// TRN02.
        pub trace: String,
        /// BPR04.
        pub method: String,
        /// BPR16.
        pub paid_on: Date,
        /// BPR02.
        pub amount_cents: Money,
        /// 'posted', 'quarantined', 'duplicate', 'waiting'.
        pub state: String,
        /// The failing equation, or why it waits.
        pub problem: Option<String>,
        /// By how much it fails.
        pub difference_cents: Money,
        /// What makes it this payment; at most one posted.
        pub payment_key: String,
        /// What it says, without its dress.
        pub content_sha256: [u8; 32],
        /// When it came.
        pub imported_at: Timestamp,
        /// When it was posted.
        pub posted_at: Option<Timestamp>,
        /// Claims in it.
        pub claim_count: i64,
        /// The set as it stands in the file.
        pub raw: Vec<u8>,
    }

    /// What it says of one claim.
    pub struct ClaimPaymentRow in "claim_payment" {
        /// Key.
        pub id: ClaimPaymentId,
        /// Its payment.
        pub remittance_id: RemittanceId,
        /// From 1.
        pub ordinal: i64,
        /// The claim of ours.
        pub claim_id: Option<ClaimId>,
        /// CLP01.
        pub control_number: String,
        /// CLP02.
        pub status_code: String,
        /// CLP03.
        pub charge_cents: Money,
        /// CLP04.
        pub paid_cents: Money,
        /// CLP05.
        pub patient_responsibility_cents: Money,
        /// CLP07.
        pub payer_claim_control_number: String,
        /// 'posted', 'set_aside', 'unmatched'.
        pub state: String,
        /// The failing equation, or why it matches nothing.
        pub problem: Option<String>,
        /// By how much it fails.
        pub difference_cents: Money,
        /// What was not paid and stays owed.
        pub denied_cents: Money,
        /// As it was read.
        pub body: Json<ClaimPayment>,
    }

    /// What it says of one charge.
    pub struct LinePaymentRow in "line_payment" {
        /// The claim payment.
        pub claim_payment_id: ClaimPaymentId,
        /// From 1.
        pub ordinal: i64,
        /// Our charge.
        pub charge_id: Option<ChargeId>,
        /// SVC01.
        pub procedure_code: String,
        /// SVC02.
        pub charge_cents: Money,
        /// SVC03.
        pub paid_cents: Money,
        /// How it found its charge.
        pub matched_by: String,
    }

    /// One adjustment with its meaning.
    pub struct LineAdjustmentRow in "line_adjustment" {
        /// The claim payment.
        pub claim_payment_id: ClaimPaymentId,
        /// The line, from 1; 0 for the claim as a whole.
        pub line_ordinal: i64,
        /// From 1.
        pub ordinal: i64,
        /// Our charge.
        pub charge_id: Option<ChargeId>,
        /// CAS01.
        pub adjustment_group: String,
        /// CAS02.
        pub reason: String,
        /// CAS03.
        pub amount_cents: Money,
        /// What it means.
        pub class: AdjustmentClass,
        /// Which row of the table said so, with its first day; empty where none was kept.
        pub ruled_by: String,
    }

    /// Money outside any claim.
    pub struct ProviderAdjustmentRow in "provider_adjustment" {
        /// Its payment.
        pub remittance_id: RemittanceId,
        /// From 1.
        pub ordinal: i64,
        /// PLB03-1.
        pub reason: String,
        /// PLB03-2.
        pub reference: String,
        /// PLB04; positive reduces the payment.
        pub amount_cents: Money,
    }

    /// A claim as a remittance needs it.
    pub struct ClaimFactsRow {
        /// Key.
        pub id: ClaimId,
        /// Our number.
        pub control_number: String,
        /// Who got care.
        pub patient_id: PatientId,
        /// The visit.
        pub encounter_id: EncounterId,
        /// Who was asked.
        pub payer_id: PayerId,
        /// Which payer in the order.
        pub rank: CoverageRank,
        /// Where it is.
        pub status: ClaimStatus,
        /// When somebody looks again.
        pub follow_up_on: Option<Date>,
        /// The payer's number.
        pub payer_claim_control_number: Option<String>,
        /// First day of service.
        pub date_of_service: Date,
        /// The patient's family name, as searched.
        pub last_name_key: String,
    }

    /// A line of a claim as a remittance needs it.
    pub struct LineFactsRow {
        /// The claim.
        pub claim_id: ClaimId,
        /// From 1.
        pub line_number: i64,
        /// The charge.
        pub charge_id: ChargeId,
        /// Our number of the line.
        pub line_control_number: String,
        /// What was done.
        pub procedure_code: String,
        /// What it costs.
        pub amount_cents: Money,
    }

    /// A coverage that pays after the first.
    pub struct LaterCoverageRow {
        /// Who is covered.
        pub patient_id: PatientId,
        /// Who pays.
        pub payer_id: PayerId,
        /// Which in the order.
        pub rank: CoverageRank,
        /// First covered day.
        pub effective_on: Date,
        /// Last covered day.
        pub ends_on: Option<Date>,
    }

    /// A payment of a stored file, to judge it again.
    pub struct KeptPayment {
        /// Key.
        pub id: RemittanceId,
        /// 'posted', 'quarantined', 'duplicate', 'waiting'.
        pub state: String,
        /// What stands against it.
        pub problem: Option<String>,
        /// What makes it this payment.
        pub payment_key: String,
        /// The set as it stands in the file.
        pub raw: Vec<u8>,
    }

    /// What an earlier remittance said of a claim.
    pub struct PaymentOfClaim {
        /// The claim of ours.
        pub claim_id: ClaimId,
        /// Key; keys grow with time.
        pub id: ClaimPaymentId,
        /// Its payment.
        pub remittance_id: RemittanceId,
        /// Its check or EFT number.
        pub trace: String,
        /// Day of the payment.
        pub paid_on: Date,
        /// Who sent it; none when we know none by its number.
        pub payer_id: Option<PayerId>,
        /// 'posted' or 'set_aside'.
        pub state: String,
        /// Why it was set aside.
        pub problem: Option<String>,
        /// As it was read.
        pub body: Json<ClaimPayment>,
    }

    /// A claim payment with what its payment says of itself.
    pub struct ClaimPaymentFacts {
        /// Key.
        pub id: ClaimPaymentId,
        /// Its payment.
        pub remittance_id: RemittanceId,
        /// Its check or EFT number.
        pub trace: String,
        /// Day of the payment.
        pub paid_on: Date,
        /// Who sent it; none when we know none by its number.
        pub payer_id: Option<PayerId>,
        /// Its name in the file.
        pub payer_name: String,
        /// The claim of ours.
        pub claim_id: Option<ClaimId>,
        /// 'posted', 'set_aside', 'unmatched'.
        pub state: String,
        /// Why it waits, or what a person said who gave it its place.
        pub problem: Option<String>,
        /// By how much its equation fails.
        pub difference_cents: Money,
        /// As it was read.
        pub body: Json<ClaimPayment>,
    }

    /// An earlier payment of the same check or transfer number.
    pub struct EarlierPayment {
        /// Key.
        pub id: RemittanceId,
        /// TRN03.
        pub payer_trace_id: String,
        /// Payee.
        pub payee_npi: String,
        /// What makes it this payment.
        pub payment_key: String,
        /// What it says.
        pub content_sha256: [u8; 32],
        /// 'posted' or 'waiting'.
        pub state: String,
    }
}

statements! {
    /// Claims of these numbers whose service is after a day, with its day.
    pub const SERVED_AFTER: (String, Date) = "SELECT control_number, date_of_service FROM claim \
        WHERE practice_id = $1 AND date_of_service > $2 AND control_number IN ({keys})";
    /// Claims by our number.
    pub const CLAIM_FACTS_BY_NUMBER: ClaimFactsRow = "SELECT c.id, c.control_number, c.patient_id, c.encounter_id, \
        c.payer_id, v.rank, c.status, c.follow_up_on, c.payer_claim_control_number, c.date_of_service, \
        t.last_name_key FROM claim c \
        JOIN coverage v ON v.practice_id = c.practice_id AND v.id = c.coverage_id AND v.version = c.coverage_version \
        JOIN patient t ON t.practice_id = c.practice_id AND t.id = c.patient_id \
        WHERE c.practice_id = $1 AND c.control_number IN ({keys})";
    /// Claims by key.
    pub const CLAIM_FACTS_BY_ID: ClaimFactsRow = "SELECT c.id, c.control_number, c.patient_id, c.encounter_id, \
        c.payer_id, v.rank, c.status, c.follow_up_on, c.payer_claim_control_number, c.date_of_service, \
        t.last_name_key FROM claim c \
        JOIN coverage v ON v.practice_id = c.practice_id AND v.id = c.coverage_id AND v.version = c.coverage_version \
        JOIN patient t ON t.practice_id = c.practice_id AND t.id = c.patient_id \
        WHERE c.practice_id = $1 AND c.id IN ({keys})";
    /// The claims that lines of ours stand on.
    pub const CLAIMS_OF_LINE_NUMBERS: (ClaimId,) = "SELECT claim_id FROM claim_line \
        WHERE practice_id = $1 AND line_control_number IN ({keys})";
    /// The lines of claims.
    pub const LINE_FACTS: LineFactsRow = "SELECT claim_id, line_number, charge_id, line_control_number, \
        procedure_code, amount_cents FROM claim_line WHERE practice_id = $1 AND claim_id IN ({keys})";
    /// Coverages that pay after the first, of patients.
    pub const LATER_COVERAGES: LaterCoverageRow = "SELECT patient_id, payer_id, rank, effective_on, ends_on \
        FROM coverage WHERE practice_id = $1 AND is_latest = TRUE AND rank <> 'P' AND patient_id IN ({keys})";
    /// Payments of a check or transfer number that are posted or wait to be.
    pub const KNOWN_WITH_TRACE: EarlierPayment = "SELECT id, payer_trace_id, payee_npi, payment_key, content_sha256, \
        state FROM remittance WHERE practice_id = $1 AND trace = $2 AND state IN ('posted', 'waiting')";
    /// Quarantined payments of a check or transfer number: payee, and what makes each that payment.
    pub const QUARANTINED_WITH_TRACE: (String, String) = "SELECT payee_npi, payment_key FROM remittance \
        WHERE practice_id = $1 AND trace = $2 AND payer_trace_id = $3 AND state = 'quarantined'";
    /// Why claims of a posted payment wait, in their order.
    pub const CLAIMS_THAT_WAIT: (String, Money) = "SELECT problem, difference_cents FROM claim_payment \
        WHERE practice_id = $1 AND remittance_id = $2 AND state IN ('set_aside', 'unmatched') AND problem IS NOT NULL \
        ORDER BY ordinal";
    /// The payments of a file, in its order.
    pub const PAYMENTS_OF_FILE: KeptPayment = "SELECT id, state, problem, payment_key, raw FROM remittance \
        WHERE practice_id = $1 AND inbound_file_id = $2 ORDER BY id";
    /// What became of a payment in quarantine that was judged again; one that left it is not touched.
    pub const SETTLE_QUARANTINED: () = "UPDATE remittance SET state = $3, problem = $4, difference_cents = $5, \
        payer_id = $6, posted_at = $7 WHERE practice_id = $1 AND id = $2 AND state = 'quarantined'";
    /// A payment is not posted by itself: it waits, and says why.
    pub const HOLD_REMITTANCE: () = "UPDATE remittance SET state = 'waiting', problem = $3, posted_at = NULL \
        WHERE practice_id = $1 AND id = $2 AND state = 'posted'";
    /// What became of a payment that waited; one that left the place is not touched.
    pub const SETTLE_WAITING: () = "UPDATE remittance SET state = $3, problem = $4, difference_cents = $5, \
        payer_id = $6, posted_at = $7 WHERE practice_id = $1 AND id = $2 AND state = 'waiting'";
    /// Payments that wait to be posted, the oldest first.
    pub const WAITING_REMITTANCES: (RemittanceId,) = "SELECT id FROM remittance \
        WHERE practice_id = $1 AND state = 'waiting' ORDER BY imported_at, id";
    /// The open work about a payment: reason, sentence, amount.
    pub const OPEN_WORK_OF_REMITTANCE: (String, String, Money) = "SELECT reason, summary, stake_cents FROM work_item \
        WHERE practice_id = $1 AND remittance_id = $2 AND remittance_id IS NOT NULL AND state <> 'resolved' \
        ORDER BY reason, subject_key";
    /// The charges that postings name, with their procedure.
    pub const CHARGES_NAMED: (ChargeId, String) = "SELECT id, procedure_code FROM charge \
        WHERE practice_id = $1 AND id IN ({keys})";
    /// What was posted or set aside for claims before, in no order; keys grow with time.
    pub const PAYMENTS_OF_CLAIMS: PaymentOfClaim = "SELECT p.claim_id, p.id, p.remittance_id, r.trace, r.paid_on, r.payer_id, \
        p.state, p.problem, p.body FROM claim_payment p \
        JOIN remittance r ON r.practice_id = p.practice_id AND r.id = p.remittance_id \
        WHERE p.practice_id = $1 AND p.state IN ('posted', 'set_aside') AND p.claim_id IN ({keys})";
    /// What adjustments of payments meant when they were posted: payment, line, place and class, in no order.
    pub const CLASSES_OF_PAYMENTS: (ClaimPaymentId, i64, i64, AdjustmentClass) = "SELECT claim_payment_id, line_ordinal, \
        ordinal, class FROM line_adjustment WHERE practice_id = $1 AND claim_payment_id IN ({keys})";
    /// What decisions on a visit left that the patient is never asked for, by charge (none for a claim as a whole), net of
    /// what was taken back.
    pub const NEVER_THE_PATIENTS: (Option<ChargeId>, Money) = "SELECT a.charge_id, CAST(SUM(a.amount_cents) AS BIGINT) \
        FROM claim k JOIN claim_payment p ON p.practice_id = k.practice_id AND p.claim_id = k.id AND p.state = 'posted' \
        JOIN line_adjustment a ON a.practice_id = p.practice_id AND a.claim_payment_id = p.id AND a.class = 'never_patient' \
        WHERE k.practice_id = $1 AND k.encounter_id = $2 GROUP BY a.charge_id";
    /// What was set aside found its place after all.
    pub const PLACE_PAYMENT: () = "UPDATE claim_payment SET state = 'posted', problem = $5, difference_cents = 0, \
        denied_cents = $3, claim_id = $4 WHERE practice_id = $1 AND id = $2 AND state IN ('set_aside', 'unmatched')";
    /// A claim payment with its payment.
    pub const CLAIM_PAYMENT: ClaimPaymentFacts = "SELECT p.id, p.remittance_id, r.trace, r.paid_on, r.payer_id, r.payer_name, \
        p.claim_id, p.state, p.problem, p.difference_cents, p.body FROM claim_payment p \
        JOIN remittance r ON r.practice_id = p.practice_id AND r.id = p.remittance_id \
        WHERE p.practice_id = $1 AND p.id = $2";
    /// Claim payments with their payments, by key.
    pub const CLAIM_PAYMENTS: ClaimPaymentFacts = "SELECT p.id, p.remittance_id, r.trace, r.paid_on, r.payer_id, r.payer_name, \
        p.claim_id, p.state, p.problem, p.difference_cents, p.body FROM claim_payment p \
        JOIN remittance r ON r.practice_id = p.practice_id AND r.id = p.remittance_id \
        WHERE p.practice_id = $1 AND p.id IN ({keys})";
    /// The last place of a claim in a payment.
    pub const LAST_ORDINAL: (i64,) =
        "SELECT COALESCE(MAX(ordinal), 0) FROM claim_payment WHERE practice_id = $1 AND remittance_id = $2";
    /// What was set aside waits for something else now.
    pub const RESTATE_PAYMENT: () =
        "UPDATE claim_payment SET problem = $3 WHERE practice_id = $1 AND id = $2 AND state = 'set_aside'";
    /// Settles claims that a remittance decided.
    pub const SETTLE_CLAIMS: () = "UPDATE claim SET status = $2, follow_up_on = $3, \
        adjudicated_on = COALESCE(adjudicated_on, $4) WHERE practice_id = $1 AND id IN ({keys})";
    /// The number of each claim's last event.
    pub const LAST_EVENTS: (ClaimId, i64) = "SELECT claim_id, MAX(sequence) FROM claim_event \
        WHERE practice_id = $1 AND claim_id IN ({keys}) GROUP BY claim_id";
    /// Appeal days and the rest of a payer's habits.
    pub const PAYERS_BY_ID: (PayerId, Json<billing::payer::Payer>) =
        "SELECT id, body FROM payer WHERE practice_id = $1 AND id IN ({keys})";
    /// The payment as it was stored.
    pub const REMITTANCE: RemittanceRow = "SELECT id, inbound_file_id, payer_id, payer_name, payer_trace_id, payee_npi, \
        trace, method, paid_on, amount_cents, state, problem, difference_cents, payment_key, content_sha256, \
        imported_at, posted_at, claim_count, raw FROM remittance WHERE practice_id = $1 AND id = $2";
}

crate::col_texts!(AdjustmentClass: |class| class.as_str(), |text| AdjustmentClass::parse(text););

/// The claims of our numbers, then those that the given line numbers stand on, each once, with their lines in order.
/// `line_numbers` is asked which lines are still without a claim once the numbers are known.
pub fn claims_named(
    conn: &Conn,
    control_numbers: &[String],
    line_numbers: impl FnOnce(&[ClaimFactsRow]) -> Vec<String>,
) -> Result<(Vec<ClaimFactsRow>, Vec<LineFactsRow>), StoreError> {
    let mut claims = conn.query_in(&CLAIM_FACTS_BY_NUMBER, params![], control_numbers)?;
    let by_line = conn.query_in(&CLAIMS_OF_LINE_NUMBERS, params![], &line_numbers(&claims))?;
    let mut missing: Vec<ClaimId> = by_line.into_iter().map(|(id,)| id).collect();
    missing.sort_unstable();
    missing.dedup();
    claims.extend(conn.query_in(&CLAIM_FACTS_BY_ID, params![], &missing)?);
    claims.sort_by_key(|claim| claim.id);
    claims.dedup_by_key(|claim| claim.id);
    let ids: Vec<ClaimId> = claims.iter().map(|claim| claim.id).collect();
    let mut lines = conn.query_in(&LINE_FACTS, params![], &ids)?;
    lines.sort_by_key(|line| (line.claim_id, line.line_number));
    Ok((claims, lines))
}
