use super::*;

#[test]
fn flags() {
    let parse = |text: &str| Flags::parse(Input::Utf16(&units(text)));
    assert_eq!(parse("yvsmigd").unwrap().letters().collect::<String>(), "dgimsvy");
    for wrong in ["gg", "x", "uv", "é", "G"] {
        assert_eq!(parse(wrong), Err(InvalidFlags), "{wrong}");
    }
}

#[test]
fn refused() {
    let always = [
        "(",
        ")",
        "a)",
        "(?",
        "(?:",
        "[",
        "[a",
        "\\",
        "*",
        "+a",
        "?",
        "a**",
        "a+*",
        "{1}",
        "^*",
        "$+",
        "\\b+",
        "(?<=a)*",
        "(?<!a){2}",
        "a{2,1}",
        "[b-a]",
        "(?<a",
        "(?<>a)",
        "(?<1a>b)",
        "(?<a>b)(?<a>c)",
        "(?<a>b)\\k<c>",
        "(?<a>b)\\k",
        "(?<a>b)\\k<a",
        "(?<𝟚>x)",
        "(?i-i:a)",
        "(?ii:a)",
        "(?-:a)",
        "(?g:a)",
        "(?i",
        "(?a",
        "x{4294967296,1}",
        "(?:(?<a>x)|y)(?<a>z)",
        "(?<a>x|(?<a>y))",
        "(?<a\\u{110000}>x)",
        "(?--i:a)",
        "[\\",
    ];
    for pattern in always {
        for flags in ["", "u", "v"] {
            assert!(syntax_error(pattern, flags).is_some(), "/{pattern}/{flags}");
        }
    }
    let unicode = [
        "{",
        "}",
        "]",
        "a{",
        "a{1",
        "\\1",
        "\\01",
        "\\a",
        "\\-",
        "\\c",
        "\\c1",
        "\\x1",
        "\\u1",
        "\\u{110000}",
        "\\u{",
        "(?=a)*",
        "\\k",
        "\\p",
        "\\p{",
        "\\p{Foo}",
        "\\p{L",
        "\\p{Script=Foo}",
        "\\p{script=Latin}",
        "\\p{lu}",
        "\\p{L=Lu}",
        "\\p{ASCII=Y}",
        "\\8",
        "\\P{}",
        "\\p{sc}",
        "\\p{InBasic}",
        "\\u{}",
    ];
    for pattern in unicode {
        assert_eq!(syntax_error(pattern, ""), None, "/{pattern}/");
        for flags in ["u", "v"] {
            assert!(syntax_error(pattern, flags).is_some(), "/{pattern}/{flags}");
        }
    }
    for pattern in ["[\\d-z]", "[a-\\d]", "[\\w-\\s]", "[\\c]", "[\\B]", "[\\1]"] {
        assert_eq!(syntax_error(pattern, ""), None, "/{pattern}/");
        assert!(syntax_error(pattern, "u").is_some(), "/{pattern}/u");
    }
    let sets = [
        "[(]",
        "[)]",
        "[{]",
        "[}]",
        "[/]",
        "[-]",
        "[|]",
        "[a-]",
        "[-a]",
        "[a--]",
        "[&&a]",
        "[a&&]",
        "[a&&&b]",
        "[a&&b--c]",
        "[ab&&c]",
        "[a-z&&b]",
        "[a&&b-c]",
        "[!!]",
        "[##]",
        "[^\\q{ab}]",
        "[^\\q{}]",
        "[^[\\q{ab}]]",
        "[\\q]",
        "[\\q{a]",
        "[a--b&&c]",
        "[[a]-b]",
        "[a-[b]]",
        "[\\p{RGI_Emoji}--a--[b]",
        "\\P{RGI_Emoji}",
        "[^\\p{RGI_Emoji}]",
        "[^\\q{ab}--\\q{ab}]",
    ];
    for pattern in sets {
        assert!(syntax_error(pattern, "v").is_some(), "/{pattern}/v");
    }
    assert!(syntax_error("\\p{RGI_Emoji}", "u").is_some());
}

#[test]
fn accepted() {
    let legacy = [
        "{",
        "}",
        "]",
        "a{",
        "a{,5}",
        "a{1",
        "x{a}",
        "\\1",
        "\\8",
        "\\c",
        "\\_",
        "\\k",
        "\\k<a>",
        "\\u{1}",
        "\\x",
        "(?=a)*",
        "(?!a){2}",
        "[\\c]",
        "[]",
        "[^]",
        "a|",
        "|",
        "()",
        "(?:)",
        "\\p{Foo}",
        "[\\d-z]",
        "(?:^)*",
        "(?:\\b)+",
        "\\2()()",
        "(?<a>)\\2()",
    ];
    for pattern in legacy {
        assert_eq!(syntax_error(pattern, ""), None, "/{pattern}/");
    }
    let unicode = [
        "\\u{10FFFF}",
        "\\p{L}",
        "\\p{Lu}",
        "\\p{Script=Greek}",
        "\\p{sc=Grek}",
        "\\p{scx=Zyyy}",
        "\\P{General_Category=Letter}",
        "\\p{ASCII}",
        "\\p{Any}",
        "\\p{Assigned}",
        "\\p{Emoji}",
        "\\p{ID_Start}",
        "\\p{Lowercase}",
        "[\\p{L}\\P{N}]",
        "\\p{punct}",
        "\\p{LC}",
        "(?<\\u{61}>x)\\k<a>",
        "(?<𠮷>x)",
        "\\/",
        "\\0",
        "(?i:a)",
        "(?-i:a)",
        "(?ims:a)",
        "(?s-im:a)",
        "(?<a>x)|(?<a>y)",
        "(?i-:a)",
        "(?<$>x)(?<_>y)(?<ö>z)",
        "\\cA",
        "(?:(?<a>x)|(?<a>y)|(?<b>z))\\k<a>",
    ];
    for pattern in unicode {
        for flags in ["u", "v"] {
            assert_eq!(syntax_error(pattern, flags), None, "/{pattern}/{flags}");
        }
    }
    assert_eq!(syntax_error("[\\-]", "u"), None);
    let sets = [
        "[[a-z]--[aeiou]]",
        "[\\w&&\\d]",
        "[[a-z][0-9]]",
        "[\\q{abc|d|}]",
        "[^a-z]",
        "[a--b--c]",
        "[a&&b&&c]",
        "[\\-\\!\\&]",
        "[^\\q{a}]",
        "[]",
        "[^]",
        "[\\p{L}--\\q{x}]",
        "[a&b]",
        "[!]",
        "[\\b]",
        "[^\\q{ab}&&a]",
        "[^a--\\q{ab}]",
    ];
    for pattern in sets {
        assert_eq!(syntax_error(pattern, "v"), None, "/{pattern}/v");
    }
}

#[test]
fn deep_nesting_is_an_error() {
    for (open, close, flags) in
        [("(", ")", ""), ("(?:", ")*", ""), ("(?=", ")", ""), ("[", "]", "v"), ("(?:a|", ")", "")]
    {
        let pattern = units(&(open.repeat(50_000) + &close.repeat(50_000)));
        assert_eq!(compile_words(&pattern, flags).err(), Some(CompileError::TooDeep), "{open}");
    }
}

#[test]
fn names() {
    let words = compile_words(&units("(?<year>x)(y)(?<año>z)|(?<year>w)"), "").unwrap();
    let program = Program::new(&words).unwrap();
    let names = program.named_groups().map(|(n, i)| (String::from_utf16_lossy(&n.units().collect::<Vec<_>>()), i));
    assert!(names.eq([("year".to_owned(), 1), ("año".to_owned(), 3), ("year".to_owned(), 4)]));
    assert_eq!(program.capture_count(), 5);
}

#[test]
fn validation_agrees() {
    let mut region = vec![MaybeUninit::<u64>::uninit(); 1 << 16];
    let scratch = Scratch::new(&mut region);
    let check = |p: &str| validate(Input::Utf16(&units(p)), Flags::UNICODE, &scratch, StackGuard::unlimited());
    assert_eq!(check("(?<a>b)\\k<a>"), Ok(()));
    assert!(matches!(check("a)"), Err(CompileError::Syntax(RegExpSyntaxError { position: 1, .. }))));
}

/// Patterns as long as programs may hand them in are compiled in reasonable time, or refused.
#[test]
fn long_patterns() {
    let repeated = |piece: &str, n: usize| units(&piece.repeat(n));
    let numbered = |n: usize| units(&(0..n).map(|i| format!("(?<a{i}>)|")).collect::<String>());
    for (pattern, flags) in [
        (repeated("a?", 50_000), ""),
        (repeated("(a|", 20_000), ""),
        (repeated("(?:a|b|c|d|e|f)", 10_000), ""),
        (repeated("ab|", 50_000), ""),
        (numbered(20_000), ""),
        (units(&format!("[{}]", "а-яΑ-Ω".repeat(20_000))), "i"),
        (units(&format!("[{}]", "а-яΑ-Ω".repeat(20_000))), "iv"),
        (repeated("[а-яΑ-Ω]", 200), "i"),
        (repeated("(?:(?:(?:a+b){3}c)+d){2,}", 5_000), ""),
        (repeated("\\p{L}", 100), "iu"),
        (units(&format!("{}a{}", "(?:".repeat(300), "b?){2}".repeat(300))), ""),
    ] {
        let before = std::time::Instant::now();
        let result = compile_words(&pattern, flags);
        assert!(before.elapsed().as_secs() < 5, "{} {:?}", String::from_utf16_lossy(&pattern[..20]), before.elapsed());
        println!("{:?} {}", before.elapsed(), String::from_utf16_lossy(&pattern[..20]));
        assert!(!matches!(result, Err(CompileError::Syntax(_))) || pattern[..3] == units("(a|")[..]);
    }
}
