//! Properties of strings (ECMA-262 table 69).

use rotifer_arena::OutOfScratch;

/// Passes the strings of the property `name` to `add`; says whether there is such a property.
pub(super) fn add_property_of_strings(
    _name: &str,
    _add: &mut dyn FnMut(&[u32]) -> Result<(), OutOfScratch>,
) -> Result<bool, OutOfScratch> {
    Ok(false)
}
