//! What one measurement gave, and the middle of several.

use std::time::Duration;

use hdrhistogram::Histogram;

/// One measurement of one server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    /// Requests per second.
    pub(crate) rate: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    /// The longest that anybody waited.
    pub(crate) worst: Duration,
    /// The server's CPU time per request.
    pub(crate) cpu: Duration,
    /// The server's peak memory so far.
    pub(crate) peak_kib: u64,
    /// By how much its memory grew from before the warm-up to the end.
    pub(crate) grown_kib: u64,
    /// Requests sent in that time.
    pub(crate) sent: u64,
}

impl Sample {
    pub(crate) fn new(latencies: &Histogram<u64>, window: Duration, cpu: Duration) -> Self {
        let count = latencies.len().max(1);
        Self {
            rate: latencies.len() as f64 / window.as_secs_f64(),
            p50: Duration::from_nanos(latencies.value_at_quantile(0.5)),
            p99: Duration::from_nanos(latencies.value_at_quantile(0.99)),
            worst: Duration::from_nanos(latencies.max()),
            cpu: cpu.div_f64(count as f64),
            peak_kib: 0,
            grown_kib: 0,
            sent: 0,
        }
    }
}

/// Several values of one quantity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl Spread {
    /// Of at least one value; not-a-number sorts last.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = values.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let at = |index: usize| sorted.get(index).copied().unwrap_or(f64::NAN);
        let middle = (at(sorted.len().saturating_sub(1) / 2) + at(sorted.len() / 2)) / 2.0;
        Self { median: middle, min: at(0), max: at(sorted.len().saturating_sub(1)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_two_lies_between_them() {
        assert_eq!(Spread::of([3.0, 1.0]), Spread { median: 2.0, min: 1.0, max: 3.0 });
    }

    #[test]
    fn the_median_of_three_is_the_middle_one() {
        assert_eq!(Spread::of([3.0, 1.0, 2.0]), Spread { median: 2.0, min: 1.0, max: 3.0 });
    }

    #[test]
    fn a_sample_counts_what_the_window_saw() {
        let mut latencies = Histogram::new_with_bounds(1, 1_000_000_000, 3).unwrap();
        for millis in [1, 2, 3, 100] {
            latencies.record(millis * 1_000_000).unwrap();
        }
        let sample = Sample::new(&latencies, Duration::from_secs(2), Duration::from_millis(40));
        assert!((sample.rate - 2.0).abs() < 1e-9);
        assert_eq!(sample.cpu, Duration::from_millis(10));
        assert!(sample.worst >= Duration::from_millis(100));
    }
}
