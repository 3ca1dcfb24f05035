//! Every 835 of our cases, and of the corpus of other people's files where it lies beside the clone, taken in as if it were
//! made out to us. What adds up is posted and waits, cent for cent, because no claim of ours is in it; what does not add up
//! is kept out with its difference. The sums are made again here, from the bare text.

use std::path::{Path, PathBuf};

use app::remittance_import::{PaymentReport, PaymentState, import};
use ledger::AccountKind;
use store::testing::{PRACTICE, TestDb, for_each_engine};

use crate::clinic::{open_practice, practice};
use crate::remittance::{all_invariants_hold, balance, cents};

/// What the text of one set says, added up by hand.
struct Sums {
    paid: i64,
    claims: Vec<i64>,
    off: i64,
}

/// The files, by name.
fn files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = Vec::new();
    let mut folders = vec![root.join("testdata/x12/cases")];
    match root.join("../shared/x12/corpus") {
        corpus if corpus.exists() => folders.push(corpus),
        _ => println!("SKIPPED the corpus of every_835_adds_up_or_is_kept_out (../shared is not beside this clone)"),
    }
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path)
                && text.starts_with("ISA")
                && text.len() > 106
                && segments(&text).iter().any(|segment| segment[..2] == ["ST", "835"])
            {
                found.push((path.file_name().unwrap().to_string_lossy().into_owned(), text));
            }
        }
    }
    found.sort();
    found
}

fn separators(text: &str) -> (char, char) {
    (text.as_bytes()[3] as char, text.as_bytes()[105] as char)
}

/// Every segment with its elements; two at least.
fn segments(text: &str) -> Vec<Vec<String>> {
    let (element, end) = separators(text);
    let of = |segment: &str| {
        let mut elements: Vec<String> = segment.trim().split(element).map(str::to_owned).collect();
        elements.resize(elements.len().max(2), String::new());
        elements
    };
    text.split(end).filter(|segment| !segment.trim().is_empty()).map(of).collect()
}

/// The same text, made out to us, under numbers of its own.
fn made_out_to_us(text: &str, file: usize) -> String {
    let (element, end) = separators(text);
    let npi = practice().billing.npi.as_str().to_owned();
    let mut set = 0;
    let changed: Vec<String> = segments(text)
        .into_iter()
        .map(|mut segment| {
            match (segment[0].as_str(), segment[1].as_str()) {
                ("ST", _) => set += 1,
                ("TRN", "1") if segment.len() > 2 => segment[2] = format!("FILE{file}SET{set}"),
                ("N1", "PE") => {
                    segment.resize(5, String::new());
                    (segment[3], segment[4]) = ("XX".to_owned(), npi.clone());
                }
                _ => {}
            }
            let mut bare = segment.join(&element.to_string());
            bare.truncate(bare.trim_end_matches(element).len().max(2));
            if segment[0] == "ISA" { bare } else { bare.trim_end().to_owned() }
        })
        .collect();
    changed.iter().map(|segment| format!("{segment}{end}")).collect()
}

/// "12.5" is 1,250 cents; what is no amount counts nothing, and the program names it.
fn to_cents(text: &str) -> i64 {
    let text = text.trim();
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{rest:0<2}");
    if rest.len() > 2 { 0 } else { digits.parse().unwrap_or(0) }
}

/// Amounts of a CAS or PLB: from `first`, every `step`-th.
fn every(segment: &[String], first: usize, step: usize) -> i64 {
    segment.iter().skip(first).step_by(step).map(|amount| to_cents(amount)).sum()
}

/// The sums of each 835 of a text, in order.
fn sums(text: &str) -> Vec<Sums> {
    let mut all: Vec<Sums> = Vec::new();
    let (mut is_835, mut claim) = (false, Claim::default());
    for segment in segments(text) {
        let at = |place: usize| segment.get(place).map_or(0, |amount| to_cents(amount));
        match segment[0].as_str() {
            "ST" => {
                is_835 = segment[1] == "835";
                if is_835 {
                    all.push(Sums { paid: 0, claims: Vec::new(), off: 0 });
                }
            }
            _ if !is_835 => {}
            "BPR" => all.last_mut().unwrap().paid = at(2),
            "CLP" => {
                claim.end(&mut all);
                claim = Claim { is_open: true, charge: at(3), paid: at(4), ..Claim::default() };
            }
            "SVC" => claim.lines.push((at(2), at(3), 0)),
            "CAS" => match claim.lines.last_mut() {
                Some((_, _, adjusted)) => *adjusted += every(&segment, 3, 3),
                None => claim.adjusted += every(&segment, 3, 3),
            },
            "PLB" => {
                claim.end(&mut all);
                all.last_mut().unwrap().off -= every(&segment, 4, 2);
            }
            "SE" => {
                claim.end(&mut all);
                let set = all.last_mut().unwrap();
                set.off -= set.paid;
                is_835 = false;
            }
            _ => {}
        }
    }
    all
}

#[derive(Default)]
struct Claim {
    is_open: bool,
    charge: i64,
    paid: i64,
    adjusted: i64,
    lines: Vec<(i64, i64, i64)>,
}

impl Claim {
    /// Adds the claim to its set, with what its first failing equation is off by.
    fn end(&mut self, all: &mut [Sums]) {
        let claim = std::mem::take(self);
        let (true, Some(set)) = (claim.is_open, all.last_mut()) else { return };
        set.off += claim.paid;
        let of_line = claim.lines.iter().map(|(charge, paid, adjusted)| charge - adjusted - paid).find(|off| *off != 0);
        let adjusted: i64 = claim.lines.iter().map(|(_, _, adjusted)| adjusted).sum();
        let whole = claim.charge - claim.adjusted - adjusted - claim.paid;
        let lines: i64 = claim.lines.iter().map(|(_, paid, _)| paid).sum();
        let together = if claim.lines.is_empty() { 0 } else { lines - claim.adjusted - claim.paid };
        let first = of_line.or_else(|| [whole, together].into_iter().find(|off| *off != 0));
        set.claims.push(first.unwrap_or(0));
    }
}

/// What became of a set agrees with its sums; answers the cents that are in the books.
fn agrees(name: &str, sums: &Sums, report: &PaymentReport) -> i64 {
    let off = report.difference.cents();
    match report.state {
        PaymentState::Posted => {
            assert_eq!(sums.off, 0, "{name}: posted although it is off");
            assert_eq!(report.waiting.len(), sums.claims.len() - report.counts.estimates, "{name}: no claim is ours");
            let told: Vec<i64> =
                report.waiting.iter().map(|one| one.difference.cents()).filter(|off| *off != 0).collect();
            let made: Vec<i64> = sums.claims.iter().copied().filter(|off| *off != 0).collect();
            assert_eq!(told, made, "{name}: {:?}", report.waiting);
            sums.paid
        }
        PaymentState::Quarantined => {
            let problem = report.problem.as_deref().unwrap_or_default();
            // Kept out for another reason, it is told what else is wrong where it can be read at all.
            let is_unreadable = off == 0;
            assert!(off == sums.off || is_unreadable, "{name}: off by {off}, by hand {}: {problem}", sums.off);
            assert!(sums.off != 0 || !problem.contains("BPR02)"), "{name}: {problem}");
            0
        }
        PaymentState::Duplicate | PaymentState::Waiting => panic!("{name}: its number is its own"),
    }
}

fn take_all(db: &TestDb) -> (usize, usize, usize) {
    open_practice(db);
    let (mut posted, mut kept_out, mut refused, mut in_books) = (0, 0, 0, 0);
    for (place, (name, text)) in files().into_iter().enumerate() {
        let text = made_out_to_us(&text, place);
        let Ok(report) = import(db, &db.system(), PRACTICE, &name, text.as_bytes()) else {
            refused += 1;
            continue;
        };
        let sums = sums(&text);
        assert_eq!(report.payments.len(), sums.len(), "{name}");
        for (sums, payment) in sums.iter().zip(&report.payments) {
            let cents = agrees(&name, sums, payment);
            in_books += cents;
            posted += usize::from(payment.state == PaymentState::Posted);
            kept_out += usize::from(payment.state == PaymentState::Quarantined);
        }
    }
    assert_eq!(balance(db, AccountKind::InTransit), cents(in_books));
    (posted, kept_out, refused)
}

#[test]
fn every_835_adds_up_or_is_kept_out() {
    for_each_engine(|db| {
        let (posted, kept_out, refused) = take_all(db);
        println!("{posted} payments posted, {kept_out} kept out, {refused} files refused");
        assert!(posted >= 5 && kept_out >= 2, "{posted} posted, {kept_out} kept out");
        all_invariants_hold(db);
    });
}
