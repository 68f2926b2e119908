#!/usr/bin/env python3
"""Kills the program, or fills its disk, at every system call that changes the disk.

    walk.py PROGRAM [COMMAND ...]

For `run --force`, a `run` to a new directory, `report` in place and elsewhere, and `export --force`: after
each fault the old or the new files stand whole under their name, and the next command clears what
was left and ends well. Needs strace. See README.md beside this.
"""
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile

# What changes names or contents on a disk. Calls by which files are only read are walked through as well
# where they share a name (openat), which costs time and proves the same.
CHANGES = [
    "mkdir", "mkdirat", "openat", "write", "writev", "copy_file_range", "rename", "renameat", "renameat2",
    "link", "linkat", "unlink", "unlinkat", "rmdir", "chmod", "fchmod", "fchmodat", "fsync", "fdatasync",
    "ftruncate", "flock",
]
FULL = ["mkdir", "mkdirat", "openat", "write", "renameat2", "rename", "link", "linkat", "fsync", "chmod"]

PLAN = """
[trial]
id = "faults"
title = "A trial for faults"
data_cutoff = 2019-12-31
regions = ["one"]
[trial.arms]
ips = "IPS"
control = "TAU"
[data]
participants = "participants.csv"
employment = "employment.csv"
[competitive_employment]
contracts = ["employment_contract"]
min_hours_per_week = 1
[analysis]
horizon_months = 6
months = [MONTHS]
[bootstrap]
replicates = 2
seed = 1
"""


def write_trial(folder):
    os.makedirs(folder)
    people = [f"P{i},{'IPS' if i % 2 else 'TAU'},one,2018-0{1 + i % 8}-01" for i in range(12)]
    jobs = [f"P{i},2018-1{i % 3}-05,,employment_contract,38" for i in range(0, 12, 3)]
    for name, lines in {
        "participants.csv": ["participant_id,arm,region,randomisation_date", *people],
        "employment.csv": ["participant_id,start_date,end_date,contract,hours_per_week", *jobs],
        "plan.toml": [PLAN.replace("MONTHS", "3, 6")],
        "old.toml": [PLAN.replace("MONTHS", "6")],
    }.items():
        with open(f"{folder}/{name}", "w") as file:
            file.write("\n".join(lines) + "\n")


def contents(folder):
    """Every file below a folder with its hash; None where there is no folder."""
    if not os.path.lexists(folder):
        return None
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, folder)] = hashlib.sha256(file.read()).hexdigest()
    return found


class Walk:
    def __init__(self, program, work):
        self.program, self.work = os.path.abspath(program), work
        self.trial, self.pristine = f"{work}/trial", f"{work}/pristine"
        write_trial(self.trial)
        os.makedirs(self.pristine)
        self.say(["run", "old.toml", "--out", f"{self.pristine}/old", "--quiet"], check=True)
        self.say(["export", "old.toml", "--out", f"{self.pristine}/exported", "--quiet"], check=True)
        self.faults = 0

    def say(self, arguments, strace=(), check=False):
        prefix = ["strace", "-f", "-qq", "-o", f"{self.work}/trace", *strace] if strace else []
        done = subprocess.run([*prefix, self.program, *arguments], cwd=self.trial, capture_output=True, text=True)
        if check and done.returncode != 0:
            sys.exit(f"{arguments} ended with {done.returncode}: {done.stderr}")
        return done

    def prepare(self, old):
        place = f"{self.work}/place"
        shutil.rmtree(place, ignore_errors=True)
        os.makedirs(place)
        if old:
            shutil.copytree(f"{self.pristine}/{old}", f"{place}/out")
        return f"{place}/out"

    def command(self, name):
        place = f"{self.work}/place/out"
        return {
            "run": (["run", "plan.toml", "--out", place, "--threads", "1"], None),
            "run --force": (["run", "plan.toml", "--out", place, "--force", "--threads", "1"], "old"),
            "report": (["report", place, "--internal"], "old"),
            "report --out": (["report", f"{self.pristine}/old", "--out", place], None),
            "export --force": (["export", "plan.toml", "--out", place, "--force"], "exported"),
        }[name]

    def walk(self, name):
        arguments, old_files = self.command(name)
        target = self.prepare(old_files)
        old = contents(target)
        self.say(arguments, strace=["-e", "trace=" + ",".join(f"?{call}" for call in CHANGES)], check=True)
        new = contents(target)
        assert new and new != old, f"{name} changes nothing"
        with open(f"{self.work}/trace") as file:
            calls = re.findall(r"^\d+ +(\w+)\(", file.read(), re.MULTILINE)
        for call in sorted(set(calls)):
            kinds = [("signal=KILL", "killed")]
            if call in FULL:
                kinds.append(("error=ENOSPC", "full disk"))
            for fault, what in kinds:
                reached = self.walk_call(name, (call, fault), calls.count(call), (old, new))
                print(f"{name}: {call}, {what}: {reached} places", flush=True)

    def walk_call(self, name, fault, most, states):
        """Every place of one call; the count is of all threads, so that the last ones are not met."""
        call, kind = fault
        arguments, old_files = self.command(name)
        old, new = states
        reached = 0
        for when in range(1, most + 1):
            target = self.prepare(old_files)
            strace = ["-e", f"trace={call}", "-e", f"inject={call}:{kind}:when={when}"]
            done = self.say(arguments, strace=strace)
            at = f"{name}: {call} {when}, {kind}"
            now = contents(target)
            if now not in (old, new):
                sys.exit(f"{at}: neither old nor new stands ({len(now or {})} files)\n{done.stderr}")
            if done.returncode == 0 and now != new:
                sys.exit(f"{at}: it says done, and the old files stand")
            if "panicked" in done.stderr:
                sys.exit(f"{at}: {done.stderr}")
            reached += done.returncode != 0
            self.faults += 1
            left = sorted(set(os.listdir(os.path.dirname(target))) - {"out"})
            if "ENOSPC" in kind and left and not self.is_removal(call):
                sys.exit(f"{at}: left {left}")
            self.next_command(name, at, target, (new, left))
        return reached

    @staticmethod
    def is_removal(call):
        return call in ("unlink", "unlinkat", "rmdir")

    def next_command(self, name, at, target, after):
        new, left = after
        arguments, _ = self.command(name)
        if name == "run" and os.path.lexists(target):
            arguments = [*arguments, "--force"]
        done = self.say(arguments)
        if done.returncode != 0 or contents(target) != new:
            sys.exit(f"{at}: the next command ended with {done.returncode}: {done.stderr}")
        still = sorted(set(os.listdir(os.path.dirname(target))) - {"out"})
        if still:
            sys.exit(f"{at}: still there after the next command: {still}")
        if any(os.listdir(f"{self.work}/place/{one}") for one in left if os.path.isdir(f"{self.work}/place/{one}")):
            sys.exit(f"{at}: {left} were not cleared")
        if left and "was killed" not in done.stderr and "killed" in at:
            sys.exit(f"{at}: {left} were cleared in silence")


def main():
    program, *names = sys.argv[1:]
    with tempfile.TemporaryDirectory() as work:
        walk = Walk(program, work)
        for name in names or ["run --force", "run", "report", "report --out", "export --force"]:
            walk.walk(name)
        print(f"{walk.faults} faults: the old or the new files stood whole each time")


if __name__ == "__main__":
    main()
