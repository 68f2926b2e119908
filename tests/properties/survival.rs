//! Properties of the survival room.
