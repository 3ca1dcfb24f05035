//! The guide compiler: text in, Rust tables out. Used by the build script and by the tests that feed it bad guides.
//!
//! Parses ([`parse`]), checks every reference and that each segment has one place ([`prove`]), then writes ([`emit`]).

pub mod emit;
pub mod parse;
pub mod prove;

/// Compiles guides, given as (name, text), against the dictionary.
pub fn compile(dictionary: &str, guides: &[(String, String)]) -> Result<String, String> {
    let dictionary = parse::dictionary(dictionary)?;
    let mut parsed = Vec::new();
    for (name, text) in guides {
        let guide = parse::guide(name, text, &dictionary)?;
        prove::references(&guide, &dictionary)?;
        prove::one_place(&guide)?;
        parsed.push(guide);
    }
    emit::rust(&dictionary, &parsed)
}
