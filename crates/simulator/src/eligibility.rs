//! Answers a 270 with a 271 (005010X279A1): is this person covered on this day, with what copay and deductible. Never asks anybody.

use jiff::civil::Date;
use x12::{Value, Writer};

use crate::behaviour::PayerBehaviour;
use crate::cents::x12 as amount;
use crate::message::Group;
use crate::segments::{Segment, TransactionSet, d8, date};
use crate::state::State;

/// The 271's group.
pub const GROUP: Group = Group { functional_id: "HB", version: "005010X279A1" };
/// AAA03: the payer is not one of those behind this clearinghouse.
const UNKNOWN_PAYER: &str = "79";
/// AAA03: nobody by this member id, name and date of birth.
const NOT_FOUND: &str = "75";
/// AAA03: the date of birth is another.
const WRONG_BIRTH_DATE: &str = "71";

/// One question of a 270: about one person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Question {
    source: Vec<Segment>,
    receiver: Vec<Segment>,
    subscriber: Vec<Segment>,
    dependent: Vec<Segment>,
}

impl Question {
    fn person(&self) -> &[Segment] {
        if self.dependent.is_empty() { &self.subscriber } else { &self.dependent }
    }

    fn find<'s>(segments: &'s [Segment], id: &str) -> Option<&'s Segment> {
        segments.iter().find(|segment| segment.id() == id)
    }

    fn payer_id(&self) -> &str {
        Self::find(&self.source, "NM1").map_or("", |nm1| nm1.element(9))
    }

    fn member_id(&self) -> &str {
        Self::find(&self.subscriber, "NM1").map_or("", |nm1| nm1.element(9))
    }

    fn birth_date(&self) -> Option<Date> {
        Self::find(self.person(), "DMG").and_then(|dmg| date(dmg.element(2)))
    }

    fn asked_on(&self, today: Date) -> Date {
        let dtp = self.person().iter().find(|segment| segment.is("DTP", "291"));
        dtp.and_then(|dtp| date(dtp.element(3))).unwrap_or(today)
    }
}

/// Splits a 270 into questions by its HL levels; the source and receiver above stay in force.
fn questions(set: &TransactionSet) -> Vec<Question> {
    let mut all = Vec::new();
    let mut open = Question::default();
    let mut level = String::new();
    for segment in &set.segments {
        if segment.id() == "HL" {
            if matches!(level.as_str(), "22" | "23") && segment.element(3) != "23" {
                all.push(open.clone());
            }
            level = segment.element(3).to_owned();
            match level.as_str() {
                "20" => open = Question::default(),
                "21" => open.receiver.clear(),
                "22" => {
                    open.subscriber.clear();
                    open.dependent.clear();
                }
                _ => open.dependent.clear(),
            }
            continue;
        }
        match level.as_str() {
            "20" => open.source.push(segment.clone()),
            "21" => open.receiver.push(segment.clone()),
            "22" => open.subscriber.push(segment.clone()),
            "23" => open.dependent.push(segment.clone()),
            _ => {}
        }
    }
    if matches!(level.as_str(), "22" | "23") {
        all.push(open);
    }
    all
}

/// Writes the 271 that answers a 270 set into an open group. `clock` is HHMM.
pub fn write_answer(
    writer: &mut Writer,
    set: &TransactionSet,
    payers: &[PayerBehaviour],
    state: &State,
    today: Date,
    clock: &str,
) {
    writer.begin_set("271", Some(GROUP.version));
    let reference = set.segments.iter().find(|s| s.id() == "BHT").map_or("", |bht| bht.element(3));
    writer.segment("BHT", ["0022", "11", reference, &d8(today), clock]);
    let mut level = 0;
    for question in questions(set) {
        answer_one(writer, &question, payers, state, today, &mut level);
    }
    writer.end_set();
}

fn level(writer: &mut Writer, number: &mut i32, parent: i32, code: &str, has_child: bool) -> i32 {
    *number += 1;
    let parent = if parent == 0 { String::new() } else { parent.to_string() };
    writer.segment("HL", [number.to_string(), parent, code.to_owned(), if has_child { "1" } else { "0" }.to_owned()]);
    *number
}

fn echo(writer: &mut Writer, segment: &Segment, upto: usize) {
    let elements: Vec<&str> = (1..=upto).map(|n| segment.element(n)).collect();
    writer.segment(segment.id(), elements);
}

fn answer_one(
    writer: &mut Writer,
    question: &Question,
    payers: &[PayerBehaviour],
    state: &State,
    today: Date,
    number: &mut i32,
) {
    let payer = payers.iter().find(|payer| payer.id == question.payer_id());
    let source = level(writer, number, 0, "20", payer.is_some());
    if let Some(nm1) = Question::find(&question.source, "NM1") {
        echo(writer, nm1, 9);
    }
    let Some(payer) = payer else {
        writer.segment("AAA", ["N", "", UNKNOWN_PAYER, "C"]);
        return;
    };
    let receiver = level(writer, number, source, "21", true);
    if let Some(nm1) = Question::find(&question.receiver, "NM1") {
        echo(writer, nm1, 9);
    }
    let dependent = !question.dependent.is_empty();
    let subscriber = level(writer, number, receiver, "22", dependent);
    if dependent {
        if let Some(nm1) = Question::find(&question.subscriber, "NM1") {
            echo(writer, nm1, 9);
        }
        level(writer, number, subscriber, "23", false);
    }
    for trn in question.person().iter().filter(|segment| segment.id() == "TRN") {
        writer.segment("TRN", ["2", trn.element(2), trn.element(3), trn.element(4)]);
    }
    if let Some(nm1) = Question::find(question.person(), "NM1") {
        echo(writer, nm1, 9);
    }
    benefits(writer, question, payer, state, question.asked_on(today));
}

fn benefits(writer: &mut Writer, question: &Question, payer: &PayerBehaviour, state: &State, on: Date) {
    let member_id = question.member_id();
    let members = state.members(&payer.id, member_id);
    if !payer.is_member_id(member_id) || (members.is_empty() && !state.roster.is_empty()) {
        writer.segment("AAA", ["N", "", NOT_FOUND, "C"]);
        return;
    }
    let born = question.birth_date();
    let member = members.iter().find(|member| born.is_none_or(|born| born == member.birth_date));
    if !members.is_empty() && member.is_none() {
        writer.segment("AAA", ["N", "", WRONG_BIRTH_DATE, "C"]);
        return;
    }
    if let Some(dmg) = Question::find(question.person(), "DMG") {
        echo(writer, dmg, 3);
    }
    let effective = member.map_or_else(|| on.first_of_year(), |member| member.effective_on);
    let ended = member.and_then(|member| member.ended_on);
    writer.segment("DTP", ["346", "D8", &d8(effective)]);
    if let Some(ended) = ended {
        writer.segment("DTP", ["347", "D8", &d8(ended)]);
    }
    if on < effective || ended.is_some_and(|ended| on > ended) {
        writer.segment("EB", ["6", "IND", "30", "", &payer.plan_name]);
        return;
    }
    writer.segment("EB", ["1", "IND", "30", "", &payer.plan_name]);
    for copay in &payer.benefits.copay {
        writer.segment("EB", ["B", "IND", &copay.service_type, "", "", "27", &amount(copay.cents)]);
    }
    let deductible = payer.benefits.deductible_cents;
    if deductible > 0 {
        let first = Question::find(question.person(), "NM1").map_or("", |nm1| nm1.element(4));
        let key = format!("{member_id}|{first}|{}", on.year());
        let met = state.books.get(&payer.id).and_then(|book| book.deductible_met.get(&key)).copied().unwrap_or(0);
        writer.segment("EB", ["C", "IND", "30", "", "", "23", &amount(deductible)]);
        writer.segment("EB", ["C", "IND", "30", "", "", "29", &amount((deductible - met).max(0))]);
    }
    if payer.benefits.coinsurance_bp > 0 {
        // EB08 is a fraction: 20 percent is .2.
        let percent = format!(".{:04}", payer.benefits.coinsurance_bp);
        let elements = ["A", "IND", "30", "", "", "27", "", percent.trim_end_matches('0')];
        writer.segment("EB", elements.map(Value::from));
    }
}
