//! The clocks of what is no claim: credits, returned payments, held statements, and items whose
//! reason has a clock. As the claims' own: what they
//! want is compared with what runs.

use std::collections::{BTreeMap, BTreeSet};

use billing::clock::{ClockKind, ClockState};
use billing::credit::{CreditState, end_by};
use billing::patient::Patient;
use billing::returned_payment::ReturnState;
use billing::work::{WorkReason, WorkState};
use billing::{ClaimId, CreditId, EncounterId, InquiryId, Money, PatientId, PayerId, PaymentReturnId, WorkItemId};
use jiff::civil::Date;
use uuid::Uuid;

use super::{About, Beside, Ends, Start, start_all};
use crate::clock::{ClockRow, GRANTED, MOVE_CLOCK, RUNNING_CLOCKS_OF};
use crate::value::Json;
use crate::{Conn, StoreError, params, record, statements};

record! {
    /// A credit, for its clocks.
    pub struct FollowedCredit {
        /// Key.
        pub id: CreditId,
        /// On whose account.
        pub patient_id: PatientId,
        /// The patient, for the state they live in.
        pub patient: Json<Patient>,
        /// Of which visit.
        pub encounter_id: Option<EncounterId>,
        /// Whose it is; none where it is the patient's.
        pub payer_id: Option<PayerId>,
        /// What stands there.
        pub amount_cents: Money,
        /// The last day on which it moved before it was found.
        pub since_on: Date,
        /// The day on which we knew.
        pub found_on: Date,
        /// Where it is.
        pub state: CreditState,
        /// By when it must be back.
        pub return_by: Option<Date>,
    }

    /// A work item, for the clock that usually runs with its reason.
    pub struct FollowedItem {
        /// Key.
        pub id: WorkItemId,
        /// Why.
        pub reason: WorkReason,
        /// Where it stands.
        pub state: WorkState,
        /// When it was opened.
        pub opened_on: Date,
        /// A legal or contract date.
        pub deadline_on: Option<Date>,
        /// Whose account.
        pub patient_id: Option<PatientId>,
        /// Which claim.
        pub claim_id: Option<ClaimId>,
        /// Which payer.
        pub payer_id: Option<PayerId>,
        /// Which question.
        pub inquiry_id: Option<InquiryId>,
        /// Cents that depend on it.
        pub stake_cents: Money,
    }

    /// A payment that came back, for its clock.
    pub struct FollowedReturn {
        /// Key.
        pub id: PaymentReturnId,
        /// Whose it was.
        pub patient_id: PatientId,
        /// Where it is.
        pub state: ReturnState,
        /// How much.
        pub amount_cents: Money,
        /// When the money left.
        pub returned_on: Date,
        /// By when a dispute must be answered.
        pub respond_by: Option<Date>,
    }
}

statements! {
    /// Credits with whose they are.
    pub const FOLLOWED_CREDITS: FollowedCredit = "SELECT k.id, k.patient_id, p.body AS patient, k.encounter_id, k.payer_id, \
        k.amount_cents, k.since_on, k.found_on, k.state, k.return_by FROM credit k \
        JOIN patient p ON p.practice_id = k.practice_id AND p.id = k.patient_id \
        WHERE k.practice_id = $1 AND k.id IN ({keys})";
    /// Work items.
    pub const FOLLOWED_ITEMS: FollowedItem = "SELECT id, reason, state, opened_on, deadline_on, patient_id, claim_id, \
        payer_id, inquiry_id, stake_cents FROM work_item WHERE practice_id = $1 AND id IN ({keys})";
    /// Payments that came back.
    pub const FOLLOWED_RETURNS: FollowedReturn = "SELECT id, patient_id, state, amount_cents, returned_on, respond_by \
        FROM payment_return WHERE practice_id = $1 AND id IN ({keys})";
    /// Statements that a person holds, by the patient.
    pub const FOLLOWED_HOLDS: (PatientId, Date, Date) = "SELECT patient_id, held_on, until_on FROM statement_hold \
        WHERE practice_id = $1 AND patient_id IN ({keys})";
}

/// The kinds that follow these; others about them are started by people.
const FOLLOWED: &[ClockKind] = &[
    ClockKind::OverpaymentReturn,
    ClockKind::OverpaymentInvestigation,
    ClockKind::RefundDue,
    ClockKind::UnclaimedProperty,
    ClockKind::ChargebackAnswer,
    ClockKind::StatementHold,
];

/// Compares the clocks of what was touched with what it is now.
pub(super) fn follow(conn: &Conn, touched: &BTreeSet<(Beside, Uuid)>) -> Result<(), StoreError> {
    if touched.is_empty() {
        return Ok(());
    }
    let of = |beside: Beside| -> Vec<Uuid> {
        touched.iter().filter(|(kind, _)| *kind == beside).map(|(_, id)| *id).collect()
    };
    let mut wanted: Vec<Start> = Vec::new();
    for row in conn.query_in(&FOLLOWED_CREDITS, params![], &of(Beside::Credit))? {
        of_credit(&row, &mut wanted);
    }
    for row in conn.query_in(&FOLLOWED_RETURNS, params![], &of(Beside::Return))? {
        if row.state == ReturnState::Disputed {
            let about = About { patient_id: Some(row.patient_id), stake: row.amount_cents, ..About::default() };
            let started_by = "The card's bank opened a dispute".to_owned();
            let (kind, subject_id, started_on) = (ClockKind::ChargebackAnswer, row.id.0, row.returned_on);
            wanted.push(Start { kind, subject_id, about, started_on, started_by, due_on: row.respond_by });
        }
    }
    for (patient, held_on, until_on) in conn.query_in(&FOLLOWED_HOLDS, params![], &of(Beside::Hold))? {
        let about = About { patient_id: Some(patient), ..About::default() };
        let started_by = "Statements of the account are held".to_owned();
        let (kind, due_on) = (ClockKind::StatementHold, Some(until_on));
        wanted.push(Start { kind, subject_id: patient.0, about, started_on: held_on, started_by, due_on });
    }
    let subjects: Vec<Uuid> = touched.iter().map(|(_, id)| *id).collect::<BTreeSet<_>>().into_iter().collect();
    compare(conn, wanted, &subjects)
}

/// Items whose reason usually has a clock that nothing else starts: it runs from the day the item was opened, until the
/// item ends.
pub(super) fn follow_items(conn: &Conn, items: &[Uuid]) -> Result<(), StoreError> {
    if items.is_empty() {
        return Ok(());
    }
    let rows = conn.query_in(&FOLLOWED_ITEMS, params![], items)?;
    let with_clock: Vec<(&FollowedItem, ClockKind)> = rows
        .iter()
        .filter_map(|row| row.reason.spec().clock.map(|kind| (row, kind)))
        .filter(|(_, kind)| !is_followed(*kind))
        .collect();
    if with_clock.is_empty() {
        return Ok(());
    }
    let subjects: Vec<Uuid> = with_clock.iter().map(|(row, _)| row.id.0).collect();
    let mut running: BTreeMap<(Uuid, ClockKind), ClockRow> = BTreeMap::new();
    for clock in conn.query_in(&RUNNING_CLOCKS_OF, params![], &subjects)? {
        running.insert((clock.subject_id, clock.kind), clock);
    }
    let (mut starts, mut ends) = (Vec::new(), Ends::default());
    for (row, kind) in with_clock {
        let runs = running.remove(&(row.id.0, kind));
        match (row.state == WorkState::Resolved, runs) {
            (true, Some(clock)) => ends.add(clock.id, ClockState::Met, "The work on it was ended."),
            (false, None) => {
                let about = About {
                    patient_id: row.patient_id,
                    claim_id: row.claim_id,
                    payer_id: row.payer_id,
                    inquiry_id: row.inquiry_id,
                    stake: row.stake_cents,
                    ..About::default()
                };
                let started_by = row.reason.title().to_owned();
                let (subject_id, started_on, due_on) = (row.id.0, row.opened_on, row.deadline_on);
                starts.push(Start { kind, subject_id, about, started_on, started_by, due_on });
            }
            (true, None) | (false, Some(_)) => {}
        }
    }
    ends.save(conn)?;
    start_all(conn, starts)
}

/// Whether a kind follows a claim or another thing of its own.
fn is_followed(kind: ClockKind) -> bool {
    FOLLOWED.contains(&kind) || super::BY_CLAIMS.contains(&kind)
}

fn of_credit(row: &FollowedCredit, wanted: &mut Vec<Start>) {
    let about = About {
        patient_id: Some(row.patient_id),
        encounter_id: row.encounter_id,
        payer_id: row.payer_id,
        stake: row.amount_cents,
        is_in: Some(row.patient.0.address.state.clone()),
        ..About::default()
    };
    let mut add = |kind, started_on, started_by: &str, due_on| {
        let (about, started_by) = (about.clone(), started_by.to_owned());
        wanted.push(Start { kind, subject_id: row.id.0, about, started_on, started_by, due_on });
    };
    let found = "The overpayment was found";
    match (row.state, row.payer_id) {
        (CreditState::Ended, _) => {}
        (CreditState::Open, Some(_)) => add(ClockKind::OverpaymentReturn, row.found_on, found, row.return_by),
        (CreditState::Investigating, Some(_)) => {
            add(ClockKind::OverpaymentReturn, row.found_on, found, row.return_by);
            add(ClockKind::OverpaymentInvestigation, row.found_on, found, Some(end_by(row.found_on)));
        }
        (CreditState::Open | CreditState::Investigating, None) => {
            // Money paid ahead is not owed back: it waits for the visit that it was paid for.
            if row.encounter_id.is_some() {
                add(ClockKind::RefundDue, row.found_on, "The credit was found", None);
            }
            add(ClockKind::UnclaimedProperty, row.since_on, "The last movement of the owner's money", None);
        }
    }
}

fn compare(conn: &Conn, wanted: Vec<Start>, subjects: &[Uuid]) -> Result<(), StoreError> {
    let mut running: BTreeMap<(Uuid, ClockKind), ClockRow> = BTreeMap::new();
    for clock in conn.query_in(&RUNNING_CLOCKS_OF, params![], subjects)? {
        if FOLLOWED.contains(&clock.kind) {
            running.insert((clock.subject_id, clock.kind), clock);
        }
    }
    let mut starts = Vec::new();
    for start in wanted {
        let Some(clock) = running.remove(&(start.subject_id, start.kind)) else {
            starts.push(start);
            continue;
        };
        let moves = clock.term_source != GRANTED;
        if let Some(due_on) = start.due_on.filter(|due_on| moves && *due_on != clock.due_on) {
            conn.execute(&MOVE_CLOCK, params![clock.id, due_on, clock.term, clock.term_source, 0_i64])?;
        }
    }
    let mut ends = Ends::default();
    for ((_, kind), clock) in running {
        let (state, words) = match kind {
            ClockKind::OverpaymentInvestigation => (ClockState::Met, "The investigation was concluded."),
            ClockKind::OverpaymentReturn | ClockKind::RefundDue | ClockKind::UnclaimedProperty => {
                (ClockState::Met, "Nothing of it stands there any more.")
            }
            ClockKind::ChargebackAnswer => (ClockState::Met, "The dispute was decided."),
            _other => (ClockState::Moot, "The hold was lifted."),
        };
        ends.add(clock.id, state, words);
    }
    ends.save(conn)?;
    start_all(conn, starts)
}
