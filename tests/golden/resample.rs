//! Reference values of the resample room.
