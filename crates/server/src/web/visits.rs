//! Mending a visit: its data at the front desk, its codes by a coder. Claims held for it are scrubbed again.

use app::charge_capture::{CodedLine, VisitChange, VisitCodes};
use askama::Template;
use axum::extract::{Form, State};
use billing::EncounterId;
use billing::charge::{Charge, Procedure, Units};
use billing::encounter::{Encounter, EncounterStatus};

use super::encounters::{pointers, words};
use super::page::{Page, Shell, go, show_told};
use super::refusal::{Refusal, Told};
use super::registration::date;
use super::session::{Id, SignedIn};
use super::visit_details::{Details, Fields, Problem, Shown, drug, drug_fields};
use super::visit_hands::Hand;
use super::{Desk, filters};

/// Lines that may be added to a visit at once.
const NEW_LINES: usize = 2;

/// One line as the forms show it.
struct Line {
    key: String,
    number: Option<i32>,
    code: String,
    modifiers: String,
    pointers: String,
    units: String,
}

#[derive(Template)]
#[template(path = "visits/edit.html")]
struct EditPage {
    shell: Shell,
    visit: Encounter,
    lines: Vec<Line>,
    more: Shown,
    hand: Option<Hand>,
    problem: Option<Problem>,
}

#[derive(Template)]
#[template(path = "visits/codes.html")]
struct CodesPage {
    shell: Shell,
    visit: Encounter,
    diagnoses: String,
    lines: Vec<Line>,
    problem: Option<Problem>,
}

/// The form of the visit's data.
pub async fn edit(State(desk): State<Desk>, who: SignedIn, Id(id): Id<EncounterId>) -> Page {
    edit_page(&desk, &who, id, &Fields::new(), None).await
}

/// Changes the visit's data.
pub async fn change(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<EncounterId>,
    Form(fields): Form<Fields>,
) -> Page {
    let (visit, charges) = on_file(&desk, &who, id).await?;
    let done = match changed(&visit, &charges, &fields) {
        Ok(change) => {
            let actor = who.actor.clone();
            desk.blocking(move |db, practice| app::charge_capture::change_visit(db, &actor, practice, id, &change))
                .await
                .map_err(Refusal::for_form)
        }
        Err(problem) => Err(Ok(problem)),
    };
    match done {
        Ok(()) => go(&format!("/patients/{}", visit.patient_id), "mended"),
        Err(problem) => edit_page(&desk, &who, id, &fields, Some(problem?)).await,
    }
}

/// The form of the visit's codes.
pub async fn edit_codes(State(desk): State<Desk>, who: SignedIn, Id(id): Id<EncounterId>) -> Page {
    codes_page(&desk, &who, id, &Fields::new(), None).await
}

/// Codes the visit anew.
pub async fn change_codes(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<EncounterId>,
    Form(fields): Form<Fields>,
) -> Page {
    let (visit, charges) = on_file(&desk, &who, id).await?;
    let done = match coded(&charges, &fields) {
        Ok(codes) => {
            let actor = who.actor.clone();
            desk.blocking(move |db, practice| app::charge_capture::change_codes(db, &actor, practice, id, &codes))
                .await
                .map_err(Refusal::for_form)
        }
        Err(problem) => Err(Ok(problem)),
    };
    match done {
        Ok(()) => go(&format!("/patients/{}", visit.patient_id), "mended"),
        Err(problem) => codes_page(&desk, &who, id, &fields, Some(problem?)).await,
    }
}

async fn on_file(desk: &Desk, who: &SignedIn, id: EncounterId) -> Result<(Encounter, Vec<Charge>), Refusal> {
    let actor = who.actor.clone();
    desk.blocking(move |db, practice| app::charge_capture::show_visit(db, &actor, practice, id)).await
}

async fn edit_page(desk: &Desk, who: &SignedIn, id: EncounterId, typed: &Fields, problem: Option<Problem>) -> Page {
    let (visit, charges) = on_file(desk, who, id).await?;
    let actor = who.actor.clone();
    let (providers, facilities) = desk
        .blocking(move |db, practice| {
            let providers = app::registration::providers(db, &actor, practice)?;
            Ok((providers, app::registration::facilities(db, &actor, practice)?))
        })
        .await?;
    show_told(
        Told::of(&problem),
        &EditPage {
            shell: Shell::new(desk, who, "/patients"),
            lines: charges.iter().map(|charge| line(charge, typed)).collect(),
            more: Shown::new(known(&visit, &charges), typed, providers, facilities),
            hand: match visit.status {
                EncounterStatus::Open => Hand::of_visit(who, id, true),
                EncounterStatus::Billed => Hand::of_visit(who, id, false),
                EncounterStatus::NotBillable => None,
            },
            visit,
            problem,
        },
    )
}

/// The visit as it stands, by field name.
fn known(visit: &Encounter, charges: &[Charge]) -> Fields {
    let mut fields = Details::from(visit).fields();
    for charge in charges {
        if let Some(drug) = &charge.drug {
            fields.extend(drug_fields(drug, &charge.line_number.to_string()));
        }
    }
    for (key, value) in [
        ("date_of_service", visit.date_of_service.to_string()),
        ("place_of_service", visit.place_of_service.clone()),
        ("rendering_id", visit.rendering_id.to_string()),
        ("referring_id", visit.referring_id.map(|id| id.to_string()).unwrap_or_default()),
        ("prior_authorization", visit.prior_authorization.clone().unwrap_or_default()),
        ("referral_number", visit.referral_number.clone().unwrap_or_default()),
    ] {
        fields.insert(key.to_owned(), value);
    }
    fields
}

async fn codes_page(desk: &Desk, who: &SignedIn, id: EncounterId, typed: &Fields, problem: Option<Problem>) -> Page {
    let (visit, charges) = on_file(desk, who, id).await?;
    let mut lines: Vec<Line> = charges.iter().map(|charge| line(charge, typed)).collect();
    lines.extend((1..=NEW_LINES).map(|number| empty_line(number, typed)));
    let diagnoses = typed.get("diagnoses").cloned().unwrap_or_else(|| visit.diagnoses.join(" "));
    show_told(
        Told::of(&problem),
        &CodesPage { shell: Shell::new(desk, who, "/patients"), visit, diagnoses, lines, problem },
    )
}

fn line(charge: &Charge, typed: &Fields) -> Line {
    let key = charge.line_number.to_string();
    let or = |field: &str, known: String| typed.get(&format!("{field}{key}")).cloned().unwrap_or(known);
    let letters =
        charge.diagnosis_pointers.iter().map(|pointer| char::from(b'A'.saturating_add(pointer.saturating_sub(1))));
    Line {
        code: or("code", charge.procedure.code.clone()),
        modifiers: or("modifiers", charge.procedure.modifiers.join(" ")),
        pointers: or("pointers", letters.collect()),
        units: or("units", charge.units.to_string()),
        number: Some(charge.line_number),
        key,
    }
}

fn empty_line(number: usize, typed: &Fields) -> Line {
    let key = format!("new{number}");
    let of = |field: &str| typed.get(&format!("{field}{key}")).cloned().unwrap_or_default();
    Line {
        code: of("code"),
        modifiers: of("modifiers"),
        pointers: of("pointers"),
        units: of("units"),
        number: None,
        key,
    }
}

fn changed(visit: &Encounter, charges: &[Charge], fields: &Fields) -> Result<VisitChange, Problem> {
    // A field that was not sent stays as it is.
    let mut whole = known(visit, charges);
    whole.extend(fields.iter().map(|(key, value)| (key.clone(), value.clone())));
    let fields = &whole;
    let field = |key: &str| fields.get(key).map(|text| text.trim().to_owned()).unwrap_or_default();
    let filled = |key: &str| Some(field(key)).filter(|text| !text.is_empty());
    let lines = charges
        .iter()
        .map(|charge| {
            let key = charge.line_number.to_string();
            Ok((charge.line_number, units(fields, &key)?, drug(fields, &key)?))
        })
        .collect::<Result<Vec<_>, Problem>>()?;
    let details = Details::read(fields)?;
    Ok(VisitChange {
        date_of_service: date("date_of_service", &field("date_of_service"))?,
        place_of_service: field("place_of_service"),
        rendering_id: field("rendering_id").parse().unwrap_or(visit.rendering_id),
        referring_id: field("referring_id").parse().ok(),
        prior_authorization: filled("prior_authorization"),
        referral_number: filled("referral_number"),
        facility_id: details.facility_id,
        supervising_id: details.supervising_id,
        ordering_id: details.ordering_id,
        accident: details.accident,
        onset_on: details.onset_on,
        lines,
    })
}

fn coded(charges: &[Charge], fields: &Fields) -> Result<VisitCodes, Problem> {
    let known = charges.iter().map(|charge| (Some(charge.line_number), charge.line_number.to_string()));
    let new = (1..=NEW_LINES).map(|number| (None, format!("new{number}")));
    let text = |field: &str, key: &str| fields.get(&format!("{field}{key}")).cloned().unwrap_or_default();
    let lines = known
        .chain(new)
        .filter(|(_, key)| !text("code", key).trim().is_empty())
        .map(|(line_number, key)| {
            Ok(CodedLine {
                line_number,
                procedure: Procedure {
                    code: text("code", &key).trim().to_uppercase(),
                    modifiers: words(&text("modifiers", &key)),
                },
                units: units(fields, &key)?,
                diagnosis_pointers: pointers(&text("pointers", &key)),
            })
        })
        .collect::<Result<Vec<_>, Problem>>()?;
    Ok(VisitCodes { diagnoses: words(&text("diagnoses", "")), lines })
}

fn units(fields: &Fields, key: &str) -> Result<Units, Problem> {
    let name = format!("units{key}");
    let text = fields.get(&name).map(|text| text.trim()).filter(|text| !text.is_empty()).unwrap_or("1");
    text.parse().map_err(|problem| (name, problem))
}
