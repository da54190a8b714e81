//! Joins the facts of many files into one set of arenas, as a linker joins objects: every id is moved to its place there.
//!
//! Owns: where the arenas of each file lie, and interning names once for all files. Does not own: moving the ids in a fact (`shift`),
//! or binding the names of one file to what another declares (`program`). Spans stay offsets into their own file.

mod shift;

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use super::texts::{Names, Texts};
use super::{Arenas, ExprId, Facts, FuncId, Name};
use shift::{Move, Shift};

/// Where the facts of one file lie in the joined arenas.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its expressions.
    pub exprs: Range<usize>,
    /// Its functions; the first is the module body.
    pub functions: Range<usize>,
    /// Its variables.
    pub vars: Range<usize>,
    /// Its types.
    pub types: Range<usize>,
    /// Its annotations.
    pub type_refs: Range<usize>,
    /// Its bindings.
    pub binds: Range<usize>,
    /// What it imports.
    pub imports: Range<usize>,
    /// What it exports.
    pub exports: Range<usize>,
    /// The Go package it says it belongs to.
    pub package: Option<Name>,
}

impl Part {
    /// Its module body.
    pub fn module(&self) -> FuncId {
        FuncId::from_index(self.functions.start)
    }

    /// Its functions.
    pub fn function_ids(&self) -> impl Iterator<Item = FuncId> + use<> {
        self.functions.clone().map(FuncId::from_index)
    }

    /// Its expressions.
    pub fn expr_ids(&self) -> impl Iterator<Item = ExprId> + use<> {
        self.exprs.clone().map(ExprId::from_index)
    }
}

/// How work is done side by side: what it is handed is called with every number below the count.
pub type Each<'e> = dyn Fn(usize, &(dyn Fn(usize) + Sync)) + 'e;

/// Joins files in the order given.
pub fn join(files: &[Arc<Facts>], each: &Each<'_>) -> (Arenas, Names, Vec<Part>) {
    let mut joined = Arenas::default();
    let mut names = Names::default();
    let mut next = Move::default();
    let mut moves = Vec::with_capacity(files.len());
    let mut parts = Vec::with_capacity(files.len());
    for file in files {
        let to = Move { names: interned(&file.names, &mut joined.names, &mut names), ..next };
        next = to.behind(file);
        parts.push(part(&to, &next, file));
        moves.push(to);
    }
    joined.fill(files, &moves, each);
    (joined, names, parts)
}

fn part(to: &Move, next: &Move, file: &Facts) -> Part {
    Part {
        exprs: to.exprs..next.exprs,
        functions: to.functions..next.functions,
        vars: to.vars..next.vars,
        types: to.types..next.types,
        type_refs: to.type_refs..next.type_refs,
        binds: to.binds..next.binds,
        imports: to.imports..next.imports,
        exports: to.exports..next.exports,
        package: file.package.map(|name| to.names[name.index()]),
    }
}

impl Arenas {
    /// Copies the arenas of all files behind each other, each kind by itself.
    fn fill(&mut self, files: &[Arc<Facts>], moves: &[Move], each: &Each<'_>) {
        type Job<'j> = Mutex<Option<Box<dyn FnOnce() + Send + 'j>>>;
        macro_rules! jobs {
            ($($arena:ident)*) => {{
                let Self { $($arena,)* names: _ } = self;
                let jobs: Vec<Job<'_>> = vec![
                    $(Mutex::new(Some(Box::new(|| copy($arena, files, moves, |file| &file.$arena))))),*
                ];
                jobs
            }};
        }
        let jobs = jobs!(exprs stmts expr_lists stmt_lists props cases binds steps vars functions params types
                         fields type_refs type_lists typed_calls imports exports);
        each(jobs.len(), &|number| {
            let job = jobs[number].lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(job) = job {
                job();
            }
        });
    }
}

/// What the names of a file are called among all.
fn interned(own: &Texts, texts: &mut Texts, names: &mut Names) -> Vec<Name> {
    own.iter().map(|text| names.intern(texts, text)).collect()
}

/// Copies one kind of facts of all files behind each other.
fn copy<T: Copy + Shift>(
    into: &mut Vec<T>,
    files: &[Arc<Facts>],
    moves: &[Move],
    of: impl Fn(&Facts) -> &Vec<T>,
) {
    into.reserve_exact(files.iter().map(|file| of(file).len()).sum());
    for (file, to) in files.iter().zip(moves) {
        into.extend(of(file).iter().map(|item| {
            let mut item = *item;
            item.shift(to);
            item
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Health, Place, VarId, VarKind, show};
    use crate::source::Language;
    use crate::syntax::Parsers;

    const TYPESCRIPT: &str = "
import def, { a as b, type C } from './x';
import * as all from './y';
import './z';
export * from './x'; export { p as q } from './y'; export { f as g }; export default class {}
export interface I<T> extends C { m(a: T[]): Promise<[T, string | number]>; n: typeof b; o: { p: 1 }; r: () => void }
type A = all.B.C<I<C>>;
enum E { One, Two = 2 }
abstract class K<T> extends all.Base implements I<T>, C {
  static count = 1;
  @inject('x') private readonly own: C = new def(b);
  constructor(@dec() public part: C, ...rest: string[]) { super(part); this.own = part; super.go(); }
  get it(): C { return this.own; }
  set it(v) { this.own = v; }
  @on('e', { k: 1 }) async *run({ a, c: [d = 1, ...e], ...others }: C, key = `k:${b}:${1 + 2}`): AsyncGenerator<C> {
    label: for (const [i, x] of Object.entries(others)) { if (!x) continue label; else break; }
    for (let i = 0; i < 3; i++) { await f(i, ...e); }
    for (const k in others) { delete others[k]; }
    for await (const y of all.items()) { yield y; yield; }
    while (a) { do { a?.b?.[d]!(); } while (c); }
    switch (key) { case 'x': case b: f(); break; default: throw new Error('no', { cause: a }); }
    try { await f(); } catch ({ message }) { f(message); } finally { f(null, undefined, true, 1.5, /re/g); }
    const o = { a, [key]: 1, 'q': 2, ...others, m() { return this; }, get n() { return 1; } };
    let z = a ? (b, c) : (a ?? b) as C; z += 1; [z, o.a] = [1, 2]; ({ z } = o);
    return import('./lazy'), require('./cjs'), class extends K {}, function named() {}, () => ({ z }), tag`x${z}`, z satisfies C;
  }
}
export function f<T>(this: K, n: T, m?: A): n is A { return typeof n === 'string' && m instanceof E && n in m; }
";

    const GO: &str = "
package own

import (
	. \"dots\"
	_ \"effects\"
	alias \"lib/a\"
	\"lib/b\"
)

type (
	S[T any] struct {
		*alias.Base
		b.Other
		m map[string][]*T
		c chan<- func(int) error
		i interface{ Close() error }
	}
	A = S[int]
	D b.Duration
)

const x, y = iota, 1 << 3

var v, w = alias.New(b.With(x)), &S[int]{m: nil, c: make(chan func(int) error, 3)}

func (s *S[T]) Run(ctx b.Context, more ...string) (n int, err error) {
	defer func() { recover() }()
	go s.loop(ctx)
	if err := s.i.Close(); err != nil {
		return 0, b.Wrap(err)
	} else if n, ok := s.m[\"k\"]; ok {
		_ = n
	}
outer:
	for i, m := range more {
		switch t := any(m).(type) {
		case string, []byte:
			continue outer
		default:
			_ = t
			fallthrough
		case int:
			break outer
		}
		_ = i
	}
	select {
	case item := <-s.c:
		s.c <- item
	case s.c <- nil:
	default:
	}
	for {
		*s, n = S[T]{}, n+1
		n++
		for n < 3 {
			goto outer
		}
	}
	return
}
";

    fn facts(language: Language, text: &str) -> Facts {
        let tree = Parsers::default().parse(language, text).unwrap();
        let facts = crate::lower::lower(language, text, &tree);
        assert!(facts.health.is_whole(), "{language:?}: {:?}", facts.health);
        facts
    }

    /// What files say, kind by kind; functions are numbered from `first`.
    fn shown(facts: &Facts, first: usize) -> [String; 4] {
        let mut parts = [const { String::new() }; 4];
        let mut part = 0;
        let number = regex::Regex::new(r"fn#(\d+)").unwrap();
        for line in show::show(facts).lines().skip(1) {
            if !line.starts_with(' ') {
                part = match line.split(' ').next() {
                    Some("import") => 0,
                    Some("export") => 1,
                    Some(word) if word.starts_with("fn#") => 3,
                    _ => 2,
                };
            }
            let own =
                |found: &regex::Captures<'_>| format!("fn#{}", found[1].parse::<usize>().unwrap() + first);
            parts[part] += &number.replace_all(line, own);
            parts[part] += "\n";
        }
        parts
    }

    fn joined(files: Vec<Facts>) -> (Arenas, Names, Vec<Part>) {
        let files: Vec<Arc<Facts>> = files.into_iter().map(Arc::new).collect();
        join(&files, &|count, work| (0..count).for_each(work))
    }

    #[test]
    fn joined_files_say_what_each_said() {
        let files =
            || [facts(Language::Go, GO), facts(Language::TypeScript, TYPESCRIPT), facts(Language::Go, GO)];
        let mut apart = [const { String::new() }; 4];
        let mut first = 0;
        for file in files() {
            for (all, own) in apart.iter_mut().zip(shown(&file, first)) {
                *all += &own;
            }
            first += file.functions.len();
        }
        let (arenas, _, parts) = joined(files().into());
        let joined = Facts {
            arenas,
            language: Language::Go,
            package: None,
            comments: Vec::new(),
            health: Health::default(),
        };
        let mut together = shown(&joined, 0);
        // That a function stands in the statements of its file is not shown of the first file.
        for part in &parts {
            for text in &mut together {
                *text = text.replace(&format!(" in fn#{} @", part.functions.start), " @");
            }
        }
        for (apart, together) in apart.iter().zip(&together) {
            assert!(!apart.is_empty());
            assert_eq!(apart, together);
        }
    }

    #[test]
    fn names_are_interned_once() {
        let (arenas, names, parts) = joined(vec![
            facts(Language::Go, GO),
            facts(Language::TypeScript, TYPESCRIPT),
            facts(Language::Go, GO),
        ]);
        assert_eq!(names.len(), arenas.names.len());
        for (text, name) in arenas.names.iter().zip((0..).map(Name::from_index)) {
            assert_eq!(names.get(&arenas.names, text), Some(name));
        }
        let packages: Vec<_> = parts.iter().map(|part| part.package.map(|name| arenas.name(name))).collect();
        assert_eq!(packages, [Some("own"), None, Some("own")]);
        assert_eq!(parts[0].package, parts[2].package);
    }

    #[test]
    fn every_id_stays_within_its_part() {
        let files = || {
            vec![
                facts(Language::TypeScript, TYPESCRIPT),
                facts(Language::Go, GO),
                facts(Language::TypeScript, ""),
            ]
        };
        let sizes: Vec<_> =
            files().iter().map(|file| (file.exprs.len(), file.vars.len(), file.imports.len())).collect();
        let (arenas, _, parts) = joined(files());
        let found: Vec<_> =
            parts.iter().map(|part| (part.exprs.len(), part.vars.len(), part.imports.len())).collect();
        assert_eq!(sizes, found);
        for part in &parts {
            assert_eq!(arenas.function(part.module()).kind, crate::facts::FuncKind::Module);
            for index in part.vars.clone() {
                let var = arenas.vars[index];
                assert!(part.functions.contains(&var.function.index()));
                assert!(var.ty.is_none_or(|ty| part.type_refs.contains(&ty.index())));
                match var.kind {
                    VarKind::Import(import) => {
                        assert!(part.imports.contains(&(import as usize)));
                        assert_eq!(arenas.imports[import as usize].var, Some(VarId::from_index(index)));
                    }
                    VarKind::Function(function) => {
                        assert!(part.functions.contains(&function.index()));
                        assert_eq!(arenas.function(function).name, Some(var.name));
                    }
                    VarKind::Type(ty) => {
                        assert!(part.types.contains(&ty.index()));
                        assert!(arenas.type_def(ty).name.is_none_or(|name| name == var.name));
                    }
                    _ => {}
                }
            }
            for index in part.functions.clone() {
                let function = &arenas.functions[index];
                assert!(function.parent.is_none_or(|parent| part.functions.contains(&parent.index())));
                assert!(function.owner.is_none_or(|owner| part.types.contains(&owner.index())));
                assert!(function.receiver.is_none_or(|var| part.vars.contains(&var.index())));
            }
            for bind in &arenas.binds[part.binds.clone()] {
                match bind.place {
                    Place::Var(var) => assert!(part.vars.contains(&var.index())),
                    Place::Expr(expr) => assert!(part.exprs.contains(&expr.index())),
                    Place::Nothing => {}
                }
            }
        }
    }
}
