//! Code that nothing of the repository uses: what is said of it, and where nothing is known.

use serde_json::Value;

use super::{faultlint, tree};

const CLIENT: &str = "import axios from 'axios'\n\n\
    export async function current() {\n  return axios.get('https://rates.example.com/now')\n}\n\n\
    export async function former() {\n  return axios.get('https://rates.example.com/then')\n}\n";
const SERVER: &str = "import { createServer } from 'node:http'\nimport { current } from './client'\n\n\
    createServer(async (req, res) => res.end((await current()).data)).listen(8080)\n";

/// The lines of the findings, each with its confidence and notes.
fn found(files: &[(&str, &str)], paths: &[&str]) -> Vec<(u64, String, String)> {
    let root = tree(files.iter().copied());
    let arguments =
        ["check", "--format", "json", "--min-confidence", "low", "--select", "circuit-breaker/no-timeout"];
    let output = faultlint(root.path(), &[&arguments[..], paths].concat());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let of_finding = |finding: &Value| {
        let line = finding["start"]["line"].as_u64().unwrap();
        (line, finding["confidence"].as_str().unwrap().to_owned(), finding["notes"].to_string())
    };
    report["findings"].as_array().unwrap().iter().map(of_finding).collect()
}

/// The line and confidence of each.
fn graded(found: &[(u64, String, String)]) -> Vec<(u64, &str)> {
    found.iter().map(|(line, confidence, _)| (*line, confidence.as_str())).collect()
}

#[test]
fn what_nothing_in_an_application_uses_is_of_low_confidence() {
    let package = ("package.json", r#"{"private": true}"#);
    let found = found(&[package, ("src/client.ts", CLIENT), ("src/server.ts", SERVER)], &["."]);
    assert_eq!(graded(&found), [(4, "high"), (8, "low")]);
    assert!(found[1].2.contains("nothing here uses this code"), "{found:?}");
    assert!(!found[0].2.contains("nothing here uses"));
}

#[test]
fn a_library_is_for_others_to_use() {
    let package = ("package.json", r#"{"name": "rates", "exports": "./dist/index.js"}"#);
    let files = [package, ("src/client.ts", CLIENT), ("src/server.ts", SERVER)];
    assert_eq!(graded(&found(&files, &["."])), [(4, "high"), (8, "high")]);
    let without = [("src/client.ts", CLIENT), ("src/server.ts", SERVER)];
    assert_eq!(graded(&found(&without, &["."])), [(4, "high"), (8, "high")], "nothing says what it is");
}

#[test]
fn where_only_a_part_is_looked_at_nothing_is_known() {
    let package = ("package.json", r#"{"private": true}"#);
    let files = [package, ("src/client.ts", CLIENT), ("src/server.ts", SERVER)];
    assert_eq!(graded(&found(&files, &["src"])), [(4, "high"), (8, "high")], "a folder of a package");
    assert_eq!(graded(&found(&files, &["src/client.ts"])), [(4, "high"), (8, "high")], "one file");
}

#[test]
fn a_go_application_has_a_program_and_nothing_to_import_at_its_root() {
    let module = ("go.mod", "module example.com/rates\n\ngo 1.22\n");
    let main = "package main\n\nimport (\n\t\"net/http\"\n\n\t\"example.com/rates/internal/client\"\n)\n\nfunc main() {\n\thttp.HandleFunc(\"/\", client.Current)\n\thttp.ListenAndServe(\":8080\", nil)\n}\n";
    let client = "package client\n\nimport \"net/http\"\n\nfunc Current(w http.ResponseWriter, r *http.Request) {\n\thttp.Get(\"https://rates.example.com/now\")\n}\n\nfunc Former() {\n\thttp.Get(\"https://rates.example.com/then\")\n}\n";
    let files = [module, ("cmd/serve/main.go", main), ("internal/client/client.go", client)];
    assert_eq!(graded(&found(&files, &["."])), [(6, "high"), (10, "low")]);
    let public = main.replace("internal/client", "client");
    let files = [module, ("cmd/serve/main.go", public.as_str()), ("client/client.go", client)];
    let open = found(&files, &["."]);
    assert_eq!(graded(&open), [(6, "high"), (10, "low")], "nobody is seen to wait for it");
    assert!(!open[1].2.contains("nothing here uses this code"), "another module may import it");
    let library = ("rates.go", "package rates\n\nfunc Version() string { return \"1\" }\n");
    let files = [module, ("cmd/serve/main.go", main), ("internal/client/client.go", client), library];
    assert_eq!(graded(&found(&files, &["."])), [(6, "high"), (10, "high")]);
}
