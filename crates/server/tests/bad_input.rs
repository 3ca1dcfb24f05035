//! Bad files meet the real program: it says file, place and remedy, its exit code says so too, and the database is as it was.
#![allow(clippy::expect_used, clippy::unwrap_used)] // In a test a panic is the report.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sha2::{Digest, Sha256};

/// A folder with a practice in it that was billed once; gone afterwards.
struct Trial {
    folder: PathBuf,
}

impl Trial {
    fn new(name: &str) -> Trial {
        let folder = std::env::temp_dir().join(format!("tierline-bad-input-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let trial = Trial { folder };
        let bundle = fixture("fhir/two-visits.json");
        trial.expect(0, &["import", "fhir", "--profile", "synthea", bundle.to_str().unwrap()]);
        // 1 says that there are findings; the two claims need none, so 0.
        trial.expect(0, &["claims", "scrub"]);
        trial.expect(0, &["claims", "submit", "--folder", "exchange"]);
        trial.expect(0, &["simulate", "--folder", "exchange", "--days", "40"]);
        trial
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_tierline"))
            .args(arguments)
            .args(["--database", "books.sqlite"])
            .current_dir(&self.folder)
            .env_remove("TIERLINE_DATABASE")
            .output()
            .unwrap()
    }

    fn expect(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        said
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.folder.join(name), bytes).unwrap();
    }

    /// Of the whole database: the file and what its log still holds.
    fn hash(&self) -> String {
        // Opening and closing settles the log, so that both hashes are of the same state of rest.
        self.expect(0, &["migrate"]);
        let mut hash = Sha256::new();
        for name in ["books.sqlite", "books.sqlite-wal"] {
            hash.update(std::fs::read(self.folder.join(name)).unwrap_or_default());
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The remittance that the payers made for the trial.
    fn remittance(&self) -> (String, Vec<u8>) {
        let inbox = self.folder.join("exchange/inbox");
        let path = std::fs::read_dir(inbox)
            .unwrap()
            .flatten()
            .map(|entry| entry.path())
            .find(|path| path.extension().is_some_and(|ending| ending == "835"))
            .expect("the payers paid");
        (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(path).unwrap())
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata").join(name).canonicalize().unwrap()
}

/// A file, what is wrong with it, and the words that must stand in the answer.
struct BadFile {
    name: &'static str,
    bytes: Vec<u8>,
    command: &'static [&'static str],
    says: &'static str,
}

fn csv(rows: &str) -> Vec<u8> {
    format!("patient_account,date_of_service,procedure,diagnoses,rendering_npi\n{rows}").into_bytes()
}

fn bad_files(remittance: &[u8]) -> Vec<BadFile> {
    let bundle = std::fs::read_to_string(fixture("fhir/two-visits.json")).unwrap();
    let fhir: &[&str] = &["import", "fhir", "--profile", "synthea"];
    let csv_command: &[&str] = &["import", "csv"];
    let payment: &[&str] = &["import", "835"];
    let acks: &[&str] = &["import", "acks"];
    let claim_file = std::fs::read(fixture("x12/cases/ok-837P.x12")).unwrap();
    let case = |name, bytes: &[u8], command, says| BadFile { name, bytes: bytes.to_vec(), command, says };
    vec![
        case("empty.json", b"", fhir, "empty"),
        case("truncated.json", &bundle.as_bytes()[..500], fhir, "truncated"),
        case("binary.json", b"\x00\xff\x01", fhir, "not JSON"),
        case("patient.json", b"{\"resourceType\":\"Patient\"}", fhir, "not a Bundle"),
        case(
            "reference.json",
            bundle.replace("urn:uuid:d1\"}}", "urn:uuid:nobody\"}}").as_bytes(),
            fhir,
            "urn:uuid:nobody",
        ),
        case("empty.csv", b"", csv_command, "empty"),
        case(
            "formula.csv",
            &csv("=2+5,2026-01-05,99213,I10,1234567893\n"),
            csv_command,
            "row 2, column patient_account",
        ),
        case("date.csv", &csv("10001,05.01.2026,99213,I10,1234567893\n"), csv_command, "row 2, column date_of_service"),
        case(
            "patient.csv",
            &csv("99999,2026-01-05,99213,I10,1234567893\n"),
            csv_command,
            "no patient of this practice",
        ),
        case(
            "comma.csv",
            b"patient_account,date_of_service,procedure,diagnoses,rendering_npi,amount\n\
              10001,2026-01-05,99213,I10,1234567893,\"140,00\"\n",
            csv_command,
            "row 2, column amount",
        ),
        case(
            "length.csv",
            &csv("10001,2026-01-05,99213,I10,1234567893,140.00\n"),
            csv_command,
            "row 2: the row has 6 cells",
        ),
        case("empty.835", b"", payment, "empty.835"),
        case("binary.835", b"\x00\xff\x01", payment, "binary.835"),
        case("truncated.835", &remittance[..remittance.len() / 2], payment, "truncated.835"),
        case("claims.835", &claim_file, payment, "claims.835"),
        case("empty.999", b"", acks, "empty.999"),
        case("binary.999", b"\x00\xff\x01", acks, "binary.999"),
    ]
}

#[test]
fn a_bad_file_is_named_and_changes_nothing() {
    let trial = Trial::new("named");
    let (_, remittance) = trial.remittance();
    for bad in bad_files(&remittance) {
        trial.write(bad.name, &bad.bytes);
        let before = trial.hash();
        let said = trial.expect(2, &[bad.command, &[bad.name]].concat());
        for part in [bad.name, bad.says] {
            assert!(said.contains(part), "{}: {part} in {said}", bad.name);
        }
        assert!(!said.contains("Quintero"), "no patient in an error: {said}");
        assert_eq!(before, trial.hash(), "{} changed the database", bad.name);
    }
}

#[test]
fn of_several_files_none_is_imported_where_one_cannot_be_read() {
    let trial = Trial::new("several");
    let (_, remittance) = trial.remittance();
    trial.write("good.835", &remittance);
    trial.write("cut.835", &remittance[..remittance.len() / 2]);
    let bundle = std::fs::read_to_string(fixture("fhir/two-visits.json")).unwrap();
    // Somebody new, so that taking the file in would show.
    trial.write("good.json", bundle.replace("\"77\"", "\"78\"").as_bytes());
    trial.write("cut.json", &bundle.as_bytes()[..500]);
    let before = trial.hash();
    for (command, good, bad) in [
        (&["import", "835"][..], "good.835", "nosuchfile"),
        (&["import", "835"], "good.835", "cut.835"),
        (&["import", "835", "--json"], "good.835", "cut.835"),
        (&["remit", "post"], "good.835", "nosuchfile"),
        (&["import", "acks"], "good.835", "nosuchfile"),
        (&["import", "acks"], "good.835", "cut.835"),
        (&["import", "fhir", "--profile", "synthea"], "good.json", "nosuchfile"),
        (&["import", "fhir", "--profile", "synthea"], "good.json", "cut.json"),
    ] {
        let said = trial.expect(2, &[command, &[good, bad]].concat());
        assert!(said.contains(bad) && said.contains("Nothing was imported"), "{command:?}: {said}");
        assert!(!said.contains("posted") && !said.contains("applied"), "{command:?}: {said}");
        assert_eq!(before, trial.hash(), "{command:?} {good} {bad} changed the database");
    }
    trial.run(&["import", "835", "good.835"]);
    assert_ne!(before, trial.hash(), "alone it is posted");
}

#[test]
fn a_bundle_with_a_mistake_makes_no_trial_practice() {
    let trial = empty_trial("no-trial");
    let bundle = std::fs::read_to_string(fixture("fhir/two-visits.json")).unwrap();
    trial.write("april.json", bundle.replace("\"1980-04-05\"", "\"April\"").as_bytes());
    let said = trial.expect(2, &["import", "fhir", "--profile", "synthea", "april.json"]);
    assert!(said.contains("birthDate") && said.contains("Nothing was imported"), "{said}");
    assert!(!trial.folder.join("books.sqlite").exists(), "exit code 2 leaves no database behind");
}

#[test]
fn a_remittance_that_does_not_balance_is_quarantined_and_posts_nothing() {
    let trial = Trial::new("unbalanced");
    let (_, remittance) = trial.remittance();
    let text = String::from_utf8(remittance).unwrap();
    let (head, rest) = text.split_once("BPR*").expect("a payment");
    let amount = rest.split('*').nth(1).unwrap();
    let dearer = format!("{head}BPR*{}", rest.replacen(amount, "99999.99", 1));
    trial.write("dearer.835", dearer.as_bytes());
    let books = |trial: &Trial| trial.expect(0, &["verify"]).lines().last().unwrap().to_owned();
    let before = books(&trial);
    let said = trial.expect(1, &["import", "835", "dearer.835"]);
    assert!(said.contains("quarantined") && said.contains("off by"), "{said}");
    assert_eq!(before, books(&trial));
    // For programs: an object a payment, and exit code 1 as long as it waits for a person.
    for _ in 0..2 {
        let payments = objects(&trial.expect(1, &["import", "835", "--json", "dearer.835"]));
        assert_eq!((&payments[0]["state"], &payments[0]["file"]), (&"quarantined".into(), &"dearer.835".into()));
        assert!(payments[0]["difference_cents"].as_i64().unwrap() < -9_000_000, "{payments:?}");
        assert!(payments[0]["reason"].as_str().unwrap().contains("BPR02"), "{payments:?}");
    }
}

/// What a command printed, an object a line.
fn objects(said: &str) -> Vec<serde_json::Value> {
    said.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_remittance_is_posted_once_and_a_rehearsal_posts_nothing() {
    let trial = Trial::new("once");
    let (_, remittance) = trial.remittance();
    trial.write("paid.835", &remittance);
    // The list of payments beside the books: a payer that denied everything pays nothing, and the books then stay.
    let books = |trial: &Trial| {
        let root = trial.expect(0, &["verify"]).lines().last().unwrap().to_owned();
        (root, trial.expect(0, &["remit", "list", "--json"]))
    };
    let before = books(&trial);
    let rehearsed = trial.run(&["remit", "post", "--dry-run", "paid.835"]);
    assert!(String::from_utf8_lossy(&rehearsed.stdout).contains("would be posted"), "{rehearsed:?}");
    assert_eq!(before, books(&trial), "a rehearsal changes nothing");
    trial.run(&["import", "835", "paid.835"]);
    let posted = books(&trial);
    assert_ne!(before, posted);
    let again = trial.run(&["import", "835", "paid.835"]);
    assert_eq!(again.status.code(), Some(0), "{again:?}");
    assert_eq!(posted, books(&trial), "a second import changes nothing");
    let payments = objects(&trial.expect(0, &["import", "835", "--json", "paid.835"]));
    assert!(!payments.is_empty() && payments.iter().all(|one| one["state"] == "duplicate"), "{payments:?}");
    assert!(payments.iter().all(|one| one["trace"].is_string() && one["claims"].as_u64() > Some(0)), "{payments:?}");
}

#[test]
fn refusals_and_mistakes_have_their_own_exit_codes() {
    let trial = Trial::new("codes");
    for (code, arguments) in [
        (2, &["claims", "lst"][..]),
        (2, &["report", "nothing"]),
        (2, &["import", "csv", "missing.csv"]),
        (2, &["claims", "list", "--status", "nope"]),
        (0, &["claims", "list", "--status", "Held"]),
        (3, &["claims", "show", "C0"]),
        (3, &["claims", "list", "--as", "tess"]),
        (3, &["claims", "list", "--practice", "Nobody's"]),
    ] {
        trial.expect(code, arguments);
    }
}

#[test]
fn whoever_only_looks_makes_no_database() {
    let trial = Trial::new("no-database");
    trial.write("empty.sqlite", b"");
    for arguments in [
        &["claims", "list"][..],
        &["remit", "list"],
        &["work", "list"],
        &["verify"],
        &["user", "list"],
        &["backup", "copy.sqlite"],
        &["serve", "--listen", "127.0.0.1:0"],
    ] {
        for name in ["absent.sqlite", "empty.sqlite"] {
            let output = Command::new(env!("CARGO_BIN_EXE_tierline"))
                .args(arguments)
                .args(["--database", name])
                .current_dir(&trial.folder)
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
            assert!(said.contains(&format!("There is no database at {name}.")), "{arguments:?}: {said}");
        }
    }
    assert!(!trial.folder.join("absent.sqlite").exists());
    assert_eq!(std::fs::read(trial.folder.join("empty.sqlite")).unwrap(), b"");
}

#[test]
fn a_file_that_is_no_backup_is_not_restored_and_names_keep_their_letters() {
    let trial = Trial::new("restore");
    trial.expect(0, &["backup", "bk.sqlite"]);
    let said = trial.expect(3, &["backup", "bk.sqlite"]);
    assert!(said.contains("bk.sqlite exists") && !said.contains("Bk.sqlite"), "{said}");
    for (name, bytes) in
        [("noise.bin", &b"no database at all, and long enough to be looked at"[..]), ("empty.bin", b"")]
    {
        trial.write(name, bytes);
        let output = Command::new(env!("CARGO_BIN_EXE_tierline"))
            .args(["restore", name, "--database", "new.sqlite"])
            .current_dir(&trial.folder)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(&format!("annot restore {name}, for it is no backup")), "{said}");
        assert!(!trial.folder.join("new.sqlite").exists() && !trial.folder.join("new.sqlite.part").exists());
    }
    let output = Command::new(env!("CARGO_BIN_EXE_tierline"))
        .args(["verify", "--database", "noise.bin"])
        .current_dir(&trial.folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(2) && said.contains("noise.bin is no database of Tierline."), "{said}");
}

#[test]
fn every_file_of_a_check_gets_its_object_and_the_worst_gives_the_exit_code() {
    let trial = Trial::new("check");
    trial.write("empty.x12", b"");
    trial.write("binary.x12", b"\x00\xff\x01");
    let good = fixture("x12/cases/ok-837P.x12");
    let good = good.to_str().unwrap();
    for (code, file, verdict) in [
        (0, good, "accepted"),
        (2, "missing.x12", "unreadable"),
        (2, "empty.x12", "unreadable"),
        (2, "binary.x12", "unreadable"),
    ] {
        let output = trial.run(&["x12", "check", "--json", file, good]);
        assert_eq!(output.status.code(), Some(code), "{file}: {output:?}");
        let objects: Vec<serde_json::Value> = String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .map(|object| serde_json::from_str(object).unwrap())
            .collect();
        assert_eq!(objects.len(), 2, "{file}");
        assert_eq!((&objects[0]["file"], &objects[0]["verdict"]), (&file.into(), &verdict.into()));
        let told = objects[0]["problems"].as_array().unwrap().iter().any(|problem| problem["text"].is_string());
        assert_eq!(told, verdict == "unreadable", "{file}");
    }
}

/// A folder without a practice; gone afterwards.
fn empty_trial(name: &str) -> Trial {
    let folder = std::env::temp_dir().join(format!("tierline-set-up-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    Trial { folder }
}

fn sample() -> String {
    std::fs::read_to_string(fixture("../docs/practice.sample.toml")).unwrap()
}

#[test]
fn a_practice_is_set_up_from_its_file_and_a_second_run_changes_nothing() {
    let trial = empty_trial("twice");
    trial.write("practice.toml", sample().as_bytes());
    let first = trial.expect(0, &["set-up", "practice.toml"]);
    assert!(first.contains("13 added, 0 changed"), "{first}");
    assert_eq!(first.matches("Start code of").count(), 6, "{first}");
    let people = trial.expect(0, &["user", "list"]);
    assert!(people.contains("rosa.idowu") && !people.contains("waiting"), "{people}");
    let before = trial.hash();
    let second = trial.expect(0, &["set-up", "practice.toml"]);
    assert!(second.contains("0 added, 0 changed") && !second.contains("password"), "{second}");
    assert_eq!(trial.hash(), before, "a second run leaves the database as it was");
    let dearer = sample().replace("140.00", "150.00").replace("filing_limit_days = 90", "filing_limit_days = 120");
    trial.write("practice.toml", dearer.as_bytes());
    let third = trial.expect(0, &["set-up", "practice.toml"]);
    assert!(third.contains("0 added, 2 changed"), "{third}");
    // People keep what colleagues gave them; what the file says otherwise is told with what to do.
    let other = dearer.replace("roles = [\"tier1\"]", "roles = [\"tier2\"]").replace("Rosa Idowu", "Rosa Idowu-Berg");
    trial.write("practice.toml", other.as_bytes());
    let fourth = trial.expect(1, &["set-up", "practice.toml"]);
    assert!(fourth.contains("`tierline user roles tim.berg tier2`"), "{fourth}");
    assert!(fourth.contains("rosa.idowu is called Rosa Idowu on file"), "{fourth}");
    trial.expect(0, &["verify"]);
}

/// A token of a person that the set-up made.
fn token_of(trial: &Trial, login: &str) -> String {
    let file = trial.folder.join("books.sqlite").display().to_string();
    let db = store::Db::open(&file, store::Env::system()).unwrap();
    let practice = store::practices::list(&db).unwrap().remove(0).practice_id;
    let system = billing::access::Actor::system(practice);
    let person = db.read(&system, practice, |read| app::users::by_login(read, login)).unwrap();
    let actor = billing::access::Actor::user(person.id, person.login, person.roles, practice);
    db.write(&actor, practice, |tx| app::access::session::make_token(tx, "test", 1)).unwrap()
}

#[test]
fn a_set_up_that_is_refused_late_leaves_nothing_of_what_came_before() {
    let trial = empty_trial("late");
    trial.write("practice.toml", sample().as_bytes());
    trial.expect(0, &["set-up", "practice.toml"]);
    let token = token_of(&trial, "rosa.idowu");
    // A manager may change the practice and a payer, and may not add the person who stands last.
    let more = "\n[[people]]\nlogin = \"nora.vance\"\nname = \"Nora Vance\"\nroles = [\"poster\"]\n";
    let changed =
        sample().replace("555-010-0199", "555-010-0144").replace("filing_limit_days = 90", "filing_limit_days = 120");
    trial.write("practice.toml", format!("{changed}{more}").as_bytes());
    let before = trial.hash();
    let output = Command::new(env!("CARGO_BIN_EXE_tierline"))
        .args(["set-up", "practice.toml", "--database", "books.sqlite", "--as", "rosa.idowu"])
        .current_dir(&trial.folder)
        .env("TIERLINE_TOKEN", token)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(3) && said.contains("add people"), "{said}");
    assert_eq!(trial.hash(), before, "nothing of the file was written");
    let whole = trial.expect(0, &["set-up", "practice.toml"]);
    assert!(whole.contains("1 added, 2 changed"), "{whole}");
}

#[test]
fn a_practice_file_with_a_mistake_sets_up_nothing() {
    let cases = [
        ("2100000027", "2100000028", "[[providers]] number 1, field npi"),
        ("\"140.00\"", "\"a lot\"", "[[fees]] number 1, field price"),
        ("\"140.00\"", "140.00", "[[fees]], field price"),
        ("appeal_days", "apeal_days", "[[payers]], field apeal_days"),
        ("[\"tier1\"]", "[\"tier9\"]", "[[people]] number 2, field roles"),
        ("America/New_York", "Boston", "[practice], field time_zone"),
        ("[\"administrator\"]", "[\"poster\", \"manager\"]", "[[people]] number 6, field roles"),
    ];
    for (right, wrong, says) in cases {
        let trial = empty_trial("mistake");
        trial.write("practice.toml", sample().replacen(right, wrong, 1).as_bytes());
        let said = trial.expect(2, &["set-up", "practice.toml"]);
        assert!(said.contains("practice.toml") && said.contains(says), "{wrong}: {said}");
        assert!(!trial.folder.join("books.sqlite").exists(), "{wrong}: nothing was written");
    }
}

#[test]
fn the_books_agree_with_the_payers_once_their_answers_are_read_and_not_before() {
    let trial = Trial::new("compare");
    let compare = ["simulate", "--folder", "exchange", "--compare"];
    let before = trial.expect(1, &compare);
    assert!(before.contains("claims that differ: ") && !before.contains("claims that differ: 0"), "{before}");
    trial.run(&["import", "inbox", "--folder", "exchange"]);
    let after = trial.expect(0, &compare);
    assert!(after.contains("claims that differ: 0"), "{after}");
    let told = trial.expect(0, &["simulate", "--folder", "exchange", "--compare", "--json"]);
    assert!(told.contains("\"claims_that_differ\": 0") && told.contains("\"claims_compared\": 2"), "{told}");
    // A folder in which nobody ever answered proves nothing.
    trial.expect(2, &["simulate", "--folder", "elsewhere", "--compare"]);
}
