//! Each option and argument has a test that fails when it is ignored.

use std::collections::{BTreeMap, BTreeSet};

use clap::CommandFactory;
use faultlint::cli::Cli;

use super::read;

const DATA: &str = "fitting/manners.rs every_command_reads_rules_models_and_configuration_where_it_is_told";

const CREATE: &str = "adopting.rs the_options_of_create_say_what_is_kept";
const PRUNE: &str = "adopting.rs the_options_of_prune_say_what_was_looked_for";

/// An option or argument, and the test that would fail.
const TESTED: &[(&str, &str)] = &[
    ("check paths", "cli.rs mistakes_on_the_command_line_exit_with_2"),
    ("check --stdin", "formats.rs a_text_on_standard_input_stands_for_a_file"),
    ("check --stdin-filename", "formats.rs a_text_on_standard_input_stands_for_a_file"),
    ("check --format", "formats.rs every_format_tells_what_was_found_and_what_was_not_seen"),
    ("check --output", "cli.rs a_report_goes_to_the_named_file"),
    ("check --also", "fitting/manners.rs one_run_writes_several_reports"),
    ("check --select", "config.rs select_and_ignore_choose_rules_and_the_command_line_goes_first"),
    ("check --ignore", "config.rs select_and_ignore_choose_rules_and_the_command_line_goes_first"),
    ("check --min-severity", "config.rs least_severity_and_confidence"),
    ("check --min-confidence", "config.rs least_severity_and_confidence"),
    ("check --persona", "config.rs the_persona_says_whose_rules_run"),
    ("check --fail-on", "config.rs failing_starts_where_the_team_says"),
    ("check --strict", "cli.rs what_was_not_analysed_fails_only_strict_runs"),
    ("check --since", "fitting/recipes.rs a_change_is_told_of_as_asked"),
    ("check --diff", "fitting/recipes.rs a_change_is_told_of_as_asked"),
    ("check --staged", "fitting/recipes.rs a_hook_fails_on_what_is_staged_alone"),
    ("check --threads", "fitting/options.rs as_many_threads_are_used_as_asked"),
    ("check --no-cache", "cache.rs nothing_is_kept_unasked"),
    ("check --cache-dir", "cache.rs the_option_goes_before_the_variable"),
    ("check --timing", "cache.rs a_tree_in_which_nothing_changed_is_not_analysed_again"),
    ("check --color", "fitting/manners.rs findings_are_coloured_and_linked_as_asked"),
    ("check --hyperlinks", "fitting/manners.rs findings_are_coloured_and_linked_as_asked"),
    ("check --rules", DATA),
    ("check --models", DATA),
    ("check --config", DATA),
    ("check --no-config", DATA),
    ("check --baseline", "adopting.rs what_is_there_is_kept_and_only_what_is_new_is_told"),
    ("baseline create paths", CREATE),
    ("baseline create --select", CREATE),
    ("baseline create --ignore", CREATE),
    ("baseline create --min-severity", CREATE),
    ("baseline create --min-confidence", CREATE),
    ("baseline create --persona", CREATE),
    ("baseline create --baseline", "adopting.rs a_baseline_may_lie_where_it_is_told"),
    ("baseline create --force", "adopting.rs a_baseline_is_not_written_over_unless_told"),
    ("baseline create --rules", DATA),
    ("baseline create --models", DATA),
    ("baseline create --config", DATA),
    ("baseline create --no-config", DATA),
    ("baseline prune paths", PRUNE),
    ("baseline prune --select", PRUNE),
    ("baseline prune --ignore", PRUNE),
    ("baseline prune --persona", PRUNE),
    ("baseline prune --baseline", "adopting.rs a_baseline_may_lie_where_it_is_told"),
    ("baseline prune --rules", DATA),
    ("baseline prune --models", DATA),
    ("baseline prune --config", DATA),
    ("baseline prune --no-config", DATA),
    ("suppressions paths", "adopting.rs ignore_comments_are_listed_with_how_they_fare"),
    ("suppressions --format", "adopting.rs ignore_comments_are_listed_with_how_they_fare"),
    ("suppressions --rules", DATA),
    ("suppressions --models", DATA),
    ("suppressions --config", DATA),
    ("suppressions --no-config", DATA),
    ("rules list --rules", DATA),
    ("rules list --models", DATA),
    ("rules list --config", DATA),
    ("rules list --no-config", DATA),
    ("rules show id", "cli.rs mistakes_on_the_command_line_exit_with_2"),
    ("rules show --rules", DATA),
    ("rules show --models", DATA),
    ("rules show --config", DATA),
    ("rules show --no-config", DATA),
    ("explain id", "cli.rs mistakes_on_the_command_line_exit_with_2"),
    ("explain --rules", DATA),
    ("explain --models", DATA),
    ("explain --config", DATA),
    ("explain --no-config", DATA),
    ("test path", "fitting/manners.rs a_mismatch_is_shown_with_its_line"),
    ("test --rules", DATA),
    ("test --models", DATA),
    ("test --config", DATA),
    ("test --no-config", DATA),
    ("inspect path", "cli.rs a_file_is_inspected"),
    ("inspect --program", "linking/reports.rs how_much_of_a_tree_is_understood_is_printed"),
    ("inspect --rules", DATA),
    ("inspect --models", DATA),
    ("inspect --config", DATA),
    ("inspect --no-config", DATA),
    ("completions shell", "formats.rs completions_and_manual_know_every_command"),
    ("man of", "formats.rs completions_and_manual_know_every_command"),
    ("config show file", "config.rs the_merged_configuration_is_shown_with_where_each_value_is_said"),
    ("config show --config", "config.rs the_merged_configuration_is_shown_with_where_each_value_is_said"),
    ("config show --no-config", "config.rs the_merged_configuration_is_shown_with_where_each_value_is_said"),
    ("init directory", "config.rs init_writes_a_starter_that_changes_nothing"),
    (
        "schema of",
        "config.rs schemas_are_printed_and_the_one_of_the_configuration_says_what_the_program_says",
    ),
];

fn offered(command: &clap::Command, path: &str, found: &mut BTreeSet<String>) {
    for argument in command.get_arguments() {
        let name = match argument.get_long() {
            Some("help" | "version") => continue,
            Some(long) => format!("--{long}"),
            None => argument.get_id().to_string(),
        };
        found.insert(format!("{path} {name}").trim().to_owned());
    }
    for command in command.get_subcommands() {
        offered(command, format!("{path} {}", command.get_name()).trim(), found);
    }
}

#[test]
fn every_option_has_a_test() {
    let mut all = BTreeSet::new();
    offered(&Cli::command(), "", &mut all);
    let tested: BTreeMap<&str, &str> = TESTED.iter().copied().collect();
    let silent: Vec<&String> = all.iter().filter(|name| !tested.contains_key(name.as_str())).collect();
    assert!(silent.is_empty(), "options without a test: {silent:#?}");
    for (name, test) in tested {
        assert!(all.contains(name), "{name} is no option");
        let (file, function) = test.split_once(' ').unwrap();
        let text = read(&format!("tests/{file}"));
        let code = text.split_once(&format!("\nfn {function}() {{")).map(|(_, rest)| rest);
        let code = code.unwrap_or_else(|| panic!("{name}: no test {test}"));
        let option = name.rsplit(' ').next().unwrap();
        let body = code.split("\n}\n").next().unwrap();
        let is_named = |text: &str| text.contains(&format!("{option}\""));
        // The hook's own command names it.
        let is_of_hook = || read(".pre-commit-hooks.yaml").contains(option);
        let named = !option.starts_with("--") || is_named(body) || is_named(&text) || is_of_hook();
        assert!(named, "{test} does not name {option}");
    }
}

/// The most threads that a run was seen to have.
#[cfg(target_os = "linux")]
fn most_threads(here: &std::path::Path, asked: &str) -> usize {
    let mut check = super::command(env!("CARGO_BIN_EXE_faultlint"), here);
    check.args(["check", "--output", "out.json", "--threads", asked]);
    let mut child = check.spawn().unwrap();
    let tasks = format!("/proc/{}/task", child.id());
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        most = most.max(std::fs::read_dir(&tasks).map_or(0, Iterator::count));
    }
    most
}

#[cfg(target_os = "linux")]
#[test]
fn as_many_threads_are_used_as_asked() {
    let here = super::tree(&[]);
    for index in 0..40 {
        std::fs::write(here.path().join(format!("{index}.ts")), super::BAD.repeat(20)).unwrap();
    }
    let options = ["--threads", "1", "5"];
    // Four threads more; those that find files may be seen beside them or not.
    let (few, many) = (most_threads(here.path(), options[1]), most_threads(here.path(), options[2]));
    assert!(many >= few + 3, "{few} threads, then {many}");
}
