"""Lee's (2009) bounds, in whole numbers.

Everything but the last square root is in fractions. The outcomes of the arm that is trimmed are each
copied n_u times, so that the n_t m_u smallest or largest copies are exactly the share that is kept:
no weights, no rule for ties. Standard errors with cells come from numerical derivatives in exact
arithmetic (steps of 1e-18) of the whole estimate in every selection rate and every cell's size,
against their binomial and multinomial covariances. A bootstrap is held beside.
Run from the root of the repository: python tests/reference/python/lee_bounds.py
"""
import json, math, platform, random, sys
from fractions import Fraction as F

import numpy, scipy
from scipy.optimize import brentq
from scipy.stats import norm

H = F(1, 10**18)


def kept(values, k):
    """Mean, last value and variance (divisor k - 1) of the first k values, k a fraction."""
    left, total, square, last = k, F(0), F(0), None
    for y in values:
        w = min(F(1), left)
        if w <= 0:
            break
        total, square, last, left = total + w * y, square + w * y * y, y, left - w
    mean = total / k
    return mean, last, (square - k * mean * mean) / (k - 1) if k > 1 else None


def copied_mean(values, n_copies, n_kept):
    copies = [y for y in values for _ in range(n_copies)][:n_kept]
    assert len(copies) == n_kept
    return sum(copies, F(0)) / n_kept


class Cell:
    def __init__(self, people):
        self.y = {a: sorted(y for b, y in people if b == a and y is not None) for a in (1, 0)}
        self.n = {a: sum(b == a for b, _ in people) for a in (1, 0)}
        self.m = {a: len(self.y[a]) for a in (1, 0)}
        self.s = {a: F(self.m[a], self.n[a]) if self.n[a] else None for a in (1, 0)}
        if 0 in self.m.values():
            return
        self.t = None if self.s[1] == self.s[0] else (1 if self.s[1] > self.s[0] else 0)
        t = 1 if self.t is None else self.t
        self.trimmed, self.other = t, 1 - t
        self.share = 1 - self.s[1 - t] / self.s[t]

    def ordered(self, side):
        low = (side == "lower") == (self.trimmed == 1)
        return self.y[self.trimmed] if low else self.y[self.trimmed][::-1]

    def bound(self, side, s_t=None, s_u=None):
        t, u = self.trimmed, self.other
        ratio = F(1) if self.t is None else (self.s[u] if s_u is None else s_u) / (self.s[t] if s_t is None else s_t)
        mean = kept(self.ordered(side), self.m[t] * ratio)[0]
        if s_t is None and s_u is None and self.t is not None:
            assert mean == copied_mean(self.ordered(side), self.n[u], self.n[t] * self.m[u])
        other = sum(self.y[u], F(0)) / self.m[u]
        return mean - other if t == 1 else other - mean

    def within(self, side):
        """Variance at known rates: Lee's proposition 3 without V^p, and the other arm's."""
        t, u = self.trimmed, self.other
        k = self.m[t] * (1 - self.share)
        mean, q, v = kept(self.ordered(side), k)
        w = kept(self.y[u], F(self.m[u]))[2]
        if v is None or w is None:
            return None
        gap = 0 if self.t is None else q - mean
        return v / k + gap * gap * self.share / k + w / self.m[u]


def theta(cells, side, sizes, change=None):
    """The average over cells; change = (cell, which rate, by how much)."""
    top = bottom = F(0)
    for i, (cell, n) in enumerate(zip(cells, sizes)):
        s = {"t": cell.s[cell.trimmed], "u": cell.s[cell.other]}
        if change and change[0] == i:
            s[change[1]] += change[2]
        top += n * s["u"] * cell.bound(side, s["t"], s["u"])
        bottom += n * s["u"]
    return top / bottom


def variance(cells, side):
    sizes = [F(sum(c.n.values())) for c in cells]
    at = theta(cells, side, sizes)
    total = F(0)
    bottom = sum(n * c.s[c.other] for n, c in zip(sizes, cells))
    for i, (cell, n) in enumerate(zip(cells, sizes)):
        within = cell.within(side)
        if within is None:
            return None
        total += (n * cell.s[cell.other] / bottom) ** 2 * within
        # Steps that trim more, so that the marginal outcome is the last that is kept.
        for which, arm, step in (("t", cell.trimmed, H), ("u", cell.other, -H)):
            slope = (theta(cells, side, sizes, (i, which, step)) - at) / step
            total += slope**2 * cell.s[arm] * (1 - cell.s[arm]) / cell.n[arm]
    n = sum(sizes)
    slopes = [(theta(cells, side, [x + (H if i == j else 0) for j, x in enumerate(sizes)]) - at) / H for i in range(len(cells))]
    shares = [x / n for x in sizes]
    total += n * (sum(p * g * g for p, g in zip(shares, slopes)) - sum(p * g for p, g in zip(shares, slopes)) ** 2)
    return total


def root(x):
    return math.sqrt(float(x))


def estimate(people, codes, level):
    """Bounds of one population of cells; codes all 0 for plain bounds."""
    cells, without = [], []
    for c in sorted(set(codes)):
        cell = Cell([p for p, d in zip(people, codes) if d == c])
        cell.code = c
        (without if 0 in cell.m.values() else cells).append(cell)
    sizes = [F(sum(c.n.values())) for c in cells]
    bottom = sum(n * c.s[c.other] for n, c in zip(sizes, cells))
    low, high = (theta(cells, side, sizes) for side in ("lower", "upper"))
    v = [variance(cells, side) for side in ("lower", "upper")]
    got = {"lower": float(low), "upper": float(high), "without": [c.code for c in without],
           "cells": [{"cell": c.code, "weight": float(n * c.s[c.other] / bottom), "lower": float(c.bound("lower")), "upper": float(c.bound("upper")),
                      "trimmed": -1 if c.t is None else c.t, "share": float(c.share)} for n, c in zip(sizes, cells)]}
    if None not in v and max(v) > 0:
        se = [root(x) for x in v]
        width = float(high - low) / max(se)
        c = brentq(lambda c: norm.cdf(c + width) - norm.cdf(-c) - level, 0, 10, xtol=1e-15, rtol=1e-15)
        got |= {"lower_std_error": se[0], "upper_std_error": se[1], "critical_value": c, "limit_lower": float(low) - c * se[0], "limit_upper": float(high) + c * se[1]}
    return got


def draw(seed, n, rates, shift, digits, cells=1, per_cell=None, share=0.5):
    rng = random.Random(seed)
    people, codes = [], []
    for _ in range(n):
        c = rng.randrange(cells)
        a = int(rng.random() < share)
        talent = rng.gauss(0, 1)
        rate = (per_cell[c] if per_cell else rates)[1 - a]
        # Monotone: the same talent is selected in both arms wherever the lower rate selects it.
        chosen = rng.random() < min(1, max(0, rate + 0.1 * talent))
        y = round(10 + 3 * talent + shift * a + 2 * c + rng.gauss(0, 2), digits)
        people.append((a, F(str(y)) if chosen else None))
        codes.append(c)
    return people, codes


cases = []


def add(kind, name, people, codes, level=0.95):
    want = estimate(people, codes, level)
    cases.append({"kind": kind, "name": name, "input": {
        "level": level, "arm": "".join(str(a) for a, _ in people), "outcome": [None if y is None else float(y) for _, y in people],
        "cells": codes, "n_cells": max(codes) + 1}, "want": want})
    return want


def bootstrap(people, codes, times, seed):
    """Standard deviations over resampled trials, arms resampled apart where there are no cells."""
    rng = random.Random(seed)
    low, high = [], []
    by_arm = [[(p, c) for p, c in zip(people, codes) if p[0] == a] for a in (1, 0)]
    for _ in range(times):
        again = [x for group in by_arm for x in rng.choices(group, k=len(group))]
        cells = [Cell([p for p, d in again if d == c]) for c in sorted({d for _, d in again})]
        sizes = [F(sum(c.n.values())) for c in cells]
        low.append(float(theta(cells, "lower", sizes)))
        high.append(float(theta(cells, "upper", sizes)))
    return numpy.std(low, ddof=1), numpy.std(high, ddof=1)


one = lambda people: [0] * len(people)
for name, seed, n, rates, shift, digits, level in [
    ("intervention trimmed", 1, 300, (0.7, 0.5), 1.0, 3, 0.95), ("control trimmed", 2, 300, (0.45, 0.65), 1.0, 3, 0.95),
    ("heavy ties", 3, 400, (0.8, 0.6), 0.5, 0, 0.9), ("little trimmed", 4, 250, (0.61, 0.6), 0.0, 2, 0.99),
    ("nearly all trimmed", 5, 200, (0.9, 0.1), 0.0, 2, 0.95), ("few", 6, 24, (0.8, 0.5), 0.0, 1, 0.95)]:
    people, _ = draw(seed, n, rates, shift, digits)
    add("plain", name, people, one(people), level)
    if seed in (1, 2):
        want = cases[-1]["want"]
        low, high = bootstrap(people, one(people), 400, 7)
        for boot, se in ((low, want["lower_std_error"]), (high, want["upper_std_error"])):
            # 400 replicates know a standard deviation to 3.5%; the estimate itself moves it too.
            assert abs(boot / se - 1) < 0.12, (name, boot, se)
whole = [(1, F(y)) for y in (1, 2, 2, 3, 5, 8)] + [(0, F(y)) for y in (0, 2, 4)] + [(0, None)] * 3
add("plain", "a whole number kept", whole, one(whole))
equal = [(1, F(y)) for y in (1, 3, 7)] + [(1, None)] + [(0, F(y)) for y in (2, 6, 6)] + [(0, None)]
add("plain", "equal rates", equal, one(equal))
binary = [(1, F(1))] * 30 + [(1, F(0))] * 25 + [(1, None)] * 20 + [(0, F(1))] * 20 + [(0, F(0))] * 22 + [(0, None)] * 33
add("plain", "yes and no", binary, one(binary))
for name, seed, n, per_cell, share in [
    ("three regions", 11, 500, [(0.7, 0.5), (0.6, 0.55), (0.8, 0.5)], 0.5), ("two to one", 12, 450, [(0.5, 0.7), (0.4, 0.6), (0.3, 0.45)], 2 / 3),
    ("directions differ", 13, 400, [(0.8, 0.5), (0.4, 0.7), (0.7, 0.5)], 0.5), ("one cell", 14, 200, [(0.8, 0.6)], 0.5)]:
    people, codes = draw(seed, n, None, 0.7, 2, len(per_cell), per_cell, share)
    add("cells", name, people, codes)
    if seed == 11:
        want = cases[-1]["want"]
        low, high = bootstrap(people, codes, 400, 8)
        for boot, se in ((low, want["lower_std_error"]), (high, want["upper_std_error"])):
            assert abs(boot / se - 1) < 0.12, (name, boot, se)
people, codes = draw(15, 300, None, 0.7, 0, 3, [(0.7, 0.5), (0.6, 0.0), (0.8, 0.5)])
people = [(a, None if c == 1 and a == 0 else y) for (a, y), c in zip(people, codes)]
add("cells", "a cell without weight", people, codes)

json.dump({"generator": {"software": "Python", "versions": f"Python {platform.python_version()}, scipy {scipy.__version__}, numpy {numpy.__version__}", "script": "tests/reference/python/lee_bounds.py"},
           "tolerance": {"relative": 1e-11, "absolute": 1e-13, "why": "fractions but for a square root and the critical value; a bound may cancel"}, "cases": cases},
          open("tests/reference/lee_bounds.json", "w"), separators=(",", ":"))
print(len(cases), "cases")
