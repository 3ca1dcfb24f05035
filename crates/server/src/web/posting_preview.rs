//! A payment before it is posted: a file is uploaded and waits, its page shows every entry that posting would make, and one
//! click posts just those. Decides nothing itself.

use app::remittance_import::preview::{self, ForeseenState, Preview, PreviewClaim, PreviewEntry};
use app::remittance_import::{self, PaymentState, Seen, WaitingPosted};
use axum::extract::{Form, Multipart, State};
use billing::RemittanceId;
use billing::access::Action;
use ledger::Money;
use serde::Deserialize;
use store::views::remittances::RemittanceHeadRow;

use super::Desk;
use super::chips::{self, Chip};
use super::page::{Page, go};
use super::refusal::Refusal;
use super::session::{Id, SignedIn};

/// The field of the upload.
const FILE: &str = "file";
/// Claims shown at once: their entries fit a page that is read.
const CLAIMS_SHOWN: usize = 100;

/// A preview as the page shows it: a page of its claims, those that would wait before the others.
pub struct Foreseen {
    pub(super) preview: Preview,
    pub(super) claims: Vec<(Chip, PreviewClaim)>,
    pub(super) next: Option<usize>,
    pub(super) before: Option<usize>,
    pub(super) may_post: bool,
}

impl Foreseen {
    /// The preview of a payment that waits; none of one that does not.
    pub async fn of(
        desk: &Desk,
        who: &SignedIn,
        head: &RemittanceHeadRow,
        first: usize,
    ) -> Result<Option<Foreseen>, Refusal> {
        if head.state != PaymentState::Waiting.as_str() {
            return Ok(None);
        }
        let (actor, id) = (who.actor.clone(), head.id);
        let mut preview = desk.blocking(move |db, practice| preview::of_waiting(db, &actor, practice, id)).await?;
        let mut claims = std::mem::take(&mut preview.claims);
        let waits = |claim: &PreviewClaim| matches!(claim.state, ForeseenState::SetAside | ForeseenState::Unmatched);
        claims.sort_by_key(|claim| !waits(claim));
        let all = claims.len();
        let shown = claims.into_iter().skip(first).take(CLAIMS_SHOWN);
        Ok(Some(Foreseen {
            claims: shown.map(|claim| (chips::foreseen(claim.state), claim)).collect(),
            preview,
            next: (first + CLAIMS_SHOWN < all).then_some(first + CLAIMS_SHOWN),
            before: (first > 0).then(|| first.saturating_sub(CLAIMS_SHOWN)),
            may_post: who.may(Action::PostRemittance),
        }))
    }

    /// What is in the books afterwards by debits.
    pub(super) fn debits(&self) -> Money {
        self.preview.totals.iter().map(|total| total.debit_cents).sum()
    }

    /// What is in the books afterwards by credits.
    pub(super) fn credits(&self) -> Money {
        self.preview.totals.iter().map(|total| total.credit_cents).sum()
    }

    /// The entries that belong to no claim.
    pub(super) fn outside(&self) -> impl Iterator<Item = &PreviewEntry> {
        self.preview.payment.iter().chain(&self.preview.beside)
    }
}

/// Takes an 835 in, to be looked at before anything of it is posted.
pub async fn upload(State(desk): State<Desk>, who: SignedIn, mut form: Multipart) -> Page {
    let wrong = |problem: &str| Refusal::Invalid { field: FILE.into(), problem: problem.into() };
    let not_whole = "The file did not come whole. Choose it again; a very long one is taken in on the command line.";
    let mut file = None;
    while let Some(field) = form.next_field().await.map_err(|_| wrong(not_whole))? {
        if field.name() == Some(FILE) {
            let name = field.file_name().unwrap_or(FILE).to_owned();
            file = Some((name, field.bytes().await.map_err(|_| wrong(not_whole))?.to_vec()));
        }
    }
    let (name, bytes) = file.filter(|(_, bytes)| !bytes.is_empty()).ok_or_else(|| wrong("Choose the 835 first."))?;
    let actor = who.actor.clone();
    let report = desk
        .blocking(move |db, practice| remittance_import::take_to_look_at(db, &actor, practice, &name, &bytes))
        .await?;
    match &report.payments[..] {
        [only] if only.state != PaymentState::Duplicate => {
            go(&format!("/remittances/{}", only.remittance_id), "remittance-taken")
        }
        _ => go("/remittances", "remittance-taken"),
    }
}

/// What the person saw.
#[derive(Deserialize)]
pub struct Saw {
    seen: String,
}

/// Posts what was seen, once; where the books moved since, nothing is posted and the preview is shown anew.
pub async fn post(State(desk): State<Desk>, who: SignedIn, Id(id): Id<RemittanceId>, Form(saw): Form<Saw>) -> Page {
    let actor = who.actor.clone();
    let posted = desk
        .blocking(move |db, practice| {
            remittance_import::post_waiting(db, &actor, practice, id, Seen::Preview(&saw.seen))
        })
        .await?;
    let done = match posted {
        WaitingPosted::Settled(report) if report.state == PaymentState::Posted => "remittance-posted",
        WaitingPosted::Settled(_) => "remittance-kept-out",
        WaitingPosted::Before => "remittance-posted-before",
        WaitingPosted::Moved => "remittance-moved",
    };
    go(&format!("/remittances/{id}"), done)
}
