//! Rooting that the compiler checks.
//!
//! A [`Scope`] borrows the context (and the heap in it) mutably and hands out [`Rooted`] words. [`Gc`] is a word on its
//! own and borrows the scope shared. Whatever may collect takes `&mut Scope`, so a `Gc` cannot be held across it:
//!
//! ```compile_fail,E0502
//! # use rotifer_gc::*;
//! fn wrong<C: HeapContext>(cx: &mut Scope<'_, C>, r: Rooted<'_, ()>) {
//!     let g = cx.get(r);
//!     cx.heap_mut().collect(&mut []); // may move what `g` refers to
//!     drop(g.word());
//! }
//! ```
//!
//! # Why it holds
//! A `Rooted<'s>` is only made by a `Scope<'s>` (or one it was nested in, whose lifetime is longer and shortens), and is only
//! read through a scope. While an inner scope is alive the outer one is borrowed; when the inner one is dropped its slots
//! are popped, and a `Rooted` it made cannot outlive the borrow it carries. Words that refer to nothing (numbers and the
//! like) are carried in the `Rooted` itself and take no slot.
//!
//! A `Rooted` of another context with the same lifetime would name a slot of the wrong stack: the read is checked against the
//! stack in use, so the worst is a wrong value.

use core::fmt;
use core::marker::PhantomData;

use crate::heap::{Heap, StackError};
use crate::model::ObjectModel;

/// Something that owns a heap.
pub trait HeapContext {
    /// The object model of the heap.
    type Model: ObjectModel;
    /// The heap.
    fn heap(&self) -> &Heap<Self::Model>;
    /// The heap, to be changed.
    fn heap_mut(&mut self) -> &mut Heap<Self::Model>;
}

impl<M: ObjectModel> HeapContext for Heap<M> {
    type Model = M;

    fn heap(&self) -> &Heap<M> {
        self
    }

    fn heap_mut(&mut self) -> &mut Heap<M> {
        self
    }
}

/// A word read out of the heap; dies at the next point where something could move.
pub struct Gc<'h, T> {
    word: u64,
    _heap: PhantomData<(&'h (), fn() -> T)>,
}

impl<T> Clone for Gc<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Gc<'_, T> {}

impl<'h, T> Gc<'h, T> {
    #[inline]
    pub(crate) const fn from_word(word: u64) -> Self {
        Gc { word, _heap: PhantomData }
    }

    /// The same word, known to be anything.
    #[inline]
    #[must_use]
    pub const fn erase(self) -> Gc<'h, crate::Value> {
        Gc::from_word(self.word)
    }

    /// The word itself.
    #[inline]
    #[must_use]
    pub fn word(self) -> u64 {
        self.word
    }
}

impl<T> fmt::Debug for Gc<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gc({:#x})", self.word)
    }
}

/// A word that stays true when things move: a slot of the stack, or a word that refers to nothing.
///
/// `T` says what the word is known to be; it is not looked at here.
pub struct Rooted<'s, T> {
    word: u64,
    _scope: PhantomData<(&'s (), fn() -> T)>,
}

impl<T> Clone for Rooted<'_, T> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Rooted<'_, T> {}

impl<'s, T> Rooted<'s, T> {
    /// A word that is not a reference. It needs no slot.
    ///
    /// A reference given here would go stale when its block moves; use [`Scope::root`].
    #[inline]
    #[must_use]
    pub const fn immediate(word: u64) -> Self {
        Rooted { word, _scope: PhantomData }
    }

    /// The same word, known to be something else.
    #[inline]
    #[must_use]
    pub const fn cast<U>(self) -> Rooted<'s, U> {
        Rooted { word: self.word, _scope: PhantomData }
    }

    /// The encoded word: an immediate, or what [`ObjectModel::encode_slot`] made of the slot.
    #[inline]
    #[must_use]
    pub const fn encoded(self) -> u64 {
        self.word
    }
}

impl<T> fmt::Debug for Rooted<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rooted({:#x})", self.word)
    }
}

/// A stretch of code during which slots are taken; they are given back when it is dropped.
pub struct Scope<'s, C: HeapContext> {
    cx: &'s mut C,
    sp: u32,
}

impl<'s, C: HeapContext> Scope<'s, C> {
    /// Opens a scope on a context.
    #[inline]
    pub fn enter(cx: &'s mut C) -> Self {
        let sp = cx.heap().sp();
        Scope { cx, sp }
    }

    /// Opens a scope within this one. Slots of this one can be used in it as they are.
    #[inline]
    pub fn nest(&mut self) -> Scope<'_, C> {
        let sp = self.cx.heap().sp();
        Scope { cx: self.cx, sp }
    }

    /// The context.
    #[inline]
    #[must_use]
    pub fn context(&self) -> &C {
        self.cx
    }

    /// The context, to be changed.
    #[inline]
    pub fn context_mut(&mut self) -> &mut C {
        self.cx
    }

    /// The heap.
    #[inline]
    #[must_use]
    pub fn heap(&self) -> &Heap<C::Model> {
        self.cx.heap()
    }

    /// The heap, to be changed: this may move things.
    #[inline]
    pub fn heap_mut(&mut self) -> &mut Heap<C::Model> {
        self.cx.heap_mut()
    }

    /// What is in the slot now.
    #[inline]
    #[must_use]
    pub fn get<T>(&self, rooted: Rooted<'s, T>) -> Gc<'_, T> {
        Gc { word: self.word(rooted), _heap: PhantomData }
    }

    #[inline]
    fn word<T>(&self, rooted: Rooted<'s, T>) -> u64 {
        match C::Model::decode_slot(rooted.word) {
            Some(slot) => self.cx.heap().get(slot),
            None => rooted.word,
        }
    }

    /// Roots a word just read or made; a slot is only taken when it is a reference.
    ///
    /// # Errors
    /// [`StackError`] when the stack has no room.
    #[inline]
    pub fn root<T>(&mut self, word: u64) -> Result<Rooted<'s, T>, StackError> {
        if C::Model::reference(word) == 0 {
            return Ok(Rooted::immediate(word));
        }
        self.slot(word)
    }

    /// Takes a slot even for a word that is no reference, so that [`Scope::set`] can change it.
    ///
    /// # Errors
    /// [`StackError`] when the stack has no room.
    #[inline]
    pub fn slot<T>(&mut self, word: u64) -> Result<Rooted<'s, T>, StackError> {
        let slot = self.cx.heap_mut().push(word)?;
        Ok(Rooted::immediate(C::Model::encode_slot(slot)))
    }

    /// Changes what is in a slot made by [`Scope::slot`].
    ///
    /// # Panics
    /// When `rooted` is not a slot.
    #[inline]
    pub fn set<T, U>(&mut self, rooted: Rooted<'s, T>, value: Rooted<'s, U>) {
        let word = self.word(value);
        self.set_word(rooted, word);
    }

    /// Changes what is in a slot made by [`Scope::slot`] to a word just read or made.
    ///
    /// # Panics
    /// When `rooted` is not a slot.
    #[inline]
    pub fn set_word<T>(&mut self, rooted: Rooted<'s, T>, word: u64) {
        let slot = C::Model::decode_slot(rooted.word).expect("only slots can be set");
        self.cx.heap_mut().set(slot, word);
    }
}

impl<C: HeapContext> Drop for Scope<'_, C> {
    #[inline]
    fn drop(&mut self) {
        let sp = self.sp;
        self.cx.heap_mut().set_sp(sp);
    }
}

impl<C: HeapContext> fmt::Debug for Scope<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scope(sp {})", self.sp)
    }
}
