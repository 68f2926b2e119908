//! Numbers as text that reads back to the same double.

/// The shortest text that reads back to the same double: `0.1`, `1200`, `3.2e-17`.
///
/// Exponents are used below 1e-5 and from 1e16 on.
pub fn shortest(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 || (1e-5..1e16).contains(&size) {
        format!("{value}")
    } else {
        format!("{value:e}")
    }
}

#[cfg(test)]
mod tests {
    use super::shortest;

    #[test]
    fn text_reads_back_to_the_same_bits() {
        for value in [0.0, -0.0, 0.1, 1.0 / 3.0, 1200.0, 1e-5, 9.99e-6, 1e16, 5e-324, f64::MAX] {
            let text = shortest(value);
            assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits(), "{text}");
        }
        assert_eq!(shortest(3.25e-17), "3.25e-17");
        assert_eq!(shortest(1200.0), "1200");
    }
}
