//! Roles: the vocabulary of rules and models, read from `rules/roles.yaml`.

use rustc_hash::FxHashMap;
use serde::Deserialize;

use crate::data::{DataError, DataFile, Pairs, Spanned};

/// A role; compare by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Role(u16);

/// The name of a role's argument, interned over all roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArgName(u16);

/// All roles.
#[derive(Debug, Default)]
pub struct Roles {
    infos: Vec<RoleInfo>,
    by_name: FxHashMap<String, Role>,
    args: Vec<String>,
    arg_by_name: FxHashMap<String, ArgName>,
}

/// What a role means.
#[derive(Debug)]
pub struct RoleInfo {
    /// Its name, `family.verb`.
    pub name: String,
    /// One line.
    pub about: String,
    /// Its arguments.
    pub args: Vec<ArgName>,
    /// What else holds of it.
    pub natures: Vec<Nature>,
}

/// What holds of several roles, whatever rules make of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nature {
    /// It leaves this machine for what others use too.
    Service,
    /// It changes, or asks, the world outside: work that is done for somebody.
    Effect,
    /// It works on copies of what is kept elsewhere, as a cache does.
    Copy,
    /// It looks whether something is there.
    Lookup,
    /// It cannot fail in a way that matters.
    Harmless,
    /// It says what happened to whoever watches the program.
    Note,
    /// It may bound how long something takes.
    Limit,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RolesFile {
    roles: Pairs<RoleEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleEntry {
    about: String,
    args: Vec<String>,
    #[serde(default)]
    is: Vec<Nature>,
}

impl Roles {
    /// Reads the roles.
    ///
    /// # Errors
    /// YAML that does not fit, or more than 65,535 names.
    pub fn read(file: &DataFile) -> Result<Self, DataError> {
        let parsed: RolesFile = file.parse()?;
        let mut roles = Self::default();
        for (name, entry) in parsed.roles.0 {
            let too_many = |_| file.error(&name, "too many roles", "this one");
            let role = Role(u16::try_from(roles.infos.len()).map_err(too_many)?);
            let mut args = Vec::with_capacity(entry.args.len());
            for arg in entry.args {
                args.push(roles.intern(arg).map_err(too_many)?);
            }
            roles.by_name.insert(name.value.clone(), role);
            roles.infos.push(RoleInfo { name: name.value, about: entry.about, args, natures: entry.is });
        }
        Ok(roles)
    }

    fn intern(&mut self, name: String) -> Result<ArgName, std::num::TryFromIntError> {
        if let Some(arg) = self.arg_by_name.get(&name) {
            return Ok(*arg);
        }
        let arg = ArgName(u16::try_from(self.args.len())?);
        self.args.push(name.clone());
        self.arg_by_name.insert(name, arg);
        Ok(arg)
    }

    /// A role by name.
    pub fn get(&self, name: &str) -> Option<Role> {
        self.by_name.get(name).copied()
    }

    /// What a role means.
    pub fn info(&self, role: Role) -> &RoleInfo {
        &self.infos[usize::from(role.0)]
    }

    /// A role's name.
    pub fn name(&self, role: Role) -> &str {
        &self.info(role).name
    }

    /// Whether something holds of a role.
    pub fn is(&self, role: Role, nature: Nature) -> bool {
        self.info(role).natures.contains(&nature)
    }

    /// All roles, in the order of the file.
    pub fn all(&self) -> impl Iterator<Item = &RoleInfo> {
        self.infos.iter()
    }

    /// An argument name, whatever role has it.
    pub fn arg(&self, name: &str) -> Option<ArgName> {
        self.arg_by_name.get(name).copied()
    }

    /// The text of an argument name.
    pub fn arg_name(&self, arg: ArgName) -> &str {
        &self.args[usize::from(arg.0)]
    }

    /// A role, or an error with the nearest one.
    ///
    /// # Errors
    /// When there is no such role.
    pub fn resolve(&self, file: &DataFile, name: &Spanned<String>) -> Result<Role, DataError> {
        self.get(&name.value).ok_or_else(|| {
            let known: Vec<&str> = self.infos.iter().map(|info| info.name.as_str()).collect();
            file.unknown(name, "role", &known)
        })
    }

    /// An argument of one of these roles, or an error with the nearest one.
    ///
    /// # Errors
    /// When none of the roles has it.
    pub fn resolve_arg(
        &self,
        file: &DataFile,
        roles: &[Role],
        name: &Spanned<String>,
    ) -> Result<ArgName, DataError> {
        let known: Vec<ArgName> =
            roles.iter().flat_map(|role| self.info(*role).args.iter().copied()).collect();
        self.arg(&name.value).filter(|arg| known.contains(arg)).ok_or_else(|| {
            if known.is_empty() {
                let message = format!("there is no argument `{}`", name.value);
                return file.error(name, message, "nothing here has arguments");
            }
            let names: Vec<&str> = known.iter().map(|arg| self.arg_name(*arg)).collect();
            file.unknown(name, "argument", &names)
        })
    }
}
