//! Where modules come from.

use alloc::string::String;
use alloc::vec::Vec;

/// What a host provides so that scripts can import modules (ECMA-262 §16.2.1.10 HostLoadImportedModule).
///
/// Specifiers are resolved to names; one name is one module of an isolate (for each kind of it). Failures are told as messages and
/// become TypeErrors.
pub trait ModuleLoader {
    /// The name of the module that `specifier` means in the script or module `referrer`. `attributes` are the import attributes
    /// (`with { type: "json" }`).
    ///
    /// # Errors
    /// A message.
    fn resolve(&mut self, specifier: &str, referrer: &str, attributes: &[(String, String)]) -> Result<String, String>;

    /// The content of a module, or the promise to deliver it.
    ///
    /// # Errors
    /// A message.
    fn load(&mut self, resolved: &str) -> Result<Load, String>;
}

/// What a [`ModuleLoader`] answers.
///
/// ```
/// use rotifer::{Isolate, Limits, Load, ModuleLoader};
///
/// /// Modules come from a place that takes its time.
/// struct Remote;
///
/// impl ModuleLoader for Remote {
///     fn resolve(&mut self, specifier: &str, _: &str, _: &[(String, String)]) -> Result<String, String> {
///         Ok(specifier.into())
///     }
///     fn load(&mut self, _: &str) -> Result<Load, String> {
///         Ok(Load::Later)
///     }
/// }
///
/// let mut js = Isolate::new(Limits::default())?;
/// js.set_module_loader(Some(Box::new(Remote)));
/// js.eval_module("import { answer } from 'answer'; globalThis.seen = answer", "main")?;
/// while let Some(name) = js.pending_modules()?.into_iter().next() {
///     // Fetch what is called `name`, for as long as that takes, then:
///     js.finish_load(&name, Ok(b"export const answer = 42".into()))?;
///     js.run_jobs()?;
/// }
/// assert_eq!(js.eval_as::<f64>("seen", "check")?, 42.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Load {
    /// The content. Source text, JSON and text are UTF-8.
    Ready(Vec<u8>),
    /// It will be handed to [`Isolate::finish_load`](crate::Isolate::finish_load). Until then everything that needs the module waits.
    Later,
}

impl From<Vec<u8>> for Load {
    fn from(content: Vec<u8>) -> Self {
        Load::Ready(content)
    }
}
