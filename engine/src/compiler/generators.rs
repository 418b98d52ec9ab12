//! `yield` and `yield*`.

use super::control::Exit;
use super::emitter::Reg;
use super::{Compiler, Result};
use crate::bytecode::Opcode;
use crate::syntax::ast::NodeId;
use crate::syntax::names::Name;

/// How a suspended generator was resumed, in the mode register of `YieldDelegate`.
const RESUMED_NEXT: i16 = 0;
const RESUMED_THROW: i16 = 1;

impl Compiler<'_, '_> {
    fn is_async(&self) -> bool {
        self.ast.root().function.flags.is_async()
    }

    #[inline(never)]
    pub(super) fn yield_(&mut self, id: NodeId, value: Option<NodeId>, dst: Reg) -> Result {
        let yielded = self.e.temp()?;
        match value {
            Some(value) => self.expr(value, yielded)?,
            None => self.e.abc(Opcode::LoadUndefined, yielded, 0, 0)?,
        }
        self.at(id);
        if self.is_async() {
            self.e.abc(Opcode::Await, yielded, yielded, 0)?;
        }
        let received = self.scratch_for(dst)?;
        let resumed = self.e.label()?;
        self.e.jump_abc(Opcode::Yield, received, yielded, resumed)?;
        // Resumed by `return`.
        if self.is_async() {
            self.e.abc(Opcode::Await, received, received, 0)?;
        }
        self.leave(Exit::Return, Some(received))?;
        self.e.bind(resumed);
        self.e.mov(dst, received)
    }

    /// `yield*` (§15.5.5)
    #[inline(never)]
    pub(super) fn yield_star(&mut self, id: NodeId, value: NodeId, dst: Reg) -> Result {
        let is_async = self.is_async();
        let base = self.e.temps(3)?;
        let received = self.e.temp()?;
        let mode = self.e.temp()?;
        let call = self.e.temps(3)?;
        let result = self.e.temp()?;
        self.expr(value, received)?;
        self.at(id);
        if is_async {
            self.e.abc(Opcode::GetAsyncIterator, base, received, 0)?;
        } else {
            self.e.abc(Opcode::GetIterator, base, received, 1)?;
        }
        self.e.abc(Opcode::LoadUndefined, received, 0, 0)?;
        let (next, check, end) = (self.e.label()?, self.e.label()?, self.e.label()?);
        let (throw, resumed) = (self.e.label()?, self.e.label()?);
        self.e.need(next);
        self.e.bind(next);
        self.e.abc(Opcode::IteratorCallNextWith, result, base, received)?;
        self.e.need(check);
        self.e.bind(check);
        // An inner result of next() or throw().
        if is_async {
            self.e.abc(Opcode::Await, result, result, 0)?;
        }
        self.e.jump_abc(Opcode::JumpIfIteratorDone, result, 0, end)?;
        let suspend = self.e.here()?;
        if is_async {
            self.get_prop(result, result, Name::VALUE)?;
        }
        self.e.abc(Opcode::YieldDelegate, received, result, mode)?;
        self.e.jump_abx(Opcode::JumpIfStrictEqI, mode, RESUMED_NEXT, next)?;
        self.e.jump_abx(Opcode::JumpIfStrictEqI, mode, RESUMED_THROW, throw)?;
        // Resumed by `return`.
        if is_async {
            let start = self.e.pc();
            self.e.abc(Opcode::Await, received, received, 0)?;
            let failed = self.e.label()?;
            self.e.jump(resumed)?;
            self.e.handler(start, failed, received)?;
            self.e.bind(failed);
            self.e.jump(throw)?;
            self.e.bind(resumed);
        }
        let no_return = self.e.label()?;
        self.e.abc(Opcode::GetIteratorMethod, call, base, 0)?;
        self.e.jump_abc(Opcode::JumpIfUndefined, call, 0, no_return)?;
        self.e.mov(call + 1, base)?;
        self.e.mov(call + 2, received)?;
        self.e.abc(Opcode::CallMethod, result, call, 1)?;
        if is_async {
            self.e.abc(Opcode::Await, result, result, 0)?;
        }
        let returned = self.e.label()?;
        self.e.jump_abc(Opcode::JumpIfIteratorDone, result, 0, returned)?;
        self.e.jump(suspend)?;
        self.e.bind(returned);
        self.get_prop(received, result, Name::VALUE)?;
        self.leave(Exit::Return, Some(received))?;
        self.e.bind(no_return);
        if is_async {
            self.e.abc(Opcode::Await, received, received, 0)?;
        }
        self.leave(Exit::Return, Some(received))?;
        // Resumed by `throw`.
        self.e.bind(throw);
        let no_throw = self.e.label()?;
        self.e.abc(Opcode::GetIteratorMethod, call, base, 1)?;
        self.e.jump_abc(Opcode::JumpIfUndefined, call, 0, no_throw)?;
        self.e.mov(call + 1, base)?;
        self.e.mov(call + 2, received)?;
        self.e.abc(Opcode::CallMethod, result, call, 1)?;
        self.e.jump(check)?;
        self.e.bind(no_throw);
        self.close_iterator(base, is_async)?;
        self.throw_error(0, crate::bytecode::ErrorMessage::NoThrowMethod)?;
        self.e.bind(end);
        self.get_prop(dst, result, Name::VALUE)
    }
}
