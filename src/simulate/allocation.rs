//! The randomisation list: permuted blocks within each region.

use super::design::Design;
use crate::random::{Purpose, Seed, Stream};
use crate::trial::arm::Arm;

/// Numbers of the streams of strata, past those of people.
const STRATUM_STREAMS: u64 = 1 << 32;
/// Number of the stream that hands out identifiers.
const IDENTIFIER_STREAM: u64 = 1 << 33;

/// A place on the randomisation list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Position of the region in the design.
    pub(super) region: usize,
    /// Order within the region, from 1.
    pub(super) sequence: u32,
    /// Block within the region, from 1.
    pub(super) block: u32,
    pub(super) arm: Arm,
    /// Day of randomisation, counted from the first day of entry.
    pub(super) entry_day: i32,
    /// Number of the identifier, from 1; drawn, so that it tells neither arm, region nor date.
    pub(super) number: u32,
}

/// The randomisation list of every region, one after the other, in sequence.
pub(super) fn allocate(seed: Seed, design: &Design) -> Vec<Place> {
    let window = design.entry_closes.days_since(design.entry_opens) + 1;
    let mut places: Vec<Place> = Vec::new();
    for ((region, named), stratum) in design.regions.iter().enumerate().zip(0..) {
        let mut stream = Stream::new(seed, Purpose::Simulation, STRATUM_STREAMS + stratum);
        let arms = permuted_blocks(&mut stream, named.places_per_arm);
        let mut days: Vec<i32> =
            arms.iter().map(|_| super::draw::day_below(&mut stream, window)).collect();
        days.sort_unstable();
        for (((arm, block), entry_day), sequence) in arms.into_iter().zip(days).zip(1..) {
            places.push(Place { region, sequence, block, arm, entry_day, number: 0 });
        }
    }
    let mut numbers: Vec<u32> = (1..).take(places.len()).collect();
    shuffle(&mut Stream::new(seed, Purpose::Simulation, IDENTIFIER_STREAM), &mut numbers);
    for (place, number) in places.iter_mut().zip(numbers) {
        place.number = number;
    }
    places
}

/// Arms in permuted blocks of 4 or 6, half of each block to each arm, with the number of the block.
///
/// The size of a block is drawn, as long as the places left can be filled with blocks of 4 and 6;
/// a stratum of one place an arm is a block of 2.
fn permuted_blocks(stream: &mut Stream, places_per_arm: u32) -> Vec<(Arm, u32)> {
    let mut arms = Vec::new();
    let mut pairs_left = places_per_arm;
    let mut number = 0;
    while pairs_left > 0 {
        let pairs = match pairs_left {
            1..=3 => pairs_left,
            4 => 2,
            _ => 2 + stream.below(2),
        };
        let mut block: Vec<Arm> = Arm::BOTH.into_iter().cycle().take(2 * pairs as usize).collect();
        shuffle(stream, &mut block);
        number += 1;
        arms.extend(block.into_iter().map(|arm| (arm, number)));
        pairs_left -= pairs;
    }
    arms
}

/// Puts the items in an order of which all are equally likely: each item in turn
/// changes places with itself or one before it, drawn (Fisher and Yates, from the front).
fn shuffle<T>(stream: &mut Stream, items: &mut [T]) {
    for (here, bound) in (1..items.len()).zip(2_u32..) {
        items.swap(here, stream.below(bound) as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_four_and_six_fill_any_stratum_evenly() {
        let mut stream = Stream::new(Seed(9), Purpose::Simulation, 0);
        for places_per_arm in 0..60 {
            let arms = permuted_blocks(&mut stream, places_per_arm);
            assert_eq!(arms.len(), 2 * places_per_arm as usize);
            let mut lead = 0_i32;
            let mut since_even = 0;
            for (arm, _) in arms {
                lead += if arm == Arm::Intervention { 1 } else { -1 };
                since_even = if lead == 0 { 0 } else { since_even + 1 };
                assert!(lead.abs() <= 3, "an arm leads by {lead}");
            }
            assert_eq!(lead, 0);
        }
    }

    #[test]
    fn every_order_of_a_shuffle_is_equally_likely() {
        let mut stream = Stream::new(Seed(11), Purpose::Simulation, 0);
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..24_000 {
            let mut items = [0, 1, 2, 3];
            shuffle(&mut stream, &mut items);
            *counts.entry(items).or_insert(0_i32) += 1;
        }
        assert_eq!(counts.len(), 24);
        // χ² on 23 degrees of freedom; 49.73 is its 99.9% point.
        let chi: f64 = counts.values().map(|&c| f64::from((c - 1000) * (c - 1000)) / 1000.0).sum();
        assert!(chi < 49.73, "{chi}");
    }
}
