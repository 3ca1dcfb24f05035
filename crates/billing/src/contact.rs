//! The contact governor: may this person be contacted, by this channel, for this purpose, now? One function decides, and
//! whatever goes out asks it. What is so for a person comes in as flags with their days; the clock comes in as the hours
//! of every place where the person may be. Contacts nobody, and keeps nothing.

pub mod zones;

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};

use crate::access::{LimitKind, Limits};
use crate::work::inquiry::Channel;
use crate::work::words;

words! {
    /// Something that is so for a person and changes whether and how we may contact them.
    ContactFlag {
        /// P19: asked in writing that nobody contacts them about the debt (15 USC 1692c(c)).
        Cease "cease" "Asked us to stop contact",
        /// Has an attorney for the debt: only the attorney is contacted (15 USC 1692c(a)(2)).
        Attorney "attorney" "Represented by an attorney",
        /// P22: died; only the estate is written to.
        Deceased "deceased" "Has died",
        /// P23: in bankruptcy; the automatic stay forbids to ask for the debt (11 USC 362).
        Bankruptcy "bankruptcy" "In bankruptcy",
        /// P18: the debt is in collections; seven calls in seven days at most (12 CFR 1006.14(b)).
        Collections "collections" "In collections",
        /// P19: disputes the debt in writing; nobody asks for it before it is answered (15 USC 1692g(b)).
        Disputed "disputed" "Disputes the debt in writing",
        /// P28: mail comes back.
        MailReturned "mail_returned" "Mail comes back",
        /// Another person answers at the number on file.
        PhoneWrong "phone_wrong" "The telephone number is wrong",
        /// P29: agreed to e-mail; ends with the day it is withdrawn.
        EmailConsent "email_consent" "Agreed to e-mail",
        /// P29: agreed to text messages (47 CFR 64.1200); ends with the day it is withdrawn.
        TextConsent "text_consent" "Agreed to text messages",
        /// Asked to be contacted by one channel only (45 CFR 164.522(b)).
        OnlyChannel "only_channel" "One channel only",
        /// Prefers a channel; others stay allowed.
        Prefers "prefers" "Prefers a channel",
        /// Is called at some hours only, narrower than the practice's.
        Hours "hours" "Certain hours only",
        /// P30: needs an interpreter or another help to be understood.
        Interpreter "interpreter" "Needs an interpreter or other help",
    }
}

/// What must be said beside a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Nothing.
    None,
    /// A channel's word.
    Channel,
    /// Two hours of the day, "9-17".
    Hours,
    /// Free words: who the attorney is, which language.
    Words,
}

impl ContactFlag {
    /// What must be said beside it.
    pub fn detail(self) -> Detail {
        match self {
            ContactFlag::OnlyChannel | ContactFlag::Prefers => Detail::Channel,
            ContactFlag::Hours => Detail::Hours,
            ContactFlag::Attorney | ContactFlag::Bankruptcy | ContactFlag::Interpreter => Detail::Words,
            ContactFlag::Cease
            | ContactFlag::Deceased
            | ContactFlag::Collections
            | ContactFlag::Disputed
            | ContactFlag::MailReturned
            | ContactFlag::PhoneWrong
            | ContactFlag::EmailConsent
            | ContactFlag::TextConsent => Detail::None,
        }
    }

    /// Whether it lets us do something, rather than keeping us from it.
    pub fn is_consent(self) -> bool {
        match self {
            ContactFlag::EmailConsent | ContactFlag::TextConsent => true,
            ContactFlag::Cease
            | ContactFlag::Attorney
            | ContactFlag::Deceased
            | ContactFlag::Bankruptcy
            | ContactFlag::Collections
            | ContactFlag::Disputed
            | ContactFlag::MailReturned
            | ContactFlag::PhoneWrong
            | ContactFlag::OnlyChannel
            | ContactFlag::Prefers
            | ContactFlag::Hours
            | ContactFlag::Interpreter => false,
        }
    }

    /// The detail in the form in which it is kept; none where it says nothing that counts.
    pub fn read_detail(self, typed: &str) -> Option<String> {
        let typed = typed.trim();
        match self.detail() {
            Detail::None => Some(String::new()),
            Detail::Channel => Channel::parse(typed).map(|channel| channel.as_str().to_owned()),
            Detail::Hours => hours(typed).map(|(from, until)| format!("{from}-{until}")),
            Detail::Words => (!typed.is_empty()).then(|| typed.to_owned()),
        }
    }
}

/// Reads "9-17": from the first hour until the second begins.
fn hours(text: &str) -> Option<(i64, i64)> {
    let (from, until) = text.split_once('-')?;
    let (from, until) = (from.trim().parse().ok()?, until.trim().parse().ok()?);
    (0 <= from && from < until && until <= 24).then_some((from, until))
}

/// What is so for one person today.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactRules {
    flags: BTreeMap<ContactFlag, (String, Date)>,
}

impl ContactRules {
    /// Folds what was recorded, in the order in which it was: flag, whether it begins or ends, its detail, its day.
    pub fn of<'e>(events: impl IntoIterator<Item = (ContactFlag, bool, &'e str, Date)>) -> ContactRules {
        let mut rules = ContactRules::default();
        for (flag, begins, detail, on) in events {
            if begins {
                rules.flags.insert(flag, (detail.to_owned(), on));
            } else {
                rules.flags.remove(&flag);
            }
        }
        rules
    }

    /// Whether it is so.
    pub fn is(&self, flag: ContactFlag) -> bool {
        self.flags.contains_key(&flag)
    }

    /// What is so, with its detail and since when.
    pub fn all(&self) -> impl Iterator<Item = (ContactFlag, &str, Date)> {
        self.flags.iter().map(|(flag, (detail, on))| (*flag, detail.as_str(), *on))
    }

    fn detail(&self, flag: ContactFlag) -> Option<&str> {
        self.flags.get(&flag).map(|(detail, _)| detail.as_str())
    }

    /// The channel that the person would rather have, or alone allows.
    pub fn preferred(&self) -> Option<Channel> {
        let said = self.detail(ContactFlag::OnlyChannel).or_else(|| self.detail(ContactFlag::Prefers))?;
        Channel::parse(said)
    }

    /// Why no statement and no reminder of the debt goes out at all, by whatever channel.
    pub fn stops_asking(&self) -> Option<Why> {
        [
            ContactFlag::Deceased,
            ContactFlag::Bankruptcy,
            ContactFlag::Attorney,
            ContactFlag::Cease,
            ContactFlag::Disputed,
        ]
        .into_iter()
        .find(|flag| self.is(*flag))
        .map(Why::Flag)
    }
}

/// What a contact is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Asks for money: a statement, a reminder, a call about a balance.
    AskForMoney,
    /// Tells or asks something else: a callback, news of a claim.
    Inform,
    /// Answers what the person asked, as they asked it.
    Reply,
}

/// A call to a person that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastCall {
    /// The day.
    pub on: Date,
    /// Somebody was spoken to.
    pub spoke: bool,
}

/// What the governor looks at.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'s> {
    /// What is so for the person.
    pub rules: &'s ContactRules,
    /// Our calls to the person, newest or oldest first.
    pub calls: &'s [PastCall],
    /// The practice's own limits.
    pub limits: &'s Limits,
    /// The same instant in every place where the person may be, the practice's own first.
    pub now: &'s [DateTime],
}

/// Why a contact may not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// A flag forbids it.
    Flag(ContactFlag),
    /// A consent that it needs was not given, or was withdrawn.
    NoConsent(ContactFlag),
    /// It is too early or too late in the day where the person is.
    Hour,
    /// There were so many calls within seven days.
    TooManyCalls(i64),
    /// Somebody spoke with the person about a debt in collections within seven days.
    SpokenTo,
}

impl Why {
    /// In a sentence.
    pub fn words(self) -> String {
        match self {
            Why::Flag(ContactFlag::Cease) => {
                "The person asked in writing that we stop. Only answer what they ask.".into()
            }
            Why::Flag(ContactFlag::Attorney) => "The person has an attorney for this: write to the attorney.".into(),
            Why::Flag(ContactFlag::Deceased) => "The person has died. Only the estate is written to, by Tier 2.".into(),
            Why::Flag(ContactFlag::Bankruptcy) => {
                "The person is in bankruptcy: nobody may ask for the debt. Tier 2 files a proof of claim.".into()
            }
            Why::Flag(ContactFlag::Disputed) => {
                "The person disputes the debt in writing: answer that first, then ask again.".into()
            }
            Why::Flag(ContactFlag::MailReturned) => "Mail to this address comes back. Mend the address first.".into(),
            Why::Flag(ContactFlag::PhoneWrong) => "The number on file is another person’s. Mend it first.".into(),
            Why::Flag(ContactFlag::OnlyChannel) => "The person asked for another channel only.".into(),
            Why::Flag(flag) => format!("{}.", flag.label()),
            Why::NoConsent(flag) => {
                let what = if flag == ContactFlag::TextConsent { "text messages" } else { "e-mail" };
                format!("The person has not agreed to {what}, or took it back. Ask, and record the day.")
            }
            Why::Hour => "It is too early or too late in the day where the person is.".into(),
            Why::TooManyCalls(most) => format!("{most} calls within seven days are the most."),
            Why::SpokenTo => "We spoke with the person about this debt within seven days.".into(),
        }
    }
}

/// What the governor says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MayContact {
    /// Go on.
    Yes,
    /// Not now.
    No {
        /// Why.
        why: Why,
        /// From when on it may be, in the practice's time; none where only a person can change it.
        until: Option<DateTime>,
    },
}

impl MayContact {
    fn no(why: Why) -> MayContact {
        MayContact::No { why, until: None }
    }

    /// Why not, and from when on, in one sentence; none where it may be.
    pub fn refusal(self) -> Option<String> {
        match self {
            MayContact::Yes => None,
            MayContact::No { why, until: None } => Some(why.words()),
            MayContact::No { why, until: Some(until) } => {
                Some(format!("{} From {} on it may be.", why.words(), until.strftime("%Y-%m-%d %H:%M")))
            }
        }
    }
}

/// Days over which calls are counted (12 CFR 1006.14(b)(2)(i)).
const DAYS_OF_CALLS: i64 = 7;

/// May this person be contacted, by this channel, for this purpose, now?
pub fn may_contact(situation: &Situation<'_>, channel: Channel, purpose: Purpose) -> MayContact {
    let rules = situation.rules;
    let by_flags = match purpose {
        // Who asks is answered; the dead do not ask.
        Purpose::Reply => rules.is(ContactFlag::Deceased).then_some(Why::Flag(ContactFlag::Deceased)),
        Purpose::AskForMoney => rules.stops_asking(),
        Purpose::Inform => [ContactFlag::Deceased, ContactFlag::Attorney, ContactFlag::Cease]
            .into_iter()
            .find(|flag| rules.is(*flag))
            .map(Why::Flag),
    };
    if let Some(why) = by_flags {
        return MayContact::no(why);
    }
    let only = rules.detail(ContactFlag::OnlyChannel).and_then(Channel::parse);
    if only.is_some_and(|only| only != channel) && channel != Channel::InPerson {
        return MayContact::no(Why::Flag(ContactFlag::OnlyChannel));
    }
    let needs = |flag: ContactFlag| match rules.is(flag) {
        true => MayContact::Yes,
        false => MayContact::no(Why::NoConsent(flag)),
    };
    let unless = |flag: ContactFlag| match rules.is(flag) {
        true => MayContact::no(Why::Flag(flag)),
        false => MayContact::Yes,
    };
    match channel {
        Channel::Phone => match unless(ContactFlag::PhoneWrong) {
            MayContact::Yes => may_call(situation, purpose),
            no @ MayContact::No { .. } => no,
        },
        Channel::Text => match needs(ContactFlag::TextConsent) {
            MayContact::Yes => in_hours(situation),
            no @ MayContact::No { .. } => no,
        },
        Channel::Email => needs(ContactFlag::EmailConsent),
        Channel::Letter => unless(ContactFlag::MailReturned),
        Channel::Portal | Channel::Fax | Channel::InPerson => MayContact::Yes,
    }
}

fn may_call(situation: &Situation<'_>, purpose: Purpose) -> MayContact {
    let Some(today) = situation.now.first().map(|now| now.date()) else { return MayContact::Yes };
    if purpose == Purpose::Reply {
        return in_hours(situation);
    }
    let in_collections = situation.rules.is(ContactFlag::Collections);
    let first_day = today.saturating_sub((DAYS_OF_CALLS - 1).days());
    let mut recent: Vec<PastCall> = situation.calls.iter().copied().filter(|call| call.on >= first_day).collect();
    recent.sort_by_key(|call| call.on);
    let again = |day: Date| Some(day.saturating_add(DAYS_OF_CALLS.days()).at(first_hour(situation), 0, 0, 0));
    if in_collections
        && purpose == Purpose::AskForMoney
        && let Some(spoken) = recent.iter().rev().find(|call| call.spoke)
    {
        return MayContact::No { why: Why::SpokenTo, until: again(spoken.on) };
    }
    let most = situation.limits.get(match in_collections {
        true => LimitKind::CollectionCalls,
        false => LimitKind::CallsInSevenDays,
    });
    let too_many = usize::try_from(most).unwrap_or(0);
    if recent.len() >= too_many {
        // The call whose day must pass before one more is allowed.
        let oldest = recent.iter().rev().nth(too_many.saturating_sub(1)).map(|call| call.on);
        return MayContact::No { why: Why::TooManyCalls(most), until: oldest.and_then(again) };
    }
    in_hours(situation)
}

/// The hours at which the person is called: the practice's, narrowed by the person's own.
fn window(situation: &Situation<'_>) -> (i64, i64) {
    let limits = situation.limits;
    let (from, until) = (limits.get(LimitKind::ContactFromHour), limits.get(LimitKind::ContactUntilHour));
    match situation.rules.detail(ContactFlag::Hours).and_then(hours) {
        Some((own_from, own_until)) if own_from.max(from) < own_until.min(until) => {
            (own_from.max(from), own_until.min(until))
        }
        Some(_) | None => (from, until),
    }
}

fn first_hour(situation: &Situation<'_>) -> i8 {
    i8::try_from(window(situation).0).unwrap_or(0)
}

fn in_hours(situation: &Situation<'_>) -> MayContact {
    let (from, until) = window(situation);
    let fits = |later: i64| {
        situation.now.iter().all(|now| {
            let hour = i64::from(now.saturating_add(later.hours()).hour());
            from <= hour && hour < until
        })
    };
    if fits(0) {
        return MayContact::Yes;
    }
    let next = (1..=24).find(|later| fits(*later));
    let until = next.zip(situation.now.first()).map(|(later, now)| {
        let then = now.saturating_add(later.hours());
        then.date().at(then.hour(), 0, 0, 0)
    });
    MayContact::No { why: Why::Hour, until }
}

#[cfg(test)]
mod tests;
