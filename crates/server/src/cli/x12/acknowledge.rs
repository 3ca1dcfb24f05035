//! `x12 ack`: the TA1, 999 and 277CA that answer a file.

use std::io::{self, Write};

use app::x12_file::OurTables;
use clap::{Args, ValueEnum};
use jiff::civil::DateTime;
use x12::{
    AcknowledgedFile, AcknowledgmentHeader, Checked, InterchangeReport, NotWritten, Rules, WriteError, check_each,
    write_277ca_to, write_999_to, write_ta1,
};

use super::files::{Answer, Inputs, Source};
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

/// Prints the acknowledgments of each file, one interchange after the other, while it is read.
pub fn run(arguments: &Arguments) -> Result<Done, Failure> {
    let made_at = arguments.at.unwrap_or_else(|| jiff::Zoned::now().datetime());
    let threads = arguments.inputs.threads_a_file();
    arguments.inputs.each_passing(|source, out| match answered(source, arguments, made_at, threads, out) {
        Ok(Some(errors)) if errors > 0 => Answer::with_findings(Vec::new()),
        Ok(answered) => Answer::of_passing(&source.name, Ok(answered.is_some())),
        Err(NotAnswered::Address(error)) => {
            Answer::refused(format!("{}: no acknowledgment can be addressed: {error}.", source.name))
        }
        Err(NotAnswered::File(error)) => Answer::unreadable(Vec::new(), format!("{}: {error}.", source.name)),
        Err(NotAnswered::Closed(words)) => Answer::unreadable(Vec::new(), words),
    })
}

/// Why a file is not answered.
enum NotAnswered {
    /// Its acknowledgment cannot be addressed.
    Address(WriteError),
    /// It cannot be read to its end.
    File(std::io::Error),
    /// It cannot be opened.
    Closed(String),
}

/// Answers a file while it is read; gives how many errors it has, and nothing where there is no interchange. What is
/// rejected is looked at again for the context of the 999, and claim files for the 277CA.
fn answered(
    source: &Source,
    arguments: &Arguments,
    made_at: DateTime,
    threads: usize,
    out: &mut dyn Write,
) -> Result<Option<u64>, NotAnswered> {
    let opened = source.open().map_err(NotAnswered::Closed)?;
    let again = |byte: u64| opened.from(source, byte);
    let file = AcknowledgedFile::opened(&again);
    let file = if arguments.copy_data { file.copying_data() } else { file };
    let reader = opened.from(source, 0).map_err(NotAnswered::File)?;
    let mut header = AcknowledgmentHeader { made_at, control_number: arguments.control_number };
    let (mut count, mut refused) = (0_u64, None);
    let checked = check_each(reader, &OurTables, &Rules::default(), threads, &mut |ended| {
        for interchange in &ended.interchanges {
            count += 1;
            answer(ended, interchange, arguments, &mut header, file, out).map_err(|error| match error {
                NotWritten::Output(error) | NotWritten::File(error) => error,
                NotWritten::Refused(error) => io::Error::other(refused.insert(error).to_string()),
            })?;
        }
        Ok(())
    });
    if let Some(error) = refused {
        return Err(NotAnswered::Address(error));
    }
    let checked = checked.map_err(NotAnswered::File)?;
    if count > 0 {
        out.write_all(b"\n").map_err(NotAnswered::File)?;
    }
    Ok((count > 0).then_some(checked.problems.errors()))
}

/// The acknowledgments of an interchange.
fn answer(
    checked: &Checked,
    interchange: &InterchangeReport,
    arguments: &Arguments,
    header: &mut AcknowledgmentHeader,
    file: AcknowledgedFile<'_>,
    out: &mut dyn Write,
) -> Result<(), NotWritten> {
    if wants_ta1(&arguments.kind, interchange) {
        let written = write_ta1(interchange, *header).map_err(NotWritten::Refused)?;
        out.write_all(&written).map_err(NotWritten::Output)?;
        header.control_number += 1;
    }
    if arguments.kind.is_empty() || arguments.kind.contains(&Kind::Implementation) {
        write_999_to(checked, interchange, *header, Some(file), out)?;
        header.control_number += 1;
    }
    if arguments.kind.contains(&Kind::Claims) {
        write_277ca_to(checked, interchange, *header, header.made_at.date(), file, out)?;
        header.control_number += 1;
    }
    Ok(())
}

fn wants_ta1(kinds: &[Kind], interchange: &InterchangeReport) -> bool {
    kinds.contains(&Kind::Ta1) || (kinds.is_empty() && (interchange.wants_acknowledgment || interchange.note > 0))
}
