//! What a rule of one's own may say of evidence that is not certain.

use serde_json::Value;

use super::{faultlint, tree};

/// A rule that wants a set without a certain expiry; `more` is said of it besides.
fn rule(more: &str) -> String {
    format!(
        "id: team/no-expiry\nseverity: high\n{more}summary: A key is written with another expiry\nwhy: It stays.\nremedy: Give it a minute.\n\
         match:\n  steps:\n    write: {{ does: kv.set, where: {{ ttl: {{ is-not: 60 }} }} }}\n  report: {{ at: write, label: here }}\n"
    )
}

fn confidences(more: &str) -> Vec<(u64, String)> {
    let code = "import Redis from 'ioredis'\nconst redis = new Redis()\n\n\
        export async function keep(key: string, seconds: number) {\n  await redis.set(key, '1', 'EX', 30)\n  \
        await redis.set(key, '1', 'EX', seconds)\n}\n";
    let files = [
        ("faultlint.yaml", "rules: [lint]\n".to_owned()),
        ("lint/expiry.yaml", rule(more)),
        ("keep.ts", code.to_owned()),
    ];
    let root = tree(files);
    let arguments = ["check", "--format", "json", "--min-confidence", "low", "--select", "team", "."];
    let output = faultlint(root.path(), &arguments);
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let of_finding = |finding: &Value| {
        (finding["start"]["line"].as_u64().unwrap(), finding["confidence"].as_str().unwrap().to_owned())
    };
    report["findings"].as_array().unwrap().iter().map(of_finding).collect()
}

#[test]
fn unsure_is_the_most_that_evidence_may_claim_that_is_not_certain() {
    let graded = |certain: &str, other: &str| vec![(5, certain.to_owned()), (6, other.to_owned())];
    assert_eq!(confidences(""), graded("high", "medium"));
    assert_eq!(confidences("unsure: low\n"), graded("high", "low"));
    assert_eq!(confidences("unsure: low\nconfidence: medium\n"), graded("medium", "low"));
}
