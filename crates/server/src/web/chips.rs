//! States as people read them: a word, a shape, and only then a tone.

use app::remittance_import::preview::ForeseenState;
use billing::access::UserState;
use billing::work::{Family, WorkReason, WorkState};

/// A state on a page.
pub struct Chip {
    /// good, warn, bad, info, or nothing for still.
    pub tone: &'static str,
    /// The shape.
    pub icon: &'static str,
    /// The word.
    pub words: &'static str,
}

const fn chip(tone: &'static str, icon: &'static str, words: &'static str) -> Chip {
    Chip { tone, icon, words }
}

/// Where a claim is.
pub fn claim(status: &str) -> Chip {
    match status {
        "draft" => chip("", "ring", "Draft"),
        "held" => chip("warn", "pause", "Held"),
        "ready" => chip("info", "ring", "Ready"),
        "submitted" => chip("info", "send", "Submitted"),
        "accepted" => chip("info", "dot", "Accepted"),
        "rejected" => chip("bad", "back", "Rejected"),
        "adjudicated" => chip("info", "dot", "Adjudicated"),
        _ => chip("good", "check", "Closed"),
    }
}

/// How a daily job ended: what it did, or that it failed; neither while it runs or where it was stopped.
pub fn job(done: Option<i64>, failed: bool) -> Chip {
    match (done, failed) {
        (_, true) => chip("bad", "cross", "Failed"),
        (Some(_), false) => chip("good", "check", "Done"),
        (None, false) => chip("warn", "pause", "Not ended"),
    }
}

/// Where a work item is.
pub fn work(state: WorkState) -> Chip {
    match state {
        WorkState::Open => chip("", "ring", "Open"),
        WorkState::Taken => chip("info", "dot", "Taken"),
        WorkState::Resolved => chip("good", "check", "Resolved"),
    }
}

/// What opened a work item, where it is worse than a question.
pub fn reason(reason: WorkReason) -> Chip {
    if let Some(chip) = chip_of_its_own(reason) {
        return chip;
    }
    match reason.family() {
        Family::Denial => chip("bad", "cross", "Denied"),
        Family::Rejection => chip("bad", "back", "Rejected"),
        Family::Claim | Family::Money | Family::Payer => chip("warn", "alert", "To do"),
        Family::Question => chip("info", "phone", "Question"),
    }
}

fn chip_of_its_own(reason: WorkReason) -> Option<Chip> {
    const HELD: [WorkReason; 7] = [
        WorkReason::HeldForData,
        WorkReason::HeldForCoding,
        WorkReason::CoverageMissing,
        WorkReason::EarlierVersionAccepted,
        WorkReason::PayerOrder,
        WorkReason::CorrectedClaim,
        WorkReason::PriorDecisionChanged,
    ];
    const OWN: [(WorkReason, &str, &str, &str); 6] = [
        (WorkReason::RemittanceQuarantined, "bad", "stop", "Not posted"),
        (WorkReason::RemittanceWaits, "warn", "clock", "To post"),
        (WorkReason::FileSetApart, "bad", "stop", "Not usable"),
        (WorkReason::OutboundFileDamaged, "bad", "stop", "Not sent"),
        (WorkReason::ClaimSetAside, "bad", "stop", "Set aside"),
        (WorkReason::Complaint, "warn", "mail", "Complaint"),
    ];
    if HELD.contains(&reason) {
        return Some(chip("warn", "pause", "Held"));
    }
    OWN.iter().find(|(known, ..)| *known == reason).map(|(_, tone, icon, words)| chip(tone, icon, words))
}

/// Where a remittance is.
pub fn remittance(state: &str) -> Chip {
    match state {
        "posted" => chip("good", "check", "Posted"),
        "quarantined" => chip("bad", "stop", "Quarantined"),
        "waiting" => chip("warn", "clock", "Waits for posting"),
        _ => chip("", "back", "Duplicate"),
    }
}

/// What would become of a claim in a remittance.
pub fn foreseen(state: ForeseenState) -> Chip {
    match state {
        ForeseenState::Posted => chip("good", "check", "Would be posted"),
        ForeseenState::TakesBack => chip("", "back", "Would take back"),
        ForeseenState::SetAside => chip("bad", "stop", "Would be set aside"),
        ForeseenState::Unmatched => chip("warn", "alert", "No claim of ours"),
        ForeseenState::Estimate => chip("info", "dot", "Estimate"),
    }
}

/// What became of a claim in a remittance.
pub fn claim_payment(state: &str, status_code: &str, nothing_paid: bool) -> Chip {
    match (state, status_code) {
        ("posted", "22") => chip("", "back", "Reversal"),
        ("posted", _) if nothing_paid => chip("bad", "cross", "Denied"),
        ("posted", _) => chip("good", "check", "Posted"),
        ("estimate", _) => chip("info", "dot", "Estimate"),
        ("set_aside", _) => chip("bad", "stop", "Set aside"),
        ("unmatched", _) => chip("warn", "alert", "No claim of ours"),
        _ => chip("", "back", "Duplicate"),
    }
}

/// Where a log-in stands.
pub fn user(state: UserState) -> Chip {
    match state {
        UserState::Waiting => chip("warn", "clock", "Waits for approval"),
        UserState::Active => chip("good", "check", "Active"),
        UserState::Disabled => chip("", "lock", "Disabled"),
    }
}

/// What a payer says about coverage.
pub fn coverage(status: &str) -> Chip {
    match status {
        "active" => chip("good", "check", "Active"),
        "inactive" => chip("bad", "cross", "Not active"),
        "asked" => chip("", "clock", "Asked"),
        _ => chip("warn", "alert", "Not clear"),
    }
}
