//! Every model proves itself: the code of its `test:` gets exactly the roles that its comments say.

use std::fmt::Write as _;

use faultlint::program::Knowledge as Linked;
use faultlint::rules::builtin::Knowledge;
use faultlint::run::prove;

#[test]
fn every_model_proves_itself() {
    let knowledge =
        Knowledge::load(&[], &[]).unwrap_or_else(|error| panic!("{:?}", miette::Report::new(error)));
    let known = Linked { models: &knowledge.models, roles: &knowledge.roles, words: &knowledge.words };
    let mut wrong = String::new();
    for library in &knowledge.models.libraries {
        for (line, words) in prove::prove(known, library).wrong {
            let _ = writeln!(wrong, "{}:{line}: {words}", library.test.0.name);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
