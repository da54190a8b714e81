//! What a run looked at and what it could not see, in numbers.
//!
//! Owns: the numbers, and adding them up. Does not own: counting (`program::coverage`).

use serde::{Deserialize, Serialize};

/// Numbers that add up over files.
macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl std::ops::AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                $(self.$field += other.$field;)*
            }
        }
    )*};
}

numbers! {
    /// What a run looked at and what it could not see.
    Coverage {
        /// Functions analysed.
        functions: usize,
        /// Functions that touch something the parser could not understand.
        functions_damaged: usize,
        /// What is imported.
        imports: ImportCoverage,
        /// Calls.
        calls: CallCoverage,
        /// Calls on objects of libraries that have a model.
        receivers: ReceiverCoverage,
        /// Arguments of calls with a role.
        options: OptionCoverage,
    }
    /// Imports, one for each name.
    ImportCoverage {
        /// Of libraries and the platform.
        of_libraries: usize,
        /// Of the tree: the sum of what follows.
        of_tree: usize,
        /// Led to what they mean.
        resolved: usize,
        /// There is no such file.
        no_file: usize,
        /// The file is not looked at: a test, a generated file, one that could not be read.
        not_read: usize,
        /// The file is there, but exports no such thing that could be seen.
        no_export: usize,
    }
    /// Calls by what they call.
    CallCoverage {
        /// All of them: the sum of what follows but `with_role`.
        seen: usize,
        /// Those that a model gave a role.
        with_role: usize,
        /// Functions and classes of the tree.
        of_tree: usize,
        /// Libraries, known by their import or by a model.
        of_libraries: usize,
        /// What the language itself provides, and methods of literals.
        of_platform: usize,
        /// Something of the tree that was not found.
        not_found: usize,
        /// A function that was handed in and that no caller in sight tells of.
        parameter: usize,
        /// A member of a type of the tree that was not found in it.
        member: usize,
        /// A method of something that could not be told.
        receiver: usize,
        /// The result of a computation.
        computed: usize,
    }
    /// Calls with a role on an object, by what the object was told.
    ReceiverCoverage {
        /// It is imported as it is.
        import: usize,
        /// It is made by a call of the library.
        construction: usize,
        /// An annotation says so.
        annotation: usize,
        /// It is injected, or set on another library's object.
        injection: usize,
        /// The library hands it to a function that it runs.
        library: usize,
        /// Its name, or that of the method, alone.
        name: usize,
        /// The same, of a kind that is never told otherwise: any logger, whatever library made it.
        name_of_kind: usize,
    }
    /// Arguments of calls with a role.
    OptionCoverage {
        /// Given, and where was seen.
        read: usize,
        /// It could not be told whether they are given: an opaque object, a spread, a parameter.
        unread: usize,
    }
}

impl ImportCoverage {
    /// Imports of the tree that lead nowhere.
    pub const fn lost(self) -> usize {
        self.no_file + self.no_export
    }
}

impl CallCoverage {
    /// Calls of something that could not be told.
    pub const fn lost(self) -> usize {
        self.not_found + self.parameter + self.member + self.receiver + self.computed
    }
}
