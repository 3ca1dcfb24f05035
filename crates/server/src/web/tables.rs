//! Lists as files: a page that shows rows gives the same rows as CSV, XLSX or JSON where the address or the program asks.
//! Who may see the page may have the file, masked as the page is; nothing is read that the page does not show.

use std::fmt::Display;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;

use store::reports::Cell;

use super::page::Page;
use super::refusal::Refusal;
use crate::table_file::{Format, Sheet, written};

/// The form that is asked for; none for the page. `?format=` says it, and the `Accept` header for a program.
pub struct Wanted(pub Option<Format>);

impl<S: Send + Sync> FromRequestParts<S> for Wanted {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Wanted, Refusal> {
        let query = parts.uri.query().unwrap_or_default();
        let asked = query.split('&').find_map(|pair| pair.strip_prefix("format="));
        match asked {
            Some(word) => Format::parse(word).map(|format| Wanted(Some(format))).ok_or_else(|| Refusal::Invalid {
                field: "format".into(),
                problem: "Ask for csv, xlsx or json.".into(),
            }),
            None => Ok(Wanted(accepted(&parts.headers))),
        }
    }
}

fn accepted(headers: &HeaderMap) -> Option<Format> {
    let accepts = headers.get(header::ACCEPT)?.to_str().ok()?;
    let first = accepts.split([',', ';']).next()?.trim();
    Format::ALL.into_iter().find(|format| format.media_type().split(';').next() == Some(first))
}

/// Words in a cell.
pub fn text(words: impl Display) -> Cell {
    Cell::Text(words.to_string())
}

/// Words, or an empty cell.
pub fn maybe(words: Option<impl Display>) -> Cell {
    Cell::Text(words.map(|words| words.to_string()).unwrap_or_default())
}

/// The sheets as a file of a name without ending.
pub fn file(name: &str, sheets: &[Sheet], format: Format) -> Page {
    let bytes = written(sheets, format).map_err(|error| Refusal::Broken(error.to_string()))?;
    let place = match format {
        Format::Json => "inline".to_owned(),
        Format::Csv | Format::Xlsx => format!("attachment; filename=\"{name}.{}\"", format.as_str()),
    };
    let head = [(header::CONTENT_TYPE, format.media_type().to_owned()), (header::CONTENT_DISPOSITION, place)];
    Ok((head, bytes).into_response())
}
