//! The library: one file per family, all of it constant tables.

pub(crate) mod array;
pub(crate) mod array_buffer;
pub(crate) mod atomics;
pub(crate) mod bigint;
pub(crate) mod boolean;
pub(crate) mod combinators;
pub(crate) mod console;
pub(crate) mod data_view;
pub(crate) mod date;
pub(crate) mod disposable;
pub(crate) mod error;
pub(crate) mod function;
pub(crate) mod generator;
pub(crate) mod global;
pub(crate) mod inspect;
pub(crate) mod integrity;
pub(crate) mod internal;
#[cfg(feature = "intl")]
pub(crate) mod intl;
pub(crate) mod iterator;
pub(crate) mod json;
pub(crate) mod json_parse;
pub(crate) mod json_stringify;
pub(crate) mod map;
pub(crate) mod math;
pub(crate) mod module_source;
pub(crate) mod number;
pub(crate) mod object;
pub(crate) mod promise;
pub(crate) mod proxy;
pub(crate) mod reflect;
pub(crate) mod regexp;
pub(crate) mod set;
pub(crate) mod spec;
pub(crate) mod string;
pub(crate) mod symbol;
#[cfg(feature = "temporal")]
pub(crate) mod temporal;
pub(crate) mod typed_array;
pub(crate) mod typed_array_kinds;
pub(crate) mod uri;
pub(crate) mod weak;

use spec::Spec;

macro_rules! intrinsics {
    ($($(#[$feature:meta])? $name:ident = $file:ident :: $spec:ident,)*) => {
        /// An intrinsic object of a realm (ECMA-262 §6.1.7.4).
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum Intrinsic { $($(#[$feature])? $name),* }

        impl Intrinsic {
            /// All of them, in the order of their numbers.
            pub const ALL: &'static [Intrinsic] = &[$($(#[$feature])? Intrinsic::$name),*];
        }

        static SPECS: &[&Spec] = &[$($(#[$feature])? &$file::$spec),*];
    };
}

// The order is part of the image format: new ones go at the end.
intrinsics! {
    ObjectPrototype = object::OBJECT_PROTOTYPE,
    Object = object::OBJECT,
    FunctionPrototype = function::FUNCTION_PROTOTYPE,
    Function = function::FUNCTION,
    ArrayPrototype = array::ARRAY_PROTOTYPE,
    Array = array::ARRAY,
    StringPrototype = string::STRING_PROTOTYPE,
    String = string::STRING,
    NumberPrototype = number::NUMBER_PROTOTYPE,
    Number = number::NUMBER,
    BooleanPrototype = boolean::BOOLEAN_PROTOTYPE,
    Boolean = boolean::BOOLEAN,
    SymbolPrototype = symbol::SYMBOL_PROTOTYPE,
    Symbol = symbol::SYMBOL,
    BigIntPrototype = bigint::BIGINT_PROTOTYPE,
    BigInt = bigint::BIGINT,
    Math = math::MATH,
    DatePrototype = date::DATE_PROTOTYPE,
    Date = date::DATE,
    RegExpPrototype = regexp::REGEXP_PROTOTYPE,
    RegExp = regexp::REGEXP,
    Json = json::JSON,
    ErrorPrototype = error::ERROR_PROTOTYPE,
    Error = error::ERROR,
    TypeErrorPrototype = error::TYPEERROR_PROTOTYPE,
    TypeError = error::TYPEERROR,
    RangeErrorPrototype = error::RANGEERROR_PROTOTYPE,
    RangeError = error::RANGEERROR,
    SyntaxErrorPrototype = error::SYNTAXERROR_PROTOTYPE,
    SyntaxError = error::SYNTAXERROR,
    ReferenceErrorPrototype = error::REFERENCEERROR_PROTOTYPE,
    ReferenceError = error::REFERENCEERROR,
    EvalErrorPrototype = error::EVALERROR_PROTOTYPE,
    EvalError = error::EVALERROR,
    URIErrorPrototype = error::URIERROR_PROTOTYPE,
    URIError = error::URIERROR,
    AggregateErrorPrototype = error::AGGREGATEERROR_PROTOTYPE,
    AggregateError = error::AGGREGATEERROR,
    SuppressedErrorPrototype = error::SUPPRESSEDERROR_PROTOTYPE,
    SuppressedError = error::SUPPRESSEDERROR,
    MapPrototype = map::MAP_PROTOTYPE,
    Map = map::MAP,
    SetPrototype = set::SET_PROTOTYPE,
    Set = set::SET,
    WeakMapPrototype = weak::WEAKMAP_PROTOTYPE,
    WeakMap = weak::WEAKMAP,
    WeakSetPrototype = weak::WEAKSET_PROTOTYPE,
    WeakSet = weak::WEAKSET,
    WeakRefPrototype = weak::WEAKREF_PROTOTYPE,
    WeakRef = weak::WEAKREF,
    FinalizationRegistryPrototype = weak::FINALIZATIONREGISTRY_PROTOTYPE,
    FinalizationRegistry = weak::FINALIZATIONREGISTRY,
    ArrayBufferPrototype = array_buffer::ARRAYBUFFER_PROTOTYPE,
    ArrayBuffer = array_buffer::ARRAYBUFFER,
    SharedArrayBufferPrototype = array_buffer::SHAREDARRAYBUFFER_PROTOTYPE,
    SharedArrayBuffer = array_buffer::SHAREDARRAYBUFFER,
    TypedArrayPrototype = typed_array::TYPEDARRAY_PROTOTYPE,
    TypedArray = typed_array::TYPEDARRAY,
    Int8ArrayPrototype = typed_array_kinds::INT8ARRAY_PROTOTYPE,
    Int8Array = typed_array_kinds::INT8ARRAY,
    Uint8ArrayPrototype = typed_array_kinds::UINT8ARRAY_PROTOTYPE,
    Uint8Array = typed_array_kinds::UINT8ARRAY,
    Uint8ClampedArrayPrototype = typed_array_kinds::UINT8CLAMPEDARRAY_PROTOTYPE,
    Uint8ClampedArray = typed_array_kinds::UINT8CLAMPEDARRAY,
    Int16ArrayPrototype = typed_array_kinds::INT16ARRAY_PROTOTYPE,
    Int16Array = typed_array_kinds::INT16ARRAY,
    Uint16ArrayPrototype = typed_array_kinds::UINT16ARRAY_PROTOTYPE,
    Uint16Array = typed_array_kinds::UINT16ARRAY,
    Int32ArrayPrototype = typed_array_kinds::INT32ARRAY_PROTOTYPE,
    Int32Array = typed_array_kinds::INT32ARRAY,
    Uint32ArrayPrototype = typed_array_kinds::UINT32ARRAY_PROTOTYPE,
    Uint32Array = typed_array_kinds::UINT32ARRAY,
    BigInt64ArrayPrototype = typed_array_kinds::BIGINT64ARRAY_PROTOTYPE,
    BigInt64Array = typed_array_kinds::BIGINT64ARRAY,
    BigUint64ArrayPrototype = typed_array_kinds::BIGUINT64ARRAY_PROTOTYPE,
    BigUint64Array = typed_array_kinds::BIGUINT64ARRAY,
    Float16ArrayPrototype = typed_array_kinds::FLOAT16ARRAY_PROTOTYPE,
    Float16Array = typed_array_kinds::FLOAT16ARRAY,
    Float32ArrayPrototype = typed_array_kinds::FLOAT32ARRAY_PROTOTYPE,
    Float32Array = typed_array_kinds::FLOAT32ARRAY,
    Float64ArrayPrototype = typed_array_kinds::FLOAT64ARRAY_PROTOTYPE,
    Float64Array = typed_array_kinds::FLOAT64ARRAY,
    DataViewPrototype = data_view::DATAVIEW_PROTOTYPE,
    DataView = data_view::DATAVIEW,
    IteratorPrototype = iterator::ITERATOR_PROTOTYPE,
    Iterator = iterator::ITERATOR,
    ArrayIteratorPrototype = iterator::ARRAYITERATOR_PROTOTYPE,
    MapIteratorPrototype = iterator::MAPITERATOR_PROTOTYPE,
    SetIteratorPrototype = iterator::SETITERATOR_PROTOTYPE,
    StringIteratorPrototype = iterator::STRINGITERATOR_PROTOTYPE,
    RegExpStringIteratorPrototype = iterator::REGEXPSTRINGITERATOR_PROTOTYPE,
    IteratorHelperPrototype = iterator::ITERATORHELPER_PROTOTYPE,
    WrapForValidIteratorPrototype = iterator::WRAPFORVALIDITERATOR_PROTOTYPE,
    AsyncIteratorPrototype = iterator::ASYNCITERATOR_PROTOTYPE,
    AsyncFromSyncIteratorPrototype = iterator::ASYNCFROMSYNCITERATOR_PROTOTYPE,
    GeneratorFunctionPrototype = generator::GENERATORFUNCTION_PROTOTYPE,
    GeneratorFunction = generator::GENERATORFUNCTION,
    AsyncFunctionPrototype = generator::ASYNCFUNCTION_PROTOTYPE,
    AsyncFunction = generator::ASYNCFUNCTION,
    AsyncGeneratorFunctionPrototype = generator::ASYNCGENERATORFUNCTION_PROTOTYPE,
    AsyncGeneratorFunction = generator::ASYNCGENERATORFUNCTION,
    GeneratorPrototype = generator::GENERATOR_PROTOTYPE,
    AsyncGeneratorPrototype = generator::ASYNCGENERATOR_PROTOTYPE,
    PromisePrototype = promise::PROMISE_PROTOTYPE,
    Promise = promise::PROMISE,
    Proxy = proxy::PROXY,
    Reflect = reflect::REFLECT,
    Atomics = atomics::ATOMICS,
    DisposableStackPrototype = disposable::DISPOSABLESTACK_PROTOTYPE,
    DisposableStack = disposable::DISPOSABLESTACK,
    AsyncDisposableStackPrototype = disposable::ASYNCDISPOSABLESTACK_PROTOTYPE,
    AsyncDisposableStack = disposable::ASYNCDISPOSABLESTACK,
    Console = console::CONSOLE,
    Global = global::GLOBAL,
    ThrowTypeError = function::THROWTYPEERROR,
    Internal = internal::INTERNAL,
    ArrayUnscopables = array::ARRAY_UNSCOPABLES,
    AbstractModuleSource = module_source::ABSTRACT_MODULE_SOURCE,
    AbstractModuleSourcePrototype = module_source::ABSTRACT_MODULE_SOURCE_PROTOTYPE,
    EmulatesUndefined = internal::EMULATES_UNDEFINED,
    #[cfg(feature = "temporal")] Temporal = temporal::TEMPORAL,
    #[cfg(feature = "temporal")] TemporalNow = temporal::NOW,
    #[cfg(feature = "temporal")] TemporalDurationPrototype = temporal::DURATION_PROTOTYPE,
    #[cfg(feature = "temporal")] TemporalDuration = temporal::DURATION,
    #[cfg(feature = "temporal")] TemporalInstantPrototype = temporal::INSTANT_PROTOTYPE,
    #[cfg(feature = "temporal")] TemporalInstant = temporal::INSTANT,
    #[cfg(feature = "temporal")] TemporalPlainDatePrototype = temporal::PLAINDATE_PROTOTYPE,
    #[cfg(feature = "temporal")] TemporalPlainDate = temporal::PLAINDATE,
    #[cfg(feature = "temporal")] TemporalPlainDateTimePrototype = temporal::PLAINDATETIME_PROTOTYPE,
    #[cfg(feature = "temporal")] TemporalPlainDateTime = temporal::PLAINDATETIME,
    #[cfg(feature = "temporal")] TemporalPlainMonthDayPrototype = temporal::PLAINMONTHDAY_PROTOTYPE,
    #[cfg(feature = "temporal")] TemporalPlainMonthDay = temporal::PLAINMONTHDAY,
    #[cfg(feature = "temporal")] TemporalPlainTimePrototype = temporal::PLAINTIME_PROTOTYPE,
    #[cfg(feature = "temporal")] TemporalPlainTime = temporal::PLAINTIME,
    #[cfg(feature = "temporal")] TemporalPlainYearMonthPrototype = temporal::PLAINYEARMONTH_PROTOTYPE,
    #[cfg(feature = "temporal")] TemporalPlainYearMonth = temporal::PLAINYEARMONTH,
    #[cfg(feature = "temporal")] TemporalZonedDateTimePrototype = temporal::ZONEDDATETIME_PROTOTYPE,
    #[cfg(feature = "temporal")] TemporalZonedDateTime = temporal::ZONEDDATETIME,
    #[cfg(feature = "intl")] Intl = intl::INTL,
    #[cfg(feature = "intl")] IntlLocalePrototype = intl::LOCALE_PROTOTYPE,
    #[cfg(feature = "intl")] IntlLocale = intl::LOCALE,
    #[cfg(feature = "intl")] IntlCollatorPrototype = intl::COLLATOR_PROTOTYPE,
    #[cfg(feature = "intl")] IntlCollator = intl::COLLATOR,
    #[cfg(feature = "intl")] IntlListFormatPrototype = intl::LIST_FORMAT_PROTOTYPE,
    #[cfg(feature = "intl")] IntlListFormat = intl::LIST_FORMAT,
    #[cfg(feature = "intl")] IntlSegmenterPrototype = intl::SEGMENTER_PROTOTYPE,
    #[cfg(feature = "intl")] IntlSegmenter = intl::SEGMENTER,
    #[cfg(feature = "intl")] IntlSegmentsPrototype = intl::SEGMENTS_PROTOTYPE,
    #[cfg(feature = "intl")] IntlSegmentIteratorPrototype = intl::SEGMENT_ITERATOR_PROTOTYPE,
    #[cfg(feature = "intl")] IntlDisplayNamesPrototype = intl::DISPLAY_NAMES_PROTOTYPE,
    #[cfg(feature = "intl")] IntlDisplayNames = intl::DISPLAY_NAMES,
    #[cfg(feature = "intl")] IntlNumberFormatPrototype = intl::NUMBER_FORMAT_PROTOTYPE,
    #[cfg(feature = "intl")] IntlNumberFormat = intl::NUMBER_FORMAT,
    #[cfg(feature = "intl")] IntlPluralRulesPrototype = intl::PLURAL_RULES_PROTOTYPE,
    #[cfg(feature = "intl")] IntlPluralRules = intl::PLURAL_RULES,
    #[cfg(feature = "intl")] IntlRelativeTimeFormatPrototype = intl::RELATIVE_TIME_FORMAT_PROTOTYPE,
    #[cfg(feature = "intl")] IntlRelativeTimeFormat = intl::RELATIVE_TIME_FORMAT,
    #[cfg(feature = "intl")] IntlDurationFormatPrototype = intl::DURATION_FORMAT_PROTOTYPE,
    #[cfg(feature = "intl")] IntlDurationFormat = intl::DURATION_FORMAT,
    #[cfg(feature = "intl")] IntlDateTimeFormatPrototype = intl::DATE_TIME_FORMAT_PROTOTYPE,
    #[cfg(feature = "intl")] IntlDateTimeFormat = intl::DATE_TIME_FORMAT,
}

impl Intrinsic {
    /// How it is built.
    pub(crate) fn spec(self) -> &'static Spec {
        SPECS[self as usize]
    }

    /// The intrinsic with this number.
    pub(crate) fn from_u8(n: u8) -> Option<Intrinsic> {
        Intrinsic::ALL.get(n as usize).copied()
    }
}
