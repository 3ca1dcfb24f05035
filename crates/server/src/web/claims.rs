//! Claims: the list, and one claim with its lines, where its money went, and one timeline of every message.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Form, Query, State};
use billing::ClaimId;
use billing::access::{Action, ResourceState};
use billing::claim::finding::Waiver;
use billing::claim::{ClaimFrequency, ClaimStatus};
use billing::coverage::CoverageRank;
use billing::provider::ProviderOnClaim;
use billing::remittance::posting::PAID;
use billing::work::{Desk as WorkDesk, WorkReason};
use ledger::Money;
use serde::Deserialize;
use store::reports::Cell;
use store::views::claim::{ClaimPostingRow, ClaimView, ClaimWorkRow, LineMoney};
use store::views::claims::{ClaimListRow, PAGE};

use super::chips::{self, Chip};
use super::masking;
use super::mending::{self, MayMend};
use super::page::{Page, Shell, go, show as render};
use super::refusal::Refusal;
use super::session::{Id, SignedIn};
use super::tables::{self, Wanted, maybe, text};
use super::{Desk, filters};
use crate::table_file::Sheet;

/// What stands in the address.
#[derive(Deserialize)]
pub struct Asked {
    status: Option<String>,
    page: Option<i64>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "claims/index.html")]
struct ClaimsPage {
    shell: Shell,
    rows: Vec<(Chip, ClaimListRow)>,
    status: Option<String>,
    statuses: Vec<(&'static str, &'static str)>,
    page: i64,
    more: bool,
    masked: bool,
}

/// A step of the claim's money: what took how much from what remained.
pub(super) struct Step {
    pub(super) what: String,
    who: String,
    pub(super) amount: Money,
    remains: Money,
    tone: &'static str,
    /// Where the bar begins and how long it is, in cents of what was charged.
    bar_from: i64,
    bar: i64,
}

#[derive(Template)]
#[template(path = "claims/show.html")]
struct ClaimPage {
    shell: Shell,
    view: ClaimView,
    status: Chip,
    patient_name: String,
    lines: Vec<LineMoney>,
    totals: LineMoney,
    steps: Vec<Step>,
    charged: Money,
    with_payer: Money,
    with_patient: Money,
    open_work: Vec<(ClaimWorkRow, &'static str, bool)>,
    why_not_send: Option<String>,
    may_scrub: bool,
    /// The payer may be asked where the claim is, or be sent the same bytes.
    may_ask: bool,
    may_resend: bool,
    may_mend: MayMend,
    may_pass: bool,
    /// Tier 2 may begin a correction; the last day that the payer takes it stands with the work.
    may_correct: bool,
    /// What its reason begins as, where work says already what was wrong; empty where none does.
    correct_because: &'static str,
    /// A correction waits for its maker, and this person may send or drop it.
    may_send_correction: bool,
    /// This person may change the visit of it.
    may_change_visit: bool,
    /// A payer passed it on, and this person may bill it from here.
    may_end_crossover: bool,
    /// The clocks that run for it, the nearest last day first.
    clocks: Vec<app::clocks::Running>,
    may_see_clocks: bool,
    may_prove: bool,
}

fn sheet(rows: &[ClaimListRow], masked: bool) -> Sheet {
    let row = |row: &ClaimListRow| {
        let patient = &row.patient.0;
        vec![
            text(&row.control_number),
            text(if masked { patient.account_number.clone() } else { patient.name.sorted() }),
            text(&row.payer),
            text(row.date_of_service),
            Cell::Money(row.total),
            text(&row.status),
            maybe(row.follow_up_on),
            text(row.filing_limit_on),
            text(row.id),
        ]
    };
    Sheet {
        name: "Claims",
        columns: &["Claim", "Patient", "Payer", "Service", "Charged", "Status", "Look again", "Filing limit", "Id"],
        rows: rows.iter().map(row).collect(),
    }
}

/// The list, of one status or of all.
pub async fn index(
    State(desk): State<Desk>,
    who: SignedIn,
    Wanted(wanted): Wanted,
    Query(asked): Query<Asked>,
) -> Page {
    let page = asked.page.unwrap_or(0).max(0);
    let status = asked.status.as_deref().and_then(ClaimStatus::parse).map(ClaimStatus::as_str);
    if let Some(format) = wanted {
        let rows = desk.read(&who.actor, move |read| Ok(store::views::claims::every(read, status)?)).await?;
        return tables::file("claims", &[sheet(&rows, who.is_masked(Action::ViewClaim))], format);
    }
    let mut rows = desk.read(&who.actor, move |read| Ok(store::views::claims::list(read, status, page)?)).await?;
    let more = rows.len() as i64 > PAGE;
    rows.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let masked = who.is_masked(Action::ViewClaim);
    render(&ClaimsPage {
        shell: Shell::new(&desk, &who, "/claims").after(asked.done.as_deref()),
        rows: rows.into_iter().map(|row| (chips::claim(&row.status), row)).collect(),
        status: status.map(str::to_owned),
        statuses: ClaimStatus::ALL
            .iter()
            .map(|status| (status.as_str(), chips::claim(status.as_str()).words))
            .collect(),
        page,
        more,
        masked,
    })
}

/// One claim.
pub async fn show(State(desk): State<Desk>, who: SignedIn, Id(id): Id<ClaimId>, Query(asked): Query<Asked>) -> Page {
    let (view, clocks) = desk
        .read(&who.actor, move |read| Ok((store::views::claim::get(read, id)?, app::clocks::of_claim(read, id)?)))
        .await?;
    let mut view = view.ok_or(Refusal::Absent)?;
    let masked = who.is_masked(Action::ViewClaim);
    if masked {
        for raw in view.events.iter_mut().filter_map(|event| event.raw.as_mut()) {
            *raw = masking::without_people(raw);
        }
    }
    let patient = &view.head.patient.0;
    let patient_name = if masked { format!("Account {}", patient.account_number) } else { patient.name.full() };
    let lines: Vec<LineMoney> = view
        .head
        .body
        .0
        .lines
        .iter()
        .map(|line| view.lines.get(&line.charge_id).cloned().unwrap_or_default())
        .collect();
    let state = ResourceState::claim(view.head.adjudicated_on.is_some());
    let sending =
        if view.head.adjudicated_on.is_some() { Action::SendCorrectedClaim } else { Action::SubmitInitialClaim };
    let is_decided =
        matches!(view.head.status.as_str(), "adjudicated" | "closed") && view.head.adjudicated_on.is_some();
    let of_correction = WorkReason::CorrectedClaim.as_str();
    let is_corrected = view.work.iter().any(|row| row.reason == of_correction && row.state != "resolved");
    let of_prior = WorkReason::PriorDecisionChanged.as_str();
    let is_told_anew = view.work.iter().any(|row| row.reason == of_prior && row.state != "resolved");
    let correct_because =
        if is_told_anew { "A payer before this one decided anew after the claim was sent." } else { "" };
    let (steps, charged, with_payer, with_patient) = steps(&view.postings, &view.head.body.0.payer.name);
    render(&ClaimPage {
        shell: Shell::new(&desk, &who, "/claims").after(asked.done.as_deref()),
        status: chips::claim(&view.head.status),
        patient_name,
        totals: sum(&lines),
        lines,
        steps,
        charged,
        with_payer,
        with_patient,
        open_work: open_work(&who, &view),
        why_not_send: who.why_not(sending, &state),
        clocks,
        may_see_clocks: who.may(Action::ViewWorklist),
        may_prove: !masked,
        may_scrub: matches!(view.head.status.as_str(), "draft" | "held" | "rejected")
            && !is_corrected
            && who.why_not(Action::SubmitInitialClaim, &state).is_none(),
        may_ask: who.may(Action::VerifyInsurance) && !matches!(view.head.status.as_str(), "draft" | "held" | "ready"),
        may_resend: view.head.status == "submitted" && who.why_not(Action::SubmitInitialClaim, &state).is_none(),
        may_mend: MayMend::of(&who),
        may_pass: who.may(Action::PassScrubWarning),
        may_correct: is_decided
            && view.head.body.0.frequency != ClaimFrequency::Void
            && who.why_not(Action::SendCorrectedClaim, &state).is_none(),
        correct_because,
        may_send_correction: is_corrected && who.why_not(Action::SendCorrectedClaim, &state).is_none(),
        may_change_visit: who.may(Action::EnterCharges),
        may_end_crossover: view.head.body.0.crossed_over
            && view.head.status == "accepted"
            && who.why_not(Action::SubmitInitialClaim, &ResourceState::default()).is_none(),
        view,
    })
}

fn sum(lines: &[LineMoney]) -> LineMoney {
    lines.iter().fold(LineMoney::default(), |total, line| LineMoney {
        by_contract: total.by_contract + line.by_contract,
        denied: total.denied + line.denied,
        denial_codes: String::new(),
        patient_share: total.patient_share + line.patient_share,
        payer_paid: total.payer_paid + line.payer_paid,
    })
}

/// The work about the claim that is not resolved, with the desk's name and whether this person may open it.
fn open_work(who: &SignedIn, view: &ClaimView) -> Vec<(ClaimWorkRow, &'static str, bool)> {
    view.work
        .iter()
        .filter(|row| row.state != "resolved")
        .filter_map(|row| WorkDesk::parse(&row.desk).map(|desk| (row, desk)))
        .map(|(row, desk)| (row.clone(), desk.label(), app::worklist::may_see(&who.actor, desk)))
        .collect()
}

/// Where the money of the claim's charges went, from the books: charged, what took how much from it, and with whom
/// the rest is.
pub(super) fn steps(postings: &[ClaimPostingRow], payer: &str) -> (Vec<Step>, Money, Money, Money) {
    let of = |accounts: &[&str]| -> Money {
        postings.iter().filter(|row| accounts.contains(&row.account.as_str())).map(|row| row.amount).sum()
    };
    let charged = -of(&["revenue"]);
    let by_contract = of(&["contractual"]);
    let forgiven = of(&["write_off", "bad_debt"]);
    let (with_payer, with_patient) = (of(&["payer_receivable"]), of(&["patient_receivable"]));
    let patient_paid: Money = postings
        .iter()
        .filter(|row| row.account == "patient_receivable" && row.source_kind == "patient_payment")
        .map(|row| -row.amount)
        .sum();
    let payer_paid = charged - by_contract - forgiven - patient_paid - with_payer - with_patient;
    let others = paid_by_others(postings, payer);
    let payer_paid = payer_paid - others.values().copied().sum::<Money>();
    let mut remains = charged;
    let mut steps = vec![Step {
        what: "Charged".into(),
        who: "Fee schedule".into(),
        amount: charged,
        remains,
        tone: "owed",
        bar_from: 0,
        bar: charged.cents().max(0),
    }];
    let of_others = others.iter().map(|(name, paid)| (format!("Paid by {name}"), "Remittance", *paid, "payer"));
    for (what, who, amount, tone) in of_others.chain([
        ("Owed by nobody, by contract".to_owned(), "Contract with the payer", by_contract, "nobody"),
        (format!("Paid by {payer}"), "Remittance", payer_paid, "payer"),
        ("Paid by the patient".to_owned(), "Receipt", patient_paid, "patient-paid"),
        ("Written off".to_owned(), "Approved", forgiven, "nobody"),
    ]) {
        if amount.is_zero() {
            continue;
        }
        remains -= amount;
        steps.push(Step {
            what,
            who: who.to_owned(),
            amount: -amount,
            remains,
            tone,
            bar_from: remains.cents().max(0),
            bar: amount.cents().max(0),
        });
    }
    (steps, charged, with_payer, with_patient)
}

/// What other payers paid of the claim's charges, each by its name.
fn paid_by_others(postings: &[ClaimPostingRow], own: &str) -> BTreeMap<String, Money> {
    let mut paid: BTreeMap<String, Money> = BTreeMap::new();
    for row in postings.iter().filter(|row| row.account == "payer_receivable" && row.reason == PAID) {
        if let Some(name) = row.payer.as_ref().filter(|name| *name != own) {
            *paid.entry(name.clone()).or_default() -= row.amount;
        }
    }
    paid
}

impl ClaimPage {
    /// Who had a part in the care, with the part.
    fn people(&self) -> Vec<(&'static str, &ProviderOnClaim)> {
        let body = &self.view.head.body.0;
        [
            ("Care by", &body.rendering),
            ("Referred by", &body.referring),
            ("Supervised by", &body.supervising),
            ("Ordered by", &body.ordering),
        ]
        .into_iter()
        .filter_map(|(what, provider)| provider.as_ref().map(|provider| (what, provider)))
        .collect()
    }

    /// The frequency in words with its code.
    fn frequency(frequency: &ClaimFrequency) -> String {
        let words = match frequency {
            ClaimFrequency::Original => "Original",
            ClaimFrequency::Replacement => "Replacement",
            ClaimFrequency::Void => "Void",
        };
        format!("{words} ({})", frequency.code())
    }

    /// A payer's place in the order, in words.
    fn rank(rank: &CoverageRank) -> &'static str {
        match rank {
            CoverageRank::Primary => "First",
            CoverageRank::Secondary => "Second",
            CoverageRank::Tertiary => "Third",
        }
    }

    /// A place of service in words.
    fn place(code: &str) -> Option<&'static str> {
        codes::place_of_service::find(code).map(|place| place.name)
    }

    /// What is still open of the claim.
    fn open(&self) -> Money {
        self.with_payer + self.with_patient
    }

    /// Where a finding's field is mended, for who may mend it.
    fn mend(&self, field: &str) -> Option<String> {
        self.may_mend.href(&self.view.head, field)
    }

    /// A finding's field in words.
    fn field(field: &str) -> String {
        mending::field_words(field)
    }

    /// The codes of a line's denial with their words.
    fn why_denied(codes: &str) -> Vec<(String, &'static str)> {
        mending::denials(codes)
    }

    /// The shape beside an event of the timeline.
    fn shape(kind: &str) -> &'static str {
        match kind {
            "submitted" => "send",
            "crossed_over" => "in",
            "corrected" | "correction_dropped" | "crossover_ended" => "back",
            "accepted" | "noted" | "adjudicated" | "reversed" | "refusal_voided" => "in",
            "rejected" | "file_refused" => "back",
            "held" => "pause",
            "closed" | "released" => "check",
            _ => "dot",
        }
    }
}

impl ClaimPage {
    /// When the acceptance came in: its day is the payer's own.
    fn heard_of_acceptance(&self) -> Option<jiff::Timestamp> {
        self.view.events.iter().filter(|event| event.kind == "accepted").map(|event| event.occurred_at).min()
    }
}

/// Scrubs a claim again after something was mended.
pub async fn scrub(State(desk): State<Desk>, who: SignedIn, Id(id): Id<ClaimId>) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| app::claim_scrub::scrub_claim(db, &actor, practice, id)).await?;
    go(&format!("/claims/{id}"), "scrubbed")
}

/// What lets a warning pass.
#[derive(Deserialize)]
pub struct Passing {
    rule: String,
    field: String,
    reason: String,
}

/// Lets a warning pass with a reason.
pub async fn pass_warning(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<ClaimId>,
    Form(passing): Form<Passing>,
) -> Page {
    let actor = who.actor.clone();
    let waiver = Waiver { rule: passing.rule, field: passing.field, reason: passing.reason };
    desk.blocking(move |db, practice| app::claim_scrub::pass_warning(db, &actor, practice, id, &waiver)).await?;
    go(&format!("/claims/{id}"), "scrubbed")
}
