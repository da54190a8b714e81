//! Imports, exports and namespaces.

use tree_sitter::Node;

use super::Lower;
use super::fields::At;
use crate::facts::{
    Bind, Export, ExportKind, ExprId, ExprKind, Import, Imported, Name, Place, Source, StmtId, StmtKind,
    VarKind,
};
use crate::source::Span;
use crate::syntax::span_of;

/// `export { name as alias }` of something this file declares.
pub(super) struct LocalExport<'t> {
    /// The name inside the file.
    local: Node<'t>,
    /// The name outside it.
    name: Name,
}

impl<'t> Lower<'_, 't> {
    /// `import … from 'm'`.
    pub(super) fn import(&mut self, node: Node<'t>, span: Span) {
        let type_only = self.has_modifier(node, "type") || self.has_modifier(node, "typeof");
        let children = self.children(node);
        if let Some(clause) = children.iter().find(|child| child.kind() == "import_require_clause") {
            return self.import_require(*clause, span, type_only);
        }
        let Some(source) = self.field(node, At::Source) else { return };
        let module = self.string_name(source);
        let before = self.b.facts.imports.len();
        for clause in children.into_iter().filter(|child| child.kind() == "import_clause") {
            for part in self.children(clause) {
                self.import_part(part, module, type_only);
            }
        }
        if self.b.facts.imports.len() == before {
            self.b.facts.imports.push(Import {
                span,
                module,
                imported: Imported::Effects,
                var: None,
                type_only,
            });
        }
    }

    fn import_part(&mut self, part: Node<'t>, module: Name, type_only: bool) {
        match part.kind() {
            "identifier" => self.bind_import(part, span_of(part), module, Imported::Default, type_only),
            "namespace_import" => {
                if let Some(name) = self.inner(part) {
                    self.bind_import(name, span_of(part), module, Imported::Namespace, type_only);
                }
            }
            "named_imports" => {
                for specifier in self.children(part) {
                    self.import_specifier(specifier, module, type_only);
                }
            }
            _ => {}
        }
    }

    fn import_specifier(&mut self, node: Node<'t>, module: Name, type_only: bool) {
        let Some(name) = self.field(node, At::Name) else { return };
        let type_only = type_only || self.has_modifier(node, "type") || self.has_modifier(node, "typeof");
        let imported = self.imported(name);
        let local = self.field(node, At::Alias).unwrap_or(name);
        self.bind_import(local, span_of(node), module, imported, type_only);
    }

    fn imported(&mut self, name: Node<'t>) -> Imported {
        if self.text(name) == "default" { Imported::Default } else { Imported::Named(self.key_name(name)) }
    }

    #[expect(clippy::cast_possible_truncation, reason = "file size is bounded below 4 GiB")]
    fn bind_import(
        &mut self,
        local: Node<'t>,
        span: Span,
        module: Name,
        imported: Imported,
        type_only: bool,
    ) {
        let index = self.b.facts.imports.len() as u32;
        let var = self.declare(local, VarKind::Import(index), None);
        self.b.facts.imports.push(Import { span, module, imported, var: Some(var), type_only });
    }

    /// `import x = require('m')`.
    fn import_require(&mut self, clause: Node<'t>, span: Span, type_only: bool) {
        let Some(source) = self.field(clause, At::Source) else { return };
        let module = self.string_name(source);
        if let Some(local) = self.inner(clause).filter(|local| local.kind() == "identifier") {
            self.bind_import(local, span, module, Imported::Namespace, type_only);
        }
    }

    /// `import A = B.C`.
    pub(super) fn import_alias(&mut self, node: Node<'t>, span: Span, out: &mut Vec<StmtId>) {
        let children = self.children(node);
        let [name, value, ..] = children.as_slice() else { return };
        let value = self.expr(*value);
        let var = self.declare(*name, VarKind::Const, None);
        let alias = self.declare_value(span, span_of(*name), var, Source::Expr(value));
        self.push_expr(span, alias, out);
    }

    /// `export …` of every sort.
    pub(super) fn export(&mut self, node: Node<'t>, span: Span, out: &mut Vec<StmtId>) {
        if let Some(source) = self.field(node, At::Source) {
            let module = self.string_name(source);
            return self.re_export(node, span, module);
        }
        let is_default = self.has_modifier(node, "default");
        if let Some(declaration) = self.field(node, At::Declaration) {
            return self.export_declaration(node, declaration, is_default, out);
        }
        let is_whole = self.has_modifier(node, "=");
        let children = self.children(node);
        if let Some(value) = self.field(node, At::Value) {
            let name = is_default.then(|| self.b.name("default"));
            self.export_value(value, span, name, out);
            return;
        }
        for child in children {
            match child.kind() {
                "export_clause" => self.export_clause(child),
                "decorator" => {}
                _ if child.is_error() => {}
                _ if is_whole => self.export_value(child, span, None, out),
                // `export as namespace X` exports nothing that could be imported.
                "identifier" | "namespace_export" => {}
                _ => self.stmt(child, out),
            }
        }
    }

    /// `export default e`, `export = e`: the value is also evaluated, as a statement.
    fn export_value(&mut self, value: Node<'t>, span: Span, name: Option<Name>, out: &mut Vec<StmtId>) {
        let value = self.expr(value);
        self.push_expr(span, value, out);
        self.push_export(span, name, ExportKind::Value(value));
    }

    fn push_export(&mut self, span: Span, name: Option<Name>, kind: ExportKind) {
        if self.namespaces == 0 {
            self.b.facts.exports.push(Export { span, name, kind });
        }
    }

    fn export_declaration(
        &mut self,
        node: Node<'t>,
        declaration: Node<'t>,
        is_default: bool,
        out: &mut Vec<StmtId>,
    ) {
        let before = out.len();
        if matches!(declaration.kind(), "class_declaration" | "abstract_class_declaration") {
            let decorators = self.decorators_in(node);
            self.class_declaration(declaration, decorators);
        } else {
            self.stmt(declaration, out);
        }
        let declared = self.declared_names(declaration, out.get(before..).unwrap_or_default());
        for (span, var) in declared {
            let name = if is_default { Some(self.b.name("default")) } else { self.var_name(var) };
            self.push_export(span, name, ExportKind::Var(var));
        }
    }

    fn var_name(&self, var: crate::facts::VarId) -> Option<Name> {
        self.b.facts.vars.get(var.index()).map(|var| var.name)
    }

    /// The variables a declaration just lowered to `statements` declares.
    fn declared_names(&mut self, node: Node<'t>, statements: &[StmtId]) -> Vec<(Span, crate::facts::VarId)> {
        // `export declare const x`.
        let node = if node.kind() == "ambient_declaration" { self.inner(node).unwrap_or(node) } else { node };
        if let Some(name) = self.field(node, At::Name) {
            let var = self.b.declared_here(self.text(name));
            return var.map(|var| (span_of(name), var)).into_iter().collect();
        }
        let mut declared: Vec<(Span, crate::facts::VarId)> = Vec::new();
        let facts = &self.b.facts;
        for statement in statements.iter().filter_map(|id| facts.stmts.get(id.index())) {
            let StmtKind::Expr(value) = statement.kind else { continue };
            let Some(ExprKind::Assign { binds, .. }) = facts.exprs.get(value.index()).map(|e| e.kind) else {
                continue;
            };
            for bind in facts.binds.get(binds.range()).unwrap_or_default() {
                if let Place::Var(var) = bind.place
                    && !declared.iter().any(|(_, known)| *known == var)
                {
                    declared.push((bind.span, var));
                }
            }
        }
        declared
    }

    fn export_clause(&mut self, node: Node<'t>) {
        for specifier in self.children(node) {
            let Some(local) = self.field(specifier, At::Name) else { continue };
            let name = self.key_name(self.field(specifier, At::Alias).unwrap_or(local));
            if self.namespaces == 0 {
                self.exports.push(LocalExport { local, name });
            }
        }
    }

    /// Binds `export { a as b }` now that everything is declared, and puts all exports in order.
    pub(super) fn finish_exports(&mut self) {
        for LocalExport { local, name } in std::mem::take(&mut self.exports) {
            let kind = match self.b.declared_here(self.text(local)) {
                Some(var) => ExportKind::Var(var),
                None => ExportKind::Value(self.ident(local)),
            };
            self.b.facts.exports.push(Export { span: span_of(local), name: Some(name), kind });
        }
        self.b.facts.exports.sort_by_key(|export| export.span.start);
    }

    /// `export … from 'm'`: an export, and an import without a variable.
    fn re_export(&mut self, node: Node<'t>, span: Span, module: Name) {
        let type_only = self.has_modifier(node, "type");
        let import = |span, imported| Import { span, module, imported, var: None, type_only };
        let mut is_all = true;
        for child in self.children(node) {
            match child.kind() {
                "export_clause" => {
                    is_all = false;
                    for specifier in self.children(child) {
                        let Some(original) = self.field(specifier, At::Name) else { continue };
                        let at = span_of(specifier);
                        let imported = self.imported(original);
                        let original_name = self.key_name(original);
                        let name = self.key_name(self.field(specifier, At::Alias).unwrap_or(original));
                        self.b.facts.imports.push(import(at, imported));
                        self.push_export(
                            at,
                            Some(name),
                            ExportKind::From { module, name: Some(original_name) },
                        );
                    }
                }
                "namespace_export" => {
                    is_all = false;
                    let name = self.inner(child).map(|name| self.key_name(name));
                    self.b.facts.imports.push(import(span, Imported::Namespace));
                    self.push_export(span, name, ExportKind::From { module, name: None });
                }
                _ => {}
            }
        }
        if is_all {
            self.b.facts.imports.push(import(span, Imported::Namespace));
            self.push_export(span, None, ExportKind::From { module, name: None });
        }
    }

    /// `module.exports = e`, `exports.x = e`, `module.exports.x = e`.
    pub(super) fn commonjs_export(&mut self, left: Node<'t>, value: ExprId, span: Span) {
        if left.kind() != "member_expression" {
            return;
        }
        let (Some(object), Some(property)) = (self.field(left, At::Object), self.field(left, At::Property))
        else {
            return;
        };
        let name = match (self.text(object), self.text(property)) {
            ("module", "exports") => None,
            ("exports" | "module.exports", _) => Some(self.name(property)),
            _ => return,
        };
        // `module.exports = exports = {}`
        let value = self.assigned(value);
        self.push_export(span, name, ExportKind::Value(value));
    }

    /// What an assignment assigns in the end; anything else is itself.
    fn assigned(&self, value: ExprId) -> ExprId {
        let ExprKind::Assign { binds, .. } = self.b.facts.expr(value).kind else { return value };
        match self.b.facts.binds(binds) {
            [Bind { source: Source::Expr(inner), .. }] => self.assigned(*inner),
            _ => value,
        }
    }

    /// `namespace N { … }`, `declare module 'm' { … }`: a block in place.
    pub(super) fn namespace(&mut self, node: Node<'t>, span: Span, out: &mut Vec<StmtId>) {
        let Some(body) = self.field(node, At::Body) else { return };
        self.namespaces += 1;
        let body = self.body(Some(body));
        self.namespaces -= 1;
        out.push(self.b.stmt(span, StmtKind::Block(body)));
    }

    /// `declare …`.
    pub(super) fn ambient(&mut self, node: Node<'t>, out: &mut Vec<StmtId>) {
        for child in self.children(node).into_iter().filter(|child| !child.is_error()) {
            match child.kind() {
                // `declare global { … }`
                "statement_block" => self.namespace_block(child, out),
                "property_identifier" => {}
                kind if kind.ends_with("_type") || kind == "type_identifier" => {}
                _ => self.stmt(child, out),
            }
        }
    }

    fn namespace_block(&mut self, block: Node<'t>, out: &mut Vec<StmtId>) {
        self.namespaces += 1;
        self.stmt(block, out);
        self.namespaces -= 1;
    }
}
