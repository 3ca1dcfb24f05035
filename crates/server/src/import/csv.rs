//! Reads a CSV file of charges, one row a service, and groups the rows into visits. The header names the columns, in any
//! order. The whole file is judged before anything is used, and every problem names its row and column. Saves nothing.

mod entry;

use billing::Money;
use billing::charge::{MOST_MODIFIERS, MOST_POINTERS, Units};
use billing::counting::counted;
use billing::encounter::MOST_DIAGNOSES;
use billing::identifier::Npi;
use jiff::civil::Date;

use super::fhir::SourceFile;
use super::{InputProblem, Unreadable};

pub use entry::{CsvEntered, enter};

/// A month of a large practice has some ten thousand services; past this somebody chose the wrong file.
const MOST_ROWS: usize = 50_000;
/// Keeps a wrong file from filling the memory.
const LARGEST_FILE_BYTES: usize = 16 * 1024 * 1024;
/// Service dates before this are mistyped years; no payer takes a claim that old.
const OLDEST_YEAR: i16 = 2000;

/// The columns, with whether each must be there.
const COLUMNS: [(&str, bool); 12] = [
    ("patient_account", true),
    ("date_of_service", true),
    ("procedure", true),
    ("diagnoses", true),
    ("rendering_npi", true),
    ("place_of_service", false),
    ("modifiers", false),
    ("units", false),
    ("diagnosis_pointers", false),
    ("amount", false),
    ("visit", false),
    ("prior_authorization", false),
];

/// One visit of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvVisit {
    /// The row where it begins, as a spreadsheet counts: the header is row 1.
    pub row: usize,
    /// Key for a second import of the same visit.
    pub source_key: String,
    /// The patient's account number.
    pub patient_account: String,
    /// When.
    pub date_of_service: Date,
    /// Two-digit setting code.
    pub place_of_service: String,
    /// Who did the service.
    pub rendering_npi: Npi,
    /// ICD-10-CM codes without dots, the principal first.
    pub diagnoses: Vec<String>,
    /// Permission number of the payer.
    pub prior_authorization: Option<String>,
    /// The services.
    pub charges: Vec<CsvCharge>,
}

/// One service of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvCharge {
    /// Its row.
    pub row: usize,
    /// HCPCS or CPT code.
    pub procedure: String,
    /// Modifiers in order.
    pub modifiers: Vec<String>,
    /// Quantity.
    pub units: Units,
    /// Diagnoses it is for, from 1, within the visit.
    pub diagnosis_pointers: Vec<u8>,
    /// Price of all units; none: the fee schedule's.
    pub amount: Option<Money>,
}

/// Reads the file whole, or refuses it with every problem it has. `today` bounds the dates.
pub fn read_charges(file: &SourceFile, today: Date) -> Result<Vec<CsvVisit>, Unreadable> {
    let text = text_of(file).map_err(|problem| Unreadable(vec![problem]))?;
    // A row of another length is read all the same, because only then it can be named; it is refused below.
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let headers = match reader.headers() {
        Ok(headers) => headers.clone(),
        Err(_) => return Err(Unreadable(vec![whole_file(file, "the header row cannot be read", SAVE_AGAIN)])),
    };
    let columns = Columns::find(file, &headers).map_err(Unreadable)?;
    let mut problems = Vec::new();
    let mut visits: Vec<CsvVisit> = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let row = index + 2;
        if index >= MOST_ROWS {
            let words = format!("the file has more than {MOST_ROWS} rows");
            problems.push(whole_file(file, &words, "Split it by month and import one part after the other"));
            break;
        }
        let Ok(record) = record else {
            problems.push(whole_row(file, row, "the row cannot be read", SAVE_AGAIN));
            continue;
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if record.len() != headers.len() {
            problems.push(wrong_length(file, row, record.len(), headers.len()));
            continue;
        }
        let cells = Row { file, row, columns: &columns, record: &record, today };
        match cells.read() {
            Ok(line) => merge(&mut visits, line, file, &mut problems),
            Err(found) => problems.extend(found),
        }
    }
    if visits.is_empty() && problems.is_empty() {
        problems.push(whole_file(file, "the file has a header and no charges", "Check that the right file was named"));
    }
    if problems.is_empty() { Ok(visits) } else { Err(Unreadable(problems)) }
}

/// A comma that is not in quotes moves every cell behind it into the next column.
fn wrong_length(file: &SourceFile, row: usize, cells: usize, columns: usize) -> InputProblem {
    let words = format!("the row has {}, the header has {columns}", counted(cells, "cell"));
    let remedy = "Put a cell with a comma in it between quotes, as \"1,140.00\", and give every column a cell, \
                  if an empty one";
    whole_row(file, row, &words, remedy)
}

const SAVE_AGAIN: &str = "Save the sheet again as CSV with commas, in UTF-8";

fn text_of(file: &SourceFile) -> Result<&str, InputProblem> {
    if file.bytes.is_empty() {
        return Err(whole_file(file, "the file is empty", "Check that the right file was named"));
    }
    if file.bytes.len() > LARGEST_FILE_BYTES {
        let words = format!("the file has more than {} MiB", LARGEST_FILE_BYTES / 1024 / 1024);
        return Err(whole_file(file, &words, "Split it by month and import one part after the other"));
    }
    let bytes = file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&file.bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Ok(text),
        Ok(_) => Err(whole_file(file, "this is not a text file", SAVE_AGAIN)),
        Err(_) => Err(whole_file(file, "this is not UTF-8 text", SAVE_AGAIN)),
    }
}

/// Where each known column stands.
struct Columns([Option<usize>; COLUMNS.len()]);

impl Columns {
    fn find(file: &SourceFile, headers: &csv::StringRecord) -> Result<Columns, Vec<InputProblem>> {
        let mut found = [None; COLUMNS.len()];
        let mut problems = Vec::new();
        for (place, header) in headers.iter().enumerate() {
            let header = header.trim().to_ascii_lowercase();
            match COLUMNS.iter().position(|(name, _)| *name == header) {
                Some(column) if found[column].is_some() => {
                    problems.push(at(file, 1, &header, "the column stands there twice", "Delete one of them"));
                }
                Some(column) => found[column] = Some(place),
                None => {
                    let known: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
                    let remedy = format!("Rename or delete it; known columns are {}", known.join(", "));
                    problems.push(at(
                        file,
                        1,
                        &format!("number {}", place + 1),
                        "the column has no name we know",
                        &remedy,
                    ));
                }
            }
        }
        for (column, (name, required)) in COLUMNS.iter().enumerate() {
            if *required && found[column].is_none() {
                problems.push(at(file, 1, name, "the column is missing", "Add it to the sheet"));
            }
        }
        if problems.is_empty() { Ok(Columns(found)) } else { Err(problems) }
    }
}

struct Row<'a> {
    file: &'a SourceFile,
    row: usize,
    columns: &'a Columns,
    record: &'a csv::StringRecord,
    today: Date,
}

impl Row<'_> {
    /// One charge with the visit it belongs to, or all that is wrong with the row.
    fn read(&self) -> Result<CsvVisit, Vec<InputProblem>> {
        let mut problems = Vec::new();
        for (name, _) in COLUMNS {
            if is_formula(self.cell(name)) {
                problems.push(self.problem(
                    name,
                    "the cell begins with =, +, - or @ as a formula does",
                    "Type the plain value",
                ));
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut keep = |problem: InputProblem| problems.push(problem);
        let date_of_service = self.date().map_err(&mut keep).ok();
        let procedure = self.code("procedure", 5..=5, "five letters and digits").map_err(&mut keep).ok();
        let npi = Npi::parse(self.cell("rendering_npi"));
        let npi = npi.map_err(|bad| keep(self.problem("rendering_npi", &bad.problem, "Correct the number"))).ok();
        let account = self.cell("patient_account").to_owned();
        if account.is_empty() {
            keep(self.problem("patient_account", "the cell is empty", "Fill in the patient's account number"));
        }
        let diagnoses = self.diagnoses().map_err(&mut keep).ok();
        let modifiers = self.modifiers().map_err(&mut keep).ok();
        let units = self.units().map_err(&mut keep).ok();
        let amount = self.amount().map_err(&mut keep).ok();
        let place_of_service = self.place_of_service().map_err(&mut keep).ok();
        let most = diagnoses.as_ref().map_or(MOST_DIAGNOSES, Vec::len);
        let pointers = self.pointers(most).map_err(&mut keep).ok();
        let (
            Some(date_of_service),
            Some(procedure),
            Some(rendering_npi),
            Some(diagnoses),
            Some(modifiers),
            Some(units),
            Some(amount),
            Some(place_of_service),
            Some(diagnosis_pointers),
        ) = (date_of_service, procedure, npi, diagnoses, modifiers, units, amount, place_of_service, pointers)
        else {
            return Err(problems);
        };
        if !problems.is_empty() {
            return Err(problems);
        }
        let visit = self.cell("visit");
        Ok(CsvVisit {
            row: self.row,
            source_key: format!(
                "csv {account} {date_of_service} {place_of_service} {} {visit}",
                rendering_npi.as_str()
            ),
            patient_account: account,
            date_of_service,
            place_of_service,
            rendering_npi,
            diagnoses,
            prior_authorization: Some(self.cell("prior_authorization").to_owned()).filter(|text| !text.is_empty()),
            charges: vec![CsvCharge { row: self.row, procedure, modifiers, units, diagnosis_pointers, amount }],
        })
    }

    fn cell(&self, name: &str) -> &str {
        COLUMNS
            .iter()
            .position(|(known, _)| *known == name)
            .and_then(|column| self.columns.0[column])
            .and_then(|place| self.record.get(place))
            .map_or("", str::trim)
    }

    fn date(&self) -> Result<Date, InputProblem> {
        let text = self.cell("date_of_service");
        let wrong = |problem: &str| self.problem("date_of_service", problem, "Write the date as 2026-03-02");
        let is_iso = text.len() == 10 && text.as_bytes().get(4) == Some(&b'-');
        let date: Date = text.parse().ok().filter(|_| is_iso).ok_or_else(|| wrong("this is not a date"))?;
        if date > self.today {
            return Err(wrong("the date is in the future"));
        }
        if date.year() < OLDEST_YEAR {
            return Err(wrong("the year is too long ago"));
        }
        Ok(date)
    }

    fn code(&self, name: &str, length: std::ops::RangeInclusive<usize>, shape: &str) -> Result<String, InputProblem> {
        let code = self.cell(name).to_ascii_uppercase();
        let good = length.contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if good { Ok(code) } else { Err(self.problem(name, &format!("must be {shape}"), "Correct the code")) }
    }

    fn diagnoses(&self) -> Result<Vec<String>, InputProblem> {
        let codes: Vec<String> = words(self.cell("diagnoses")).map(|code| code.replace('.', "")).collect();
        let good = |code: &String| {
            (3..=7).contains(&code.len())
                && code.starts_with(|first: char| first.is_ascii_uppercase())
                && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        if codes.is_empty() || codes.len() > MOST_DIAGNOSES || !codes.iter().all(good) {
            let problem = format!("must be 1 to {MOST_DIAGNOSES} ICD-10-CM codes with spaces between");
            return Err(self.problem("diagnoses", &problem, "Correct the codes"));
        }
        Ok(codes)
    }

    fn modifiers(&self) -> Result<Vec<String>, InputProblem> {
        let modifiers: Vec<String> = words(self.cell("modifiers")).collect();
        let good = modifiers.len() <= MOST_MODIFIERS
            && modifiers.iter().all(|one| one.len() == 2 && one.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        if good {
            return Ok(modifiers);
        }
        let problem = format!("must be at most {MOST_MODIFIERS} modifiers of two characters with spaces between");
        Err(self.problem("modifiers", &problem, "Correct the modifiers"))
    }

    fn units(&self) -> Result<Units, InputProblem> {
        let text = self.cell("units");
        if text.is_empty() {
            return Ok(Units::ONE);
        }
        match text.parse::<Units>() {
            Ok(units) if units.thousandths() > 0 => Ok(units),
            Ok(_) => Err(self.problem("units", "must be more than zero", "Correct the quantity")),
            Err(problem) => Err(self.problem("units", &problem, "Correct the quantity")),
        }
    }

    fn amount(&self) -> Result<Option<Money>, InputProblem> {
        let text = self.cell("amount");
        if text.is_empty() {
            return Ok(None);
        }
        match dollars_and_cents(text) {
            Some(amount) if amount > Money::ZERO => Ok(Some(amount)),
            Some(_) | None => Err(self.problem(
                "amount",
                "must be an amount above zero such as 140, 140.00 or 1,140.00",
                "Write a point and two digits for the cents, or leave it empty for the fee schedule's",
            )),
        }
    }

    fn place_of_service(&self) -> Result<String, InputProblem> {
        if self.cell("place_of_service").is_empty() {
            // The office: where a practice sees its patients unless somebody says otherwise.
            return Ok("11".to_owned());
        }
        self.code("place_of_service", 2..=2, "two digits such as 11")
    }

    /// 1 2 or A B; empty: the first four diagnoses.
    fn pointers(&self, most: usize) -> Result<Vec<u8>, InputProblem> {
        let text = self.cell("diagnosis_pointers");
        let chosen: Option<Vec<u8>> = if text.is_empty() {
            Some((1..=most.min(MOST_POINTERS)).filter_map(|pointer| u8::try_from(pointer).ok()).collect())
        } else {
            words(text).map(|word| pointer(&word)).collect()
        };
        let good = |pointers: &Vec<u8>| {
            pointers.len() <= MOST_POINTERS && pointers.iter().all(|one| (1..=most).contains(&usize::from(*one)))
        };
        chosen.filter(good).ok_or_else(|| {
            let problem = format!("must be at most {MOST_POINTERS} of the row's diagnoses, as 1 2 or A B");
            self.problem("diagnosis_pointers", &problem, "Correct the pointers")
        })
    }

    fn problem(&self, column: &str, problem: &str, remedy: &str) -> InputProblem {
        at(self.file, self.row, column, problem, remedy)
    }
}

/// Digits, commas only before each three of them, and two decimals or none: `140,00` and `1.140` come from sheets where
/// comma and point mean the opposite, and any guess at them would be a price nobody named.
fn dollars_and_cents(text: &str) -> Option<Money> {
    let body = text.strip_prefix('$').unwrap_or(text);
    let whole = match body.split_once('.') {
        Some((whole, cents)) if cents.len() == 2 => whole,
        Some(_) => return None,
        None => body,
    };
    let is_plain = whole.starts_with(|first: char| first.is_ascii_digit());
    Money::parse(body).ok().filter(|_| is_plain)
}

/// A cell that a spreadsheet would run. Leading tabs and line breaks count too (OWASP, CSV injection).
fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split([' ', ';', '|', ',']).filter(|word| !word.is_empty()).map(str::to_ascii_uppercase)
}

fn pointer(word: &str) -> Option<u8> {
    match word.as_bytes() {
        [letter @ b'A'..=b'L'] => Some(letter - b'A' + 1),
        _ => word.parse().ok(),
    }
}

/// Rows of one visit stand together under one key; their diagnoses must agree, because pointers count in them.
fn merge(visits: &mut Vec<CsvVisit>, line: CsvVisit, file: &SourceFile, problems: &mut Vec<InputProblem>) {
    match visits.iter_mut().find(|visit| visit.source_key == line.source_key) {
        Some(visit) if visit.diagnoses == line.diagnoses => visit.charges.extend(line.charges),
        Some(visit) => problems.push(at(
            file,
            line.row,
            "diagnoses",
            &format!("they differ from row {} of the same visit", visit.row),
            "Give all rows of a visit the same diagnoses, or different words in the column visit",
        )),
        None => visits.push(line),
    }
}

fn whole_file(file: &SourceFile, problem: &str, remedy: &str) -> InputProblem {
    InputProblem {
        file: file.name.clone(),
        place: "whole file".to_owned(),
        problem: problem.to_owned(),
        remedy: remedy.to_owned(),
    }
}

fn whole_row(file: &SourceFile, row: usize, problem: &str, remedy: &str) -> InputProblem {
    InputProblem { place: format!("row {row}"), ..whole_file(file, problem, remedy) }
}

fn at(file: &SourceFile, row: usize, column: &str, problem: &str, remedy: &str) -> InputProblem {
    InputProblem {
        file: file.name.clone(),
        place: format!("row {row}, column {column}"),
        problem: problem.to_owned(),
        remedy: remedy.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const HEADER: &str =
        "patient_account,date_of_service,procedure,diagnoses,rendering_npi,modifiers,units,amount,diagnosis_pointers\n";

    fn read(rows: &str) -> Result<Vec<CsvVisit>, Unreadable> {
        let file = SourceFile { name: "charges.csv".to_owned(), bytes: format!("{HEADER}{rows}").into_bytes() };
        read_charges(&file, date(2026, 11, 22))
    }

    #[test]
    fn rows_of_one_visit_become_one_visit() {
        let visits = read(
            "1001,2026-11-02,99213,E11.9 I10,1234567893,25,,140.00,\n1001,2026-11-02,36415,E11.9 I10,1234567893,,2,,A\n1002,2026-11-02,99214,J02.9,1234567893,,,,\n",
        )
        .expect("a good file");
        assert_eq!(visits.len(), 2);
        let first = &visits[0];
        assert_eq!(first.diagnoses, ["E119", "I10"]);
        assert_eq!(first.charges[0].diagnosis_pointers, [1, 2]);
        assert_eq!(first.charges[0].amount, Some(Money::from_cents(14_000)));
        assert_eq!((first.charges[1].units, &first.charges[1].diagnosis_pointers[..]), (Units::whole(2), &[1][..]));
        assert_eq!(first.place_of_service, "11");
    }

    #[test]
    fn every_bad_cell_is_named_by_row_and_column() {
        let good = "1001,2026-11-02,99213,E119,1234567893,,,,";
        for (bad, column, words) in [
            ("=HYPERLINK(1),2026-11-02,99213,E119,1234567893,,,,", "patient_account", "formula"),
            ("@SUM,2026-11-02,99213,E119,1234567893,,,,", "patient_account", "formula"),
            ("1001,11/02/2026,99213,E119,1234567893,,,,", "date_of_service", "not a date"),
            ("1001,2026-02-30,99213,E119,1234567893,,,,", "date_of_service", "not a date"),
            ("1001,2026-12-24,99213,E119,1234567893,,,,", "date_of_service", "future"),
            ("1001,2026-11-02,9921,E119,1234567893,,,,", "procedure", "five"),
            ("1001,2026-11-02,99213,E119,1234567890,,,,", "rendering_npi", "check digit"),
            ("1001,2026-11-02,99213,,1234567893,,,,", "diagnoses", "1 to 12"),
            ("1001,2026-11-02,99213,E119,1234567893,,,-5.00,", "amount", "formula"),
            ("1001,2026-11-02,99213,E119,1234567893,,,0.00,", "amount", "above zero"),
            ("1001,2026-11-02,99213,E119,1234567893,,,,2", "diagnosis_pointers", "diagnoses"),
            (",2026-11-02,99213,E119,1234567893,,,,", "patient_account", "empty"),
        ] {
            let refused = read(&format!("{good}\n{bad}\n")).expect_err(bad).to_string();
            for part in ["charges.csv", "row 3", column, words, "Nothing was imported"] {
                assert!(refused.contains(part), "{part} in {refused}");
            }
        }
    }

    #[test]
    fn an_amount_is_read_only_where_nobody_could_mean_another() {
        for (cell, cents) in [
            ("140", 14_000),
            ("140.00", 14_000),
            ("$140.05", 14_005),
            ("\"1,140.00\"", 114_000),
            ("\"1,234,567\"", 123_456_700),
            ("0.50", 50),
        ] {
            let visits = read(&format!("1001,2026-11-02,99213,E119,1234567893,,,{cell},\n")).expect(cell);
            assert_eq!(visits[0].charges[0].amount, Some(Money::from_cents(cents)), "{cell}");
        }
        let good = "1001,2026-11-02,99213,E119,1234567893,,,140.00,";
        for cell in [
            "\"140,00\"",
            "\"1.140,00\"",
            "\"1,4,0\"",
            "\"1140,000.00\"",
            "\",140.00\"",
            "\"140,\"",
            "1.140",
            "140.5",
            "140.",
            ".50",
            "140.000",
            "1 140.00",
            "(140.00)",
            "$$140.00",
            "1e3",
        ] {
            let refused = read(&format!("{good}\n1001,2026-11-02,99214,E119,1234567893,,,{cell},\n"));
            let refused = refused.expect_err(cell).to_string();
            for part in ["row 3, column amount", "two digits for the cents", "Nothing was imported"] {
                assert!(refused.contains(part), "{cell}: {part} in {refused}");
            }
        }
    }

    #[test]
    fn a_row_with_a_cell_too_many_or_too_few_is_refused() {
        let good = "1001,2026-11-02,99213,E119,1234567893,,,140.00,";
        for (bad, cells) in [
            ("1001,2026-11-02,99214,E119,1234567893,,,1,140.00,", "10 cells"),
            ("1001,2026-11-02,99214,E119,1234567893,,,140.00,,", "10 cells"),
            ("1001,2026-11-02,99214,E119,1234567893,,,140.00", "8 cells"),
            ("1001", "1 cell,"),
        ] {
            let refused = read(&format!("{good}\n{bad}\n")).expect_err(bad).to_string();
            for part in ["row 3: the row has", cells, "the header has 9", "between quotes", "Nothing was imported"] {
                assert!(refused.contains(part), "{part} in {refused}");
            }
        }
        assert_eq!(read(&format!("{good}\n,,,,\n,,,,,,,,,,,\n")).expect("rows without words say nothing").len(), 1);
    }

    #[test]
    fn a_wrong_file_is_refused_whole() {
        for (bytes, words) in [
            (Vec::new(), "empty"),
            (b"\xff\xfe\x00a".to_vec(), "UTF-8"),
            (b"a\0b".to_vec(), "not a text file"),
            (b"patient_account,colour\n".to_vec(), "known columns"),
            (HEADER.as_bytes().to_vec(), "no charges"),
            (HEADER.replace("units", "procedure").into_bytes(), "twice"),
        ] {
            let file = SourceFile { name: "charges.csv".to_owned(), bytes };
            let refused = read_charges(&file, date(2026, 11, 22)).expect_err(words).to_string();
            assert!(refused.contains(words), "{words} in {refused}");
        }
    }

    #[test]
    fn rows_of_a_visit_must_agree_on_diagnoses() {
        let refused = read("1001,2026-11-02,99213,E119,1234567893,,,,\n1001,2026-11-02,36415,I10,1234567893,,,,\n");
        assert!(refused.expect_err("they differ").to_string().contains("row 2 of the same visit"));
    }
}
