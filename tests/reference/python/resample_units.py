"""Draws of clusters, balanced draws, exact totals and step-down p-values, from their definitions.

Writes tests/reference/resample_units.json. Needs numpy and pyfixest (whose two step-down functions
are run by themselves, so that its other requirements need not be installed).

The rules, as documented in src/mathematics/resample/{case_weights,balanced,exact_total,multiplicity}.rs:

- units are clusters; cells that share one, directly or by way of others, are one group; groups in
  increasing order of their smallest cell number, units in the order of their first participant; a
  group of n units takes n draws below n;
- balanced: group g has the list 0 .. n-1 repeated R times, shuffled from the end with the draws of
  stream g, purpose 5; replicate b takes entries b n to b n + n - 1;
- a total of n draws from n whole numbers has n-fold convolved probabilities, here in integers;
- step-down: members by decreasing |t|, the largest of a member and all later ones, (c + 1)/(B + 1),
  no p-value below the one before; minP with ranks within a column of B draws and the observed one.
"""

import ast
import importlib.metadata
import importlib.util
import itertools
import json
import pathlib
import platform
from fractions import Fraction

import numpy as np

from case_weights import Stream


def groups_of(cell, cluster):
    """Lists of units, each a list of positions, by repeated merging until nothing is shared."""
    groups = [({c}, {k for k, d in zip(cluster, cell) if d == c}) for c in sorted(set(cell))]
    merged = True
    while merged:
        merged = False
        for a, b in itertools.combinations(groups, 2):
            if a[1] & b[1]:
                groups.remove(a), groups.remove(b)
                groups.append((a[0] | b[0], a[1] | b[1]))
                merged = True
                break
    groups.sort(key=lambda group: min(group[0]))
    out = []
    for _, clusters in groups:
        units = {}
        for position, k in enumerate(cluster):
            if k in clusters:
                units.setdefault(k, []).append(position)
        out.append(list(units.values()))
    return out


def clustered(seed, replicate, cell, cluster):
    stream = Stream(seed, 1, replicate)
    weights = [0] * len(cell)
    for units in groups_of(cell, cluster):
        for _ in units:
            for position in units[stream.below(len(units))]:
                weights[position] += 1
    return weights


def balanced(seed, replicates, cell, cluster):
    weights = [[0] * len(cell) for _ in range(replicates)]
    for number, units in enumerate(groups_of(cell, cluster)):
        stream = Stream(seed, 6, number)
        drawn = list(range(len(units))) * replicates
        for last in range(len(drawn) - 1, 0, -1):
            other = stream.below(last + 1)
            drawn[last], drawn[other] = drawn[other], drawn[last]
        for at, unit in enumerate(drawn):
            for position in units[unit]:
                weights[at // len(units)][position] += 1
    assert all(sum(row[i] for row in weights) == replicates for i in range(len(cell)))
    return weights


def total(strata):
    """Probabilities of all totals as fractions: polynomials are integers with room between digits."""
    out, first, ways = 1, 0, 1
    room = 8 * (sum(len(v) * len(v).bit_length() for v in strata) // 8 + 1)
    for values in strata:
        low, n = min(values), len(values)
        polynomial = sum(1 << (room * (v - low)) for v in values)
        out *= polynomial**n
        first += n * low
        ways *= n**n
    mask, probabilities = (1 << room) - 1, []
    digits = out.to_bytes((out.bit_length() + 7) // 8, "little")
    step = room // 8
    for at in range(0, len(digits), step):
        probabilities.append(Fraction(int.from_bytes(digits[at:at + step], "little") & mask, ways))
    assert sum(probabilities) == 1
    return first, probabilities


def exact_case(name, intervention, control):
    (first_i, p), (first_c, q) = total(intervention), total(control)
    n_i, n_c = sum(map(len, intervention)), sum(map(len, control))
    wanted = [first_i + len(p) // 2 + k for k in (-40, -10, -1, 0, 1, 10, 40)]
    tail = list(itertools.accumulate(reversed(q)))[::-1] + [Fraction(0)]
    floats = [float(t) for t in tail]

    def at_most(place):
        # Fractions are summed as doubles at the end: relative error 1e-15 of positive terms.
        terms = []
        for i, probability in enumerate(p):
            needed = -((place - (first_i + i) * n_c) // n_i)  # ceil of (x n_c - place) / n_i
            at = min(max(needed - first_c, 0), len(q))
            terms.append(float(probability) * floats[at])
        return float(np.sum(np.sort(np.array(terms))))

    low = first_i * n_c - (first_c + len(q) - 1) * n_i
    high = (first_i + len(p) - 1) * n_c - first_c * n_i

    def quantile(level):
        a, b = low, high
        while a < b:
            middle = (a + b) // 2
            if at_most(middle) >= level - 1e-12:
                b = middle
            else:
                a = middle + 1
        return a / (n_i * n_c)

    observed = sum(map(sum, intervention)) * n_c - sum(map(sum, control)) * n_i
    variance = sum(len(v) * np.var(v) for v in intervention) / n_i**2
    variance += sum(len(v) * np.var(v) for v in control) / n_c**2
    return {
        "kind": "total", "name": name, "intervention": intervention, "control": control,
        "totals": [t for t in wanted if 0 <= t - first_i < len(p)],
        "probabilities": [float(p[t - first_i]) for t in wanted if 0 <= t - first_i < len(p)],
        "estimate": observed / (n_i * n_c), "std_error": float(variance) ** 0.5,
        "below": at_most(observed - 1),
        "levels": [{"level": level, "lower": quantile((1 - level) / 2),
                    "upper": quantile((1 + level) / 2)} for level in (0.8, 0.95, 0.99)],
    }


def step_down(t, draws):
    """Romano and Wolf, member after member, on the largest of those that are left."""
    left, out, before = list(np.argsort(-t, kind="stable")), {}, 0.0
    while left:
        most = draws[:, left].max(axis=1)
        before = max(before, (np.sum(most >= t[left[0]]) + 1) / (len(draws) + 1))
        out[int(left.pop(0))] = before
    return [float(out[k]) for k in range(len(t))]


def min_p(t, draws):
    """Westfall and Young: p-values of all rows, the observed one first, by their definition."""
    every = np.vstack([t, draws])
    p = np.array([[np.mean(column >= x) for x in column] for column in every.T]).T
    left, out, before = list(np.argsort(p[0], kind="stable")), {}, 0.0
    while left:
        least = p[:, left].min(axis=1)
        before = max(before, float(np.mean(least <= p[0, left[0]])))
        out[int(left.pop(0))] = before
    return p, [out[k] for k in range(len(t))]


def pyfixest_functions():
    """Its two step-down rules, without importing the rest."""
    path = pathlib.Path(importlib.util.find_spec("pyfixest").submodule_search_locations[0])
    tree = ast.parse((path / "estimation/post_estimation/multcomp.py").read_text())
    names = ("_get_rwolf_pval", "_get_wyoung_pval")
    tree.body = [node for node in tree.body if getattr(node, "name", "") in names]
    space = {"np": np}
    exec(compile(tree, "multcomp.py", "exec"), space)
    return [space[name] for name in names]


def step_down_case(name, t, draws):
    rwolf, wyoung = pyfixest_functions()
    romano_wolf = step_down(np.abs(t), np.abs(draws))
    p, westfall_young = min_p(np.abs(t), np.abs(draws))
    assert np.allclose(rwolf(t, draws), romano_wolf, rtol=0, atol=1e-15)
    assert np.allclose(wyoung(p[0], p), westfall_young, rtol=0, atol=1e-15)
    return {"kind": "step-down", "name": name, "t": t.tolist(),
            "columns": [column.tolist() for column in draws.T],
            "unadjusted": p[0].tolist(), "romano_wolf": romano_wolf,
            "westfall_young": westfall_young}


def main():
    cases = []
    designs = {
        "one participant a cluster": ([3, 1, 1, 3, 1], [10, 20, 30, 40, 50]),
        "clusters within cells": ([i % 3 for i in range(60)], [i % 3 + 3 * (i // 9) for i in range(60)]),
        "clusters over cells": ([(i * i) % 7 for i in range(80)], [(i // 3) * 5 % 41 for i in range(80)]),
        "a chain of cells": ([5, 2, 2, 9, 9, 4, 4, 7], [1, 1, 2, 2, 3, 8, 9, 3]),
    }
    for name, (cell, cluster) in designs.items():
        for seed, replicate in ((20180201, 0), (7, 12_345)):
            cases.append({"kind": "clustered", "name": name, "seed": seed, "replicate": replicate,
                          "cell": cell, "cluster": cluster,
                          "weights": clustered(seed, replicate, cell, cluster)})
        cases.append({"kind": "balanced", "name": name, "seed": 20180201, "cell": cell,
                      "cluster": cluster, "weights": balanced(20180201, 17, cell, cluster)})

    random = np.random.Generator(np.random.PCG64(20180203))

    def days(n, most, none):
        values = random.integers(0, most + 1, n) * (random.random(n) > none)
        return [int(v) for v in values]

    cases += [
        exact_case("three strata an arm", [days(9, 40, 0.5), days(14, 40, 0.3), days(5, 40, 0.8)],
                   [days(11, 40, 0.5), days(6, 40, 0.6), days(13, 40, 0.6)]),
        exact_case("sixty people, ninety days", [days(60, 90, 0.5)], [days(45, 90, 0.7)]),
        exact_case("below zero, one always the same", [[-7, 3, 3, 20], [6, 6, 6]], [[1, 2, -30, 4]]),
    ]
    factor = random.standard_normal((199, 1))
    draws = 0.6 * factor + 0.8 * random.standard_normal((199, 5))
    draws[:, 3] = random.standard_t(2, 199)
    cases.append(step_down_case("five members", np.array([2.1, -3.0, 0.4, 4.0, -2.3]), draws))
    cases.append(step_down_case("none stands out", np.array([0.3, 0.1, -0.2, 0.7, 0.0]), draws))
    cases.append(step_down_case("ties", np.array([1.5, 1.5, -1.5, 2.0, 2.0]), np.round(draws * 2) / 2))
    out = {
        "generator": {
            "software": "Python standard library and numpy; step-down rules checked against pyfixest",
            "versions": f"Python {platform.python_version()}, numpy {np.__version__}, "
                        f"pyfixest {importlib.metadata.version('pyfixest')}",
            "script": "tests/reference/python/resample_units.py",
        },
        "tolerance": {"relative": 1e-12, "absolute": 1e-13,
                      "why": "sums of probabilities by Fourier transform against whole numbers"},
        "cases": cases,
    }
    path = pathlib.Path(__file__).resolve().parents[1] / "resample_units.json"
    path.write_text(json.dumps(out, separators=(",", ":")) + "\n")


main()
