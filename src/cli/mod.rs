//! Arguments, files, clock, terminal and exit codes.
