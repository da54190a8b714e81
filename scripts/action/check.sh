#!/usr/bin/env bash
# Runs faultlint for the GitHub action: annotations and the summary of the step, a SARIF report, and the exit status as it is.
# Reads FAULTLINT_DIRECTORY, FAULTLINT_PATHS, FAULTLINT_FAIL_ON and FAULTLINT_ARGS; of paths and arguments each line is one.
set -uo pipefail

arguments=()
if [ -n "${FAULTLINT_FAIL_ON:-}" ]; then
    arguments+=("--fail-on=$FAULTLINT_FAIL_ON")
fi
while IFS= read -r argument; do
    if [ -n "$argument" ]; then arguments+=("$argument"); fi
done <<<"${FAULTLINT_ARGS:-}"
arguments+=(--)
while IFS= read -r path; do
    if [ -n "$path" ]; then arguments+=("$path"); fi
done <<<"${FAULTLINT_PATHS:-.}"

cd -- "${FAULTLINT_DIRECTORY:-.}" || exit 2
sarif=$(mktemp "$RUNNER_TEMP/faultlint.XXXXXX") || exit 2
faultlint check --format=github --also="sarif=$sarif" "${arguments[@]}"
status=$?

printf 'status=%s\n' "$status" >>"$GITHUB_OUTPUT"
# Without a report there is nothing to upload.
if [ -s "$sarif" ]; then
    mv -- "$sarif" "$sarif.sarif"
    printf 'sarif=%s\n' "$sarif.sarif" >>"$GITHUB_OUTPUT"
fi
exit "$status"
