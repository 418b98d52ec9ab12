//! Statements.

use rotifer_arena::ScratchVec;

use super::control::{ControlKind, Exit, KIND_NORMAL, KIND_THROW, LabelName};
use super::emitter::{Label, Reg};
use super::patterns::Mode;
use super::{Compiler, Result};
use crate::bytecode::{Constant, Opcode, ScopeDesc};
use crate::syntax::ast::{Catch, DeclarationKind, Expr, List, NodeId, Pattern, RootKind, Stmt};
use crate::syntax::scope::{BindingKind, ScopeId};

/// Jump tables have at least this many clauses.
const MIN_TABLE: usize = 4;

impl<'s> Compiler<'_, 's> {
    pub(super) fn statements(&mut self, list: List) -> Result {
        for statement in self.ast.list(list) {
            self.statement(statement)?;
        }
        Ok(())
    }

    pub(super) fn statement(&mut self, id: NodeId) -> Result {
        self.check_depth()?;
        let top = self.e.top();
        let statement = self.ast.stmt(id);
        if self.completion.is_some() {
            self.start_completion(&statement)?;
        }
        match statement {
            Stmt::Empty | Stmt::ModuleItem | Stmt::Other => {}
            Stmt::Expression(expression) => match self.completion {
                Some(completion) => self.expr(expression, completion)?,
                None => self.discard(expression)?,
            },
            Stmt::Variables(kind, declarators) => self.variables(kind, declarators)?,
            Stmt::Function { binding, hoisted_to: Some(variable), .. } => {
                let value = self.e.temp()?;
                self.identifier(&binding, value)?;
                let reference = self.resolve_binding(variable, false);
                if reference.place == super::bindings::Place::Dynamic && self.ast.root().kind == RootKind::Eval {
                    // The variable itself, whatever has that name on the way.
                    let name = self.name_constant(reference.name)?;
                    let env = self.function_env();
                    self.e.abcw(Opcode::InitEvalFunction, env, value, 1, name)?;
                } else {
                    self.store(&reference, value)?;
                }
            }
            Stmt::Function { .. } => {}
            Stmt::Class { class, binding } => {
                let value = self.e.temp()?;
                let name = self.ast.class(class).name.or_else(|| self.declared_name(binding.name));
                self.class(class, name, value)?;
                self.initialize(&binding, value)?;
            }
            Stmt::Return(value) => self.return_(value)?,
            Stmt::If { .. } => self.if_(id)?,
            Stmt::For { scope, init, test, update, body } => self.for_(scope, init, test, update, body)?,
            Stmt::ForIn(each) => self.for_in(id, &each)?,
            Stmt::ForOf(each) => self.for_of(id, &each)?,
            Stmt::While { test, body } => self.while_(test, body)?,
            Stmt::DoWhile { test, body } => self.do_while(test, body)?,
            Stmt::Continue(label) => {
                if let Some(target) = self.continue_target(label) {
                    self.leave(Exit::Continue(target), None)?;
                }
            }
            Stmt::Break(label) => {
                if let Some(target) = self.break_target(label) {
                    self.leave(Exit::Break(target), None)?;
                }
            }
            Stmt::Throw(value) => {
                let value = self.operand(value)?;
                self.at(id);
                self.e.abc(Opcode::Throw, value, 0, 0)?;
            }
            Stmt::Try { block, catch, finally } => match finally {
                Some(finally) => self.try_finally(block, catch, finally)?,
                None => self.try_catch(block, catch)?,
            },
            Stmt::Switch { discriminant, scope, cases } => self.switch(discriminant, scope, cases)?,
            Stmt::Labeled(name, body) => self.labeled(name, body)?,
            Stmt::Block(scope, list) => self.block(scope, list)?,
            Stmt::With { object, body, .. } => self.with(id, object, body)?,
            Stmt::Debugger => self.e.abc(Opcode::Debugger, 0, 0, 0)?,
            Stmt::ExportDefault(value, binding) => {
                let register = self.e.temp()?;
                self.named_value(value, crate::syntax::names::Name::DEFAULT, register)?;
                self.initialize(&binding, register)?;
            }
        }
        self.e.release(top);
        Ok(())
    }

    /// The name a declaration gives its function or class.
    pub(super) fn declared_name(&self, name: crate::syntax::names::Name) -> Option<crate::syntax::names::Name> {
        use crate::syntax::names::Name;
        Some(if name == Name::DEFAULT_EXPORT { Name::DEFAULT } else { name })
    }

    /// Statements whose completion value is never empty start with undefined (UpdateEmpty).
    fn start_completion(&mut self, statement: &Stmt) -> Result {
        let never_empty = matches!(
            statement,
            Stmt::If { .. }
                | Stmt::For { .. }
                | Stmt::ForIn(_)
                | Stmt::ForOf(_)
                | Stmt::While { .. }
                | Stmt::DoWhile { .. }
                | Stmt::Switch { .. }
                | Stmt::Try { .. }
                | Stmt::With { .. }
        );
        match self.completion {
            Some(completion) if never_empty => self.e.abc(Opcode::LoadUndefined, completion, 0, 0),
            _ => Ok(()),
        }
    }

    #[inline(never)]
    pub(super) fn block(&mut self, scope: Option<ScopeId>, list: List) -> Result {
        let open = self.enter_scope(scope)?;
        self.disposing(scope, |c| c.statements(list))?;
        self.exit_scope(open);
        Ok(())
    }

    #[inline(never)]
    fn variables(&mut self, kind: DeclarationKind, declarators: List) -> Result {
        for id in self.ast.list(declarators) {
            let top = self.e.top();
            let declarator = self.ast.declarator(id);
            let mode = if kind == DeclarationKind::Var { Mode::Var } else { Mode::Declare };
            match (declarator.init, self.ast.pattern(declarator.target)) {
                (None, Pattern::Identifier(ident)) if mode == Mode::Declare => match self.initialize_register(&ident) {
                    Some(register) => self.e.abc(Opcode::LoadUndefined, register, 0, 0)?,
                    None => {
                        let value = self.e.temp()?;
                        self.e.abc(Opcode::LoadUndefined, value, 0, 0)?;
                        self.initialize(&ident, value)?;
                    }
                },
                (None, _) => {}
                (Some(init), Pattern::Identifier(ident)) => {
                    if let Some(register) = self.initialize_register(&ident)
                        && self.disposal_kind(kind).is_none()
                    {
                        self.named_value(init, ident.name, register)?;
                    } else if mode == Mode::Var {
                        let reference = self.resolve(&ident);
                        let target = self.variable_target(&reference, &[init])?;
                        let value = match self.is_anonymous(init) {
                            true => {
                                let value = self.e.temp()?;
                                self.named_value(init, ident.name, value)?;
                                value
                            }
                            false => self.operand(init)?,
                        };
                        self.at(declarator.target);
                        self.put_target(&target, value)?;
                    } else {
                        let value = self.e.temp()?;
                        self.named_value(init, ident.name, value)?;
                        if let Some(is_async) = self.disposal_kind(kind)
                            && let Some(stack) = self.disposal
                        {
                            self.at(init);
                            self.e.abc(Opcode::AddDisposable, stack, value, is_async)?;
                        }
                        self.initialize(&ident, value)?;
                    }
                }
                (Some(init), _) => {
                    let value = self.operand_before(init, &[declarator.target], None)?;
                    self.destructure(declarator.target, value, mode)?;
                }
            }
            self.e.release(top);
        }
        Ok(())
    }

    /// `c` of `AddDisposable` for a kind of declaration, if it is one that disposes.
    pub(super) fn disposal_kind(&self, kind: DeclarationKind) -> Option<u8> {
        match kind {
            DeclarationKind::Using => Some(0),
            DeclarationKind::AwaitUsing => Some(1),
            _ => None,
        }
    }

    #[inline(never)]
    fn return_(&mut self, value: Option<NodeId>) -> Result {
        let Some(value) = value else { return self.leave(Exit::Return, None) };
        let mut register = self.operand(value)?;
        let flags = self.ast.root().function.flags;
        if flags.is_async() && flags.is_generator() {
            let awaited = if self.is_local(register) { self.e.temp()? } else { register };
            self.at(value);
            self.e.abc(Opcode::Await, awaited, register, 0)?;
            register = awaited;
        }
        self.at(value);
        self.leave(Exit::Return, Some(register))
    }

    /// Leaves the function: nothing is left to be closed.
    pub(super) fn emit_return(&mut self, value: Option<Reg>) -> Result {
        if self.is_derived_constructor() {
            let top = self.e.top();
            let value = match value {
                Some(value) => value,
                None => {
                    let none = self.e.temp()?;
                    self.e.abc(Opcode::LoadUndefined, none, 0, 0)?;
                    none
                }
            };
            let this = match self.this {
                Some(this) => this,
                None => {
                    let this = self.e.temp()?;
                    if let Some(reference) = self.this_reference() {
                        self.load(&super::bindings::Reference { check: false, ..reference }, this)?;
                    }
                    this
                }
            };
            self.e.abc(Opcode::ReturnDerived, value, this, 0)?;
            self.e.release(top);
            return Ok(());
        }
        match value {
            Some(value) => self.e.abc(Opcode::Return, value, 0, 0),
            None => self.e.abc(Opcode::ReturnUndefined, 0, 0, 0),
        }
    }

    #[inline(never)]
    fn if_(&mut self, mut id: NodeId) -> Result {
        let end = self.e.label()?;
        while let Stmt::If { test, consequent, alternate } = self.ast.stmt(id) {
            if alternate.is_none()
                && let Some(target) = self.direct_jump(consequent)
            {
                self.condition(test, target, true)?;
                self.e.bind(end);
                return Ok(());
            }
            let otherwise = if alternate.is_some() { self.e.label()? } else { end };
            self.condition(test, otherwise, false)?;
            self.statement(consequent)?;
            let Some(alternate) = alternate else {
                self.e.bind(end);
                return Ok(());
            };
            self.e.jump(end)?;
            self.e.bind(otherwise);
            id = alternate;
            if self.completion.is_some() {
                let statement = self.ast.stmt(id);
                self.start_completion(&statement)?;
            }
        }
        self.statement(id)?;
        self.e.bind(end);
        Ok(())
    }

    /// The label that a `break` or `continue` leads to when nothing has to be done on the way.
    fn direct_jump(&self, mut id: NodeId) -> Option<Label> {
        if let Stmt::Block(None, list) = self.ast.stmt(id)
            && list.len() == 1
        {
            id = self.ast.item(list, 0)?;
        }
        let (target, continues) = match self.ast.stmt(id) {
            Stmt::Break(label) => (self.break_target(label)?, false),
            Stmt::Continue(label) => (self.continue_target(label)?, true),
            _ => return None,
        };
        let inner = self.controls.get(target as usize + 1..)?;
        if !inner.iter().all(|control| matches!(control.kind, ControlKind::Breakable { .. } | ControlKind::Try)) {
            return None;
        }
        match self.controls.get(target as usize)?.kind {
            ControlKind::Breakable { continue_to, .. } if continues => continue_to,
            ControlKind::Breakable { break_to, .. } => Some(break_to),
            _ => None,
        }
    }

    fn labeled(&mut self, name: crate::syntax::names::Name, body: NodeId) -> Result {
        self.labels.push(LabelName { name, control: 0, continue_control: 0 })?;
        self.pending_labels += 1;
        match self.ast.stmt(body) {
            Stmt::Labeled(..)
            | Stmt::For { .. }
            | Stmt::ForIn(_)
            | Stmt::ForOf(_)
            | Stmt::While { .. }
            | Stmt::DoWhile { .. } => self.statement(body)?,
            _ => {
                let end = self.e.label()?;
                let kind = ControlKind::Breakable { break_to: end, continue_to: None, labelled: true };
                let control = self.push_control(kind, None)?;
                self.take_labels(control, control);
                self.statement(body)?;
                self.pop_control()?;
                self.e.bind(end);
            }
        }
        self.labels.pop();
        Ok(())
    }

    #[inline(never)]
    fn with(&mut self, id: NodeId, object: NodeId, body: NodeId) -> Result {
        let object = self.operand(object)?;
        let env = self.e.temp()?;
        let parent = self.current_env();
        self.at(id);
        self.e.abc(Opcode::PushWith, env, parent, object)?;
        let names_start = self.e.code.scope_names.len() as u32;
        let index = self.e.code.scopes.len() as u32;
        let flags = ScopeDesc::WITH | ScopeDesc::DYNAMIC;
        self.e.code.scopes.push(ScopeDesc { parent: self.scope, names_start, names_len: 0, slots: 1, flags })?;
        let outer = (self.env, self.scope);
        (self.env, self.scope) = (env, index);
        self.dynamic_scopes += 1;
        self.statement(body)?;
        self.dynamic_scopes -= 1;
        (self.env, self.scope) = outer;
        Ok(())
    }

    // ---- switch ------------------------------------------------------------------------------------------------------

    #[inline(never)]
    fn switch(&mut self, discriminant: NodeId, scope: Option<ScopeId>, cases: List) -> Result {
        let tests = self.tests(cases)?;
        let value = self.operand_before(discriminant, &tests, None)?;
        drop(tests);
        let open = self.enter_scope(scope)?;
        let end = self.e.label()?;
        let kind = ControlKind::Breakable { break_to: end, continue_to: None, labelled: false };
        self.push_control(kind, None)?;
        let ast = self.ast;
        self.disposing(scope, |c| {
            let mut labels = ScratchVec::<Label>::new(c.scratch);
            let mut default = end;
            for case in ast.list(cases) {
                let label = c.e.label()?;
                labels.push(label)?;
                if ast.case(case).test.is_none() {
                    default = label;
                }
            }
            if !c.switch_table(value, cases, &labels, default)? {
                for (case, &label) in ast.list(cases).zip(labels.iter()) {
                    if let Some(test) = ast.case(case).test {
                        c.jump_if_strict_equal(value, test, label)?;
                    }
                }
            }
            // Without `default` a scope that disposes still has to be left by its end.
            let fall = if default == end { c.e.label()? } else { default };
            c.e.jump(fall)?;
            for (case, &label) in ast.list(cases).zip(labels.iter()) {
                c.e.bind(label);
                c.statements(ast.case(case).body)?;
            }
            if default == end {
                c.e.bind(fall);
            }
            Ok(())
        })?;
        self.pop_control()?;
        self.e.bind(end);
        self.exit_scope(open);
        Ok(())
    }

    /// The expressions of the clauses that could have effects.
    fn tests(&self, cases: List) -> Result<ScratchVec<'s, NodeId>> {
        let mut tests = ScratchVec::new(self.scratch);
        for case in self.ast.list(cases) {
            if let Some(test) = self.ast.case(case).test
                && !matches!(self.ast.expr(test), Expr::Number(_) | Expr::String(_) | Expr::Identifier(_))
            {
                tests.push(test)?;
            }
        }
        Ok(tests)
    }

    /// A jump table where all clauses are integers close together.
    fn switch_table(&mut self, value: Reg, cases: List, labels: &[Label], default: Label) -> Result<bool> {
        let ast = self.ast;
        let (mut low, mut high, mut count) = (i32::MAX, i32::MIN, 0_usize);
        for case in ast.list(cases) {
            let Some(test) = ast.case(case).test else { continue };
            let Some(int) = self.small_int(test) else { return Ok(false) };
            low = low.min(int);
            high = high.max(int);
            count += 1;
        }
        let range = i64::from(high) - i64::from(low) + 1;
        if count < MIN_TABLE || range > 4 * count as i64 + 16 || range > 60_000 {
            return Ok(false);
        }
        let other = self.e.label()?;
        let mut table = ScratchVec::<Label>::new(self.scratch);
        for _ in 0..range {
            table.push(other)?;
        }
        for (case, &label) in ast.list(cases).zip(labels) {
            let Some(int) = ast.case(case).test.and_then(|test| self.small_int(test)) else { continue };
            let slot = &mut table[(i64::from(int) - i64::from(low)) as usize];
            if *slot == other {
                *slot = label;
            }
        }
        let _ = default;
        self.e.switch_int(value, low, &table)?;
        self.e.bind(other);
        Ok(true)
    }

    // ---- try ---------------------------------------------------------------------------------------------------------

    #[inline(never)]
    fn try_catch(&mut self, block: NodeId, catch: Option<NodeId>) -> Result {
        let Some(catch) = catch else { return self.statement(block) };
        let caught = self.e.temp()?;
        let handler = self.e.label()?;
        let end = self.e.label()?;
        self.push_control(ControlKind::Try, Some((handler, caught)))?;
        // The register is written when the block is left, so the block may use it: nesting costs no registers.
        self.e.release(u32::from(caught));
        self.statement(block)?;
        self.e.temp()?;
        self.pop_control()?;
        if self.e.is_wanted(handler) {
            self.e.jump(end)?;
            self.e.bind(handler);
            let catch = self.ast.catch(catch);
            self.catch(&catch, caught)?;
        }
        self.e.bind(end);
        Ok(())
    }

    #[inline(never)]
    fn catch(&mut self, catch: &Catch, caught: Reg) -> Result {
        if let Some(completion) = self.completion {
            self.e.abc(Opcode::LoadUndefined, completion, 0, 0)?;
        }
        let open = self.enter_scope(catch.scope)?;
        if let Some(param) = catch.param {
            self.destructure(param, caught, Mode::Declare)?;
        }
        self.statement(catch.body)?;
        self.exit_scope(open);
        Ok(())
    }

    #[inline(never)]
    fn try_finally(&mut self, block: NodeId, catch: Option<NodeId>, finally: NodeId) -> Result {
        let kind = self.e.temps(2)?;
        let value = kind + 1;
        let (entry, thrown, end) = (self.e.label()?, self.e.label()?, self.e.label()?);
        self.push_control(ControlKind::Finally { kind, value, entry }, Some((thrown, value)))?;
        // Both are written when the block is left, so the block may use them: nesting costs no registers.
        self.e.release(u32::from(kind));
        self.try_catch(block, catch)?;
        self.e.temps(2)?;
        self.pop_control()?;
        self.e.load_int(kind, KIND_NORMAL)?;
        if self.e.is_wanted(thrown) {
            self.e.need(entry);
        }
        self.e.bind(entry);
        match self.completion {
            Some(completion) => {
                // A finally block that ends normally leaves the completion value as it was.
                let kept = self.e.temp()?;
                self.e.mov(kept, completion)?;
                self.e.abc(Opcode::LoadUndefined, completion, 0, 0)?;
                self.statement(finally)?;
                self.e.mov(completion, kept)?;
            }
            None => self.statement(finally)?,
        }
        self.finally_dispatch(entry, kind, value, end)?;
        if self.e.is_wanted(thrown) {
            self.e.bind(thrown);
            self.e.load_int(kind, KIND_THROW)?;
            self.e.jump(entry)?;
        }
        self.e.bind(end);
        Ok(())
    }

    /// Runs `body` for a scope; when the scope has `using` declarations, its resources are disposed of at the end.
    pub(super) fn disposing(&mut self, scope: Option<ScopeId>, body: impl FnOnce(&mut Self) -> Result) -> Result {
        let ast = self.ast;
        let has = |kind| scope.is_some_and(|scope| ast.bindings_of(scope).any(|id| ast.binding(id).kind() == kind));
        let is_async = has(BindingKind::AwaitUsing);
        if !is_async && !has(BindingKind::Using) {
            return body(self);
        }
        let kind = self.e.temps(2)?;
        let value = kind + 1;
        let stack = self.e.temp()?;
        self.e.abc(Opcode::LoadUndefined, stack, 0, 0)?;
        let (entry, thrown, end) = (self.e.label()?, self.e.label()?, self.e.label()?);
        self.push_control(ControlKind::Finally { kind, value, entry }, Some((thrown, value)))?;
        let outer = self.disposal.replace(stack);
        body(self)?;
        self.disposal = outer;
        self.pop_control()?;
        self.e.load_int(kind, KIND_NORMAL)?;
        if self.e.is_wanted(thrown) {
            self.e.need(entry);
        }
        self.e.bind(entry);
        let again = self.e.here()?;
        let (failed, first_error, disposed) = (self.e.label()?, self.e.label()?, self.e.label()?);
        let result = self.e.temps(2)?;
        let error = result + 1;
        let start = self.e.pc();
        self.e.jump_abc(Opcode::DisposeNext, result, stack, disposed)?;
        if is_async {
            self.e.jump_abc(Opcode::JumpIfHole, result, 0, again)?;
            self.e.abc(Opcode::Await, result, result, 0)?;
        }
        self.e.jump(again)?;
        self.e.handler(start, failed, error)?;
        self.e.bind(failed);
        self.e.jump_abx(Opcode::JumpIfStrictNeI, kind, KIND_THROW as i16, first_error)?;
        self.e.abc(Opcode::SuppressError, value, error, value)?;
        self.e.jump(again)?;
        self.e.bind(first_error);
        self.e.mov(value, error)?;
        self.e.load_int(kind, KIND_THROW)?;
        self.e.jump(again)?;
        self.e.bind(disposed);
        self.finally_dispatch(entry, kind, value, end)?;
        if self.e.is_wanted(thrown) {
            self.e.bind(thrown);
            self.e.load_int(kind, KIND_THROW)?;
            self.e.jump(entry)?;
        }
        self.e.bind(end);
        Ok(())
    }

    /// The key constant list of a script's or eval code's declarations.
    pub(super) fn declarations(&mut self, names: &[(crate::syntax::names::Name, u32)]) -> Result<u32> {
        let start = self.e.code.lists.len() as u32;
        for &(name, kind) in names {
            self.e.code.lists.push(name.0)?;
            self.e.code.lists.push(kind)?;
        }
        self.e.constant(Constant::Declarations { start, len: names.len() as u32 })
    }
}
