//! What two engines that are not ours say of the acknowledgments we write.
#![allow(clippy::unwrap_used)] // A test that cannot read its files must stop.

use std::path::{Path, PathBuf};
use std::process::Command;

use x12::{AcknowledgedFile, AcknowledgmentHeader, ShapeOnly, check, write_277ca, write_999_with};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The 999 and the 277CA for every case that gets one, below a folder of this test.
fn answers(folder: &Path) -> Vec<PathBuf> {
    std::fs::create_dir_all(folder).unwrap();
    let header = AcknowledgmentHeader { made_at: jiff::civil::date(2026, 9, 2).at(1, 2, 0, 0), control_number: 77 };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(root().join("testdata/x12/cases")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        let checked = check(&bytes, &ShapeOnly);
        for (nth, interchange) in checked.interchanges.iter().enumerate() {
            let file = Some(AcknowledgedFile::held(&bytes));
            let received_on = jiff::civil::date(2026, 9, 1);
            let written = [
                ("999", write_999_with(&checked, interchange, header, file)),
                ("277", write_277ca(&bytes, &checked, interchange, header, received_on)),
            ];
            for (kind, answer) in written {
                if let Ok(Some(answer)) = answer {
                    let path = folder.join(format!("{kind}-{nth}-{name}.x12"));
                    std::fs::write(&path, answer).unwrap();
                    files.push(path);
                }
            }
        }
    }
    files
}

#[test]
fn other_engines_accept_our_acknowledgments() {
    let Ok(python) = std::env::var("TIERLINE_TEST_PYTHON") else {
        println!(
            "SKIPPED other_engines_accept_our_acknowledgments (no Python with pyx12 and x12sdk; run cargo xtask test)"
        );
        return;
    };
    let folder = std::env::temp_dir().join(format!("tierline-acknowledgments-{}", std::process::id()));
    let files = answers(&folder);
    let output =
        Command::new(python).arg(root().join("testdata/other-engines/check.py")).args(&files).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    // x12sdk has neither guide.
    let answers: Vec<&str> = said.lines().filter(|line| line.contains("\"pyx12\"")).collect();
    assert_eq!(answers.len(), files.len(), "pyx12 speaks of each file");
    assert!(answers.len() > 100, "{}", answers.len());
    let refused: Vec<&&str> = answers.iter().filter(|line| !is_as_expected(line)).collect();
    assert!(refused.is_empty(), "{refused:#?}");
}

/// Accepted, or refused for a reason that speaks against the engine or against the claim file.
fn is_as_expected(line: &str) -> bool {
    if line.contains("\"accepted\": true") {
        return true;
    }
    // It gives four characters to IK303 and CTX04; the names of most loops of these guides have five or six.
    let told = line.rsplit_once("\"problems\": [").map_or("", |(_, told)| told);
    let is_loop_id = |one: &str| {
        one.contains("\\\"Loop Identifier Code\\\"") && one.contains(") is too long") && one.contains("> 4 (max_len)")
    };
    if told.trim_end_matches("]}").split("\", \"").all(is_loop_id) {
        return true;
    }
    // A claim file without its receiver is answered without one.
    line.contains("277-0-bad-837P-missing-receiver-loop")
}
