//! Trial time: whole days and months since randomisation.

/// Days in a month of the trial: 365.25 / 12.
pub const DAYS_PER_MONTH: f64 = 365.25 / 12.0;

/// The day that ends month `m`: D(m) = ⌊30.4375 m⌋. "By month m" is day ≤ D(m).
pub fn month_end_day(month: i32) -> i32 {
    // 30.4375 is 487 / 16, so that no rounding comes in; months of a trial are a few hundred.
    month.saturating_mul(487).div_euclid(16)
}

/// Month `m` as a point on the time axis of a curve, 30.4375 m days, not floored.
pub fn month_in_days(month: i32) -> f64 {
    f64::from(month) * DAYS_PER_MONTH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_end_on_whole_days() {
        assert_eq!(month_end_day(0), 0);
        assert_eq!(month_end_day(9), 273);
        assert_eq!(month_end_day(12), 365);
        assert_eq!(month_end_day(16), 487);
        assert_eq!(month_end_day(-1), -31);
        let floored =
            |month: &i32| month_in_days(*month).floor() - f64::from(month_end_day(*month));
        assert!((-600..=600).all(|month| floored(&month).abs() < 0.5));
    }
}
