//! RegExp objects (ECMA-262 §22.2, Annex B.2.4, and the legacy static properties).

mod matching;
mod statics;
mod symbols;

pub(crate) use matching::MatchRanges;
pub(crate) use symbols::string_iterator_next;

use rotifer_jsvalue::{Attrs, JsValue, Kind, StaticName, StrView, WellKnown, field};

use super::Intrinsic;
use super::spec::{Spec, accessor, func, getter, link, prototype, sym_func, sym_getter};
use super::string::search::is_regexp;
use super::string::{empty, length, substring, view};
use crate::cx::{Args, Cx, JsStr, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::regexp::Flags;
use crate::throw::JsResult;
use matching::{builtin_exec, builtin_exec_raw, compile, flags_of, parse_flags, regexp_exec, set_last_index};

pub(super) static REGEXP_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::RegExp),
        func(n!("exec"), 1, exec),
        getter(n!("dotAll"), dot_all),
        getter(n!("flags"), flags),
        getter(n!("global"), global),
        getter(n!("hasIndices"), has_indices),
        getter(n!("ignoreCase"), ignore_case),
        sym_func(WellKnown::Match, 1, symbols::match_),
        sym_func(WellKnown::MatchAll, 1, symbols::match_all),
        getter(n!("multiline"), multiline),
        sym_func(WellKnown::Replace, 2, symbols::replace),
        sym_func(WellKnown::Search, 1, symbols::search),
        getter(n!("source"), source),
        sym_func(WellKnown::Split, 2, symbols::split),
        getter(n!("sticky"), sticky),
        func(n!("test"), 1, test),
        func(n!("toString"), 0, to_string),
        getter(n!("unicode"), unicode),
        getter(n!("unicodeSets"), unicode_sets),
        func(n!("compile"), 2, compile_method),
    ],
);
pub(super) static REGEXP: Spec = Spec::constructor(
    n!("RegExp"),
    2,
    construct,
    &[
        func(n!("escape"), 1, escape),
        prototype(Intrinsic::RegExpPrototype),
        sym_getter(WellKnown::Species, species),
        accessor(n!("input"), statics::input, statics::set_input),
        accessor(n!("$_"), statics::input, statics::set_input),
        getter(n!("lastMatch"), statics::last_match),
        getter(n!("$&"), statics::last_match),
        getter(n!("lastParen"), statics::last_paren),
        getter(n!("$+"), statics::last_paren),
        getter(n!("leftContext"), statics::left_context),
        getter(n!("$`"), statics::left_context),
        getter(n!("rightContext"), statics::right_context),
        getter(n!("$'"), statics::right_context),
        getter(n!("$1"), statics::capture1),
        getter(n!("$2"), statics::capture2),
        getter(n!("$3"), statics::capture3),
        getter(n!("$4"), statics::capture4),
        getter(n!("$5"), statics::capture5),
        getter(n!("$6"), statics::capture6),
        getter(n!("$7"), statics::capture7),
        getter(n!("$8"), statics::capture8),
        getter(n!("$9"), statics::capture9),
    ],
);

/// ECMA-262 §22.2.5.2 get RegExp \[ %Symbol.species% ]
#[expect(clippy::unnecessary_wraps, reason = "the shape of a native function")]
fn species<'s>(_: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(args.this())
}

/// ECMA-262 §22.2.4.1 RegExp
fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (pattern, flags) = (args.get(0), args.get(1));
    let pattern_is_regexp = is_regexp(cx, pattern)?;
    let mut new_target = args.new_target();
    if cx.is_undefined(new_target) {
        new_target = cx.intrinsic(Intrinsic::RegExp)?.cast();
        if pattern_is_regexp && cx.is_undefined(flags) {
            let constructor = cx.get(pattern.cast(), n!("constructor"))?;
            if cx.peek(constructor) == cx.peek(new_target) {
                return Ok(pattern);
            }
        }
    }
    let (p, f) = if cx.is_kind(pattern, Kind::RegExp) {
        let p = cx.field(pattern, field::RegExp::source)?;
        let f = if cx.is_undefined(flags) { flags_text(cx, flags_of(cx, pattern.cast()))?.cast() } else { flags };
        (p, f)
    } else if pattern_is_regexp {
        let p = cx.get(pattern.cast(), n!("source"))?;
        let f = if cx.is_undefined(flags) { cx.get(pattern.cast(), n!("flags"))? } else { flags };
        (p, f)
    } else {
        (pattern, flags)
    };
    let made = alloc(cx, new_target)?;
    initialize(cx, made, p, f)?;
    Ok(made.cast())
}

/// ECMA-262 §22.2.3.2 RegExpAlloc
fn alloc<'s>(cx: &mut Cx<'s>, new_target: Value<'s>) -> JsResult<Object<'s>> {
    let made = cx.ordinary_create_from_constructor(new_target, Intrinsic::RegExpPrototype, Kind::RegExp, 2)?;
    let constructor = cx.intrinsic_raw(Intrinsic::RegExp)?;
    let reports = if cx.peek(new_target) == constructor { statics::REPORTS } else { 0 };
    cx.set_field_raw(made, field::RegExp::flags, JsValue::raw(reports));
    cx.define_new(made, n!("lastIndex"), UNDEFINED, Attrs::WRITABLE)?;
    Ok(made)
}

/// ECMA-262 §22.2.3.3 RegExpInitialize
fn initialize<'s>(cx: &mut Cx<'s>, r: Object<'s>, pattern: Value<'s>, flags: Value<'s>) -> JsResult<()> {
    let pattern = if cx.is_undefined(pattern) { empty() } else { cx.to_flat_string(pattern)? };
    let flags = if cx.is_undefined(flags) { empty() } else { cx.to_flat_string(flags)? };
    let flags = parse_flags(cx, flags)?;
    let compiled = compile(cx, pattern, flags)?;
    let reports = cx.field_raw(r, field::RegExp::flags).as_raw() & statics::REPORTS;
    cx.set_field(r, field::RegExp::source, pattern);
    cx.set_field_raw(r, field::RegExp::flags, JsValue::raw(u64::from(flags.bits()) | reports));
    cx.set_field(r, field::RegExp::program, compiled);
    set_last_index(cx, r, 0.0)
}

/// ECMA-262 §22.2.3.1 RegExpCreate, with `RegExp` of this realm.
pub(crate) fn regexp_create<'s>(cx: &mut Cx<'s>, pattern: Value<'s>, flags: Value<'s>) -> JsResult<Object<'s>> {
    let constructor = cx.intrinsic(Intrinsic::RegExp)?;
    let made = alloc(cx, constructor.cast())?;
    initialize(cx, made, pattern, flags)?;
    Ok(made)
}

impl<'s> Cx<'s> {
    /// The value of a regular expression literal (ECMA-262 §13.2.7.3): a new object each time. `constant` is the block that holds both
    /// texts and, in its third word, what they were compiled to.
    pub(crate) fn regexp_literal(
        &mut self,
        constant: Value<'s>,
        pattern: Value<'s>,
        flags: Value<'s>,
    ) -> JsResult<Object<'s>> {
        const COMPILED: u32 = 3;
        let (pattern, flags) = (self.flat(pattern.cast())?, self.flat(flags.cast())?);
        let bits = parse_flags(self, flags)?;
        let known = self.field_raw(constant, COMPILED);
        let compiled = if known.is_cell() {
            self.root(known)?
        } else {
            let compiled = compile(self, pattern, bits)?;
            self.set_field(constant, COMPILED, compiled);
            compiled
        };
        let proto = self.intrinsic(Intrinsic::RegExpPrototype)?;
        let made = self.new_object_of(Kind::RegExp, proto, 2)?;
        self.define_new(made, n!("lastIndex"), imm(0), Attrs::WRITABLE)?;
        self.set_field(made, field::RegExp::source, pattern);
        self.set_field_raw(made, field::RegExp::flags, JsValue::raw(u64::from(bits.bits()) | statics::REPORTS));
        self.set_field(made, field::RegExp::program, compiled);
        Ok(made)
    }
}

/// ECMA-262 §B.2.4.1 RegExp.prototype.compile
fn compile_method<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let r = this_regexp(cx, args)?;
    let (mut pattern, mut flags) = (args.get(0), args.get(1));
    if cx.field_raw(r, field::RegExp::flags).as_raw() & statics::REPORTS == 0 {
        return Err(cx.throw_type_error("a regular expression of another class or realm cannot be compiled anew"));
    }
    if cx.is_kind(pattern, Kind::RegExp) {
        if !cx.is_undefined(flags) {
            return Err(cx.throw_type_error("flags cannot be given together with a regular expression"));
        }
        flags = flags_text(cx, flags_of(cx, pattern.cast()))?.cast();
        pattern = cx.field(pattern, field::RegExp::source)?;
    }
    initialize(cx, r, pattern, flags)?;
    Ok(r.cast())
}

/// RequireInternalSlot(R, \[\[RegExpMatcher]])
fn this_regexp<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Object<'s>> {
    if cx.is_kind(args.this(), Kind::RegExp) {
        Ok(args.this().cast())
    } else {
        Err(cx.throw_type_error("this is not a regular expression"))
    }
}

/// `this` as any object.
fn this_object<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Object<'s>> {
    cx.as_object(args.this()).ok_or_else(|| cx.throw_type_error("this is not an object"))
}

/// ECMA-262 §22.2.6.2 RegExp.prototype.exec
fn exec<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let r = this_regexp(cx, args)?;
    let s = cx.to_flat_string(args.get(0))?;
    builtin_exec(cx, r, s)
}

/// ECMA-262 §22.2.6.16 RegExp.prototype.test
fn test<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let r = this_object(cx, args)?;
    let s = cx.to_flat_string(args.get(0))?;
    if cx.is_kind(r, Kind::RegExp) {
        let exec = cx.get(r, n!("exec"))?;
        if cx.is_builtin(exec, Intrinsic::RegExpPrototype, n!("exec")) {
            let mut ranges = MatchRanges::new(cx)?;
            return Ok(imm(builtin_exec_raw(cx, r, s, &mut ranges)?));
        }
        if cx.is_callable(exec) {
            let result = cx.call(exec, r.cast(), &[s.cast()])?;
            if !cx.is_object(result) && !cx.peek(result).is_null() {
                return Err(cx.throw_type_error("exec gave neither an object nor null"));
            }
            return Ok(imm(!cx.peek(result).is_null()));
        }
        let found = builtin_exec(cx, r, s)?;
        return Ok(imm(!cx.peek(found).is_null()));
    }
    let found = regexp_exec(cx, r, s)?;
    Ok(imm(!cx.peek(found).is_null()))
}

/// ECMA-262 §22.2.6.17 RegExp.prototype.toString
fn to_string<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let r = this_object(cx, args)?;
    let pattern = cx.get(r, n!("source"))?;
    let pattern = cx.to_string(pattern)?;
    let flags = cx.get(r, n!("flags"))?;
    let flags = cx.to_string(flags)?;
    let slash = imm(StaticName::from_latin1(b'/')).cast();
    let text = cx.concat(slash, pattern)?;
    let text = cx.concat(text, slash)?;
    Ok(cx.concat(text, flags)?.cast())
}

/// The text of flags.
fn flags_text<'s>(cx: &mut Cx<'s>, flags: Flags) -> JsResult<JsStr<'s>> {
    let mut text = [0_u8; 8];
    let mut n = 0;
    for letter in flags.letters() {
        text[n] = letter as u8;
        n += 1;
    }
    let made = rotifer_jsvalue::string::from_latin1(cx.heap_mut(), &text[..n])?;
    Ok(cx.root(made)?.cast())
}

/// ECMA-262 §22.2.6.4 get RegExp.prototype.flags
fn flags<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let r = this_object(cx, args)?;
    if matching::is_pristine(cx, r)? {
        return Ok(flags_text(cx, flags_of(cx, r))?.cast());
    }
    let asked = [
        (n!("hasIndices"), Flags::HAS_INDICES),
        (n!("global"), Flags::GLOBAL),
        (n!("ignoreCase"), Flags::IGNORE_CASE),
        (n!("multiline"), Flags::MULTILINE),
        (n!("dotAll"), Flags::DOT_ALL),
        (n!("unicode"), Flags::UNICODE),
        (n!("unicodeSets"), Flags::UNICODE_SETS),
        (n!("sticky"), Flags::STICKY),
    ];
    let mut all = Flags::default();
    for (name, flag) in asked {
        let value = cx.get(r, name)?;
        if cx.to_boolean(value) {
            all = all.union(flag);
        }
    }
    Ok(flags_text(cx, all)?.cast())
}

/// ECMA-262 §22.2.6.4.1 RegExpHasFlag
fn has_flag<'s>(cx: &mut Cx<'s>, args: &Args<'s>, flag: Flags) -> JsResult<Value<'s>> {
    let r = this_object(cx, args)?;
    if cx.is_kind(r, Kind::RegExp) {
        return Ok(imm(flags_of(cx, r).contains(flag)));
    }
    let proto = cx.intrinsic_raw(Intrinsic::RegExpPrototype)?;
    if cx.peek(r) == proto { Ok(UNDEFINED) } else { Err(cx.throw_type_error("this is not a regular expression")) }
}

macro_rules! flag_getters {
    ($($(#[$doc:meta])* $name:ident = $flag:ident;)*) => {
        $(
            $(#[$doc])*
            fn $name<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
                has_flag(cx, args, Flags::$flag)
            }
        )*
    };
}

flag_getters! {
    /// ECMA-262 §22.2.6.3 get RegExp.prototype.dotAll
    dot_all = DOT_ALL;
    /// ECMA-262 §22.2.6.5 get RegExp.prototype.global
    global = GLOBAL;
    /// ECMA-262 §22.2.6.6 get RegExp.prototype.hasIndices
    has_indices = HAS_INDICES;
    /// ECMA-262 §22.2.6.7 get RegExp.prototype.ignoreCase
    ignore_case = IGNORE_CASE;
    /// ECMA-262 §22.2.6.10 get RegExp.prototype.multiline
    multiline = MULTILINE;
    /// ECMA-262 §22.2.6.15 get RegExp.prototype.sticky
    sticky = STICKY;
    /// ECMA-262 §22.2.6.18 get RegExp.prototype.unicode
    unicode = UNICODE;
    /// ECMA-262 §22.2.6.19 get RegExp.prototype.unicodeSets
    unicode_sets = UNICODE_SETS;
}

/// ECMA-262 §22.2.6.13 get RegExp.prototype.source
fn source<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let r = this_object(cx, args)?;
    if !cx.is_kind(r, Kind::RegExp) {
        let proto = cx.intrinsic_raw(Intrinsic::RegExpPrototype)?;
        if cx.peek(r) == proto {
            return Ok(cx.str("(?:)")?.cast());
        }
        return Err(cx.throw_type_error("this is not a regular expression"));
    }
    let source = cx.field(r, field::RegExp::source)?.cast();
    Ok(escape_pattern(cx, source)?.cast())
}

/// What has to be written for a unit of a pattern so that it can stand between slashes.
fn escaped_unit(text: StrView<'_>, i: usize, in_class: &mut bool, quoted: &mut bool) -> Option<&'static str> {
    let unit = text.at(i);
    let line = match unit {
        10 => Some("\\n"),
        13 => Some("\\r"),
        0x2028 => Some("\\u2028"),
        0x2029 => Some("\\u2029"),
        _ => None,
    };
    if *quoted {
        *quoted = false;
        // The backslash is there already.
        return line.map(|l| &l[1..]);
    }
    match u8::try_from(unit).unwrap_or(0) {
        b'\\' => *quoted = true,
        b'[' => *in_class = true,
        b']' => *in_class = false,
        b'/' if !*in_class => return Some("\\/"),
        _ => {}
    }
    line
}

/// ECMA-262 §22.2.6.13.1 EscapeRegExpPattern
fn escape_pattern<'s>(cx: &mut Cx<'s>, source: JsStr<'s>) -> JsResult<JsStr<'s>> {
    let len = length(cx, source) as usize;
    if len == 0 {
        return cx.str("(?:)");
    }
    let result = cx.slot(empty())?;
    let (mut in_class, mut quoted, mut done, mut i) = (false, false, 0, 0);
    while i < len {
        let found = loop {
            if i >= len {
                break None;
            }
            let text = escaped_unit(view(cx, source), i, &mut in_class, &mut quoted);
            i += 1;
            if text.is_some() {
                break text;
            }
        };
        let Some(text) = found else { break };
        let mut cx = cx.nest();
        cx.tick(1)?;
        let before = substring(&mut cx, source, done as u32, i as u32 - 1)?;
        let before = cx.concat(result, before)?;
        let text = cx.str(text)?;
        let text = cx.concat(before, text)?;
        let text = cx.peek(text);
        cx.set_slot_raw(result, text);
        done = i;
    }
    if done == 0 {
        return Ok(source);
    }
    super::string::replace::append(cx, result, source, done as u32, len as u32)?;
    Ok(result)
}

/// ECMA-262 §22.2.5.1 RegExp.escape
fn escape<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    if !cx.peek(args.get(0)).is_string() {
        return Err(cx.throw_type_error("the text to escape is not a string"));
    }
    let s = cx.to_flat_string(args.get(0))?;
    let len = length(cx, s) as usize;
    let result = cx.slot(empty())?;
    let (mut done, mut i) = (0, 0);
    while i < len {
        let mut out = [0_u8; 12];
        let (units, n) = {
            let text = view(cx, s);
            let (cp, units) = text.code_point_at(i).unwrap_or((0, 1));
            (units, encode_for_regexp(cp, i == 0, &mut out))
        };
        if n > 0 {
            let mut cx = cx.nest();
            cx.tick(1)?;
            let before = substring(&mut cx, s, done as u32, i as u32)?;
            let before = cx.concat(result, before)?;
            let piece = rotifer_jsvalue::string::from_latin1(cx.heap_mut(), &out[..n])?;
            let piece = cx.root(piece)?.cast();
            let text = cx.concat(before, piece)?;
            let text = cx.peek(text);
            cx.set_slot_raw(result, text);
            done = i + units;
        }
        i += units;
    }
    if done == 0 {
        return Ok(s.cast());
    }
    super::string::replace::append(cx, result, s, done as u32, len as u32)?;
    Ok(result.cast())
}

/// ECMA-262 §22.2.5.1.1 EncodeForRegExpEscape: writes the escape and gives its length, or 0 when the code point stands for itself.
fn encode_for_regexp(cp: u32, first: bool, out: &mut [u8; 12]) -> usize {
    let hex = |digit: u32| b"0123456789abcdef"[(digit & 15) as usize];
    let small = u8::try_from(cp).unwrap_or(0);
    if first && small.is_ascii_alphanumeric() {
        out[..4].copy_from_slice(&[b'\\', b'x', hex(cp >> 4), hex(cp)]);
        return 4;
    }
    let letter = match small {
        b'^' | b'$' | b'\\' | b'.' | b'*' | b'+' | b'?' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'|' | b'/' => {
            small
        }
        9 => b't',
        10 => b'n',
        11 => b'v',
        12 => b'f',
        13 => b'r',
        _ => 0,
    };
    if letter != 0 {
        out[..2].copy_from_slice(&[b'\\', letter]);
        return 2;
    }
    let other = b",-=<>#&!%:;@~'`\"".contains(&small) && cp < 128;
    let unit = u16::try_from(cp);
    let space = unit.is_ok_and(super::string::trim::is_white_space);
    let lone = (0xD800..0xE000).contains(&cp);
    if !(other || space || lone) {
        return 0;
    }
    if cp < 256 {
        out[..4].copy_from_slice(&[b'\\', b'x', hex(cp >> 4), hex(cp)]);
        return 4;
    }
    out[..6].copy_from_slice(&[b'\\', b'u', hex(cp >> 12), hex(cp >> 8), hex(cp >> 4), hex(cp)]);
    6
}
