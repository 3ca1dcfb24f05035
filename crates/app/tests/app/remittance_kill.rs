//! `kill -9` at any moment of a posting leaves all of a payment or nothing: a real process that posts in a loop is killed
//! many times, on both databases, and what it had been told was kept is there, once.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use app::remittance_import::{PaymentState, import};
use app::verify::verify;
use billing::access::Actor;
use store::testing::{PRACTICE, TestDb, facts, for_each_engine};
use store::{Db, Env};

use crate::clinic::open_practice;
use crate::payer_files::{Clp, Payment, accepted_claims, file};

/// Names the database for the process that is to be killed.
const CHILD_DATABASE: &str = "TIERLINE_TEST_KILL_DATABASE";
/// Kills where nobody asks for more: enough to meet each step of a posting, and quick.
const KILLS: u64 = 60;
/// Asks for more kills: `cargo xtask test crash --times 1000`.
const KILLS_ASKED: &str = "TIERLINE_TEST_KILLS";
/// Claims made ready for each kill: a life posts one payment or a few.
const CLAIMS_A_KILL: usize = 8;
const CLAIMS_A_PAYMENT: usize = 5;
/// The longest that the process may live after its first payment; short enough that most kills hit a posting.
const LONGEST_LIFE_MICROS: u64 = 30_000;

/// Not a story by itself: the process that the story below starts and kills. Without a database named it ends at once.
#[test]
fn poster() {
    let Ok(url) = std::env::var(CHILD_DATABASE) else { return };
    let db = Db::open(&url, Env::system()).unwrap();
    let mut payment = posted(&db) as usize;
    loop {
        payment += 1;
        let claims = (0..CLAIMS_A_PAYMENT).map(|n| Clp::partly_denied((payment - 1) * CLAIMS_A_PAYMENT + n + 1));
        let text = file(&Payment::new(&format!("EFT{payment}"), claims.collect()));
        let report = import(&db, &Actor::system(PRACTICE), PRACTICE, "payer.835", text.as_bytes()).unwrap();
        // The server may have committed for the process before this one after it looked.
        assert!(matches!(report.payments[0].state, PaymentState::Posted | PaymentState::Duplicate));
        println!("kept {payment}");
    }
}

fn posted(db: &Db) -> i64 {
    db.read(&Actor::system(PRACTICE), PRACTICE, |r| facts::count_where(r, "remittance", "state = 'posted'")).unwrap()
}

/// Lives until it is killed; the last payment it was told is kept.
fn one_life(db: &TestDb, life: Duration) -> Option<i64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "remittance_kill::poster", "--nocapture", "--test-threads=1"])
        .env(CHILD_DATABASE, &db.url)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut kept = None;
    let mut note = |line: &str| {
        if let Some((_, number)) = line.split_once("kept ") {
            kept = number.trim().parse().ok();
        }
    };
    for line in lines.by_ref().map_while(Result::ok) {
        note(&line);
        if line.contains("kept ") {
            break;
        }
    }
    std::thread::sleep(life);
    child.kill().unwrap();
    child.wait().unwrap();
    lines.map_while(Result::ok).for_each(|line| note(&line));
    kept
}

#[test]
fn a_process_killed_at_any_moment_of_a_posting_leaves_all_or_nothing() {
    for_each_engine(|db| {
        open_practice(db);
        let kills = std::env::var(KILLS_ASKED).map_or(KILLS, |times| times.parse().expect("a number of kills"));
        accepted_claims(db, PRACTICE, kills as usize * CLAIMS_A_KILL);
        let dice = Env::system();
        let mut before = 0;
        for round in 1..=kills {
            let life = Duration::from_micros(dice.random_u64() % LONGEST_LIFE_MICROS);
            let kept = one_life(db, life).expect("the process posts before it is killed");
            // A fresh look, as after a restart, in one snapshot: on PostgreSQL the server may still be committing for the
            // dead process. Committed and not yet told is possible, told and not kept is not.
            let (now, claims) = db
                .read::<_, store::StoreError>(&db.system(), PRACTICE, |r| {
                    let posted = facts::count_where(r, "remittance", "state = 'posted'")?;
                    Ok((posted, facts::count(r, "claim_payment")?))
                })
                .unwrap();
            assert!(now == kept || now == kept + 1, "{:?}: told {kept}, kept {now}", db.engine);
            assert!(now > before, "each life posts");
            before = now;
            assert_eq!(claims, now * CLAIMS_A_PAYMENT as i64, "a payment is whole or absent");
            if round % (kills / 10).max(20) == 0 || round == kills {
                let verification = verify(db, &db.system(), PRACTICE).unwrap();
                assert_eq!(verification.first_failure(), None, "{:?} after {round} kills", db.engine);
            }
        }
        println!("{:?}: {kills} kills, {before} payments, none lost, none doubled", db.engine);
    });
}
