//! What a terminal is shown beside the report: colours, links, and a line of progress.
//!
//! Owns: what options, the environment and the terminal say of them. Does not own: the report.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::cli::{CheckArgs, When};
use crate::report::Look;
use crate::report::text::counted;
use crate::run::progress::{Phase, Progress};

/// A shorter run shows no progress: a line that flashes up tells nobody anything.
const PATIENCE: Duration = Duration::from_secs(1);
const BETWEEN: Duration = Duration::from_millis(100);
/// Back to the beginning of the line, and away with what is there.
const CLEAR: &str = "\r\x1b[K";

/// How the human report is to look, by the options, the environment and whether a terminal reads it; `can_link` says whether the
/// terminal makes links of what is marked as one.
pub(super) fn look(args: &CheckArgs, variable: impl Fn(&str) -> Option<String>, can_link: bool) -> Look {
    let is_set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    let is_on = |name: &str| variable(name).is_some_and(|value| !value.is_empty() && value != "0");
    let dumb = variable("TERM").as_deref() == Some("dumb");
    let color = match args.color {
        When::Always => true,
        When::Never => false,
        When::Auto if is_set("NO_COLOR") => false,
        When::Auto if is_on("CLICOLOR_FORCE") || is_on("FORCE_COLOR") => true,
        When::Auto => !dumb && args.output.is_none() && io::stdout().is_terminal(),
    };
    let links = match args.hyperlinks {
        When::Always => true,
        When::Never => false,
        When::Auto => !dumb && args.output.is_none() && can_link,
    };
    let columns = variable("COLUMNS").and_then(|columns| columns.parse().ok());
    Look { color, unicode: !dumb, links, width: columns.unwrap_or(Look::default().width).clamp(40, 160) }
}

/// Whether standard output is a terminal that makes links; `FORCE_HYPERLINK` decides where it is set.
pub(super) fn can_link() -> bool {
    supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout)
}

/// Whether to show progress on standard error: somebody must be there to see it come and go.
fn shows_progress(variable: impl Fn(&str) -> Option<String>, is_terminal: bool) -> bool {
    let in_ci = variable("CI").is_some_and(|value| !value.is_empty() && value != "false");
    is_terminal && !in_ci && variable("TERM").as_deref() != Some("dumb")
}

/// Takes the line of progress away when a run is interrupted.
pub fn interrupted() {
    if io::stderr().is_terminal() {
        let _ = write!(io::stderr(), "{CLEAR}");
    }
}

/// Shows the progress of a run until it is dropped.
pub(super) struct Watcher(Option<(Sender<()>, JoinHandle<()>)>);

impl Watcher {
    /// Begins, if there is somebody to watch.
    pub(super) fn of(progress: &Arc<Progress>, variable: impl Fn(&str) -> Option<String>) -> Self {
        if !shows_progress(variable, io::stderr().is_terminal()) {
            return Self(None);
        }
        let progress = Arc::clone(progress);
        let (stop, stopped) = mpsc::channel();
        let shown = thread::spawn(move || {
            let begun = Instant::now();
            let mut is_shown = false;
            while stopped.recv_timeout(BETWEEN) == Err(RecvTimeoutError::Timeout) {
                if begun.elapsed() >= PATIENCE {
                    is_shown = true;
                    let _ = write!(io::stderr(), "{CLEAR}{}", words(progress.now()));
                }
            }
            if is_shown {
                let _ = write!(io::stderr(), "{CLEAR}");
            }
        });
        Self(Some((stop, shown)))
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        if let Some((stop, shown)) = self.0.take() {
            drop(stop);
            // The line must be gone before anything else is written; whether its thread failed is no matter.
            let _ = shown.join();
        }
    }
}

fn words((phase, done, all): (Phase, usize, usize)) -> String {
    match phase {
        Phase::Walking => "faultlint: finding files".to_owned(),
        Phase::Reading => format!("faultlint: reading, {done} of {}", counted(all, "file")),
        Phase::Matching => format!("faultlint: linking and matching {}", counted(all, "file")),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::{Cli, Command};

    fn seen(options: &[&str], variables: &[(&str, &str)], can_link: bool) -> Look {
        let cli = Cli::parse_from(["faultlint", "check"].iter().chain(options));
        let Command::Check(args) = cli.command else { panic!("not check") };
        look(&args, |name| value(variables, name), can_link)
    }

    fn value(variables: &[(&str, &str)], name: &str) -> Option<String> {
        variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn colour_follows_the_option_then_the_environment() {
        let color = |options: &[&str], variables: &[(&str, &str)]| seen(options, variables, false).color;
        assert!(color(&["--color", "always"], &[("NO_COLOR", "1")]));
        assert!(!color(&["--color", "never"], &[("FORCE_COLOR", "1")]));
        assert!(!color(&[], &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
        assert!(color(&[], &[("NO_COLOR", ""), ("CLICOLOR_FORCE", "1")]));
        assert!(color(&[], &[("FORCE_COLOR", "1"), ("TERM", "dumb")]));
        assert!(!color(&["--output", "x"], &[("FORCE_COLOR", "0")]));
    }

    #[test]
    fn links_follow_the_option_then_the_terminal() {
        let links =
            |options: &[&str], variables: &[(&str, &str)], can: bool| seen(options, variables, can).links;
        assert!(links(&["--hyperlinks", "always"], &[], false));
        assert!(!links(&["--hyperlinks", "never"], &[], true));
        assert!(links(&[], &[], true) && !links(&[], &[], false));
        assert!(!links(&[], &[("TERM", "dumb")], true));
        assert!(!links(&["--output", "x"], &[], true));
    }

    #[test]
    fn the_width_is_bounded() {
        let width = |columns: &str| seen(&[], &[("COLUMNS", columns)], false).width;
        assert_eq!((width("3"), width("120"), width("9999"), width("x")), (40, 120, 160, 100));
    }

    #[test]
    fn progress_is_for_people_at_a_terminal() {
        let shown =
            |variables: &[(&str, &str)], terminal| shows_progress(|name| value(variables, name), terminal);
        assert!(shown(&[], true) && !shown(&[], false));
        assert!(!shown(&[("CI", "true")], true) && shown(&[("CI", "false")], true));
        assert!(!shown(&[("TERM", "dumb")], true));
    }

    #[test]
    fn progress_is_told_in_words() {
        assert_eq!(words((Phase::Walking, 0, 0)), "faultlint: finding files");
        assert_eq!(words((Phase::Reading, 3, 10)), "faultlint: reading, 3 of 10 files");
        assert_eq!(words((Phase::Matching, 0, 1)), "faultlint: linking and matching 1 file");
    }
}
