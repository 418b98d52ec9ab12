//! Rotifer.
#![deny(unsafe_code)]
