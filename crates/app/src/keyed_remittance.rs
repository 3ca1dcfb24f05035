//! An explanation of benefits on paper, keyed in. A draft may be wrong and says by how much; what balances is written in the form
//! of an 835 and goes the one way that every remittance goes: the same reader, the same balances, the same quarantine, the same
//! posting. The scan of the paper stays with it.

mod scan;

use billing::access::{Action, Actor, ResourceState};
use billing::charge::Procedure;
use billing::remittance::balance::{self, Imbalance};
use billing::remittance::{
    About, Adjustment, AdjustmentGroup, ClaimPayment, LinePayment, ProviderAdjustment, Remittance,
};
use billing::{ClaimId, KeyedRemittanceId, Money, PayerId, PracticeId, RemittanceId};
use edi::Envelope;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;
use store::keyed_remittance::{
    END_KEYED, KEYED, KEYED_IN_STATE, KeyedBody, KeyedRow, POSTED_OF_PAYER, SAVE_KEYED, SCANS_OF_KEYED, ScanHead,
};
use store::remittance::{CLAIM_FACTS_BY_NUMBER, LINE_FACTS, LineFactsRow};
use store::{Conn, Db, Json, Tx, params};

use crate::access::allow;
use crate::inbound::{self, Incoming};
use crate::remittance_import::{PaymentReport, PaymentState, read_whole};
use crate::remittance_posting::Leave;
use crate::{Error, reason};

pub use scan::{LARGEST_SCAN_BYTES, Scan, attach, scans_of, show_scan};

/// The counter of keyed files.
const FILES: &str = "keyed-remittance";
/// Who a keyed file is from and for: ourselves.
const OURSELVES: &str = "KEYED";
/// What stands for the payer's number in the trace, which paper does not say.
const ON_PAPER: &str = "PAPER";
/// Most claims of one paper.
pub const MOST_CLAIMS: usize = 200;
/// Longest number of a check.
const LONGEST_NUMBER: usize = 30;
/// Most rows of a list.
const MOST_SHOWN: i64 = 200;

/// The head of a paper: who pays, with which check, how much, for which claims of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Who pays.
    pub payer: PayerId,
    /// The check's number.
    pub trace: String,
    /// The day on it.
    pub paid_on: Date,
    /// What it pays in all; zero where it tells denials only.
    pub amount: Money,
    /// Our numbers of its claims, in its order.
    pub claims: Vec<String>,
}

/// What the paper says of one line of a claim.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct KeyedLine {
    /// Which claim, from 0.
    pub claim: usize,
    /// Which line of it, from 0.
    pub line: usize,
    /// What it pays.
    pub paid: Money,
    /// Groups, reasons and amounts: "CO45 48.00 PR3 20.00".
    pub adjustments: String,
}

/// What the paper says, line by line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keyed {
    /// Every line.
    pub lines: Vec<KeyedLine>,
    /// The payer's number of each claim, in the order of the claims; may be empty.
    pub payer_numbers: Vec<String>,
    /// CLP02 of each claim: 1, 2, 3, 4, 22.
    pub statuses: Vec<String>,
    /// Money outside any claim: reason, reference, amount, as "WO 77120 12.00".
    pub outside: String,
}

/// A keyed remittance as a page shows it.
#[derive(Debug, Clone)]
pub struct KeyedView {
    /// The row.
    pub row: KeyedRow,
    /// The payer's name.
    pub payer_name: String,
    /// What does not add up, claim by claim: the claim's number and the equation.
    pub claims_off: Vec<(String, Imbalance)>,
    /// What does not add up in all.
    pub payment_off: Option<Imbalance>,
    /// Its scans.
    pub scans: Vec<ScanHead>,
}

impl KeyedView {
    /// Whether it can be posted.
    pub fn balances(&self) -> bool {
        self.claims_off.is_empty() && self.payment_off.is_none()
    }
}

/// Begins a draft: our claims with their lines and charges, nothing paid.
///
/// # Errors
/// `Denied`; `Invalid` names the field; `Refused` where the payer's payment of that number is in the books.
pub fn begin(db: &Db, actor: &Actor, practice: PracticeId, head: &Head) -> Result<KeyedRemittanceId, Error> {
    allow(actor, Action::PostManualPayment, &ResourceState::amount(head.amount))?;
    check_head(head)?;
    db.write(actor, practice, |tx| {
        if let Some(sentence) = crate::remittance_import::out_of_bounds(tx, "Its day", head.paid_on)? {
            return Err(Error::invalid("paid_on", format!("{sentence}. Enter the day that is printed on the check.")));
        }
        store::registration::payer(tx, head.payer)?.ok_or_else(|| Error::invalid("payer", "Choose the payer."))?;
        refuse_known(tx, head.payer, head.trace.trim())?;
        let claims = drafted(tx, &head.claims)?;
        let row = KeyedRow {
            id: KeyedRemittanceId(tx.new_id()),
            state: "draft".into(),
            payer_id: head.payer,
            trace: head.trace.trim().to_owned(),
            paid_on: head.paid_on,
            amount_cents: head.amount,
            revision: 1,
            file_number: tx.next_number(FILES)?,
            keyed_at: tx.now(),
            keyed_by: tx.actor().user,
            keyed_by_login: tx.actor().login.clone(),
            body: Json(KeyedBody { claims, provider_adjustments: Vec::new() }),
            remittance_id: None,
            ended_on: None,
        };
        tx.insert(&row)?;
        tx.audit("keyed_remittance.begin", "keyed_remittance", row.id, json!({ "cents": row.amount_cents }));
        Ok(row.id)
    })
}

fn check_head(head: &Head) -> Result<(), Error> {
    let trace = head.trace.trim();
    let is_plain = |one: char| one.is_ascii_alphanumeric() || matches!(one, '-' | '/' | '.' | ' ');
    if trace.is_empty() || trace.chars().count() > LONGEST_NUMBER || !trace.chars().all(is_plain) {
        return Err(Error::invalid("trace", "Enter the check's number as printed: letters, digits, - / . only."));
    }
    if head.amount.is_negative() {
        return Err(Error::invalid(
            "amount",
            "A payment is zero or more. Money taken back stands outside claims (WO).",
        ));
    }
    if head.claims.is_empty() || head.claims.len() > MOST_CLAIMS {
        return Err(Error::invalid("claims", "Name the claims that the paper lists by our numbers, at most 200."));
    }
    Ok(())
}

/// A payment of the payer with that number that is in the books already.
fn refuse_known(conn: &Conn, payer: PayerId, trace: &str) -> Result<(), Error> {
    match conn.query(&POSTED_OF_PAYER, params![trace, payer])?.first() {
        None => Ok(()),
        Some((_, amount)) => Err(Error::refused(format!(
            "Payment {trace} of this payer is in the books already with {amount}. Look at it among the remittances; \
             nothing is keyed twice."
        ))),
    }
}

fn drafted(conn: &Conn, numbers: &[String]) -> Result<Vec<ClaimPayment>, Error> {
    let wanted: Vec<String> = numbers.iter().map(|number| number.trim().to_owned()).collect();
    let found = conn.query_in(&CLAIM_FACTS_BY_NUMBER, params![], &wanted)?;
    let ids: Vec<ClaimId> = found.iter().map(|claim| claim.id).collect();
    let mut lines = conn.query_in(&LINE_FACTS, params![], &ids)?;
    lines.sort_by_key(|line| (line.claim_id, line.line_number));
    let mut seen = std::collections::HashSet::new();
    wanted
        .iter()
        .map(|number| {
            let claim = found.iter().find(|claim| claim.control_number == *number && seen.insert(claim.id));
            let claim = claim.ok_or_else(|| {
                Error::invalid(
                    "claims",
                    format!("No claim of this practice has the number {number}, or it stands there twice."),
                )
            })?;
            let own = lines.iter().filter(|line| line.claim_id == claim.id);
            let lines: Vec<LinePayment> = own.map(|line| drafted_line(line, claim.date_of_service)).collect();
            Ok(ClaimPayment {
                control_number: claim.control_number.clone(),
                status_code: "1".into(),
                charge_amount: lines.iter().map(|line| line.charge_amount).sum(),
                paid_amount: Money::ZERO,
                patient_responsibility: Money::ZERO,
                payer_claim_control_number: claim.payer_claim_control_number.clone().unwrap_or_default(),
                adjustments: Vec::new(),
                remarks: Vec::new(),
                lines,
                about: About::default(),
                raw: String::new(),
            })
        })
        .collect()
}

fn drafted_line(line: &LineFactsRow, on: Date) -> LinePayment {
    LinePayment {
        procedure: Procedure { code: line.procedure_code.clone(), modifiers: Vec::new() },
        submitted_procedure: None,
        charge_amount: line.amount_cents,
        paid_amount: Money::ZERO,
        date_of_service: Some(on),
        line_control_number: line.line_control_number.clone(),
        adjustments: Vec::new(),
        remarks: Vec::new(),
        units: None,
        allowed_amount: None,
        raw: String::new(),
    }
}

/// Keeps what was keyed, balanced or not, and says what does not add up.
///
/// # Errors
/// `Denied`; `NotFound`; `Changed` for an old form; `Invalid` for an adjustment that cannot be read; `Refused` after posting.
pub fn save(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: KeyedRemittanceId,
    revision: i64,
    keyed: &Keyed,
) -> Result<KeyedView, Error> {
    allow(actor, Action::PostManualPayment, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let row = draft(tx, id)?;
        if row.revision != revision {
            return Err(Error::Changed);
        }
        let body = filled(row.body.0.clone(), keyed)?;
        tx.execute(&SAVE_KEYED, params![id, revision + 1, Json(body.clone()), row.amount_cents])?;
        tx.audit("keyed_remittance.save", "keyed_remittance", id, json!({ "lines": keyed.lines.len() }));
        view(tx, KeyedRow { revision: revision + 1, body: Json(body), ..row })
    })
}

fn filled(mut body: KeyedBody, keyed: &Keyed) -> Result<KeyedBody, Error> {
    for one in &keyed.lines {
        let claim = body.claims.get_mut(one.claim).ok_or(Error::NotFound("claim"))?;
        let line = claim.lines.get_mut(one.line).ok_or(Error::NotFound("line"))?;
        line.paid_amount = one.paid;
        line.adjustments = adjustments(&one.adjustments)?;
    }
    for (place, claim) in body.claims.iter_mut().enumerate() {
        if let Some(number) = keyed.payer_numbers.get(place) {
            claim.payer_claim_control_number = plain(number);
        }
        if let Some(status) = keyed.statuses.get(place).filter(|status| !status.is_empty()) {
            if !["1", "2", "3", "4"].contains(&status.as_str()) {
                return Err(Error::invalid("status", "Say 1, 2 or 3 for the payer's place, or 4 for a refusal."));
            }
            claim.status_code = status.clone();
        }
        claim.paid_amount = claim.lines.iter().map(|line| line.paid_amount).sum();
        let of_patient = claim.lines.iter().flat_map(|line| &line.adjustments);
        claim.patient_responsibility = of_patient.filter(|one| one.group.code() == "PR").map(|one| one.amount).sum();
    }
    body.provider_adjustments = outside(&keyed.outside)?;
    Ok(body)
}

/// What X12 has no place for becomes a space.
fn plain(text: &str) -> String {
    text.trim().chars().map(|one| if one.is_ascii_alphanumeric() || one == '-' { one } else { ' ' }).collect()
}

/// "CO45 48.00 PR3 20.00" as adjustments.
fn adjustments(words: &str) -> Result<Vec<Adjustment>, Error> {
    let wrong = |word: &str| {
        Error::invalid(
            "adjustments",
            format!("{word:?} is no adjustment. Write group, reason and amount: CO45 48.00 PR3 20.00."),
        )
    };
    let tokens: Vec<&str> = words.split([' ', ',', ';']).filter(|word| !word.is_empty()).collect();
    tokens
        .chunks(2)
        .map(|pair| {
            let [code, amount] = pair else { return Err(wrong(pair.first().copied().unwrap_or_default())) };
            let (group, reason) = code.split_at_checked(2).ok_or_else(|| wrong(code))?;
            let group = AdjustmentGroup::from_code(&group.to_uppercase()).ok_or_else(|| wrong(code))?;
            let reason = reason.trim_start_matches('-').to_uppercase();
            if reason.is_empty() || reason.len() > 4 || !reason.chars().all(|one| one.is_ascii_alphanumeric()) {
                return Err(wrong(code));
            }
            if !codes::carc::exists(&reason) {
                let problem = format!("{reason} is no reason code (CARC). Write it as it is printed: CO45 48.00.");
                return Err(Error::invalid("adjustments", problem));
            }
            let amount = Money::parse(amount).map_err(|_| wrong(amount))?;
            Ok(Adjustment { group, reason, amount })
        })
        .collect()
}

/// "WO 77120 12.00; L6 - -3.10" as money outside claims.
fn outside(words: &str) -> Result<Vec<ProviderAdjustment>, Error> {
    let wrong = |part: &str| {
        Error::invalid(
            "outside",
            format!("{part:?} is none. Write reason, reference or -, and amount: WO 77120 12.00."),
        )
    };
    words
        .split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| {
            let fields: Vec<&str> = part.split_whitespace().collect();
            let [reason, reference, amount] = fields.as_slice() else { return Err(wrong(part)) };
            if reason.len() > 2 || !reason.chars().all(|one| one.is_ascii_alphanumeric()) {
                return Err(wrong(part));
            }
            let amount = Money::parse(amount).map_err(|_| wrong(part))?;
            let reference = if *reference == "-" { String::new() } else { plain(reference) };
            Ok(ProviderAdjustment { reason: reason.to_uppercase(), reference, amount })
        })
        .collect()
}

fn draft(tx: &Tx, id: KeyedRemittanceId) -> Result<KeyedRow, Error> {
    let row = tx.query_opt(&KEYED, params![id])?.ok_or(Error::NotFound("keyed remittance"))?;
    match row.state.as_str() {
        "draft" => Ok(row),
        state => Err(Error::refused(format!("This paper was {state} already; nothing of it is changed."))),
    }
}

/// One keyed remittance with what does not add up.
///
/// # Errors
/// `Denied`; `NotFound`.
pub fn show(db: &Db, actor: &Actor, practice: PracticeId, id: KeyedRemittanceId) -> Result<KeyedView, Error> {
    allow(actor, Action::PostManualPayment, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let row = read.query_opt(&KEYED, params![id])?.ok_or(Error::NotFound("keyed remittance"))?;
        view(read, row)
    })
}

fn view(conn: &Conn, row: KeyedRow) -> Result<KeyedView, Error> {
    let payer = store::registration::payer(conn, row.payer_id)?.ok_or(Error::NotFound("payer"))?;
    let remittance = remittance(&row, &payer, String::new());
    let claims_off = remittance
        .claims
        .iter()
        .filter_map(|claim| Some((claim.control_number.clone(), balance::claim(claim)?)))
        .collect();
    let scans = conn.query(&SCANS_OF_KEYED, params![row.id])?;
    Ok(KeyedView { payer_name: payer.name, claims_off, payment_off: balance::payment(&remittance), scans, row })
}

fn remittance(row: &KeyedRow, payer: &billing::payer::Payer, payee_npi: String) -> Remittance {
    Remittance {
        payer_name: payer.name.clone(),
        payer_trace_id: ON_PAPER.into(),
        payer_identifier: payer.payer_identifier.clone(),
        payee_npi,
        trace: row.trace.clone(),
        method: if row.amount_cents.is_zero() { "NON".into() } else { "CHK".into() },
        paid_on: row.paid_on,
        amount: row.amount_cents,
        claims: row.body.0.claims.clone(),
        provider_adjustments: row.body.0.provider_adjustments.clone(),
    }
}

/// Posts a draft that balances, through the one way of every remittance. Answers for what became of it.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` with the failing equation, where the payment is in the books already, or with what the
/// import says against it: nothing is posted then.
pub fn post(db: &Db, actor: &Actor, practice: PracticeId, id: KeyedRemittanceId) -> Result<PaymentReport, Error> {
    allow(actor, Action::PostManualPayment, &ResourceState::default())?;
    let (name, bytes) = db.read(actor, practice, |read| file_of(read, id))?;
    let payments =
        read_whole(&bytes).map_err(|problem| Error::refused(format!("The paper cannot be written: {problem}")))?;
    let intake = inbound::take(
        db,
        actor,
        practice,
        &Incoming { file_name: &name, bytes: &bytes, payments },
        Leave::Person,
        false,
    )?;
    let report = intake.payments.into_iter().next().ok_or(Error::NotFound("payment"))?;
    // The same bytes a second time name the payment that the first time posted, where only the end of the draft was lost.
    let is_posted = matches!(report.state, PaymentState::Posted | PaymentState::Duplicate);
    if !is_posted {
        return Err(Error::refused(report.problem.unwrap_or_else(|| "The payment is kept out.".to_owned())));
    }
    db.write(actor, practice, |tx| {
        let row = draft(tx, id)?;
        let posted = tx.query(&POSTED_OF_PAYER, params![row.trace, row.payer_id])?;
        let remittance: Option<RemittanceId> = posted.first().map(|(remittance, _)| *remittance);
        tx.execute(&END_KEYED, params![id, "posted", remittance, Some(tx.today())])?;
        tx.audit("keyed_remittance.post", "keyed_remittance", id, json!({ "cents": row.amount_cents }));
        Ok::<_, Error>(())
    })?;
    Ok(report)
}

/// The draft as a file; the same draft gives the same bytes.
fn file_of(conn: &Conn, id: KeyedRemittanceId) -> Result<(String, Vec<u8>), Error> {
    let row = conn.query_opt(&KEYED, params![id])?.ok_or(Error::NotFound("keyed remittance"))?;
    if row.state != "draft" {
        return Err(Error::refused(format!("This paper was {} already.", row.state)));
    }
    let seen = view(conn, row)?;
    if let Some((number, off)) = seen.claims_off.first() {
        return Err(Error::refused(format!("Claim {number}: {off}. Correct it; nothing is posted.")));
    }
    if let Some(off) = &seen.payment_off {
        return Err(Error::refused(format!("The paper does not add up: {off}. Correct it; nothing is posted.")));
    }
    let row = seen.row;
    let practice = store::registration::practice(conn)?.ok_or(Error::NotFound("practice"))?;
    let payer = store::registration::payer(conn, row.payer_id)?.ok_or(Error::NotFound("payer"))?;
    let remittance = remittance(&row, &payer, practice.billing.npi.as_str().to_owned());
    let number = row.file_number;
    let envelope = Envelope {
        submitter_name: practice.name.clone(),
        submitter_id: OURSELVES.into(),
        contact_phone: String::new(),
        contact_email: String::new(),
        receiver_id: OURSELVES.into(),
        control_numbers: billing::claim::submission::ControlNumbers { interchange: number, group: number, set: number },
        sealed_at: row.keyed_at.to_zoned(TimeZone::UTC).datetime(),
        is_test: false,
    };
    let bytes = edi::keyed_remittance::write(&remittance, &envelope).map_err(|why| Error::refused(why.to_string()))?;
    Ok((format!("keyed-{number:06}.x12"), bytes))
}

/// Gives a draft up; nothing of it was in the books.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` without words; `Refused` after posting.
pub fn drop_it(db: &Db, actor: &Actor, practice: PracticeId, id: KeyedRemittanceId, why: &str) -> Result<(), Error> {
    allow(actor, Action::PostManualPayment, &ResourceState::default())?;
    reason::given(why, "Say in a sentence why the paper is given up.")?;
    db.write(actor, practice, |tx| {
        draft(tx, id)?;
        tx.execute(&END_KEYED, params![id, "dropped", None::<RemittanceId>, Some(tx.today())])?;
        tx.audit("keyed_remittance.drop", "keyed_remittance", id, json!({}));
        Ok(())
    })
}

/// Keyed remittances of a state, the latest first: 'draft', 'posted' or 'dropped'.
///
/// # Errors
/// `Denied`.
pub fn list(db: &Db, actor: &Actor, practice: PracticeId, state: &str) -> Result<Vec<KeyedRow>, Error> {
    allow(actor, Action::PostManualPayment, &ResourceState::default())?;
    db.read(actor, practice, |read| Ok(read.query(&KEYED_IN_STATE, params![state, MOST_SHOWN])?))
}
