//! The statistical analysis plan as typed values.
