//! A second equal statement of one day is refused with a sentence, on each engine.

use crate::practice::Practice;
use crate::visitor::{Visitor, links, words};

/// An account for which a statement was made just now, because somebody asked for it.
fn stated(visitor: &mut Visitor) -> String {
    let page = visitor.open("/statements");
    let accounts = links(&page, "/patients/").into_iter().filter(|link| !link.contains("/statements/"));
    let mut accounts = accounts.filter(|account| visitor.post(&format!("{account}/statements"), &[]).status == 303);
    accounts.next().expect("somebody owes something")
}

#[test]
fn a_second_statement_of_the_day_that_asks_for_the_same_is_refused() {
    for practice in Practice::on_each_engine() {
        let mut tess = Visitor::signed_in(&practice, practice.serve(), "tess");
        let account = stated(&mut tess);
        let made = |visitor: &mut Visitor| links(&visitor.open(&account), &format!("{account}/statements/")).len();
        let before = made(&mut tess);
        let second = tess.post(&format!("{account}/statements"), &[]);
        assert_eq!(second.status, 409);
        assert!(words(&second.page).contains("nothing has changed since"), "{}", words(&second.page));
        assert_eq!(made(&mut tess), before, "no second one");

        // A payment changes what is asked for: another may be made.
        let form = tess.open(&format!("{account}/payments/new"));
        let key = form.split("name=\"key\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let cash = [("amount", "1.00"), ("method", "cash"), ("key", key.as_str())];
        assert_eq!(tess.post(&format!("{account}/payments"), &cash).status, 303);
        let third = tess.post(&format!("{account}/statements"), &[]);
        assert_eq!(third.status, 303, "{}", words(&third.page));
    }
}
