//! Compiles what is registered for injection: by calls, and by object literals.
//!
//! Owns: under what it is registered, and what is given for it. Does not own: who asks for it (`injects`).

use super::Scope;
use crate::data::{DataError, Scalar, Spanned};
use crate::models::schema::ProvidesEntry;
use crate::models::{Giving, ProvidedObject, Provides, TokenAt};
use crate::source::Ecosystem;

impl Scope<'_, '_> {
    /// What a call registers.
    pub(super) fn provides(&self, entry: &Spanned<ProvidesEntry>) -> Result<Provides, DataError> {
        let ProvidesEntry { token, member, names_of, .. } = &entry.value;
        let token = match (token, member, names_of) {
            (Some(path), None, None) => TokenAt::Path(self.path(path)?),
            (None, Some(path), None) => TokenAt::Member(self.path(path)?),
            (None, None, Some(path)) => TokenAt::NamesOf(self.path(path)?),
            _ => {
                let message = "what is provided has one of `token`, `member` and `names-of`";
                return Err(self.file.error(entry, message, "under what?"));
            }
        };
        match (Self::given(&entry.value).as_slice(), &token) {
            ([(path, giving)], TokenAt::Path(_) | TokenAt::Member(_)) => {
                Ok(Provides { token, at: Some(self.path(path)?), giving: *giving })
            }
            ([], TokenAt::NamesOf(_)) => Ok(Provides { token, at: None, giving: Giving::Value }),
            (_, TokenAt::NamesOf(_)) => {
                let message = "with `names-of`, the properties are the values";
                Err(self.file.error(entry, message, "needs no value"))
            }
            _ => Err(self.no_value(entry)),
        }
    }

    /// An object literal that registers something.
    pub(super) fn provided_object(
        &self,
        entry: &Spanned<ProvidesEntry>,
        ecosystem: Ecosystem,
    ) -> Result<ProvidedObject, DataError> {
        let ProvidesEntry { token: Some(token), member: None, names_of: None, .. } = &entry.value else {
            let message = "an object that provides something has a `token` and no `member` or `names-of`";
            return Err(self.file.error(entry, message, "this object"));
        };
        let [(value, giving)] = Self::given(&entry.value)[..] else { return Err(self.no_value(entry)) };
        let (token, value) = (token.value.to_string(), value.value.to_string());
        Ok(ProvidedObject { ecosystem, token, value, giving })
    }

    fn no_value(&self, entry: &Spanned<ProvidesEntry>) -> DataError {
        let message = "what is provided has one of `value`, `made-by` and `instance-of`";
        self.file.error(entry, message, "what?")
    }

    fn given(entry: &ProvidesEntry) -> Vec<(&Spanned<Scalar>, Giving)> {
        let given = [
            (&entry.value, Giving::Value),
            (&entry.made_by, Giving::MadeBy),
            (&entry.instance_of, Giving::InstanceOf),
        ];
        given.into_iter().filter_map(|(path, giving)| Some((path.as_ref()?, giving))).collect()
    }
}
