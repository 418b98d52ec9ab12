//! Unicode properties of characters (ECMA-262 §22.2.2.9 and its tables).

#[cfg(feature = "unicode-properties")]
mod data {
    use icu_properties::props::{GeneralCategory, GeneralCategoryGroup, Script};
    use icu_properties::script::ScriptWithExtensions;
    use icu_properties::{CodePointMapData, CodePointSetData, PropertyParser};
    use rotifer_arena::OutOfScratch;

    use crate::regexp::charset::{CharSet, MAX_CODE_POINT};

    fn add_general_category(value: &str, set: &mut CharSet<'_>) -> Result<bool, OutOfScratch> {
        let Some(group) = PropertyParser::<GeneralCategoryGroup>::new().get_strict(value) else { return Ok(false) };
        for range in CodePointMapData::<GeneralCategory>::new().iter_ranges_for_group(group) {
            set.add(*range.start(), *range.end())?;
        }
        Ok(true)
    }

    /// Adds the characters of `\p{name}` or `\p{name=value}` to `set`; says whether there is such a property.
    pub(in crate::regexp) fn add_property(
        name: &str,
        value: Option<&str>,
        set: &mut CharSet<'_>,
    ) -> Result<bool, OutOfScratch> {
        let Some(value) = value else {
            match name {
                "Any" => set.add(0, MAX_CODE_POINT)?,
                "ASCII" => set.add(0, 0x7F)?,
                // Not among the names the library knows.
                "space" => return add_property("White_Space", None, set),
                "Assigned" => {
                    let mut unassigned = CharSet::new(set.scratch());
                    add_general_category("Cn", &mut unassigned)?;
                    unassigned.complement(MAX_CODE_POINT)?;
                    set.add_all(unassigned.ranges())?;
                }
                _ => {
                    let Some(data) = CodePointSetData::new_for_ecma262(name.as_bytes()) else {
                        return add_general_category(name, set);
                    };
                    for range in data.iter_ranges() {
                        set.add(*range.start(), *range.end())?;
                    }
                }
            }
            return Ok(true);
        };
        match name {
            "General_Category" | "gc" => add_general_category(value, set),
            "Script" | "sc" => {
                let Some(script) = PropertyParser::<Script>::new().get_strict(value) else { return Ok(false) };
                for range in CodePointMapData::<Script>::new().iter_ranges_for_value(script) {
                    set.add(*range.start(), *range.end())?;
                }
                Ok(true)
            }
            "Script_Extensions" | "scx" => {
                let Some(script) = PropertyParser::<Script>::new().get_strict(value) else { return Ok(false) };
                for range in ScriptWithExtensions::new().get_script_extensions_ranges(script) {
                    set.add(*range.start(), *range.end())?;
                }
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    pub(in crate::regexp) fn is_id_start(c: u32) -> bool {
        CodePointSetData::new::<icu_properties::props::IdStart>().contains32(c)
    }

    pub(in crate::regexp) fn is_id_continue(c: u32) -> bool {
        CodePointSetData::new::<icu_properties::props::IdContinue>().contains32(c)
    }
}

#[cfg(not(feature = "unicode-properties"))]
mod data {
    use rotifer_arena::OutOfScratch;

    use crate::regexp::charset::CharSet;

    pub(in crate::regexp) fn add_property(
        _name: &str,
        _value: Option<&str>,
        _set: &mut CharSet<'_>,
    ) -> Result<bool, OutOfScratch> {
        Ok(false)
    }

    // Close to ID_Start and ID_Continue, from the tables the core library has anyway.
    pub(in crate::regexp) fn is_id_start(c: u32) -> bool {
        char::from_u32(c).is_some_and(char::is_alphabetic)
    }

    pub(in crate::regexp) fn is_id_continue(c: u32) -> bool {
        char::from_u32(c).is_some_and(char::is_alphanumeric)
    }
}

pub(super) use data::add_property;

/// *IdentifierStartChar*.
pub(super) fn is_identifier_start(c: u32) -> bool {
    match c {
        0x24 | 0x5F | 0x41..=0x5A | 0x61..=0x7A => true,
        0..0x80 => false,
        _ => data::is_id_start(c),
    }
}

/// *IdentifierPartChar*.
pub(super) fn is_identifier_part(c: u32) -> bool {
    match c {
        0x30..=0x39 | 0x200C | 0x200D => true,
        0..0x80 => is_identifier_start(c),
        _ => data::is_id_continue(c),
    }
}
