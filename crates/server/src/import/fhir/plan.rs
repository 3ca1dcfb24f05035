//! From resolved bundles to an import plan: who, when, what, insured by whom; and the count of what has no place on a
//! bill. Decides nothing that a table or a profile decides, and saves nothing.

use std::collections::{HashMap, HashSet};

use billing::identifier::Npi;
use jiff::civil::Date;
use jiff::{Unit, civil};

use super::bundle::{Bundles, Located};
use super::code_maps::{CodeMaps, ServiceOutcome, VisitOutcome};
use super::happened::{not_confirmed, not_done};
use super::identities::source_key;
use super::people;
use super::profile::{Profile, WhoPays};
use super::resources::{Concept, Condition, Encounter, InsuranceClaim, Patient};
use super::visits::{
    CoveragePeriod, ImportPlan, PlannedCharge, PlannedPatient, PlannedPractitioner, PlannedVisit, Unmapped,
};
use crate::import::{InputProblem, Unreadable};

const SNOMED: &str = "http://snomed.info/sct";
const CVX: &str = "http://hl7.org/fhir/sid/cvx";
const US_NPI: &str = "http://hl7.org/fhir/sid/us-npi";

/// The practice's own rooms.
const OFFICE: &str = "11";

/// A significant, separately identifiable visit on the day of another service.
const SEPARATE_VISIT_MODIFIER: &str = "25";

/// Makes the plan. `today` is the practice's; the same bundles on the same day give the same plan.
pub fn plan(bundles: &Bundles, profile: Profile, today: Date) -> Result<ImportPlan, Unreadable> {
    let mut planner = Planner {
        bundles,
        profile,
        today,
        maps: CodeMaps::built_in(),
        facts: Facts::gather(bundles),
        plan: ImportPlan::default(),
        problems: Vec::new(),
    };
    for patient in &bundles.patients {
        planner.plan_patient(patient);
    }
    planner.count_unused();
    if planner.problems.is_empty() { Ok(planner.plan) } else { Err(Unreadable(planner.problems)) }
}

/// What belongs to each visit, by the visit's key.
#[derive(Default)]
struct Facts<'a> {
    conditions: HashMap<&'a str, Vec<&'a Concept>>,
    /// By patient: codes of conditions that none of the patient's conditions confirms.
    doubtful: HashMap<&'a str, Vec<&'a str>>,
    services: HashMap<&'a str, Vec<(&'static str, &'a Concept)>>,
    insurance_words: HashMap<&'a str, &'a str>,
    encounters: HashMap<&'a str, Vec<&'a Located<Encounter>>>,
}

impl<'a> Facts<'a> {
    fn gather(bundles: &'a Bundles) -> Facts<'a> {
        let mut facts = Facts::default();
        facts.gather_conditions(bundles);
        for procedure in &bundles.procedures {
            let it = &procedure.resource;
            if let (Some(visit), None) = (bundles.resolve(it.encounter.as_ref()), not_done(it.status.as_deref())) {
                facts.services.entry(visit).or_default().push(("snomed", &it.code));
            }
        }
        for shot in &bundles.immunizations {
            let it = &shot.resource;
            if let (Some(visit), None) = (bundles.resolve(it.encounter.as_ref()), not_done(it.status.as_deref())) {
                facts.services.entry(visit).or_default().push(("cvx", &it.vaccine_code));
            }
        }
        // An explanation of benefits knows the payer too, but the claim's own word goes first.
        for claim in bundles.claims.iter().chain(&bundles.explanations) {
            if is_pharmacy(&claim.resource) {
                continue;
            }
            let word = claim.resource.insurance.first().and_then(|one| one.coverage.display.as_deref());
            let visits = claim.resource.item.iter().flat_map(|item| &item.encounter);
            for visit in visits.filter_map(|reference| bundles.resolve(Some(reference))) {
                if let Some(word) = word {
                    facts.insurance_words.entry(visit).or_insert(word);
                }
            }
        }
        for encounter in &bundles.encounters {
            if let Some(patient) = bundles.resolve(encounter.resource.subject.as_ref()) {
                facts.encounters.entry(patient).or_default().push(encounter);
            }
        }
        facts
    }

    fn gather_conditions(&mut self, bundles: &'a Bundles) {
        let (doubtful, confirmed): (Vec<_>, Vec<_>) = bundles
            .conditions
            .iter()
            .map(|condition| &condition.resource)
            .partition(|condition| not_confirmed(condition.verification_status.as_ref()).is_some());
        let of_patient = |it: &'a Condition| Some((bundles.resolve(it.subject.as_ref())?, it.code.code_in(SNOMED)?));
        let known: HashSet<(&str, &str)> = confirmed.iter().filter_map(|it| of_patient(it)).collect();
        for (patient, code) in doubtful.into_iter().filter_map(of_patient).filter(|one| !known.contains(one)) {
            self.doubtful.entry(patient).or_default().push(code);
        }
        for condition in confirmed {
            if let Some(visit) = bundles.resolve(condition.encounter.as_ref()) {
                self.conditions.entry(visit).or_default().push(&condition.code);
            }
        }
    }
}

struct Planner<'a> {
    bundles: &'a Bundles,
    profile: Profile,
    today: Date,
    maps: CodeMaps,
    facts: Facts<'a>,
    plan: ImportPlan,
    problems: Vec<InputProblem>,
}

/// A visit with its date as sent and the word for who insures it.
struct DatedVisit<'a> {
    encounter: &'a Located<Encounter>,
    sent_on: Date,
    word: &'a str,
}

impl<'a> Planner<'a> {
    fn plan_patient(&mut self, located: &'a Located<Patient>) {
        let key = source_key("Patient", &located.resource.identifier, &located.key);
        let person = match people::patient(&located.resource, self.profile) {
            Ok(person) => person,
            Err((field, problem)) => return self.refuse(&located.file, &located.place, field, problem),
        };
        let visits = self.dated_visits(&located.key);
        let sent: Vec<Date> = visits.iter().map(|visit| visit.sent_on).collect();
        let words: Vec<&str> = visits.iter().map(|visit| visit.word).collect();
        let dates = self.profile.dates(&key, person.birth_date, &sent, &words, self.today);
        let coverages = self.coverages(&key, &visits, &dates, person.birth_date);
        for (visit, date) in visits.iter().zip(&dates) {
            self.plan_visit(&key, person.birth_date, visit, *date);
        }
        self.plan.patients.push(PlannedPatient { source_key: key, coverages, ..person });
    }

    /// A patient's finished visits in the order in which they happened.
    fn dated_visits(&mut self, patient: &str) -> Vec<DatedVisit<'a>> {
        let mut visits = Vec::new();
        for encounter in self.facts.encounters.get(patient).cloned().unwrap_or_default() {
            let it = &encounter.resource;
            let status = it.status.as_deref().unwrap_or("unknown");
            if status != "finished" {
                self.plan.unmapped.count("Encounter", format!("its status is {status}, not finished"));
                continue;
            }
            let Some(sent_on) = it.period.start.as_deref().and_then(people::civil_date) else {
                let problem = "must be a date such as 2026-03-02".to_owned();
                self.refuse(&encounter.file, &encounter.place, "period.start", problem);
                continue;
            };
            let word = self.facts.insurance_words.get(encounter.key.as_str()).copied().unwrap_or("");
            visits.push(DatedVisit { encounter, sent_on, word });
        }
        visits.sort_by(|one, other| {
            let start = |visit: &DatedVisit<'a>| visit.encounter.resource.period.start.clone();
            start(one).cmp(&start(other))
        });
        visits
    }

    /// One period for each run of visits under the same payer. The first begins a year before anything was done, each
    /// ends the day before the next begins, the last stays open.
    fn coverages(
        &mut self,
        patient_key: &str,
        visits: &[DatedVisit<'a>],
        dates: &[Date],
        birth_date: Date,
    ) -> Vec<CoveragePeriod> {
        let mut periods: Vec<CoveragePeriod> = Vec::new();
        let mut last_word = None;
        for (visit, date) in visits.iter().zip(dates) {
            if last_word == Some(visit.word) {
                continue;
            }
            let is_first = last_word.is_none();
            last_word = Some(visit.word);
            if let Some(open) = periods.last_mut().filter(|period| period.ends_on.is_none()) {
                open.ends_on = date.yesterday().ok();
            }
            let payer = match self.profile.who_pays(visit.word) {
                Some(WhoPays::Payer(payer)) => payer,
                Some(WhoPays::Patient) => continue,
                None => {
                    let reason = "no payer is known for its word for insurance; enter the coverage by hand";
                    self.plan.unmapped.count("Claim", reason);
                    continue;
                }
            };
            let Some(member_id) = payer.member_id(patient_key) else { continue };
            let a_year_before = civil::Date::new(date.year() - 1, 1, 1).unwrap_or(*date);
            periods.push(CoveragePeriod {
                source_key: format!("{patient_key} {} {}", payer.payer_identifier, periods.len() + 1),
                payer_identifier: payer.payer_identifier,
                payer_name: payer.payer_name,
                filing_indicator: payer.filing_indicator,
                filing_limit_days: payer.filing_limit_days,
                plan_name: payer.plan_name,
                member_id,
                effective_on: if is_first { a_year_before.max(birth_date) } else { *date },
                ends_on: None,
            });
        }
        periods
    }

    fn plan_visit(&mut self, patient_key: &str, birth_date: Date, visit: &DatedVisit<'a>, date: Date) {
        let encounter = visit.encounter;
        let class = encounter.resource.class.code.as_deref().unwrap_or("no class");
        let kind = encounter.resource.kind.iter().find_map(|kind| kind.code_in(SNOMED)).unwrap_or("no type");
        let age = birth_date.until((Unit::Year, date)).map_or(0, |span| span.get_years());
        let outcome = self.maps.visit(class, kind, age).cloned();
        let (procedure, place_of_service, diagnosis, diagnosis_with_findings) = match outcome {
            Some(VisitOutcome::Charge { procedure, place_of_service, diagnosis, diagnosis_with_findings }) => {
                (procedure, place_of_service, diagnosis, diagnosis_with_findings)
            }
            Some(VisitOutcome::NotBillable(reason)) => {
                return self.plan.unmapped.count("Encounter", format!("not billable: {reason}"));
            }
            None => {
                let reason = format!("class {class}, type {kind} has no charge in our table at this age");
                return self.plan.unmapped.count("Encounter", reason);
            }
        };
        let Some(practitioner_key) = self.practitioner(&encounter.resource) else {
            let reason = "no practitioner with a usable NPI took part; --profile synthea invents one";
            return self.plan.unmapped.count("Encounter", reason);
        };
        let mut diagnoses = self.diagnoses(encounter);
        if diagnoses.is_empty() {
            diagnoses.push(diagnosis);
        } else if !diagnosis_with_findings.is_empty() {
            diagnoses.insert(0, diagnosis_with_findings);
        }
        diagnoses.truncate(billing::encounter::MOST_DIAGNOSES - 1);
        let charges = self.charges(&encounter.key, procedure, &mut diagnoses);
        let is_elsewhere = place_of_service != OFFICE;
        let facility_key = if is_elsewhere { self.facility(&encounter.resource) } else { None };
        self.plan.visits.push(PlannedVisit {
            source_key: format!(
                "{patient_key} Encounter {}",
                encounter.resource.id.as_deref().unwrap_or(&encounter.key)
            ),
            patient_key: patient_key.to_owned(),
            practitioner_key,
            date_of_service: date,
            original_date: (visit.sent_on != date).then_some(visit.sent_on),
            place_of_service,
            facility_key,
            self_pay: self.profile.who_pays(visit.word) == Some(WhoPays::Patient),
            diagnoses,
            charges,
        });
    }

    /// What was found at the visit outranks why the patient came; a history goes behind what is present.
    fn diagnoses(&mut self, encounter: &Located<Encounter>) -> Vec<String> {
        let found = self.facts.conditions.get(encounter.key.as_str()).cloned().unwrap_or_default();
        let mut codes = self.mapped_diagnoses(&found, "Condition");
        if codes.is_empty() {
            let reasons = self.certain_reasons(&encounter.resource);
            codes = self.mapped_diagnoses(&reasons, "Encounter.reasonCode");
        }
        codes.sort_by_key(|code| code.starts_with('Z'));
        codes
    }

    /// Why the patient came, without what proved wrong: the reason of a visit often names the very condition.
    fn certain_reasons<'e>(&mut self, encounter: &'e Encounter) -> Vec<&'e Concept> {
        let patient = self.bundles.resolve(encounter.subject.as_ref());
        let doubtful = patient.and_then(|patient| self.facts.doubtful.get(patient)).map_or(&[][..], Vec::as_slice);
        let is_doubtful = |reason: &&Concept| reason.code_in(SNOMED).is_some_and(|code| doubtful.contains(&code));
        let (wrong, certain): (Vec<&Concept>, Vec<&Concept>) = encounter.reason_code.iter().partition(is_doubtful);
        let reason = "its condition is not confirmed by any Condition of the patient";
        self.plan.unmapped.count_many("Encounter.reasonCode", reason, wrong.len());
        certain
    }

    fn mapped_diagnoses(&mut self, concepts: &[&Concept], resource: &str) -> Vec<String> {
        let mut codes: Vec<String> = Vec::new();
        for concept in concepts {
            let Some(snomed) = concept.code_in(SNOMED) else {
                self.plan.unmapped.count(resource, "it has no SNOMED CT code");
                continue;
            };
            match self.maps.diagnosis(snomed) {
                Some(code) if codes.iter().any(|known| known == code) => {}
                Some(code) => codes.push(code.to_owned()),
                None => {
                    let reason = format!("SNOMED CT {snomed} has no ICD-10-CM code in our table");
                    self.plan.unmapped.count(resource, reason);
                }
            }
        }
        codes
    }

    fn charges(&mut self, visit: &str, procedure: String, diagnoses: &mut Vec<String>) -> Vec<PlannedCharge> {
        let own: Vec<u8> = (1..=diagnoses.len().min(billing::charge::MOST_POINTERS))
            .filter_map(|pointer| u8::try_from(pointer).ok())
            .collect();
        let mut charges = vec![PlannedCharge { procedure, modifiers: Vec::new(), diagnosis_pointers: own.clone() }];
        for (system, concept) in self.facts.services.get(visit).cloned().unwrap_or_default() {
            let (resource, code) = match system {
                "cvx" => ("Immunization", concept.code_in(CVX)),
                _ => ("Procedure", concept.code_in(SNOMED)),
            };
            let code = code.or_else(|| concept.first_code()).unwrap_or("none");
            match self.maps.service(system, code).cloned() {
                Some(ServiceOutcome::Charge { procedure, diagnosis }) => {
                    if charges.iter().any(|charge| charge.procedure == procedure) {
                        self.plan.unmapped.count(resource, "charged once already at the same visit");
                        continue;
                    }
                    let diagnosis_pointers = pointers_to(&diagnosis, diagnoses).unwrap_or_else(|| own.clone());
                    charges.push(PlannedCharge { procedure, modifiers: Vec::new(), diagnosis_pointers });
                }
                Some(ServiceOutcome::NotBillable(reason)) => {
                    self.plan.unmapped.count(resource, format!("not billable: {reason}"));
                }
                None => {
                    let reason = format!("{system} {code} has no charge in our table");
                    self.plan.unmapped.count(resource, reason);
                }
            }
        }
        if charges.len() > 1 {
            charges[0].modifiers.push(SEPARATE_VISIT_MODIFIER.to_owned());
        }
        charges
    }

    /// The first practitioner of the visit, entered into the plan at first sight.
    fn practitioner(&mut self, encounter: &Encounter) -> Option<String> {
        let reference = encounter.participant.iter().find_map(|one| one.individual.as_ref())?;
        let key = self.bundles.resolve(Some(reference))?;
        let located = self.bundles.practitioners.iter().find(|one| one.key == key)?;
        let it = &located.resource;
        let source_key = source_key("Practitioner", &it.identifier, &located.key);
        if self.plan.practitioners.iter().any(|known| known.source_key == source_key) {
            return Some(source_key);
        }
        let sent = it.identifier.iter().find(|one| one.system.as_deref() == Some(US_NPI));
        let sent = sent.and_then(|one| one.value.as_deref());
        let npi = self.profile.npi(sent, &source_key)?;
        let invented = sent.and_then(|text| Npi::parse(text).ok()).as_ref() != Some(&npi);
        let name = people::person_name(&it.name)?;
        self.plan.practitioners.push(PlannedPractitioner { source_key: source_key.clone(), name, npi, invented });
        Some(source_key)
    }

    /// The organization where the visit took place, entered into the plan at first sight.
    fn facility(&mut self, encounter: &Encounter) -> Option<String> {
        let key = self.bundles.resolve(encounter.service_provider.as_ref())?;
        let located = self.bundles.organizations.iter().find(|one| one.key == key)?;
        let facility = people::facility(&located.resource, &located.key, self.profile)?;
        let source_key = facility.source_key.clone();
        if !self.plan.facilities.iter().any(|known| known.source_key == source_key) {
            self.plan.facilities.push(facility);
        }
        Some(source_key)
    }

    fn count_unused(&mut self) {
        let unmapped = &mut self.plan.unmapped;
        for (kind, count) in &self.bundles.unused {
            unmapped.count_many(kind, "no part of a bill", *count);
        }
        for (claims, kind) in [(&self.bundles.claims, "Claim"), (&self.bundles.explanations, "ExplanationOfBenefit")] {
            let pharmacy = claims.iter().filter(|claim| is_pharmacy(&claim.resource)).count();
            unmapped.count_many(
                kind,
                "pharmacy: drugs are billed by the pharmacy, not by a professional claim",
                pharmacy,
            );
        }
        unmapped.count_many(
            "ExplanationOfBenefit",
            "read for the coverage only: an old payment is not posted to new books",
            self.bundles.explanations.iter().filter(|one| !is_pharmacy(&one.resource)).count(),
        );
        for (kind, has_visit, why_not) in clinical(self.bundles) {
            match why_not {
                Some(reason) => unmapped.count(kind, reason),
                None if !has_visit => unmapped.count(kind, "belongs to no visit"),
                None => {}
            }
        }
        let idle = distinct_practitioners(self.bundles).saturating_sub(self.plan.practitioners.len());
        unmapped.count_many("Practitioner", "took part in no billed visit", idle);
        let idle = self.bundles.organizations.len().saturating_sub(self.plan.facilities.len());
        unmapped.count_many(
            "Organization",
            "no place of a visit outside the practice; the practice itself bills",
            idle,
        );
        unmapped.count_many("Coverage", "stands apart from any claim; enter it by hand", self.bundles.coverages.len());
    }

    fn refuse(&mut self, file: &str, place: &str, field: &str, problem: String) {
        self.problems.push(InputProblem {
            file: file.to_owned(),
            place: format!("{place}, {field}"),
            problem,
            remedy: "Correct the resource in the sending system and export again".to_owned(),
        });
    }
}

/// Where a diagnosis stands, put behind the others where it is new. None when the service brings none along.
fn pointers_to(diagnosis: &str, diagnoses: &mut Vec<String>) -> Option<Vec<u8>> {
    if diagnosis.is_empty() {
        return None;
    }
    let place = diagnoses.iter().position(|known| known == diagnosis).unwrap_or_else(|| {
        diagnoses.push(diagnosis.to_owned());
        diagnoses.len() - 1
    });
    Some(vec![u8::try_from(place + 1).ok()?])
}

/// Every condition and service: its type, whether it names a visit, and why it did not take place.
fn clinical(bundles: &Bundles) -> impl Iterator<Item = (&'static str, bool, Option<String>)> {
    let conditions = bundles
        .conditions
        .iter()
        .map(|one| &one.resource)
        .map(|it| ("Condition", it.encounter.is_some(), not_confirmed(it.verification_status.as_ref())));
    let procedures = bundles.procedures.iter().map(|one| &one.resource);
    let procedures = procedures.map(|it| ("Procedure", it.encounter.is_some(), not_done(it.status.as_deref())));
    let shots = bundles.immunizations.iter().map(|one| &one.resource);
    let shots = shots.map(|it| ("Immunization", it.encounter.is_some(), not_done(it.status.as_deref())));
    conditions.chain(procedures).chain(shots)
}

fn is_pharmacy(claim: &InsuranceClaim) -> bool {
    claim.kind.first_code() == Some("pharmacy")
}

fn distinct_practitioners(bundles: &Bundles) -> usize {
    let mut keys: Vec<String> = bundles
        .practitioners
        .iter()
        .map(|one| source_key("Practitioner", &one.resource.identifier, &one.key))
        .collect();
    keys.sort();
    keys.dedup();
    keys.len()
}

/// For the report of an import.
impl Unmapped {
    /// "1856 Observation: no part of a bill" and so on, one line each.
    pub fn lines(&self) -> Vec<String> {
        self.rows().map(|(resource, reason, count)| format!("{count} {resource}: {reason}")).collect()
    }
}
