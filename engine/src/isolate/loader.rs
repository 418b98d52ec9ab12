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

    /// The content of a module. Source text, JSON and text are UTF-8.
    ///
    /// # Errors
    /// A message.
    fn load(&mut self, resolved: &str) -> Result<Vec<u8>, String>;
}
