//! Results to documents; computes nothing.
