//! What an import may change about what it was sent. `as-sent` changes nothing. `synthea` is for the bundles of that
//! generator, which hold old dates, no valid NPI, no member id and payers as words: it moves each patient's visits into
//! the last twelve months in their order, keeps the original dates, and invents identities, marked as invented.

use billing::Money;
use billing::identifier::{MemberId, Npi};
use jiff::ToSpan;
use jiff::civil::Date;

use super::identities::{invented_member_id, invented_npi, stable_number};

/// How to read the bundles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// Nothing is changed; what is missing is reported.
    #[default]
    AsSent,
    /// Bundles of the Synthea generator.
    Synthea,
}

/// Visits are placed no later than this many days before today: a visit of this morning is hardly coded yet.
const NEWEST_VISIT_DAYS: i64 = 3;

/// The widest window of the profile, in days back from today: twelve months.
const OLDEST_VISIT_DAYS: i64 = 365;

/// A payer that a word for insurance stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayerWord {
    /// Electronic payer id.
    pub payer_identifier: String,
    /// Name.
    pub payer_name: String,
    /// Plan on the card.
    pub plan_name: String,
    /// Claim filing indicator.
    pub filing_indicator: String,
    /// Days from the date of service within which this payer takes a claim.
    pub filing_limit_days: i32,
    member_prefix: String,
    member_digits: usize,
}

/// What a word for insurance means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhoPays {
    /// A payer; visits are placed within so many days.
    Payer(PayerWord),
    /// Nobody else: the patient pays.
    Patient,
}

impl Profile {
    /// Reads the name given on the command line.
    pub fn named(name: &str) -> Option<Profile> {
        match name {
            "as-sent" => Some(Profile::AsSent),
            "synthea" => Some(Profile::Synthea),
            _ => None,
        }
    }

    /// What a word for insurance means under this profile.
    pub fn who_pays(self, word: &str) -> Option<WhoPays> {
        match self {
            Profile::AsSent => None,
            Profile::Synthea => payer_rows().find(|row| row.word == word).map(|row| row.who_pays),
        }
    }

    /// The NPI of a practitioner: the one that was sent, where it is one, else an invented one where the profile may.
    pub fn npi(self, sent: Option<&str>, key: &str) -> Option<Npi> {
        let valid = sent.and_then(|text| Npi::parse(text).ok());
        match self {
            Profile::AsSent => valid,
            Profile::Synthea => valid.or_else(|| invented_npi(key).ok()),
        }
    }

    /// An invented price of one unit, for a code that the practice's fee schedule does not know.
    pub fn price(self, procedure: &str) -> Option<Money> {
        match self {
            Profile::AsSent => None,
            Profile::Synthea => include_str!("synthea_prices.tsv")
                .lines()
                .filter_map(|line| line.split_once('\t'))
                .find(|(code, _)| *code == procedure)
                .and_then(|(_, cents)| cents.parse().ok())
                .map(Money::from_cents),
        }
    }

    /// The new dates of one patient's visits, in the order of the old ones. Never before the patient was born.
    pub fn dates(self, patient_key: &str, birth_date: Date, sent: &[Date], words: &[&str], today: Date) -> Vec<Date> {
        match self {
            Profile::AsSent => sent.to_vec(),
            Profile::Synthea => spread(patient_key, birth_date, sent.len(), window_days(words), today),
        }
    }
}

impl PayerWord {
    /// An invented member id in the form this payer's cards have.
    pub fn member_id(&self, patient_key: &str) -> Option<MemberId> {
        let key = format!("{patient_key} {}", self.payer_identifier);
        invented_member_id(&key, &self.member_prefix, self.member_digits).ok()
    }
}

/// Evenly over the window, each patient with an offset of their own so that not all come on one day.
fn spread(patient_key: &str, birth_date: Date, count: usize, window: i64, today: Date) -> Vec<Date> {
    let newest = today.saturating_sub(NEWEST_VISIT_DAYS.days());
    let oldest = today.saturating_sub(window.days()).max(birth_date);
    let days = newest.since(oldest).map_or(0, |span| i64::from(span.get_days())).max(0);
    let count_of_visits = i64::try_from(count).unwrap_or(i64::MAX).max(1);
    let step = days / count_of_visits;
    let offset = i64::try_from(stable_number(patient_key, u64::try_from(step.max(1)).unwrap_or(1))).unwrap_or(0);
    (0..count_of_visits).take(count).map(|index| oldest.saturating_add((index * step + offset).days())).collect()
}

fn window_days(words: &[&str]) -> i64 {
    words
        .iter()
        .filter_map(|word| payer_rows().find(|row| row.word == *word))
        .map(|row| row.window_days)
        .min()
        .unwrap_or(OLDEST_VISIT_DAYS)
        .min(OLDEST_VISIT_DAYS)
}

struct PayerRow {
    word: &'static str,
    who_pays: WhoPays,
    window_days: i64,
}

fn payer_rows() -> impl Iterator<Item = PayerRow> {
    include_str!("synthea_payers.tsv").lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let columns: Vec<&'static str> = line.split('\t').collect();
        let [word, identifier, name, plan, filing, prefix, digits, window, limit] = columns[..] else {
            return None;
        };
        let who_pays = if identifier == "-" {
            WhoPays::Patient
        } else {
            WhoPays::Payer(PayerWord {
                payer_identifier: identifier.to_owned(),
                payer_name: name.to_owned(),
                plan_name: plan.to_owned(),
                filing_indicator: filing.to_owned(),
                filing_limit_days: limit.parse().ok()?,
                member_prefix: prefix.to_owned(),
                member_digits: digits.parse().ok()?,
            })
        };
        Some(PayerRow { word, who_pays, window_days: window.parse().ok()? })
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn visits_keep_their_order_and_fall_into_the_last_year() {
        let today = date(2026, 11, 22);
        let sent: Vec<Date> = (0..12).map(|year| date(2001 + year, 5, 5)).collect();
        let dates = Profile::Synthea.dates("p", date(1980, 1, 1), &sent, &["private"], today);
        assert_eq!(dates.len(), 12);
        assert!(dates.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(dates.iter().all(|day| *day < today && *day > date(2025, 11, 22)));
        assert_eq!(Profile::AsSent.dates("p", date(1980, 1, 1), &sent, &[], today), sent);
    }

    #[test]
    fn no_visit_is_placed_before_birth() {
        let dates =
            Profile::Synthea.dates("p", date(2026, 9, 1), &[date(2020, 1, 1); 3], &["medicaid"], date(2026, 11, 22));
        assert!(dates.iter().all(|day| *day >= date(2026, 9, 1)));
    }

    #[test]
    fn words_for_insurance_are_the_demos_payers() {
        let Some(WhoPays::Payer(payer)) = Profile::Synthea.who_pays("medicaid") else {
            panic!("medicaid is a payer");
        };
        assert_eq!(payer.payer_identifier, "SMD01");
        assert_eq!(payer.member_id("p").expect("a member id").reveal().len(), 10);
        assert_eq!(Profile::Synthea.who_pays("no_insurance"), Some(WhoPays::Patient));
        assert_eq!(Profile::Synthea.who_pays("barter"), None);
    }
}
