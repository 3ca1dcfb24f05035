//! The signature of the card processor's notices: HMAC-SHA-256 over the second it was sent and the bytes as they came. It says
//! who sent them and that nobody changed them; whether they were worked before is asked elsewhere.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

use crate::digest::hex;

/// The header that carries it: `t=<seconds>,v1=<hexadecimal digits>`.
pub const HEADER: &str = "tierline-signature";
/// Seconds that the sender's clock may differ from ours: what is older was kept by somebody, and is not taken.
const TOLERANCE_SECONDS: i64 = 300;

fn keyed(secret: &[u8]) -> Option<Hmac<Sha256>> {
    // HMAC takes a key of any length; the type cannot say so.
    Hmac::<Sha256>::new_from_slice(secret).ok()
}

/// HMAC-SHA-256 of bytes.
pub(super) fn code(secret: &[u8], bytes: &[u8]) -> Vec<u8> {
    keyed(secret).map_or_else(Vec::new, |mac| mac.chain_update(bytes).finalize().into_bytes().to_vec())
}

/// The header's value for a body sent now.
pub fn sign(secret: &[u8], now: Timestamp, body: &[u8]) -> String {
    let second = now.as_second();
    let mut signed = format!("{second}.").into_bytes();
    signed.extend_from_slice(body);
    format!("t={second},v1={}", hex(&code(secret, &signed)))
}

/// Whether a header was made with the secret for exactly this body, within five minutes.
pub fn holds(secret: &[u8], now: Timestamp, header: &str, body: &[u8]) -> bool {
    let field = |name: &str| {
        header.split(',').find_map(|part| part.trim().strip_prefix(name).and_then(|rest| rest.strip_prefix('=')))
    };
    let (Some(second), Some(told)) = (field("t"), field("v1")) else { return false };
    let Ok(sent) = second.parse::<i64>() else { return false };
    if sent.abs_diff(now.as_second()) > TOLERANCE_SECONDS.unsigned_abs() {
        return false;
    }
    let (Some(told), Some(mac)) = (from_hex(told), keyed(secret)) else { return false };
    // Compares in the same time whatever differs.
    mac.chain_update(format!("{second}.").as_bytes()).chain_update(body).verify_slice(&told).is_ok()
}

/// Bytes from hexadecimal digits.
pub(super) fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let pair = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    (0..text.len()).step_by(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_that_of_the_standard() {
        // RFC 4231, test case 2.
        assert_eq!(
            hex(&code(b"Jefe", b"what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn a_signature_holds_for_its_body_its_secret_and_five_minutes() {
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let header = sign(b"secret", at(1_000_000), b"{}");
        assert!(holds(b"secret", at(1_000_000), &header, b"{}"));
        assert!(holds(b"secret", at(1_000_300), &header, b"{}"));
        assert!(holds(b"secret", at(999_700), &header, b"{}"));
        for (secret, second, body) in
            [("secret", 1_000_301, "{}"), ("secret", 1_000_000, "{ }"), ("other", 1_000_000, "{}")]
        {
            assert!(!holds(secret.as_bytes(), at(second), &header, body.as_bytes()), "{secret} {second} {body}");
        }
        let moved = header.replace("t=1000000", "t=1000100");
        assert!(!holds(b"secret", at(1_000_100), &moved, b"{}"), "the second is signed too");
        for header in ["", "t=1", "v1=ab", "t=x,v1=ab", "t=1000000,v1=zz", "t=1000000,v1=abc", "t=1000000,v1="] {
            assert!(!holds(b"secret", at(1_000_000), header, b"{}"), "{header}");
        }
    }
}
