//! The sentences in the Spanish of the United States: short, spoken, polite (usted), no jargon without its meaning.

use super::english::dollars;
use super::{PatientShare, SUSPENSE, Sentence, Step, StepKind, carc_of, denial_words};
use crate::Money;
use crate::explain::Language;

const MONTHS: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];

/// "27 de agosto de 2026", held together by no-break spaces.
pub(super) fn day(on: jiff::civil::Date) -> String {
    let month = usize::try_from(on.month()).ok().and_then(|month| MONTHS.get(month - 1)).copied().unwrap_or("");
    format!("{}\u{a0}de\u{a0}{month} de\u{a0}{}", on.day(), on.year())
}

/// The sentence.
pub(super) fn words(sentence: &Sentence) -> String {
    let money = |amount: &Money| dollars(*amount);
    match sentence {
        Sentence::Charged { amount, on } => format!("Cobramos {} por su visita del {}.", money(amount), day(*on)),
        Sentence::PlanDecided { plan, first, allowed, of, paid } => decided(plan, *first, *allowed, *of, *paid),
        Sentence::NobodyOwes { amount } if amount.is_negative() => {
            format!("Se sumaron {} al precio del plan.", dollars(amount.abs()))
        }
        Sentence::NobodyOwes { amount } => format!("Nadie debe los {} que superan el precio del plan.", money(amount)),
        Sentence::Withheld { plan, amount } => {
            let words = if amount.is_negative() { "sumaron a" } else { "descontaron de" };
            let (amount, plan) = (dollars(amount.abs()), plan_or(plan));
            format!("Se {words} lo que paga {plan} {amount}, por ley o por su contrato con nosotros; nadie los debe.")
        }
        Sentence::SetApart { plan, amount } => {
            let plan = plan_or(plan);
            let told = if amount.is_negative() {
                format!("Los importes de {plan} cuentan {} dos veces", dollars(amount.abs()))
            } else {
                format!("Ningún importe de {plan} explica {} del cargo", dollars(*amount))
            };
            format!("{told}; los apartamos y preguntamos al plan. No se le cobran a usted.")
        }
        Sentence::Share { share, amount } => share_words(*share, *amount),
        Sentence::Denied { plan, amount, reason } => denied(plan, *amount, reason),
        Sentence::WithPlan { plan, amount } => format!(
            "{} están con {}, que todavía no ha decidido; no se le cobran a usted.",
            money(amount),
            plan_or(plan)
        ),
        Sentence::DueFromPlan { plan, amount } => format!(
            "{} los debe {}; todavía no se le envió ningún reclamo, y no se le cobran a usted.",
            money(amount),
            plan_or(plan)
        ),
        Sentence::AskedOfNobody { plan, amount } => format!(
            "El reclamo a {} se retiró, y {} no se piden a nadie hasta que se facture de nuevo; no se le cobran a usted.",
            plan_or(plan),
            money(amount)
        ),
        Sentence::AwaitsCoverage { amount } => format!(
            "Todavía no sabemos quién paga los {}: díganos qué plan tenía usted ese día, o que no tenía ninguno. Hasta \
             entonces no se le cobran.",
            money(amount)
        ),
        Sentence::PlanOverpaid { plan, amount } => {
            let plan = if plan.is_empty() { "Su plan" } else { plan };
            format!("{plan} pagó {} más de lo que debía; eso lo arreglamos con el plan, no con usted.", money(amount))
        }
        Sentence::NoPlan { amount } => {
            format!(
                "Por esta visita no se cobró a ningún plan, así que le corresponde a usted pagar {}.",
                money(amount)
            )
        }
        Sentence::PatientPaid { amount } if amount.is_negative() => format!("Le devolvimos {}.", dollars(amount.abs())),
        Sentence::PatientPaid { amount } => format!("Usted ha pagado {}.", money(amount)),
        Sentence::WrittenOff { amount } if amount.is_negative() => {
            format!("Volvimos a sumar {} que habíamos descontado.", dollars(amount.abs()))
        }
        Sentence::WrittenOff { amount } => format!("Descontamos {} de su cuenta.", money(amount)),
        Sentence::PatientOwes { amount } => format!("Le quedan por pagar {}.", money(amount)),
        Sentence::NothingOwed => "Usted no debe nada por esta visita.".to_owned(),
        Sentence::PatientOverpaid { amount } => {
            format!("Usted pagó {} de más; ese dinero es suyo y se lo guardamos.", money(amount))
        }
    }
}

/// The plan's name inside a sentence.
fn plan_or(plan: &str) -> &str {
    if plan.is_empty() { "su plan" } else { plan }
}

fn decided(plan: &str, first: bool, allowed: Money, of: Money, paid: Money) -> String {
    let who = match (plan.is_empty(), first) {
        (true, true) => "Su plan".to_owned(),
        (true, false) => "Su siguiente plan".to_owned(),
        (false, true) => format!("Su plan, {plan},"),
        (false, false) => format!("Su siguiente plan, {plan},"),
    };
    let payment = if paid.is_zero() { "no pagó nada".to_owned() } else { format!("pagó {}", dollars(paid)) };
    if !first {
        return format!("{who} {payment}.");
    }
    let of = dollars(of);
    match allowed {
        allowed if allowed.is_zero() => format!("{who} no aprobó nada del cargo de {of}."),
        allowed if dollars(allowed) == of => format!("{who} aprobó todo el cargo de {of}; {payment}."),
        allowed => format!("{who} aprobó {} del cargo de {of}; {payment}.", dollars(allowed)),
    }
}

fn share_words(share: PatientShare, amount: Money) -> String {
    let amount = dollars(amount);
    match share {
        PatientShare::Deductible => {
            format!("{amount} son su deducible, la parte que usted paga antes de que pague su plan.")
        }
        PatientShare::Coinsurance => format!("{amount} son su coseguro, su parte del precio del plan."),
        PatientShare::Copay => format!("{amount} son su copago, una parte fija de cada visita."),
        PatientShare::Other => format!("{amount} le corresponden a usted por decisión de su plan."),
    }
}

fn denied(plan: &str, amount: Money, reason: &str) -> String {
    let why = match denial_words(carc_of(reason), Language::Spanish) {
        Some(words) => format!("porque {words}"),
        None => format!("(su código de motivo es {reason})"),
    };
    format!(
        "Hasta ahora {} no ha pagado {} {why}. Lo estamos reclamando al plan; no se le cobra a usted.",
        plan_or(plan),
        dollars(amount)
    )
}

/// The words of a row in "the numbers behind it".
pub(super) fn step(step: &Step, plan: Option<&str>) -> String {
    let plan = plan.filter(|name| !name.is_empty()).unwrap_or("el plan");
    match step.kind {
        StepKind::Charged if step.amount.is_negative() => "Cargo corregido".to_owned(),
        StepKind::Charged => "Cargo".to_owned(),
        StepKind::WithheldByPlan => format!("Retenido por {plan}, por ley o contrato: nadie lo debe"),
        StepKind::AbovePlanPrice => "Por encima del precio del plan: nadie lo debe".to_owned(),
        StepKind::PaidByPlan => format!("Pagado por {plan}"),
        StepKind::TakenBackByPlan => format!("Retirado por {plan}"),
        StepKind::MovedToPatient(PatientShare::Deductible) => "de lo que queda: su deducible".to_owned(),
        StepKind::MovedToPatient(PatientShare::Coinsurance) => "de lo que queda: su coseguro".to_owned(),
        StepKind::MovedToPatient(PatientShare::Copay) => "de lo que queda: su copago".to_owned(),
        StepKind::MovedToPatient(PatientShare::Other) => "de lo que queda: suyo, por decisión del plan".to_owned(),
        StepKind::MovedToNextPlan => "de lo que queda: lo debe el siguiente plan".to_owned(),
        StepKind::NowWithPlan => format!("de lo que queda: se pide primero a {plan}"),
        StepKind::BilledToPatient => "de lo que queda: suyo, no se pide a ningún plan".to_owned(),
        StepKind::PaidByPatient => "Pagado por usted".to_owned(),
        StepKind::ReturnedToPatient => "Devuelto a usted".to_owned(),
        StepKind::CameBackUnpaid => "Su pago fue devuelto sin pagar".to_owned(),
        StepKind::KeptForPatient => "Su pago, guardado para usted hasta saber cuánto debe".to_owned(),
        StepKind::WrittenOff => "Descontado de su cuenta".to_owned(),
        StepKind::DecisionTakenBack => format!("Decisión retirada por {plan}"),
        StepKind::SetApart if step.source.kind == SUSPENSE => format!("Ya no está apartado: se pide a {plan}"),
        StepKind::SetApart if step.amount.is_positive() => {
            format!("Contado dos veces por {plan}: apartado, nadie lo pagó")
        }
        StepKind::SetApart => format!("Sin importe de {plan} que lo explique: apartado, nadie lo pagó"),
    }
}
