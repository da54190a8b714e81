//! Small typed ids into the arenas of one file's [`super::Facts`], and typed ranges over them.

use std::marker::PhantomData;
use std::num::NonZeroU32;
use std::ops::Range;

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $id:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $id(NonZeroU32);

        impl $id {
            /// The id of the arena's `index`th element. Arenas hold under 2³² elements: files are bounded far below that.
            #[expect(clippy::cast_possible_truncation, reason = "file size is bounded below 4 GiB")]
            pub const fn from_index(index: usize) -> Self {
                // One more than the position, so that none is zero and an absent id takes no room.
                Self(NonZeroU32::MIN.saturating_add(index as u32))
            }

            /// Its position in the arena.
            pub const fn index(self) -> usize {
                self.0.get() as usize - 1
            }
        }
    )*};
}

ids! {
    /// Interned text.
    Name;
    /// An expression.
    ExprId;
    /// A statement.
    StmtId;
    /// A binding.
    BindId;
    /// A variable.
    VarId;
    /// A function, method, closure or module body.
    FuncId;
    /// A class, struct, interface, alias or enum.
    TypeDefId;
    /// A type annotation.
    TypeRefId;
    /// A lexical scope, while a file is being lowered.
    ScopeId;
}

/// A run of elements in an arena.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct List<T> {
    start: u32,
    len: u32,
    #[serde(skip)]
    of: PhantomData<fn() -> T>,
}

impl<T> List<T> {
    /// The elements from `start` up to, not including, `end`.
    #[expect(clippy::cast_possible_truncation, reason = "file size is bounded below 4 GiB")]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, len: (end - start) as u32, of: PhantomData }
    }

    /// No elements.
    pub const fn empty() -> Self {
        Self::new(0, 0)
    }

    /// The range to index the arena with.
    pub const fn range(self) -> Range<usize> {
        self.start as usize..self.start as usize + self.len as usize
    }

    /// How many there are.
    pub const fn len(self) -> usize {
        self.len as usize
    }

    /// Whether there are none.
    pub const fn is_empty(self) -> bool {
        self.len == 0
    }
}

impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for List<T> {}
impl<T> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        self.start == other.start && self.len == other.len
    }
}
impl<T> Eq for List<T> {}
impl<T> std::fmt::Debug for List<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[{}..{}]", self.start, self.start + self.len)
    }
}
