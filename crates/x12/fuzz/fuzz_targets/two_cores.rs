//! Checked on two threads, any bytes get the result that one gives. The first two bytes choose where the file is cut; the
//! rest stands in a group that is long enough to be cut.
#![no_main]

use libfuzzer_sys::fuzz_target;
use x12::ShapeOnly;

/// Sets around the fuzzed bytes, so that there is something to check aside.
const AROUND: usize = 6;

fuzz_target!(|bytes: &[u8]| {
    let [first, second, body @ ..] = bytes else { return };
    let chunk = 200 + usize::from(u16::from_le_bytes([*first, *second]) % 4_000);
    let mut file =
        b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260901*1253*^*00501*000000905*0*T*:~\
        GS*HC*SENDER*RECEIVER*20260901*1253*905*X*005010X222A1~"
            .to_vec();
    for number in 1..=2 * AROUND {
        if number == AROUND {
            file.extend_from_slice(body);
        }
        file.extend_from_slice(
            format!("ST*837*{number:04}*005010X222A1~BHT*0019*00*1*20260901*1253*CH~SE*3*{number:04}~").as_bytes(),
        );
    }
    file.extend_from_slice(b"GE*12*905~IEA*1*000000905~");
    for bytes in [body, &file] {
        let one = x12::check(bytes, &ShapeOnly);
        let (two, _) = x12::measuring::check_in_chunks(bytes, chunk);
        assert_eq!(one.problems, two.problems);
        assert_eq!((one.verdict, one.segments, one.not_kept), (two.verdict, two.segments, two.not_kept));
        let sets = |checked: &x12::Checked| checked.sets().map(|(_, _, set)| format!("{set:?}")).collect::<Vec<_>>();
        assert_eq!(sets(&one), sets(&two));
    }
});
