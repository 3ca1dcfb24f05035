//! A visit's charges: diagnoses, procedures, units, and who gave the care. Saving makes the claim and scrubs it.

use askama::Template;
use axum::extract::{Form, State};
use billing::charge::{Procedure, Units};
use billing::provider::Provider;
use billing::{Money, PatientId, ProviderId};
use serde::Deserialize;

use super::Desk;
use super::page::{Page, Shell, go, show as render};
use super::refusal::Refusal;
use super::registration::date;
use super::session::{Id, SignedIn};
use app::charge_capture::{NewService, NewVisit};

/// Lines the form offers: what a visit to an office has; a longer one is imported.
const LINES: usize = 4;

/// What the form holds.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Typed {
    date_of_service: String,
    place_of_service: String,
    rendering_id: Option<ProviderId>,
    referring_id: String,
    diagnoses: String,
    prior_authorization: String,
    referral_number: String,
    self_pay: bool,
    code1: String,
    modifiers1: String,
    units1: String,
    pointers1: String,
    amount1: String,
    code2: String,
    modifiers2: String,
    units2: String,
    pointers2: String,
    amount2: String,
    code3: String,
    modifiers3: String,
    units3: String,
    pointers3: String,
    amount3: String,
    code4: String,
    modifiers4: String,
    units4: String,
    pointers4: String,
    amount4: String,
}

/// One line of the form.
struct Line<'t> {
    number: usize,
    code: &'t str,
    modifiers: &'t str,
    units: &'t str,
    pointers: &'t str,
    amount: &'t str,
}

#[derive(Template)]
#[template(path = "encounters/new.html")]
struct EncounterPage {
    shell: Shell,
    patient: PatientId,
    name: String,
    providers: Vec<Provider>,
    typed: Typed,
    problem: Option<(String, String)>,
}

impl Typed {
    fn lines(&self) -> [Line<'_>; LINES] {
        let line = |number, code, modifiers, units, pointers, amount| Line {
            number,
            code,
            modifiers,
            units,
            pointers,
            amount,
        };
        [
            line(1, &self.code1, &self.modifiers1, &self.units1, &self.pointers1, &self.amount1),
            line(2, &self.code2, &self.modifiers2, &self.units2, &self.pointers2, &self.amount2),
            line(3, &self.code3, &self.modifiers3, &self.units3, &self.pointers3, &self.amount3),
            line(4, &self.code4, &self.modifiers4, &self.units4, &self.pointers4, &self.amount4),
        ]
    }
}

/// The form.
pub async fn new(State(desk): State<Desk>, who: SignedIn, Id(patient): Id<PatientId>) -> Page {
    let typed = Typed { place_of_service: "11".into(), ..Typed::default() };
    page(&desk, &who, patient, typed, None).await
}

/// Enters the charges, makes the claim and scrubs it; without a coverage the visit waits for one.
pub async fn create(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(patient): Id<PatientId>,
    Form(typed): Form<Typed>,
) -> Page {
    let visit = match visit(patient, &typed) {
        Ok(visit) => visit,
        Err(problem) => return page(&desk, &who, patient, typed, Some(problem)).await,
    };
    let actor = who.actor.clone();
    let done = desk
        .blocking(move |db, practice| {
            let captured = app::charge_capture::capture(db, &actor, practice, &visit)?;
            match captured.payer_id {
                Some(_) => app::claim_scrub::claim_visit(db, &actor, practice, captured.encounter_id).map(Some),
                None => Ok(None),
            }
        })
        .await;
    match done.map_err(Refusal::for_form) {
        Ok(Some(scrubbed)) => go(&format!("/claims/{}", scrubbed.claim_id), "charged"),
        Ok(None) => go(&format!("/patients/{patient}"), "charged"),
        Err(problem) => page(&desk, &who, patient, typed, Some(problem?)).await,
    }
}

async fn page(
    desk: &Desk,
    who: &SignedIn,
    patient: PatientId,
    typed: Typed,
    problem: Option<(String, String)>,
) -> Page {
    let actor = who.actor.clone();
    let (name, providers) = desk
        .blocking(move |db, practice| {
            let head = db.read(&actor, practice, |read| {
                store::views::patients::head(read, patient)?.ok_or(app::Error::NotFound("patient"))
            })?;
            Ok((head.patient.0.name.full(), app::registration::providers(db, &actor, practice)?))
        })
        .await?;
    render(&EncounterPage { shell: Shell::new(desk, who, "/patients"), patient, name, providers, typed, problem })
}

type Problem = (String, String);

fn visit(patient_id: PatientId, typed: &Typed) -> Result<NewVisit, Problem> {
    let services = typed
        .lines()
        .iter()
        .filter(|line| !line.code.trim().is_empty())
        .map(service)
        .collect::<Result<Vec<_>, Problem>>()?;
    let rendering_id =
        typed.rendering_id.ok_or_else(|| ("rendering_id".to_owned(), "Choose who gave the care.".to_owned()))?;
    let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    Ok(NewVisit {
        patient_id,
        date_of_service: date("date_of_service", &typed.date_of_service)?,
        original_date: None,
        place_of_service: typed.place_of_service.trim().to_owned(),
        facility_id: None,
        rendering_id,
        referring_id: typed.referring_id.parse().ok(),
        supervising_id: None,
        ordering_id: None,
        diagnoses: words(&typed.diagnoses),
        prior_authorization: filled(&typed.prior_authorization),
        referral_number: filled(&typed.referral_number),
        accident: None,
        onset_on: None,
        self_pay: typed.self_pay,
        source_key: None,
        services,
    })
}

/// Diagnosis pointers: letters on paper, numbers in the file; people may type either.
pub fn pointers(text: &str) -> Vec<u8> {
    let number = |letter: char| match letter {
        '1'..='9' => letter.to_digit(10).and_then(|digit| u8::try_from(digit).ok()),
        'A'..='L' => u8::try_from(u32::from(letter) - u32::from('A') + 1).ok(),
        _ => None,
    };
    text.to_uppercase().chars().filter_map(number).collect()
}

/// The codes of a field, in upper case: separated by spaces, commas or semicolons.
pub fn words(text: &str) -> Vec<String> {
    text.split([' ', ',', ';']).filter(|word| !word.is_empty()).map(str::to_uppercase).collect()
}

fn service(line: &Line) -> Result<NewService, Problem> {
    let number = line.number;
    let units = if line.units.trim().is_empty() { "1" } else { line.units };
    let amount = match line.amount.trim() {
        "" => None,
        text => Some(Money::parse(text).map_err(|_| {
            (format!("amount{number}"), "Write dollars and cents, or leave it empty for the fee schedule.".to_owned())
        })?),
    };
    let pointed = pointers(line.pointers);
    Ok(NewService {
        procedure: Procedure { code: line.code.trim().to_uppercase(), modifiers: words(line.modifiers) },
        units: units.parse::<Units>().map_err(|problem| (format!("units{number}"), problem))?,
        diagnosis_pointers: if pointed.is_empty() { vec![1] } else { pointed },
        amount,
        drug: None,
    })
}

impl EncounterPage {
    fn is(chosen: &Option<ProviderId>, provider: &ProviderId) -> bool {
        chosen.as_ref() == Some(provider)
    }
}
