//! The frame around every page: who is signed in, where they may go, and the one sentence after an action.

use askama::Template;
use axum::response::{Html, IntoResponse, Redirect, Response};
use billing::access::{Action, ResourceState, authorize};
use jiff::tz::TimeZone;

use super::refusal::{Refusal, Told};
use super::session::SignedIn;
use super::{Desk, assets};

/// What a handler returns.
pub type Page = Result<Response, Refusal>;

/// A place in the bar.
pub struct Place {
    /// Where it leads.
    pub href: &'static str,
    /// What it says.
    pub title: &'static str,
    /// The letter after G.
    pub key: &'static str,
    /// Whether this is where the person is.
    pub current: bool,
}

/// The bar: href, title, letter, right.
const PLACES: &[(&str, &str, &str, Action)] = &[
    ("/work", "Desk", "d", Action::ViewWorklist),
    ("/inquiries", "Inquiries", "i", Action::LogInquiry),
    ("/claims", "Claims", "c", Action::ViewClaim),
    ("/patients", "Accounts", "a", Action::FindPatient),
    ("/remittances", "Remittances", "r", Action::ViewRemittance),
    ("/statements", "Statements", "s", Action::ViewStatement),
    ("/reports", "Reports", "p", Action::ViewReports),
    ("/wall", "Wall", "w", Action::ViewAllWork),
];

/// What stands behind the person's name.
const MORE: &[(&str, &str, &str, Action)] = &[
    ("/notices", "Notices", "", Action::ViewWorklist),
    ("/problems", "Problems", "", Action::ViewProblems),
    ("/training", "Training notes", "", Action::ReadTraining),
    ("/clocks", "Clocks", "", Action::ViewWorklist),
    ("/credits", "Credit balances", "", Action::ViewRefunds),
    ("/payers/ledger", "Payers’ ledger", "", Action::ViewRemittance),
    ("/calls", "Calls to payers", "", Action::LogInquiry),
    ("/drawer", "Close my drawer", "", Action::CloseDrawer),
    ("/deposits", "Deposits", "", Action::ViewDeposits),
    ("/day-sheet", "Day sheet", "", Action::ViewDeposits),
    ("/bank", "Bank", "", Action::ViewDeposits),
    ("/remittances/unmatched", "Unmatched payments", "", Action::ViewDeposits),
    ("/keyed", "Paper remittances", "", Action::PostManualPayment),
    ("/pay-links", "Payments by link", "", Action::ViewDeposits),
    ("/returned-payments", "Returned payments", "", Action::ViewDeposits),
    ("/reconciliations", "Reconciliation", "", Action::ViewDeposits),
    ("/periods", "Months", "", Action::ViewReports),
    ("/refunds", "Refunds", "", Action::ViewRefunds),
    ("/write-offs", "Write-offs", "", Action::ViewWriteOffs),
    ("/patients/new", "Register a patient", "", Action::RegisterPatient),
    ("/access", "Who saw what", "", Action::ViewAccessEvents),
    ("/reports/conflicts", "Conflicting rights", "", Action::ViewOwnerReport),
    ("/oversight", "Oversight of the desks", "", Action::ViewAllWork),
    ("/questions", "Questions to me", "", Action::ViewWorklist),
    ("/quality", "Quality", "", Action::ViewQuality),
    ("/quality/mine", "My quality", "", Action::ViewOwnQuality),
    ("/practice-mode", "Practice mode", "", Action::TrainWithCases),
    ("/settings/reasons", "Work reasons", "", Action::AssignWork),
    ("/users", "People and roles", "", Action::ViewUsers),
    ("/settings", "Practice, providers, payers", "", Action::ViewSettings),
    ("/jobs", "Daily jobs", "", Action::RunJobs),
];

/// The one sentence after an action, by the word in the address. Fixed texts: nothing from the address is shown.
const DONE: &[(&str, &str)] = &[
    ("taken", "Taken. It is yours until you resolve, escalate or put it back."),
    ("waits", "It waits. It comes back by itself on its day, or when the answer comes."),
    ("resumed", "It is work again."),
    ("reopened", "Opened again. Its history stays."),
    ("problem-planned", "Kept. The work that asked for the plan is done."),
    ("problem-acted", "Kept. The rate is measured from the first action on."),
    ("problem-closed", "Closed. It opens again by itself when its pattern returns."),
    ("training-told", "Sent. You see here who read it."),
    ("training-read", "Read. Thank you."),
    ("dispute-written", "Written. The letter stands under What was done, and among the contacts with the payer."),
    ("scrub-rule-asked", "Asked for. It scrubs nothing until a second person switches it on."),
    ("scrub-rule-on", "Switched on. Claims that wait for the next batch were scrubbed by it."),
    ("scrub-rule-refused", "Refused. Who asked for it reads why."),
    ("scrub-rule-off", "Switched off. Held claims are scrubbed again tonight."),
    ("gathering-set", "Set. It counts from its day on."),
    ("merged", "Merged. What goes on here stands under Case."),
    ("parted", "Parted. Both are open on their own."),
    ("asked", "Asked. The answer comes back here."),
    ("offered", "Offered. It stays with you until your colleague accepts."),
    ("given", "Given."),
    ("reason-set", "Set. It counts from its day on."),
    ("put-back", "Put back. Anybody at the desk may take it."),
    ("undone", "Taken back. The history says so."),
    ("draft-dropped", "Thrown away. The forms are empty."),
    ("view-kept", "Kept. It stands under Views."),
    ("view-removed", "Removed."),
    ("notices-read", "All read."),
    ("letter-set", "Saved. The letter names nobody."),
    ("escalated", "Escalated with your handover."),
    ("returned", "Returned with your reason."),
    ("resolved", "Resolved."),
    ("noted", "Note saved."),
    ("applied", "Applied."),
    ("answered", "Answer logged."),
    ("answer-sent", "Noted among the contacts of the account."),
    ("contact-recorded", "Recorded. Whatever goes out asks it from now on."),
    ("contact-logged", "Written down."),
    ("promise-ended", "Noted."),
    ("call-logged", "Written down on each claim. What the payer has again comes back by itself on its day."),
    ("card-kept", "Kept. The ones before it stay."),
    ("logged", "Inquiry logged."),
    ("verified", "Identity checked. You may speak about this account."),
    ("paid", "Payment taken. The receipt can be printed."),
    ("state-asked", "Asked. A second person approves it; then it is sent to the state."),
    ("credit-investigated", "Begun. The clock stands still until you end the investigation."),
    ("credit-concluded", "Ended. The clock runs on."),
    ("bank-taken", "The statement is in. What met its remittance is in the bank; the rest waits here."),
    (
        "bank-not-yet",
        "What is in the bank by today is in. Entries of days to come were left out: take the file in again then.",
    ),
    ("payment-matched", "Posted to its claim, as the import would have."),
    ("payment-unmatched", "Taken back. Its cash waits here again."),
    ("payment-split", "Split. What is left of it goes on waiting."),
    ("payment-legacy", "Its cash stands with the receipts of the other system."),
    ("difference-settled", "Moved. The payer owes it now."),
    ("cash-request-asked", "Asked for. A second person decides."),
    ("cash-request-approved", "Approved."),
    ("cash-request-given-up", "Not done. The payment waits as before."),
    ("remittance-taken", "The file is in. What balances waits here: look at what posting would do, then post it."),
    ("remittance-posted", "Posted, just as the preview showed it."),
    ("card-fee-posted", "The fee stands as cost; so much less is on its way to the bank."),
    ("remittance-posted-before", "It was posted already; nothing changed."),
    ("remittance-moved", "Nothing was posted: the books moved since you looked. This is what posting would do now."),
    ("remittance-kept-out", "Nothing was posted. What came up meanwhile stands below."),
    ("bank-placed", "The line has its place."),
    ("keyed-begun", "Begun. Key in what each line pays and why the rest is not paid."),
    ("keyed-saved", "Saved. It does not add up yet: what differs stands beside it."),
    ("keyed-balances", "Saved, and it adds up. Post it when the paper is done."),
    ("keyed-posted", "Posted. A file of the same payment that comes later is known."),
    ("keyed-attached", "Attached."),
    ("keyed-dropped", "Given up. Nothing of it was in the books."),
    ("payment-returned", "Recorded. What it did is turned by entries, and the call is on the desk."),
    ("dispute-decided", "Decided. The books say so."),
    (
        "estate-recorded",
        "Recorded. No statement goes out any more; the claim against the estate is on the desk where something is owed.",
    ),
    (
        "refund-stopped",
        "Stopped. The money is owed to its owner again; ask for a new refund, or hold it for the state.",
    ),
    ("money-rule-set", "Set. It counts from its day on; what was done before stays as it was."),
    ("fee-waived", "Waived. Nobody owes it any more."),
    (
        "pay-link-made",
        "The link stands under Pay link. Send it as it is; it shows nothing before two identifiers match.",
    ),
    ("pay-link-revoked", "Revoked. It opens no more."),
    ("pay-notice-placed", "Posted on the account, with its receipt."),
    ("pay-page-set", "Set. It counts from the next statement on."),
    ("deposit-counted", "The slip is made. Where it differs, a second person approves it before it leaves."),
    ("deposit-approved", "Approved. The difference is in the books; no payment changed."),
    ("deposit-on-its-way", "The slip is on its way; the line waits for its place."),
    ("deposit-apart", "Taken apart. Its items wait for another slip."),
    ("drawer-closed", "Closed. A difference waits for a second person on the day sheet."),
    ("drawer-accepted", "Accepted, with your name."),
    ("reconciled", "Signed. The figures stay as they are."),
    ("bank-taken-back", "Taken back. The line waits again."),
    ("refund-asked", "Refund asked for. The money is set aside until a second person decides."),
    ("refund-approved", "Approved. The refund may be sent."),
    ("refund-given-up", "The money is where it was."),
    ("refund-sent", "Sent. The books say so."),
    ("small-balances-asked", "Asked for. Nothing moves until a second person approves it."),
    ("small-balances-approved", "Written off, all of it."),
    ("write-off-asked", "Write-off asked for. Nothing moves until a second person approves it."),
    ("write-off-approved", "Written off."),
    ("write-off-given-up", "Nothing was written off."),
    ("write-off-undone", "Undone. It is owed again."),
    ("medicare-answered", "Kept. What follows from the answers stands above."),
    ("registered", "Patient registered. Enter the coverage next."),
    ("covered", "Coverage saved. New claims are made from it."),
    ("charged", "Charges entered and the claim made."),
    ("billed", "The patient owes it now. The next statement asks for it."),
    (
        "plan-billed",
        "The plan is billed: the next round makes the claim. What the patient paid is kept until their share is known.",
    ),
    (
        "next-billed",
        "The claim to the next payer is made, with what the earlier one decided. It leaves with the next file.",
    ),
    (
        "correction-begun",
        "The correction is begun and waits for you. Change the visit where it was wrong, then send it.",
    ),
    ("correction-sent", "Scrubbed. Without findings it leaves with the next file, under the payer’s number."),
    ("correction-dropped", "Dropped. What the payer decided stands."),
    (
        "reordered",
        "The order of coverages is changed. Claims that no payer has follow it; of decided ones Tier 2 is told.",
    ),
    ("not-billed", "Nobody owes anything for the visit. What was paid for it is kept for the patient."),
    ("mended", "Saved. Claims held for it were scrubbed again."),
    ("scrubbed", "Scrubbed again."),
    ("submitted", "Claims sealed and sent."),
    ("resent", "The same bytes go again with the next delivery."),
    ("read-again", "The file was read again. What could be used of it was used; what came of it stands on this item."),
    ("reopened", "The claims of the file were taken up again. Clean ones go into a new file."),
    ("asked", "Asked the payer. The answer appears here: load the page again in a moment."),
    (
        "asked-waits",
        "The question is written and waits. It leaves with `tierline claims submit`, or by itself where the desk is served with --exchange.",
    ),
    ("statements", "Statements made for all who were due."),
    ("added", "Person added."),
    ("approved", "Approved. The person may sign in."),
    ("disabled", "Disabled. Every session and token has ended."),
    ("roles", "Roles changed. The person signs in again; where a second person must approve, that comes first."),
    ("imported", "File read."),
    ("jobs-ran", "Every job ran."),
    ("jobs-failed", "The jobs ran, and one failed; its words stand below."),
    ("checks-allowed", "Further identity checks are allowed for this inquiry."),
    ("saved", "Saved. Claims held for it were scrubbed again; those already sent keep what they were made from."),
    ("adjustment-rule", "In force from its day on. What was posted keeps the meaning it had."),
    ("adjustment-rule-back", "Taken back. The base decides again."),
    ("period-closed", "Closed. What concerns the month is dated the first open day from here on."),
    ("period-asked", "Asked for. A second person decides."),
    ("period-reopened", "Open again. Entries of its days are dated in it."),
    ("period-stays", "The month stays closed."),
    ("team-set", "Saved. New items find it from now on."),
    ("worker-set", "Saved. It counts from the next item on."),
    ("absence-set", "Saved. What the person has moves on the first day."),
    ("absence-off", "Called off. The person is given items again."),
    ("share-set", "Set. It counts from the next item on."),
    ("rule-set", "Set. Work that is open stays where it is."),
    ("rule-off", "Withdrawn. Work that is open stays where it is."),
    ("clock-decided", "Decided. It is kept with your name and your words."),
    ("clock-started", "Started. It warns before its last day."),
    ("clock-set", "Set. What was counted before stays counted."),
    ("limit-set", "Set. It counts from the next decision on."),
    ("provider-added", "Provider added."),
    ("payer-added", "Payer added. Coverages may name it now."),
    ("held", "Held. No statement goes out before that day."),
    ("hold-lifted", "Lifted. Statements go out again when they are due."),
    ("reviews-drawn", "Drawn. The items wait for their reviews."),
    ("reviewed", "Saved. The person reads it and may answer once."),
    ("training-open", "Open. Take a case of any skill."),
    ("case-taken", "Look at the facts, then answer."),
    ("case-answered", "Compared. Read why before you go on."),
    ("cases-all", "You answered every case of this skill."),
    ("skill-decided", "Said. Routing honours it from the next item on."),
    ("review-answered", "Answered. Who reviewed it reads it."),
    ("guarantor", "Saved. The next statement goes there."),
];

/// The sentence of a word that an address carries after an action.
pub fn done(word: &str) -> Option<&'static str> {
    DONE.iter().find(|(key, _)| *key == word).map(|(_, sentence)| *sentence)
}

/// The records that other pages lead to, each with whether this person may open one of its kind.
#[derive(Clone, Copy)]
pub struct Opens {
    /// Work items and their queues; an item also asks for its desk.
    pub work: bool,
    /// Remittances.
    pub remittances: bool,
    /// An inquiry: who only logs them sees the list.
    pub inquiries: bool,
    /// Statements, which name the patient.
    pub statements: bool,
    /// Reports.
    pub reports: bool,
    /// Receipts, which name the patient.
    pub receipts: bool,
}

impl Opens {
    fn of(who: &SignedIn) -> Opens {
        Opens {
            work: who.may(Action::ViewWorklist),
            remittances: who.may(Action::ViewRemittance),
            inquiries: who.may(Action::AnswerInquiry),
            statements: who.may(Action::ViewStatement) && !who.is_masked(Action::ViewStatement),
            reports: who.may(Action::ViewReports),
            receipts: who.may(Action::ViewPatient) && !who.is_masked(Action::ViewPatient),
        }
    }
}

/// The frame's data, a field of every page's template.
pub struct Shell {
    /// The practice.
    pub practice: String,
    /// Who is signed in.
    pub person: String,
    /// In which roles.
    pub roles: String,
    /// The bar.
    pub nav: Vec<Place>,
    /// The menu.
    pub more: Vec<Place>,
    /// Whether the search field is shown.
    pub may_find: bool,
    /// Which records the person may open; to whoever may not, a page shows words in the place of a link.
    pub opens: Opens,
    /// What was searched.
    pub find: String,
    /// The practice's time zone.
    pub zone: TimeZone,
    /// The one sentence after an action.
    pub toast: Option<&'static str>,
    /// Where the action is taken back, while it can be.
    pub undo: Option<String>,
    /// Whether the person works at the desk and is told news.
    pub is_told: bool,
    /// Whether what the page shows is invented, for training.
    pub is_training: bool,
}

impl Shell {
    /// The frame for whoever is signed in, at one of the places.
    pub fn new(desk: &Desk, who: &SignedIn, here: &str) -> Shell {
        let places = |all: &'static [(&'static str, &'static str, &'static str, Action)]| {
            all.iter()
                .filter(|(.., action)| who.may(*action))
                .map(|(href, title, key, _)| Place { href, title, key, current: *href == here })
                .collect()
        };
        Shell {
            practice: who.practice_name.clone(),
            person: who.display_name.clone(),
            roles: who.actor.roles_in_words(),
            nav: places(PLACES),
            more: places(MORE),
            may_find: who.may(Action::FindPatient),
            opens: Opens::of(who),
            find: String::new(),
            zone: desk.zone(),
            toast: None,
            undo: None,
            is_told: who.may(Action::ViewWorklist),
            is_training: desk.is_training(),
        }
    }

    /// With the sentence of an action just done.
    pub fn after(mut self, word: Option<&str>) -> Shell {
        self.toast = word.and_then(done);
        self
    }

    /// With the banner that nothing here is real.
    pub fn in_training(mut self) -> Shell {
        self.is_training = true;
        self
    }

    /// The address of an asset.
    pub fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }
}

impl SignedIn {
    /// Whether the matrix allows the action on nothing in particular.
    pub fn may(&self, action: Action) -> bool {
        authorize(&self.actor, action, &ResourceState::default()).is_ok()
    }

    /// Whether names and numbers of people are kept from this person in what the action shows; whoever may not at all is
    /// shown none.
    pub fn is_masked(&self, action: Action) -> bool {
        authorize(&self.actor, action, &ResourceState::default()).map_or(true, |allowed| allowed.masked())
    }

    /// Why the person may not, and who may; nothing where they may.
    pub fn why_not(&self, action: Action, state: &ResourceState) -> Option<String> {
        authorize(&self.actor, action, state).err().map(|denied| denied.to_string())
    }
}

/// Renders a page.
pub fn show(template: &impl Template) -> Page {
    let html = template.render().map_err(|error| Refusal::Broken(format!("a page could not be written: {error}")))?;
    Ok(Html(html).into_response())
}

/// Renders a page on which something may be wrong with what was sent: a person reads it beside the field, and a program is told
/// it in JSON, with a status that says that nothing was done.
pub fn show_told(told: Option<Told>, template: &impl Template) -> Page {
    let mut response = show(template)?;
    if let Some(told) = told {
        response.extensions_mut().insert(told);
    }
    Ok(response)
}

/// Goes to a page after an action, with its sentence.
pub fn go(path: &str, done: &str) -> Page {
    let mark = if path.contains('?') { '&' } else { '?' };
    Ok(Redirect::to(&format!("{path}{mark}done={done}")).into_response())
}
