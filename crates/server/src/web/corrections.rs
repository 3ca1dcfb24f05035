//! What Tier 2 asks of a payer that decided: a replacement or a void, begun, sent or dropped. And what Tier 1 says of a claim
//! that a payer passed on. Decides nothing: the use cases refuse what may not be, with what to do instead.

use app::corrected_claim::{self, Correction};
use app::next_payer;
use axum::extract::{Form, State};
use billing::ClaimId;
use billing::claim::ClaimFrequency;
use serde::Deserialize;

use super::Desk;
use super::page::{Page, go};
use super::refusal::Refusal;
use super::session::{Id, SignedIn};

/// What is to be sent, and why.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Typed {
    /// "7" or "8".
    frequency: String,
    reason: String,
}

/// Begins a correction.
pub async fn begin(State(desk): State<Desk>, who: SignedIn, Id(id): Id<ClaimId>, Form(typed): Form<Typed>) -> Page {
    let actor = who.actor.clone();
    let frequency = ClaimFrequency::from_code(&typed.frequency).unwrap_or(ClaimFrequency::Original);
    let correction = Correction { frequency, reason: typed.reason };
    let done = desk.blocking(move |db, practice| corrected_claim::begin(db, &actor, practice, id, &correction)).await;
    after(done, id, "correction-begun")
}

/// Sends the correction.
pub async fn send(State(desk): State<Desk>, who: SignedIn, Id(id): Id<ClaimId>) -> Page {
    let actor = who.actor.clone();
    let done = desk.blocking(move |db, practice| corrected_claim::send(db, &actor, practice, id)).await;
    after(done.map(|_| ()), id, "correction-sent")
}

/// Drops the correction.
pub async fn drop_it(State(desk): State<Desk>, who: SignedIn, Id(id): Id<ClaimId>) -> Page {
    let actor = who.actor.clone();
    let done = desk.blocking(move |db, practice| corrected_claim::drop_it(db, &actor, practice, id)).await;
    after(done, id, "correction-dropped")
}

/// The payer was passed nothing: it is billed from here.
pub async fn end_crossover(State(desk): State<Desk>, who: SignedIn, Id(id): Id<ClaimId>) -> Page {
    let actor = who.actor.clone();
    let done = desk.blocking(move |db, practice| next_payer::end_crossover(db, &actor, practice, id)).await;
    after(done.map(|_| ()), id, "next-billed")
}

fn after(done: Result<(), Refusal>, claim: ClaimId, word: &str) -> Page {
    match done.map_err(Refusal::for_form) {
        Ok(()) => go(&format!("/claims/{claim}"), word),
        Err(problem) => Err(Refusal::Conflict(problem?.1)),
    }
}
