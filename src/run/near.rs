//! Which change is near to a place: in the same function, or in one that is called from there or calls it.
//!
//! Owns: the functions that changed, and those around them in the call graph. Does not own: which lines changed (`changes`), or
//! which findings a change exposes (`changed`).

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use crate::engine;
use crate::facts::FuncId;
use crate::finding::Place;
use crate::program::{Program, View};
use crate::source::Span;

/// How many calls away a change is looked for; as far as the longest way from a finding to its cause.
const MAX_CALLS: u32 = 6;

/// The lines of a file that changed.
pub(super) struct Touched {
    /// The position of the file in the report.
    pub(super) file: usize,
    /// For each edit, its lines, each with an offset that tells which function it is in.
    pub(super) edits: Vec<Vec<(Span, u32)>>,
}

/// Something that changed: a function, or an edit outside functions.
pub(super) struct Spot {
    /// Its first line that changed.
    pub(super) place: Place,
    /// The name of the function; empty outside.
    pub(super) symbol: String,
    /// Whether it is in a function.
    in_function: bool,
}

/// A function near to a spot.
struct Reached {
    span: Span,
    spot: usize,
    distance: u32,
}

/// What changed in one language family, and what is near to it.
#[derive(Default)]
pub(super) struct Near {
    pub(super) spots: Vec<Spot>,
    reached: FxHashMap<usize, Vec<Reached>>,
}

impl Near {
    /// Finds what is near; `positions` says where each file of the program stands in the report.
    pub(super) fn of(program: &Program<'_>, positions: &[usize], touched: &[Touched]) -> Self {
        let files: FxHashMap<usize, usize> =
            positions.iter().enumerate().map(|(file, position)| (*position, file)).collect();
        let mut near = Self::default();
        let mut open: VecDeque<(FuncId, usize, u32)> = VecDeque::new();
        for touched in touched {
            let Some(file) = files.get(&touched.file) else { continue };
            let view = View::of(program, *file);
            let mut seen: Vec<FuncId> = Vec::new();
            for edit in &touched.edits {
                let mut outside = false;
                for (line, offset) in edit {
                    let function = around(&view, *offset);
                    let known = if program.is_module(function) { outside } else { seen.contains(&function) };
                    if known {
                        continue;
                    }
                    let in_function = !program.is_module(function);
                    if in_function {
                        seen.push(function);
                        open.push_back((function, near.spots.len(), 0));
                    } else {
                        outside = true;
                    }
                    let place = Place { file: touched.file, span: *line };
                    near.spots.push(Spot { place, symbol: engine::symbol(&view, function), in_function });
                }
            }
        }
        near.reach(program, positions, open);
        near
    }

    fn reach(
        &mut self,
        program: &Program<'_>,
        positions: &[usize],
        mut open: VecDeque<(FuncId, usize, u32)>,
    ) {
        let mut seen: FxHashMap<FuncId, usize> = FxHashMap::default();
        while let Some((function, spot, distance)) = open.pop_front() {
            if seen.contains_key(&function) || program.is_module(function) {
                continue;
            }
            seen.insert(function, spot);
            let file = positions[program.file_of(function)];
            let span = program.facts.function(function).span;
            self.reached.entry(file).or_default().push(Reached { span, spot, distance });
            if distance == MAX_CALLS {
                continue;
            }
            let callers = program.calls_that_run(function).iter().map(|call| program.home(*call));
            let callees = program.calls_of(function).iter().flat_map(|call| program.run_by(*call)).copied();
            let parent = program.facts.function(function).parent;
            open.extend(callers.chain(parent).chain(callees).map(|next| (next, spot, distance + 1)));
        }
    }

    /// The spot near to a place, and how many calls away it is.
    fn around(&self, place: Place) -> Option<(usize, u32)> {
        let holds = |reached: &&Reached| reached.span.contains(place.span);
        let inner =
            self.reached.get(&place.file)?.iter().filter(holds).min_by_key(|reached| reached.span.len());
        inner.map(|reached| (reached.spot, reached.distance))
    }

    /// The spot outside functions that is nearest in a file.
    fn outside(&self, place: Place) -> Option<usize> {
        let own = (0..self.spots.len())
            .filter(|spot| !self.spots[*spot].in_function && self.spots[*spot].place.file == place.file);
        own.min_by_key(|spot| self.spots[*spot].place.span.start.abs_diff(place.span.start))
    }

    /// The spot that most likely is why something is so of these places, the first of which is told of; and whether it is in the
    /// function around that.
    pub(super) fn cause(&self, places: &[Place]) -> Option<(&Spot, bool)> {
        let own = places.first().and_then(|place| self.around(*place));
        if let Some((spot, 0)) = own {
            return Some((&self.spots[spot], true));
        }
        let within =
            places.iter().find_map(|place| self.around(*place).filter(|(_, distance)| *distance == 0));
        let outside = || places.iter().find_map(|place| self.outside(*place));
        let near =
            || places.iter().filter_map(|place| self.around(*place)).min_by_key(|(_, distance)| *distance);
        let spot = within.map(|(spot, _)| spot);
        let spot = spot
            .or_else(|| own.map(|(spot, _)| spot))
            .or_else(outside)
            .or_else(|| near().map(|(spot, _)| spot));
        // A change of one file is the cause, even if nobody sees how.
        let file = self.spots.first()?.place.file;
        let alone = self.spots.iter().all(|spot| spot.place.file == file).then_some(0);
        spot.or(alone).map(|spot| (&self.spots[spot], false))
    }
}

/// The innermost function around an offset; the file itself outside of all.
fn around(view: &View<'_>, offset: u32) -> FuncId {
    let at = Span::new(offset, offset);
    let holds = |function: &FuncId| {
        let info = view.facts.function(*function);
        !view.is_module(*function) && info.span.contains(at) && offset < info.span.end
    };
    let inner =
        view.functions().filter(holds).min_by_key(|function| view.facts.function(*function).span.len());
    inner.unwrap_or_else(|| view.part().module())
}
