//! A visit's charges: diagnoses, procedures, units, and who gave the care. Saving makes the claim and scrubs it.

use askama::Template;
use axum::extract::{Form, State};
use billing::charge::{Procedure, Units};
use billing::{Money, PatientId};

use super::Desk;
use super::page::{Page, Shell, go, show_told};
use super::refusal::{Refusal, Told};
use super::registration::date;
use super::session::{Id, SignedIn};
use super::visit_details::{Details, Fields, Problem, Shown, drug};
use app::charge_capture::{NewService, NewVisit};

/// Lines the form offers: what a visit to an office has; a longer one is imported.
const LINES: usize = 4;
/// The place of service that the form begins with: most visits are in the office.
const AN_OFFICE: &str = "11";

/// One line of the form.
struct Line {
    key: String,
    required: bool,
}

#[derive(Template)]
#[template(path = "encounters/new.html")]
struct EncounterPage {
    shell: Shell,
    patient: PatientId,
    name: String,
    more: Shown,
    lines: Vec<Line>,
    problem: Option<Problem>,
}

/// The form.
pub async fn new(State(desk): State<Desk>, who: SignedIn, Id(patient): Id<PatientId>) -> Page {
    // The key makes a second click the same visit.
    let typed = Fields::from([("form_key".to_owned(), desk.new_id().to_string())]);
    page(&desk, &who, patient, &typed, None).await
}

/// Enters the charges, makes the claim and scrubs it; without a coverage the visit waits for one.
pub async fn create(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(patient): Id<PatientId>,
    Form(typed): Form<Fields>,
) -> Page {
    let visit = match visit(patient, &typed) {
        Ok(visit) => visit,
        Err(problem) => return page(&desk, &who, patient, &typed, Some(problem)).await,
    };
    let actor = who.actor.clone();
    let done = desk
        .blocking(move |db, practice| {
            let captured = app::charge_capture::capture(db, &actor, practice, &visit)?;
            match captured.payer_id.filter(|_| captured.is_new) {
                Some(_) => app::claim_scrub::claim_visit(db, &actor, practice, captured.encounter_id).map(Some),
                None => Ok(None),
            }
        })
        .await;
    match done.map_err(Refusal::for_form) {
        Ok(Some(scrubbed)) => go(&format!("/claims/{}", scrubbed.claim_id), "charged"),
        Ok(None) => go(&format!("/patients/{patient}"), "charged"),
        Err(problem) => page(&desk, &who, patient, &typed, Some(problem?)).await,
    }
}

async fn page(desk: &Desk, who: &SignedIn, patient: PatientId, typed: &Fields, problem: Option<Problem>) -> Page {
    let actor = who.actor.clone();
    let (name, providers, facilities) = desk
        .blocking(move |db, practice| {
            let head = db.read(&actor, practice, |read| {
                store::views::patients::head(read, patient)?.ok_or(app::Error::NotFound("patient"))
            })?;
            let providers = app::registration::providers(db, &actor, practice)?;
            Ok((head.patient.0.name.full(), providers, app::registration::facilities(db, &actor, practice)?))
        })
        .await?;
    let known = Fields::from([("place_of_service".to_owned(), AN_OFFICE.to_owned())]);
    show_told(
        Told::of(&problem),
        &EncounterPage {
            shell: Shell::new(desk, who, "/patients"),
            patient,
            name,
            more: Shown::new(known, typed, providers, facilities),
            lines: (1..=LINES).map(|number| Line { key: number.to_string(), required: number == 1 }).collect(),
            problem,
        },
    )
}

fn visit(patient_id: PatientId, typed: &Fields) -> Result<NewVisit, Problem> {
    let field = |key: &str| typed.get(key).map(|text| text.trim().to_owned()).unwrap_or_default();
    let filled = |key: &str| Some(field(key)).filter(|text| !text.is_empty());
    let services =
        (1..=LINES).filter_map(|number| service(typed, number).transpose()).collect::<Result<_, Problem>>()?;
    let rendering_id = field("rendering_id")
        .parse()
        .map_err(|_| ("rendering_id".to_owned(), "Choose who gave the care.".to_owned()))?;
    let details = Details::read(typed)?;
    Ok(NewVisit {
        patient_id,
        date_of_service: date("date_of_service", &field("date_of_service"))?,
        original_date: None,
        place_of_service: field("place_of_service"),
        facility_id: details.facility_id,
        rendering_id,
        referring_id: field("referring_id").parse().ok(),
        supervising_id: details.supervising_id,
        ordering_id: details.ordering_id,
        diagnoses: words(&field("diagnoses")),
        prior_authorization: filled("prior_authorization"),
        referral_number: filled("referral_number"),
        accident: details.accident,
        onset_on: details.onset_on,
        self_pay: typed.contains_key("self_pay"),
        source_key: filled("form_key").map(|key| app::charge_capture::form_key(&key)),
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

/// A line of the form; none where it is empty.
fn service(typed: &Fields, number: usize) -> Result<Option<NewService>, Problem> {
    let text = |field: &str| typed.get(&format!("{field}{number}")).map_or("", |text| text.trim());
    let drug = drug(typed, &number.to_string())?;
    if text("code").is_empty() {
        return match drug {
            None => Ok(None),
            Some(_) => Err((
                format!("code{number}"),
                "Write the procedure of the drug, or empty the drug's fields.".to_owned(),
            )),
        };
    }
    let units = if text("units").is_empty() { "1" } else { text("units") };
    let amount = match text("amount") {
        "" => None,
        text => Some(Money::parse(text).map_err(|_| {
            (format!("amount{number}"), "Write dollars and cents, or leave it empty for the fee schedule.".to_owned())
        })?),
    };
    let pointed = pointers(text("pointers"));
    Ok(Some(NewService {
        procedure: Procedure { code: text("code").to_uppercase(), modifiers: words(text("modifiers")) },
        units: units.parse::<Units>().map_err(|problem| (format!("units{number}"), problem))?,
        diagnosis_pointers: if pointed.is_empty() { vec![1] } else { pointed },
        amount,
        drug,
    }))
}
