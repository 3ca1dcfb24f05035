//! Two processes on one database: the same file posted by both at once is posted once, and so is a payment that waits.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use app::remittance_import::{Seen, WaitingPosted, import, post_waiting, take_to_look_at, waiting};
use app::verify::verify;
use billing::access::Actor;
use store::testing::{PRACTICE, TestDb, facts, for_each_engine};
use store::{Db, Env};

use crate::clinic::open_practice;
use crate::payer_files::{Clp, Payment, accepted_claims, file};

/// Names the database for the two processes.
const RIVAL_DATABASE: &str = "TIERLINE_TEST_RIVAL_DATABASE";
/// Payments that both post; of each the first half waits before.
const PAYMENTS: usize = 12;
const CLAIMS_A_PAYMENT: usize = 20;

fn text(payment: usize) -> String {
    let claims = (1..=CLAIMS_A_PAYMENT).map(|n| Clp::partly_denied(payment * CLAIMS_A_PAYMENT + n));
    file(&Payment::new(&format!("EFT{payment}"), claims.collect()))
}

/// Not a story by itself: one of the two processes. Each line that it is told is a payment to post, and it answers with
/// what came of it. Without a database named it ends at once.
#[test]
fn rival() {
    let Ok(url) = std::env::var(RIVAL_DATABASE) else { return };
    let (db, actor) = (Db::open(&url, Env::system()).unwrap(), Actor::system(PRACTICE));
    println!("rival ready");
    for line in std::io::stdin().lines().map_while(Result::ok) {
        let told = match line.split_once(' ').unwrap() {
            ("file", payment) => {
                let text = text(payment.parse().unwrap());
                let report = import(&db, &actor, PRACTICE, "payer.835", text.as_bytes()).unwrap();
                report.payments[0].state.as_str()
            }
            (_, id) => {
                match post_waiting(&db, &actor, PRACTICE, billing::RemittanceId(id.parse().unwrap()), Seen::Nothing) {
                    Ok(WaitingPosted::Settled(_)) => "posted",
                    Ok(WaitingPosted::Before) => "duplicate",
                    other => panic!("{other:?}"),
                }
            }
        };
        println!("rival {told}");
    }
}

struct Rival {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Rival {
    fn start(db: &TestDb) -> Rival {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "two_posters::rival", "--nocapture", "--test-threads=1"])
            .env(RIVAL_DATABASE, &db.url)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut rival = Rival { child, lines };
        assert_eq!(rival.hear(), "ready");
        rival
    }

    fn tell(&mut self, words: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{words}").unwrap();
    }

    fn hear(&mut self) -> String {
        loop {
            let line = self.lines.next().expect("a rival answers").unwrap();
            // The harness may have begun the line.
            if let Some((_, words)) = line.rsplit_once("rival ") {
                return words.to_owned();
            }
        }
    }
}

#[test]
fn two_processes_that_post_the_same_payment_at_once_post_it_once() {
    for_each_engine(|db| {
        open_practice(db);
        accepted_claims(db, PRACTICE, (PAYMENTS + 1) * CLAIMS_A_PAYMENT);
        for payment in 1..=PAYMENTS / 2 {
            take_to_look_at(db, &db.system(), PRACTICE, "payer.835", text(payment).as_bytes()).unwrap();
        }
        let ids = waiting(db, &db.system(), PRACTICE).unwrap();
        let wait = ids.iter().map(|id| format!("id {}", id.0));
        let orders: Vec<String> =
            wait.chain((PAYMENTS / 2 + 1..=PAYMENTS).map(|payment| format!("file {payment}"))).collect();
        let (mut one, mut other) = (Rival::start(db), Rival::start(db));
        for order in orders {
            one.tell(&order);
            other.tell(&order);
            let mut told = [one.hear(), other.hear()];
            told.sort();
            assert_eq!(told, ["duplicate", "posted"], "{:?} {order}", db.engine);
        }
        for mut rival in [one, other] {
            drop(rival.child.stdin.take());
            assert!(rival.child.wait().unwrap().success());
        }
        let (posted, claims) = db
            .read::<_, store::StoreError>(&db.system(), PRACTICE, |r| {
                Ok((facts::count_where(r, "remittance", "state = 'posted'")?, facts::count(r, "claim_payment")?))
            })
            .unwrap();
        assert_eq!((posted, claims), (PAYMENTS as i64, (PAYMENTS * CLAIMS_A_PAYMENT) as i64));
        assert_eq!(verify(db, &db.system(), PRACTICE).unwrap().first_failure(), None, "{:?}", db.engine);
    });
}
