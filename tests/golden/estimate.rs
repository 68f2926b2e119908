//! Reference values of the estimate room.
