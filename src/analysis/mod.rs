//! Plan × data → results: the only place that matches on a method.
