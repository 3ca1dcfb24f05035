//! The segments that say who: names, addresses, contacts, references, demographics and taxonomy.
//!
//! Every transaction shares these. An empty text is an absent element, because X12 knows no
//! difference between the two. Nothing here checks a code or a check digit; the guides do.

use super::fields::Reader;
use super::out::Out;
use super::text::Text;
use crate::ids;
use jiff::civil::Date;

/// NM102: what kind of thing carries the name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PartyKind {
    /// A human being (`1`).
    Person,
    /// An organisation (`2`), also where the file says nothing usable.
    #[default]
    Organization,
}

/// NM1: one name with the role it plays and the number it is known by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name<'a> {
    /// NM101: the role, for example `85` billing provider, `IL` subscriber, `PR` payer.
    pub role: Text<'a>,
    /// NM102.
    pub kind: PartyKind,
    /// NM103: family name, or the name of the organisation.
    pub last_or_organization: Text<'a>,
    /// NM104.
    pub first: Text<'a>,
    /// NM105.
    pub middle: Text<'a>,
    /// NM106.
    pub prefix: Text<'a>,
    /// NM107.
    pub suffix: Text<'a>,
    /// NM108: what kind of number follows, for example `XX` for an NPI, `MI` for a member id.
    pub id_qualifier: Text<'a>,
    /// NM109.
    pub id: Text<'a>,
}

impl<'a> Name<'a> {
    /// An organisation with its number.
    pub fn organization(
        role: impl Into<Text<'a>>,
        name: impl Into<Text<'a>>,
        id_qualifier: impl Into<Text<'a>>,
        id: impl Into<Text<'a>>,
    ) -> Self {
        Name {
            role: role.into(),
            kind: PartyKind::Organization,
            last_or_organization: name.into(),
            id_qualifier: id_qualifier.into(),
            id: id.into(),
            ..Name::default()
        }
    }

    /// A person with a number, which may be empty.
    pub fn person(
        role: impl Into<Text<'a>>,
        last: impl Into<Text<'a>>,
        first: impl Into<Text<'a>>,
        id_qualifier: impl Into<Text<'a>>,
        id: impl Into<Text<'a>>,
    ) -> Self {
        Name {
            role: role.into(),
            kind: PartyKind::Person,
            last_or_organization: last.into(),
            first: first.into(),
            id_qualifier: id_qualifier.into(),
            id: id.into(),
            ..Name::default()
        }
    }

    /// The NPI, where the number is one.
    pub fn npi(&self) -> Option<&str> {
        (self.id_qualifier == "XX" && !self.id.is_empty()).then_some(&*self.id)
    }

    pub(crate) fn read(r: &Reader<'_, 'a>) -> Self {
        let kind = if r.is(2, "1") { PartyKind::Person } else { PartyKind::Organization };
        Name {
            role: r.text(1),
            kind,
            last_or_organization: r.text(3),
            first: r.text(4),
            middle: r.text(5),
            prefix: r.text(6),
            suffix: r.text(7),
            id_qualifier: r.text(8),
            id: r.text(9),
        }
    }

    /// Writes nothing for a name without a role: such a loop is absent.
    pub(crate) fn write(&self, out: &mut Out<'_>) {
        if self.role.is_empty() {
            return;
        }
        let kind = match self.kind {
            PartyKind::Person => "1",
            PartyKind::Organization => "2",
        };
        out.begin("NM1")
            .text(&self.role)
            .text(kind)
            .text(&self.last_or_organization)
            .text(&self.first)
            .text(&self.middle)
            .text(&self.prefix)
            .text(&self.suffix)
            .text(&self.id_qualifier)
            .text(&self.id)
            .end();
    }
}

/// N3 and N4: a postal address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address<'a> {
    /// N301.
    pub street: Text<'a>,
    /// N302.
    pub street_2: Text<'a>,
    /// N401.
    pub city: Text<'a>,
    /// N402: state or province.
    pub state: Text<'a>,
    /// N403: ZIP or ZIP+4 without a hyphen.
    pub postal_code: Text<'a>,
    /// N404: only outside the United States.
    pub country: Text<'a>,
    /// N405 and N406: a qualifier and a place, only in a 271.
    pub location: (Text<'a>, Text<'a>),
    /// N407: only outside the United States and Canada.
    pub subdivision: Text<'a>,
}

impl<'a> Address<'a> {
    pub(crate) fn read_street(&mut self, r: &Reader<'_, 'a>) {
        self.street = r.text(1);
        self.street_2 = r.text(2);
    }

    pub(crate) fn read_city(&mut self, r: &Reader<'_, 'a>) {
        self.city = r.text(1);
        self.state = r.text(2);
        self.postal_code = r.text(3);
        self.country = r.text(4);
        self.location = (r.text(5), r.text(6));
        self.subdivision = r.text(7);
    }

    pub(crate) fn write(&self, out: &mut Out<'_>) {
        if !self.street.is_empty() {
            out.begin("N3").text(&self.street).text(&self.street_2).end();
        }
        if !(self.city.is_empty() && self.postal_code.is_empty()) {
            out.begin("N4")
                .text(&self.city)
                .text(&self.state)
                .text(&self.postal_code)
                .text(&self.country)
                .text(&self.location.0)
                .text(&self.location.1)
                .text(&self.subdivision)
                .end();
        }
    }
}

/// PER: whom to call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact<'a> {
    /// PER01: `IC` information contact, `BL` technical, `CX` claims office.
    pub function: Text<'a>,
    /// PER02.
    pub name: Text<'a>,
    /// PER03 to PER08: up to three pairs of a qualifier (`TE`, `EM`, `FX`, `EX`, `UR`) and a number.
    pub numbers: Vec<(Text<'a>, Text<'a>)>,
}

impl<'a> Contact<'a> {
    pub(crate) fn read(r: &Reader<'_, 'a>) -> Self {
        let numbers = [3, 5, 7]
            .into_iter()
            .map(|n| (r.text(n), r.text(n + 1)))
            .filter(|(qualifier, number)| !(qualifier.is_empty() && number.is_empty()))
            .collect();
        Contact { function: r.text(1), name: r.text(2), numbers }
    }

    pub(crate) fn write(&self, out: &mut Out<'_>) {
        let mut segment = out.begin("PER").text(&self.function).text(&self.name);
        for (qualifier, number) in &self.numbers {
            segment = segment.text(qualifier).text(number);
        }
        segment.end();
    }
}

/// REF: a number of some kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reference<'a> {
    /// REF01.
    pub qualifier: Text<'a>,
    /// REF02.
    pub value: Text<'a>,
    /// REF03.
    pub description: Text<'a>,
    /// REF04, whole: `2U` and a payer id on some line references; empty nearly always.
    pub context: Vec<Text<'a>>,
}

impl<'a> Reference<'a> {
    /// A reference of two elements.
    pub fn new(qualifier: impl Into<Text<'a>>, value: impl Into<Text<'a>>) -> Self {
        Reference { qualifier: qualifier.into(), value: value.into(), ..Reference::default() }
    }

    pub(crate) fn read(r: &Reader<'_, 'a>) -> Self {
        Reference { qualifier: r.text(1), value: r.text(2), description: r.text(3), context: r.components(4) }
    }

    pub(crate) fn write(&self, out: &mut Out<'_>) {
        out.begin("REF").text(&self.qualifier).text(&self.value).text(&self.description).composite(&self.context).end();
    }
}

/// The value of the first reference with this qualifier, if any.
pub fn reference<'m>(references: &'m [Reference<'_>], qualifier: &str) -> Option<&'m str> {
    references.iter().find(|r| r.qualifier == qualifier).map(|r| &*r.value)
}

pub(crate) fn write_references(references: &[Reference<'_>], out: &mut Out<'_>) {
    references.iter().for_each(|reference| reference.write(out));
}

/// DMG: date of birth and sex.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demographics<'a> {
    /// DMG02.
    pub birth_date: Option<Date>,
    /// DMG03: `F`, `M` or `U`.
    pub sex: Text<'a>,
}

impl<'a> Demographics<'a> {
    pub(crate) fn read(r: &mut Reader<'_, 'a>) -> Self {
        Demographics { birth_date: r.date(2), sex: r.text(3) }
    }

    pub(crate) fn write(&self, out: &mut Out<'_>) {
        let format = if self.birth_date.is_some() { "D8" } else { "" };
        out.begin("DMG").text(format).date(self.birth_date).text(&self.sex).end();
    }
}

/// PRV: the role and taxonomy of a provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Specialty<'a> {
    /// PRV01: `BI` billing, `PE` performing, `RF` referring.
    pub role: Text<'a>,
    /// PRV02: `PXC` for a taxonomy code.
    pub qualifier: Text<'a>,
    /// PRV03.
    pub taxonomy: Text<'a>,
}

impl<'a> Specialty<'a> {
    /// A taxonomy code in a role.
    pub fn taxonomy(role: impl Into<Text<'a>>, taxonomy: impl Into<Text<'a>>) -> Self {
        Specialty { role: role.into(), qualifier: "PXC".into(), taxonomy: taxonomy.into() }
    }

    pub(crate) fn read(r: &Reader<'_, 'a>) -> Self {
        Specialty { role: r.text(1), qualifier: r.text(2), taxonomy: r.text(3) }
    }

    pub(crate) fn write(&self, out: &mut Out<'_>) {
        out.begin("PRV").text(&self.role).text(&self.qualifier).text(&self.taxonomy).end();
    }
}

/// One named party with everything its loop may say of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Party<'a> {
    /// NM1.
    pub name: Name<'a>,
    /// PRV.
    pub specialty: Option<Specialty<'a>>,
    /// N3 and N4.
    pub address: Option<Address<'a>>,
    /// DMG, for persons.
    pub demographics: Option<Demographics<'a>>,
    /// REF, in the order of the file.
    pub references: Vec<Reference<'a>>,
    /// PER.
    pub contacts: Vec<Contact<'a>>,
}

impl<'a> Party<'a> {
    /// A party of which only the name is known.
    pub fn named(name: Name<'a>) -> Self {
        Party { name, ..Party::default() }
    }

    /// The number of the given qualifier among the references.
    pub fn reference(&self, qualifier: &str) -> Option<&str> {
        reference(&self.references, qualifier)
    }

    /// Reads NM1 and what follows it, as long as it belongs to a party.
    pub(crate) fn read(r: &mut Reader<'_, 'a>) -> Self {
        let mut party = Party::named(Name::read(r));
        r.advance();
        while party.read_more(r) {
            r.advance();
        }
        party
    }

    /// Takes the current segment if it is one that a party may have; true if it was.
    pub(crate) fn read_more(&mut self, r: &mut Reader<'_, 'a>) -> bool {
        match r.id() {
            ids::N3 => self.address.get_or_insert_default().read_street(r),
            ids::N4 => self.address.get_or_insert_default().read_city(r),
            ids::PRV => self.specialty = Some(Specialty::read(r)),
            ids::DMG => self.demographics = Some(Demographics::read(r)),
            ids::REF => self.references.push(Reference::read(r)),
            ids::PER => self.contacts.push(Contact::read(r)),
            _ => return false,
        }
        true
    }

    pub(crate) fn write(&self, out: &mut Out<'_>) {
        self.name.write(out);
        if let Some(specialty) = &self.specialty {
            specialty.write(out);
        }
        if let Some(address) = &self.address {
            address.write(out);
        }
        if let Some(demographics) = &self.demographics {
            demographics.write(out);
        }
        write_references(&self.references, out);
        self.contacts.iter().for_each(|contact| contact.write(out));
    }
}
