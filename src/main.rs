//! `ips-eval`: data and plan in, checked results and publishable documents out.

fn main() {}
