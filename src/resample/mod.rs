//! The shared replicate weights and the intervals made from them.
