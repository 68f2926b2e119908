//! What a user sees: messages, exit codes and files.

mod bad_data;
mod commands;
mod directories;
mod estimands;
mod explain;
mod interrupts;
mod lines;
#[cfg(target_os = "linux")]
mod memory;
mod notations;
mod plans;
mod resampling;
mod results;
mod schemas;
mod shell;
mod streams;
