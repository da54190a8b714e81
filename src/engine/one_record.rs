//! Which reads are of a single record: what they cost is one look-up in an index, whoever makes it.
//!
//! Owns: telling it by the names of what is called, and by what comes along. Does not own: what a read is asked for (`gone_over`).

use crate::facts::words::has_word;
use crate::facts::{ExprId, ExprKind};
use crate::source::Ecosystem;

use super::events::Event;
use super::steps::Search;

/// How the names of calls begin that give one record.
const ONE: [&str; 13] = [
    "findunique",
    "findfirst",
    "findone",
    "findbyid",
    "findbypk",
    "getbyid",
    "getone",
    "getfirst",
    "first",
    "fetchone",
    "queryrow",
    "maybesingle",
    "getitem",
];

/// Names that say no more than that something is looked up; one record, where an id is all that is told.
const LOOK_UP: [&str; 8] = ["get", "find", "fetch", "load", "retrieve", "lookup", "read", "query"];

/// How the names of calls begin that read more than one record.
const MORE: [&str; 8] = ["list", "count", "all", "search", "findall", "findmany", "getall", "aggregate"];

/// Words of a query by which it reads more than the record itself.
const ALONG: [&str; 9] =
    ["include", "populate", "preload", "relation", "aggregate", "join", "count", "sum", "avg"];

impl Search<'_, '_> {
    /// Whether a read is one of a single record by its key, and of nothing that goes with it.
    pub(super) fn is_of_one_record(&self, event: &Event) -> bool {
        let program = self.program;
        let reads_along = event.expr.is_some_and(|expr| {
            let text = program.text_of(expr);
            has_word(text, &ALONG) || text.contains("with:")
        });
        let names: Vec<&str> =
            [event.via, event.expr].into_iter().flatten().filter_map(|call| self.called_name(call)).collect();
        let reads_more = names.iter().any(|name| is_of_more(name));
        !reads_along
            && !reads_more
            && (names.iter().any(|name| is_of_one(name))
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
                .is_some_and(|name| LOOK_UP.contains(&name.to_ascii_lowercase().as_str()))
    }
}

fn is_of_more(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    MORE.iter().any(|more| lower.starts_with(more)) || what_by(name).is_some_and(|what| what.ends_with('s'))
}

/// Whether what is called is named as giving one record: `findOne`, `GetUserByID`.
fn is_of_one(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ONE.iter().any(|one| lower.starts_with(one)) || what_by(name).is_some_and(|what| !what.ends_with('s'))
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
        for one in ["findUnique", "getUserById", "RetrieveByRoute", "GetByDigest", "find_user_by_id", "First"]
        {
            assert!(is_of_one(one) && !is_of_more(one), "{one}");
        }
        for more in ["listUsers", "findProductsByCategory", "CountByStatus", "getAllById"] {
            assert!(is_of_more(more), "{more}");
        }
        for neither in ["find", "getSettings", "topStakers", "standBy"] {
            assert!(!is_of_one(neither) && !is_of_more(neither), "{neither}");
        }
    }
}
