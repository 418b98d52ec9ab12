//! A conformance worker around QuickJS-NG: shows that the runner judges right, and what a peer reaches under it.

use std::cell::RefCell;
use std::path::Path;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Instant;

use clap::{Parser, Subcommand};
use rquickjs::context::EvalOptions;
use rquickjs::function::Opt;
use rquickjs::loader::{ImportAttributes, Resolver, ScriptLoader};
use rquickjs::{ArrayBuffer, Coerced, Context, Ctx, Function, Module, Object, Runtime, Value};
use xtask::test262::worker::{Failure, Host, Options, Phase, Settings, serve};

struct QuickJs {
    runtime: Runtime,
    context: Context,
    printed: Rc<RefCell<Vec<String>>>,
}

/// Specifiers of the suite are names of files in the folder of the importing one.
struct NextToTheTest;

impl Resolver for NextToTheTest {
    fn resolve<'js>(
        &mut self,
        _: &Ctx<'js>,
        base: &str,
        name: &str,
        _: Option<ImportAttributes<'js>>,
    ) -> rquickjs::Result<String> {
        let file = name.strip_prefix("./").unwrap_or(name);
        Ok(Path::new(base).with_file_name(file).display().to_string())
    }
}

fn install(ctx: &Ctx<'_>, printed: &Rc<RefCell<Vec<String>>>) -> rquickjs::Result<()> {
    let sink = Rc::clone(printed);
    let print = Function::new(ctx.clone(), move |text: Opt<Coerced<String>>| {
        sink.borrow_mut().push(text.0.map(|text| text.0).unwrap_or_default());
    })?;
    ctx.globals().set("print", print)?;
    let host = Object::new(ctx.clone())?;
    host.set("global", ctx.globals())?;
    host.set("gc", Function::new(ctx.clone(), |ctx: Ctx<'_>| ctx.run_gc())?)?;
    let detach = |buffer: Value<'_>| {
        if let Some(mut buffer) = ArrayBuffer::from_value(buffer) {
            buffer.detach();
        }
    };
    host.set("detachArrayBuffer", Function::new(ctx.clone(), detach)?)?;
    ctx.globals().set("$262", host)?;
    let mut options = EvalOptions::default();
    options.strict = false;
    ctx.eval_with_options::<(), _>("$262.evalScript = function (s) { return (0, eval)(s); };", options)
}

fn failure(ctx: &Ctx<'_>, error: &rquickjs::Error) -> Failure {
    if !error.is_exception() {
        return Failure { phase: Phase::Unknown, name: "Error".into(), message: error.to_string() };
    }
    let value = ctx.catch();
    let mut name = String::new();
    let mut message = String::new();
    if let Some(object) = value.as_object() {
        let constructor = object.get::<_, Object<'_>>("constructor");
        name = constructor.and_then(|c| c.get::<_, Coerced<String>>("name")).map(|name| name.0).unwrap_or_default();
        message = object.get::<_, Coerced<String>>("message").map(|text| text.0).unwrap_or_default();
    }
    if name.is_empty() {
        message = value.get::<Coerced<String>>().map(|text| text.0).unwrap_or_default();
    }
    ctx.catch();
    Failure { phase: Phase::Unknown, name, message }
}

impl Host for QuickJs {
    fn new(settings: &Settings) -> Result<Self, Failure> {
        let refuse =
            |error: rquickjs::Error| Failure { phase: Phase::Limit, name: "Error".into(), message: error.to_string() };
        let runtime = Runtime::new().map_err(refuse)?;
        runtime.set_memory_limit(settings.memory);
        let end = Instant::now() + settings.timeout;
        runtime.set_interrupt_handler(Some(Box::new(move || Instant::now() > end)));
        runtime.set_loader(NextToTheTest, ScriptLoader::default());
        let context = Context::full(&runtime).map_err(refuse)?;
        let printed = Rc::default();
        context.with(|ctx| install(&ctx, &printed)).map_err(refuse)?;
        Ok(QuickJs { runtime, context, printed })
    }

    fn script(&mut self, source: &str, path: &Path) -> Result<(), Failure> {
        let mut options = EvalOptions::default();
        options.strict = false;
        options.filename = Some(path.display().to_string());
        self.context.with(|ctx| {
            ctx.eval_with_options::<Value<'_>, _>(source, options).map(|_| ()).map_err(|error| failure(&ctx, &error))
        })
    }

    fn module(&mut self, source: &str, path: &Path) -> Result<(), Failure> {
        self.context.with(|ctx| {
            let run = || Module::evaluate(ctx.clone(), path.display().to_string(), source)?.finish::<Value<'_>>();
            run().map(|_| ()).map_err(|error| failure(&ctx, &error))
        })
    }

    fn run_jobs(&mut self) -> Result<(), Failure> {
        while self.runtime.is_job_pending() {
            // What a job throws reaches the test through its promise.
            let _ = self.runtime.execute_pending_job();
        }
        Ok(())
    }

    fn printed(&mut self) -> Vec<String> {
        self.printed.take()
    }
}

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Serve tests from standard input.
    Worker(Options),
}

fn main() -> ExitCode {
    let Task::Worker(options) = Cli::parse().task;
    match serve::<QuickJs>(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
