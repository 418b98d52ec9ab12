// The compiler strips the types of one file, for an old language and for a new one.
import source from './input.mjs';

for (const target of [ts.ScriptTarget.ES5, ts.ScriptTarget.ES2022]) {
    const result = ts.transpileModule(source, {
        compilerOptions: { target, module: ts.ModuleKind.CommonJS, sourceMap: true },
        fileName: 'input.ts',
        reportDiagnostics: true,
    });
    console.log(result.outputText);
    console.log(result.sourceMapText);
    console.log(result.diagnostics.length);
}
console.log(ts.version);
