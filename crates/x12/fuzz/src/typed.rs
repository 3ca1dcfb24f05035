//! Typed models of whatever set comes: neither reading nor writing fails, and what is written from the model of a set
//! that is accepted reads back as that model.
//!
//! Never demands that of a set with faults: a model has no place for a segment that stands where none may.

use x12::transactions::{
    acknowledgment_999, attachment_275, claim_837d, claim_837i, claim_837p, claim_acknowledgment_277ca,
    claim_status_276, claim_status_277, eligibility_270, eligibility_271, remittance_835, review_278,
};
use x12::{Delimiters, GroupHeader, InterchangeHeader, TransactionSet, Usage, Writer, read};

/// Reads a set as the model of its kind, writes that, reads it again and writes it again: both writings of an accepted
/// set are equal.
pub fn use_set(set: &TransactionSet<'_>, is_accepted: bool) {
    let id = set.id();
    let version = set.group_version.clone();
    let rewrite: fn(&TransactionSet<'_>, &mut Writer) = match &*id {
        "270" => |set, writer| eligibility_270::write(&eligibility_270::read(set).0, writer),
        "271" => |set, writer| eligibility_271::write(&eligibility_271::read(set).0, writer),
        "275" => |set, writer| attachment_275::write(&attachment_275::read(set).0, writer),
        "276" => |set, writer| claim_status_276::write(&claim_status_276::read(set).0, writer),
        "277" if version.contains("X214") => {
            |set, writer| claim_acknowledgment_277ca::write(&claim_acknowledgment_277ca::read(set).0, writer)
        }
        "277" => |set, writer| claim_status_277::write(&claim_status_277::read(set).0, writer),
        "278" => |set, writer| review_278::write(&review_278::read(set).0, writer),
        "835" => |set, writer| remittance_835::write(&remittance_835::read(set).0, writer),
        "837" if version.contains("X223") => |set, writer| claim_837i::write(&claim_837i::read(set).0, writer),
        "837" if version.contains("X224") => |set, writer| claim_837d::write(&claim_837d::read(set).0, writer),
        "837" => |set, writer| claim_837p::write(&claim_837p::read(set).0, writer),
        "999" => |set, writer| acknowledgment_999::write(&acknowledgment_999::read(set).0, writer),
        _ => return,
    };
    let Some(first) = written(rewrite, set, &version) else { return };
    let file = read(&first);
    let (_, _, again) = file.sets().next().expect("the set that was written");
    let second = written(rewrite, again, &version).unwrap_or_default();
    assert!(
        first == second || !is_accepted,
        "a model that was written reads back as another:\n{}\n{}",
        String::from_utf8_lossy(&first),
        String::from_utf8_lossy(&second)
    );
}

/// The file with the set as its model writes it; none where the writer refuses a value.
fn written(
    rewrite: fn(&TransactionSet<'_>, &mut Writer),
    set: &TransactionSet<'_>,
    version: &str,
) -> Option<Vec<u8>> {
    let sent_at = jiff::civil::date(2026, 9, 1).at(12, 53, 0, 0);
    let mut writer = Writer::new(InterchangeHeader {
        sender_qualifier: "ZZ".into(),
        sender: "SENDER".into(),
        receiver_qualifier: "ZZ".into(),
        receiver: "RECEIVER".into(),
        sent_at,
        control_number: 42,
        wants_acknowledgment: false,
        usage: Usage::Test,
        delimiters: Delimiters::default(),
    });
    writer.begin_group(&GroupHeader {
        functional_id: "XX".into(),
        sender: "SENDER".into(),
        receiver: "RECEIVER".into(),
        sent_at,
        control_number: 42,
        version: version.into(),
    });
    rewrite(set, &mut writer);
    writer.finish().ok()
}
