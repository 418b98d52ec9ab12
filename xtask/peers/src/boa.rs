//! `boa FILE`: runs a script in Boa with `print` and `console.log`.

use std::process::ExitCode;

use boa_engine::object::ObjectInitializer;
use boa_engine::property::Attribute;
use boa_engine::{Context, JsResult, JsValue, NativeFunction, Source, js_string};

fn print(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let mut line = String::new();
    for (index, value) in arguments.iter().enumerate() {
        if index > 0 {
            line.push(' ');
        }
        line.push_str(&value.to_string(context)?.to_std_string_lossy());
    }
    println!("{line}");
    Ok(JsValue::undefined())
}

fn run(source: &[u8]) -> JsResult<()> {
    let mut context = Context::default();
    context.register_global_callable(js_string!("print"), 1, NativeFunction::from_fn_ptr(print))?;
    let console =
        ObjectInitializer::new(&mut context).function(NativeFunction::from_fn_ptr(print), js_string!("log"), 1).build();
    context.register_global_property(js_string!("console"), console, Attribute::all())?;
    context.eval(Source::from_bytes(source))?;
    context.run_jobs()
}

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1) else {
        eprintln!("usage: boa FILE");
        return ExitCode::from(2);
    };
    let source = match std::fs::read(&path) {
        Ok(source) => source,
        Err(error) => {
            eprintln!("{}: {error}", path.display());
            return ExitCode::from(2);
        }
    };
    match run(&source) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
