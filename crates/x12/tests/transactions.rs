//! Typed transactions against whole files: what is read and written again is the same file.
#![allow(clippy::unwrap_used, clippy::expect_used)] // what sets a test up must stop it where it cannot

use std::path::PathBuf;

use x12::transactions::{
    acknowledgment_999, attachment_275, claim_837d, claim_837i, claim_837p, claim_acknowledgment_277ca,
    claim_status_276, claim_status_277, eligibility_270, eligibility_271, interchange_acknowledgment_ta1,
    remittance_835, review_278,
};
use x12::{Amount, Delimiters, GroupHeader, InterchangeHeader, TransactionSet, Usage, Writer};

fn case(name: &str) -> Vec<u8> {
    let folder = if name.starts_with("ok-") { "cases" } else { "clean" };
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12").join(folder).join(format!("{name}.x12"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn header() -> InterchangeHeader {
    InterchangeHeader {
        sender_qualifier: "ZZ".into(),
        sender: "SUBMITTER".into(),
        receiver_qualifier: "ZZ".into(),
        receiver: "RECEIVER".into(),
        sent_at: jiff::civil::date(2026, 9, 1).at(12, 53, 0, 0),
        control_number: 1,
        wants_acknowledgment: false,
        usage: Usage::Test,
        delimiters: Delimiters::default(),
    }
}

fn writer() -> Writer {
    let mut writer = Writer::new(header());
    let sent_at = header().sent_at;
    writer.begin_group(&GroupHeader {
        functional_id: "XX".into(),
        sender: "SUBMITTER".into(),
        receiver: "RECEIVER".into(),
        sent_at,
        control_number: 1,
        version: "005010".into(),
    });
    writer
}

/// The segments of a set, one text each.
fn lines(set: &TransactionSet<'_>) -> Vec<String> {
    set.segments().map(|segment| String::from_utf8_lossy(segment.raw()).into_owned()).collect()
}

/// Reads every set of a case, writes it again and compares segment by segment.
fn check_round_trip(name: &str, rewrite: impl Fn(&TransactionSet<'_>, &mut Writer) -> usize) {
    let bytes = case(name);
    let file = x12::read(&bytes);
    let mut writer = writer();
    let mut expected = Vec::new();
    for (_, _, set) in file.sets() {
        assert_eq!(rewrite(set, &mut writer), 0, "{name}: problems while reading");
        expected.extend(lines(set));
    }
    assert!(!expected.is_empty(), "{name}: no transaction set");
    let written = writer.finish().unwrap();
    let again = x12::read(&written);
    let actual: Vec<String> = again.sets().flat_map(|(_, _, set)| lines(set)).collect();
    assert_eq!(actual, expected, "{name}");
}

#[test]
fn an_835_is_written_as_it_was_read() {
    for name in ["ok-835", "ok-835-reversal", "ok-835-two-sets", "ok-835-zero-pay"] {
        check_round_trip(name, |set, writer| {
            let (remittance, problems) = remittance_835::read(set);
            remittance_835::write(&remittance, writer);
            problems.len()
        });
    }
}

#[test]
fn an_837p_is_written_as_it_was_read() {
    for name in ["ok-837P", "ok-837P-dependent", "ok-837P-two-sets"] {
        check_round_trip(name, |set, writer| {
            let (file, problems) = claim_837p::read(set);
            claim_837p::write(&file, writer);
            problems.len()
        });
    }
}

#[test]
fn acknowledgments_are_written_as_they_were_read() {
    for name in ["ok-999-accept", "ok-999-reject"] {
        check_round_trip(name, |set, writer| {
            let (answer, problems) = acknowledgment_999::read(set);
            acknowledgment_999::write(&answer, writer);
            problems.len()
        });
    }
    check_round_trip("ok-277CA", |set, writer| {
        let (answer, problems) = claim_acknowledgment_277ca::read(set);
        claim_acknowledgment_277ca::write(&answer, writer);
        problems.len()
    });
}

#[test]
fn questions_and_answers_are_written_as_they_were_read() {
    check_round_trip("ok-270", |set, writer| {
        let (inquiries, problems) = eligibility_270::read(set);
        eligibility_270::write(&inquiries, writer);
        problems.len()
    });
    for name in ["ok-271", "ok-271-AAA"] {
        check_round_trip(name, |set, writer| {
            let (answers, problems) = eligibility_271::read(set);
            eligibility_271::write(&answers, writer);
            problems.len()
        });
    }
    check_round_trip("ok-276", |set, writer| {
        let (questions, problems) = claim_status_276::read(set);
        claim_status_276::write(&questions, writer);
        problems.len()
    });
    check_round_trip("ok-277", |set, writer| {
        let (answers, problems) = claim_status_277::read(set);
        claim_status_277::write(&answers, writer);
        problems.len()
    });
}

#[test]
fn a_ta1_is_written_as_it_was_read() {
    for (name, accepted) in [("ok-TA1-accept", true), ("ok-TA1-reject", false)] {
        let bytes = case(name);
        let file = x12::read(&bytes);
        let ta1 = file.interchanges[0].acknowledgments[0];
        let answer = interchange_acknowledgment_ta1::read(&ta1);
        assert_eq!(answer.is_accepted(), accepted, "{name}");
        let mut writer = Writer::new(header());
        interchange_acknowledgment_ta1::write(&answer, &mut writer);
        let written = writer.finish().unwrap();
        let again = x12::read(&written);
        assert_eq!(again.interchanges[0].acknowledgments[0].raw(), ta1.raw(), "{name}");
    }
}

#[test]
fn a_277ca_tells_each_claim_and_the_submission_it_was_in() {
    let bytes = case("ok-277CA");
    let file = x12::read(&bytes);
    let (_, _, set) = file.sets().next().unwrap();
    let (answer, _) = claim_acknowledgment_277ca::read(set);
    assert!(answer.is_from_payer());
    let claims: Vec<_> = answer
        .claims()
        .map(|(receiver, claim)| {
            let codes: Vec<_> =
                claim.statuses.iter().flat_map(|status| &status.codes).map(|code| &*code.category).collect();
            (receiver.trace.as_ref().unwrap().number.as_ref(), claim.patient_control_number(), codes)
        })
        .collect();
    assert_eq!(claims, [("0123", "A1", vec!["A2"]), ("0123", "A2", vec!["A3", "A3"])]);
}

#[test]
fn an_835_keeps_every_cent_where_the_payer_put_it() {
    let bytes = case("ok-835");
    let file = x12::read(&bytes);
    let (_, _, set) = file.sets().next().unwrap();
    let (remittance, _) = remittance_835::read(set);
    assert_eq!(remittance.payment.amount, Amount::from_cents(8000));
    assert_eq!(remittance.trace_number, "12345");
    let claims: Vec<_> = remittance.claims().collect();
    assert_eq!(claims.len(), 2);
    assert_eq!(claims[0].lines[0].line_control_number(), Some("L1"));
    assert_eq!(claims[0].lines[0].allowed_amount(), Some(Amount::from_cents(8000)));
    assert_eq!(claims[1].lines[0].remarks, [("HE".into(), "N30".into())]);
    let source = &claims[1].lines[0].source;
    assert!(bytes[source.bytes.clone()].starts_with(b"SVC*HC:99212*75*0**1"));
    assert!(bytes[source.bytes.clone()].ends_with(b"LQ*HE*N30"));
    assert_eq!(remittance.provider_adjustments[0].items[0].reference, "ICN000");
}

#[test]
fn every_claim_is_found_whether_the_patient_is_subscriber_or_dependent() {
    let bytes = case("ok-837P-two-sets");
    let file = x12::read(&bytes);
    let patients: Vec<(String, String)> = file
        .sets()
        .flat_map(|(_, _, set)| {
            let (claims, _) = claim_837p::read(set);
            claims
                .claims()
                .map(|one| (one.patient().name.first.to_string(), one.payer().name.id.to_string()))
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(patients, [("JOHN".into(), "60054".into()), ("AMY".into(), "60054".into())]);
}

#[test]
fn an_unreadable_amount_is_a_problem_and_not_a_panic() {
    let bytes = String::from_utf8(case("ok-835")).unwrap().replace("CLP*A1*1*150*", "CLP*A1*1*15O*");
    let file = x12::read(bytes.as_bytes());
    let (_, _, set) = file.sets().next().unwrap();
    let (remittance, problems) = remittance_835::read(set);
    assert_eq!(remittance.claims().count(), 2);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].place(), "CLP03");
}

/// Reads a file with every typed reader, whatever it is.
fn read_with_all(bytes: &[u8]) {
    let file = x12::read(bytes);
    for interchange in &file.interchanges {
        interchange.acknowledgments.iter().for_each(|ta1| drop(interchange_acknowledgment_ta1::read(ta1)));
    }
    for (_, _, set) in file.sets() {
        drop(claim_837p::read(set));
        drop(remittance_835::read(set));
        drop(acknowledgment_999::read(set));
        drop(claim_acknowledgment_277ca::read(set));
        drop(eligibility_270::read(set));
        drop(eligibility_271::read(set));
        drop(claim_status_276::read(set));
        drop(claim_status_277::read(set));
    }
}

#[test]
fn no_cut_and_no_wrong_byte_stops_a_reader() {
    for name in ["ok-837P-dependent", "ok-835", "ok-999-reject", "ok-277CA", "ok-270", "ok-271", "ok-276", "ok-277"] {
        let whole = case(name);
        for at in 0..whole.len() {
            read_with_all(&whole[..at]);
            for byte in [b'~', b':', 0xff] {
                let mut wrong = whole.clone();
                wrong[at] = byte;
                read_with_all(&wrong);
            }
        }
    }
}

#[test]
fn institutional_and_dental_claims_are_written_as_they_were_read() {
    for name in ["ok-837I", "ok-837I-A2", "837i-outpatient-secondary", "837i-dependent"] {
        check_round_trip(name, |set, writer| {
            let (file, problems) = claim_837i::read(set);
            claim_837i::write(&file, writer);
            problems.len()
        });
    }
    for name in ["ok-837D", "837d-dependent-secondary"] {
        check_round_trip(name, |set, writer| {
            let (file, problems) = claim_837d::read(set);
            claim_837d::write(&file, writer);
            problems.len()
        });
    }
}

#[test]
fn reviews_and_attachments_are_written_as_they_were_read() {
    for name in ["ok-278", "278-request-dependent", "278-response", "278-response-refused"] {
        check_round_trip(name, |set, writer| {
            let (review, problems) = review_278::read(set);
            review_278::write(&review, writer);
            problems.len()
        });
    }
    for name in ["275-unsolicited", "275-solicited-6020"] {
        check_round_trip(name, |set, writer| {
            let (attachment, problems) = attachment_275::read(set);
            attachment_275::write(&attachment, writer);
            problems.len()
        });
    }
}

#[test]
fn a_provider_keeps_the_place_where_the_address_was_read() {
    let text = String::from_utf8(case("275-solicited-6020")).unwrap();
    let provider = "NM1*1P*2*SUNRISE CLINIC*****XX*1234567893~";
    let address = "N3*1 MAIN ST~N4*AUSTIN*TX*787010001~";
    for place in ["", "NX1*1P~"] {
        let told = format!("{provider}{place}{address}");
        let text = text.replace('\n', "").replacen(provider, &told, 1);
        let mut document = x12::Document::read(text.as_bytes());
        document.recount();
        let bytes = document.to_bytes();
        let file = x12::read(&bytes);
        let (attachment, problems) = attachment_275::read(file.sets().next().unwrap().2);
        assert_eq!(problems, []);
        let mut writer = writer_of("PI", attachment_275::ADOPTED);
        attachment_275::write(&attachment, &mut writer);
        let written = writer.finish_accepted(&x12::ShapeOnly).unwrap();
        assert!(String::from_utf8_lossy(&written).contains(&told), "{}", String::from_utf8_lossy(&written));
    }
}

#[test]
fn an_837i_tells_the_stay_its_codes_and_its_lines() {
    let bytes = case("837i-dependent");
    let file = x12::read(&bytes);
    let (claims, _) = claim_837i::read(file.sets().next().unwrap().2);
    let found = claims.claims().next().unwrap();
    assert_eq!(found.patient().name.first, "AMY");
    let claim = found.claim;
    assert_eq!((&*claim.place_of_service, &*claim.frequency, &*claim.own.patient_status), ("11", "1", "01"));
    assert_eq!(claim.charge_amount, Amount::from_cents(250_000));
    let procedures: Vec<_> = claim.codes_of("BBR").chain(claim.codes_of("BBQ")).map(|code| &*code.code).collect();
    assert_eq!(procedures, ["0DTJ4ZZ", "0DJD8ZZ"]);
    assert_eq!(claim.codes_of("BE").next().unwrap().amount, "900");
    assert_eq!(claim.provider("71").unwrap().name.npi(), Some("1245319599"));
    let lines: Vec<_> =
        claim.lines.iter().map(|line| (&*line.service.revenue_code, line.service.charge_amount.cents())).collect();
    assert_eq!(lines, [("0120", 200_000), ("0250", 50_000)]);
    assert_eq!(claim.lines[1].drug.as_ref().unwrap().code, "00002140701");
}

#[test]
fn an_837d_tells_teeth_and_what_another_payer_decided() {
    let bytes = case("837d-dependent-secondary");
    let file = x12::read(&bytes);
    let (claims, _) = claim_837d::read(file.sets().next().unwrap().2);
    let claim = claims.claims().next().unwrap().claim;
    assert_eq!(claim.own.orthodontics.as_ref().unwrap().months, "24");
    assert_eq!(claim.own.tooth_statuses[0].tooth, "14");
    assert_eq!((&*claim.lines[0].service.teeth[0].number, claim.lines[0].service.teeth[0].surfaces.len()), ("3", 2));
    assert_eq!(claim.lines[1].service.oral_cavities, ["20"]);
    assert_eq!(claim.lines[0].other_payers[0].paid_amount, Amount::from_cents(14_000));
    assert_eq!(claim.other_payers[0].payer.name.id, "FP001");
}

#[test]
fn a_278_tells_what_was_asked_and_what_was_decided() {
    let bytes = case("278-response");
    let file = x12::read(&bytes);
    let (review, _) = review_278::read(file.sets().next().unwrap().2);
    assert!(review.is_response());
    assert_eq!(review.patient().name.id, "W123456789");
    let event = &review.events[0];
    assert_eq!(event.decision.as_ref().unwrap().number, "CERT77");
    assert_eq!(event.services[0].decision.as_ref().unwrap().action, "A6");
    let review_278::ServiceDetail::Professional { procedure, units, .. } = event.services[0].detail.as_ref().unwrap()
    else {
        panic!("a professional service");
    };
    assert_eq!((&*procedure.code, &**units), ("97110", "4"));
    let bytes = case("278-request-dependent");
    let file = x12::read(&bytes);
    let (request, _) = review_278::read(file.sets().next().unwrap().2);
    assert!(!request.is_response());
}

#[test]
fn a_document_comes_back_octet_by_octet() {
    let picture: Vec<u8> = (0..=255).rev().collect();
    let bytes = case("275-unsolicited");
    let file = x12::read(&bytes);
    let (mut attachment, _) = attachment_275::read(file.sets().next().unwrap().2);
    assert_eq!(&*attachment.items[0].documents[0].octets, b"NOTE~WITH*ALL:SIGNS^IN");
    assert_eq!(attachment.reference("EJ"), Some("A1"));
    attachment.items[0].documents[0].octets = picture.clone().into();
    for (guide, encoding) in [(attachment_275::EARLIER, ""), (attachment_275::ADOPTED, "ASB")] {
        attachment.implementation = guide.into();
        attachment.items[0].documents[0].encoding = encoding.into();
        attachment.items[0].documents[0].object = if encoding.is_empty() { vec![] } else { vec!["1".into()] };
        let mut writer = writer_of("PI", guide);
        attachment_275::write(&attachment, &mut writer);
        let written = writer.finish_accepted(&x12::ShapeOnly).unwrap();
        let again = x12::read(&written);
        let (read, problems) = attachment_275::read(again.sets().next().unwrap().2);
        assert!(problems.is_empty());
        assert_eq!(&*read.items[0].documents[0].octets, &picture[..], "{guide}");
    }
}

fn writer_of(kind: &str, guide: &str) -> Writer {
    let mut writer = Writer::new(header());
    writer.begin_group(&GroupHeader {
        functional_id: kind.into(),
        sender: "SUBMITTER".into(),
        receiver: "RECEIVER".into(),
        sent_at: header().sent_at,
        control_number: 1,
        version: guide.into(),
    });
    writer
}

#[test]
fn what_the_receiver_would_reject_is_not_given_out() {
    let bytes = case("ok-837I");
    let file = x12::read(&bytes);
    let (mut claims, _) = claim_837i::read(file.sets().next().unwrap().2);
    let written = |claims: &claim_837i::ClaimFile<'_>| {
        let mut writer = writer_of("HC", "005010X223A3");
        claim_837i::write(claims, &mut writer);
        writer.finish_accepted(&x12::ShapeOnly)
    };
    assert!(written(&claims).is_ok());
    let claim = &mut claims.billing_providers[0].subscribers[0].claims[0];
    claim.charge_amount = Amount::from_cents(150_001);
    let Err(refused @ x12::WriteError::Rejected(_)) = written(&claims) else { panic!("a claim that does not balance") };
    assert!(refused.to_string().starts_with("the receiver would reject the file: 2300 CLM02"), "{refused}");
}

#[test]
fn no_length_that_does_not_count_its_data_is_written() {
    let refused = |write: &dyn Fn(&mut Writer)| {
        let mut writer = writer_of("PI", attachment_275::ADOPTED);
        writer.begin_set("275", Some(attachment_275::ADOPTED));
        write(&mut writer);
        writer.segment("LX", ["1"]);
        writer.finish()
    };
    // A reader would take the next segment for data of the first, or the data for segments.
    for told in [
        refused(&|writer| {
            writer.segment("BDS", ["ASB", "6", "A"]);
        }),
        refused(&|writer| {
            writer.segment("BIN", ["6", "A"]);
        }),
        refused(&|writer| {
            writer.binary("BDS", &[], b"A~SE*1~");
        }),
        refused(&|writer| {
            writer.binary("BIN", &["ASB"], b"A~SE*1~");
        }),
        refused(&|writer| {
            writer.binary("BDS", &["A".repeat(70).as_str()], b"A~SE*1~");
        }),
    ] {
        assert!(matches!(told, Err(x12::WriteError::Misplaced(_))), "{told:?}");
    }
    let bytes = refused(&|writer| {
        writer.binary("BDS", &["ASB"], b"A~SE*1~");
    })
    .unwrap();
    assert_eq!(x12::read(&bytes).sets().next().unwrap().2.body().count(), 2);
}
