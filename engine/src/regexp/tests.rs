use core::convert::Infallible;
use core::mem::MaybeUninit;

use rotifer_arena::Scratch;

use super::*;
use crate::stack_guard::StackGuard;

mod conformance;
mod differential;
mod reference;
mod semantics;
mod syntax;

fn units(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

fn latin1(units: &[u16]) -> Option<Vec<u8>> {
    units.iter().map(|&u| u8::try_from(u).ok()).collect()
}

fn compile_words(pattern: &[u16], flags: &str) -> Result<Vec<u32>, CompileError> {
    let flags = Flags::parse(Input::Utf16(&units(flags))).expect("flags");
    let mut region = vec![MaybeUninit::<u64>::uninit(); 1 << 20];
    let scratch = Scratch::new(&mut region);
    let guard = StackGuard::with_room(512 << 10);
    compile(Input::Utf16(pattern), flags, &scratch, guard).map(|words| words.to_vec())
}

type Captures = Vec<Option<(usize, usize)>>;

fn exec_words(words: &[u32], input: Input<'_>, from: usize) -> Result<Option<Captures>, ExecError<()>> {
    exec_words_with(words, input, from, false)
}

fn exec_words_with(
    words: &[u32],
    input: Input<'_>,
    from: usize,
    remember: bool,
) -> Result<Option<Captures>, ExecError<()>> {
    let mut budget = 200_000_000_u32;
    let program = Program::new(words).expect("program");
    let mut region = vec![MaybeUninit::<u64>::uninit(); 1 << 20];
    let scratch = Scratch::new(&mut region);
    let mut captures = vec![0; program.capture_count() * 2];
    let mut poll = |steps| {
        budget = budget.saturating_sub(steps);
        if budget == 0 { Err(()) } else { Ok(()) }
    };
    let found = exec::exec_with(program, input, from, &mut captures, &scratch, &mut poll, remember)?;
    let range = |c: &[u32]| (c[0] != u32::MAX).then_some((c[0] as usize, c[1] as usize));
    Ok(found.then(|| captures.chunks(2).map(range).collect()))
}

/// All captures of the first match, in both representations where there are two.
fn find(pattern: &str, flags: &str, text: &str) -> Option<Vec<Option<String>>> {
    let words = compile_words(&units(pattern), flags).unwrap_or_else(|e| panic!("/{pattern}/{flags}: {e:?}"));
    let text = units(text);
    let found = exec_words(&words, Input::Utf16(&text), 0).expect("exec");
    if let Some(narrow) = latin1(&text) {
        let other = exec_words(&words, Input::Latin1(&narrow), 0).expect("exec");
        assert_eq!(found, other, "/{pattern}/{flags} on {text:?} in Latin-1");
    }
    let range = |c: Option<(usize, usize)>| c.map(|(a, b)| String::from_utf16_lossy(&text[a..b]));
    found.map(|captures| captures.into_iter().map(range).collect())
}

/// The first match with its captures, joined by commas; `-` for captures that took no part.
fn first(pattern: &str, flags: &str, text: &str) -> String {
    match find(pattern, flags, text) {
        None => "no match".into(),
        Some(captures) => captures.into_iter().map(|c| c.unwrap_or_else(|| "-".into())).collect::<Vec<_>>().join(","),
    }
}

fn syntax_error(pattern: &str, flags: &str) -> Option<&'static str> {
    match compile_words(&units(pattern), flags) {
        Ok(_) => None,
        Err(CompileError::Syntax(e)) => Some(e.message),
        Err(e) => panic!("{e:?}"),
    }
}

#[test]
fn poll_can_stop() {
    let words = compile_words(&units(r"^(\w+)*\1$"), "").unwrap();
    let program = Program::new(&words).unwrap();
    let mut region = vec![MaybeUninit::<u64>::uninit(); 1 << 16];
    let scratch = Scratch::new(&mut region);
    let text = [b"a".repeat(60), b"!".to_vec()].concat();
    let result = exec(program, Input::Latin1(&text), 0, &mut [], &scratch, &mut |_| Err("enough"));
    assert_eq!(result, Err(ExecError::Stopped("enough")));
}

#[test]
fn running_out_of_memory_is_reported() {
    let words = compile_words(&units(r"(?:(a)|a.)*c"), "").unwrap();
    let program = Program::new(&words).unwrap();
    let mut region = vec![MaybeUninit::<u64>::uninit(); 256];
    let scratch = Scratch::new(&mut region);
    let text = [b"a".repeat(5000), b"\nc".to_vec()].concat();
    let result = exec::<Infallible>(program, Input::Latin1(&text), 0, &mut [], &scratch, &mut |_| Ok(()));
    assert_eq!(result, Err(ExecError::OutOfMemory));
    let pattern = b"(a|b[c-f])*".repeat(1000);
    assert_eq!(
        compile(Input::Latin1(&pattern), Flags::default(), &scratch, StackGuard::unlimited()).err(),
        Some(CompileError::OutOfMemory)
    );
}

#[test]
fn damaged_programs_do_no_harm() {
    let mut seed = 0x1234_5678_u32;
    let mut random = || {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        seed
    };
    let patterns = [
        r"(a+)*b|(?<x>c{2,5}?)\1",
        r"(?=(a|bc|d)*)(?!x)\b[^a-f]+$",
        r"(?:(?:ab){2,999}c?)+|foo|bar|[é-ü]x",
        r"(?<=(a)\1.*)z",
    ];
    for pattern in patterns {
        for flags in ["", "iu", "m"] {
            let good = compile_words(&units(pattern), flags).unwrap();
            for _ in 0..400 {
                let mut words = good.clone();
                for _ in 0..1 + random() % 4 {
                    let at = random() as usize % words.len();
                    words[at] = match random() % 4 {
                        0 => random(),
                        1 => words[random() as usize % words.len()],
                        2 => words[at] ^ 1 << (random() % 32),
                        _ => u32::MAX,
                    };
                }
                let Ok(program) = Program::new(&words) else { continue };
                for (name, index) in program.named_groups() {
                    let _ = (name.units().count(), index);
                }
                let mut region = vec![MaybeUninit::<u64>::uninit(); 1 << 12];
                let scratch = Scratch::new(&mut region);
                let mut polls = 0;
                let mut captures = [0; 8];
                let text = b"aaabbcccc foo abababab xyz aaaaaaaaaaaaaaaaaaaab";
                for input in [Input::Latin1(text), Input::Utf16(&units("aab\u{1F600}éé abab foo"))] {
                    let result = exec(program, input, 0, &mut captures, &scratch, &mut |_| {
                        polls += 1;
                        if polls > 20 { Err(()) } else { Ok(()) }
                    });
                    if result == Ok(true) {
                        assert!(
                            captures
                                .chunks(2)
                                .all(|c| c[0] == u32::MAX || c[0] <= c[1] && c[1] as usize <= input.len())
                        );
                    }
                }
            }
        }
    }
}
