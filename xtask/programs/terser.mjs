// A large program is made small; prints all of what is left of it.
import source from './input.mjs';

const { code } = await Terser.minify(source, { compress: true, mangle: true });
console.log(source.length, code.length);
console.log(code);
