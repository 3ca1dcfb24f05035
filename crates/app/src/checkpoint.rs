//! A checkpoint: how far the books and the audit had come on a day, signed with a key that the database never sees. Kept
//! elsewhere, it shows later whether what stood then still stands: who can rewrite a whole database can rewrite its chains
//! too, but not a signature. Reads only.

use std::collections::BTreeMap;

use billing::PracticeId;
use billing::access::{Action, Actor, ResourceState};
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::verify::{AUDIT_HASH_AT, BOOKS_HASH_AT};
use store::{Conn, Db, params};

use crate::Error;
use crate::access::allow;
use crate::digest::hex;
use crate::verify::{Check, Verification, verify};

/// How far everything had come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// The practice.
    pub practice_id: PracticeId,
    /// When it was made.
    pub made_at: Timestamp,
    /// The last entry of the books, by its place in the chain; 0 where there is none.
    pub ledger_sequence: i64,
    /// Its hash, in hex.
    pub ledger_root: String,
    /// The last record of the audit, by its place in the chain.
    pub audit_sequence: i64,
    /// Its hash, in hex.
    pub audit_root: String,
    /// The balance of each kind of account, debit positive, in cents.
    pub trial_balance_cents: BTreeMap<String, i64>,
}

impl Checkpoint {
    /// The text that is signed: JSON, a field a line.
    pub fn to_text(&self) -> String {
        // A struct of numbers and texts is always written.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Reads the text.
    ///
    /// # Errors
    /// A sentence where it is no checkpoint.
    pub fn from_text(text: &str) -> Result<Checkpoint, Error> {
        serde_json::from_str(text).map_err(|error| Error::refused(format!("This is no checkpoint: {error}.")))
    }
}

/// A new pair of keys from 32 random bytes: the private one and the public one, as PEM (PKCS #8 and SPKI, RFC 8410).
///
/// # Errors
/// `Refused` where they cannot be written down.
pub fn new_keys(random: [u8; 32]) -> Result<(String, String), Error> {
    let key = SigningKey::from_bytes(&random);
    let private = key.to_pkcs8_pem(LineEnding::LF).map_err(|error| Error::refused(format!("{error}.")))?;
    let public = key.verifying_key().to_public_key_pem(LineEnding::LF);
    Ok((private.to_string(), public.map_err(|error| Error::refused(format!("{error}.")))?))
}

/// The signature of a text: the 64 bytes of RFC 8032.
///
/// # Errors
/// `Refused` for a key that is none.
pub fn sign(text: &str, private_pem: &str) -> Result<Vec<u8>, Error> {
    let key = SigningKey::from_pkcs8_pem(private_pem).map_err(|_| {
        Error::refused("The key is no private Ed25519 key in PEM. Make one with `tierline checkpoint key`.")
    })?;
    Ok(key.sign(text.as_bytes()).to_bytes().to_vec())
}

/// Whether a text was signed with the private half of a public key.
///
/// # Errors
/// `Refused` for a key that is none.
pub fn is_signed_by(text: &str, signature: &[u8], public_pem: &str) -> Result<bool, Error> {
    let key = VerifyingKey::from_public_key_pem(public_pem).map_err(|_| {
        Error::refused("The key is no public Ed25519 key in PEM: it is the file beside the private one.")
    })?;
    Ok(Signature::from_slice(signature).is_ok_and(|signature| key.verify_strict(text.as_bytes(), &signature).is_ok()))
}

/// How far everything has come now. Only books and an audit whose chains hold make a checkpoint.
///
/// # Errors
/// `Denied` without the right to verify; `Refused` where an invariant fails.
pub fn make(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Checkpoint, Error> {
    let found = verify(db, actor, practice)?;
    if let Some(check) = found.first_failure() {
        return Err(Error::refused(format!(
            "{} fails: {}. A checkpoint is made of books that hold: run `tierline verify` and look there first.",
            check.name, check.detail
        )));
    }
    Ok(of(db, practice, found))
}

fn of(db: &Db, practice: PracticeId, found: Verification) -> Checkpoint {
    Checkpoint {
        practice_id: practice,
        made_at: db.env().now(),
        ledger_sequence: found.ledger_sequence,
        ledger_root: found.ledger_root,
        audit_sequence: found.audit_sequence,
        audit_root: found.audit_root,
        trial_balance_cents: found.trial_balance.into_iter().map(|(kind, cents)| (kind, cents.cents())).collect(),
    }
}

/// Whether what a checkpoint saw still stands, each question with its answer.
///
/// # Errors
/// `Denied` without the right to verify.
pub fn compare(db: &Db, actor: &Actor, practice: PracticeId, checkpoint: &Checkpoint) -> Result<Vec<Check>, Error> {
    allow(actor, Action::VerifyBooks, &ResourceState::default())?;
    let mut checks: Vec<Check> = verify(db, actor, practice)?.checks;
    checks.retain(|check| matches!(check.name, "books-chain" | "audit-chain"));
    let is_ours = checkpoint.practice_id == practice;
    checks.push(answer("same-practice", "the checkpoint is of this practice", is_ours, practice.to_string()));
    db.read::<_, Error>(actor, practice, |read| {
        let books = hash_at(read, checkpoint.ledger_sequence, &BOOKS_HASH_AT)?;
        let audit = hash_at(read, checkpoint.audit_sequence, &AUDIT_HASH_AT)?;
        for (name, says, sequence, found, root) in [
            (
                "books-at-checkpoint",
                "the books still begin as they stood then",
                checkpoint.ledger_sequence,
                books,
                &checkpoint.ledger_root,
            ),
            (
                "audit-at-checkpoint",
                "the audit still begins as it stood then",
                checkpoint.audit_sequence,
                audit,
                &checkpoint.audit_root,
            ),
        ] {
            checks.push(answer(name, says, found == *root, format!("place {sequence}")));
        }
        Ok(())
    })?;
    Ok(checks)
}

fn hash_at(conn: &Conn, sequence: i64, statement: &store::Statement<([u8; 32],)>) -> Result<String, Error> {
    let found = conn.query_opt(statement, params![sequence])?.map(|(hash,)| hash);
    // The chains begin with nothing, whose hash is zeros.
    Ok(hex(&found.unwrap_or([0; 32])))
}

fn answer(name: &'static str, says: &'static str, holds: bool, detail: String) -> Check {
    Check { name, says, holds, detail }
}
