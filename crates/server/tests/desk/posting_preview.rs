//! A poster uploads an 835, sees every entry that posting would make, and posts just those with one click. On each engine.

use crate::practice::Practice;
use crate::stories::stray_payment;
use crate::visitor::{Visitor, links, words};

/// The value of a hidden field.
fn hidden<'p>(page: &'p str, name: &str) -> &'p str {
    let field = page.split(&format!("name=\"{name}\" value=\"")).nth(1).expect("the form has the field");
    field.split('"').next().unwrap()
}

#[test]
fn an_upload_waits_is_previewed_and_posted_with_one_click() {
    for practice in Practice::on_each_engine() {
        let mut pia = Visitor::signed_in(&practice, practice.serve(), "pia");
        assert!(words(&pia.open("/remittances?state=waiting")).contains("None here"));
        let taken = pia.upload("/remittances", "file", "stray.835", &stray_payment(&practice));
        assert!(taken.location.ends_with("?done=remittance-taken"), "{}: {}", taken.location, words(&taken.page));
        let path = taken.location.split('?').next().unwrap().to_owned();
        let inbox = pia.open("/remittances?state=waiting");
        let file = pia.open("/remittances?state=waiting&format=csv");
        assert!(file.contains("STRAY1") && file.lines().count() == 2, "the file is of the state that is shown: {file}");
        assert_eq!(links(&inbox, "/remittances/0"), std::slice::from_ref(&path));
        assert!(words(&inbox).contains("Waits for posting It was uploaded to be looked at"), "{}", words(&inbox));

        let page = pia.open(&path);
        let told = words(&page);
        for part in
            ["What posting would do", "Left on clearing 0.00", "No claim of ours", "Work that would open", "Balanced"]
        {
            assert!(told.contains(part), "{part}: {told}");
        }
        assert!(told.contains("waits until a person says where it belongs"), "{told}");
        // What was not seen is not posted.
        let other = pia.post(&format!("{path}/posting"), &[("seen", "another preview")]);
        assert_eq!(other.location, format!("{path}?done=remittance-moved"));
        assert!(words(&pia.open(&other.location)).contains("Nothing was posted: the books moved"));

        let seen = hidden(&page, "seen").to_owned();
        let posted = pia.post(&format!("{path}/posting"), &[("seen", &seen)]);
        assert_eq!(posted.location, format!("{path}?done=remittance-posted"));
        assert!(words(&pia.open(&path)).contains("Posted"), "{}", words(&pia.open(&path)));
        let again = pia.post(&format!("{path}/posting"), &[("seen", &seen)]);
        assert_eq!(again.location, format!("{path}?done=remittance-posted-before"));
        let nobody = pia.upload("/remittances", "file", "stray.835", "no X12 at all");
        assert_eq!(nobody.status, 409, "{}", words(&nobody.page));
        // Who may not post sees no form.
        let mut tess = Visitor::signed_in(&practice, practice.serve(), "tess");
        assert_eq!(tess.post(&format!("{path}/posting"), &[("seen", &seen)]).status, 404);
    }
}
