//! Tokens.

use super::names::Name;

/// Kind of a token. Reserved words have the ids of their names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
#[rustfmt::skip]
pub(crate) enum Tok {
    Eof = 0,
    Break, Case, Catch, Class, Const, Continue, Debugger, Default, Delete, Do, Else, Enum, Export, Extends, False,
    Finally, For, Function, If, Import, In, Instanceof, New, Null, Return, Super, Switch, This, Throw, True, Try,
    Typeof, Var, Void, While, With,
    /// An identifier or a word that is reserved only in places.
    Ident,
    /// A reserved word spelled with an escape: only good as a property name.
    EscapedKeyword,
    PrivateName,
    Number,
    BigInt,
    String,
    /// A template from its back-tick on.
    Template,
    LBrace, RBrace, LParen, RParen, LBracket, RBracket, Dot, Ellipsis, Semicolon, Comma, Question, QuestionDot, Colon,
    Arrow, Tilde, Not, PlusPlus, MinusMinus,
    // In the order of `BinaryOp`.
    Plus, Minus, Star, Slash, Percent, StarStar, Shl, Sar, Shr, BitAnd, BitOr, BitXor, Eq, Ne, StrictEq, StrictNe, Lt,
    Le, Gt, Ge,
    And, Or, Coalesce,
    Assign,
    // In the order of `BinaryOp`.
    PlusAssign, MinusAssign, StarAssign, SlashAssign, PercentAssign, StarStarAssign, ShlAssign, SarAssign, ShrAssign,
    BitAndAssign, BitOrAssign, BitXorAssign,
    AndAssign, OrAssign, CoalesceAssign,
}

#[rustfmt::skip]
const KEYWORDS: [Tok; 36] = [
    Tok::Break, Tok::Case, Tok::Catch, Tok::Class, Tok::Const, Tok::Continue, Tok::Debugger, Tok::Default, Tok::Delete,
    Tok::Do, Tok::Else, Tok::Enum, Tok::Export, Tok::Extends, Tok::False, Tok::Finally, Tok::For, Tok::Function,
    Tok::If, Tok::Import, Tok::In, Tok::Instanceof, Tok::New, Tok::Null, Tok::Return, Tok::Super, Tok::Switch,
    Tok::This, Tok::Throw, Tok::True, Tok::Try, Tok::Typeof, Tok::Var, Tok::Void, Tok::While, Tok::With,
];

const _: () = assert!(Tok::With as u32 == Name::WITH.0 && Tok::Break as u32 == Name::BREAK.0);

impl Tok {
    /// The token of an identifier name.
    #[inline]
    pub fn of_name(name: Name) -> Tok {
        match (name.0 as usize).checked_sub(1) {
            Some(index) if index < KEYWORDS.len() => KEYWORDS[index],
            _ => Tok::Ident,
        }
    }

    /// Reserved words, identifiers and escaped words: an IdentifierName.
    #[inline]
    pub fn is_identifier_name(self) -> bool {
        (self as u8) >= 1 && (self as u8) <= Tok::EscapedKeyword as u8
    }

    /// Precedence of a binary operator, 0 for other tokens.
    #[inline]
    pub fn precedence(self) -> u8 {
        match self {
            Tok::Coalesce => 1,
            Tok::Or => 2,
            Tok::And => 3,
            Tok::BitOr => 4,
            Tok::BitXor => 5,
            Tok::BitAnd => 6,
            Tok::Eq | Tok::Ne | Tok::StrictEq | Tok::StrictNe => 7,
            Tok::Lt | Tok::Le | Tok::Gt | Tok::Ge | Tok::In | Tok::Instanceof => 8,
            Tok::Shl | Tok::Sar | Tok::Shr => 9,
            Tok::Plus | Tok::Minus => 10,
            Tok::Star | Tok::Slash | Tok::Percent => 11,
            Tok::StarStar => 12,
            _ => 0,
        }
    }

    /// The `BinaryOp` of a binary operator other than a logical one, as a number.
    #[inline]
    pub fn binary_op(self) -> u16 {
        match self {
            Tok::In => 20,
            Tok::Instanceof => 21,
            other => u16::from((other as u8).saturating_sub(Tok::Plus as u8)),
        }
    }

    /// For assignment operators, what `view::assign_op` decodes.
    #[inline]
    pub fn assign_op(self) -> Option<u16> {
        let raw = self as u8;
        if raw < Tok::Assign as u8 {
            None
        } else if raw >= Tok::AndAssign as u8 {
            Some(100 + u16::from(raw - Tok::AndAssign as u8))
        } else {
            Some(u16::from(raw - Tok::Assign as u8))
        }
    }
}

/// A token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub tok: Tok,
    /// A line terminator comes before it.
    pub newline: bool,
    /// Identifiers: spelled with an escape.
    pub escaped: bool,
    /// Strings and numbers: 1 legacy octal (or `\8`, `\9`, `08`), not allowed in strict mode.
    pub octal: bool,
    pub start: u32,
    pub end: u32,
    pub name: Name,
    pub number: f64,
}
