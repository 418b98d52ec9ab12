//! Making, reading and writing declared objects.

use core::fmt;
use core::marker::PhantomData;

use rotifer_arena::MemBlockHeader;

use crate::handles::Root;
use crate::heap::{OutOfMemory, StackError};
use crate::model::ObjectModel;
use crate::objects::{At, Class, Field, New, Object, Tail};
use crate::scope::{Gc, HeapContext, Rooted, Scope};
use crate::word::{self, Value};

/// Why an object cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AllocError {
    /// The block is full, even after a collection.
    OutOfMemory,
    /// The stack, where the new object would be rooted, is.
    StackOverflow,
}

impl From<OutOfMemory> for AllocError {
    fn from(_: OutOfMemory) -> Self {
        AllocError::OutOfMemory
    }
}

impl From<StackError> for AllocError {
    fn from(error: StackError) -> Self {
        match error {
            StackError::Overflow => AllocError::StackOverflow,
            StackError::OutOfMemory => AllocError::OutOfMemory,
        }
    }
}

impl fmt::Display for AllocError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            AllocError::OutOfMemory => "out of memory",
            AllocError::StackOverflow => "stack overflow",
        })
    }
}

impl core::error::Error for AllocError {}

impl<'s, C: HeapContext> Scope<'s, C> {
    /// Makes an object and roots it. This may collect.
    ///
    /// A type with a tail gets an empty one; see [`Scope::alloc_items`] and [`Scope::alloc_bytes`].
    ///
    /// # Errors
    /// [`AllocError`].
    #[inline]
    pub fn alloc<T: Object<Model = C::Model>>(&mut self, new: New<'s, T>) -> Result<Rooted<'s, T>, AllocError> {
        let word = self.make(&new, T::SHAPE.fixed, 0)?;
        Ok(self.slot(word)?)
    }

    /// Makes an object and puts it into a slot that there is already, as [`Scope::set`] does. This may collect.
    ///
    /// # Errors
    /// [`AllocError`].
    ///
    /// # Panics
    /// When `out` is not a slot.
    #[inline]
    pub fn alloc_into<T: Object<Model = C::Model>, U>(
        &mut self,
        out: Rooted<'s, U>,
        new: New<'s, T>,
    ) -> Result<(), AllocError> {
        let word = self.make(&new, T::SHAPE.fixed, 0)?;
        self.set_word(out, word);
        Ok(())
    }

    /// Makes an object with `len` items, all null (or 0), and roots it. This may collect.
    ///
    /// # Errors
    /// [`AllocError`].
    pub fn alloc_items<T: Object<Model = C::Model>>(
        &mut self,
        new: New<'s, T>,
        len: u32,
    ) -> Result<Rooted<'s, T>, AllocError> {
        let per_item = match T::SHAPE.tail {
            Tail::None | Tail::Bytes => 0,
            Tail::Items(_) => 1,
            Tail::Ephemerons => 2,
            Tail::Registry => 3,
        };
        let size = len.checked_mul(per_item).and_then(|n| n.checked_add(T::SHAPE.fixed));
        let word = self.make(&new, size.ok_or(AllocError::OutOfMemory)?, 0)?;
        Ok(self.slot(word)?)
    }

    /// Makes an object with these bytes and roots it. This may collect.
    ///
    /// # Errors
    /// [`AllocError`].
    ///
    /// # Panics
    /// When the type is not declared with `..[u8]`.
    pub fn alloc_bytes<T: Object<Model = C::Model>>(
        &mut self,
        new: New<'s, T>,
        bytes: &[u8],
    ) -> Result<Rooted<'s, T>, AllocError> {
        assert!(T::SHAPE.tail == Tail::Bytes, "{} has no bytes", T::NAME);
        let words = u32::try_from(bytes.len().div_ceil(8)).map_err(|_| AllocError::OutOfMemory)?;
        let size = words.checked_add(T::SHAPE.fixed).ok_or(AllocError::OutOfMemory)?;
        let len = u32::try_from(bytes.len()).map_err(|_| AllocError::OutOfMemory)?;
        let word = self.make(&new, size, (words as usize * 8 - bytes.len()) as u16)?;
        let at = word::reference(word);
        self.heap_mut().bytes_mut(at + T::SHAPE.fixed, len).copy_from_slice(bytes);
        Ok(self.slot(word)?)
    }

    #[inline]
    fn make<T: Object<Model = C::Model>>(
        &mut self,
        new: &New<'s, T>,
        size: u32,
        small: u16,
    ) -> Result<u64, OutOfMemory> {
        let heap = self.heap_mut();
        heap.reserve(size, &mut [])?;
        let at = heap.alloc_reserved(size);
        heap.set(at, MemBlockHeader::new(T::KIND, 0, small, size).to_bits());
        if T::SHAPE.fixed > 1 && matches!(T::SHAPE.tail, Tail::Ephemerons | Tail::Registry) {
            heap.set(at + 1, 0);
        }
        for (i, &encoded) in new.words.as_ref().iter().enumerate() {
            let slot = if T::CLASSES[i] == Class::Raw { None } else { C::Model::decode_slot(encoded) };
            let word = slot.map_or(encoded, |slot| heap.get(slot));
            heap.set(at + T::OFFSETS[i], word);
        }
        if size > T::SHAPE.fixed {
            heap.fill(at + T::SHAPE.fixed, size - T::SHAPE.fixed, Value::NULL);
        }
        Ok(word::to_object(at, T::KIND))
    }

    /// Reads a field.
    #[inline]
    #[must_use]
    pub fn load<'h, T: Object, F: Field>(&'h self, object: Rooted<'s, T>, field: At<T, F>) -> F::Read<'h> {
        self.read(self.get(object), field)
    }

    /// Reads a field of an object that is not rooted.
    #[inline]
    #[must_use]
    pub fn read<'h, T: Object, F: Field>(&'h self, object: Gc<'h, T>, field: At<T, F>) -> F::Read<'h> {
        F::decode(self.heap().get(word::reference(object.word()) + field.offset), PhantomData)
    }

    /// Writes a field.
    #[inline]
    pub fn store<T: Object, F: Field>(&mut self, object: Rooted<'s, T>, field: At<T, F>, value: F::Init<'s>) {
        let at = word::reference(self.get(object).word());
        let encoded = F::encode(value);
        if F::CLASS == Class::Raw {
            self.heap_mut().set(at + field.offset, encoded);
            return;
        }
        let word = C::Model::decode_slot(encoded).map_or(encoded, |slot| self.heap().get(slot));
        self.heap_mut().store(at, field.offset, word);
    }

    /// Reads a field and roots what it holds.
    ///
    /// # Errors
    /// [`AllocError::StackOverflow`] and, when the stack has met the heap, [`AllocError::OutOfMemory`].
    #[inline]
    pub fn pull<T: Object, F: Field>(
        &mut self,
        object: Rooted<'s, T>,
        field: At<T, F>,
    ) -> Result<Rooted<'s, Value>, AllocError> {
        let word = self.word_of(object, field);
        Ok(self.root(word)?)
    }

    /// Reads a field into a slot that there is already: what walks along a list needs.
    ///
    /// # Panics
    /// When `out` is not a slot.
    #[inline]
    pub fn pull_into<T: Object, F: Field, U>(&mut self, out: Rooted<'s, U>, object: Rooted<'s, T>, field: At<T, F>) {
        let word = self.word_of(object, field);
        self.set_word(out, word);
    }

    #[inline]
    fn word_of<T: Object, F: Field>(&self, object: Rooted<'s, T>, field: At<T, F>) -> u64 {
        if F::CLASS == Class::Raw {
            return Value::NULL;
        }
        self.heap().get(word::reference(self.get(object).word()) + field.offset)
    }

    /// The same slot, known to hold an object of type `T`, if it does now.
    #[inline]
    #[must_use]
    pub fn downcast<T: Object>(&self, value: Rooted<'s, Value>) -> Option<Rooted<'s, T>> {
        self.get(value).is::<T>().then(|| value.cast())
    }

    // ---- handles -----------------------------------------------------------------------------------------------

    /// A handle that keeps the value beyond all scopes.
    #[must_use]
    pub fn persist<T>(&mut self, value: Rooted<'s, T>) -> Root<T> {
        let word = self.get(value).word();
        self.heap_mut().handles.insert(word)
    }

    /// What a handle of this heap holds, rooted in this scope; `None` for a handle of another heap.
    ///
    /// # Errors
    /// [`AllocError`] when the stack has no room.
    pub fn restore<T>(&mut self, root: &Root<T>) -> Result<Option<Rooted<'s, T>>, AllocError> {
        match self.heap().read_root(root) {
            Some(word) => Ok(Some(self.root(word)?)),
            None => Ok(None),
        }
    }

    // ---- tails -------------------------------------------------------------------------------------------------

    /// How many items an object has behind its fields: values or words; for tables, words of their entries; for bytes, bytes.
    #[must_use]
    pub fn len<T: Object>(&self, object: Gc<'_, T>) -> u32 {
        let header = self.heap().header(word::reference(object.word()));
        let words = header.aux().saturating_sub(T::SHAPE.fixed);
        match T::SHAPE.tail {
            Tail::Bytes => (words * 8).saturating_sub(u32::from(header.small())),
            _ => words,
        }
    }

    fn place<T: Object>(&self, object: Gc<'_, T>, i: u32) -> u32 {
        let words = self.heap().header(word::reference(object.word())).aux().saturating_sub(T::SHAPE.fixed);
        assert!(i < words, "item {i} of {words}");
        word::reference(object.word()) + T::SHAPE.fixed + i
    }

    /// Item `i`.
    ///
    /// # Panics
    /// When there are not that many.
    #[must_use]
    pub fn item<'h, T: Object>(&'h self, object: Gc<'h, T>, i: u32) -> Gc<'h, Value> {
        Gc::from_word(match T::SHAPE.tail {
            Tail::Bytes | Tail::Items(Class::Raw) => Value::NULL,
            _ => self.heap().get(self.place(object, i)),
        })
    }

    /// Sets item `i`, which is one of values.
    ///
    /// # Panics
    /// When there are not that many, or they are not values.
    pub fn set_item<T: Object>(&mut self, object: Rooted<'s, T>, i: u32, value: Rooted<'s, Value>) {
        assert!(!matches!(T::SHAPE.tail, Tail::Bytes | Tail::Items(Class::Raw)), "{} holds no values", T::NAME);
        let at = self.place(self.get(object), i);
        let block = word::reference(self.get(object).word());
        let word = self.get(value).word();
        self.heap_mut().store(block, at - block, word);
    }

    /// The bytes of an object declared with `..[u8]`; none of another.
    #[must_use]
    pub fn bytes<'h, T: Object>(&'h self, object: Gc<'h, T>) -> &'h [u8] {
        if T::SHAPE.tail != Tail::Bytes {
            return &[];
        }
        self.heap().arena().bytes(word::reference(object.word()) + T::SHAPE.fixed, self.len(object))
    }

    /// The bytes of an object declared with `..[u8]`, to be written; none of another.
    #[must_use]
    pub fn bytes_mut<T: Object>(&mut self, object: Rooted<'s, T>) -> &mut [u8] {
        if T::SHAPE.tail != Tail::Bytes {
            return &mut [];
        }
        let (at, len) = (word::reference(self.get(object).word()), self.len(self.get(object)));
        self.heap_mut().bytes_mut(at + T::SHAPE.fixed, len)
    }
}
