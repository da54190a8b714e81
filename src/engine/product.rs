//! How often a call is made in all, where retries stand within retries, and how long that takes at most.
//!
//! Owns: the arguments `total` and `product`, which no model gives. Does not own: what a repetition is (`repeats`), or the
//! limit of one attempt (`numbers`).

use crate::data::Scalar;
use crate::facts::ExprId;
use crate::models::ArgName;
use crate::program::deadlines::limits::Limit;
use crate::program::{Arg, RoleUse};

use super::events::{Event, Root};
use super::repeats::Repeat;
use super::roots::Roots;
use super::steps::Search;

/// One layer of attempts.
#[derive(Clone, Copy, Debug)]
struct Layer {
    /// How many, the first included, if that is known.
    count: Option<u32>,
    /// How many nanoseconds lie between two of them at least.
    pause: f64,
}

impl Layer {
    fn of_repeat(repeat: &Repeat) -> Self {
        Self { count: repeat.count, pause: repeat.pause_time.unwrap_or(0.0) }
    }
}

impl Search<'_, '_> {
    /// Whether an argument is how long a call may take with all its attempts.
    pub(super) fn is_total(&self, arg: ArgName) -> bool {
        self.program.roles.arg_name(arg) == "total"
    }

    /// Whether an argument is how often a call is made in all.
    pub(super) fn is_product(&self, arg: ArgName) -> bool {
        self.program.roles.arg_name(arg) == "product"
    }

    /// The nanoseconds that a call may take with all its attempts: no less than this, and none if a number is not known.
    /// What lies between attempts grows in ways that are not followed: its first time counts.
    pub(super) fn total(&self, event: &Event) -> Option<f64> {
        let used = self.program.role_use(event.expr?)?;
        let Limit::After(Some(limit)) = self.limit(event, used) else { return None };
        let layers = self.layers(event);
        if layers.is_empty() {
            return None;
        }
        layers.iter().rev().try_fold(limit, |inner, layer| {
            let count = f64::from(layer.count?);
            Some(inner * count + layer.pause * (count - 1.0))
        })
    }

    /// How often a call may be made, if all numbers are known.
    pub(super) fn product(&self, event: &Event) -> Option<f64> {
        Some(self.counts(event)?.into_iter().map(f64::from).product())
    }

    /// `up to 3 x 5 = 15 calls`, where all numbers are known.
    pub(super) fn say_product(&self, event: &Event) -> String {
        match self.counts(event) {
            Some(counts) if counts.len() > 1 => {
                let product: f64 = counts.iter().copied().map(f64::from).product();
                let factors: Vec<String> = counts.iter().map(u32::to_string).collect();
                format!("up to {} = {product} calls", factors.join(" x "))
            }
            _ => "attempts multiply".to_owned(),
        }
    }

    fn counts(&self, event: &Event) -> Option<Vec<u32>> {
        self.layers(event).iter().map(|layer| layer.count).collect()
    }

    /// The layers of attempts around a call and within it, from the outside in.
    fn layers(&self, event: &Event) -> Vec<Layer> {
        let mut layers = event.call().map(|call| self.libraries_around(call)).unwrap_or_default();
        let repeat = self.repeat(event);
        layers.extend(repeat.as_ref().map(Layer::of_repeat));
        let used = event.expr.and_then(|expr| self.program.role_use(expr));
        let own = used.and_then(|used| self.library(event, used));
        let inner = repeat.filter(|_| own.is_none()).and_then(|repeat| self.inner(event, &repeat));
        match inner {
            Some(inner) => layers.push(Layer { count: inner.count, pause: 0.0 }),
            None => layers.extend(self.within_helper(event)),
        }
        layers.extend(own);
        layers
    }

    /// The retries of libraries that a call runs under.
    fn libraries_around(&self, call: ExprId) -> Vec<Layer> {
        let retry = self.program.roles.get("retry.run");
        let around = self.program.climb(call).filter_map(|around| self.program.role_use(around));
        let mut layers: Vec<Layer> = around
            .filter(|used| Some(used.role) == retry)
            .filter_map(|used| self.layer(used, &|arg| self.program.arg(used, arg)))
            .collect();
        layers.reverse();
        layers
    }

    /// The layers in a function that is called and makes the call.
    fn within_helper(&self, event: &Event) -> Vec<Layer> {
        let (Some(expr), Some(_)) = (event.expr, event.via) else { return Vec::new() };
        let mut layers = self.libraries_around(expr);
        let Some(root) = Root::of(self.program, self.program.outermost(self.program.home(expr))) else {
            return layers;
        };
        let roots = Roots::one(root);
        let search = Search { roots: &roots, root: 0, ..*self };
        let own = roots[0].events.iter().find(|own| own.expr == Some(expr) && own.via.is_none());
        layers.extend(own.and_then(|own| search.repeat(own)).as_ref().map(Layer::of_repeat));
        layers
    }

    /// The attempts of a retry that a library makes, the first included.
    pub(super) fn library_count(&self, event: &Event) -> Option<u32> {
        let used = event.expr.and_then(|expr| self.program.role_use(expr))?;
        self.library(event, used)?.count
    }

    fn library(&self, event: &Event, used: &RoleUse) -> Option<Layer> {
        self.layer(used, &|arg| self.value_of(event, used, arg))
    }

    /// The attempts that a call makes by itself; none if it makes but one.
    fn layer(&self, used: &RoleUse, value: &dyn Fn(ArgName) -> Arg) -> Option<Layer> {
        let arg = |name: &str| self.program.roles.arg(name).map_or(Arg::Missing, value);
        let attempts = arg("attempts");
        if matches!(attempts, Arg::Missing) && self.program.roles.name(used.role) != "retry.run" {
            return None;
        }
        let first = u32::from(matches!(arg("after-first"), Arg::Always(Scalar::Bool(true))));
        let count = self.constant_of(&attempts).and_then(whole).map(|count| count + first);
        let pause = self.constant_of(&arg("delay")).unwrap_or(0.0);
        (count != Some(1)).then_some(Layer { count, pause })
    }
}

/// A number of attempts: small, and no fraction.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be small and no less than zero"
)]
fn whole(number: f64) -> Option<u32> {
    ((0.0..1000.0).contains(&number) && number.fract() == 0.0).then_some(number as u32)
}
