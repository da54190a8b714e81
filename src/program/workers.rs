//! Doing the same for many files, side by side.
//!
//! Owns: the contract. Does not own: threads (`run`).

use std::sync::{Mutex, PoisonError};

/// Does work for each of `count` files, in any order, on any threads; one that panics is reported by whoever implements this
/// and does not keep the others from being done.
pub trait Workers: Sync {
    /// Calls `work` with every number below `count`.
    fn each(&self, count: usize, work: &(dyn Fn(usize) + Sync));

    /// Hears which stage of linking begins, for whoever wants to know where the time goes.
    fn stage(&self, _name: &'static str) {}
}

/// One after the other, on this thread.
#[derive(Debug)]
pub struct InOrder;

impl Workers for InOrder {
    fn each(&self, count: usize, work: &(dyn Fn(usize) + Sync)) {
        (0..count).for_each(work);
    }
}

/// What `work` gives for each number, in order; the default for one that panicked.
pub(crate) fn map<T: Send + Default>(
    workers: &dyn Workers,
    count: usize,
    work: impl Fn(usize) -> T + Sync,
) -> Vec<T> {
    let slots: Vec<Mutex<T>> = (0..count).map(|_| Mutex::default()).collect();
    workers.each(count, &|index| {
        let made = work(index);
        *slots[index].lock().unwrap_or_else(PoisonError::into_inner) = made;
    });
    slots.into_iter().map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner)).collect()
}
