//! A payment that our own data kept out: its work item shows the button that reads the file again, and it is posted once.

use billing::identifier::Npi;
use store::registration::SAVE_PRACTICE;
use store::{Json, params};

use crate::practice::Practice;
use crate::stories::stray_payment;
use crate::visitor::{Visitor, links, words};

/// The NPI that the practice did not know as its own.
const NEW_NPI: &str = "2000000010";

#[test]
fn a_poster_has_a_quarantined_file_read_again_once_the_practices_number_is_mended() {
    for practice in Practice::on_each_engine() {
        let (db, id, system) = (&practice.db, practice.id, practice.system());
        let mut house = db.read(&system, id, |read| store::registration::practice(read)).unwrap().unwrap();
        let text = stray_payment(&practice).replace(house.billing.npi.as_str(), NEW_NPI);
        app::remittance_import::import(db, &system, id, "stray.835", text.as_bytes()).unwrap();
        let address = practice.serve();
        let mut poster = Visitor::signed_in(&practice, address, "pia");
        let queue = poster.open("/work?desk=poster");
        let item = links(&queue, "/work/").into_iter().find(|link| poster.open(link).contains("/readings\""));
        let item = item.expect("the quarantined payment is work, with a button");
        assert!(words(&poster.open(&item)).contains("The file stray.835 is kept here"));

        // What our own check says of it, with the data of its segments masked for a role that sees no patients.
        let page = poster.open(&format!("{item}/file"));
        assert!(page.contains("<section class=\"x12-check x12-") && page.contains("stray.835"), "{page}");
        assert!(page.contains("Letters are shown as A and digits as 9"), "{page}");
        let mut stranger = Visitor::signed_in(&practice, address, "theo");
        assert_eq!(stranger.get(&format!("{item}/file")).status, 404);

        let still = poster.post(&format!("{item}/readings"), &[]);
        assert!(words(&still.page).contains("is made out to another payee"), "{}", words(&still.page));
        let mut tier_two = Visitor::signed_in(&practice, address, "theo");
        assert_eq!(tier_two.post(&format!("{item}/readings"), &[]).status, 404);

        house.billing.npi = Npi::parse(NEW_NPI).unwrap();
        let saved =
            db.write(&system, id, |tx| tx.execute(&SAVE_PRACTICE, params![house.name.clone(), Json(house.clone())]));
        assert_eq!(saved.unwrap(), 1);
        let read = poster.post(&format!("{item}/readings"), &[]);
        assert_eq!(read.location, format!("{item}?done=read-again"), "{}", words(&read.page));
        let page = poster.open(&item);
        // It adds up now and is about no claim of ours, so a person posts it.
        let told = words(&page);
        assert!(told.contains("What kept it out was mended; it waits to be posted"), "{told}");
        assert!(told.contains("Payment STRAY1 waits to be posted: 1 claim of it matches nothing of ours"), "{told}");
        assert!(!page.contains("/readings\""));
    }
}
