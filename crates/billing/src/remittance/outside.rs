//! Money outside any claim (PLB) in words, by the table of its reasons. Says what a reason means; decides nothing about the
//! books.

use super::provider_level::{Behaviour, behaviour_of, rule_of};
use crate::Money;
use crate::explain::{Language, dollar_words};

/// What a reason of a provider adjustment means; none for a code nobody has put into words. The codes are those of
/// PLB03-1 of 005010X221A1, the words ours.
pub fn reason_words(code: &str) -> Option<&'static str> {
    rule_of(code).map(|rule| rule.words)
}

/// What an adjustment did to its payment, in one sentence. A positive amount lowered the payment.
pub fn sentence(code: &str, amount: Money, language: Language) -> String {
    let sum = dollar_words(amount.abs(), language);
    let words = match language {
        Language::English => english(code, amount.is_negative()),
        Language::Spanish => spanish(code, amount.is_negative()),
    };
    format!("{} ({code}).", words.replace("{}", &sum))
}

fn english(code: &str, is_paid: bool) -> String {
    let meaning = rule_of(code).map_or("no word for it is known", |rule| rule.words);
    let (paid, taken) = match behaviour_of(code) {
        Behaviour::Carried => (
            "The payment cannot fall below zero, so {} is carried to a later payment and taken then",
            "{} that an earlier payment carried forward was taken from this one",
        ),
        Behaviour::Recovery => (
            "{} that the plan takes back is not taken yet: it comes out of a later payment",
            "{} that the plan takes back was taken from this payment",
        ),
        Behaviour::Return => {
            ("The plan has our refund of {}", "The plan takes back that it had a refund of {} from us")
        }
        Behaviour::Advance => {
            ("The plan paid {} ahead and takes it back later", "{} that was paid ahead was taken from this payment")
        }
        Behaviour::Withheld => {
            ("{} that was withheld before was paid", "{} was withheld from this payment and may be paid later")
        }
        Behaviour::Offset => (
            "{} that was taken for another provider was given back",
            "{} was taken from this payment for the debt of another provider",
        ),
        Behaviour::Unexplained => (
            "{} was paid outside any claim, and the code does not say what for",
            "{} was taken outside any claim, and the code does not say what for",
        ),
        Behaviour::Interest => ("The plan paid {} of interest", "The plan took {} of interest back"),
        Behaviour::Tax => ("{} that was withheld for taxes was given back", "{} was withheld for taxes on our account"),
        Behaviour::Levy => {
            ("{} that went to somebody we owe was given back", "{} of the payment went to somebody we owe")
        }
        Behaviour::Income | Behaviour::Kept | Behaviour::Fee => {
            let done = if is_paid { "was paid outside any claim" } else { "was kept by the plan" };
            return format!("{{}} {done}: {}", lower(meaning));
        }
    };
    if is_paid { paid.to_owned() } else { taken.to_owned() }
}

fn spanish(code: &str, is_paid: bool) -> String {
    let meaning = rule_of(code).map_or("sin descripción conocida", |rule| rule.words_es);
    let (paid, taken) = match behaviour_of(code) {
        Behaviour::Carried => (
            "El pago no puede quedar por debajo de cero, así que {} pasan a un pago posterior y se descuentan entonces",
            "Se descontaron de este pago {} que un pago anterior había trasladado",
        ),
        Behaviour::Recovery => (
            "El plan recupera {}, pero todavía no los descuenta: los tomará de un pago posterior",
            "Se descontaron de este pago {} que el plan recupera",
        ),
        Behaviour::Return => {
            ("El plan confirma nuestro reembolso de {}", "El plan retira la confirmación de nuestro reembolso de {}")
        }
        Behaviour::Advance => (
            "El plan anticipó {} y los descontará después",
            "Se descontaron de este pago {} que el plan había anticipado",
        ),
        Behaviour::Withheld => {
            ("Se pagaron {} que se habían retenido", "Se retuvieron {} de este pago; quizá se paguen después")
        }
        Behaviour::Offset => (
            "Se devolvieron {} que se habían descontado por otro proveedor",
            "Se descontaron de este pago {} por la deuda de otro proveedor",
        ),
        Behaviour::Unexplained => (
            "Se pagaron {} fuera de toda reclamación y el código no dice por qué",
            "Se descontaron {} fuera de toda reclamación y el código no dice por qué",
        ),
        Behaviour::Interest => ("El plan pagó {} de intereses", "El plan recuperó {} de intereses"),
        Behaviour::Tax => {
            ("Se devolvieron {} retenidos por impuestos", "Se retuvieron {} por impuestos a nuestra cuenta")
        }
        Behaviour::Levy => {
            ("Se devolvieron {} que habían ido a un acreedor nuestro", "{} del pago fueron a un acreedor nuestro")
        }
        Behaviour::Income | Behaviour::Kept | Behaviour::Fee => {
            let done = if is_paid { "Se pagaron {} fuera de toda reclamación" } else { "El plan se quedó con {}" };
            return format!("{done}: {meaning}");
        }
    };
    if is_paid { paid.to_owned() } else { taken.to_owned() }
}

fn lower(words: &str) -> String {
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

/// The segment that an adjustment stands on, by its place among all of a payment (from 1): each PLB carries a provider, a
/// period and up to six pairs. `raw` is the set as it stands in the file, from ST to SE. Without the separator at its end.
pub fn segment_of(raw: &str, ordinal: usize) -> Option<&str> {
    let (separator, end) = separators(raw)?;
    let mut seen = 0;
    raw.split(end).map(str::trim).filter(|segment| is_plb(segment, separator)).find(|segment| {
        // PLB, provider, period; then reason and amount by turns.
        let pairs = segment.split(separator).skip(3).step_by(2).filter(|reason| !reason.is_empty()).count();
        seen += pairs;
        seen >= ordinal
    })
}

fn is_plb(segment: &str, separator: char) -> bool {
    segment.strip_prefix("PLB").is_some_and(|rest| rest.starts_with(separator))
}

/// What separates elements, and what ends segments: a set begins "ST", separator, "835", separator, and the segment
/// after it begins with "BPR".
fn separators(raw: &str) -> Option<(char, char)> {
    let rest = raw.trim_start().strip_prefix("ST")?;
    let separator = rest.chars().next()?;
    let next = rest.find(&format!("BPR{separator}"))?;
    let end = rest.get(..next)?.trim_end_matches(['\r', '\n', ' ']).chars().next_back()?;
    Some((separator, end))
}

#[cfg(test)]
mod tests {
    use super::super::provider_level::rules;
    use super::*;

    #[test]
    fn money_taken_back_and_interest_have_their_own_words() {
        assert_eq!(reason_words("WO"), Some("Overpayment taken back"));
        assert_eq!(reason_words("L6"), Some("Interest"));
        assert_eq!(reason_words("ZZ"), None);
    }

    #[test]
    fn every_reason_says_in_both_languages_what_it_did_in_either_direction() {
        for code in rules().iter().map(|rule| rule.code).chain(["ZZ"]) {
            for language in Language::ALL {
                let [paid, taken] = [-1_234, 1_234].map(|cents| sentence(code, Money::from_cents(cents), language));
                assert_ne!(paid, taken, "{code}");
                for said in [paid, taken] {
                    assert!(said.contains("12.34") && said.ends_with(&format!("({code}).")), "{said}");
                    assert!(!said.contains("{}"), "{said}");
                }
            }
        }
        let said = |code, cents| sentence(code, Money::from_cents(cents), Language::English);
        assert_eq!(
            said("WO", -2_000),
            "$20.00 that the plan takes back is not taken yet: it comes out of a later payment (WO)."
        );
        assert_eq!(said("J1", 500), "$5.00 was kept by the plan: not reimbursable (J1).");
    }

    #[test]
    fn the_segment_of_each_adjustment_is_found_whatever_separates() {
        let raw = "ST*835*0001~\nBPR*I*1~PLBX*1~PLB*2044188300*20261231*WO:A*-5*FB:B*6~PLB*2044188300*20261231*L6*-1~SE*5*0001~";
        let first = "PLB*2044188300*20261231*WO:A*-5*FB:B*6";
        let second = "PLB*2044188300*20261231*L6*-1";
        for (ordinal, segment) in [(1, Some(first)), (2, Some(first)), (3, Some(second)), (4, None)] {
            assert_eq!(segment_of(raw, ordinal), segment, "{ordinal}");
        }
        let dressed = raw.replace('*', "|").replace("~\n", "~").replace('~', "!\r\n");
        assert_eq!(segment_of(&dressed, 3), Some("PLB|2044188300|20261231|L6|-1"));
        assert_eq!(segment_of("", 1), None);
    }
}
