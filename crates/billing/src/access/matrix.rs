//! The permission matrix, read once from `data/permissions.tsv`. A cell that cannot be read grants nothing.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::{Action, Role};

/// The matrix as data: rows are actions, columns roles.
const PERMISSIONS: &str = include_str!("../../data/permissions.tsv");

/// What a role may do of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// Yes.
    Yes,
    /// Up to a limit of money.
    WithinLimit,
    /// As the maker: another person must check it.
    Maker,
    /// As the checker: never what they made themselves.
    Checker,
    /// With names and numbers masked.
    Masked,
    /// On their own record only.
    OwnRecord,
    /// No.
    No,
}

impl Cell {
    fn parse(text: &str) -> Option<Cell> {
        Some(match text {
            "Y" => Cell::Yes,
            "L" => Cell::WithinLimit,
            "M" => Cell::Maker,
            "C" => Cell::Checker,
            "m" => Cell::Masked,
            "S" => Cell::OwnRecord,
            "-" => Cell::No,
            _ => return None,
        })
    }

    /// The letter in the matrix.
    pub fn letter(self) -> &'static str {
        match self {
            Cell::Yes => "Y",
            Cell::WithinLimit => "L",
            Cell::Maker => "M",
            Cell::Checker => "C",
            Cell::Masked => "m",
            Cell::OwnRecord => "S",
            Cell::No => "-",
        }
    }
}

/// One row: what the action says, and a cell a role.
struct Row {
    says: String,
    cells: Vec<Cell>,
}

/// The whole matrix.
pub struct Matrix {
    rows: BTreeMap<String, Row>,
}

impl Matrix {
    /// The matrix in force.
    pub fn get() -> &'static Matrix {
        static MATRIX: OnceLock<Matrix> = OnceLock::new();
        MATRIX.get_or_init(|| Matrix::parse(PERMISSIONS))
    }

    fn parse(text: &str) -> Matrix {
        let mut rows = BTreeMap::new();
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
        for line in lines.skip(1) {
            let mut fields = line.split('\t');
            let (Some(key), Some(says)) = (fields.next(), fields.next()) else {
                continue;
            };
            let cells = fields.map(|field| Cell::parse(field).unwrap_or(Cell::No)).collect();
            rows.insert(key.to_owned(), Row { says: says.to_owned(), cells });
        }
        Matrix { rows }
    }

    /// What the role may do of the action.
    pub fn cell(&self, action: Action, role: Role) -> Cell {
        let column = Role::ALL.iter().position(|known| *known == role);
        self.rows
            .get(action.key())
            .and_then(|row| column.and_then(|column| row.cells.get(column)))
            .copied()
            .unwrap_or(Cell::No)
    }

    /// The action in words: "work a denial".
    pub fn says(&self, action: Action) -> &str {
        self.rows.get(action.key()).map_or(action.key(), |row| row.says.as_str())
    }

    /// The roles that may do the action on records other than their own.
    pub fn roles_that_may(&self, action: Action) -> Vec<Role> {
        Role::ALL.into_iter().filter(|role| !matches!(self.cell(action, *role), Cell::No | Cell::OwnRecord)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_action_has_exactly_one_row_and_each_row_an_action() {
        let keys: Vec<_> = PERMISSIONS
            .lines()
            .filter(|line| !line.starts_with('#'))
            .skip(1)
            .map(|line| line.split('\t').next().unwrap())
            .collect();
        let actions: Vec<_> = Action::ALL.iter().map(|action| action.key()).collect();
        assert_eq!(keys, actions, "rows and actions stand in the same order");
    }

    #[test]
    fn every_cell_is_one_of_the_seven_letters() {
        let header = PERMISSIONS.lines().find(|line| !line.starts_with('#')).unwrap();
        let columns: Vec<_> = header.split('\t').skip(2).collect();
        assert_eq!(columns, Role::ALL.map(Role::key));
        for line in PERMISSIONS.lines().filter(|line| !line.starts_with('#')).skip(1) {
            let cells: Vec<_> = line.split('\t').skip(2).collect();
            assert_eq!(cells.len(), Role::ALL.len(), "{line}");
            assert!(cells.iter().all(|cell| Cell::parse(cell).is_some()), "{line}");
        }
    }
}
