//! Checks against the data in the conformance suite, when it is there.

use std::path::PathBuf;

use super::*;

fn suite(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("TEST262").map_or_else(|| "../target/test262".into(), PathBuf::from);
    let path = root.join("test/built-ins/RegExp").join(path);
    path.is_dir().then_some(path)
}

/// The strings between quotation marks in `source`.
fn strings(source: &str) -> Vec<Vec<u16>> {
    let mut all = Vec::new();
    for quoted in source.split('"').skip(1).step_by(2) {
        let mut text = Vec::new();
        let mut rest = quoted;
        while !rest.is_empty() {
            if let Some(braced) = rest.strip_prefix("\\u{") {
                let (digits, behind) = braced.split_once('}').unwrap();
                let c = char::from_u32(u32::from_str_radix(digits, 16).unwrap()).unwrap();
                text.extend_from_slice(c.encode_utf16(&mut [0; 2]));
                rest = behind;
            } else if let Some(escaped) = rest.strip_prefix("\\x") {
                text.push(u16::from_str_radix(&escaped[..2], 16).unwrap());
                rest = &escaped[2..];
            } else if let Some(escaped) = rest.strip_prefix("\\u") {
                text.push(u16::from_str_radix(&escaped[..4], 16).unwrap());
                rest = &escaped[4..];
            } else {
                let c = rest.chars().next().unwrap();
                text.extend_from_slice(c.encode_utf16(&mut [0; 2]));
                rest = &rest[c.len_utf8()..];
            }
        }
        all.push(text);
    }
    all
}

#[test]
fn properties_of_strings() {
    let Some(dir) = suite("property-escapes/generated/strings") else { return };
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if name.contains("negative") {
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        let (_, rest) = source.split_once("matchStrings:").unwrap();
        let (wanted, rest) = rest.split_once("],").unwrap();
        let whole = compile_words(&units(&format!("^\\p{{{name}}}+$")), "v").unwrap();
        let wanted = strings(wanted);
        for text in &wanted {
            assert!(exec_words(&whole, Input::Utf16(text), 0).unwrap().is_some(), "{name} {text:x?}");
        }
        if let Some((_, unwanted)) = rest.split_once("nonMatchStrings:") {
            for text in strings(unwanted.split(']').next().unwrap()) {
                assert!(exec_words(&whole, Input::Utf16(&text), 0).unwrap().is_none(), "{name} {text:x?}");
            }
        }
        let mut count = 0;
        super::super::emoji::add_property_of_strings(name, &mut |_| {
            count += 1;
            Ok(())
        })
        .unwrap();
        assert_eq!(count, wanted.len(), "{name}");
    }
}

/// Each file has the code points of a property, as numbers and `[from, to]` pairs, and the patterns for it.
#[test]
fn properties_of_characters() {
    let Some(dir) = suite("property-escapes/generated") else { return };
    let mut files = 0;
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "js") {
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        let Some((_, rest)) = source.split_once("const matchSymbols = buildString({") else { continue };
        let (own, rest) = rest.split_once("});").unwrap();
        let mut members = vec![false; 0x11_0000];
        let hex = |s: &str| u32::from_str_radix(s.trim().trim_start_matches("0x"), 16).ok();
        let (single, ranges) = own.split_once("ranges:").unwrap();
        for c in single.split(['[', ']', ',']).filter_map(hex) {
            members[c as usize] = true;
        }
        let bounds: Vec<u32> = ranges.split(['[', ']', ',']).filter_map(hex).collect();
        for pair in bounds.chunks(2) {
            members[pair[0] as usize..=pair[1] as usize].fill(true);
        }
        for pattern in rest.split("/^").skip(1).filter_map(|p| p.split_once("+$/u")).map(|p| p.0) {
            // Every file is asked about other characters, or this would take minutes.
            let words = compile_words(&units(pattern), "ug").unwrap_or_else(|e| panic!("{pattern}: {e:?}"));
            let negated = pattern.starts_with("\\P");
            let mut text = Vec::new();
            for c in (0..0x11_0000_u32).filter(|c| c % 61 == files % 61 || *c < 0x400).filter_map(char::from_u32) {
                text.clear();
                text.extend_from_slice(c.encode_utf16(&mut [0; 2]));
                let found = exec_words_small(&words, &text);
                assert_eq!(found != negated, members[c as usize], "{pattern} {:x}", u32::from(c));
            }
        }
        files += 1;
    }
    assert!(files > 300, "{files}");
}

fn exec_words_small(words: &[u32], text: &[u16]) -> bool {
    let mut region = [MaybeUninit::<u64>::uninit(); 128];
    let scratch = Scratch::new(&mut region);
    let program = Program::new(words).unwrap();
    exec::<()>(program, Input::Utf16(text), 0, &mut [], &scratch, &mut |_| Ok(())).unwrap()
}

/// Files about early errors end with the literal that has one.
#[test]
fn early_errors() {
    let Some(dir) = suite("../../language/literals/regexp") else { return };
    let mut folders = vec![dir];
    let mut count = 0;
    while let Some(dir) = folders.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            if !source.contains("phase: parse") {
                continue;
            }
            let Some((_, code)) = source.split_once("$DONOTEVALUATE();") else { continue };
            let Some(line) = code.lines().find(|l| l.starts_with('/') && !l.starts_with("//")) else { continue };
            let Some((pattern, flags)) = line[1..].trim_end_matches(';').rsplit_once('/') else { continue };
            // Line terminators and the like are errors of the literal, not of the pattern.
            let Ok(parsed) = Flags::parse(Input::Utf16(&units(flags))) else { continue };
            if pattern.contains(['\u{2028}', '\u{2029}']) || pattern.starts_with('*') || line.ends_with('\\') {
                continue;
            }
            let mut region = vec![MaybeUninit::<u64>::uninit(); 1 << 16];
            let scratch = Scratch::new(&mut region);
            let result = validate(Input::Utf16(&units(pattern)), parsed, &scratch, StackGuard::unlimited());
            assert!(matches!(result, Err(CompileError::Syntax(_))), "{}: {line}", path.display());
            count += 1;
        }
    }
    assert!(count > 100, "{count}");
}
