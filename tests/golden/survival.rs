//! Reference values of the survival room.
