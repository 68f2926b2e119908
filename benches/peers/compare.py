#!/usr/bin/env python3
"""The same work given to this program and to R, in turn, in one run; prints ratios.

    python3 benches/peers/compare.py [demo] [survival] [adjusted] [cox] [fine_gray]
        [bootstrap] [bootstrap_logit] [bootstrap_rmst] [bootstrap_cox] [randomisation] [read]
        [--runs 5] [--script FILE.R] [--python PYTHON] [--rust-survival PROGRAM]

Without a name all are run. Needs Python 3.11, R with survival, boot, coin, cmprsk, estimatr and
jsonlite, for `randomisation` a Python with numpy, for `read` one with polars, and `cargo build --release --workspace` first. benches/README.md says what each comparison is.
"""

import argparse
import csv
import hashlib
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from datetime import date, timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
KEY = ["analysis", "outcome", "analysis_set", "region", "arm", "month", "method", "statistic"]


def main():
    comparisons = {"demo": demo, "survival": survival, "adjusted": adjusted, "cox": cox,
                   "fine_gray": fine_gray, "bootstrap": bootstrap,
                   "bootstrap_logit": bootstrap_logit, "bootstrap_rmst": bootstrap_rmst,
                   "bootstrap_cox": bootstrap_cox, "randomisation": randomisation, "read": read}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(comparisons))
    parser.add_argument("--runs", type=int, default=5, help="rounds of each comparison")
    parser.add_argument("--binary", type=Path, default=ROOT / "target/release/ips-eval")
    parser.add_argument("--kernels", type=Path, default=ROOT / "target/release/peer-kernels")
    parser.add_argument("--script", type=Path, help="one more R script to time on the demo:\n"
                        "it gets the directory of point_estimates.R and prints such rows")
    parser.add_argument("--rust-survival", type=Path, help="the program that benches/peers/rust-survival\n"
                        "builds: one more peer of `cox` and `bootstrap_cox`")
    parser.add_argument("--python", default=sys.executable, help="a Python with numpy, for `randomisation`,\n"
                        "or with polars, for `read`")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(comparisons)
    if unknown:
        parser.error(f"no comparison is called {', '.join(sorted(unknown))}")
    cores = os.cpu_count()
    print(f"{cores} cores, load {os.getloadavg()[0]:.1f} at the start "
          f"({'others are at work: trust the CPU time' if os.getloadavg()[0] > 0.5 else 'quiet'})")
    agree = True
    with tempfile.TemporaryDirectory() as scratch:
        for name in arguments.names or comparisons:
            agree &= comparisons[name](arguments, Path(scratch))
    sys.exit(0 if agree else 1)


# Timing ---------------------------------------------------------------------------------------


def timed(command, output=subprocess.DEVNULL):
    """Wall and CPU seconds of a command, from its start to its end."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"failed: {' '.join(map(str, command))}")
    return wall, usage.ru_utime + usage.ru_stime


def in_turn(commands, runs):
    """Each command once a round, so that noise of the machine falls on all alike; one round to
    warm up. Gives a list of (wall, CPU) by name."""
    times = {name: [] for name in commands}
    for round_number in range(runs + 1):
        for name, command in commands.items():
            taken = command()
            if round_number > 0:
                times[name].append(taken)
    return times


def report(title, times, ours="ips-eval"):
    """Medians with their range, and how many times longer the others took, round by round."""
    print(f"\n{title}")
    for name, taken in times.items():
        columns = [f"  {name:<42}"]
        for what, seconds in zip(["wall", "CPU"], zip(*taken)):
            columns.append(f"{what} {statistics.median(seconds):8.4f} s "
                           f"({min(seconds):.4f} to {max(seconds):.4f})")
            if name != ours:
                ratios = [one / other[0 if what == "wall" else 1]
                          for one, other in zip(seconds, times[ours])]
                columns.append(f"x {statistics.median(ratios):6.1f} "
                               f"({min(ratios):.1f} to {max(ratios):.1f})")
            else:
                columns.append(" " * 22)
        print("  ".join(columns).rstrip())


def verdict(what, agrees):
    print(f"  {'agree' if agrees else 'DISAGREE'}: {what}")
    return agrees


def close(one, other, tolerance=1e-9):
    return abs(one - other) <= tolerance * max(1.0, abs(one), abs(other))


# The demonstration, from files to documents, against R's point estimates ----------------------


def demo(arguments, scratch):
    binary = arguments.binary
    if not binary.exists():
        sys.exit(f"{binary} is missing: cargo build --release --workspace")
    directory = scratch / "demo"
    subprocess.run([binary, "--quiet", "demo", "--out", directory], check=True)
    write_case(directory)
    counter = iter(range(10**6))

    def ours():
        out = scratch / f"out-{next(counter)}"
        return timed([binary, "--quiet", "run", directory / "plan.toml", "--out", out])

    def theirs(script, found):
        def command():
            with open(found, "wb") as output:
                return timed(["Rscript", "--vanilla", script, directory], output)
        return command

    libraries = "suppressPackageStartupMessages({library(survival); library(cmprsk); " \
        "library(estimatr); library(jsonlite)})"
    scripts = {"R, point_estimates.R, no bootstrap": HERE / "point_estimates.R"}
    if arguments.script:
        scripts[f"R, {arguments.script.name}, no bootstrap"] = arguments.script
    found = {name: scratch / f"{script.stem}.csv" for name, script in scripts.items()}
    commands = {"ips-eval": ours}
    commands |= {name: theirs(script, found[name]) for name, script in scripts.items()}
    commands["R, start and packages alone"] = lambda: timed(["Rscript", "--vanilla", "-e", libraries])
    report("demo: ips-eval run with its 10,000 replicates, figures and report",
           in_turn(commands, arguments.runs))
    results = scratch / "out-0" / "results.csv"
    return all([same_rows(name, path, results) for name, path in found.items()])


def write_case(directory):
    """The plan as case.json, for R."""
    plan = tomllib.loads((directory / "plan.toml").read_text(encoding="utf-8"))
    analysis, trial = plan["analysis"], plan["trial"]
    case = {
        "origin": "2018-02-01",
        "arm_ips": trial["arms"]["ips"],
        "data_cutoff": str(trial["data_cutoff"]),
        "regions": trial["regions"],
        "contracts": plan["competitive_employment"]["contracts"],
        "min_hours_per_week": plan["competitive_employment"]["min_hours_per_week"],
        "competing": plan["exits"]["competing"],
    } | {key: analysis[key] for key in ["horizon_months", "months", "rmst_months", "covariates"]}
    (directory / "case.json").write_text(json.dumps(case, indent=1), encoding="utf-8")


def same_rows(name, theirs, ours):
    """Whether the program has R's rows with R's values, those it knows by name."""
    with open(ours, encoding="utf-8") as file:
        mine = {tuple(row[k] for k in KEY): row["value"] for row in csv.DictReader(file)
                if not (row["inference"] or row["subgroup"] or row["level"])}
    with open(theirs, encoding="utf-8") as file:
        rows = [(tuple(row[k] for k in KEY), row["value"]) for row in csv.DictReader(file)]
    number = lambda text: None if text in ("", "NA") else float(text)
    shared = [(key, number(value), number(mine[key])) for key, value in rows if key in mine]
    wrong = [(key, a, b) for key, a, b in shared
             if (a is None) != (b is None) or (a is not None and not close(a, b))]
    for key, a, b in wrong[:10]:
        print(f"    {','.join(key)}: R {a}, ips-eval {b}")
    said = f"{len(shared) - len(wrong)} of {len(shared)} rows that both have, to 1e-9 ({name}"
    only = len(rows) - len(shared)
    return verdict(f"{said}; {only} more are R's alone)", not wrong and bool(shared))


# Kernels, which time themselves -----------------------------------------------------------------


def kernel(command):
    """The seconds of one run inside a process, and what it found."""
    answer = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    return json.loads(answer.stdout)


def kernels(title, commands, runs, shares=None):
    """As `in_turn`, for programs that time their own work; each runs it twice a round and the
    second counts. CPU time is not theirs to tell. What did only a share of the work is
    reckoned up to all of it."""
    found, times = {}, {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            answer = kernel(command)
            times[name].append((answer["seconds"][-1] / (shares or {}).get(name, 1),))
            found[name] = answer["found"]
    report(title, times, next(iter(commands)))
    return found


def our_kernel(arguments, *work):
    if not arguments.kernels.exists():
        sys.exit(f"{arguments.kernels} is missing: cargo build --release --workspace")
    return [arguments.kernels, *map(str, work)]


def rscript(name, *arguments):
    return ["Rscript", "--vanilla", HERE / name, *map(str, arguments)]


def survival(arguments, scratch):
    """Kaplan-Meier and log-rank of a million."""
    file, n = scratch / "times.csv", 1_000_000
    draw = random.Random(1)
    with open(file, "w", encoding="ascii") as output:
        output.write("arm,day,event\n")
        for i in range(n):
            arm, follow_up = i % 2, 820 + draw.randrange(970)
            job = int(draw.expovariate([0.000_62, 0.000_95][arm]))
            output.write(f"{arm},{min(job, follow_up)},{int(job <= follow_up)}\n")
    commands = {
        "ips-eval": our_kernel(arguments, "survival", file, 2),
        "R, survival": rscript("survival.R", file, 2),
    }
    title = "survival: Kaplan-Meier with limits of both arms and log-rank, n = 1,000,000, days"
    found = kernels(title, commands, arguments.runs)
    mine, peer = found.values()
    alike = all(close(mine[key], peer[key]) for key in mine)
    return verdict(f"log-rank {mine['log_rank']:.6f} and the ends of both curves, to 1e-9", alike)


def adjusted(arguments, scratch):
    """Lin's regression and the standardised logit, of the planned size and of a million."""
    alike = True
    for n in [1_200, 1_000_000]:
        file = scratch / f"adjusted-{n}.csv"
        adjusted_file(file, n)
        for name, what in [("lin", "Lin's regression, HC2"), ("logit", "standardised logit")]:
            commands = {
                "ips-eval": our_kernel(arguments, name, file, 2),
                "R, " + {"lin": "estimatr", "logit": "glm and the formula"}[name]:
                    rscript("adjusted.R", name, file, 2),
            }
            title = f"{what}: n = {n:,}, 3 strata, 2 quantities, a group of 6"
            mine, peer = kernels(title, commands, arguments.runs).values()
            said = f"{mine['estimate']:.6f} ({mine['std_error']:.6f}), to 1e-9"
            alike &= verdict(said, all(close(mine[key], peer[key]) for key in mine))
    return alike


def adjusted_file(file, n):
    """Employment of `n` people in three strata, with age, months of incapacity and a group."""
    draw = random.Random(n)
    with open(file, "w", encoding="ascii") as output:
        output.write("arm,outcome,stratum,age,months,group\n")
        for i in range(n):
            arm, stratum, group = i % 2, draw.randrange(3), draw.randrange(6)
            age, months = draw.randrange(18, 65), draw.randrange(3, 120)
            chance = 0.35 + 0.1 * arm + 0.05 * stratum - 0.003 * (age - 40) - 0.001 * months + 0.01 * group
            output.write(f"{arm},{int(draw.random() < chance)},{stratum},{age},{months},{group}\n")


def cox(arguments, scratch):
    """Cox regression of a million on arm and four covariates."""
    alike = True
    for n, last_day in [(1_200, 1_800), (1_000_000, 1_800), (1_000_000, 200_000)]:
        file = scratch / f"cox-{n}-{last_day}.csv"
        endings_file(file, n, last_day)
        commands = {
            "ips-eval": our_kernel(arguments, "cox", file, 2),
            "R, coxph": rscript("cox.R", "cox", file, 2),
        }
        if arguments.rust_survival:
            commands["Rust crate survival"] = [arguments.rust_survival, str(file), "2"]
        title = f"cox: Efron's ties, arm and 4 covariates, n = {n:,}, up to {last_day:,} days"
        mine, *peers = kernels(title, commands, arguments.runs).values()
        said = f"{mine['estimate']:.6f} ({mine['std_error']:.6f}), to 1e-7: R's own tolerance"
        alike &= verdict(said, all(close(mine[key], peer[key], 1e-7) for peer in peers for key in mine))
    return alike


def fine_gray(arguments, scratch):
    """Fine and Gray's regression: beside R at 2,000, and how its time grows."""
    files = {}
    for n in [2_000, 100_000, 400_000]:
        files[n] = scratch / f"fine-gray-{n}.csv"
        endings_file(files[n], n, 1_800)
    commands = {
        "ips-eval": our_kernel(arguments, "fine_gray", files[2_000], 2),
        "R, crr": rscript("cox.R", "fine_gray", files[2_000], 2),
    }
    title = "fine_gray: arm and 4 covariates, n = 2,000"
    mine, peer = kernels(title, commands, arguments.runs).values()
    said = f"{mine['estimate']:.6f} ({mine['std_error']:.6f}), to 1e-7"
    alike = verdict(said, all(close(mine[key], peer[key], 1e-7) for key in mine))
    commands = {f"n = {n:,}": our_kernel(arguments, "fine_gray", files[n], 2) for n in [100_000, 400_000]}
    kernels("fine_gray: how the time grows", commands, arguments.runs)
    return alike


def endings_file(file, n, last_day):
    """Times to a job with competing exits, of `n` people with four covariates."""
    draw = random.Random(n + last_day)
    with open(file, "w", encoding="ascii") as output:
        output.write("arm,day,ending,age,months,sex,group\n")
        for i in range(n):
            arm, sex, group = i % 2, draw.randrange(2), draw.randrange(6)
            age, months = draw.randrange(18, 65), draw.randrange(3, 120)
            hazard = 0.6 * 1.5**arm * 0.99**(age - 40) * 0.997**(months - 60) * 1.1**sex
            times = [(draw.expovariate(hazard), 1), (draw.expovariate(0.15), 2), (1 + draw.random(), 0)]
            when, ending = min(times)
            output.write(f"{arm},{int(when / 2 * last_day)},{ending},{age},{months},{sex},{group}\n")


# Resampling -------------------------------------------------------------------------------------


def cores_in_turn():
    """One core, then all of them."""
    return sorted({1, os.cpu_count()})


def same_bootstrap(mine, peers, replicates, estimate=1e-6):
    """Whether estimates agree, and standard errors and limits from other draws to four Monte Carlo
    errors, those of normal replicates: 0.71 and 2.7 standard errors over the root of how many."""
    agrees = True
    for name, peer in peers.items():
        error = mine["std_error"] * (1 / replicates[0] + 1 / replicates[name])**0.5
        pairs = [(mine["estimate"], peer["estimate"], estimate * max(1, abs(mine["estimate"]))),
                 (mine["std_error"], peer["std_error"], 4 * 0.71 * error)]
        pairs += [(a, b, 4 * 2.7 * error) for a, b in zip(mine["limits"], peer["limits"])]
        numbers = "; ".join(f"{a:.5f} and {b:.5f}" for a, b, _ in pairs)
        said = f"estimate, standard error and limits from other draws: {numbers} ({name})"
        agrees &= verdict(said, all(abs(a - b) <= allowed for a, b, allowed in pairs))
    return agrees


def resampled(arguments, title, ours, theirs):
    """Bootstraps of one thing: (our work, file, replicates, threads) and by name (command,
    replicates)."""
    work, file, all_replicates, threads = ours
    mine_name = f"ips-eval, {threads} thread(s)"
    commands = {mine_name: our_kernel(arguments, work, file, all_replicates, 2, threads)}
    commands |= {name: command for name, (command, _) in theirs.items()}
    replicates = {0: all_replicates} | {name: count for name, (_, count) in theirs.items()}
    shares = {name: count / all_replicates for name, (_, count) in theirs.items()}
    found = kernels(title, commands, arguments.runs, shares)
    return same_bootstrap(found.pop(mine_name), found, replicates)


def bootstrap(arguments, scratch):
    """A risk difference of 600 + 600, resampled 10,000 times within arms."""
    file, replicates = scratch / "outcomes.csv", 10_000
    lines = [f"{arm},{int(i < events)}" for arm, events in [(1, 240), (0, 168)] for i in range(600)]
    file.write_text("\n".join(["arm,outcome", *lines]) + "\n")
    agrees = True
    for work, kind, name in [("bootstrap", "perc", "percentile"), ("bootstrap_bca", "bca", "BCa")]:
        for cores in cores_in_turn():
            title = f"{work}: one risk difference, n = 1,200, 10,000 replicates, {name} interval"
            peer = rscript("bootstrap.R", file, replicates, 2, cores, kind)
            theirs = {f"R, boot, {cores} process(es)": (peer, replicates)}
            agrees &= resampled(arguments, title, (work, file, replicates, cores), theirs)
    return agrees


def models(arguments, title, ours, peers):
    """Beside fits of R with so many replicates each: {what it calls: replicates}."""
    work, file, replicates = ours
    agrees = True
    for cores in cores_in_turn():
        theirs = {}
        for (model, said), fewer in peers.items():
            command = rscript("bootstrap_models.R", model, file, fewer, 2, cores)
            theirs[f"R, boot and {said}, {cores} process(es)"] = (command, fewer)
        if work == "bootstrap_cox" and arguments.rust_survival:
            command = ["env", f"RAYON_NUM_THREADS={cores}", arguments.rust_survival, file, "2",
                       str(replicates)]
            theirs[f"Rust crate survival, {cores} thread(s)"] = (command, replicates)
        agrees &= resampled(arguments, title, (work, file, replicates, cores), theirs)
    return agrees


def bootstrap_logit(arguments, scratch):
    """A risk difference standardised over a logistic regression."""
    file = scratch / "standardised.csv"
    adjusted_file(file, 1_200)
    title = "bootstrap_logit: standardised logit, n = 1,200, ten columns, time of 10,000 replicates\n" \
        "  (R does 400, reckoned up)"
    peers = {("logit", "glm"): 400, ("logit_fit", "glm.fit"): 400}
    return models(arguments, title, ("bootstrap_logit", file, 10_000), peers)


def bootstrap_rmst(arguments, scratch):
    """A difference of restricted means."""
    file = scratch / "restricted.csv"
    endings_file(file, 1_200, 1_800)
    title = "bootstrap_rmst: restricted mean difference, n = 1,200, time of 10,000 replicates\n" \
        "  (R does 1,000, reckoned up)"
    return models(arguments, title, ("bootstrap_rmst", file, 10_000), {("rmst", "survfit"): 1_000})


def bootstrap_cox(arguments, scratch):
    """A Cox regression on arm and three covariates."""
    file = scratch / "hazards.csv"
    distinct_endings_file(file, 1_000)
    title = "bootstrap_cox: arm and 3 covariates, n = 1,000, no two on one day, 1,000 replicates"
    peers = {("cox", "coxph"): 1_000, ("cox_fit", "coxph.fit"): 1_000}
    return models(arguments, title, ("bootstrap_cox", file, 1_000), peers)


def randomisation(arguments, scratch):
    """The adjusted difference beside numpy, and the log-rank test beside coin."""
    draws, agrees = 10_000, True
    file = scratch / "allocated.csv"
    allocated_file(file, 1_200)
    for cores in cores_in_turn():
        commands = {f"ips-eval, {cores} thread(s)": our_kernel(arguments, "randomisation", file, draws, 2, cores)}
        for way in ["permuted", "partition"]:
            commands[f"numpy, {way}, {cores} thread(s)"] = \
                [arguments.python, HERE / "randomisation.py", way, file, str(draws), "2", str(cores)]
        title = "randomisation: adjusted difference, n = 1,200, 3 strata, 3 covariates, 10,000 draws"
        agrees &= same_test(kernels(title, commands, arguments.runs), draws)
    file = scratch / "allocated-times.csv"
    allocated_times_file(file, 1_200)
    for cores in cores_in_turn():
        commands = {
            f"ips-eval, {cores} thread(s)":
                our_kernel(arguments, "randomisation_log_rank", file, draws, 2, cores),
            "R, coin, one process": rscript("randomisation.R", file, draws, 2),
        }
        title = "randomisation: log-rank test within 3 strata, n = 1,200, 10,000 draws"
        agrees &= same_test(kernels(title, commands, arguments.runs), draws)
    return agrees


def same_test(found, draws):
    """Whether statistics agree, and p-values from other draws to four Monte Carlo errors."""
    mine, *peers = found.values()
    p = mine["p_value"]
    allowed = 4 * (2 * p * (1 - p) / draws)**0.5
    alike = all(close(mine["estimate"], peer["estimate"]) and abs(p - peer["p_value"]) <= allowed
                for peer in peers)
    said = ", ".join(f"{one['p_value']:.4f}" for one in found.values())
    return verdict(f"statistic {mine['estimate']:.6f} to 1e-9, p-values from other draws: {said}", alike)


def allocated_file(file, n):
    """Days worked by `n` people in three strata, in blocks of four, with three covariates."""
    draw = random.Random(n)
    with open(file, "w", encoding="ascii") as output:
        output.write("arm,outcome,stratum,age,months,sex\n")
        for stratum, arm in allocation(draw, n):
            age, months, sex = draw.randrange(18, 65), draw.randrange(3, 120), draw.randrange(2)
            mean = 150 + 8 * arm + 10 * stratum - (age - 40) - 0.4 * months + 12 * sex
            output.write(f"{arm},{max(0, int(draw.gauss(mean, 90)))},{stratum},{age},{months},{sex}\n")


def allocated_times_file(file, n):
    """Times to a job of `n` people in three strata, no two on one day: ties are not the question."""
    draw = random.Random(n + 1)
    days = draw.sample(range(1, 100_000), n)
    with open(file, "w", encoding="ascii") as output:
        output.write("arm,day,ending,stratum\n")
        for (stratum, arm), day in zip(allocation(draw, n), days):
            # Odds of a job rather than of the end of follow-up rise with arm and stratum.
            ending = int(draw.random() < 0.55 + 0.04 * arm + 0.05 * stratum)
            output.write(f"{arm},{day},{ending},{stratum}\n")


def allocation(draw, n):
    """Stratum and arm of each, strata in any order, arms in blocks of four within them."""
    blocks = {stratum: [] for stratum in range(3)}
    for _ in range(n):
        stratum = draw.randrange(3)
        if not blocks[stratum]:
            blocks[stratum] = draw.sample([0, 0, 1, 1], 4)
        yield stratum, blocks[stratum].pop()


def distinct_endings_file(file, n):
    """Times to a job of `n` people with three covariates, no two on one day, so that all ways with
    ties begin from the same estimate."""
    draw = random.Random(n)
    rows = []
    for i in range(n):
        arm, sex, age, months = i % 2, draw.randrange(2), draw.randrange(18, 65), draw.randrange(3, 120)
        hazard = 0.6 * 1.5**arm * 0.99**(age - 40) * 0.997**(months - 60) * 1.1**sex
        when, ending = min((draw.expovariate(hazard), 1), (1 + draw.random(), 0))
        rows.append((when, f"{ending},{age},{months},{sex}", arm))
    rows.sort()
    lines = [f"{arm},{day + 1},{rest}" for day, (_, rest, arm) in enumerate(rows)]
    draw.shuffle(lines)
    file.write_text("\n".join(["arm,day,ending,age,months,sex", *lines]) + "\n")


# Reading ----------------------------------------------------------------------------------------


def read(arguments, scratch):
    """100,000 people, 1,000,000 spells and 600,000 questionnaires of 15 items read, checked, linked,
    assigned to waves and scored, in at most twice the time that polars takes to read them."""
    directory, threads = scratch / "read", 2
    directory.mkdir()
    trial_files(directory, 100_000)
    ours = our_kernel(arguments, "read", directory, 2, threads)
    theirs = ["env", f"POLARS_MAX_THREADS={threads}", arguments.python, HERE / "read.py", directory, "2"]
    commands = {"ips-eval, read, checked, derived": ours, "polars, read": theirs}
    title = f"read: 100,000 people, 1,000,000 spells, 600,000 questionnaires, {threads} threads"
    found, times = {}, {name: [] for name in commands}
    memory = {name: peak_memory(command) for name, command in commands.items()}
    for _ in range(arguments.runs):
        for name, command in commands.items():
            answer = kernel(command)
            times[name].append((answer["seconds"][-1],))
            found[name] = answer["found"]
    report(title, times, next(iter(commands)))
    mine, peer = [[seconds for seconds, in taken] for taken in times.values()]
    ratio = statistics.median(one / other for one, other in zip(mine, peer))
    print("  most memory: " + ", ".join(f"{name} {mib:.0f} MiB" for name, mib in memory.items()))
    agrees = verdict("rows by table", len({json.dumps(rows, sort_keys=True) for rows in found.values()}) == 1)
    return verdict(f"{ratio:.2f} times as long as polars (median), 2 at most", ratio <= 2) and agrees


def peak_memory(command):
    """Most memory of a process while it does its work, in MiB."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=ROOT)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"failed: {' '.join(map(str, command))}")
    return usage.ru_maxrss / 1024


READ_PLAN = """\
[trial]
id = "read"
title = "Files of a size that no trial reaches"
data_cutoff = 2022-12-31
regions = ["flanders", "wallonia", "brussels"]

[trial.arms]
ips = "IPS"
control = "TAU"

[data]
participants = "participants.csv"
employment = "employment.csv"
waves = "waves.csv"

[competitive_employment]
contracts = ["employment_contract", "temporary_agency", "self_employed"]
min_hours_per_week = 1

[exits]
competing = ["death", "statutory_pension"]

[analysis]
horizon_months = 18
months = [6, 12, 18, 24]
rmst_months = [18]
covariates = ["age", "sex"]
confidence_level = 0.95

[instruments]
files = ["scale.toml"]

[[outcomes]]
id = "scale"
score = "scale"

[bootstrap]
replicates = 200
seed = 20180201
"""

N_ITEMS = 15


def scale_file():
    """An instrument of all items of the questionnaires, a mean with at most five missing."""
    items = "".join(f'[[items]]\ncolumn = "item_{item}"\ncodes = [1, 2, 3, 4, 5]\n\n'
                    for item in range(1, N_ITEMS + 1))
    score = ('[score]\nrule = "mean"\nmax_missing = 5\nminimum = 1\nmaximum = 5\n'
             'direction = "higher_is_better"\n')
    title = '[title]\nen = "A scale"\nfr = "Une échelle"\nnl = "Een schaal"\n\n'
    head = 'id = "scale"\nversion = "1"\nsource = "none"\nlicence = "none"\n'
    lines = head + "CHECKSUM\n" + title + items + score
    digest = hashlib.sha256(lines.replace("CHECKSUM\n", "").encode()).hexdigest()
    return lines.replace("CHECKSUM", f'checksum = "{digest}"')


def trial_files(directory, people):
    """A plan and its tables: ten spells and six questionnaires of 15 items a person. One spell in a
    hundred abuts the one before, which is a note; nothing is wrong."""
    draw = random.Random(20180201)
    day = [(date(2014, 1, 1) + timedelta(at)).isoformat() for at in range(5000)]
    contracts = ["employment_contract"] * 6 + ["temporary_agency"] * 4 + \
        ["self_employed", "adapted_work", "training", "volunteering"]
    items = [f"item_{item}" for item in range(1, N_ITEMS + 1)]
    (directory / "plan.toml").write_text(READ_PLAN, encoding="ascii")
    (directory / "scale.toml").write_text(scale_file(), encoding="utf-8")
    with open(directory / "participants.csv", "w", encoding="ascii") as persons, \
            open(directory / "employment.csv", "w", encoding="ascii") as spells, \
            open(directory / "waves.csv", "w", encoding="ascii") as waves:
        persons.write("participant_id,arm,region,randomisation_date,exit_date,exit_reason,stratum,"
                      "site,language,age,sex,education\n")
        spells.write("participant_id,start_date,end_date,contract,hours_per_week,monthly_wage_eur,"
                     "employer_id,authorised_art100,source\n")
        waves.write(f"participant_id,wave,response_date,language,{','.join(items)}\n")
        for i in range(people):
            person, region = f"P{i:06d}", draw.choice(["flanders", "wallonia", "brussels"])
            start, language = draw.randrange(1600, 2300), draw.choice(["fr", "nl", "de"])
            leaves = draw.random() < 0.06
            left = day[start + draw.randrange(30, 900)] if leaves else ""
            reason = draw.choice(["death", "statutory_pension", "withdrew"]) if leaves else ""
            persons.write(f"{person},{('IPS', 'TAU')[i % 2]},{region},{day[start]},{left},{reason},{region},"
                          f"{region}-{draw.randrange(3)},{language},{draw.randrange(18, 65)},"
                          f"{draw.choice('fm')},{draw.choice(['low', 'middle', 'high', ''])}\n")
            begin = start + draw.randrange(120)
            for spell in range(10):
                end = begin + draw.randrange(5, 160)
                last = day[end] if spell < 9 or draw.random() < 0.7 else ""
                wage = f"{draw.randrange(400, 3500)}.{draw.randrange(100):02d}" if draw.random() < 0.8 else ""
                spells.write(f"{person},{day[begin]},{last},{draw.choice(contracts)},"
                             f"{draw.choice(['19', '38', '25.25', '12.5'])},{wage},E{draw.randrange(50_000):05d},"
                             f"{draw.choice(['yes', 'no', ''])},"
                             f"{draw.choice(['register', 'job_coach', 'questionnaire'])}\n")
                begin = end + (1 if draw.random() < 0.01 else draw.randrange(2, 30))
            for wave in range(6):
                answered = day[start + 183 * wave + draw.randrange(20)]
                answers = ",".join(str(draw.randrange(1, 6)) if draw.random() < 0.95 else "" for _ in items)
                waves.write(f"{person},{6 * wave},{answered},{language},{answers}\n")


if __name__ == "__main__":
    main()
