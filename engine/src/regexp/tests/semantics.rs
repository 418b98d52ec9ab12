use super::*;

fn check(cases: &[(&str, &str, &str, &str)]) {
    for &(pattern, flags, text, expected) in cases {
        assert_eq!(first(pattern, flags, text), expected, "/{pattern}/{flags} on {text:?}");
    }
}

#[test]
fn basics() {
    check(&[
        ("", "", "abc", ""),
        ("abc", "", "xabcy", "abc"),
        ("a|ab", "", "abc", "a"),
        ("((a)|(ab))((c)|(bc))", "", "abc", "abc,a,a,-,bc,-,bc"),
        ("a[a-z]{2,4}", "", "abcdefghi", "abcde"),
        ("a[a-z]{2,4}?", "", "abcdefghi", "abc"),
        ("(aa|aabaac|ba|b|c)*", "", "aabaac", "aaba,ba"),
        ("(z)((a+)?(b+)?(c))*", "", "zaacbbbcac", "zaacbbbcac,z,ac,a,-,c"),
        ("(a*)*", "", "b", ",-"),
        ("(a*)b\\1+", "", "baaaac", "b,"),
        ("(?=(a+))", "", "baaabac", ",aaa"),
        ("(?=(a+))a*b\\1", "", "baaabac", "aba,a"),
        ("(.*?)a(?!(a+)b\\2c)\\2(.*)", "", "baaabaac", "baaabaac,ba,-,abaac"),
        ("a.c", "", "a\nc", "no match"),
        ("a.c", "s", "a\nc", "a\nc"),
        ("^b", "", "a\nb", "no match"),
        ("^b", "m", "a\nb", "b"),
        ("a$", "m", "a\nb", "a"),
        ("a$", "", "a\nb", "no match"),
        ("\\bfoo\\b", "", "a foo b", "foo"),
        ("\\Boo\\b", "", "a foo b", "oo"),
        ("[^a-c]+", "", "abcdefabc", "def"),
        ("[]", "", "a", "no match"),
        ("[^]", "", "\n", "\n"),
        ("x*", "", "aaa", ""),
        ("(?:a|b)+?c", "", "ababc", "ababc"),
        ("\\0", "", "\0", "\0"),
        ("[\\b]", "", "\u{8}", "\u{8}"),
        ("\\101\\x41\\u0041\\cA\\8", "", "AAA\u{1}8", "AAA\u{1}8"),
        ("\\c", "", "\\c", "\\c"),
        ("a{,5}", "", "a{,5}", "a{,5}"),
        ("]}{", "", "]}{", "]}{"),
        ("(?:a{0,2}){3}b", "", "aaaaaab", "aaaaaab"),
        ("(a){0}b", "", "ab", "b,-"),
        ("\\1(a)", "", "aa", "a,a"),
        ("\\k<a>(?<a>x)", "", "x", "x,x"),
        ("(?<a>.)\\k<a>", "", "xyzz", "zz,z"),
        ("(?:(?<a>x)|(?<a>y))\\k<a>", "", "yxx", "xx,x,-"),
        ("(?:(?<a>x)|(?<a>y))\\k<a>", "", "xyy", "yy,-,y"),
        ("(?:(?:(?<a>x)|(?<a>y))\\k<a>){2}", "", "xxyy", "xxyy,-,y"),
        ("break|case|catch|continue|const|do|default|else", "", "zconst", "const"),
        ("(?:foo|bar|baz|qux)+!", "", "foobazqux!", "foobazqux!"),
        (".*foo", "", "xfooyfooz", "xfooyfoo"),
        (".*?foo", "", "xfooyfooz", "xfoo"),
        ("\"[^\"]*\"", "", "a \"bc\" \"d\"", "\"bc\""),
        ("\\s+$", "", "a b   ", "   "),
        ("(\\d+)-(\\d{2})", "", "on 1234-5678", "1234-56,1234,56"),
    ]);
}

#[test]
fn loops() {
    check(&[
        ("(?:a?)*?$", "", "a", "a"),
        ("(?:a?){3}?b", "", "aab", "aab"),
        ("(a?)*?$", "", "ab", ",-"),
        ("(?:|a)*b", "", "aab", "aab"),
        ("(?:|a){2}b", "", "aab", "aab"),
        ("(?:a*){2,}b", "", "aab", "aab"),
        ("(?:(a)|b){2,3}", "", "abb", "abb,-"),
        ("(?:(a)|b)+", "", "ab", "ab,-"),
        ("(?:(a)|(b))+?c", "", "abc", "abc,-,b"),
        ("(a{1000}){1000}", "", "aaa", "no match"),
        ("a{0,4294967295}b", "", "aab", "aab"),
        ("(?:ab){0,4294967295}c", "", "ababc", "ababc"),
        ("(?:ab){4294967295}", "", "abab", "no match"),
        ("(?:){4294967295}x", "", "x", "x"),
        ("(?:a?){99999999999999999999}b", "", "ab", "ab"),
        ("(?:(?:ab){1,50}c){2,60}", "", "ababcabcab", "ababcabc"),
        ("(?:(?:[ab]c){30,50}?d)*", "", &("ac".repeat(31) + "d" + &"bc".repeat(29)), &("ac".repeat(31) + "d")),
        ("(?:a(?:b(?:c|d)+)*)+e", "", "abcdbcabde", "abcdbcabde"),
        ("((a+)b?)+\\2", "", "aabaaa", "aabaaa,a,a"),
        ("(?:(x)|(y)|z){3}", "", "xyz", "xyz,-,-"),
    ]);
    let many = "ab".repeat(3000);
    assert_eq!(first("^(?:ab){3000}$", "", &many), many);
    assert_eq!(first("^(?:a(b)){2,}?$", "", &many), many.clone() + ",b");
    assert_eq!(first("^(?:ab){3001}$", "", &many), "no match");
}

#[test]
fn lookaround() {
    check(&[
        ("(?<=a)b", "", "bab", "b"),
        ("(?<!a)b", "", "abb", "b"),
        ("(?<=\\$)\\d+(\\.\\d*)?", "", "cost $10.50", "10.50,.50"),
        ("(?<=(\\d+)(\\d+))$", "", "1053", ",1,053"),
        ("(?<=\\1(\\d+))$", "", "5353", ",53"),
        ("(?<=^(\\w+))def", "", "abcdef", "def,abc"),
        ("(?<=([abc]+)([abc]+))x", "", "abcx", "x,a,bc"),
        ("(?<=a|bc|d+)x", "", "bcx", "x"),
        ("(?<=(?:ab){2,5})x", "", "abababx", "x"),
        ("(?<=a.*?)c", "", "abbc", "c"),
        ("(?<!abc)\\w\\w\\w", "", "abcdef", "abc"),
        ("(?<=(?<a>\\w){3})f", "", "abcdef", "f,c"),
        ("(?!(a)b)a\\1c", "", "abac", "ac,-"),
        ("(?=(a|ab))\\1c", "", "abc", "no match"),
        ("(?:(?=(a))a)+b", "", "aab", "aab,a"),
        ("(?=a)*b", "", "b", "b"),
        ("(?=(a))?b", "", "b", "b,-"),
        ("(?=(?!b)(.))\\1\\1", "", "bbaa", "aa,a"),
        ("(?<=(?=b)b)c", "", "bc", "c"),
        ("(?=(?<=(a))b)b", "", "ab", "b,a"),
        ("(?<=\u{1F600})x", "u", "\u{1F600}x", "x"),
    ]);
}

#[test]
fn ignoring_case() {
    check(&[
        ("abc", "i", "xABc", "ABc"),
        ("[a-f]+", "i", "xAbCdZ", "AbCd"),
        ("[^a-f]", "i", "AbCX", "X"),
        ("\\u017f", "i", "s", "no match"),
        ("\\u017f", "iu", "S", "S"),
        ("\\u212a", "i", "k", "no match"),
        ("k", "iu", "\u{212A}", "\u{212A}"),
        ("\\w", "iu", "\u{17F}", "\u{17F}"),
        ("\\w", "i", "\u{17F}", "no match"),
        ("\\W", "iu", "\u{17F}", "no match"),
        ("[^\\W]", "iu", "\u{17F}", "\u{17F}"),
        ("\\bx", "iu", "\u{17F}x", "no match"),
        ("straße", "i", "STRAßE", "STRAßE"),
        ("ß", "i", "\u{1E9E}", "no match"),
        ("ß", "iu", "\u{1E9E}", "\u{1E9E}"),
        ("привет", "i", "ПРИВЕТ", "ПРИВЕТ"),
        ("σ", "i", "ς", "ς"),
        ("[α-ω]+", "i", "ΣΑΣ", "ΣΑΣ"),
        ("(a)\\1", "i", "aA", "aA,a"),
        ("(ä)\\1", "i", "äÄ", "äÄ,ä"),
        ("(𐐨)\\1", "iu", "𐐨𐐀", "𐐨𐐀,𐐨"),
        ("µ", "i", "\u{3BC}", "\u{3BC}"),
        ("ÿ", "i", "\u{178}", "\u{178}"),
        ("\\u0130", "iu", "i", "no match"),
        ("(?i:a)b", "", "Ab", "Ab"),
        ("(?i:a)b", "", "AB", "no match"),
        ("(?-i:a)b", "i", "aB", "aB"),
        ("(?-i:a)b", "i", "AB", "no match"),
        ("(?s:.)(?-s:.)", "s", "\n\n", "no match"),
        ("(?m:^)b", "", "a\nb", "b"),
        ("\\p{Lu}", "iu", "a", "a"),
        ("\\P{Lu}", "iu", "A", "A"),
        ("\\P{Lu}", "iv", "A", "no match"),
        ("[^\\P{Lu}]", "iu", "a", "no match"),
        ("[^\\p{Lu}]", "iv", "a", "no match"),
    ]);
}

#[test]
fn unicode() {
    check(&[
        (".", "u", "\u{1F600}", "\u{1F600}"),
        ("^.$", "", "\u{1F600}", "no match"),
        ("^.$", "u", "\u{1F600}", "\u{1F600}"),
        ("\\ud83d", "u", "\u{1F600}", "no match"),
        ("\\ude00", "u", "\u{1F600}", "no match"),
        ("\\ud83d\\ude00", "u", "\u{1F600}", "\u{1F600}"),
        ("\\u{1F600}+$", "u", "\u{1F600}\u{1F600}", "\u{1F600}\u{1F600}"),
        ("^[^x]$", "u", "\u{1F600}", "\u{1F600}"),
        ("[\u{1F600}-\u{1F610}]{2}", "u", "a\u{1F600}\u{1F601}", "\u{1F600}\u{1F601}"),
        (".*\u{1F601}", "u", "\u{1F600}\u{1F601}\u{1F600}", "\u{1F600}\u{1F601}"),
        (".{1,2}?\u{1F601}", "u", "\u{1F600}\u{1F601}\u{1F601}", "\u{1F600}\u{1F601}"),
        ("\\p{Script=Greek}+", "u", "abγδe", "γδ"),
        ("\\p{Lu}\\p{Ll}+", "u", "xÄrger", "Ärger"),
        ("\\p{Emoji_Presentation}", "u", "a\u{1F600}", "\u{1F600}"),
        ("\\P{L}+", "u", "ab12c", "12"),
        ("[\\p{L}--[a-z]]+", "v", "abÄÖc", "ÄÖ"),
        ("[\\w&&\\d]+", "v", "ab12c", "12"),
        ("[\\q{abc|d|}x]", "v", "abcd", "abc"),
        ("^[\\q{abc|d|}x]$", "v", "", ""),
        ("[\\q{ABC}&&\\q{abc|x}]", "iv", "aBc", "aBc"),
        ("[[a-z]--[aeiou]]+", "v", "aebcd", "bcd"),
        ("[^[a-z]--[aeiou]]+", "v", "bcaeX", "aeX"),
        ("[\u{1F600}\\q{\u{1F1E9}\u{1F1EA}}]+", "v", "x\u{1F600}\u{1F1E9}\u{1F1EA}", "\u{1F600}\u{1F1E9}\u{1F1EA}"),
    ]);
    // The search begins with the whole character that `lastIndex` is in.
    let words = compile_words(&units("\\udf06"), "u").unwrap();
    assert_eq!(exec_words(&words, Input::Utf16(&[0xD834, 0xDF06]), 1), Ok(None));
    let words = compile_words(&units("^|\\udf06"), "g").unwrap();
    assert_eq!(exec_words(&words, Input::Utf16(&[0xD834, 0xDF06]), 1), Ok(Some(vec![Some((1, 2))])));
    let words = compile_words(&units("."), "uy").unwrap();
    assert_eq!(exec_words(&words, Input::Utf16(&[0xD834, 0xDF06]), 1), Ok(Some(vec![Some((0, 2))])));
}

#[test]
fn sticky_and_last_index() {
    let words = compile_words(&units("a"), "y").unwrap();
    assert_eq!(exec_words(&words, Input::Latin1(b"ba"), 0), Ok(None));
    assert_eq!(exec_words(&words, Input::Latin1(b"ba"), 1), Ok(Some(vec![Some((1, 2))])));
    let words = compile_words(&units("a*"), "").unwrap();
    assert_eq!(exec_words(&words, Input::Latin1(b"ba"), 2), Ok(Some(vec![Some((2, 2))])));
    assert_eq!(exec_words(&words, Input::Latin1(b"ba"), 3), Ok(None));
    let words = compile_words(&units("^a"), "").unwrap();
    assert_eq!(exec_words(&words, Input::Latin1(b"aa"), 1), Ok(None));
}

/// Patterns that take exponential or high polynomial time without remembering failures.
#[test]
fn no_blow_up() {
    let a = |n: usize| "a".repeat(n) + "!";
    let cases: &[(&str, &str, &str, &str)] = &[
        ("^(a+)+$", "", &a(40), "no match"),
        ("^(a|a)*$", "", &a(40), "no match"),
        ("^(a|aa)+$", "", &a(5000), "no match"),
        ("^(?:a*)*$", "", &a(3000), "no match"),
        ("^(?:(?:a*)*)*$", "", &a(1000), "no match"),
        ("(x+x+)+y", "", &"x".repeat(3000), "no match"),
        (".*.*.*.*=.*", "", &"x".repeat(20_000), "no match"),
        ("\\s*\\s*\\s*\\s*x", "", &" ".repeat(20_000), "no match"),
        ("^(\\w+\\s?)*$", "", &("word ".repeat(1000) + "!"), "no match"),
        ("(?:ab)*c", "", &"ab".repeat(50_000), "no match"),
        ("\\s+$", "", &(" ".repeat(100_000) + "x"), "no match"),
        ("^(([a-z])+.)+[A-Z]([a-z])+$", "", &"a".repeat(2000), "no match"),
        ("(?:a?){30}a{30}", "", &"a".repeat(30), &"a".repeat(30)),
        ("^(?:(?:a|b|ab)*?)*?c", "", &"ab".repeat(2000), "no match"),
        ("(?:(?=a)a+)+$", "", &a(2000), "no match"),
    ];
    for case in cases {
        let before = std::time::Instant::now();
        check(core::slice::from_ref(case));
        println!("{:?} {}", before.elapsed(), case.0);
    }
}
