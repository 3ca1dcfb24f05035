//! Each rule with a file that keeps it and one that breaks it: a clean file, one change, the code that must come first.
#![allow(clippy::unwrap_used)] // A test that cannot read its files must stop.

use std::path::Path;

use x12::{CodeList, CodeSets, Severity, ShapeOnly, Standing, Verdict, check};

fn clean(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12");
    let name = match name {
        name if name.ends_with(".x12") => format!("clean/{name}"),
        name if name.contains('.') => format!("stories/{name}"),
        name => format!("cases/ok-{name}.x12"),
    };
    let text = std::fs::read_to_string(folder.join(name)).unwrap().replace('\n', "");
    // Binary data holds separators; without them segments can be counted by their terminators.
    text.replace("NOTE~WITH*ALL:SIGNS^IN", "NOTE WITH ALL SIGNS IN").replace("A~B*C:", "A_B_C_")
}

/// The file again, with SE01 counted anew.
fn recounted(text: &str) -> String {
    let mut count = 0;
    let mut out = String::new();
    for segment in text.split('~').filter(|segment| !segment.is_empty()) {
        count = if segment.starts_with("ST*") { 1 } else { count + 1 };
        match segment.strip_prefix("SE*") {
            Some(rest) => out.push_str(&format!("SE*{count}*{}", rest.split('*').nth(1).unwrap())),
            None => out.push_str(segment),
        }
        out.push('~');
    }
    out
}

const SECONDARY: &str = "secondary-claim-after-first-payer.837p";

/// Base, what is changed into what, the code; `-` for no problem.
const STORIES: &[(&str, &str, &str, &str)] = &[
    // Professional claims: who is the patient.
    ("837P", "SBR*P*18*", "SBR*P**", "SIT"),
    ("837P-dependent", "SBR*P**GRP1", "SBR*P*18*GRP1", "SIT"),
    ("837P", "N3*2 OAK AVE~", "", "SIT"),
    ("837P", "****MI*W123456789~N3*2", "~N3*2", "SIT"),
    ("837P", "HL*2*1*22*0~", "HL*2*1*22*1~", "SIT"),
    ("837P-dependent", "HL*2*1*22*1~", "HL*2*1*22*0~", "SIT"),
    ("837P", "HL*2*1*22*0~", "HL*3*1*22*0~", "HL"),
    ("837P", "HL*2*1*22*0~", "HL*2*9*22*0~", "HL"),
    ("837P", "HL*2*1*22*0~", "HL*2*1*99*0~", "IK403=7"),
    // Billing provider.
    ("837P", "N3*1 MAIN ST~", "N3*P.O. Box 9~", "SIT"),
    ("837P", "N3*1 MAIN ST~", "N3*1 POBLANO ST~", "-"),
    ("837P", "TX*787010001~", "TX*78701~", "SIT"),
    ("837P", "AUSTIN*TX*787010001~", "AUSTIN*XX*787010001~", "CODE"),
    ("837P", "REF*EI*123456789~", "REF*EI*12345678~", "SIT"),
    ("837P", "PRV*BI*PXC*207Q00000X~", "PRV*BI*PXC*207Q~", "CODE"),
    // Claim.
    ("837P", "*11:B:1*", "*00:B:1*", "CODE"),
    ("837P", "*11:B:1*", "*11:A:1*", "IK403=7"),
    ("837P", "*11:B:1*", "*11:B*", "IK403=1"),
    ("837P", "*11:B:1*", "*11:B:7*", "SIT"),
    ("837P", "*11:B:1*Y*A*Y*Y~", "*11:B:7*Y*A*Y*Y~REF*F8*ICN9~", "-"),
    ("837P", "*11:B:1*", "*21:B:1*", "SIT"),
    ("837P", "*11:B:1*Y*A*Y*Y~", "*21:B:1*Y*A*Y*Y~DTP*435*D8*20260814~", "-"),
    ("837P", "*Y*A*Y*Y~", "*Y*A*Y*Y**AA~DTP*439*D8*20260801~", "SIT"),
    ("837P", "*Y*A*Y*Y~", "*Y*A*Y*Y**AA:::TX~DTP*439*D8*20260801~", "-"),
    ("837P", "*Y*A*Y*Y~", "*Y*A*Y*Y**OA~", "SIT"),
    ("837P", "CLM*A1*150*", "CLM*A1*-150*", "SIT"),
    ("837P", "CLM*A1*150*", "CLM*A1*150.001*", "IK403=6"),
    ("837P", "HI*ABK:E119*ABF:I10~", "HI*BK:25000*BF:4019~", "SIT"),
    ("837P", "HI*ABK:E119*ABF:I10~", "HI*ABK:E119*BF:4019~", "SIT"),
    ("837P", "HI*ABK:E119*", "HI*ABK:E11.9*", "CODE"),
    ("837P", "HI*ABK:E119*", "HI*ABK:E119^ABK:E119*", "IK403=12"),
    // Lines.
    ("837P", "LX*2~", "LX*3~", "SIT"),
    ("837P", "SV1*HC:99213:25*", "SV1*HC:99213:25:25*", "SIT"),
    ("837P", "SV1*HC:99213:25*", "SV1*HC:9921*", "CODE"),
    ("837P", "SV1*HC:99213:25*", "SV1*HC:99213:2*", "IK403=4"),
    ("837P", "***1:2~", "***1:1~", "SIT"),
    ("837P", "***1:2~", "***0~", "SIT"),
    ("837P", "100*UN*1*", "100*XX*1*", "IK403=7"),
    ("837P", "100*UN*1*", "100**1*", "IK403=1"),
    ("837P", "DTP*472*D8*20260815~REF*6R*L1~", "DTP*472*RD8*20260815-20260810~REF*6R*L1~", "SIT"),
    ("837P", "DTP*472*D8*20260815~REF*6R*L1~", "DTP*472*D8*20301231~REF*6R*L1~", "SIT"),
    ("837P", "DTP*472*D8*20260815~REF*6R*L1~", "DTP*472*XX*20260815~REF*6R*L1~", "IK403=7"),
    ("837P", "REF*6R*L1~", "REF*6R*L^1~", "IK403=12"),
    ("837P", "REF*6R*L1~", "REF*6R~", "IK403=1"),
    ("837P", "REF*6R*L1~", "REF*6R*L1~ZZZ*1~", "IK304=1"),
    ("837P", "REF*6R*L1~", "REF*6R*L1~SVC*HC:99213*1*1~", "IK304=2"),
    ("837P", "BHT*0019*00*0123*20260901*1253*CH~", "BHT*0019*00*0123*20260901*2575*CH~", "IK403=9"),
    ("837P", "BHT*0019*00*0123*20260901*1253*CH~", "BHT*0019*00*0123*20260901*1253*CH*X~", "IK403=3"),
    // Coordination of benefits.
    (SECONDARY, "SVD*FP001*100*", "SVD*FP001*101*", "BAL"),
    (SECONDARY, "AMT*D*130~", "AMT*D*131~", "BAL"),
    (SECONDARY, "SVD*FP001*100*", "SVD*FP999*100*", "SIT"),
    (SECONDARY, "CAS*PR*2*20~", "CAS*PR*2*20**3~", "IK403=2"),
    (SECONDARY, "OI***Y***Y~", "", "IK304=3"),
    (SECONDARY, "LIN**N4*00002140701~", "LIN**N4*0002-1407-01~", "CODE"),
    (SECONDARY, "CTP****4*ML~", "", "IK304=3"),
    (SECONDARY, "NM1*DN*1*ELM", "NM1*DN*2*ELM", "IK403=7"),
    (SECONDARY, "SBR*P*18*GRP1", "SBR*P*77*GRP1", "IK403=7"),
    // Remittances.
    ("835", "SVC*HC:36415*50*30*", "SVC*HC:36415*50*31*", "BAL"),
    ("835", "CLP*A2*4*75*0*", "CLP*A2*4*75*5*", "BAL"),
    ("835", "PLB*1234567893*20261231*WO:ICN000*10~", "", "BAL"),
    ("835", "PLB*1234567893*20261231*WO:ICN000*10~", "PLB*1234567893*20261231*ZZ:ICN000*10~", "IK403=7"),
    ("835", "CAS*CO*29*75~", "CAS*CO*QQ*75~", "CODE"),
    ("835", "BPR*I*80*", "BPR*I*80.005*", "IK403=6"),
    ("835", "*C*ACH*", "*C*NON*", "SIT"),
    ("835", "TRN*1*12345*1512345678~", "TRN*1*12345~", "IK403=1"),
    ("835", "N1*PE*SUNRISE CLINIC*XX*1234567893~", "N1*PE*SUNRISE CLINIC*XX*1234567890~", "CODE"),
    ("835", "N1*PE*SUNRISE CLINIC*XX*1234567893~", "N1*PE*SUNRISE CLINIC*XX~", "IK403=1"),
    ("835-reversal", "CLP*A1*22*-150*-90*", "CLP*A1*22*150*-90*", "SIT"),
    // Acknowledgments.
    ("277CA", "QTY*AA*1~", "QTY*AA*2~", "BAL"),
    ("277CA", "AMT*YU*150~", "AMT*YU*151~", "BAL"),
    ("277CA", "AMT*YY*75~", "AMT*YY*74~", "BAL"),
    ("277CA", "*WQ*225~", "*WQ*226~", "BAL"),
    ("277CA", "STC*A2:20:PR*", "STC*Q2:20:PR*", "CODE"),
    ("277CA", "STC*A2:20:PR*", "STC*A2:X20:PR*", "CODE"),
    ("277CA", "STC*A2:20:PR*", "STC*A2:20:Q9*", "IK403=7"),
    ("277CA", "STC*A2:20:PR*", "STC*A2:20:45*", "-"),
    ("277CA", "*20260901*U*75*", "*20260901*Q*75*", "IK403=7"),
    ("999-accept", "AK9*A*1*1*1~", "AK9*A*1*1*0~", "SIT"),
    ("999-accept", "IK5*A~", "IK5*Q~", "IK403=7"),
    ("999-accept", "AK1*HC*", "AK1*XX*", "IK403=7"),
    ("999-accept", "AK1*HC*", "AK1*HP*", "-"),
    ("999-reject", "AK9*R*1*1*0~", "AK9*A*1*1*1~", "SIT"),
    ("999-reject", "AK9*R*1*1*0~", "AK9*P*1*1*0~", "SIT"),
    ("999-reject", "IK4*2*782*6*ABC~", "IK4*2*782*99*ABC~", "IK403=7"),
    ("TA1-accept", "*A*000~", "*Q*000~", "IK403=7"),
    ("TA1-accept", "*A*000~", "*A*999~", "IK403=7"),
    ("TA1-accept", "IEA*0*", "IEA*1*", "TA105=021"),
    // Eligibility and status.
    ("270", "EQ*30~", "EQ~", "IK403=2"),
    ("270", "EQ*30~", "EQ*ZZ~", "IK403=7"),
    ("270", "EQ*30~", "EQ*30^88~", "-"),
    ("270", "EQ*30~", "EQ*30^ZZ~", "IK403=7"),
    ("271", "EB*1*IND*30", "EB*1*IND*3Z", "IK403=7"),
    ("270", "NM1*PR*2*ACME HEALTH*****PI*60054~", "NM1*PR*2*ACME HEALTH*****PI~", "IK403=1"),
    ("271", "EB*C*IND*30***23*1500~", "EB*C*IND*30***23**1.5~", "SIT"),
    ("271", "EB*C*IND*30***23*1500~", "EB*C*IND*30***23**.2~", "-"),
    ("271", "EB*1*IND*30", "EB*99*IND*30", "IK403=7"),
    ("271-AAA", "AAA*N**75*C~", "AAA*N**99*C~", "IK403=7"),
    ("276", "TRN*1*A1~", "", "IK304=3"),
    ("276", "TRN*1*A1~REF*1K*ICN001~AMT*T3*150~DTP*472*D8*20260815~", "", "IK304=3"),
    ("270", "EQ*30~", "", "IK304=3"),
    ("276", "DMG*D8*19800101*M~", "DMG*D8*19801301*M~", "IK403=8"),
    ("277", "STC*F1:65*", "STC*F1*", "IK403=1"),
    ("277", "STC*F1:65*", "STC*F1:65:X9*", "IK403=7"),
    ("277", "STC*F1:65*", "STC*F1:65:1P*", "-"),
    ("277", "BHT*0010*08*", "BHT*0010*11*", "IK403=7"),
    // Institutional claims.
    ("837I", "SV2*0120**", "SV2*120**", "CODE"),
    ("837I", "SV2*0120**", "SV2*ABCD**", "CODE"),
    ("837I", "SV2*0300*HC:80053*500*UN*1~", "SV2*0300*HC:8005*500*UN*1~", "CODE"),
    ("837I", "SV2*0300*HC:80053*500*UN*1~", "SV2*0300*HC:80053*501*UN*1~", "BAL"),
    ("837I", "SV2*0300*HC:80053*500*UN*1~", "SV2*0300*HC:80053*500*MJ*1~", "IK403=7"),
    ("837I", "SV2*0300*HC:80053*500*UN*1~", "SV2*0300*HC:80053*500*UN*0~", "SIT"),
    ("837I", "SV2*0300*HC:80053*500*UN*1~", "SV2*0300*HC:80053:25:25*500*UN*1~", "SIT"),
    ("837I", "SV2*0120**1000*DA*4~", "SV2*0120**-1000*DA*4~", "SIT"),
    ("837I", "CLM*I1*1500*", "CLM*I1*1499*", "BAL"),
    ("837I", "*11:A:1*", "*11:B:1*", "IK403=7"),
    ("837I", "*11:A:1*", "*99:A:1*", "CODE"),
    ("837I", "*11:A:1*", "*11:A:L*", "IK403=7"),
    ("837I", "*11:A:1*", "*11:A:7*", "SIT"),
    ("837I", "*11:A:1**A*Y*Y~", "*11:A:1*Y*A*Y*Y~", "IK403=I10"),
    ("837I", "DTP*434*RD8*20260801-20260805~", "", "IK304=3"),
    ("837I", "DTP*434*RD8*20260801-20260805~", "DTP*434*RD8*20260805-20260801~", "SIT"),
    ("837I", "DTP*434*RD8*20260801-20260805~", "DTP*434*D8*20260801~", "IK403=7"),
    ("837I", "DTP*435*DT*202608010930~", "", "SIT"),
    ("837I", "DTP*435*DT*202608010930~", "DTP*435*DT*20260801~", "IK403=8"),
    ("837I", "CL1*1*1*01~", "CL1*7*1*01~", "CODE"),
    ("837I", "CL1*1*1*01~", "CL1*1*1*99~", "CODE"),
    ("837I", "CL1*1*1*01~", "CL1*1*1~", "IK403=1"),
    ("837I", "HI*ABK:I214~", "HI*ABK:I21.4~", "CODE"),
    ("837I", "HI*ABK:I214~", "HI*ABX:I214~", "IK403=7"),
    ("837I", "HI*ABK:I214~", "HI*BK:41001~", "SIT"),
    ("837I", "HI*ABJ:R079~", "HI*ABJ:R079~HI*ABF:I214~", "SIT"),
    ("837I", "HI*ABJ:R079~", "HI*ABJ:R079~HI*ABF:I10~", "-"),
    ("837i-dependent.x12", "HI*BBR:0DTJ4ZZ:", "HI*BBR:0DTJ4Z:", "CODE"),
    ("837i-dependent.x12", "HI*BBR:0DTJ4ZZ:D8:20260801~", "HI*BBR:0DTJ4ZZ:D8:20260230~", "IK403=8"),
    ("837I", "HI*BH:A1:D8:20260801~", "HI*BH:A1:RD8:20260801-20260802~", "IK403=7"),
    ("837I", "HI*BH:A1:D8:20260801~", "HI*BH:A1~", "IK403=1"),
    ("837I", "HI*BE:A2:::100~", "HI*BE:A~", "CODE"),
    ("837I", "NM1*71*1*SMITH", "NM1*71*2*SMITH", "IK403=7"),
    ("837I", "N3*1 MAIN ST~", "N3*PO BOX 9~", "SIT"),
    ("837I", "REF*EI*123456789~", "REF*EI*12-3456789~", "SIT"),
    ("837I", "DMG*D8*19500101*M~", "", "SIT"),
    ("837I", "LX*2~", "LX*3~", "SIT"),
    ("837i-outpatient-secondary.x12", "SVD*FP001*150*", "SVD*FP001*151*", "BAL"),
    ("837i-outpatient-secondary.x12", "AMT*D*200~", "AMT*D*201~", "BAL"),
    ("837i-outpatient-secondary.x12", "SVD*FP001*150*", "SVD*XX001*150*", "SIT"),
    ("837i-outpatient-secondary.x12", "NM1*71*1*SMITH*ANN****XX*1245319599~PRV*AT*PXC*207P00000X~", "", "-"),
    ("837i-dependent.x12", "PAT*19~", "PAT*77~", "IK403=7"),
    ("837i-dependent.x12", "HI*DR:343~", "HI*DR:3A3~", "CODE"),
    ("837i-dependent.x12", "DTP*096*TM*1100~", "DTP*096*TM*2500~", "IK403=9"),
    // Dental claims.
    ("837D", "SV3*AD:D2391*200", "SV3*AD:2391*200", "CODE"),
    ("837D", "SV3*AD:D2391*200", "SV3*HC:D2391*200", "IK403=7"),
    ("837D", "SV3*AD:D2391*200", "SV3*AD:D2391*201", "BAL"),
    ("837D", "SV3*AD:D2391*200", "SV3*AD:D2391*-200", "SIT"),
    ("837D", "TOO*JP*3*M:O~", "TOO*JP*33*M:O~", "CODE"),
    ("837D", "TOO*JP*3*M:O~", "TOO*JP*A*M:O~", "-"),
    ("837D", "TOO*JP*3*M:O~", "TOO*JO*3*M:O~", "IK403=7"),
    ("837D", "TOO*JP*3*M:O~", "TOO*JP*3*M:X~", "IK403=7"),
    ("837D", "DN2*3*M****JP~", "DN2*3*X****JP~", "IK403=7"),
    ("837D", "DN2*3*M****JP~", "DN2*40*M****JP~", "CODE"),
    ("837D", "DTP*472*D8*20260815~", "", "SIT"),
    ("837D", "*11:B:1*", "*11:B:9*", "-"),
    ("837D", "*11:B:1*Y*A*Y*Y~DTP*472*D8*20260815~", "*11:B:1*Y*A*Y*Y**********PB~", "-"),
    ("837D", "HI*ABK:K0251~", "HI*ABK:ZZ999~", "CODE"),
    ("837d-dependent-secondary.x12", "*****1:2~", "*****1:3~", "SIT"),
    ("837d-dependent-secondary.x12", "SVD*FP001*140*", "SVD*FP001*141*", "BAL"),
    ("837d-dependent-secondary.x12", "PAT*19***F~", "PAT*19***Q~", "IK403=7"),
    ("837d-dependent-secondary.x12", "*150**20**1~", "*150**21**1~", "IK403=7"),
    // Reviews.
    ("278", "UM*SC*I*3*11:B~", "", "IK304=3"),
    ("278", "UM*SC*I*3*11:B~", "UM*SC*X*3*11:B~", "IK403=7"),
    ("278", "BHT*0007*13*", "BHT*0007*99*", "IK403=7"),
    ("278", "BHT*0007*13*", "BHT*0078*13*", "IK403=7"),
    ("278", "HI*ABK:M5450~", "HI*ABK:M54.50~", "CODE"),
    ("278", "DTP*AAH*D8*20261001~", "DTP*AAH*D8*20261301~", "IK403=8"),
    ("278", "HL*5*4*SS*0~SV1*HC:97110*100*UN*6~", "HL*5*4*SS*0~HCR*A1*X~SV1*HC:97110*100*UN*6~", "IK304=2"),
    ("278-response.x12", "HCR*A1*CERT77~", "HCR*Z1*CERT77~", "IK403=7"),
    ("278-response.x12", "BHT*0007*11*AR1*20260901*1253*18~", "BHT*0007*11*AR1*20260901*1253*77~", "IK403=7"),
    ("278-response-refused.x12", "AAA*N**75*C~", "AAA*N**ZZ*C~", "IK403=7"),
    // Attachments.
    ("275-unsolicited.x12", "BGN*02*", "BGN*99*", "IK403=7"),
    ("275-unsolicited.x12", "DTP*368*D8*20260901~", "", "IK304=3"),
    ("275-unsolicited.x12", "CAT*AE*TX~", "CAT*AE*QQ~", "IK403=7"),
    ("275-unsolicited.x12", "BIN*22*", "BIN*23*", "IK403=4"),
    ("275-unsolicited.x12", "EFI*05~", "", "IK304=3"),
    ("275-solicited-6020.x12", "BDS*B64*8*", "BDS*QQQ*8*", "IK403=7"),
    ("275-solicited-6020.x12", "STC*R4:18657-7::LOI~", "STC*Q4:18657-7::LOI~", "CODE"),
    // Version 4010.
    ("837P", "20260901*1253*1*X*005010X222A1~", "20260901*1253*1*X*004010X098A1~", "AK905=2"),
    ("835", "20260901*1253*1*X*005010X221A1~", "20260901*1253*1*X*004010X091A1~", "AK905=2"),
];

#[test]
fn each_rule_is_kept_by_one_file_and_broken_by_another() {
    let mut wrong = Vec::new();
    for (base, from, to, expected) in STORIES {
        let text = clean(base);
        assert!(text.contains(from), "{base} has no {from}");
        let kept = check(text.as_bytes(), &ShapeOnly);
        assert_eq!(kept.verdict, Verdict::Accepted, "{base}: {:?}", kept.problems);
        let checked = check(recounted(&text.replacen(from, to, 1)).as_bytes(), &ShapeOnly);
        let errors = checked.problems.kept().iter().filter(|problem| problem.severity == Severity::Error);
        let found: Vec<String> = errors.map(|problem| format!("{} {}", problem.code, problem.text())).collect();
        let holds = match *expected {
            "-" => found.is_empty(),
            code => found.len() == 1 && found[0].split(' ').next() == Some(code),
        };
        if !holds {
            wrong.push(format!("{base}: {from} -> {to} should be {expected}, is {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), STORIES.len(), wrong.join("\n"));
}

/// A list that knows one diagnosis, and that only from a day on.
struct OneDiagnosis;

impl CodeSets for OneDiagnosis {
    fn standing(&self, list: CodeList, code: &str, on: Option<jiff::civil::Date>) -> Standing {
        match (list, code) {
            (CodeList::Icd10cm, "E119") if on.is_some_and(|day| day < jiff::civil::date(2026, 10, 1)) => {
                Standing::NotOnDate
            }
            (CodeList::Icd10cm, "I10") => Standing::Valid,
            (CodeList::Icd10cm, _) => Standing::Unknown,
            _ => Standing::NotChecked,
        }
    }
}

#[test]
fn a_diagnosis_is_judged_on_the_date_of_service() {
    let checked = check(clean("837P").as_bytes(), &OneDiagnosis);
    let found: Vec<_> = checked.problems.kept().iter().map(|problem| (problem.rule, problem.place())).collect();
    assert_eq!(found, [("code-date", "2300 HI01-2".to_owned())]);
    let unknown = check(clean("837P").replace("ABF:I10", "ABF:J020").as_bytes(), &OneDiagnosis);
    let rules: Vec<_> = unknown.problems.kept().iter().map(|problem| problem.rule).collect();
    assert_eq!(rules, ["code-date", "icd-10-cm"]);
}
