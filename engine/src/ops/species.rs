//! Which constructor makes more of the same (ECMA-262 §7.3.22), asked by most methods that make something of `this`.

use rotifer_jsvalue::{HeapExt, JsValue, PropertyKey, WellKnown, flag, object};

use super::Own;
use crate::builtins::Intrinsic;
use crate::cx::{Cx, Object};
use crate::isolate::native_info;
use crate::n;
use crate::throw::JsResult;

/// Constructors of which it was found that they and their prototypes lead to themselves as they came.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct DefaultSpecies {
    /// Property epoch and realm for which that was found.
    stamp: u64,
    /// Their [bits](bit).
    known: u32,
}

/// A constructor's bit in [`DefaultSpecies`], and its prototype; nothing for those that are asked about rarely.
fn bit(constructor: Intrinsic) -> Option<(u32, Intrinsic)> {
    let number = match constructor {
        Intrinsic::Array => 0,
        Intrinsic::Promise => 1,
        Intrinsic::RegExp => 2,
        Intrinsic::ArrayBuffer => 3,
        _ => {
            let typed = (constructor as u8).checked_sub(Intrinsic::Int8Array as u8).filter(|n| n % 2 == 0)? / 2;
            (constructor as u8 <= Intrinsic::Float64Array as u8).then_some(4 + u32::from(typed))?
        }
    };
    // In the table a prototype comes right before its constructor.
    Some((1 << number, *Intrinsic::ALL.get(constructor as usize - 1)?))
}

impl<'s> Cx<'s> {
    /// ECMA-262 §7.3.22 SpeciesConstructor
    ///
    /// # Errors
    /// A TypeError when `constructor` or its species is not what it has to be.
    pub fn species_constructor(&mut self, object: Object<'s>, default: Intrinsic) -> JsResult<Object<'s>> {
        if self.has_default_species(object, default)? {
            return self.intrinsic(default);
        }
        let constructor = self.get(object, n!("constructor"))?;
        if self.is_undefined(constructor) {
            return self.intrinsic(default);
        }
        let Some(constructor) = self.as_object(constructor) else {
            return Err(self.throw_type_error("object.constructor is not an object"));
        };
        let species = self.get(constructor, WellKnown::Species)?;
        if self.is_nullish(species) {
            return self.intrinsic(default);
        }
        if self.is_constructor(species) {
            return Ok(species.cast());
        }
        Err(self.throw_type_error("object.constructor[Symbol.species] is not a constructor"))
    }

    /// Whether the species of an object is the constructor `default` of this realm and nothing runs in finding that out. May
    /// say no where a closer look would say yes.
    pub(crate) fn has_default_species(&mut self, object: Object<'s>, default: Intrinsic) -> JsResult<bool> {
        let Some((bit, proto)) = bit(default) else { return Ok(false) };
        // Making the prototype, if nothing has touched it yet, may move everything else.
        let usual = self.intrinsic_raw(proto)?;
        let raw = self.peek(object);
        if !raw.is_heap_object() {
            return Ok(false);
        }
        let key = PropertyKey::name(n!("constructor"));
        if object::proto_of(self.heap(), raw.index()) != usual
            || object::find_own(self.heap(), raw.index(), key).is_some()
        {
            return Ok(false);
        }
        let stamp = self.species_stamp();
        if self.species.stamp == stamp && self.species.known & bit != 0 {
            return Ok(true);
        }
        if !self.find_default_species(default, proto)? {
            return Ok(false);
        }
        // Looking may have made properties real and ended the epoch.
        let stamp = self.species_stamp();
        if self.species.stamp != stamp {
            self.species = DefaultSpecies { stamp, known: 0 };
        }
        self.species.known |= bit;
        Ok(true)
    }

    fn species_stamp(&self) -> u64 {
        u64::from(self.epoch) | u64::from(self.current_realm_number()) << 32
    }

    /// Looks whether `constructor` of a prototype and the species of that are as they came, and has changes of them end the epoch.
    fn find_default_species(&mut self, constructor: Intrinsic, proto: Intrinsic) -> JsResult<bool> {
        let mut cx = self.nest();
        let (proto, constructor) = (cx.intrinsic(proto)?, cx.intrinsic(constructor)?);
        let key = cx.root_key(PropertyKey::name(n!("constructor")))?;
        let linked = match cx.own(proto, key)? {
            Own::Data(v, _) | Own::Slot(v, ..) => v == cx.peek(constructor),
            _ => false,
        };
        if !linked {
            return Ok(false);
        }
        let species = PropertyKey::well_known(WellKnown::Species);
        let key = cx.root_key(species)?;
        cx.watch(proto);
        let holder = cx.slot(constructor)?;
        loop {
            cx.watch(holder);
            match cx.own(holder, key)? {
                Own::Missing => {
                    let next = cx.proto_raw(holder)?;
                    if !next.is_object() {
                        return Ok(false);
                    }
                    cx.set_slot_raw(holder, next);
                }
                Own::Accessor(accessor, _) => {
                    // All of the library's getters for it give what they are called on.
                    let (get, _) = object::accessor_parts(cx.heap(), accessor);
                    let info = get.as_native().and_then(|(_, id)| native_info(id));
                    return Ok(info.is_some_and(|info| info.key == species));
                }
                _ => return Ok(false),
            }
            cx.tick(1)?;
        }
    }

    /// From here on every change of the object ends the property epoch.
    fn watch(&mut self, object: Object<'s>) {
        let raw: JsValue = self.peek(object);
        if raw.is_heap_object() {
            self.heap_mut().add_flags(raw.index(), flag::PROTOTYPE);
        }
    }
}
