//! Reads CMS's HCPCS Level II file saved as CSV (`HCPC2025_OCT_ANWEB`), columns found by their heading.
//!
//! Row of the packed table: `code, added, last, coverage, laboratory, short, long`. Dental codes are left out.

use super::{Loaded, csv_cells, one_line};
use crate::packed::pack;

/// Reads the whole file; the first line names the columns.
pub fn from_csv(text: &str) -> Loaded {
    let mut lines = text.lines().enumerate();
    let heading = lines.next().map(|(_, line)| csv_cells(line.trim_start_matches('\u{feff}'))).unwrap_or_default();
    let place = |name: &str| heading.iter().position(|cell| cell.trim() == name);
    let columns = ["HCPC", "ADD DT", "TERM DT", "COV", "LABCERT1", "SHORT DESCRIPTION", "LONG DESCRIPTION"].map(place);
    let mut problems = Vec::new();
    if columns.iter().any(Option::is_none) {
        problems.push(
            "line 1: this is not CMS's HCPCS file: HCPC, ADD DT, TERM DT and the descriptions are expected".to_owned(),
        );
        return Loaded { packed: pack(Vec::new()), rows: 0, problems };
    }
    let mut rows = Vec::new();
    for (number, line) in lines {
        let cells = csv_cells(line);
        let [code, added, last, coverage, laboratory, short, long] =
            columns.map(|at| at.and_then(|at| cells.get(at)).map(|cell| one_line(cell)).unwrap_or_default());
        if !matches!(code.len(), 2 | 5) {
            problems.push(format!("line {}: a code has 2 or 5 characters; row left out", number + 1));
        } else if code.len() == 5 && code.starts_with('D') {
            problems.push(format!("line {}: dental code left out, its text belongs to the ADA", number + 1));
        } else {
            let laboratory = if laboratory.is_empty() { "" } else { "L" };
            rows.push(format!("{code}\t{added}\t{last}\t{coverage}\t{laboratory}\t{short}\t{long}"));
        }
    }
    Loaded { rows: rows.len(), packed: pack(rows), problems }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packed::Packed;

    #[test]
    fn columns_are_found_by_name_and_dental_codes_left_out() {
        let loaded = from_csv(
            "HCPC,LONG DESCRIPTION,SHORT DESCRIPTION,LABCERT1,COV,ADD DT,TERM DT\n\
             G0001,\"Made up, long\",Made up,400,C,20200101,\nD0001,x,x,,,,\n",
        );
        assert_eq!((loaded.rows, loaded.problems.len()), (1, 1));
        let table = Packed::unpack("test", &loaded.packed);
        assert_eq!(table.line(0), "G0001\t20200101\t\tC\tL\tMade up\tMade up, long");
    }

    #[test]
    fn another_file_is_refused_in_a_sentence() {
        assert!(from_csv("a,b\n1,2\n").problems[0].contains("not CMS's HCPCS file"));
    }
}
