//! Files that a package has a person start: what `package.json` names under `scripts` for building, releasing and their like.
//!
//! Owns: reading such a command. Does not own: which words tell one (`rules/code.yaml`).

use rustc_hash::FxHashSet;
use serde_json::Value;

/// How the names of files end that a runner is handed.
const ENDS: [&str; 6] = [".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"];

/// The files, as the manifest writes them, that commands with one of these words in their names run - but not what another command
/// runs as well, or what the package names as its entry: a server that writes its documentation when it is asked to is no script.
pub(super) fn files<'m>(
    manifest: &'m Value,
    words: &FxHashSet<String>,
    runners: &FxHashSet<String>,
) -> Vec<&'m str> {
    let commands = || manifest.get("scripts").and_then(Value::as_object).into_iter().flatten();
    let is_by_hand = |name: &str| {
        name.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| words.contains(word))
    };
    let run = |by_hand: bool| {
        commands()
            .filter(move |(name, _)| is_by_hand(name) == by_hand)
            .filter_map(|(_, command)| command.as_str())
            .flat_map(|text| text.split(['&', ';', '|']))
            .filter_map(|command| run_by(command, runners))
    };
    let entry = manifest.get("main").and_then(Value::as_str).map(|file| file.trim_start_matches("./"));
    let kept: FxHashSet<&str> = run(false).chain(entry).collect();
    run(true).filter(|file| !kept.contains(file)).collect()
}

/// The file that a runner is handed: `node --no-warnings ./release.mjs --beta`.
fn run_by<'m>(command: &'m str, runners: &FxHashSet<String>) -> Option<&'m str> {
    let mut words = command.split_whitespace().skip_while(|word| !runners.contains(*word));
    words.next()?;
    let file = words.find(|word| !word.starts_with('-') && *word != "run")?;
    let file = file.trim_matches(['"', '\'']).trim_start_matches("./");
    ENDS.iter().any(|end| file.ends_with(end)).then_some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(scripts: &str) -> Vec<String> {
        let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let manifest = serde_json::from_str(&format!("{{\"scripts\": {scripts}}}")).unwrap_or_default();
        let files = files(&manifest, &set(&["release", "seed"]), &set(&["node", "tsx"]));
        files.into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn what_is_run_by_hand_is_told_by_the_name_of_the_command() {
        assert_eq!(found(r#"{"release-beta": "node ./extra/release.mjs --beta"}"#), ["extra/release.mjs"]);
        assert_eq!(
            found(r#"{"db:seed": "cross-env A=1 tsx --no-cache run 'seed.ts' && node b.js"}"#),
            ["seed.ts", "b.js"]
        );
        assert_eq!(found(r#"{"start": "node server.js", "released": "node a.js"}"#), [""; 0]);
        assert_eq!(found(r#"{"start": "node server.js", "release": "DOCS=true node server.js"}"#), [""; 0]);
        assert_eq!(found(r#"{"release": "vite build --config ./vite.config.js"}"#), [""; 0], "no runner");
        assert_eq!(found(r#"{"release": "node ."}"#), [""; 0], "no file");
        assert_eq!(found(r#"{"release": 1}"#), [""; 0]);
    }
}
