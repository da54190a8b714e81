//! Compiles `calls`: what they are told by, their roles, arguments and results.
//!
//! Owns: that a call is told in one way, and `when` it is meant. Does not own: functions that a call is handed (`handlers`), what it
//! registers (`provides`).

use super::{Scope, count, texts};
use crate::data::{DataError, Pairs, Scalar, ScalarOr, Several, Spanned};
use crate::models::schema::{CallEntry, CountEntry, ModelFile, TestEntry, WhenEntry};
use crate::models::{ArgName, Call, CallId, Path, ReceiverId, Returns, Role, Test, When};

impl Scope<'_, '_> {
    /// A call is told in one way.
    fn check_call(&self, entry: &Spanned<CallEntry>) -> Result<(), DataError> {
        let CallEntry { on, method, function, construct_of, .. } = &entry.value;
        let problem = match (!on.0.is_empty(), !function.0.is_empty(), construct_of.is_some()) {
            (true, false, false) if method.0.is_empty() => "a call on a receiver needs a `method`",
            (false, _, _) if !method.0.is_empty() => "a `method` needs the receiver that it is `on`",
            (true, false, false) | (false, true, false) | (false, false, true) => return Ok(()),
            (false, false, false) => "a call needs `on` and `method`, or `function`, or `construct-of`",
            _ => "a call has only one of `on`, `function` and `construct-of`",
        };
        Err(self.file.error(entry, problem, "this call"))
    }

    pub(super) fn call(&mut self, entry: &Spanned<CallEntry>, model: &ModelFile) -> Result<(), DataError> {
        self.check_call(entry)?;
        let entry = &entry.value;
        let id = CallId(count(&self.compiler.models.calls));
        self.index_call(entry, model, id)?;
        let role =
            entry.role.as_ref().map(|role| self.compiler.roles.resolve(self.file, role)).transpose()?;
        let mut runs = Vec::new();
        for run in &entry.runs {
            runs.push(self.runs(run)?);
        }
        let returns = match (&entry.returns, &entry.passes, &entry.looks_up) {
            (Some(name), ..) if name.value == "self" => Some(Returns::This),
            (Some(name), ..) => Some(Returns::Receiver(self.receiver(name)?)),
            (None, Some(path), _) => Some(Returns::Argument(self.path(path)?)),
            (None, None, Some(path)) => Some(Returns::Registered(self.path(path)?)),
            (None, None, None) => None,
        };
        let call = Call {
            library: self.library,
            when: self.when(&entry.when)?,
            role,
            args: self.args(&entry.args, role)?,
            fixed: self.scalars(&entry.fixed, role)?,
            defaults: self.scalars(&entry.defaults, role)?,
            returns,
            results: self.results(&entry.results)?,
            ack: entry.ack,
            runs,
            provides: entry.provides.iter().map(|entry| self.provides(entry)).collect::<Result<_, _>>()?,
        };
        self.compiler.models.calls.push(call);
        Ok(())
    }

    fn results(&self, pairs: &Pairs<Spanned<String>>) -> Result<Vec<(u32, ReceiverId)>, DataError> {
        let result = |(position, receiver): &(Spanned<String>, Spanned<String>)| {
            let at = position.value.parse().map_err(|_| {
                let message = "a further result is named by its position, from 1 on";
                self.file.error(position, message, "not a position")
            })?;
            Ok((at, self.receiver(receiver)?))
        };
        pairs.0.iter().map(result).collect()
    }

    /// Files the entry under its methods or functions.
    fn index_call(&mut self, entry: &CallEntry, model: &ModelFile, id: CallId) -> Result<(), DataError> {
        let library = self.library;
        if let Some(receiver) = &entry.construct_of {
            let receiver = self.receiver(receiver)?;
            self.compiler.models.by_construction.entry(receiver).or_default().push(id);
            return Ok(());
        }
        let answers = entry.role.as_ref().is_some_and(|role| role.value == "http.respond");
        for on in entry.on.texts() {
            let receiver = if on.value == "any" { None } else { Some(self.receiver(&on)?) };
            for method in entry.method.texts() {
                match receiver {
                    None => self.compiler.models.any_method.push(model.language, method.value, id),
                    Some(receiver) => {
                        if answers {
                            self.compiler.models.answering.insert(receiver);
                        }
                        self.compiler.models.by_method.push(receiver, method.value, id);
                    }
                }
            }
        }
        for function in entry.function.texts() {
            self.compiler.models.by_function.push(library, function.value, id);
        }
        Ok(())
    }

    fn args(
        &self,
        pairs: &Pairs<Several>,
        role: Option<Role>,
    ) -> Result<Vec<(ArgName, Vec<Path>)>, DataError> {
        let paths =
            |paths: &Several| paths.0.iter().map(|path| self.path(path)).collect::<Result<Vec<_>, _>>();
        pairs.0.iter().map(|(name, value)| Ok((self.arg(name, role)?, paths(value)?))).collect()
    }

    fn scalars(
        &self,
        pairs: &Pairs<Scalar>,
        role: Option<Role>,
    ) -> Result<Vec<(ArgName, Scalar)>, DataError> {
        pairs.0.iter().map(|(name, value)| Ok((self.arg(name, role)?, value.clone()))).collect()
    }

    fn arg(&self, name: &Spanned<String>, role: Option<Role>) -> Result<ArgName, DataError> {
        match role {
            Some(role) => self.compiler.roles.resolve_arg(self.file, &[role], name),
            None => Err(self.file.error(name, "arguments need a `role`", "of no role")),
        }
    }

    fn when(&self, entry: &WhenEntry) -> Result<When, DataError> {
        let arguments = entry.arguments.as_ref().map(|count| self.count(count)).transpose()?;
        let mut values = Vec::new();
        for (path, test) in &entry.values.0 {
            let parsed =
                Path::parse(&path.value).map_err(|problem| self.file.error(path, problem, "not a path"))?;
            values.push((parsed, self.test(path, test)?));
        }
        Ok(When { tokens: texts(&entry.tokens), no_tokens: texts(&entry.no_tokens), arguments, values })
    }

    /// The least and the most arguments.
    fn count(&self, entry: &Spanned<ScalarOr<CountEntry>>) -> Result<(usize, usize), DataError> {
        let range = match &entry.value {
            ScalarOr::Scalar(count) => {
                let count: Option<usize> = count.to_string().parse().ok();
                count.map(|count| (count, count))
            }
            ScalarOr::Keyed(CountEntry { at_least: None, at_most: None }) => None,
            ScalarOr::Keyed(range) => {
                Some((range.at_least.unwrap_or(0), range.at_most.unwrap_or(usize::MAX)))
            }
        };
        range.filter(|(least, most)| least <= most).ok_or_else(|| {
            let help = "a whole number, or `{ at-least: 1, at-most: 3 }`";
            self.file.error(entry, "this is no count of arguments", "not a count").with_help(help)
        })
    }

    fn test(&self, at: &Spanned<String>, test: &ScalarOr<TestEntry>) -> Result<Test, DataError> {
        Ok(match test {
            ScalarOr::Scalar(Scalar::Text(word)) => match word.as_str() {
                "given" => Test::Given,
                "missing" => Test::Missing,
                "function" => Test::Function,
                "string" => Test::Text,
                "object" => Test::Object,
                _ => Test::Is(Scalar::Text(word.clone())),
            },
            ScalarOr::Scalar(value) => Test::Is(value.clone()),
            ScalarOr::Keyed(TestEntry { is, matches, written, new, export }) => {
                let tests = [
                    is.clone().map(Test::Is),
                    matches
                        .as_ref()
                        .map(|pattern| self.file.pattern(pattern).map(Test::Matches))
                        .transpose()?,
                    written
                        .as_ref()
                        .map(|pattern| self.file.pattern(pattern).map(Test::Written))
                        .transpose()?,
                    new.as_ref().map(|export| Test::New(export.value.clone())),
                    export.as_ref().map(|export| Test::Export(export.value.clone())),
                ];
                let mut tests = tests.into_iter().flatten();
                let (Some(test), None) = (tests.next(), tests.next()) else {
                    let message = "a test says one of `is`, `matches`, `written`, `new` and `export`";
                    return Err(self.file.error(at, message, "of this value"));
                };
                test
            }
        })
    }
}
