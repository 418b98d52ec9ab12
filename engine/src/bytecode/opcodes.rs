//! The opcode table.
//!
//! [`for_each_opcode!`] hands the whole table to a macro of the caller's; the enum, the decoder, the disassembler, the
//! verifier and the interpreter's dispatch are all expansions of it, so an opcode is spelled here and nowhere else.
//!
//! # Encoding
//!
//! An instruction is a 32-bit word, followed by the extra words `w0`, `w1` its entry names:
//!
//! ```text
//!  31    24 23    16 15     8 7      0
//! |   c    |   b    |   a    | opcode |
//! |        bx       |   a    | opcode |
//! |             ax           | opcode |     (ax is signed)
//! ```
//!
//! # Operand kinds
//!
//! | kind | where | meaning |
//! |---|---|---|
//! | `Dst` | a b c | register that is written; never read first |
//! | `Src` | a b c | register that is read |
//! | `Upd` | a b c | register that is read and written |
//! | `Base` | a b c | first of a run of registers, which the text explains |
//! | `Imm` | c | signed 8-bit integer |
//! | `Byte` | a b c | unsigned 8-bit number |
//! | `Int` | bx | signed 16-bit integer |
//! | `Count` | bx | unsigned 16-bit number |
//! | `Offset` | ax | signed 24-bit jump offset |
//! | `Jump` | w0 w1 | signed 32-bit jump offset |
//! | `KeyIc` | w0 | property key constant in the low 16 bits, inline cache index in the high 16; cache 0xFFFF is "none" |
//! | `K` | w0 w1 | index of a constant |
//! | `Scoped` | w0 | depth (number of parents to climb) in the high 8 bits, slot in the low 24 |
//! | `Word` | w0 w1 | any 32-bit number, which the text explains |
//!
//! **Every jump offset counts in words from the word after the instruction's first word** (`target = pc + 1 + offset`
//! with `pc` at the first word), whether it stands in `ax`, `w0`, `w1` or a table. A taken jump with a negative offset polls
//! fuel and interrupts.
//!
//! # Conventions
//!
//! - *key* constants are strings that are not canonical array indices (those go through `GetElem`, `DefineElem` …).
//! - "hole" is the internal empty value: uninitialised `let`, unbound `this`, "nothing here". It never reaches scripts.
//! - An *environment* is an internal reference to an `Env` block (parent, scope description, slots) held in a register;
//!   `null` stands for "no environment: the realm's global".
//! - Strictness (of assignments, deletions, `this`) is the running code's `STRICT` flag.
//! - A frame's registers beyond the arguments it was given start as undefined.
//! - An instruction that can throw leaves its `Dst` registers untouched when it does, unless said otherwise.

/// Expands `$callback! { … }` with the whole table: entries of the form
/// `#[doc] Name { operand: Kind, … };` where operand is `a b c bx ax w0 w1`.
#[macro_export]
#[doc(hidden)]
macro_rules! for_each_opcode {
    ($callback:ident) => {
        $callback! {
            // ---- loads and moves -------------------------------------------------------------------------------
            /// Does nothing.
            Nop { };
            /// `r[a] = r[b]`
            Move { a: Dst, b: Src };
            /// `r[a] = undefined`
            LoadUndefined { a: Dst };
            /// `r[a] = null`
            LoadNull { a: Dst };
            /// `r[a] = true`
            LoadTrue { a: Dst };
            /// `r[a] = false`
            LoadFalse { a: Dst };
            /// `r[a] = hole`
            LoadHole { a: Dst };
            /// `r[a] = bx` as int32
            LoadInt { a: Dst, bx: Int };
            /// `r[a] = constants[bx]` (number, string, bigint)
            LoadK { a: Dst, bx: Count };
            /// `r[a] = constants[w0]`, for constant indices above 65535
            LoadKWide { a: Dst, w0: K };
            /// `r[a] = r[bx]` where `bx` numbers a register of the frame beyond the addressable 256
            GetFar { a: Dst, bx: Count };
            /// `r[bx] = r[a]`, the counterpart of `GetFar`
            SetFar { a: Src, bx: Count };
            /// `r[a] = this` of the frame. (Derived constructors do not use it: their `this` is a register or an environment slot that
            /// starts as a hole.) In a sloppy function `this` is first coerced (OrdinaryCallBindThis) and stored back into the frame. Arrow functions and direct eval code
            /// have their creator's `this` as their frame's. The compiler executes it before any arrow function that
            /// uses `this` is created.
            LoadThis { a: Dst };
            /// `r[a] =` the function object running (in direct eval code: the one that called eval)
            LoadCallee { a: Dst };
            /// `r[a] = new.target` of the frame
            LoadNewTarget { a: Dst };
            /// Throws a ReferenceError when `r[a]` is a hole: `this` before `super()` returned.
            CheckThis { a: Src };
            /// Throws "cannot access NAME before initialization" (ReferenceError) when `r[a]` is a hole.
            ThrowIfHole { a: Src, w0: K };
            /// Throws a TypeError "assignment to constant variable NAME".
            ThrowConstAssign { w0: K };
            /// Throws a new error of kind `a` (0 TypeError, 1 ReferenceError, 2 SyntaxError, 3 RangeError) with message number `w0`
            /// (`ErrorMessage` in `code.rs`).
            ThrowError { a: Byte, w0: Word };
            /// Throws a TypeError when `r[a]` is undefined or null (destructuring; RequireObjectCoercible).
            RequireObjectCoercible { a: Src };
            /// Throws a TypeError when `r[a]` is not an object; `b` says what was expected to be one: 0 iterator result,
            /// 1 iterator's `return()` result, 2 iterator.
            ThrowIfNotObject { a: Src, b: Byte };

            // ---- arithmetic ------------------------------------------------------------------------------------
            /// `r[a] = r[b] + r[c]`
            Add { a: Dst, b: Src, c: Src };
            /// `r[a] = r[b] - r[c]`
            Sub { a: Dst, b: Src, c: Src };
            /// `r[a] = r[b] * r[c]`
            Mul { a: Dst, b: Src, c: Src };
            /// `r[a] = r[b] / r[c]`
            Div { a: Dst, b: Src, c: Src };
            /// `r[a] = r[b] % r[c]`
            Mod { a: Dst, b: Src, c: Src };
            /// `r[a] = r[b] ** r[c]`
            Exp { a: Dst, b: Src, c: Src };
            /// `r[a] = r[b] & r[c]`
            BitAnd { a: Dst, b: Src, c: Src };
            /// `r[a] = r[b] | r[c]`
            BitOr { a: Dst, b: Src, c: Src };
            /// `r[a] = r[b] ^ r[c]`
            BitXor { a: Dst, b: Src, c: Src };
            /// `r[a] = r[b] << r[c]`
            Shl { a: Dst, b: Src, c: Src };
            /// `r[a] = r[b] >> r[c]`
            Shr { a: Dst, b: Src, c: Src };
            /// `r[a] = r[b] >>> r[c]`
            Ushr { a: Dst, b: Src, c: Src };
            /// `r[a] = r[b] + c` (string concatenation when `r[b]` is a string or such an object)
            AddI { a: Dst, b: Src, c: Imm };
            /// `r[a] = r[b] - c`
            SubI { a: Dst, b: Src, c: Imm };
            /// `r[a] = r[b] * c`
            MulI { a: Dst, b: Src, c: Imm };
            /// `r[a] = r[b] / c`
            DivI { a: Dst, b: Src, c: Imm };
            /// `r[a] = r[b] % c`
            ModI { a: Dst, b: Src, c: Imm };
            /// `r[a] = r[b] & c`
            BitAndI { a: Dst, b: Src, c: Imm };
            /// `r[a] = r[b] | c`
            BitOrI { a: Dst, b: Src, c: Imm };
            /// `r[a] = r[b] ^ c`
            BitXorI { a: Dst, b: Src, c: Imm };
            /// `r[a] = r[b] << c`, 0 <= c < 32
            ShlI { a: Dst, b: Src, c: Imm };
            /// `r[a] = r[b] >> c`, 0 <= c < 32
            ShrI { a: Dst, b: Src, c: Imm };
            /// `r[a] = r[b] >>> c`, 0 <= c < 32
            UshrI { a: Dst, b: Src, c: Imm };
            /// `r[a] = ToNumeric(r[b]) + 1` (`1n` for a BigInt)
            Inc { a: Dst, b: Src };
            /// `r[a] = ToNumeric(r[b]) - 1`
            Dec { a: Dst, b: Src };
            /// `r[a] = -r[b]`
            Neg { a: Dst, b: Src };
            /// `r[a] = ~r[b]`
            BitNot { a: Dst, b: Src };
            /// `r[a] = !ToBoolean(r[b])`
            Not { a: Dst, b: Src };
            /// `r[a] = ToNumber(r[b])` (unary plus: a BigInt throws)
            ToNumber { a: Dst, b: Src };
            /// `r[a] = ToNumeric(r[b])` (the old value of `x++`)
            ToNumeric { a: Dst, b: Src };
            /// `r[a] = ToString(r[b])` (template literals: a Symbol throws)
            ToString { a: Dst, b: Src };
            /// `r[a] = ToPropertyKey(r[b])`: afterwards a string, symbol or int32 index
            ToPropertyKey { a: Dst, b: Src };
            /// `r[a] = typeof r[b]`
            TypeOf { a: Dst, b: Src };
            /// `r[a]` = concatenation of the `c` strings `r[b..b+c]` (all are strings already), `c >= 2`
            Concat { a: Dst, b: Base, c: Byte };

            // ---- comparison ------------------------------------------------------------------------------------
            /// `r[a] = r[b] == r[c]`
            Eq { a: Dst, b: Src, c: Src };
            /// `r[a] = r[b] != r[c]`
            Ne { a: Dst, b: Src, c: Src };
            /// `r[a] = r[b] === r[c]`
            StrictEq { a: Dst, b: Src, c: Src };
            /// `r[a] = r[b] !== r[c]`
            StrictNe { a: Dst, b: Src, c: Src };
            /// `r[a] = r[b] < r[c]` (all four convert `r[b]` first)
            Less { a: Dst, b: Src, c: Src };
            /// `r[a] = r[b] <= r[c]`
            LessEq { a: Dst, b: Src, c: Src };
            /// `r[a] = r[b] > r[c]`
            Greater { a: Dst, b: Src, c: Src };
            /// `r[a] = r[b] >= r[c]`
            GreaterEq { a: Dst, b: Src, c: Src };
            /// `r[a] = r[b] instanceof r[c]`
            InstanceOf { a: Dst, b: Src, c: Src };
            /// `r[a] = r[b] in r[c]` (key in object)
            In { a: Dst, b: Src, c: Src };

            // ---- jumps -----------------------------------------------------------------------------------------
            /// Jumps.
            Jump { ax: Offset };
            /// Jumps when `ToBoolean(r[a])`.
            JumpIfTrue { a: Src, w0: Jump };
            /// Jumps when `!ToBoolean(r[a])`.
            JumpIfFalse { a: Src, w0: Jump };
            /// Jumps when `r[a] === undefined`.
            JumpIfUndefined { a: Src, w0: Jump };
            /// Jumps when `r[a] !== undefined`.
            JumpIfNotUndefined { a: Src, w0: Jump };
            /// Jumps when `r[a] === null`.
            JumpIfNull { a: Src, w0: Jump };
            /// Jumps when `r[a] !== null`.
            JumpIfNotNull { a: Src, w0: Jump };
            /// Jumps when `r[a]` is undefined or null (not `document.all`-like objects).
            JumpIfNullish { a: Src, w0: Jump };
            /// Jumps when `r[a]` is neither undefined nor null.
            JumpIfNotNullish { a: Src, w0: Jump };
            /// Jumps when `r[a]` is a hole.
            JumpIfHole { a: Src, w0: Jump };
            /// Jumps when `r[a] == r[b]`.
            JumpIfEq { a: Src, b: Src, w0: Jump };
            /// Jumps when `r[a] != r[b]`.
            JumpIfNe { a: Src, b: Src, w0: Jump };
            /// Jumps when `r[a] === r[b]`.
            JumpIfStrictEq { a: Src, b: Src, w0: Jump };
            /// Jumps when `r[a] !== r[b]`.
            JumpIfStrictNe { a: Src, b: Src, w0: Jump };
            /// Jumps when `r[a] < r[b]`.
            JumpIfLess { a: Src, b: Src, w0: Jump };
            /// Jumps when not `r[a] < r[b]` (so also when either is NaN).
            JumpIfNotLess { a: Src, b: Src, w0: Jump };
            /// Jumps when `r[a] <= r[b]`.
            JumpIfLessEq { a: Src, b: Src, w0: Jump };
            /// Jumps when not `r[a] <= r[b]`.
            JumpIfNotLessEq { a: Src, b: Src, w0: Jump };
            /// Jumps when `r[a] > r[b]`.
            JumpIfGreater { a: Src, b: Src, w0: Jump };
            /// Jumps when not `r[a] > r[b]`.
            JumpIfNotGreater { a: Src, b: Src, w0: Jump };
            /// Jumps when `r[a] >= r[b]`.
            JumpIfGreaterEq { a: Src, b: Src, w0: Jump };
            /// Jumps when not `r[a] >= r[b]`.
            JumpIfNotGreaterEq { a: Src, b: Src, w0: Jump };
            /// Jumps when `r[a] == bx`.
            JumpIfEqI { a: Src, bx: Int, w0: Jump };
            /// Jumps when `r[a] != bx`.
            JumpIfNeI { a: Src, bx: Int, w0: Jump };
            /// Jumps when `r[a] === bx`.
            JumpIfStrictEqI { a: Src, bx: Int, w0: Jump };
            /// Jumps when `r[a] !== bx`.
            JumpIfStrictNeI { a: Src, bx: Int, w0: Jump };
            /// Jumps when `r[a] < bx`.
            JumpIfLessI { a: Src, bx: Int, w0: Jump };
            /// Jumps when not `r[a] < bx`.
            JumpIfNotLessI { a: Src, bx: Int, w0: Jump };
            /// Jumps when `r[a] <= bx`.
            JumpIfLessEqI { a: Src, bx: Int, w0: Jump };
            /// Jumps when not `r[a] <= bx`.
            JumpIfNotLessEqI { a: Src, bx: Int, w0: Jump };
            /// Jumps when `r[a] > bx`.
            JumpIfGreaterI { a: Src, bx: Int, w0: Jump };
            /// Jumps when not `r[a] > bx`.
            JumpIfNotGreaterI { a: Src, bx: Int, w0: Jump };
            /// Jumps when `r[a] >= bx`.
            JumpIfGreaterEqI { a: Src, bx: Int, w0: Jump };
            /// Jumps when not `r[a] >= bx`.
            JumpIfNotGreaterEqI { a: Src, bx: Int, w0: Jump };
            /// Jumps when `typeof r[a]` is type number `b`: 0 undefined, 1 object, 2 boolean, 3 number, 4 string, 5 symbol,
            /// 6 bigint, 7 function.
            JumpIfTypeOf { a: Src, b: Byte, w0: Jump };
            /// Jumps when `typeof r[a]` is not type number `b`.
            JumpIfNotTypeOf { a: Src, b: Byte, w0: Jump };
            /// Jump table: `bx` offset words follow `w0` (so the instruction is `2 + bx` words long). When `r[a]` is a
            /// number equal to `w0 + i` (`w0` as i32, 0 <= i < bx), jumps by offset `i` of the table (from the word after the first
            /// word, as always); otherwise goes on after the table.
            SwitchInt { a: Src, bx: Count, w0: Word };

            // ---- properties ------------------------------------------------------------------------------------
            /// `r[a] = r[b].key`
            GetProp { a: Dst, b: Src, w0: KeyIc };
            /// `r[a].key = r[b]`
            SetProp { a: Src, b: Src, w0: KeyIc };
            /// `r[a] = r[b].length` (the key is `length` too, for the general path)
            GetLength { a: Dst, b: Src, w0: KeyIc };
            /// `r[a] = r[b][r[c]]`
            GetElem { a: Dst, b: Src, c: Src };
            /// `r[a][r[b]] = r[c]`
            SetElem { a: Src, b: Src, c: Src };
            /// `r[a] = r[b][c]`, index `c`
            GetElemI { a: Dst, b: Src, c: Byte };
            /// `r[a][b] = r[c]`, index `b`
            SetElemI { a: Src, b: Byte, c: Src };
            /// `r[a] = r[b].key; r[a+1] = r[b]`: callee and this of a method call. `b` may be `a` or `a+1`.
            GetMethod { a: Base, b: Src, w0: KeyIc };
            /// `r[a] = r[b][r[c]]; r[a+1] = r[b]`. `b`, `c` may be `a` or `a+1`.
            GetMethodElem { a: Base, b: Src, c: Src };
            /// `r[a] = delete r[b].constants[w0]`
            DeleteProp { a: Dst, b: Src, w0: K };
            /// `r[a] = delete r[b][r[c]]`
            DeleteElem { a: Dst, b: Src, c: Src };
            /// `r[a] = super[r[c]]` with receiver `r[b]`; the home object is the running function's [[HomeObject]]
            GetSuper { a: Dst, b: Src, c: Src };
            /// `r[a] =` the object that `super` means now, or null
            GetSuperBase { a: Dst };
            /// `r[a] = r[b+1][r[c]]` with receiver `r[b]`
            GetSuperOn { a: Dst, b: Base, c: Src };
            /// `r[a+1][r[b]] = r[c]` with receiver `r[a]`
            SetSuperOn { a: Base, b: Src, c: Src };
            /// CreateDataPropertyOrThrow(`r[a]`, key, `r[b]`) for object literals and class fields
            DefineField { a: Src, b: Src, w0: KeyIc };
            /// CreateDataPropertyOrThrow(`r[a]`, `r[b]`, `r[c]`)
            DefineElem { a: Src, b: Src, c: Src };
            /// Defines function `r[c]` on `r[a]` under key `r[b]` (any property key) and makes `r[a]` its [[HomeObject]].
            /// `w0`: bits 0-1: 0 method, 1 getter, 2 setter; bit 2: enumerable; bit 3: also SetFunctionName from the key, with the prefix
            /// `get`/`set` as it applies. The property is configurable, a method's writable.
            DefineMethod { a: Src, b: Src, c: Src, w0: Word };
            /// Makes `r[b]` the [[HomeObject]] of function `r[a]`.
            SetHomeObject { a: Src, b: Src };
            /// SetFunctionName(`r[a]`, `r[b]`): an anonymous function or class gets its name from a computed key (string, symbol,
            /// private name). `c`: 0 no prefix, 1 `get`, 2 `set`. Leaves a function alone that has an own `name` already.
            SetFunctionName { a: Src, b: Src, c: Byte };
            /// `__proto__: r[b]` in an object literal: sets the prototype of `r[a]` when `r[b]` is an object or null.
            SetProto { a: Src, b: Src };

            // ---- private names ---------------------------------------------------------------------------------
            /// `r[a] =` a fresh private name with description `w0` (with its `#`)
            NewPrivateName { a: Dst, w0: K };
            /// `r[a] = r[b].#name`, private name in `r[c]`
            GetPrivate { a: Dst, b: Src, c: Src };
            /// `r[a].#name = r[c]`, private name in `r[b]` (throws for methods and getter-only accessors)
            SetPrivate { a: Src, b: Src, c: Src };
            /// PrivateFieldAdd(`r[a]`, `r[b]`, `r[c]`)
            DefinePrivateField { a: Src, b: Src, c: Src };
            /// Adds the private method or accessor half `r[c]` under private name `r[b]` to `r[a]`; `w0`: 0 method, 1 getter, 2 setter
            /// (two halves of one name make one accessor). Does not touch [[HomeObject]].
            DefinePrivateMethod { a: Src, b: Src, c: Src, w0: Word };
            /// `r[a] = #name in r[c]`, private name in `r[b]`
            HasPrivate { a: Dst, b: Src, c: Src };

            // ---- literals --------------------------------------------------------------------------------------
            /// `r[a] = {}` with room for `bx` properties
            NewObject { a: Dst, bx: Count };
            /// `r[a] =` a new object with the shape of constant `w0` (a list of `c` distinct plain keys) and the values
            /// `r[b..b+c]`
            NewObjectWith { a: Dst, b: Base, c: Byte, w0: K };
            /// `r[a] = []` with room for `bx` elements
            NewArray { a: Dst, bx: Count };
            /// `r[a] = [r[b], …, r[b+c-1]]`
            NewArrayWith { a: Dst, b: Base, c: Byte };
            /// Appends `r[b..b+c]` to array `r[a]`.
            AppendElems { a: Src, b: Base, c: Byte };
            /// Appends `bx` holes to array `r[a]` (its length grows).
            AppendHoles { a: Src, bx: Count };
            /// Iterates over `r[b]` and appends everything to array `r[a]`.
            AppendSpread { a: Src, b: Src };
            /// CopyDataProperties(`r[a]`, `r[b]`, « »): object spread
            CopyDataProperties { a: Src, b: Src };
            /// `r[a] =` a new object with the own enumerable properties of `r[b]` except the keys in array `r[c]`
            ObjectRest { a: Dst, b: Src, c: Src };
            /// `r[a] =` a new regular expression from constant `w0` (pattern, flags)
            NewRegExp { a: Dst, w0: K };
            /// `r[a] =` the template object of constant `w0`; the same object at each execution
            TemplateObject { a: Dst, w0: K };
            /// `r[a] =` a new closure of function description `w0` in environment `r[b]`. An arrow function takes over the
            /// frame's `this` and its callee's [[HomeObject]] (its `new.target` and active function come from environments).
            Closure { a: Dst, b: Src, w0: K };

            // ---- classes ---------------------------------------------------------------------------------------
            /// ClassDefinitionEvaluation's objects: `r[a]` holds the heritage value (hole: no `extends`), `r[b]` the environment,
            /// `w0` describes the constructor. Checks the heritage; then `r[a]` = constructor, `r[a+1]` = prototype object
            /// (which is the constructor's [[HomeObject]] and has the `constructor` property).
            CreateClass { a: Base, b: Src, w0: K };
            /// Stores function `r[b]` as the initialiser of instance elements of constructor `r[a]`.
            SetFieldInitializer { a: Src, b: Src };
            /// Adds instance private method or accessor half `r[c]` under private name `r[b]` to the list of constructor `r[a]`;
            /// `w0` as in `DefinePrivateMethod`. Instances get them when `GetFieldInitializer` runs.
            AddInstanceMethod { a: Src, b: Src, c: Src, w0: Word };
            /// First adds the private instance methods of constructor `r[b]` to object `r[c]` (a TypeError when it has them already); then
            /// `r[a] =` the initialiser of instance elements of `r[b]` (which the code then calls with `this` `r[c]`), or undefined.
            GetFieldInitializer { a: Dst, b: Src, c: Src };
            /// `r[a] = r[b].[[GetPrototypeOf]]()`, for `super(…)` (`r[b]` is the running constructor)
            GetSuperConstructor { a: Dst, b: Src };
            /// Throws a TypeError when `r[a]` is the property key `"prototype"` (computed static class members).
            CheckStaticName { a: Src };

            // ---- calls: callee r[b], this r[b+1], arguments r[b+2 .. b+2+c] -------------------------------------
            /// `r[a] = r[b](…)` with undefined as this; `r[b+1]` need not be set
            Call { a: Dst, b: Base, c: Byte };
            /// `r[a] = Call(r[b], r[b+1], …)`
            CallMethod { a: Dst, b: Base, c: Byte };
            /// `r[a] = new r[b](…)`; `r[b+1]` need not be set
            New { a: Dst, b: Base, c: Byte };
            /// `r[a] = Construct(r[b], …, newTarget r[b+1])`; a TypeError when `r[b]` is no constructor. Binding this is separate.
            SuperCall { a: Dst, b: Base, c: Byte };
            /// As `CallMethod`, with the elements of array `r[b+2]` as arguments
            CallSpread { a: Dst, b: Base };
            /// As `New`, with the elements of array `r[b+2]` as arguments
            NewSpread { a: Dst, b: Base };
            /// As `SuperCall`, with the elements of array `r[b+2]` as arguments
            SuperCallSpread { a: Dst, b: Base };
            /// As `SuperCall`, with the frame's own actual arguments (default derived constructors)
            SuperCallForward { a: Dst, b: Base };
            /// `eval(…)`: when `r[b]` is the realm's %eval%, runs `r[b+2]` (undefined when `c` is 0) as direct eval code in environment
            /// `r[w0 & 0xff]`, else as `CallMethod`. `w0` bit 8: in class field initialiser; bit 9: in parameter expressions.
            CallEval { a: Dst, b: Base, c: Byte, w0: Word };
            /// As `CallEval`, with the elements of array `r[b+2]` as arguments
            CallEvalSpread { a: Dst, b: Base, w0: Word };
            /// `f.apply(x, arguments)` without an arguments object: `r[b]` is the value of `f.apply`, `r[b+1]` is `f`, `r[b+2]` is `x`. When
            /// `r[b]` is %Function.prototype.apply%: `r[a] = Call(f, x, actual arguments of the frame)`; otherwise the arguments object is
            /// made (unmapped will do) and `r[b]` called with `this` `f` and arguments `x`, it.
            CallApplyArguments { a: Dst, b: Base };
            /// `r[a] =` number of actual arguments
            ArgumentsLength { a: Dst };
            /// `r[a] = arguments[r[b]]` without making the object when `r[b]` is an index below the argument count; otherwise as if
            /// read from an unmapped arguments object
            ArgumentsElem { a: Dst, b: Src };
            /// `r[a] =` an unmapped arguments object (strict's when the code is strict, else with `callee`)
            CreateArguments { a: Dst };
            /// `r[a] =` a mapped arguments object over environment `r[b]`: argument `i < c` lives in slot `w0 + i`
            CreateMappedArguments { a: Dst, b: Src, c: Byte, w0: Word };
            /// `r[a] =` array of the actual arguments from number `bx` on
            CreateRest { a: Dst, bx: Count };
            /// Leaves the frame with `r[a]`. In a frame entered by [[Construct]] of a base constructor or function a non-object becomes
            /// `this`. In an async function it resolves the promise, in a generator it completes it.
            Return { a: Src };
            /// `Return` with undefined
            ReturnUndefined { };
            /// Return from a derived constructor: `r[a]` when it is an object; a TypeError when it is neither that nor undefined;
            /// else `r[b]` (`this`), a ReferenceError when that is a hole.
            ReturnDerived { a: Src, b: Src };

            // ---- globals ---------------------------------------------------------------------------------------
            /// `r[a] =` global binding key (declarative record first, then object); ReferenceError when missing or uninitialised
            GetGlobal { a: Dst, w0: KeyIc };
            /// As `GetGlobal`, but undefined when missing (`typeof`)
            GetGlobalOrUndefined { a: Dst, w0: KeyIc };
            /// key `= r[a]`; when missing, sloppy code creates a property, strict code throws a ReferenceError
            SetGlobal { a: Src, w0: KeyIc };
            /// `r[a] =` whether the global binding exists
            HasGlobal { a: Dst, w0: KeyIc };
            /// As `SetGlobal` (strict), but throws the ReferenceError when `r[b]` (from `HasGlobal`, before the right side ran) is false
            SetGlobalIfHad { a: Src, b: Src, w0: KeyIc };
            /// GlobalDeclarationInstantiation's checks and bindings for declaration list constant `w0`: lexical names are made
            /// uninitialised, var names undefined; function names are only checked (`InitGlobalFunction` makes them).
            /// `a`: 0 script, 1 global eval code (bindings are deletable)
            DeclareGlobals { a: Byte, w0: K };
            /// CreateGlobalFunctionBinding(constants[w0], `r[a]`); `b`: 1 in eval code (deletable)
            InitGlobalFunction { a: Src, b: Byte, w0: K };
            /// Initialises global lexical binding `w0` with `r[a]`.
            InitGlobalLexical { a: Src, w0: K };

            // ---- environments ----------------------------------------------------------------------------------
            /// `r[a] =` the [[Environment]] of the running function (null: global)
            LoadFunctionEnv { a: Dst };
            /// `r[a] =` new environment with parent `r[b]`, scope description `w0`, `w1` slots; the first `c` slots start undefined,
            /// the rest as holes
            NewEnv { a: Dst, b: Src, c: Byte, w0: K, w1: Word };
            /// `r[a] =` new environment like `r[b]`: same parent, description and slot values (per-iteration bindings)
            CopyEnv { a: Dst, b: Src };
            /// `r[a] =` the environment `c` parents above `r[b]`, `c >= 1`
            EnvParent { a: Dst, b: Src, c: Byte };
            /// `r[a] = r[b].slot[c]`
            GetEnv { a: Dst, b: Src, c: Byte };
            /// `r[a].slot[b] = r[c]`
            SetEnv { a: Src, b: Byte, c: Src };
            /// As `GetEnv`; a hole throws a ReferenceError naming `w0`
            GetEnvChecked { a: Dst, b: Src, c: Byte, w0: K };
            /// As `SetEnv`; when the slot holds a hole throws a ReferenceError naming `w0`
            SetEnvChecked { a: Src, b: Byte, c: Src, w0: K };
            /// `r[a] =` slot of the environment `depth` parents above `r[b]`
            GetScoped { a: Dst, b: Src, w0: Scoped };
            /// Stores `r[b]` in a slot of the environment `depth` parents above `r[a]`.
            SetScoped { a: Src, b: Src, w0: Scoped };
            /// As `GetScoped`; a hole throws a ReferenceError naming `w1`
            GetScopedChecked { a: Dst, b: Src, w0: Scoped, w1: K };
            /// As `SetScoped`; when the slot holds a hole throws a ReferenceError naming `w1`
            SetScopedChecked { a: Src, b: Src, w0: Scoped, w1: K };
            /// `r[a] =` imported binding: the slot holds a link made at link time (target environment and slot, or a namespace
            /// object); a target still a hole throws a ReferenceError naming `w1`
            GetImport { a: Dst, b: Src, w0: Scoped, w1: K };

            // ---- dynamic scopes (with, direct eval) ------------------------------------------------------------
            /// `r[a] =` object environment of `with (r[c])` with parent `r[b]` (ToObject, may throw)
            PushWith { a: Dst, b: Src, c: Src };
            /// `r[a] =` value of name `w0` looked up from environment `r[b]` outwards to the global; throws when missing
            GetName { a: Dst, b: Src, w0: K };
            /// As `GetName`, undefined when missing
            GetNameOrUndefined { a: Dst, b: Src, w0: K };
            /// `r[a] =` callee found under name `w0`, `r[a+1] =` its this (the `with` object, else undefined)
            GetNameMethod { a: Base, b: Src, w0: K };
            /// `r[a] =` what holds name `w0` as seen from `r[b]` (an environment, a `with` object's environment, null for a global that
            /// exists, hole when it is not found): a reference to be used later
            ResolveName { a: Dst, b: Src, w0: K };
            /// `r[a] =` value of name `w0` in what `ResolveName` found (`r[b]`)
            GetResolved { a: Dst, b: Src, w0: K };
            /// Assigns `r[b]` to name `w0` in what `ResolveName` found (`r[a]`). Checks const, uninitialised, strict unresolvable.
            SetResolved { a: Src, b: Src, w0: K };
            /// `r[a] = delete` name `w0`, seen from `r[b]`
            DeleteName { a: Dst, b: Src, w0: K };
            /// EvalDeclarationInstantiation for the `var` and function names of declaration list `w0`, seen from environment `r[a]`:
            /// conflict checks, then creates the missing ones as deletable undefined bindings in the variable environment
            /// (the nearest environment whose scope description has `EVAL_VARS`, else the global).
            DeclareEvalVars { a: Src, w0: K };
            /// Assigns function `r[b]` to var name `w0` in the variable environment seen from `r[a]`. `c`: 1 when it is there already and
            /// only assigned.
            InitEvalFunction { a: Src, b: Src, c: Byte, w0: K };

            // ---- iteration -------------------------------------------------------------------------------------
            // An iterator record is three registers: r[base] iterator (undefined once done), r[base+1] next method, r[base+2] for
            // the interpreter's own use (e.g. the index of a fast array iteration, where r[base] is the array itself).
            /// GetIterator(`r[b]`, sync) into the record at `a`. `b` is outside the record. `c`: 0 when only `IteratorNext`, `IteratorStep`,
            /// `IteratorRest`, `IteratorClose`, `IteratorCloseQuiet` will use the record, so that it may have a fast form; 1 when the
            /// iterator object itself must be in `r[a]`.
            GetIterator { a: Base, b: Src, c: Byte };
            /// GetIterator(`r[b]`, async) into the record at `a`
            GetAsyncIterator { a: Base, b: Src };
            /// Steps the record at `b`: `r[a] =` next value; when it is exhausted jumps with `r[b] = undefined`. When stepping throws, `r[b] =
            /// undefined` too (it must not be closed).
            IteratorNext { a: Dst, b: Base, w0: Jump };
            /// As `IteratorNext`, but `r[a] = undefined` instead of jumping, also when the record is done already (destructuring)
            IteratorStep { a: Dst, b: Base };
            /// `r[a] =` array of all remaining values (none when done); `r[b] = undefined`
            IteratorRest { a: Dst, b: Base };
            /// `r[a] =` result object of calling the next method, unchecked (`for await`: it is awaited next). When the call throws, `r[b] = undefined`.
            IteratorCallNext { a: Dst, b: Base };
            /// As `IteratorCallNext` with `r[c]` as the argument (`yield*`); `r[b]` is left alone
            IteratorCallNextWith { a: Dst, b: Base, c: Src };
            /// Jumps when iterator result `r[a]` has a true `done`; a TypeError when it is no object
            JumpIfIteratorDone { a: Src, w0: Jump };
            /// `r[b]` is an iterator result: a TypeError when it is no object; when its `done` is true jumps with `r[a]` undefined;
            /// otherwise `r[a] =` its value and goes on
            IteratorUnwrap { a: Dst, b: Src, w0: Jump };
            /// IteratorClose of the record at `a` for a normal completion (nothing when done): calls `return`, whose result
            /// must be an object. `r[a] = undefined` before anything else, so that a throwing `return` does not close twice.
            IteratorClose { a: Base };
            /// IteratorClose of the record at `a` for a throw completion: calls `return` and ignores all that goes wrong (nothing when done)
            IteratorCloseQuiet { a: Base };
            /// For async closing: `r[a] =` GetMethod(`r[b]`, "return" when `c` is 0, "throw" when 1): undefined when there is none
            GetIteratorMethod { a: Dst, b: Src, c: Byte };
            /// `r[a] =` enumerator of `r[b]`'s property names (for undefined and null: one of none)
            ForInStart { a: Dst, b: Src };
            /// `r[a] =` next name of the enumerator `r[b]`, or jumps at the end
            ForInNext { a: Dst, b: Src, w0: Jump };

            // ---- generators and async --------------------------------------------------------------------------
            /// In a generator's prologue: makes the generator object, saves the frame in it and returns it to the caller. Goes on here
            /// at the first `next()`.
            CreateGenerator { };
            /// First instruction of an async function: makes the promise that is returned at the first suspension or at the end;
            /// from here on, what escapes the frame rejects it
            StartAsync { };
            /// Suspends a generator with value `r[b]`. Resumed by `next(v)`: `r[a] = v` and jumps; by `throw(e)`: throws `e` here;
            /// by `return(v)`: `r[a] = v` and goes on with the next instruction (which leaves through the `finally` blocks).
            Yield { a: Dst, b: Src, w0: Jump };
            /// `yield*`: suspends with iterator result object `r[b]` as it is (in async generators: with value `r[b]`). Resumed, `r[a]` = the
            /// value received and `r[c]` = how: 0 next, 1 throw, 2 return. Never throws.
            YieldDelegate { a: Dst, b: Src, c: Dst };
            /// Suspends until `r[b]` settles: `r[a] =` its value, or throws the reason here.
            Await { a: Dst, b: Src };

            // ---- exceptions and resources ----------------------------------------------------------------------
            /// Throws `r[a]`.
            Throw { a: Src };
            /// Throws `r[a]` again (an exception on its way through `finally`).
            Rethrow { a: Src };
            /// `using`: adds resource `r[b]` to the disposal stack `r[a]` (undefined at first, made as needed). `c`: 0 sync, 1 async. Undefined and null are left
            /// out (but noted when async); anything else must have a dispose method, else a TypeError.
            AddDisposable { a: Upd, b: Src, c: Byte };
            /// Takes the last resource off disposal stack `r[b]` and calls its dispose method: `r[a] =` the result to be awaited for an async
            /// one, else a hole. Jumps when the stack is empty or undefined.
            DisposeNext { a: Dst, b: Src, w0: Jump };
            /// `r[a] =` `r[b]` when `r[c]` is a hole, else a new SuppressedError (error `r[b]`, suppressed `r[c]`)
            SuppressError { a: Dst, b: Src, c: Src };

            // ---- modules ---------------------------------------------------------------------------------------
            /// `r[a] = import(r[b], r[c])`: a promise; `w0`: 0 evaluation, 1 defer, 2 source. `r[c]` is undefined when not written.
            ImportCall { a: Dst, b: Src, c: Src, w0: Word };
            /// In a module's prologue, after its functions were instantiated: publishes `r[a]` as the module's environment and
            /// suspends; goes on here when the module is evaluated.
            ModuleStart { a: Src };
            /// `r[a] = import.meta`
            ImportMeta { a: Dst };
            /// A `debugger` statement.
            Debugger { };
        }
    };
}
