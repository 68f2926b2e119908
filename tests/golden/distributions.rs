//! Reference values of the distributions room.
