//! Which reads are of a single record: what they cost is one look-up in an index, whoever makes it.
//!
//! Owns: telling it by the names of what is called, and by what comes along. Does not own: what a read is asked for (`gone_over`).

use crate::facts::{ExprId, ExprKind};
use crate::models::vocabulary::Records;
use crate::source::Ecosystem;

use super::events::Event;
use super::steps::Search;

impl Search<'_, '_> {
    /// Whether a read is one of a single record by its key, and of nothing that goes with it.
    pub(super) fn is_of_one_record(&self, event: &Event) -> bool {
        let program = self.program;
        let known = &program.words.records;
        let reads_along = event.expr.is_some_and(|expr| {
            let text = program.text_of(expr);
            known.along.names(text) || text.contains("with:")
        });
        let names: Vec<&str> =
            [event.via, event.expr].into_iter().flatten().filter_map(|call| self.called_name(call)).collect();
        let reads_more = names.iter().any(|name| is_of_more(known, name));
        !reads_along
            && !reads_more
            && (names.iter().any(|name| is_of_one(known, name))
                || event.via.is_some_and(|call| self.is_plain_look_up(call)))
    }

    fn called_name(&self, call: ExprId) -> Option<&str> {
        let ExprKind::Call { callee, .. } = self.program.facts.expr(call).kind else { return None };
        self.program.last_name(callee)
    }

    /// Whether a function of the tree is called that is named as a look-up and is told one thing (in Go beside a context).
    fn is_plain_look_up(&self, call: ExprId) -> bool {
        let told = usize::from(self.program.ecosystem() == Ecosystem::Go) + 1;
        self.program.args(call).len() <= told
            && self
                .called_name(call)
                .is_some_and(|name| self.program.words.records.look_up.has(&name.to_ascii_lowercase()))
    }
}

fn is_of_more(known: &Records, name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    known.more.begins(&lower) || what_by(name).is_some_and(|what| what.ends_with('s'))
}

/// Whether what is called is named as giving one record: `findOne`, `GetUserByID`.
fn is_of_one(known: &Records, name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    known.one.begins(&lower) || what_by(name).is_some_and(|what| !what.ends_with('s'))
}

/// What is looked up by something, as a name says it: the `getUser` of `getUserById`.
fn what_by(name: &str) -> Option<&str> {
    let at = name.find("By").or_else(|| name.find("_by_"))?;
    let rest = name[at..].trim_start_matches("_by_").trim_start_matches("By");
    rest.starts_with(|c: char| c.is_alphanumeric()).then_some(&name[..at])
}

#[cfg(test)]
mod tests {
    use super::{is_of_more, is_of_one};

    #[test]
    fn names_tell_one_record_from_many() {
        let known = crate::rules::builtin::vocabulary().unwrap().records;
        for one in ["findUnique", "getUserById", "RetrieveByRoute", "GetByDigest", "find_user_by_id", "First"]
        {
            assert!(is_of_one(&known, one) && !is_of_more(&known, one), "{one}");
        }
        for more in ["listUsers", "findProductsByCategory", "CountByStatus", "getAllById"] {
            assert!(is_of_more(&known, more), "{more}");
        }
        for neither in ["find", "getSettings", "topStakers", "standBy"] {
            assert!(!is_of_one(&known, neither) && !is_of_more(&known, neither), "{neither}");
        }
    }
}
