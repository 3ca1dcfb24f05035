//! In which time zones a person of a state may be. Data with its source ([`ZONES`]); asks no clock.

use std::sync::LazyLock;

/// A state and its zones, one line a state.
const ZONES: &str = include_str!("../../data/state_zones.tsv");

/// The zones of a state or territory as IANA names; none for a place that is no state.
pub fn of_state(state: &str) -> &'static [&'static str] {
    static PARSED: LazyLock<Vec<(&str, Vec<&str>)>> = LazyLock::new(|| {
        let lines = ZONES.lines().filter(|line| !line.starts_with('#') && !line.starts_with("state\t"));
        lines
            .filter_map(|line| line.split_once('\t'))
            .map(|(state, zones)| (state, zones.split(' ').collect()))
            .collect()
    });
    PARSED.iter().find(|(of, _)| *of == state).map_or(&[], |(_, zones)| zones.as_slice())
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn every_state_has_zones_that_exist() {
        let lines = ZONES.lines().filter(|line| !line.starts_with('#') && !line.starts_with("state\t"));
        let mut states = 0;
        for line in lines {
            let (state, _) = line.split_once('\t').unwrap();
            assert_eq!(state.len(), 2);
            assert!(of_state(state).iter().all(|zone| TimeZone::get(zone).is_ok()), "{line}");
            states += 1;
        }
        assert_eq!(states, 55, "fifty states, the District of Columbia and four territories");
        assert!(of_state("XX").is_empty());
    }
}
