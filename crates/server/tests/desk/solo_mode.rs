//! Solo mode cannot end while somebody holds roles that conflict, on each engine.

use app::users::{NewPerson, add_demo_person};
use billing::access::Role;

use crate::practice::Practice;
use crate::visitor::{Visitor, words};

#[test]
fn solo_mode_stays_on_while_somebody_holds_roles_that_conflict() {
    for practice in Practice::on_each_engine() {
        let person = NewPerson {
            login: "olive",
            display_name: "Olive Hartigan",
            roles: &[Role::Manager, Role::Administrator],
            solo_practice: true,
        };
        add_demo_person(&practice.db, practice.id, &person, "nine quiet paper boats", 60).unwrap();
        let address = practice.serve();
        let mut ada = Visitor::signed_in(&practice, address, "ada");
        let save = |visitor: &mut Visitor, solo: bool| {
            let form = visitor.open("/settings/practice");
            let mut fields: Vec<(String, String)> = form
                .split("<input ")
                .skip(1)
                .filter(|input| !input.contains("type=\"checkbox\""))
                .filter_map(|input| {
                    let of = |name: &str| input.split(&format!("{name}=\"")).nth(1)?.split('"').next();
                    Some((of(" name").or_else(|| of("name"))?.to_owned(), of("value")?.to_owned()))
                })
                .collect();
            fields.extend(solo.then(|| ("solo".to_owned(), "yes".to_owned())));
            let fields: Vec<(&str, &str)> =
                fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            visitor.post("/settings/practice", &fields)
        };
        let on = save(&mut ada, true);
        assert_eq!(on.location, "/settings?done=saved", "{}", words(&on.page));
        let off = save(&mut ada, false);
        let told = words(&off.page);
        assert_ne!(off.status, 303, "{told}");
        assert!(told.contains("Olive Hartigan") && told.contains("switch it off"), "{told}");
        assert!(words(&ada.open("/settings")).contains("Solo mode On"));

        // With the log-in disabled nobody holds them.
        let page = ada.open("/users");
        let disabling = page.split("action=\"").map(|piece| piece.split('"').next().unwrap_or_default());
        let after = page.find("Olive Hartigan").unwrap();
        let olives = disabling.filter(|action| action.ends_with("/disabling"));
        let olives = olives.filter(|action| page.find(*action).unwrap() > after).map(str::to_owned).next().unwrap();
        assert_eq!(ada.post(&olives, &[]).status, 303);
        let off = save(&mut ada, false);
        assert_eq!(off.location, "/settings?done=saved", "{}", words(&off.page));
        assert!(words(&ada.open("/settings")).contains("Solo mode Off"));
    }
}
