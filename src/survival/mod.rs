//! Time to first job: event tables, curves and tests on slices.
