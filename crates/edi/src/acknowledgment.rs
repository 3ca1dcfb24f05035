//! TA1, 999 and 277CA to the domain's acknowledgments, in the order of the file.

use billing::claim::acknowledgment::{
    Acknowledgment, ClaimAcknowledgment, ClaimsAcknowledgment, GroupAcknowledgment, InterchangeAcknowledgment,
    InterchangeEnds, SetAcknowledgment, StatusCode,
};
use billing::claim::named_parties::NamedParties;
use x12::transactions::{
    Name, StatusInformation, acknowledgment_999, claim_acknowledgment_277ca, interchange_acknowledgment_ta1,
};

use crate::amount::to_money;
use crate::remittance_835::raw;

/// Every acknowledgment of a file. Sets of other kinds are passed over; a control number that is none becomes 0,
/// which no file of ours has.
pub fn read(bytes: &[u8]) -> Vec<Acknowledgment> {
    let file = x12::read(bytes);
    let mut all = Vec::new();
    for interchange in &file.interchanges {
        let ends = ends(&interchange.isa);
        all.extend(interchange.acknowledgments.iter().map(|ta1| interchange_acknowledgment(&ends, ta1)));
        for set in interchange.groups.iter().flat_map(|group| &group.sets) {
            match (&*set.id(), &*set.version()) {
                ("999", _) => all.push(Acknowledgment::Group(group_acknowledgment(bytes, &ends, set))),
                ("277", version) if version.starts_with("005010X214") => {
                    all.extend(claims_acknowledgments(bytes, &ends, set).into_iter().map(Acknowledgment::Claims));
                }
                _ => {}
            }
        }
    }
    all
}

/// What the header of a file of ours says, by which an answer to it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedHeader {
    /// Who sent it to whom.
    pub ends: InterchangeEnds,
    /// ISA09, YYMMDD.
    pub sent_on: String,
    /// ISA10, HHMM.
    pub sent_at: String,
}

/// The header of a file; its first [`HEADER_BYTES`] are enough. None where no interchange begins there.
pub fn sealed_header(bytes: &[u8]) -> Option<SealedHeader> {
    let file = x12::read(bytes);
    let isa = &file.interchanges.first()?.isa;
    Some(SealedHeader { ends: ends(isa), sent_on: plain(isa, 9), sent_at: plain(isa, 10) })
}

/// An ISA is 106 bytes long, its terminator included: the standard fixes every element.
pub const HEADER_BYTES: usize = 106;

pub(crate) fn ends(isa: &x12::Segment<'_>) -> InterchangeEnds {
    InterchangeEnds { sender: plain(isa, 6), receiver: plain(isa, 8) }
}

fn plain(segment: &x12::Segment<'_>, element: usize) -> String {
    segment.text(element).trim().to_owned()
}

fn number(text: &str) -> i64 {
    text.trim().parse().unwrap_or(0)
}

fn interchange_acknowledgment(ends: &InterchangeEnds, ta1: &x12::Segment<'_>) -> Acknowledgment {
    let read = interchange_acknowledgment_ta1::read(ta1);
    Acknowledgment::Interchange(InterchangeAcknowledgment {
        ends: ends.clone(),
        interchange: number(&read.control_number),
        sent_on: plain(ta1, 2),
        sent_at: plain(ta1, 3),
        accepted: read.is_accepted(),
        note_code: read.note.to_string(),
        raw: String::from_utf8_lossy(ta1.raw()).into_owned(),
    })
}

fn group_acknowledgment(bytes: &[u8], ends: &InterchangeEnds, set: &x12::TransactionSet<'_>) -> GroupAcknowledgment {
    let (read, _) = acknowledgment_999::read(set);
    let sets = read.sets.iter().map(|answer| SetAcknowledgment {
        set: number(&answer.control_number),
        accepted: answer.is_accepted(),
        errors: errors(answer),
        raw: raw(bytes, &answer.source),
    });
    GroupAcknowledgment {
        ends: ends.clone(),
        group: number(&read.group_control_number),
        functional_id: read.functional_id.to_string(),
        accepted: read.is_accepted(),
        sets_included: number(&read.sets_included),
        sets_received: number(&read.sets_received),
        sets: sets.collect(),
        raw: raw(bytes, &read.source),
    }
}

/// In words, without the bad value: it may be patient data.
fn errors(set: &acknowledgment_999::SetAcknowledgment<'_>) -> Vec<String> {
    let mut errors = Vec::new();
    for segment in &set.segments {
        let place = format!("segment {} ({})", segment.position, segment.segment_id);
        if !matches!(&*segment.code, "" | "8") {
            errors.push(format!("{place}: {}", segment_words(&segment.code)));
        }
        for element in &segment.elements {
            let position: Vec<&str> = element.position.iter().map(|part| &**part).collect();
            errors.push(format!("{place}, element {}: {}", position.join("-"), element_words(&element.code)));
        }
    }
    errors
}

/// IK304 in our own words.
fn segment_words(code: &str) -> String {
    match code {
        "1" => "the segment is not known".into(),
        "2" => "the segment does not belong here".into(),
        "3" => "a required segment is missing".into(),
        "4" => "the loop occurs too often".into(),
        "5" => "the segment occurs too often".into(),
        "6" => "the segment is not part of this kind of message".into(),
        "7" => "the segment is out of order".into(),
        "I4" => "the segment is not used in this guide".into(),
        "I6" => "a segment that the guide requires is missing".into(),
        "I7" => "the loop occurs less often than the guide requires".into(),
        "I8" => "the segment is below what the guide requires".into(),
        "I9" => "the segment does not fit what stands elsewhere".into(),
        other => format!("error {other} of list 620"),
    }
}

/// IK403 in our own words.
fn element_words(code: &str) -> String {
    match code {
        "1" | "I9" => "required and missing".into(),
        "2" => "missing, though another element demands it".into(),
        "3" => "too many elements".into(),
        "4" => "too short".into(),
        "5" => "too long".into(),
        "6" => "a character that is not allowed".into(),
        "7" => "a code that is not on its list".into(),
        "8" => "no date of the calendar".into(),
        "9" => "no time of day".into(),
        "10" => "excluded by another element".into(),
        "I10" => "not used in this guide".into(),
        "I11" => "fewer repetitions than the guide requires".into(),
        "I12" => "does not follow the guide's pattern".into(),
        "I13" => "a value that the guide does not take here".into(),
        other => format!("error {other} of list 621"),
    }
}

/// One for each submission of ours that the file speaks of.
fn claims_acknowledgments(
    bytes: &[u8],
    ends: &InterchangeEnds,
    set: &x12::TransactionSet<'_>,
) -> Vec<ClaimsAcknowledgment> {
    let (read, _) = claim_acknowledgment_277ca::read(set);
    let one = |receiver: &claim_acknowledgment_277ca::ReceiverAcknowledgment<'_>| ClaimsAcknowledgment {
        ends: ends.clone(),
        from_payer: read.is_from_payer(),
        sender_name: read.source.last_or_organization.to_string(),
        submission_reference: receiver.trace.as_ref().map(|trace| trace.number.to_string()).unwrap_or_default(),
        claims: receiver
            .providers
            .iter()
            .flat_map(|provider| provider.claims.iter().map(move |claim| (provider, claim)))
            .map(|(provider, claim)| claim_acknowledgment(bytes, parties(&read.source, &provider.name), claim))
            .collect(),
    };
    read.receivers.iter().map(one).collect()
}

/// Whom a message names; numbers of other kinds, such as tax ids, say nothing here.
pub(crate) fn parties(payer: &Name<'_>, provider: &Name<'_>) -> NamedParties {
    NamedParties { payer_identifier: payer_identifier(payer), provider_npi: id_of_kind(provider, "XX") }
}

/// The electronic id of a payer; empty where a clearinghouse speaks.
pub(crate) fn payer_identifier(payer: &Name<'_>) -> String {
    if payer.role == "PR" { id_of_kind(payer, "PI") } else { String::new() }
}

fn id_of_kind(party: &Name<'_>, qualifier: &str) -> String {
    if party.id_qualifier == qualifier { party.id.trim().to_owned() } else { String::new() }
}

fn claim_acknowledgment(
    bytes: &[u8],
    parties: NamedParties,
    claim: &claim_acknowledgment_277ca::ClaimAcknowledgment<'_>,
) -> ClaimAcknowledgment {
    let of_lines = claim.lines.iter().flat_map(|line| &line.statuses);
    let messages: Vec<&str> =
        claim.statuses.iter().chain(of_lines.clone()).map(|one| &*one.message).filter(|m| !m.is_empty()).collect();
    let first = claim.statuses.first();
    ClaimAcknowledgment {
        control_number: claim.patient_control_number().to_owned(),
        parties,
        statuses: claim.statuses.iter().chain(of_lines).flat_map(status_codes).collect(),
        status_on: first.and_then(|one| one.status_on),
        charge_amount: first.and_then(|one| one.charge_amount).map(to_money),
        payer_claim_control_number: claim.payer_claim_control_number().map(str::to_owned),
        message: messages.join(" "),
        raw: raw(bytes, &claim.source),
    }
}

pub(crate) fn status_codes<'m>(status: &'m StatusInformation<'_>) -> impl Iterator<Item = StatusCode> + 'm {
    status.codes.iter().map(|code| StatusCode {
        category: code.category.to_string(),
        status: code.status.to_string(),
        entity: code.entity.to_string(),
    })
}
