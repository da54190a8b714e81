//! The pipeline that a run belongs to, for reviews that tell pipelines apart.
//!
//! Owns: what a CI service says of it in variables. Does not own: how a report tells it (`report::sarif`).

use crate::finding::Pipeline;

/// What Azure Pipelines says of its build; none elsewhere, or where it does not say all that its review asks for.
pub(super) fn of(variable: impl Fn(&str) -> Option<String>) -> Option<Pipeline> {
    let said = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
    if !said("TF_BUILD")?.eq_ignore_ascii_case("true") {
        return None;
    }
    let collection = said("SYSTEM_COLLECTIONURI")?;
    let address = collection.trim_end_matches('/').rsplit_once("://")?.1.to_owned();
    let organization = match address.rsplit_once('/') {
        Some((_, last)) => last,
        // The older form: https://organization.visualstudio.com/
        None => address.split('.').next()?,
    };
    let definition: u64 = said("SYSTEM_DEFINITIONID")?.parse().ok()?;
    let phase = said("SYSTEM_PHASEID")?;
    let parts = [
        organization.to_owned(),
        said("SYSTEM_TEAMPROJECT")?,
        definition.to_string(),
        phase.clone(),
        said("BUILD_SOURCEBRANCH")?,
        said("BUILD_BUILDID")?,
    ];
    Some(Pipeline {
        id: format!("azuredevops/pipeline/build/{}", parts.join("/")),
        definition,
        definition_name: said("BUILD_DEFINITIONNAME")?,
        phase,
        phase_name: said("SYSTEM_PHASENAME")?,
    })
}
