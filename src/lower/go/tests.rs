//! What the lowering of Go promises: small sources and the facts they give.

mod print;
mod robust;

use tree_sitter::Parser;

use crate::facts::{Facts, FuncId, FuncKind, Imported, TypeDefKind, VarKind};
use crate::source::Language;
use print::{show, ty_text};

fn lowered(text: &str) -> Facts {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_go::LANGUAGE.into()).unwrap();
    let tree = parser.parse(text, None).unwrap();
    crate::lower::lower(Language::Go, text, &tree)
}

/// The statements of a function's body.
fn body(text: &str) -> String {
    let facts = lowered(&format!("package p\nfunc f() {{\n{text}\n}}"));
    show(&facts, facts.functions[1].body)
}

fn var_of<'a>(facts: &'a Facts, name: &str) -> &'a crate::facts::Var {
    facts.vars.iter().find(|var| facts.name(var.name) == name).unwrap()
}

#[test]
fn imports_bind_what_they_may_be_called() {
    let facts = lowered(
        "package p\nimport \"net/http\"\nimport (\n r \"github.com/redis/go-redis/v9\"\n . \"fmt\"\n _ \"embed\"\n \
         \"gopkg.in/yaml.v3\"\n \"github.com/x/go-nats\"\n \"k8s.io/api/core/v1\"\n \"a/kafka-go\"\n \"b/my-lib\"\n)\n",
    );
    assert_eq!(facts.name(facts.package.unwrap()), "p");
    let names = |index: u32| -> Vec<_> {
        let of = |var: &&crate::facts::Var| var.kind == VarKind::Import(index);
        facts.vars.iter().filter(of).map(|var| facts.name(var.name)).collect()
    };
    let all: Vec<_> = (0..9).map(names).collect();
    let expected: [&[&str]; 9] =
        [&["http"], &["r"], &[], &[], &["yaml"], &["nats"], &["core", "v1"], &["kafka"], &[]];
    assert_eq!(all, expected);
    assert_eq!(facts.name(facts.imports[1].module), "github.com/redis/go-redis/v9");
    assert_eq!(facts.imports[2].imported, Imported::Dot);
    assert_eq!(facts.imports[3].imported, Imported::Effects);
    assert!(facts.imports[8].var.is_none() && facts.imports[0].var.is_some());
}

#[test]
fn a_written_name_of_an_import_comes_before_a_guessed_one() {
    let facts = lowered(
        "package p\nimport (\n \"a.com/go-redis\"\n redis \"b.com/x\"\n nats \"c.com/y\"\n \"d.com/nats\"\n \"e.com/x/cobra\"\n \
         \"f.com/cobra\"\n)\nfunc f() { redis.A(); nats.B(); cobra.C() }",
    );
    let bound: Vec<_> =
        facts.imports.iter().map(|import| import.var.map(|var| facts.var(var).kind)).collect();
    let import = |index| Some(VarKind::Import(index));
    assert_eq!(bound, [None, import(1), import(2), None, import(4), None]);
    let guessed: Vec<_> = facts.imports.iter().map(|import| facts.is_guessed(import)).collect();
    assert_eq!(guessed, [true, false, false, true, true, true]);
    let vars: Vec<_> = facts.vars.iter().map(|var| (facts.name(var.name), var.kind)).collect();
    assert_eq!(vars[..2], [("redis", VarKind::Import(1)), ("nats", VarKind::Import(2))]);
    let dots = lowered("package p\nimport (\n . \"a.com/a\"\n _ \"a.com/b\"\n \"a.com/c-d\"\n)");
    assert_eq!(
        dots.imports.iter().map(|import| dots.is_guessed(import)).collect::<Vec<_>>(),
        [false, false, true]
    );
}

#[test]
fn embedded_types_are_fields_called_as_the_type_is() {
    let facts = lowered(
        "package p\ntype S struct {\n *redis.Client `x:\"y\"`\n Base[int]\n *pkg.Gen[string]\n x, Y int\n _ struct{}\n}\n\
         func (s *S) f() { s.Client.Get(1) }\nfunc (c *Cache[K, V]) g() {}\nfunc (Cache[K, _]) h() {}",
    );
    let fields: Vec<_> = facts.fields.iter().map(|field| facts.name(field.name)).collect();
    assert_eq!(fields, ["Client", "Base", "Gen", "x", "Y", "_"]);
    let extends = facts.type_list(facts.types[0].extends);
    let extends: Vec<_> = extends.iter().map(|ty| ty_text(&facts, *ty)).collect();
    assert_eq!(extends, ["redis.Client", "Base<int>", "pkg.Gen<string>"]);
    let owners: Vec<_> = facts.functions[1..].iter().map(|f| facts.name(f.owner_name.unwrap())).collect();
    assert_eq!(owners, ["S", "Cache", "Cache"]);
}

#[test]
fn interfaces_have_methods_without_bodies_and_embedded_interfaces() {
    let facts = lowered(
        "package p\ntype Store interface {\n io.Closer\n Base[int]\n Get(ctx context.Context, key string) (string, error)\n Ping()\n}",
    );
    let methods: Vec<_> = facts.functions[1..]
        .iter()
        .map(|f| (facts.name(f.name.unwrap()), f.kind, facts.name(f.owner_name.unwrap()), f.body.is_empty()))
        .collect();
    let method = |name| (name, FuncKind::Method, "Store", true);
    assert_eq!(methods, [method("Get"), method("Ping")]);
    assert!(facts.functions[1..].iter().all(|f| f.owner.is_some() && f.receiver.is_none()));
    let extends = facts.type_list(facts.types[0].extends);
    assert_eq!(extends.iter().map(|ty| ty_text(&facts, *ty)).collect::<Vec<_>>(), ["io.Closer", "Base<int>"]);
    let local = lowered("package p\nfunc f() { type Store interface { Get() } }");
    let get = &local.functions[2];
    assert_eq!((local.name(get.name.unwrap()), get.owner.is_some(), get.owner_name), ("Get", true, None));
}

#[test]
fn functions_have_parameters_results_and_owners() {
    let facts = lowered(
        "package p\nfunc (s *Svc[K]) Get(ctx context.Context, a, b int, _ bool, rest ...string) (v *V, err error) { return }\n\
         func F(int, []string) map[string]chan int\ntype Svc[K any] struct{}\nfunc (Other) M() {}",
    );
    let get = &facts.functions[1];
    assert_eq!((get.kind, facts.name(get.owner_name.unwrap())), (FuncKind::Method, "Svc"));
    assert_eq!(get.owner.map(|id| facts.type_def(id).kind), Some(TypeDefKind::Struct));
    assert_eq!(facts.var(get.receiver.unwrap()).kind, VarKind::Receiver);
    let shown = |id: FuncId| -> Vec<_> {
        let one = |p: &crate::facts::Param| {
            let name = p.name.map_or("-", |name| facts.name(name));
            format!("{name} {}{}", ty_text(&facts, p.ty.unwrap()), if p.rest { " rest" } else { "" })
        };
        facts.params(id).iter().map(one).collect()
    };
    let ids: Vec<_> = facts.function_ids().collect();
    assert_eq!(shown(ids[1]), ["ctx context.Context", "a int", "b int", "- bool", "rest []string rest"]);
    assert_eq!(ty_text(&facts, get.returns.unwrap()), "(V, error)");
    assert_eq!(var_of(&facts, "err").kind, VarKind::Let);
    assert_eq!(var_of(&facts, "b").kind, VarKind::Param(2));
    assert_eq!(shown(ids[2]), ["- int", "- []string"]);
    assert_eq!(ty_text(&facts, facts.functions[2].returns.unwrap()), "map<string, chan<int>>");
    assert_eq!((facts.functions[3].owner, facts.functions[3].receiver), (None, None));
    assert_eq!(facts.name(facts.functions[3].owner_name.unwrap()), "Other");
}

#[test]
fn types_have_fields_embedded_types_and_targets() {
    let facts = lowered(
        "package p\ntype (\n S struct {\n  a, b *redis.Client `x:\"y\"`\n  sync.Mutex\n  *Base\n  f func(int) error\n }\n \
         I interface {\n  io.Reader\n  Get(key string) (int, error)\n  ~int | string\n }\n A = B\n D []map[string]X[int]\n)",
    );
    let shown = |def: &crate::facts::TypeDef| {
        let field =
            |f: &crate::facts::Field| format!("{} {}", facts.name(f.name), ty_text(&facts, f.ty.unwrap()));
        let fields: Vec<_> = facts.fields[def.fields.range()].iter().map(field).collect();
        let extends: Vec<_> = facts.type_list(def.extends).iter().map(|ty| ty_text(&facts, *ty)).collect();
        let target = def.target.map_or(String::new(), |ty| ty_text(&facts, ty));
        format!("{:?} {} {} {target}", def.kind, fields.join(","), extends.join(","))
    };
    let all: Vec<_> = facts.types.iter().map(shown).collect();
    assert_eq!(
        all,
        [
            "Struct a redis.Client,b redis.Client,Mutex sync.Mutex,Base Base,f Function sync.Mutex,Base ",
            "Interface  io.Reader ",
            "Alias   B",
            "Alias   []map<string, X<int>>",
        ]
    );
    let get = &facts.functions[1];
    assert_eq!(
        (facts.name(get.name.unwrap()), get.owner.map(crate::facts::TypeDefId::index)),
        ("Get", Some(1))
    );
}

#[test]
fn package_variables_and_constants_are_assigned_in_the_module() {
    let facts = lowered(
        "package p\nvar a, b = f()\nvar mu sync.Mutex\nconst (\n X = iota * 10\n Y\n _\n Z time.Duration = 2\n)\nfunc f() { a = Y }",
    );
    assert_eq!(
        show(&facts, facts.functions[0].body),
        "Declare a'0=f'6()#0 b'1=f'6()#1; Declare mu'2=zero; Declare X'3=(0 Mul 10); Declare Y'4=(1 Mul 10); \
         Declare _=(2 Mul 10); Declare Z'5=2"
    );
    assert_eq!(show(&facts, facts.functions[1].body), "Set a'0=Y'4");
    assert_eq!(var_of(&facts, "X").kind, VarKind::Const);
    assert_eq!(ty_text(&facts, var_of(&facts, "Z").ty.unwrap()), "time.Duration");
}

#[test]
fn assignments_bind_each_target() {
    assert_eq!(
        body("a, err := g(); b, err := g()"),
        "Declare a'1=g()#0 err'2=g()#1; Declare b'3=g()#0 err'2=g()#1"
    );
    assert_eq!(body("x, y = y, x; x.a, m[k], _ = g()"), "Set x=y y=x; Set x.a=g()#0 m[k]=g()#1 _=g()#2");
    assert_eq!(
        body("v, ok := m[k]; _, ok = <-c; t, ok := v.(*T)"),
        "Declare v'1=m[k] ok'2=m[k]#1; Set _=<-c ok'2=<-c#1; \
         Declare t'3=v'1 as T ok'2=v'1 as T#1"
    );
    assert_eq!(
        body("n := 1; n += f(2); n++; n--"),
        "Declare n'1=1; Update n'1=f'0(2); Update n'1=1; Update n'1=-1"
    );
    assert_eq!(
        body("var a, b int; var c = 1; const d = 2"),
        "Declare a'1=zero b'2=zero; Declare c'3=1; Declare d'4=2"
    );
}

#[test]
fn a_new_name_means_the_old_one_until_its_statement_ends() {
    let inner = "ctx := g(); h(ctx); { h(ctx); ctx, cancel := with(ctx); h(ctx, cancel); ctx, x := g(); _ = x }; h(ctx)";
    assert_eq!(
        body(inner),
        "Declare ctx'1=g(); h(ctx'1); {h(ctx'1); Declare ctx'2=with(ctx'1)#0 cancel'3=with(ctx'1)#1; \
         h(ctx'2, cancel'3); Declare ctx'2=g()#0 x'4=g()#1; Set _=x'4}; h(ctx'1)"
    );
    let facts = lowered("package p\nfunc f() { store := store.New() }\nvar store = 1");
    assert_eq!(show(&facts, facts.functions[1].body), "Declare store'1=store'2.New()");
}

#[test]
fn if_statements_keep_their_init_in_a_scope() {
    assert_eq!(
        body("if v, err := g(); err != nil { a(v) } else if v == 0 { b() } else { c() }; d(v)"),
        "{Declare v'1=g()#0 err'2=g()#1; if (err'2 NotEq nil){a(v'1)}{if (v'1 Eq 0){b()}{c()}}}; d(v)"
    );
    assert_eq!(body("if !ok { return 1, nil }"), "if Not ok{return 1, nil}{}");
}

#[test]
fn loops_of_every_form() {
    assert_eq!(body("for { break }"), "Forever{break }");
    assert_eq!(body("for ok() { continue }; for true {}"), "While ok(){continue }; Forever{}");
    assert_eq!(
        body("for i := 0; i < n; i++ { g(i) }"),
        "{Declare i'1=0; For (i'1 Less n) Update i'1=1{g(i'1)}}"
    );
    assert_eq!(body("for ; ; i++ {}"), "Forever Update i=1{}");
    assert_eq!(
        body("for k, v := range m { g(k, v) }"),
        "Each m Declare k'1=each m#0 v'2=each m#1{g(k'1, v'2)}"
    );
    assert_eq!(body("for _, v := range v {}"), "Each v Declare _=each v#0 v'1=each v#1{}");
    assert_eq!(body("for range 10 {}; for x = range ch {}"), "Each 10{}; Each ch Set x=each ch#0{}");
    assert_eq!(
        body("L: for { for { break L } }; M: { for {} }"),
        "Forever L:{Forever{break L}}; {Forever{}}"
    );
}

#[test]
fn switches_and_selects() {
    assert_eq!(
        body("switch x := g(); x { case 1, 2: a(); fallthrough; case 3: default: b() }"),
        "{Declare x'1=g(); Value x'1[1, 2: a() ↓][3: ][: b()]}"
    );
    assert_eq!(body("switch { case a > b: c() }"), "Value [(a Greater b): c()]");
    let facts = lowered(
        "package p\nfunc f() { switch e := g().(type) { case *A: e.x(); case b.B, nil: e.y(); default: e.z() } }",
    );
    assert_eq!(
        show(&facts, facts.functions[1].body),
        "Type g()[A: Declare e'1=g(); e'1.x()][b.B, nil: Declare e'2=g(); e'2.y()][: Declare e'3=g(); e'3.z()]"
    );
    let types: Vec<_> = facts.vars[1..].iter().map(|var| var.ty.map(|ty| ty_text(&facts, ty))).collect();
    assert_eq!(types, [Some("A".to_owned()), None, None]);
    assert_eq!(
        body(
            "select { case v, ok := <-c: g(v, ok); case <-time.After(d): case out <- 1: h(); default: i() }"
        ),
        "Select [<-c: Declare v'1=<-c ok'2=<-c#1; g(v'1, ok'2)][<-time.After(d): <-time.After(d)][out: out <- 1; h()][: i()]"
    );
}

#[test]
fn go_defer_send_labels_and_jumps() {
    assert_eq!(body("go g(1); defer mu.Unlock(); c <- v"), "go g(1); defer mu.Unlock(); c <- v");
    assert_eq!(body("goto end; end: g(); return"), "?(); g(); return ");
    assert_eq!(
        body("again: f(); if bad { goto again }; g()"),
        "Forever again:{f'0(); if bad{continue again}{}; break again}; g()"
    );
    assert_eq!(body("go func() { g() }()"), "go func {g()}()");
}

#[test]
fn literals_have_their_values() {
    assert_eq!(
        body("g(1_000, 0x_fF, 0b101, 0o17, 017, 1.5e3, 0x1p-2, 3i, .5, 0)"),
        "g(1000, 255, 5, 15, 15, 1500, 0.25, 3, 0.5, 0)"
    );
    assert_eq!(body(r"g('a', '\n', '\x41', '\u00e9')"), "g(97, 10, 65, 233)");
    assert_eq!(body(r#"g("a\n\"\u00e9\101\\", `raw\n`, "")"#), r#"g("a\n\"éA\\", "raw\\n", "")"#);
    assert_eq!(body("g(nil, true, false, (((x))))"), "g(nil, true, false, x)");
}

#[test]
fn composite_literals() {
    assert_eq!(
        body("g(&http.Server{Addr: a, Fn: func() {}}, P{1, x})"),
        "g(Address http.Server{Addr:a,Fn:func Fn{},}, P{#0:1,#1:x,})"
    );
    assert_eq!(body(r#"g(map[string]T{"a": {X: 1}, k: {}})"#), "g(map<string, T>{a:T{X:1,},=k:T{},})");
    assert_eq!(body(r"g([]*T{{A: 1}}, [...]int{2: 7}, []string{})"), "g([]T[T{A:1,}], []int[7], []string[])");
    assert_eq!(body(r#"g(gin.H{"a": 1, key: 2}, M{{1}})"#), "g(gin.H{a:1,=key:2,}, M{#0:{#0:1,},})");
}

#[test]
fn calls_and_their_types() {
    assert_eq!(body("g(xs...); a.b().c(1)"), "g(...xs); a.b().c(1)");
    assert_eq!(
        body("make(chan int, 3); new(T); g[int](x)"),
        "make<chan<int>>(?(), 3); new<T>(?()); g<int>(x)"
    );
    assert_eq!(body("[]byte(s); string(b); time.Duration(n)"), "?()<[]byte>(s); string(b); time.Duration(n)");
    assert_eq!(body("i := 0; hs[i](x)"), "Declare i'1=0; hs[i'1](x)");
    assert_eq!(
        body("g(s[f():2], *p, &x, <-c, v.(T), -1, ^x)"),
        "g(?(s, f'0(), 2), Deref p, Address x, <-c, v as T, Neg 1, Other x)"
    );
}

#[test]
fn functions_are_called_after_the_place_they_are_put_in() {
    assert_eq!(
        body("h := func() {}; s.on = (func() {}); var k = func() {}"),
        "Declare h'1=func h{}; Set s.on=func on{}; Declare k'2=func k{}"
    );
}

#[test]
fn comments_are_kept_in_order() {
    let text = "// a\npackage p /* b */\nfunc f( /* c */ ) { // d\n\tif x /* e */ {\n}\n}";
    let facts = lowered(text);
    let all: Vec<_> = facts.comments.iter().map(|span| span.of(text)).collect();
    assert_eq!(all, ["// a", "/* b */", "/* c */", "// d", "/* e */"]);
}

#[test]
fn operators() {
    assert_eq!(
        body("g(a + b*c, a && b || !c, 1 << 3, a % b)"),
        "g((a Add (b Mul c)), ((a And b) Or Not c), (1 Shl 3), (a Rem b))"
    );
}
