//! Properties of the resample room.
