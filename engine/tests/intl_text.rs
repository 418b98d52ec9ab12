//! What of `Intl` is about texts, as scripts see it: comparing, lists, segments, names, case.

#![cfg(feature = "intl")]

mod common;

use common::{prints, run_with};
use rotifer::{Isolate, Limits};

#[test]
fn texts_are_compared_as_languages_do() {
    prints(
        "const sorted = (locale, list, options) => list.sort(new Intl.Collator(locale, options).compare).join();
         console.log(sorted('de', ['z', 'a', 'ä']), sorted('sv', ['z', 'a', 'ä']), sorted('cs', ['ch', 'cz', 'd', 'c']));
         console.log(sorted('en', ['a10', 'a9', 'A1'], { numeric: true }), sorted('en-u-kf-upper', ['a', 'A', 'b', 'B']));
         console.log('résumé'.localeCompare('RESUME', 'fr', { sensitivity: 'base' }), 'a'.localeCompare('b'), 'b'.localeCompare('a', 'de'));
         console.log('o\\u0308'.localeCompare('ö'), 'co-op'.localeCompare('coop', 'en', { ignorePunctuation: true }));
         // More collators in turn than are kept.
         const tags = ['de', 'sv', 'cs', 'es', 'da', 'lt', 'de-u-co-phonebk'];
         console.log([0, 1].map(() => tags.map((tag) => 'ä'.localeCompare('af', tag)).join()).join(' '));
         console.log(JSON.stringify(Object.values(new Intl.Collator('da').resolvedOptions())));
         const long = 'x'.repeat(100000);
         console.log((long + 'é').localeCompare(long + 'f'), (long + 'é').localeCompare(long + 'é'), long.localeCompare(long + 'é'));
         console.log('\\ud800'.localeCompare('\\ud800'), 'ā'.localeCompare('a'), 'a'.localeCompare('ā'));",
        &[
            "a,ä,z a,z,ä c,cz,d,ch",
            "A1,a9,a10 A,a,B,b",
            "0 -1 1",
            "0 0",
            "-1,1,-1,-1,1,-1,-1 -1,1,-1,-1,1,-1,-1",
            "[\"da\",\"sort\",\"variant\",false,\"default\",false,\"upper\"]",
            "-1 0 -1",
            "0 1 -1",
        ],
    );
}

#[test]
fn lists_hold_any_strings() {
    prints(
        "const list = new Intl.ListFormat('en', { type: 'disjunction' });
         console.log(list.format(['a', 'b', 'c', 'd', 'e']), JSON.stringify(list.format(['\\ud800', '\\udc00'])));
         console.log(list.formatToParts(new Set(['a', 'b'])).map((p) => p.type[0] + p.value).join('|'));
         console.log(new Intl.ListFormat('es').format(['Francia', 'Italia']), new Intl.ListFormat('zh').format('一二三'));
         try { list.format(['a', 1]); } catch (e) { console.log(e.name); }
         console.log(list.format(Array(3000).fill('x')).length);",
        &["a, b, c, d, or e \"\\ud800 or \\udc00\"", "ea|l or |eb", "Francia e Italia 一、二和三", "TypeError", "9001"],
    );
}

#[test]
fn a_place_is_in_the_segment_that_iteration_gives() {
    // A paragraph that is longer than the windows it is segmented in, without spaces, and short ones.
    prints(
        "const thai = 'วัดไทรตีระฆังเบาลงช่วงเข้าพรรษา', family = '👨‍👩‍👧e\\u0301';
         const text = 'I can\\'t. Yes!\\r\\n' + thai.repeat(8) + family + '\\n' + 'word, '.repeat(400) + '\\nthe end \\ud800\\u0301';
         for (const granularity of ['grapheme', 'word', 'sentence']) {
             const segments = new Intl.Segmenter('en', { granularity }).segment(text), all = [...segments];
             console.log(granularity, all.length > 20 || granularity === 'sentence', all.map((s) => s.segment).join('') === text);
             const wrong = [];
             for (let i = text.length - 1; i > 0; i -= 37) {
                 const s = segments.containing(i);
                 if (!(s.index <= i && i < s.index + s.segment.length) || !all.some((one) => one.index === s.index && one.segment === s.segment)) wrong.push(i);
             }
             console.log(wrong.length);
         }
         const words = [...new Intl.Segmenter('ja', { granularity: 'word' }).segment('吾輩は猫である。')];
         console.log(words.map((s) => s.segment + (s.isWordLike ? '' : '!')).join(' '), words[0].input);",
        &["grapheme true true", "0", "word true true", "0", "sentence true true", "0", "吾輩 は 猫 で ある 。! 吾輩は猫である。"],
    );
}

#[test]
fn languages_have_their_own_case() {
    prints(
        "const show = (...texts) => console.log(texts.map((text) => JSON.stringify(text)).join(' '));
         show('Iı'.toLocaleLowerCase('tr'), 'i'.toLocaleUpperCase('az'), 'Άνθρωπος'.toLocaleUpperCase('el'), 'Ì'.toLocaleLowerCase('lt'));
         show('\\ud800i\\udc00'.toLocaleUpperCase('tr'), 'I'.toLocaleLowerCase(['en', 'tr']), 'ΑΣ'.toLocaleLowerCase());
         show('i '.repeat(3000).toLocaleUpperCase('tr') === 'İ '.repeat(3000), 'i'.repeat(3000).toLocaleUpperCase('tr') === 'İ'.repeat(3000));",
        &["\"ıı\" \"İ\" \"ΑΝΘΡΩΠΟΣ\" \"i̇̀\"", "\"\\ud800İ\\udc00\" \"i\" \"ας\"", "true true"],
    );
}

#[test]
fn codes_have_names() {
    prints(
        "const name = (locale, type, code, options) => new Intl.DisplayNames(locale, { type, ...options }).of(code);
         console.log(name('en', 'language', 'en-GB'), name('en', 'language', 'en-GB', { languageDisplay: 'standard' }));
         console.log(name('en', 'language', 'zzzzzzzz-ab'), name('zh', 'language', 'sr-Latn-RS'), name('en', 'region', 'ZY'));
         console.log(name('de', 'currency', 'usd'), name('en', 'currency', 'USD', { style: 'short' }), name('en', 'currency', 'XQX', { fallback: 'none' }));
         try { name('en', 'region', 'x'.repeat(10000)); } catch (e) { console.log(e.name); }
         console.log(Intl.supportedValuesOf('currency').length > 250, Intl.supportedValuesOf('timeZone').includes('UTC'));",
        &[
            "British English English (United Kingdom)",
            "zzzzzzzz (AB) 塞尔维亚语（拉丁文，塞尔维亚） ZY",
            "US-Dollar $ undefined",
            "RangeError",
            "true true",
        ],
    );
}

/// Texts made to take long.
#[test]
fn long_work_can_be_stopped() {
    for source in [
        "const marks = 'a' + '\\u0301'.repeat(1e6); for (;;) [...new Intl.Segmenter().segment(marks)];",
        "const s = new Intl.Segmenter('th', { granularity: 'word' }).segment('ก'.repeat(1e6)); for (;;) s.containing(999999 * Math.random());",
        "const s = new Intl.Segmenter('en', { granularity: 'sentence' }).segment('a. ' + '('.repeat(1e6)); for (;;) { s.containing(1e6); s.containing(1); }",
        "const a = 'é'.repeat(1e6); for (;;) (a + 'x').localeCompare(a + 'y');",
        "const a = '\\u0327\\u0301'.repeat(2000); for (;;) a.localeCompare(a + 'y');",
        "const a = 'I\\u0307'.repeat(1e6); for (;;) a.toLocaleLowerCase('lt');",
        "new Intl.ListFormat().format({ *[Symbol.iterator]() { for (;;) yield ''; } });",
    ] {
        let mut isolate = Isolate::new(Limits::default().memory(32 << 20)).unwrap();
        isolate.set_timeout(Some(core::time::Duration::from_millis(300)));
        let start = std::time::Instant::now();
        assert!(isolate.run(source, "long.js").is_err(), "{source}");
        let took = start.elapsed().as_millis();
        assert!(took < 2000, "{took} ms: {source}");
    }
    assert_eq!(
        run_with("try { '\\u0301'.repeat(1e5).localeCompare('\\u0301') } catch (e) { console.log(e.name) }", 0)
            .unwrap(),
        ["RangeError"]
    );
}
