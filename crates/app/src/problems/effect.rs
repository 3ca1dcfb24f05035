//! The effect of what was done about a problem: how often its pattern came in the four weeks before the first action and in
//! the four from it on. Counts what is stored; guesses nothing.

use billing::problem::Pattern;
use billing::problem::effect::{Counted, Effect, windows};
use jiff::civil::Date;
use store::problem::{CLAIMS_MADE, DECIDED_LINES, ITEMS_ENDED, ProblemRow, SIGNS_BETWEEN};
use store::{Conn, params};

use crate::Error;

/// The rate before and after the first action; none before there is one.
pub(crate) fn of(conn: &Conn, row: &ProblemRow) -> Result<Option<Effect>, Error> {
    let Some(acted_on) = row.acted_on else { return Ok(None) };
    let [before, after] = windows(acted_on, conn.today());
    let days_after = i64::from((after.1 - acted_on).get_days()) + 1;
    Ok(Some(Effect {
        acted_on,
        before: counted(conn, &row.body.0, before)?,
        after: counted(conn, &row.body.0, after)?,
        days_after,
    }))
}

fn counted(conn: &Conn, pattern: &Pattern, (from, to): (Date, Date)) -> Result<Counted, Error> {
    let shown =
        |conn: &Conn| -> Result<i64, Error> { Ok(conn.query_one(&SIGNS_BETWEEN, params![pattern.key(), from, to])?.0) };
    Ok(match pattern {
        Pattern::Denial { payer, carc, procedure, remark } => {
            let procedure = procedure.clone().unwrap_or_default();
            let (of, with) = conn.query_one(&DECIDED_LINES, params![from, to, *payer, carc.clone(), procedure])?;
            // Remarks stand beside no single line: its cases are counted.
            Counted { with: if remark.is_some() { shown(conn)? } else { with }, of }
        }
        Pattern::Cause { .. } => Counted { with: shown(conn)?, of: conn.query_one(&ITEMS_ENDED, params![from, to])?.0 },
        Pattern::Field { .. } | Pattern::Scrub { .. } => {
            Counted { with: shown(conn)?, of: conn.query_one(&CLAIMS_MADE, params![from, to])?.0 }
        }
    })
}
