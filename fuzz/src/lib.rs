//! The properties that the fuzz targets try; they are those of the ordinary tests.

#[path = "../../tests/properties/hold/mod.rs"]
pub mod hold;
