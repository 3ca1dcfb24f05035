//! Clocks as rows: what runs, by when, and how it ended; what practices and contracts say of their length; and the days of
//! a practice. What runs follows what a transaction did (`clock_follow`); nothing here lets a clock expire.

use std::sync::Arc;

use billing::clock::{ClockKind, ClockState, Length};
use billing::patient::Patient;
use billing::work::Calendar;
use billing::{
    ClaimId, ClockId, ClockTermId, EncounterId, InquiryId, Money, PatientId, PayerId, PracticeDayId, UserId, WorkItemId,
};
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use crate::value::Json;
use crate::{Conn, StoreError, params, record, statements};

record! {
    /// A clock as stored.
    pub struct ClockRow in "clock" {
        /// Key.
        pub id: ClockId,
        /// Which.
        pub kind: ClockKind,
        /// What it is about.
        pub subject_id: Uuid,
        /// Where it is.
        pub state: ClockState,
        /// Whose account.
        pub patient_id: Option<PatientId>,
        /// Which claim.
        pub claim_id: Option<ClaimId>,
        /// Which visit.
        pub encounter_id: Option<EncounterId>,
        /// Which payer.
        pub payer_id: Option<PayerId>,
        /// Which question.
        pub inquiry_id: Option<InquiryId>,
        /// Cents that depend on it.
        pub stake_cents: Money,
        /// Day 0.
        pub started_on: Date,
        /// What started it.
        pub started_by: String,
        /// Its last day.
        pub due_on: Date,
        /// How long it runs; empty where the date was given.
        pub term: String,
        /// Who says so.
        pub term_source: String,
        /// How many of its warnings were given.
        pub warned: i64,
        /// The last item that was opened or told of it.
        pub work_item_id: Option<WorkItemId>,
        /// When it ended.
        pub ended_on: Option<Date>,
        /// Who decided so; none where it ended by what happened.
        pub decided_by: Option<UserId>,
        /// The log-in of who ended it.
        pub ended_by_login: Option<String>,
        /// Why it ended.
        pub words: String,
    }

    /// What was said of a clock.
    pub struct ClockEventRow in "clock_event" {
        /// The clock.
        pub clock_id: ClockId,
        /// From 1.
        pub sequence: i64,
        /// When.
        pub occurred_at: Timestamp,
        /// Who.
        pub actor: String,
        /// 'started', 'warned', 'overdue', 'done', 'extended', 'let_go', 'expired'.
        pub kind: String,
        /// One sentence.
        pub sentence: String,
    }

    /// What a contract or the practice says of a kind from a day on.
    pub struct ClockTermRow in "clock_term" {
        /// Key; keys grow with time.
        pub id: ClockTermId,
        /// Which kind.
        pub kind: ClockKind,
        /// Whose contract; none for the practice's own rule.
        pub payer_id: Option<PayerId>,
        /// How long, such as "90 days".
        pub term: String,
        /// From which start of a clock on.
        pub from_on: Date,
        /// When it was said.
        pub recorded_at: Timestamp,
        /// By whom …
        pub recorded_by: UserId,
        /// … with the log-in name.
        pub recorded_by_login: String,
        /// Why.
        pub why: String,
    }

    /// A day that is not as the week and the federal holidays say.
    pub struct PracticeDayRow in "practice_day" {
        /// Key; keys grow with time.
        pub id: PracticeDayId,
        /// Which day.
        pub day: Date,
        /// 'closed', 'open', or 'as_usual'.
        pub hours: String,
        /// What it is called.
        pub name: String,
        /// When it was said.
        pub recorded_at: Timestamp,
        /// By whom …
        pub recorded_by: UserId,
        /// … with the log-in name.
        pub recorded_by_login: String,
    }

    /// A clock in a list, with what a page says of it.
    pub struct ClockLine {
        /// Key.
        pub id: ClockId,
        /// Which.
        pub kind: ClockKind,
        /// Where it is.
        pub state: ClockState,
        /// Day 0.
        pub started_on: Date,
        /// What started it.
        pub started_by: String,
        /// Its last day.
        pub due_on: Date,
        /// How long it runs.
        pub term: String,
        /// Who says so.
        pub term_source: String,
        /// Cents that depend on it.
        pub stake_cents: Money,
        /// Which claim.
        pub claim_id: Option<ClaimId>,
        /// Our number of the claim.
        pub control_number: Option<String>,
        /// Which question.
        pub inquiry_id: Option<InquiryId>,
        /// Which payer.
        pub payer_id: Option<PayerId>,
        /// The payer's name.
        pub payer_name: Option<String>,
        /// Whose account.
        pub patient_id: Option<PatientId>,
        /// The patient.
        pub patient: Option<Json<Patient>>,
        /// Who has work about it.
        pub owner_id: Option<UserId>,
        /// When it ended.
        pub ended_on: Option<Date>,
        /// Who ended it.
        pub ended_by_login: Option<String>,
        /// Why it ended.
        pub words: String,
    }

    /// How many clocks of a kind run, and when the first one ends.
    pub struct ClockCount {
        /// Which.
        pub kind: ClockKind,
        /// How many run.
        pub running: i64,
        /// How many are past their last day, undecided.
        pub overdue: i64,
        /// How many end within a week.
        pub within_week: i64,
        /// When the first one ends.
        pub first_due_on: Date,
        /// Cents that depend on them.
        pub stake_cents: Money,
    }
}

statements! {
    /// One clock.
    pub const CLOCK: ClockRow = "SELECT id, kind, subject_id, state, patient_id, claim_id, encounter_id, payer_id, \
        inquiry_id, stake_cents, started_on, started_by, due_on, term, term_source, warned, work_item_id, ended_on, decided_by, \
        ended_by_login, words FROM clock WHERE practice_id = $1 AND id = $2";
    /// The running clocks of many subjects.
    pub const RUNNING_CLOCKS_OF: ClockRow = "SELECT id, kind, subject_id, state, patient_id, claim_id, encounter_id, \
        payer_id, inquiry_id, stake_cents, started_on, started_by, due_on, term, term_source, warned, work_item_id, ended_on, \
        decided_by, ended_by_login, words FROM clock WHERE practice_id = $1 AND state = 'running' AND subject_id IN ({keys})";
    /// Clocks that run and end by a day, the nearest first, after the last one of the page before.
    pub const RUNNING_CLOCKS_BY: ClockRow = "SELECT id, kind, subject_id, state, patient_id, claim_id, encounter_id, \
        payer_id, inquiry_id, stake_cents, started_on, started_by, due_on, term, term_source, warned, work_item_id, ended_on, \
        decided_by, ended_by_login, words FROM clock WHERE practice_id = $1 AND state = 'running' AND due_on <= $2 \
        AND (due_on, id) > ($3, $4) ORDER BY due_on, id LIMIT $5";
    /// Ends clocks by what happened.
    pub const END_CLOCKS: () = "UPDATE clock SET state = $2, ended_on = $3, ended_by_login = $4, words = $5 \
        WHERE practice_id = $1 AND state = 'running' AND id IN ({keys})";
    /// Ends a clock by a person's decision.
    pub const DECIDE_CLOCK: () = "UPDATE clock SET state = $3, ended_on = $4, decided_by = $5, ended_by_login = $6, \
        words = $7 WHERE practice_id = $1 AND id = $2 AND state = 'running'";
    /// Moves the last day of a running clock; its warnings begin again.
    pub const MOVE_CLOCK: () = "UPDATE clock SET due_on = $3, term = $4, term_source = $5, warned = $6 \
        WHERE practice_id = $1 AND id = $2 AND state = 'running'";
    /// How many warnings of a clock were given.
    pub const WARN_CLOCK: () = "UPDATE clock SET warned = $3, work_item_id = $4 \
        WHERE practice_id = $1 AND id = $2 AND state = 'running'";
    /// The number of a clock's last event.
    pub const LAST_CLOCK_EVENT: (i64,) =
        "SELECT COALESCE(MAX(sequence), 0) FROM clock_event WHERE practice_id = $1 AND clock_id = $2";
    /// What was said of a clock, oldest first.
    pub const CLOCK_EVENTS: ClockEventRow = "SELECT clock_id, sequence, occurred_at, actor, kind, sentence \
        FROM clock_event WHERE practice_id = $1 AND clock_id = $2 ORDER BY sequence";
    /// Clocks of a state, from a day on, by their last day: of a kind where `$4` is not empty, of a payer where `$5` is
    /// not nobody's.
    pub const CLOCK_LINES: ClockLine = "SELECT c.id, c.kind, c.state, c.started_on, c.started_by, c.due_on, c.term, \
        c.term_source, c.stake_cents, c.claim_id, k.control_number, c.inquiry_id, c.payer_id, p.name AS payer_name, \
        c.patient_id, t.body AS patient, (SELECT w.owner_id FROM work_item w WHERE w.practice_id = c.practice_id \
            AND w.claim_id = c.claim_id AND w.state = 'taken' ORDER BY w.due_on, w.id LIMIT 1) AS owner_id, \
        c.ended_on, c.ended_by_login, c.words FROM clock c \
        LEFT JOIN claim k ON k.practice_id = c.practice_id AND k.id = c.claim_id \
        LEFT JOIN payer p ON p.practice_id = c.practice_id AND p.id = c.payer_id \
        LEFT JOIN patient t ON t.practice_id = c.practice_id AND t.id = c.patient_id \
        WHERE c.practice_id = $1 AND c.state = $2 AND (c.due_on, c.id) > ($3, $6) AND ($4 = '' OR c.kind = $4) \
        AND (c.payer_id = $5 OR $5 = $7) AND c.due_on <= $8 ORDER BY c.due_on, c.id LIMIT $9";
    /// The clocks of a claim, a credit or another thing, running ones first.
    pub const CLOCKS_OF_SUBJECT: ClockRow = "SELECT id, kind, subject_id, state, patient_id, claim_id, encounter_id, \
        payer_id, inquiry_id, stake_cents, started_on, started_by, due_on, term, term_source, warned, work_item_id, ended_on, \
        decided_by, ended_by_login, words FROM clock WHERE practice_id = $1 AND subject_id = $2 \
        ORDER BY CASE WHEN state = 'running' THEN 0 ELSE 1 END, due_on, id";
    /// The running clocks of a patient.
    pub const RUNNING_CLOCKS_OF_PATIENT: ClockRow = "SELECT id, kind, subject_id, state, patient_id, claim_id, \
        encounter_id, payer_id, inquiry_id, stake_cents, started_on, started_by, due_on, term, term_source, warned, work_item_id, \
        ended_on, decided_by, ended_by_login, words FROM clock WHERE practice_id = $1 AND patient_id = $2 \
        AND state = 'running' ORDER BY due_on, id";
    /// How many clocks run of each kind: `$2` is today, `$3` a week from it.
    pub const CLOCK_COUNTS: ClockCount = "SELECT kind, COUNT(*) AS running, \
        CAST(SUM(CASE WHEN due_on < $2 THEN 1 ELSE 0 END) AS BIGINT) AS overdue, \
        CAST(SUM(CASE WHEN due_on >= $2 AND due_on <= $3 THEN 1 ELSE 0 END) AS BIGINT) AS within_week, \
        MIN(due_on) AS first_due_on, CAST(SUM(stake_cents) AS BIGINT) AS stake_cents \
        FROM clock WHERE practice_id = $1 AND state = 'running' GROUP BY kind ORDER BY MIN(due_on), kind";
    /// Everything that was said of the length of clocks, in that order.
    pub const CLOCK_TERMS: ClockTermRow = "SELECT id, kind, payer_id, term, from_on, recorded_at, recorded_by, \
        recorded_by_login, why FROM clock_term WHERE practice_id = $1 ORDER BY id";
    /// Everything that was said of the practice's days, in that order.
    pub const PRACTICE_DAYS: PracticeDayRow = "SELECT id, day, hours, name, recorded_at, recorded_by, recorded_by_login \
        FROM practice_day WHERE practice_id = $1 ORDER BY id";
    /// Running clocks of some kinds that were past their last day when the daily look at clocks last ended well, and of
    /// which nobody has work.
    pub const OVERDUE_IN_NO_HAND: (ClockId, ClockKind) = "SELECT c.id, c.kind FROM clock c WHERE c.practice_id = $1 \
        AND c.state = 'running' AND c.due_on < (SELECT MAX(j.day) FROM job_run j WHERE j.practice_id = $1 \
            AND j.job = 'clocks' AND j.done IS NOT NULL) \
        AND NOT EXISTS (SELECT 1 FROM work_item w WHERE w.practice_id = c.practice_id AND w.id = c.work_item_id \
            AND w.state <> 'resolved') AND c.kind IN ({keys})";
    /// The clocks of which an item was opened or told, and that still run.
    pub const RUNNING_CLOCKS_OF_ITEM: (ClockId,) = "SELECT id FROM clock WHERE practice_id = $1 AND work_item_id = $2 \
        AND state = 'running'";
    /// Open items about clocks that run no more, with how those ended.
    pub const ITEMS_OF_ENDED_CLOCKS: (String, String) = "SELECT w.subject_key, c.words FROM work_item w \
        CROSS JOIN clock c WHERE w.practice_id = $1 AND w.desk IN ('tier1', 'tier2', 'tier3', 'coder', 'poster') \
        AND w.reason IN ('clock_warning', 'clock_overdue') AND w.state <> 'resolved' \
        AND c.practice_id = w.practice_id AND c.work_item_id = w.id AND c.state <> 'running'";
    /// What people decided about clocks of many subjects: such a clock does not start again by itself.
    pub const DECIDED_CLOCKS_OF: (Uuid, ClockKind, Date) = "SELECT subject_id, kind, started_on FROM clock \
        WHERE practice_id = $1 AND decided_by IS NOT NULL AND subject_id IN ({keys})";
    /// Open credits, disputes and holds that have no clock, made before there were clocks.
    pub const CREDITS_WITHOUT_CLOCK: (billing::CreditId,) = "SELECT k.id FROM credit k WHERE k.practice_id = $1 \
        AND k.state IN ('open', 'investigating') AND NOT EXISTS (SELECT 1 FROM clock c WHERE c.practice_id = k.practice_id \
            AND c.subject_id = k.id) LIMIT $2";
    /// Card disputes without a clock.
    pub const DISPUTES_WITHOUT_CLOCK: (billing::PaymentReturnId,) = "SELECT k.id FROM payment_return k \
        WHERE k.practice_id = $1 AND k.state = 'disputed' AND NOT EXISTS (SELECT 1 FROM clock c \
            WHERE c.practice_id = k.practice_id AND c.subject_id = k.id) LIMIT $2";
    /// Holds of statements that ended on their day.
    pub const HOLDS_THAT_ENDED: (ClockId,) = "SELECT id FROM clock WHERE practice_id = $1 AND state = 'running' \
        AND due_on <= $2 AND kind = 'statement_hold'";
    /// Clocks that ended without words, or were given up without a name.
    pub const ENDED_WITHOUT_WORDS: (ClockId,) = "SELECT id FROM clock WHERE practice_id = $1 AND state <> 'running' \
        AND (words = '' OR (state IN ('let_go', 'expired') AND decided_by IS NULL)) LIMIT 5";
}

/// What moved the last day of a clock that somebody extended: nothing moves it back.
pub const GRANTED: &str = "more time was granted";

/// A page of clocks to ask for.
#[derive(Debug, Clone, Copy)]
pub struct ClockFilter {
    /// Where they are.
    pub state: ClockState,
    /// Of one kind.
    pub kind: Option<ClockKind>,
    /// Of one payer.
    pub payer: Option<PayerId>,
    /// Ending by this day at the latest.
    pub until: Date,
    /// After this clock of the page before.
    pub after: Option<(Date, ClockId)>,
    /// At most so many.
    pub limit: i64,
}

/// Before every day that a clock can end on, and within what both engines keep.
const FIRST_DAY: Date = jiff::civil::date(1900, 1, 1);

/// A page of clocks, the nearest last day first.
pub fn lines(conn: &Conn, filter: &ClockFilter) -> Result<Vec<ClockLine>, StoreError> {
    let (day, id) = filter.after.unwrap_or((FIRST_DAY, ClockId(Uuid::nil())));
    let nobody = PayerId(Uuid::nil());
    let kind = filter.kind.map(ClockKind::as_str).unwrap_or_default();
    let places =
        params![filter.state, day, kind, filter.payer.unwrap_or(nobody), id, nobody, filter.until, filter.limit];
    conn.query(&CLOCK_LINES, places)
}

/// The day so many business days of the practice after another; the first on or after it where that is 0.
pub fn business_days_after(conn: &Conn, from: Date, business_days: u32) -> Result<Date, StoreError> {
    Ok(calendar(conn)?.add_business_days(from, business_days))
}

/// The calendar of the practice as it stood when this transaction first asked.
pub fn calendar(conn: &Conn) -> Result<Arc<Calendar>, StoreError> {
    if let Some(known) = conn.calendar.get() {
        return Ok(Arc::clone(known));
    }
    let read = Arc::new(read_calendar(conn)?);
    Ok(Arc::clone(conn.calendar.get_or_init(|| read)))
}

fn read_calendar(conn: &Conn) -> Result<Calendar, StoreError> {
    let mut own = std::collections::BTreeMap::new();
    for row in conn.query(&PRACTICE_DAYS, params![])? {
        match row.hours.as_str() {
            "open" => own.insert(row.day, true),
            "closed" => own.insert(row.day, false),
            _ => own.remove(&row.day),
        };
    }
    Ok(Calendar::new(own))
}

/// What contracts and the practice say of the length of clocks.
#[derive(Debug, Clone, Default)]
pub struct TermRows(pub Vec<ClockTermRow>);

impl TermRows {
    /// Reads them.
    pub fn load(conn: &Conn) -> Result<TermRows, StoreError> {
        Ok(TermRows(conn.query(&CLOCK_TERMS, params![])?))
    }

    /// What was agreed with a payer, or set by the practice where `payer` is none, for a clock that starts on a day: of
    /// the rows that began by then, the one that began last, and of those the latest.
    pub fn of(&self, kind: ClockKind, payer: Option<PayerId>, start: Date) -> Option<Length> {
        let rows = self.0.iter().filter(|row| row.kind == kind && row.payer_id == payer && row.from_on <= start);
        rows.max_by_key(|row| (row.from_on, row.id)).and_then(|row| Length::parse(&row.term))
    }
}

/// Writes down what was said of a clock.
pub fn append_event(conn: &Conn, clock: ClockId, kind: &str, sentence: &str) -> Result<(), StoreError> {
    let (last,) = conn.query_one(&LAST_CLOCK_EVENT, params![clock])?;
    conn.insert(&ClockEventRow {
        clock_id: clock,
        sequence: last + 1,
        occurred_at: conn.now(),
        actor: conn.actor().login.clone(),
        kind: kind.to_owned(),
        sentence: sentence.to_owned(),
    })
}
