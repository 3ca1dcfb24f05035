//! What a payer says of a claim on the telephone: the outcomes with what follows from each, the questions to ask, and the
//! sentence that a call leaves behind. Outcomes and questions are data (`data/call_outcomes.tsv`,
//! `data/call_questions.tsv`). Calls nobody, moves nothing.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::Date;
use ledger::Money;

use crate::work::calendar::Calendar;

const OUTCOMES: &str = include_str!("../data/call_outcomes.tsv");
const QUESTIONS: &str = include_str!("../data/call_questions.tsv");

/// Days before the filing limit within which a claim that is not on file is no longer sent again by routine: whoever has it
/// decides at once, because there is no second try.
pub const RESUBMIT_DAYS: i64 = 5;

/// What follows from an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// The payer has the claim again; somebody looks after so many days.
    Wait,
    /// The desk works on it now.
    Work,
    /// The claim goes out again today, while its filing limit allows it.
    Resubmit,
    /// The payment is traced; somebody looks after so many days.
    Trace,
    /// The call is made again after so many business days.
    Retry,
}

impl Then {
    fn parse(word: &str) -> Option<Then> {
        Some(match word {
            "wait" => Then::Wait,
            "work" => Then::Work,
            "resubmit" => Then::Resubmit,
            "trace" => Then::Trace,
            "retry" => Then::Retry,
            _ => return None,
        })
    }

    /// What the person does next, in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Then::Wait => "The payer has it; it comes back by itself on that day if nothing happened.",
            Then::Work => "It stays with you: work on it now, or escalate it with what the payer said.",
            Then::Resubmit => "Send it again today with the proof that it was accepted before.",
            Then::Trace => "Ask the poster for the payment by its number; it comes back by itself on that day.",
            Then::Retry => "Call again on that day.",
        }
    }
}

/// An outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallOutcome {
    /// The stored word.
    pub key: &'static str,
    /// What follows.
    pub then: Then,
    /// After how many days somebody looks again, unless the practice says otherwise.
    pub days: i64,
    /// What a form says.
    pub label: &'static str,
    /// How the note begins.
    pub note: &'static str,
}

/// How a question is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// In words.
    Text,
    /// With a day.
    Day,
    /// With an amount.
    Money,
    /// With one of these.
    Choice(Vec<&'static str>),
}

/// A question of an outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Of which outcome.
    pub outcome: &'static str,
    /// The stored word of the answer.
    pub key: &'static str,
    /// How it is answered.
    pub kind: Kind,
    /// The call is not finished without it.
    pub must: bool,
    /// The question.
    pub words: &'static str,
    /// How the answer is introduced in the note.
    pub note: &'static str,
}

/// Every outcome, in the order of the form.
pub fn outcomes() -> &'static [CallOutcome] {
    static PARSED: LazyLock<Vec<CallOutcome>> = LazyLock::new(|| OUTCOMES.lines().filter_map(outcome_of).collect());
    &PARSED
}

/// Every question, in the order of the form.
pub fn questions() -> &'static [Question] {
    static PARSED: LazyLock<Vec<Question>> = LazyLock::new(|| QUESTIONS.lines().filter_map(question_of).collect());
    &PARSED
}

fn outcome_of(line: &'static str) -> Option<CallOutcome> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [key, then, days, label, note] = cells[..] else { return None };
    Some(CallOutcome { key, then: Then::parse(then)?, days: days.parse().ok()?, label, note })
}

fn question_of(line: &'static str) -> Option<Question> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [outcome, key, kind, must, words, note] = cells[..] else { return None };
    let kind = match kind {
        "text" => Kind::Text,
        "day" => Kind::Day,
        "money" => Kind::Money,
        choice => Kind::Choice(choice.strip_prefix("choice=")?.split('|').collect()),
    };
    Some(Question { outcome, key, kind, must: must == "yes", words, note })
}

/// The outcome of a stored word.
pub fn outcome(key: &str) -> Option<&'static CallOutcome> {
    outcomes().iter().find(|outcome| outcome.key == key)
}

impl CallOutcome {
    /// Its questions.
    pub fn questions(&self) -> impl Iterator<Item = &'static Question> {
        let key = self.key;
        questions().iter().filter(move |question| question.outcome == key)
    }

    /// When somebody looks again, `days` after `today`; none where it is worked on at once.
    pub fn next_touch(&self, days: i64, today: Date, calendar: &Calendar) -> Option<Date> {
        match self.then {
            Then::Wait | Then::Trace => Some(calendar.add_business_days(today.saturating_add(days.days()), 0)),
            Then::Retry => Some(calendar.add_business_days(today, u32::try_from(days).unwrap_or(1))),
            Then::Work | Then::Resubmit => None,
        }
    }

    /// Whether the claim is in the payer's hand after it, so that the desk's item ends.
    pub fn leaves_with_payer(&self) -> bool {
        match self.then {
            Then::Wait | Then::Trace => true,
            Then::Work | Then::Resubmit | Then::Retry => false,
        }
    }

    /// Whether a claim that is not on file may still go out again by routine.
    pub fn resubmits(&self, filing_limit_on: Date, today: Date) -> bool {
        self.then == Then::Resubmit && filing_limit_on > today.saturating_add(RESUBMIT_DAYS.days())
    }

    /// What is missing or cannot be read of the answers: the question, and what would be right.
    pub fn unanswered(&self, answers: &BTreeMap<String, String>) -> Option<(&'static Question, &'static str)> {
        self.questions().find_map(|question| {
            let said = answers.get(question.key).map_or("", |said| said.trim());
            if said.is_empty() {
                return question.must.then_some((question, "Ask it, and write down what they say."));
            }
            match &question.kind {
                Kind::Text => None,
                Kind::Day => said.parse::<Date>().is_err().then_some((question, "Give the day, such as 2026-03-31.")),
                Kind::Money => {
                    Money::parse(said).is_err().then_some((question, "Give dollars and cents, such as 72.00."))
                }
                Kind::Choice(of) => (!of.contains(&said)).then_some((question, "Choose one of the answers.")),
            }
        })
    }

    /// The sentence that the call leaves on a claim: who said what, by which reference, and when somebody looks again.
    pub fn sentence(&self, said: &Said<'_>) -> String {
        let mut parts = vec![self.note.to_owned()];
        for question in self.questions() {
            if let Some(answer) = said.answers.get(question.key).filter(|answer| !answer.trim().is_empty()) {
                parts.push(format!("{} {}", question.note, answer.trim()));
            }
        }
        let mut sentence = format!("{}. ", parts.join(", "));
        sentence.push_str(match said.representative.trim() {
            "" => "Nobody gave a name",
            name => name,
        });
        match said.reference_number.trim() {
            "" => sentence.push_str(", without a reference number."),
            number => sentence.push_str(&format!(", reference {number}.")),
        }
        if let Some(day) = said.next_touch_on {
            sentence.push_str(&format!(" Next look {day}."));
        }
        sentence
    }
}

/// What a call brought.
#[derive(Debug, Clone, Copy)]
pub struct Said<'s> {
    /// Answers by the question's word.
    pub answers: &'s BTreeMap<String, String>,
    /// Who was spoken to.
    pub representative: &'s str,
    /// The payer's number of the call.
    pub reference_number: &'s str,
    /// When somebody looks again.
    pub next_touch_on: Option<Date>,
}

/// The outcome that a payer's electronic answer (277, the category of its first status) amounts to; none where it says
/// nothing that spares a call. Categories: X12 external code list 507.
pub fn of_status_category(category: &str) -> Option<&'static CallOutcome> {
    let key = match category {
        "P0" | "P1" | "P2" | "P3" | "P5" | "A1" | "A2" => "in_process",
        "F1" => "set_to_pay",
        "P4" | "R0" | "R1" | "R3" | "R4" | "R5" => "pended_information",
        "A4" => "not_on_file",
        _ => return None,
    };
    outcome(key)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn lines(text: &str) -> usize {
        text.lines().filter(|line| !line.starts_with('#')).count() - 1
    }

    #[test]
    fn every_line_of_the_tables_reads_and_every_outcome_has_questions() {
        assert_eq!((outcomes().len(), questions().len()), (lines(OUTCOMES), lines(QUESTIONS)));
        for outcome in outcomes() {
            assert!(outcome.questions().any(|question| question.must), "{}: nothing must be asked", outcome.key);
        }
        assert!(questions().iter().all(|question| outcome(question.outcome).is_some()));
    }

    #[test]
    fn an_outcome_sets_the_day_of_the_next_look() {
        let monday = date(2026, 3, 2);
        let cases = [
            ("in_process", Some(date(2026, 3, 17))),
            ("set_to_pay", Some(date(2026, 3, 17))),
            // Five days on is a Saturday.
            ("paid_cashed", Some(date(2026, 3, 9))),
            ("denied_timely", None),
            ("not_on_file", None),
            ("no_answer", Some(date(2026, 3, 3))),
        ];
        for (key, expected) in cases {
            let outcome = outcome(key).unwrap();
            assert_eq!(
                outcome.next_touch(outcome.days, date(2026, 3, 2), &Calendar::default()),
                expected,
                "{key} from {monday}"
            );
        }
        let not_on_file = outcome("not_on_file").unwrap();
        assert!(not_on_file.resubmits(date(2026, 3, 8), monday));
        assert!(!not_on_file.resubmits(date(2026, 3, 7), monday), "five days are too few for a second try");
    }

    #[test]
    fn a_call_leaves_a_sentence_and_is_not_finished_before_what_must_be_asked_was() {
        let outcome = outcome("set_to_pay").unwrap();
        let mut answers = BTreeMap::from([("pay_on".to_owned(), "2026-03-09".to_owned())]);
        assert_eq!(outcome.unanswered(&answers).unwrap().0.key, "amount");
        answers.insert("amount".to_owned(), "seventy".to_owned());
        assert!(outcome.unanswered(&answers).unwrap().1.contains("72.00"));
        answers.insert("amount".to_owned(), "72.00".to_owned());
        answers.insert("how".to_owned(), "EFT".to_owned());
        assert_eq!(outcome.unanswered(&answers), None);
        let said = Said {
            answers: &answers,
            representative: "Jo P.",
            reference_number: "I-4471",
            next_touch_on: Some(date(2026, 3, 17)),
        };
        assert_eq!(
            outcome.sentence(&said),
            "The claim is set to pay, to be paid 2026-03-09, amount 72.00, by EFT. Jo P., reference I-4471. \
             Next look 2026-03-17."
        );
    }

    #[test]
    fn an_electronic_answer_spares_the_call_only_where_it_says_something() {
        let cases = [("P1", Some("in_process")), ("F1", Some("set_to_pay")), ("A4", Some("not_on_file")), ("E0", None)];
        for (category, key) in cases {
            assert_eq!(of_status_category(category).map(|outcome| outcome.key), key, "{category}");
        }
    }
}
