//! `tierline export`: every report that the person may read, as files of one form; it says which are left out.

use std::path::{Path, PathBuf};

use app::Error;
use app::access::{allow, allow_plain};
use billing::access::{Action, ResourceState};
use billing::counting::counted;
use clap::{Args, ValueEnum};
use store::reports::{Cell, REPORTS, Report};

use super::output::line;
use super::{Done, Failure, Place, Session};
use crate::table_file::{Format, Sheet, written};

/// Where to.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder; it is made, and files of the same name in it are written anew
    folder: PathBuf,
    /// The form of the files
    #[arg(long, value_enum, default_value_t = Form::Csv)]
    format: Form,
}

/// A form of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Comma-separated values
    Csv,
    /// A workbook
    Xlsx,
    /// Objects with whole cents
    Json,
}

/// Writes every report.
pub fn run(arguments: &Arguments, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    let folder = &arguments.folder;
    let format = match arguments.format {
        Form::Csv => Format::Csv,
        Form::Xlsx => Format::Xlsx,
        Form::Json => Format::Json,
    };
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
        let path = folder.join(format!("{}.{}", report.key, format.as_str()));
        let count = counted(rows.len(), "row");
        write(&path, report, rows, format)?;
        line(&format!("{}: {count}", path.display()));
    }
    Ok(Done::Clean)
}

fn write(path: &Path, report: &Report, rows: Vec<Vec<Cell>>, format: Format) -> Result<(), Failure> {
    let sheet = Sheet { name: report.key, columns: report.columns, rows };
    let bytes = written(&[sheet], format).map_err(|error| Failure::Refused(error.to_string()))?;
    std::fs::write(path, bytes).map_err(|error| Failure::file(path, &error))
}
