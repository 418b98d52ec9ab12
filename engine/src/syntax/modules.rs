//! Modules (§16.2).

use super::ast::{ExportEntry, ExportKind, FunctionFlags, ImportEntry, ImportPhase, Kind, ModuleRequest, NodeId};
use super::error::R;
use super::names::{Name, Text};
use super::parser::Parser;
use super::patterns::Declares;
use super::scope::{BindingId, BindingKind, NO_BINDING};
use super::token::Tok;

impl Parser<'_, '_> {
    /// ModuleItem
    pub(super) fn module_item(&mut self) -> R<NodeId> {
        match self.lx.t.tok {
            Tok::Import => {
                let next = self.lx.peek()?;
                if matches!(next.tok, Tok::LParen | Tok::Dot) {
                    return self.statement();
                }
                self.import_declaration()
            }
            Tok::Export => self.export_declaration(),
            _ => self.statement_list_item(),
        }
    }

    fn module_item_node(&mut self, pos: u32) -> R<NodeId> {
        self.node(Kind::ModuleItem, 0, pos, 0, 0)
    }

    /// A word or, for string names, a string without lone surrogates. Gives the name and whether it was a string.
    fn module_export_name(&mut self) -> R<(Name, bool)> {
        let name = self.lx.t.name;
        let is_string = self.at(Tok::String);
        if is_string {
            let text = self.lx.interner.text(self.lx.source, name);
            if !well_formed(text) {
                let pos = self.pos();
                return Err(self.error("a module export name must be well-formed Unicode", pos));
            }
        } else if !self.lx.t.tok.is_identifier_name() {
            return Err(self.unexpected());
        }
        self.advance()?;
        Ok((name, is_string))
    }

    fn import_declaration(&mut self) -> R<NodeId> {
        let pos = self.pos();
        self.advance()?;
        if self.at(Tok::String) {
            self.request(ImportPhase::Evaluation)?;
            self.semicolon()?;
            return self.module_item_node(pos);
        }
        let first_import = self.imports.len();
        let phase = self.import_phase()?;
        if phase != ImportPhase::Evaluation {
            if phase == ImportPhase::Defer {
                self.namespace_import()?;
            } else {
                self.bind_import(None)?;
            }
        } else {
            let mut more = true;
            if self.at(Tok::Ident) {
                self.bind_import(Some(Name::DEFAULT))?;
                more = self.eat(Tok::Comma)?;
            }
            if more {
                match self.lx.t.tok {
                    Tok::Star => self.namespace_import()?,
                    Tok::LBrace => self.named_imports()?,
                    _ => return Err(self.unexpected()),
                }
            }
        }
        self.from()?;
        let request = self.request(phase)?;
        for entry in &mut self.imports[first_import..] {
            entry.request = request;
        }
        self.semicolon()?;
        self.module_item_node(pos)
    }

    /// `defer` and `source` unless they are the name that is imported.
    fn import_phase(&mut self) -> R<ImportPhase> {
        if self.at_word(Name::DEFER) {
            let next = self.lx.peek()?;
            if next.tok == Tok::Star {
                self.advance()?;
                return Ok(ImportPhase::Defer);
            }
        } else if self.at_word(Name::SOURCE) {
            let next = self.lx.peek()?;
            if next.tok == Tok::Ident {
                // `import source from "x"` imports a default; `import source from from "x"` a source named `from`.
                let is_from = next.name == Name::FROM && !next.escaped;
                let saved = self.save_token();
                self.advance()?;
                let after = self.lx.peek()?;
                let source = !is_from || after.tok == Tok::Ident && after.name == Name::FROM;
                if source {
                    return Ok(ImportPhase::Source);
                }
                (self.lx.t, self.lx.pos, self.lx.prev_end) = saved;
            }
        }
        Ok(ImportPhase::Evaluation)
    }

    fn namespace_import(&mut self) -> R<()> {
        self.expect(Tok::Star)?;
        if !self.at_word(Name::AS) {
            return Err(self.unexpected());
        }
        self.advance()?;
        self.bind_import(None)
    }

    fn bind_import(&mut self, import_name: Option<Name>) -> R<()> {
        let pos = self.pos();
        let local_name = self.binding_identifier()?;
        self.push_import(import_name, local_name, pos)
    }

    fn push_import(&mut self, import_name: Option<Name>, local_name: Name, pos: u32) -> R<()> {
        let binding = self.declare(local_name, pos, Declares::Lexical(BindingKind::Import))?;
        self.bindings[binding as usize].init_pos = 0;
        let binding = BindingId(binding);
        self.imports.push(ImportEntry { request: 0, import_name, local_name, binding, pos })?;
        Ok(())
    }

    fn named_imports(&mut self) -> R<()> {
        self.expect(Tok::LBrace)?;
        while !self.at(Tok::RBrace) {
            let token = self.lx.t;
            let (name, is_string) = self.module_export_name()?;
            if self.at_word(Name::AS) {
                self.advance()?;
                self.bind_import(Some(name))?;
            } else {
                if is_string || token.tok != Tok::Ident {
                    return Err(self.unexpected());
                }
                if let Some(message) = self.identifier_problem(name) {
                    return Err(self.error(message, token.start));
                }
                self.check_bound_name(name, token.start)?;
                self.push_import(Some(name), name, token.start)?;
            }
            if !self.at(Tok::RBrace) {
                self.expect(Tok::Comma)?;
            }
        }
        self.advance()
    }

    fn from(&mut self) -> R<()> {
        if !self.at_word(Name::FROM) {
            return Err(self.unexpected());
        }
        self.advance()
    }

    /// A module specifier with its attributes; gives the index of the request.
    fn request(&mut self, phase: ImportPhase) -> R<u32> {
        let pos = self.pos();
        if !self.at(Tok::String) {
            return Err(self.unexpected());
        }
        let specifier = self.lx.t.name;
        self.advance()?;
        let start = self.attributes.len();
        if self.at(Tok::With) {
            self.advance()?;
            self.with_clause(start)?;
        }
        let len = self.attributes.len() - start;
        // The last request of that specifier stands for all: repeating one is harmless, searching all is not.
        let mark = *self.lx.interner.mark(specifier) as usize;
        let same = self.requests.get(mark).is_some_and(|request| {
            let from = request.attributes_start as usize;
            let theirs = &self.attributes[from..from + request.attributes_len as usize];
            let ours = &self.attributes[start..];
            request.specifier == specifier && request.phase == phase && theirs.len() == ours.len() && theirs == ours
        });
        if same {
            self.attributes.truncate(start);
            return Ok(mark as u32);
        }
        let index = self.requests.len() as u32;
        *self.lx.interner.mark(specifier) = index;
        self.requests.push(ModuleRequest {
            specifier,
            attributes_start: start as u32,
            attributes_len: len as u32,
            phase,
            pos,
        })?;
        Ok(index)
    }

    fn with_clause(&mut self, start: usize) -> R<()> {
        self.expect(Tok::LBrace)?;
        while !self.at(Tok::RBrace) {
            let pos = self.pos();
            let key = self.lx.t.name;
            if !self.at(Tok::String) && !self.lx.t.tok.is_identifier_name() {
                return Err(self.unexpected());
            }
            self.advance()?;
            self.expect(Tok::Colon)?;
            if !self.at(Tok::String) {
                return Err(self.unexpected());
            }
            let value = self.lx.t.name;
            self.advance()?;
            let mark = *self.lx.interner.mark(key) as usize;
            *self.lx.interner.mark(key) = self.attributes.len() as u32;
            if mark >= start && self.attributes.get(mark).is_some_and(|pair| pair.0 == key) {
                return Err(self.error("this attribute is given twice", pos));
            }
            self.attributes.push((key, value))?;
            if !self.at(Tok::RBrace) {
                self.expect(Tok::Comma)?;
            }
        }
        self.advance()
    }

    fn export(&mut self, kind: ExportKind, export_name: Option<Name>, pos: u32) -> R<()> {
        self.exports.push(ExportEntry { kind, export_name, pos })?;
        Ok(())
    }

    fn export_local(&mut self, name: Name, export_name: Name, pos: u32) -> R<()> {
        self.export(ExportKind::Local(name, BindingId(NO_BINDING)), Some(export_name), pos)
    }

    fn export_declaration(&mut self) -> R<NodeId> {
        let pos = self.pos();
        self.advance()?;
        match self.lx.t.tok {
            Tok::Star => self.export_star(pos),
            Tok::LBrace => self.export_clause(pos),
            Tok::Default => self.export_default(pos),
            Tok::Var => {
                let statement = self.statement()?;
                self.export_declared(statement)?;
                Ok(statement)
            }
            Tok::Class | Tok::Const | Tok::Function => {
                let statement = self.statement_list_item()?;
                self.export_declared(statement)?;
                Ok(statement)
            }
            Tok::Ident if self.at_word(Name::LET) || self.at_word(Name::ASYNC) => {
                let statement = self.statement_list_item()?;
                if !matches!(self.get(statement).kind, Kind::Variables | Kind::FunctionDeclaration) {
                    return Err(self.error("a declaration is expected here", pos));
                }
                self.export_declared(statement)?;
                Ok(statement)
            }
            _ => Err(self.unexpected()),
        }
    }

    fn export_star(&mut self, pos: u32) -> R<NodeId> {
        self.advance()?;
        let mut name = None;
        if self.at_word(Name::AS) {
            self.advance()?;
            name = Some(self.module_export_name()?.0);
        }
        self.from()?;
        let request = self.request(ImportPhase::Evaluation)?;
        let kind = if name.is_some() { ExportKind::Namespace { request } } else { ExportKind::Star { request } };
        self.export(kind, name, pos)?;
        self.semicolon()?;
        self.module_item_node(pos)
    }

    fn export_clause(&mut self, pos: u32) -> R<NodeId> {
        self.advance()?;
        let first = self.exports.len();
        let mut not_local = None;
        while !self.at(Tok::RBrace) {
            let token = self.lx.t;
            let (name, is_string) = self.module_export_name()?;
            if is_string || token.tok != Tok::Ident || self.identifier_problem(name).is_some() {
                not_local.get_or_insert(token.start);
            }
            let mut export_name = name;
            if self.at_word(Name::AS) {
                self.advance()?;
                export_name = self.module_export_name()?.0;
            }
            self.export_local(name, export_name, token.start)?;
            if !self.at(Tok::RBrace) {
                self.expect(Tok::Comma)?;
            }
        }
        self.advance()?;
        if self.at_word(Name::FROM) {
            self.advance()?;
            let request = self.request(ImportPhase::Evaluation)?;
            for entry in &mut self.exports[first..] {
                if let ExportKind::Local(import_name, _) = entry.kind {
                    entry.kind = ExportKind::Indirect { request, import_name };
                }
            }
        } else if let Some(at) = not_local {
            return Err(self.error("a local export needs an identifier", at));
        }
        self.semicolon()?;
        self.module_item_node(pos)
    }

    #[inline(never)]
    fn export_default(&mut self, pos: u32) -> R<NodeId> {
        self.advance()?;
        let start = self.pos();
        let is_async = if self.at_word(Name::ASYNC) {
            let next = self.lx.peek()?;
            next.tok == Tok::Function && !next.newline
        } else {
            false
        };
        if self.at(Tok::Function) || is_async {
            let mut flags = FunctionFlags(0);
            if is_async {
                flags = FunctionFlags::ASYNC;
                self.advance()?;
            }
            self.advance()?;
            if self.eat(Tok::Star)? {
                flags = flags.union(FunctionFlags::GENERATOR);
            }
            let name_pos = self.pos();
            let name = if self.at(Tok::LParen) { Name::DEFAULT_EXPORT } else { self.binding_identifier()? };
            let id = self.function_declaration_named(name, name_pos, start, flags)?;
            self.export_local(name, Name::DEFAULT, pos)?;
            return Ok(id);
        }
        if self.at(Tok::Class) {
            self.advance()?;
            let name_pos = self.pos();
            let name = if self.at(Tok::Ident) { self.binding_identifier()? } else { Name::DEFAULT_EXPORT };
            let id = self.class_declaration_named(name, name_pos, start)?;
            self.export_local(name, Name::DEFAULT, pos)?;
            return Ok(id);
        }
        let value = self.assignment_in()?;
        self.semicolon()?;
        let binding = self.declare(Name::DEFAULT_EXPORT, pos, Declares::Lexical(BindingKind::Const))?;
        self.bindings[binding as usize].init_pos = self.lx.prev_end;
        let ident = self.node(Kind::BindingIdentifier, 0, pos, Name::DEFAULT_EXPORT.0, binding)?;
        self.export_local(Name::DEFAULT_EXPORT, Name::DEFAULT, pos)?;
        self.node(Kind::ExportDefault, 0, pos, value.0.get(), ident.0.get())
    }

    /// Exports the names that a declaration binds.
    fn export_declared(&mut self, statement: NodeId) -> R<()> {
        let node = *self.get(statement);
        match node.kind {
            Kind::Variables => {
                let count = self.lists[node.b as usize];
                for index in 1..=count {
                    let declarator = NodeId::opt(self.lists[(node.b + index) as usize]);
                    let target = declarator.and_then(|id| NodeId::opt(self.get(id).a));
                    if let Some(target) = target {
                        self.export_pattern(target)?;
                    }
                }
                Ok(())
            }
            Kind::FunctionDeclaration => self.export_ident(self.lists[node.b as usize]),
            Kind::ClassDeclaration => self.export_ident(node.b),
            _ => Ok(()),
        }
    }

    fn export_ident(&mut self, raw: u32) -> R<()> {
        let Some(id) = NodeId::opt(raw) else { return Ok(()) };
        let node = *self.get(id);
        self.export_local(Name(node.a), Name(node.a), node.pos)
    }

    fn export_pattern(&mut self, id: NodeId) -> R<()> {
        self.check_depth()?;
        let node = *self.get(id);
        match node.kind {
            Kind::Identifier | Kind::BindingIdentifier => self.export_ident(id.0.get()),
            Kind::WithDefault | Kind::Rest => match NodeId::opt(node.a) {
                Some(target) => self.export_pattern(target),
                None => Ok(()),
            },
            Kind::Property => match NodeId::opt(node.b) {
                Some(value) => self.export_pattern(value),
                None => Ok(()),
            },
            Kind::ArrayPattern | Kind::ObjectPattern if node.b != 0 => {
                let count = self.lists[node.b as usize];
                for index in 1..=count {
                    if let Some(item) = NodeId::opt(self.lists[(node.b + index) as usize]) {
                        self.export_pattern(item)?;
                    }
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Checks at the end of a module, while its scope is still open: exported names are unique and local ones exist.
    pub(super) fn finish_exports(&mut self) -> R<()> {
        let scope = self.scope;
        for index in 0..self.exports.len() {
            let entry = self.exports[index];
            if let ExportKind::Local(name, _) = entry.kind {
                let Some(binding) = self.binding_in(name, scope) else {
                    return Err(self.lx.fail("this exported name is not declared", entry.pos, entry.pos));
                };
                self.exports[index].kind = ExportKind::Local(name, BindingId(binding as u32));
                let flags = &mut self.bindings[binding].flags;
                *flags |= super::scope::Binding::CAPTURED | super::scope::Binding::USED;
                if self.bindings[binding].kind.is_lexical() {
                    self.bindings[binding].flags |= super::scope::Binding::TDZ;
                }
            }
            if let Some(name) = entry.export_name {
                let mark = *self.lx.interner.mark(name) as usize;
                if mark < index && self.exports[mark].export_name == Some(name) {
                    return Err(self.lx.fail("this name is exported twice", entry.pos, entry.pos));
                }
                *self.lx.interner.mark(name) = index as u32;
            }
        }
        Ok(())
    }
}

fn well_formed(text: Text<'_>) -> bool {
    char::decode_utf16(text.units()).all(|c| c.is_ok())
}
