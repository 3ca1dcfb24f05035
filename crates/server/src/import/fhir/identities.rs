//! Keys that stay the same over imports, and invented identities that are made from them: the same person gets the same
//! invented number every time. An invented NPI begins with 2, which is assigned to nobody, and has a valid check digit.

use billing::identifier::{BadIdentifier, MemberId, Npi};
use sha2::{Digest, Sha256};

use super::resources::Identifier;

/// The key of a resource: its first identifier that is nobody's social security, licence or passport number, else
/// what the bundle calls it.
pub fn source_key(kind: &str, identifiers: &[Identifier], fallback: &str) -> String {
    let private = ["us-ssn", "2.16.840.1.113883.4.", "passport"];
    let chosen = identifiers.iter().find_map(|identifier| {
        let system = identifier.system.as_deref()?;
        let value = identifier.value.as_deref()?;
        let is_private = private.iter().any(|part| system.to_ascii_lowercase().contains(part));
        (!is_private).then(|| format!("fhir {kind} {system} {value}"))
    });
    chosen.unwrap_or_else(|| format!("fhir {kind} {fallback}"))
}

/// A number below `limit` that depends on nothing but the text.
pub fn stable_number(text: &str, limit: u64) -> u64 {
    let hash = Sha256::digest(text.as_bytes());
    let number = hash.iter().take(8).fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte));
    number % limit.max(1)
}

/// An invented NPI: 2, eight digits made from the key, the check digit.
pub fn invented_npi(key: &str) -> Result<Npi, BadIdentifier> {
    let nine = format!("2{:08}", stable_number(key, 100_000_000));
    // Exactly one of the ten digits passes the Luhn test that Npi::parse makes.
    let mut last = Npi::parse("");
    for digit in 0..10 {
        last = Npi::parse(&format!("{nine}{digit}"));
        if last.is_ok() {
            break;
        }
    }
    last
}

/// An invented member id in the form the payer accepts: its prefix and so many digits.
pub fn invented_member_id(key: &str, prefix: &str, digits: usize) -> Result<MemberId, BadIdentifier> {
    // Eighteen digits are the most that fit the number; no payer's card has more after its prefix.
    let digits = digits.min(18);
    let limit = 10u64.pow(u32::try_from(digits).unwrap_or(18));
    let number = stable_number(key, limit);
    MemberId::parse(&format!("{prefix}{number:0digits$}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invented_npis_begin_with_2_and_are_stable() {
        for key in ["a", "b", "Practitioner 300"] {
            let npi = invented_npi(key).expect("one digit always passes");
            assert!(npi.as_str().starts_with('2'));
            assert_eq!(invented_npi(key), Ok(npi));
        }
        assert_ne!(invented_npi("a"), invented_npi("b"));
    }

    #[test]
    fn invented_member_ids_have_the_form_of_the_card() {
        let id = invented_member_id("patient", "HL", 10).expect("a good form");
        assert_eq!(id.reveal().len(), 12);
        assert!(id.reveal().starts_with("HL"));
    }

    #[test]
    fn a_social_security_number_never_becomes_a_key() {
        let number =
            |system: &str| Identifier { system: Some(system.to_owned()), value: Some("999-88-8619".to_owned()) };
        let key = source_key("Patient", &[number("http://hl7.org/fhir/sid/us-ssn")], "p1");
        assert_eq!(key, "fhir Patient p1");
    }
}
