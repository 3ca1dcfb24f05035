//! The second factor: time-based codes of RFC 6238 (six digits, 30 seconds, SHA-1 as authenticator apps expect), each
//! used once, and recovery codes for a lost device, each used once and stored as hashes.

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use totp_rs::{Algorithm, Builder, Totp};

use crate::Error;

/// Bytes of a device's shared secret: 160 bits, as RFC 4226 recommends.
pub const SECRET_BYTES: usize = 20;
/// Recovery codes given at enrolment.
pub const RECOVERY_CODES: usize = 10;
/// Random bytes of a recovery code: 80 bits, so that a fast hash is enough.
pub const RECOVERY_BYTES: usize = 10;
/// Letters of recovery codes, one for four bits: none that is mistaken for another when read aloud.
const LETTERS: &[u8; 16] = b"23456789CDFHKMRX";

fn totp(secret: &[u8], login: &str) -> Result<Totp, Error> {
    let secret: Box<[u8]> = secret.into();
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(30)
        .with_secret(secret)
        .with_account_name(login.replace(':', "."))
        .with_issuer(Some("Tierline".to_owned()))
        .build()
        .map_err(|_| Error::refused("The stored device secret cannot be used; have the device reset."))
}

fn seconds(now: Timestamp) -> u64 {
    u64::try_from(now.as_second()).unwrap_or(0)
}

/// The step whose code was typed, if it is valid now and newer than `last_step`.
///
/// # Errors
/// Where the stored secret cannot be used.
pub fn step_of(secret: &[u8], login: &str, code: &str, now: Timestamp, last_step: i64) -> Result<Option<i64>, Error> {
    let code: String = code.chars().filter(char::is_ascii_digit).collect();
    let step = totp(secret, login)?.check(&code, seconds(now)).and_then(|step| i64::try_from(step).ok());
    Ok(step.filter(|step| *step > last_step))
}

/// The code of this moment: for demonstration log-ins and tests.
///
/// # Errors
/// Where the secret cannot be used.
pub fn code_now(secret: &[u8], login: &str, now: Timestamp) -> Result<String, Error> {
    Ok(totp(secret, login)?.generate(seconds(now)).to_string())
}

/// What an authenticator app is given: the secret in base 32 and the address that a QR code would hold.
///
/// # Errors
/// Where the secret cannot be used.
pub fn for_device(secret: &[u8], login: &str) -> Result<(String, String), Error> {
    let totp = totp(secret, login)?;
    let address =
        totp.to_url().map_err(|_| Error::refused("The log-in name cannot be used on a device; rename it."))?;
    Ok((totp.secret().to_base32(), address))
}

/// A recovery code in groups of four, from random bytes.
pub fn recovery_code(random: [u8; RECOVERY_BYTES]) -> String {
    let letters: Vec<char> = random
        .iter()
        .flat_map(|byte| [byte & 15, byte >> 4])
        .map(|nibble| char::from(LETTERS[usize::from(nibble)]))
        .collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// The hash under which a recovery code is stored; spaces, hyphens and case do not matter.
pub fn recovery_hash(code: &str) -> Vec<u8> {
    let plain: String =
        code.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect();
    Sha256::digest(plain.as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_works_in_its_time_and_once() {
        let secret = [9; SECRET_BYTES];
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let code = code_now(&secret, "rosa", now).unwrap();
        let step = step_of(&secret, "rosa", &code, now, 0).unwrap().unwrap();
        assert_eq!(step, 1_800_000_000 / 30);
        assert_eq!(step_of(&secret, "rosa", &code, now, step).unwrap(), None, "the same code a second time");
        let later = Timestamp::from_second(1_800_000_120).unwrap();
        assert_eq!(step_of(&secret, "rosa", &code, later, 0).unwrap(), None, "two minutes later");
    }

    #[test]
    fn recovery_codes_are_easy_to_type() {
        let code = recovery_code([0x12; RECOVERY_BYTES]);
        assert_eq!(code.len(), 24);
        assert_eq!(recovery_hash(&code), recovery_hash(&code.to_lowercase().replace('-', " ")));
    }
}
