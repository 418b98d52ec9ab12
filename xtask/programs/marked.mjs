// Renders its own README, and what a README does not have.
import { marked, Lexer } from './node_modules/marked/lib/marked.esm.js';
import source from './input.mjs';

console.log(marked.parse(source));
console.log(marked.parse('| a | b |\n|:--|--:|\n| *1* | `2` |\n\n- [x] done\n- [ ] open\n\n~~gone~~ <b>html</b> &amp; https://example.org'));
console.log(JSON.stringify(new Lexer().lex('# Title\n\n> quote\n> goes on\n\n1. one\n   - two\n')));
