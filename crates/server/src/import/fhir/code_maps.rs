//! Our own small tables from clinical codes to billing codes, as data beside this file. What is not in a table is
//! reported, never guessed. Knows no FHIR and no dates but a patient's age.

/// A row of the visit table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitRule {
    /// FHIR class: AMB, EMER, IMP …
    pub class: String,
    /// SNOMED CT code of the visit's type.
    pub snomed: String,
    /// Youngest age in years the row is for.
    pub from_age: i16,
    /// Oldest age in years the row is for.
    pub to_age: i16,
    /// What to charge, or why nothing.
    pub outcome: VisitOutcome,
}

/// What a kind of visit becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VisitOutcome {
    /// A charge.
    Charge {
        /// HCPCS or CPT code.
        procedure: String,
        /// Two-digit setting code.
        place_of_service: String,
        /// ICD-10-CM code when the visit has no condition; for a check-up the principal diagnosis of a healthy person.
        diagnosis: String,
        /// ICD-10-CM code that goes first when the visit also has conditions; empty: the conditions stand alone.
        diagnosis_with_findings: String,
    },
    /// Nothing to bill, with the reason.
    NotBillable(String),
}

/// The tables, read from the text that is built in.
pub struct CodeMaps {
    conditions: Vec<(String, String)>,
    visits: Vec<VisitRule>,
    services: Vec<ServiceRule>,
}

/// A row of the service table: something done or given that has a charge of its own, or has none for a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceRule {
    system: String,
    code: String,
    /// The charge, or why there is none.
    pub outcome: ServiceOutcome,
}

/// What a service becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceOutcome {
    /// A line of the visit.
    Charge {
        /// HCPCS or CPT code.
        procedure: String,
        /// A diagnosis that the line brings along; empty: the visit's own.
        diagnosis: String,
    },
    /// Nothing to bill, with the reason.
    NotBillable(String),
}

impl CodeMaps {
    /// Reads the built-in tables. A line that does not have its columns is left out, and a test counts them.
    pub fn built_in() -> CodeMaps {
        CodeMaps {
            conditions: rows(include_str!("snomed_to_icd10cm.tsv"))
                .filter_map(|row| Some(((*row.first()?).to_owned(), (*row.get(1)?).to_owned())))
                .collect(),
            visits: rows(include_str!("visit_to_charge.tsv")).filter_map(|row| visit_rule(&row)).collect(),
            services: rows(include_str!("service_to_charge.tsv")).filter_map(|row| service_rule(&row)).collect(),
        }
    }

    /// ICD-10-CM code, without its dot, of a SNOMED CT condition.
    pub fn diagnosis(&self, snomed: &str) -> Option<&str> {
        self.conditions.iter().find(|(from, _)| from == snomed).map(|(_, to)| to.as_str())
    }

    /// What a visit of this class and type becomes at this age.
    pub fn visit(&self, class: &str, snomed: &str, age_years: i16) -> Option<&VisitOutcome> {
        self.visits
            .iter()
            .find(|rule| {
                rule.class == class && rule.snomed == snomed && (rule.from_age..=rule.to_age).contains(&age_years)
            })
            .map(|rule| &rule.outcome)
    }

    /// What a procedure (`snomed`) or vaccine (`cvx`) becomes.
    pub fn service(&self, system: &str, code: &str) -> Option<&ServiceOutcome> {
        self.services.iter().find(|rule| rule.system == system && rule.code == code).map(|rule| &rule.outcome)
    }
}

/// The rows of a table, without comments, each as its columns.
fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| line.split('\t').collect())
}

fn visit_rule(row: &[&str]) -> Option<VisitRule> {
    let [class, snomed, from_age, to_age, procedure, place, diagnosis, with_findings, ..] = row else {
        return None;
    };
    let outcome = match procedure.strip_prefix("not billable: ") {
        Some(reason) => VisitOutcome::NotBillable(reason.to_owned()),
        None => VisitOutcome::Charge {
            procedure: (*procedure).to_owned(),
            place_of_service: (*place).to_owned(),
            diagnosis: (*diagnosis).to_owned(),
            diagnosis_with_findings: (*with_findings).to_owned(),
        },
    };
    Some(VisitRule {
        class: (*class).to_owned(),
        snomed: (*snomed).to_owned(),
        from_age: from_age.parse().ok()?,
        to_age: to_age.parse().ok()?,
        outcome,
    })
}

fn service_rule(row: &[&str]) -> Option<ServiceRule> {
    let [system, code, procedure, diagnosis, ..] = row else {
        return None;
    };
    let outcome = match procedure.strip_prefix("not billable: ") {
        Some(reason) => ServiceOutcome::NotBillable(reason.to_owned()),
        None => ServiceOutcome::Charge { procedure: (*procedure).to_owned(), diagnosis: (*diagnosis).to_owned() },
    };
    Some(ServiceRule { system: (*system).to_owned(), code: (*code).to_owned(), outcome })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_tables_is_read() {
        let maps = CodeMaps::built_in();
        for (table, count) in [
            (include_str!("snomed_to_icd10cm.tsv"), maps.conditions.len()),
            (include_str!("visit_to_charge.tsv"), maps.visits.len()),
            (include_str!("service_to_charge.tsv"), maps.services.len()),
        ] {
            let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).count();
            assert_eq!(lines, count);
        }
    }

    #[test]
    fn every_diagnosis_of_the_tables_is_billable() {
        let maps = CodeMaps::built_in();
        let icd10 = codes_named_in(&maps);
        assert!(icd10.len() > 30);
        for code in icd10 {
            let diagnosis = codes::icd10cm::lookup(&code, jiff::civil::date(2026, 11, 1));
            assert!(diagnosis.is_some_and(|known| known.billable), "{code}");
        }
    }

    fn codes_named_in(maps: &CodeMaps) -> Vec<String> {
        let mut codes: Vec<String> = maps.conditions.iter().map(|(_, code)| code.clone()).collect();
        for rule in &maps.visits {
            if let VisitOutcome::Charge { diagnosis, diagnosis_with_findings, .. } = &rule.outcome {
                codes.push(diagnosis.clone());
                codes.push(diagnosis_with_findings.clone());
            }
        }
        codes.retain(|code| !code.is_empty());
        codes
    }

    #[test]
    fn a_check_up_depends_on_age() {
        let maps = CodeMaps::built_in();
        let procedure = |age| match maps.visit("AMB", "185349003", age) {
            Some(VisitOutcome::Charge { procedure, .. }) => procedure.clone(),
            other => format!("{other:?}"),
        };
        assert_eq!([procedure(6), procedure(30), procedure(54), procedure(70)], ["99393", "99395", "99396", "G0439"]);
        assert_eq!(maps.visit("AMB", "185349003", 2), None);
    }
}
