//! Names, addresses and words in the letters that payers take. The letters are `billing`'s, because the scrub judges by
//! the same ones before a claim leaves.

pub(crate) use billing::letters::plain;
