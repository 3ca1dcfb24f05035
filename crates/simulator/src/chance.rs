//! Dice that do not depend on the order of play: every throw is named, and its value follows from the seed and the name alone.
//! Two claims may arrive in either order and still meet the same fate. Never a source of secrets.

/// The dice of one simulator: a seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Chance {
    seed: u64,
}

/// Parts of a whole in which every chance is written: 10,000 basis points are certainty.
pub const CERTAIN_BP: u32 = 10_000;

impl Chance {
    /// Dice that always fall the same way for the same seed.
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// A 64-bit number that follows from the seed and the names. FNV-1a gathers the names, the finisher of SplitMix64 spreads the bits.
    pub fn number(&self, names: &[&str]) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for name in names {
            for byte in name.bytes().chain(std::iter::once(0x1f)) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        }
        let mut z = hash.wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to `below` - 1; 0 if `below` is 0.
    pub fn below(&self, below: u64, names: &[&str]) -> u64 {
        if below == 0 { 0 } else { self.number(names) % below }
    }

    /// Whether something with this chance, in basis points, happens.
    pub fn hits(&self, chance_bp: u32, names: &[&str]) -> bool {
        self.below(u64::from(CERTAIN_BP), names) < u64::from(chance_bp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_falls_the_same_way_and_about_as_often_as_said() {
        let dice = Chance::new(7);
        assert_eq!(dice.number(&["a", "b"]), Chance::new(7).number(&["a", "b"]));
        assert_ne!(dice.number(&["a", "b"]), dice.number(&["ab"]));
        assert_ne!(dice.number(&["a"]), Chance::new(8).number(&["a"]));
        let hits = (0..10_000).filter(|n| dice.hits(1_500, &["claim", &n.to_string()])).count();
        assert!((1_350..1_650).contains(&hits), "{hits} of 10,000 at 15 percent");
        assert!(!dice.hits(0, &["never"]) && dice.hits(CERTAIN_BP, &["always"]));
    }
}
