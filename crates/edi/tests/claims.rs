//! Any claim of the domain becomes a file that says what was meant, whatever stands in its names.
#![allow(clippy::unwrap_used, clippy::expect_used)] // what sets a test up must stop it where it cannot

use billing::charge::{Drug, Procedure, Units};
use billing::claim::submission::ControlNumbers;
use billing::claim::{
    Claim, ClaimBody, ClaimFrequency, ClaimStatus, CleanClaim, DependentOnClaim, PayerOnClaim, ServiceLine,
};
use billing::coordination_of_benefits::{PriorLine, PriorPayer};
use billing::coverage::{CoverageRank, MedicareSecondaryType, Relationship, Subscriber};
use billing::encounter::{Accident, AccidentCause};
use billing::identifier::{MemberId, Npi, PatientControlNumber, TaxId, TaxIdKind, Taxonomy};
use billing::person::{Address, Contact, Gender, PersonName};
use billing::practice::BillingProvider;
use billing::provider::{Facility, ProviderOnClaim};
use billing::remittance::{Adjustment, AdjustmentGroup};
use billing::{Money, Phi};
use edi::{Envelope, claim_837};
use jiff::civil::date;
use uuid::Uuid;

/// Numbers that follow from a seed, so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        // Knuth's constants of the MMIX generator; quality is of no importance here.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn coin(&mut self) -> bool {
        self.roll(2) == 1
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        let at = usize::try_from(self.roll(of.len() as u64)).unwrap();
        of[at]
    }
}

const LAST_NAMES: [&str; 8] =
    ["Quintero", "O\u{2019}Hara", "Muñoz", "Doe~SE*1*0001~", "de la Cruz", "Li:Wu^Xi", "Ångström", "Smith\r\nIEA*1"];
const STREETS: [&str; 4] = ["1 Main St", "2 Oak Ave #4", "Calle Añil 7*A", "9 Elm~Apt:2"];

fn npi(dice: &mut Dice) -> Npi {
    Npi::parse(dice.pick(&["2000000002", "2000000010", "2000000028", "2000000036"])).unwrap()
}

fn person(dice: &mut Dice) -> PersonName {
    PersonName {
        last: dice.pick(&LAST_NAMES).into(),
        first: dice.pick(&["Ada", "José", "Jean-Luc", "A~B"]).into(),
        middle: dice.pick(&["", "B", "Ñ"]).into(),
        suffix: dice.pick(&["", "JR"]).into(),
    }
}

fn address(dice: &mut Dice) -> Address {
    Address {
        line1: dice.pick(&STREETS).into(),
        line2: dice.pick(&["", "Suite 5"]).into(),
        city: dice.pick(&["Austin", "Cañon City"]).into(),
        state: "TX".into(),
        zip: "787010001".into(),
    }
}

fn provider(dice: &mut Dice) -> ProviderOnClaim {
    ProviderOnClaim {
        provider_id: Uuid::nil().into(),
        name: person(dice),
        npi: npi(dice),
        taxonomy: Some(Taxonomy::parse("207Q00000X").unwrap()),
    }
}

fn line(dice: &mut Dice, number: i32, control_number: &PatientControlNumber, diagnoses: u64) -> ServiceLine {
    ServiceLine {
        number,
        charge_id: Uuid::from_u128(u128::from(number.unsigned_abs())).into(),
        control_number: control_number.line(usize::try_from(number).unwrap()),
        procedure: Procedure {
            code: dice.pick(&["99213", "99214", "36415", "J1100"]).into(),
            modifiers: if dice.coin() { vec!["25".into()] } else { Vec::new() },
        },
        charge_amount: Money::from_cents(1 + i64::try_from(dice.roll(50_000)).unwrap()),
        units: Units::from_thousandths(1000 + 500 * i64::try_from(dice.roll(4)).unwrap()),
        place_of_service: dice.coin().then(|| "22".into()),
        diagnosis_pointers: (1..=diagnoses.min(4)).map(|n| u8::try_from(n).unwrap()).collect(),
        date_of_service: date(2026, 8, 15),
        drug: dice.coin().then(|| Drug {
            ndc: "00000000001".into(),
            quantity: Units::from_thousandths(2500),
            unit: "ML".into(),
        }),
    }
}

fn body(dice: &mut Dice, control_number: &PatientControlNumber) -> ClaimBody {
    let is_self = dice.coin();
    let corrected = dice.coin();
    let diagnoses: Vec<String> =
        ["E119", "I10", "M5450", "J0190"].iter().take(1 + dice.roll(4) as usize).map(|c| (*c).into()).collect();
    let lines = 1 + dice.roll(6);
    let accident = dice.coin().then(|| Accident {
        cause: AccidentCause::Auto,
        occurred_on: date(2026, 8, 1),
        state: Some("TX".into()),
    });
    ClaimBody {
        billing: BillingProvider {
            name: "Sunrise Clinic".into(),
            npi: Npi::parse("2000000002").unwrap(),
            taxonomy: Taxonomy::parse("207Q00000X").unwrap(),
            tax_id: TaxId::parse(TaxIdKind::Ein, "123456789").unwrap(),
            address: address(&mut Dice(1)),
        },
        pay_to: None,
        payer: PayerOnClaim {
            name: "Acme Health".into(),
            payer_identifier: "60054".into(),
            filing_indicator: "CI".into(),
            route: "CLEARING".into(),
            takes_replacements: true,
            needs_referral: false,
        },
        rank: CoverageRank::Primary,
        group_number: dice.pick(&["", "GRP1"]).into(),
        plan_name: "Gold Plan".into(),
        subscriber: Subscriber {
            name: person(dice),
            member_id: MemberId::parse("W123456789").unwrap(),
            birth_date: Phi::new(date(1980, 1, 1)),
            gender: Gender::Female,
            address: address(dice),
        },
        relationship: if is_self { Relationship::SelfSubscriber } else { Relationship::Child },
        dependent: (!is_self).then(|| DependentOnClaim {
            name: person(dice),
            birth_date: Phi::new(date(2015, 1, 1)),
            gender: Gender::Male,
            address: address(dice),
            contact: Contact::default(),
        }),
        coverage_effective_on: date(2026, 1, 1),
        coverage_ends_on: None,
        frequency: if corrected { ClaimFrequency::Replacement } else { ClaimFrequency::Original },
        payer_claim_control_number: Some("ICN001".into()),
        place_of_service: "11".into(),
        provider_signature_on_file: true,
        assignment: "A".into(),
        benefits_assigned: "Y".into(),
        release_of_information: "Y".into(),
        accident,
        onset_on: dice.coin().then(|| date(2026, 8, 1)),
        prior_authorization: dice.coin().then(|| "PA123".into()),
        referral_number: dice.coin().then(|| "REF9".into()),
        clia_number: dice.coin().then(|| "45D0000001".into()),
        rendering: dice.coin().then(|| provider(dice)),
        referring: dice.coin().then(|| provider(dice)),
        supervising: dice.coin().then(|| provider(dice)),
        ordering: dice.coin().then(|| provider(dice)),
        facility: dice.coin().then(|| Facility {
            id: Uuid::nil().into(),
            name: "North*Hall".into(),
            npi: Some(npi(dice)),
            address: address(dice),
            clia_number: None,
        }),
        note: dice.pick(&["", "Seen twice~on one day"]).into(),
        medicare_secondary: None,
        prior_payers: Vec::new(),
        crossed_over: false,
        lines: (1..=lines)
            .map(|n| line(dice, i32::try_from(n).unwrap(), control_number, diagnoses.len() as u64))
            .collect(),
        diagnoses,
    }
}

/// Cuts an amount into so many adjustments, of reasons and groups as they come; together they are the amount.
fn adjustments(dice: &mut Dice, mut amount: Money) -> Vec<Adjustment> {
    let reasons = ["1", "2", "3", "45", "23", "97", "144", "253", "94", "59", "P12", "B20", "131", "161"];
    let count = 1 + dice.roll(reasons.len() as u64) as usize;
    let mut all = Vec::new();
    for (place, reason) in reasons[..count].iter().enumerate() {
        let part = if place + 1 == count { amount } else { Money::from_cents(dice.roll(900) as i64 - 300) };
        amount -= part;
        let group = if reason.len() == 1 { AdjustmentGroup::PR } else { AdjustmentGroup::CO };
        all.push(Adjustment { group, reason: (*reason).into(), amount: part });
    }
    all.retain(|one| !one.amount.is_zero());
    all.sort_by_key(|one| one.group);
    all
}

/// What an earlier payer decided: line by line, or of the claim as a whole; its sums hold.
fn prior_payer(dice: &mut Dice, body: &ClaimBody, rank: CoverageRank) -> PriorPayer {
    let charged = body.total_charge();
    let lines: Vec<PriorLine> = if dice.coin() {
        let lines = body.lines.iter();
        lines
            .map(|line| {
                let paid = Money::from_cents(dice.roll(60_000) as i64);
                PriorLine {
                    charge_id: line.charge_id,
                    procedure: line.procedure.clone(),
                    units: line.units,
                    paid_amount: paid,
                    adjustments: adjustments(dice, line.charge_amount - paid),
                }
            })
            .collect()
    } else {
        Vec::new()
    };
    let of_lines: Money = lines.iter().map(|line| line.paid_amount).sum();
    let paid_amount = if lines.is_empty() { Money::from_cents(dice.roll(60_000) as i64) } else { of_lines };
    PriorPayer {
        payer_id: Uuid::nil().into(),
        payer: PayerOnClaim {
            name: dice.pick(&["Granite*Mutual", "Old~Plan"]).into(),
            payer_identifier: format!("OLD{}", rank.code()),
            filing_indicator: if rank == CoverageRank::Secondary { "MB" } else { "CI" }.into(),
            ..body.payer.clone()
        },
        rank,
        medicare_secondary: (rank == CoverageRank::Secondary).then_some(MedicareSecondaryType::WorkingAged),
        group_number: dice.pick(&["", "GRP7"]).into(),
        plan_name: "Silver Plan".into(),
        subscriber: Subscriber { name: person(dice), address: address(dice), ..body.subscriber.clone() },
        relationship: if dice.coin() { Relationship::SelfSubscriber } else { Relationship::Spouse },
        payer_claim_control_number: dice.pick(&["", "ICN77"]).into(),
        decided_on: date(2026, 8, 20),
        paid_amount,
        adjustments: if lines.is_empty() { adjustments(dice, charged - paid_amount) } else { Vec::new() },
        remarks: if dice.coin() { vec!["MA01".into(), "N89".into()] } else { Vec::new() },
        lines,
        left: Vec::new(),
    }
}

/// As a second or third payer is asked.
fn after_others(dice: &mut Dice, body: &mut ClaimBody) {
    body.prior_payers.push(prior_payer(dice, body, CoverageRank::Primary));
    body.rank = CoverageRank::Secondary;
    if dice.coin() {
        body.prior_payers.push(prior_payer(dice, body, CoverageRank::Secondary));
        body.rank = CoverageRank::Tertiary;
    }
    assert!(body.prior_payers.iter().all(|prior| prior.imbalance(&body.lines).is_none()));
}

fn claim(dice: &mut Dice, number: u64) -> CleanClaim {
    let control_number = PatientControlNumber::parse(&format!("C{number}")).unwrap();
    let mut body = body(dice, &control_number);
    if dice.roll(3) == 0 {
        after_others(dice, &mut body);
    }
    Claim {
        id: Uuid::nil().into(),
        practice_id: Uuid::nil().into(),
        patient_id: Uuid::nil().into(),
        encounter_id: Uuid::nil().into(),
        payer_id: Uuid::nil().into(),
        coverage_id: Uuid::nil().into(),
        coverage_version: 1,
        control_number,
        version: 1,
        status: ClaimStatus::Ready,
        filing_limit_on: date(2026, 11, 15),
        follow_up_on: None,
        body,
    }
    .released_earlier()
    .unwrap()
}

fn claim_to_the_first_payer(dice: &mut Dice) -> CleanClaim {
    let mut one = claim(dice, 99).into_claim();
    (one.body.rank, one.body.prior_payers) = (CoverageRank::Primary, Vec::new());
    one.released_earlier().unwrap()
}

fn envelope() -> Envelope {
    Envelope {
        submitter_name: "Sunrise Billing".into(),
        submitter_id: "SUB001".into(),
        contact_phone: "5125550100".into(),
        contact_email: "".into(),
        receiver_id: "CLEARING".into(),
        control_numbers: ControlNumbers { interchange: 41, group: 41, set: 1 },
        sealed_at: date(2026, 9, 1).at(12, 53, 0, 0),
        is_test: true,
    }
}

#[test]
fn any_claim_becomes_a_file_that_says_what_was_meant() {
    for seed in 0..300 {
        let mut dice = Dice(seed);
        let claims: Vec<CleanClaim> = (0..=dice.roll(5)).map(|number| claim(&mut dice, number + 1)).collect();
        let bytes = claim_837::write(&claims, &envelope()).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        assert!(bytes.is_ascii(), "seed {seed}");
    }
}

#[test]
fn a_name_cannot_smuggle_in_a_segment() {
    for seed in 0..50 {
        let mut dice = Dice(seed);
        let mut body = body(&mut dice, &PatientControlNumber::parse("C1").unwrap());
        body.subscriber.name.last = "DOE~SE*1*0001~IEA*1*000000041~".into();
        body.note = "x~CLM*C2*999999~".into();
        let mut one = claim(&mut dice, 1).into_claim();
        one.body = body;
        let lines = one.body.lines.len();
        let bytes = claim_837::write(&[one.released_earlier().unwrap()], &envelope()).unwrap();
        let file = x12::read(&bytes);
        assert_eq!(file.interchanges.len(), 1);
        let (_, _, set) = file.sets().next().unwrap();
        let count = |id: &str| set.segments().filter(|segment| segment.is(id)).count();
        assert_eq!((count("CLM"), count("SE"), count("LX")), (1, 1, lines), "seed {seed}");
    }
}

#[test]
fn a_first_request_names_no_payer_number_and_a_replacement_does() {
    let mut dice = Dice(3);
    for (frequency, expected) in [(ClaimFrequency::Original, None), (ClaimFrequency::Replacement, Some("ICN001"))] {
        let mut one = claim(&mut dice, 1).into_claim();
        one.body.frequency = frequency;
        let bytes = claim_837::write(&[one.released_earlier().unwrap()], &envelope()).unwrap();
        let file = x12::read(&bytes);
        let (_, _, set) = file.sets().next().unwrap();
        let (read, _) = x12::transactions::claim_837p::read(set);
        let sent = read.claims().next().unwrap().claim.reference("F8");
        assert_eq!(sent, expected);
    }
}

/// The segments of the first claim, as text, from its first other payer to its end.
fn told_of_others(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let segments = text.split('~').map(|segment| segment.trim().to_owned());
    let kept = segments.skip_while(|segment| !segment.starts_with("CLM")).skip_while(|one| !one.starts_with("SBR"));
    kept.take_while(|segment| !segment.starts_with("SE")).collect()
}

#[test]
fn the_second_payer_is_told_line_by_line_what_the_first_one_decided() {
    let mut dice = Dice(8);
    let mut one = claim(&mut dice, 1).into_claim();
    let body = &mut one.body;
    body.prior_payers.clear();
    body.lines.truncate(1);
    (body.lines[0].charge_amount, body.lines[0].units) = (Money::from_cents(14_000), Units::ONE);
    body.rank = CoverageRank::Primary;
    let mut prior = prior_payer(&mut dice, body, CoverageRank::Primary);
    let cas =
        |group, reason: &str, cents| Adjustment { group, reason: reason.into(), amount: Money::from_cents(cents) };
    let (co, pr) = (AdjustmentGroup::CO, AdjustmentGroup::PR);
    prior.lines = vec![PriorLine {
        charge_id: body.lines[0].charge_id,
        procedure: Procedure { code: "99213".into(), modifiers: vec!["25".into()] },
        units: Units::ONE,
        paid_amount: Money::from_cents(7_200),
        adjustments: vec![cas(co, "45", 4_500), cas(co, "253", 300), cas(pr, "2", 2_000)],
    }];
    (prior.paid_amount, prior.adjustments, prior.remarks) = (Money::from_cents(7_200), Vec::new(), vec!["MA01".into()]);
    (prior.relationship, prior.group_number) = (Relationship::SelfSubscriber, "G7".into());
    (prior.payer.name, prior.payer_claim_control_number) = ("Granite Mutual".into(), "GR1".into());
    (prior.subscriber.name.last, prior.subscriber.name.first) = ("Quintero".into(), "Ada".into());
    (prior.subscriber.name.middle, prior.subscriber.name.suffix) = (String::new(), String::new());
    (body.rank, body.prior_payers) = (CoverageRank::Secondary, vec![prior]);
    let bytes = claim_837::write(&[one.released_earlier().unwrap()], &envelope()).unwrap();
    let told = told_of_others(&bytes);
    let has = |segment: &str| assert!(told.iter().any(|one| one == segment), "{segment}: {told:#?}");
    has("SBR*P*18*G7******CI");
    has("AMT*D*72");
    has("OI***Y***Y");
    has("MOA***MA01");
    has("NM1*IL*1*QUINTERO*ADA****MI*W123456789");
    has("NM1*PR*2*GRANITE MUTUAL*****PI*OLDP");
    has("REF*F8*GR1");
    has("SVD*OLDP*72*HC:99213:25**1");
    has("CAS*CO*45*45**253*3");
    has("CAS*PR*2*20");
    has("DTP*573*D8*20260820");
    assert_eq!(told.iter().filter(|one| one.starts_with("DTP*573")).count(), 1, "never at the claim and at a line");
}

#[test]
fn a_sum_that_does_not_hold_does_not_leave() {
    let mut dice = Dice(5);
    for _ in 0..40 {
        let mut one = claim(&mut dice, 1).into_claim();
        one.body.prior_payers.clear();
        one.body.rank = CoverageRank::Primary;
        after_others(&mut dice, &mut one.body);
        let last = one.body.prior_payers.len() - 1;
        one.body.prior_payers[last].paid_amount += Money::from_cents(1);
        assert!(one.body.prior_payers[last].imbalance(&one.body.lines).is_some());
        let refused = claim_837::write(&[one.released_earlier().unwrap()], &envelope()).unwrap_err();
        assert!(refused.to_string().contains("charge"), "{refused}");
    }
}

#[test]
fn a_header_that_does_not_fit_is_refused_with_a_sentence() {
    let mut dice = Dice(1);
    let claims = [claim(&mut dice, 1)];
    let too_long = Envelope { receiver_id: "A RECEIVER ID THAT IS TOO LONG".into(), ..envelope() };
    let refused = claim_837::write(&claims, &too_long).unwrap_err();
    assert!(refused.to_string().contains("ISA08"), "{refused}");
    assert!(claim_837::write(&[], &envelope()).is_err());
}

#[test]
fn two_engines_that_are_not_ours_accept_our_claims() {
    let Ok(python) = std::env::var("TIERLINE_TEST_PYTHON") else {
        println!(
            "SKIPPED two_engines_that_are_not_ours_accept_our_claims (no Python with pyx12 and x12sdk; run cargo xtask test)"
        );
        return;
    };
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = std::env::temp_dir().join(format!("tierline-claims-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let files: Vec<_> = (0..40)
        .map(|seed| {
            let mut dice = Dice(seed);
            // One of the two engines keeps only the last decision (2430) of a line and then misses segments.
            let is_read = |one: &CleanClaim| {
                let of_lines = one.claim().body.prior_payers.iter().filter(|prior| !prior.lines.is_empty());
                of_lines.count() < 2
            };
            let mut claims: Vec<CleanClaim> = (0..=dice.roll(3)).map(|number| claim(&mut dice, number + 1)).collect();
            claims.retain(is_read);
            claims.push(claim_to_the_first_payer(&mut dice));
            let path = folder.join(format!("seed-{seed}.837"));
            std::fs::write(&path, claim_837::write(&claims, &envelope()).unwrap()).unwrap();
            path
        })
        .collect();
    let output = std::process::Command::new(python)
        .arg(root.join("testdata/other-engines/check.py"))
        .args(&files)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said.lines().count(), 2 * files.len(), "each engine speaks of each file");
    let refused: Vec<&str> = said.lines().filter(|line| !line.contains("\"accepted\": true")).collect();
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}
