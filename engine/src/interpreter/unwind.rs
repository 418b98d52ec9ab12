//! Exceptions on their way through frames, and the stack that errors remember.

use rotifer_jsvalue::{HeapExt, JsValue, Kind, StaticName, field, string};

use super::compile::function_kind;
use super::layout::{ReturnInfo, code, frame, info, script, unpair};
use crate::bytecode::{Opcode, PositionTable};
use crate::cx::{Cx, JsStr, Value};
use crate::isolate::{Pending, RootWord};
use crate::n;
use crate::ops::Message;
use crate::syntax::ast::FunctionKind;
use crate::throw::JsResult;
use rotifer_gc::Rooted;

/// Where an exception led.
pub(super) enum Unwound {
    /// To this frame: to one of its handlers, or behind the call that a frame just left was entered by.
    At(u32),
    /// Out of the entry frame, which leaves with a value (an async function's promise).
    Left(JsValue),
    /// Out of the entry frame.
    Out,
}

/// Finds the frame and handler that takes what was thrown, from the running frame up to `entry`. Frames passed are dropped.
pub(super) fn find_handler(cx: &mut Cx<'_>, entry: u32) -> Unwound {
    let mut fp = cx.frame;
    loop {
        if cx.pending == Pending::Exception && enter_handler(cx, fp) {
            return Unwound::At(fp);
        }
        let ret = ReturnInfo::unpack(cx.heap().value(fp - frame::RETURN));
        if ret.flags & ReturnInfo::GENERATOR != 0 {
            // What it was is settled already when this fails; then the failure goes on.
            if let Ok(Some(value)) = super::generator::abandon(cx, fp) {
                cx.frame = ret.fp;
                if fp == entry {
                    return Unwound::Left(value);
                }
                let caller = ret.fp;
                let op = cx.instruction_at(caller).w as u8;
                let heap = cx.heap_mut();
                if op != Opcode::SetProp as u8 {
                    heap.init(caller + u32::from(ret.dst), value);
                }
                let pc = heap.value(caller - frame::PC).as_raw();
                heap.init(caller - frame::PC, JsValue::raw(pc + super::fast::call_words(op) as u64));
                return Unwound::At(caller);
            }
        }
        if fp == entry {
            return Unwound::Out;
        }
        fp = ret.fp;
        cx.frame = fp;
    }
}

/// Goes to the handler of a frame for the exception on its way, if there is one: the frame's next instruction is the handler's first.
pub(super) fn enter_handler(cx: &mut Cx<'_>, fp: u32) -> bool {
    let Some((target, register)) = handler_at(cx, fp) else { return false };
    let exception = cx.root_word(RootWord::Exception);
    cx.set_root(RootWord::Exception, JsValue::UNDEFINED);
    cx.pending = Pending::None;
    cx.heap_mut().init(fp + u32::from(register), exception);
    cx.heap_mut().init(fp - frame::PC, JsValue::raw(u64::from(target)));
    true
}

/// Whether something in a frame would take an exception now.
pub(super) fn is_handled(cx: &Cx<'_>, fp: u32) -> bool {
    handler_at(cx, fp).is_some()
}

fn handler_at(cx: &Cx<'_>, fp: u32) -> Option<(u32, u8)> {
    let heap = cx.heap();
    let block = heap.value(fp - frame::CODE).index();
    let pc = heap.value(fp - frame::PC).as_raw() as u32;
    let (_, count) = unpair(heap.value(block + code::CACHES));
    let (at, _) = unpair(heap.value(block + code::HANDLERS));
    for i in 0..count {
        let range = heap.get(block + at + 2 * i);
        if (range as u32..(range >> 32) as u32).contains(&pc) {
            let target = heap.get(block + at + 2 * i + 1);
            return Some((target as u32, (target >> 32) as u8));
        }
    }
    None
}

/// In the third word of a place: nothing there runs, it awaits what is above it.
pub(crate) const AWAITING: u64 = 1 << 32;

/// The most frames an error remembers.
const MAX_FRAMES: u32 = 10;

impl<'s> Cx<'s> {
    /// Where the frames stand, for an error's `stack`: triples of function name, script and position, with [`AWAITING`] for the async
    /// functions that wait for what the outermost frame is doing.
    pub(crate) fn capture_stack(&mut self) -> JsResult<JsValue> {
        let (mut count, mut fp, mut outermost) = (0, self.frame, 0);
        while fp != 0 && count < MAX_FRAMES {
            count += 1;
            outermost = fp;
            fp = ReturnInfo::unpack(self.heap().value(fp - frame::RETURN)).fp;
        }
        let frames = count;
        let mut awaiting = if fp == 0 && outermost != 0 { self.generator_at(outermost) } else { None };
        while let Some(g) = awaiting
            && count < MAX_FRAMES
        {
            awaiting = self.waits_for(g);
            count += u32::from(awaiting.is_some());
        }
        self.heap_mut().reserve(1 + 3 * count, &mut [])?;
        let at = self.heap_mut().new_values(Kind::Values, 3 * count, JsValue::UNDEFINED);
        fp = self.frame;
        let note = |cx: &mut Self, i: u32, (name, script, position): (JsValue, JsValue, u32), flag: u64| {
            let heap = cx.heap_mut();
            heap.init(at + 1 + 3 * i, name);
            heap.init(at + 2 + 3 * i, script);
            heap.init(at + 3 + 3 * i, JsValue::raw(u64::from(position) | flag));
        };
        for i in 0..frames {
            let place = self.frame_place(fp);
            note(self, i, place, 0);
            fp = ReturnInfo::unpack(self.heap().value(fp - frame::RETURN)).fp;
        }
        // Nothing has moved what was counted, but it has moved.
        awaiting = if frames < count { self.generator_at(outermost) } else { None };
        for i in frames..count {
            awaiting = awaiting.and_then(|g| self.waits_for(g));
            let Some(saved) = awaiting.map(|g| self.heap().value(g + field::Generator::frame)) else { break };
            let place = self.frame_place(saved.index() + 1 + frame::SIZE);
            note(self, i, place, AWAITING);
        }
        Ok(JsValue::cell(at))
    }

    /// The generator object of a frame that has one.
    fn generator_at(&self, fp: u32) -> Option<u32> {
        let ret = ReturnInfo::unpack(self.heap().value(fp - frame::RETURN));
        let g = self.heap().value(fp - frame::NEW_TARGET);
        (ret.flags & ReturnInfo::GENERATOR != 0 && g.is_heap_object()).then(|| g.index())
    }

    /// The async function that awaits the promise of the async function with this object.
    fn waits_for(&self, g: u32) -> Option<u32> {
        let heap = self.heap();
        let promise = heap.value(g + field::Generator::queue);
        if !promise.is_heap_object() || heap.kind(promise.index()) != Kind::Promise {
            return None;
        }
        let waiting = crate::ops::awaiting(heap, promise.index())?;
        heap.value(waiting + field::Generator::frame).is_cell().then_some(waiting)
    }

    /// Name of the function, script and position of a frame.
    pub(crate) fn frame_place(&self, fp: u32) -> (JsValue, JsValue, u32) {
        let heap = self.heap();
        let block = heap.value(fp - frame::CODE).index();
        let pc = heap.value(fp - frame::PC).as_raw() as u32;
        let desc = heap.value(block + code::INFO);
        let mut name = StaticName::EMPTY.into();
        if desc.is_cell() {
            name = heap.value(desc.index() + info::NAME);
            // A method has its name from its place in the class or object: it is read from the text if somebody looks.
            let kind = heap.value(desc.index() + info::KIND).as_raw() as u8;
            let method =
                matches!(function_kind(kind), FunctionKind::Method | FunctionKind::Getter | FunctionKind::Setter);
            if method && string::string_length(heap, name) == 0 {
                name = JsValue::int(heap.value(desc.index() + info::PARAMS).as_raw() as i32);
            }
        }
        let position = self.position_range(block, pc).map_or(0, |r| r.0);
        (name, heap.value(block + code::SCRIPT), position)
    }

    /// The name in a place of [`Cx::capture_stack`].
    pub(crate) fn frame_name(&mut self, name: JsValue, script: Value<'s>) -> JsResult<JsStr<'s>> {
        let Some(params) = name.as_int() else { return self.root(name).map(Rooted::cast) };
        let source = self.field_raw(script, script::SOURCE);
        let text = string::view(self.heap(), source);
        let (from, to) = super::excerpt::word_before(text, params as u32 as usize);
        let mut message = Message::new();
        message.push_view(text.slice(from, to));
        self.str(message.as_str())
    }

    /// The source range of the instruction at `pc` of a code block: start and length.
    pub(crate) fn position_range(&self, block: u32, pc: u32) -> Option<(u32, u32)> {
        let heap = self.heap();
        let (at, len) = unpair(heap.value(block + code::POSITIONS));
        let table = PositionTable(heap.arena().bytes(block + at, len));
        table.find(pc).map(|r| (r.start, r.len))
    }

    /// The text of a stack made by [`Cx::capture_stack`]: a line for each frame, each after a newline.
    pub(crate) fn render_stack(&mut self, stack: JsValue) -> JsResult<JsStr<'s>> {
        let stack = self.root(stack)?;
        let empty = crate::cx::imm(StaticName::EMPTY);
        let out = self.slot(empty)?;
        let count =
            if self.peek(stack).is_cell() { (self.heap().header(self.peek(stack).index()).aux() - 1) / 3 } else { 0 };
        for i in 0..count {
            let mut cx = self.nest();
            let at = cx.peek(stack).index() + 1 + 3 * i;
            let name = cx.heap().value(at);
            let script_value = cx.heap().value(at + 1);
            let place = cx.heap().value(at + 2).as_raw();
            let position = place as u32;
            let script_value = cx.root(script_value)?;
            let name = cx.frame_name(name, script_value)?;
            let (line, column) = cx.source_place(script_value, position);
            let lead = cx.str(if place & AWAITING == 0 { "\n    at " } else { "\n    at async " })?;
            let mut text = cx.concat(out.cast(), lead)?;
            let line_and_column = {
                let mut buffer = Small::default();
                use core::fmt::Write;
                let _ = write!(buffer, ":{line}:{column}");
                cx.str(buffer.text())?
            };
            let file = cx.field(script_value, script::NAME)?;
            let named = string::string_length(cx.heap(), cx.peek(name)) > 0;
            if named {
                text = cx.concat(text, name)?;
                let open = cx.str(" (")?;
                text = cx.concat(text, open)?;
            }
            text = cx.concat(text, file.cast())?;
            text = cx.concat(text, line_and_column)?;
            if named {
                text = cx.concat(text, crate::cx::imm(n!(")")).cast())?;
            }
            cx.set_slot(out, text.cast());
        }
        Ok(out.cast())
    }
}

/// A short text on the stack.
pub(crate) struct Small {
    bytes: [u8; 48],
    len: usize,
}

impl Default for Small {
    fn default() -> Self {
        Small { bytes: [0; 48], len: 0 }
    }
}

impl Small {
    pub fn text(&self) -> &str {
        core::str::from_utf8(&self.bytes[..self.len]).unwrap_or("")
    }
}

impl core::fmt::Write for Small {
    fn write_str(&mut self, s: &str) -> core::fmt::Result {
        let room = self.bytes.get_mut(self.len..self.len + s.len()).ok_or(core::fmt::Error)?;
        room.copy_from_slice(s.as_bytes());
        self.len += s.len();
        Ok(())
    }
}
