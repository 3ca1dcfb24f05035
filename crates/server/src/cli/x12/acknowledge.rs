//! `x12 ack`: the TA1, 999 and 277CA that answer a file.

use clap::{Args, ValueEnum};
use jiff::civil::DateTime;
use x12::{AcknowledgedFile, AcknowledgmentHeader, InterchangeReport, check, write_277ca, write_999_with, write_ta1};

use super::files::{Answer, Input, Inputs};
use super::{Done, Failure};

/// What to answer, and with what.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    inputs: Inputs,
    /// Which acknowledgments; without this, TA1 where the file asks for one or is rejected by it, and 999
    #[arg(long, value_enum, value_delimiter = ',')]
    kind: Vec<Kind>,
    /// The control number of the first acknowledgment; the others count on
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    control_number: u32,
    /// The time they are dated, such as 2026-09-02T08:30; without this, now
    #[arg(long, value_name = "TIME")]
    at: Option<DateTime>,
    /// Copy faulty values into the 999 (IK404); they may be names of patients
    #[arg(long)]
    copy_data: bool,
}

/// A kind of acknowledgment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Of the interchange.
    Ta1,
    /// Of groups and sets.
    #[value(name = "999")]
    Implementation,
    /// Of claims, one by one: which are taken and which are sent back; only where it is named here
    #[value(name = "277ca")]
    Claims,
}

/// Prints the acknowledgments of each file, one interchange after the other.
pub fn run(arguments: &Arguments) -> Result<Done, Failure> {
    let made_at = arguments.at.unwrap_or_else(|| jiff::Zoned::now().datetime());
    arguments.inputs.each(|input| answer(input, arguments, made_at))
}

fn answer(input: &Input, arguments: &Arguments, made_at: DateTime) -> Answer {
    let checked = check(&input.bytes, &app::x12_file::OurTables);
    if checked.interchanges.is_empty() {
        return Answer::not_x12(input);
    }
    let mut header = AcknowledgmentHeader { made_at, control_number: arguments.control_number };
    let mut out = Vec::new();
    for interchange in &checked.interchanges {
        let mut written = Vec::new();
        if wants_ta1(&arguments.kind, interchange) {
            written.push(write_ta1(interchange, header).map(Some));
            header.control_number += 1;
        }
        if arguments.kind.is_empty() || arguments.kind.contains(&Kind::Implementation) {
            let file = AcknowledgedFile { bytes: &input.bytes, copies_data: arguments.copy_data };
            written.push(write_999_with(&checked, interchange, header, Some(file)));
            header.control_number += 1;
        }
        if arguments.kind.contains(&Kind::Claims) {
            written.push(write_277ca(&input.bytes, &checked, interchange, header, made_at.date()));
            header.control_number += 1;
        }
        for one in written {
            match one {
                Ok(Some(bytes)) => out.extend_from_slice(&bytes),
                Ok(None) => {}
                Err(error) => {
                    return Answer::refused(format!("{}: no acknowledgment can be addressed: {error}.", input.name));
                }
            }
        }
    }
    out.push(b'\n');
    if checked.problems.errors() > 0 { Answer::with_findings(out) } else { Answer::clean(out) }
}

fn wants_ta1(kinds: &[Kind], interchange: &InterchangeReport) -> bool {
    kinds.contains(&Kind::Ta1) || (kinds.is_empty() && (interchange.wants_acknowledgment || interchange.note > 0))
}
