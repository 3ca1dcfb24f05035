//! A file that is checked on two threads is judged exactly as on one, whatever it holds and wherever it is cut.
#![allow(clippy::unwrap_used)] // A test that cannot read its files must stop.

mod seeds;

use std::path::Path;

use x12::measuring::check_in_chunks;
use x12::{Checked, Rules, ShapeOnly, Verdict, check, check_reader_on};

/// Chunk sizes that cut a case many times, a few times, and hardly.
const CHUNKS: [usize; 4] = [700, 3_000, 20_000, 300_000];

fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn case(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases").join(name);
    std::fs::read_to_string(path).unwrap()
}

/// Everything of a result, as text, reports of envelopes included.
fn all_of(checked: &Checked) -> String {
    let envelopes: Vec<String> = checked
        .interchanges
        .iter()
        .map(|one| {
            let groups: Vec<String> = one
                .groups
                .iter()
                .map(|group| {
                    let sets: Vec<_> = group.sets.iter().collect();
                    format!(
                        "{:?} {:?} {:?} {sets:?} {}",
                        group.control_number,
                        group.stated_sets,
                        group.codes,
                        group.sets.accepted()
                    )
                })
                .collect();
            format!("{:?} {} {} {} {groups:?}", one.control_number, one.note, one.acknowledgments, one.ordinal)
        })
        .collect();
    format!("{:?} {:?} {:?} {} {envelopes:?}", checked.verdict, checked.problems, checked.segments, checked.not_kept)
}

/// Checks on one thread and on two, in chunks of every size; gives how many spans were checked aside at most.
fn assert_alike(name: &str, bytes: &[u8]) -> usize {
    let expected = all_of(&check(bytes, &ShapeOnly));
    let mut most = 0;
    for chunk in CHUNKS {
        let (checked, taken) = check_in_chunks(bytes, chunk);
        assert!(all_of(&checked) == expected, "{name} in chunks of {chunk}:\n{}\n{expected}", all_of(&checked));
        most = most.max(taken);
    }
    let usual = check_reader_on(bytes, &ShapeOnly, &Rules::default(), 3).unwrap();
    assert!(all_of(&usual) == expected, "{name} in chunks of the usual size");
    most
}

/// The text of a case before its sets, its one set, and what follows.
fn parts(text: &str) -> (&str, &str, &str) {
    let (begin, end) = (text.find("ST*").unwrap(), text.find("GE*").unwrap());
    (&text[..begin], &text[begin..end], &text[end..])
}

/// A group of many sets, made of a case's one set; `change` may spoil each of them.
fn many(name: &str, sets: usize, change: impl Fn(usize, String) -> String) -> String {
    let text = case(name);
    let (head, set, tail) = parts(&text);
    let mut file = head.to_owned();
    for number in 1..=sets {
        file.push_str(&change(number, set.replace("*0001", &format!("*{number:04}"))));
    }
    file + &tail.replacen("GE*1*", &format!("GE*{sets}*"), 1)
}

#[test]
fn every_case_and_every_grown_input_is_judged_alike() {
    let mut seen = 0;
    for (name, bytes) in files("../../testdata/x12").into_iter().chain(seeds::seeds()) {
        assert_alike(&name, &bytes);
        seen += 1;
    }
    assert!(seen > 400, "{seen}");
}

#[test]
fn sets_are_really_checked_aside() {
    for name in ["ok-837P.x12", "ok-835.x12", "ok-271.x12"] {
        let file = many(name, 300, |_, set| set);
        let taken = assert_alike(name, file.as_bytes());
        assert!(taken > 50, "{name}: {taken}");
        assert_eq!(check(file.as_bytes(), &ShapeOnly).verdict, Verdict::Accepted);
    }
}

#[test]
fn line_breaks_shifts_and_doubled_terminators_change_nothing() {
    let file = many("ok-837P.x12", 60, |_, set| set);
    for shift in 0..8 {
        for (from, to) in
            [("~", "~\r\n"), ("~", "~\n"), ("~", "~~"), ("~ST*", "~\r\n~ST*"), ("~SE*", "~~SE*"), ("~", "\n")]
        {
            let text = format!("{}{}", " ".repeat(shift), file.replace(from, to));
            assert!(assert_alike(&format!("{from:?} for {to:?}"), text.as_bytes()) > 0);
        }
    }
}

#[test]
fn one_faulty_set_among_many_is_told_at_its_place() {
    let faults: [(&str, &str); 14] = [
        ("SE*", "SE*9"),
        ("~SE*", "~XX*1~SE*"),
        ("CLM*A1*150*", "CLM*A1*151*"),
        ("SBR*P*18*", "SBR*X*18*"),
        ("NM1*41*", "NM1*4\u{e9}*"),
        ("SUNRISE", "SUNR\u{e9}SE"),
        ("~BHT*", "~~BHT*"),
        ("ST*837*", "ST*835*"),
        ("ST*837*", "GS*837*"),
        ("~SE*", "~IEA*1*1~SE*"),
        ("~SE*", "~GE*1*1~SE*"),
        ("~SE*", "~SX*"),
        ("ST*837*", "TA1*1~ST*837*"),
        ("HL*1*", "BIN*5*A~B*C~HL*1*"),
    ];
    for (from, to) in faults {
        for at in [1, 2, 30, 59, 60] {
            let file = many("ok-837P.x12", 60, |number, set| {
                if number == at {
                    set.replacen(from.trim_start_matches('~'), to.trim_start_matches('~'), 1)
                } else {
                    set
                }
            });
            assert_alike(&format!("{from} for {to} in set {at}"), file.as_bytes());
        }
        let file =
            many("ok-837P.x12", 60, |_, set| set.replacen(from.trim_start_matches('~'), to.trim_start_matches('~'), 1));
        assert_alike(&format!("{from} for {to} in every set"), file.as_bytes());
    }
}

#[test]
fn problems_beyond_the_limits_are_counted_alike() {
    // More than are kept of a set, of a file, and rejected sets beyond those that are detailed.
    let noisy = many("ok-837P.x12", 40, |_, set| {
        set.replace("DTP*472*D8*", &format!("{}DTP*472*D8*", "REF*XX*1~".repeat(200)))
    });
    assert_alike("noisy", noisy.as_bytes());
    let many_rejected = many("ok-837P.x12", 1500, |_, set| set.replace("SBR*P*", "SBR*X*"));
    assert!(assert_alike("rejected", many_rejected.as_bytes()) > 0);
    let extended = many(
        "ok-837P.x12",
        300,
        |number, set| {
            if number % 3 == 0 { set.replace("SUNRISE", "SUNR\u{e9}SE") } else { set }
        },
    );
    assert!(assert_alike("extended", extended.as_bytes()) > 0);
}

#[test]
fn control_numbers_that_repeat_or_go_back_are_told_alike() {
    for (name, number) in [
        ("the same", &(|_| 1_usize) as &dyn Fn(usize) -> usize),
        ("downwards", &|at| 1000 - at),
        ("in circles", &|at| at % 40),
        ("one again", &|at| if at == 170 { 30 } else { at }),
    ] {
        let text = case("ok-837P.x12");
        let (head, set, tail) = parts(&text);
        let sets: String = (1..=200).map(|at| set.replace("*0001", &format!("*{:04}", number(at)))).collect();
        let file = format!("{head}{sets}{}", tail.replacen("GE*1*", "GE*200*", 1));
        assert_alike(name, file.as_bytes());
    }
    let letters =
        many("ok-837P.x12", 100, |number, set| set.replace(&format!("*{number:04}"), &format!("*A{number:04}")));
    assert_alike("letters", letters.as_bytes());
}

#[test]
fn interchanges_with_their_own_separators_are_judged_alike() {
    let numbered = |text: &str, number: usize| {
        text.replace("*000000001*0*T", &format!("*{number:09}*0*T"))
            .replace("~IEA*1*000000001", &format!("~IEA*1*{number:09}"))
    };
    let mut file = String::new();
    for number in 1..=30 {
        let one = numbered(&many("ok-837P.x12", 1 + number % 7, |_, set| set), number);
        file += &match number % 5 {
            0 => one,
            1 => one.replace('*', "|").replace('~', "\n"),
            2 => one.replace(':', ">").replace('~', "!"),
            3 => one.replace('~', "~\r\n"),
            _ => one + "\r\n\u{0}",
        };
    }
    assert!(assert_alike("interchanges", file.as_bytes()) > 20);
    // Groups, a remittance among claims, an interchange without its end, one that is no ISA, trailing bytes.
    let claims = many("ok-837P.x12", 20, |_, set| set);
    let remittances = numbered(&many("ok-835.x12", 20, |_, set| set), 2);
    let (head, group) = claims.split_at(106);
    let group = &group[..group.find("IEA*").unwrap()];
    let again = group.replacen("*1*X*", "*2*X*", 1).replacen("GE*20*1~", "GE*20*2~", 1);
    let two_groups = format!("{head}{group}{again}{group}IEA*3*000000001~");
    for (name, text) in [
        ("two groups", two_groups.clone()),
        ("claims and remittances", claims.clone() + &remittances),
        ("no end", claims[..claims.find("IEA*").unwrap()].to_owned() + &remittances),
        ("a short ISA", claims.clone() + &remittances.replacen("ISA*00*  ", "ISA*00*", 1) + &claims),
        ("trailing", claims.clone() + "AND MORE" + &remittances + "THE END"),
        ("cut", claims[..claims.len() - 500].to_owned()),
        ("lead-in", "\u{feff}noise ".to_owned() + &claims),
        ("twice the same", claims.clone() + &claims),
    ] {
        assert_alike(name, text.as_bytes());
    }
}

#[test]
fn a_set_longer_than_every_chunk_is_read_in_order_and_those_around_it_aside() {
    let long = many("ok-837P.x12", 60, |number, set| {
        let notes = "NTE*ADD*X~".repeat(if number == 30 { 10_000 } else { 0 });
        set.replacen("HI*", &format!("{notes}HI*"), 1)
    });
    assert!(assert_alike("one long set", long.as_bytes()) > 0);
    let segment =
        many(
            "ok-837P.x12",
            60,
            |number, set| {
                if number == 30 { set.replacen("SUNRISE", &"S".repeat(200_000), 1) } else { set }
            },
        );
    assert!(assert_alike("one long segment", segment.as_bytes()) > 0);
}

/// Bytes changed at places that are the same in every run.
#[test]
fn a_thousand_spoilt_files_are_judged_alike() {
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut next = |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % bound as u64) as usize
    };
    let originals = [many("ok-837P.x12", 12, |_, set| set), many("ok-835.x12", 12, |_, set| set)];
    let words: [&[u8]; 12] = [
        b"~",
        b"*",
        b":",
        b"~~",
        b"~SE*1*1~",
        b"~ST*837*0007~",
        b"~GE*1*1~",
        b"~IEA*1*1~",
        b"ISA*",
        b"\xff",
        b"",
        b"~BIN*3*A~B~",
    ];
    for round in 0..1000 {
        let mut bytes = originals[round % 2].clone().into_bytes();
        for _ in 0..=next(3) {
            let (at, length) = (next(bytes.len()), next(4));
            let to = bytes.len().min(at + length);
            bytes.splice(at..to, words[next(words.len())].iter().copied());
        }
        let expected = all_of(&check(&bytes, &ShapeOnly));
        let chunk = 300 + next(5_000);
        let (checked, _) = check_in_chunks(&bytes, chunk);
        assert!(all_of(&checked) == expected, "round {round} in chunks of {chunk}: {}\n{expected}", all_of(&checked));
    }
}
