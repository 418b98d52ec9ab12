//! Text form of bytecode, for tests and `--dump-bytecode`.

use core::fmt;

use super::{CompiledCode, Constant, Field, Instruction, Kind};
use crate::syntax::ast::Ast;
use crate::syntax::names::Name;

/// Displays the instructions, handlers and counts of a piece of compiled code, with the names of its tree if that is there.
#[derive(Clone, Copy, Debug)]
pub struct Disassembly<'c, 's>(pub &'c CompiledCode<'s>, pub Option<&'c Ast<'c>>);

impl fmt::Display for Disassembly<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.0;
        writeln!(
            f,
            "parameters {} registers {} caches {} flags {:?}",
            code.parameters, code.registers, code.caches, code.flags
        )?;
        let mut pc = 0;
        while pc < code.words.len() {
            let Some(instruction) = Instruction::decode(&code.words, pc) else {
                return writeln!(f, "{pc:5} ??? {:#010x}", code.words[pc]);
            };
            self.line(f, &instruction)?;
            pc = instruction.next_pc();
        }
        for handler in code.handlers.iter() {
            writeln!(f, "try {}..{} -> {} in r{}", handler.start, handler.end, handler.target, handler.register)?;
        }
        Ok(())
    }
}

impl Disassembly<'_, '_> {
    fn line(&self, f: &mut fmt::Formatter<'_>, instruction: &Instruction<'_>) -> fmt::Result {
        write!(f, "{:5} {:<22}", instruction.pc, instruction.op.name())?;
        for (i, &(field, kind)) in instruction.op.operands().iter().enumerate() {
            f.write_str(if i == 0 { " " } else { ", " })?;
            let value = instruction.operand(field, kind);
            match kind {
                Kind::Dst | Kind::Src | Kind::Upd | Kind::Base => write!(f, "r{value}")?,
                Kind::Offset | Kind::Jump => write!(f, "-> {}", instruction.target(value))?,
                Kind::K => self.constant(f, value)?,
                Kind::Count if instruction.op == super::Opcode::LoadK => self.constant(f, value)?,
                Kind::KeyIc => {
                    self.constant(f, value & 0xffff)?;
                    write!(f, " #{}", value >> 16)?;
                }
                Kind::Scoped => write!(f, "[{} up, {}]", value >> 24, value & 0xff_ffff)?,
                Kind::Imm | Kind::Int | Kind::Byte | Kind::Count | Kind::Word => {
                    let value = if field == Field::w0 && !instruction.table().is_empty() {
                        i64::from(value as i32)
                    } else {
                        value
                    };
                    write!(f, "{value}")?;
                }
            }
        }
        for &offset in instruction.table() {
            write!(f, " -> {}", instruction.target(i64::from(offset as i32)))?;
        }
        writeln!(f)
    }

    fn constant(&self, f: &mut fmt::Formatter<'_>, index: i64) -> fmt::Result {
        match usize::try_from(index).ok().and_then(|i| self.0.constants.get(i)) {
            Some(&Constant::Number(value)) => write!(f, "{value}"),
            Some(&Constant::String(name)) => self.name(f, name, '"'),
            Some(&Constant::BigInt(name)) => self.name(f, name, 'n'),
            Some(&Constant::Function(function)) => write!(f, "function {function}"),
            Some(&Constant::Scope(scope)) => write!(f, "scope {scope}"),
            Some(&Constant::Shape { start, len }) => {
                f.write_str("{")?;
                for i in start..start.saturating_add(len) {
                    if let Some(&name) = self.0.lists.get(i as usize) {
                        f.write_str(if i == start { "" } else { " " })?;
                        self.name(f, Name(name), ' ')?;
                    }
                }
                f.write_str("}")
            }
            Some(constant) => write!(f, "{constant:?}"),
            None => write!(f, "k{index}=???"),
        }
    }

    fn name(&self, f: &mut fmt::Formatter<'_>, name: Name, quote: char) -> fmt::Result {
        match (self.1, quote) {
            (Some(ast), ' ') => write!(f, "{}", ast.name_text(name)),
            (Some(ast), quote) => write!(f, "{quote}{}{quote}", ast.name_text(name)),
            (None, _) => write!(f, "{name:?}"),
        }
    }
}
