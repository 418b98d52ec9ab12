//! The loop.
//!
//! Everything hot is here; whatever an instruction's fast path does not cover goes to [`slow`](super::slow), which executes the
//! same instruction in safe code and says where to go on.
//!
//! # Soundness
//! The loop reads and writes the block through raw pointers. What makes that sound:
//! - The block never moves, so `base` and the addresses of registers are good while the isolate is borrowed.
//! - `regs` points into the stack part of the block. A frame is only entered after `grow_stack`/`stack_low` granted its words, and the
//!   compiler's output is verified to use registers below the frame's count.
//! - Heap indices come from values the collector keeps true: anything that may have collected is followed by `reload!`,
//!   and no index is kept across it.
//! - `code`, `pc` and `k` point into the frame's code block, whose bytecode was verified when it was installed; they are recomputed by
//!   `reload!`.

use rotifer_jsvalue::{JsValue, Kind, field};

use super::calls::{call_native, in_other_realm};
use super::enter::{make_room, quick_getter, quick_setter};
use super::fast::*;
use super::iterate::{FAST, GENERATOR, quick_name};
use super::layout::{CodeShape, ENV_SLOTS, ReturnInfo, code, frame, info, unpair};
use super::slow::Flow;
use super::unwind::Unwound;
use super::{quick, resume, stubs, walk};
use crate::bytecode::{CodeFlags, Opcode};
use crate::cx::Cx;
use crate::isolate::{Isolate, native_info};
use crate::throw::{JsResult, Throw};

/// Runs the frame at `isolate.frame` until it returns.
pub(super) fn run(isolate: &mut Isolate) -> JsResult<JsValue> {
    let base = isolate.heap.base().as_ptr();
    let entry = isolate.frame;
    // It is known already; but without this the compiler spills more of the loop's registers, some 3% of its instructions.
    isolate.many_realms = isolate.has_many_realms();
    let mut fp = entry;
    // SAFETY (for every unsafe block of this function): see the head of the file.
    let mut regs: *mut u64;
    let mut code_at: u32;
    let mut bytecode: *const u32;
    let mut pc: *const u32;
    let mut k: *const u64;
    let mut caches: *mut u64;
    let mut seen: u32;

    macro_rules! load_frame {
        () => {{
            // SAFETY: `fp` is a frame of this isolate; see the head of the file.
            unsafe {
                regs = base.add(fp as usize);
                code_at = *regs.sub(frame::CODE as usize) as u32;
                let block = base.add(code_at as usize);
                let (at, _) = unpair(JsValue::from_bits(*block.add(code::CODE as usize)));
                bytecode = block.add(at as usize).cast::<u32>();
                let (at, _) = unpair(JsValue::from_bits(*block.add(code::CACHES as usize)));
                caches = block.add(at as usize);
                k = block.add(code::CONSTANTS as usize);
                pc = bytecode.add(*regs.sub(frame::PC as usize) as u32 as usize);
            }
            seen = isolate.heap.collections();
        }};
    }
    load_frame!();

    'frames: loop {
        let thrown: Throw = 'throwing: loop {
            // SAFETY: `pc` is at an instruction of the verified code; see the head of the file.
            let w = unsafe { *pc };

            macro_rules! a {
                () => {
                    ((w >> 8) & 0xFF) as usize
                };
            }
            macro_rules! b {
                () => {
                    ((w >> 16) & 0xFF) as usize
                };
            }
            macro_rules! c {
                () => {
                    (w >> 24) as usize
                };
            }
            macro_rules! imm {
                () => {
                    (w as i32) >> 24
                };
            }
            macro_rules! bx {
                () => {
                    (w >> 16) as usize
                };
            }
            macro_rules! immediate {
                () => {
                    (w as i32) >> 16
                };
            }
            macro_rules! r {
                ($i:expr) => {{
                    let i: usize = $i;
                    // SAFETY: a register of the frame, as verified.
                    unsafe { *regs.add(i) }
                }};
            }
            macro_rules! set {
                ($i:expr, $v:expr) => {{
                    let (i, v): (usize, u64) = ($i, $v);
                    // SAFETY: a register of the frame, as verified.
                    unsafe { *regs.add(i) = v }
                }};
            }
            macro_rules! word {
                ($n:expr) => {{
                    let n: usize = $n;
                    // SAFETY: an extra word of the instruction, as verified.
                    unsafe { *pc.add(n) }
                }};
            }
            macro_rules! constant {
                ($n:expr) => {{
                    let n = $n as usize;
                    // SAFETY: the verifier checked the constant's number.
                    unsafe { *k.add(n) }
                }};
            }
            macro_rules! heap {
                ($at:expr) => {{
                    let at = $at as usize;
                    // SAFETY: a word of a block of the heap that a live value refers to.
                    unsafe { *base.add(at) }
                }};
            }
            macro_rules! next {
                ($n:expr) => {{
                    let n: usize = $n;
                    // SAFETY: the verifier checked that an instruction follows.
                    pc = unsafe { pc.add(n) };
                    continue 'throwing;
                }};
            }
            macro_rules! save {
                () => {{
                    // SAFETY: both point into the same bytecode.
                    let at = unsafe { pc.offset_from(bytecode) } as u32;
                    // SAFETY: a word of the frame.
                    unsafe { *regs.sub(frame::PC as usize) = JsValue::raw(u64::from(at)).to_bits() };
                    at
                }};
            }
            macro_rules! throw {
                ($t:expr) => {{
                    let t: Throw = $t;
                    break 'throwing t;
                }};
            }
            macro_rules! attempt {
                ($e:expr) => {
                    match $e {
                        Ok(v) => v,
                        Err(t) => throw!(t.into()),
                    }
                };
            }
            macro_rules! poll {
                () => {{
                    isolate.meter.left -= 1;
                    if isolate.meter.left <= 0 {
                        save!();
                        attempt!(isolate.poll());
                    }
                }};
            }
            macro_rules! jump {
                ($offset:expr) => {{
                    let offset: i32 = $offset;
                    if offset < 0 {
                        poll!();
                    }
                    // SAFETY: the verifier checked the target of every jump.
                    pc = unsafe { pc.offset(1 + offset as isize) };
                    continue 'throwing;
                }};
            }
            // Leaves the frame with a value.
            macro_rules! set_return {
                ($v:expr) => {{
                    let value: u64 = $v;
                    // SAFETY: a word of the frame.
                    let ret = ReturnInfo::unpack(JsValue::from_bits(unsafe { *regs.sub(frame::RETURN as usize) }));
                    isolate.frame = ret.fp;
                    if ret.flags & ReturnInfo::ENTRY != 0 {
                        return Ok(JsValue::from_bits(value));
                    }
                    // SAFETY: a word of the frame.
                    let object = unsafe { *regs.sub(frame::NEW_TARGET as usize) };
                    fp = ret.fp;
                    isolate.heap.set_sp(fp - frame::SIZE);
                    load_frame!();
                    if ret.flags & ReturnInfo::UNUSUAL == 0 {
                        set!(ret.dst as usize, value);
                        next!(1)
                    }
                    if ret.flags & ReturnInfo::ITERATION != 0 {
                        match attempt!(super::iterate::stepped(isolate, fp, object, value)) {
                            Some(offset) => jump!(offset),
                            None => next!(2),
                        }
                    }
                    let op = word!(0) as u8;
                    if op != Opcode::SetProp as u8 {
                        set!(ret.dst as usize, value);
                    }
                    next!(call_words(op))
                }};
            }
            // Goes where safe code says.
            macro_rules! follow {
                ($flow:expr) => {
                    match $flow {
                        Ok(Flow::Next(n)) => {
                            if isolate.heap.collections() != seen {
                                load_frame!();
                            }
                            next!(n as usize)
                        }
                        Ok(Flow::Jump(offset)) => {
                            if isolate.heap.collections() != seen {
                                load_frame!();
                            }
                            jump!(offset)
                        }
                        Ok(Flow::Frame) => {
                            fp = isolate.frame;
                            // The scope of the slow path gave the words of the new frame back.
                            isolate.heap.set_sp(fp - frame::SIZE);
                            load_frame!();
                            continue 'throwing;
                        }
                        Ok(Flow::Leave(v)) => set_return!(v.to_bits()),
                        Err(t) => throw!(t),
                    }
                };
            }
            'fast: {
                // Executes the instruction in safe code.
                macro_rules! slow {
                    () => {
                        break 'fast
                    };
                }
                macro_rules! quick {
                    ($f:ident, $x:expr, $y:expr) => {
                        quick::$f(isolate, w as u8, $x, $y)
                    };
                }
                // Strict equality of values for which it can be told without looking at blocks.
                macro_rules! strict {
                    ($x:expr, $y:expr) => {{
                        let (x, y): (u64, u64) = ($x, $y);
                        match quick_strict_equal(x, y).or_else(|| quick::equal_strings(&isolate.heap, x, y)) {
                            Some(e) => e,
                            None => slow!(),
                        }
                    }};
                }
                macro_rules! loose {
                    ($x:expr, $y:expr) => {{
                        let (x, y): (u64, u64) = ($x, $y);
                        match quick_loose_equal(x, y).or_else(|| quick::equal_strings(&isolate.heap, x, y)) {
                            Some(e) => e,
                            None => slow!(),
                        }
                    }};
                }
                macro_rules! truth {
                    ($v:expr) => {{
                        let v: u64 = $v;
                        match quick_truth(v) {
                            Some(t) => t,
                            None => slow!(),
                        }
                    }};
                }
                // Finds the value of a named property by the cache, or by the table behind all caches.
                macro_rules! cached {
                    ($receiver:expr) => {{
                        let (w0, receiver): (u32, u64) = (word!(1), $receiver);
                        match quick_get(base, caches, w0 >> 16, receiver, isolate.epoch) {
                            None => stubs::get(isolate, base, receiver, constant!(w0 & 0xFFFF)),
                            found => found,
                        }
                    }};
                }
                // Pushes the frame of a JavaScript function, if the callee is one that needs nothing else.
                macro_rules! enter {
                    ($callee:expr, $this:expr, $dst:expr, $args:expr, $count:expr, $flags:expr) => {{
                        let callee: u64 = $callee;
                        let f = callee as u32;
                        if callee >> 32 == CALLABLE_HEAP && heap!(f) as u8 == Kind::Function as u8 {
                            let block = heap!(heap!(f + field::Function::info) as u32 + info::CODE);
                            if JsValue::from_bits(block).is_cell() {
                                let shape = CodeShape::unpack(JsValue::from_bits(heap!(block as u32 + code::SHAPE)));
                                let foreign = isolate.many_realms && in_other_realm(isolate, f);
                                if shape.flags & CodeFlags::CLASS_CONSTRUCTOR == 0 && !foreign {
                                    let ret = ReturnInfo { fp, dst: $dst as u8, flags: $flags };
                                    let this: u64 =
                                        if shape.flags & CodeFlags::ARROW == 0 { $this } else { arrow_this(base, f) };
                                    let none = JsValue::UNDEFINED.to_bits();
                                    push_frame!(callee, block, shape, this, none, $args, $count, ret);
                                }
                            }
                        }
                    }};
                }
                // Calls a function: $this is the word for `this`, $from the register with the callee.
                macro_rules! call {
                    ($this:expr, $dst:expr, $from:expr, $count:expr) => {{
                        let callee = r!($from);
                        let from = fp + $from as u32;
                        enter!(callee, $this, $dst, from + 2, $count as u32, 0);
                        if let Some((realm, id)) = JsValue::from_bits(callee).as_native() {
                            // `call` and `apply` enter the function they are for instead of recursing.
                            let forwards = (id >> 8) as u8 == crate::builtins::Intrinsic::FunctionPrototype as u8;
                            if let Some(native) = native_info(id).filter(|_| !forwards) {
                                save!();
                                isolate.frame = fp;
                                poll!();
                                let result = attempt!(call_native(
                                    isolate,
                                    realm,
                                    native.func,
                                    callee,
                                    $this,
                                    from,
                                    $count as u32
                                ));
                                if isolate.heap.collections() != seen {
                                    load_frame!();
                                }
                                set!($dst, result.to_bits());
                                next!(1)
                            }
                        }
                        slow!()
                    }};
                }
                macro_rules! push_frame {
                    ($callee:expr, $block:expr, $shape:expr, $this:expr, $new_target:expr, $args:expr, $argc:expr, $ret:expr) => {{
                        let shape: CodeShape = $shape;
                        let (args, argc): (u32, u32) = ($args, $argc);
                        let this: u64 = $this;
                        save!();
                        poll!();
                        let top = fp - frame::SIZE;
                        let need = shape.registers + frame::SIZE;
                        if top < isolate.heap.stack_low() + need {
                            // There is room now: the instruction is executed again.
                            fp = attempt!(make_room(isolate, fp, entry, need));
                            load_frame!();
                            continue 'throwing;
                        }
                        let new_fp = top - shape.registers;
                        let words = [$callee, this, $new_target, $block, ReturnInfo::pack($ret).to_bits()];
                        // SAFETY: the stack granted the words between the new stack pointer and `top`.
                        unsafe { write_frame(base, new_fp, shape, words, args, argc) };
                        fp = new_fp;
                        isolate.heap.set_sp(fp - frame::SIZE);
                        isolate.frame = fp;
                        load_frame!();
                        continue 'throwing;
                    }};
                }

                // Returns from a function; a generator takes more.
                macro_rules! leave {
                    ($v:expr) => {{
                        let value: u64 = $v;
                        let (ret, this) =
                            // SAFETY: words of the frame.
                            unsafe { (*regs.sub(frame::RETURN as usize), *regs.sub(frame::THIS as usize)) };
                        let flags = ReturnInfo::unpack(JsValue::from_bits(ret)).flags;
                        if flags & (ReturnInfo::CONSTRUCT | ReturnInfo::GENERATOR) == 0 {
                            set_return!(value)
                        }
                        if flags & ReturnInfo::GENERATOR == 0 {
                            set_return!(if JsValue::from_bits(value).is_object() { value } else { this })
                        }
                        slow!()
                    }};
                }

                // SAFETY: the verifier checked that the low byte of every instruction is an opcode.
                let op = unsafe { super::opcode(w as u8) };
                match op {
                    Opcode::Nop => next!(1),
                    Opcode::Move => load!(r!(b!())),
                    Opcode::LoadUndefined => load!(JsValue::UNDEFINED.to_bits()),
                    Opcode::LoadNull => load!(JsValue::NULL.to_bits()),
                    Opcode::LoadTrue => load!(JsValue::TRUE.to_bits()),
                    Opcode::LoadFalse => load!(JsValue::FALSE.to_bits()),
                    Opcode::LoadHole => load!(JsValue::EMPTY.to_bits()),
                    Opcode::LoadInt => load!(int((w as i32) >> 16)),
                    Opcode::LoadK => load!(constant!(bx!())),
                    Opcode::LoadKWide => {
                        set!(a!(), constant!(word!(1)));
                        next!(2)
                    }
                    Opcode::GetFar => load!(r!(bx!())),
                    Opcode::SetFar => {
                        set!(bx!(), r!(a!()));
                        next!(1)
                    }
                    Opcode::LoadThis => {
                        // SAFETY: a word of the frame.
                        let this = unsafe { *regs.sub(frame::THIS as usize) };
                        if JsValue::from_bits(this).is_object() {
                            load!(this)
                        }
                        slow!()
                    }
                    Opcode::LoadCallee => {
                        // SAFETY: a word of the frame.
                        load!(unsafe { *regs.sub(frame::CALLEE as usize) })
                    }
                    Opcode::LoadNewTarget => {
                        // SAFETY: a word of the frame.
                        let v = JsValue::from_bits(unsafe { *regs.sub(frame::NEW_TARGET as usize) });
                        // In the frame of a generator or async function the word has another use: an object that cannot be called.
                        load!(if v.is_callable() { v } else { JsValue::UNDEFINED }.to_bits())
                    }
                    Opcode::ThrowIfHole | Opcode::CheckThis => {
                        if r!(a!()) != JsValue::EMPTY.to_bits() {
                            next!(if op == Opcode::ThrowIfHole { 2 } else { 1 })
                        }
                        slow!()
                    }

                    // ---- arithmetic
                    Opcode::Add => add!(r!(c!())),
                    Opcode::Sub => arith!(r!(c!()), i32::checked_sub, |x, y| x - y, double),
                    Opcode::Mul => arith!(r!(c!()), int_product, |x, y| x * y, double),
                    Opcode::Div => arith!(r!(c!()), |_, _| None, |x, y| x / y, number_bits),
                    Opcode::Mod => arith!(r!(c!()), int_remainder, |x, y| x % y, number_bits),
                    Opcode::AddI => arith!(int(imm!()), i32::checked_add, |x, y| x + y, double),
                    Opcode::SubI => arith!(int(imm!()), i32::checked_sub, |x, y| x - y, double),
                    Opcode::MulI => arith!(int(imm!()), int_product, |x, y| x * y, double),
                    Opcode::DivI => arith!(int(imm!()), |_, _| None, |x, y| x / y, number_bits),
                    Opcode::ModI => arith!(int(imm!()), int_remainder, |x, y| x % y, number_bits),
                    Opcode::BitAnd => bits!(r!(c!()), |x, y| x & y),
                    Opcode::BitOr => bits!(r!(c!()), |x, y| x | y),
                    Opcode::BitXor => bits!(r!(c!()), |x, y| x ^ y),
                    Opcode::Shl => bits!(r!(c!()), |x, y| x.wrapping_shl(y as u32)),
                    Opcode::Shr => bits!(r!(c!()), |x, y| x.wrapping_shr(y as u32)),
                    Opcode::BitAndI => bits!(int(imm!()), |x, y| x & y),
                    Opcode::BitOrI => bits!(int(imm!()), |x, y| x | y),
                    Opcode::BitXorI => bits!(int(imm!()), |x, y| x ^ y),
                    Opcode::ShlI => bits!(int(imm!()), |x, y| x.wrapping_shl(y as u32)),
                    Opcode::ShrI => bits!(int(imm!()), |x, y| x.wrapping_shr(y as u32)),
                    Opcode::Ushr | Opcode::UshrI => {
                        let x = r!(b!());
                        let y = if op == Opcode::Ushr { r!(c!()) } else { int(imm!()) };
                        if let (Some(x), Some(y)) = (number(x), number(y)) {
                            let z = (to_int32(x) as u32).wrapping_shr(to_int32(y) as u32);
                            load!(if z <= i32::MAX as u32 { int(z as i32) } else { double(f64::from(z)) })
                        }
                        slow!()
                    }
                    Opcode::Inc => arith!(int(1), i32::checked_add, |x, y| x + y, double),
                    Opcode::Dec => arith!(int(1), i32::checked_sub, |x, y| x - y, double),
                    Opcode::Neg => {
                        let x = r!(b!());
                        if is_int(x) && x as i32 != 0 && x as i32 != i32::MIN {
                            load!(int(-(x as i32)))
                        }
                        if let Some(x) = number(x) {
                            load!(double_checked(-x))
                        }
                        slow!()
                    }
                    Opcode::BitNot => {
                        if let Some(x) = number(r!(b!())) {
                            load!(int(!to_int32(x)))
                        }
                        slow!()
                    }
                    Opcode::Not => {
                        let t = truth!(r!(b!()));
                        load!(JsValue::bool(!t).to_bits())
                    }
                    Opcode::ToPropertyKey => {
                        let x = r!(b!());
                        if is_int(x) && x as i32 >= 0 {
                            load!(x)
                        }
                        slow!()
                    }
                    Opcode::RequireObjectCoercible => {
                        if !JsValue::from_bits(r!(a!())).is_nullish() {
                            next!(1)
                        }
                        slow!()
                    }
                    Opcode::GetFieldInitializer => {
                        let constructor = r!(b!());
                        // A function without the flag has no instance elements.
                        if constructor >> 32 == CALLABLE_HEAP
                            && (heap!(constructor as u32) >> 8) as u8 & rotifer_jsvalue::flag::CLASS == 0
                            && heap!(constructor as u32) as u8 == Kind::Function as u8
                        {
                            load!(JsValue::UNDEFINED.to_bits())
                        }
                        slow!()
                    }
                    Opcode::ToNumber | Opcode::ToNumeric => {
                        let x = r!(b!());
                        if number(x).is_some() {
                            load!(x)
                        }
                        slow!()
                    }

                    // ---- comparison
                    Opcode::Less => compare!(<),
                    Opcode::LessEq => compare!(<=),
                    Opcode::Greater => compare!(>),
                    Opcode::GreaterEq => compare!(>=),
                    Opcode::StrictEq => load!(JsValue::bool(strict!(r!(b!()), r!(c!()))).to_bits()),
                    Opcode::StrictNe => load!(JsValue::bool(!strict!(r!(b!()), r!(c!()))).to_bits()),
                    Opcode::Eq => load!(JsValue::bool(loose!(r!(b!()), r!(c!()))).to_bits()),
                    Opcode::Ne => load!(JsValue::bool(!loose!(r!(b!()), r!(c!()))).to_bits()),
                    Opcode::InstanceOf => {
                        if let Some(e) = quick::instance_of(isolate, r!(b!()), r!(c!())) {
                            load!(JsValue::bool(e).to_bits())
                        }
                        slow!()
                    }
                    Opcode::TypeOf => {
                        load!(JsValue::from(crate::ops::typeof_name(JsValue::from_bits(r!(b!())))).to_bits())
                    }

                    // ---- jumps
                    Opcode::Jump => jump!((w as i32) >> 8),
                    Opcode::JumpIfTrue => jump_when!(truth!(r!(a!()))),
                    Opcode::JumpIfFalse => jump_when!(!truth!(r!(a!()))),
                    Opcode::JumpIfUndefined => jump_when!(r!(a!()) == JsValue::UNDEFINED.to_bits()),
                    Opcode::JumpIfNotUndefined => jump_when!(r!(a!()) != JsValue::UNDEFINED.to_bits()),
                    Opcode::JumpIfNull => jump_when!(r!(a!()) == JsValue::NULL.to_bits()),
                    Opcode::JumpIfNotNull => jump_when!(r!(a!()) != JsValue::NULL.to_bits()),
                    Opcode::JumpIfNullish => jump_when!(r!(a!()) | 1 == JsValue::NULL.to_bits()),
                    Opcode::JumpIfNotNullish => jump_when!(r!(a!()) | 1 != JsValue::NULL.to_bits()),
                    Opcode::JumpIfHole => jump_when!(r!(a!()) == JsValue::EMPTY.to_bits()),
                    Opcode::JumpIfStrictEq => jump_when!(strict!(r!(a!()), r!(b!()))),
                    Opcode::JumpIfStrictNe => jump_when!(!strict!(r!(a!()), r!(b!()))),
                    Opcode::JumpIfEq => jump_when!(loose!(r!(a!()), r!(b!()))),
                    Opcode::JumpIfNe => jump_when!(!loose!(r!(a!()), r!(b!()))),
                    Opcode::JumpIfEqI | Opcode::JumpIfNeI | Opcode::JumpIfStrictEqI | Opcode::JumpIfStrictNeI => {
                        let y = int((w as i32) >> 16);
                        let strictly = matches!(op, Opcode::JumpIfStrictEqI | Opcode::JumpIfStrictNeI);
                        let e = if strictly { quick_strict_equal(r!(a!()), y) } else { quick_loose_equal(r!(a!()), y) };
                        let Some(e) = e else { slow!() };
                        let want = matches!(op, Opcode::JumpIfEqI | Opcode::JumpIfStrictEqI);
                        if e == want { jump!(word!(1) as i32) } else { next!(2) }
                    }
                    Opcode::JumpIfTypeOf => jump_when!(quick::is_of_type(r!(a!()), b!())),
                    Opcode::JumpIfNotTypeOf => jump_when!(!quick::is_of_type(r!(a!()), b!())),
                    Opcode::JumpIfLess => jump_compare!(<, true),
                    Opcode::JumpIfNotLess => jump_compare!(<, false),
                    Opcode::JumpIfLessEq => jump_compare!(<=, true),
                    Opcode::JumpIfNotLessEq => jump_compare!(<=, false),
                    Opcode::JumpIfGreater => jump_compare!(>, true),
                    Opcode::JumpIfNotGreater => jump_compare!(>, false),
                    Opcode::JumpIfGreaterEq => jump_compare!(>=, true),
                    Opcode::JumpIfNotGreaterEq => jump_compare!(>=, false),
                    Opcode::JumpIfLessI => jump_compare_imm!(<, true),
                    Opcode::JumpIfNotLessI => jump_compare_imm!(<, false),
                    Opcode::JumpIfLessEqI => jump_compare_imm!(<=, true),
                    Opcode::JumpIfNotLessEqI => jump_compare_imm!(<=, false),
                    Opcode::JumpIfGreaterI => jump_compare_imm!(>, true),
                    Opcode::JumpIfNotGreaterI => jump_compare_imm!(>, false),
                    Opcode::JumpIfGreaterEqI => jump_compare_imm!(>=, true),
                    Opcode::JumpIfNotGreaterEqI => jump_compare_imm!(>=, false),
                    Opcode::SwitchInt => {
                        if let Some(d) = number(r!(a!())) {
                            let index = d - f64::from(word!(1) as i32);
                            if index >= 0.0 && index < bx!() as f64 && index == f64::from(index as u32) {
                                jump!(word!(2 + index as usize) as i32)
                            }
                        }
                        next!(2 + bx!())
                    }

                    // ---- properties
                    Opcode::GetProp => {
                        let (receiver, w0) = (r!(b!()), word!(1));
                        if let Some(v) = quick_get(base, caches, w0 >> 16, receiver, isolate.epoch) {
                            set!(a!(), v);
                            next!(2)
                        }
                        if let Some(getter) = quick_getter(base, caches, w0 >> 16, receiver, isolate.epoch) {
                            enter!(getter, receiver, a!(), 0, 0, ReturnInfo::ACCESS);
                        } else if let Some(v) = stubs::get(isolate, base, receiver, constant!(w0 & 0xFFFF)) {
                            set!(a!(), v);
                            next!(2)
                        }
                        slow!()
                    }
                    Opcode::GetMethod => {
                        let receiver = r!(b!());
                        if let Some(v) = cached!(receiver) {
                            set!(a!(), v);
                            set!(a!() + 1, receiver);
                            next!(2)
                        }
                        slow!()
                    }
                    Opcode::GetLength => {
                        let v = r!(b!());
                        if v >> 48 == OBJECT_TAG && heap!(v as u32) as u8 == Kind::Array as u8 {
                            set!(a!(), heap!(v as u32 + field::Array::length));
                            next!(2)
                        }
                        if v >> 48 == STRING_TAG {
                            let length = rotifer_jsvalue::string::string_length(&isolate.heap, JsValue::from_bits(v));
                            set!(a!(), int(length as i32));
                            next!(2)
                        }
                        if v >> 48 == OBJECT_TAG {
                            let found = if heap!(v as u32) as u8 == Kind::TypedArray as u8 {
                                super::elements::typed_length(base, caches, word!(1) >> 16, v as u32, isolate.epoch)
                            } else {
                                cached!(v)
                            };
                            if let Some(v) = found {
                                set!(a!(), v);
                                next!(2)
                            }
                        }
                        slow!()
                    }
                    Opcode::SetProp => {
                        let (target, value) = (r!(a!()), r!(b!()));
                        let w0 = word!(1);
                        if target >> 48 == OBJECT_TAG {
                            if quick_set(isolate, base, caches, w0 >> 16, target as u32, value) {
                                next!(2)
                            }
                            if let Some(setter) = quick_setter(base, caches, w0 >> 16, target, isolate.epoch) {
                                enter!(setter, target, 0, fp + b!() as u32, 1, ReturnInfo::ACCESS);
                            } else if stubs::set(isolate, base, target as u32, constant!(w0 & 0xFFFF), value) {
                                next!(2)
                            }
                        }
                        slow!()
                    }
                    Opcode::GetElem | Opcode::GetMethodElem => {
                        let (target, key) = (r!(b!()), r!(c!()));
                        if let Some(v) =
                            quick_element(base, target, key).or_else(|| stubs::get(isolate, base, target, key))
                        {
                            if op == Opcode::GetMethodElem {
                                set!(a!() + 1, target);
                            }
                            load!(v)
                        }
                        slow!()
                    }
                    Opcode::GetElemI => {
                        if let Some(v) = quick_element(base, r!(b!()), int(c!() as i32)) {
                            load!(v)
                        }
                        slow!()
                    }
                    Opcode::SetElem => {
                        let (target, key, value) = (r!(a!()), r!(b!()), r!(c!()));
                        if target >> 48 == OBJECT_TAG
                            && if is_int(key) {
                                quick_set_element(isolate, base, target as u32, key as u32, value)
                            } else {
                                stubs::set(isolate, base, target as u32, key, value)
                            }
                        {
                            next!(1)
                        }
                        slow!()
                    }
                    Opcode::GetPrivate => {
                        if let Some(v) = stubs::get(isolate, base, r!(b!()), r!(c!())) {
                            load!(v)
                        }
                        if let Some(getter) = stubs::getter(isolate, base, r!(b!()), r!(c!())) {
                            enter!(getter, r!(b!()), a!(), 0, 0, ReturnInfo::ACCESS);
                        }
                        slow!()
                    }
                    Opcode::SetPrivate => {
                        let target = r!(a!());
                        if target >> 48 == OBJECT_TAG && stubs::set(isolate, base, target as u32, r!(b!()), r!(c!())) {
                            next!(1)
                        }
                        slow!()
                    }
                    Opcode::In | Opcode::HasPrivate => {
                        let (key, object) = (r!(b!()), r!(c!()));
                        if let Some(found) = stubs::has(isolate, base, object, key) {
                            load!(JsValue::bool(found).to_bits())
                        }
                        slow!()
                    }

                    // ---- new objects
                    Opcode::NewObjectWith => {
                        let shape = heap!(constant!(word!(1)) as u32 + 1);
                        if JsValue::from_bits(shape).is_cell()
                            && let Some(o) = quick_object(isolate, base, shape as u32)
                        {
                            for i in 0..c!() {
                                // SAFETY: the shape's objects have room for all values of the literal.
                                unsafe { *base.add(o as u32 as usize + 1 + i) = *regs.add(b!() + i) };
                            }
                            set!(a!(), o);
                            next!(2)
                        }
                        slow!()
                    }
                    Opcode::NewArrayWith => {
                        if c!() > 0
                            && let Some(v) = quick::array_with(isolate, fp + b!() as u32, c!() as u32)
                        {
                            load!(v)
                        }
                        slow!()
                    }
                    Opcode::NewEnv => {
                        let desc = constant!(word!(1));
                        if let Some(v) = quick::env(isolate, r!(b!()), desc, word!(2), c!() as u32) {
                            set!(a!(), v);
                            next!(3)
                        }
                        slow!()
                    }
                    Opcode::Closure => {
                        if let Some(v) = quick::closure(isolate, fp, constant!(word!(1)), r!(b!())) {
                            set!(a!(), v);
                            next!(2)
                        }
                        slow!()
                    }

                    // ---- calls
                    Opcode::Call => call!(JsValue::UNDEFINED.to_bits(), a!(), b!(), c!()),
                    Opcode::CallMethod => {
                        // `f.call(…)` enters `f` with the rest of the arguments.
                        if c!() > 0 && quick::is_call(r!(b!())) {
                            enter!(r!(b!() + 1), r!(b!() + 2), a!(), fp + b!() as u32 + 3, c!() as u32 - 1, 0);
                        }
                        call!(r!(b!() + 1), a!(), b!(), c!())
                    }
                    Opcode::CallApplyArguments => {
                        if quick::is_apply(r!(b!())) {
                            // SAFETY: words of the frame.
                            let (args, count) = unsafe {
                                (*regs.sub(frame::ARGS as usize) as u32, *regs.sub(frame::ARGC as usize) as u32)
                            };
                            enter!(r!(b!() + 1), r!(b!() + 2), a!(), args, count, 0);
                        }
                        slow!()
                    }
                    Opcode::ArgumentsLength => {
                        // SAFETY: a word of the frame.
                        load!(int(unsafe { *regs.sub(frame::ARGC as usize) } as i32))
                    }
                    Opcode::ArgumentsElem => {
                        let key = r!(b!());
                        // SAFETY: words of the frame.
                        let (args, count) =
                            unsafe { (*regs.sub(frame::ARGS as usize) as u32, *regs.sub(frame::ARGC as usize) as u32) };
                        if is_int(key) && (key as u32) < count {
                            load!(heap!(args + key as u32))
                        }
                        slow!()
                    }
                    Opcode::New => {
                        let callee = r!(b!());
                        if let Some((block, shape, instances)) = constructor(base, callee)
                            && !(isolate.many_realms && in_other_realm(isolate, callee as u32))
                            && let Some(this) = quick_object(isolate, base, instances)
                        {
                            let ret = ReturnInfo { fp, dst: a!() as u8, flags: ReturnInfo::CONSTRUCT };
                            push_frame!(callee, block, shape, this, callee, fp + b!() as u32 + 2, c!() as u32, ret);
                        }
                        slow!()
                    }
                    Opcode::Return => leave!(r!(a!())),
                    Opcode::ReturnUndefined => leave!(JsValue::UNDEFINED.to_bits()),

                    // ---- iteration
                    Opcode::IteratorNext => {
                        let (iterator, mark) = (r!(b!()), r!(b!() + 1));
                        if mark == FAST.to_bits()
                            && let Some(v) = quick_element(base, iterator, r!(b!() + 2))
                        {
                            // An element that is there lies below the length.
                            set!(b!() + 2, r!(b!() + 2) + 1);
                            set!(a!(), v);
                            next!(2)
                        }
                        if mark == GENERATOR.to_bits() {
                            poll!();
                            save!();
                            if let Some(new) = resume::enter_step(isolate, fp, iterator) {
                                // Done, unless it yields again.
                                set!(b!(), JsValue::UNDEFINED.to_bits());
                                fp = new;
                                load_frame!();
                                continue 'throwing;
                            }
                        }
                        match walk::step(isolate, fp + b!() as u32) {
                            Some(Some(v)) => {
                                set!(a!(), v);
                                next!(2)
                            }
                            Some(None) => jump!(word!(1) as i32),
                            None => slow!(),
                        }
                    }
                    Opcode::IteratorStep => {
                        if let Some(v) = walk::step(isolate, fp + b!() as u32) {
                            load!(v.unwrap_or(JsValue::UNDEFINED.to_bits()))
                        }
                        slow!()
                    }
                    Opcode::GetIterator => {
                        let value = r!(b!());
                        if c!() == 0 && walk::is_plain_array(isolate, value) {
                            set!(a!() + 1, FAST.to_bits());
                            set!(a!() + 2, int(0));
                            load!(value)
                        }
                        slow!()
                    }
                    Opcode::IteratorClose | Opcode::IteratorCloseQuiet => {
                        // Nothing to close: it is done already, or an array.
                        if r!(a!()) == JsValue::UNDEFINED.to_bits() || r!(a!() + 1) == FAST.to_bits() {
                            next!(1)
                        }
                        slow!()
                    }
                    Opcode::ForInNext => {
                        if let Some(name) = quick_name(&mut isolate.heap, r!(b!())) {
                            set!(a!(), name);
                            next!(2)
                        }
                        slow!()
                    }
                    Opcode::Yield => {
                        // SAFETY: words of the frame.
                        let (ret, generator) =
                            unsafe { (*regs.sub(frame::RETURN as usize), *regs.sub(frame::NEW_TARGET as usize)) };
                        let ret = ReturnInfo::unpack(JsValue::from_bits(ret));
                        if ret.flags & (ReturnInfo::ITERATION | ReturnInfo::ENTRY) != 0 {
                            let value = r!(b!());
                            save!();
                            if resume::suspend(isolate, fp) {
                                isolate.frame = ret.fp;
                                if ret.flags & ReturnInfo::ENTRY != 0 {
                                    return Ok(JsValue::from_bits(value));
                                }
                                fp = ret.fp;
                                isolate.heap.set_sp(fp - frame::SIZE);
                                load_frame!();
                                let w = word!(0);
                                set!((w >> 16 & 0xFF) as usize, generator);
                                set!((w >> 8 & 0xFF) as usize, value);
                                next!(2)
                            }
                        }
                        slow!()
                    }

                    // ---- globals and environments
                    Opcode::GetGlobal => {
                        if let Some((_, at)) = quick_global(base, caches, word!(1) >> 16) {
                            set!(a!(), heap!(at));
                            next!(2)
                        }
                        slow!()
                    }
                    Opcode::SetGlobal => {
                        if let Some((block, at)) = quick_global(base, caches, word!(1) >> 16) {
                            let value = r!(a!());
                            // SAFETY: the shape says the slot is there.
                            unsafe { *base.add(at as usize) = value };
                            isolate.heap.barrier(block, JsValue::from_bits(value).reference());
                            next!(2)
                        }
                        slow!()
                    }
                    Opcode::LoadFunctionEnv => {
                        // SAFETY: a word of the frame.
                        let callee = unsafe { *regs.sub(frame::CALLEE as usize) };
                        if callee >> 48 == OBJECT_TAG && heap!(callee as u32) as u8 == Kind::Function as u8 {
                            load!(heap!(callee as u32 + field::Function::env))
                        }
                        slow!()
                    }
                    Opcode::EnvParent => {
                        let mut env = r!(b!()) as u32;
                        for _ in 0..c!() {
                            env = heap!(env + field::Env::parent) as u32;
                        }
                        load!(JsValue::cell(env).to_bits())
                    }
                    Opcode::GetEnv => load!(heap!(r!(b!()) as u32 + ENV_SLOTS + c!() as u32)),
                    Opcode::SetEnv => {
                        let (env, value) = (r!(a!()) as u32, r!(c!()));
                        // SAFETY: the compiler made the environment with this slot.
                        unsafe { *base.add((env + ENV_SLOTS + b!() as u32) as usize) = value };
                        isolate.heap.barrier(env, JsValue::from_bits(value).reference());
                        next!(1)
                    }
                    Opcode::GetEnvChecked => {
                        let v = heap!(r!(b!()) as u32 + ENV_SLOTS + c!() as u32);
                        if v != JsValue::EMPTY.to_bits() {
                            set!(a!(), v);
                            next!(2)
                        }
                        slow!()
                    }
                    Opcode::GetScoped | Opcode::GetScopedChecked => {
                        let place = word!(1);
                        let mut env = r!(b!()) as u32;
                        for _ in 0..place >> 24 {
                            env = heap!(env + field::Env::parent) as u32;
                        }
                        let v = heap!(env + ENV_SLOTS + (place & 0xFF_FFFF));
                        if op == Opcode::GetScoped {
                            set!(a!(), v);
                            next!(2)
                        }
                        if v != JsValue::EMPTY.to_bits() {
                            set!(a!(), v);
                            next!(3)
                        }
                        slow!()
                    }
                    Opcode::SetScoped => {
                        let place = word!(1);
                        let mut env = r!(a!()) as u32;
                        for _ in 0..place >> 24 {
                            env = heap!(env + field::Env::parent) as u32;
                        }
                        let value = r!(b!());
                        // SAFETY: the compiler made the environment with this slot.
                        unsafe { *base.add((env + ENV_SLOTS + (place & 0xFF_FFFF)) as usize) = value };
                        isolate.heap.barrier(env, JsValue::from_bits(value).reference());
                        next!(2)
                    }
                    _ => slow!(),
                }
            }

            let at = save!();
            isolate.frame = fp;
            let flow = {
                let mut cx = Cx::enter(isolate);
                super::slow::execute(&mut cx, fp, at)
            };
            follow!(flow)
        };

        // Unwinding: the frames between here and the handler are dropped.
        isolate.frame = fp;
        let found = {
            let mut cx = Cx::enter(isolate);
            super::unwind::find_handler(&mut cx, entry)
        };
        match found {
            Unwound::At(at) => {
                fp = at;
                isolate.frame = fp;
                isolate.heap.set_sp(fp - frame::SIZE);
                load_frame!();
                continue 'frames;
            }
            Unwound::Left(value) => return Ok(value),
            Unwound::Out => {
                // SAFETY: the entry frame's words are still on the stack.
                let ret = unsafe { *base.add((entry - frame::RETURN) as usize) };
                isolate.frame = ReturnInfo::unpack(JsValue::from_bits(ret)).fp;
                return Err(thrown);
            }
        }
    }
}
