//! The HTML methods (ECMA-262 §B.2.2.2 to §B.2.2.14).

use super::{latin1, substring, this_rope, view};
use crate::cx::{Args, Cx, JsStr, Value};
use crate::throw::JsResult;

/// ECMA-262 §B.2.2.2.1 CreateHTML
fn create<'s>(cx: &mut Cx<'s>, args: &Args<'s>, tag: &str, attribute: &str) -> JsResult<Value<'s>> {
    let s = this_rope(cx, args)?;
    let tag = cx.str(tag)?;
    let mut text = cx.concat(latin1(b'<'), tag)?;
    if !attribute.is_empty() {
        let value = cx.to_flat_string(args.get(0))?;
        let value = escape_quotes(cx, value)?;
        let attribute = cx.str(attribute)?;
        let open = cx.str("=\"")?;
        for piece in [latin1(b' '), attribute, open, value, latin1(b'"')] {
            text = cx.concat(text, piece)?;
        }
    }
    let close = cx.str("</")?;
    for piece in [latin1(b'>'), s, close, tag, latin1(b'>')] {
        text = cx.concat(text, piece)?;
    }
    Ok(text.cast())
}

fn escape_quotes<'s>(cx: &mut Cx<'s>, s: JsStr<'s>) -> JsResult<JsStr<'s>> {
    let quote = cx.str("&quot;")?;
    let result = cx.slot(super::empty())?;
    let mut from = 0;
    loop {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let text = view(&cx, s);
        let len = text.len();
        let found = (from..len).find(|&i| text.at(i) == u16::from(b'"'));
        let piece = substring(&mut cx, s, from as u32, found.unwrap_or(len) as u32)?;
        let mut text = cx.concat(result, piece)?;
        if found.is_some() {
            text = cx.concat(text, quote)?;
        }
        let text = cx.peek(text);
        cx.set_slot_raw(result, text);
        match found {
            Some(i) => from = i + 1,
            None => return Ok(result),
        }
    }
}

macro_rules! html {
    ($($(#[$doc:meta])* $name:ident = $tag:literal $attribute:literal;)*) => {
        $(
            $(#[$doc])*
            pub(super) fn $name<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
                create(cx, args, $tag, $attribute)
            }
        )*
    };
}

html! {
    /// ECMA-262 §B.2.2.2 String.prototype.anchor
    anchor = "a" "name";
    /// ECMA-262 §B.2.2.3 String.prototype.big
    big = "big" "";
    /// ECMA-262 §B.2.2.4 String.prototype.blink
    blink = "blink" "";
    /// ECMA-262 §B.2.2.5 String.prototype.bold
    bold = "b" "";
    /// ECMA-262 §B.2.2.6 String.prototype.fixed
    fixed = "tt" "";
    /// ECMA-262 §B.2.2.7 String.prototype.fontcolor
    fontcolor = "font" "color";
    /// ECMA-262 §B.2.2.8 String.prototype.fontsize
    fontsize = "font" "size";
    /// ECMA-262 §B.2.2.9 String.prototype.italics
    italics = "i" "";
    /// ECMA-262 §B.2.2.10 String.prototype.link
    link = "a" "href";
    /// ECMA-262 §B.2.2.11 String.prototype.small
    small = "small" "";
    /// ECMA-262 §B.2.2.12 String.prototype.strike
    strike = "strike" "";
    /// ECMA-262 §B.2.2.13 String.prototype.sub
    sub = "sub" "";
    /// ECMA-262 §B.2.2.14 String.prototype.sup
    sup = "sup" "";
}
