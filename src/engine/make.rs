//! Makes findings of matches.

use std::sync::Arc;

use crate::finding::{Evidence, Finding, Identity, Place};
use crate::program::flow::{EXIT, NodeId, NodeKind};
use crate::rules::{Rule, Shown};
use crate::source::Span;

use super::steps::{Found, Search};

/// The finding of a match; none when the place to report does not exist.
pub(super) fn finding(search: &Search<'_, '_>, rule: &Rule, found: &Found) -> Option<Finding> {
    let report = &search.matching.report;
    let at = as_written(search, found).or_else(|| shown(search, found, report.at))?;
    let mut evidence: Vec<Evidence> = Vec::new();
    lead_on(search, found, report.at, &mut evidence);
    for (shown_place, label) in &report.labels {
        let Some(place) = shown(search, found, *shown_place) else { continue };
        if place != at && !evidence.iter().any(|known| known.place == place) {
            evidence.push(Evidence { place, label: search.said(label, &found.steps) });
        }
        lead_on(search, found, *shown_place, &mut evidence);
    }
    lead_there(search, found, &mut evidence);
    let making = match report.at {
        Shown::MakingOf(step) => making(search, &found.steps[step]),
        _ => None,
    };
    let around = making
        .or_else(|| found.steps.iter().find_map(super::events::Event::call))
        .map_or(search.root().function, |call| search.program.home(call));
    Some(Finding {
        rule: Arc::clone(&rule.info),
        confidence: found.confidence,
        message: report
            .message
            .as_ref()
            .map_or_else(|| rule.info.summary.clone(), |message| search.said(message, &found.steps)),
        primary: at,
        label: report.label.as_ref().map(|label| search.said(label, &found.steps)),
        evidence,
        gathers: making.is_some(),
        cause: cause(search, found),
        notes: found.notes.iter().map(|note| (*note).to_owned()).collect(),
        symbol: super::symbol(search.program, around),
        identity: Identity::default(),
    })
}

/// What several findings may have in common: where the reported step really happens, when a function that is called does it; the
/// file, when a client is to be reported and the calls have none of their own.
fn cause(search: &Search<'_, '_>, found: &Found) -> Option<Place> {
    match search.matching.report.at {
        Shown::Step(step) => {
            let event = &found.steps[step];
            event.via.and(event.expr).map(|call| search.program.call_place(call))
        }
        // Nothing of the tree's own stands between the calls and the library: all of a file are as the library has them.
        Shown::MakingOf(step) if making(search, &found.steps[step]).is_none() => {
            let file = found.steps[step].place.file;
            Some(Place { file, span: Span::default() })
        }
        _ => None,
    }
}

/// Where the step to report is written, when a function that is called does it and the rule says that the fault is there.
fn as_written(search: &Search<'_, '_>, found: &Found) -> Option<Place> {
    let report = &search.matching.report;
    let Shown::Step(step) = report.at else { return None };
    let event = &found.steps[step];
    if !report.as_written || event.via.is_none() || search.is_generated(event) {
        return None;
    }
    // A caller that hands over what is wrong is at fault itself.
    let step = &search.matching.steps[step];
    let said_by = search.lock_given_back_by(step, event).or_else(|| search.said_by(step, event))?;
    Some(search.program.call_place(said_by))
}

/// Where a step of a function that is called really happens: every call on the way, and the place itself.
fn lead_on(search: &Search<'_, '_>, found: &Found, place: Shown, evidence: &mut Vec<Evidence>) {
    let Shown::Step(step) = place else { return };
    let event = &found.steps[step];
    let (Some(_), Some(expr)) = (event.via, event.expr) else { return };
    let program = search.program;
    let calls = program.calls_to(search.root().function, expr);
    let inner = calls.iter().skip(1).map(|(call, _)| *call);
    let names = calls.iter().map(|(_, callee)| super::symbol(program, *callee));
    for (place, name) in inner.chain([expr]).zip(names) {
        let place = program.call_place(place);
        if !evidence.iter().any(|known| known.place == place) {
            evidence.push(Evidence { place, label: format!("by this in `{name}`") });
        }
    }
}

/// The calls that lead from what arrives to the match, the first first.
fn lead_there(search: &Search<'_, '_>, found: &Found, evidence: &mut Vec<Evidence>) {
    let way = found.lead.iter().flat_map(|lead| lead.way.iter().rev());
    for (call, function) in way {
        let place = search.program.call_place(*call);
        if !evidence.iter().any(|known| known.place == place) {
            let label = format!("by this in `{}`", super::symbol(search.program, *function));
            evidence.push(Evidence { place, label });
        }
    }
}

fn shown(search: &Search<'_, '_>, found: &Found, place: Shown) -> Option<Place> {
    match place {
        Shown::Step(step) => Some(found.steps[step].place),
        Shown::Lead => found.lead.as_ref().map(|lead| lead.event.place),
        Shown::DeclarationOf(step) => search.declaration(&found.steps[step]),
        Shown::ErrorOf(step) => error_place(search, found, step),
        Shown::SubscriptionOf(step) => Some(subscription(search, &found.steps[step])),
        Shown::ForkOf(step) => {
            let node = found.steps[step].nodes.first()?;
            search.root().flow.context(*node).fork
        }
        Shown::ExhaustionOf(step) => {
            let (test, _) = *search.exhaustions(&found.steps[step]).first()?;
            Some(search.root().flow.node(test).place)
        }
        Shown::PauseOf(step) => {
            let event = &found.steps[step];
            Some(search.repeat(event).and_then(|repeat| repeat.wait).unwrap_or(event.place))
        }
        Shown::GrowthOf(step) => search.repeat(&found.steps[step])?.unused_growth,
        Shown::InnerOf(step) => {
            let event = &found.steps[step];
            search.inner(event, &search.repeat(event)?).map(|inner| inner.place)
        }
        Shown::AgainOf(step) => search.repeat(&found.steps[step])?.again,
        Shown::Way(way) => {
            let node = *found.ways.get(way)?;
            Some(if node == EXIT {
                search.program.head(search.root().function)
            } else {
                search.root().flow.node(node).place
            })
        }
        Shown::MakingOf(step) => {
            let event = &found.steps[step];
            let made = making(search, event).or_else(|| first_value(search, event));
            Some(made.map_or(event.place, |made| search.program.call_place(made)))
        }
        Shown::HandedBy(step) => {
            let (step, event) = (&search.matching.steps[step], &found.steps[step]);
            let home = |expr| search.program.root_of(search.program.home(expr));
            let here = search.handed_by(step, event).filter(|by| home(*by) == search.root().function);
            Some(here.map_or(event.place, |by| search.program.call_place(by)))
        }
        Shown::PartingOf(step) => parting(search, found, step),
        Shown::ArgumentOf(step, arg) => {
            let event = &found.steps[step];
            // What arrives without a call was asked for by the call that subscribed to it.
            if event.expr.is_none() {
                return search.given_to(subscribing(search, event)?, arg);
            }
            Some(search.given_at(event, arg).unwrap_or(event.place))
        }
        Shown::TestOf(step) => {
            let event = &found.steps[step];
            let test = found.steps[..step].iter().rev().find_map(|other| search.test_of(event, other))?;
            Some(search.root().flow.node(test).place)
        }
    }
}

/// Where a function that is called leads to a step, and apart from that to one that the step stands in order with; the step
/// itself where this function brings the two together. None where the call to the step does both by itself: the other was done
/// by another call, perhaps on another way, and this one is found too.
fn parting(search: &Search<'_, '_>, found: &Found, step: usize) -> Option<Place> {
    let event = &found.steps[step];
    let others = || search.matching.steps[step].relations.iter().map(|(_, of)| &found.steps[*of]);
    if let Some((_, _, call)) = others().find_map(|other| search.parting(other, event)) {
        return Some(search.program.call_place(call));
    }
    let does = |other: &super::events::Event| {
        let (Some(via), Some(done)) = (event.via, other.expr) else { return false };
        other.via.is_some() && !search.program.calls_through(via, done).is_empty()
    };
    (!others().any(does)).then_some(event.place)
}

/// Where what an event is called on was made, in the tree.
fn making(search: &Search<'_, '_>, event: &super::events::Event) -> Option<crate::facts::ExprId> {
    search.program.made_first(search.program.role_use(event.expr?)?)
}

/// What a field that holds a collection (`s.byKey[k] = v`) is set to, where that is one thing.
fn first_value(search: &Search<'_, '_>, event: &super::events::Event) -> Option<crate::facts::ExprId> {
    let used = search.program.role_use(event.expr?)?;
    search.program.single_value(used.on.filter(|_| used.entry.is_none())?)
}

/// Where what an event receives was subscribed to; the event itself where that is not in the file.
fn subscription(search: &Search<'_, '_>, event: &super::events::Event) -> Place {
    subscribing(search, event).map_or(event.place, |call| search.program.call_place(call))
}

/// The call by which what an event receives without one was subscribed to.
fn subscribing(search: &Search<'_, '_>, event: &super::events::Event) -> Option<crate::facts::ExprId> {
    let program = search.program;
    if event.expr.is_some() {
        return None;
    }
    if let Some(call) = program.handler(search.root().function).and_then(|handler| handler.call)
        && event.nodes.contains(&crate::program::flow::ENTRY)
    {
        return Some(call);
    }
    let over = event.nodes.iter().find_map(|node| match search.root().flow.node(*node).kind {
        NodeKind::Item(over) => Some(over),
        _ => None,
    });
    match over.map(|over| program.entity(over).entity) {
        Some(crate::program::Entity::Object { made, .. }) => made,
        _ => None,
    }
}

/// Where a step's failure is dealt with.
fn error_place(search: &Search<'_, '_>, found: &Found, step: usize) -> Option<Place> {
    let flow = search.root().flow;
    let is_catch = |id: NodeId| flow.node(id).kind == NodeKind::Catch;
    // An exception lands in a `catch`, an error value in the branch of its test: also that of a callback, whose call might throw,
    // too.
    let dealt_with = |(from, to): (NodeId, NodeId)| match flow.node(from).kind {
        NodeKind::Test(_) => Some(from),
        _ => flow.reach([to], &|_, _| true, &|_| false, &is_catch),
    };
    let at = search.failures(&found.steps[step]).into_iter().find_map(dealt_with)?;
    Some(flow.node(at).place)
}
