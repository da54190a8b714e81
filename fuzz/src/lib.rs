//! The properties that the fuzz targets try; they are those of the ordinary tests.

#[path = "../../tests/properties/hold/mod.rs"]
mod hold;

/// Panics where the property of a target does not hold of an input.
pub fn hold(target: &str, input: &[u8]) {
    hold::named(target)(input);
}
