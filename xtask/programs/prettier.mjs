// Formats a file of 17,000 lines; prints it.
import * as prettier from './node_modules/prettier/standalone.mjs';
import * as babel from './node_modules/prettier/plugins/babel.mjs';
import * as estree from './node_modules/prettier/plugins/estree.mjs';
import source from './input.mjs';

const options = { parser: 'babel', plugins: [babel, estree] };
console.log(await prettier.format(source, options));
console.log(await prettier.format('const a=async()=>{for await(const {b,...c} of d?.e??[])yield_`x${b}`}', { ...options, semi: false }));
try {
    await prettier.format('let a = (1;', options);
} catch (error) {
    console.log(error.name, error.message);
}
