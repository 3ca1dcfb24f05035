//! A payment is looked at before it is posted: the preview keeps nothing and shows just what is posted then; what a
//! payer's setting leaves to a person waits, is somebody's work, and is posted once.

use app::inbound::take_in;
use app::remittance_import::preview::{ForeseenState, Preview, of_file, of_waiting};
use app::remittance_import::{PaymentState, Seen, WaitingPosted, import, post_waiting, take_to_look_at, waiting};
use billing::remittance::auto_posting::{AutoPosting, Thresholds};
use billing::work::WorkReason;
use billing::{Money, RemittanceId};
use ledger::AccountKind;
use store::testing::{PRACTICE, TestDb, facts, for_each_engine};

use crate::payer_files::*;
use crate::remittance::{all_invariants_hold, balance, cents, clinic, take, work};

/// A claim that no claim of ours has.
fn strange() -> Clp {
    let mut clp = Clp::paid(1);
    clp.number = "SOMEBODYELSE".into();
    clp.payer_number = "PX".into();
    clp.lines.iter_mut().for_each(|line| line.number = "SOMEBODYELSE1".into());
    clp
}

/// A claim that does not add up by a cent; its payment does.
fn off_by_a_cent(n: usize) -> Clp {
    let mut clp = Clp::paid(n);
    clp.lines[0].adjustments[0].2 -= 1;
    clp
}

fn set(db: &TestDb, setting: AutoPosting) {
    crate::two_payers::set(db, PAYER, |settings| settings.auto_posting = setting.clone());
}

fn arrives(db: &TestDb, text: &str) -> String {
    take_in(db, &db.system(), PRACTICE, "mail.835", text.as_bytes()).unwrap().note
}

fn the_waiting(db: &TestDb) -> RemittanceId {
    let all = waiting(db, &db.system(), PRACTICE).unwrap();
    assert_eq!(all.len(), 1, "{:?}", db.engine);
    all[0]
}

fn entries(db: &TestDb) -> i64 {
    db.read(&db.system(), PRACTICE, |r| facts::count(r, "ledger_entry")).unwrap()
}

/// Debits by account, of everything that a preview shows entry by entry.
fn shown(preview: &Preview, kind: AccountKind) -> Money {
    let of_claims = preview.claims.iter().flat_map(|claim| &claim.entries);
    let all = of_claims.chain(&preview.payment).chain(&preview.beside);
    all.flat_map(|entry| &entry.postings).filter(|one| one.account == kind).map(|one| one.amount_cents).sum()
}

#[test]
fn a_preview_shows_every_entry_with_its_reason_and_keeps_nothing() {
    for_each_engine(|db| {
        clinic(db, 5);
        let claims = vec![Clp::paid(1), Clp::partly_denied(2), off_by_a_cent(3), strange()];
        let text = file(&Payment::new("EFT1", claims).with_plb("WO", "R1", 500));
        let root = all_invariants_hold(db);
        let before = entries(db);
        let seen = of_file(db, &db.system(), PRACTICE, "payer.835", text.as_bytes()).unwrap();
        let [preview] = &seen[..] else { panic!("one payment") };
        assert_eq!(all_invariants_hold(db), root, "nothing is kept");
        assert_eq!(db.read(&db.system(), PRACTICE, |r| facts::count(r, "remittance")).unwrap(), 0);

        assert_eq!(preview.state, PaymentState::Posted);
        let states: Vec<ForeseenState> = preview.claims.iter().map(|claim| claim.state).collect();
        use ForeseenState::{Posted, SetAside, Unmatched};
        assert_eq!(states, [Posted, Posted, SetAside, Unmatched]);
        assert_eq!(
            preview.waits_because,
            ["1 claim of it would be set aside.", "1 claim of it matches nothing of ours."]
        );
        assert!(preview.claims[2].problem.as_deref().unwrap().contains("0.01"), "{:?}", preview.claims[2].problem);
        assert_eq!(preview.clearing_cents, Money::ZERO);
        assert_eq!(shown(preview, AccountKind::EraClearing), Money::ZERO);
        let words: Vec<&str> = preview.claims[0].entries[0].postings.iter().map(|one| one.why.as_str()).collect();
        assert!(words.contains(&"the payer paid it"), "{words:?}");
        assert!(words.contains(&"the patient owes it: copay (PR-3)"), "{words:?}");
        let reasons: Vec<&str> = preview.work.iter().map(|work| work.reason.as_str()).collect();
        assert_eq!(reasons, ["claim_set_aside", "denied_authorization", "payer_recoupment", "unmatched_cash"]);

        // Posting makes just that.
        let posted = import(db, &db.system(), PRACTICE, "payer.835", text.as_bytes()).unwrap();
        assert_eq!(posted.payments[0].counts, preview.counts);
        for total in &preview.totals {
            let of_charges =
                if total.account == AccountKind::PayerReceivable { cents(5 * 18_000) } else { Money::ZERO };
            assert_eq!(
                balance(db, total.account),
                of_charges + total.debit_cents - total.credit_cents,
                "{:?} {}",
                db.engine,
                total.account_words
            );
        }
        let made = preview.claims.iter().map(|claim| claim.entries.len()).sum::<usize>() + preview.payment.len();
        assert_eq!(entries(db) - before, (made + preview.beside.len()) as i64);
        all_invariants_hold(db);
    });
}

#[test]
fn what_is_all_green_posts_by_itself_and_the_rest_waits_for_one_click() {
    for_each_engine(|db| {
        clinic(db, 5);
        let note = arrives(db, &file(&Payment::new("EFT1", vec![Clp::paid(1), Clp::partly_denied(2)])));
        assert!(note.starts_with("1 payment posted"), "{note}");
        let text = file(&Payment::new("EFT2", vec![Clp::paid(3), strange()]));
        let note = arrives(db, &text);
        assert!(note.contains("1 waiting to be posted"), "{note}");
        let root = all_invariants_hold(db);
        let id = the_waiting(db);
        assert_eq!(work(db).iter().filter(|(reason, _)| *reason == WorkReason::RemittanceWaits).count(), 1);
        // The same payment comes again, in the same bytes and in another dress: known, and nothing is posted.
        assert!(arrives(db, &text).contains("same content came"), "{:?}", db.engine);
        arrives(db, &file_of(&[Payment::new("EFT2", vec![Clp::paid(3), strange()])], 44));
        assert_eq!(the_waiting(db), id);
        assert_eq!(all_invariants_hold(db), root);
        // The same number with other content is no payment that one may post.
        arrives(db, &file_of(&[Payment::new("EFT2", vec![Clp::paid(4)])], 45));
        assert_eq!(the_waiting(db), id);

        let preview = of_waiting(db, &db.system(), PRACTICE, id).unwrap();
        assert_eq!(preview.waits_because, ["1 claim of it matches nothing of ours."]);
        assert_eq!(all_invariants_hold(db), root);
        let post = || post_waiting(db, &db.system(), PRACTICE, id, Seen::Preview(&preview.fingerprint)).unwrap();
        let WaitingPosted::Settled(report) = post() else { panic!("it is posted as it was seen") };
        assert_eq!((report.state, report.counts.posted, report.counts.unmatched), (PaymentState::Posted, 1, 1));
        assert_eq!(post(), WaitingPosted::Before, "a second click posts nothing");
        assert_eq!(work(db).iter().filter(|(reason, _)| *reason == WorkReason::RemittanceWaits).count(), 0);
        assert!(of_waiting(db, &db.system(), PRACTICE, id).unwrap_err().to_string().contains("is posted"));
        all_invariants_hold(db);
    });
}

#[test]
fn a_preview_that_the_books_left_behind_posts_nothing() {
    for_each_engine(|db| {
        clinic(db, 3);
        let claims = vec![Clp::paid(1), strange()];
        arrives(db, &file(&Payment::new("EFT1", claims)));
        let id = the_waiting(db);
        let seen = of_waiting(db, &db.system(), PRACTICE, id).unwrap();
        // Another payment decides the same claim meanwhile, so this one would be set aside.
        take(db, &file(&Payment::new("EFT2", vec![Clp::paid(1)])));
        let root = all_invariants_hold(db);
        let post =
            |seen: &Preview| post_waiting(db, &db.system(), PRACTICE, id, Seen::Preview(&seen.fingerprint)).unwrap();
        assert_eq!(post(&seen), WaitingPosted::Moved);
        assert_eq!(all_invariants_hold(db), root, "nothing was posted");
        assert_eq!(the_waiting(db), id);
        let anew = of_waiting(db, &db.system(), PRACTICE, id).unwrap();
        assert_eq!(anew.claims[0].state, ForeseenState::SetAside);
        assert!(matches!(post(&anew), WaitingPosted::Settled(report) if report.counts.set_aside == 1));
        all_invariants_hold(db);
    });
}

#[test]
fn two_clicks_at_once_post_once() {
    for_each_engine(|db| {
        clinic(db, 8);
        for n in 1..=8 {
            let text = file(&Payment::new(&format!("EFT{n}"), vec![Clp::paid(n)]));
            take_to_look_at(db, &db.system(), PRACTICE, "payer.835", text.as_bytes()).unwrap();
        }
        let before = entries(db);
        for id in waiting(db, &db.system(), PRACTICE).unwrap() {
            let seen = of_waiting(db, &db.system(), PRACTICE, id).unwrap().fingerprint;
            let post = || post_waiting(db, &db.system(), PRACTICE, id, Seen::Preview(&seen)).unwrap();
            let posted: Vec<WaitingPosted> = std::thread::scope(|scope| {
                let clicks: Vec<_> = (0..4).map(|_| scope.spawn(post)).collect();
                clicks.into_iter().map(|click| click.join().unwrap()).collect()
            });
            assert_eq!(posted.iter().filter(|one| matches!(one, WaitingPosted::Settled(_))).count(), 1);
            assert_eq!(posted.iter().filter(|one| **one == WaitingPosted::Before).count(), 3);
        }
        assert_eq!(entries(db) - before, 16, "a payment and its claim, eight times");
        assert!(waiting(db, &db.system(), PRACTICE).unwrap().is_empty());
        all_invariants_hold(db);
    });
}

#[test]
fn a_payers_setting_says_what_posts_by_itself() {
    let within = |change: fn(&mut Thresholds)| {
        let mut all = Thresholds::default();
        change(&mut all);
        AutoPosting::Within(all)
    };
    for_each_engine(|db| {
        clinic(db, 20);
        let cases: [(AutoPosting, Payment, bool); 7] = [
            (AutoPosting::Never, Payment::new("N1", vec![Clp::paid(1)]), false),
            (AutoPosting::WhenGreen, Payment::new("N2", vec![Clp::paid(2)]), true),
            (within(|_| {}), Payment::new("N3", vec![Clp::paid(3), strange()]), true),
            (
                within(|all| all.most_amount = Some(Money::from_cents(10_199))),
                Payment::new("N4", vec![Clp::paid(4)]),
                false,
            ),
            (within(|all| all.most_claims = Some(1)), Payment::new("N5", vec![Clp::paid(5), Clp::paid(6)]), false),
            (
                within(|all| all.most_denied_percent = Some(49)),
                Payment::new("N6", vec![Clp::paid(7), Clp::partly_denied(8)]),
                false,
            ),
            (
                within(|all| all.no_provider_adjustments = true),
                Payment::new("N7", vec![Clp::paid(9)]).with_plb("L6", "", -100),
                false,
            ),
        ];
        for (setting, payment, is_posted) in cases {
            set(db, setting.clone());
            let note = arrives(db, &file(&payment));
            let posted = note.starts_with("1 payment posted");
            assert_eq!(posted, is_posted, "{:?} {setting:?}: {note}", db.engine);
        }
        // A reversal of what was posted.
        set(db, within(|all| all.no_reversals = true));
        let note = arrives(db, &file(&Payment::new("N8", vec![Clp::paid(2).reversed(), Clp::paid(10), Clp::paid(11)])));
        assert!(note.contains("1 waiting"), "{note}");
        // Who asks for a payment that waits gets it, in whichever file it came.
        let text = file_of(&[Payment::new("N1", vec![Clp::paid(1)])], 9);
        let report = take(db, &text);
        assert_eq!((report.payments[0].state, report.payments[0].counts.posted), (PaymentState::Posted, 1));
        let again = take(db, &file(&Payment::new("N4", vec![Clp::paid(4)])));
        assert_eq!(again.payments[0].state, PaymentState::Posted, "the very bytes that wait");
        all_invariants_hold(db);
    });
}
