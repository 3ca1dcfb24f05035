//! `tierline export`: every report that the person may read, as CSV files; it says which are left out.

use std::path::{Path, PathBuf};

use app::Error;
use app::access::{allow, allow_plain};
use billing::access::{Action, ResourceState};
use billing::counting::counted;
use clap::Args;
use store::reports::{Cell, REPORTS, Report};

use super::output::line;
use super::{Done, Failure, Place, Session};
use crate::report_csv;

/// Where to.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder; it is made, and files of the same name in it are written anew
    folder: PathBuf,
}

/// Writes every report.
pub fn run(arguments: &Arguments, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    let folder = &arguments.folder;
    std::fs::create_dir_all(folder).map_err(|error| Failure::file(folder, &error))?;
    let may = |report: &&&Report| allow(&session.actor, report.action, &ResourceState::default()).is_ok();
    if !REPORTS.iter().any(|report| may(&report)) {
        allow(&session.actor, Action::ViewReports, &ResourceState::default()).map_err(Error::from)?;
    }
    for report in REPORTS {
        if !may(&report) {
            line(&format!("{}: left out; your roles may not read it", report.key));
            continue;
        }
        let rows = session.read(|read| {
            allow_plain(read, report.action)?;
            (report.run)(read).map_err(Error::from)
        })?;
        let path = folder.join(format!("{}.csv", report.key));
        write(&path, report, &rows)?;
        line(&format!("{}: {}", path.display(), counted(rows.len(), "row")));
    }
    Ok(Done::Clean)
}

fn write(path: &Path, report: &Report, rows: &[Vec<Cell>]) -> Result<(), Failure> {
    let text = report_csv::written(report, rows).map_err(|error| Failure::Refused(error.to_string()))?;
    std::fs::write(path, text).map_err(|error| Failure::file(path, &error))
}
