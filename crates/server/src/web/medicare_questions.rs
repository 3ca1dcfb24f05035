//! The questions that tell who pays before Medicare: a form with what was answered last, and what follows from it.

use app::medicare_questions::{self, MedicareOrder};
use askama::Template;
use axum::extract::{Form, Query, State};
use billing::PatientId;
use billing::medicare_questions::{Answers, EmployerPlan, Entitlement, PlanOf};
use serde::Deserialize;

use super::Desk;
use super::filters;
use super::page::{Page, Shell, go, show_told};
use super::refusal::Refusal;
use super::session::{Id, SignedIn};
use super::settings::{Problems, field};

/// What stands in the address.
#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
}

/// The form as it was typed.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Typed {
    black_lung: String,
    federal_program: String,
    veterans: String,
    from_work: String,
    no_fault: String,
    liability: String,
    entitlement: String,
    plan_of: String,
    works_now: String,
    employees: String,
    kidney_months: String,
    medicare_was_first: String,
}

impl Typed {
    fn of(answers: &Answers) -> Typed {
        let tick = |yes: bool| if yes { "yes".to_owned() } else { String::new() };
        let plan = answers.employer_plan;
        Typed {
            black_lung: tick(answers.black_lung),
            federal_program: tick(answers.federal_program),
            veterans: tick(answers.veterans),
            from_work: tick(answers.from_work),
            no_fault: tick(answers.no_fault),
            liability: tick(answers.liability),
            entitlement: answers.entitlement.as_str().to_owned(),
            plan_of: plan.map_or(String::new(), |plan| plan.of.as_str().to_owned()),
            works_now: tick(plan.is_some_and(|plan| plan.works_now)),
            employees: plan.map_or(String::new(), |plan| plan.employees.to_string()),
            kidney_months: answers.kidney_months.map_or(String::new(), |months| months.to_string()),
            medicare_was_first: tick(answers.medicare_was_first),
        }
    }

    fn answers(&self) -> Result<Answers, Problems> {
        let yes = |ticked: &str| ticked == "yes";
        let number = |name: &str, typed: &str, problem: &str| match typed.trim() {
            "" => Ok(None),
            digits => digits.parse::<u32>().map(Some).map_err(|_| field(name, problem)),
        };
        let entitlement = Entitlement::parse(&self.entitlement)
            .ok_or_else(|| field("entitlement", "Say why the patient has Medicare."))?;
        let employees = number("employees", &self.employees, "Write how many the employer employs, in digits.")?;
        let employer_plan = match PlanOf::parse(&self.plan_of) {
            None => None,
            Some(of) => Some(EmployerPlan {
                of,
                works_now: yes(&self.works_now),
                employees: employees
                    .ok_or_else(|| field("employees", "Write how many the employer employs; the card's plan knows."))?,
            }),
        };
        Ok(Answers {
            black_lung: yes(&self.black_lung),
            federal_program: yes(&self.federal_program),
            veterans: yes(&self.veterans),
            from_work: yes(&self.from_work),
            no_fault: yes(&self.no_fault),
            liability: yes(&self.liability),
            entitlement,
            employer_plan,
            kidney_months: number("kidney_months", &self.kidney_months, "Write full months, in digits.")?,
            medicare_was_first: yes(&self.medicare_was_first),
        })
    }
}

#[derive(Template)]
#[template(path = "registration/medicare.html")]
struct MedicarePage {
    shell: Shell,
    patient: PatientId,
    name: String,
    order: MedicareOrder,
    typed: Typed,
    problems: Problems,
}

impl MedicarePage {
    fn entitlements() -> [(&'static str, &'static str); 3] {
        Entitlement::ALL.map(|one| (one.as_str(), one.words()))
    }

    fn plans() -> [(&'static str, &'static str); 3] {
        PlanOf::ALL.map(|one| (one.as_str(), one.words()))
    }
}

/// The form with what was answered last.
pub async fn show(State(desk): State<Desk>, who: SignedIn, Id(id): Id<PatientId>, Query(asked): Query<Asked>) -> Page {
    page(&desk, &who, id, None, asked.done.as_deref()).await
}

/// Keeps what was answered.
pub async fn save(State(desk): State<Desk>, who: SignedIn, Id(id): Id<PatientId>, Form(typed): Form<Typed>) -> Page {
    let answers = match typed.answers() {
        Ok(answers) => answers,
        Err(problems) => return page(&desk, &who, id, Some((typed, problems)), None).await,
    };
    let actor = who.actor.clone();
    let done = desk.blocking(move |db, practice| medicare_questions::answer(db, &actor, practice, id, &answers)).await;
    match done.map_err(|refusal| refusal.for_form().map(|(name, problem)| field(&name, &problem))) {
        Ok(()) => go(&format!("/patients/{id}/medicare"), "medicare-answered"),
        Err(problems) => page(&desk, &who, id, Some((typed, problems?)), None).await,
    }
}

async fn page(
    desk: &Desk,
    who: &SignedIn,
    patient: PatientId,
    typed: Option<(Typed, Problems)>,
    done: Option<&str>,
) -> Page {
    let actor = who.actor.clone();
    let order = desk.blocking(move |db, practice| medicare_questions::order(db, &actor, practice, patient)).await?;
    let head = desk
        .read(&who.actor, move |read| Ok(store::views::patients::head(read, patient)?))
        .await?
        .ok_or(Refusal::Absent)?;
    let last = || order.answered.as_ref().map(|said| Typed::of(&said.answers)).unwrap_or_default();
    let (typed, problems) = typed.unwrap_or_else(|| (last(), Problems::default()));
    let name = head.patient.0.name.full();
    let shell = Shell::new(desk, who, "/patients").after(done);
    show_told(problems.told(), &MedicarePage { shell, patient, name, order, typed, problems })
}
