//! Locks of this process: whether a call is made while one is held, here or by who calls the function.
//!
//! Owns: telling that by the order in which the source takes and gives back. Does not own: locks that are shared (`models`), or those
//! that run a callback (`flow`).

use crate::facts::{ExprId, ExprKind};
use crate::program::View;

/// How many callers up a lock is looked for.
const MAX_CALLERS: u32 = 2;

/// How the names end of what gives a lock back.
const GIVING_BACK: &str = "unlock";

impl View<'_> {
    /// Whether a lock of this process is held where a call stands: taken before in its function and not given back, or held by all
    /// who call that.
    pub fn is_under_local_lock(&self, call: ExprId) -> bool {
        self.held_within(call, MAX_CALLERS)
    }

    fn held_within(&self, call: ExprId, depth: u32) -> bool {
        if self.is_locked_before(call) {
            return true;
        }
        let Some(depth) = depth.checked_sub(1) else { return false };
        let calls = self.calls_by_any_name(self.home(call));
        !calls.is_empty() && calls.iter().all(|call| self.held_within(*call, depth))
    }

    fn is_locked_before(&self, call: ExprId) -> bool {
        let home = self.home(call);
        let start = self.facts.expr(call).span.start;
        let is_before =
            |other: &&ExprId| self.home(**other) == home && self.facts.expr(**other).span.end <= start;
        let moves = self.calls_of(home).iter().filter(is_before);
        let told = moves.filter_map(|other| Some((self.facts.expr(*other).span.start, self.takes(*other)?)));
        told.max_by_key(|(at, _)| *at).is_some_and(|(_, takes)| takes)
    }

    /// Whether a call takes such a lock, or gives one back before the function ends.
    fn takes(&self, call: ExprId) -> Option<bool> {
        if self.role_use(call).is_some_and(|used| self.roles.name(used.role) == "lock.local") {
            return Some(true);
        }
        let ExprKind::Call { callee, .. } = self.facts.expr(call).kind else { return None };
        let name = self.last_name(callee)?.to_ascii_lowercase();
        let deferred = || {
            self.flow(self.root_of(self.home(call)))
                .is_some_and(|flow| flow.nodes_of(call).iter().all(|node| flow.context(*node).deferred))
        };
        (name.ends_with(GIVING_BACK) && !deferred()).then_some(false)
    }
}
