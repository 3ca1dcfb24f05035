//! Answers a 276 with a 277 (005010X212): where is this claim. Tells what the payer remembers, and "not found" of a claim it lost.

use jiff::civil::Date;
use x12::{Value, Writer};

use crate::behaviour::PayerBehaviour;
use crate::cents::x12 as amount;
use crate::message::Group;
use crate::segments::{Segment, TransactionSet, d8};
use crate::state::{ClaimRecord, Standing, State};

/// The 277's group.
pub const GROUP: Group = Group { functional_id: "HN", version: "005010X212" };

/// Writes the 277 that answers a 276 set into an open group. `clock` is HHMM. The levels of the question are kept.
pub fn write_answer(
    writer: &mut Writer,
    set: &TransactionSet,
    payers: &[PayerBehaviour],
    state: &State,
    today: Date,
    clock: &str,
) {
    writer.begin_set("277", Some(GROUP.version));
    let mut payer: Option<&PayerBehaviour> = None;
    let mut place = String::new();
    let mut asked: Option<Asked> = None;
    for segment in &set.segments {
        match segment.id() {
            "BHT" => {
                writer.segment("BHT", ["0010", "08", segment.element(3), &d8(today), clock, "DG"]);
            }
            "HL" => {
                answer(writer, asked.take(), payer, state, today);
                place = segment.element(3).to_owned();
                writer.segment("HL", [segment.element(1), segment.element(2), segment.element(3), segment.element(4)]);
            }
            "NM1" => {
                if place == "20" {
                    payer = payers.iter().find(|payer| payer.id == segment.element(9));
                }
                let elements: Vec<&str> = (1..=9).map(|n| segment.element(n)).collect();
                writer.segment("NM1", elements);
            }
            "TRN" => {
                answer(writer, asked.take(), payer, state, today);
                asked = Some(Asked { trace: segment.element(2).to_owned(), ..Asked::default() });
            }
            "REF" | "AMT" | "DTP" => {
                if let Some(asked) = &mut asked {
                    asked.note(segment);
                }
            }
            _ => {}
        }
    }
    answer(writer, asked.take(), payer, state, today);
    writer.end_set();
}

/// One claim asked about.
#[derive(Debug, Clone, Default)]
struct Asked {
    trace: String,
    payer_claim_number: String,
    control_number: String,
    dates: (String, String),
}

impl Asked {
    fn note(&mut self, segment: &Segment) {
        match (segment.id(), segment.element(1)) {
            ("REF", "1K") => self.payer_claim_number = segment.element(2).to_owned(),
            ("REF", "EJ") => self.control_number = segment.element(2).to_owned(),
            ("DTP", "472") => self.dates = (segment.element(2).to_owned(), segment.element(3).to_owned()),
            _ => {}
        }
    }

    /// By the payer's number, else by the practice's, given as REF EJ or as the trace.
    fn find<'s>(&self, payer: Option<&PayerBehaviour>, state: &'s State) -> Option<(&'s str, &'s ClaimRecord)> {
        let book = state.books.get(&payer?.id)?;
        let by_control = |control: &str| book.numbers.get(control).and_then(|numbers| numbers.last());
        let number = book
            .claims
            .get_key_value(&self.payer_claim_number)
            .map(|(number, _)| number)
            .or_else(|| by_control(&self.control_number))
            .or_else(|| by_control(&self.trace))?;
        let record = book.claims.get(number)?;
        (record.standing != Standing::Lost).then_some((number.as_str(), record))
    }
}

fn answer(writer: &mut Writer, asked: Option<Asked>, payer: Option<&PayerBehaviour>, state: &State, today: Date) {
    let Some(asked) = asked else { return };
    writer.segment("TRN", ["2", &asked.trace]);
    let today = d8(today);
    let status = |category: &str, code: &str| Value::composite([category.to_owned(), code.to_owned()]);
    match asked.find(payer, state) {
        None => {
            // A4:35: claim or encounter not found.
            writer.segment("STC", [status("A4", "35"), Value::from(&today)]);
        }
        Some((number, record)) => {
            let charge = amount(record.claim.charge_cents);
            match (&record.decision, &record.paid_by) {
                (Some(decision), Some((trace, on))) => {
                    let (category, code) = if decision.is_denied_in_full() { ("F2", "1") } else { ("F1", "65") };
                    let (paid, decided) = (amount(decision.paid_cents()), d8(*on));
                    let elements = [
                        status(category, code),
                        Value::from(&today),
                        Value::EMPTY,
                        Value::from(&charge),
                        Value::from(&paid),
                        Value::from(&decided),
                        Value::EMPTY,
                        Value::from(&decided),
                        Value::from(trace),
                    ];
                    writer.segment("STC", elements);
                }
                // P3:20 would promise a payment; P1:20 only says it was taken in and is being worked on.
                _ => {
                    writer
                        .segment("STC", [status("P1", "20"), Value::from(&today), Value::EMPTY, Value::from(&charge)]);
                }
            }
            writer.segment("REF", ["1K", number]);
        }
    }
    if !asked.dates.1.is_empty() {
        writer.segment("DTP", ["472", &asked.dates.0, &asked.dates.1]);
    }
}
