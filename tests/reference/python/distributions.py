"""Writes normal_mpmath.json, distributions_mpmath.json and, for tails below 1e-20,
distributions_tails_mpmath.json: distributions to 17 digits from 60-digit arithmetic or more.

Nothing here uses the algorithms of ips-eval: incomplete gamma and beta functions come from their
plain power series in hundreds of digits, the hypergeometric from log-factorials, quantiles from
bisection on those series.
Run from the root: python3 tests/reference/python/distributions.py
"""

import json
import math
import platform

import mpmath
from mpmath import mp, mpf

mp.dps = 60
CASES = []


def case(function, arguments, value):
    CASES.append({"function": function, "arguments": arguments, "value": float(value)})


def normal_sf(x):
    return mpmath.erfc(mpf(x) / mpmath.sqrt(2)) / 2


def gamma_tails(a, x):
    """P(a, x) and Q(a, x), from the power series of P in enough digits for Q."""
    a, x = mpf(a), mpf(x)
    with mp.workdps(60):
        log_density = a * mpmath.log(x) - x - mpmath.loggamma(a + 1)
        tail = max(0, -log_density / mpmath.log(10))
    with mp.workdps(60 + int(min(tail, 700)) + 10):
        density = mpmath.exp(a * mpmath.log(x) - x - mpmath.loggamma(a + 1))
        term, total, n = mpf(1), mpf(1), 0
        limit = mpf(10) ** (-mp.dps)
        while term > limit * total or (a + n) < x:
            n += 1
            term *= x / (a + n)
            total += term
        lower = density * total
        return lower, 1 - lower


def beta_tails(a, b, x, y):
    """I_x(a, b) and its complement; x + y = 1, both mpf. By the series in x, or y where x is near 1."""
    if x > mpf("0.9"):
        upper, lower = beta_tails(b, a, y, x)
        return lower, upper
    with mp.workdps(mp.dps + 20):
        density = mpmath.exp(
            a * mpmath.log(x) + b * mpmath.log(y)
            + mpmath.loggamma(a + b) - mpmath.loggamma(a + 1) - mpmath.loggamma(b)
        )
        term, total, n = mpf(1), mpf(1), 0
        limit = mpf(10) ** (-mp.dps)
        while term > limit * total:
            term *= x * (a + b + n) / (a + 1 + n)
            total += term
            n += 1
        lower = density * total
        return lower, 1 - lower


def t_tails(t, df):
    """P(T > t) and P(0 < T < t) for t > 0."""
    with mp.workdps(400):
        t, df = mpf(t), mpf(df)
        x, y = df / (df + t * t), t * t / (df + t * t)
        lower, upper = beta_tails(df / 2, mpf("0.5"), x, y)
        return lower / 2, upper / 2


def t_quantile(p, df, start):
    """Newton from `start` in 400 digits; p exact."""
    with mp.workdps(400):
        p, df = mpf(p), mpf(df)
        t = mpf(start)
        for _ in range(60):
            sf = t_tails(t, df)[0]
            density = mpmath.exp(
                mpmath.loggamma((df + 1) / 2) - mpmath.loggamma(df / 2)
                - mpmath.log(df * mpmath.pi) / 2 - (df + 1) / 2 * mpmath.log(1 + t * t / df)
            )
            step = sf * mpmath.log(sf / p) / density if p < mpf("0.1") else (sf - p) / density
            t, old = t + step, t
            if t <= 0:
                t = old / 2
            if abs(t - old) < mpf(10) ** -40 * t:
                return t
        raise RuntimeError(f"no quantile for {p} {df}")


def normal_cases():
    for x in [-37.5, -37.123, -30.7, -20.3, -10.1, -8.3, -5.123456789, -3.3, -2, -1.959963984540054,
              -1, -0.7, -0.5, -0.1, -1e-3, -1e-8, -1e-300, 0, 1e-10, 0.3, 0.84, 1, 1.5, 2.5, 4, 6.7, 8.2,
              9.99, 12.3456, 25.25, 33.3, 37.5]:
        case("normal_sf", [x], normal_sf(x))
        case("normal_cdf", [x], normal_sf(-x))
        case("normal_pdf", [x], mpmath.npdf(mpf(x)))
    for p in [1e-300, 1e-200, 1e-100, 1e-50, 1e-17, 1e-16, 1e-10, 1e-5, 0.001, 0.005, 0.025, 0.1, 0.25,
              0.3, 0.45, 0.499, 0.4999999, 0.5000001, 0.51, 0.7, 0.9, 0.95, 0.975, 0.99, 0.995, 0.999, 1 - 1e-6,
              1 - 1e-10, 1 - 1e-13, 1 - 1e-15, 1 - 1.1102230246251565e-16]:
        q = p if p < 0.5 else 1.0 - p
        with mp.workdps(400):
            # log-scale Newton on the upper tail
            z = mpmath.sqrt(-2 * mpmath.log(q)) if q < 0.1 else mpf("0.5")
            for _ in range(100):
                sf = normal_sf(z)
                step = sf * mpmath.log(sf / mpf(q)) / mpmath.npdf(z)
                z += step
                if abs(step) < mpf(10) ** -60:
                    break
        case("normal_quantile", [p], z if p > 0.5 else -z)


def chi_squared_cases():
    # where the tail is: df + k standard deviations, and a few fixed points
    for df in [1e-6, 0.01, 0.1, 0.5, 0.9, 1, 1.5, 2, 3, 4, 5, 7.3, 10, 30, 31, 100, 1000, 12345.6, 1e5, 199999, 200001, 1e6, 1e9]:
        sd = math.sqrt(2 * df)
        points = {1e-300, 1e-20, 1e-5, 0.1, 1.0, 1.9, 2.1, 10.0, 100.0, 700.0, 1300.0}
        points = {x for x in points if x >= df * 0.2 or df < 200}
        points |= {df + k * sd for k in (-30, -8, -3, -1, -0.1, 0.001, 0.5, 1, 2, 4, 8, 20, 30) if df + k * sd > 0}
        for x in sorted(points):
            lower, upper = gamma_tails(mpf(df) / 2, mpf(x) / 2)
            if lower > mpf("1e-305"):
                case("chi_squared_cdf", [x, df], lower)
            if upper > mpf("1e-305"):
                case("chi_squared_sf", [x, df], upper)


T_DF = [0.1, 0.5, 1, 1.5, 2, 2.7, 3, 4, 5, 7, 10, 15.5, 30, 57.3, 100, 300, 1000, 1e4, 123456.7, 1e6, 3e7, 1e8, 1e9]


def t_cases():
    for df in T_DF:
        for t in [1e-300, 1e-10, 1e-5, 0.01, 0.3, 0.7, 0.999, 1.0, 1.001, 1.5, 1.96, 2.2, 3.1, 4.5, 6.0, 9.0, 15.0,
                  25.0, 36.5, 60.0, 1e3, 1e5, 1e10, 1e50, 1e100, 1e200, 1e300]:
            beyond, within = t_tails(t, df)
            if beyond < mpf("1e-305"):
                continue
            case("t_sf", [t, df], beyond)
            case("t_cdf", [t, df], mpf("0.5") + within)


def t_quantile_cases():
    for df in T_DF:
        for p in [1e-300, 1e-100, 1e-50, 1e-16, 1e-10, 1e-5, 0.001, 0.005, 0.025, 0.05, 0.1, 0.2, 0.2499, 0.2501, 0.3, 0.4, 0.49,
                  0.4999999, 0.975, 0.995, 1 - 1e-10, 1 - 1.1102230246251565e-16]:
            q = p if p < 0.5 else 1.0 - p
            z = float(-mpmath.sqrt(2) * mpmath.erfinv(2 * mpf(q) - 1)) if q > 1e-15 else math.sqrt(-2 * math.log(q))
            # the far power tail as a start where it is closer
            with mp.workdps(60):
                constant = mpmath.exp(mpmath.loggamma(mpf(df) / 2 + 0.5) - mpmath.loggamma(mpf(df) / 2 + 1)) / (2 * mpmath.sqrt(mpmath.pi))
                power = mpmath.sqrt(df) * (constant / mpf(q)) ** (1 / mpf(df))
            if df <= 2 and q < 0.1:
                start = power
            elif df < 400:
                start = bisect_t(q, df)
            else:
                start = z + (z**3 + z) / (4 * df)
            if start > 1e305:
                continue
            t = t_quantile(q, df, start)
            case("t_quantile", [p, df], t if p > 0.5 else -t)


def bisect_t(q, df):
    """A start within a tenth: bisection in ln t."""
    low, high = -45.0, 700.0
    while high - low > 0.1:
        middle = (low + high) / 2
        if t_tails(mpmath.exp(middle), df)[0] > mpf(q):
            low = middle
        else:
            high = middle
    return mpmath.exp((low + high) / 2)


def binomial_cases():
    for n, p, ks in [(1, 0.3, [0]), (10, 0.5, range(10)), (37, 0.01, [0, 1, 2, 5, 20, 36]), (1000, 0.7, [500, 600, 690, 700, 710, 800, 999]),
                     (1000, 1e-10, [0, 1, 2]), (100000, 0.25, [22000, 24000, 25000, 25001, 26000, 28000])]:
        with mp.workdps(420):
            probability = mpf(p)
            term = (1 - probability) ** n
            lower, at = mpf(0), {}
            for k in range(n + 1):
                lower += term
                if k in ks:
                    at[k] = lower
                term *= probability / (1 - probability) * (n - k) / (k + 1)
            for k in ks:
                case("binomial_cdf", [k, n, p], at[k])
                if 1 - at[k] > mpf("1e-305"):
                    case("binomial_sf", [k, n, p], 1 - at[k])
    # the half-way point of a large one, where statrs is off in the third digit: symmetry gives it
    n = 10**6
    with mp.workdps(40):
        middle = mpmath.exp(mpmath.loggamma(n + 1) - 2 * mpmath.loggamma(n // 2 + 1) - n * mpmath.log(2))
        case("binomial_cdf", [n // 2, n, 0.5], (1 + middle) / 2)
        case("binomial_sf", [n // 2, n, 0.5], (1 - middle) / 2)


def log_pmf(table):
    (a, b), (c, d) = table
    lf = lambda n: mpmath.loggamma(mpf(n) + 1)
    return lf(a + b) + lf(c + d) + lf(a + c) + lf(b + d) - lf(a + b + c + d) - lf(a) - lf(b) - lf(c) - lf(d)


def fisher(table):
    """By walking every table from the most probable one, in 40 digits."""
    (a, b), (c, d) = table
    r, col, total = a + b, a + c, a + b + c + d
    least, most = max(0, r + col - total), min(r, col)
    mode = min(max((r + 1) * (col + 1) // (total + 2), least), most)
    cells = lambda k: ((k, r - k), (col - k, total + k - r - col))
    limit = mpmath.exp(log_pmf(table) - log_pmf(cells(mode))) * (1 + mpf("1e-7"))
    result = mpf(0)
    stop = min(limit, mpf(1)) * mpf("1e-30")
    ratio, k = mpf(1), mode
    while k <= most and ratio > stop:
        if ratio <= limit:
            result += ratio
        ratio *= mpf((r - k) * (col - k)) / ((k + 1) * (total + k + 1 - r - col))
        k += 1
    ratio, k = mpf(1), mode
    while k >= least and ratio > stop:
        if ratio <= limit and k != mode:
            result += ratio
        ratio *= mpf(k * (total + k - r - col)) / ((r - k + 1) * (col - k + 1))
        k -= 1
    return min(mpf(1), result * mpmath.exp(log_pmf(cells(mode))))


TABLES = [
    ((3, 1), (1, 3)), ((0, 5), (7, 3)), ((10, 2), (3, 15)), ((1, 9), (11, 3)), ((120, 80), (95, 105)),
    ((30, 570), (24, 576)), ((0, 600), (1, 599)), ((310, 290), (205, 395)), ((600, 0), (0, 600)),
    ((5000, 5000), (4900, 5100)), ((50000, 50000), (49000, 51000)), ((100, 99900), (180, 99820)),
    ((2500000, 2500000), (2499000, 2501000)), ((2500000, 2500000), (2520000, 2480000)),
    ((12, 4999988), (40, 4999960)), ((4999999, 1), (4999990, 10)), ((1000000, 200000), (7300000, 1500000)),
]


def hypergeometric_cases():
    for table in TABLES:
        with mp.workdps(60):
            case("hypergeometric_ln_pmf", [list(row) for row in table], log_pmf(table))
            p = mpmath.exp(log_pmf(table))
            if p > mpf("1e-305"):
                case("hypergeometric_pmf", [list(row) for row in table], p)
        with mp.workdps(40):
            p = fisher(table)
            if p > mpf("1e-305"):
                case("fisher_exact_two_sided", [list(row) for row in table], p)


def stirling_cases():
    for n in [1e-300, 1e-10, 0.01, 0.3, 0.5, 1, 1.5, 2, 7, 14.5, 15.99, 16, 100, 1e5, 1e9]:
        with mp.workdps(60):
            m = mpf(n)
            value = mpmath.loggamma(m + 1) - (mpmath.log(2 * mpmath.pi * m) / 2 + m * mpmath.log(m) - m)
        case("stirling_error", [n], value)


normal_cases()
stirling_cases()
chi_squared_cases()
t_cases()
t_quantile_cases()
binomial_cases()
hypergeometric_cases()



def write(name, tolerance, why, cases):
    generator = {
        "software": "mpmath",
        "versions": f"Python {platform.python_version()}, mpmath {mpmath.__version__}",
        "script": "tests/reference/python/distributions.py",
    }
    tolerance = {"relative": tolerance, "absolute": 0, "why": why}
    with open(f"tests/reference/{name}.json", "w") as f:
        f.write(f'{{\n "generator": {json.dumps(generator)},\n')
        f.write(f' "tolerance": {json.dumps(tolerance)},\n "cases": [\n')
        f.write(",\n".join("  " + json.dumps(c) for c in cases))
        f.write("\n ]\n}\n")
    print(name, len(cases), "cases")


def is_simple(c):
    return c["function"].startswith("normal") or c["function"] == "stirling_error"


def is_far(c):
    return c["value"] < 1e-20 and c["function"] not in ("t_quantile", "hypergeometric_ln_pmf")


write("normal_mpmath", 1e-15, "a few units in the last place", [c for c in CASES if is_simple(c)])
others = [c for c in CASES if not is_simple(c)]
write("distributions_mpmath", 2e-14, "a few dozen roundings", [c for c in others if not is_far(c)])
write("distributions_tails_mpmath", 2e-13, "a tail of 1e-300 is exp(-690), and 690 is rounded to 1e-13",
      [c for c in others if is_far(c)])
