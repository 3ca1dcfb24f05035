//! Passwords: hashed with Argon2id, compared in constant time, never stored or logged as typed.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

use store::Env;

use crate::Error;

/// Memory of one hash in KiB: OWASP's first choice for Argon2id, 19 MiB with two passes.
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over that memory.
const PASSES: u32 = 2;
/// Bytes of salt: 128 bits, as RFC 9106 recommends.
const SALT_BYTES: usize = 16;

/// What stands in the place of a hash until a person chose a password: nothing typed matches it.
pub const NOT_CHOSEN: &str = "not chosen yet";

fn argon2() -> Result<Argon2<'static>, Error> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None)
        .map_err(|_| Error::refused("The password settings of this build are wrong; report it."))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The PHC string that is stored. It takes tens of milliseconds and much memory: never inside a transaction.
///
/// # Errors
/// Where the hash cannot be computed, for want of memory.
pub fn new_hash(env: &Env, password: &str) -> Result<String, Error> {
    let mut salt = [0; SALT_BYTES];
    env.fill(&mut salt);
    hash(password, salt)
}

fn hash(password: &str, salt: [u8; SALT_BYTES]) -> Result<String, Error> {
    argon2()?
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|_| Error::refused("The password could not be hashed; try again when the machine is less busy."))
}

/// Whether the password belongs to the stored string. A string that cannot be read matches nothing.
pub fn matches(password: &str, stored: &str) -> bool {
    let Ok(hash) = PasswordHash::new(stored) else { return false };
    argon2().is_ok_and(|argon2| argon2.verify_password(password.as_bytes(), &hash).is_ok())
}

/// A hash that no password matches: compared for unknown log-ins, so that the answer takes as long as for known ones.
pub fn of_nobody() -> &'static str {
    use std::sync::OnceLock;
    static NOBODY: OnceLock<String> = OnceLock::new();
    NOBODY.get_or_init(|| hash("nobody has this password", [0; SALT_BYTES]).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_matches_its_own_hash_only() {
        let stored = hash("maple harbor quiet lamp", [7; SALT_BYTES]).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(matches("maple harbor quiet lamp", &stored));
        assert!(!matches("maple harbor quiet lamb", &stored));
        assert!(!matches("maple harbor quiet lamp", "not a hash"));
        assert!(!matches(NOT_CHOSEN, NOT_CHOSEN));
    }
}
