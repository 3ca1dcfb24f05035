//! Who sends a file to whom, under which numbers and when; and why a file was not written.

use billing::claim::submission::ControlNumbers;
use jiff::civil::DateTime;
use x12::{Delimiters, GroupHeader, InterchangeHeader, Usage, Writer};

/// The outside of one outbound file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Our name, as the clearinghouse has it (1000A).
    pub submitter_name: String,
    /// Our id at the clearinghouse (ISA06, GS02, 1000A).
    pub submitter_id: String,
    /// Telephone of the person to call about a file; ten digits, may be empty.
    pub contact_phone: String,
    /// E-mail of the same; may be empty.
    pub contact_email: String,
    /// Where it goes (ISA08, GS03, 1000B).
    pub receiver_id: String,
    /// ISA13, GS06 and ST02, each used once.
    pub control_numbers: ControlNumbers,
    /// When it is sealed, in the practice's own time.
    pub sealed_at: DateTime,
    /// For the receiver's test system: nothing in it is real.
    pub is_test: bool,
}

/// Why a file was not written: a sentence without patient data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotWritten {
    /// What is wrong and what to do.
    pub sentence: String,
    /// Places of the problems found by reading back, in the words of the guide.
    pub problems: Vec<String>,
}

impl std::fmt::Display for NotWritten {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.sentence)?;
        for problem in &self.problems {
            write!(f, " {problem}.")?;
        }
        Ok(())
    }
}

impl std::error::Error for NotWritten {}

impl NotWritten {
    pub(crate) fn because(sentence: impl Into<String>) -> Self {
        NotWritten { sentence: sentence.into(), problems: Vec::new() }
    }
}

/// Problems named in a refusal; the first ones tell the cause, and a whole file of them would not be read.
const PROBLEMS_NAMED: usize = 5;

/// Whether our own check accepts the file; else the places at fault.
pub(crate) fn accepted_by_our_check(bytes: &[u8]) -> Result<(), NotWritten> {
    let checked = x12::check(bytes, &crate::check::OurTables);
    if checked.verdict == x12::Verdict::Accepted {
        return Ok(());
    }
    let errors = checked.problems.kept().iter().filter(|problem| problem.severity == x12::Severity::Error);
    Err(NotWritten {
        sentence: "The file was not written, because a receiver would reject it.".to_owned(),
        problems: errors
            .take(PROBLEMS_NAMED)
            .map(|problem| format!("{}: {} {}", problem.place(), problem.message, problem.remedy.trim_end_matches('.')))
            .collect(),
    })
}

impl From<x12::WriteError> for NotWritten {
    fn from(error: x12::WriteError) -> Self {
        NotWritten::because(format!("The file was not written: {error}."))
    }
}

impl Envelope {
    /// The submitter's own number of the file (BHT03), by which a 277CA names it: the interchange's number.
    pub fn reference(&self) -> String {
        format!("{:09}", self.control_numbers.interchange)
    }

    /// BHT05.
    pub(crate) fn time(&self) -> String {
        x12::date::format_hhmm(self.sealed_at.time())
    }

    /// Opens interchange and group.
    pub(crate) fn open(&self, functional_id: &str, version: &str) -> Result<Writer, NotWritten> {
        let number = |value: i64| {
            u32::try_from(value).map_err(|_| NotWritten::because("The control number does not fit nine digits."))
        };
        let mut writer = Writer::new(InterchangeHeader {
            sender_qualifier: "ZZ".into(),
            sender: self.submitter_id.clone(),
            receiver_qualifier: "ZZ".into(),
            receiver: self.receiver_id.clone(),
            sent_at: self.sealed_at,
            control_number: number(self.control_numbers.interchange)?,
            wants_acknowledgment: true,
            usage: if self.is_test { Usage::Test } else { Usage::Production },
            delimiters: Delimiters::default(),
        });
        writer.begin_group(&GroupHeader {
            functional_id: functional_id.into(),
            sender: self.submitter_id.clone(),
            receiver: self.receiver_id.clone(),
            sent_at: self.sealed_at,
            control_number: number(self.control_numbers.group)?,
            version: version.into(),
        });
        Ok(writer)
    }
}
