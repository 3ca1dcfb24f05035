//! An 835 comes in: the whole file is checked first, every payment is recognised or new, and what balances is posted in
//! the same transaction. Nothing of a file that was cut off, and nothing of a payment that does not balance, reaches
//! the books.

mod dates;
pub mod preview;
mod quarantine;
mod waiting;

use billing::access::{Action, Actor, ResourceState};
use billing::counting::counted;
use billing::remittance::{About, Remittance, balance};
use billing::{InboundFileId, Money, PayerId, PracticeId, RemittanceId};
use edi::remittance_835::{self, ReadRemittance};
use store::keyed_remittance::KEYED_OF_TRACE;
use store::remittance::{CLAIMS_THAT_WAIT, KNOWN_WITH_TRACE, RemittanceRow};
use store::{Conn, Db, Tx, params};

use crate::Error;
use crate::access::allow;
use crate::bank;
use crate::digest::sha256;
use crate::inbound::{self, Incoming, LARGEST_FILE_BYTES, Outcome};
use crate::remittance_posting::{self, Counts, Leave, Order, Verdict};

/// Most that any amount of a remittance may be: a billion dollars. More is a slip or an attack, and far below it every
/// sum fits 64-bit cents.
const MOST_CENTS: i64 = 100_000_000_000;

pub(crate) use dates::{first_day_of_books, out_of_bounds};
pub(crate) use quarantine::judge_again;
pub use waiting::{Seen, WaitingPosted, post_waiting, waiting};

/// What became of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// In the books.
    Posted,
    /// It does not add up, or contradicts what was posted; nothing of it is in the books.
    Quarantined,
    /// It was posted before; nothing changed.
    Duplicate,
    /// It balances and waits for a person to post it; nothing of it is in the books.
    Waiting,
}

impl PaymentState {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            PaymentState::Posted => "posted",
            PaymentState::Quarantined => "quarantined",
            PaymentState::Duplicate => "duplicate",
            PaymentState::Waiting => "waiting",
        }
    }
}

/// What became of one payment of a file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PaymentReport {
    /// Its key.
    pub remittance_id: RemittanceId,
    /// Check or transfer number.
    pub trace: String,
    /// What was paid in all.
    pub amount: Money,
    /// What became of it.
    pub state: PaymentState,
    /// Why it is quarantined, or waits.
    pub problem: Option<String>,
    /// By how much its equation fails.
    pub difference: Money,
    /// Claims in it.
    pub claims: usize,
    /// What became of its claims; all zero where nothing was posted.
    pub counts: Counts,
    /// Why claims of it wait, in their order; their cash waits with them.
    pub waiting: Vec<Waiting>,
}

/// A claim of a posted payment that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Waiting {
    /// The failing equation, or why it matches nothing.
    pub problem: String,
    /// By how much it fails.
    pub difference: Money,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ImportReport {
    /// The stored file.
    pub file_id: InboundFileId,
    /// The very same bytes came before; nothing changed.
    pub is_known: bool,
    /// Its payments in order; of a known file each is a duplicate or still kept out.
    pub payments: Vec<PaymentReport>,
}

/// Imports a file and posts what balances, in one transaction.
///
/// # Errors
/// `Denied`; `Refused` for a file that is no 835, is cut off or miscounted: it names the place, and nothing is stored.
pub fn import(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    file_name: &str,
    bytes: &[u8],
) -> Result<ImportReport, Error> {
    run(db, actor, practice, file_name, bytes, Leave::Person, false)
}

/// Takes a file in and posts nothing of it: what nothing stands against waits for a person, who sees first what posting
/// would do ([`preview`]).
///
/// # Errors
/// As [`import`].
pub fn take_to_look_at(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    file_name: &str,
    bytes: &[u8],
) -> Result<ImportReport, Error> {
    run(db, actor, practice, file_name, bytes, Leave::Nobody, false)
}

/// Says what importing a file would do, and does nothing.
///
/// # Errors
/// As [`import`].
pub fn rehearse(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    file_name: &str,
    bytes: &[u8],
) -> Result<ImportReport, Error> {
    run(db, actor, practice, file_name, bytes, Leave::Person, true)
}

fn run(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    file_name: &str,
    bytes: &[u8],
    leave: Leave,
    discard: bool,
) -> Result<ImportReport, Error> {
    let file = incoming(actor, file_name, bytes)?;
    let intake = inbound::take(db, actor, practice, &file, leave, discard)?;
    Ok(ImportReport { file_id: intake.file_id, is_known: intake.is_known, payments: intake.payments })
}

/// Judges a file as [`import`] would before it changes anything, and changes nothing: of several files all are judged
/// before the first is posted.
///
/// # Errors
/// As [`import`].
pub fn judge(actor: &Actor, file_name: &str, bytes: &[u8]) -> Result<(), Error> {
    inbound::judged(actor, &incoming(actor, file_name, bytes)?).map(|_| ())
}

fn incoming<'a>(actor: &Actor, file_name: &'a str, bytes: &'a [u8]) -> Result<Incoming<'a>, Error> {
    allow(actor, Action::ImportRemittance, &ResourceState::default())?;
    let payments = read_whole(bytes).map_err(|problem| Error::refused(format!("{file_name}: {problem}")))?;
    Ok(Incoming { file_name, bytes, payments })
}

/// Every payment of a file that is whole; or why it is not.
pub(crate) fn read_whole(bytes: &[u8]) -> Result<Vec<ReadRemittance>, String> {
    if bytes.len() > LARGEST_FILE_BYTES {
        return Err("the file is larger than 64 MB; ask the clearinghouse to split it".to_owned());
    }
    if let Some(problem) = remittance_835::envelope_problem(bytes) {
        return Err(problem);
    }
    let sets = remittance_835::read(bytes);
    if sets.is_empty() {
        return Err("ST01: the file holds no remittance (835); import it as what it is".to_owned());
    }
    Ok(sets)
}

/// Recognises and posts the payments of a stored, whole file.
pub(crate) fn post_sets(
    tx: &mut Tx,
    file_id: InboundFileId,
    sets: &[ReadRemittance],
    bytes: &[u8],
    leave: Leave,
) -> Result<Vec<PaymentReport>, Error> {
    sets.iter().map(|set| post_set(tx, file_id, set, bytes, leave)).collect()
}

/// What became of a file of payments, and its sentence.
pub(crate) fn summary(payments: &[PaymentReport]) -> (Outcome, String) {
    let count = |state: PaymentState| payments.iter().filter(|payment| payment.state == state).count();
    let (posted, quarantined, duplicate) =
        (count(PaymentState::Posted), count(PaymentState::Quarantined), count(PaymentState::Duplicate));
    let waiting = count(PaymentState::Waiting);
    let outcome = if posted + waiting > 0 {
        Outcome::Applied
    } else if quarantined > 0 {
        Outcome::Quarantined
    } else {
        Outcome::Duplicate
    };
    let to_post = if waiting > 0 { format!(", {waiting} waiting to be posted") } else { String::new() };
    let posted = counted(posted, "payment");
    (outcome, format!("{posted} posted, {quarantined} quarantined, {duplicate} posted before{to_post}"))
}

/// What stands against posting a payment.
struct Objection {
    state: PaymentState,
    problem: String,
    difference: Money,
    /// It is known and waits to be posted: under this key.
    waits_as: Option<RemittanceId>,
}

impl Objection {
    fn quarantined(problem: impl Into<String>, difference: Money) -> Objection {
        Objection { state: PaymentState::Quarantined, problem: problem.into(), difference, waits_as: None }
    }
}

fn post_set(
    tx: &mut Tx,
    file_id: InboundFileId,
    set: &ReadRemittance,
    bytes: &[u8],
    leave: Leave,
) -> Result<PaymentReport, Error> {
    let remittance = &set.remittance;
    let objection = objection(tx, set, content_hash(remittance), None)?;
    let waits_as = objection.as_ref().and_then(|objection| objection.waits_as);
    let row = row_of(tx, file_id, set, bytes, objection.as_ref())?;
    let (id, payer_id) = (row.id, row.payer_id);
    tx.insert(&row)?;
    let Some(objection) = objection else {
        return match remittance_posting::post(tx, Order { id, payer: payer_id, set, leave }, None)? {
            Verdict::Posted(counts) => posted(tx, id, set, counts),
            Verdict::Waits(reasons) => waiting::hold(tx, id, payer_id, set, &reasons),
        };
    };
    tx.audit(kept_out(objection.state), "remittance", id, detail(remittance));
    match (objection.state, waits_as) {
        // Who asks for a payment that waits asks for it, whichever file it came in.
        (_, Some(known)) if leave == Leave::Person => return waiting::post_known(tx, known),
        (PaymentState::Quarantined, _) => quarantine::open(tx, id, payer_id, remittance, &objection)?,
        (PaymentState::Posted | PaymentState::Duplicate | PaymentState::Waiting, _) => {}
    }
    Ok(report(id, set, objection.state, Some(objection)))
}

/// A payment as it is stored with what stands against it.
fn row_of(
    tx: &mut Tx,
    file_id: InboundFileId,
    set: &ReadRemittance,
    bytes: &[u8],
    objection: Option<&Objection>,
) -> Result<RemittanceRow, Error> {
    let remittance = &set.remittance;
    let payer_id = payer_of(tx, remittance)?;
    let state = objection.map_or(PaymentState::Posted, |objection| objection.state);
    Ok(RemittanceRow {
        id: RemittanceId(tx.new_id()),
        inbound_file_id: file_id,
        payer_id,
        payer_name: remittance.payer_name.clone(),
        payer_trace_id: remittance.payer_trace_id.clone(),
        payee_npi: remittance.payee_npi.clone(),
        trace: remittance.trace.clone(),
        method: remittance.method.clone(),
        paid_on: remittance.paid_on,
        amount_cents: remittance.amount,
        state: state.as_str().to_owned(),
        problem: objection.map(|objection| objection.problem.clone()),
        difference_cents: objection.map_or(Money::ZERO, |objection| objection.difference),
        payment_key: payment_key(remittance),
        content_sha256: content_hash(remittance),
        imported_at: tx.now(),
        posted_at: (state == PaymentState::Posted).then(|| tx.now()),
        claim_count: remittance.claims.len() as i64,
        raw: bytes.get(set.span.clone()).unwrap_or_default().to_vec(),
    })
}

/// What follows from a payment that was posted just now, and what became of it.
fn posted(tx: &mut Tx, id: RemittanceId, set: &ReadRemittance, counts: Counts) -> Result<PaymentReport, Error> {
    tx.audit(kept_out(PaymentState::Posted), "remittance", id, detail(&set.remittance));
    quarantine::end(tx, id, &set.remittance)?;
    bank::posted(tx, id)?;
    let waiting = waiting_claims(tx, id)?;
    Ok(PaymentReport { counts, waiting, ..report(id, set, PaymentState::Posted, None) })
}

fn detail(remittance: &Remittance) -> serde_json::Value {
    serde_json::json!({ "cents": remittance.amount, "claims": remittance.claims.len() })
}

fn report(id: RemittanceId, set: &ReadRemittance, state: PaymentState, objection: Option<Objection>) -> PaymentReport {
    let (problem, difference) = objection.map_or((None, Money::ZERO), |o| (Some(o.problem), o.difference));
    PaymentReport {
        remittance_id: id,
        trace: set.remittance.trace.clone(),
        amount: set.remittance.amount,
        state,
        problem,
        difference,
        claims: set.remittance.claims.len(),
        counts: Counts::default(),
        waiting: Vec::new(),
    }
}

/// The claims of a payment that wait.
fn waiting_claims(conn: &Conn, id: RemittanceId) -> Result<Vec<Waiting>, Error> {
    let rows = conn.query(&CLAIMS_THAT_WAIT, params![id])?;
    Ok(rows.into_iter().map(|(problem, difference)| Waiting { problem, difference }).collect())
}

fn kept_out(state: PaymentState) -> &'static str {
    match state {
        PaymentState::Posted => "remittance.post",
        PaymentState::Quarantined => "remittance.quarantine",
        PaymentState::Duplicate => "remittance.duplicate",
        PaymentState::Waiting => "remittance.hold",
    }
}

/// What stands against posting: a payment known already, one that contradicts a known one, or one that does not add up.
/// `own` is the key of the payment itself, where it is stored.
fn objection(
    tx: &mut Tx,
    set: &ReadRemittance,
    content: [u8; 32],
    own: Option<RemittanceId>,
) -> Result<Option<Objection>, Error> {
    let remittance = &set.remittance;
    let quarantined = |problem: String, difference: Money| Some(Objection::quarantined(problem, difference));
    if set.is_unusable() {
        let sentences: Vec<&str> =
            set.problems.iter().filter(|p| p.claim.is_none()).map(|p| p.sentence.as_str()).collect();
        return Ok(quarantined(sentences.join("; "), Money::ZERO));
    }
    if let Some(sentence) = amount_problem(remittance) {
        return Ok(quarantined(sentence.to_owned(), Money::ZERO));
    }
    if let Some(sentence) = order_problem(set) {
        return Ok(quarantined(sentence.to_owned(), Money::ZERO));
    }
    let foreign = match payee_problem(tx, set)? {
        Some(sentence) => Some(sentence),
        None => dates::problem(tx, remittance)?,
    };
    if let Some(sentence) = foreign {
        // Whoever asks for another file should ask once: what else is wrong with this one is told too.
        return Ok(match balance::payment(remittance) {
            Some(found) => quarantined(format!("{sentence} It does not add up either: {found}."), found.difference),
            None => quarantined(sentence, Money::ZERO),
        });
    }
    if let Some(objection) = known_number(tx, remittance, content, own)? {
        return Ok(Some(objection));
    }
    if let Some(known) = keyed_before(tx, remittance)? {
        return Ok(Some(known));
    }
    Ok(balance::payment(remittance).and_then(|found| quarantined(found.to_string(), found.difference)))
}

/// The same payment was keyed in from paper: paper says neither the payer's number in the trace nor ours of its lines, so payer,
/// number and amount make it that payment.
fn keyed_before(tx: &mut Tx, remittance: &Remittance) -> Result<Option<Objection>, Error> {
    let Some(payer) = payer_of(tx, remittance)? else { return Ok(None) };
    let keyed = tx.query(&KEYED_OF_TRACE, params![remittance.trace])?;
    let Some(known) = keyed.iter().find(|known| known.payer_id == payer) else { return Ok(None) };
    let difference = remittance.amount - known.amount_cents;
    Ok(Some(match difference.is_zero() {
        true => Objection {
            state: PaymentState::Duplicate,
            problem: "this payment was keyed in from paper and posted before".to_owned(),
            difference,
            waits_as: None,
        },
        false => Objection {
            state: PaymentState::Quarantined,
            problem: format!(
                "TRN02: a payment of this number was keyed in from paper with {}; look at the scan and ask the payer which \
                 one is true",
                known.amount_cents
            ),
            difference,
            waits_as: None,
        },
    }))
}

/// A number is unique between payer and payee, so the same number is the same payment or a mistake.
fn known_number(
    tx: &mut Tx,
    remittance: &Remittance,
    content: [u8; 32],
    own: Option<RemittanceId>,
) -> Result<Option<Objection>, Error> {
    let earlier = tx.query(&KNOWN_WITH_TRACE, params![remittance.trace])?;
    let Some(known) = earlier.iter().find(|known| {
        own != Some(known.id)
            && known.payer_trace_id == remittance.payer_trace_id
            && known.payee_npi == remittance.payee_npi
    }) else {
        return Ok(None);
    };
    let waits = known.state == PaymentState::Waiting.as_str();
    Ok(Some(if known.content_sha256 != content || known.payment_key != payment_key(remittance) {
        let known = if waits { "waits to be posted" } else { "was posted" };
        let problem =
            format!("TRN02: a payment of this number {known} with other content; ask the payer which one is true");
        Objection::quarantined(problem, Money::ZERO)
    } else {
        let problem =
            if waits { "this payment came before and waits to be posted" } else { "this payment was posted before" };
        Objection {
            state: PaymentState::Duplicate,
            problem: problem.to_owned(),
            difference: Money::ZERO,
            waits_as: waits.then_some(known.id),
        }
    }))
}

/// Why a payment is not made out to this practice, or cannot be known to be. The NPI decides; where the payer gave none,
/// the tax id does, which no sentence repeats because it may be a person's.
fn payee_problem(tx: &mut Tx, set: &ReadRemittance) -> Result<Option<String>, Error> {
    let practice = store::registration::practice(tx)?.ok_or(Error::NotFound("practice"))?;
    let npi = set.remittance.payee_npi.trim();
    let (is_ours, named) = if !npi.is_empty() {
        (npi == practice.billing.npi.as_str(), format!("NPI {npi}"))
    } else if !set.payee_tax_id.is_empty() {
        (set.payee_tax_id == practice.billing.tax_id.digits(), "known by its tax id".to_owned())
    } else {
        return Ok(Some(
            "The payment names its payee neither by NPI nor by tax id (N1 PE); nothing is posted. Ask the payer for a \
             corrected file."
                .to_owned(),
        ));
    };
    Ok((!is_ours).then(|| {
        format!(
            "The payment is made out to another payee ({named}), not to this practice; nothing is posted. Ask the \
             payer, or import it into the practice it belongs to."
        )
    }))
}

/// Amounts that no payment has.
fn amount_problem(remittance: &Remittance) -> Option<&'static str> {
    if remittance.amount.is_negative() {
        return Some(
            "BPR02: a payment below zero; a payer takes money back by adjustments (PLB), so ask for a corrected file",
        );
    }
    let of_claims = remittance.claims.iter().flat_map(|claim| {
        let of_lines = claim.lines.iter().flat_map(|line| {
            let adjustments = line.adjustments.iter().map(|adjustment| adjustment.amount);
            [line.charge_amount, line.paid_amount].into_iter().chain(adjustments)
        });
        let adjustments = claim.adjustments.iter().map(|adjustment| adjustment.amount);
        [claim.charge_amount, claim.paid_amount].into_iter().chain(adjustments).chain(of_lines)
    });
    let outside = remittance.provider_adjustments.iter().map(|adjustment| adjustment.amount);
    let mut all = [remittance.amount].into_iter().chain(of_claims).chain(outside);
    all.any(|amount| amount.cents().unsigned_abs() > MOST_CENTS.unsigned_abs())
        .then_some("an amount is above a billion dollars; look at the file before anything of it is believed")
}

/// A payment order by which the stated amount never reaches the practice. A payment of zero moves nothing by any order:
/// it tells denials and is posted.
fn order_problem(set: &ReadRemittance) -> Option<&'static str> {
    let pays = set.remittance.amount.is_positive();
    match set.handling.as_str() {
        "I" | "C" | "D" | "U" | "X" => {}
        "H" | "P" if !pays => {}
        "H" => {
            return Some(
                "BPR01: H only notifies of a payment, yet BPR02 states an amount; nothing is posted. Import the file \
                 that comes with the money, or ask the payer for a corrected one.",
            );
        }
        "P" => {
            return Some(
                "BPR01: P only tries out later transfers, yet BPR02 states an amount; nothing is posted. Import the \
                 file that comes with the money, or ask the payer for a corrected one.",
            );
        }
        _ => {
            return Some(
                "BPR01: it says none of C, D, H, I, P, U and X, so it is not known whether money moves; nothing is \
                 posted. Ask the payer for a corrected file.",
            );
        }
    }
    if pays && set.remittance.method == "NON" {
        return Some(
            "BPR04: NON says that nothing is paid, yet BPR02 states an amount; nothing is posted. Ask the payer which \
             is true, and for a corrected file.",
        );
    }
    (pays && set.credit_or_debit != "C").then_some(
        "BPR03: it is not C, so the amount is not credited to the practice (D takes it from the account); nothing is \
         posted. A payer takes money back by adjustments (PLB), so ask for a corrected file.",
    )
}

fn payer_of(tx: &mut Tx, remittance: &Remittance) -> Result<Option<PayerId>, Error> {
    if remittance.payer_identifier.is_empty() {
        return Ok(None);
    }
    let found = store::registration::payer_by_identifier(tx, &remittance.payer_identifier)?;
    Ok(found.map(|payer| payer.id))
}

/// What makes a payment this payment: payer, number, payee, day, amount. Not the control numbers of its file, which
/// senders use again.
fn payment_key(remittance: &Remittance) -> String {
    format!(
        "{}|{}|{}|{}|{}",
        remittance.payer_trace_id,
        remittance.trace,
        remittance.payee_npi,
        remittance.paid_on,
        remittance.amount.cents()
    )
}

/// SHA-256 of what a payment says, without the dress of its file.
fn content_hash(remittance: &Remittance) -> [u8; 32] {
    let mut bare = remittance.clone();
    for claim in &mut bare.claims {
        claim.raw.clear();
        // Not what makes a payment itself, and not read by earlier builds.
        claim.about = About::default();
        for line in &mut claim.lines {
            line.raw.clear();
            line.units = None;
        }
    }
    // Our own type holds nothing that JSON refuses; an empty text would only make two contents look alike and
    // quarantine the second.
    sha256(&serde_json::to_vec(&bare).unwrap_or_default())
}
