//! What the lowering of TypeScript and JavaScript promises.

mod print;
mod robust;

use crate::facts::{ExportKind, Facts, FuncId, FuncKind, Function, Imported, TypeDef, VarKind};
use crate::source::Language;
use crate::syntax::Parsers;

/// The facts of a text.
fn facts_in(language: Language, text: &str) -> Facts {
    let tree = Parsers::default().parse(language, text).unwrap();
    crate::lower::lower(language, text, &tree)
}

/// The facts of TypeScript that parses.
fn facts(text: &str) -> Facts {
    let facts = facts_in(Language::TypeScript, text);
    assert!(facts.health.is_whole(), "{text}: {:?}", facts.health);
    facts
}

fn body(f: &Facts) -> String {
    print::block(f, f.functions[0].body)
}

/// What a TypeScript module body lowers to.
fn lowered(text: &str) -> String {
    body(&facts(text))
}

fn function<'f>(f: &'f Facts, name: &str) -> (FuncId, &'f Function) {
    let mut found = f.function_ids().filter(|id| f.function(*id).name.is_some_and(|n| f.name(n) == name));
    let id = found.next().unwrap_or_else(|| panic!("no function {name}"));
    (id, f.function(id))
}

fn type_def<'f>(f: &'f Facts, name: &str) -> &'f TypeDef {
    f.types.iter().find(|def| def.name.is_some_and(|n| f.name(n) == name)).unwrap()
}

fn field_list(f: &Facts, def: &TypeDef) -> String {
    let fields = f.fields[def.fields.range()].iter();
    let ty = |id: Option<_>| id.map_or(String::new(), |id| print::type_ref(f, id));
    fields.map(|field| format!("{}:{}", f.name(field.name), ty(field.ty))).collect::<Vec<_>>().join(" ")
}

#[test]
fn literals_carry_their_values() {
    assert_eq!(
        lowered(r#"f("a\n\x41B\u{43}\'", 'it', 1_000, 0xff, 0b11, 017, 10n, 1e3, .5)"#),
        r#"f?("a
ABC'", "it", 1000, 255, 3, 15, 10, 1000, 0.5)"#
            .replace('\n', "\\n")
    );
    assert_eq!(
        lowered("f(`x`, `a${b}c\\n`, /x/g, true, null, undefined)"),
        r#"f?("x", `"a", b?, "c\n"`, /x/g, true, null, null)"#
    );
}

#[test]
fn calls_in_every_form() {
    assert_eq!(
        lowered("a?.b?.(c)?.[d]; new X; new A.B(1, ...r); sql`x${y}`; sql`z`"),
        "a?.b(c?)[d?]; new X?(); new A?.B(1, ...r?); sql?(`\"x\", y?`); sql?(`\"z\"`)"
    );
    assert_eq!(
        lowered("require('x').y; await import('z'); require(v); import(v)"),
        "module x.y; await module z; require?(v?); import?(v?)"
    );
    let f = facts("q<Job>(f<T>, import.meta.url)");
    assert_eq!(body(&f), "q?(f?, import?.meta.url)");
}

#[test]
fn operators_and_casts() {
    assert_eq!(lowered("a + b * c ?? (d && e)"), "((a? Add (b? Mul c?)) Coalesce (d? And e?))");
    assert_eq!(
        lowered("!a, void f(), typeof x, delete o.k, -1"),
        "seq(Not a?, Void f?(), TypeOf x?, Delete o?.k, Neg 1)"
    );
    assert_eq!(
        lowered("((x as A)!).y; <B>z; v satisfies C; a ? b : c"),
        "<A>x?.y; <B>z?; <C>v?; (a? ? b? : c?)"
    );
    assert_eq!(
        lowered("({ a, b: 1, 'c-d': 2, ['e']: 3, [k]: 4, ...r, m() {}, get g() { return 1 } })"),
        "{a: a?, b: 1, c-d: 2, e: 3, [k?]: 4, ...r?, m: fn m{}, g: fn g{return 1}}"
    );
}

#[test]
fn assignments_and_patterns() {
    assert_eq!(
        lowered("let a = 1, b; a = b = 2; a += 3; b ||= 4; a++; o.x[1] = 5"),
        "let a = 1 & b = Zero; a = b = 2; update a = 3; logical b = 4; update a = 1; o?.x[1] = 5"
    );
    assert_eq!(
        lowered("const { a, b: { c = 1 }, ...r } = f(), [x, , y, ...z] = g"),
        "let a = f?()/a & c = f?()/b/c & c = 1 & r = f?()/.. & x = g?/0 & y = g?/2 & z = g?/.."
    );
    assert_eq!(
        lowered("var p; ({ p, q: o.q, [k]: p } = h)"),
        "let p = Zero; p = h?/p & o?.q = h?/q & _ = h? & p = opaque(k?)"
    );
}

#[test]
fn names_bind_to_their_declarations_whatever_the_order() {
    assert_eq!(
        lowered("use(later, hoisted); if (x) { var hoisted = 1; let inner } later = inner; const later = 1"),
        "use?(later, hoisted); if(x?){let hoisted = 1; let inner = Zero}{}; later = inner?; let later = 1"
    );
    let f = facts("f(); function f(a: string): void; function f(a: any) { return a }");
    assert_eq!(body(&f), "f()");
    let VarKind::Function(id) = f.vars.iter().find(|v| f.name(v.name) == "f").unwrap().kind else { panic!() };
    assert!(!f.function(id).body.is_empty(), "the implementation, not the overload");
    let f = facts("type T = { a: 1 }; const T = make(); T.x");
    assert_eq!(f.vars[0].kind, VarKind::Const);
}

#[test]
fn branches_and_blocks() {
    assert_eq!(lowered("if (a) b(); else if (c) { d() } else e()"), "if(a?){b?()}{if(c?){d?()}{e?()}}");
    assert_eq!(lowered("l: { x(); break l } debugger; ;"), "{x?(); break l}");
    assert_eq!(
        lowered(
            "switch (x) { case 1: a(); case 2: { b(); break } case 3: if (y) { break } else { throw z } default: c() }"
        ),
        "switch(x?){1↓{a?()} 2{{b?(); break}} 3{if(y?){break}{throw z?}} ↓{c?()}}"
    );
}

#[test]
fn loops() {
    assert_eq!(
        lowered("for (let i = 0; i < n; i++) f(i)"),
        "{let i = 0; For((i Less n?),_,_,update i = 1){f?(i)}}"
    );
    assert_eq!(
        lowered("for (const [k, v] of m) k; for (x in o) x"),
        "Each(_,m?,let k = item of m?/0 & v = item of m?/1,_){k}; Keys(_,o?,x = item of o?,_){x}"
    );
    assert_eq!(
        lowered("async () => { for await (const m of c) m() }"),
        "fn {EachAwait(_,c?,let m = item of c?,_){m()}}"
    );
    assert_eq!(
        lowered("a: while (true) { continue a } for (;;) {} do { x() } while (y)"),
        "a:Forever(_,_,_,_){continue a}; Forever(_,_,_,_){}; DoWhile(y?,_,_,_){x?()}"
    );
}

#[test]
fn try_catch_finally() {
    let text = "try { a() } catch (e: unknown) { b(e) } finally { c() }";
    let f = facts(text);
    assert_eq!(body(&f), "try{a?()}{let e = Caught; b?(e)}{c?()}");
    let crate::facts::StmtKind::Try { catch: Some((span, _)), .. } = f.stmts.last().unwrap().kind else {
        panic!()
    };
    assert_eq!(span.of(text), "catch (e: unknown)");
    assert_eq!(
        lowered("try { a } catch ({ code }) { code } try {} catch {}"),
        "try{a?}{let code = Caught/code; code}{}; try{}{}{}"
    );
}

#[test]
fn functions_take_the_name_of_what_they_are_put_in() {
    let f = facts(
        "const a = () => 1, o = { b: async () => {}, c: function () {} }; x.d = (() => 2) as F; class C { e = () => {} }",
    );
    assert_eq!(body(&f), "let a = fn a{return 1} & o = {b: fn b{}, c: fn c{}}; x?.d = <F>fn d{return 2}");
    assert_eq!(function(&f, "e").1.kind, FuncKind::Closure);
    assert!(function(&f, "b").1.is_async);
    let f = facts("run(function own() { return own }); async function* g() { yield 1; yield* h() }");
    assert_eq!(body(&f), "run?(fn own{return own})");
    let (_, g) = function(&f, "g");
    assert!(g.is_async && g.is_generator);
    assert_eq!(print::block(&f, g.body), "yield 1; yield h?()");
}

#[test]
fn parameters() {
    let f = facts(
        "function f(this: X, a: A, b = 1, { c, d: [e] = q() }: P = {}, ...rest: R[]): Promise<void> { return e }",
    );
    let (id, function) = function(&f, "f");
    let params = f.params(id);
    let show = |p: &crate::facts::Param| {
        let parts: Vec<String> = f.binds(p.parts).iter().map(|b| print::bind(&f, b)).collect();
        format!(
            "{}{}:{}={}[{}]",
            if p.rest { "..." } else { "" },
            p.name.map_or("_", |n| f.name(n)),
            p.ty.map_or(String::new(), |t| print::type_ref(&f, t)),
            p.default.map_or(String::new(), |d| print::expr(&f, d)),
            parts.join(" & ")
        )
    };
    let shown: Vec<String> = params.iter().map(show).collect();
    assert_eq!(
        shown,
        ["a:A=[]", "b:=1[]", "_:P={}[c = Param(2)/c & e = Param(2)/d/0 & _ = q?()]", "...rest:R[]=[]"]
    );
    assert_eq!(print::type_ref(&f, function.returns.unwrap()), "Promise<void>");
    assert_eq!(print::block(&f, function.body), "return e");
}

#[test]
fn classes() {
    let f = facts(
        "@Injectable() export class S extends mixin(Base)<T> implements I, J {
            @Inject(TOKEN) private readonly a: A = make();
            static #b = 1; declare c: string;
            static { boot() }
            constructor(private readonly repo: Repo, @InjectModel('u') public model: Model<User>, plain: P) { super(); go() }
            @Get(':id') async find(@Param('id') id: string) { return this.#b }
            get size() { return 0 }
            static make() {}
            abstractLike?(): void;
         }",
    );
    let def = type_def(&f, "S");
    assert_eq!(field_list(&f, def), "a:A #b: c:string repo:Repo model:Model<User>");
    assert_eq!(print::expr(&f, def.base.unwrap()), "mixin?(Base?)");
    assert_eq!(def.implements.len(), 2);
    assert_eq!((def.decorators.len(), f.fields[def.fields.range()][0].decorators.len()), (1, 1));
    let (_, ctor) = function(&f, "constructor");
    assert_eq!(print::block(&f, ctor.body), "this.repo = repo; this.model = model; super(); go?()");
    let fields = f.functions.iter().find(|function| function.kind == FuncKind::Fields).unwrap();
    assert_eq!(print::block(&f, fields.body), "this.a = make?(); this.#b = 1; {boot?()}");
    let (find, method) = function(&f, "find");
    assert_eq!((method.kind, method.decorators.len()), (FuncKind::Method, 1));
    assert_eq!(f.params(find)[0].decorators.len(), 1);
    assert_eq!(f.name(method.owner_name.unwrap()), "S");
    assert_eq!(function(&f, "size").1.kind, FuncKind::Getter);
    assert!(function(&f, "make").1.is_static);
    assert!(function(&f, "abstractLike").1.body.is_empty());
}

#[test]
fn javascript_classes() {
    let f =
        facts_in(Language::JavaScript, "const K = class extends EventEmitter { x = f(); #y; @dec m() {} }");
    assert_eq!(body(&f), "let K = class K");
    let def = type_def(&f, "K");
    assert_eq!(field_list(&f, def), "x: #y:");
    assert_eq!(print::type_ref(&f, f.type_list(def.extends)[0]), "EventEmitter");
    assert_eq!(function(&f, "m").1.decorators.len(), 1);
}

#[test]
fn interfaces_aliases_enums_namespaces() {
    let f = facts(
        "interface Store<T> extends Base<T>, ns.Other { url: string; get(key: string): Promise<T>; fn: () => void }
         type Options = Common & { ttl?: number; retry(): void }; type Id = string | null;
         enum Level { Low, Mid = 5, High, Text = 'x' }
         namespace N { export const inner = boot() }
         declare global { interface Window {} }",
    );
    assert_eq!(field_list(&f, type_def(&f, "Store")), "url:string fn:fn");
    assert_eq!(type_def(&f, "Store").extends.len(), 2);
    assert_eq!(function(&f, "get").1.owner, Some(crate::facts::TypeDefId::from_index(0)));
    assert_eq!(field_list(&f, type_def(&f, "Options")), "ttl:number");
    assert_eq!(print::type_ref(&f, type_def(&f, "Id").target.unwrap()), "string");
    assert_eq!(body(&f), "let Level = {Low: 0, Mid: 5, High: 6, Text: \"x\"}; {let inner = boot?()}; {}");
    assert!(f.exports.is_empty());
}

#[test]
fn annotations() {
    let f = facts(
        "let a: A.B.C<D[]> | null | undefined, b: [X, n: Y], c: typeof f, d: ReturnType<typeof g>, e: (x: T) => U, h: readonly string[], i: A | B, j: { x: 1 }, k: keyof T",
    );
    let types: Vec<String> = f.vars.iter().map(|v| print::type_ref(&f, v.ty.unwrap())).collect();
    assert_eq!(
        types,
        [
            "A.B.C<D[]>",
            "[X, Y]",
            "typeof f?",
            "ReturnType<typeof g?>",
            "fn",
            "string[]",
            "A | B",
            "{}",
            "other"
        ]
    );
}

#[test]
fn imports() {
    let f = facts(
        "import d, { a as b, type T } from 'm'; import * as ns from 'n'; import type { U } from 'o'; import 'fx';
         import x = require('y'); import { default as z } from 'w'; b(ns)",
    );
    let show: Vec<String> = f
        .imports
        .iter()
        .map(|i| {
            let what = match i.imported {
                Imported::Named(name) => f.name(name).to_owned(),
                other => format!("{other:?}"),
            };
            let var = i.var.map_or("-", |v| f.name(f.var(v).name));
            format!("{} {what} {var}{}", f.name(i.module), if i.type_only { " type" } else { "" })
        })
        .collect();
    assert_eq!(
        show,
        [
            "m Default d",
            "m a b",
            "m T T type",
            "n Namespace ns",
            "o U U type",
            "fx Effects -",
            "y Namespace x",
            "w Default z"
        ]
    );
    assert_eq!(body(&f), "b(ns)");
}

fn export_list(f: &Facts) -> Vec<String> {
    let show = |export: &crate::facts::Export| {
        let what = match export.kind {
            ExportKind::Var(var) => f.name(f.var(var).name).to_owned(),
            ExportKind::Value(value) => format!("= {}", print::expr(f, value)),
            ExportKind::From { module, name } => {
                format!("{}#{}", f.name(module), name.map_or("*", |n| f.name(n)))
            }
        };
        format!("{} {what}", export.name.map_or("*", |n| f.name(n)))
    };
    f.exports.iter().map(show).collect()
}

#[test]
fn exports() {
    let f = facts(
        "export { later as l, later }; export const { p, q: [r] } = o, s = 1; export function f() {} export default class D {}
         export interface I {} export * from 'a'; export * as n from 'b'; export { x as y, default as w } from 'c'; const later = 1;",
    );
    assert_eq!(
        export_list(&f),
        [
            "l later",
            "later later",
            "p p",
            "r r",
            "s s",
            "f f",
            "default D",
            "I I",
            "* a#*",
            "n b#*",
            "y c#x",
            "w c#default"
        ]
    );
    assert_eq!(f.imports.len(), 4);
    let f = facts("export default () => go()");
    assert_eq!(
        (export_list(&f), body(&f)),
        (vec!["default = fn {return go?()}".into()], "fn {return go?()}".into())
    );
    assert_eq!(export_list(&facts("const e = 1; export = e")), ["* = e"]);
    assert_eq!(export_list(&facts("export default function () { go() }")), ["default = fn {go?()}"]);
    assert_eq!(export_list(&facts("export default async function named() {}")), ["default named"]);
    assert_eq!(export_list(&facts("export default class { a = 1 }")), ["default = class "]);
    assert_eq!(
        export_list(&facts("export declare const x: X; export default abstract class A {}")),
        ["x x", "default A"]
    );
    assert_eq!(export_list(&facts("export type { T } from 'm'; export import A = B.C")), ["T m#T", "A A"]);
    let f =
        facts_in(Language::JavaScript, "module.exports = { a }; exports.b = 1; module.exports.c = () => {}");
    assert_eq!(export_list(&f), ["* = {a: a?}", "b = 1", "c = fn c{}"]);
    assert_eq!(body(&f), "module?.exports = {a: a?}; exports?.b = 1; module?.exports.c = fn c{}");
}

#[test]
fn markup_keeps_its_calls() {
    let f = facts_in(
        Language::Tsx,
        "<Foo.Bar id={f()} {...g()} onClick={() => h()}>text {xs.map(x => <b key={x}/>)}</Foo.Bar>",
    );
    assert!(f.health.is_whole());
    assert_eq!(
        body(&f),
        "opaque(Foo?.Bar, f?(), ...g?(), fn onClick{return h?()}, xs?.map(fn {return opaque(x)}))"
    );
}

#[test]
fn comments_come_in_order() {
    let text = "// a\nf(/* b */ 'http://x', /\\/\\*/); // c\n/** d */ x";
    let f = facts(text);
    let comments: Vec<&str> = f.comments.iter().map(|span| span.of(text)).collect();
    assert_eq!(comments, ["// a", "/* b */", "// c", "/** d */"]);
}
