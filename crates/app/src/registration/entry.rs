//! What a person typed about the practice, a provider or a payer, judged field by field: every problem at once, named by
//! the field it stands beside. Reads words into types; decides no right and writes nothing.

mod auto_posting;
mod person;

pub use person::{CoverageEntry, GuarantorEntry, PatientEntry, UNREADABLE_DATE, date};

use billing::identifier::{BadIdentifier, Npi, TaxId, TaxIdKind, Taxonomy};
use billing::payer::PayerSettings;
use billing::person::{Address, Contact, PersonName};
use billing::practice::{BillingProvider, Practice};
use billing::write_off::LARGEST_SMALL_BALANCE;
use billing::{Money, PracticeId};
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::{PayerData, ProviderData};

/// A field with what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// The field's name in the form.
    pub field: String,
    /// What is wrong and what would be right.
    pub problem: String,
}

/// Most days that a deadline of a payer may have: two years, longer than any contract or law gives.
const MOST_DAYS: i32 = 731;
/// Most characters of a sender: ISA06 has fifteen.
const MOST_SENDER_BYTES: usize = 15;
/// N104 of an 835 holds eighty characters.
const MOST_PAYER_ID_BYTES: usize = 80;

/// A provider as typed. A box that is ticked holds "yes".
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ProviderEntry {
    /// Family name.
    pub last: String,
    /// Given name.
    pub first: String,
    /// Middle name or initial.
    pub middle: String,
    /// Jr., III.
    pub suffix: String,
    /// Individual NPI.
    pub npi: String,
    /// Specialty.
    pub taxonomy: String,
    /// Works in this practice.
    pub in_practice: String,
    /// The version that was looked at.
    pub seen: Option<i32>,
}

/// A payer as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct PayerEntry {
    /// Name as on the card.
    pub name: String,
    /// Electronic payer id.
    pub payer_identifier: String,
    /// Claim filing indicator.
    pub filing_indicator: String,
    /// Where its files go.
    pub route: String,
    /// Other senders under which that receiver answers, with commas between.
    pub answers_from: String,
    /// Other payer ids under which its remittances come, with commas between.
    pub remits_as: String,
    /// Days to file.
    pub filing_limit_days: String,
    /// Days to appeal.
    pub appeal_days: String,
    /// Days until a missing acknowledgment is work.
    pub acknowledgment_due_days: String,
    /// Days until a missing decision is work.
    pub follow_up_days: String,
    /// Takes replacement and void claims.
    pub takes_replacements: String,
    /// Requires a referring provider.
    pub needs_referral: String,
    /// Days to file after another payer decided; empty where it counts from the visit.
    pub secondary_filing_days: String,
    /// Days to send a corrected claim; empty where it counts from the visit.
    pub corrected_claim_days: String,
    /// Is billed by itself for what an earlier payer left.
    pub bills_after_others: String,
    /// Passes claims on without saying so.
    pub crosses_over: String,
    /// When its payments are posted by themselves: "never", "green", "within"; empty is green.
    pub post_when: String,
    /// Within: the most that a payment may be.
    pub post_most_amount: String,
    /// Within: the most claims that it may hold.
    pub post_most_claims: String,
    /// Within: of a hundred claims so many may be denied.
    pub post_most_denied: String,
    /// Within: no reversal.
    pub post_no_reversals: String,
    /// Within: nothing outside its claims.
    pub post_no_outside: String,
    /// Within: no claim that would wait.
    pub post_no_waiting: String,
    /// The version that was looked at.
    pub seen: Option<i32>,
}

/// The practice as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct PracticeEntry {
    /// Legal name.
    pub name: String,
    /// Name of the billing provider.
    pub billing_name: String,
    /// Organisation NPI.
    pub npi: String,
    /// Specialty.
    pub taxonomy: String,
    /// Tax number.
    pub tax_id: String,
    /// "ein" or "ssn".
    pub tax_id_kind: String,
    /// Street.
    pub line1: String,
    /// Second line.
    pub line2: String,
    /// City.
    pub city: String,
    /// State.
    pub state: String,
    /// Nine digits.
    pub zip: String,
    /// Street or box for payments; empty for the address above.
    pub pay_line1: String,
    /// Second line.
    pub pay_line2: String,
    /// City.
    pub pay_city: String,
    /// State.
    pub pay_state: String,
    /// Five or nine digits.
    pub pay_zip: String,
    /// IANA name.
    pub time_zone: String,
    /// Who submits.
    pub submitter_id: String,
    /// Ten digits.
    pub phone: String,
    /// Or empty.
    pub email: String,
    /// What an account may owe to be swept, in dollars; empty for none.
    pub small_balance: String,
    /// Conflicting rights may stand together.
    pub solo: String,
    /// The version that was looked at.
    pub seen: Option<i32>,
}

/// Collects problems while fields are read.
#[derive(Default)]
struct Judge(Vec<FieldProblem>);

impl Judge {
    fn bad(&mut self, field: &str, problem: impl Into<String>) {
        self.0.push(FieldProblem { field: field.to_owned(), problem: problem.into() });
    }

    fn says(&mut self, field: &str, text: &str) -> String {
        if text.trim().is_empty() {
            self.bad(field, "This is needed.");
        }
        text.trim().to_owned()
    }

    fn take<T>(&mut self, field: &str, read: Result<T, BadIdentifier>) -> Option<T> {
        read.map_err(|bad| self.bad(field, format!("{}.", bad.to_string().trim_end_matches('.')))).ok()
    }

    fn days(&mut self, field: &str, text: &str) -> i32 {
        let days = text.trim().parse().unwrap_or(0);
        if !(1..=MOST_DAYS).contains(&days) {
            self.bad(field, format!("Write a number of days, 1 to {MOST_DAYS}."));
        }
        days
    }

    /// A number of days, or nothing.
    fn days_if_any(&mut self, field: &str, text: &str) -> Option<i32> {
        (!text.trim().is_empty()).then(|| self.days(field, text))
    }

    /// Senders of answers, with commas between.
    fn senders(&mut self, text: &str) -> Vec<String> {
        let senders = text.split(',').map(str::trim).filter(|sender| !sender.is_empty());
        let senders: Vec<String> = senders.map(str::to_owned).collect();
        if senders.iter().any(|sender| sender.len() > MOST_SENDER_BYTES) {
            self.bad("answers_from", "Write each as it stands in ISA06 of its files: at most fifteen characters.");
        }
        senders
    }

    /// Payer ids of remittances, with commas between.
    fn payer_identifiers(&mut self, text: &str) -> Vec<String> {
        let ids = text.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect::<Vec<_>>();
        if ids.iter().any(|id| id.len() > MOST_PAYER_ID_BYTES) {
            self.bad("remits_as", "Write each as it stands in N104 of its remittances or NM109 of its answers: at most eighty characters.");
        }
        ids
    }

    /// An address; `prefix` stands before each field's name.
    fn address(&mut self, prefix: &str, [line1, line2, city, state, zip]: [&str; 5], needs_zip9: bool) -> Address {
        let named = |field: &str| format!("{prefix}{field}");
        let state = state.trim().to_ascii_uppercase();
        if codes::postal::state_name(&state).is_none() {
            self.bad(&named("state"), "Write two letters of a state or territory, such as MA.");
        }
        let zip = codes::postal::zip_digits(zip);
        if needs_zip9 && !codes::postal::is_zip9(&zip) {
            self.bad(&named("zip"), "Payers want nine digits here, such as 02108-1234.");
        } else if !codes::postal::is_zip9(&zip) && !codes::postal::is_zip5(&zip) {
            self.bad(&named("zip"), "Write five or nine digits.");
        }
        let line1 = self.says(&named("line1"), line1);
        let city = self.says(&named("city"), city);
        Address { line1, line2: line2.trim().to_owned(), city, state, zip }
    }

    /// An amount that may be swept, or nothing.
    fn small_balance(&mut self, text: &str) -> Money {
        if text.trim().is_empty() {
            return Money::ZERO;
        }
        let amount = Money::parse(text.trim()).unwrap_or(Money::from_cents(-1));
        if amount.is_negative() || amount > LARGEST_SMALL_BALANCE {
            let problem = format!("Write dollars and cents, at most {LARGEST_SMALL_BALANCE}; nothing for no sweep.");
            self.bad("small_balance", problem);
        }
        amount
    }

    fn done<T>(self, value: Option<T>) -> Result<T, Vec<FieldProblem>> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            Some(_) | None => Err(self.0),
        }
    }
}

fn ticked(text: &str) -> bool {
    text == "yes"
}

impl ProviderEntry {
    /// The provider, or everything that is wrong.
    ///
    /// # Errors
    /// Every field that is wrong.
    pub fn checked(&self) -> Result<ProviderData, Vec<FieldProblem>> {
        let mut judge = Judge::default();
        let name = PersonName {
            last: judge.says("last", &self.last),
            first: judge.says("first", &self.first),
            middle: self.middle.trim().to_owned(),
            suffix: self.suffix.trim().to_owned(),
        };
        let npi = judge.take("npi", Npi::parse(&self.npi));
        let taxonomy = judge.take("taxonomy", Taxonomy::parse(&self.taxonomy));
        let in_practice = ticked(&self.in_practice);
        judge.done(npi.zip(taxonomy).map(|(npi, taxonomy)| ProviderData {
            name,
            npi,
            taxonomy,
            in_practice,
            invented: false,
            source_key: None,
        }))
    }
}

impl PayerEntry {
    /// The payer, or everything that is wrong.
    ///
    /// # Errors
    /// Every field that is wrong.
    pub fn checked(&self) -> Result<PayerData, Vec<FieldProblem>> {
        let mut judge = Judge::default();
        let kind = self.filing_indicator.trim().to_ascii_uppercase();
        if !matches!(kind.len(), 1 | 2) || !kind.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            judge.bad("filing_indicator", "Write its code, such as CI commercial, MB Medicare, MC Medicaid, BL Blue.");
        }
        let settings = PayerSettings {
            filing_limit_days: judge.days("filing_limit_days", &self.filing_limit_days),
            appeal_days: judge.days("appeal_days", &self.appeal_days),
            route: judge.says("route", &self.route),
            answers_from: judge.senders(&self.answers_from),
            remits_as: judge.payer_identifiers(&self.remits_as),
            acknowledgment_due_days: judge.days("acknowledgment_due_days", &self.acknowledgment_due_days),
            follow_up_days: judge.days("follow_up_days", &self.follow_up_days),
            takes_replacements: ticked(&self.takes_replacements),
            needs_referral: ticked(&self.needs_referral),
            secondary_filing_days: judge.days_if_any("secondary_filing_days", &self.secondary_filing_days),
            corrected_claim_days: judge.days_if_any("corrected_claim_days", &self.corrected_claim_days),
            bills_after_others: ticked(&self.bills_after_others),
            crosses_over: ticked(&self.crosses_over),
            auto_posting: auto_posting::judged(&mut judge, self),
        };
        let data = PayerData {
            name: judge.says("name", &self.name),
            payer_identifier: judge.says("payer_identifier", &self.payer_identifier),
            filing_indicator: kind,
            settings,
        };
        judge.done(Some(data))
    }
}

impl PracticeEntry {
    /// The practice, or everything that is wrong.
    ///
    /// # Errors
    /// Every field that is wrong.
    pub fn checked(&self, id: PracticeId) -> Result<Practice, Vec<FieldProblem>> {
        let mut judge = Judge::default();
        let kind = if self.tax_id_kind == "ssn" { TaxIdKind::Ssn } else { TaxIdKind::Ein };
        let name = judge.says("name", &self.name);
        let billing_name = judge.says("billing_name", &self.billing_name);
        let npi = judge.take("npi", Npi::parse(&self.npi));
        let taxonomy = judge.take("taxonomy", Taxonomy::parse(&self.taxonomy));
        let tax_id = judge.take("tax_id", TaxId::parse(kind, &self.tax_id));
        let address = judge.address("", [&self.line1, &self.line2, &self.city, &self.state, &self.zip], true);
        if codes::postal::is_post_office_box(&address.line1) {
            judge.bad("line1", "Payers refuse a post-office box here: write the street, and the box under payments.");
        }
        let pay = [&self.pay_line1, &self.pay_line2, &self.pay_city, &self.pay_state, &self.pay_zip];
        let has_pay_to = pay.iter().any(|text| !text.trim().is_empty());
        let pay_to = has_pay_to.then(|| judge.address("pay_", pay.map(String::as_str), false));
        let time_zone = judge.says("time_zone", &self.time_zone);
        if TimeZone::get(&time_zone).is_err() {
            judge.bad("time_zone", "Write an IANA name such as America/Chicago.");
        }
        let phone: String = self.phone.chars().filter(char::is_ascii_digit).collect();
        if phone.len() != 10 {
            judge.bad("phone", "Write ten digits: payers call this number about a file.");
        }
        let submitter_id = judge.says("submitter_id", &self.submitter_id);
        let contact = Contact { phone, email: self.email.trim().to_owned() };
        let solo = ticked(&self.solo);
        let small_balance = judge.small_balance(&self.small_balance);
        let billing = npi.zip(taxonomy).zip(tax_id).map(|((npi, taxonomy), tax_id)| BillingProvider {
            name: billing_name,
            npi,
            taxonomy,
            tax_id,
            address,
        });
        judge.done(billing.map(|billing| Practice {
            id,
            name,
            billing,
            pay_to,
            time_zone,
            solo,
            submitter_id,
            contact,
            small_balance,
        }))
    }
}
