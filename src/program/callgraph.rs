//! The call graph: which functions of the tree a call may run.
//!
//! Owns: the edges. Does not own: what a call means (`calls`), or in which order (`flow`).

use rustc_hash::FxHashMap;

use crate::facts::{ExprId, FuncId};

use super::workers::Workers;
use super::{Program, View};

/// Who calls whom.
#[derive(Debug, Default)]
pub(super) struct CallGraph {
    callees: FxHashMap<ExprId, FuncId>,
}

impl CallGraph {
    /// Finds the callees of every call.
    pub(super) fn of(program: &Program<'_>, workers: &dyn Workers) -> Self {
        let of_file = |view: &View<'_>| {
            let callees = view.exprs().filter_map(|call| Some((call, view.called_function(call)?)));
            callees.collect::<Vec<_>>()
        };
        Self { callees: program.each_file(workers, of_file).into_iter().flatten().collect() }
    }

    /// The function that a call runs.
    pub(super) fn callee(&self, call: ExprId) -> Option<FuncId> {
        self.callees.get(&call).copied()
    }
}
