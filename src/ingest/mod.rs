//! Bytes to `TrialData`; every problem with its file, row and column.
