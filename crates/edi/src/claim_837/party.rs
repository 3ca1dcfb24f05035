//! People and places of the domain as the parties of an X12 loop.

use billing::identifier::TaxIdKind;
use billing::person::{Address as PostalAddress, PersonName};
use billing::practice::BillingProvider;
use billing::provider::{Facility, ProviderOnClaim};
use x12::transactions::{Address, Name, Party, Reference, Specialty};

use crate::text::plain;

pub(crate) fn address(address: &PostalAddress) -> Address<'static> {
    Address {
        street: plain(&address.line1).into(),
        street_2: plain(&address.line2).into(),
        city: plain(&address.city).into(),
        state: plain(&address.state).into(),
        postal_code: address.zip.chars().filter(char::is_ascii_digit).collect::<String>().into(),
        ..Address::default()
    }
}

/// A person in a role; no number where it is empty.
pub(crate) fn person_name<'a>(role: &'static str, name: &PersonName, qualifier: &'static str, id: &'a str) -> Name<'a> {
    let mut person = Name::person(role, plain(&name.last), plain(&name.first), qualifier, id);
    person.middle = plain(&name.middle).into();
    person.suffix = plain(&name.suffix).into();
    person
}

/// Loop 2010AA.
pub(crate) fn billing_party(billing: &BillingProvider) -> Party<'_> {
    let mut party = Party::named(Name::organization("85", plain(&billing.name), "XX", billing.npi.as_str()));
    party.address = Some(address(&billing.address));
    let kind = match billing.tax_id.kind {
        TaxIdKind::Ein => "EI",
        TaxIdKind::Ssn => "SY",
    };
    party.references.push(Reference::new(kind, billing.tax_id.digits()));
    party
}

/// A person who gave, ordered, referred or supervised; the taxonomy is sent of the rendering one.
pub(crate) fn provider<'a>(role: &'static str, provider: &'a ProviderOnClaim, with_taxonomy: bool) -> Party<'a> {
    let mut party = Party::named(person_name(role, &provider.name, "XX", provider.npi.as_str()));
    if with_taxonomy {
        party.specialty = provider.taxonomy.as_ref().map(|taxonomy| Specialty::taxonomy("PE", taxonomy.as_str()));
    }
    party
}

/// Loop 2310C.
pub(crate) fn facility(facility: &Facility) -> Party<'_> {
    let (qualifier, npi) = facility.npi.as_ref().map_or(("", ""), |npi| ("XX", npi.as_str()));
    let mut party = Party::named(Name::organization("77", plain(&facility.name), qualifier, npi));
    party.address = Some(address(&facility.address));
    party
}
