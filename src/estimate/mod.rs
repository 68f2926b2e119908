//! Effects on slices: proportions, contrasts, regression.
