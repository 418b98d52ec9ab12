//! Random patterns and texts compared with a matcher that follows the specification literally.

use super::super::parser::Parser;
use super::reference::Reference;
use super::*;

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

fn pattern(random: &mut Random, depth: usize, groups: &mut usize, wide: bool) -> String {
    let mut out = String::new();
    for i in 0..1 + random.below(3) {
        if i > 0 && random.below(4) == 0 {
            out.push('|');
        }
        let leaves: &[&str] = if wide {
            &["a", "b", "é", "€", "😀", "[a-c]", "[^a]", "[é-€]", ".", "\\w", "\\W", "[😀-😂]", "\\s", "$", "\\b"]
        } else {
            &["a", "b", "c", "ab", "[ab]", "[^a]", ".", "\\w", "\\b", "^", "$", "c", "b", "[a-c]", "\\B", "A", "[^\\W]"]
        };
        let mut quantifiable = true;
        match random.below(if depth == 0 { 5 } else { 11 }) {
            0..5 => {
                let leaf = random.pick(leaves);
                quantifiable = !["^", "$", "\\b", "\\B"].contains(&leaf);
                out.push_str(leaf);
            }
            5 | 6 => {
                *groups += 1;
                out = out + "(" + &pattern(random, depth - 1, groups, wide) + ")";
            }
            7 | 8 => out = out + "(?:" + &pattern(random, depth - 1, groups, wide) + ")",
            9 => {
                quantifiable = false;
                let open = random.pick(&["(?=", "(?!", "(?<=", "(?<!"]);
                out = out + open + &pattern(random, depth - 1, groups, wide) + ")";
            }
            _ if *groups > 0 => out = out + "\\" + &(1 + random.below(*groups)).to_string() + "(?:)",
            _ => quantifiable = false,
        }
        if quantifiable && random.below(2) == 0 {
            out.push_str(random.pick(&[
                "*", "+", "?", "{2}", "{0,2}", "{1,3}", "*?", "+?", "??", "{2,}", "{1,2}?", "*", "+", "{3,60}",
                "{0,70}?",
            ]));
        }
    }
    out
}

fn compare(wide: bool, rounds: usize, seed: u64) {
    let mut random = Random(seed);
    let mut matches = 0;
    for _ in 0..rounds {
        let source = pattern(&mut random, 3, &mut 0, wide);
        let flags = random.pick(if wide { &["", "u", "iu", "su", "i"] } else { &["", "i", "m", "s"] });
        let mut region = vec![MaybeUninit::<u64>::uninit(); 1 << 16];
        let scratch = Scratch::new(&mut region);
        let (source_units, parsed_flags) = (units(&source), Flags::parse(Input::Utf16(&units(flags))).unwrap());
        let parser = Parser::new(Input::Utf16(&source_units), parsed_flags, &scratch, StackGuard::unlimited());
        // Classes of characters above U+FFFF are out of order without a Unicode flag.
        let Ok(ast) = parser.parse() else { continue };
        let words = compile_words(&units(&source), flags).unwrap_or_else(|e| panic!("/{source}/{flags}: {e:?}"));
        let letters: &[&str] = if wide {
            &["a", "b", "é", "€", "😀", "😁", " "]
        } else {
            &["a", "b", "c", "a", "b", "A", " ", "\n"]
        };
        for _ in 0..4 {
            let text = (0..random.below(9)).map(|_| random.pick(letters)).collect::<String>();
            let text = units(&text);
            // Patterns that take long are left out: the reference has no defence against them.
            let Some(expected) = (Reference { ast: &ast, text: &text, fuel: 20_000 }).search() else { continue };
            let ours = exec_words(&words, Input::Utf16(&text), 0)
                .unwrap_or_else(|e| panic!("/{source}/{flags} on {:?}: {e:?}", String::from_utf16_lossy(&text)));
            assert_eq!(ours, expected, "/{source}/{flags} on {:?}", String::from_utf16_lossy(&text));
            let remembering = exec_words_with(&words, Input::Utf16(&text), 0, true).expect("exec");
            assert_eq!(remembering, expected, "/{source}/{flags} on {text:?}, remembering");
            matches += usize::from(ours.is_some());
            if let Some(text) = latin1(&text) {
                let narrow = exec_words(&words, Input::Latin1(&text), 0).expect("exec");
                assert_eq!(narrow, expected, "/{source}/{flags} on {text:?} in Latin-1");
            }
        }
    }
    assert!(matches > rounds / 2);
}

#[test]
fn narrow_text() {
    compare(false, 20_000, 0x9E37_79B9_7F4A_7C15);
}

#[test]
fn wide_text() {
    compare(true, 20_000, 0xD1B5_4A32_D192_ED03);
}
