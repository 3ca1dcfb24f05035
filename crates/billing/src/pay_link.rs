//! Links by which a patient pays at the page of the practice's card processor: when a link opens, where it hands over to, and
//! what the processor's notice says. Never takes a card's number, and never shows what is owed: others do, to who proved
//! who they are.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::patient_payment::{LARGEST_PAYMENT, LONGEST_TEXT, holds_card_number};

/// Days a link opens: the thirty a statement gives, and the next statement's.
pub const PAY_LINK_DAYS: i64 = 60;
/// Checks of identity that may fail before a link closes for good: a person mistypes a birth date, a machine tries them all.
pub const MOST_FAILED_CHECKS: i64 = 10;
/// Longest address that a practice may set.
const LONGEST_ADDRESS: usize = 500;

/// Whether a link opens, and why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// It opens, until its last day.
    Open,
    /// Its last day is past.
    Expired,
    /// Somebody of the practice closed it.
    Revoked,
    /// Too many checks of identity failed.
    Locked,
}

impl LinkState {
    /// What a page says.
    pub fn label(self) -> &'static str {
        match self {
            LinkState::Open => "Opens",
            LinkState::Expired => "Expired",
            LinkState::Revoked => "Revoked",
            LinkState::Locked => "Closed after wrong guesses",
        }
    }

    /// Where a link stands on a day.
    pub fn of(expires_on: Date, is_revoked: bool, failed_checks: i64, today: Date) -> LinkState {
        if is_revoked {
            LinkState::Revoked
        } else if failed_checks >= MOST_FAILED_CHECKS {
            LinkState::Locked
        } else if today > expires_on {
            LinkState::Expired
        } else {
            LinkState::Open
        }
    }
}

/// What is wrong with the address under which patients reach the desk; nothing where it can be printed.
pub fn link_address_problem(address: &str) -> Option<&'static str> {
    let is_local = ["http://localhost", "http://127.0.0.1"].iter().any(|local| starts_host(address, local));
    if !(is_plain(address) && (starts_host(address, "https://") || is_local)) {
        return Some("Give the address under which patients reach this desk, beginning with https://, without a path.");
    }
    let host = address.split_once("://").map_or("", |(_, rest)| rest);
    host.contains(['/', '?', '#', '@', '{'])
        .then_some("Give the host alone, such as https://pay.example.org; the path is added.")
}

/// What is wrong with the address of the processor's page; nothing where it can be handed over to.
pub fn page_problem(template: &str) -> Option<&'static str> {
    if !(is_plain(template) && starts_host(template, "https://")) {
        return Some("Give the address of the processor's hosted payment page, beginning with https://.");
    }
    let host = template.trim_start_matches("https://").split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() || host.contains(['@', '{']) {
        return Some("The host of the processor's page stands in the address as it is, without a name before it.");
    }
    let has_amount = template.contains("{amount}") || template.contains("{cents}");
    (!template.contains("{reference}") || !has_amount)
        .then_some("The address needs {reference}, where our reference goes, and {amount} (12.34) or {cents} (1234).")
}

fn starts_host(address: &str, start: &str) -> bool {
    address.strip_prefix(start).is_some_and(|rest| start.ends_with('/') || rest.is_empty() || rest.starts_with(':'))
}

fn is_plain(address: &str) -> bool {
    address.chars().count() <= LONGEST_ADDRESS
        && address.chars().all(|one| one.is_ascii_graphic() && !matches!(one, '"' | '\'' | '<' | '>' | '\\' | '`'))
}

/// The address of the processor's page for one payment. Our reference says nothing to anybody else.
pub fn handover(template: &str, reference: &str, amount: Money) -> String {
    template
        .replace("{reference}", reference)
        .replace("{amount}", &amount.to_string().replace(',', ""))
        .replace("{cents}", &amount.cents().to_string())
}

/// The host that a person is handed over to, as they read it.
pub fn host(template: &str) -> &str {
    template.trim_start_matches("https://").split(['/', '?', '#']).next().unwrap_or_default()
}

/// What happened at the processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoticeEvent {
    /// The card was charged.
    #[serde(rename = "payment.succeeded")]
    Succeeded,
    /// The card was not charged.
    #[serde(rename = "payment.failed")]
    Failed,
}

impl NoticeEvent {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            NoticeEvent::Succeeded => "succeeded",
            NoticeEvent::Failed => "failed",
        }
    }
}

/// What the processor tells, word by word.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// What happened.
    pub event: NoticeEvent,
    /// Our reference, as it was handed over.
    pub reference: String,
    /// The processor's own reference of the payment: its token.
    pub payment: String,
    /// What was charged; cents.
    pub amount_cents: i64,
    /// "USD".
    pub currency: String,
    /// Brand of the card as the processor names it; may be empty.
    #[serde(default)]
    pub brand: String,
    /// Last four digits.
    #[serde(default)]
    pub last_four: String,
}

impl std::fmt::Debug for Notice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.event.as_str())
    }
}

impl Notice {
    /// The amount.
    pub fn amount(&self) -> Money {
        Money::from_cents(self.amount_cents)
    }

    /// What is wrong with it, in a sentence for who connects the processor; nothing where it can be worked.
    pub fn problem(&self) -> Option<&'static str> {
        let texts = [&self.reference, &self.payment, &self.currency, &self.brand, &self.last_four];
        if texts.iter().any(|text| text.chars().count() > LONGEST_TEXT || text.chars().any(char::is_control)) {
            return Some("A field is longer than 200 characters or holds control characters.");
        }
        if texts.iter().any(|text| holds_card_number(text)) {
            return Some("A field holds what looks like a card number. Nothing was kept; send the token instead.");
        }
        if self.payment.trim().is_empty() {
            return Some("`payment` is empty; give the processor's reference of the payment.");
        }
        if self.currency != "USD" {
            return Some("Only USD is taken.");
        }
        if !self.amount().is_positive() || self.amount() > LARGEST_PAYMENT {
            return Some("`amount_cents` is to be above zero and at most 10000000.");
        }
        let has_four = self.last_four.len() == 4 && self.last_four.bytes().all(|byte| byte.is_ascii_digit());
        (self.event == NoticeEvent::Succeeded && !has_four)
            .then_some("`last_four` is to be the last four digits of the card, and only those.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_link_opens_until_its_last_day_and_closes_for_good_after_guesses() {
        let last = date(2026, 5, 1);
        for (revoked, failed, today, state) in [
            (false, 0, date(2026, 5, 1), LinkState::Open),
            (false, 0, date(2026, 5, 2), LinkState::Expired),
            (false, MOST_FAILED_CHECKS - 1, date(2026, 3, 1), LinkState::Open),
            (false, MOST_FAILED_CHECKS, date(2026, 3, 1), LinkState::Locked),
            (true, 0, date(2026, 3, 1), LinkState::Revoked),
        ] {
            assert_eq!(LinkState::of(last, revoked, failed, today), state);
        }
    }

    #[test]
    fn the_processors_page_is_https_and_names_what_is_put_in() {
        let page = "https://pay.example/p?ref={reference}&sum={amount}";
        assert_eq!(page_problem(page), None);
        assert_eq!(handover(page, "abc", Money::from_cents(123_456)), "https://pay.example/p?ref=abc&sum=1234.56");
        assert_eq!(host(page), "pay.example");
        for wrong in [
            "http://pay.example/{reference}/{amount}",
            "https://pay.example/{reference}",
            "https://pay.example/{amount}",
            "https://user@pay.example/{reference}/{amount}",
            "https://{reference}.example/{amount}{reference}",
            "https:///{reference}/{amount}",
            "https://pay.example/\"{reference}/{amount}",
            "javascript:{reference}{amount}",
        ] {
            assert!(page_problem(wrong).is_some(), "{wrong}");
        }
        for right in ["https://desk.example", "https://desk.example:8443", "http://127.0.0.1:7000", "http://localhost"]
        {
            assert_eq!(link_address_problem(right), None, "{right}");
        }
        for wrong in
            ["http://desk.example", "https://desk.example/pay", "http://localhost.evil.example", "", "https://a@b"]
        {
            assert!(link_address_problem(wrong).is_some(), "{wrong}");
        }
    }

    #[test]
    fn a_notice_with_a_card_number_or_without_a_token_is_refused() {
        let good = Notice {
            event: NoticeEvent::Succeeded,
            reference: "r".into(),
            payment: "py_1".into(),
            amount_cents: 2_000,
            currency: "USD".into(),
            brand: "Visa".into(),
            last_four: "4410".into(),
        };
        assert_eq!(good.problem(), None);
        for wrong in [
            Notice { payment: "4111 1111 1111 1111".into(), ..good.clone() },
            Notice { payment: " ".into(), ..good.clone() },
            Notice { currency: "EUR".into(), ..good.clone() },
            Notice { amount_cents: 0, ..good.clone() },
            Notice { amount_cents: 10_000_001, ..good.clone() },
            Notice { last_four: "44100".into(), ..good.clone() },
            Notice { brand: "a\nb".into(), ..good.clone() },
        ] {
            assert!(wrong.problem().is_some(), "{:?}", (wrong.amount_cents, wrong.currency));
        }
    }
}
