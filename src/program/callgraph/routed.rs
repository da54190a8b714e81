//! Functions that a router runs with each request which no model knows: given beside a path, under the name of a request's method.
//!
//! Owns: finding them. Does not own: the names ([`Code`](crate::models::code::Code)), or the handlers of libraries with a model
//! (`handlers`), of which more is known.

use rustc_hash::FxHashSet;

use crate::facts::{ExprId, ExprKind, FuncId, Name};
use crate::program::values::value::Const;
use crate::program::workers::Workers;
use crate::program::{Program, View};

/// How many wrappers are looked into: `router.post('/orders', signedIn(limited(create)))`.
const MAX_WRAPPERS: u32 = 2;

impl Program<'_> {
    /// Notes what is given beside a path to methods of these names.
    pub fn find_routed<'n>(&mut self, names: impl Iterator<Item = &'n str>, workers: &dyn Workers) {
        let known: FxHashSet<Name> = names.filter_map(|name| self.name_of(name)).collect();
        if !known.is_empty() {
            let found = self.each_file(workers, |view| view.routed_in_file(&known));
            self.routed = found.into_iter().flatten().collect();
        }
    }
}

impl View<'_> {
    fn routed_in_file(&self, names: &FxHashSet<Name>) -> Vec<FuncId> {
        let mut found = Vec::new();
        for call in self.calls() {
            if let ExprKind::Call { callee, args, .. } = self.facts.expr(*call).kind
                && let ExprKind::Member { name, .. } = self.facts.expr(callee).kind
                && names.contains(&name)
                && let [path, given @ ..] = self.facts.list(args)
                && self.is_path(*path)
            {
                for value in given {
                    self.add_given(*value, MAX_WRAPPERS, &mut found);
                }
            }
        }
        found
    }

    fn is_path(&self, expr: ExprId) -> bool {
        matches!(self.constant(expr), Some(Const::Text(text)) if text.starts_with('/'))
    }

    fn add_given(&self, value: ExprId, wrappers: u32, found: &mut Vec<FuncId>) {
        if let Some(function) = self.function_given(value) {
            found.push(function);
        } else if let Some(wrappers) = wrappers.checked_sub(1) {
            for arg in self.args(value) {
                self.add_given(*arg, wrappers, found);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::program::View;
    use crate::program::samples::{function, linked};
    use crate::program::workers::InOrder;

    fn is_run_in_crowd(file: &str, text: &str, name: &str) -> bool {
        linked(&[(file, text)], |program| {
            program.find_routed(["get", "Get"].into_iter(), &InOrder);
            View::of(program, 0).runs_in_crowd(function(program, name))
        })
    }

    #[test]
    fn what_is_given_beside_a_path_runs_with_each_request() {
        let text = |given: &str| {
            format!(
                "import {{ own, guarded }} from './own'\nown.{given}\nasync function list() {{ await one() }}\nasync function one() {{}}\n"
            )
        };
        let in_script = |given: &str| is_run_in_crowd("a.ts", &text(given), "one");
        assert!(in_script("get('/orders', list)") && in_script("get('/orders', guarded(list))"));
        assert!(!in_script("get('orders', list)") && !in_script("keep('/orders', list)"));
        let go = "package web\n\nfunc routes(r *router, h *orders) { r.Get(\"/orders\", h.list) }\n\ntype orders struct{}\n\n\
                  func (h *orders) list(c *call) { one() }\n\nfunc one() {}\n";
        assert!(is_run_in_crowd("a.go", go, "one"));
    }
}
