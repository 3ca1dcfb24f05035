//! 275 (005010X210 and 006020X314): documents that support a claim, with the octets as they are.
//!
//! Both guides give one model: documents stand in BIN segments in the older, in BDS segments in the adopted one.
//! Nothing here looks into a document or decodes it.

use std::borrow::Cow;

use jiff::civil::Date;

use super::fields::{Reader, Source};
use super::out::Out;
use super::party::{Contact, Name, Party, Reference, reference};
use super::service::{DatePeriod, write_dates};
use super::status::{StatusInformation, Trace};
use super::text::Text;
use crate::ids;
use crate::{Problem, TransactionSet, Writer};

/// The guide that carries documents in BDS segments.
pub const ADOPTED: &str = "006020X314";
/// The guide that carries documents in BIN segments.
pub const EARLIER: &str = "005010X210";

/// One 275 transaction set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attachment<'a> {
    /// ST02.
    pub control_number: Text<'a>,
    /// ST03: the guide, [`ADOPTED`] or [`EARLIER`].
    pub implementation: Text<'a>,
    /// BGN01: `02` sent unasked, `11` as an answer.
    pub purpose: Text<'a>,
    /// BGN02.
    pub reference: Text<'a>,
    /// BGN03.
    pub created_on: Option<Date>,
    /// Loop 1000A: NM1*PR.
    pub payer: Name<'a>,
    /// Loop 1000A: PER, whom the payer named for answers.
    pub payer_contact: Option<Contact<'a>>,
    /// Loop 1000B: NM1*41.
    pub submitter: Name<'a>,
    /// Loop 1000C: NM1*1P …
    pub provider: Party<'a>,
    /// NX101 of loop 1100C, `1P`, where the provider's address stands there; in the adopted guide it may do without.
    pub provider_place: Text<'a>,
    /// Loop 1000D: NM1*QC and REF: `EJ` patient's account, `1K` payer's claim number, `EA` medical record …
    pub patient: Party<'a>,
    /// Loop 1000D: DTP*472.
    pub dates: Vec<DatePeriod<'a>>,
    /// Loops 2000A.
    pub items: Vec<Item<'a>>,
}

/// Loop 2000A: what belongs to one attachment number or one question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item<'a> {
    /// Where the loop stands in the file.
    pub source: Source,
    /// LX01, counted from 1.
    pub number: Text<'a>,
    /// TRN: `1` with the attachment control number of the claim, `2` with the payer's number of the question.
    pub trace: Trace<'a>,
    /// STC: the question, as the payer asked it.
    pub question: Option<StatusInformation<'a>>,
    /// REF: `6R` or `FJ` line …
    pub references: Vec<Reference<'a>>,
    /// DTP: `472` service, `368` when it was sent.
    pub dates: Vec<DatePeriod<'a>>,
    /// CAT02: `HL`, `IA`, `MB`, `TX`.
    pub form: Text<'a>,
    /// CAT03.
    pub form_version: Text<'a>,
    /// Loops 2110B.
    pub documents: Vec<Document<'a>>,
}

/// Loop 2110B: one document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document<'a> {
    /// OOI, element by element; empty in the older guide.
    pub object: Vec<Text<'a>>,
    /// EFI01, `05`.
    pub security: Text<'a>,
    /// BDS01: how the octets are encoded, `B64` or `ASB`; empty in the older guide.
    pub encoding: Text<'a>,
    /// The octets of BIN02 or BDS03, as they stand in the file.
    pub octets: Cow<'a, [u8]>,
}

impl<'a> Attachment<'a> {
    /// The number of this qualifier among those of the patient and the claim.
    pub fn reference(&self, qualifier: &str) -> Option<&str> {
        reference(&self.patient.references, qualifier)
    }
}

/// The attachment, borrowed from the set, and what could not be read of it.
pub fn read<'a>(set: &TransactionSet<'a>) -> (Attachment<'a>, Vec<Problem>) {
    read_from(Reader::new(set))
}

/// The attachment, owned, and what could not be read of it.
pub fn read_owned(set: &TransactionSet<'_>) -> (Attachment<'static>, Vec<Problem>) {
    read_from(Reader::copying(set))
}

fn read_from<'a>(mut r: Reader<'_, 'a>) -> (Attachment<'a>, Vec<Problem>) {
    let mut attachment = Attachment { control_number: r.text(2), implementation: r.text(3), ..Attachment::default() };
    r.advance();
    while !r.at_end() {
        match r.id() {
            ids::BGN => {
                attachment.purpose = r.text(1);
                attachment.reference = r.text(2);
                attachment.created_on = r.date(3);
            }
            ids::NM1 => {
                read_party(&mut attachment, &mut r);
                continue;
            }
            ids::NX1 => attachment.provider_place = r.text(1),
            ids::N3 => attachment.provider.address.get_or_insert_default().read_street(&r),
            ids::N4 => attachment.provider.address.get_or_insert_default().read_city(&r),
            ids::DTP => attachment.dates.push(DatePeriod::read(&mut r)),
            ids::LX => {
                attachment.items.push(Item::read(&mut r));
                continue;
            }
            _ => {}
        }
        r.advance();
    }
    (attachment, r.into_problems())
}

fn read_party<'a>(attachment: &mut Attachment<'a>, r: &mut Reader<'_, 'a>) {
    let role = r.text(1);
    let party = Party::read(r);
    match &*role {
        "PR" => {
            attachment.payer = party.name;
            attachment.payer_contact = party.contacts.into_iter().next();
        }
        "41" => attachment.submitter = party.name,
        "QC" => attachment.patient = party,
        _ => attachment.provider = party,
    }
}

impl<'a> Item<'a> {
    fn read(r: &mut Reader<'_, 'a>) -> Self {
        let start = r.position();
        let mut item = Item { number: r.text(1), ..Item::default() };
        r.advance();
        let mut open = Document::default();
        while !r.at_end() && r.id() != ids::LX {
            match r.id() {
                ids::TRN => item.trace = Trace::read(r),
                ids::STC => item.question = Some(StatusInformation::read(r)),
                ids::REF => item.references.push(Reference::read(r)),
                ids::DTP => item.dates.push(DatePeriod::read(r)),
                ids::CAT => {
                    item.form = r.text(2);
                    item.form_version = r.text(3);
                }
                ids::OOI => open.object = r.texts(),
                ids::EFI => open.security = r.text(1),
                ids::BIN => item.documents.push(Document { octets: r.octets(2), ..std::mem::take(&mut open) }),
                ids::BDS => {
                    let octets = r.octets(3);
                    item.documents.push(Document { encoding: r.text(1), octets, ..std::mem::take(&mut open) });
                }
                _ => {}
            }
            r.advance();
        }
        item.source = r.source_since(start);
        item
    }

    fn write(&self, is_adopted: bool, out: &mut Out<'_>) {
        out.begin("LX").text(&self.number).end();
        self.trace.write(out);
        if let Some(question) = &self.question {
            question.write(out);
        }
        self.references.iter().for_each(|reference| reference.write(out));
        write_dates(&self.dates, out);
        out.begin("CAT").text("AE").text(&self.form).text(&self.form_version).end();
        for document in &self.documents {
            out.texts("OOI", &document.object);
            out.begin("EFI").text(&document.security).end();
            if is_adopted {
                out.binary("BDS", &[&document.encoding], &document.octets);
            } else {
                out.binary("BIN", &[], &document.octets);
            }
        }
    }
}

/// Address, specialty and references of the provider stand in this order in a 275; in the older guide, and where it was
/// read so, the address follows in a loop of its own.
fn write_provider(attachment: &Attachment<'_>, is_adopted: bool, out: &mut Out<'_>) {
    let provider = &attachment.provider;
    let stands_apart = !is_adopted || !attachment.provider_place.is_empty();
    provider.name.write(out);
    if let Some(address) = provider.address.as_ref().filter(|_| !stands_apart) {
        address.write(out);
    }
    if let Some(specialty) = &provider.specialty {
        specialty.write(out);
    }
    provider.references.iter().for_each(|reference| reference.write(out));
    if let Some(address) = provider.address.as_ref().filter(|_| stands_apart) {
        let place = if attachment.provider_place.is_empty() { "1P" } else { attachment.provider_place.as_str() };
        out.begin("NX1").text(place).end();
        address.write(out);
    }
}

/// Writes ST to SE. Documents stand in BDS where ST03 names the adopted guide, in BIN otherwise.
pub fn write(attachment: &Attachment<'_>, writer: &mut Writer) {
    let is_adopted = attachment.implementation.starts_with("006");
    let out = &mut Out::open(writer, "275", &attachment.implementation);
    out.begin("BGN").text(&attachment.purpose).text(&attachment.reference).date(attachment.created_on).end();
    attachment.payer.write(out);
    if let Some(contact) = &attachment.payer_contact {
        contact.write(out);
    }
    attachment.submitter.write(out);
    write_provider(attachment, is_adopted, out);
    attachment.patient.write(out);
    write_dates(&attachment.dates, out);
    attachment.items.iter().for_each(|item| item.write(is_adopted, out));
    out.close();
}
