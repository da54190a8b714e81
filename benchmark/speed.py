#!/usr/bin/env python3
"""Time faultlint on trees, beside whatever else is named, and print ratios.

  speed.py --bin FILE [--rounds 5] [--beside NAME=COMMAND ...] TREE [TREE ...]

Three runs of faultlint over each tree:

  cold     check --no-cache
  warm     check, on a cache under which nothing has changed
  edited   check, after one more line in one file (in a copy of the tree; so is all else)

Everything runs once a round, in turn, after a round that does not count. A command is run by the shell, in the tree. Figures
are medians of whole processes: wall seconds, processor seconds, peak memory of the largest process in MB. The ratio is the median,
over the rounds, of a run's wall time divided by that of the cold run in the same round. Machines are noisy: compare ratios of one
call of this script, not seconds of two.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

def once(command, tree):
    begun = time.monotonic()
    child = subprocess.Popen(command, cwd=tree, shell=isinstance(command, str), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return time.monotonic() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, child.returncode


def copied(binary, tree, scratch):
    """Copy a tree; give the copy and a file of it that is looked at, from the middle of the list."""
    copy = pathlib.Path(scratch) / "tree"
    shutil.copytree(tree, copy, symlinks=True, ignore=shutil.ignore_patterns(".git", "node_modules"))
    command = [binary, "check", "--no-cache", "--format", "json", "--fail-on", "never", "."]
    report = json.loads(subprocess.run(command, cwd=copy, capture_output=True, check=True).stdout)
    sources = [file["path"] for file in report["files"] if file["status"] == "checked"]
    if not sources:
        raise SystemExit(f"speed.py: no source below {tree}")
    return copy, copy / sources[len(sources) // 2]


def runs(opt, cache, edited):
    check = [opt.bin, "check", "--format", "json", "--fail-on", "never"]
    kept = [*check, "--cache-dir", cache, "."]

    def after_an_edit():
        with open(edited, "a", encoding="utf-8") as file:
            file.write("\n// one more line\n")
        return kept

    yield "cold", lambda: [*check, "--no-cache", "."]
    yield "edited", after_an_edit
    yield "warm", lambda: kept
    for name, command in opt.beside:
        yield name, lambda command=command: command


def measure(opt, tree):
    with tempfile.TemporaryDirectory() as scratch:
        copy, edited = copied(opt.bin, tree, scratch)
        table = {}
        for turn in range(opt.rounds + 1):
            for name, command in runs(opt, os.path.join(scratch, "cache"), edited):
                figures = once(command(), copy)
                if turn:
                    table.setdefault(name, []).append(figures)
    return table


def pair(text):
    name, _, command = text.partition("=")
    if not command:
        raise argparse.ArgumentTypeError(f"`{text}` is no NAME=COMMAND")
    return name, command


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("trees", nargs="+", type=pathlib.Path, metavar="TREE")
    args.add_argument("--bin", required=True)
    args.add_argument("--rounds", type=int, default=5)
    args.add_argument("--beside", type=pair, action="append", default=[], metavar="NAME=COMMAND")
    opt = args.parse_args()
    opt.bin = str(pathlib.Path(opt.bin).resolve())
    os.environ.pop("FAULTLINT_NO_CACHE", None)
    for tree in opt.trees:
        table = measure(opt, tree)
        print(f"{tree.name:22}{'wall s':>9}{'cpu s':>9}{'peak MB':>9}{'to cold':>9}  exit")
        for name, found in table.items():
            wall, cpu, memory = (statistics.median(run[place] for run in found) for place in range(3))
            ratio = statistics.median(run[0] / cold[0] for run, cold in zip(found, table["cold"]))
            print(f"  {name:20}{wall:9.3f}{cpu:9.3f}{memory:9.0f}{ratio:9.2f}  {found[-1][3]}")


main()
