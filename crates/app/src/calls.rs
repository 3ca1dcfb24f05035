//! Calls to payers: which claims need one, in which order, what to ask, and what follows from the answer. The machine asks
//! first (276): only claims whose electronic answer said nothing useful become work, and only they are listed here.

use std::collections::{BTreeMap, HashMap};

use billing::access::{Action, Actor, ResourceState};
use billing::call_list::{Block, CALL_REASONS, Rank, Waiting, rank};
use billing::call_outcome::{self, CallOutcome, Said, Then};
use billing::claim::ClaimStatus;
use billing::interaction::{ClaimAnswers, Direction, PromisedBy, Reached};
use billing::work::inquiry::Channel;
use billing::{CallRuleId, ClaimId, Money, PayerId, PhoneCardId, PracticeId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;
use store::call::{CALL_RULES, CallRuleRow, LAST_EVENTS, PHONE_CARDS, PhoneCardRow, TO_CALL, ToCallRow};
use store::contact::{
    INTERACTIONS_OF_PAYER, InteractionClaimRow, InteractionRow, PROMISES_DUE, PromiseRow, TOUCHES_OF_CLAIMS,
};
use store::follow_up::{CLAIM_PLACE, SET_FOLLOW_UP};
use store::worklist::OPEN_ITEMS_OF_CLAIM;
use store::{Conn, Db, Tx, params};

use crate::access::allow;
use crate::interaction::{self, ClaimSaid, NewInteraction, NewPromise};
use crate::{Error, limits, reason, worklist};

/// Most claims that one list ranks: more than a team calls about in a week.
const MOST_LISTED: i64 = 1_000;
/// Most promises that the day shows.
const MOST_PROMISES: i64 = 100;
/// Most claims of one call: more than any payer answers about.
pub const MOST_CLAIMS_OF_A_CALL: usize = 20;
/// Contacts and cards of a payer that its page shows.
const MOST_SHOWN: i64 = 20;
/// Most characters of a field of a card.
const LONGEST_CARD_FIELD: usize = 2_000;
/// Most days that a practice may set after an outcome: beyond, the claim would be forgotten.
const MOST_DAYS: i64 = 60;

/// A claim in the list.
#[derive(Debug, Clone)]
pub struct CallLine {
    /// The claim and its work item.
    pub row: ToCallRow,
    /// Where it stands in the day, and why.
    pub rank: Rank,
    /// What the last contact said of it.
    pub last: Option<InteractionClaimRow>,
}

/// The claims of one payer: one call, several claims.
#[derive(Debug, Clone)]
pub struct PayerCalls {
    /// The payer.
    pub payer_id: PayerId,
    /// Its name.
    pub name: String,
    /// Its claims, the first first.
    pub lines: Vec<CallLine>,
    /// What depends on them.
    pub total: Money,
}

/// The day of who calls payers.
#[derive(Debug, Clone)]
pub struct CallDay {
    /// Payers, the most urgent first.
    pub payers: Vec<PayerCalls>,
    /// How many claims, and of how much, in each part of the day.
    pub blocks: Vec<(Block, usize, Money)>,
    /// Promises that are due.
    pub promises: Vec<PromiseRow>,
    /// Claims that wait for a day to come: the outcome of an earlier call set it.
    pub later: usize,
    /// Today.
    pub today: Date,
}

/// What is to be called about today.
///
/// # Errors
/// `Denied` without the right to log contacts.
pub fn day(db: &Db, actor: &Actor, practice: PracticeId) -> Result<CallDay, Error> {
    allow(actor, Action::LogInquiry, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let promises = read.query(&PROMISES_DUE, params![read.today(), MOST_PROMISES])?;
        let (lines, later) = lines(read, &promises)?;
        let blocks = Block::ALL.map(|block| {
            let of_block = || lines.iter().filter(|line| line.rank.block == block);
            (block, of_block().count(), of_block().map(|line| line.row.stake_cents).sum())
        });
        Ok(CallDay { blocks: blocks.to_vec(), payers: by_payer(lines), promises, later, today: read.today() })
    })
}

fn lines(conn: &Conn, promises: &[PromiseRow]) -> Result<(Vec<CallLine>, usize), Error> {
    let (today, limits) = (conn.today(), limits::in_force(conn)?);
    let reasons: Vec<String> = CALL_REASONS.iter().map(|reason| reason.as_str().to_owned()).collect();
    let rows = conn.query_in(&TO_CALL, params![MOST_LISTED], &reasons)?;
    let claims: Vec<ClaimId> = rows.iter().map(|row| row.claim_id).collect();
    let mut last: HashMap<ClaimId, InteractionClaimRow> = HashMap::new();
    for touch in conn.query_in(&TOUCHES_OF_CLAIMS, params![], &claims)? {
        let newer = last
            .get(&touch.claim_id)
            .is_none_or(|known| (known.touched_on, known.interaction_id) < (touch.touched_on, touch.interaction_id));
        if newer {
            last.insert(touch.claim_id, touch);
        }
    }
    let zone = conn.zone();
    let events = conn.query_in(&LAST_EVENTS, params![], &claims)?;
    let touched: HashMap<ClaimId, Date> =
        events.into_iter().map(|row| (row.claim_id, row.occurred_at.to_zoned(zone.clone()).date())).collect();
    let mut later = 0;
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let touch = last.remove(&row.claim_id);
        if touch.as_ref().and_then(|touch| touch.next_touch_on).is_some_and(|day| day > today) {
            later += 1;
            continue;
        }
        let waiting = Waiting {
            amount: row.stake_cents,
            // Once the payer took it, the filing limit was kept and ends nothing any more.
            deadline_on: row.deadline_on.filter(|day| row.accepted_on.is_none() || *day != row.filing_limit_on),
            sent_on: row.accepted_on,
            touched_on: touched.get(&row.claim_id).copied(),
            promise_due: promises.iter().any(|promise| promise.claim_id == Some(row.claim_id)),
        };
        lines.push(CallLine { rank: rank(&waiting, &limits, today), last: touch, row });
    }
    Ok((lines, later))
}

fn by_payer(lines: Vec<CallLine>) -> Vec<PayerCalls> {
    let mut payers: BTreeMap<PayerId, PayerCalls> = BTreeMap::new();
    for line in lines {
        let (payer_id, name) = (line.row.payer_id, line.row.payer_name.clone());
        let payer = payers.entry(payer_id).or_insert_with(|| PayerCalls {
            payer_id,
            name,
            lines: Vec::new(),
            total: Money::ZERO,
        });
        payer.total += line.row.stake_cents;
        payer.lines.push(line);
    }
    let mut payers: Vec<PayerCalls> = payers.into_values().collect();
    for payer in &mut payers {
        payer.lines.sort_by_key(|line| (line.rank.block, -line.rank.score, line.row.due_on, line.row.claim_id));
    }
    payers.sort_by_key(|payer| {
        let first = payer.lines.first().map(|line| line.rank.block);
        (first, -payer.lines.iter().map(|line| line.rank.score).sum::<i64>(), payer.payer_id)
    });
    payers
}

/// One payer's page: its claims, how its telephone is walked through, the calls that were.
#[derive(Debug, Clone)]
pub struct PayerPage {
    /// Its claims; none where nothing waits.
    pub calls: PayerCalls,
    /// Its card, the latest first; the first counts.
    pub cards: Vec<PhoneCardRow>,
    /// Contacts with it, the latest first.
    pub interactions: Vec<InteractionRow>,
    /// Days after each outcome, as they stand.
    pub days: Vec<(&'static CallOutcome, i64)>,
    /// Today.
    pub today: Date,
    /// The instant: a call that begins now began then.
    pub now: Timestamp,
}

/// What is to be asked of one payer.
///
/// # Errors
/// `Denied`; `NotFound` for a payer that is not this practice's.
pub fn payer(db: &Db, actor: &Actor, practice: PracticeId, payer: PayerId) -> Result<PayerPage, Error> {
    allow(actor, Action::LogInquiry, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let name = store::registration::payer(read, payer)?.ok_or(Error::NotFound("payer"))?.name;
        let promises = read.query(&PROMISES_DUE, params![read.today(), MOST_PROMISES])?;
        let (lines, _) = lines(read, &promises)?;
        let calls = by_payer(lines).into_iter().find(|calls| calls.payer_id == payer);
        let empty = PayerCalls { payer_id: payer, name, lines: Vec::new(), total: Money::ZERO };
        Ok(PayerPage {
            calls: calls.unwrap_or(empty),
            cards: read.query(&PHONE_CARDS, params![payer, MOST_SHOWN])?,
            interactions: read.query(&INTERACTIONS_OF_PAYER, params![payer, MOST_SHOWN])?,
            days: days_in_force(read)?,
            today: read.today(),
            now: read.now(),
        })
    })
}

fn days_in_force(conn: &Conn) -> Result<Vec<(&'static CallOutcome, i64)>, Error> {
    let own = conn.query(&CALL_RULES, params![])?;
    let days = |outcome: &CallOutcome| {
        own.iter().rev().find(|row| row.outcome == outcome.key).map_or(outcome.days, |row| row.days)
    };
    Ok(call_outcome::outcomes().iter().map(|outcome| (outcome, days(outcome))).collect())
}

/// What a call brought for one claim.
#[derive(Debug, Clone)]
pub struct ClaimCall {
    /// The claim.
    pub claim_id: ClaimId,
    /// The outcome's word.
    pub outcome: String,
    /// Answers by the question's word.
    pub answers: BTreeMap<String, String>,
}

/// A call to a payer.
#[derive(Debug, Clone)]
pub struct Call {
    /// The payer.
    pub payer_id: PayerId,
    /// When it began; none where nobody looked at the clock.
    pub started_at: Option<Timestamp>,
    /// Who spoke for the payer.
    pub representative: String,
    /// Its number of the call.
    pub reference_number: String,
    /// The way through the telephone menu, where it was another than the card says.
    pub phone_path: String,
    /// The claims it was about.
    pub claims: Vec<ClaimCall>,
    /// What the payer promised, and by when.
    pub promised: Option<(String, Date)>,
}

/// What became of a claim by a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The claim.
    pub claim_id: ClaimId,
    /// The sentence that stays.
    pub note: String,
    /// When somebody looks again.
    pub next_touch_on: Option<Date>,
    /// What the person does next.
    pub next: String,
}

/// Writes down a call: a sentence on each claim, the next look that its outcome sets, and the desk's items that it ends.
///
/// # Errors
/// `Denied`; `NotFound` for a claim of another payer; `Invalid` for a question that must be asked and was not;
/// `Refused` where a colleague has a claim.
pub fn log(db: &Db, actor: &Actor, practice: PracticeId, call: &Call) -> Result<Vec<Settled>, Error> {
    allow(actor, Action::LogInquiry, &ResourceState::default())?;
    if call.claims.is_empty() || call.claims.len() > MOST_CLAIMS_OF_A_CALL {
        return Err(Error::invalid(
            "claims",
            format!("Choose the outcome of at least one claim, and of {MOST_CLAIMS_OF_A_CALL} at most."),
        ));
    }
    db.write(actor, practice, |tx| {
        let (today, days, calendar) = (tx.today(), days_in_force(tx)?, store::clock::calendar(tx)?);
        let mut settled = Vec::new();
        let mut said = Vec::new();
        let mut reached = Reached::No;
        for one in &call.claims {
            let claim = store::claim::load(tx, one.claim_id)?.filter(|claim| claim.payer_id == call.payer_id);
            let claim = claim.ok_or(Error::NotFound("claim of this payer"))?;
            let Some((outcome, days)) = days.iter().find(|(outcome, _)| outcome.key == one.outcome) else {
                return Err(Error::invalid("outcome", "Choose what the payer says of the claim."));
            };
            if let Some((question, problem)) = outcome.unanswered(&one.answers) {
                let number = claim.control_number.as_str();
                return Err(Error::invalid(format!("{number}: {}", question.words), problem));
            }
            if outcome.then != Then::Retry {
                reached = Reached::Yes;
                if call.representative.trim().is_empty() {
                    return Err(Error::invalid("representative", "Ask for the name first, and for the number of the call."));
                }
            }
            let next_touch_on = outcome.next_touch(*days, today, &calendar);
            let note = outcome.sentence(&Said {
                answers: &one.answers,
                representative: &call.representative,
                reference_number: &call.reference_number,
                next_touch_on,
            });
            let next = match outcome.then {
                Then::Resubmit if !outcome.resubmits(claim.filing_limit_on, today) => {
                    "Its filing limit is days away or passed: escalate it to Tier 2 now, with the proof of timely filing."
                }
                Then::Wait | Then::Work | Then::Resubmit | Then::Trace | Then::Retry => outcome.then.words(),
            };
            settled.push(Settled { claim_id: one.claim_id, note: note.clone(), next_touch_on, next: next.to_owned() });
            let answers = ClaimAnswers { answers: one.answers.clone() };
            said.push(ClaimSaid { claim_id: one.claim_id, outcome: one.outcome.clone(), note, next_touch_on, answers });
        }
        write_down(tx, call, (said, reached))?;
        for (one, settled) in call.claims.iter().zip(&settled) {
            pass_on(tx, actor, one, settled)?;
        }
        Ok(settled)
    })
}

fn write_down(tx: &mut Tx, call: &Call, (claims, reached): (Vec<ClaimSaid>, Reached)) -> Result<(), Error> {
    let notes: Vec<&str> = claims.iter().map(|said| said.note.as_str()).collect();
    let note = match notes.as_slice() {
        [one] => (*one).to_owned(),
        many => format!("One call about {} claims; what was said stands on each.", many.len()),
    };
    let promise = call.promised.as_ref().map(|(what, due_on)| NewPromise {
        by: PromisedBy::Them,
        what: what.clone(),
        due_on: *due_on,
        claim_id: claims.first().filter(|_| claims.len() == 1).map(|said| said.claim_id),
    });
    let new = NewInteraction {
        channel: Channel::Phone,
        direction: Direction::Out,
        started_at: call.started_at,
        reached,
        representative: call.representative.clone(),
        reference_number: call.reference_number.clone(),
        phone_path: call.phone_path.clone(),
        note,
        claims,
        promise,
        ..NewInteraction::call_to_payer(call.payer_id)
    };
    interaction::log_in(tx, &new)?;
    Ok(())
}

/// The claim goes to whoever has it after the call: back to the payer with a day, or to the person who called.
fn pass_on(tx: &mut Tx, actor: &Actor, one: &ClaimCall, settled: &Settled) -> Result<(), Error> {
    let outcome = call_outcome::outcome(&one.outcome).ok_or(Error::NotFound("outcome"))?;
    let mut waits = Vec::new();
    for item in tx.query(&OPEN_ITEMS_OF_CLAIM, params![one.claim_id])? {
        let works_it = allow(actor, worklist::action_for(item.desk), &ResourceState::default()).is_ok();
        if works_it && CALL_REASONS.contains(&item.reason) {
            worklist::refuse_colleagues(actor, item.owner_id)?;
            waits.push(item.id);
        }
    }
    if outcome.leaves_with_payer() {
        worklist::resolve_for_claim(tx, one.claim_id, CALL_REASONS, &settled.note, "payer")?;
        let place = tx.query_one(&CLAIM_PLACE, params![one.claim_id])?;
        let in_a_hand = !tx.query(&OPEN_ITEMS_OF_CLAIM, params![one.claim_id])?.is_empty();
        if let Some(day) = settled.next_touch_on.filter(|_| !in_a_hand && is_with_payer(place.status)) {
            tx.execute(&SET_FOLLOW_UP, params![one.claim_id, day])?;
        }
        return Ok(());
    }
    if outcome.then != Then::Retry {
        for item in waits {
            worklist::take_at_once(tx, item)?;
        }
    }
    Ok(())
}

/// Whether a payer has the claim, so that a day to look again means something.
fn is_with_payer(status: ClaimStatus) -> bool {
    match status {
        ClaimStatus::Submitted | ClaimStatus::Accepted | ClaimStatus::Adjudicated => true,
        ClaimStatus::Draft | ClaimStatus::Held | ClaimStatus::Ready | ClaimStatus::Rejected | ClaimStatus::Closed => {
            false
        }
    }
}

/// A payer's card as it is typed.
#[derive(Debug, Clone, Default)]
pub struct NewCard {
    /// The number for providers.
    pub phone: String,
    /// What to press and say.
    pub path: String,
    /// When somebody answers.
    pub hours: String,
    /// What they ask for before they speak.
    pub has_ready: String,
    /// What we say.
    pub script: String,
}

/// Keeps a payer's card; the ones before it stay.
///
/// # Errors
/// `Denied` without the right to log contacts: whoever calls knows the way; `NotFound`; `Invalid` without a number.
pub fn keep_card(db: &Db, actor: &Actor, practice: PracticeId, payer: PayerId, card: &NewCard) -> Result<(), Error> {
    allow(actor, Action::LogInquiry, &ResourceState::default())?;
    if card.phone.chars().filter(char::is_ascii_digit).count() < 10 {
        return Err(Error::invalid("phone", "Give the number with its area code."));
    }
    let fields = [&card.phone, &card.path, &card.hours, &card.has_ready, &card.script];
    if fields.iter().any(|field| field.chars().count() > LONGEST_CARD_FIELD) {
        return Err(Error::invalid("path", format!("At most {LONGEST_CARD_FIELD} characters a field.")));
    }
    db.write(actor, practice, |tx| {
        store::registration::payer(tx, payer)?.ok_or(Error::NotFound("payer"))?;
        let row = PhoneCardRow {
            id: PhoneCardId(tx.new_id()),
            payer_id: payer,
            phone: card.phone.trim().to_owned(),
            path: card.path.trim().to_owned(),
            hours: card.hours.trim().to_owned(),
            has_ready: card.has_ready.trim().to_owned(),
            script: card.script.trim().to_owned(),
            recorded_at: tx.now(),
            recorded_by_login: tx.actor().login.clone(),
        };
        tx.insert(&row)?;
        tx.audit("phone_card.keep", "payer", payer.0, json!({}));
        Ok(())
    })
}

/// Sets after how many days somebody looks again at a claim with an outcome.
///
/// # Errors
/// `Denied` without the right to set limits; `Invalid` for an outcome that sets no day, days out of measure, or no reason.
pub fn set_days(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    (outcome, days): (&str, i64),
    why: &str,
) -> Result<(), Error> {
    allow(actor, Action::ChangeLimits, &ResourceState::default())?;
    let why = reason::given(why, "Say in a sentence why; the auditor reads it.")?;
    let of_days = call_outcome::outcome(outcome).filter(|outcome| match outcome.then {
        Then::Wait | Then::Trace | Then::Retry => true,
        Then::Work | Then::Resubmit => false,
    });
    let Some(outcome) = of_days else {
        return Err(Error::invalid("outcome", "Choose an outcome after which somebody looks again on a day."));
    };
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(Error::invalid("days", format!("Give whole days from 1 to {MOST_DAYS}.")));
    }
    db.write(actor, practice, |tx| {
        let row = CallRuleRow {
            id: CallRuleId(tx.new_id()),
            outcome: outcome.key.to_owned(),
            days,
            why: why.to_owned(),
            recorded_at: tx.now(),
            recorded_by_login: tx.actor().login.clone(),
        };
        tx.insert(&row)?;
        tx.audit("call_rule.set", "call_rule", row.id.0, json!({ "outcome": outcome.key, "days": days }));
        Ok(())
    })
}
