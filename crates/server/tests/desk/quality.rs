//! Reviews and measures on their pages: a lead draws and reviews, the person reads and answers once, and no page puts people in
//! an order by a number.

use crate::practice::Practice;
use crate::visitor::{Visitor, links, words};

#[test]
fn a_lead_reviews_and_the_person_reads_it_and_answers_once() {
    let practice = Practice::new();
    let address = practice.serve();
    let mut max = Visitor::signed_in(&practice, address, "max");
    let page = max.open("/quality");
    let mut open: Vec<String> = Vec::new();
    for draw in links(&page, "/quality/draws/0") {
        let reviews = links(&max.open(&draw), "/quality/reviews/0");
        open.extend(reviews.into_iter().filter(|review| max.open(review).contains("Save the review")));
    }
    let review = open.first().expect("the story leaves drawn items to review");
    let whose = words(&max.open(review));
    let login = if whose.contains("Theo") { "theo" } else { "tess" };
    let mut person = Visitor::signed_in(&practice, address, login);
    assert_eq!(person.get(review).status, 404, "what is drawn stays unknown until it is reviewed");
    let bad = max.post(&format!("{review}/scores"), &[("identity", "met"), ("comment", "All of it is well.")]);
    assert!(words(&bad.page).contains("Answer every point"), "{}", words(&bad.page));
    let mut form: Vec<(&str, &str)> = billing::quality::FORM.iter().map(|point| (point.key, "met")).collect();
    form.push(("comment", "All of it is well; go on like this."));
    assert!(max.post(&format!("{review}/scores"), &form).location.ends_with("done=reviewed"));
    let seen = words(&person.open(review));
    assert!(seen.contains("100 %") && seen.contains("go on like this"), "{seen}");
    assert_eq!(max.post(&format!("{review}/answers"), &[("answer", "It is not mine.")]).status, 404);
    let answered = person.post(&format!("{review}/answers"), &[("answer", "Thank you, I shall.")]);
    assert!(answered.location.ends_with("done=review-answered"));
    assert!(!person.open(review).contains("Your answer</h2>"), "an answer is given once");
    assert!(words(&person.open("/quality/mine")).contains("100 %"));
}

#[test]
fn no_page_puts_people_in_an_order_by_a_number() {
    let practice = Practice::new();
    let address = practice.serve();
    let mut max = Visitor::signed_in(&practice, address, "max");
    let list = max.open("/quality");
    assert!(words(&list).contains("Theo Marchbanks") && !words(&list).contains(" %"), "no score beside a name");
    for draw in links(&list, "/quality/draws/0") {
        assert!(!words(&max.open(&draw)).contains(" %"), "a draw shows what waits, not who is better");
    }
    let measures = max.open("/quality/measures");
    let table = measures.split("<table").nth(1).unwrap();
    for name in ["Tess", "Theo", "tess", "theo", "Pia", "Cora"] {
        assert!(!table.contains(name), "{name} stands in a table of figures");
    }
    for address in ["/quality/measures?sort=cash", "/quality/measures?order=score&by=person"] {
        assert_eq!(max.open(address), measures, "no address sorts");
    }
    assert!(!measures.contains("sort="));
    let json = max.get("/quality/measures?format=json").page;
    assert!(!json.contains("theo") && json.contains("seconds_a_touch"), "{json}");
    let mut theo = Visitor::signed_in(&practice, address, "theo");
    assert_eq!(theo.get("/quality/measures").status, 404);
    let own = theo.open("/quality/mine/measures");
    assert!(!own.contains("Tess") && !own.contains("name=\"person\""), "a person sees their own");
}
