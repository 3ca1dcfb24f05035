//! Several files of one import: all are read, then all are judged, and only then the first is taken in. So exit code 2
//! means that nothing was changed, whatever else was named beside the bad file. Knows no format.

use std::path::PathBuf;

use app::Error;

use crate::cli::Failure;
use crate::import::fhir::SourceFile;

/// Last words where a file among several cannot be read.
const NOTHING_TAKEN: &str = "Nothing was imported, of the other files neither.";

/// Reads a file under the name that the user gave.
pub fn source_file(path: &PathBuf) -> Result<SourceFile, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::file(path, &error))?;
    Ok(SourceFile { name: path.display().to_string(), bytes })
}

/// Reads every file, or tells every one that cannot be.
pub fn source_files(paths: &[PathBuf]) -> Result<Vec<SourceFile>, Failure> {
    let mut files = Vec::with_capacity(paths.len());
    let mut problems = Vec::new();
    for path in paths {
        match source_file(path) {
            Ok(file) => files.push(file),
            Err(failure) => problems.push(failure.to_string()),
        }
    }
    none_or_unreadable(problems, paths.len())?;
    Ok(files)
}

/// Asks `judge` about every file and tells every one that cannot be used. Whoever has no right to import is told only
/// that.
pub fn judge_all(files: &[SourceFile], judge: impl Fn(&SourceFile) -> Result<(), Error>) -> Result<(), Failure> {
    let mut problems = Vec::new();
    for file in files {
        match judge(file) {
            Ok(()) => {}
            Err(Error::Refused(why)) => problems.push(why),
            Err(other) => return Err(other.into()),
        }
    }
    none_or_unreadable(problems, files.len())
}

fn none_or_unreadable(mut problems: Vec<String>, files: usize) -> Result<(), Failure> {
    if problems.is_empty() {
        return Ok(());
    }
    if files > 1 {
        problems.push(NOTHING_TAKEN.to_owned());
    }
    Err(Failure::Unreadable(problems.join("\n")))
}

/// Takes judged files in, in order, and keeps what became of each under its name. A refusal does not stop the next
/// file; any other failure does. Either is told as a refusal, because the files before it are in.
pub fn take_each<T>(
    files: &[SourceFile],
    mut take: impl FnMut(&SourceFile) -> Result<T, Error>,
) -> (Vec<(String, T)>, Option<Failure>) {
    let mut taken = Vec::with_capacity(files.len());
    let mut problems = Vec::new();
    for file in files {
        match take(file) {
            Ok(outcome) => taken.push((file.name.clone(), outcome)),
            Err(Error::Refused(why)) if why.contains(&file.name) => problems.push(why),
            Err(Error::Refused(why)) => problems.push(format!("{}: {why}", file.name)),
            Err(other) => {
                problems.push(format!("{}: {} The files after it were not read.", file.name, Failure::from(other)));
                break;
            }
        }
    }
    let failure = (!problems.is_empty()).then(|| Failure::Refused(problems.join("\n")));
    (taken, failure)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Vec<SourceFile> {
        ["one", "two", "three"].map(|name| SourceFile { name: name.to_owned(), bytes: Vec::new() }).into()
    }

    #[test]
    fn every_file_is_judged_before_one_is_taken() {
        let refused = judge_all(&files(), |file| match file.name.as_str() {
            "one" => Ok(()),
            name => Err(Error::refused(format!("{name}: it is cut off."))),
        });
        let Err(Failure::Unreadable(words)) = refused else { panic!("exit code 2, not {refused:?}") };
        assert_eq!(words, format!("two: it is cut off.\nthree: it is cut off.\n{NOTHING_TAKEN}"));
    }

    #[test]
    fn a_late_refusal_is_no_exit_code_2_and_the_others_are_told() {
        let (taken, failure) = take_each(&files(), |file| match file.name.as_str() {
            "two" => Err(Error::refused("It was kept out again.")),
            name => Ok(name.len()),
        });
        assert_eq!(taken, [("one".to_owned(), 3), ("three".to_owned(), 5)]);
        let Some(Failure::Refused(words)) = failure else { panic!("exit code 3, not {failure:?}") };
        assert_eq!(words, "two: It was kept out again.");
        let (taken, failure) = take_each(&files(), |file| match file.name.as_str() {
            "two" => Err(Error::NotFound("payer")),
            name => Ok(name.len()),
        });
        assert_eq!(taken.len(), 1);
        let Some(Failure::Refused(words)) = failure else { panic!("exit code 3, not {failure:?}") };
        assert!(words.starts_with("two: ") && words.ends_with("The files after it were not read."), "{words}");
    }
}
