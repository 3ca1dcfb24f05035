//! Reads the claims of an 837P the way a payer does: the loop a segment stands in follows from the HL levels and the openers before it.
//! Never refuses: a missing fact stays empty and the payer's rules decide what that means.

use crate::cents;
use crate::segments::{Segment, TransactionSet, date};
use crate::submitted::{BillingProvider, Frequency, PersonName, PriorLine, PriorPayer, SubmittedClaim, SubmittedLine};

/// Where the reader stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Header,
    Billing,
    Subscriber,
    Payer,
    Patient,
    Claim,
    OtherPayer,
    OtherParty,
    Line,
    LineParty,
    LineDecision,
    Elsewhere,
}

/// The claims of one 837P transaction set, in order.
pub fn claims(set: &TransactionSet) -> Vec<SubmittedClaim> {
    let mut reader = Reader::default();
    for segment in &set.segments {
        reader.read(segment);
    }
    reader.finish()
}

/// The submitter's trace number: BHT03 of the batch.
pub fn batch_reference(set: &TransactionSet) -> String {
    set.segments.iter().find(|s| s.id() == "BHT").map(|s| s.element(3).to_owned()).unwrap_or_default()
}

/// The submitter of loop 1000A: name and id.
pub fn submitter(set: &TransactionSet) -> (String, String) {
    let found = set.segments.iter().find(|s| s.is("NM1", "41"));
    found.map(|s| (s.element(3).to_owned(), s.element(9).to_owned())).unwrap_or_default()
}

struct Reader {
    place: Place,
    billing: BillingProvider,
    subscriber: PersonName,
    subscriber_birth: Option<jiff::civil::Date>,
    member_id: String,
    patient: Option<PersonName>,
    patient_birth: Option<jiff::civil::Date>,
    payer: (String, String),
    sequence: String,
    claim: Option<SubmittedClaim>,
    done: Vec<SubmittedClaim>,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            place: Place::Header,
            billing: BillingProvider::default(),
            subscriber: PersonName::default(),
            subscriber_birth: None,
            member_id: String::new(),
            patient: None,
            patient_birth: None,
            payer: Default::default(),
            sequence: String::new(),
            claim: None,
            done: Vec::new(),
        }
    }
}

fn name(segment: &Segment) -> PersonName {
    PersonName {
        last: segment.element(3).to_owned(),
        first: segment.element(4).to_owned(),
        middle: segment.element(5).to_owned(),
    }
}

/// CAS: group and up to six triples of reason, amount, quantity.
fn adjustments(segment: &Segment) -> Vec<(String, String, i64)> {
    (2..=segment.len())
        .step_by(3)
        .filter(|n| !segment.element(*n).is_empty())
        .map(|n| {
            let amount = cents::parse(segment.element(n + 1)).unwrap_or(0);
            (segment.element(1).to_owned(), segment.element(n).to_owned(), amount)
        })
        .collect()
}

impl Reader {
    fn finish(mut self) -> Vec<SubmittedClaim> {
        self.done.extend(self.claim.take());
        self.done
    }

    fn read(&mut self, segment: &Segment) {
        match segment.id() {
            "HL" => self.level(segment),
            "SBR" => self.subscriber_or_other(segment),
            "NM1" => self.party(segment),
            "CLM" => self.open_claim(segment),
            "LX" => self.open_line(segment),
            "SVD" => self.open_line_decision(segment),
            "N3" | "N4" | "DMG" => self.address_or_birth(segment),
            "REF" => self.reference(segment),
            "HI" => self.diagnoses(segment),
            "SV1" => self.service(segment),
            "DTP" => self.date_of_service(segment),
            "CAS" | "AMT" => self.earlier_money(segment),
            _ => {}
        }
    }

    fn level(&mut self, segment: &Segment) {
        self.done.extend(self.claim.take());
        match segment.element(3) {
            "20" => {
                self.place = Place::Billing;
                self.billing = BillingProvider::default();
            }
            "22" => {
                self.place = Place::Subscriber;
                self.subscriber = PersonName::default();
                self.subscriber_birth = None;
                self.member_id.clear();
                self.payer = Default::default();
                self.patient = None;
                self.patient_birth = None;
            }
            "23" => {
                self.place = Place::Patient;
                self.patient = Some(PersonName::default());
                self.patient_birth = None;
            }
            _ => self.place = Place::Elsewhere,
        }
    }

    fn subscriber_or_other(&mut self, segment: &Segment) {
        match &mut self.claim {
            None => self.sequence = segment.element(1).to_owned(),
            Some(claim) => {
                claim.prior_payers.push(PriorPayer::default());
                self.place = Place::OtherPayer;
            }
        }
    }

    fn party(&mut self, segment: &Segment) {
        let inside_line = matches!(self.place, Place::Line | Place::LineParty | Place::LineDecision);
        let inside_other = matches!(self.place, Place::OtherPayer | Place::OtherParty);
        match (segment.element(1), &mut self.claim) {
            ("85", None) => {
                self.place = Place::Billing;
                self.billing.name = segment.element(3).to_owned();
                self.billing.npi = segment.element(9).to_owned();
            }
            ("IL", None) => {
                self.place = Place::Subscriber;
                self.subscriber = name(segment);
                self.member_id = segment.element(9).to_owned();
            }
            ("PR", None) => {
                self.place = Place::Payer;
                self.payer = (segment.element(9).to_owned(), segment.element(3).to_owned());
            }
            ("QC", None) => {
                self.place = Place::Patient;
                self.patient = Some(name(segment));
            }
            (_, None) => self.place = Place::Elsewhere,
            ("82", Some(claim)) if !inside_line && !inside_other => {
                claim.rendering_npi = segment.element(9).to_owned();
                self.place = Place::Elsewhere;
            }
            (_, Some(_)) if inside_line => self.place = Place::LineParty,
            (_, Some(_)) if inside_other => self.place = Place::OtherParty,
            (_, Some(_)) => self.place = Place::Elsewhere,
        }
    }

    fn open_claim(&mut self, segment: &Segment) {
        self.done.extend(self.claim.take());
        self.place = Place::Claim;
        let dependent = self.patient.is_some();
        self.claim = Some(SubmittedClaim {
            control_number: segment.element(1).to_owned(),
            frequency: match segment.component(5, 3) {
                "7" => Frequency::Replacement,
                "8" => Frequency::Void,
                _ => Frequency::Original,
            },
            original_number: None,
            charge_cents: cents::parse(segment.element(2)).unwrap_or(0),
            place_of_service: segment.component(5, 1).to_owned(),
            prior_authorization: None,
            payer_id: self.payer.0.clone(),
            payer_name: self.payer.1.clone(),
            payer_sequence: self.sequence.clone(),
            member_id: self.member_id.clone(),
            subscriber: self.subscriber.clone(),
            patient: self.patient.clone().unwrap_or_else(|| self.subscriber.clone()),
            patient_birth_date: if dependent { self.patient_birth } else { self.subscriber_birth },
            patient_is_subscriber: !dependent,
            billing: self.billing.clone(),
            rendering_npi: self.billing.npi.clone(),
            diagnoses: Vec::new(),
            lines: Vec::new(),
            prior_payers: Vec::new(),
        });
    }

    fn open_line(&mut self, _lx: &Segment) {
        if let Some(claim) = &mut self.claim {
            self.place = Place::Line;
            claim.lines.push(SubmittedLine {
                qualifier: "HC".into(),
                procedure: String::new(),
                modifiers: Vec::new(),
                charge_cents: 0,
                units: 1,
                date: None,
                line_control_number: None,
                prior_authorization: None,
                prior: Vec::new(),
            });
        }
    }

    fn line(&mut self) -> Option<&mut SubmittedLine> {
        self.claim.as_mut()?.lines.last_mut()
    }

    fn open_line_decision(&mut self, segment: &Segment) {
        self.place = Place::LineDecision;
        let paid_cents = cents::parse(segment.element(2)).unwrap_or(0);
        if let Some(line) = self.line() {
            line.prior.push(PriorLine { paid_cents, adjustments: Vec::new() });
        }
    }

    fn address_or_birth(&mut self, segment: &Segment) {
        match (self.place, segment.id()) {
            (Place::Billing, "N3") => self.billing.street = segment.element(1).to_owned(),
            (Place::Billing, "N4") => {
                self.billing.city = segment.element(1).to_owned();
                self.billing.state = segment.element(2).to_owned();
                self.billing.zip = segment.element(3).to_owned();
            }
            (Place::Subscriber, "DMG") => self.subscriber_birth = date(segment.element(2)),
            (Place::Patient, "DMG") => self.patient_birth = date(segment.element(2)),
            _ => {}
        }
    }

    fn reference(&mut self, segment: &Segment) {
        let value = segment.element(2).to_owned();
        match (self.place, segment.element(1)) {
            (Place::Billing, "EI" | "SY") => self.billing.tax_id = value,
            (Place::Claim | Place::Elsewhere, "G1") => {
                if let Some(claim) = &mut self.claim {
                    claim.prior_authorization = Some(value);
                }
            }
            (Place::Claim, "F8") => {
                if let Some(claim) = &mut self.claim {
                    claim.original_number = Some(value);
                }
            }
            (Place::Line, "6R") => {
                if let Some(line) = self.line() {
                    line.line_control_number = Some(value);
                }
            }
            (Place::Line, "G1") => {
                if let Some(line) = self.line() {
                    line.prior_authorization = Some(value);
                }
            }
            _ => {}
        }
    }

    fn diagnoses(&mut self, segment: &Segment) {
        if let Some(claim) = &mut self.claim {
            let codes = (1..=segment.len()).filter(|n| ["ABK", "ABF", "BK", "BF"].contains(&segment.component(*n, 1)));
            claim.diagnoses.extend(codes.map(|n| segment.component(n, 2).to_owned()));
        }
    }

    fn service(&mut self, segment: &Segment) {
        let modifiers = (3..=6).map(|k| segment.component(1, k).to_owned()).filter(|m| !m.is_empty()).collect();
        let units = cents::parse(segment.element(4)).map_or(1, |hundredths| (hundredths + 99) / 100);
        if let Some(line) = self.line() {
            line.qualifier = segment.component(1, 1).to_owned();
            line.procedure = segment.component(1, 2).to_owned();
            line.modifiers = modifiers;
            line.charge_cents = cents::parse(segment.element(2)).unwrap_or(0);
            line.units = units;
        }
    }

    fn date_of_service(&mut self, segment: &Segment) {
        if self.place == Place::Line && segment.element(1) == "472" {
            let day = date(segment.element(3));
            if let Some(line) = self.line() {
                line.date = day;
            }
        }
    }

    fn earlier_money(&mut self, segment: &Segment) {
        let place = self.place;
        let Some(claim) = &mut self.claim else { return };
        match (place, segment.id(), segment.element(1)) {
            (Place::OtherPayer, "AMT", "D") => {
                if let Some(prior) = claim.prior_payers.last_mut() {
                    prior.paid_cents = cents::parse(segment.element(2)).unwrap_or(0);
                }
            }
            (Place::OtherPayer, "CAS", _) => {
                if let Some(prior) = claim.prior_payers.last_mut() {
                    prior.adjustments.extend(adjustments(segment));
                }
            }
            (Place::LineDecision, "CAS", _) => {
                if let Some(prior) = claim.lines.last_mut().and_then(|line| line.prior.last_mut()) {
                    prior.adjustments.extend(adjustments(segment));
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segments::split;

    const FILE: &str = "ISA*00*          *00*          *ZZ*SUBMITTER      *ZZ*RECEIVER       *260901*1253*^*00501*000000001*0*T*:~\
GS*HC*SUBMITTER*RECEIVER*20260901*1253*1*X*005010X222A1~ST*837*0001*005010X222A1~BHT*0019*00*0123*20260901*1253*CH~\
NM1*41*2*SUNRISE BILLING*****46*SUB001~PER*IC*JO DOE*TE*5551234567~NM1*40*2*CLEARING CO*****46*REC001~\
HL*1**20*1~NM1*85*2*SUNRISE CLINIC*****XX*2000000010~N3*1 MAIN ST~N4*AUSTIN*TX*787010001~REF*EI*990000001~\
HL*2*1*22*1~SBR*P**GRP1******CI~NM1*IL*1*DOE*JOHN****MI*NFM123456789~NM1*PR*2*NORTHFIELD MUTUAL*****PI*NFM01~\
HL*3*2*23*0~PAT*19~NM1*QC*1*DOE*AMY~N3*2 OAK AVE~N4*AUSTIN*TX*78701~DMG*D8*20150101*F~\
CLM*A1*150***11:B:7*Y*A*Y*Y~REF*G1*AUTH7~REF*F8*ICN9~HI*ABK:E119*ABF:I10~NM1*82*1*LIN*ADA****XX*2000000028~\
SBR*S*18*******CI~AMT*D*30~NM1*IL*1*DOE*JOHN****MI*X~NM1*PR*2*OTHER*****PI*OTH~\
LX*1~SV1*HC:99213:25*100*UN*1***1:2~DTP*472*D8*20260815~REF*6R*L1~SVD*OTH*30*HC:99213**1~CAS*CO*45*50~CAS*PR*2*15*1*3*5~\
LX*2~SV1*HC:36415*50*UN*1.5***1~DTP*472*RD8*20260816-20260817~REF*6R*L2~\
HL*4*1*22*0~SBR*P*18*******CI~NM1*IL*1*ROE*JANE****MI*NFM987654321~DMG*D8*19800102*F~NM1*PR*2*NORTHFIELD MUTUAL*****PI*NFM01~\
CLM*A2*75***11:B:1*Y*A*Y*Y~HI*ABK:I10~LX*1~SV1*HC:99212*75*UN*1***1~DTP*472*D8*20260816~SE*40*0001~GE*1*1~IEA*1*000000001~";

    #[test]
    fn subscriber_and_dependent_claims_keep_their_own_facts() {
        let set = &split(FILE.as_bytes())[0].sets[0];
        let claims = claims(set);
        assert_eq!(claims.len(), 2);
        let (amy, jane) = (&claims[0], &claims[1]);
        assert_eq!(
            (amy.control_number.as_str(), amy.charge_cents, amy.frequency),
            ("A1", 15_000, Frequency::Replacement)
        );
        assert_eq!(
            (amy.patient.first.as_str(), amy.member_id.as_str(), amy.patient_is_subscriber),
            ("AMY", "NFM123456789", false)
        );
        assert_eq!(amy.patient_birth_date, date("20150101"));
        assert_eq!((amy.prior_authorization.as_deref(), amy.original_number.as_deref()), (Some("AUTH7"), Some("ICN9")));
        assert_eq!(
            (amy.billing.tax_id.as_str(), amy.billing.zip.as_str(), amy.rendering_npi.as_str()),
            ("990000001", "787010001", "2000000028")
        );
        assert_eq!((amy.payer_id.as_str(), amy.diagnoses.len(), amy.lines.len()), ("NFM01", 2, 2));
        let line = &amy.lines[0];
        assert_eq!(
            (line.procedure.as_str(), line.modifiers.as_slice(), line.units),
            ("99213", &["25".to_owned()][..], 1)
        );
        assert_eq!((line.prior[0].paid_cents, line.left_to_patient_cents()), (3_000, Some(2_000)));
        assert_eq!((amy.lines[1].units, amy.lines[1].date), (2, date("20260816")));
        assert_eq!(amy.prior_payers[0].paid_cents, 3_000);
        assert_eq!(
            (jane.patient.first.as_str(), jane.patient_is_subscriber, jane.patient_birth_date),
            ("JANE", true, date("19800102"))
        );
        assert_eq!(
            (jane.rendering_npi.as_str(), jane.lines.len(), jane.lines[0].line_control_number.as_deref()),
            ("2000000010", 1, None)
        );
        assert_eq!((batch_reference(set).as_str(), submitter(set).1.as_str()), ("0123", "SUB001"));
    }
}
