//! A clearinghouse for stories: keeps what it is given, fails when told to, and answers with files made by hand.

use std::cell::{Cell, RefCell};

use app::clearinghouse::{CarrierError, Clearinghouse, Delivery, InboundFile};

/// What the next deliveries do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Takes,
    Uncertain,
    Closed,
}

/// Keeps everything in memory.
pub struct Carrier {
    pub mood: Cell<Mood>,
    pub given: RefCell<Vec<(String, Vec<u8>)>>,
    pub inbox: RefCell<Vec<InboundFile>>,
}

impl Carrier {
    pub fn new() -> Self {
        Carrier { mood: Cell::new(Mood::Takes), given: RefCell::default(), inbox: RefCell::default() }
    }

    pub fn put(&self, name: &str, bytes: &[u8]) {
        self.inbox.borrow_mut().push(InboundFile { name: name.into(), bytes: bytes.to_vec() });
    }
}

impl Clearinghouse for Carrier {
    fn deliver(&self, name: &str, bytes: &[u8]) -> Result<Delivery, CarrierError> {
        match self.mood.get() {
            Mood::Closed => Err(CarrierError("The clearinghouse is closed. Try again in an hour.".into())),
            Mood::Uncertain => {
                self.given.borrow_mut().push((name.into(), bytes.to_vec()));
                Ok(Delivery::Uncertain)
            }
            Mood::Takes => {
                self.given.borrow_mut().push((name.into(), bytes.to_vec()));
                Ok(Delivery::Delivered)
            }
        }
    }

    fn waiting(&self) -> Result<Vec<InboundFile>, CarrierError> {
        Ok(self.inbox.borrow().clone())
    }

    fn taken(&self, name: &str) -> Result<(), CarrierError> {
        self.inbox.borrow_mut().retain(|file| file.name != name);
        Ok(())
    }
}

/// One interchange with one group and set.
fn interchange(functional_id: &str, version: &str, set_id: &str, body: &[String]) -> Vec<u8> {
    let version_in_st = if set_id == "835" { String::new() } else { format!("*{version}") };
    let mut text = String::from(
        "ISA*00*          *00*          *ZZ*CLEARING       *ZZ*ALDERRIDGE     *260303*0800*^*00501*000000500*0*P*:~",
    );
    text.push_str(&format!("GS*{functional_id}*CLEARING*ALDERRIDGE*20260303*0800*500*X*{version}~"));
    text.push_str(&format!("ST*{set_id}*0001{version_in_st}~"));
    for segment in body {
        text.push_str(segment);
        text.push('~');
    }
    text.push_str(&format!("SE*{}*0001~GE*1*500~IEA*1*000000500~", body.len() + 2));
    text.into_bytes()
}

/// A TA1 for an interchange of ours.
pub fn ta1(interchange: i64, code: &str, note: &str) -> Vec<u8> {
    format!(
        "ISA*00*          *00*          *ZZ*CLEARING       *ZZ*ALDERRIDGE     *260303*0800*^*00501*000000501*0*P*:~\
         TA1*{interchange:09}*260302*0800*{code}*{note}~IEA*0*000000501~"
    )
    .into_bytes()
}

/// A 999 for a group of ours.
pub fn group_answer(group: i64, code: &str) -> Vec<u8> {
    let mut body = vec![format!("AK1*HC*{group}*005010X222A1"), "AK2*837*0001*005010X222A1".to_owned()];
    if code == "R" {
        body.push("IK3*CLM*22**8".into());
        body.push("IK4*2*782*6".into());
    }
    let accepted = i32::from(code != "R");
    body.push(if code == "R" { "IK5*R*5".into() } else { format!("IK5*{code}") });
    body.push(format!("AK9*{code}*1*1*{accepted}"));
    interchange("FA", "005010X231A1", "999", &body)
}

/// A 277CA: `role` is `PR` for a payer and `AY` for a clearinghouse; each claim has its number and its STC01.
pub fn claim_answers(role: &str, reference: i64, claims: &[(&str, &str)]) -> Vec<u8> {
    let mut body: Vec<String> = vec![
        format!("BHT*0085*08*CA{role}{reference}*20260303*0800*TH"),
        "HL*1**20*1".into(),
        format!("NM1*{role}*2*UNION LAKE TRUST*****PI*ULT01"),
        "TRN*1*B0001".into(),
        "DTP*050*D8*20260302".into(),
        "DTP*009*D8*20260303".into(),
        "HL*2*1*21*1".into(),
        "NM1*41*2*ALDER RIDGE*****46*ALDERRIDGE".into(),
        format!("TRN*2*{reference:09}"),
        format!("STC*A1:19:PR*20260303*WQ*{}", 100 * claims.len().max(1)),
        "HL*3*2*19*1".into(),
        "NM1*85*2*ALDER RIDGE*****XX*2044188300".into(),
    ];
    for (place, (number, status)) in claims.iter().enumerate() {
        body.push(format!("HL*{}*3*PT", place + 4));
        body.push("NM1*QC*1*FAIRBANKS*ODETTE****MI*ULT77001".into());
        body.push(format!("TRN*2*{number}"));
        let action = if status.starts_with("A2") || status.starts_with("A1") { "WQ" } else { "U" };
        body.push(format!("STC*{status}*20260303*{action}*100"));
        if status.starts_with("A2") {
            body.push(format!("REF*1K*ICN{number}"));
        }
        body.push("DTP*472*D8*20260301".into());
    }
    interchange("HN", "005010X214", "277", &body)
}

/// A 271 for a question of ours.
pub fn eligibility_answer(trace: &str, benefits: &[&str]) -> Vec<u8> {
    let mut body: Vec<String> = [
        "BHT*0022*11*Q1*20260303*0800",
        "HL*1**20*1",
        "NM1*PR*2*UNION LAKE TRUST*****PI*ULT01",
        "HL*2*1*21*1",
        "NM1*1P*2*ALDER RIDGE*****XX*2044188300",
        "HL*3*2*22*0",
    ]
    .map(str::to_owned)
    .to_vec();
    body.push(format!("TRN*2*{trace}*9123456789"));
    body.push("NM1*IL*1*FAIRBANKS*ODETTE****MI*ULT77001".into());
    body.extend(benefits.iter().map(|benefit| (*benefit).to_owned()));
    interchange("HB", "005010X279A1", "271", &body)
}

/// A 277 that answers our question about a claim.
pub fn status_answer(number: &str, status: &str) -> Vec<u8> {
    let body = [
        "BHT*0010*08*S1*20260303*0800*DG".to_owned(),
        "HL*1**20*1".into(),
        "NM1*PR*2*UNION LAKE TRUST*****PI*ULT01".into(),
        "HL*2*1*21*1".into(),
        "NM1*41*2*ALDER RIDGE*****46*ALDERRIDGE".into(),
        "HL*3*2*19*1".into(),
        "NM1*1P*2*ALDER RIDGE*****XX*2044188300".into(),
        "HL*4*3*22*0".into(),
        "NM1*IL*1*FAIRBANKS*ODETTE****MI*ULT77001".into(),
        format!("TRN*2*{number}"),
        format!("STC*{status}*20260303**100"),
    ];
    interchange("HN", "005010X212", "277", &body)
}
