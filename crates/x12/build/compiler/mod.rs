//! The guide compiler: text in, Rust tables out. Used by the build script and by the tests that feed it bad guides.
//!
//! Puts shared parts in place ([`include`]), parses ([`parse`]), checks every reference and that each segment has one place ([`prove`]), then writes ([`emit`]).

pub mod emit;
pub mod include;
pub mod parse;
pub mod prove;
pub mod rules;

#[path = "../../src/rules/language/mod.rs"]
pub mod language;

/// Compiles guides and rule files, given as (name, text) as are the shared parts, against the dictionary.
pub fn compile(
    dictionary: &str,
    shared: &[(String, String)],
    guides: &[(String, String)],
    rule_files: &[(String, String)],
) -> Result<String, String> {
    let dictionary = parse::dictionary(dictionary)?;
    let parts = include::parts(shared)?;
    let mut parsed = Vec::new();
    for (name, text) in guides {
        let guide = parse::guide(name, &parts.expand(name, text)?, &dictionary)?;
        prove::references(&guide, &dictionary)?;
        prove::one_place(&guide)?;
        parsed.push(guide);
    }
    prove::told_apart(&parsed)?;
    Ok(emit::rust(&dictionary, &parsed)? + &rules::rust(&dictionary, &parsed, rule_files)?)
}
