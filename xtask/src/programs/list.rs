//! The programs, each pinned to one version so that its output stays the same.

/// A program from npm.
pub(super) struct Program {
    /// What its driver in `xtask/programs` is called.
    pub name: &'static str,
    /// Packages and their versions.
    pub packages: &'static [(&'static str, &'static str)],
    /// Files of the packages that are loaded as scripts before the driver.
    pub scripts: &'static [&'static str],
    /// The file whose text the driver imports as `./input.mjs`.
    pub input: Option<&'static str>,
}

pub(super) const PROGRAMS: &[Program] = &[
    Program { name: "acorn", packages: &[("acorn", "8.15.0")], scripts: &[], input: Some("acorn/dist/acorn.mjs") },
    Program {
        name: "terser",
        packages: &[("terser", "5.44.0"), ("benchmark-octane", "1.0.1")],
        scripts: &["terser/dist/bundle.min.js"],
        input: Some("benchmark-octane/lib/octane/typescript-compiler.js"),
    },
    Program {
        name: "typescript",
        packages: &[("typescript", "5.9.3"), ("zod", "4.1.12")],
        scripts: &["typescript/lib/typescript.js"],
        input: Some("zod/src/v4/core/schemas.ts"),
    },
    Program {
        name: "prettier",
        packages: &[("prettier", "3.6.2"), ("lodash", "4.17.21")],
        scripts: &[],
        input: Some("lodash/lodash.js"),
    },
    Program { name: "marked", packages: &[("marked", "16.4.1")], scripts: &[], input: Some("marked/README.md") },
    Program { name: "zod", packages: &[("zod", "4.1.12")], scripts: &[], input: None },
    Program { name: "lodash", packages: &[("lodash", "4.17.21")], scripts: &["lodash/lodash.js"], input: None },
    Program { name: "rxjs", packages: &[("rxjs", "7.8.2")], scripts: &["rxjs/dist/bundles/rxjs.umd.js"], input: None },
];
