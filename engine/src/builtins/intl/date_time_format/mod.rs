//! `Intl.DateTimeFormat` (ECMA-402 §11).
//!
//! Patterns and names come from the data of the library (`data`). What options ask for is put together from them once (`select`) and
//! then interpreted field by field (`format`, `range`), which yields the parts at the same time.

mod data;
mod day_period;
mod fields;
mod format;
mod numerals;
mod pattern;
mod range;
mod select;
mod zone;
