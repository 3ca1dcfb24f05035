//! The play: months of a practice's life, a working day at a time, then the books are proved and compared with the payers' word.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use anyhow::Context;
use billing::PracticeId;
use billing::access::Actor;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use simulator::{Chance, OutboundFile, Simulator, builtin_payers};
use store::views::{claim_money, home, practice_totals};
use store::{Db, Env};

use super::clearinghouse::SimulatedClearinghouse;
use super::front_desk::House;
use super::questions::QuestionStory;
use super::shift::Scene;
use super::staff::LogIn;
use super::stage::{self, Stage, TIME_ZONE};
use super::summary::Summary;
use super::tally::Tally;
use super::visits::VisitStory;
use super::{
    bank, clinic, comparison, desk, front_desk, hands, mail_room, money_office, population, proof, quality, questions,
    report, shift, staff, teams, visits,
};

/// What the demo is asked for.
#[derive(Debug, Clone)]
pub struct Options {
    /// Decides everything that chance decides.
    pub seed: u64,
    /// How many months of history.
    pub months: u32,
    /// How many patients.
    pub patients: usize,
    /// How many visits.
    pub visits: usize,
    /// The last day of the story.
    pub until: Date,
    /// A file, or postgres://….
    pub database: String,
    /// Who has how many minutes, and how long contracts give for an appeal.
    pub desks: Desks,
}

/// How the desks of the story are staffed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Desks {
    /// Minutes of Tier 1's day.
    pub tier1_minutes: u32,
    /// Minutes of Tier 2's day.
    pub tier2_minutes: u32,
    /// Days to appeal that the contracts of the story give.
    pub appeal_days: i32,
}

impl Default for Desks {
    fn default() -> Desks {
        Desks { tier1_minutes: 60, tier2_minutes: 60, appeal_days: front_desk::APPEAL_DAYS }
    }
}

/// Longest story: a year; the invented deductibles and filing limits are not made for more.
pub const MOST_MONTHS: u32 = 12;
/// Most patients: their names and telephone numbers would repeat beyond.
pub const MOST_PATIENTS: usize = 5_000;

/// A played demo.
pub struct Played {
    /// The summary.
    pub summary: Summary,
    /// The practice.
    pub practice: PracticeId,
    /// The simulator's memory, as JSON.
    pub simulator: String,
    /// The payers' answers that nobody fetched by the last evening.
    pub not_fetched: Vec<OutboundFile>,
    /// The last instant of the story.
    pub ended_at: Timestamp,
    /// The log-ins.
    pub log_ins: Vec<LogIn>,
}

/// Plays the demo into a database. `progress` hears of every day: which, of how many.
pub fn play(options: &Options, mut progress: impl FnMut(usize, usize, Date)) -> anyhow::Result<Played> {
    let began = Instant::now();
    let zone = TimeZone::get(TIME_ZONE).context("the demo's time zone is not in this program's data")?;
    let start = options.until.saturating_sub(i64::from(options.months).months()).saturating_add(1.day());
    let curtain = stage::instant(start, 6, 0).context("the first day of the demo lies outside the calendar")?;
    let env = Env::simulated_in(options.seed, curtain, zone);
    let db = Db::open(&options.database, env.clone())?;
    if !store::practices::list(&db)?.is_empty() {
        anyhow::bail!("{} holds a practice already. Name another database, or serve this one.", db.place());
    }
    let script = Script::write(options, start);
    let (mut stage, house, log_ins) = set(db, env, options, &script)?;
    let all = script.days.len();
    let mut before = None;
    for (number, today) in script.days.iter().enumerate() {
        progress(number + 1, all, *today);
        day(&mut stage, &house, &script, *today, before).with_context(|| format!("on {today}"))?;
        before = Some(*today);
    }
    quality::review_last_month(&stage)?;
    quality::train(&stage)?;
    stage::in_scene("an absence is planned", teams::plan_absence(&stage.db, stage.practice, &stage.staff))?;
    stage.db.flush_reads();
    stage.db.analyze()?;
    let mut summary = summarise(&stage, options, start, log_ins.clone())?;
    summary.seconds = (began.elapsed().as_secs_f64() * 10.0).round() / 10.0;
    let (practice, simulator, ended_at) = (stage.practice, stage.clearinghouse.save()?, stage.env.now());
    let not_fetched = stage.clearinghouse.not_fetched();
    Ok(Played { summary, practice, simulator, not_fetched, ended_at, log_ins })
}

/// What the seed wrote.
struct Script {
    chance: Chance,
    patients: Vec<population::PatientStory>,
    days: Vec<Date>,
    visits: Vec<VisitStory>,
    questions: Vec<QuestionStory>,
}

impl Script {
    fn write(options: &Options, start: Date) -> Self {
        let chance = Chance::new(options.seed);
        let days = visits::working_days(start, options.until);
        let patients = population::patients(&chance, &builtin_payers(), options.patients, start);
        let visits = visits::visits(&chance, &patients, &days, options.visits);
        let questions = questions::questions(&chance, patients.len(), &days);
        Self { chance, patients, days, visits, questions }
    }
}

/// Sets the stage: the practice with its people, and the payers with their members.
fn set(db: Db, env: Env, options: &Options, script: &Script) -> anyhow::Result<(Stage, House, Vec<LogIn>)> {
    let payers = builtin_payers();
    let practice = PracticeId(env.new_id());
    let house = front_desk::open(
        &db,
        practice,
        (&payers, options.desks.appeal_days),
        script.days.first().copied().unwrap_or(options.until),
    )?;
    let minutes = teams::Minutes { tier1: options.desks.tier1_minutes, tier2: options.desks.tier2_minutes };
    let (staff, log_ins) = stage::in_scene("the staff is hired", staff::hire(&db, practice))?;
    stage::in_scene("the teams are set up", teams::set_up(&db, practice, &staff, minutes))?;
    stage::in_scene("absences are planned", teams::plan_absences(&db, practice, &staff, &script.days))?;
    let mut simulator = Simulator::new(options.seed, payers.clone());
    front_desk::enroll(&mut simulator, &script.patients, &payers);
    let stage = Stage {
        clearinghouse: SimulatedClearinghouse::new(env.clone(), simulator),
        db,
        env,
        practice,
        staff,
        payers,
        patients: script.patients.clone(),
        on_file: BTreeMap::new(),
        encounters: BTreeMap::new(),
        claims: BTreeMap::new(),
        questions: BTreeMap::new(),
        coded: BTreeSet::new(),
        mended: BTreeSet::new(),
        appealed: BTreeSet::new(),
        letters: Vec::new(),
        looks: BTreeMap::new(),
        tally: Tally::default(),
        promises: Vec::new(),
    };
    Ok((stage, house, log_ins))
}

/// One working day: mail, jobs, arrivals, questions, desks, charges, mail.
fn day(stage: &mut Stage, house: &House, script: &Script, today: Date, before: Option<Date>) -> anyhow::Result<()> {
    let due = |visit: &&VisitStory| visit.on == today;
    stage.at(today, 8, 0);
    mail_room::collect(stage)?;
    mail_room::post_what_waits(stage)?;
    mail_room::night(stage)?;
    bank::month_end(stage, script.days.first().copied().unwrap_or(today), today)?;
    stage.at(today, 9, 0);
    for visit in script.visits.iter().filter(due) {
        clinic::arrive(stage, house, visit)?;
    }
    mail_room::deliver(stage)?;
    stage.at(today, 10, 30);
    mail_room::collect(stage)?;
    mail_room::post_what_waits(stage)?;
    hands::denials::open_letters(stage, today)?;
    let days_left = script.days.iter().filter(|day| **day > today).count();
    let scene = Scene::new(house, &script.visits, &script.chance, (today, days_left));
    for question in script.questions.iter().filter(|question| question.on == today) {
        desk::ask(stage, &scene, question)?;
    }
    stage.at(today, 13, 0);
    money_office::take_payments(stage, &script.chance, today)?;
    shift::work(stage, &scene)?;
    bank::statement(stage, today)?;
    stage.at(today, 16, 0);
    for visit in script.visits.iter().filter(due) {
        clinic::charge(stage, house, visit)?;
    }
    if money_office::is_statement_day(today, before) {
        money_office::run_statements(stage, &script.chance, today)?;
    }
    stage.at(today, 17, 30);
    report::look(stage, &script.days, today)?;
    bank::evening(stage, today)?;
    mail_room::send(stage)
}

fn summarise(stage: &Stage, options: &Options, start: Date, log_ins: Vec<LogIn>) -> anyhow::Result<Summary> {
    let actor = Actor::system(stage.practice);
    let (totals, home, ledger) = stage.db.read(&actor, stage.practice, |read| {
        Ok::<_, store::StoreError>((practice_totals::get(read)?, home::get(read)?, claim_money::books(read)?))
    })?;
    Ok(Summary {
        seed: options.seed,
        days: (start.to_string(), options.until.to_string()),
        patients: totals.patients,
        visits: totals.visits,
        claims_by_status: home.statuses.into_iter().map(|row| (row.status, row.claims)).collect(),
        submitted: totals.submitted,
        accepted: totals.accepted,
        rejected: totals.rejected,
        denied: totals.denied,
        charged_cents: totals.charged.cents(),
        paid_cents: totals.paid.cents(),
        patient_cents: totals.patient_owes.cents(),
        patient_paid_cents: totals.patient_paid.cents(),
        payer_owes_cents: totals.payers_owe.cents(),
        remittances: totals.remittances,
        quarantined: totals.quarantined,
        statements: totals.statements,
        open_work: home.desks.into_iter().map(|row| (row.desk, row.items)).collect(),
        ledger_trial_balance: totals.trial_balance.cents(),
        ledger_entries: totals.entries,
        invariants: proof::invariants(&stage.db, stage.practice)?,
        desks: report::of(stage, options.until)?,
        claims_that_differ: comparison::differences(&stage.clearinghouse.truth(), &ledger),
        seconds: 0.0,
        database: stage.db.place(),
        log_ins,
    })
}
