use super::Users;
use crate::facts::{ExprId, ExprKind};
use crate::program::samples::{function, linked};
use crate::program::workers::InOrder;

/// Which of some functions nothing uses, where nobody else can.
fn unused(files: &[(&str, &str)], names: &[&'static str]) -> Vec<&'static str> {
    linked(files, |program| {
        program.find_unused(vec![Users::TheTree; files.len()], &|name| name == "GET", &InOrder);
        let unused = |name: &&&str| program.is_unused(function(program, name));
        names.iter().filter(unused).copied().collect()
    })
}

#[test]
fn what_nothing_in_use_names_is_unused() {
    let text = "import { kept } from './b'\nfunction gone() { alsoGone() }\nfunction alsoGone() {}\n\
                const late = async () => {}\nsetTimeout(late, 5)\nexport const GET = async () => kept()\n";
    let other = "export function kept() { helper() }\nfunction helper() {}\nexport function left() {}\n";
    let names = ["gone", "alsoGone", "late", "GET", "kept", "helper", "left"];
    assert_eq!(unused(&[("a.ts", text), ("b.ts", other)], &names), ["gone", "alsoGone", "left"]);
}

#[test]
fn a_class_that_is_exported_as_it_stands_has_any_name_elsewhere() {
    let hooks = "module.exports = class Hooks { static sent() {} }\n";
    let app = "const hooks = require('./hooks')\nhooks.sent()\nclass Left { gone() {} }\n";
    assert_eq!(unused(&[("app.js", app), ("hooks.js", hooks)], &["sent", "gone"]), ["gone"]);
}

#[test]
fn what_frameworks_may_look_for_is_used() {
    let text = "export async function createOrder(event) {}\nexport class Client { send() {} }\n\
                export default class Page { show() {} }\n@Injectable()\nexport class Service { serve() {} }\n\
                export const routes = { list: async () => {} }\n";
    assert_eq!(unused(&[("a.ts", text)], &["createOrder", "send", "show", "serve", "list"]), ["send"]);
}

#[test]
fn a_type_is_used_with_its_methods_and_an_assertion_is_no_use() {
    let store = "package store\n\ntype Store interface{ Save() }\n\ntype memory struct{}\n\n\
                 var _ Store = (*memory)(nil)\n\nfunc (m *memory) Save() {}\n\n\
                 func newMemory() *memory { return &memory{} }\n\ntype Disk struct{}\n\nfunc (d *Disk) Close() {}\n";
    let main = "package main\n\nimport \"store\"\n\nfunc main() {\n\td := store.Disk{}\n\tuse(d)\n}\n\nfunc use(d store.Disk) {}\n\n\
                func init() { prepare() }\n\nfunc prepare() {}\n";
    let files = [("cmd/main.go", main), ("store/store.go", store)];
    let names = ["main", "use", "init", "prepare", "Close", "Save", "newMemory"];
    assert_eq!(unused(&files, &names), ["Save", "newMemory"]);
}

#[test]
fn a_package_that_no_program_imports_is_unused() {
    let main = "package main\n\nimport \"used\"\n\nfunc main() { used.Load() }\n";
    let used = "package used\n\nfunc Load() {}\n";
    let left =
        "package left\n\nimport \"used\"\n\nvar first = Fill()\n\nfunc Fill() int { return used.Load() }\n";
    let files = [("cmd/main.go", main), ("used/used.go", used), ("left/left.go", left)];
    assert_eq!(unused(&files, &["Load", "Fill"]), ["Fill"]);
}

#[test]
fn nothing_is_known_of_what_others_may_use() {
    let found = linked(&[("a.ts", "function gone() {}\n")], |program| {
        let before = program.is_unused(function(program, "gone"));
        program.find_unused(vec![Users::Anybody], &|_| false, &InOrder);
        before || program.is_unused(function(program, "gone"))
    });
    assert!(!found);
}

#[test]
fn what_commonjs_exports_is_used_by_who_names_it() {
    let limits = "const strict = () => {}\nconst loose = () => {}\nfunction spare() {}\nmodule.exports = { strict, loose, spare: spare }\n";
    let hooks = "function sent() {}\nfunction left() {}\nexports.sent = sent\nexports.left = left\n";
    let whole = "function list() {}\nmodule.exports = { list }\n";
    let alone = "function found() {}\nmodule.exports = { found }\n";
    let app = "const { strict } = require('./limits')\nconst hooks = require('./hooks')\nuse(strict, hooks.sent)\n\
               Object.values(require('./whole')).forEach(run)\n";
    let files = [
        ("limits.js", limits),
        ("hooks.js", hooks),
        ("whole.js", whole),
        ("alone.js", alone),
        ("app.js", app),
    ];
    let names = ["strict", "loose", "spare", "sent", "left", "list", "found"];
    assert_eq!(unused(&files, &names), ["loose", "spare", "left"]);
}

#[test]
fn a_method_that_nothing_speaks_of_is_unused() {
    let text = "import { Base } from 'framework'\nexport class Bank { pay() {} refund() {} told() {} seen() { return () => {} }\n\
                  @Hook() hooked() {} GET() {} }\n\
                export class Job extends Base { perform() {} }\n";
    let app = "import { Bank, Job } from './bank'\nnew Bank().pay()\nroute('/x', 'Bank.told')\nstart(Job)\n";
    let names = ["pay", "refund", "told", "seen", "hooked", "GET", "perform"];
    assert_eq!(unused(&[("bank.ts", text), ("app.ts", app)], &names), ["refund", "seen"]);
}

#[test]
fn a_method_of_which_only_unused_ones_speak_is_unused() {
    let text = "export class Proofs { root() { return fetch('/') } latest() { return this.root() } again() { return this.again() } \
                kept() {} shown() { return this.kept() } }\n";
    let app = "import { Proofs } from './proofs'\nnew Proofs().shown()\n";
    let names = ["root", "latest", "again", "kept", "shown"];
    assert_eq!(unused(&[("proofs.ts", text), ("app.ts", app)], &names), ["root", "latest", "again"]);
}

#[test]
fn what_is_made_for_a_variable_that_nothing_uses_is_unused() {
    let text = "const used = make(1)\nconst spare = make(2)\nmodule.exports = { used, spare }\nconst own = make(3)\nrun(own)\n";
    let app = "const { used } = require('./limits')\nrun(used)\n";
    let found = linked(&[("limits.js", text), ("app.js", app)], |program| {
        program.find_unused(vec![Users::TheTree; 2], &|_| false, &InOrder);
        let calls = program.facts.exprs.iter().enumerate().filter_map(|(at, expr)| match expr.kind {
            ExprKind::Call { callee, .. } => Some((ExprId::from_index(at), callee)),
            _ => None,
        });
        let made = calls.filter(|(_, callee)| {
            matches!(program.facts.expr(*callee).kind,
            ExprKind::Name { name, .. } if program.facts.name(name) == "make")
        });
        made.map(|(call, _)| program.is_in_unused_variable(call)).collect::<Vec<_>>()
    });
    assert_eq!(found, [false, true, false]);
}
