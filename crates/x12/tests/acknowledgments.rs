//! Every case is answered by a TA1 and a 999 that our own checker accepts, and that say what was found.
#![allow(clippy::unwrap_used)] // A test that cannot read its files must stop.

use std::path::Path;

use x12::{
    AcknowledgedFile, AcknowledgmentHeader, Checked, ShapeOnly, Verdict, check, write_277ca, write_999, write_999_with,
    write_ta1,
};

fn header() -> AcknowledgmentHeader {
    AcknowledgmentHeader { made_at: jiff::civil::date(2026, 9, 2).at(1, 2, 0, 0), control_number: 77 }
}

fn case(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases").join(name)).unwrap()
}

fn text_of_999(checked: &Checked) -> String {
    String::from_utf8(write_999(checked, &checked.interchanges[0], header()).unwrap().unwrap()).unwrap()
}

#[test]
fn the_answer_to_every_case_is_itself_accepted() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases");
    let mut answered = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let checked = check(&std::fs::read(&path).unwrap(), &ShapeOnly);
        for interchange in &checked.interchanges {
            let is_addressed = !interchange.sender.is_empty()
                && interchange.receiver.len() <= 15
                && interchange.sender_qualifier.len() == 2
                && interchange.receiver_qualifier.len() == 2;
            if !is_addressed {
                continue;
            }
            let Ok(ta1) = write_ta1(interchange, header()) else { panic!("{path:?}") };
            let ta1 = check(&ta1, &ShapeOnly);
            let is_readable = !path.to_string_lossy().contains("bad-env");
            assert!(ta1.verdict == Verdict::Accepted || !is_readable, "{path:?} {:?}", ta1.problems);
            if let Some(bytes) = write_999(&checked, interchange, header()).unwrap() {
                let answer = check(&bytes, &ShapeOnly);
                let text = String::from_utf8_lossy(&bytes);
                assert_eq!(answer.verdict, Verdict::Accepted, "{path:?} {text} {:?}", answer.problems);
                answered += 1;
            }
        }
    }
    assert!(answered > 60, "{answered}");
}

#[test]
fn a_bad_code_is_told_with_its_segment_loop_element_and_set() {
    let checked = check(&case("bad-837P-bad-sbr01.x12"), &ShapeOnly);
    let text = text_of_999(&checked);
    assert!(
        text.contains(
            "~AK1*HC*1*005010X222A1~AK2*837*0001*005010X222A1~IK3*SBR*13*2000B*8~IK4*1**7~IK5*R*5~AK9*R*1*1*0~"
        ),
        "{text}"
    );
}

#[test]
fn a_wrong_count_rejects_the_set_and_nothing_else() {
    let checked = check(&case("bad-env-se-count.x12"), &ShapeOnly);
    let text = text_of_999(&checked);
    assert!(text.contains("~IK5*R*4~AK9*R*1*1*0~"), "{text}");
}

#[test]
fn a_clean_file_is_accepted_by_both() {
    let checked = check(&case("ok-837P.x12"), &ShapeOnly);
    assert!(text_of_999(&checked).contains("~IK5*A~AK9*A*1*1*1~"));
    let ta1 = write_ta1(&checked.interchanges[0], header()).unwrap();
    assert!(String::from_utf8(ta1).unwrap().contains("~TA1*000000001*260901*1253*A*000~IEA*0*000000077~"));
}

#[test]
fn an_acknowledgment_is_not_acknowledged() {
    let checked = check(&case("ok-999-accept.x12"), &ShapeOnly);
    assert_eq!(write_999(&checked, &checked.interchanges[0], header()).unwrap(), None);
}

fn text_with_context(name: &str, copies_data: bool) -> String {
    let bytes = case(name);
    let checked = check(&bytes, &ShapeOnly);
    let file = AcknowledgedFile::held(&bytes);
    let file = if copies_data { file.copying_data() } else { file };
    let answer = write_999_with(&checked, &checked.interchanges[0], header(), Some(file)).unwrap().unwrap();
    let told = check(&answer, &ShapeOnly);
    assert_eq!(told.verdict, Verdict::Accepted, "{name} {:?}", told.problems);
    String::from_utf8(answer).unwrap()
}

#[test]
fn the_claim_the_element_and_on_request_the_value_are_told() {
    let text = text_with_context("bad-837P-bad-clm05-freq.x12", false);
    assert!(text.contains("~IK3*CLM*19*2300*8~CTX*CLM01:A1~IK4*5:3*1325*7~IK5*R*5~"), "{text}");
    let text = text_with_context("bad-837P-bad-clm05-freq.x12", true);
    assert!(text.contains("~IK4*5:3*1325*7*0~IK5*R*5~"), "{text}");
    // Above the claims there is none to name.
    let text = text_with_context("bad-837P-bad-sbr01.x12", false);
    assert!(text.contains("~IK3*SBR*13*2000B*8~IK4*1*1138*7~IK5*R*5~"), "{text}");
}

#[test]
fn what_a_situation_hangs_on_is_told() {
    let text = text_with_context("bad-837P-bad-sv1-units-zero.x12", false);
    assert!(text.contains("~CTX*CLM01:A1~IK4*4*380*I12~"), "{text}");
    assert!(text.contains("~CTX*SITUATIONAL TRIGGER*SV1*26*2400*4*380~IK5*R*5~"), "{text}");
}

#[test]
fn a_missing_accident_date_is_told_with_the_code_that_asks_for_it() {
    let text = String::from_utf8(case("ok-837P.x12")).unwrap();
    let bytes = text.replacen("*Y*A*Y*Y~", "*Y*A*Y*Y**AA:::TX~", 1).into_bytes();
    let checked = check(&bytes, &ShapeOnly);
    let file = AcknowledgedFile::held(&bytes);
    let answer = write_999_with(&checked, &checked.interchanges[0], header(), Some(file)).unwrap().unwrap();
    let told = check(&answer, &ShapeOnly);
    let text = String::from_utf8(answer).unwrap();
    assert_eq!(told.verdict, Verdict::Accepted, "{text} {:?}", told.problems);
    assert!(text.contains("~CTX*SITUATIONAL TRIGGER*CLM*19*2300*11:1*1362~"), "{text}");
    assert!(text.contains("~CTX*CLM01:A1~"), "{text}");
}

/// Every claim file of the cases gets a 277CA that our own engine accepts, with totals that balance; what is sent back
/// is what has problems.
#[test]
fn claims_are_taken_or_sent_back_one_by_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases");
    let (mut taken, mut sent_back) = (0, 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let checked = check(&bytes, &ShapeOnly);
        for interchange in &checked.interchanges {
            let received_on = jiff::civil::date(2026, 9, 1);
            let Some(answer) = write_277ca(&bytes, &checked, interchange, header(), received_on).unwrap() else {
                continue;
            };
            let text = String::from_utf8_lossy(&answer).into_owned();
            let told = check(&answer, &ShapeOnly);
            let is_clean = checked.verdict == Verdict::Accepted;
            // What the claim file lacks, such as a name, its answer lacks too.
            assert!(told.verdict == Verdict::Accepted || !is_clean, "{path:?} {text} {:#?}", told.problems.kept());
            assert_eq!(text.contains("*U*"), !is_clean, "{path:?} {text}");
            taken += text.matches(":20*").count();
            sent_back += usize::from(!is_clean && told.verdict == Verdict::Accepted);
        }
    }
    assert!(taken >= 15 && sent_back >= 30, "{taken} {sent_back}");
}

#[test]
fn a_277ca_adds_up_what_each_provider_sent() {
    let text = String::from_utf8(case("ok-837P.x12")).unwrap();
    let mut segments: Vec<String> = text.split('~').map(|segment| segment.trim().to_owned()).collect();
    let at = |id: &str| segments.iter().position(|segment| segment.starts_with(id)).unwrap();
    let (level, claim, end) = (at("HL*"), at("CLM*"), at("SE*"));
    // A second claim of the first provider, with a frequency that there is not, and a second provider with one claim.
    let spoilt = segments[claim..end].iter().map(|one| one.replace("CLM*A1*", "CLM*A2*").replace(":B:1*", ":B:0*"));
    let second = segments[level..end].iter().map(|one| one.replace("HL*2*1*", "HL*4*3*").replace("HL*1*", "HL*3*"));
    let more: Vec<String> = spoilt.chain(second.map(|one| one.replace("CLM*A1*", "CLM*A3*"))).collect();
    segments.splice(end..end, more);
    let (start, end) = (2, segments.iter().position(|segment| segment.starts_with("SE*")).unwrap());
    segments[end] = format!("SE*{}*0001", end - start + 1);
    let bytes = segments.join("~").into_bytes();
    let checked = check(&bytes, &ShapeOnly);
    let received_on = jiff::civil::date(2026, 9, 1);
    let answer = write_277ca(&bytes, &checked, &checked.interchanges[0], header(), received_on).unwrap().unwrap();
    let told = check(&answer, &ShapeOnly);
    let text = String::from_utf8(answer).unwrap();
    assert_eq!(told.verdict, Verdict::Accepted, "{text} {:?}", told.problems);
    let line = |parts: &str| assert!(text.contains(parts), "{parts} in {text}");
    line("~STC*A1:19*20260902*WQ*450~QTY*90*2~QTY*AA*1~AMT*YU*300~AMT*YY*150~HL*3*");
    line("~TRN*1*0~STC*A1:19**WQ*300~QTY*QA*1~QTY*QC*1~AMT*YU*150~AMT*YY*150~HL*4*");
    line("~TRN*1*0~STC*A1:19**WQ*150~QTY*QA*1~AMT*YU*150~HL*");
}

#[test]
fn a_277ca_names_claim_reason_and_entity() {
    let bytes = case("bad-837P-bad-npi-checkdigit.x12");
    let checked = check(&bytes, &ShapeOnly);
    let received_on = jiff::civil::date(2026, 9, 1);
    let answer = write_277ca(&bytes, &checked, &checked.interchanges[0], header(), received_on).unwrap().unwrap();
    let text = String::from_utf8(answer).unwrap();
    assert!(text.contains("~TRN*2*A1~STC*A7:562:85*20260902*U*150~"), "{text}");
    assert!(text.contains("~QTY*AA*1~AMT*YY*150~"), "{text}");
    let clean = case("ok-837I.x12");
    let checked = check(&clean, &ShapeOnly);
    let answer = write_277ca(&clean, &checked, &checked.interchanges[0], header(), received_on).unwrap().unwrap();
    let text = String::from_utf8(answer).unwrap();
    assert!(text.contains("~REF*BLT*") && text.contains("~QTY*90*1~"), "{text}");
}

/// The group of a 4010 claim file is refused as a whole: no set of it may be told accepted.
#[test]
fn a_set_of_a_refused_version_is_rejected_with_its_group() {
    let text = String::from_utf8(case("ok-837P.x12")).unwrap().replace("005010X222A1", "004010X098A1");
    let checked = check(text.as_bytes(), &ShapeOnly);
    let sets: Vec<bool> = checked.sets().map(|(_, _, set)| set.is_accepted()).collect();
    assert_eq!((checked.verdict, sets), (Verdict::Rejected, vec![false]));
    let answer = text_of_999(&checked);
    assert!(answer.contains("~IK5*R*I6~AK9*R*1*1*0*2~"), "{answer}");
    assert_eq!(check(answer.as_bytes(), &ShapeOnly).verdict, Verdict::Accepted);
}
