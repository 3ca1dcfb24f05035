//! What a desk does about claims that were sent and that a payer is silent on or refused by the file: the same bytes again,
//! the question where a claim is, the claims of a refused file taken up. Decides nothing: the use cases refuse.

use axum::extract::State;
use billing::{ClaimId, WorkItemId};

use super::Desk;
use super::page::{Page, go};
use super::session::{Id, SignedIn};

/// The very same bytes of the claim's latest file go again.
pub async fn resend(State(desk): State<Desk>, who: SignedIn, Id(id): Id<ClaimId>) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| app::claim_submission::resend_claim(db, &actor, practice, id)).await?;
    go(&format!("/claims/{id}"), "resent")
}

/// Asks the payer where the claim is.
pub async fn ask(State(desk): State<Desk>, who: SignedIn, Id(id): Id<ClaimId>) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| app::claim_status::ask(db, &actor, practice, id)).await?;
    go(&format!("/claims/{id}"), "asked-waits")
}

/// Takes up the claims of the refused file that an item is about.
pub async fn reopen(State(desk): State<Desk>, who: SignedIn, Id(id): Id<WorkItemId>) -> Page {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| {
        let item = app::worklist::show(db, &actor, practice, id)?.item;
        let file = item.links.submission_id.ok_or(app::Error::NotFound("file"))?;
        app::claim_submission::reopen_refused_file(db, &actor, practice, file)
    })
    .await?;
    go(&format!("/work/{id}"), "reopened")
}
