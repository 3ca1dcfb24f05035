//! 277CA written from a checked claim file: which claims are taken, which are sent back, and why.
//!
//! Says only what the check found; a problem above the claims (provider, subscriber) sends back every claim below it.
//! Reads the file again, one reader ahead of the other: sums stand before what they sum. Holds one claim, and the sums of
//! the providers that come next.

mod reading;
mod status;
mod survey;

use std::io::{self, Write};

use jiff::civil::Date;

use self::reading::{Faults, FaultyLine, ReadClaim, Reading, opens_provider};
use self::survey::{Cursor, Known, Sums, Survey};
use super::{AcknowledgedFile, AcknowledgmentHeader, NotWritten, WRITTEN_AT_ONCE, reply};
use crate::amount::Amount;
use crate::check::{Checked, InterchangeReport, SetReport};
use crate::delimiters::Delimiters;
use crate::document::Passing;
use crate::transactions::claim_acknowledgment_277ca::{
    ClaimAcknowledgment, ClaimAcknowledgments, LineAcknowledgment, ProviderAcknowledgment, ReceiverAcknowledgment,
    write_claim, write_provider, write_receiver, write_source,
};
use crate::transactions::out::Out;
use crate::transactions::{DatePeriod, Name, Reference, StatusCode, StatusInformation, Trace};
use crate::writer::{GroupHeader, WriteError, Writer};

/// The guide that a 277CA follows.
const GUIDE_277CA: &str = "005010X214";
/// One STC says at most so much: STC01, STC10 and STC11.
const CODES_PER_STATUS: usize = 3;
/// Accepted into the system, and accepted for a decision.
const ACCEPTED: (&str, &str) = ("A2", "20");
/// Sent back, of a claim in a set with more problems than are kept: which are its own is not known.
const NOT_TOLD: (&str, &str) = ("A3", "21");
/// What stands for a number that the claim file does not give.
const NO_NUMBER: &str = "0";
/// Received.
const RECEIVED: (&str, &str) = ("A1", "19");
/// The sums of so many providers of a set are held at once, 32 bytes each; of those behind them they are sought when
/// they are needed.
const PROVIDERS_AHEAD: usize = 64 * 1024;

/// Writes the 277CA for the claim files (837 P, I and D) of an interchange: one set for each of theirs. None where there
/// is no claim file, or none whose envelope can be relied on: that is for TA1 and 999 to tell. `file` is what was
/// checked; `received_on` the day it came.
pub fn write_277ca(
    file: &[u8],
    checked: &Checked,
    interchange: &InterchangeReport,
    header: AcknowledgmentHeader,
    received_on: Date,
) -> Result<Option<Vec<u8>>, WriteError> {
    let mut out = Vec::new();
    match write_277ca_to(checked, interchange, header, received_on, AcknowledgedFile::held(file), &mut out) {
        Ok(is_written) => Ok(is_written.then_some(out)),
        Err(NotWritten::Refused(error)) => Err(error),
        // Memory takes all bytes, and gives them.
        Err(NotWritten::Output(_) | NotWritten::File(_)) => Ok(None),
    }
}

/// Writes the 277CA as [`write_277ca`] does, claim after claim while the file is read again, so that neither is ever
/// held: memory is one claim, and what `checked` holds. False where there is nothing to answer.
///
/// # Errors
///
/// A header that cannot be written; those of the output, and of the file.
pub fn write_277ca_to(
    checked: &Checked,
    interchange: &InterchangeReport,
    header: AcknowledgmentHeader,
    received_on: Date,
    file: AcknowledgedFile<'_>,
    out: &mut dyn Write,
) -> Result<bool, NotWritten> {
    write(checked, interchange, header, received_on, file, PROVIDERS_AHEAD, out)
}

fn write(
    checked: &Checked,
    interchange: &InterchangeReport,
    header: AcknowledgmentHeader,
    received_on: Date,
    file: AcknowledgedFile<'_>,
    most_ahead: usize,
    out: &mut dyn Write,
) -> Result<bool, NotWritten> {
    let groups = interchange.groups.iter().filter(|group| group.functional_id == "HC" && group.codes.is_empty());
    let mut sets = groups
        .flat_map(|group| group.sets.iter().map(move |set| (group, set)))
        .filter(|(_, set)| set.id == "837" && set.codes.is_empty())
        .peekable();
    let Some((group, _)) = sets.peek().filter(|_| interchange.note == 0) else { return Ok(false) };
    let mut writer = Writer::new(reply(interchange, header));
    writer.begin_group(&GroupHeader {
        functional_id: "HN".to_owned(),
        sender: group.receiver.clone(),
        receiver: group.sender.clone(),
        sent_at: header.made_at,
        control_number: header.control_number,
        version: GUIDE_277CA.to_owned(),
    });
    let mut ahead = Cursor::begin(file, interchange).map_err(NotWritten::File)?;
    let mut here = Cursor::begin(file, interchange).map_err(NotWritten::File)?;
    let mut written = 0_u32;
    for (_, set) in sets {
        let known = Known::of(checked, &set);
        let Some(survey) = ahead.survey(&set, &known, most_ahead).map_err(NotWritten::File)? else { continue };
        written += 1;
        let mut answer = Answer {
            known,
            survey,
            file,
            most_ahead,
            header,
            out: Out::open(&mut writer, "277", GUIDE_277CA),
            sink: out,
            provider: Provider::None,
        };
        answer.write(&mut here, &set, (received_on, written))?;
    }
    if written == 0 {
        return Ok(false);
    }
    let rest = writer.finish().map_err(NotWritten::Refused)?;
    out.write_all(&rest).map_err(NotWritten::Output)?;
    Ok(true)
}

/// The billing provider at hand.
enum Provider {
    /// None was opened yet.
    None,
    /// Not written yet: one without claims never is.
    Waiting,
    /// Written, under this number; it was opened, or only its first claims stood before it.
    Written(u32, bool),
}

/// One set of the 277CA while it is written.
struct Answer<'a, 'c, 'f> {
    known: Known<'c>,
    survey: Survey,
    file: AcknowledgedFile<'f>,
    most_ahead: usize,
    header: AcknowledgmentHeader,
    out: Out<'a>,
    sink: &'a mut dyn Write,
    provider: Provider,
}

impl<'f> Answer<'_, '_, 'f> {
    /// Reads the set again and answers each claim of it.
    fn write(&mut self, here: &mut Cursor<'f>, set: &SetReport, of: (Date, u32)) -> Result<(), NotWritten> {
        let level = self.write_head(of);
        let mut reading = Reading::default();
        while let Some(passed) = here.passing.next().map_err(NotWritten::File)? {
            let (ordinal, segment) = (here.base + passed.index as u64, passed.segment());
            if ordinal < set.ordinals.0 {
                continue;
            }
            if let Some(claim) = reading.ended_by(&segment) {
                self.claim(&claim, &reading, level);
            }
            if opens_provider(&segment) {
                let at = (passed.piece.start as u64, ordinal, passed.piece.delimiters);
                self.open_provider(&reading, at).map_err(NotWritten::File)?;
            }
            if let Some(claim) = reading.take(&segment, self.known.at(ordinal)) {
                self.claim(&claim, &reading, level);
            }
            let is_end = segment.is("SE");
            if self.out.writer().written() >= WRITTEN_AT_ONCE {
                let bytes = self.out.writer().take_written().map_err(NotWritten::Refused)?;
                self.sink.write_all(&bytes).map_err(NotWritten::Output)?;
            }
            if is_end {
                break;
            }
        }
        self.out.close();
        Ok(())
    }

    /// Everything above the providers; gives the number of the receiver's level.
    fn write_head(&mut self, (received_on, nth): (Date, u32)) -> u32 {
        let (header, Survey { reading, totals, .. }) = (self.header, &self.survey);
        let today = header.made_at.date();
        let batch = if reading.reference.is_empty() { NO_NUMBER.to_owned() } else { reading.reference.clone() };
        let (quantities, amounts) = totals.told("90", "AA");
        let receiver = ReceiverAcknowledgment {
            name: Name { role: "41".into(), id_qualifier: "46".into(), ..reading.submitter.clone() },
            trace: Some(Trace::new("2", batch)),
            statuses: vec![status(&[pair(RECEIVED)], today, "WQ", Some(totals.charges()))],
            quantities,
            amounts,
            ..ReceiverAcknowledgment::default()
        };
        let answer = ClaimAcknowledgments {
            implementation: GUIDE_277CA.into(),
            reference: format!("{:09}", header.control_number).into(),
            created_on: Some(today),
            created_at: crate::date::format_hhmm(header.made_at.time()).into(),
            kind: "TH".into(),
            source: Name { role: "AY".into(), id_qualifier: "46".into(), ..reading.receiver.clone() },
            source_trace: Some(Trace::new("1", format!("{:09}-{nth}", header.control_number))),
            source_dates: vec![DatePeriod::day("050", received_on), DatePeriod::day("009", today)],
            ..ClaimAcknowledgments::default()
        };
        let source = write_source(&answer, true, &mut self.out);
        write_receiver(&receiver, source, totals.claims() > 0, &mut self.out)
    }

    /// A provider's level begins: its sums are at hand, or are sought now, from a byte and an ordinal on.
    fn open_provider(&mut self, before: &Reading, at: (u64, u64, Delimiters)) -> io::Result<()> {
        match self.provider {
            Provider::None => {}
            // The claims that stood before it count as its own.
            Provider::Written(level, false) => {
                self.provider = Provider::Written(level, true);
                return Ok(());
            }
            Provider::Waiting => drop(self.survey.providers.pop_front()),
            Provider::Written(_, true) => {}
        }
        self.provider = Provider::Waiting;
        if self.survey.providers.is_empty() {
            self.look_ahead(before, at)?;
        }
        Ok(())
    }

    fn look_ahead(&mut self, before: &Reading, (start, base, delimiters): (u64, u64, Delimiters)) -> io::Result<()> {
        let most = self.most_ahead;
        let mut sums = Sums::from(before.clone(), most);
        let mut passing = Passing::begin_at_segment(self.file.read_from(start)?, start, delimiters)?;
        while let Some(passed) = passing.next()? {
            let ordinal = base + passed.index as u64;
            let is_end = sums.step(&passed.segment(), &self.known, ordinal, &mut self.survey.providers);
            if is_end || self.survey.providers.len() >= most {
                break;
            }
        }
        Ok(())
    }

    /// Writes a claim, before it its provider where that was not written yet. Claims without any provider are left to
    /// the 999.
    fn claim(&mut self, claim: &ReadClaim, reading: &Reading, receiver: u32) {
        let today = self.header.made_at.date();
        let level = match self.provider {
            Provider::Written(level, _) => level,
            Provider::None | Provider::Waiting => {
                let was_opened = matches!(self.provider, Provider::Waiting);
                let Some(totals) = self.survey.providers.pop_front() else { return };
                let name = if was_opened { reading.provider.clone() } else { self.survey.first.clone() };
                let (quantities, amounts) = totals.told("QA", "QC");
                let received = status(&[pair(RECEIVED)], today, "WQ", Some(totals.charges()));
                let provider = ProviderAcknowledgment {
                    name,
                    // An 837 numbers its claims, not its providers, and a provider's status has no day of its own.
                    trace: Some(Trace::new("1", NO_NUMBER)),
                    statuses: vec![StatusInformation { status_on: None, ..received }],
                    quantities,
                    amounts,
                    ..ProviderAcknowledgment::default()
                };
                let level = write_provider(&provider, receiver, true, &mut self.out);
                self.provider = Provider::Written(level, was_opened);
                level
            }
        };
        write_claim(&claim_answer(claim, self.known.takes(claim), today), level, &mut self.out);
    }
}

fn claim_answer(claim: &ReadClaim, is_accepted: bool, today: Date) -> ClaimAcknowledgment<'static> {
    let charge = Some(claim.charge);
    let statuses = match &claim.faults[..] {
        [] if is_accepted => vec![status(&[pair(ACCEPTED)], today, "WQ", charge)],
        [] => vec![status(&[pair(NOT_TOLD)], today, "U", charge)],
        _ => rejections(&claim.faults, today, charge),
    };
    let number = Some(claim.number.clone()).filter(|number| !number.is_empty()).unwrap_or(NO_NUMBER.into());
    ClaimAcknowledgment {
        patient: claim.patient.clone(),
        trace: Some(Trace::new("2", number)),
        statuses,
        references: claim.references.clone(),
        dates: claim.dates.clone(),
        lines: claim.lines.iter().map(|line| line_answer(line, today)).collect(),
        ..ClaimAcknowledgment::default()
    }
}

fn line_answer(line: &FaultyLine, today: Date) -> LineAcknowledgment<'static> {
    LineAcknowledgment {
        procedure: line.procedure.clone(),
        charge_amount: line.charge,
        statuses: rejections(&line.faults, today, None),
        references: line.number.iter().map(|number| Reference::new("FJ", number.clone())).collect(),
        dates: line.dates.clone(),
        ..LineAcknowledgment::default()
    }
}

fn pair((category, code): (&'static str, &'static str)) -> StatusCode<'static> {
    StatusCode::new(category, code, "")
}

fn status(
    codes: &[StatusCode<'static>],
    on: Date,
    action: &'static str,
    charge: Option<Amount>,
) -> StatusInformation<'static> {
    StatusInformation {
        codes: codes.to_vec(),
        status_on: Some(on),
        action: action.into(),
        charge_amount: charge,
        ..StatusInformation::default()
    }
}

/// What the problems say, each once.
fn rejections(faults: &Faults, today: Date, charge: Option<Amount>) -> Vec<StatusInformation<'static>> {
    let mut codes: Vec<StatusCode<'static>> = Vec::new();
    for code in faults {
        if !codes.contains(code) {
            codes.push(code.clone());
        }
    }
    codes.chunks(CODES_PER_STATUS).map(|chunk| status(chunk, today, "U", charge)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ShapeOnly, Verdict, check};

    /// A claim file of this many providers with two claims each, the second one spoilt where `spoils` says so.
    fn file_of(providers: usize, spoils: impl Fn(usize) -> bool) -> Vec<u8> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases");
        let text = std::fs::read_to_string(folder.join("ok-837P.x12")).unwrap();
        let at = |id: &str| text.find(id).unwrap();
        let (level, claim, end) = (at("HL*1*"), at("CLM*"), at("SE*"));
        let mut out = text[..level].to_owned();
        for nth in 0..providers {
            let numbered = text[level..end]
                .replacen("HL*1*", &format!("HL*{}*", 2 * nth + 1), 1)
                .replacen("HL*2*1*", &format!("HL*{}*{}*", 2 * nth + 2, 2 * nth + 1), 1)
                .replacen("CLM*A1*", &format!("CLM*A{nth}*"), 1);
            out.push_str(&numbered);
            let second = text[claim..end].replacen("CLM*A1*", &format!("CLM*B{nth}*"), 1);
            out.push_str(&if spoils(nth) { second.replacen(":B:1*", ":B:0*", 1) } else { second });
        }
        out.push_str(&text[end..]);
        let mut document = crate::Document::read(out.as_bytes());
        document.recount();
        document.to_bytes()
    }

    fn answered(bytes: &[u8], most_ahead: usize) -> String {
        let checked = check(bytes, &ShapeOnly);
        let made_at = jiff::civil::date(2026, 9, 2).at(1, 2, 0, 0);
        let mut header = AcknowledgmentHeader { made_at, control_number: 61 };
        let mut out = Vec::new();
        let open = |byte: u64| -> io::Result<Box<dyn io::Read + '_>> { Ok(Box::new(&bytes[byte as usize..])) };
        let file = AcknowledgedFile::opened(&open);
        let day = jiff::civil::date(2026, 9, 1);
        for interchange in &checked.interchanges {
            assert!(write(&checked, interchange, header, day, file, most_ahead, &mut out).unwrap());
            header.control_number += 1;
        }
        assert_eq!(check(&out, &ShapeOnly).verdict, Verdict::Accepted, "{}", String::from_utf8_lossy(&out));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn sums_that_are_sought_late_are_the_same() {
        let bytes = file_of(7, |nth| nth % 3 == 1);
        let answer = answered(&bytes, PROVIDERS_AHEAD);
        assert!(answer.contains("~QTY*90*12~QTY*AA*2~AMT*YU*1800~AMT*YY*300~"), "{answer}");
        assert_eq!(answer.matches("~QTY*QA*1~QTY*QC*1~").count(), 2, "{answer}");
        for most_ahead in 1..8 {
            assert_eq!(answered(&bytes, most_ahead), answer);
        }
    }

    #[test]
    fn every_interchange_of_a_file_is_answered_from_where_it_stands() {
        let one = file_of(2, |nth| nth == 0);
        let other = String::from_utf8(file_of(1, |_| false)).unwrap().replace("*000000001*", "*000000002*");
        let other = other.replace("IEA*1*000000001", "IEA*1*000000002").into_bytes();
        let both = [&one[..], b"\r\n", &other].concat();
        let second = answered(&other, 9).replace("000000061", "000000062").replace("*61*X", "*62*X");
        let answers = [answered(&one, 9), second.replace("GE*1*61", "GE*1*62")].concat();
        assert_eq!(answered(&both, 9), answers);
    }

    #[test]
    fn no_claim_counts_as_taken_whose_problems_were_only_counted() {
        // Two errors more than are kept of one set.
        let bytes = file_of(502, |_| true);
        let answer = answered(&bytes, PROVIDERS_AHEAD);
        assert!(check(&bytes, &ShapeOnly).problems.dropped() > 0);
        assert!(!answer.contains("STC*A2:20"), "a claim is taken in a set whose problems are not all known");
        assert!(answer.contains("~TRN*2*B501~STC*A3:21*"), "the last claim is sent back");
        // Nor where the set itself is only marked as rejected.
        assert!(answer.contains("~QTY*AA*1004~"));
    }
}
