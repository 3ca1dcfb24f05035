//! The contact governor's data: what is so for a person, written down with its day and reason, and the one question that
//! whatever goes out asks first. Contacts nobody.

use billing::access::{Action, Actor, ResourceState};
use billing::contact::{
    ContactFlag, ContactRules, Detail, MayContact, PastCall, Purpose, Situation, may_contact as decide, zones,
};
use billing::interaction::Reached;
use billing::patient::Patient;
use billing::work::inquiry::{Channel, Inquiry, InquiryReason};
use billing::{ContactEventId, PatientId, PracticeId};
use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::json;
use store::contact::{
    CALLS_TO_PERSON, CONTACT_EVENTS, ContactEventRow, INTERACTIONS_OF_PATIENT, InteractionRow, PERSON,
    PROMISES_OF_PATIENT, PromiseRow,
};
use store::{Conn, Db, StoreError, Tx, params};

use crate::access::allow;
use crate::{Error, limits, reason};

/// Calls that can still count: those of the last eight days, so that no zone's edge loses one of seven.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(24 * 8);
/// Most contacts and promises of an account that its page shows; older ones stand in the export of the account.
const MOST_SHOWN: i64 = 100;
/// Longest detail in words: the attorney's name and telephone.
const LONGEST_DETAIL: usize = 120;

/// May this person be contacted, by this channel, for this purpose, now?
///
/// # Errors
/// `NotFound`; of the store.
pub(crate) fn may_contact(
    conn: &Conn,
    patient: PatientId,
    channel: Channel,
    purpose: Purpose,
) -> Result<MayContact, Error> {
    let person = conn.query_opt(&PERSON, params![patient])?.ok_or(Error::NotFound("patient"))?.body.0;
    Ok(Known::load(conn, &person)?.ask(channel, purpose))
}

/// Why nobody asks the person for money at all, in words; none where it may be asked.
pub(crate) fn stops_statements(conn: &Conn, patient: PatientId) -> Result<Option<String>, StoreError> {
    let rules = rules_of(&conn.query(&CONTACT_EVENTS, params![patient])?);
    let mail_returned = rules.is(ContactFlag::MailReturned).then_some(ContactFlag::MailReturned.label());
    let flag = [ContactFlag::Deceased, ContactFlag::Bankruptcy, ContactFlag::Attorney, ContactFlag::Cease]
        .into_iter()
        .chain([ContactFlag::Disputed])
        .find(|flag| rules.is(*flag));
    Ok(flag.map(ContactFlag::label).or(mail_returned).map(str::to_lowercase))
}

fn rules_of(events: &[ContactEventRow]) -> ContactRules {
    ContactRules::of(events.iter().map(|event| (event.flag, event.begins, event.detail.as_str(), event.from_on)))
}

/// What the governor looks at, for one person and one instant.
struct Known {
    events: Vec<ContactEventRow>,
    rules: ContactRules,
    calls: Vec<PastCall>,
    limits: billing::access::Limits,
    now: Vec<DateTime>,
}

impl Known {
    fn load(conn: &Conn, person: &Patient) -> Result<Known, Error> {
        let events = conn.query(&CONTACT_EVENTS, params![person.id])?;
        let since = conn.now().checked_sub(LOOK_BACK).unwrap_or(conn.now());
        let zone = conn.zone();
        let calls = conn.query(&CALLS_TO_PERSON, params![person.id, since])?;
        let calls = calls.iter().map(|call| PastCall {
            on: call.started_at.to_zoned(zone.clone()).date(),
            spoke: call.reached == Reached::Yes,
        });
        let mut now = vec![conn.now().to_zoned(zone.clone()).datetime()];
        for name in zones::of_state(&person.address.state) {
            if let Ok(theirs) = TimeZone::get(name) {
                now.push(conn.now().to_zoned(theirs).datetime());
            }
        }
        Ok(Known { rules: rules_of(&events), calls: calls.collect(), limits: limits::in_force(conn)?, events, now })
    }

    fn ask(&self, channel: Channel, purpose: Purpose) -> MayContact {
        let situation = Situation { rules: &self.rules, calls: &self.calls, limits: &self.limits, now: &self.now };
        decide(&situation, channel, purpose)
    }
}

/// What the page of a person's contacts shows.
#[derive(Debug, Clone)]
pub struct ContactView {
    /// The person.
    pub patient: Patient,
    /// What is so: flag, detail, since when.
    pub stands: Vec<(ContactFlag, String, Date)>,
    /// Everything that was recorded, the latest first.
    pub history: Vec<ContactEventRow>,
    /// Each channel with the reason why not, to tell something and to ask for money.
    pub channels: Vec<(Channel, MayContact, MayContact)>,
    /// The channel that the person would rather have.
    pub preferred: Option<Channel>,
    /// The time where the person is, where it is not ours.
    pub their_time: Option<DateTime>,
    /// Contacts, the latest first.
    pub interactions: Vec<InteractionRow>,
    /// Promises, the latest first.
    pub promises: Vec<PromiseRow>,
    /// Today.
    pub today: Date,
}

/// How a person may be contacted, and how they were.
///
/// # Errors
/// `Denied` without the right to log inquiries; `NotFound`.
pub fn show(db: &Db, actor: &Actor, practice: PracticeId, patient: PatientId) -> Result<ContactView, Error> {
    allow(actor, Action::LogInquiry, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let person = read.query_opt(&PERSON, params![patient])?.ok_or(Error::NotFound("patient"))?.body.0;
        read.saw("contacts", patient);
        let known = Known::load(read, &person)?;
        let channels = Channel::ALL
            .iter()
            .map(|channel| (*channel, known.ask(*channel, Purpose::Inform), known.ask(*channel, Purpose::AskForMoney)));
        let here = known.now.first().copied();
        Ok(ContactView {
            stands: known.rules.all().map(|(flag, detail, on)| (flag, detail.to_owned(), on)).collect(),
            channels: channels.collect(),
            preferred: known.rules.preferred(),
            their_time: known.now.get(1).copied().filter(|theirs| Some(*theirs) != here),
            interactions: read.query(&INTERACTIONS_OF_PATIENT, params![patient, MOST_SHOWN])?,
            promises: read.query(&PROMISES_OF_PATIENT, params![patient, MOST_SHOWN])?,
            history: known.events.into_iter().rev().collect(),
            today: read.today(),
            patient: person,
        })
    })
}

/// What begins or ends for a person.
#[derive(Debug, Clone)]
pub struct NewFlag {
    /// What.
    pub flag: ContactFlag,
    /// Whether it begins; else it ends.
    pub begins: bool,
    /// What the flag asks for beside it.
    pub detail: String,
    /// The day; today where none is given.
    pub from_on: Option<Date>,
    /// Why, or what shows it: a letter, a call.
    pub why: String,
}

/// Records what begins or ends for a person. Anybody who keeps demographics may stop contacts; what protects by law is
/// ended by Tier 2.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` for a detail or a reason that says nothing, or a day to come; `Refused` where it is so
/// already.
pub fn record(db: &Db, actor: &Actor, practice: PracticeId, patient: PatientId, new: &NewFlag) -> Result<(), Error> {
    allow(actor, Action::EditDemographics, &ResourceState::default())?;
    if !new.begins && protects_by_law(new.flag) {
        allow(actor, Action::WorkTierTwo, &ResourceState::default())?;
    }
    reason::given(&new.why, "Say in a sentence what shows it: a letter of which day, a call.")?;
    db.write(actor, practice, |tx| {
        store::registration::patient(tx, patient)?.ok_or(Error::NotFound("patient"))?;
        record_in(tx, patient, new)
    })
}

/// Flags that the law puts on an account: ending one by mistake is a violation, so Tier 1 may not.
fn protects_by_law(flag: ContactFlag) -> bool {
    match flag {
        ContactFlag::Cease
        | ContactFlag::Attorney
        | ContactFlag::Deceased
        | ContactFlag::Bankruptcy
        | ContactFlag::Disputed => true,
        ContactFlag::Collections
        | ContactFlag::MailReturned
        | ContactFlag::PhoneWrong
        | ContactFlag::EmailConsent
        | ContactFlag::TextConsent
        | ContactFlag::OnlyChannel
        | ContactFlag::Prefers
        | ContactFlag::Hours
        | ContactFlag::Interpreter => false,
    }
}

/// Records inside an open transaction, for use cases that asked for their own right already.
///
/// # Errors
/// `Invalid`, `Refused` as [`record`].
pub(crate) fn record_in(tx: &mut Tx, patient: PatientId, new: &NewFlag) -> Result<(), Error> {
    let today = tx.today();
    let from_on = new.from_on.unwrap_or(today);
    if from_on > today {
        return Err(Error::invalid("from", "Give the day on which it began, today at the latest."));
    }
    let detail = match new.begins {
        true => new.flag.read_detail(&new.detail).filter(|detail| detail.chars().count() <= LONGEST_DETAIL),
        false => Some(String::new()),
    };
    let Some(detail) = detail else {
        return Err(Error::invalid(
            "detail",
            match new.flag.detail() {
                Detail::None => "Leave this empty.",
                Detail::Channel => "Choose which channel.",
                Detail::Hours => "Give two hours of the day, such as 9-17.",
                Detail::Words => "Say who or which: the attorney, the case number, the language.",
            },
        ));
    };
    let rules = rules_of(&tx.query(&CONTACT_EVENTS, params![patient])?);
    let stands = rules.all().find(|(flag, ..)| *flag == new.flag);
    match (new.begins, stands) {
        (true, Some((_, known, _))) if known == detail => {
            return Err(Error::refused("It is so already. Nothing was changed."));
        }
        (false, None) => return Err(Error::refused("It is not so now, so it cannot end. Nothing was changed.")),
        (true, Some(_) | None) | (false, Some(_)) => {}
    }
    let row = ContactEventRow {
        id: ContactEventId(tx.new_id()),
        patient_id: patient,
        flag: new.flag,
        begins: new.begins,
        detail,
        from_on,
        why: new.why.trim().to_owned(),
        recorded_at: tx.now(),
        recorded_by: tx.actor().user,
        recorded_by_login: tx.actor().login.clone(),
    };
    tx.insert(&row)?;
    tx.audit("contact.record", "patient", patient.0, json!({ "flag": new.flag.as_str(), "begins": new.begins }));
    Ok(())
}

/// What a question from outside says of how its person may be contacted counts at once, before anybody worked on it: it
/// only keeps us from contacting, or takes a consent back. Ending it is Tier 2's.
///
/// # Errors
/// Of the store.
pub(crate) fn follow_inquiry(tx: &mut Tx, inquiry: &Inquiry) -> Result<(), Error> {
    let Some(patient) = inquiry.patient_id.filter(|_| inquiry.is_verified()) else { return Ok(()) };
    let says: &[(ContactFlag, bool)] = match inquiry.reason {
        InquiryReason::Deceased => &[(ContactFlag::Deceased, true)],
        InquiryReason::Bankruptcy => &[(ContactFlag::Bankruptcy, true)],
        InquiryReason::DebtDispute => &[(ContactFlag::Disputed, true)],
        InquiryReason::ReturnedMail => &[(ContactFlag::MailReturned, true)],
        InquiryReason::AtAgency => &[(ContactFlag::Collections, true)],
        InquiryReason::Access => &[(ContactFlag::Interpreter, true)],
        InquiryReason::ConsentWithdrawn => &[(ContactFlag::TextConsent, false), (ContactFlag::EmailConsent, false)],
        InquiryReason::BillExplanation
        | InquiryReason::Balance
        | InquiryReason::PaymentReceived
        | InquiryReason::InsuranceActive
        | InquiryReason::ClaimDenied
        | InquiryReason::BilledWrongly
        | InquiryReason::Resubmit
        | InquiryReason::PayerNeverGotIt
        | InquiryReason::PayNow
        | InquiryReason::PaymentPlan
        | InquiryReason::NewInsurance
        | InquiryReason::ChargeNotMine
        | InquiryReason::CodingDispute
        | InquiryReason::Authorization
        | InquiryReason::Estimate
        | InquiryReason::BillOverEstimate
        | InquiryReason::SurpriseBill
        | InquiryReason::Assistance
        | InquiryReason::Refund
        | InquiryReason::ReturnedPayment
        | InquiryReason::Contact
        | InquiryReason::Records
        | InquiryReason::Representative
        | InquiryReason::Accident
        | InquiryReason::NotBillable
        | InquiryReason::Complaint
        | InquiryReason::Legal
        | InquiryReason::Other => &[],
    };
    let rules = rules_of(&tx.query(&CONTACT_EVENTS, params![patient])?);
    for (flag, begins) in says {
        if rules.is(*flag) == *begins {
            continue;
        }
        let detail = match flag.detail() {
            Detail::Words if *begins => "as the inquiry says",
            Detail::Words | Detail::None | Detail::Channel | Detail::Hours => "",
        };
        let why = format!("Said in an inquiry: {}.", inquiry.reason.label());
        record_in(tx, patient, &NewFlag { flag: *flag, begins: *begins, detail: detail.into(), from_on: None, why })?;
    }
    Ok(())
}
