//! The file a practice is set up from: TOML, read and judged whole. Every problem names file, table and field with the
//! remedy. It never writes to the database, and no password ever stands in the file.

use std::fmt::Display;

use app::registration::{FacilityData, PayerData, ProviderData};
use app::users;
use billing::PracticeId;
use billing::access::Role;
use billing::fee_schedule::FeeScheduleItem;
use billing::identifier::{Npi, TaxId, TaxIdKind, Taxonomy};
use billing::payer::PayerSettings;
use billing::person::{Address, Contact, PersonName};
use billing::practice::{BillingProvider, Practice};
use billing::write_off::LARGEST_SMALL_BALANCE;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use ledger::Money;

use super::{InputProblem, Unreadable};

mod tables;
use tables::{
    AddressTable, BillingTable, FacilityTable, FeeTable, File, PayerTable, PersonTable, PracticeTable, ProviderTable,
};

/// Everything a practice works with, as the file says it.
#[derive(Debug)]
pub struct PracticeFile {
    /// The practice without its key.
    pub practice: Practice,
    /// Who treats and who refers.
    pub providers: Vec<ProviderData>,
    /// Where, when not at the practice.
    pub facilities: Vec<FacilityData>,
    /// Who pays.
    pub payers: Vec<PayerData>,
    /// List prices.
    pub fees: Vec<FeeScheduleItem>,
    /// Who signs in.
    pub people: Vec<PlannedPerson>,
}

/// A person to add.
#[derive(Debug)]
pub struct PlannedPerson {
    /// The log-in name as it is stored.
    pub login: String,
    /// The name that colleagues read.
    pub name: String,
    /// What the person may do.
    pub roles: Vec<Role>,
}

/// Reads the file.
///
/// # Errors
/// Every problem of the file at once.
pub fn read(name: &str, text: &str) -> Result<PracticeFile, Unreadable> {
    let mut judge = Judge { file: name, problems: Vec::new() };
    let file: File = match toml::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            let place = place(text, error.span().map_or(0, |span| span.start));
            let remedy = "Compare it with docs/practice.sample.toml";
            judge.bad(&place, error.message().trim_end_matches('.'), remedy);
            return Err(Unreadable(judge.problems));
        }
    };
    let practice = judge.practice(&file.practice);
    let solo = file.practice.solo;
    let providers = judge.each("providers", &file.providers, Judge::provider);
    let facilities = judge.each("facilities", &file.facilities, Judge::facility);
    let payers = judge.each("payers", &file.payers, Judge::payer);
    let fees = judge.each("fees", &file.fees, Judge::fee);
    let people = judge.each("people", &file.people, |judge, table, person| judge.person(table, person, solo));
    judge.twice("providers", "npi", providers.iter().map(|one| one.npi.as_str().to_owned()));
    judge.twice("facilities", "name", facilities.iter().map(|one| one.name.clone()));
    judge.twice("payers", "payer_identifier", payers.iter().map(|one| one.payer_identifier.clone()));
    let day = |fee: &FeeScheduleItem| format!("{} {} {}", fee.procedure, fee.modifier, fee.effective_on);
    judge.twice("fees", "procedure", fees.iter().map(day));
    judge.twice("people", "login", people.iter().map(|one| one.login.clone()));
    match practice {
        Some(practice) if judge.problems.is_empty() => {
            Ok(PracticeFile { practice, providers, facilities, payers, fees, people })
        }
        Some(_) | None => Err(Unreadable(judge.problems)),
    }
}

/// Line, table and field at an offset, in words a person can follow.
fn place(text: &str, offset: usize) -> String {
    let before = text.get(..offset).unwrap_or(text);
    let line_number = before.matches('\n').count() + 1;
    let line = text.lines().nth(line_number - 1).unwrap_or_default().trim();
    let lines = text.lines().take(line_number);
    let table = lines.map(str::trim).filter(|line| line.starts_with('[')).last().unwrap_or("before the first table");
    match line.split_once('=') {
        Some((field, _)) => format!("line {line_number}, {table}, field {}", field.trim()),
        None => format!("line {line_number}, {table}"),
    }
}

/// Collects what is wrong.
struct Judge<'a> {
    file: &'a str,
    problems: Vec<InputProblem>,
}

impl Judge<'_> {
    fn bad(&mut self, place: &str, problem: impl Into<String>, remedy: &str) {
        let problem = InputProblem {
            file: self.file.to_owned(),
            place: place.to_owned(),
            problem: problem.into().trim_end_matches('.').to_owned(),
            remedy: remedy.to_owned(),
        };
        self.problems.push(problem);
    }

    fn take<T, E: Display>(&mut self, table: &str, field: &str, read: Result<T, E>, remedy: &str) -> Option<T> {
        read.map_err(|error| self.bad(&format!("{table}, field {field}"), error.to_string(), remedy)).ok()
    }

    fn hold(&mut self, table: &str, field: &str, holds: bool, problem: &str, remedy: &str) {
        if !holds {
            self.bad(&format!("{table}, field {field}"), problem, remedy);
        }
    }

    fn says(&mut self, table: &str, field: &str, text: &str) -> String {
        self.hold(table, field, !text.trim().is_empty(), "it is empty", "Write it");
        text.trim().to_owned()
    }

    fn each<T, P>(&mut self, name: &str, tables: &[T], read: impl Fn(&mut Self, &str, &T) -> Option<P>) -> Vec<P> {
        let place = |number: usize| format!("[[{name}]] number {number}");
        (1..).zip(tables).filter_map(|(number, table)| read(self, &place(number), table)).collect()
    }

    fn twice(&mut self, name: &str, field: &str, keys: impl Iterator<Item = String>) {
        let mut seen = std::collections::BTreeSet::new();
        for key in keys {
            if !seen.insert(key.clone()) {
                let problem = format!("{key} stands there twice");
                self.bad(&format!("[[{name}]], field {field}"), problem, "Keep one of the two");
            }
        }
    }

    fn practice(&mut self, table: &PracticeTable) -> Option<Practice> {
        let place = "[practice]";
        let zone = TimeZone::get(&table.time_zone).map(|_| table.time_zone.clone());
        let time_zone = self.take(place, "time_zone", zone, "Write an IANA name such as America/Chicago");
        let phone: String = table.phone.chars().filter(char::is_ascii_digit).collect();
        let (problem, remedy) = ("it has not ten digits", "Write the telephone that payers call, such as 555-010-0199");
        self.hold(place, "phone", phone.len() == 10, problem, remedy);
        let name = self.says(place, "name", &table.name);
        let submitter_id = self.says(place, "submitter_id", &table.submitter_id);
        let small_balance = self.small_balance(place, &table.small_balance);
        let billing = self.billing(&table.billing);
        let pay_to = table.pay_to.as_ref().map(|address| self.address("[practice.pay_to]", address, false));
        Some(Practice {
            // The database gives the key.
            id: PracticeId(uuid::Uuid::nil()),
            name,
            billing: billing?,
            pay_to,
            time_zone: time_zone?,
            solo: table.solo,
            submitter_id,
            contact: Contact { phone, email: table.email.trim().to_owned() },
            small_balance,
        })
    }

    /// What may be swept; nothing for no sweep.
    fn small_balance(&mut self, place: &str, text: &str) -> Money {
        let amount = if text.trim().is_empty() { Ok(Money::ZERO) } else { Money::parse(text.trim()) };
        let fits = amount.is_ok_and(|amount| !amount.is_negative() && amount <= LARGEST_SMALL_BALANCE);
        let remedy = format!("Write dollars and cents, at most {LARGEST_SMALL_BALANCE}, such as \"5.00\"");
        self.hold(place, "small_balance", fits, "it is no small amount", &remedy);
        amount.unwrap_or(Money::ZERO)
    }

    fn billing(&mut self, table: &BillingTable) -> Option<BillingProvider> {
        let place = "[practice.billing]";
        let kind = match table.tax_id_kind.as_deref() {
            None | Some("ein") => Ok(TaxIdKind::Ein),
            Some("ssn") => Ok(TaxIdKind::Ssn),
            Some(_) => Err("it is neither of the two kinds"),
        };
        let kind = self.take(place, "tax_id_kind", kind, "Write \"ein\" or \"ssn\"")?;
        let tax_id = TaxId::parse(kind, &table.tax_id);
        let tax_id = self.take(place, "tax_id", tax_id, "Copy it from the W-9");
        let name = self.says(place, "name", &table.name);
        let npi = self.npi(place, &table.npi);
        let taxonomy = self.taxonomy(place, &table.taxonomy);
        let address = self.address("[practice.billing.address]", &table.address, true);
        let (problem, remedy) =
            ("payers refuse a post-office box here", "Write the street address; use pay_to for mail");
        let is_box = codes::postal::is_post_office_box(&address.line1);
        self.hold("[practice.billing.address]", "line1", !is_box, problem, remedy);
        Some(BillingProvider { name, npi: npi?, taxonomy: taxonomy?, tax_id: tax_id?, address })
    }

    fn npi(&mut self, table: &str, text: &str) -> Option<Npi> {
        self.take(table, "npi", Npi::parse(text), "Copy it from the enrolment")
    }

    fn taxonomy(&mut self, table: &str, text: &str) -> Option<Taxonomy> {
        self.take(table, "taxonomy", Taxonomy::parse(text), "Copy it from the enrolment")
    }

    fn address(&mut self, table: &str, address: &AddressTable, needs_zip9: bool) -> Address {
        let state = address.state.trim().to_ascii_uppercase();
        let is_state = codes::postal::state_name(&state).is_some();
        self.hold(table, "state", is_state, "it is no state or territory", "Write two letters such as MA");
        let zip = codes::postal::zip_digits(&address.zip);
        let is_zip = codes::postal::is_zip9(&zip) || (!needs_zip9 && codes::postal::is_zip5(&zip));
        let remedy = if needs_zip9 { "Write nine digits such as 02108-1234" } else { "Write five or nine digits" };
        self.hold(table, "zip", is_zip, "it is no ZIP code of the needed length", remedy);
        Address {
            line1: self.says(table, "line1", &address.line1),
            line2: address.line2.trim().to_owned(),
            city: self.says(table, "city", &address.city),
            state,
            zip,
        }
    }

    fn provider(&mut self, place: &str, table: &ProviderTable) -> Option<ProviderData> {
        let name = PersonName {
            last: self.says(place, "last", &table.last),
            first: self.says(place, "first", &table.first),
            middle: table.middle.trim().to_owned(),
            suffix: table.suffix.trim().to_owned(),
        };
        let (npi, taxonomy) = (self.npi(place, &table.npi), self.taxonomy(place, &table.taxonomy));
        Some(ProviderData {
            name,
            npi: npi?,
            taxonomy: taxonomy?,
            in_practice: table.in_practice,
            invented: false,
            source_key: None,
        })
    }

    fn facility(&mut self, place: &str, table: &FacilityTable) -> Option<FacilityData> {
        let npi = table.npi.as_ref().map(|text| self.npi(place, text));
        let is_clia = table.clia_number.as_deref().is_none_or(codes::identifier::is_clia);
        let remedy = "Write ten characters, the third a D, such as 22D1234567";
        self.hold(place, "clia_number", is_clia, "it is no certificate number", remedy);
        let name = self.says(place, "name", &table.name);
        let address = self.address(place, &table.address, true);
        let source_key = Some(format!("set-up {name}"));
        let npi = match npi {
            None => None,
            Some(read) => Some(read?),
        };
        Some(FacilityData { name, npi, address, clia_number: table.clia_number.clone(), source_key })
    }

    fn payer(&mut self, place: &str, table: &PayerTable) -> Option<PayerData> {
        let usual = PayerSettings::default();
        let settings = PayerSettings {
            filing_limit_days: table.filing_limit_days.unwrap_or(usual.filing_limit_days),
            appeal_days: table.appeal_days.unwrap_or(usual.appeal_days),
            route: table.route.clone().unwrap_or(usual.route),
            answers_from: table.answers_from.iter().map(|name| name.trim().to_owned()).collect(),
            remits_as: table.remits_as.iter().map(|name| name.trim().to_owned()).collect(),
            acknowledgment_due_days: table.acknowledgment_due_days.unwrap_or(usual.acknowledgment_due_days),
            follow_up_days: table.follow_up_days.unwrap_or(usual.follow_up_days),
            takes_replacements: table.takes_replacements.unwrap_or(usual.takes_replacements),
            needs_referral: table.needs_referral.unwrap_or(usual.needs_referral),
            secondary_filing_days: table.secondary_filing_days,
            corrected_claim_days: table.corrected_claim_days,
            bills_after_others: table.bills_after_others.unwrap_or(usual.bills_after_others),
            crosses_over: table.crosses_over.unwrap_or(usual.crosses_over),
            auto_posting: table.auto_posting.clone().unwrap_or(usual.auto_posting),
        };
        for (field, days) in [
            ("filing_limit_days", settings.filing_limit_days),
            ("appeal_days", settings.appeal_days),
            ("acknowledgment_due_days", settings.acknowledgment_due_days),
            ("follow_up_days", settings.follow_up_days),
            ("secondary_filing_days", settings.secondary_filing_days.unwrap_or(1)),
            ("corrected_claim_days", settings.corrected_claim_days.unwrap_or(1)),
        ] {
            self.hold(place, field, days > 0, "it is not a number of days", "Write 1 or more");
        }
        let kind = table.filing_indicator.trim();
        let is_kind = matches!(kind.len(), 1 | 2) && kind.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        let remedy = "Write its code such as CI commercial, MB Medicare, MC Medicaid, BL Blue";
        self.hold(place, "filing_indicator", is_kind, "it is no kind of insurance", remedy);
        self.says(place, "route", &settings.route);
        // ISA06 has fifteen characters.
        let are_names = settings.answers_from.iter().all(|name| (1..=15).contains(&name.len()));
        let remedy = "Write each as it stands in ISA06 of its files, 1 to 15 characters";
        self.hold(place, "answers_from", are_names, "it is no sender's identifier", remedy);
        Some(PayerData {
            name: self.says(place, "name", &table.name),
            payer_identifier: self.says(place, "payer_identifier", &table.payer_identifier),
            filing_indicator: kind.to_owned(),
            settings,
        })
    }

    fn fee(&mut self, place: &str, table: &FeeTable) -> Option<FeeScheduleItem> {
        let procedure = table.procedure.trim().to_owned();
        let is_code = codes::procedure::system(&procedure).is_some();
        let remedy = "Write five characters such as 99213 or G0439";
        self.hold(place, "procedure", is_code, "it has not the form of a code", remedy);
        let modifier = table.modifier.trim().to_owned();
        let is_modifier = modifier.is_empty() || codes::modifier::has_shape(&modifier);
        let remedy = "Write two letters or digits, or leave it out";
        self.hold(place, "modifier", is_modifier, "it has not the form of a modifier", remedy);
        let price = self.take(place, "price", Money::parse(&table.price), "Write dollars and cents such as \"140.00\"");
        let is_price = price.is_none_or(|price| price >= Money::ZERO);
        self.hold(place, "price", is_price, "it is below zero", "Write zero or more");
        let day = table.effective_on.parse::<Date>().map_err(|_| "it is no date");
        let day = self.take(place, "effective_on", day, "Write a day such as \"2026-01-01\"");
        Some(FeeScheduleItem { procedure, modifier, unit_price: price?, effective_on: day? })
    }

    fn person(&mut self, place: &str, table: &PersonTable, solo: bool) -> Option<PlannedPerson> {
        let mut roles = Vec::new();
        for word in &table.roles {
            roles.extend(self.take(
                place,
                "roles",
                word.parse::<Role>(),
                "docs/reference/permissions.md explains them",
            ));
        }
        if roles.len() < table.roles.len() {
            return None;
        }
        match users::checked(&table.login, &table.name, &roles, solo) {
            Ok(login) => Some(PlannedPerson { login, name: table.name.trim().to_owned(), roles }),
            Err(app::Error::Invalid { field, problem }) => {
                let place = format!("{place}, field {field}");
                self.bad(&place, problem.trim_end_matches('.'), "Correct it and run the command again");
                None
            }
            Err(other) => {
                self.bad(place, other.to_string(), "Correct it and run the command again");
                None
            }
        }
    }
}
