//! Binary segments in whole files: separators inside counted data, lengths that do not hold, data longer than a block.
#![allow(clippy::unwrap_used)] // A test that cannot read its own file must stop.

use x12::{ShapeOnly, Verdict, check, read};

/// An interchange of kind PI around segments that no guide is asked about.
fn file(body: &[&[u8]]) -> Vec<u8> {
    let mut out =
        b"ISA*00*          *00*          *ZZ*CLINIC         *ZZ*PAYER          *260901*1253*^*00501*000000001*0*T*:~\
GS*PI*CLINIC*PAYER*20260901*1253*1*X*005010X298~ST*275*0001*005010X298~"
            .to_vec();
    for segment in body {
        out.extend_from_slice(segment);
        out.push(b'~');
    }
    out.extend_from_slice(format!("SE*{}*0001~GE*1*1~IEA*1*000000001~", body.len() + 2).as_bytes());
    out
}

fn codes(bytes: &[u8]) -> Vec<String> {
    let checked = check(bytes, &ShapeOnly);
    checked.problems.kept().iter().map(|problem| format!("{} {}", problem.code, problem.place())).collect()
}

#[test]
fn a_picture_with_every_separator_in_it_is_one_segment() {
    let picture: Vec<u8> = (0..=255).collect();
    let mut segment = format!("BIN*{}*", picture.len()).into_bytes();
    segment.extend_from_slice(&picture);
    let bytes = file(&[b"BGN*11*1*20260901", &segment, b"LX*2"]);
    let checked = check(&bytes, &ShapeOnly);
    assert_eq!(checked.verdict, Verdict::Accepted, "{:?}", codes(&bytes));
    let file = read(&bytes);
    let (_, _, set) = file.sets().next().unwrap();
    let ids: Vec<_> = set.body().map(|segment| segment.id()).collect();
    assert_eq!(ids, ["BGN", "BIN", "LX"]);
    assert!(set.body().nth(1).unwrap().raw().ends_with(&picture));
}

#[test]
fn data_larger_than_a_block_is_read_whole() {
    let mut segment = b"BDS*ASB*300000*".to_vec();
    segment.extend(std::iter::repeat_n(b"SE*1*~".as_slice(), 50_000).flatten());
    let bytes = file(&[b"BGN*11*1*20260901", &segment, b"LX*2"]);
    assert_eq!(codes(&bytes), Vec::<String>::new());
    assert_eq!(check(&bytes, &ShapeOnly).segments, 9);
}

#[test]
fn a_length_that_a_gateway_broke_gives_one_problem_and_the_rest_is_read() {
    for (segment, code) in [
        (&b"BIN*9*A~B*C"[..], "IK403=4 BIN02"),
        (b"BIN*900000*A~B*C", "IK403=4 BIN02"),
        (b"BIN*2*A~B*C", "IK403=5 BIN02"),
        (b"BDS*B64*9*A~B*C", "IK403=4 BDS03"),
    ] {
        let bytes = file(&[b"BGN*11*1*20260901", segment, b"LX*2"]);
        assert_eq!(codes(&bytes), [code], "{}", String::from_utf8_lossy(segment));
        assert_eq!(read(&bytes).sets().next().unwrap().2.body().count(), 3);
    }
}

#[test]
fn a_file_cut_inside_binary_data_is_cut_off_and_nothing_else() {
    let bytes = file(&[b"BGN*11*1*20260901", b"BIN*20*AB~CD*EF:GH^IJ~KL*MN", b"LX*2"]);
    let inside = bytes.windows(3).position(|bytes| bytes == b"GH^").unwrap();
    let found = codes(&bytes[..inside]);
    assert!(found.iter().any(|code| code.starts_with("TA105=023")), "{found:?}");
    assert!(read(&bytes[..inside]).sets().count() == 1);
}

#[test]
fn lying_lengths_do_not_make_the_reader_slow() {
    let lies = |count| file(&std::iter::repeat_n(&b"BIN*60000000*A"[..], count).collect::<Vec<_>>());
    let started = std::time::Instant::now();
    // What ends within the longest segment is seen to be shorter than it says.
    assert_eq!(check(&lies(50_000), &ShapeOnly).problems.errors(), 50_000);
    // Further on the length is believed, and the file ends inside the data.
    let checked = check(&lies(100_000), &ShapeOnly);
    assert!(checked.problems.kept().iter().any(|problem| problem.code == x12::Code::Interchange(23)));
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}
