//! Which wave an answer counts for.

use super::time::month_end_day;

/// The targets of the waves, and how far from them an answer may lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaveTargets {
    /// Months after randomisation, in increasing order; the baseline is beside them.
    pub months: Vec<i32>,
    /// Months before and after a target within which an answer counts.
    pub window_months: i32,
    /// Days after randomisation until which an answer to wave 0 counts as the baseline.
    pub baseline_days_after: i32,
}

/// What becomes of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It counts for this month; 0 is the baseline.
    Target(i32),
    /// A questionnaire of a later wave that is dated before day 0.
    BeforeRandomisation,
    /// A questionnaire of wave 0 that was answered too long after randomisation.
    BaselineTooLate,
    /// No target is near enough.
    OutsideWindows,
}

impl WaveTargets {
    /// Days before and after a target within which an answer counts: D(window).
    pub fn window_days(&self) -> i32 {
        month_end_day(self.window_months)
    }
}

/// The month that an answer counts for.
///
/// A questionnaire of wave 0 counts as the baseline from D(window) days before randomisation until
/// `baseline_days_after` days after it, and never for a later target; none of a later wave is a
/// baseline. One of a later wave counts for the target m with the
/// smallest |day − D(m)|, the earlier of two that are equally near, if that is at most D(window),
/// whatever later wave it was sent out for. D(m) is the day that ends month m.
pub fn fate_of(targets: &WaveTargets, wave: i32, day: i32) -> Fate {
    let window = targets.window_days();
    if wave == 0 {
        return if day > targets.baseline_days_after {
            Fate::BaselineTooLate
        } else if day < -window {
            Fate::OutsideWindows
        } else {
            Fate::Target(0)
        };
    }
    if day < 0 {
        return Fate::BeforeRandomisation;
    }
    let distance = |month: i32| (day - month_end_day(month)).abs();
    let nearest = targets.months.iter().copied().min_by_key(|month| (distance(*month), *month));
    match nearest.filter(|month| distance(*month) <= window) {
        Some(month) => Fate::Target(month),
        None => Fate::OutsideWindows,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets() -> WaveTargets {
        WaveTargets { months: vec![6, 12], window_months: 3, baseline_days_after: 0 }
    }

    #[test]
    fn an_answer_counts_for_the_nearest_target_within_the_window() {
        // D(6) = 182, D(12) = 365, D(3) = 91: windows are 91 to 273 and 274 to 456.
        for (day, month) in [(91, 6), (182, 6), (273, 6), (274, 12), (456, 12)] {
            assert_eq!(fate_of(&targets(), 6, day), Fate::Target(month), "{day}");
        }
        assert_eq!(fate_of(&targets(), 6, 90), Fate::OutsideWindows);
        assert_eq!(fate_of(&targets(), 12, 457), Fate::OutsideWindows);
        assert_eq!(fate_of(&targets(), 6, -1), Fate::BeforeRandomisation);
    }

    #[test]
    fn of_two_targets_equally_near_the_earlier_counts() {
        let targets = WaveTargets { months: vec![4, 8], window_months: 3, baseline_days_after: 0 };
        // D(4) = 121, D(8) = 243: day 182 is 61 days from both.
        assert_eq!(fate_of(&targets, 8, 182), Fate::Target(4));
    }

    #[test]
    fn a_baseline_is_not_asked_after_randomisation() {
        assert_eq!(fate_of(&targets(), 0, 0), Fate::Target(0));
        assert_eq!(fate_of(&targets(), 0, -91), Fate::Target(0));
        assert_eq!(fate_of(&targets(), 0, -92), Fate::OutsideWindows);
        assert_eq!(fate_of(&targets(), 0, 1), Fate::BaselineTooLate);
        let lenient = WaveTargets { baseline_days_after: 14, ..targets() };
        assert_eq!(fate_of(&lenient, 0, 14), Fate::Target(0));
    }
}
