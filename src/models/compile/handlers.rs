//! Compiles the functions that a library runs: those that a call is handed (`runs`), and those told by how they are declared
//! (`handlers`).
//!
//! Owns: what both share: their parameters, and how what arrives is acknowledged. Does not own: the call that is handed one (`calls`).

use super::{Scope, count, texts};
use crate::data::{DataError, Pairs, Scalar, Several, Spanned};
use crate::models::schema::{AckMode, HandlerEntry, RunsEntry};
use crate::models::{Handler, Path, RunId, RunKind, Runs};

/// What `runs` and `handlers` entries share.
struct RunShape<'a> {
    ack: Option<AckMode>,
    message: Option<&'a Spanned<Scalar>>,
    params: &'a Pairs<Spanned<String>>,
    acks: &'a Several,
    nacks: &'a Several,
}

impl Scope<'_, '_> {
    pub(super) fn runs(&mut self, entry: &RunsEntry) -> Result<RunId, DataError> {
        let at = Some(self.path(&entry.at)?);
        let under =
            entry.under.as_ref().map(|role| self.compiler.roles.resolve(self.file, role)).transpose()?;
        let shape = RunShape {
            ack: entry.ack,
            message: entry.message.as_ref(),
            params: &entry.params,
            acks: &entry.acks,
            nacks: &entry.nacks,
        };
        let run = Runs {
            at,
            library: self.library,
            kind: entry.kind,
            takes: entry.takes,
            under,
            ..self.shape(&shape)?
        };
        Ok(self.push_run(run))
    }

    pub(super) fn handler(&mut self, entry: &Spanned<HandlerEntry>) -> Result<(), DataError> {
        let (at, entry) = (entry, &entry.value);
        let shapes = [&entry.decorator, &entry.method, &entry.params, &entry.exported, &entry.types];
        if entry.extends.is_none() && shapes.iter().all(|shape| shape.0.is_empty()) {
            let message =
                "a handler is told by `decorator`, `method`, `params`, `extends`, `exported` or `type`";
            return Err(self.file.error(at, message, "by none of them"));
        }
        if entry.kind.is_none() && entry.under.is_none() {
            return Err(self.file.error(at, "a handler needs `as` or `under`", "it has neither"));
        }
        let shape = RunShape {
            ack: entry.ack,
            message: entry.message.as_ref(),
            params: &entry.receivers,
            acks: &entry.acks,
            nacks: &entry.nacks,
        };
        let kind = entry.kind.unwrap_or(RunKind::Event);
        let under =
            entry.under.as_ref().map(|role| self.compiler.roles.resolve(self.file, role)).transpose()?;
        let run = Runs { kind, under, ..self.shape(&shape)? };
        let run = self.push_run(run);
        let any = |name: String| (name != "_").then_some(name);
        self.compiler.models.handlers.push(Handler {
            decorator: texts(&entry.decorator),
            exported: texts(&entry.exported),
            called: texts(&entry.called),
            types: texts(&entry.types),
            extends: entry.extends.as_ref().map(|name| name.value.clone()),
            method: texts(&entry.method),
            params: entry.params.texts().map(|text| any(text.value)).collect(),
            run,
        });
        Ok(())
    }

    fn shape(&self, shape: &RunShape<'_>) -> Result<Runs, DataError> {
        let mut params = Vec::new();
        for (path, receiver) in &shape.params.0 {
            let parsed =
                Path::parse(&path.value).map_err(|problem| self.file.error(path, problem, "not a path"))?;
            params.push((parsed, self.receiver(receiver)?));
        }
        let texts = |several: &Several| several.texts().map(|text| text.value).collect();
        Ok(Runs {
            at: None,
            takes: None,
            library: self.library,
            kind: RunKind::Event,
            ack: shape.ack,
            message: shape.message.map(|path| self.path(path)).transpose()?,
            params,
            under: None,
            acks: texts(shape.acks),
            nacks: texts(shape.nacks),
        })
    }

    fn push_run(&mut self, run: Runs) -> RunId {
        let id = RunId(count(&self.compiler.models.runs));
        self.compiler.models.runs.push(run);
        id
    }
}
