//! Instruction emission: words, labels, constants, registers, handlers, positions.

use rotifer_arena::{OutOfScratch, Scratch, ScratchVec};

use super::CompileError;
use crate::bytecode::{
    CodeFlags, CompiledCode, Constant, ContextFlags, Handler, NO_CACHE, Opcode, PositionWriter, SourceRange,
};

/// A register number.
pub type Reg = u8;

/// A place in the code that jumps go to; bound at most once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label(u32);

/// How many jumps in a row are followed.
const MAX_HOPS: u32 = 8;

const UNBOUND: u32 = u32::MAX;
/// Not bound yet, but something refers to it.
const WANTED: u32 = u32::MAX - 1;

/// Registers above this number are never handed out, so that `base + 2` never overflows.
const REGISTER_LIMIT: u32 = 250;
/// Locals get addressable registers below this number, the rest is left for temporaries.
pub const LOCAL_LIMIT: u32 = 176;

#[derive(Clone, Copy)]
struct Patch {
    /// Word to patch.
    word: u32,
    /// First word of the instruction.
    pc: u32,
    label: Label,
}

#[derive(Clone, Copy)]
struct LabelledHandler {
    start: u32,
    end: u32,
    target: Label,
    register: Reg,
}

/// Collects the code of one function.
pub struct Emitter<'s> {
    pub code: CompiledCode<'s>,
    positions: PositionWriter<'s>,
    constant_table: ScratchVec<'s, u32>,
    labels: ScratchVec<'s, u32>,
    patches: ScratchVec<'s, Patch>,
    handlers: ScratchVec<'s, LabelledHandler>,
    /// Next free register.
    next: u32,
    /// Most registers ever in use.
    max: u32,
    /// Far registers handed out.
    far: u32,
    /// Most far registers ever in use.
    far_max: u32,
    /// Whether control can reach the next instruction.
    reachable: bool,
    position: SourceRange,
    written_position: Option<SourceRange>,
}

impl<'s> Emitter<'s> {
    pub fn new(scratch: &'s Scratch<'_>) -> Self {
        Emitter {
            code: CompiledCode {
                words: ScratchVec::new(scratch),
                constants: ScratchVec::new(scratch),
                lists: ScratchVec::new(scratch),
                functions: ScratchVec::new(scratch),
                scopes: ScratchVec::new(scratch),
                scope_names: ScratchVec::new(scratch),
                handlers: ScratchVec::new(scratch),
                positions: ScratchVec::new(scratch),
                parameters: 0,
                registers: 0,
                caches: 0,
                flags: CodeFlags(0),
                context: ContextFlags(0),
            },
            positions: PositionWriter::new(ScratchVec::new(scratch)),
            constant_table: ScratchVec::new(scratch),
            labels: ScratchVec::new(scratch),
            patches: ScratchVec::new(scratch),
            handlers: ScratchVec::new(scratch),
            next: 0,
            max: 0,
            far: 0,
            far_max: 0,
            reachable: true,
            position: SourceRange { start: 0, len: 0 },
            written_position: None,
        }
    }

    // ---- registers ---------------------------------------------------------------------------------------------------

    /// Takes the next register.
    pub fn temp(&mut self) -> Result<Reg, CompileError> {
        self.temps(1)
    }

    fn too_complex(&self) -> CompileError {
        CompileError::TooComplex(self.position.start)
    }

    /// Takes `count` consecutive registers and returns the first.
    pub fn temps(&mut self, count: u32) -> Result<Reg, CompileError> {
        let first = self.next;
        let next = first.checked_add(count).filter(|&next| next <= REGISTER_LIMIT);
        let next = next.ok_or_else(|| self.too_complex())?;
        self.next = next;
        self.max = self.max.max(next);
        Ok(first as Reg)
    }

    /// The next register that [`Emitter::temp`] would give.
    pub fn top(&self) -> u32 {
        self.next
    }

    /// Registers from this one on have never been used.
    pub fn most_registers(&self) -> u32 {
        self.max
    }

    /// Gives back all registers from `top` on.
    pub fn release(&mut self, top: u32) {
        debug_assert!(top <= self.next, "registers are released in order");
        self.next = top;
    }

    /// How many registers are still to be had.
    pub fn free_registers(&self) -> u32 {
        REGISTER_LIMIT - self.next
    }

    /// A register beyond the addressable ones, for locals that find no other place.
    pub fn far_register(&mut self) -> Result<u16, CompileError> {
        let far = 256 + self.far;
        self.far += 1;
        self.far_max = self.far_max.max(self.far);
        u16::try_from(far).map_err(|_| self.too_complex())
    }

    /// Far registers in use.
    pub fn far_mark(&self) -> u32 {
        self.far
    }

    /// Gives back the far registers handed out since the mark was taken.
    pub fn release_far(&mut self, mark: u32) {
        self.far = mark;
    }

    // ---- positions ---------------------------------------------------------------------------------------------------

    /// The source position of the instructions that follow.
    pub fn at(&mut self, start: u32) {
        self.position = SourceRange { start, len: 0 };
    }

    /// As [`Emitter::at`], with a text range for messages.
    pub fn at_range(&mut self, start: u32, end: u32) {
        self.position = SourceRange { start, len: end.saturating_sub(start) };
    }

    // ---- instructions ------------------------------------------------------------------------------------------------

    /// Word index of the next instruction.
    pub fn pc(&self) -> u32 {
        self.code.words.len() as u32
    }

    /// Whether control can reach the next instruction.
    pub fn reachable(&self) -> bool {
        self.reachable
    }

    fn word(&mut self, op: Opcode, rest: u32, extra: &[u32]) -> Result<(), CompileError> {
        if !self.reachable {
            return Ok(());
        }
        if can_throw(op) && self.written_position != Some(self.position) {
            self.positions.add(self.pc(), self.position)?;
            self.written_position = Some(self.position);
        }
        if self.code.words.len() >= 0x7f_ffff {
            return Err(self.too_complex());
        }
        self.code.words.push(rest << 8 | op as u32)?;
        for &word in extra {
            self.code.words.push(word)?;
        }
        self.reachable = !ends_control(op);
        Ok(())
    }

    /// Emits an instruction with three byte operands; unused ones are zero.
    pub fn abc(&mut self, op: Opcode, a: u8, b: u8, c: u8) -> Result<(), CompileError> {
        debug_assert_eq!(op.extra_words(), 0);
        self.word(op, abc(a, b, c), &[])
    }

    /// Emits an instruction with byte operands and an extra word.
    pub fn abcw(&mut self, op: Opcode, a: u8, b: u8, c: u8, w0: u32) -> Result<(), CompileError> {
        debug_assert_eq!(op.extra_words(), 1);
        self.word(op, abc(a, b, c), &[w0])
    }

    /// Emits an instruction with byte operands and two extra words.
    pub fn abcww(&mut self, op: Opcode, a: u8, b: u8, c: u8, w0: u32, w1: u32) -> Result<(), CompileError> {
        debug_assert_eq!(op.extra_words(), 2);
        self.word(op, abc(a, b, c), &[w0, w1])
    }

    /// Emits an instruction with a byte and a 16-bit operand.
    pub fn abx(&mut self, op: Opcode, a: u8, bx: u16) -> Result<(), CompileError> {
        debug_assert_eq!(op.extra_words(), 0);
        self.word(op, u32::from(a) | u32::from(bx) << 8, &[])
    }

    /// `r[dst] = r[src]`, nothing when they are the same.
    pub fn mov(&mut self, dst: Reg, src: Reg) -> Result<(), CompileError> {
        if dst == src { Ok(()) } else { self.abc(Opcode::Move, dst, src, 0) }
    }

    /// Loads an integer by the shortest instruction.
    pub fn load_int(&mut self, dst: Reg, value: i32) -> Result<(), CompileError> {
        match i16::try_from(value) {
            Ok(small) => self.abx(Opcode::LoadInt, dst, small as u16),
            Err(_) => self.load_constant(dst, Constant::Number(f64::from(value))),
        }
    }

    /// Loads a constant.
    pub fn load_constant(&mut self, dst: Reg, constant: Constant) -> Result<(), CompileError> {
        let index = self.constant(constant)?;
        match u16::try_from(index) {
            Ok(short) => self.abx(Opcode::LoadK, dst, short),
            Err(_) => self.abcw(Opcode::LoadKWide, dst, 0, 0, index),
        }
    }

    /// Overwrites the instruction at `pc`, which has the same length as the new one (no extra words).
    pub fn overwrite(&mut self, pc: u32, op: Opcode, a: u8, b: u8, c: u8) {
        self.code.words[pc as usize] = abc(a, b, c) << 8 | op as u32;
    }

    // ---- jumps -------------------------------------------------------------------------------------------------------

    /// A new label, bound nowhere yet.
    pub fn label(&mut self) -> Result<Label, CompileError> {
        let label = Label(self.labels.len() as u32);
        self.labels.push(UNBOUND)?;
        Ok(label)
    }

    /// Binds `label` here.
    pub fn bind(&mut self, label: Label) {
        let slot = &mut self.labels[label.0 as usize];
        debug_assert!(*slot >= WANTED, "a label is bound once");
        if *slot == WANTED {
            self.reachable = true;
        }
        *slot = self.code.words.len() as u32;
    }

    /// A new label bound here.
    pub fn here(&mut self) -> Result<Label, CompileError> {
        let label = self.label()?;
        self.bind(label);
        Ok(label)
    }

    /// Says that something will jump to the (unbound) label.
    pub fn need(&mut self, label: Label) {
        let slot = &mut self.labels[label.0 as usize];
        if *slot == UNBOUND {
            *slot = WANTED;
        }
    }

    /// [`Emitter::need`] where control is, so that a loop's head counts as jumped to by its end.
    pub fn need_if_reachable(&mut self, label: Label) {
        if self.reachable {
            self.need(label);
        }
    }

    /// Whether something jumps to the (unbound) label.
    pub fn is_wanted(&self, label: Label) -> bool {
        self.labels[label.0 as usize] == WANTED
    }

    fn want(&mut self, label: Label, word: u32, pc: u32) -> Result<(), CompileError> {
        let slot = &mut self.labels[label.0 as usize];
        if *slot == UNBOUND {
            *slot = WANTED;
        }
        self.patches.push(Patch { word, pc, label })?;
        Ok(())
    }

    /// `Jump`.
    pub fn jump(&mut self, label: Label) -> Result<(), CompileError> {
        if !self.reachable {
            return Ok(());
        }
        let pc = self.pc();
        self.want(label, pc, pc)?;
        self.word(Opcode::Jump, 0, &[])
    }

    /// A jump with byte operands whose offset is `w0`.
    pub fn jump_abc(&mut self, op: Opcode, a: u8, b: u8, label: Label) -> Result<(), CompileError> {
        if !self.reachable {
            return Ok(());
        }
        let pc = self.pc();
        self.want(label, pc + 1, pc)?;
        self.word(op, abc(a, b, 0), &[0])
    }

    /// A jump with a register and a 16-bit operand whose offset is `w0`.
    pub fn jump_abx(&mut self, op: Opcode, a: u8, bx: i16, label: Label) -> Result<(), CompileError> {
        if !self.reachable {
            return Ok(());
        }
        let pc = self.pc();
        self.want(label, pc + 1, pc)?;
        self.word(op, u32::from(a) | u32::from(bx as u16) << 8, &[0])
    }

    /// `SwitchInt` over the labels of `table`.
    pub fn switch_int(&mut self, a: Reg, low: i32, table: &[Label]) -> Result<(), CompileError> {
        if !self.reachable {
            return Ok(());
        }
        let count = u16::try_from(table.len()).map_err(|_| self.too_complex())?;
        let pc = self.pc();
        self.word(Opcode::SwitchInt, u32::from(a) | u32::from(count) << 8, &[low as u32])?;
        for &label in table {
            self.want(label, self.pc(), pc)?;
            self.code.words.push(0)?;
        }
        Ok(())
    }

    /// Adds a handler for the instructions from `start` to here. Inner ones come first. Empty ranges are dropped.
    pub fn handler(&mut self, start: u32, target: Label, register: Reg) -> Result<(), CompileError> {
        let end = self.pc();
        self.handler_range(start, end, target, register)
    }

    /// Adds a handler for a given range.
    pub fn handler_range(&mut self, start: u32, end: u32, target: Label, register: Reg) -> Result<(), CompileError> {
        if start < end {
            let slot = &mut self.labels[target.0 as usize];
            if *slot == UNBOUND {
                *slot = WANTED;
            }
            self.handlers.push(LabelledHandler { start, end, target, register })?;
        }
        Ok(())
    }

    // ---- constants ---------------------------------------------------------------------------------------------------

    /// The index of `constant`, added when it is new.
    pub fn constant(&mut self, constant: Constant) -> Result<u32, CompileError> {
        if self.constant_table.len() * 3 < (self.code.constants.len() + 1) * 4 {
            self.grow_table()?;
        }
        let mask = self.constant_table.len() - 1;
        let mut at = hash(&constant) as usize & mask;
        loop {
            match self.constant_table[at] {
                0 => break,
                n if same(&self.code.constants[n as usize - 1], &constant) => return Ok(n - 1),
                _ => at = (at + 1) & mask,
            }
        }
        self.code.constants.push(constant)?;
        self.constant_table[at] = self.code.constants.len() as u32;
        Ok(self.code.constants.len() as u32 - 1)
    }

    fn grow_table(&mut self) -> Result<(), OutOfScratch> {
        let size = (self.constant_table.len() * 2).max(16);
        self.constant_table.clear();
        self.constant_table.reserve(size)?;
        for _ in 0..size {
            self.constant_table.push(0)?;
        }
        for (i, constant) in self.code.constants.iter().enumerate() {
            let mut at = hash(constant) as usize & (size - 1);
            while self.constant_table[at] != 0 {
                at = (at + 1) & (size - 1);
            }
            self.constant_table[at] = i as u32 + 1;
        }
        Ok(())
    }

    /// A new inline cache's index, or [`NO_CACHE`] when there are too many.
    pub fn cache(&mut self) -> u32 {
        if !self.reachable || self.code.caches >= NO_CACHE {
            return NO_CACHE;
        }
        self.code.caches += 1;
        self.code.caches - 1
    }

    // ---- the end -----------------------------------------------------------------------------------------------------

    /// Resolves jumps, drops the first `prologue` words that stayed `Nop`, and hands over the code.
    pub fn finish(mut self, prologue: u32) -> Result<CompiledCode<'s>, CompileError> {
        for patch in self.patches.iter() {
            let target = self.labels[patch.label.0 as usize];
            debug_assert!(target < WANTED, "every label that is used gets bound");
            let offset = i64::from(target) - i64::from(patch.pc) - 1;
            let word = &mut self.code.words[patch.word as usize];
            if patch.word == patch.pc {
                *word = (offset as u32) << 8 | (*word & 0xff);
            } else {
                *word = offset as u32;
            }
        }
        self.thread_jumps();
        let mut kept = 0;
        let mut dropped = 0;
        for i in 0..self.code.words.len() {
            if i < prologue as usize && self.code.words[i] & 0xff == Opcode::Nop as u32 {
                dropped += 1;
            } else {
                self.code.words[kept] = self.code.words[i];
                kept += 1;
            }
        }
        self.code.words.truncate(kept);
        for handler in self.handlers.iter() {
            let target = self.labels[handler.target.0 as usize];
            self.code.handlers.push(Handler {
                start: handler.start.max(prologue) - dropped,
                end: handler.end - dropped,
                target: target - dropped,
                register: handler.register,
            })?;
        }
        self.code.positions = self.positions.finish(dropped);
        self.code.registers = if self.far_max > 0 { 256 + self.far_max } else { self.max.max(self.code.parameters) };
        Ok(self.code)
    }
}

impl Emitter<'_> {
    /// Lets jumps to unconditional jumps go where those go.
    fn thread_jumps(&mut self) {
        for patch in self.patches.iter() {
            let target = self.labels[patch.label.0 as usize];
            let mut end = i64::from(target);
            for _ in 0..MAX_HOPS {
                match usize::try_from(end).ok().and_then(|at| self.code.words.get(at)) {
                    Some(&word) if word & 0xff == Opcode::Jump as u32 => end += 1 + i64::from(word as i32 >> 8),
                    _ => break,
                }
            }
            if end != i64::from(target) {
                let offset = end - i64::from(patch.pc) - 1;
                let word = &mut self.code.words[patch.word as usize];
                *word = if patch.word == patch.pc { (offset as u32) << 8 | (*word & 0xff) } else { offset as u32 };
            }
        }
    }
}

fn abc(a: u8, b: u8, c: u8) -> u32 {
    u32::from(a) | u32::from(b) << 8 | u32::from(c) << 16
}

fn same(a: &Constant, b: &Constant) -> bool {
    match (a, b) {
        (Constant::Number(a), Constant::Number(b)) => a.to_bits() == b.to_bits(),
        _ => a == b,
    }
}

fn hash(constant: &Constant) -> u32 {
    let (tag, value) = match *constant {
        Constant::Number(n) => (0, n.to_bits()),
        Constant::String(n) => (1, u64::from(n.0)),
        Constant::BigInt(n) => (2, u64::from(n.0)),
        Constant::Function(i) => (3, u64::from(i)),
        Constant::Scope(i) => (4, u64::from(i)),
        Constant::Shape { start, .. } => (5, u64::from(start)),
        Constant::Template { start, .. } => (6, u64::from(start)),
        Constant::RegExp { pattern, .. } => (7, u64::from(pattern.0)),
        Constant::Declarations { start, .. } => (8, u64::from(start)),
    };
    ((value ^ tag << 60).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}

/// Whether the instruction after this one cannot be reached by falling through.
fn ends_control(op: Opcode) -> bool {
    use Opcode as O;
    matches!(
        op,
        O::Jump
            | O::Return
            | O::ReturnUndefined
            | O::ReturnDerived
            | O::Throw
            | O::Rethrow
            | O::ThrowConstAssign
            | O::ThrowError
    )
}

/// Whether an instruction needs an entry in the position table.
fn can_throw(op: Opcode) -> bool {
    use Opcode as O;
    !matches!(
        op,
        O::Nop
            | O::Move
            | O::LoadUndefined
            | O::LoadNull
            | O::LoadTrue
            | O::LoadFalse
            | O::LoadHole
            | O::LoadInt
            | O::LoadK
            | O::LoadKWide
            | O::GetFar
            | O::SetFar
            | O::LoadThis
            | O::LoadCallee
            | O::LoadNewTarget
            | O::Not
            | O::TypeOf
            | O::StrictEq
            | O::StrictNe
            | O::Jump
            | O::JumpIfTrue
            | O::JumpIfFalse
            | O::JumpIfUndefined
            | O::JumpIfNotUndefined
            | O::JumpIfNull
            | O::JumpIfNotNull
            | O::JumpIfNullish
            | O::JumpIfNotNullish
            | O::JumpIfHole
            | O::JumpIfStrictEq
            | O::JumpIfStrictNe
            | O::JumpIfStrictEqI
            | O::JumpIfStrictNeI
            | O::JumpIfTypeOf
            | O::JumpIfNotTypeOf
            | O::SwitchInt
            | O::LoadFunctionEnv
            | O::EnvParent
            | O::GetEnv
            | O::SetEnv
            | O::GetScoped
            | O::SetScoped
            | O::GetFieldInitializer
            | O::Return
            | O::ReturnUndefined
            | O::Debugger
    )
}
