#!/bin/sh
# A gate for any CI that has a shell: `examples/gate.sh [PATH]...`. Fails on what is found from high on, and on what could not
# be analysed; leaves faultlint.sarif and faultlint.xml for whoever shows them.
set -u

faultlint check --strict --fail-on high --also sarif=faultlint.sarif --also junit=faultlint.xml -- "${@:-.}"
status=$?
case $status in
    0) echo 'gate: passed' ;;
    1) echo 'gate: faults were found' >&2 ;;
    3) echo 'gate: not everything could be analysed' >&2 ;;
    *) echo "gate: faultlint could not run (exit status $status)" >&2 ;;
esac
exit "$status"
