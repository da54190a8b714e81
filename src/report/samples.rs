//! Reports to test the formats with.

use std::sync::Arc;

use crate::finding::coverage::{CallCoverage, Coverage, ImportCoverage, OptionCoverage, ReceiverCoverage};
use crate::finding::suppression::{SuppressionNote, SuppressionProblem};
use crate::finding::{
    BaselineEntry, BaselineUse, Confidence, Evidence, FileReport, FileStatus, Finding, Identity, Persona,
    Place, RuleInfo, RunReport, Severity, SkipReason, Unmodelled,
};
use crate::source::{Language, SourceFile, Span};

/// A rule of this severity.
pub(crate) fn rule(id: &str, severity: Severity) -> Arc<RuleInfo> {
    Arc::new(RuleInfo {
        id: id.to_owned(),
        summary: "A lock that nobody can take again".to_owned(),
        why: "When its holder dies, the key stays, and every later attempt fails until someone deletes it by hand.".to_owned(),
        remedy: "Set the key and its expiry in one command: SET key token NX PX ttl.".to_owned(),
        fixes: vec![("ioredis".to_owned(), "`set(key, token, 'PX', ttl, 'NX')`.".to_owned())],
        limits: Some("Keys set by a script are not seen.".to_owned()),
        severity,
        confidence: Confidence::High,
        persona: Persona::Gate,
        references: vec!["https://redis.io/docs/latest/commands/set/".to_owned()],
    })
}

/// A checked file.
pub(crate) fn file(path: &str, text: &str) -> FileReport {
    let source = Some(Arc::new(SourceFile::new(path, text)));
    FileReport {
        path: path.to_owned(),
        language: Language::TypeScript,
        status: FileStatus::Checked,
        front_end: false,
        unfinished: Vec::new(),
        mended: Vec::new(),
        source,
    }
}

/// The span of a piece of text.
pub(crate) fn span(text: &str, piece: &str) -> Span {
    let start = text.find(piece).expect("the piece is in the text");
    Span::new(u32::try_from(start).unwrap(), u32::try_from(start + piece.len()).unwrap())
}

/// A finding without evidence.
pub(crate) fn finding(rule: &Arc<RuleInfo>, file: usize, span: Span) -> Finding {
    Finding {
        rule: Arc::clone(rule),
        confidence: Confidence::High,
        message: "The lock key is set with no expiry".to_owned(),
        primary: Place { file, span },
        label: None,
        evidence: Vec::new(),
        gathers: false,
        cause: None,
        notes: Vec::new(),
        symbol: "Locks.take".to_owned(),
        identity: Identity::default(),
    }
}

/// A baseline that knows two findings and has an entry for one that is gone.
fn baseline(rule: &RuleInfo) -> BaselineUse {
    BaselineUse {
        path: "faultlint-baseline.json".to_owned(),
        hidden: 2,
        stale: vec![BaselineEntry {
            path: "src/gone.ts".to_owned(),
            rule: rule.id.clone(),
            symbol: "Locks.take".to_owned(),
            fingerprint: "0123456789abcdef0123456789abcdef".to_owned(),
        }],
        ..BaselineUse::default()
    }
}

/// A report with some of everything.
pub(crate) fn report() -> RunReport {
    let lock = "export class Locks {\n\tasync take(key: string) {\n\t\tconst é = '😀'; await redis.set(key, 'x', 'NX');\n\t\ttry {\n\t\t\treturn await work();\n\t\t} finally {\n\t\t\tawait redis.del(key);\n\t\t}\n\t}\n}\n";
    let client = "export const redis = new Redis();\n";
    let broken = "const a = ;\n// faultlint-ignore unsafe-lock/no-tll: later\nf(\n  x,\n);\n";
    let no_ttl = rule("unsafe-lock/no-ttl", Severity::Critical);
    let lesser = rule("message-ack/auto-ack", Severity::Low);
    let place = |file, text, piece| Place { file, span: span(text, piece) };
    let mut first = finding(&no_ttl, 2, span(lock, "redis.set(key, 'x', 'NX')"));
    first.label = Some("takes the lock".to_owned());
    first.evidence = vec![
        Evidence { place: place(2, lock, "redis.del(key)"), label: "gives it back".to_owned() },
        Evidence { place: place(1, client, "new Redis()"), label: "the client [of all locks]".to_owned() },
    ];
    first.notes = vec!["the receiver is told by its import".to_owned()];
    let mut second = finding(&lesser, 3, span(broken, "f(\n  x,\n)"));
    second.confidence = Confidence::Medium;
    second.message = "Control \u{1b}[31m and [link](9) are text".to_owned();
    second.symbol = String::new();

    let mut odd = file("odd \\xff name%#?.ts", "");
    odd.status = FileStatus::Skipped(SkipReason::NotUtf8(12));
    odd.source = None;
    let mut partial = file("z/broken.ts", broken);
    partial.status = FileStatus::Partial { errors: 1, functions: 0, first: span(broken, ";") };
    let mut client_file = file("src/client.ts", client);
    client_file.mended = vec![("typed-template".to_owned(), 2)];
    let mut findings = vec![first, second];
    let outline = crate::facts::outline::Outline::default();
    crate::fingerprint::identify(
        &mut findings,
        &outline,
        &SourceFile::new("src/locks.ts", lock),
        Language::TypeScript,
    );
    RunReport {
        baseline: Some(baseline(&no_ttl)),
        rules: vec![lesser, no_ttl],
        files: vec![odd, client_file, file("src/locks.ts", lock), partial],
        findings,
        suppressions: Vec::new(),
        suppressed: 1,
        suppression_notes: vec![SuppressionNote {
            place: place(3, broken, "// faultlint-ignore unsafe-lock/no-tll: later"),
            problem: SuppressionProblem::UnknownRule(
                "unsafe-lock/no-tll".into(),
                Some("unsafe-lock/no-ttl".into()),
            ),
        }],
        walk_errors: vec!["secret: Permission denied (os error 13)".to_owned()],
        manifest_problems: vec!["web/package.json: not JSON: expected value at line 1 column 1".to_owned()],
        unsupported: vec!["README.md".to_owned()],
        change_problems: Vec::new(),
        pipeline: None,
        unmodelled: vec![Unmodelled {
            name: "acme-bus".to_owned(),
            looks_like: "queue".to_owned(),
            files: 2,
        }],
        coverage: Coverage {
            functions: 3,
            functions_damaged: 1,
            imports: ImportCoverage {
                of_libraries: 4,
                of_tree: 3,
                resolved: 2,
                no_file: 1,
                ..Default::default()
            },
            calls: CallCoverage {
                seen: 5,
                with_role: 2,
                of_tree: 2,
                of_libraries: 2,
                receiver: 1,
                ..Default::default()
            },
            receivers: ReceiverCoverage { construction: 2, ..Default::default() },
            options: OptionCoverage { read: 3, unread: 1 },
        },
        ..RunReport::default()
    }
}
