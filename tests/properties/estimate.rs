//! Properties of the estimate room.
