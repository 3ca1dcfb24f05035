//! The draw of what is reviewed: a few of the items that a person resolved in a month, spread over their reasons. The number
//! that decides comes from outside and is kept, so the same draw can be shown again. It never looks at how an item went.

use serde::{Deserialize, Serialize};

use crate::WorkItemId;
use crate::work::WorkReason;

/// Fewest items of a draw, where the person resolved so many: fewer say nothing of a month.
pub const FEWEST: usize = 5;
/// Most items of a draw: what a reviewer reads with care, and the field's own figure (5 to 10 a person and month).
pub const MOST: usize = 10;

/// An item that may be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The item.
    pub item: WorkItemId,
    /// Its stratum.
    pub reason: WorkReason,
}

/// A draw as it is kept: what it was drawn from, and what came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draw {
    /// How many were asked for.
    pub wanted: usize,
    /// Everything that could come out, in the order of ids.
    pub candidates: Vec<Candidate>,
    /// What came out, in the order of the draw.
    pub drawn: Vec<WorkItemId>,
}

impl Draw {
    /// Whether the number gives this draw again.
    pub fn is_what_the_number_gives(&self, number: u64) -> bool {
        draw(&self.candidates, self.wanted, number).drawn == self.drawn
    }
}

/// Draws: reasons take turns in an order that the number decides, each giving one of its items, until there are enough. So
/// a rare reason is seen as well as a frequent one.
pub fn draw(candidates: &[Candidate], wanted: usize, number: u64) -> Draw {
    let mut candidates = candidates.to_vec();
    candidates.sort_by_key(|candidate| candidate.item);
    candidates.dedup_by_key(|candidate| candidate.item);
    let mut dice = Dice(number);
    let mut strata: Vec<Vec<WorkItemId>> = Vec::new();
    for reason in WorkReason::ALL {
        let mut items: Vec<WorkItemId> =
            candidates.iter().filter(|one| one.reason == *reason).map(|one| one.item).collect();
        if !items.is_empty() {
            dice.shuffle(&mut items);
            strata.push(items);
        }
    }
    dice.shuffle(&mut strata);
    let mut drawn = Vec::new();
    while drawn.len() < wanted && strata.iter().any(|items| !items.is_empty()) {
        for items in &mut strata {
            if drawn.len() < wanted {
                drawn.extend(items.pop());
            }
        }
    }
    Draw { wanted, candidates, drawn }
}

/// Numbers from a number: SplitMix64, whose every step is a permutation of all 64-bit numbers.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Fisher and Yates. The remainder prefers the first of a few thousand places by less than one in 10^15.
    fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            let places = u64::try_from(last + 1).unwrap_or(u64::MAX);
            let place = usize::try_from(self.next() % places).unwrap_or(0);
            things.swap(last, place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn candidates(counts: &[(WorkReason, u128)]) -> Vec<Candidate> {
        let mut all = Vec::new();
        for (reason, count) in counts {
            for _ in 0..*count {
                let item = WorkItemId(Uuid::from_u128(u128::try_from(all.len()).unwrap() + 1));
                all.push(Candidate { item, reason: *reason });
            }
        }
        all
    }

    #[test]
    fn a_rare_reason_is_drawn_beside_a_frequent_one() {
        let all = candidates(&[(WorkReason::Denied, 200), (WorkReason::Complaint, 1), (WorkReason::BillQuestion, 2)]);
        for number in 0..50 {
            let drawn = draw(&all, MOST, number).drawn;
            let of =
                |reason| drawn.iter().filter(|id| all.iter().any(|c| c.item == **id && c.reason == reason)).count();
            assert_eq!(
                (of(WorkReason::Complaint), of(WorkReason::BillQuestion), of(WorkReason::Denied)),
                (1, 2, MOST - 3)
            );
        }
    }

    #[test]
    fn the_same_number_draws_the_same_and_others_draw_all_there_is() {
        let all = candidates(&[(WorkReason::Denied, 30), (WorkReason::Complaint, 30)]);
        let first = draw(&all, FEWEST, 7);
        let turned: Vec<Candidate> = all.iter().rev().copied().collect();
        assert_eq!(draw(&turned, FEWEST, 7), first, "the order in which they are read decides nothing");
        assert!(first.is_what_the_number_gives(7) && !first.is_what_the_number_gives(8));
        let seen: std::collections::BTreeSet<_> =
            (0..200).flat_map(|number| draw(&all, FEWEST, number).drawn).collect();
        assert_eq!(seen.len(), all.len(), "each can be drawn");
    }

    #[test]
    fn who_resolved_little_is_reviewed_in_all_of_it() {
        let all = candidates(&[(WorkReason::Denied, 2)]);
        assert_eq!(draw(&all, FEWEST, 1).drawn.len(), 2);
        assert!(draw(&[], FEWEST, 1).drawn.is_empty());
    }
}
