//! What stays of an inner function: enough to create its closure and to parse it when it is called.

use super::names::Name;

/// Kinds of functions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum FunctionKind {
    /// `function`
    Normal,
    /// `=>`
    Arrow,
    /// A method of an object or class.
    Method,
    /// A getter.
    Getter,
    /// A setter.
    Setter,
    /// `constructor` of a base class.
    ClassConstructor,
    /// `constructor` of a class with `extends`.
    DerivedConstructor,
    /// All instance field initialisers of a class. The body is a list for [`Ast::class_element`].
    InstanceFields,
    /// All static field initialisers and static blocks of a class. The body is a list for [`Ast::class_element`].
    StaticElements,
}

/// What is known about a function.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct FunctionFlags(pub u32);

macro_rules! function_flags {
    ($($(#[$doc:meta])* $constant:ident $method:ident = $bit:literal;)*) => {
        impl FunctionFlags {
            $($(#[$doc])* pub const $constant: FunctionFlags = FunctionFlags(1 << $bit);)*
            $($(#[$doc])* #[must_use] pub const fn $method(self) -> bool { self.0 & (1 << $bit) != 0 })*
        }
    };
}

function_flags! {
    /// Strict mode code.
    STRICT is_strict = 0;
    /// `async`
    ASYNC is_async = 1;
    /// `*`
    GENERATOR is_generator = 2;
    /// Mentions `this`, also through arrows or eval.
    USES_THIS uses_this = 3;
    /// Mentions `arguments` (its own), also through arrows or eval.
    USES_ARGUMENTS uses_arguments = 4;
    /// Mentions `super.x`, also through arrows or eval.
    USES_SUPER_PROPERTY uses_super_property = 5;
    /// Mentions `super()`, also through arrows or eval.
    USES_SUPER_CALL uses_super_call = 6;
    /// Mentions `new.target`, also through arrows or eval.
    USES_NEW_TARGET uses_new_target = 7;
    /// Contains a direct eval, also in arrows.
    DIRECT_EVAL has_direct_eval = 8;
    /// All parameters are plain names (IsSimpleParameterList).
    SIMPLE_PARAMETERS has_simple_parameters = 9;
    /// A parameter contains an expression (ContainsExpression).
    PARAMETER_EXPRESSIONS has_parameter_expressions = 10;
    /// `arguments` occurs, and only as `arguments.length`, `arguments[x]` read or called… as a value, or as the second
    /// argument of `f.apply(x, arguments)`, all in the function itself.
    ARGUMENTS_READ_ONLY arguments_only_read = 11;
    /// Some parameter is assigned in the function or captured (then a mapped `arguments` object can tell).
    PARAMETER_ASSIGNED parameter_assigned = 12;
    /// An expression (`function` or class expressions), not a declaration. Its name, if any, is bound in a scope of kind
    /// `FunctionName` around it.
    EXPRESSION is_expression = 13;
    /// Stands in a module: `await` is reserved and there are no HTML-like comments.
    MODULE in_module = 14;
    /// The body is an expression (arrows).
    EXPRESSION_BODY has_expression_body = 15;
    /// A method or accessor in a class (not in an object literal).
    IN_CLASS is_in_class = 16;
    /// The source from which it came is in the parameters and body given to a `Function` constructor.
    DYNAMIC_FUNCTION is_dynamic_function = 17;
    /// Stands in parentheses, or right after `!` and the like: likely to be called at once.
    EAGER is_eager = 18;
    /// Has inner functions that capture something or a direct eval: needs environments.
    HAS_CLOSURES has_closures = 19;
    /// Two parameters have the same name.
    DUPLICATE_PARAMETERS has_duplicate_parameters = 20;
    /// A rest parameter is there.
    REST_PARAMETER has_rest_parameter = 21;
    /// Of initialiser functions: `await` is an operator in the class's computed keys.
    KEYS_AWAIT keys_may_await = 22;
    /// Of initialiser functions: `yield` is an operator in the class's computed keys.
    KEYS_YIELD keys_may_yield = 23;
    /// Of initialiser functions: the class has a heritage.
    DERIVED_CLASS in_derived_class = 24;
}

impl FunctionFlags {
    /// Both together.
    #[must_use]
    pub const fn union(self, other: FunctionFlags) -> FunctionFlags {
        FunctionFlags(self.0 | other.0)
    }

    /// Whether all of `other` is in it.
    #[must_use]
    pub const fn contains(self, other: FunctionFlags) -> bool {
        self.0 & other.0 == other.0
    }

    pub(crate) fn set(&mut self, other: FunctionFlags, on: bool) {
        if on {
            self.0 |= other.0;
        } else {
            self.0 &= !other.0;
        }
    }
}

/// A function inside the one that was parsed: all that is needed to create a closure and to parse it when it is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FunctionLiteral {
    /// Kind.
    pub kind: FunctionKind,
    /// Flags.
    pub flags: FunctionFlags,
    /// Its own name, as written: identifier of a function, `None` for methods, arrows and anonymous functions.
    pub name: Option<Name>,
    /// First code unit (`toString` shows from here).
    pub start: u32,
    /// Where its parameters start: re-parsing begins here.
    pub params: u32,
    /// After the last code unit.
    pub end: u32,
    /// The value of its `length` property.
    pub length: u32,
}
