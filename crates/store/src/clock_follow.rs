//! Clocks start and stop with what a transaction did: the connection notes which claims, work items, credits, returned
//! payments and holds it touched, and before the commit the clocks that these want are compared with those that run. What
//! a clock is about decides it, by `billing::clock`; nothing here lets one expire.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use billing::claim::{ClaimBody, ClaimStatus};
use billing::clock::at_payer::{ClaimPlace, due_at, ended, is_state_regulated, of_claim};
use billing::clock::{Agreed, ClockKind, ClockState, Source, Terms, terms};
use billing::coverage::CoverageRank;
use billing::payer::{Payer, is_medicare};
use billing::practice::Practice;
use billing::work::Calendar;
use billing::{ClaimId, ClockId, CreditId, EncounterId, InquiryId, Money, PatientId, PayerId, PaymentReturnId};
use jiff::civil::Date;
use uuid::Uuid;

use crate::claim::BODIES_OF_CLAIMS;
use crate::clock::{ClockRow, DECIDED_CLOCKS_OF, END_CLOCKS, GRANTED, MOVE_CLOCK, RUNNING_CLOCKS_OF, TermRows};
use crate::record::Column;
use crate::remittance::PAYERS_BY_ID;
use crate::value::Val;
use crate::{Conn, StoreError, params, record, statements};

pub(crate) mod beside;

/// What a transaction touched that clocks are about.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    claims: BTreeSet<Uuid>,
    items: BTreeSet<Uuid>,
    /// Credits, returned payments and holds: by their keys.
    beside: BTreeSet<(Beside, Uuid)>,
}

/// What clocks are about beside claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Beside {
    /// Money of another that we hold.
    Credit,
    /// A payment that came back.
    Return,
    /// Statements that are held; the key is the patient.
    Hold,
}

/// Tables whose new rows touch something, with the column that names it.
const ADDED: &[(&str, &str, Subject)] = &[
    ("claim", "id", Subject::Claim),
    ("work_item", "id", Subject::Item),
    ("credit", "id", Subject::Beside(Beside::Credit)),
    ("payment_return", "id", Subject::Beside(Beside::Return)),
    ("statement_hold", "patient_id", Subject::Beside(Beside::Hold)),
];

/// Statements that change something; their `$2`, or their keys, name it.
const CHANGED: &[(&str, Subject)] = &[
    (crate::claim::SAVE_CLAIM_PLACE.name, Subject::Claim),
    (crate::claim::SAVE_CLAIM_VERSION.name, Subject::Claim),
    (crate::remittance::SETTLE_CLAIMS.name, Subject::Claim),
    (crate::worklist::SAVE_WORK_ITEM.name, Subject::Item),
    (crate::credit::SAVE_CREDIT.name, Subject::Beside(Beside::Credit)),
    (crate::payment_return::DECIDE_RETURN.name, Subject::Beside(Beside::Return)),
    (crate::patient_statement::LIFT_STATEMENT_HOLD.name, Subject::Beside(Beside::Hold)),
];

#[derive(Debug, Clone, Copy)]
enum Subject {
    Claim,
    Item,
    Beside(Beside),
}

impl Touched {
    fn is_empty(&self) -> bool {
        self.claims.is_empty() && self.items.is_empty() && self.beside.is_empty()
    }

    /// Notes rows that were inserted; the practice is left out of each.
    pub(crate) fn added<'r>(&mut self, table: &str, columns: &[Column], rows: impl Iterator<Item = &'r [Val]>) {
        let Some((_, key, subject)) = ADDED.iter().find(|(name, ..)| *name == table) else { return };
        let Some(place) = columns.iter().position(|column| column.name == *key) else { return };
        rows.filter_map(|row| row.get(place)).for_each(|val| self.note(*subject, val));
    }

    /// Notes that a registered statement changed what these keys name.
    pub(crate) fn ran<'k>(&mut self, statement: &str, keys: impl Iterator<Item = &'k Val>) {
        if let Some((_, subject)) = CHANGED.iter().find(|(name, _)| *name == statement) {
            keys.for_each(|val| self.note(*subject, val));
        }
    }

    fn note(&mut self, subject: Subject, val: &Val) {
        let Val::Uuid(id) = val else { return };
        match subject {
            Subject::Claim => self.claims.insert(*id),
            Subject::Item => self.items.insert(*id),
            Subject::Beside(beside) => self.beside.insert((beside, *id)),
        };
    }
}

record! {
    /// Where a claim stands, for its clocks.
    pub struct FollowedClaim {
        /// Key.
        pub id: ClaimId,
        /// Whose account.
        pub patient_id: PatientId,
        /// Which visit.
        pub encounter_id: EncounterId,
        /// Which payer.
        pub payer_id: PayerId,
        /// Where it is.
        pub status: ClaimStatus,
        /// The rank of its coverage.
        pub rank: CoverageRank,
        /// Its first date of service.
        pub date_of_service: Date,
        /// The last day on which its payer takes it.
        pub filing_limit_on: Date,
        /// When somebody looks again.
        pub follow_up_on: Option<Date>,
        /// The day of the payer's acceptance.
        pub accepted_on: Option<Date>,
        /// The day of its first decision.
        pub adjudicated_on: Option<Date>,
        /// What it asks for.
        pub total_cents: Money,
    }

    /// A denial that somebody works on.
    pub struct DenialInHand {
        /// The claim.
        pub claim_id: ClaimId,
        /// When the work was opened.
        pub opened_on: Date,
        /// The last day of the appeal.
        pub deadline_on: Date,
        /// The day of the remittance that denied.
        pub paid_on: Option<Date>,
        /// What was denied.
        pub stake_cents: Money,
    }
}

statements! {
    /// Where claims stand.
    pub const FOLLOWED_CLAIMS: FollowedClaim = "SELECT c.id, c.patient_id, c.encounter_id, c.payer_id, c.status, v.rank, \
        c.date_of_service, c.filing_limit_on, c.follow_up_on, c.accepted_on, c.adjudicated_on, c.total_cents \
        FROM claim c JOIN coverage v ON v.practice_id = c.practice_id AND v.id = c.coverage_id \
        AND v.version = c.coverage_version WHERE c.practice_id = $1 AND c.id IN ({keys})";
    /// Denials of claims that somebody works on, with the last day of the appeal.
    pub const DENIALS_IN_HAND: DenialInHand = "SELECT w.claim_id, w.opened_on, w.deadline_on, r.paid_on, w.stake_cents \
        FROM work_item w LEFT JOIN remittance r ON r.practice_id = w.practice_id AND r.id = w.remittance_id \
        WHERE w.practice_id = $1 AND w.reason LIKE 'denied%' AND w.state <> 'resolved' AND w.deadline_on IS NOT NULL \
        AND w.claim_id IN ({keys})";
    /// The claims of denials, by their items.
    pub const CLAIMS_OF_DENIALS: (ClaimId,) = "SELECT claim_id FROM work_item WHERE practice_id = $1 \
        AND reason LIKE 'denied%' AND claim_id IS NOT NULL AND id IN ({keys})";
    /// Claims that are not with their payer and have no clock: made before there were clocks. `$2` is where the last
    /// page ended.
    pub const CLAIMS_WITHOUT_CLOCK: (ClaimId,) = "SELECT c.id FROM claim c WHERE c.practice_id = $1 \
        AND c.status IN ('draft', 'held', 'ready', 'submitted', 'rejected') AND c.id > $2 AND NOT EXISTS ( \
            SELECT 1 FROM clock k WHERE k.practice_id = c.practice_id AND k.claim_id = c.id AND k.state = 'running') \
        ORDER BY c.id LIMIT $3";
    /// The practice, for its state.
    pub const PRACTICE_OF_CLOCKS: (crate::value::Json<Practice>,) = "SELECT body FROM practice WHERE practice_id = $1";
}

/// A clock that must run, with what it is about.
struct Start {
    kind: ClockKind,
    subject_id: Uuid,
    about: About,
    started_on: Date,
    started_by: String,
    due_on: Option<Date>,
}

#[derive(Debug, Clone, Default)]
struct About {
    patient_id: Option<PatientId>,
    claim_id: Option<ClaimId>,
    encounter_id: Option<EncounterId>,
    payer_id: Option<PayerId>,
    inquiry_id: Option<InquiryId>,
    stake: Money,
    /// The state of who it belongs to, where that is not the practice's.
    is_in: Option<String>,
}

/// Compares the clocks of everything that the transaction touched with what it left behind.
pub(crate) fn follow(conn: &Conn) -> Result<(), StoreError> {
    let touched = conn.touched.take();
    if touched.is_empty() {
        return Ok(());
    }
    let mut claims: BTreeSet<ClaimId> = touched.claims.into_iter().map(ClaimId).collect();
    let items: Vec<Uuid> = touched.items.into_iter().collect();
    claims.extend(conn.query_in(&CLAIMS_OF_DENIALS, params![], &items)?.into_iter().map(|(claim,)| claim));
    follow_claims(conn, &claims.into_iter().collect::<Vec<_>>())?;
    beside::follow(conn, &touched.beside)?;
    beside::follow_items(conn, &items)
}

/// As before a commit, of credits and disputes that have no clock because they are older than clocks.
pub fn follow_beside(conn: &Conn, credits: &[CreditId], disputes: &[PaymentReturnId]) -> Result<(), StoreError> {
    let credits = credits.iter().map(|id| (Beside::Credit, id.0));
    let disputes = disputes.iter().map(|id| (Beside::Return, id.0));
    beside::follow(conn, &credits.chain(disputes).collect())
}

/// Starts the clocks that claims want and do not have, and ends those that they want no more.
pub fn follow_claims(conn: &Conn, claims: &[ClaimId]) -> Result<(), StoreError> {
    if claims.is_empty() {
        return Ok(());
    }
    let rows = conn.query_in(&FOLLOWED_CLAIMS, params![], claims)?;
    let decided: Vec<ClaimId> =
        rows.iter().filter(|row| row.status == ClaimStatus::Adjudicated).map(|row| row.id).collect();
    let denials: HashMap<ClaimId, DenialInHand> =
        conn.query_in(&DENIALS_IN_HAND, params![], &decided)?.into_iter().map(|one| (one.claim_id, one)).collect();
    let keys: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
    let mut running: HashMap<Uuid, Vec<ClockRow>> = HashMap::new();
    for clock in conn.query_in(&RUNNING_CLOCKS_OF, params![], &keys)? {
        if clock.claim_id.is_some_and(|claim| claim.0 == clock.subject_id) && BY_CLAIMS.contains(&clock.kind) {
            running.entry(clock.subject_id).or_default().push(clock);
        }
    }
    let crossed = crossed_over(conn, &rows, &running)?;
    let (mut starts, mut ends) = (Vec::new(), Ends::default());
    for row in &rows {
        let denial = denials.get(&row.id);
        let place = ClaimPlace {
            status: row.status,
            rank: row.rank,
            date_of_service: row.date_of_service,
            filing_limit_on: row.filing_limit_on,
            follow_up_on: row.follow_up_on,
            accepted_on: row.accepted_on,
            decided_on: row.adjudicated_on,
            is_crossed_over: crossed.contains(&row.id),
            denied: denial.map(|one| (one.paid_on.unwrap_or(one.opened_on), one.deadline_on)),
            asked: row.total_cents,
        };
        let mut has = running.remove(&row.id.0).unwrap_or_default();
        for wanted in of_claim(&place) {
            if let Some(at) = has.iter().position(|clock| clock.kind == wanted.kind) {
                let clock = has.swap_remove(at);
                let moves = wanted.kind != ClockKind::AppealFirst && clock.term_source != GRANTED;
                if let Some(due_on) = wanted.due_on.filter(|due_on| moves && *due_on != clock.due_on) {
                    conn.execute(&MOVE_CLOCK, params![clock.id, due_on, clock.term, clock.term_source, 0_i64])?;
                }
                continue;
            }
            let about = About {
                patient_id: Some(row.patient_id),
                claim_id: Some(row.id),
                encounter_id: Some(row.encounter_id),
                payer_id: Some(row.payer_id),
                stake: denial.map_or(row.total_cents, |one| one.stake_cents),
                ..About::default()
            };
            let (started_on, due_on, started_by) = (wanted.started_on, wanted.due_on, wanted.started_by.to_owned());
            starts.push(Start { kind: wanted.kind, subject_id: row.id.0, about, started_on, started_by, due_on });
        }
        for clock in has {
            let (state, words) = ended(clock.kind, row.status);
            ends.add(clock.id, state, words);
        }
    }
    ends.save(conn)?;
    start_all(conn, starts)
}

/// The kinds that follow where a claim stands; others about a claim are started by people.
const BY_CLAIMS: &[ClockKind] = &[
    ClockKind::TimelyFiling,
    ClockKind::SecondaryFiling,
    ClockKind::CorrectedClaim,
    ClockKind::AppealFirst,
    ClockKind::PromptPay,
    ClockKind::Crossover,
];

/// Claims that their payer has and that were passed on by the one before it. Only where no clock says so already is the
/// claim itself asked.
fn crossed_over(
    conn: &Conn,
    rows: &[FollowedClaim],
    running: &HashMap<Uuid, Vec<ClockRow>>,
) -> Result<BTreeSet<ClaimId>, StoreError> {
    let runs = |row: &FollowedClaim, kind: ClockKind| {
        running.get(&row.id.0).is_some_and(|clocks| clocks.iter().any(|clock| clock.kind == kind))
    };
    let accepted = rows.iter().filter(|row| row.status == ClaimStatus::Accepted && row.rank != CoverageRank::Primary);
    let asked: Vec<ClaimId> = accepted.filter(|row| !runs(row, ClockKind::PromptPay)).map(|row| row.id).collect();
    let bodies: Vec<(ClaimId, crate::value::Json<ClaimBody>)> = conn.query_in(&BODIES_OF_CLAIMS, params![], &asked)?;
    Ok(bodies.into_iter().filter(|(_, body)| body.0.crossed_over).map(|(id, _)| id).collect())
}

/// Clocks to end, grouped by how.
#[derive(Default)]
struct Ends(BTreeMap<(ClockState, &'static str), Vec<ClockId>>);

impl Ends {
    fn add(&mut self, clock: ClockId, state: ClockState, words: &'static str) {
        self.0.entry((state, words)).or_default().push(clock);
    }

    fn save(self, conn: &Conn) -> Result<(), StoreError> {
        for ((state, words), clocks) in self.0 {
            conn.execute_in(&END_CLOCKS, params![state, conn.today(), conn.actor().login, words], &clocks)?;
        }
        Ok(())
    }
}

/// What the length of clocks depends on, read once for all that start together.
struct Lengths {
    calendar: Arc<Calendar>,
    rows: TermRows,
    payers: HashMap<PayerId, Payer>,
    state: Option<String>,
}

impl Lengths {
    fn load(conn: &Conn, starts: &[Start]) -> Result<Lengths, StoreError> {
        let payers: BTreeSet<PayerId> = starts.iter().filter_map(|start| start.about.payer_id).collect();
        let payers: Vec<PayerId> = payers.into_iter().collect();
        let payers = conn.query_in(&PAYERS_BY_ID, params![], &payers)?.into_iter().map(|(id, body)| (id, body.0));
        let practice = conn.query_opt(&PRACTICE_OF_CLOCKS, params![])?;
        Ok(Lengths {
            calendar: crate::clock::calendar(conn)?,
            rows: TermRows::load(conn)?,
            payers: payers.collect(),
            state: practice.map(|(body,)| body.0.billing.address.state),
        })
    }

    /// The terms of a clock and its last day; none where it has none: nobody's law or contract sets it.
    fn of(&self, start: &Start) -> Option<(Date, Option<Terms>)> {
        let payer = start.about.payer_id.and_then(|payer| self.payers.get(&payer));
        let from = start.started_on;
        // What a state says of payers binds those that it regulates.
        let state =
            self.state.as_deref().filter(|_| payer.is_none_or(|payer| is_state_regulated(&payer.filing_indicator)));
        let set = start.about.payer_id.and_then(|payer| self.rows.of(start.kind, Some(payer), from));
        let found = match (set, payer) {
            (Some(length), _) => Some(Terms { length, source: Source::Contract }),
            (None, Some(payer)) => due_at(start.kind, payer, from, &self.calendar).map(|(_, terms)| terms),
            (None, None) => None,
        };
        let found = found.or_else(|| {
            terms(
                start.kind,
                &Agreed {
                    payer: None,
                    practice: self.rows.of(start.kind, None, from),
                    medicare: payer.is_some_and(|payer| is_medicare(&payer.filing_indicator)),
                    state: start.about.is_in.as_deref().or(state),
                },
            )
        });
        match (start.due_on, found) {
            (Some(due_on), found) => Some((due_on, found)),
            (None, Some(terms)) => Some((terms.length.after(from, &self.calendar), Some(terms))),
            (None, None) => None,
        }
    }
}

fn start_all(conn: &Conn, starts: Vec<Start>) -> Result<(), StoreError> {
    if starts.is_empty() {
        return Ok(());
    }
    let subjects: Vec<Uuid> = starts.iter().map(|start| start.subject_id).collect();
    let decided: BTreeSet<(Uuid, ClockKind, Date)> =
        conn.query_in(&DECIDED_CLOCKS_OF, params![], &subjects)?.into_iter().collect();
    let starts: Vec<Start> = starts
        .into_iter()
        .filter(|start| !decided.contains(&(start.subject_id, start.kind, start.started_on)))
        .collect();
    let lengths = Lengths::load(conn, &starts)?;
    let rows: Vec<ClockRow> = starts
        .into_iter()
        .filter_map(|start| {
            let (due_on, terms) = lengths.of(&start)?;
            // A date that was given and is not what the terms say stands on its own.
            let terms = terms.filter(|terms| terms.length.after(start.started_on, &lengths.calendar) == due_on);
            let given = if start.kind.facts().source == Source::Given || terms.is_none() {
                "the date that was given"
            } else {
                ""
            };
            Some(ClockRow {
                id: ClockId(conn.env.new_id()),
                kind: start.kind,
                subject_id: start.subject_id,
                state: ClockState::Running,
                patient_id: start.about.patient_id,
                claim_id: start.about.claim_id,
                encounter_id: start.about.encounter_id,
                payer_id: start.about.payer_id,
                inquiry_id: start.about.inquiry_id,
                stake_cents: start.about.stake,
                started_on: start.started_on,
                started_by: start.started_by,
                due_on,
                term: terms.map(|terms| terms.length.to_string()).unwrap_or_default(),
                term_source: terms.map_or(given, |terms| terms.source.words()).to_owned(),
                warned: 0,
                work_item_id: None,
                ended_on: None,
                decided_by: None,
                ended_by_login: None,
                words: String::new(),
            })
        })
        .collect();
    conn.insert_many(&rows)
}
