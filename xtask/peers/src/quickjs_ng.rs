//! `quickjs-ng FILE`: runs a script in QuickJS-NG with `print` and `console.log`.

use std::process::ExitCode;

use rquickjs::function::Rest;
use rquickjs::{CatchResultExt, Coerced, Context, Ctx, Function, Object, Runtime, context::EvalOptions};

fn print(values: Rest<Coerced<String>>) {
    let line: Vec<&str> = values.0.iter().map(|value| value.0.as_str()).collect();
    println!("{}", line.join(" "));
}

fn run<'js>(ctx: &Ctx<'js>, source: String) -> rquickjs::Result<()> {
    let function = Function::new(ctx.clone(), print)?;
    let console = Object::new(ctx.clone())?;
    console.set("log", function.clone())?;
    ctx.globals().set("console", console)?;
    ctx.globals().set("print", function)?;
    let mut options = EvalOptions::default();
    options.strict = false;
    ctx.eval_with_options::<(), _>(source, options)
}

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1) else {
        eprintln!("usage: quickjs-ng FILE");
        return ExitCode::from(2);
    };
    let source = match std::fs::read_to_string(&path) {
        Ok(source) => source,
        Err(error) => {
            eprintln!("{}: {error}", path.display());
            return ExitCode::from(2);
        }
    };
    let runtime = Runtime::new().expect("a runtime");
    runtime.set_max_stack_size(8 << 20);
    let context = Context::full(&runtime).expect("a context");
    let passed = context.with(|ctx| match run(&ctx, source).catch(&ctx) {
        Ok(()) => true,
        Err(error) => {
            eprintln!("{error}");
            false
        }
    });
    while runtime.is_job_pending() {
        if runtime.execute_pending_job().is_err() {
            eprintln!("a job failed");
            return ExitCode::FAILURE;
        }
    }
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
