//! `kill -9` at any moment of sealing and delivery: what goes again is the same file byte for byte, no control number
//! names two contents, and no claim leaves under two numbers. A real process that seals and delivers in a loop is killed
//! many times, on both databases, at points it chooses and at moments nobody chooses; every arrival is kept.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use app::claim_submission;
use app::clearinghouse::{CarrierError, Clearinghouse, Delivery, InboundFile};
use app::verify::verify;
use billing::access::Actor;
use billing::claim::submission::SubmissionStatus;
use store::submission::{CLAIMS_OF_SUBMISSION, LATEST_SUBMISSIONS, SUBMISSION, SubmissionRow};
use store::testing::{PRACTICE, TestDb, facts, for_each_engine};
use store::{Db, Env, StoreError, params};

use crate::claims_on_their_way::{control_number, open, ready_claim};

/// Names the database, the folder of arrivals, and the point of death for the process that is to be killed.
const CHILD_DATABASE: &str = "TIERLINE_TEST_DELIVERY_DATABASE";
const CHILD_FOLDER: &str = "TIERLINE_TEST_DELIVERY_FOLDER";
const CHILD_DEATH: &str = "TIERLINE_TEST_DELIVERY_DEATH";
const KILLS: usize = 40;
/// The longest that the process may live after its first round; short enough that most kills hit a round.
const LONGEST_LIFE_MICROS: u64 = 30_000;
/// Deliveries of a life before it ends at its chosen point.
const DELIVERIES_BEFORE_DEATH: u32 = 2;

/// Where in a delivery the process ends itself, without a word to anybody; a life without a point is ended from outside.
const POINTS: [&str; 4] = ["", "before", "half", "after"];

/// A folder that keeps every arrival, also the same file twice. A file arrives whole or not at all.
struct Arrivals {
    folder: PathBuf,
    death: String,
    deliveries: std::cell::Cell<u32>,
}

impl Arrivals {
    fn die_at(&self, point: &str) {
        if self.death == point && self.deliveries.get() > DELIVERIES_BEFORE_DEATH {
            let own = std::process::id().to_string();
            Command::new("kill").args(["-9", &own]).status().unwrap();
            std::thread::sleep(Duration::from_secs(60));
        }
    }
}

impl Clearinghouse for Arrivals {
    fn deliver(&self, name: &str, bytes: &[u8]) -> Result<Delivery, CarrierError> {
        self.deliveries.set(self.deliveries.get() + 1);
        self.die_at("before");
        let arrival = format!("{}~{}~{name}", std::process::id(), self.deliveries.get());
        let unfinished = self.folder.join(format!("{arrival}.part"));
        std::fs::write(&unfinished, &bytes[..bytes.len() / 2]).unwrap();
        self.die_at("half");
        std::fs::write(&unfinished, bytes).unwrap();
        std::fs::rename(&unfinished, self.folder.join(arrival)).unwrap();
        self.die_at("after");
        Ok(Delivery::Delivered)
    }

    fn waiting(&self) -> Result<Vec<InboundFile>, CarrierError> {
        Ok(Vec::new())
    }

    fn taken(&self, _: &str) -> Result<(), CarrierError> {
        Ok(())
    }
}

/// Not a story by itself: the process that the story below starts and kills. Without a database named it ends at once.
#[test]
fn sender() {
    let Ok(url) = std::env::var(CHILD_DATABASE) else { return };
    let db = Db::open(&url, Env::system()).unwrap();
    let carrier = Arrivals {
        folder: std::env::var(CHILD_FOLDER).unwrap().into(),
        death: std::env::var(CHILD_DEATH).unwrap(),
        deliveries: std::cell::Cell::new(0),
    };
    let actor = Actor::system(PRACTICE);
    let mut number = claims(&db);
    loop {
        number += 1;
        ready_claim(&db, number as u128, ["NORTH", "SOUTH"][number % 2]);
        claim_submission::seal(&db, &actor, PRACTICE).unwrap();
        claim_submission::deliver(&db, &actor, PRACTICE, &carrier).unwrap();
        println!("sent {number}");
    }
}

fn claims(db: &Db) -> usize {
    let count = db.read(&Actor::system(PRACTICE), PRACTICE, |r| facts::count(r, "claim")).unwrap();
    usize::try_from(count).unwrap()
}

/// Lives until it is killed, by itself at a point or from outside.
fn one_life(db: &TestDb, folder: &Path, point: &str, life: Duration) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "delivery_kill::sender", "--nocapture", "--test-threads=1"])
        .env(CHILD_DATABASE, &db.url)
        .env(CHILD_FOLDER, folder)
        .env(CHILD_DEATH, point)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    if point.is_empty() {
        assert!(lines.any(|line| line.contains("sent ")), "the process sends before it is killed");
        std::thread::sleep(life);
        child.kill().unwrap();
    } else {
        lines.for_each(drop);
    }
    assert!(!child.wait().unwrap().success(), "it was killed");
}

/// Every stored file with its claims' numbers and versions.
fn stored(db: &TestDb) -> Vec<(SubmissionRow, Vec<(uuid::Uuid, i32)>)> {
    db.read(&db.system(), PRACTICE, |r| {
        let heads = r.query(&LATEST_SUBMISSIONS, params![100_000_i64])?;
        let mut files = Vec::new();
        for head in heads {
            let contents = r.query(&CLAIMS_OF_SUBMISSION, params![head.id])?;
            let contents = contents.into_iter().map(|row| (row.claim_id.0, row.claim_version)).collect();
            files.push((r.query_one(&SUBMISSION, params![head.id])?, contents));
        }
        Ok::<_, StoreError>(files)
    })
    .unwrap()
}

/// What arrived: the name of each file with its bytes, once for each arrival.
fn arrived(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let whole = entries.filter(|path| path.extension().is_none_or(|ending| ending != "part"));
    whole
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().splitn(3, '~').nth(2).unwrap().to_owned();
            (name, std::fs::read(&path).unwrap())
        })
        .collect()
}

#[test]
fn a_process_killed_at_any_moment_of_a_delivery_sends_each_claim_under_one_number() {
    for_each_engine(|db| {
        open(db);
        let folder = std::env::temp_dir().join(format!("tierline-arrivals-{:x}", Env::system().random_u64()));
        std::fs::create_dir_all(&folder).unwrap();
        let dice = Env::system();
        for round in 0..KILLS {
            let life = Duration::from_micros(dice.random_u64() % LONGEST_LIFE_MICROS);
            one_life(db, &folder, POINTS[round % POINTS.len()], life);
        }
        // As after a restart: what is ready is sealed, what is not surely sent goes again.
        let carrier = Arrivals { folder: folder.clone(), death: String::new(), deliveries: std::cell::Cell::new(0) };
        claim_submission::seal(db, &db.system(), PRACTICE).unwrap();
        claim_submission::deliver(db, &db.system(), PRACTICE, &carrier).unwrap();
        let (files, arrivals) = (stored(db), arrived(&folder));
        std::fs::remove_dir_all(&folder).unwrap();

        let numbers: HashSet<i64> = files.iter().map(|(file, _)| file.interchange_number).collect();
        assert_eq!(numbers, (1..=files.len() as i64).collect(), "each number once, without a gap");
        let groups: HashSet<i64> = files.iter().map(|(file, _)| file.group_number).collect();
        assert_eq!(groups.len(), files.len());
        let mut sent: Vec<(uuid::Uuid, i32)> = files.iter().flat_map(|(_, contents)| contents.clone()).collect();
        assert_eq!(sent.len(), claims(db), "every claim is in a file");
        sent.sort_unstable();
        sent.dedup_by_key(|(claim, _)| *claim);
        assert_eq!(sent.len(), claims(db), "no claim is in two files");
        assert!(files.iter().all(|(file, _)| file.status == SubmissionStatus::Sent));

        let of_name: HashMap<&str, &SubmissionRow> =
            files.iter().map(|(file, _)| (file.file_name.as_str(), file)).collect();
        assert_eq!(of_name.len(), files.len());
        for (name, bytes) in &arrivals {
            assert_eq!(*bytes, of_name[name.as_str()].bytes, "{name} arrives as it was sealed, each time");
        }
        let names: HashSet<&String> = arrivals.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), files.len(), "every file arrived");
        for number in 1..=claims(db) {
            let named = control_number(number as u128);
            let carriers = arrivals.iter().filter(|(_, bytes)| String::from_utf8_lossy(bytes).contains(&named));
            let names: HashSet<&String> = carriers.map(|(name, _)| name).collect();
            assert_eq!(names.len(), 1, "claim {named} left under one number");
        }
        let again = arrivals.len() - names.len();
        assert!(again >= KILLS / POINTS.len(), "what arrived and was not recorded goes again");
        let verification = verify(db, &db.system(), PRACTICE).unwrap();
        assert_eq!(verification.first_failure(), None);
        println!("{:?}: {KILLS} kills, {} files, {again} sent again, none twice", db.engine, files.len());
    });
}
