#!/usr/bin/env bash
# Measures faultlint on the benchmark, and writes benchmark/figures.json and the table in benchmark/README.md.
#
#   benchmark/run.sh --mirror DIR [--corpus DIR] [--bin FILE]
#
#   --mirror DIR   bare repositories, OWNER+NAME.git or OWNER+NAME/repo; those of repos.json are checked out from it
#   --corpus DIR   where the checkouts go (default: target/benchmark); with no --mirror, where they already are
#   --bin FILE     the program to measure; by default it is built from this tree
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(dirname "$here")"

fail() {
    printf 'benchmark/run.sh: %s\n' "$1" >&2
    exit 2
}

mirror='' corpus='' bin=''
while [ $# -gt 0 ]; do
    case "$1" in
        --mirror | --corpus | --bin)
            [ $# -ge 2 ] || fail "$1 needs a value"
            printf -v "${1#--}" '%s' "$2"
            shift 2
            ;;
        -h | --help)
            sed -n '2,/^[^#]/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
            exit 0
            ;;
        *) fail "\`$1\` is no option of mine; there are --mirror DIR, --corpus DIR and --bin FILE" ;;
    esac
done
[ -n "$mirror$corpus" ] || fail 'say where the repositories are: --mirror DIR (bare ones), or --corpus DIR (checkouts)'
[ -z "$mirror" ] || [ -d "$mirror" ] || fail "--mirror $mirror: no such folder"
[ -n "$mirror" ] || [ -d "$corpus" ] || fail "--corpus $corpus: no such folder, and no --mirror to fill it from"
[ -z "$bin" ] || [ -x "$bin" ] || fail "--bin $bin: no such program"
for tool in python3 git; do
    command -v "$tool" >/dev/null || fail "\`$tool\` is needed and is not there"
done
[ -z "$bin" ] || bin="$(cd "$(dirname "$bin")" && pwd)/$(basename "$bin")"
corpus="${corpus:-$root/target/benchmark}"

if [ -n "$mirror" ]; then
    mkdir -p "$corpus"
    python3 "$here/checkout.py" --repos "$here/repos.json" --mirror "$mirror" --to "$corpus" \
        || fail "repositories are missing from $mirror (above); mirror them: git clone --mirror https://github.com/OWNER/NAME"
fi
if [ -z "$bin" ]; then
    (cd "$root" && cargo build --locked --release) || fail 'faultlint does not build'
    bin="${CARGO_TARGET_DIR:-$root/target}/release/faultlint"
fi
python3 "$here/score.py" --complete --labels "$here/labels.jsonl" --repos "$here/repos.json" --corpus "$corpus" \
    --json "$here/figures.json" --table "$here/README.md" -- "$bin" check --format sarif
printf '\nWritten: benchmark/figures.json and the table in benchmark/README.md. Now `cargo bless` renews docs/rules/.\n'
