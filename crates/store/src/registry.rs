//! The list of every registered statement. A new file of statements is one more line here, and the test below then
//! prepares it on both engines and compares parameters, columns and types.

use crate::statement::Registered;

/// The statements of each file on tables of a practice.
pub(crate) const STATEMENTS: &[&[Registered]] = &[
    crate::bank::STATEMENTS,
    crate::adjustment_rule::STATEMENTS,
    crate::audit::STATEMENTS,
    crate::audit_read::STATEMENTS,
    crate::call::STATEMENTS,
    crate::cash_request::STATEMENTS,
    crate::charge::STATEMENTS,
    crate::claim::STATEMENTS,
    crate::contact::STATEMENTS,
    crate::clock::STATEMENTS,
    crate::clock_ahead::STATEMENTS,
    crate::clock_follow::STATEMENTS,
    crate::clock_follow::beside::STATEMENTS,
    crate::control_number::STATEMENTS,
    crate::credit::STATEMENTS,
    crate::deposit::STATEMENTS,
    crate::desk_setting::STATEMENTS,
    crate::eligibility::STATEMENTS,
    crate::estate::STATEMENTS,
    crate::follow_up::STATEMENTS,
    crate::form_draft::STATEMENTS,
    crate::hands::STATEMENTS,
    crate::head::STATEMENTS,
    crate::inbound_file::STATEMENTS,
    crate::inquiry::STATEMENTS,
    crate::job_run::STATEMENTS,
    crate::keyed_remittance::STATEMENTS,
    crate::ledger::STATEMENTS,
    crate::notice::STATEMENTS,
    crate::pay_link::STATEMENTS,
    crate::saved_view::STATEMENTS,
    crate::payment_return::STATEMENTS,
    crate::reconciliation::STATEMENTS,
    crate::medicare_questions::STATEMENTS,
    crate::money_rule::STATEMENTS,
    crate::period::STATEMENTS,
    crate::practice_limit::STATEMENTS,
    crate::problem::STATEMENTS,
    crate::registration::STATEMENTS,
    crate::registration_version::STATEMENTS,
    crate::provider_level::STATEMENTS,
    crate::quality::STATEMENTS,
    crate::refund::STATEMENTS,
    crate::remittance::STATEMENTS,
    crate::reports::aging::STATEMENTS,
    crate::reports::conflicts::STATEMENTS,
    crate::reports::journal::STATEMENTS,
    crate::reports::receipts::STATEMENTS,
    crate::reports::unclaimed_property::STATEMENTS,
    crate::reports::write_offs::STATEMENTS,
    crate::routing::STATEMENTS,
    crate::state_refund::STATEMENTS,
    crate::submission::STATEMENTS,
    crate::verify::STATEMENTS,
    crate::worklist::STATEMENTS,
    crate::work_case::STATEMENTS,
    crate::write_off::STATEMENTS,
    crate::patient_account::STATEMENTS,
    crate::patient_payment::STATEMENTS,
    crate::patient_statement::STATEMENTS,
    crate::access::STATEMENTS,
    crate::unapplied_cash::STATEMENTS,
    crate::users::STATEMENTS,
    crate::views::access_log::STATEMENTS,
    crate::views::claim::STATEMENTS,
    crate::views::claim_money::STATEMENTS,
    crate::views::claims::STATEMENTS,
    crate::views::day_sheet::STATEMENTS,
    crate::views::explain::STATEMENTS,
    crate::views::home::STATEMENTS,
    crate::views::inquiries::STATEMENTS,
    crate::views::patient_ledger::STATEMENTS,
    crate::views::patients::STATEMENTS,
    crate::views::practice::STATEMENTS,
    crate::views::practice_totals::STATEMENTS,
    crate::views::remittances::STATEMENTS,
    crate::views::timely_filing::STATEMENTS,
    crate::views::unmatched::STATEMENTS,
    crate::views::queue::STATEMENTS,
    crate::views::wall::STATEMENTS,
    crate::views::work::STATEMENTS,
];

/// The statements of each file on tables that belong to no practice.
pub(crate) const GLOBAL_STATEMENTS: &[&[Registered]] = &[crate::practices::GLOBAL_STATEMENTS];

/// Every registered statement, for the reference page and the tests.
pub fn registered() -> impl Iterator<Item = &'static Registered> {
    STATEMENTS.iter().chain(GLOBAL_STATEMENTS).flat_map(|list| list.iter())
}

/// Highest `$n` of a text.
#[cfg(test)]
pub(crate) fn highest_parameter(sql: &str) -> usize {
    sql.split('$')
        .skip(1)
        .filter_map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok())
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conn::{Link, with_key_array, with_keys};
    use crate::sqlite;
    use crate::testing::{PRACTICE, for_each_engine};
    use crate::value::Kind;

    /// The type words of PostgreSQL that a kind may be read from.
    fn postgres_words(kind: Kind) -> &'static [&'static str] {
        match kind {
            Kind::Bool => &["bool"],
            Kind::Int => &["int2", "int4", "int8"],
            Kind::Text => &["text", "varchar", "name"],
            Kind::Bytes => &["bytea"],
            Kind::Uuid => &["uuid"],
            Kind::Date => &["date"],
            Kind::Timestamp => &["timestamptz"],
            Kind::Json => &["jsonb"],
        }
    }

    /// The text as the engine gets it, with one key or one array of keys.
    fn one_key(sql: &str, link: &Link) -> String {
        let number = highest_parameter(sql) + 1;
        match link {
            Link::Sqlite(_) => with_keys(sql, number, 1),
            Link::Postgres(_) => with_key_array(sql, number),
        }
    }

    fn check_columns(statement: &Registered, found: &[(String, Option<String>)]) {
        assert_eq!(statement.columns.len(), found.len(), "{}: columns {found:?}", statement.name);
        for (column, (name, word)) in statement.columns.iter().zip(found) {
            if !column.name.is_empty() {
                assert_eq!(column.name, name, "{}", statement.name);
            }
            if let Some(word) = word {
                let words = postgres_words(column.kind);
                assert!(words.contains(&word.as_str()), "{}: {name} is {word}, not {words:?}", statement.name);
            }
        }
    }

    #[test]
    fn every_statement_is_prepared_on_both_engines_and_fits_its_record() {
        for_each_engine(|db| {
            for statement in registered() {
                let result = db.core().unchained(&db.system(), PRACTICE, |conn| {
                    let sql = one_key(statement.sql, &conn.link);
                    let parameters = highest_parameter(&sql);
                    match &conn.link {
                        Link::Sqlite(connection) => {
                            let numbered = sqlite::numbered(&sql);
                            let prepared =
                                connection.prepare(&numbered).map_err(|e| sqlite::refused(statement.name, &e))?;
                            assert_eq!(prepared.parameter_count(), parameters, "{}", statement.name);
                            let found: Vec<_> = prepared.column_names().map(|n| (n.to_owned(), None)).collect();
                            check_columns(statement, &found);
                        }
                        Link::Postgres(link) => {
                            let described = link.borrow_mut().describe(statement.name, &sql)?;
                            assert_eq!(described.params, parameters, "{}", statement.name);
                            let found: Vec<_> =
                                described.columns.into_iter().map(|(name, word)| (name, Some(word))).collect();
                            check_columns(statement, &found);
                        }
                    }
                    Ok(())
                });
                if let Err(error) = result {
                    panic!("{:?}: {}: {error}", db.engine, statement.name);
                }
            }
        });
    }

    #[test]
    fn every_statement_of_a_practice_names_the_practice_as_its_first_parameter() {
        for statement in STATEMENTS.iter().flat_map(|list| list.iter()) {
            assert!(statement.tenant, "{}", statement.name);
            assert!(statement.sql.contains("practice_id = $1"), "{} does not name the practice", statement.name);
        }
        for statement in GLOBAL_STATEMENTS.iter().flat_map(|list| list.iter()) {
            assert!(!statement.tenant, "{}", statement.name);
        }
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = registered().map(|s| s.name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn every_file_with_statements_is_registered() {
        let source = env!("CARGO_MANIFEST_DIR").to_owned() + "/src";
        let mut folders = vec![std::path::PathBuf::from(source)];
        let registry = include_str!("registry.rs");
        while let Some(folder) = folders.pop() {
            for file in std::fs::read_dir(folder).unwrap() {
                let path = file.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
                let text = std::fs::read_to_string(&path).unwrap();
                let declares = text.lines().any(|line| line == "statements! {" || line == "global_statements! {");
                if declares {
                    assert!(registry.contains(&format!("{stem}::")), "{} is not in registry.rs", path.display());
                }
            }
        }
    }
}
