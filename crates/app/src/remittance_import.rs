//! An 835 comes in: the whole file is checked first, every payment is recognised or new, and what balances is posted in
//! the same transaction. Nothing of a file that was cut off, and nothing of a payment that does not balance, reaches
//! the books.

mod quarantine;

use billing::access::{Action, Actor, ResourceState};
use billing::counting::counted;
use billing::remittance::{About, Remittance, balance};
use billing::{InboundFileId, Money, PayerId, PracticeId, RemittanceId};
use edi::remittance_835::{self, ReadRemittance};
use jiff::ToSpan;
use store::keyed_remittance::KEYED_OF_TRACE;
use store::remittance::{CLAIMS_THAT_WAIT, POSTED_WITH_TRACE, RemittanceRow};
use store::{Conn, Db, Tx, params};

use crate::Error;
use crate::access::allow;
use crate::bank;
use crate::digest::sha256;
use crate::inbound::{self, Incoming, LARGEST_FILE_BYTES, Outcome};
use crate::remittance_posting::{self, Counts};

/// Most that any amount of a remittance may be: a billion dollars. More is a slip or an attack, and far below it every
/// sum fits 64-bit cents.
const MOST_CENTS: i64 = 100_000_000_000;

/// Most days that a payment may be dated ahead: a year with a month's grace. Beyond it the date is a slip, and the
/// money would stand in a period that nobody looks at.
const MOST_DAYS_AHEAD: i64 = 400;

pub(crate) use quarantine::judge_again;

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
}

impl PaymentState {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            PaymentState::Posted => "posted",
            PaymentState::Quarantined => "quarantined",
            PaymentState::Duplicate => "duplicate",
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
    /// Why it is quarantined.
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
    run(db, actor, practice, file_name, bytes, false)
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
    run(db, actor, practice, file_name, bytes, true)
}

fn run(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    file_name: &str,
    bytes: &[u8],
    discard: bool,
) -> Result<ImportReport, Error> {
    let file = incoming(actor, file_name, bytes)?;
    let intake = inbound::take(db, actor, practice, &file, discard)?;
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
) -> Result<Vec<PaymentReport>, Error> {
    sets.iter().map(|set| post_set(tx, file_id, set, bytes)).collect()
}

/// What became of a file of payments, and its sentence.
pub(crate) fn summary(payments: &[PaymentReport]) -> (Outcome, String) {
    let count = |state: PaymentState| payments.iter().filter(|payment| payment.state == state).count();
    let (posted, quarantined, duplicate) =
        (count(PaymentState::Posted), count(PaymentState::Quarantined), count(PaymentState::Duplicate));
    let outcome = if posted > 0 {
        Outcome::Applied
    } else if quarantined > 0 {
        Outcome::Quarantined
    } else {
        Outcome::Duplicate
    };
    (outcome, format!("{} posted, {quarantined} quarantined, {duplicate} posted before", counted(posted, "payment")))
}

/// What stands against posting a payment.
struct Objection {
    state: PaymentState,
    problem: String,
    difference: Money,
}

fn post_set(tx: &mut Tx, file_id: InboundFileId, set: &ReadRemittance, bytes: &[u8]) -> Result<PaymentReport, Error> {
    let remittance = &set.remittance;
    let content_sha256 = content_hash(remittance);
    let objection = objection(tx, set, content_sha256)?;
    let payer_id = payer_of(tx, remittance)?;
    let id = RemittanceId(tx.new_id());
    let state = objection.as_ref().map_or(PaymentState::Posted, |objection| objection.state);
    tx.insert(&RemittanceRow {
        id,
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
        problem: objection.as_ref().map(|objection| objection.problem.clone()),
        difference_cents: objection.as_ref().map_or(Money::ZERO, |objection| objection.difference),
        payment_key: payment_key(remittance),
        content_sha256,
        imported_at: tx.now(),
        posted_at: (state == PaymentState::Posted).then(|| tx.now()),
        claim_count: remittance.claims.len() as i64,
        raw: bytes.get(set.span.clone()).unwrap_or_default().to_vec(),
    })?;
    let detail = serde_json::json!({ "cents": remittance.amount, "claims": remittance.claims.len() });
    let counts = match &objection {
        None => {
            tx.audit("remittance.post", "remittance", id, detail);
            let counts = remittance_posting::post(tx, id, payer_id, set)?;
            quarantine::end(tx, id, remittance)?;
            bank::posted(tx, id)?;
            counts
        }
        Some(objection) => {
            tx.audit(kept_out(objection.state), "remittance", id, detail);
            if objection.state == PaymentState::Quarantined {
                quarantine::open(tx, id, payer_id, remittance, objection)?;
            }
            Counts::default()
        }
    };
    let (problem, difference) = objection.map_or((None, Money::ZERO), |o| (Some(o.problem), o.difference));
    Ok(PaymentReport {
        remittance_id: id,
        trace: remittance.trace.clone(),
        amount: remittance.amount,
        state,
        problem,
        difference,
        claims: remittance.claims.len(),
        counts,
        waiting: waiting(tx, id)?,
    })
}

/// The claims of a payment that wait.
fn waiting(conn: &Conn, id: RemittanceId) -> Result<Vec<Waiting>, Error> {
    let rows = conn.query(&CLAIMS_THAT_WAIT, params![id])?;
    Ok(rows.into_iter().map(|(problem, difference)| Waiting { problem, difference }).collect())
}

fn kept_out(state: PaymentState) -> &'static str {
    match state {
        PaymentState::Posted => "remittance.post",
        PaymentState::Quarantined => "remittance.quarantine",
        PaymentState::Duplicate => "remittance.duplicate",
    }
}

/// What stands against posting: a payment known already, one that contradicts a known one, or one that does not add up.
fn objection(tx: &mut Tx, set: &ReadRemittance, content: [u8; 32]) -> Result<Option<Objection>, Error> {
    let remittance = &set.remittance;
    let quarantined =
        |problem: String, difference: Money| Some(Objection { state: PaymentState::Quarantined, problem, difference });
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
    let foreign = payee_problem(tx, set)?.or_else(|| date_problem(tx, remittance));
    if let Some(sentence) = foreign {
        // Whoever asks for another file should ask once: what else is wrong with this one is told too.
        return Ok(match balance::payment(remittance) {
            Some(found) => quarantined(format!("{sentence} It does not add up either: {found}."), found.difference),
            None => quarantined(sentence, Money::ZERO),
        });
    }
    let earlier = tx.query(&POSTED_WITH_TRACE, params![remittance.trace])?;
    let same_number = earlier
        .iter()
        .find(|known| known.payer_trace_id == remittance.payer_trace_id && known.payee_npi == remittance.payee_npi);
    if let Some(known) = same_number {
        // A number is unique between payer and payee, so the same number is the same payment or a mistake.
        if known.content_sha256 == content && known.payment_key == payment_key(remittance) {
            let problem = "this payment was posted before".to_owned();
            return Ok(Some(Objection { state: PaymentState::Duplicate, problem, difference: Money::ZERO }));
        }
        return Ok(quarantined(
            "TRN02: a payment of this number was posted with other content; ask the payer which one is true".to_owned(),
            Money::ZERO,
        ));
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
        },
        false => Objection {
            state: PaymentState::Quarantined,
            problem: format!(
                "TRN02: a payment of this number was keyed in from paper with {}; look at the scan and ask the payer which \
                 one is true",
                known.amount_cents
            ),
            difference,
        },
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

/// A date that no payment has yet.
fn date_problem(tx: &Tx, remittance: &Remittance) -> Option<String> {
    let last = tx.today().saturating_add(MOST_DAYS_AHEAD.days());
    (remittance.paid_on > last).then(|| {
        format!(
            "BPR16: the payment is dated {}, more than {MOST_DAYS_AHEAD} days ahead; nothing is posted. Ask the payer \
             for a corrected file.",
            remittance.paid_on
        )
    })
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
