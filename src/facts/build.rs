//! Builds the facts of one file, for the front ends in `lower`.
//!
//! Owns: interning, arenas, lexical scopes and the binding of names to variables. Names are bound when the file is finished,
//! so that a use may come before its declaration. Does not own: any grammar.

use rustc_hash::FxHashMap;

use super::texts::Names;
use super::{
    Arenas, Bind, Block, Case, Expr, ExprId, ExprKind, Facts, Field, FuncId, FuncKind, Function, Health,
    List, Name, Param, Place, Prop, ScopeId, Source, Step, Stmt, StmtId, StmtKind, TypeDef, TypeDefId,
    TypeRef, TypeRefId, TypeRefKind, Var, VarId, VarKind,
};
use crate::source::{Language, Span};

/// How deeply expressions and statements may nest before the rest is left out and told of ([`Health::too_deep`]). Real code
/// stays under 100; the bound keeps every later recursion within the stack of a worker thread.
pub const MAX_DEPTH: u32 = 400;

/// Facts in the making.
pub struct Builder {
    /// What has been built. Front ends add imports, exports, comments and health directly.
    pub facts: Facts,
    interned: Names,
    scopes: Vec<Scope>,
    scope: ScopeId,
    function: FuncId,
    uses: Vec<(ExprId, ScopeId)>,
    type_uses: Vec<(TypeRefId, ScopeId)>,
    depth: u32,
    /// Whether what is set may be declared by nobody, but for these names.
    undeclared: Option<&'static [&'static str]>,
}

struct Scope {
    parent: Option<ScopeId>,
    function: FuncId,
    /// Whether a `var` comes to rest here.
    is_function: bool,
    /// Whether it is the rest of its parent's block ([`Builder::split_scope`]).
    continues: bool,
    vars: FxHashMap<Name, VarId>,
}

/// What [`Builder::begin_function`] needs to know.
pub struct FunctionHead {
    /// Where all of it stands.
    pub span: Span,
    /// Where its name stands.
    pub head: Span,
    /// Its name.
    pub name: Option<Name>,
    /// What it is.
    pub kind: FuncKind,
}

/// Where lowering goes on after a function ends.
#[must_use = "hand it back to end_function"]
pub struct Enclosing {
    scope: ScopeId,
    function: FuncId,
}

impl Builder {
    /// An empty file whose module body spans `span`; the current function is that body.
    pub fn new(language: Language, span: Span) -> Self {
        let facts = Facts {
            arenas: Arenas::default(),
            language,
            package: None,
            comments: Vec::new(),
            health: Health::default(),
        };
        let module = FuncId::from_index(0);
        let mut builder = Self {
            facts,
            interned: Names::default(),
            scopes: vec![Scope {
                parent: None,
                function: module,
                is_function: true,
                continues: false,
                vars: FxHashMap::default(),
            }],
            scope: ScopeId::from_index(0),
            function: module,
            uses: Vec::new(),
            type_uses: Vec::new(),
            depth: 0,
            undeclared: None,
        };
        let head = FunctionHead {
            span,
            head: Span::new(span.start, span.start),
            name: None,
            kind: FuncKind::Module,
        };
        builder.facts.functions.push(blank_function(&head, None));
        builder
    }

    /// A language in which a name that nothing declares becomes a variable of the file where it is set, but for these.
    pub fn set_undeclared(&mut self, but: &'static [&'static str]) {
        self.undeclared = Some(but);
    }

    /// Binds every name to its variable and hands the facts over.
    pub fn finish(mut self) -> Facts {
        let uses = std::mem::take(&mut self.uses);
        self.bind_uses(&uses);
        if self.undeclared.is_some_and(|but| self.declare_undeclared(but)) {
            self.bind_uses(&uses);
        }
        for (id, scope) in std::mem::take(&mut self.type_uses) {
            let TypeRefKind::Named { first, rest, args, .. } = self.facts.type_refs[id.index()].kind else {
                continue;
            };
            // A value is no type: `func f(redis *redis.Client)` means the package.
            let is_type = |var: VarId| {
                matches!(self.facts.vars[var.index()].kind, VarKind::Import(_) | VarKind::Type(_))
            };
            let var = self.look_up(scope, first, is_type);
            self.facts.type_refs[id.index()].kind = TypeRefKind::Named { var, first, rest, args };
        }
        self.settle_places();
        self.mark_damaged();
        self.facts
    }

    fn bind_uses(&mut self, uses: &[(ExprId, ScopeId)]) {
        for (id, scope) in uses {
            let ExprKind::Name { name, .. } = self.facts.exprs[id.index()].kind else { continue };
            let var = self.look_up(*scope, name, |_| true);
            self.facts.exprs[id.index()].kind = ExprKind::Name { name, var };
        }
    }

    /// A name that nothing declares and that is set here is a variable of the file (`channel = await connection.createChannel()`).
    /// Says whether there is one; these names are the language's own.
    fn declare_undeclared(&mut self, but: &[&str]) -> bool {
        let mut found = Vec::new();
        for bind in &self.facts.binds {
            if let Place::Expr(target) = bind.place
                && let ExprKind::Name { name, var: None } = self.facts.exprs[target.index()].kind
                && !but.contains(&self.facts.name(name))
            {
                found.push((name, self.facts.exprs[target.index()].span));
            }
        }
        for (name, span) in &found {
            let file = ScopeId::from_index(0);
            if !self.scopes[file.index()].vars.contains_key(name) {
                let function = self.scopes[file.index()].function;
                let var = VarId::from_index(self.facts.vars.len());
                self.facts.vars.push(Var {
                    span: *span,
                    name: *name,
                    function,
                    kind: VarKind::Let,
                    ty: None,
                });
                self.scopes[file.index()].vars.insert(*name, var);
            }
        }
        !found.is_empty()
    }

    /// An assignment to a name that turned out to be a variable of this file is one to the variable.
    fn settle_places(&mut self) {
        let Arenas { binds, exprs, .. } = &mut self.facts.arenas;
        for bind in binds {
            if let Place::Expr(target) = bind.place
                && let ExprKind::Name { var: Some(var), .. } = exprs[target.index()].kind
            {
                bind.place = Place::Var(var);
            }
        }
    }

    /// Sets [`Function::damaged`] and counts it.
    fn mark_damaged(&mut self) {
        let Facts { arenas: Arenas { functions, .. }, health, .. } = &mut self.facts;
        if health.is_whole() {
            return;
        }
        health.errors.sort_unstable();
        health.too_deep.sort_unstable();
        for function in functions.iter_mut().filter(|f| f.kind != FuncKind::Module) {
            let touches = |bad: &Span| bad.start < function.span.end && bad.end > function.span.start;
            function.damaged = health.errors.iter().any(touches) || health.too_deep.iter().any(touches);
            health.functions_touched += u32::from(function.damaged);
        }
    }

    fn look_up(&self, mut scope: ScopeId, name: Name, fits: impl Fn(VarId) -> bool) -> Option<VarId> {
        loop {
            let here = &self.scopes[scope.index()];
            if let Some(var) = here.vars.get(&name).filter(|var| fits(**var)) {
                return Some(*var);
            }
            scope = here.parent?;
        }
    }

    /// Interns text.
    pub fn name(&mut self, text: &str) -> Name {
        self.interned.intern(&mut self.facts.arenas.names, text)
    }

    /// Adds an expression. Use [`Builder::ident`] for names.
    pub fn expr(&mut self, span: Span, kind: ExprKind) -> ExprId {
        let id = ExprId::from_index(self.facts.exprs.len());
        self.facts.exprs.push(Expr { span, kind });
        id
    }

    /// Adds a call.
    pub fn call(
        &mut self,
        span: Span,
        callee: ExprId,
        args: &[ExprId],
        new: bool,
        types: &[TypeRefId],
    ) -> ExprId {
        let args = self.list(args);
        let call = self.expr(span, ExprKind::Call { callee, args, new });
        if !types.is_empty() {
            let types = self.type_list(types);
            self.facts.typed_calls.push((call, types));
        }
        call
    }

    /// Adds the use of a name in the current scope.
    pub fn ident(&mut self, span: Span, text: &str) -> ExprId {
        let name = self.name(text);
        let id = self.expr(span, ExprKind::Name { name, var: None });
        self.uses.push((id, self.scope));
        id
    }

    /// Adds a statement.
    pub fn stmt(&mut self, span: Span, kind: StmtKind) -> StmtId {
        let id = StmtId::from_index(self.facts.stmts.len());
        self.facts.stmts.push(Stmt { span, kind });
        id
    }

    /// Adds an expression as a statement.
    pub fn expr_stmt(&mut self, expr: ExprId) -> StmtId {
        let span = self.facts.exprs[expr.index()].span;
        self.stmt(span, StmtKind::Expr(expr))
    }

    /// Stores a list of expressions.
    pub fn list(&mut self, items: &[ExprId]) -> List<ExprId> {
        store(&mut self.facts.expr_lists, items)
    }

    /// Stores a block.
    pub fn block(&mut self, items: &[StmtId]) -> Block {
        store(&mut self.facts.stmt_lists, items)
    }

    /// Stores the properties of one object.
    pub fn props(&mut self, items: &[Prop]) -> List<Prop> {
        store(&mut self.facts.props, items)
    }

    /// Stores the cases of one switch.
    pub fn cases(&mut self, items: &[Case]) -> List<Case> {
        store(&mut self.facts.cases, items)
    }

    /// Stores the fields of one type.
    pub fn fields(&mut self, items: &[Field]) -> List<Field> {
        store(&mut self.facts.fields, items)
    }

    /// Stores a list of annotations.
    pub fn type_list(&mut self, items: &[TypeRefId]) -> List<TypeRefId> {
        store(&mut self.facts.type_lists, items)
    }

    /// Stores the bindings of one assignment.
    pub fn binds(&mut self, items: &[Bind]) -> List<Bind> {
        store(&mut self.facts.binds, items)
    }

    /// A binding; `path` says which part of `source` is taken.
    pub fn bind(&mut self, span: Span, place: Place, source: Source, path: &[Step]) -> Bind {
        let path = store(&mut self.facts.steps, path);
        Bind { span, place, source, path }
    }

    /// Adds an annotation other than a name.
    pub fn type_ref(&mut self, span: Span, kind: TypeRefKind) -> TypeRefId {
        let id = TypeRefId::from_index(self.facts.type_refs.len());
        self.facts.type_refs.push(TypeRef { span, kind });
        id
    }

    /// Adds a named annotation; `text` may be dotted.
    pub fn named_type(&mut self, span: Span, text: &str, args: &[TypeRefId]) -> TypeRefId {
        let (first, rest) = text.split_once('.').map_or((text, None), |(first, rest)| (first, Some(rest)));
        let first = self.name(first);
        let rest = rest.map(|rest| self.name(rest));
        let args = self.type_list(args);
        let id = self.type_ref(span, TypeRefKind::Named { var: None, first, rest, args });
        self.type_uses.push((id, self.scope));
        id
    }

    /// Adds a type definition, to be completed through [`Builder::type_def_mut`].
    pub fn type_def(&mut self, def: TypeDef) -> TypeDefId {
        let id = TypeDefId::from_index(self.facts.types.len());
        self.facts.types.push(def);
        id
    }

    /// A type definition under construction.
    pub fn type_def_mut(&mut self, id: TypeDefId) -> &mut TypeDef {
        &mut self.facts.types[id.index()]
    }

    /// Opens a block scope.
    pub fn push_scope(&mut self) {
        self.open_scope(false);
    }

    /// Closes the innermost block scope.
    pub fn pop_scope(&mut self) {
        let mut scope = &self.scopes[self.scope.index()];
        while let (true, Some(parent)) = (scope.continues, scope.parent) {
            scope = &self.scopes[parent.index()];
        }
        if let Some(parent) = scope.parent {
            self.scope = parent;
        }
    }

    /// Makes the rest of the innermost block a scope of its own, so that a name used so far keeps its meaning where the rest
    /// declares it anew (Go's `ctx := f(ctx)` in an inner block). Ends with the block.
    pub fn split_scope(&mut self) {
        self.open_scope(false);
        self.scopes[self.scope.index()].continues = true;
    }

    fn open_scope(&mut self, is_function: bool) {
        let id = ScopeId::from_index(self.scopes.len());
        self.scopes.push(Scope {
            parent: Some(self.scope),
            function: self.function,
            is_function,
            continues: false,
            vars: FxHashMap::default(),
        });
        self.scope = id;
    }

    /// Starts a function: opens its scope and makes it current. Complete it through [`Builder::function_mut`].
    pub fn begin_function(&mut self, head: &FunctionHead) -> (FuncId, Enclosing) {
        let id = FuncId::from_index(self.facts.functions.len());
        self.facts.functions.push(blank_function(head, Some(self.function)));
        let enclosing = Enclosing { scope: self.scope, function: self.function };
        self.function = id;
        self.open_scope(true);
        (id, enclosing)
    }

    /// Stores the parameters and body of the current function and returns to the one around it.
    pub fn end_function(&mut self, id: FuncId, enclosing: &Enclosing, params: &[Param], body: &[StmtId]) {
        let params = store(&mut self.facts.params, params);
        let body = self.block(body);
        let function = self.function_mut(id);
        function.params = params;
        function.body = body;
        self.scope = enclosing.scope;
        self.function = enclosing.function;
    }

    /// A function under construction.
    pub fn function_mut(&mut self, id: FuncId) -> &mut Function {
        &mut self.facts.functions[id.index()]
    }

    /// The function being lowered.
    pub fn current_function(&self) -> FuncId {
        self.function
    }

    /// Declares a variable in the innermost scope. A second declaration of one name in one scope is the same variable.
    pub fn declare(&mut self, text: &str, span: Span, kind: VarKind, ty: Option<TypeRefId>) -> VarId {
        self.declare_in(self.scope, text, span, kind, ty)
    }

    /// Declares a variable in the scope of the function around (JavaScript's `var`).
    pub fn declare_hoisted(&mut self, text: &str, span: Span, kind: VarKind, ty: Option<TypeRefId>) -> VarId {
        let mut scope = self.scope;
        while let (false, Some(parent)) =
            (self.scopes[scope.index()].is_function, self.scopes[scope.index()].parent)
        {
            scope = parent;
        }
        self.declare_in(scope, text, span, kind, ty)
    }

    /// The variable of that name in the innermost block alone (Go's `:=` declares only what is new there).
    pub fn declared_here(&self, text: &str) -> Option<VarId> {
        let name = self.interned.get(&self.facts.names, text)?;
        let mut scope = &self.scopes[self.scope.index()];
        loop {
            if let Some(var) = scope.vars.get(&name) {
                return Some(*var);
            }
            scope = scope.parent.filter(|_| scope.continues).map(|parent| &self.scopes[parent.index()])?;
        }
    }

    /// The variable a name means here, as far as it has been declared yet.
    pub fn visible(&self, text: &str) -> Option<VarId> {
        self.look_up(self.scope, self.interned.get(&self.facts.names, text)?, |_| true)
    }

    fn declare_in(
        &mut self,
        scope: ScopeId,
        text: &str,
        span: Span,
        kind: VarKind,
        ty: Option<TypeRefId>,
    ) -> VarId {
        let name = self.name(text);
        if let Some(var) = self.scopes[scope.index()].vars.get(&name) {
            return *var;
        }
        let function = self.scopes[scope.index()].function;
        let var = VarId::from_index(self.facts.vars.len());
        self.facts.vars.push(Var { span, name, function, kind, ty });
        self.scopes[scope.index()].vars.insert(name, var);
        var
    }

    /// Goes one level deeper, or notes that `span` is left out. Call [`Builder::leave`] when it returned true.
    pub fn enter(&mut self, span: Span) -> bool {
        if self.depth >= MAX_DEPTH {
            self.facts.health.too_deep.push(span);
            return false;
        }
        self.depth += 1;
        true
    }

    /// How many levels are left before [`Builder::enter`] says no.
    pub fn room(&self) -> u32 {
        MAX_DEPTH.saturating_sub(self.depth)
    }

    /// Comes back from [`Builder::enter`].
    pub fn leave(&mut self) {
        self.depth -= 1;
    }
}

fn blank_function(head: &FunctionHead, parent: Option<FuncId>) -> Function {
    Function {
        span: head.span,
        head: head.head,
        name: head.name,
        kind: head.kind,
        parent,
        owner: None,
        owner_name: None,
        receiver: None,
        params: List::empty(),
        returns: None,
        body: List::empty(),
        is_async: false,
        is_generator: false,
        is_static: false,
        decorators: List::empty(),
        damaged: false,
    }
}

fn store<T: Copy>(arena: &mut Vec<T>, items: &[T]) -> List<T> {
    let start = arena.len();
    arena.extend_from_slice(items);
    List::new(start, arena.len())
}
