//! What is so for a person, the contacts that were, and what was promised, as rows that are only added. Decides nothing.

use billing::contact::ContactFlag;
use billing::interaction::{
    Audience, ClaimAnswers, Direction, InteractionBody, Party, PromiseState, PromisedBy, Reached,
};
use billing::patient::Patient;
use billing::work::inquiry::Channel;
use billing::{ClaimId, ContactEventId, InquiryId, InteractionId, PatientId, PayerId, PromiseId, UserId, WorkItemId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::value::Json;
use crate::{record, statements};

record! {
    /// What began or ended for a person.
    pub struct ContactEventRow in "contact_event" {
        /// Key; keys grow with time.
        pub id: ContactEventId,
        /// For whom.
        pub patient_id: PatientId,
        /// What.
        pub flag: ContactFlag,
        /// Whether it begins; else it ends.
        pub begins: bool,
        /// What the flag asks for beside it.
        pub detail: String,
        /// The day.
        pub from_on: Date,
        /// Why, or what shows it.
        pub why: String,
        /// When it was written down.
        pub recorded_at: Timestamp,
        /// By whom …
        pub recorded_by: UserId,
        /// … with the log-in name.
        pub recorded_by_login: String,
    }

    /// A contact.
    pub struct InteractionRow in "interaction" {
        /// Key; keys grow with time.
        pub id: InteractionId,
        /// How.
        pub channel: Channel,
        /// Who began.
        pub direction: Direction,
        /// With whom.
        pub party: Party,
        /// Whose account.
        pub patient_id: Option<PatientId>,
        /// Which payer.
        pub payer_id: Option<PayerId>,
        /// Which question.
        pub inquiry_id: Option<InquiryId>,
        /// Which work item.
        pub work_item_id: Option<WorkItemId>,
        /// When it began.
        pub started_at: Timestamp,
        /// When it ended; none for a letter.
        pub ended_at: Option<Timestamp>,
        /// Whether somebody was reached.
        pub reached: Reached,
        /// Who spoke for the other side.
        pub representative: String,
        /// Their number of the call.
        pub reference_number: String,
        /// Who may read it.
        pub audience: Audience,
        /// What was said, in a sentence.
        pub note: String,
        /// Who of ours …
        pub by_user: UserId,
        /// … with the log-in name.
        pub by_login: String,
        /// Telephone menu, identifiers, scan.
        pub body: Json<InteractionBody>,
    }

    /// What a contact said of one claim.
    pub struct InteractionClaimRow in "interaction_claim" {
        /// The contact.
        pub interaction_id: InteractionId,
        /// From 1.
        pub ordinal: i64,
        /// The claim.
        pub claim_id: ClaimId,
        /// The outcome's word; empty where there was none.
        pub outcome: String,
        /// The day.
        pub touched_on: Date,
        /// When somebody looks again.
        pub next_touch_on: Option<Date>,
        /// In a sentence.
        pub note: String,
        /// The answers.
        pub body: Json<ClaimAnswers>,
    }

    /// A promise.
    pub struct PromiseRow in "promise" {
        /// Key.
        pub id: PromiseId,
        /// Made in this contact.
        pub interaction_id: InteractionId,
        /// To or by which patient.
        pub patient_id: Option<PatientId>,
        /// To or by which payer.
        pub payer_id: Option<PayerId>,
        /// About which claim.
        pub claim_id: Option<ClaimId>,
        /// Who promised.
        pub promised_by: PromisedBy,
        /// What.
        pub what: String,
        /// By when.
        pub due_on: Date,
        /// Who of ours sees to it …
        pub owner_id: UserId,
        /// … with the log-in name.
        pub owner_login: String,
        /// Where it stands.
        pub state: PromiseState,
        /// When it ended.
        pub ended_on: Option<Date>,
        /// Who said so.
        pub ended_by_login: Option<String>,
    }

    /// A call of ours to a person.
    pub struct PastCallRow {
        /// When.
        pub started_at: Timestamp,
        /// Whether somebody was reached.
        pub reached: Reached,
    }

    /// Whom the governor is asked about.
    pub struct PersonRow {
        /// As registered.
        pub body: Json<Patient>,
    }
}

statements! {
    /// What was recorded of a person, in the order in which it was.
    pub const CONTACT_EVENTS: ContactEventRow = "SELECT id, patient_id, flag, begins, detail, from_on, why, recorded_at, \
        recorded_by, recorded_by_login FROM contact_event WHERE practice_id = $1 AND patient_id = $2 ORDER BY id";
    /// Our calls to a person since an instant.
    pub const CALLS_TO_PERSON: PastCallRow = "SELECT started_at, reached FROM interaction WHERE practice_id = $1 \
        AND patient_id = $2 AND started_at >= $3 AND party = 'patient' AND direction = 'out' AND channel = 'phone'";
    /// A person, for where they live.
    pub const PERSON: PersonRow = "SELECT body FROM patient WHERE practice_id = $1 AND id = $2";
    /// The contacts of an account, the latest first.
    pub const INTERACTIONS_OF_PATIENT: InteractionRow = "SELECT id, channel, direction, party, patient_id, payer_id, inquiry_id, \
        work_item_id, started_at, ended_at, reached, representative, reference_number, audience, note, by_user, by_login, body \
        FROM interaction WHERE practice_id = $1 AND patient_id = $2 ORDER BY started_at DESC, id DESC LIMIT $3";
    /// The contacts with a payer, the latest first.
    pub const INTERACTIONS_OF_PAYER: InteractionRow = "SELECT id, channel, direction, party, patient_id, payer_id, inquiry_id, \
        work_item_id, started_at, ended_at, reached, representative, reference_number, audience, note, by_user, by_login, body \
        FROM interaction WHERE practice_id = $1 AND payer_id = $2 ORDER BY started_at DESC, id DESC LIMIT $3";
    /// What contacts said of a claim, the latest first.
    pub const TOUCHES_OF_CLAIM: InteractionClaimRow = "SELECT interaction_id, ordinal, claim_id, outcome, touched_on, next_touch_on, \
        note, body FROM interaction_claim WHERE practice_id = $1 AND claim_id = $2 \
        ORDER BY touched_on DESC, interaction_id DESC LIMIT $3";
    /// What contacts said of many claims.
    pub const TOUCHES_OF_CLAIMS: InteractionClaimRow = "SELECT interaction_id, ordinal, claim_id, outcome, touched_on, \
        next_touch_on, note, body FROM interaction_claim WHERE practice_id = $1 AND claim_id IN ({keys})";
    /// One promise.
    pub const PROMISE: PromiseRow = "SELECT id, interaction_id, patient_id, payer_id, claim_id, promised_by, what, due_on, \
        owner_id, owner_login, state, ended_on, ended_by_login FROM promise WHERE practice_id = $1 AND id = $2";
    /// Open promises due by a day.
    pub const PROMISES_DUE: PromiseRow = "SELECT id, interaction_id, patient_id, payer_id, claim_id, promised_by, what, due_on, \
        owner_id, owner_login, state, ended_on, ended_by_login FROM promise WHERE practice_id = $1 AND state = 'open' \
        AND due_on <= $2 ORDER BY due_on, id LIMIT $3";
    /// The promises of an account, the latest first.
    pub const PROMISES_OF_PATIENT: PromiseRow = "SELECT id, interaction_id, patient_id, payer_id, claim_id, promised_by, what, \
        due_on, owner_id, owner_login, state, ended_on, ended_by_login FROM promise WHERE practice_id = $1 AND patient_id = $2 \
        ORDER BY due_on DESC, id DESC LIMIT $3";
    /// What we promised in the contacts of a question and have not done yet.
    pub const PROMISES_OF_INQUIRY: PromiseRow = "SELECT id, interaction_id, patient_id, payer_id, claim_id, promised_by, what, \
        due_on, owner_id, owner_login, state, ended_on, ended_by_login FROM promise WHERE practice_id = $1 AND patient_id = $2 \
        AND state = 'open' AND promised_by = 'us' AND interaction_id IN (SELECT id FROM interaction \
        WHERE practice_id = $1 AND patient_id = $2 AND inquiry_id = $3)";
    /// Ends a promise that is open.
    pub const END_PROMISE: () = "UPDATE promise SET state = $3, ended_on = $4, ended_by_login = $5 \
        WHERE practice_id = $1 AND id = $2 AND state = 'open'";
}

crate::col_texts!(
    ContactFlag: |flag| flag.as_str(), |text| ContactFlag::parse(text);
    Direction: |one| one.as_str(), |text| Direction::parse(text);
    Party: |one| one.as_str(), |text| Party::parse(text);
    Audience: |one| one.as_str(), |text| Audience::parse(text);
    Reached: |one| one.as_str(), |text| Reached::parse(text);
    PromisedBy: |one| one.as_str(), |text| PromisedBy::parse(text);
    PromiseState: |state| state.as_str(), |text| PromiseState::parse(text);
);
