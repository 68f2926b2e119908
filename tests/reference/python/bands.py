"""Writes survival_bands.json: simultaneous bands of survival curves, in 22-digit arithmetic.

Nothing here uses the algorithms of ips-eval. Boundary probabilities of the Brownian bridge come
from the eigenfunctions of the killed Brownian motion, integrated numerically (ips-eval reflects at
the boundaries); those of the Ornstein-Uhlenbeck process from Kummer's function and quadrature of
its squares (ips-eval solves the differential equation by Taylor steps, and uses no quadrature).
Critical values are found by the secant method, Greenwood's sums as exact fractions.
Run from the root: python3 tests/reference/python/bands.py
"""

import json
import platform
from fractions import Fraction

import mpmath
from mpmath import mp, mpf

mp.dps = 22


def bridge_cdf(k, low, high):
    """P(|B(u)| <= k for u in [low, high])."""
    k, low, high = mpf(k), mpf(low), mpf(high)
    if low == high:
        return mpmath.erf(k / mpmath.sqrt(2 * low * (1 - low)))

    def projection(m, s):
        if s == 0:
            return mpf(1)
        reach = min(k, 14 * mpmath.sqrt(s))
        pieces = 1 + int(m * reach / k) // 4 + int(reach / mpmath.sqrt(s))
        points = [reach * i / pieces for i in range(pieces + 1)]
        density = lambda x: mpmath.exp(-x * x / (2 * s)) / mpmath.sqrt(2 * mpmath.pi * s)
        return 2 * mpmath.quad(lambda x: density(x) * mpmath.cos(m * mpmath.pi * x / (2 * k)), points)

    total, m = mpf(0), 1
    while True:
        decay = mpmath.exp(-((m * mpmath.pi / k) ** 2) * (high - low) / 8)
        if decay < mpf(10) ** -18:
            return mpmath.sqrt(2 * mpmath.pi) / k * total
        total += decay * projection(m, low) * projection(m, 1 - high)
        m += 2


def gauss_legendre(n):
    out = []
    for i in range(1, n + 1):
        start = mpmath.cos(mpmath.pi * (i - mpf(1) / 4) / (n + mpf(1) / 2))
        # Two near starts: from far ones the secant method may find a neighbour.
        x = mpmath.findroot(lambda z: mpmath.legendre(n, z), (start, start + mpf(10) ** -6), tol=mpf(10) ** -36)
        slope = n * (x * mpmath.legendre(n, x) - mpmath.legendre(n - 1, x)) / (x * x - 1)
        out.append((x, 2 / ((1 - x * x) * slope**2)))
    assert abs(sum(w for _, w in out) - 2) < mpf(10) ** -18 and abs(sum(w * x**8 for x, w in out) - mpf(2) / 9) < mpf(10) ** -18
    return out


NODES = gauss_legendre(20)


def eigen(c, n):
    """The first n even eigenvalues of the process killed at c, and the squared projections of 1."""
    f = lambda lam, x: mpmath.hyp1f1(-lam / 2, mpf(1) / 2, x * x / 2, zeroprec=300)
    phi = lambda x: mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi)
    out, lam, step = [], mpf("1e-12"), mpf(1)
    while len(out) < n:
        if f(lam, c) * f(lam + step, c) < 0:
            root = mpmath.findroot(lambda z: f(z, c), (lam, lam + step), solver="anderson", tol=mpf(10) ** -34)
            points = [c * i / (4 + len(out)) for i in range(5 + len(out))]
            # Both integrals from the same 20 Gauss-Legendre nodes a piece.
            one = square = mpf(0)
            for a, b in zip(points, points[1:]):
                for node, weight in NODES:
                    x = (a + b) / 2 + (b - a) / 2 * node
                    value = f(root, x)
                    one += (b - a) * weight * phi(x) * value
                    square += (b - a) * weight * phi(x) * value**2
            out.append((root, one**2 / square))
        lam += step
    return out


def process_cdf(c, duration):
    """P(|X(t)| <= c for t in [0, duration]), X the stationary Ornstein-Uhlenbeck process."""
    c, duration = mpf(c), mpf(duration)
    if duration == 0:
        return mpmath.erf(c / mpmath.sqrt(2))
    # The n-th even eigenvalue is near ((n - 1/2) pi / c)^2.
    n = 2 + int(c / mpmath.pi * mpmath.sqrt(42 / duration))
    return sum(weight * mpmath.exp(-lam * duration) for lam, weight in eigen(c, n))


def quantile(cdf, p, start):
    return mpmath.findroot(lambda k: cdf(k) - p, (start, start * mpf("1.02")), tol=mpf(10) ** -28)


CASES = []


def probability(function, arguments, value):
    CASES.append({"kind": "probability", "function": function, "arguments": arguments, "value": float(value)})


for k, low, high in [(1, 0, 1), ("1.3", 0, "0.6"), ("1.2", "0.02", "0.7"), ("0.9", "0.3", "0.4"), ("0.7", "0.1", "0.12"), ("0.3", "0.001", "0.99"),
                     ("1.5", "0.4", "0.999"), ("0.15", "0.001", "0.004"), ("0.1", "0.96", "0.99"), ("0.8", "0.5", "0.505"), ("2.5", "0.1", "0.9")]:
    probability("bridge", [float(mpf(k)), float(mpf(low)), float(mpf(high))], bridge_cdf(float(mpf(k)), float(mpf(low)), float(mpf(high))))
for c, duration in [("2", "1"), ("3", "5"), ("2.5", "0.1"), ("3.2", "9"), ("1", "0.5"), ("0.5", "0.05"), ("4.5", "3"), ("2.2", "0.02"), ("6", "20"), ("3", "50")]:
    probability("process", [float(mpf(c)), float(mpf(duration))], process_cdf(float(mpf(c)), float(mpf(duration))))

SETS = json.load(open("tests/reference/survival_sets.json"))["sets"]


def around(scale, p, margin):
    if scale == "plain":
        limits = p - margin, p + margin
    elif scale == "log":
        limits = p * mpmath.exp(-margin / p), p * mpmath.exp(margin / p)
    elif p == 1:
        return None
    elif scale == "log_log":
        centre, wide = mpmath.log(-mpmath.log(p)), abs(margin / (p * mpmath.log(p)))
        limits = tuple(mpmath.exp(-mpmath.exp(centre + s * wide)) for s in (1, -1))
    else:
        centre, wide = mpmath.log(p / (1 - p)), margin / (p * (1 - p))
        limits = tuple(1 / (1 + mpmath.exp(-(centre + s * wide))) for s in (-1, 1))
    return [float(min(max(x, mpf(0)), mpf(1))) for x in limits]


def bands(name, days, events, level, wanted, entries=None):
    entries = entries or [-1] * len(days)
    n, survival, variance, steps = len(days), Fraction(1), Fraction(0), []
    for day in sorted(set(days)):
        at_risk = sum(1 for e, t in zip(entries, days) if e < day <= t)
        d = sum(1 for t, e in zip(days, events) if t == day and e)
        if d == at_risk:
            end = day
            break
        survival *= Fraction(at_risk - d, at_risk)
        variance += Fraction(d, at_risk * (at_risk - d))
        steps.append((day, survival, variance, d))
    else:
        end = None
    real = lambda q: mpf(q.numerator) / q.denominator
    with_events = [day for day, _, _, d in steps if d]
    first, last = with_events[0], with_events[-1]

    def at(time):
        before = [s for s in steps if s[0] <= time]
        return (real(before[-1][1]), real(before[-1][2])) if before else (mpf(1), mpf(0))

    low, high = wanted or (first, last)
    for kind in ("hall_wellner", "equal_precision"):
        start = max(low, first) if kind == "equal_precision" else low
        # A range ends before the day on which the curve falls to 0.
        times = [start] + [s[0] for s in steps if start < s[0] <= high]
        va, vb = at(start)[1], at(high)[1]
        if kind == "hall_wellner":
            critical = quantile(lambda k: bridge_cdf(k, n * va / (1 + n * va), n * vb / (1 + n * vb)), level, mpf("1.2"))
            margin = lambda v: critical * (1 + n * v) / mpmath.sqrt(n)
        else:
            duration = mpmath.log(vb / va) / 2
            critical = quantile(lambda c: process_cdf(c, duration), level, mpf("2.6"))
            margin = lambda v: critical * mpmath.sqrt(v)
        scales = {scale: [around(scale, at(t)[0], at(t)[0] * margin(at(t)[1])) for t in times] for scale in ("plain", "log", "log_log", "logit")}
        CASES.append({"kind": "band", "name": name, "band": kind, "level": float(level), "range": wanted, "days": days, "events": events,
                      "entries": None if max(entries) < 0 else entries, "critical_value": float(critical), "from": start,
                      "times": times, "estimate": [float(at(t)[0]) for t in times], "limits": scales})


def of(name, event="status", arm=None, time="time"):
    s = SETS[name]
    keep = [i for i in range(len(s[time])) if arm is None or s["arm"][i] == arm]
    return [int(s[time][i]) for i in keep], [int(s[event][i] == 1) for i in keep]


bands("lung", *of("lung"), mpf("0.95"), None)
bands("lung, 100 to 600 days", *of("lung"), mpf("0.95"), [100, 600])
bands("veteran, treated, 90%", *of("veteran", arm=1), mpf("0.9"), None)
bands("veteran, untreated, from the start, 99%", *of("veteran", arm=0), mpf("0.99"), [0, 400])
bands("mgus2, months, many ties", *of("mgus2", "cause", 0), mpf("0.95"), None)
bands("small, day 0, last an event", [0, 1, 1, 2, 3, 3, 5, 8], [1, 1, 0, 0, 1, 0, 1, 1], mpf("0.95"), None)
bands("one event only", [2, 4, 6, 8], [0, 1, 0, 0], mpf("0.95"), None)
s = SETS["bladder"]
bands("bladder, delayed entry", s["stop"], [int(e == 1) for e in s["event"]], mpf("0.95"), [5, 40], s["start"])

out = {
    "generator": {"software": "mpmath", "versions": f"Python {platform.python_version()}, mpmath {mpmath.__version__}", "script": "tests/reference/python/bands.py"},
    "tolerance": {"relative": 1e-10, "absolute": 1e-11, "why": "series and quadratures that end at 1e-13 in double arithmetic; near an end of the range a limit moves faster than its critical value"},
    "cases": CASES,
}
with open("tests/reference/survival_bands.json", "w") as file:
    json.dump(out, file)
    file.write("\n")
print(len(CASES), "cases")
