//! Loops.

use super::control::{Control, ControlKind, Region};
use super::emitter::{Label, Reg};
use super::patterns::Mode;
use super::{Compiler, Result};
use crate::bytecode::Opcode;
use crate::syntax::ast::{DeclarationKind, Expr, ForEach, ForTarget, NodeId, Pattern, Stmt};
use crate::syntax::scope::{BindingKind, ScopeId};

impl Compiler<'_, '_> {
    fn push_loop(&mut self, break_to: Label, continue_to: Label) -> Result {
        let kind = ControlKind::Breakable { break_to, continue_to: Some(continue_to), labelled: false };
        let control = self.push_control(kind, None)?;
        self.take_labels(control, control);
        Ok(())
    }

    #[inline(never)]
    pub(super) fn while_(&mut self, test: NodeId, body: NodeId) -> Result {
        let (again, check, end) = (self.e.label()?, self.e.label()?, self.e.label()?);
        let endless = self.is_true(test);
        self.e.need_if_reachable(again);
        if !endless {
            self.e.jump(check)?;
        }
        self.e.bind(again);
        self.push_loop(end, check)?;
        self.statement(body)?;
        self.pop_control()?;
        self.e.bind(check);
        if endless {
            self.e.jump(again)?
        } else {
            self.condition(test, again, true)?
        }
        self.e.bind(end);
        Ok(())
    }

    fn is_true(&self, test: NodeId) -> bool {
        match self.ast.expr(test) {
            Expr::Bool(value) => value,
            Expr::Number(value) => value != 0.0 && !value.is_nan(),
            _ => false,
        }
    }

    #[inline(never)]
    pub(super) fn do_while(&mut self, test: NodeId, body: NodeId) -> Result {
        let (check, end) = (self.e.label()?, self.e.label()?);
        let again = self.e.here()?;
        self.push_loop(end, check)?;
        self.statement(body)?;
        self.pop_control()?;
        self.e.bind(check);
        self.condition(test, again, true)?;
        self.e.bind(end);
        Ok(())
    }

    #[inline(never)]
    pub(super) fn for_(
        &mut self,
        scope: Option<ScopeId>,
        init: Option<NodeId>,
        test: Option<NodeId>,
        update: Option<NodeId>,
        body: NodeId,
    ) -> Result {
        let open = self.enter_scope(scope)?;
        let ast = self.ast;
        let copies = match (open.own_env, scope) {
            (Some(env), Some(scope)) => {
                ast.bindings_of(scope).any(|id| ast.binding(id).kind() == BindingKind::Let).then_some(env)
            }
            _ => None,
        };
        self.disposing(scope, |c| {
            if let Some(init) = init {
                match ast.stmt(init) {
                    // The head is no statement of its own: it leaves the completion value alone.
                    Stmt::Expression(expression) => c.discard(expression)?,
                    Stmt::Variables(..) => c.statement(init)?,
                    _ => c.discard(init)?,
                }
            }
            // Only a closure made in the head could tell the first copy from the original.
            if let Some(env) = copies
                && !init.is_none_or(|init| c.makes_no_closure(init))
            {
                c.e.abc(Opcode::CopyEnv, env, env, 0)?;
            }
            let (again, next, check, end) = (c.e.label()?, c.e.label()?, c.e.label()?, c.e.label()?);
            let test = test.filter(|&test| !c.is_true(test));
            c.e.need_if_reachable(again);
            if test.is_some() {
                c.e.jump(check)?;
            }
            c.e.bind(again);
            c.push_loop(end, next)?;
            c.statement(body)?;
            c.pop_control()?;
            c.e.bind(next);
            if let Some(env) = copies {
                c.e.abc(Opcode::CopyEnv, env, env, 0)?;
            }
            if let Some(update) = update {
                c.discard(update)?;
            }
            c.e.bind(check);
            match test {
                Some(test) => c.condition(test, again, true)?,
                None => c.e.jump(again)?,
            }
            c.e.bind(end);
            Ok(())
        })?;
        self.exit_scope(open);
        Ok(())
    }

    /// Every initialiser in the head of a `for` is a plain value.
    fn makes_no_closure(&self, init: NodeId) -> bool {
        let Stmt::Variables(_, declarators) = self.ast.stmt(init) else { return false };
        self.ast.list(declarators).all(|id| {
            self.ast.declarator(id).init.is_none_or(|init| {
                matches!(
                    self.ast.expr(init),
                    Expr::Number(_) | Expr::String(_) | Expr::Bool(_) | Expr::Null | Expr::Identifier(_)
                )
            })
        })
    }

    /// Evaluates the object of a `for in`/`for of`, with the names of the head in their dead zone.
    fn for_object(&mut self, each: &ForEach, dst: Reg) -> Result {
        let ast = self.ast;
        let dead_zone = each.scope.is_some_and(|scope| {
            ast.scope(scope).has_direct_eval() || ast.bindings_of(scope).any(|id| ast.binding(id).needs_hole())
        });
        if dead_zone {
            let open = self.enter_scope(each.scope)?;
            self.expr(each.right, dst)?;
            self.exit_scope(open);
            return Ok(());
        }
        self.expr(each.right, dst)
    }

    /// The scope of the head can be opened once instead of in each round: its bindings are registers that are written at the
    /// start of each round.
    fn is_static(&self, scope: Option<ScopeId>) -> bool {
        let ast = self.ast;
        scope.is_none_or(|scope| {
            !ast.scope(scope).has_direct_eval()
                && ast.bindings_of(scope).all(|id| {
                    let binding = ast.binding(id);
                    !binding.is_captured()
                        && !binding.needs_hole()
                        && matches!(binding.kind(), BindingKind::Let | BindingKind::Const)
                })
        })
    }

    /// The register that the values of the loop can go straight to.
    fn head_register(&mut self, each: &ForEach) -> Option<Reg> {
        match each.left {
            ForTarget::Declaration { kind: DeclarationKind::Using | DeclarationKind::AwaitUsing, .. } => None,
            ForTarget::Declaration { target, .. } => match self.ast.pattern(target) {
                Pattern::Identifier(ident) => self.initialize_register(&ident),
                _ => None,
            },
            ForTarget::Assignment(target) => match self.ast.pattern(target) {
                Pattern::Identifier(ident) => {
                    let reference = self.resolve(&ident);
                    self.is_plain_register(&reference)
                }
                _ => None,
            },
        }
    }

    /// Binds the value of a round.
    fn bind_head(&mut self, each: &ForEach, value: Reg) -> Result {
        match each.left {
            ForTarget::Declaration { kind, target, .. } => {
                if let Some(is_async) = self.disposal_kind(kind)
                    && let Some(stack) = self.disposal
                {
                    self.e.abc(Opcode::AddDisposable, stack, value, is_async)?;
                }
                let mode = if kind == DeclarationKind::Var { Mode::Var } else { Mode::Declare };
                self.destructure(target, value, mode)
            }
            ForTarget::Assignment(target) => self.destructure(target, value, Mode::Assign),
        }
    }

    #[inline(never)]
    pub(super) fn for_in(&mut self, id: NodeId, each: &ForEach) -> Result {
        if let ForTarget::Declaration { target, initializer: Some(init), .. } = each.left {
            let value = self.e.temp()?;
            match self.ast.pattern(target) {
                Pattern::Identifier(ident) => self.named_value(init, ident.name, value)?,
                _ => self.expr(init, value)?,
            }
            self.destructure(target, value, Mode::Var)?;
        }
        let state = self.e.temp()?;
        self.for_object(each, state)?;
        self.at(id);
        self.e.abc(Opcode::ForInStart, state, state, 0)?;
        let is_static = self.is_static(each.scope);
        let outer = if is_static { Some(self.enter_scope(each.scope)?) } else { None };
        let direct = if is_static { self.head_register(each) } else { None };
        let value = match direct {
            Some(register) => register,
            None => self.e.temp()?,
        };
        let (next, end) = (self.e.here()?, self.e.label()?);
        self.at(id);
        self.e.jump_abc(Opcode::ForInNext, value, state, end)?;
        self.push_loop(end, next)?;
        self.round(each, value, is_static, direct.is_some())?;
        self.pop_control()?;
        self.e.jump(next)?;
        self.e.bind(end);
        if let Some(outer) = outer {
            self.exit_scope(outer);
        }
        Ok(())
    }

    /// One round of a `for in`/`for of`: binding and body.
    #[inline(never)]
    fn round(&mut self, each: &ForEach, value: Reg, is_static: bool, is_bound: bool) -> Result {
        let open = if is_static { None } else { Some(self.enter_scope(each.scope)?) };
        let scope = if is_static { None } else { each.scope };
        self.disposing(scope, |c| {
            if !is_bound {
                c.bind_head(each, value)?;
            }
            c.statement(each.body)
        })?;
        if let Some(open) = open {
            self.exit_scope(open);
        }
        Ok(())
    }

    #[inline(never)]
    pub(super) fn for_of(&mut self, id: NodeId, each: &ForEach) -> Result {
        let base = self.e.temps(3)?;
        let error = self.e.temp()?;
        self.for_object(each, error)?;
        self.e.at(self.ast.pos(each.right));
        let start = if each.is_await { Opcode::GetAsyncIterator } else { Opcode::GetIterator };
        self.e.abc(start, base, error, 0)?;
        let is_static = self.is_static(each.scope);
        let outer = if is_static { Some(self.enter_scope(each.scope)?) } else { None };
        let direct = if is_static { self.head_register(each) } else { None };
        let value = match direct {
            Some(register) => register,
            None => self.e.temp()?,
        };
        let (thrown, end) = (self.e.label()?, self.e.label()?);
        let next = self.e.here()?;
        self.at(id);
        if each.is_await {
            let result = self.e.temp()?;
            self.e.abc(Opcode::IteratorCallNext, result, base, 0)?;
            self.e.abc(Opcode::Await, result, result, 0)?;
            self.e.jump_abc(Opcode::IteratorUnwrap, result, result, end)?;
            self.e.mov(value, result)?;
        } else {
            self.e.jump_abc(Opcode::IteratorNext, value, base, end)?;
        }
        // `break` leaves the iterator, `continue` does not: two controls around and inside of it.
        let kind = ControlKind::Breakable { break_to: end, continue_to: None, labelled: false };
        let control = self.push_control(kind, None)?;
        let region = Region { target: thrown, register: error, start: self.e.pc() };
        let kind = ControlKind::Iterator { base, is_async: each.is_await };
        self.controls.push(Control { kind, region: Some(region) })?;
        let kind = ControlKind::Breakable { break_to: end, continue_to: Some(next), labelled: true };
        let inner = self.push_control(kind, None)?;
        self.take_labels(control, inner);
        self.round(each, value, is_static, direct.is_some())?;
        self.pop_control()?;
        self.pop_control()?;
        self.pop_control()?;
        self.e.jump(next)?;
        if self.e.is_wanted(thrown) {
            self.e.bind(thrown);
            self.close_iterator_quietly(base, each.is_await)?;
            self.e.abc(Opcode::Rethrow, error, 0, 0)?;
        }
        self.e.bind(end);
        if let Some(outer) = outer {
            self.exit_scope(outer);
        }
        Ok(())
    }
}
