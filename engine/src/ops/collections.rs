//! What Map, Set and everything that groups by key share: the tables as the rest of the library sees them, and their iterators.

use rotifer_jsvalue::{HeapExt, JsValue, Kind, StaticName, field, hash_table};

use crate::builtins::Intrinsic;
use crate::cx::{Cx, IntoKey, Object, UNDEFINED, Value, imm};
use crate::isolate::{Isolate, native_info};
use crate::throw::JsResult;

/// The word of a Map, Set or record that holds the table.
const TABLE: u32 = field::Map::table;
const _: () = assert!(field::Map::table == field::Set::table);

/// What an iterator over a Map or Set gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Yields {
    Keys,
    Values,
    Entries,
}

/// Which iterator of the library an object of [`Kind::Iterator`] is, kept above the lower 8 bits of its field `which`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum IteratorFamily {
    Map = 0x11,
    Set,
    String,
    RegExpString,
}

impl IteratorFamily {
    /// What the field `which` holds for this family; `variant` is the family's own.
    pub(crate) const fn tag(self, variant: u8) -> JsValue {
        JsValue::raw((self as u64) << 8 | variant as u64)
    }
}

/// A walk over the entries of a table that goes on through any change to it.
pub(crate) struct Walk<'s> {
    table: Value<'s>,
    next: u32,
}

impl<'s> Cx<'s> {
    /// The normalized key and its hash; `None` when it can be in no table.
    fn table_hash(&mut self, key: Value<'s>, make: bool) -> JsResult<Option<(JsValue, u32)>> {
        let key = self.peek(key);
        let Isolate { heap, next_hash, .. } = &mut **self;
        let key = hash_table::normalize(heap, key)?;
        Ok(hash_table::hash(heap, key, make.then_some(next_hash))?)
    }

    /// The entry of a key in the table of a Map or Set.
    pub(crate) fn table_find(&mut self, owner: Object<'s>, key: Value<'s>) -> JsResult<Option<u32>> {
        let Some((key, hash)) = self.table_hash(key, false)? else { return Ok(None) };
        Ok(hash_table::find(self.heap(), self.field_raw(owner, TABLE), key, hash))
    }

    /// Adds or replaces an entry; `value` is `None` for a Set.
    pub(crate) fn table_set(&mut self, owner: Object<'s>, key: Value<'s>, value: Option<Value<'s>>) -> JsResult<()> {
        let Some((key, hash)) = self.table_hash(key, true)? else { return Ok(()) };
        let table = self.field_raw(owner, TABLE);
        if let Some(n) = hash_table::find(self.heap(), table, key, hash) {
            if let Some(value) = value {
                let value = self.peek(value);
                hash_table::set_value_at(self.heap_mut(), table, n, value);
            }
            return Ok(());
        }
        let pairs = value.is_some();
        let words = hash_table::insert_words(self.heap(), table, pairs);
        let mut keep = [key.to_bits()];
        self.heap_mut().reserve(words, &mut keep)?;
        let (table, value) = (self.field_raw(owner, TABLE), self.peek(value.unwrap_or(UNDEFINED)));
        let key = JsValue::from_bits(keep[0]);
        let new = hash_table::insert_reserved(self.heap_mut(), table, pairs, key, hash, value)?;
        if new != table {
            self.set_field_raw(owner, TABLE, new);
        }
        Ok(())
    }

    /// The value of a key in a Map.
    pub(crate) fn table_get(&mut self, owner: Object<'s>, key: Value<'s>) -> JsResult<Option<Value<'s>>> {
        let Some(n) = self.table_find(owner, key)? else { return Ok(None) };
        let v = hash_table::value_at(self.heap(), self.field_raw(owner, TABLE), n);
        self.root(v).map(Some)
    }

    /// Removes a key; false when there is none.
    pub(crate) fn table_delete(&mut self, owner: Object<'s>, key: Value<'s>) -> JsResult<bool> {
        let Some(n) = self.table_find(owner, key)? else { return Ok(false) };
        let table = self.field_raw(owner, TABLE);
        hash_table::remove(self.heap_mut(), table, n);
        Ok(true)
    }

    /// Removes everything.
    pub(crate) fn table_clear(&mut self, owner: Object<'s>) -> JsResult<()> {
        let words = hash_table::clear_words(self.heap(), self.field_raw(owner, TABLE));
        self.heap_mut().reserve(words, &mut [])?;
        let table = self.field_raw(owner, TABLE);
        let new = hash_table::clear_reserved(self.heap_mut(), table);
        self.set_field_raw(owner, TABLE, new);
        Ok(())
    }

    /// How many entries there are.
    pub(crate) fn table_len(&self, owner: Object<'s>) -> u32 {
        hash_table::len(self.heap(), self.field_raw(owner, TABLE))
    }

    /// The key as collections keep it (ECMA-262 §24.5.1 CanonicalizeKeyedCollectionKey).
    pub(crate) fn canonical_key(&mut self, key: Value<'s>) -> JsResult<Value<'s>> {
        let raw = self.peek(key);
        if raw.is_double() {
            let raw = hash_table::normalize(self.heap_mut(), raw)?;
            return Ok(imm(raw));
        }
        Ok(key)
    }

    /// Begins a walk over the entries.
    pub(crate) fn table_walk(&mut self, owner: Object<'s>) -> JsResult<Walk<'s>> {
        let table = self.field(owner, TABLE)?;
        Ok(Walk { table: self.slot(table)?, next: 0 })
    }

    /// The next key and value (undefined in a Set). Both are rooted in `self`: walk in an inner scope.
    pub(crate) fn walk_next<'w: 's>(&mut self, walk: &mut Walk<'w>) -> JsResult<Option<(Value<'s>, Value<'s>)>> {
        let table = self.peek(walk.table);
        if !table.is_cell() {
            return Ok(None);
        }
        let (table, at) = hash_table::current(self.heap(), table, walk.next);
        self.set_slot_raw(walk.table, table);
        let Some(n) = hash_table::next(self.heap(), table, at) else {
            walk.next = hash_table::used(self.heap(), table);
            return Ok(None);
        };
        walk.next = n + 1;
        let key = hash_table::key_at(self.heap(), table, n);
        let value = match hash_table::is_pairs(self.heap(), table) {
            true => hash_table::value_at(self.heap(), table, n),
            false => JsValue::UNDEFINED,
        };
        Ok(Some((self.root(key)?, self.root(value)?)))
    }

    /// Whether a value is the function that the library put at this key of an intrinsic (of any realm).
    pub(crate) fn is_builtin(&self, value: Value<'s>, owner: Intrinsic, key: impl IntoKey<'s>) -> bool {
        let Some((_, id)) = self.peek(value).as_native() else { return false };
        let key = self.peek_key(key.into_key());
        id >> 8 == owner as u16 && native_info(id).is_some_and(|i| i.key == key && i.prefix == StaticName::EMPTY)
    }

    /// A Map or Set iterator (ECMA-262 §24.1.5.1, §24.2.6.1).
    pub(crate) fn collection_iterator(&mut self, owner: Object<'s>, yields: Yields) -> JsResult<Value<'s>> {
        let proto = match self.kind_of(owner) {
            Some(Kind::Map) => Intrinsic::MapIteratorPrototype,
            _ => Intrinsic::SetIteratorPrototype,
        };
        let proto = self.intrinsic(proto)?;
        let iterator = self.new_object_of(Kind::Iterator, proto, 1)?;
        let family = if self.is_kind(owner, Kind::Map) { IteratorFamily::Map } else { IteratorFamily::Set };
        self.set_field(iterator, field::Iterator::target, owner);
        self.set_field_raw(iterator, field::Iterator::index, JsValue::raw(0));
        self.set_field_raw(iterator, field::Iterator::which, family.tag(yields as u8));
        Ok(iterator.cast())
    }

    /// The next entry of a Map or Set iterator: key and value; `None` at the end, for good.
    pub(crate) fn collection_iterator_next(
        &mut self,
        iterator: Object<'s>,
    ) -> JsResult<Option<(Value<'s>, Value<'s>, u8)>> {
        let owner = self.field_raw(iterator, field::Iterator::target);
        if !owner.is_heap_object() {
            return Ok(None);
        }
        let mut table = self.field_raw(iterator, field::Iterator::extra);
        if !table.is_cell() {
            table = self.heap().value(owner.index() + TABLE);
        }
        let mut found = None;
        if table.is_cell() {
            let at = self.field_raw(iterator, field::Iterator::index).as_raw() as u32;
            let (now, at) = hash_table::current(self.heap(), table, at);
            table = now;
            found = hash_table::next(self.heap(), table, at);
        }
        let Some(n) = found else {
            self.set_field_raw(iterator, field::Iterator::target, JsValue::UNDEFINED);
            self.set_field_raw(iterator, field::Iterator::extra, JsValue::UNDEFINED);
            return Ok(None);
        };
        self.set_field_raw(iterator, field::Iterator::extra, table);
        self.set_field_raw(iterator, field::Iterator::index, JsValue::raw(u64::from(n) + 1));
        let key = hash_table::key_at(self.heap(), table, n);
        let pairs = hash_table::is_pairs(self.heap(), table);
        let value = if pairs { hash_table::value_at(self.heap(), table, n) } else { key };
        let which = self.field_raw(iterator, field::Iterator::which).as_raw() as u8;
        Ok(Some((self.root(key)?, self.root(value)?, which)))
    }

    /// What the next step of a Map or Set iterator gives; `None` at the end.
    pub(crate) fn collection_iterator_step(&mut self, iterator: Object<'s>) -> JsResult<Option<Value<'s>>> {
        let Some((key, value, which)) = self.collection_iterator_next(iterator)? else { return Ok(None) };
        Ok(Some(if which == Yields::Keys as u8 {
            key
        } else if which == Yields::Values as u8 {
            value
        } else {
            self.array_from(&[key, value])?.cast()
        }))
    }

    /// Whether a value is an iterator of this family.
    pub(crate) fn is_iterator_of(&self, value: Value<'s>, family: IteratorFamily) -> bool {
        self.is_kind(value, Kind::Iterator)
            && self.field_raw(value, field::Iterator::which).as_raw() >> 8 == family as u64
    }
}
