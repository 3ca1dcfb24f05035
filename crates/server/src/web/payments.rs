//! Taking a patient's payment, and its receipt. A card's number never comes here: only what the processor gave for it.

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use billing::allocation::{AllocationOrder, Named};
use billing::patient_payment::{PaymentMethod, PaymentRequest};
use billing::{Money, PatientId, PatientPaymentId};
use serde::Deserialize;
use uuid::Uuid;

use super::page::{Page, Shell, go, show as render, show_told};
use super::refusal::{Refusal, Told};
use super::session::{Id, SignedIn};
use super::{Desk, filters};
use app::patient_account::PatientAccount;
use app::patient_payment::{PaymentPreview, Receipt};

/// What stands in the address.
#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
}

/// What is looked at before a payment is taken: nothing of it names anybody.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Looked {
    amount: String,
    visit: String,
    only: String,
}

/// What the form holds.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Typed {
    amount: String,
    method: String,
    check_number: String,
    token: String,
    brand: String,
    last_four: String,
    note: String,
    key: String,
    visit: String,
    only: String,
}

impl Typed {
    /// What the person named, where they did.
    fn named(&self) -> Result<Option<Named>, (String, String)> {
        match self.visit.as_str() {
            "" => Ok(None),
            id => match id.parse() {
                Ok(visit) => Ok(Some(Named { visit, only: self.only == "yes" })),
                Err(_) => Err(("visit".to_owned(), "Choose a visit of the list.".to_owned())),
            },
        }
    }
}

#[derive(Template)]
#[template(path = "payments/new.html")]
struct PaymentPage {
    shell: Shell,
    account: PatientAccount,
    typed: Typed,
    problem: Option<(String, String)>,
    /// What the amount would pay.
    preview: Option<PaymentPreview>,
}

#[derive(Template)]
#[template(path = "payments/show.html")]
struct ReceiptPage {
    shell: Shell,
    patient: PatientId,
    id: PatientPaymentId,
    receipt: Receipt,
    /// How it was spread, and whether a visit was named.
    spread: Option<(AllocationOrder, Option<Named>)>,
}

impl ReceiptPage {
    /// By which rule it was spread; none of a payment of an earlier build.
    fn spread_words(&self) -> Option<String> {
        let (order, named) = self.spread?;
        Some(match named {
            Some(named) if named.only => {
                "The visit that was named was paid; what it did not owe yet is kept for it.".to_owned()
            }
            Some(_) => format!("The visit that was named was paid first. Then: {}", order.says()),
            None => order.says().to_owned(),
        })
    }
}

/// The form, with the balance in it and a key that makes a second click the same payment.
pub async fn new(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(patient): Id<PatientId>,
    Query(asked): Query<Looked>,
) -> Page {
    let typed = Typed {
        method: "card".into(),
        key: desk.new_id().to_string(),
        amount: asked.amount,
        visit: asked.visit,
        only: asked.only,
        ..Typed::default()
    };
    page(&desk, &who, patient, typed, None).await
}

/// Takes the payment.
pub async fn create(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(patient): Id<PatientId>,
    Form(typed): Form<Typed>,
) -> Page {
    let (request, named) = match request(patient, &typed).and_then(|request| Ok((request, typed.named()?))) {
        Ok(asked) => asked,
        Err(problem) => return page(&desk, &who, patient, typed, Some(problem)).await,
    };
    let actor = who.actor.clone();
    let taken =
        desk.blocking(move |db, practice| app::patient_payment::take_for(db, &actor, practice, &request, named)).await;
    match taken.map_err(Refusal::for_form) {
        Ok(taken) => go(&format!("/patients/{patient}/payments/{}", taken.id), "paid"),
        Err(problem) => page(&desk, &who, patient, typed, Some(problem?)).await,
    }
}

/// The receipt as a page.
pub async fn show(
    State(desk): State<Desk>,
    who: SignedIn,
    Path((patient, id)): Path<(Uuid, Uuid)>,
    Query(asked): Query<Asked>,
) -> Page {
    let (actor, patient, id) = (who.actor.clone(), PatientId(patient), PatientPaymentId(id));
    let (receipt, spread) = desk
        .blocking(move |db, practice| {
            let spread = app::patient_payment::spread_of(db, &actor, practice, patient, id)?;
            Ok((app::patient_payment::receipt(db, &actor, practice, patient, id)?, spread))
        })
        .await?;
    let shell = Shell::new(&desk, &who, "/patients").after(asked.done.as_deref());
    render(&ReceiptPage { shell, patient, id, receipt, spread })
}

/// The receipt as PDF.
pub async fn pdf(State(desk): State<Desk>, who: SignedIn, Path((patient, id)): Path<(Uuid, Uuid)>) -> Page {
    let (actor, patient, id) = (who.actor.clone(), PatientId(patient), PatientPaymentId(id));
    let bytes =
        desk.blocking(move |db, practice| app::patient_payment::receipt_pdf(db, &actor, practice, patient, id)).await?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], bytes).into_response())
}

fn request(patient_id: PatientId, typed: &Typed) -> Result<PaymentRequest, (String, String)> {
    let amount = Money::parse(&typed.amount)
        .map_err(|_| ("amount".to_owned(), "Write dollars and cents, for example 92.66.".to_owned()))?;
    let method = match typed.method.as_str() {
        "cash" => PaymentMethod::Cash,
        "check" => PaymentMethod::Check { number: typed.check_number.trim().to_owned() },
        "card" => PaymentMethod::Card {
            token: typed.token.trim().to_owned(),
            brand: typed.brand.trim().to_owned(),
            last_four: typed.last_four.trim().to_owned(),
        },
        _ => return Err(("method".to_owned(), "Choose cash, check or card.".to_owned())),
    };
    let (note, idempotency_key) = (typed.note.trim().to_owned(), typed.key.clone());
    Ok(PaymentRequest { patient_id, amount, method, note, idempotency_key })
}

async fn page(
    desk: &Desk,
    who: &SignedIn,
    patient: PatientId,
    mut typed: Typed,
    problem: Option<(String, String)>,
) -> Page {
    let actor = who.actor.clone();
    let account =
        desk.blocking(move |db, practice| app::patient_account::account(db, &actor, practice, patient)).await?;
    if typed.amount.is_empty() && account.owes_now.is_positive() {
        typed.amount = account.owes_now.to_string();
    }
    let preview = match (Money::parse(&typed.amount), typed.named()) {
        (Ok(amount), Ok(named)) => {
            let actor = who.actor.clone();
            let look = move |db: &store::Db, practice| {
                app::patient_payment::preview(db, &actor, practice, patient, amount, named)
            };
            desk.blocking(look).await.ok()
        }
        (_, _) => None,
    };
    show_told(
        Told::of(&problem),
        &PaymentPage { shell: Shell::new(desk, who, "/patients"), account, typed, problem, preview },
    )
}
