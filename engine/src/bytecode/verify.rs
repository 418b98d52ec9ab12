//! Checks that bytecode cannot lead the interpreter astray: operands in range, jumps to instruction starts.
//!
//! What the interpreter relies on without checking is exactly what is checked here, so whoever lets in bytecode that the
//! compiler did not just produce (an image, say) has to run this first.

use rotifer_arena::{OutOfScratch, Scratch, ScratchVec};

use super::{CompiledCode, Constant, Field, Instruction, Kind, Opcode};

/// What is wrong with a piece of bytecode, and at which word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyError {
    /// Word index.
    pub pc: usize,
    /// What is wrong.
    pub what: &'static str,
}

impl From<OutOfScratch> for VerifyError {
    fn from(_: OutOfScratch) -> Self {
        VerifyError { pc: 0, what: "no scratch left to verify in" }
    }
}

/// Verifies `code`, with working memory from `scratch`.
///
/// # Errors
/// The first fault found.
pub fn verify(code: &CompiledCode<'_>, scratch: &Scratch<'_>) -> Result<(), VerifyError> {
    let words = &code.words;
    let mut starts = ScratchVec::<u8>::new(scratch);
    for _ in 0..words.len().div_ceil(8) {
        starts.push(0)?;
    }
    let mut pc = 0;
    let mut last = None;
    while pc < words.len() {
        let instruction = Instruction::decode(words, pc).ok_or(VerifyError { pc, what: "no instruction" })?;
        starts[pc / 8] |= 1 << (pc % 8);
        last = Some(instruction.op);
        pc = instruction.next_pc();
    }
    match last {
        Some(
            Opcode::Return
            | Opcode::ReturnUndefined
            | Opcode::ReturnDerived
            | Opcode::Jump
            | Opcode::Throw
            | Opcode::Rethrow
            | Opcode::ThrowError
            | Opcode::ThrowConstAssign,
        ) => {}
        _ => return Err(VerifyError { pc, what: "control runs off the end" }),
    }
    let is_start =
        |at: i64| usize::try_from(at).is_ok_and(|at| at < words.len() && starts[at / 8] & (1 << (at % 8)) != 0);
    let mut pc = 0;
    while let Some(instruction) = Instruction::decode(words, pc) {
        let fault = |what| Err(VerifyError { pc, what });
        for &(field, kind) in instruction.op.operands() {
            let value = instruction.operand(field, kind);
            match kind {
                Kind::Dst | Kind::Src | Kind::Upd if value >= i64::from(code.registers) => return fault("register"),
                Kind::Base if value + base_len(&instruction) > i64::from(code.registers) => {
                    return fault("register run");
                }
                Kind::Offset | Kind::Jump if !is_start(instruction.target(value)) => return fault("jump target"),
                Kind::KeyIc => {
                    if !matches!(code.constants.get((value & 0xffff) as usize), Some(Constant::String(_))) {
                        return fault("key constant");
                    }
                    let cache = value >> 16;
                    if cache != 0xffff && cache >= i64::from(code.caches) {
                        return fault("inline cache");
                    }
                }
                Kind::K if !constant_fits(code, instruction.op, value) => return fault("constant"),
                _ => {}
            }
        }
        match instruction.op {
            Opcode::LoadK if !constant_fits(code, Opcode::LoadK, instruction.operand(Field::bx, Kind::Count)) => {
                return fault("constant");
            }
            Opcode::GetFar | Opcode::SetFar
                if instruction.operand(Field::bx, Kind::Count) >= i64::from(code.registers) =>
            {
                return fault("far register");
            }
            Opcode::CallEval | Opcode::CallEvalSpread
                if instruction.operand(Field::w0, Kind::Word) & 0xff >= i64::from(code.registers) =>
            {
                return fault("register");
            }
            _ => {}
        }
        for &offset in instruction.table() {
            if !is_start(instruction.target(i64::from(offset as i32))) {
                return fault("jump table target");
            }
        }
        pc = instruction.next_pc();
    }
    for handler in code.handlers.iter() {
        let fault = |what| Err(VerifyError { pc: handler.start as usize, what });
        if handler.start >= handler.end || handler.end as usize > words.len() || !is_start(i64::from(handler.start)) {
            return fault("handler range");
        }
        if !is_start(i64::from(handler.target)) || u32::from(handler.register) >= code.registers {
            return fault("handler target");
        }
    }
    Ok(())
}

/// How many registers the run starting at the `Base` operand takes.
fn base_len(instruction: &Instruction<'_>) -> i64 {
    let c = instruction.operand(Field::c, Kind::Byte);
    match instruction.op {
        Opcode::Call | Opcode::CallMethod | Opcode::New | Opcode::SuperCall | Opcode::CallEval => 2 + c,
        Opcode::Concat | Opcode::NewObjectWith | Opcode::NewArrayWith | Opcode::AppendElems => c,
        Opcode::GetMethod
        | Opcode::GetMethodElem
        | Opcode::GetNameMethod
        | Opcode::CreateClass
        | Opcode::GetSuperOn
        | Opcode::SetSuperOn
        | Opcode::SuperCallForward => 2,
        _ => 3,
    }
}

/// Whether constant `index` is of the kind that `op` expects.
fn constant_fits(code: &CompiledCode<'_>, op: Opcode, index: i64) -> bool {
    let Some(constant) = usize::try_from(index).ok().and_then(|i| code.constants.get(i)) else { return false };
    match op {
        Opcode::Closure | Opcode::CreateClass => matches!(constant, Constant::Function(_)),
        Opcode::NewEnv => matches!(constant, Constant::Scope(_)),
        Opcode::NewRegExp => matches!(constant, Constant::RegExp { .. }),
        Opcode::TemplateObject => matches!(constant, Constant::Template { .. }),
        Opcode::NewObjectWith => matches!(constant, Constant::Shape { .. }),
        Opcode::DeclareGlobals | Opcode::DeclareEvalVars => matches!(constant, Constant::Declarations { .. }),
        Opcode::LoadK | Opcode::LoadKWide => {
            matches!(constant, Constant::Number(_) | Constant::String(_) | Constant::BigInt(_))
        }
        _ => matches!(constant, Constant::String(_)),
    }
}
