//! Jumps out of statements: `break`, `continue` and `return` through `finally`, iterators and disposal.
//!
//! Everything that a jump can leave or that catches exceptions is a [`Control`] on one stack. Code that leaves is emitted
//! where the jump stands, except for `finally`: there the jump stores a number in the block's completion-kind register and the
//! block's end dispatches on it, so bodies are never duplicated.
//!
//! What is emitted to leave a control lies in the middle of its text but must not be covered by its own handler (an
//! exception from an iterator's `return` is not for the `catch` inside the loop). So a handler's range is kept as segments:
//! leaving closes the segment, and a new one starts behind the jump.

use rotifer_arena::ScratchVec;

use super::emitter::{Label, Reg};
use super::{CompileError, Compiler};
use crate::bytecode::Opcode;
use crate::syntax::names::Name;

/// What a jump may have to leave.
#[derive(Clone, Copy, Debug)]
pub(super) struct Control {
    pub kind: ControlKind,
    /// The handler that covers the text of the control.
    pub region: Option<Region>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Region {
    pub target: Label,
    pub register: Reg,
    /// Start of the open segment.
    pub start: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum ControlKind {
    /// Loops and switches (`continue_to` is `None`), labelled statements (`labelled`: no target of a bare `break`).
    Breakable { break_to: Label, continue_to: Option<Label>, labelled: bool },
    /// The block of a `try` with `catch`.
    Try,
    /// The block (and catch) of a `try` with `finally`, or a scope with `using`.
    Finally { kind: Reg, value: Reg, entry: Label },
    /// The body of a `for of`, or array destructuring: the iterator record is closed.
    Iterator { base: Reg, is_async: bool },
}

/// Where a jump goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    Break(u32),
    Continue(u32),
    Return,
}

/// An exit that leads through a `finally`, numbered from 2 in the order of registration.
#[derive(Clone, Copy, Debug)]
pub(super) struct FinallyExit {
    /// The entry label of the `finally`.
    pub entry: Label,
    pub exit: Exit,
    pub label: Label,
}

/// A statement label and the control it belongs to once that is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct LabelName {
    pub name: Name,
    /// What `break` leads to.
    pub control: u32,
    /// What `continue` leads to.
    pub continue_control: u32,
}

/// Completion kinds in a `finally`'s kind register; exits follow.
pub(super) const KIND_NORMAL: i32 = 0;
pub(super) const KIND_THROW: i32 = 1;
const FIRST_EXIT: i32 = 2;

impl Compiler<'_, '_> {
    pub(super) fn push_control(
        &mut self,
        kind: ControlKind,
        catcher: Option<(Label, Reg)>,
    ) -> Result<u32, CompileError> {
        let region = catcher.map(|(target, register)| Region { target, register, start: self.e.pc() });
        self.controls.push(Control { kind, region })?;
        Ok(self.controls.len() as u32 - 1)
    }

    /// Ends the innermost control's text and closes its handler.
    pub(super) fn pop_control(&mut self) -> Result<(), CompileError> {
        if let Some(Control { region: Some(region), .. }) = self.controls.pop() {
            self.e.handler(region.start, region.target, region.register)?;
        }
        Ok(())
    }

    /// Emits what it takes to leave all controls inside of the exit's target, then the jump. `value` holds the value of a `return`.
    #[inline(never)]
    pub(super) fn leave(&mut self, exit: Exit, value: Option<Reg>) -> Result<(), CompileError> {
        if !self.e.reachable() {
            return Ok(());
        }
        let inside = match exit {
            Exit::Break(target) | Exit::Continue(target) => target as usize + 1,
            Exit::Return => 0,
        };
        let top = self.e.top();
        let mut at = self.controls.len();
        let mut left_by_finally = false;
        while at > inside {
            at -= 1;
            if let Some(region) = self.controls[at].region {
                self.e.handler(region.start, region.target, region.register)?;
            }
            match self.controls[at].kind {
                ControlKind::Breakable { .. } | ControlKind::Try => {}
                ControlKind::Iterator { base, is_async } => {
                    // The code that closes inner things is done; the segments of all controls left so far stay closed.
                    self.close_iterator(base, is_async)?;
                }
                ControlKind::Finally { kind, value: slot, entry } => {
                    let number = self.finally_exit(entry, exit)?;
                    match value {
                        Some(value) => self.e.mov(slot, value)?,
                        // The block may have used the register for something else.
                        None if exit == Exit::Return => self.e.abc(Opcode::LoadUndefined, slot, 0, 0)?,
                        None => {}
                    }
                    self.e.load_int(kind, number)?;
                    self.e.jump(entry)?;
                    left_by_finally = true;
                    break;
                }
            }
        }
        if !left_by_finally {
            match exit {
                Exit::Break(target) => match self.controls[target as usize].kind {
                    ControlKind::Breakable { break_to, .. } => self.e.jump(break_to)?,
                    _ => debug_assert!(false, "break leads to a breakable control"),
                },
                Exit::Continue(target) => match self.controls[target as usize].kind {
                    ControlKind::Breakable { continue_to: Some(label), .. } => self.e.jump(label)?,
                    _ => debug_assert!(false, "continue leads to a loop"),
                },
                Exit::Return => self.emit_return(value)?,
            }
        }
        let pc = self.e.pc();
        for control in &mut self.controls[at..] {
            if let Some(region) = &mut control.region {
                region.start = pc;
            }
        }
        self.e.release(top);
        Ok(())
    }

    /// The number of `exit` in the `finally` that starts at `entry`.
    fn finally_exit(&mut self, entry: Label, exit: Exit) -> Result<i32, CompileError> {
        let mut number = FIRST_EXIT;
        for known in self.finally_exits.iter().filter(|known| known.entry == entry) {
            if known.exit == exit {
                return Ok(number);
            }
            number += 1;
        }
        let label = self.e.label()?;
        self.finally_exits.push(FinallyExit { entry, exit, label })?;
        Ok(number)
    }

    /// The end of a `finally` block, whose control has been popped: goes on as `kind` says, to `end` normally.
    #[inline(never)]
    pub(super) fn finally_dispatch(
        &mut self,
        entry: Label,
        kind: Reg,
        value: Reg,
        end: Label,
    ) -> Result<(), CompileError> {
        let mut labels = ScratchVec::<Label>::new(self.scratch);
        let mut exits = ScratchVec::<FinallyExit>::new(self.scratch);
        let rethrow = self.e.label()?;
        labels.push(rethrow)?;
        for exit in self.finally_exits.iter().filter(|exit| exit.entry == entry) {
            labels.push(exit.label)?;
            exits.push(*exit)?;
        }
        if exits.is_empty() {
            self.e.jump_abx(Opcode::JumpIfStrictEqI, kind, KIND_NORMAL as i16, end)?;
            return self.e.abc(Opcode::Rethrow, value, 0, 0);
        }
        let mut kept = 0;
        for i in 0..self.finally_exits.len() {
            if self.finally_exits[i].entry != entry {
                self.finally_exits[kept] = self.finally_exits[i];
                kept += 1;
            }
        }
        self.finally_exits.truncate(kept);
        self.e.switch_int(kind, KIND_THROW, &labels)?;
        self.e.jump(end)?;
        self.e.bind(rethrow);
        self.e.abc(Opcode::Rethrow, value, 0, 0)?;
        for &FinallyExit { exit, label, .. } in exits.iter() {
            self.e.bind(label);
            self.leave(exit, (exit == Exit::Return).then_some(value))?;
        }
        Ok(())
    }

    /// Gives the labels right in front of a statement the controls they belong to.
    pub(super) fn take_labels(&mut self, control: u32, continue_control: u32) {
        let first = self.labels.len() - self.pending_labels;
        self.pending_labels = 0;
        for label in &mut self.labels[first..] {
            label.control = control;
            label.continue_control = continue_control;
        }
    }

    /// The control that a `break` with or without label leads to.
    pub(super) fn break_target(&self, label: Option<Name>) -> Option<u32> {
        match label {
            Some(name) => self.labels.iter().rev().find(|l| l.name == name).map(|l| l.control),
            None => self
                .controls
                .iter()
                .rposition(|c| matches!(c.kind, ControlKind::Breakable { labelled: false, .. }))
                .map(|i| i as u32),
        }
    }

    /// The control that a `continue` with or without label leads to.
    pub(super) fn continue_target(&self, label: Option<Name>) -> Option<u32> {
        match label {
            Some(name) => self.labels.iter().rev().find(|l| l.name == name).map(|l| l.continue_control),
            None => self
                .controls
                .iter()
                .rposition(|c| matches!(c.kind, ControlKind::Breakable { continue_to: Some(_), .. }))
                .map(|i| i as u32),
        }
    }

    /// IteratorClose for a normal completion (or `return`, `break`).
    pub(super) fn close_iterator(&mut self, base: Reg, is_async: bool) -> Result<(), CompileError> {
        if !is_async {
            return self.e.abc(Opcode::IteratorClose, base, 0, 0);
        }
        let top = self.e.top();
        let call = self.e.temps(2)?;
        let done = self.e.label()?;
        self.e.jump_abc(Opcode::JumpIfUndefined, base, 0, done)?;
        self.e.mov(call + 1, base)?;
        self.e.abc(Opcode::LoadUndefined, base, 0, 0)?;
        self.e.abc(Opcode::GetIteratorMethod, call, call + 1, 0)?;
        self.e.jump_abc(Opcode::JumpIfUndefined, call, 0, done)?;
        self.e.abc(Opcode::CallMethod, call, call, 0)?;
        self.e.abc(Opcode::Await, call, call, 0)?;
        self.e.abc(Opcode::ThrowIfNotObject, call, 1, 0)?;
        self.e.bind(done);
        self.e.release(top);
        Ok(())
    }

    /// IteratorClose for a throw completion: whatever goes wrong is forgotten.
    pub(super) fn close_iterator_quietly(&mut self, base: Reg, is_async: bool) -> Result<(), CompileError> {
        if !is_async {
            return self.e.abc(Opcode::IteratorCloseQuiet, base, 0, 0);
        }
        let top = self.e.top();
        let call = self.e.temps(2)?;
        let done = self.e.label()?;
        let start = self.e.pc();
        self.e.jump_abc(Opcode::JumpIfUndefined, base, 0, done)?;
        self.e.mov(call + 1, base)?;
        self.e.abc(Opcode::LoadUndefined, base, 0, 0)?;
        self.e.abc(Opcode::GetIteratorMethod, call, call + 1, 0)?;
        self.e.jump_abc(Opcode::JumpIfUndefined, call, 0, done)?;
        self.e.abc(Opcode::CallMethod, call, call, 0)?;
        self.e.abc(Opcode::Await, call, call, 0)?;
        self.e.handler(start, done, call)?;
        self.e.bind(done);
        self.e.release(top);
        Ok(())
    }
}
