use rustc_hash::FxHashMap;

use crate::program::View;
use crate::program::reach::left_aside::Outside;
use crate::program::reach::used::Users;
use crate::program::samples::{function, linked};
use crate::program::workers::InOrder;

/// Which of some functions nothing that runs can mean, where nobody else can use them.
fn uncalled(files: &[(&str, &str)], names: &[&'static str]) -> Vec<&'static str> {
    linked(files, |program| {
        let nowhere = Outside { paths: Vec::new(), packages: FxHashMap::default(), manifests: Vec::new() };
        program.find_unused(vec![Users::TheTree; files.len()], &nowhere, &|name| name == "GET", &InOrder);
        let is = |name: &&&str| {
            let function = function(program, name);
            program.is_unused(function) || View::of(program, 0).is_uncalled(function)
        };
        names.iter().filter(is).copied().collect()
    })
}

const MAIN: &str = "package main\n\nimport (\n\t\"bank\"\n\t\"shop\"\n)\n\nfunc main() {\n\ts := shop.New(bank.New())\n\ts.Buy()\n}\n";

#[test]
fn a_method_that_only_an_interface_and_its_wrapper_name_is_uncalled() {
    let bank = "package bank\n\ntype Bank interface {\n\tPay() error\n\tTransfer() error\n}\n\n\
        type plain struct{}\n\nfunc (p *plain) Pay() error { return nil }\nfunc (p *plain) Transfer() error { return send() }\n\
        func (p *plain) Charge() error { return nil }\nfunc send() error { return nil }\n\n\
        type careful struct{ inner Bank }\n\nfunc (c *careful) Pay() error { return c.inner.Pay() }\n\
        func (c *careful) Transfer() error { return c.inner.Transfer() }\n\n\
        func New() Bank { return &careful{inner: &plain{}} }\n";
    let shop = "package shop\n\nimport \"bank\"\n\ntype Shop struct{ bank bank.Bank }\n\n\
        func New(b bank.Bank) *Shop { return &Shop{bank: b} }\n\nfunc (s *Shop) Buy() error { return s.bank.Pay() }\n";
    let files = [("cmd/main.go", MAIN), ("bank/bank.go", bank), ("shop/shop.go", shop)];
    assert_eq!(
        uncalled(&files, &["Pay", "Transfer", "Charge", "send", "Buy"]),
        ["Transfer", "Charge", "send"]
    );
}

#[test]
fn what_is_handed_to_a_library_may_be_asked_for_any_method() {
    let main = "package main\n\nimport (\n\t\"net/rpc\"\n\t\"bank\"\n)\n\nfunc main() {\n\trpc.Register(bank.New())\n\tbank.Keep(&bank.Quiet{})\n}\n";
    let bank = "package bank\n\ntype Bank struct{}\n\nfunc New() *Bank { return &Bank{} }\n\nfunc (b *Bank) Pay() {}\nfunc (b *Bank) hide() {}\n\n\
        type Quiet struct{}\n\nfunc (q *Quiet) Close() {}\n\nfunc Keep(q *Quiet) {}\n";
    let files = [("cmd/main.go", main), ("bank/bank.go", bank)];
    assert_eq!(uncalled(&files, &["Pay", "hide", "Close"]), ["hide", "Close"]);
}

#[test]
fn a_method_of_the_same_name_elsewhere_is_no_use_of_it() {
    let main = "package main\n\nimport (\n\t\"rides\"\n\t\"tours\"\n)\n\nfunc main() {\n\trides.New().Attach()\n\ttours.New().Go()\n}\n";
    let rides = "package rides\n\ntype Rides struct{}\n\nfunc New() *Rides { return &Rides{} }\n\nfunc (r *Rides) Attach() {}\n";
    let tours = "package tours\n\ntype Tours struct{}\n\nfunc New() *Tours { return &Tours{} }\n\nfunc (t *Tours) Go() {}\n\n\
        func (t *Tours) Attach() { t.attached() }\n\nfunc (t *Tours) attached() {}\n";
    let files = [("cmd/main.go", main), ("rides/rides.go", rides), ("tours/tours.go", tours)];
    assert_eq!(uncalled(&files, &["Go", "attached"]), ["attached"]);
    let main = "package main\n\nimport (\n\t\"rides\"\n\t\"tours\"\n)\n\ntype part interface{ Attach() }\n\n\
        func main() {\n\tfor _, one := range []part{rides.New(), tours.New()} {\n\t\tone.Attach()\n\t}\n\ttours.New().Go()\n}\n";
    let files = [("cmd/main.go", main), ("rides/rides.go", rides), ("tours/tours.go", tours)];
    assert_eq!(uncalled(&files, &["Go", "attached"]), [""; 0]);
}

#[test]
fn a_type_that_only_what_is_uncalled_makes_has_no_use_for_its_methods() {
    let main = "package main\n\nimport \"locks\"\n\nfunc main() { locks.Run(locks.NewLocal()) }\n";
    let locks = "package locks\n\ntype Lock interface{ Free() }\n\ntype Local struct{}\n\nfunc NewLocal() *Local { return &Local{} }\n\
        func (l *Local) Free() {}\n\ntype Shared struct{}\n\nvar _ Lock = (*Shared)(nil)\n\nfunc NewShared() *Shared { return &Shared{} }\n\
        func (s *Shared) Free() { s.erase() }\n\nfunc (s *Shared) erase() {}\n\nfunc Run(lock Lock) { lock.Free() }\n";
    let files = [("cmd/main.go", main), ("locks/locks.go", locks)];
    assert_eq!(uncalled(&files, &["NewLocal", "NewShared", "erase", "Run"]), ["NewShared", "erase"]);
}

#[test]
fn a_function_of_the_same_name_elsewhere_is_no_use_of_it() {
    let stores = "import { createClient } from 'redis'\nexport function make() { return createClient() }\n";
    let old =
        "export function createClient() { return old() }\nexport function used() {}\nfunction old() {}\n";
    let app = "import { make } from './stores'\nimport { used } from './old'\nused(make())\n";
    let files = [("app.ts", app), ("stores.ts", stores), ("old.ts", old)];
    assert_eq!(uncalled(&files, &["createClient", "old", "make", "used"]), ["createClient", "old"]);
    let app = "import { make } from './stores'\nimport * as old from './old'\nold.used(old['createClient'](make()))\n";
    let files = [("app.ts", app), ("stores.ts", stores), ("old.ts", old)];
    assert_eq!(uncalled(&files, &["createClient", "old", "make", "used"]), [""; 0]);
}

#[test]
fn a_method_of_another_class_is_no_use_of_it() {
    let text = "export class Charge { async execute() { return pay() } }\nexport class Mail { async execute() {} }\nfunction pay() {}\n";
    let app = "import { Charge, Mail } from './actions'\n\
        export class Actions { constructor(private charge: Charge, private mail: Mail) {} run() { return this.mail.execute() } }\n\
        new Actions(new Charge(), new Mail()).run()\n";
    assert_eq!(
        uncalled(&[("app.ts", app), ("actions.ts", text)], &["execute", "pay", "run"]),
        ["execute", "pay"]
    );
    let app = "import { Charge, Mail } from './actions'\nfor (const action of [new Charge(), new Mail()]) action.execute()\n";
    assert_eq!(uncalled(&[("app.ts", app), ("actions.ts", text)], &["execute", "pay"]), [""; 0]);
}

#[test]
fn what_is_put_into_exports_or_a_prototype_is_called_by_its_name() {
    let docker = "function Docker() {}\nDocker.prototype.logs = function () { read() }\nDocker.prototype.again = function () { retry() }\n\
        Docker.prototype.later = function () {}\nfunction read() {}\nfunction retry() {}\nmodule.exports = Docker\n";
    let api = "exports.list = async () => { rows() }\nexports.left = async () => { spare() }\nfunction rows() {}\nfunction spare() {}\n";
    let app = "const Docker = require('./docker')\nconst api = require('./api')\nnew Docker().logs()\nnew Docker().laterAsync()\napi.list()\n";
    let files = [("app.js", app), ("docker.js", docker), ("api.js", api)];
    let names = ["logs", "again", "later", "read", "retry", "list", "left", "rows", "spare"];
    assert_eq!(uncalled(&files, &names), ["again", "retry", "left", "spare"]);
}
