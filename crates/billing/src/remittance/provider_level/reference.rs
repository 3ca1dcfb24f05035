//! Which item of a payer a provider adjustment (PLB) belongs to, by what the payer wrote as its reference (PLB03-2): the
//! same number again, a claim's number among others, a number with something behind it, or nothing at all. A guess is
//! never made between two that fit as well: then it is an item of its own.

use std::collections::BTreeMap;

use super::{Behaviour, behaviour_of};
use crate::remittance::ProviderAdjustment;
use crate::{ClaimId, Money};

/// Shortest text that is taken for a number of a claim or an item inside a longer one: shorter ones fit by chance.
pub const SHORTEST_NUMBER: usize = 6;
/// Most characters that a payer hangs on a number: "01", "-ADJ2".
const LONGEST_SUFFIX: usize = 4;
/// Most numbers that one reference is searched for: PLB03-2 has at most 50 characters.
const MOST_NUMBERS: usize = 48;

/// How an adjustment found its item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundBy {
    /// The reference was written like this before.
    Reference,
    /// A claim's number stands in it.
    Claim,
    /// The number of an open item stands in it.
    Part,
    /// It has no number that we know; one item of the payer has exactly its amount open the other way.
    Amount,
    /// It opens an item.
    First,
    /// It is settled at once and needs none.
    NoItem,
}

impl FoundBy {
    /// Every way.
    pub const ALL: [FoundBy; 6] =
        [FoundBy::Reference, FoundBy::Claim, FoundBy::Part, FoundBy::Amount, FoundBy::First, FoundBy::NoItem];

    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            FoundBy::Reference => "reference",
            FoundBy::Claim => "claim",
            FoundBy::Part => "part",
            FoundBy::Amount => "amount",
            FoundBy::First => "first",
            FoundBy::NoItem => "no_item",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<FoundBy> {
        FoundBy::ALL.into_iter().find(|one| one.as_str() == word)
    }

    /// In words.
    pub const fn label(self) -> &'static str {
        match self {
            FoundBy::Reference => "the same reference as before",
            FoundBy::Claim => "the claim’s number in its reference",
            FoundBy::Part => "the number of an open item in its reference",
            FoundBy::Amount => "the only open item of its amount",
            FoundBy::First => "it opens the item",
            FoundBy::NoItem => "settled at once",
        }
    }
}

/// A claim of ours that a number stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedClaim {
    /// The claim.
    pub id: ClaimId,
    /// Our number of it: an item of the claim is called by it.
    pub control_number: String,
}

/// What is known of a payer's items and claims before a payment.
#[derive(Debug, Clone, Default)]
pub struct KnownItems {
    /// Every open item with its balance; positive where the payer took it.
    pub open: BTreeMap<String, Money>,
    /// Items of references that were written before, by the bare reference.
    pub written: BTreeMap<String, (String, Option<ClaimId>)>,
    /// Claims by their bare numbers, ours and the payer's; none where two claims have it.
    pub claims: BTreeMap<String, Option<NamedClaim>>,
}

/// Where an adjustment belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The item; empty where it is settled at once.
    pub item: String,
    /// The claim of ours that its reference names.
    pub claim: Option<ClaimId>,
    /// How it was found.
    pub found_by: FoundBy,
}

/// A reference without its dress: letters in capitals and digits.
pub fn bare(reference: &str) -> String {
    reference.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// Every text in a reference that may be a number of ours or the payer's, as written and bare, the longest first.
pub fn numbers_in(reference: &str) -> Vec<String> {
    let whole = reference.trim();
    let spaced = whole.split_whitespace();
    let words = whole.split(|c: char| !c.is_ascii_alphanumeric());
    let mut found: Vec<String> = [whole].into_iter().chain(spaced).chain(words).map(str::to_owned).collect();
    found.push(bare(whole));
    for word in found.clone() {
        let characters: Vec<char> = word.chars().collect();
        for cut in 1..=LONGEST_SUFFIX {
            if let Some(kept) = characters.get(..characters.len().saturating_sub(cut)) {
                found.push(kept.iter().collect());
            }
        }
    }
    found.retain(|number| number.len() >= SHORTEST_NUMBER);
    found.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    found.dedup();
    found.truncate(MOST_NUMBERS);
    found
}

impl KnownItems {
    /// A claim is known under a number; one that two claims have names neither.
    pub fn names(&mut self, number: &str, claim: &NamedClaim) {
        let number = bare(number);
        if number.len() < SHORTEST_NUMBER {
            return;
        }
        let known = self.claims.entry(number).or_insert_with(|| Some(claim.clone()));
        if known.as_ref().is_some_and(|known| known.id != claim.id) {
            *known = None;
        }
    }

    /// Where an adjustment belongs; the next one of the same payment knows of it.
    pub fn place(&mut self, adjustment: &ProviderAdjustment) -> Place {
        let reference = bare(&adjustment.reference);
        let named = self.claim_in(&adjustment.reference);
        let behaviour = behaviour_of(&adjustment.reason);
        if behaviour.expected().is_none() {
            let claim = named.map(|claim| claim.id);
            return Place { item: String::new(), claim, found_by: FoundBy::NoItem };
        }
        let place = self.item_of(adjustment, behaviour, &reference, named);
        let balance = self.open.entry(place.item.clone()).or_default();
        // An amount that does not fit leaves the item as it was; the payment itself is refused then.
        *balance = balance.checked_add(adjustment.amount).unwrap_or(*balance);
        if !reference.is_empty() {
            self.written.entry(reference).or_insert_with(|| (place.item.clone(), place.claim));
        }
        place
    }

    fn item_of(
        &self,
        adjustment: &ProviderAdjustment,
        behaviour: Behaviour,
        reference: &str,
        named: Option<NamedClaim>,
    ) -> Place {
        if let Some((item, claim)) = self.written.get(reference) {
            return Place { item: item.clone(), claim: *claim, found_by: FoundBy::Reference };
        }
        if let Some(claim) = named {
            return Place { item: bare(&claim.control_number), claim: Some(claim.id), found_by: FoundBy::Claim };
        }
        let found = |item: &str, found_by| Place { item: item.to_owned(), claim: None, found_by };
        if self.open.contains_key(reference) {
            return found(reference, FoundBy::Reference);
        }
        if let Some(item) = self.open_item_in(reference) {
            return found(item, FoundBy::Part);
        }
        // Only what is taken looks for what was announced: what is carried on (below zero) announces an item of its own, also
        // beside another amount of the very same payment that it carries.
        if behaviour == Behaviour::Carried
            && adjustment.amount.is_positive()
            && let Some(item) = self.only_open_of(-adjustment.amount)
        {
            return found(item, FoundBy::Amount);
        }
        let nothing = nameless(&adjustment.reason);
        let item = if reference.is_empty() { &nothing } else { reference };
        let found_by = if self.open.contains_key(item) { FoundBy::Reference } else { FoundBy::First };
        found(item, found_by)
    }

    /// The claim of the longest number in a reference; none where two are as long.
    fn claim_in(&self, reference: &str) -> Option<NamedClaim> {
        let mut found: Option<(usize, &Option<NamedClaim>)> = None;
        for number in numbers_in(reference) {
            let number = bare(&number);
            let Some(claim) = self.claims.get(&number) else { continue };
            match found {
                None => found = Some((number.len(), claim)),
                Some((length, before)) if length == number.len() => {
                    if before.as_ref().map(|one| one.id) != claim.as_ref().map(|one| one.id) {
                        return None;
                    }
                }
                Some(_) => break,
            }
        }
        found.and_then(|(_, claim)| claim.clone())
    }

    /// The open item whose number stands in a reference, the longest; none where two are as long.
    fn open_item_in(&self, reference: &str) -> Option<&str> {
        let fits = |item: &&str| item.len() >= SHORTEST_NUMBER && reference.contains(item);
        let open = self.open.iter().filter(|(_, balance)| !balance.is_zero()).map(|(item, _)| item.as_str());
        let mut fitting: Vec<&str> = open.filter(fits).collect();
        fitting.sort_by_key(|item| std::cmp::Reverse(item.len()));
        match fitting.as_slice() {
            [only] => Some(only),
            [first, second, ..] if first.len() > second.len() => Some(first),
            [] | [_, _, ..] => None,
        }
    }

    fn only_open_of(&self, balance: Money) -> Option<&str> {
        let mut open = self.open.iter().filter(|(_, open)| **open == balance && !open.is_zero());
        let (item, _) = open.next()?;
        open.next().is_none().then_some(item.as_str())
    }
}

/// The item of a reason that a payer gives no reference. No bare reference looks like it.
pub fn nameless(code: &str) -> String {
    format!("({code})")
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn plb(reason: &str, reference: &str, cents: i64) -> ProviderAdjustment {
        ProviderAdjustment { reason: reason.into(), reference: reference.into(), amount: Money::from_cents(cents) }
    }

    fn claim(number: u128, control_number: &str) -> NamedClaim {
        NamedClaim { id: ClaimId(Uuid::from_u128(number)), control_number: control_number.into() }
    }

    fn known() -> KnownItems {
        let mut known = KnownItems::default();
        for (id, ours, theirs) in [(1, "C000001", "PC-000001"), (2, "C000002", "PC-000002")] {
            known.names(ours, &claim(id, ours));
            known.names(theirs, &claim(id, ours));
        }
        known
    }

    #[test]
    fn one_claim_is_one_item_however_the_payer_writes_its_number() {
        for written in [
            "C000001",
            "c000001",
            "PC000001",
            "PC-000001",
            "PC00000101",
            "PC-000001-ADJ2",
            "20260302 PC000001 SMITH",
            "00 99887 C000001",
            "C000001/PC000001",
            "PC000001*C000001",
        ] {
            let place = known().place(&plb("WO", written, -500));
            let one = (place.item.as_str(), place.claim, place.found_by);
            assert_eq!(one, ("C000001", Some(ClaimId(Uuid::from_u128(1))), FoundBy::Claim), "{written}");
        }
    }

    #[test]
    fn what_names_two_claims_or_none_is_an_item_of_its_own() {
        for (written, item) in
            [("C000001 C000002", "C000001C000002"), ("X-77 12", "X7712"), ("", "(WO)"), ("--", "(WO)")]
        {
            let place = known().place(&plb("WO", written, -500));
            assert_eq!((place.item.as_str(), place.claim, place.found_by), (item, None, FoundBy::First), "{written}");
        }
    }

    #[test]
    fn a_reference_that_was_written_before_finds_its_item_and_a_longer_one_the_open_item_in_it() {
        let mut known = known();
        assert_eq!(known.place(&plb("WO", "LETTER-4711", -900)).found_by, FoundBy::First);
        let again = known.place(&plb("WO", "letter 4711", 200));
        assert_eq!((again.item.as_str(), again.found_by), ("LETTER4711", FoundBy::Reference));
        let part = known.place(&plb("WO", "99 LETTER4711 20260401", 700));
        assert_eq!((part.item.as_str(), part.found_by), ("LETTER4711", FoundBy::Part));
        // It is closed now, so the number in a longer one opens another.
        assert_eq!(known.place(&plb("WO", "88 LETTER4711", 700)).found_by, FoundBy::First);
    }

    #[test]
    fn a_carried_balance_without_a_known_number_is_found_by_its_amount_and_only_where_one_fits() {
        let mut one = KnownItems::default();
        one.place(&plb("FB", "EFT1", -7_000));
        let back = one.place(&plb("FB", "", 7_000));
        assert_eq!((back.item.as_str(), back.found_by), ("EFT1", FoundBy::Amount));
        let mut two = KnownItems::default();
        two.place(&plb("FB", "EFT1", -7_000));
        two.place(&plb("FB", "EFT2", -7_000));
        assert_eq!(two.place(&plb("FB", "EFT3", 7_000)).found_by, FoundBy::First);
        // What is demanded and carried on in one payment are two items: one to be explained, one owed until it is taken.
        let mut demanded = KnownItems::default();
        assert_eq!(demanded.place(&plb("WO", "OVR1", 5_000)).item, "OVR1");
        assert_eq!(demanded.place(&plb("FB", "F2", -5_000)).item, "F2");
        assert_eq!(demanded.open.get("F2"), Some(&Money::from_cents(-5_000)));
        assert_eq!(demanded.place(&plb("FB", "F2", 5_000)).found_by, FoundBy::Reference);
        assert_eq!(demanded.open.get("OVR1"), Some(&Money::from_cents(5_000)));
        // A recovery is of a claim or a letter, never of whatever has its amount.
        let mut other = KnownItems::default();
        other.place(&plb("WO", "EFT1", -7_000));
        assert_eq!(other.place(&plb("WO", "EFT9", 7_000)).found_by, FoundBy::First);
    }

    #[test]
    fn a_payer_that_gives_no_reference_has_one_item_for_each_reason() {
        let mut known = KnownItems::default();
        assert_eq!(known.place(&plb("FB", "", -100)).item, "(FB)");
        assert_eq!(known.place(&plb("AP", "", -50)).item, "(AP)");
        assert_eq!(known.place(&plb("FB", " ", 40)).item, "(FB)");
        assert_eq!(known.open.get("(FB)"), Some(&Money::from_cents(-60)));
        assert_eq!(known.place(&plb("L6", "C000001", -5)).found_by, FoundBy::NoItem);
    }

    #[test]
    fn every_way_of_finding_reads_back() {
        for one in FoundBy::ALL {
            assert_eq!(FoundBy::parse(one.as_str()), Some(one));
            assert!(!one.label().is_empty());
        }
    }
}
