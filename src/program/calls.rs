//! Which role a call plays.
//!
//! Owns: [`RoleUse`], and finding that of every call. Does not own: which entry of a model describes a call (`entries`), what it is handed
//! (`args`), what is no call but counts as one (`collections`), or the order of calls (`flow`).

pub(super) mod args;
mod collections;
pub(super) mod entries;

use std::collections::BTreeSet;

use crate::facts::{ExprId, ExprKind};
use crate::finding::Confidence;
use crate::models::{CallId, Role};

use super::values::entity::Told;
use super::workers::Workers;
use super::{Program, View};
use entries::AssignmentEntry;

/// A call with its role.
#[derive(Clone, Debug)]
pub struct RoleUse {
    /// The call; the assignment or look-up for collections of the language itself.
    pub expr: ExprId,
    /// The role.
    pub role: Role,
    /// The model's entry; none for collections of the language itself.
    pub entry: Option<CallId>,
    /// What the method is called on.
    pub on: Option<ExprId>,
    /// The call that made that object, if it is here.
    pub made: Option<ExprId>,
    /// How sure it is that this is that library's call.
    pub sure: Confidence,
    /// How it was told; empty where nothing needs saying.
    pub how: &'static str,
    /// By what its library was told.
    pub told: Told,
}

/// Finds the role of every call.
pub(super) fn find(program: &mut Program<'_>, workers: &dyn Workers) {
    let of_file = |view: &View<'_>| view.exprs().filter_map(|expr| view.find_role(expr)).collect::<Vec<_>>();
    let found = program.each_file(workers, of_file).into_iter().flatten();
    program.uses = found.map(|used| (used.expr, used)).collect();
}

/// Finds the roles of the calls of some files anew, when more has become known of parameters there.
pub(super) fn find_again(program: &mut Program<'_>, files: &BTreeSet<usize>, workers: &dyn Workers) {
    for file in files {
        program.forget_in(*file);
    }
    let of_file = |view: &View<'_>| {
        let exprs = view.exprs().filter(|_| files.contains(&view.file()));
        exprs.map(|expr| (expr, view.find_role(expr))).collect::<Vec<_>>()
    };
    for (expr, found) in program.each_file(workers, of_file).into_iter().flatten() {
        match found {
            Some(used) => program.uses.insert(expr, used),
            None => program.uses.remove(&expr),
        };
    }
}

impl View<'_> {
    fn find_role(&self, expr: ExprId) -> Option<RoleUse> {
        match self.facts.expr(expr).kind {
            ExprKind::Call { .. } => {
                let (entry, candidates, doubtful) = self.entry_of(expr)?;
                let info = &self.models.calls[entry.index()];
                let role = info.role?;
                let by_type = self.models.libraries[info.library.index()].is_any();
                let sure = if doubtful || by_type {
                    candidates.sure.min(Confidence::Medium)
                } else {
                    candidates.sure
                };
                let how = match (doubtful, by_type) {
                    (true, _) => "some options could not be read",
                    (_, true) => "told by what its type is called",
                    _ => candidates.how,
                };
                let (on, made) = (candidates.on, candidates.made);
                Some(RoleUse { expr, role, entry: Some(entry), on, made, sure, how, told: candidates.told })
            }
            ExprKind::Assign { binds, .. } => {
                self.assignment_role(expr, binds).or_else(|| self.collection_role(expr))
            }
            ExprKind::Index { .. } => self.collection_role(expr),
            _ => None,
        }
    }

    /// `response.status = 429`: a property whose assignment a model knows, as the method `status=`.
    fn assignment_role(
        &self,
        expr: ExprId,
        binds: crate::facts::List<crate::facts::Bind>,
    ) -> Option<RoleUse> {
        let AssignmentEntry { entry, object, sure, how, told } = self.assignment_entry(expr, binds)?;
        let role = self.models.calls[entry.index()].role?;
        Some(RoleUse { expr, role, entry: Some(entry), on: Some(object), made: None, sure, how, told })
    }
}
