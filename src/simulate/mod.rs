//! Trials with known effects.
