//! What the governor says, story by story.

use jiff::civil::{date, datetime};

use super::*;

const FRIDAY_NOON: DateTime = datetime(2026, 3, 6, 12, 0, 0, 0);

fn rules(flags: &[(ContactFlag, &str)]) -> ContactRules {
    ContactRules::of(flags.iter().map(|(flag, detail)| (*flag, true, *detail, date(2026, 1, 2))))
}

fn asked(flags: &[(ContactFlag, &str)], calls: &[PastCall], now: &[DateTime], ask: (Channel, Purpose)) -> MayContact {
    let (rules, limits) = (rules(flags), Limits::default());
    may_contact(&Situation { rules: &rules, calls, limits: &limits, now }, ask.0, ask.1)
}

#[test]
fn flags_forbid_what_the_law_forbids_and_nothing_else() {
    use Channel::{Email, InPerson, Letter, Phone, Portal, Text};
    use Purpose::{AskForMoney, Inform, Reply};
    let no = |flag| Some(Why::Flag(flag));
    let cases: &[(ContactFlag, &str, Channel, Purpose, Option<Why>)] = &[
        (ContactFlag::Cease, "", Letter, AskForMoney, no(ContactFlag::Cease)),
        (ContactFlag::Cease, "", Phone, Inform, no(ContactFlag::Cease)),
        (ContactFlag::Cease, "", Phone, Reply, None),
        (ContactFlag::Attorney, "A. Lawyer", Letter, Inform, no(ContactFlag::Attorney)),
        (ContactFlag::Deceased, "", Phone, Reply, no(ContactFlag::Deceased)),
        (ContactFlag::Deceased, "", Letter, AskForMoney, no(ContactFlag::Deceased)),
        (ContactFlag::Bankruptcy, "case 26-1", Letter, AskForMoney, no(ContactFlag::Bankruptcy)),
        (ContactFlag::Bankruptcy, "case 26-1", Phone, Inform, None),
        (ContactFlag::Disputed, "", Letter, AskForMoney, no(ContactFlag::Disputed)),
        (ContactFlag::Disputed, "", Phone, Inform, None),
        (ContactFlag::MailReturned, "", Letter, AskForMoney, no(ContactFlag::MailReturned)),
        (ContactFlag::MailReturned, "", Phone, AskForMoney, None),
        (ContactFlag::PhoneWrong, "", Phone, Reply, no(ContactFlag::PhoneWrong)),
        (ContactFlag::PhoneWrong, "", Letter, Reply, None),
        (ContactFlag::OnlyChannel, "letter", Phone, Inform, no(ContactFlag::OnlyChannel)),
        (ContactFlag::OnlyChannel, "letter", Letter, AskForMoney, None),
        (ContactFlag::OnlyChannel, "letter", InPerson, Reply, None),
        (ContactFlag::Prefers, "letter", Phone, Inform, None),
        (ContactFlag::Interpreter, "Spanish", Email, Inform, Some(Why::NoConsent(ContactFlag::EmailConsent))),
        (ContactFlag::EmailConsent, "", Email, AskForMoney, None),
        (ContactFlag::EmailConsent, "", Text, Inform, Some(Why::NoConsent(ContactFlag::TextConsent))),
        (ContactFlag::TextConsent, "", Text, Inform, None),
        (ContactFlag::Collections, "", Portal, AskForMoney, None),
    ];
    for (flag, detail, channel, purpose, expected) in cases {
        let said = asked(&[(*flag, detail)], &[], &[FRIDAY_NOON], (*channel, *purpose));
        let why = match said {
            MayContact::Yes => None,
            MayContact::No { why, .. } => Some(why),
        };
        assert_eq!(why, *expected, "{flag:?} {channel:?} {purpose:?}");
        assert_eq!(said.refusal().is_some(), expected.is_some());
    }
}

#[test]
fn a_consent_that_was_withdrawn_is_none() {
    let day = date(2026, 1, 2);
    let events = [(ContactFlag::EmailConsent, true, "", day), (ContactFlag::EmailConsent, false, "", day)];
    assert_eq!(ContactRules::of(events), ContactRules::default());
}

#[test]
fn nobody_is_called_before_eight_or_from_nine_on_wherever_they_may_be() {
    let at = |hour: i8| datetime(2026, 3, 6, hour, 20, 0, 0);
    let hours = |now: &[DateTime]| match asked(&[], &[], now, (Channel::Phone, Purpose::Inform)) {
        MayContact::Yes => None,
        MayContact::No { why, until } => {
            assert_eq!(why, Why::Hour);
            until
        }
    };
    assert_eq!(hours(&[at(8)]), None);
    assert_eq!(hours(&[at(20)]), None);
    assert_eq!(hours(&[at(7)]), Some(datetime(2026, 3, 6, 8, 0, 0, 0)));
    assert_eq!(hours(&[at(21)]), Some(datetime(2026, 3, 7, 8, 0, 0, 0)));
    // Eight here is seven in the west of the state.
    assert_eq!(hours(&[at(8), at(7)]), Some(datetime(2026, 3, 6, 9, 0, 0, 0)));
    let own = asked(&[(ContactFlag::Hours, "13-15")], &[], &[at(12)], (Channel::Phone, Purpose::Reply));
    assert_eq!(own, MayContact::No { why: Why::Hour, until: Some(datetime(2026, 3, 6, 13, 0, 0, 0)) });
    let no_hour = asked(&[(ContactFlag::Hours, "2-4")], &[], &[at(12)], (Channel::Phone, Purpose::Reply));
    assert_eq!(no_hour, MayContact::Yes, "hours at which nobody may call count as none");
}

#[test]
fn calls_are_counted_over_seven_days_and_a_talk_about_a_debt_in_collections_gives_a_week_of_peace() {
    let call = |day: i8, spoke: bool| PastCall { on: date(2026, 3, day), spoke };
    let ask = |flags: &[(ContactFlag, &str)], calls: &[PastCall], purpose| {
        asked(flags, calls, &[FRIDAY_NOON], (Channel::Phone, purpose))
    };
    let until = |day: i8| Some(datetime(2026, 3, day, 8, 0, 0, 0));
    let three = [call(6, true), call(4, false), call(3, false)];
    assert_eq!(ask(&[], &three[..2], Purpose::AskForMoney), MayContact::Yes);
    let no = MayContact::No { why: Why::TooManyCalls(3), until: until(10) };
    assert_eq!(ask(&[], &three, Purpose::AskForMoney), no);
    assert_eq!(ask(&[], &three, Purpose::Reply), MayContact::Yes, "who asks is answered");
    let old = [call(6, false), call(4, false), PastCall { on: date(2026, 2, 27), spoke: false }];
    assert_eq!(ask(&[], &old, Purpose::Inform), MayContact::Yes, "the eighth day counts no more");
    let collections = [(ContactFlag::Collections, "")];
    let no = MayContact::No { why: Why::SpokenTo, until: until(13) };
    assert_eq!(ask(&collections, &three, Purpose::AskForMoney), no);
    assert_eq!(ask(&collections, &three, Purpose::Inform), MayContact::Yes);
    let seven: Vec<PastCall> = (0..7).map(|_| call(5, false)).collect();
    let no = MayContact::No { why: Why::TooManyCalls(7), until: until(12) };
    assert_eq!(ask(&collections, &seven, Purpose::AskForMoney), no);
}

#[test]
fn a_detail_is_kept_only_where_it_says_what_it_must() {
    let read = |flag: ContactFlag, typed: &str| flag.read_detail(typed);
    assert_eq!(read(ContactFlag::Hours, " 9 - 17 ").as_deref(), Some("9-17"));
    assert_eq!(read(ContactFlag::Hours, "17-9"), None);
    assert_eq!(read(ContactFlag::OnlyChannel, "letter").as_deref(), Some("letter"));
    assert_eq!(read(ContactFlag::OnlyChannel, "pigeon"), None);
    assert_eq!(read(ContactFlag::Attorney, "  "), None);
    assert_eq!(read(ContactFlag::Cease, "whatever").as_deref(), Some(""));
}
