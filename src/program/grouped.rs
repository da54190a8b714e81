//! Lists by a small number, in one piece of memory.

/// A list for each number below a bound.
#[derive(Debug)]
pub(super) struct Grouped<T> {
    /// Where the list of each number begins; one more than there are numbers.
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T> Default for Grouped<T> {
    fn default() -> Self {
        Self { starts: vec![0], items: Vec::new() }
    }
}

impl<T: Copy> Grouped<T> {
    /// Puts items under their numbers, all below `bound`; each list keeps their order.
    #[expect(clippy::cast_possible_truncation, reason = "as many as there are ids")]
    pub(super) fn of(bound: usize, pairs: &[(usize, T)]) -> Self {
        let mut starts = vec![0u32; bound + 1];
        for (number, _) in pairs {
            starts[number + 1] += 1;
        }
        for number in 0..bound {
            starts[number + 1] += starts[number];
        }
        // Sorting positions by number, stably, is counting.
        let mut next = starts.clone();
        let mut order = vec![0u32; pairs.len()];
        for (position, (number, _)) in pairs.iter().enumerate() {
            order[next[*number] as usize] = position as u32;
            next[*number] += 1;
        }
        let items = order.into_iter().map(|position| pairs[position as usize].1).collect();
        Self { starts, items }
    }

    /// The list of a number.
    pub(super) fn get(&self, number: usize) -> &[T] {
        match (self.starts.get(number), self.starts.get(number + 1)) {
            (Some(start), Some(end)) => &self.items[*start as usize..*end as usize],
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_keep_their_order() {
        let grouped = Grouped::of(4, &[(2, 'a'), (0, 'b'), (2, 'c'), (3, 'd')]);
        let lists: Vec<String> = (0..5).map(|number| grouped.get(number).iter().collect()).collect();
        assert_eq!(lists, ["b", "", "ac", "d", ""]);
        assert!(Grouped::<u8>::default().get(0).is_empty());
    }
}
