// The parser reads its own source; the whole tree is printed.
import * as acorn from './node_modules/acorn/dist/acorn.mjs';
import source from './input.mjs';

const tree = acorn.parse(source, { ecmaVersion: 'latest', sourceType: 'module', locations: true, ranges: true });
console.log(acorn.version, source.length);
console.log(JSON.stringify(tree));

let tokens = 0;
for (const token of acorn.tokenizer(source, { ecmaVersion: 'latest', sourceType: 'module' })) tokens += token.end - token.start;
console.log(tokens);
try {
    acorn.parse('let a = 1;\nlet a = 2;', { ecmaVersion: 2022 });
} catch (error) {
    console.log(error.name, error.message, error.pos, JSON.stringify(error.loc));
}
