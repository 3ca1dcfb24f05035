//! The embedded engine's statistics, fixed by us: a plan never depends on what the database happened to hold when
//! somebody counted it.
//!
//! Every index begins with the practice. Without statistics the engine takes the practice for a good key and reads
//! all of it; with statistics counted on a young database it believes that everything is small. Both cost a hundred
//! times the right plan. So each migration writes what a busy practice looks like, and nothing counts again.

use crate::conn::Conn;
use crate::error::StoreError;

/// Rows a large table is planned for: what one busy practice gathers in a year.
const MANY: i64 = 100_000;
/// Rows of a table that stays small: payers, providers, counters, people who sign in.
const FEW: i64 = 50;
/// Tables that stay small.
const SMALL: &[&str] = &[
    "practice",
    "provider",
    "facility",
    "payer",
    "control_number",
    "desk_setting",
    "practice_head",
    "audit_read_head",
    "schema_migration",
    "app_user",
    "user_role",
    "api_token",
    "demo_login",
    "login_bucket",
    "login_reset",
    "phone_card",
    "call_rule",
];
/// Columns with a handful of values.
const HANDFUL: &[&str] = &[
    "account",
    "desk",
    "done_at",
    "is_latest",
    "kind",
    "matched_by",
    "outcome",
    "rank",
    "reason",
    "skill",
    "state",
    "status",
    "team",
];

/// Every index with its columns in order: table, index, unique, column.
const INDEXED_COLUMNS: &str = "SELECT m.name, l.name, l.\"unique\", i.seqno, i.name
    FROM sqlite_schema m JOIN pragma_index_list(m.name) l JOIN pragma_index_info(l.name) i
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND i.name IS NOT NULL
    ORDER BY m.name, l.name, i.seqno";
/// Tables whose primary key is the table itself; their statistics stand under the table's name.
const KEYED_TABLES: &str = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND wr = 1";

/// Writes the statistics for every index there is, and has this connection read them.
pub(crate) fn write(conn: &Conn) -> Result<(), StoreError> {
    // Makes the statistics' own table where there is none; counts nothing that is kept.
    conn.batch("statistics", "PRAGMA analysis_limit = 1; ANALYZE; DELETE FROM sqlite_stat1;")?;
    let keyed: Vec<(String,)> = conn.query_text("statistics", KEYED_TABLES, &[])?;
    let columns: Vec<(String, String, i64, i64, String)> = conn.query_text("statistics", INDEXED_COLUMNS, &[])?;
    let mut indexes: Vec<Index> = Vec::new();
    for (table, name, unique, place, column) in columns {
        if place == 0 {
            indexes.push(Index { table, name, unique: unique == 1, columns: Vec::new() });
        }
        if let Some(index) = indexes.last_mut() {
            index.columns.push(column);
        }
    }
    let mut text = String::new();
    for index in &indexes {
        let is_key = index.name.starts_with("sqlite_autoindex_") && index.name.ends_with("_1");
        let stands_under = match keyed.iter().any(|(table,)| *table == index.table) && is_key {
            true => &index.table,
            false => &index.name,
        };
        // Names come from our own schema: letters, digits and underscores.
        text.push_str(&format!(
            "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('{}', '{stands_under}', '{}');",
            index.table,
            index.statistics()
        ));
    }
    text.push_str("ANALYZE sqlite_schema;");
    conn.batch("statistics", &text)
}

struct Index {
    table: String,
    name: String,
    unique: bool,
    columns: Vec<String>,
}

impl Index {
    /// "rows, rows that share the first column, rows that share the first two …".
    fn statistics(&self) -> String {
        let all = if SMALL.contains(&self.table.as_str()) { FEW } else { MANY };
        let mut words = vec![all.to_string()];
        let mut left = all;
        for (place, column) in self.columns.iter().enumerate() {
            left = (left / values(column, all)).max(1);
            if self.unique && place + 1 == self.columns.len() {
                left = 1;
            }
            words.push(left.to_string());
        }
        words.join(" ")
    }
}

/// How many values a column has, by the habits of our names.
fn values(column: &str, all: i64) -> i64 {
    match column {
        "practice_id" => 1,
        "id" => all,
        column if HANDFUL.contains(&column) => 5,
        column if column.ends_with("_id") => all / 10,
        column if column.ends_with("_on") || column.ends_with("_date") || column == "date_of_service" => 1_000,
        _ => all / 2,
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{PRACTICE, TestDb, TestEngine};
    use crate::value::Val;

    /// Statements (or all of a file) that read a whole table of a practice, with the reason.
    const WHOLE: &[(&str, &str)] = &[
        ("adjustment_rule::ADJUSTMENT_RULES", "a practice's own rows are few"),
        ("adjustment_rule::POSTED_DECISIONS", "a dry run reads what was posted, a piece at a time"),
        ("audit::AUDIT_LATEST", "the newest rows of a chain, up to a limit"),
        ("audit_read::", "the head of a chain: one row a practice"),
        ("call::CALL_RULES", "the figures of a practice are few"),
        ("call::UNTOUCHED", "the daily look at everything that is open"),
        ("cash_request::PAYABLE_WITHOUT_REQUEST", "proof reads everything"),
        ("clock::CLOCK_COUNTS", "a summary of what runs"),
        ("clock::CLOCK_TERMS", "what was said of lengths is little"),
        ("clock::PRACTICE_DAYS", "some days a year"),
        ("clock::OVERDUE_IN_NO_HAND", "the days of one job are few"),
        ("clock::ENDED_WITHOUT_WORDS", "proof reads everything"),
        ("clock_ahead::WORK_PACE", "some figures of a practice"),
        ("clock_follow::PRACTICE_OF_CLOCKS", "one row a practice"),
        ("credit::PATIENTS_WITH_CREDIT", "the daily look at everything that is overpaid"),
        ("hands::", "proof that everything owed is in a hand reads everything"),
        ("head::", "the heads of the chains: one row a practice"),
        ("inbound_file::LATEST_INBOUND_FILES", "the newest rows, up to a limit"),
        ("bank::IN_TRANSIT", "what is on its way is a fold over the postings of remittances"),
        ("bank::BOOKED_DAYS", "the lines of the bank are few beside everything else"),
        ("bank::FIRST_TAKEN", "the lines of the bank are few beside everything else"),
        ("bank::LINES_", "proof reads everything"),
        ("bank::UNDEPOSITED", "what was taken at the desk is a fold over its account"),
        ("estate::UNCASHED_CHECKS", "what was sent is little"),
        ("state_refund::PAID_TO_STATES", "what went to states is little"),
        ("money_rule::MONEY_RULES", "the rules of a practice are few"),
        ("pay_link::PAYMENT_PAGES", "the settings of a practice are few"),
        ("pay_link::NOTICES_OFF", "proof reads everything"),
        ("payment_return::DISPUTE", "proof reads everything"),
        ("deposit::SLIP_TOTALS", "slips are few: some a week"),
        ("deposit::SLIPS_", "proof reads everything"),
        ("deposit::READY_CHECKS", "what is on its way is a fold over the postings of remittances"),
        ("reconciliation::BANK_AT", "the account Bank as a whole"),
        ("reconciliation::RECONCILIATIONS", "one row a month"),
        ("reconciliation::UNCASHED", "what was sent is little"),
        ("job_run::LATEST_JOB_RUNS", "the newest rows, up to a limit"),
        ("ledger::TRIAL_BALANCE", "the books as a whole"),
        ("ledger::HELD_", "proof that held money is the fold of its postings"),
        ("patient_statement::LATEST_STATEMENTS", "the newest rows, up to a limit"),
        ("patient_statement::OWING_PATIENTS", "everybody who owes, once a statement run"),
        ("patient_statement::PRACTICE_BODY", "one row a practice"),
        ("practice_limit::", "the figures of a practice are few"),
        ("period::", "the books of a month, the months themselves, and proof of them read everything"),
        ("provider_level::CLOSED_ITEMS", "the last items of all payers, up to a limit"),
        ("provider_level::ITEMS_OFF", "proof reads everything"),
        ("provider_level::OPEN_ITEMS", "what is open is a fold over the items"),
        ("provider_level::SETTLED_AT_ONCE", "what payers say outside claims is little beside the rest"),
        ("refund::CREDITS_WITHOUT_REFUND", "proof reads everything"),
        ("refund::PAYABLE_WITHOUT_REFUND", "proof reads everything"),
        ("registration::", "the practice's own lists: providers, places, payers, prices"),
        ("reports::", "a report reads what it reports on"),
        ("submission::", "files that went out, newest first or by their state"),
        ("unapplied_cash::CASH_WAITING", "proof that waiting cash is somebody's work"),
        ("unapplied_cash::SUSPENSE", "everything in suspense is little, and an index of its own"),
        ("users::", "the people of a practice"),
        ("verify::", "proof reads everything"),
        ("views::access_log::PEOPLE", "the people of a practice"),
        ("views::claim_money::", "every claim, for the comparison with what payers decided"),
        ("views::claims::CLAIMS", "a list by filters, up to a limit"),
        ("views::home::", "the counts of the day"),
        ("views::inquiries::", "a list, up to a limit"),
        ("views::patient_ledger::PATIENT_POSTINGS", "what is scanned is the patient's own postings, found by index"),
        ("views::practice::", "one row a practice"),
        ("views::practice_totals::", "a summary of everything"),
        ("notice::UNREAD_NOTICES", "what is scanned is a hundred rows that an index found"),
        ("notice::LETTERS_DUE", "the people of a practice"),
        ("saved_view::SAVED_VIEWS", "the views that a practice's people keep are few"),
        ("views::queue::", "what is scanned is the page of rows that an index found"),
        ("views::wall::", "counts over one index that covers them, kept until something changes"),
        ("form_draft::FORGET_OLD_DRAFTS", "once a day, what few people left behind"),
        ("views::remittances::REMITTANCES", "the newest rows, up to a limit"),
        ("views::remittances::REMITTANCE_TOTALS", "counts and sums of the inbox by state, from an index"),
        ("write_off::CREDITS_OF_WRITE_OFFS", "proof reads everything"),
        ("write_off::WRITE_OFFS_NOT_IN_BOOKS", "proof reads everything"),
        ("write_off::WRITTEN_OFF_WITHOUT_ROW", "proof reads everything"),
        ("worklist::QUEUE_TOTALS", "one covering index over the work items"),
        ("problem::PROBLEM_BY_NUMBER", "the problems of a practice are few"),
        ("problem::SUMS_OF_PROBLEMS", "what is scanned is the problems' own cases, found by index"),
        ("problem::CASES_OF_PROBLEM", "what is scanned is the problem's own cases, found by index"),
        ("problem::GATHERING_SETTINGS", "the settings of a practice are few"),
        ("desk_setting::", "what a practice says of its desk is little"),
        ("routing::NEXT_OF_OTHER_PAYERS", "the first three hundred of a lane, in the order of its index"),
        ("routing::LANE_TOTALS", "counts of the open work of every team, for who arranges it"),
        ("routing::TEAMS_OF_WORK", "proof reads everything"),
        ("quality::LATEST_DRAWS", "the newest rows, up to a limit"),
        ("quality::ENDED_LATE", "what ended in a time, by the index of what ended"),
        ("quality::ALL_TRAINING_CASES", "the cases of a training practice are few"),
        ("quality::SKILLS_SAID", "skills given to people are few"),
        ("quality::MARK_TRAINING", "one row a practice"),
        ("quality::TRAINING_LINK", "one row a practice"),
        ("work_case::ESCALATED", "the look of who oversees at all open work"),
        ("work_case::ITEMS_WITHOUT_OWNER", "verify reads everything"),
        ("work_case::OPEN_CONSULTS", "questions between colleagues are few"),
        ("work_case::OWN_REASONS", "a practice's own rows are few"),
        ("work_case::UNACKNOWLEDGED", "the daily look at complaints among open work"),
        ("work_case::WAITING", "the index holds only what waits"),
        ("work_case::WAITS_WITHOUT_END", "verify reads everything"),
    ];

    #[test]
    fn no_statement_reads_a_whole_large_table_unless_it_says_why() {
        let db = TestDb::new(TestEngine::Sqlite);
        let mut whole = Vec::new();
        for statement in crate::registry::STATEMENTS.iter().flat_map(|list| list.iter()) {
            let count = crate::registry::highest_parameter(statement.sql);
            let sql = crate::conn::with_keys(statement.sql, count + 1, 1);
            let params = vec![Val::Null; crate::registry::highest_parameter(&sql)];
            let plan: Vec<(i64, i64, i64, String)> = db
                .core()
                .unchained(&db.system(), PRACTICE, |conn| {
                    conn.query_text(statement.name, &format!("EXPLAIN QUERY PLAN {sql}"), &params)
                })
                .unwrap();
            let reads_all = plan.iter().any(|(_, _, _, step)| {
                step.starts_with("SCAN") && !step.contains("CONSTANT ROW") || step.ends_with("(practice_id=?)")
            });
            if reads_all {
                whole.push(format!("{}: {:?}", statement.name, plan.iter().map(|step| &step.3).collect::<Vec<_>>()));
            }
        }
        whole.retain(|found| !WHOLE.iter().any(|(name, _)| found.starts_with(&format!("store::{name}"))));
        assert!(whole.is_empty(), "{}", whole.join("\n"));
    }
}
