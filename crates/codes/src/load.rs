//! Loaders of the official files: how the packed tables in `data/` are made, and how a user's newer file is read.
//!
//! Pure: text in, table bytes and problems out. A file is recognised by its content, never by its name, because the
//! names change with every release. To regenerate, see `examples/pack_tables.rs` and `data/README.md`.

pub mod excludes;
pub mod hcpcs;
pub mod icd10cm;

/// What a loader made of a file.
#[derive(Debug)]
pub struct Loaded {
    /// The packed table.
    pub packed: Vec<u8>,
    /// Rows taken.
    pub rows: usize,
    /// Rows left out, each with its line and the reason.
    pub problems: Vec<String>,
}

/// Splits one CSV record; quotes may hold commas and doubled quotes, never a line break in these files.
pub(crate) fn csv_cells(line: &str) -> Vec<String> {
    let mut cells = Vec::new();
    let mut cell = String::new();
    let mut quoted = false;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                cell.push('"');
                letters.next();
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(std::mem::take(&mut cell)),
            _ => cell.push(letter),
        }
    }
    cells.push(cell);
    cells
}

/// Tabs and line ends would break a table row.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_quotes_hold_commas_and_quotes() {
        assert_eq!(csv_cells("a,\"b, c\",\"d \"\"e\"\"\","), vec!["a", "b, c", "d \"e\"", ""]);
    }
}
