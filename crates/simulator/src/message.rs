//! Envelopes of what the payer and clearinghouse send. Never content: each message has a file of its own.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use x12::{Delimiters, GroupHeader, InterchangeHeader, Usage, Writer};

/// The clearinghouse's id on every envelope it sends; also accepted as a receiver id of any route.
pub const CLEARINGHOUSE_ID: &str = "SIMCLEAR";
/// Its name inside messages.
pub const CLEARINGHOUSE_NAME: &str = "SIMULATED CLEARINGHOUSE";

/// What kind of message a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum MessageKind {
    /// TA1.
    InterchangeAcknowledgment,
    /// 999.
    ImplementationAcknowledgment,
    /// 277CA.
    ClaimAcknowledgment,
    /// 835.
    Remittance,
    /// 271.
    Eligibility,
    /// 277.
    ClaimStatus,
}

impl MessageKind {
    /// The ending of a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::InterchangeAcknowledgment => "ta1",
            Self::ImplementationAcknowledgment => "999",
            Self::ClaimAcknowledgment => "277ca",
            Self::Remittance => "835",
            Self::Eligibility => "271",
            Self::ClaimStatus => "277",
        }
    }
}

/// A file on its way to the practice.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct OutboundFile {
    /// A name that no other file of this simulator has: control number and kind; a repeated file has a name of its own.
    pub name: String,
    /// What it is.
    pub kind: MessageKind,
    /// When it was made.
    pub at: Timestamp,
    /// The payer who speaks; None where the clearinghouse does.
    pub payer_id: Option<String>,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// The practice's end of the line, as its own envelopes name it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Partner {
    /// ISA05 and ISA06 of what it sent.
    pub id: (String, String),
    /// GS02 of what it sent.
    pub application_id: String,
    /// ISA07 and ISA08 of what it sent: the name it knows us by.
    pub knows_us_as: (String, String),
    /// GS03 of what it sent.
    pub knows_our_application_as: String,
    /// ISA15.
    pub test: bool,
}

/// The civil time of the envelopes: the simulator keeps universal time.
pub fn civil(at: Timestamp) -> DateTime {
    TimeZone::UTC.to_datetime(at)
}

/// The functional group and guide of a message.
pub struct Group {
    /// GS01.
    pub functional_id: &'static str,
    /// GS08.
    pub version: &'static str,
}

fn or<'t>(text: &'t str, otherwise: &'t str) -> String {
    if text.is_empty() { otherwise.to_owned() } else { text.to_owned() }
}

/// The interchange header of an answer to this partner.
pub fn header(partner: &Partner, at: Timestamp, control_number: u32) -> InterchangeHeader {
    InterchangeHeader {
        sender_qualifier: or(&partner.knows_us_as.0, "ZZ"),
        sender: or(&partner.knows_us_as.1, CLEARINGHOUSE_ID),
        receiver_qualifier: or(&partner.id.0, "ZZ"),
        receiver: or(&partner.id.1, "UNKNOWN"),
        sent_at: civil(at),
        control_number,
        wants_acknowledgment: false,
        usage: if partner.test { Usage::Test } else { Usage::Production },
        delimiters: Delimiters::default(),
    }
}

/// Opens an interchange with one group for this partner.
pub fn open(partner: &Partner, at: Timestamp, control_number: u32, group: &Group) -> Writer {
    let mut writer = Writer::new(header(partner, at, control_number));
    writer.begin_group(&GroupHeader {
        functional_id: group.functional_id.to_owned(),
        sender: or(&partner.knows_our_application_as, CLEARINGHOUSE_ID),
        receiver: or(&partner.application_id, "UNKNOWN"),
        sent_at: civil(at),
        control_number,
        version: group.version.to_owned(),
    });
    writer
}
