//! The practice's own data, its providers and its payers: looked at in one place, each changed on a form of its own that
//! keeps what was typed and names every field that is wrong. Claims already sent keep what they were made from.

use app::registration::entry::{FieldProblem, PayerEntry, PracticeEntry, ProviderEntry};
use app::registration::{self, Subject};
use askama::Template;
use axum::extract::{Form, Query, State};
use billing::access::Action;
use billing::identifier::TaxIdKind;
use billing::payer::{Payer, PayerSettings};
use billing::practice::Practice;
use billing::provider::Provider;
use billing::{PayerId, ProviderId};
use serde::Deserialize;
use store::registration_version::VersionLine;

use super::page::{Page, Shell, go, show as render, show_told};
use super::refusal::{Refusal, Told};
use super::session::{Id, SignedIn};
use super::{Desk, filters};

/// What stands in the address.
#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
}

impl Asked {
    /// What was done before this page.
    pub(super) fn done(&self) -> Option<&str> {
        self.done.as_deref()
    }
}

/// What stands above a form and beside its fields.
#[derive(Default)]
pub(super) struct Problems(pub(super) Vec<FieldProblem>);

impl Problems {
    /// What is wrong with a field.
    pub(super) fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|one| one.field == field).map(|one| one.problem.as_str())
    }

    /// For who answers in JSON: the first field that is wrong, and what is wrong with each.
    pub(super) fn told(&self) -> Option<Told> {
        let first = self.0.first()?;
        let one = |problem: &FieldProblem| match problem.field.is_empty() || self.0.len() == 1 {
            true => problem.problem.clone(),
            false => format!("{}: {}", problem.field, problem.problem),
        };
        let sentence = self.0.iter().map(one).collect::<Vec<_>>().join(" ");
        Some(Told { field: Some(first.field.clone()).filter(|field| !field.is_empty()), sentence })
    }

    /// What is wrong with no field in particular.
    pub(super) fn whole(&self) -> Option<&str> {
        self.of("")
    }
}

#[derive(Template)]
#[template(path = "settings/index.html")]
struct SettingsPage {
    shell: Shell,
    practice: Practice,
    providers: Vec<Provider>,
    payers: Vec<Payer>,
    may_practice: bool,
    may_see_teams: bool,
    may_provider: bool,
    may_payer: bool,
}

#[derive(Template)]
#[template(path = "settings/practice.html")]
struct PracticePage {
    shell: Shell,
    typed: PracticeEntry,
    problems: Problems,
    history: Vec<VersionLine>,
    may_solo: bool,
}

#[derive(Template)]
#[template(path = "settings/provider.html")]
struct ProviderPage {
    shell: Shell,
    /// The provider that is changed; none for a new one.
    known: Option<ProviderId>,
    typed: ProviderEntry,
    problems: Problems,
    history: Vec<VersionLine>,
}

#[derive(Template)]
#[template(path = "settings/payer.html")]
struct PayerPage {
    shell: Shell,
    /// The payer that is changed; none for a new one.
    known: Option<PayerId>,
    typed: PayerEntry,
    problems: Problems,
    history: Vec<VersionLine>,
}

/// The practice with its providers and payers.
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    let (practice, providers, payers) = desk
        .read(&who.actor, |read| {
            let practice = store::registration::practice(read)?.ok_or(app::Error::NotFound("practice"))?;
            Ok((practice, registration::providers_in(read)?, registration::payers_in(read)?))
        })
        .await?;
    render(&SettingsPage {
        shell: Shell::new(&desk, &who, "/settings").after(asked.done.as_deref()),
        practice,
        providers,
        payers,
        may_practice: who.may(Action::ChangePractice),
        may_see_teams: who.may(Action::ViewAllWork),
        may_provider: who.may(Action::EditProvider),
        may_payer: who.may(Action::EditPayer),
    })
}

/// The form of the practice's own data.
pub async fn edit_practice(State(desk): State<Desk>, who: SignedIn) -> Page {
    let (practice, seen) = desk
        .read(&who.actor, |read| {
            let practice = store::registration::practice(read)?.ok_or(app::Error::NotFound("practice"))?;
            let seen = registration::version_of(read, Subject::Practice(practice.id))?;
            Ok((practice, seen))
        })
        .await?;
    practice_page(&desk, &who, practice_entry(&practice, seen), Problems::default()).await
}

/// Changes the practice's own data.
pub async fn change_practice(State(desk): State<Desk>, who: SignedIn, Form(mut typed): Form<PracticeEntry>) -> Page {
    if !who.may(Action::Configure) {
        // The box is not on this person's form: what stands stays.
        let solo = desk.read(&who.actor, |read| Ok(store::views::practice::is_solo(read)?)).await?;
        typed.solo = yes(solo);
    }
    let changed = match typed.checked(desk.practice()) {
        Ok(changed) => changed,
        Err(problems) => return practice_page(&desk, &who, typed, Problems(problems)).await,
    };
    let (actor, seen) = (who.actor.clone(), typed.seen);
    let done = desk.blocking(move |db, _| registration::save_practice(db, &actor, &changed, seen)).await;
    match done.map_err(problems) {
        Ok(()) => go("/settings", "saved"),
        Err(problems) => practice_page(&desk, &who, typed, problems?).await,
    }
}

async fn practice_page(desk: &Desk, who: &SignedIn, typed: PracticeEntry, problems: Problems) -> Page {
    let subject = Subject::Practice(desk.practice());
    let history = desk.read(&who.actor, move |read| registration::versions_of(read, subject)).await?;
    let shell = Shell::new(desk, who, "/settings");
    show_told(problems.told(), &PracticePage { shell, typed, problems, history, may_solo: who.may(Action::Configure) })
}

/// The form of a new provider.
pub async fn new_provider(State(desk): State<Desk>, who: SignedIn) -> Page {
    let typed = ProviderEntry { in_practice: yes(true), ..ProviderEntry::default() };
    provider_page(&desk, &who, None, typed, Problems::default()).await
}

/// Adds a provider.
pub async fn create_provider(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<ProviderEntry>) -> Page {
    let data = match typed.checked() {
        Ok(data) => data,
        Err(problems) => return provider_page(&desk, &who, None, typed, Problems(problems)).await,
    };
    let actor = who.actor.clone();
    let done = desk.blocking(move |db, practice| registration::register_provider(db, &actor, practice, &data)).await;
    match done.map_err(problems) {
        Ok(registered) if registered.is_new => go("/settings", "provider-added"),
        Ok(_) => {
            let problem = field("npi", "A provider on file has this NPI; open that one to change it.");
            provider_page(&desk, &who, None, typed, problem).await
        }
        Err(problems) => provider_page(&desk, &who, None, typed, problems?).await,
    }
}

/// The form of a provider on file.
pub async fn edit_provider(State(desk): State<Desk>, who: SignedIn, Id(id): Id<ProviderId>) -> Page {
    let (provider, seen) = desk
        .read(&who.actor, move |read| {
            let provider = store::registration::provider(read, id)?.ok_or(app::Error::NotFound("provider"))?;
            Ok((provider, registration::version_of(read, Subject::Provider(id))?))
        })
        .await?;
    provider_page(&desk, &who, Some(id), provider_entry(&provider, seen), Problems::default()).await
}

/// Changes a provider on file.
pub async fn change_provider(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<ProviderId>,
    Form(typed): Form<ProviderEntry>,
) -> Page {
    let data = match typed.checked() {
        Ok(data) => data,
        Err(problems) => return provider_page(&desk, &who, Some(id), typed, Problems(problems)).await,
    };
    let (actor, seen) = (who.actor.clone(), typed.seen);
    let done =
        desk.blocking(move |db, practice| registration::change_provider(db, &actor, practice, id, &data, seen)).await;
    match done.map_err(problems) {
        Ok(()) => go("/settings", "saved"),
        Err(problems) => provider_page(&desk, &who, Some(id), typed, problems?).await,
    }
}

async fn provider_page(
    desk: &Desk,
    who: &SignedIn,
    known: Option<ProviderId>,
    typed: ProviderEntry,
    problems: Problems,
) -> Page {
    let history = history(desk, who, known.map(Subject::Provider)).await?;
    show_told(
        problems.told(),
        &ProviderPage { shell: Shell::new(desk, who, "/settings"), known, typed, problems, history },
    )
}

/// The form of a new payer, with the usual deadlines.
pub async fn new_payer(State(desk): State<Desk>, who: SignedIn) -> Page {
    let usual = with_settings(PayerEntry::default(), &PayerSettings::default());
    payer_page(&desk, &who, None, usual, Problems::default()).await
}

/// Adds a payer.
pub async fn create_payer(State(desk): State<Desk>, who: SignedIn, Form(typed): Form<PayerEntry>) -> Page {
    let data = match typed.checked() {
        Ok(data) => data,
        Err(problems) => return payer_page(&desk, &who, None, typed, Problems(problems)).await,
    };
    let actor = who.actor.clone();
    let done = desk.blocking(move |db, practice| registration::register_payer(db, &actor, practice, &data)).await;
    match done.map_err(problems) {
        Ok(registered) if registered.is_new => go("/settings", "payer-added"),
        Ok(_) => {
            let problem = field("payer_identifier", "A payer on file has this id; open that one to change it.");
            payer_page(&desk, &who, None, typed, problem).await
        }
        Err(problems) => payer_page(&desk, &who, None, typed, problems?).await,
    }
}

/// The form of a payer on file.
pub async fn edit_payer(State(desk): State<Desk>, who: SignedIn, Id(id): Id<PayerId>) -> Page {
    let (payer, seen) = desk
        .read(&who.actor, move |read| {
            let payer = store::registration::payer(read, id)?.ok_or(app::Error::NotFound("payer"))?;
            Ok((payer, registration::version_of(read, Subject::Payer(id))?))
        })
        .await?;
    let typed = PayerEntry {
        name: payer.name,
        payer_identifier: payer.payer_identifier,
        filing_indicator: payer.filing_indicator,
        seen: Some(seen),
        ..with_settings(PayerEntry::default(), &payer.settings)
    };
    payer_page(&desk, &who, Some(id), typed, Problems::default()).await
}

/// Changes a payer on file.
pub async fn change_payer(
    State(desk): State<Desk>,
    who: SignedIn,
    Id(id): Id<PayerId>,
    Form(typed): Form<PayerEntry>,
) -> Page {
    let data = match typed.checked() {
        Ok(data) => data,
        Err(problems) => return payer_page(&desk, &who, Some(id), typed, Problems(problems)).await,
    };
    let (actor, seen) = (who.actor.clone(), typed.seen);
    let done =
        desk.blocking(move |db, practice| registration::change_payer(db, &actor, practice, id, &data, seen)).await;
    match done.map_err(problems) {
        Ok(()) => go("/settings", "saved"),
        Err(problems) => payer_page(&desk, &who, Some(id), typed, problems?).await,
    }
}

async fn payer_page(
    desk: &Desk,
    who: &SignedIn,
    known: Option<PayerId>,
    typed: PayerEntry,
    problems: Problems,
) -> Page {
    let history = history(desk, who, known.map(Subject::Payer)).await?;
    show_told(
        problems.told(),
        &PayerPage { shell: Shell::new(desk, who, "/settings"), known, typed, problems, history },
    )
}

async fn history(desk: &Desk, who: &SignedIn, subject: Option<Subject>) -> Result<Vec<VersionLine>, Refusal> {
    let Some(subject) = subject else { return Ok(Vec::new()) };
    desk.read(&who.actor, move |read| registration::versions_of(read, subject)).await
}

impl SettingsPage {
    /// Nine digits as people write them.
    fn zip(digits: &str) -> String {
        digits
            .split_at_checked(5)
            .filter(|(_, more)| !more.is_empty())
            .map_or_else(|| digits.to_owned(), |(five, more)| format!("{five}-{more}"))
    }
}

/// What a use case refused, for the form; what is no form's to mend stays a refusal.
pub(super) fn problems(refusal: Refusal) -> Result<Problems, Refusal> {
    refusal.for_form().map(|(name, problem)| field(&name, &problem))
}

pub(super) fn field(name: &str, problem: &str) -> Problems {
    Problems(vec![FieldProblem { field: name.to_owned(), problem: problem.to_owned() }])
}

fn yes(ticked: bool) -> String {
    if ticked { "yes".to_owned() } else { String::new() }
}

fn practice_entry(practice: &Practice, seen: i32) -> PracticeEntry {
    let billing = &practice.billing;
    let pay_to = practice.pay_to.clone().unwrap_or_default();
    PracticeEntry {
        name: practice.name.clone(),
        billing_name: billing.name.clone(),
        npi: billing.npi.as_str().to_owned(),
        taxonomy: billing.taxonomy.as_str().to_owned(),
        tax_id: billing.tax_id.digits().to_owned(),
        tax_id_kind: match billing.tax_id.kind {
            TaxIdKind::Ein => "ein".to_owned(),
            TaxIdKind::Ssn => "ssn".to_owned(),
        },
        line1: billing.address.line1.clone(),
        line2: billing.address.line2.clone(),
        city: billing.address.city.clone(),
        state: billing.address.state.clone(),
        zip: billing.address.zip.clone(),
        pay_line1: pay_to.line1,
        pay_line2: pay_to.line2,
        pay_city: pay_to.city,
        pay_state: pay_to.state,
        pay_zip: pay_to.zip,
        time_zone: practice.time_zone.clone(),
        submitter_id: practice.submitter_id.clone(),
        phone: practice.contact.phone.clone(),
        email: practice.contact.email.clone(),
        small_balance: practice.small_balance.to_string(),
        solo: yes(practice.solo),
        seen: Some(seen),
    }
}

fn provider_entry(provider: &Provider, seen: i32) -> ProviderEntry {
    ProviderEntry {
        last: provider.name.last.clone(),
        first: provider.name.first.clone(),
        middle: provider.name.middle.clone(),
        suffix: provider.name.suffix.clone(),
        npi: provider.npi.as_str().to_owned(),
        taxonomy: provider.taxonomy.as_str().to_owned(),
        in_practice: yes(provider.in_practice),
        seen: Some(seen),
    }
}

fn with_settings(entry: PayerEntry, settings: &PayerSettings) -> PayerEntry {
    PayerEntry {
        route: settings.route.clone(),
        answers_from: settings.answers_from.join(", "),
        remits_as: settings.remits_as.join(", "),
        filing_limit_days: settings.filing_limit_days.to_string(),
        appeal_days: settings.appeal_days.to_string(),
        acknowledgment_due_days: settings.acknowledgment_due_days.to_string(),
        follow_up_days: settings.follow_up_days.to_string(),
        takes_replacements: yes(settings.takes_replacements),
        needs_referral: yes(settings.needs_referral),
        secondary_filing_days: settings.secondary_filing_days.map(|days| days.to_string()).unwrap_or_default(),
        corrected_claim_days: settings.corrected_claim_days.map(|days| days.to_string()).unwrap_or_default(),
        bills_after_others: yes(settings.bills_after_others),
        crosses_over: yes(settings.crosses_over),
        ..entry
    }
    .with_auto_posting(&settings.auto_posting)
}
