//! A year of one payer, a payment a week: denials, decisions taken back and made again, money taken back over several
//! payments, payments below zero carried forward, interest, advances, money withheld. The payer keeps its own account of
//! what it will still take and still owes, so that a ledger made from the files alone can be compared with it, item by
//! item, after every file. The seed decides everything.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::behaviour::PayerBehaviour;
use crate::cents::share;
use crate::chance::Chance;
use crate::decision::{Adjustment, ClaimDecision, DecisionKind, LineDecision, Meaning};
use crate::message::{self, Partner};
use crate::payment::{Payment, ProviderAdjustment};
use crate::submitted::{BillingProvider, PersonName};
use crate::write_835;

/// Payments of a year.
const WEEKS: usize = 52;
/// Claims decided in the last week of a year that settles, so that what is to be taken can be.
const LAST_CLAIMS: usize = 25;
/// Weeks before the end in which nothing new is taken back.
const LAST_WEEKS: usize = 4;
/// What the patient pays at each visit.
const COPAY_CENTS: i64 = 2_000;
/// Weeks in which the payer pays something ahead, and how much.
const ADVANCES: [(usize, i64); 2] = [(5, 20_000), (25, 12_000)];
/// What it takes of an advance in a week, from so many weeks later.
const ADVANCE_PART_CENTS: i64 = 5_000;
const ADVANCE_AFTER: usize = 4;
/// Withheld of every payment in the first half of the year, in basis points, and the week that releases it.
const WITHHELD_BP: u32 = 100;
const WITHHELD_UNTIL: usize = 26;
const RELEASED_IN: usize = 40;

/// A claim that the payer of a year has.
#[derive(Debug, Clone)]
pub struct YearClaim {
    /// CLM01.
    pub control_number: String,
    /// Its lines.
    pub lines: Vec<YearLine>,
}

/// A line of such a claim.
#[derive(Debug, Clone)]
pub struct YearLine {
    /// The procedure.
    pub procedure: String,
    /// As charged.
    pub charge_cents: i64,
    /// REF 6R.
    pub line_control_number: String,
    /// Day of service.
    pub on: Date,
}

/// One payment with the payer's account after it.
#[derive(Debug, Clone)]
pub struct Week {
    /// TRN02.
    pub trace: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// BPR02.
    pub paid_cents: i64,
    /// What is open after it: of claims by their control number, of payments carried forward by their trace, of what
    /// has no number by its reason. Positive: the payer will still take it. Negative: it owes it.
    pub open: BTreeMap<String, i64>,
    /// Interest paid so far.
    pub interest_cents: i64,
}

/// Who is paid, under which name, by whom.
#[derive(Debug, Clone)]
pub struct YearParties<'a> {
    /// The payer.
    pub payer: &'a PayerBehaviour,
    /// NPI of the payee.
    pub npi: &'a str,
    /// Its tax id.
    pub tax_id: &'a str,
    /// Its name.
    pub name: &'a str,
}

/// A year of payments for these claims, from a day on.
///
/// # Errors
/// In words, where a payment of the payer's own does not balance or cannot be written.
pub fn year(parties: &YearParties<'_>, claims: &[YearClaim], start: Date, seed: u64) -> Result<Vec<Week>, String> {
    let mut clerk = Clerk {
        payee: BillingProvider {
            npi: parties.npi.to_owned(),
            tax_id: parties.tax_id.to_owned(),
            name: parties.name.to_owned(),
            ..BillingProvider::default()
        },
        payer: parties.payer,
        dice: Chance::new(seed),
        claims,
        next: 0,
        standing: BTreeMap::new(),
        to_correct: Vec::new(),
        to_take: BTreeMap::new(),
        forward: None,
        withheld: 0,
        interest: 0,
    };
    (0..WEEKS)
        .map(|week| clerk.week(week, start.saturating_add((7 * i64::try_from(week).unwrap_or(0)).days())))
        .collect()
}

/// Money to be taken in later payments.
struct Taking {
    code: &'static str,
    left: i64,
    /// The ways in which the payer writes its reference.
    written: Vec<String>,
    /// Not before this week, and at most so much a week; none where the dice say.
    from: usize,
    part: Option<i64>,
}

struct Clerk<'a> {
    payer: &'a PayerBehaviour,
    payee: BillingProvider,
    dice: Chance,
    claims: &'a [YearClaim],
    /// The first claim that is not decided yet.
    next: usize,
    /// Decisions that stand, by claim, with the week of each.
    standing: BTreeMap<usize, (ClaimDecision, usize)>,
    /// Claims taken back, to be decided again next week.
    to_correct: Vec<ClaimDecision>,
    to_take: BTreeMap<String, Taking>,
    /// The payment that could not fall below zero, and by how much.
    forward: Option<(String, i64)>,
    withheld: i64,
    interest: i64,
}

impl Clerk<'_> {
    fn below(&self, below: u64, what: &str, week: usize) -> usize {
        usize::try_from(self.dice.below(below, &[what, &week.to_string()])).unwrap_or(0)
    }

    /// Whether this is the last week of a year in which everything is settled; half of the years end with something open.
    fn settles(&self, week: usize) -> bool {
        week + 1 == WEEKS && self.dice.below(2, &["settles"]) == 0
    }

    fn week(&mut self, week: usize, on: Date) -> Result<Week, String> {
        let trace = format!("YR{:02}{:02}{:02}{week:03}", on.year() % 100, on.month(), on.day());
        let mut claims = std::mem::take(&mut self.to_correct);
        let mut outside = Vec::new();
        if week + LAST_WEEKS < WEEKS {
            self.take_back(week, on, &mut claims, &mut outside);
        }
        self.decide(week, on, &mut claims, &mut outside);
        let of_claims: i64 = claims.iter().map(ClaimDecision::paid_cents).sum();
        self.ahead(week, &mut outside);
        self.withhold(week, of_claims, &mut outside);
        if let Some((reference, cents)) = self.forward.take() {
            outside.push(plb("FB", &reference, cents));
        }
        self.take(week, &mut outside);
        let mut paid_cents = of_claims - outside.iter().map(|one| one.cents).sum::<i64>();
        if paid_cents < 0 {
            outside.push(plb("FB", &trace, paid_cents));
            self.forward = Some((trace.clone(), -paid_cents));
            paid_cents = 0;
        }
        let payee = self.payee.clone();
        let payment = Payment { trace: trace.clone(), on, paid_cents, payee, claims, provider_adjustments: outside };
        let bytes = self.file(week, on, &payment)?;
        Ok(Week { trace, bytes, paid_cents, open: self.open(), interest_cents: self.interest })
    }

    fn open(&self) -> BTreeMap<String, i64> {
        let mut open: BTreeMap<String, i64> =
            self.to_take.iter().map(|(item, taking)| (item.clone(), taking.left)).collect();
        open.extend(self.forward.iter().cloned());
        open.insert("E3".to_owned(), -self.withheld);
        open.retain(|_, cents| *cents != 0);
        open
    }

    /// Decisions of some weeks ago are taken back; most are made again at once, the others next week.
    fn take_back(
        &mut self,
        week: usize,
        on: Date,
        claims: &mut Vec<ClaimDecision>,
        outside: &mut Vec<ProviderAdjustment>,
    ) {
        for turn in 0..self.below(3, "reversals", week) {
            let old: Vec<usize> =
                self.standing.iter().filter(|(_, (_, of))| of + 2 <= week).map(|(claim, _)| *claim).collect();
            let Some(claim) = old.get(self.below(old.len() as u64, &format!("which {turn}"), week)).copied() else {
                return;
            };
            let Some((before, _)) = self.standing.remove(&claim) else { return };
            let reversal = before.reversed(noon(on));
            let version = before.version + 1;
            let share_bp = [0, 3_000, 4_500][self.below(3, &format!("again {turn}"), week)];
            let correction = ClaimDecision {
                kind: DecisionKind::Correction,
                version,
                ..self.decision(claim, version, share_bp, on)
            };
            let is_later = self.below(4, &format!("later {turn}"), week) == 0;
            let owed = -reversal.paid_cents() - if is_later { 0 } else { correction.paid_cents() };
            let is_carried = self.below(3, &format!("carried {turn}"), week) > 0;
            if is_carried && owed > 0 {
                let written = ways(&before);
                let reference = written[self.below(written.len() as u64, &format!("written {turn}"), week)].clone();
                outside.push(plb("WO", &reference, -owed));
                let taking = self.to_take.entry(before.control_number.clone()).or_insert(Taking {
                    code: "WO",
                    left: 0,
                    written,
                    from: week + 1,
                    part: None,
                });
                taking.left += owed;
            }
            claims.push(reversal);
            if is_later {
                self.to_correct.push(correction.clone());
            } else {
                claims.push(correction.clone());
            }
            self.standing.insert(claim, (correction, week + 1));
        }
    }

    fn decide(
        &mut self,
        week: usize,
        on: Date,
        claims: &mut Vec<ClaimDecision>,
        outside: &mut Vec<ProviderAdjustment>,
    ) {
        let count = if self.settles(week) { LAST_CLAIMS } else { self.below(4, "new claims", week) };
        for turn in 0..count {
            if self.next >= self.claims.len() {
                return;
            }
            let claim = self.next;
            self.next += 1;
            let share_bp = [6_000, 6_000, 5_500, 0][self.below(4, &format!("new {turn}"), week)];
            let decision = self.decision(claim, 1, share_bp, on);
            if decision.paid_cents() > 0 && self.below(5, &format!("interest {turn}"), week) == 0 {
                let interest = share(decision.paid_cents(), 150).max(1);
                self.interest += interest;
                outside.push(plb("L6", &decision.payer_claim_number, -interest));
            }
            self.standing.insert(claim, (decision.clone(), week));
            claims.push(decision);
        }
    }

    fn ahead(&mut self, week: usize, outside: &mut Vec<ProviderAdjustment>) {
        for (_, cents) in ADVANCES.iter().filter(|(in_week, _)| *in_week == week) {
            let item = format!("ADV2026{week:02}");
            outside.push(plb("AP", &format!("ADV-2026-{week:02}"), -cents));
            let written = vec![format!("ADV 2026 {week:02}"), item.to_lowercase()];
            let (from, part) = (week + ADVANCE_AFTER, Some(ADVANCE_PART_CENTS));
            self.to_take.insert(item, Taking { code: "AP", left: *cents, written, from, part });
        }
    }

    fn withhold(&mut self, week: usize, of_claims: i64, outside: &mut Vec<ProviderAdjustment>) {
        if week < WITHHELD_UNTIL && of_claims > 0 {
            let kept = share(of_claims, WITHHELD_BP);
            if kept > 0 {
                self.withheld += kept;
                outside.push(plb("E3", "", kept));
            }
        }
        if week == RELEASED_IN && self.withheld > 0 {
            outside.push(plb("E3", "", -self.withheld));
            self.withheld = 0;
        }
    }

    /// Takes a part of what is to be taken; all of it where the year settles.
    fn take(&mut self, week: usize, outside: &mut Vec<ProviderAdjustment>) {
        let (dice, settles) = (self.dice, self.settles(week));
        for (item, taking) in &mut self.to_take {
            if taking.from > week || taking.left == 0 {
                continue;
            }
            let name = [item.as_str(), "part", &week.to_string()];
            let any = 1 + i64::try_from(dice.below(u64::try_from(taking.left).unwrap_or(0), &name)).unwrap_or(0);
            let part = if settles { taking.left } else { taking.part.unwrap_or(any).min(taking.left) };
            let way = dice.below(taking.written.len() as u64, &[item, "way", &week.to_string()]);
            let written = taking.written.get(usize::try_from(way).unwrap_or(0)).cloned().unwrap_or_default();
            outside.push(plb(taking.code, &written, part));
            taking.left -= part;
        }
        self.to_take.retain(|_, taking| taking.left > 0);
    }

    /// What the payer says of a claim where it recognises a share of the charges; of nothing it refuses the claim.
    fn decision(&self, claim: usize, version: u32, allowed_bp: u32, on: Date) -> ClaimDecision {
        let of = &self.claims[claim];
        let mut copay = COPAY_CENTS;
        let lines = of.lines.iter().map(|line| {
            let allowed = share(line.charge_cents, allowed_bp);
            let patient = copay.min(allowed);
            copay = 0;
            let adjustment = |group: &str, carc: &str, cents: i64, meaning: Meaning| Adjustment {
                group: group.to_owned(),
                carc: carc.to_owned(),
                cents,
                meaning,
            };
            let mut adjustments = if allowed == 0 {
                vec![adjustment("CO", "197", line.charge_cents, Meaning::Denied)]
            } else {
                let above = adjustment("CO", "45", line.charge_cents - allowed, Meaning::Contractual);
                vec![above, adjustment("PR", "3", patient, Meaning::PatientShare)]
            };
            adjustments.retain(|one| one.cents != 0);
            LineDecision {
                qualifier: "HC".to_owned(),
                procedure: line.procedure.clone(),
                modifiers: Vec::new(),
                units: 1,
                date: Some(line.on),
                line_control_number: Some(line.line_control_number.clone()),
                charge_cents: line.charge_cents,
                allowed_cents: allowed,
                paid_cents: allowed - patient,
                adjustments,
                remarks: Vec::new(),
            }
        });
        ClaimDecision {
            control_number: of.control_number.clone(),
            version,
            kind: DecisionKind::Original,
            payer_claim_number: format!("{}{version}{claim:06}X", self.payer.id),
            status: "1".to_owned(),
            place_of_service: "11".to_owned(),
            frequency: "1".to_owned(),
            member_id: "M1".to_owned(),
            patient: PersonName { last: "FAMILY".to_owned(), first: "GIVEN".to_owned(), middle: String::new() },
            subscriber: None,
            billing: self.payee.clone(),
            rendering_npi: String::new(),
            received_on: on,
            decided_at: noon(on),
            lines: lines.collect(),
        }
    }

    fn file(&self, week: usize, on: Date, payment: &Payment) -> Result<Vec<u8>, String> {
        let qualified = |id: &str| ("ZZ".to_owned(), id.to_owned());
        let partner = Partner {
            id: qualified("PRACTICE"),
            application_id: "PRACTICE".to_owned(),
            knows_us_as: qualified(message::CLEARINGHOUSE_ID),
            knows_our_application_as: message::CLEARINGHOUSE_ID.to_owned(),
            test: true,
        };
        let control_number = u32::try_from(week + 1).unwrap_or(1);
        let mut writer = message::open(&partner, noon(on), control_number, &write_835::GROUP);
        write_835::write(&mut writer, self.payer, payment)?;
        writer.finish().map_err(|error| error.to_string())
    }
}

/// The ways in which the payer names a claim outside it: its number, ours, both, either with more around it.
fn ways(decision: &ClaimDecision) -> Vec<String> {
    let (ours, theirs) = (&decision.control_number, &decision.payer_claim_number);
    vec![
        theirs.clone(),
        ours.clone(),
        format!("{theirs} {ours}"),
        format!("20260210 {theirs}"),
        format!("{theirs}-01"),
        theirs.to_lowercase(),
    ]
}

fn plb(code: &str, reference: &str, cents: i64) -> ProviderAdjustment {
    ProviderAdjustment { code: code.to_owned(), reference: reference.to_owned(), cents }
}

fn noon(on: Date) -> Timestamp {
    on.at(12, 0, 0, 0).to_zoned(TimeZone::UTC).map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}
