//! Private names (ECMA-262 §6.2.12).
