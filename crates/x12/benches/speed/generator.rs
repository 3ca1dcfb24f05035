//! Makes large, valid, balanced 837P and 835 files: the same bytes in every run. Everybody in them is invented.
//!
//! Knows nothing of the engine that it is to measure.

const LAST: [&str; 10] =
    ["SMITH", "JOHNSON", "GARCIA", "RODRIGUEZ", "HERNANDEZ", "LEE", "O'BRIEN", "ST-JAMES", "VANDERBILT", "NGUYEN"];
const FIRST: [&str; 8] = ["JAMES", "MARY", "ROBERT", "PATRICIA", "DAVID", "ELIZABETH", "KAREN", "SUSAN"];
const STREETS: [&str; 6] = ["MAIN ST", "OAK AVE", "PARK BLVD", "LAKE DR", "WASHINGTON AVE", "CEDAR CT"];
const CITIES: [&str; 6] = [
    "SPRINGFIELD*IL*627010001",
    "AUSTIN*TX*787010002",
    "DENVER*CO*802020003",
    "MIAMI*FL*331010004",
    "SEATTLE*WA*981010006",
    "BOSTON*MA*021080007",
];
const PROCEDURES: [&str; 10] =
    ["99213", "99214", "36415", "80053", "85025", "93000", "97110", "90834", "20610", "81003"];
const DIAGNOSES: [&str; 8] = ["E119", "I10", "E785", "M545", "J069", "Z0000", "F411", "M25561"];
const PAYERS: [&str; 4] = [
    "ACME HEALTH PLAN*****PI*60054",
    "BLUE SKY INSURANCE*****PI*00611",
    "GREAT LAKES MUTUAL*****PI*87726",
    "STATE MEDICAID*****PI*77039",
];
const MODIFIERS: [&str; 6] = ["", "", "", ":25", ":59", ":LT"];

/// A file being written.
struct File {
    text: String,
    segments: usize,
    noise: u64,
}

macro_rules! segment {
    ($file:expr, $($format:tt)*) => {{
        let text = format!($($format)*);
        $file.text.push_str(&text);
        $file.text.push('~');
        $file.segments += 1;
    }};
}

impl File {
    fn new(megabytes: usize) -> Self {
        Self { text: String::with_capacity(megabytes * 1_000_000 + 500_000), segments: 0, noise: 0x9e37_79b9_7f4a_7c15 }
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.noise ^= self.noise << 13;
        self.noise ^= self.noise >> 7;
        self.noise ^= self.noise << 17;
        (self.noise >> 11) % limit
    }

    fn of<'l>(&mut self, list: &[&'l str]) -> &'l str {
        list[self.below(list.len() as u64) as usize]
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }

    fn npi(&mut self) -> String {
        let nine = format!("2{:08}", self.below(100_000_000));
        let sum = nine.bytes().enumerate().fold(24, |sum, (at, byte)| {
            let digit = u32::from(byte - b'0') * if at % 2 == 0 { 2 } else { 1 };
            sum + digit / 10 + digit % 10
        });
        format!("{nine}{}", (10 - sum % 10) % 10)
    }

    fn day(&mut self) -> String {
        format!("2026{:02}{:02}", 1 + self.below(8), 1 + self.below(28))
    }

    fn street(&mut self) -> String {
        let street = self.of(&STREETS);
        format!("{} {street}", 1 + self.below(9999))
    }
}

/// Cents in the short form of X12.
fn money(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    match (cents.abs() / 100, cents.abs() % 100) {
        (dollars, 0) => format!("{sign}{dollars}"),
        (dollars, rest) if rest % 10 == 0 => format!("{sign}{dollars}.{}", rest / 10),
        (dollars, rest) => format!("{sign}{dollars}.{rest:02}"),
    }
}

fn envelope(file: &mut File, kind: &str, version: &str) {
    segment!(
        *file,
        "ISA*00*          *00*          *ZZ*SENDERID       *ZZ*RECEIVERID     *260901*1253*^*00501*000000905*0*T*:"
    );
    segment!(file, "GS*{kind}*SENDERID*RECEIVERID*20260901*1253*905*X*{version}");
}

/// Professional claims: several billing providers a set, dependents, other payers that balance.
pub fn claims(megabytes: usize, claims_per_set: usize) -> Vec<u8> {
    let mut file = File::new(megabytes);
    envelope(&mut file, "HC", "005010X222A1");
    let (mut sets, mut claims) = (0, 0);
    while file.text.len() < megabytes * 1_000_000 {
        sets += 1;
        file.segments = 0;
        segment!(file, "ST*837*{sets:04}*005010X222A1");
        segment!(file, "BHT*0019*00*B{sets:09}*20260901*1253*CH");
        segment!(file, "NM1*41*2*CLEARWATER BILLING SERVICE*****46*TGJ23");
        segment!(file, "PER*IC*JERRY LANE*TE*3055552222*EX*231");
        segment!(file, "NM1*40*2*REGIONAL CLEARINGHOUSE*****46*66783JJT");
        let (mut level, last) = (0, claims + claims_per_set);
        while claims < last {
            provider(&mut file, &mut level, &mut claims);
        }
        segment!(file, "SE*{}*{sets:04}", file.segments + 1);
    }
    segment!(file, "GE*{sets}*905");
    segment!(file, "IEA*1*000000905");
    file.text.into_bytes()
}

fn provider(file: &mut File, level: &mut usize, claims: &mut usize) {
    *level += 1;
    let provider = *level;
    let (name, npi, street, city) = (file.of(&LAST), file.npi(), file.street(), file.of(&CITIES));
    segment!(file, "HL*{provider}**20*1");
    segment!(file, "PRV*BI*PXC*207Q00000X");
    segment!(file, "NM1*85*2*{name} FAMILY MEDICINE PLLC*****XX*{npi}");
    segment!(file, "N3*{street}*SUITE {}", provider + 100);
    segment!(file, "N4*{city}");
    segment!(file, "REF*EI*{:09}", 100_000_000 + file.below(800_000_000));
    segment!(
        *file,
        "PER*IC*BILLING OFFICE*TE*{}*FX*{}",
        2_000_000_000 + file.below(900_000_000),
        2_000_000_000 + file.below(900_000_000)
    );
    for _ in 0..5 + file.below(30) {
        subscriber(file, level, provider, claims);
    }
}

fn person(file: &mut File, role: &str, name: &str, member: &str) {
    let (first, street, city) = (file.of(&FIRST), file.street(), file.of(&CITIES));
    segment!(file, "NM1*{role}*1*{name}*{first}{member}");
    segment!(file, "N3*{street}");
    segment!(file, "N4*{city}");
    segment!(
        *file,
        "DMG*D8*{:04}0{}1{}*{}",
        1940 + file.below(65),
        1 + file.below(9),
        file.below(9),
        file.of(&["F", "M"])
    );
}

fn subscriber(file: &mut File, level: &mut usize, provider: usize, claims: &mut usize) {
    let has_dependent = file.one_in(4);
    *level += 1;
    let subscriber = *level;
    let name = file.of(&LAST);
    let payer = file.of(&PAYERS);
    segment!(file, "HL*{subscriber}*{provider}*22*{}", u8::from(has_dependent));
    segment!(file, "SBR*P*{}*GRP{:05}******CI", if has_dependent { "" } else { "18" }, file.below(100_000));
    let member = format!("****MI*W{:09}", file.below(1_000_000_000));
    person(file, "IL", name, &member);
    segment!(file, "NM1*PR*2*{payer}");
    if has_dependent {
        *level += 1;
        segment!(file, "HL*{}*{subscriber}*23*0", *level);
        segment!(file, "PAT*19");
        person(file, "QC", name, "");
    }
    *claims += 1;
    claim(file, *claims);
}

fn claim(file: &mut File, number: usize) {
    let lines: Vec<(i64, u64)> =
        (0..1 + file.below(6)).map(|_| (1500 + file.below(60_000) as i64, 1 + file.below(4))).collect();
    let total: i64 = lines.iter().map(|(charge, _)| charge).sum();
    segment!(file, "CLM*PT{number:07}*{}***{}:B:1*Y*A*Y*Y", money(total), file.of(&["11", "02", "10"]));
    if file.one_in(6) {
        segment!(file, "DTP*431*D8*2025{:02}{:02}", 1 + file.below(12), 1 + file.below(28));
    }
    if file.one_in(4) {
        segment!(file, "REF*G1*AUTH{:07}", file.below(10_000_000));
    }
    segment!(file, "REF*D9*CH{:012}", file.below(1_000_000_000_000));
    let first = file.below(4) as usize;
    let count = 1 + file.below(4) as usize;
    let rest: String = DIAGNOSES[first + 1..first + count].iter().map(|code| format!("*ABF:{code}")).collect();
    segment!(file, "HI*ABK:{}{rest}", DIAGNOSES[first]);
    segment!(file, "NM1*82*1*{}*{}****XX*{}", file.of(&LAST), file.of(&FIRST), file.npi());
    segment!(file, "PRV*PE*PXC*207R00000X");
    let has_other_payer = file.one_in(7);
    if has_other_payer {
        let paid: i64 = lines.iter().map(|(charge, _)| charge * 6 / 10).sum();
        segment!(file, "SBR*S*18*******CI");
        segment!(file, "AMT*D*{}", money(paid));
        segment!(file, "OI***Y***Y");
        segment!(file, "NM1*IL*1*{}*{}****MI*Z{:09}", file.of(&LAST), file.of(&FIRST), file.below(1_000_000_000));
        segment!(file, "NM1*PR*2*GREAT LAKES MUTUAL*****PI*87726");
    }
    for (at, (charge, units)) in lines.iter().enumerate() {
        let (procedure, modifier, day) = (file.of(&PROCEDURES), file.of(&MODIFIERS), file.day());
        let pointers = ["1", "1:2", "1:2:3", "1:2:3:4"][count.min(1 + file.below(4) as usize) - 1];
        segment!(file, "LX*{}", at + 1);
        segment!(file, "SV1*HC:{procedure}{modifier}*{}*UN*{units}***{pointers}", money(*charge));
        segment!(file, "DTP*472*D8*{day}");
        segment!(file, "REF*6R*{number}-{}", at + 1);
        if has_other_payer {
            let paid = charge * 6 / 10;
            segment!(file, "SVD*87726*{}*HC:{procedure}**{units}", money(paid));
            segment!(file, "CAS*CO*45*{}", money(charge - paid));
            segment!(file, "DTP*573*D8*{day}");
        }
    }
}

/// Remittances: paid, denied and reversed claims, provider adjustments; every sum balances.
pub fn remittances(megabytes: usize, claims_per_set: usize) -> Vec<u8> {
    let mut file = File::new(megabytes);
    envelope(&mut file, "HP", "005010X221A1");
    let (mut sets, mut claims) = (0, 0);
    while file.text.len() < megabytes * 1_000_000 {
        sets += 1;
        // The head tells the sum of what follows: made first, written before it.
        let mut body = File { text: String::new(), segments: 0, noise: file.noise };
        let mut paid = 0;
        for at in 0..claims_per_set {
            if at % 15 == 0 {
                segment!(body, "LX*{}", at / 15 + 1);
            }
            claims += 1;
            paid += payment(&mut body, claims);
        }
        file.noise = body.noise;
        let adjustment = if file.one_in(3) { 100 + file.below(5000) as i64 } else { 0 };
        head(&mut file, sets, paid - adjustment);
        file.text.push_str(&body.text);
        let mut segments = body.segments + 11;
        if adjustment > 0 {
            segment!(file, "PLB*2000000002*20261231*WO:ICN{:08}*{}", file.below(100_000_000), money(adjustment));
            segments += 1;
        }
        segment!(file, "SE*{}*{sets:04}", segments + 1);
    }
    segment!(file, "GE*{sets}*905");
    segment!(file, "IEA*1*000000905");
    file.text.into_bytes()
}

fn head(file: &mut File, set: usize, amount: i64) {
    segment!(file, "ST*835*{set:04}");
    segment!(
        *file,
        "BPR*I*{}*C*ACH*CCP*01*999999992*DA*123456*1512345678**01*999988880*DA*98765*20260915",
        money(amount)
    );
    segment!(file, "TRN*1*{:012}*1512345678", file.below(1_000_000_000_000));
    segment!(file, "DTM*405*20260914");
    segment!(file, "N1*PR*ACME HEALTH PLAN");
    segment!(file, "N3*PO BOX 1200");
    segment!(file, "N4*LEXINGTON*KY*405120001");
    segment!(file, "REF*2U*60054");
    segment!(file, "PER*BL*PROVIDER SERVICES*TE*8005551234*EM*EDI(A)EXAMPLE.COM");
    segment!(file, "N1*PE*CEDAR FAMILY MEDICINE PLLC*XX*2000000002");
    segment!(file, "REF*TJ*{:09}", 100_000_000 + file.below(800_000_000));
}

/// One claim with its services; gives what was paid.
fn payment(file: &mut File, number: usize) -> i64 {
    let (is_denied, is_reversal) = (file.one_in(11), file.one_in(33));
    let sign = if is_reversal { -1 } else { 1 };
    let services: Vec<(i64, i64, i64)> = (0..1 + file.below(5))
        .map(|_| {
            let charge = 2000 + file.below(58_000) as i64;
            let allowed = if is_denied { 0 } else { charge * (35 + file.below(60) as i64) / 100 };
            let share = allowed / 5;
            (sign * charge, sign * (allowed - share), sign * share)
        })
        .collect();
    let sum = |of: fn(&(i64, i64, i64)) -> i64| services.iter().map(of).sum::<i64>();
    let (charge, paid, share) = (sum(|one| one.0), sum(|one| one.1), sum(|one| one.2));
    let status = if is_reversal {
        "22"
    } else if is_denied {
        "4"
    } else {
        "1"
    };
    let told_share = if share > 0 { money(share) } else { String::new() };
    segment!(
        *file,
        "CLP*PT{number:07}*{status}*{}*{}*{told_share}*12*ICN{:011}*11*1",
        money(charge),
        money(paid),
        file.below(100_000_000_000)
    );
    segment!(file, "NM1*QC*1*{}*{}****MI*W{:09}", file.of(&LAST), file.of(&FIRST), file.below(1_000_000_000));
    segment!(file, "NM1*82*1*{}*{}****XX*{}", file.of(&LAST), file.of(&FIRST), file.npi());
    segment!(file, "REF*1L*GRP{:05}", file.below(100_000));
    segment!(file, "DTM*050*{}", file.day());
    for (at, (charge, paid, share)) in services.into_iter().enumerate() {
        segment!(file, "SVC*HC:{}{}*{}*{}**1", file.of(&PROCEDURES), file.of(&MODIFIERS), money(charge), money(paid));
        segment!(file, "DTM*472*{}", file.day());
        let written_off = charge - paid - share;
        if written_off != 0 {
            segment!(file, "CAS*CO*{}*{}", if is_denied { "97" } else { "45" }, money(written_off));
        }
        if share != 0 {
            segment!(file, "CAS*PR*2*{}", money(share));
        }
        segment!(file, "REF*6R*{number}-{}", at + 1);
    }
    paid
}
