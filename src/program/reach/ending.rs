//! Go programs that end by themselves and keep nothing: generators, set-ups, what somebody runs by hand and waits for.
//!
//! Owns: telling them, by everything that their `main` may reach, from those that serve, consume, wait or keep something. What
//! cannot be told goes on. Does not own: the words and packages that tell ([`Programs`]), or what becomes of such files (`run`).

use std::path::Path;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::{
    Block, ExprId, ExprKind, FuncId, FuncKind, LoopKind, Name, Source, Stmt, StmtKind, SwitchKind, TypeRefId,
    TypeRefKind, VarId, VarKind,
};
use crate::models::RunKind;
use crate::models::code::Programs;
use crate::program::names::Meaning;
use crate::program::workers::Workers;
use crate::program::{Program, View};

/// The package and the function that a program begins with.
const MAIN: &str = "main";

/// The function that runs wherever its package is imported.
const INIT: &str = "init";

/// How many values a package is looked for behind.
const MAX_HOPS: u32 = 8;

/// What a function may do, itself, and what it leads to.
#[derive(Default)]
struct Reach {
    /// It may go on for ever, serve or wait for others, or it keeps something.
    lasts: bool,
    functions: Vec<FuncId>,
    /// Methods that are not known but by their names.
    methods: Vec<Name>,
}

/// Which Go packages there are, and what they use.
struct Packaged {
    files: FxHashMap<usize, Vec<usize>>,
    uses: FxHashMap<usize, FxHashSet<usize>>,
    mains: Vec<usize>,
}

impl Program<'_> {
    /// Looks for no faults in some files: they are only what others call.
    pub fn leave_out(&mut self, files: impl Iterator<Item = usize>) {
        for file in files {
            self.looked_at[file] = false;
        }
    }

    /// The files of programs that end by themselves, with what only those use and nobody else can; `paths` tells where files lie.
    pub fn tools(&self, known: &Programs, paths: &[&Path], workers: &dyn Workers) -> Vec<usize> {
        let packaged = self.packaged();
        if packaged.mains.is_empty() {
            return Vec::new();
        }
        let of_file = |view: &View<'_>| reach_of_file(view, known);
        let reach: FxHashMap<FuncId, Reach> =
            self.each_file(workers, of_file).into_iter().flatten().collect();
        let ends = |main: &&usize| !self.may_last(**main, &packaged, &reach);
        let tools: Vec<usize> = packaged.mains.iter().filter(ends).copied().collect();
        let left_out = packaged.with_what_only_they_use(&tools, paths);
        left_out.iter().flat_map(|package| &packaged.files[package]).copied().collect()
    }

    fn packaged(&self) -> Packaged {
        let mut packaged =
            Packaged { files: FxHashMap::default(), uses: FxHashMap::default(), mains: Vec::new() };
        for (file, part) in self.parts.iter().enumerate() {
            let Some(package) = self.package_of(file) else { continue };
            packaged.files.entry(package).or_default().push(file);
            let used = self.bindings.imports[part.imports.clone()].iter();
            let used = used.filter_map(|meaning| match meaning {
                Meaning::Package(used) => Some(*used),
                _ => None,
            });
            packaged.uses.entry(package).or_default().extend(used);
            let begins = part.package.is_some_and(|name| self.facts.name(name) == MAIN)
                && part.function_ids().any(|function| self.is_named(function, MAIN));
            if begins && !packaged.mains.contains(&package) {
                packaged.mains.push(package);
            }
        }
        packaged
    }

    /// Whether something that the program of a package may reach goes on for ever, waits for others or keeps something.
    fn may_last(&self, main: usize, packaged: &Packaged, reach: &FxHashMap<FuncId, Reach>) -> bool {
        let files = || packaged.used_by(main).into_iter().flat_map(|package| &packaged.files[&package]);
        let functions = || files().flat_map(|file| self.parts[*file].function_ids());
        let mut methods: FxHashMap<Name, Vec<FuncId>> = FxHashMap::default();
        for function in functions() {
            let info = self.facts.function(function);
            if let (FuncKind::Method, Some(name)) = (info.kind, info.name) {
                methods.entry(name).or_default().push(function);
            }
        }
        let begins = |function: &FuncId| {
            self.is_module(*function)
                || self.is_named(*function, INIT)
                || self.is_named(*function, MAIN) && self.package_of(self.file_of(*function)) == Some(main)
        };
        let mut open: Vec<FuncId> = functions().filter(begins).collect();
        let mut seen: FxHashSet<FuncId> = open.iter().copied().collect();
        while let Some(function) = open.pop() {
            let Some(here) = reach.get(&function) else { continue };
            if here.lasts {
                return true;
            }
            let named = here.methods.iter().filter_map(|name| methods.get(name)).flatten();
            let next = here.functions.iter().chain(named).copied();
            open.extend(next.filter(|next| seen.insert(*next)));
        }
        false
    }

    fn is_named(&self, function: FuncId, name: &str) -> bool {
        let info = self.facts.function(function);
        info.kind == FuncKind::Function && info.name.is_some_and(|own| self.facts.name(own) == name)
    }
}

impl Packaged {
    /// A package with all that it uses, and what those use.
    fn used_by(&self, package: usize) -> Vec<usize> {
        let mut found = vec![package];
        let mut at = 0;
        while let Some(package) = found.get(at) {
            let mut used: Vec<usize> = self.uses.get(package).into_iter().flatten().copied().collect();
            used.sort_unstable();
            for package in used {
                if self.files.contains_key(&package) && !found.contains(&package) {
                    found.push(package);
                }
            }
            at += 1;
        }
        found
    }

    /// Programs with the packages that lie below them, or that others may not import, and that only they use.
    fn with_what_only_they_use(&self, tools: &[usize], paths: &[&Path]) -> Vec<usize> {
        let folder = |package: &usize| self.files[package].first().and_then(|file| paths[*file].parent());
        let is_private = |package: &usize| {
            let own = folder(package);
            let below = |tool: &usize| own.zip(folder(tool)).is_some_and(|(own, tool)| own.starts_with(tool));
            own.is_some_and(|own| own.components().any(|part| part.as_os_str() == "internal"))
                || tools.iter().any(below)
        };
        let mut found = tools.to_vec();
        let mut packages: Vec<usize> = self.files.keys().copied().collect();
        packages.sort_unstable();
        loop {
            let used_there = |package: &usize| {
                let mut users =
                    self.uses.iter().filter(|(_, used)| used.contains(package)).map(|(user, _)| user);
                let mut any = false;
                users.all(|user| {
                    any = true;
                    found.contains(user)
                }) && any
            };
            let new: Vec<usize> = packages
                .iter()
                .filter(|package| !found.contains(package) && !self.mains.contains(package))
                .filter(|package| is_private(package) && used_there(package))
                .copied()
                .collect();
            if new.is_empty() {
                return found;
            }
            found.extend(new);
        }
    }
}

/// What the functions of a file do and lead to.
fn reach_of_file(view: &View<'_>, known: &Programs) -> Vec<(FuncId, Reach)> {
    let mut found: FxHashMap<FuncId, Reach> = FxHashMap::default();
    let mut fed: FxHashSet<VarId> = FxHashSet::default();
    for function in view.functions() {
        let mut lasts = view.handler(function).is_some_and(|handler| is_of_service(handler.kind));
        each_stmt(view, view.facts.function(function).body, &mut |stmt| {
            if let StmtKind::Send { channel, .. } = stmt.kind {
                fed.extend(var_of(view, channel));
            }
            lasts |= goes_on(view, &stmt.kind);
        });
        found.insert(function, Reach { lasts, ..Reach::default() });
    }
    for call in view.calls() {
        if let ExprKind::Call { callee, args, .. } = view.facts.expr(*call).kind
            && let ExprKind::Name { name, var: None } = view.facts.expr(callee).kind
            && view.facts.name(name) == "close"
        {
            fed.extend(view.facts.list(args).iter().filter_map(|arg| var_of(view, *arg)));
        }
    }
    for expr in view.exprs() {
        if let Some(reach) = found.get_mut(&view.home(expr)) {
            view.reach_of(expr, known, &fed, reach);
        }
    }
    found.into_iter().collect()
}

/// Whether functions of a kind are run by what goes on.
const fn is_of_service(kind: RunKind) -> bool {
    !matches!(kind, RunKind::Inline | RunKind::Later)
}

impl View<'_> {
    fn reach_of(&self, expr: ExprId, known: &Programs, fed: &FxHashSet<VarId>, reach: &mut Reach) {
        let callee_of = |expr| match self.parent(expr).map(|parent| self.facts.expr(parent).kind) {
            Some(ExprKind::Call { callee, .. }) => callee == expr,
            _ => false,
        };
        match self.facts.expr(expr).kind {
            ExprKind::Function(function) => reach.functions.push(function),
            ExprKind::Name { var: Some(var), .. } => match self.facts.var(var).kind {
                VarKind::Function(function) => reach.functions.push(function),
                VarKind::Import(_) => {
                    let module = self.module_of_var(var);
                    reach.lasts |= module.is_some_and(|module| known.is_serving(self.facts.name(module)));
                }
                _ => {}
            },
            // What nobody sends into or closes is waited for until something else ends the program.
            ExprKind::Receive(channel) => {
                reach.lasts |= var_of(self, channel).is_none_or(|var| !fed.contains(&var));
            }
            ExprKind::Member { name, .. } if !callee_of(expr) && self.callable.contains(&name) => {
                reach.methods.push(name);
            }
            ExprKind::Call { callee, .. } => self.reach_of_call(expr, callee, known, reach),
            _ => {}
        }
    }

    fn reach_of_call(&self, call: ExprId, callee: ExprId, known: &Programs, reach: &mut Reach) {
        let role = self.role_use(call).map(|used| self.roles.name(used.role));
        reach.lasts |= role.is_some_and(|role| known.keeps(role));
        let run = self.run_by(call);
        reach.functions.extend(run);
        if run.iter().any(|function| !self.facts.function(*function).body.is_empty()) {
            return;
        }
        let (ExprKind::Member { name, .. } | ExprKind::Name { name, .. }) = self.facts.expr(callee).kind
        else {
            return;
        };
        let behind = self.module_behind(callee, MAX_HOPS).map(|module| self.facts.name(module));
        let waits = known.is_waiting(self.facts.name(name));
        reach.lasts |= waits && !behind.is_some_and(|module| known.is_ending(module));
        if waits || behind.is_none() {
            reach.methods.push(name);
        }
    }

    /// The library that what is called belongs to, as far as it is plainly written.
    fn module_behind(&self, expr: ExprId, hops: u32) -> Option<Name> {
        let hops = hops.checked_sub(1)?;
        match self.facts.expr(expr).kind {
            ExprKind::Member { object: inner, .. }
            | ExprKind::Call { callee: inner, .. }
            | ExprKind::Unary { operand: inner, .. }
            | ExprKind::Index { object: inner, .. } => self.module_behind(inner, hops),
            // Asserted to be of another type, it may be anything of that type.
            ExprKind::Cast { ty, .. } => self.module_of_type(ty?),
            ExprKind::Object { ty: Some(ty), .. } => self.module_of_type(ty),
            ExprKind::Name { var: Some(var), .. } => {
                let info = self.facts.var(var);
                let value = || match self.index.var(var) {
                    [only] => match only.source {
                        Source::Expr(value) => self.module_behind(value, hops),
                        _ => None,
                    },
                    _ => None,
                };
                let typed = || info.ty.and_then(|ty| self.module_of_type(ty));
                self.module_of_var(var).or_else(typed).or_else(value)
            }
            _ => None,
        }
    }

    fn module_of_type(&self, ty: TypeRefId) -> Option<Name> {
        match self.facts.type_ref(ty).kind {
            TypeRefKind::Named { var, .. } => self.module_of_var(var?),
            TypeRefKind::Array(item) => self.module_of_type(item),
            _ => None,
        }
    }

    fn module_of_var(&self, var: VarId) -> Option<Name> {
        match self.facts.var(var).kind {
            VarKind::Import(import) => self.facts.imports.get(import as usize).map(|import| import.module),
            _ => None,
        }
    }
}

/// The variable that a channel is held in.
fn var_of(view: &View<'_>, channel: ExprId) -> Option<VarId> {
    match view.facts.expr(channel).kind {
        ExprKind::Name { var, .. } => var,
        _ => None,
    }
}

/// Whether a statement goes on for ever, or for as long as others let it: `for { select { … } }`, `select {}`.
fn goes_on(view: &View<'_>, stmt: &StmtKind) -> bool {
    match *stmt {
        StmtKind::Loop { kind: LoopKind::Forever, body, .. } => {
            let (mut leaves, mut waits) = (false, false);
            each_stmt(view, body, &mut |stmt| match stmt.kind {
                StmtKind::Return(_) | StmtKind::Break(_) => leaves = true,
                StmtKind::Switch { kind: SwitchKind::Select, .. } => waits = true,
                _ => {}
            });
            waits || !leaves
        }
        StmtKind::Switch { kind: SwitchKind::Select, cases, .. } => cases.is_empty(),
        _ => false,
    }
}

/// Visits every statement of a block, those within others included.
fn each_stmt(view: &View<'_>, block: Block, visit: &mut dyn FnMut(&Stmt)) {
    for id in view.facts.block(block) {
        let stmt = view.facts.stmt(*id);
        visit(stmt);
        match stmt.kind {
            StmtKind::If { then, other, .. } => {
                each_stmt(view, then, visit);
                each_stmt(view, other, visit);
            }
            StmtKind::Loop { body, .. } | StmtKind::Block(body) => each_stmt(view, body, visit),
            StmtKind::Switch { cases, .. } => {
                for case in &view.facts.cases[cases.range()] {
                    each_stmt(view, case.body, visit);
                }
            }
            StmtKind::Try { body, catch, finally } => {
                each_stmt(view, body, visit);
                each_stmt(view, catch.map_or(finally, |(_, block)| block), visit);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::program::samples::linked;
    use crate::program::workers::InOrder;
    use crate::rules::builtin::Knowledge;
    use std::path::Path;

    /// The files that are looked at.
    fn looked_at(files: &[(&str, &str)]) -> Vec<String> {
        let code = Knowledge::load(&[], &[]).unwrap().code;
        let paths: Vec<&Path> = files.iter().map(|(path, _)| Path::new(*path)).collect();
        let mut left = Vec::new();
        linked(files, |program| {
            let tools = program.tools(code.programs().unwrap(), &paths, &InOrder);
            left = (0..files.len()).filter(|file| !tools.contains(file)).collect();
        });
        left.into_iter().map(|file| files[file].0.to_owned()).collect()
    }

    fn ends(body: &str) -> bool {
        let text = format!(
            "package main\n\nimport (\n\t\"net/http\"\n\t\"os/exec\"\n\t\"os/signal\"\n\t\"queue\"\n)\n\n\
             type pump struct{{}}\n\nfunc (p *pump) Draw() {{\n\tfor {{\n\t\tstep()\n\t}}\n}}\n\n{body}\n"
        );
        looked_at(&[("gen/main.go", &text)]).is_empty()
    }

    #[test]
    fn a_program_ends_where_all_that_it_reaches_does() {
        assert!(ends(
            "func main() {\n\thttp.Get(\"a\")\n\tfor {\n\t\tif step() {\n\t\t\tbreak\n\t\t}\n\t}\n}"
        ));
        assert!(ends("func main() {\n\tcmd := exec.Command(\"a\")\n\tcmd.Run()\n}"));
        assert!(ends(
            "func main() {\n\tdone := make(chan bool)\n\tgo func() { done <- true }()\n\t<-done\n}"
        ));
        assert!(ends("func main() { load() }\n\nfunc unused() { select {} }"));
        for body in [
            "func main() { http.ListenAndServe(\":1\", nil) }",
            "func main() { load() }\n\nfunc load() { select {} }",
            "func main() { load() }\n\nfunc load() {\n\tfor {\n\t\tstep()\n\t}\n}",
            "func main() {\n\tfor {\n\t\tselect {\n\t\tcase <-a:\n\t\t\treturn\n\t\t}\n\t}\n}",
            "func main() {\n\tforever := make(chan bool)\n\t<-forever\n}",
            "func main() { signal.Notify(nil) }",
            "func main() {\n\tq := queue.New()\n\tq.Consume()\n}",
            "func main() {\n\tp := queue.Any()\n\tp.(drawer).Draw()\n}",
            "func main() { queue.With(func() { select {} }) }",
            "var all = map[string]func(){\"a\": load}\n\nfunc main() { step() }\n\nfunc load() { select {} }",
        ] {
            assert!(!ends(body), "{body}");
        }
    }

    #[test]
    fn what_only_such_programs_use_and_nobody_else_may_is_part_of_them() {
        let main = "package main\n\nimport (\n\t\"own\"\n\t\"gen/parts\"\n\t\"internal\"\n)\n\nfunc main() {\n\town.A()\n\tparts.A()\n\tinternal.A()\n}\n";
        let files = [
            ("gen/main.go", main),
            ("own/own.go", "package own\n\nfunc A() {}\n"),
            ("internal/a.go", "package internal\n\nfunc A() {}\n"),
        ];
        assert_eq!(looked_at(&files), ["own/own.go"], "others may import it");
        let served = "package main\n\nimport \"internal\"\n\nfunc main() {\n\tinternal.A()\n\tselect {}\n}\n";
        let files = [files[0], files[1], files[2], ("serve/main.go", served)];
        assert_eq!(looked_at(&files), ["own/own.go", "internal/a.go", "serve/main.go"]);
    }
}
