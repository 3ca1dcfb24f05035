//! PWK: what else belongs to a claim or a review, and where it is to be found.

use super::fields::Reader;
use super::out::Out;
use super::text::Text;

/// Report type, transmission and control number (PWK01, PWK02, PWK06); the qualifier of the number follows from it.
pub(crate) type Attachment<'a> = (Text<'a>, Text<'a>, Text<'a>);

pub(crate) fn read_attachment<'a>(r: &Reader<'_, 'a>) -> Attachment<'a> {
    (r.text(1), r.text(2), r.text(6))
}

pub(crate) fn write_attachments(attachments: &[Attachment<'_>], out: &mut Out<'_>) {
    for (report, transmission, control_number) in attachments {
        let qualifier = if control_number.is_empty() { "" } else { "AC" };
        out.begin("PWK").text(report).text(transmission).skip(2).text(qualifier).text(control_number).end();
    }
}
