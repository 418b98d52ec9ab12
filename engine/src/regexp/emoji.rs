//! Properties of strings (ECMA-262 table 69).

use rotifer_arena::OutOfScratch;

#[cfg(feature = "unicode-properties")]
#[path = "emoji_data.rs"]
mod data;

type Add<'a> = &'a mut dyn FnMut(&[u32]) -> Result<(), OutOfScratch>;

/// Passes the strings of the property `name` to `add`; says whether there is such a property.
#[cfg(not(feature = "unicode-properties"))]
pub(super) fn add_property_of_strings(_name: &str, _add: Add<'_>) -> Result<bool, OutOfScratch> {
    Ok(false)
}

/// Passes the strings of the property `name` to `add`; says whether there is such a property.
#[cfg(feature = "unicode-properties")]
pub(super) fn add_property_of_strings(name: &str, add: Add<'_>) -> Result<bool, OutOfScratch> {
    match name {
        "Basic_Emoji" => sequences::basic(add)?,
        "Emoji_Keycap_Sequence" => sequences::keycaps(add)?,
        "RGI_Emoji_Modifier_Sequence" => sequences::modifiers(add)?,
        "RGI_Emoji_Flag_Sequence" => sequences::flags(add)?,
        "RGI_Emoji_Tag_Sequence" => sequences::tags(add)?,
        "RGI_Emoji_ZWJ_Sequence" => sequences::joined(add)?,
        "RGI_Emoji" => {
            sequences::basic(add)?;
            sequences::keycaps(add)?;
            sequences::modifiers(add)?;
            sequences::flags(add)?;
            sequences::tags(add)?;
            sequences::joined(add)?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

#[cfg(feature = "unicode-properties")]
mod sequences {
    use icu_properties::CodePointSetData;
    use icu_properties::props::{Emoji, EmojiModifierBase, EmojiPresentation};
    use rotifer_arena::OutOfScratch;

    use super::{Add, data};

    const SKIN_TONES: core::ops::RangeInclusive<u32> = 0x1F3FB..=0x1F3FF;
    const REGIONAL_INDICATORS: core::ops::RangeInclusive<u32> = 0x1F1E6..=0x1F1FF;
    const PRESENTATION_SELECTOR: u32 = 0xFE0F;

    pub(super) fn basic(add: Add<'_>) -> Result<(), OutOfScratch> {
        let as_is = CodePointSetData::new::<EmojiPresentation>();
        for c in CodePointSetData::new::<Emoji>().iter_ranges().flatten() {
            // Digits and signs become emoji only as keycaps, indicators only in pairs.
            if c < 0x80 || REGIONAL_INDICATORS.contains(&c) {
                continue;
            }
            if as_is.contains32(c) {
                add(&[c])?;
            } else {
                add(&[c, PRESENTATION_SELECTOR])?;
            }
        }
        Ok(())
    }

    pub(super) fn keycaps(add: Add<'_>) -> Result<(), OutOfScratch> {
        for &key in b"#*0123456789" {
            add(&[u32::from(key), PRESENTATION_SELECTOR, 0x20E3])?;
        }
        Ok(())
    }

    pub(super) fn modifiers(add: Add<'_>) -> Result<(), OutOfScratch> {
        for base in CodePointSetData::new::<EmojiModifierBase>().iter_ranges().flatten() {
            // The family has skin tones only as one of several sequences of persons.
            if base == 0x1F46A {
                continue;
            }
            for tone in SKIN_TONES {
                add(&[base, tone])?;
            }
        }
        Ok(())
    }

    pub(super) fn flags(add: Add<'_>) -> Result<(), OutOfScratch> {
        for &[a, b] in data::FLAGS.as_chunks::<2>().0 {
            add(&[a, b].map(|letter| u32::from(letter - b'A') + REGIONAL_INDICATORS.start()))?;
        }
        Ok(())
    }

    pub(super) fn tags(add: Add<'_>) -> Result<(), OutOfScratch> {
        // England, Scotland, Wales.
        for region in [b"gbeng", b"gbsct", b"gbwls"] {
            let mut flag = [0x1F3F4, 0, 0, 0, 0, 0, 0xE007F];
            for (place, &letter) in flag[1..].iter_mut().zip(region) {
                *place = 0xE0000 + u32::from(letter);
            }
            add(&flag)?;
        }
        Ok(())
    }

    pub(super) fn joined(add: Add<'_>) -> Result<(), OutOfScratch> {
        let mut text = [0_u32; 16];
        let mut len = 0;
        for &byte in &data::ZWJ_SEQUENCES {
            let part = byte & 0x7F;
            if let Some(place) = text.get_mut(len) {
                *place = match part {
                    0 | 1 => u32::from(part),
                    _ => data::ZWJ_PARTS.get(usize::from(part) - 2).copied().unwrap_or(0),
                };
                len += 1;
            }
            if byte & 0x80 != 0 {
                with_tones(&mut text[..len], 0, add)?;
                len = 0;
            }
        }
        Ok(())
    }

    /// Puts all skin tones in the places for them, of which there are at most two.
    fn with_tones(text: &mut [u32], other_than: u32, add: Add<'_>) -> Result<(), OutOfScratch> {
        let Some(place) = text.iter().position(|&c| c < 2) else { return add(text) };
        let distinct = text[place] == 1;
        let saved = text[place];
        for tone in SKIN_TONES {
            if distinct && tone == other_than {
                continue;
            }
            text[place] = tone;
            with_tones(text, tone, add)?;
        }
        text[place] = saved;
        Ok(())
    }
}
