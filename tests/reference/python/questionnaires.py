"""What tests/fixtures/questionnaires should give, by plain loops over people, rows and days.

    python3 tests/reference/python/questionnaires.py        # numpy, scipy

Written from the meanings in data-schema/README.md, from the fields of the plan and from the papers
that the estimators cite, apart from the program. Writes questionnaires.json: values and loose_values
are {key: value}, key the results' key columns without inference, null where there is to be no
value; brackets are those of the first paid job that answers tell of, one a person, null without a
usable answer, also of those who worked on day 0.
"""

import csv
import datetime
import json
import math
import pathlib
import platform

import numpy as np
import scipy
from scipy import optimize, stats

ROOT = pathlib.Path(__file__).parents[2]
DATA = ROOT / "fixtures" / "questionnaires"
CUTOFF = datetime.date(2021, 3, 31)
REGIONS, MONTHS, WINDOW, BASELINE_AFTER = ["north", "south", "east"], [6, 12], 3, 7
PAID = {"employment_contract", "temporary_agency"}
Z = stats.norm.isf(0.025)
WHO5 = [f"who5_{k}" for k in range(1, 6)]
PARTICIPATION = [f"participation_{k}" for k in range(1, 7)]
EQ5D = [f"eq5d_{name}" for name in ("mobility", "self_care", "usual_activities", "pain", "anxiety")]
with open(DATA / "values.csv", encoding="utf-8", newline="") as given:
    VALUES = {row["profile"]: float(row["value"]) for row in csv.DictReader(given)}
assert len(VALUES) == 3125
# Items, lowest and highest score: those of a value set are its own.
SCALES = {
    "who5": (WHO5, 0, 100), "social_participation": (PARTICIPATION, 0, 6), "job_satisfaction": (["job_satisfaction"], 1, 7),
    "eq5d5l": (EQ5D, min(VALUES.values()), max(VALUES.values())),
}
MISSING = {("who5_2", "99"), ("participation_3", "9"), ("loneliness", "99")}
ARMS = ["ips", "control"]
rows, loose = {}, {}


def put(into, entry, **values):
    """entry: analysis, outcome, set, region, subgroup, arm, month, level, method."""
    for statistic, value in values.items():
        key = "|".join([*map(str, entry), statistic])
        assert key not in rows and key not in loose, key
        into[key] = None if value is None else float(value)


def table(name):
    with open(DATA / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def date(text):
    return datetime.date.fromisoformat(text) if text else None


def end_day(months):
    return 487 * months // 16  # 30.4375 = 487 / 16


def corrected_waves():
    every = table("waves")
    for fix in table("corrections"):
        where = dict(part.strip().split("=") for part in fix["where"].split(";"))
        meant = [row for row in every if row["participant_id"] == fix["participant_id"] and all(row[k] == v for k, v in where.items())]
        assert len(meant) == 1
        if fix["action"] == "drop":
            every.remove(meant[0])
        else:
            assert meant[0][fix["column"]] == fix["was"]
            meant[0][fix["column"]] = fix["value"]
    once = []
    for row in every:
        if row not in once:
            once.append(row)
    return once


class Person:
    def __init__(self, row, spells, answers):
        self.arm = {"IPS": "ips", "TAU": "control"}[row["arm"]]
        self.region, self.day_0 = row["region"], date(row["randomisation_date"])
        left = date(row["exit_date"])
        gone = left is not None and left <= CUTOFF
        self.cutoff = (CUTOFF - self.day_0).days
        self.last = (left - self.day_0).days if gone else self.cutoff
        self.died = gone and row["exit_reason"] == "death"
        self.spells = []
        for s in spells:
            start, end = (date(s["start_date"]) - self.day_0).days, date(s["end_date"])
            self.spells.append({
                "from": start, "to": None if end is None else (end - self.day_0).days, "contract": s["contract"],
                "hours": float(s["hours_per_week"]), "source": s["source"],
                "wage": float(s["monthly_wage_eur"]) if s["monthly_wage_eur"] else None,
            })
        self.answers = []
        for a in answers:
            day = (date(a["response_date"]) - self.day_0).days
            if day <= self.last:
                self.answers.append({"day": day, "sent": int(a["wave"]), "row": a})
        self.answers.sort(key=lambda a: (a["day"], a["sent"]))

    def window_of(self, answer):
        """The month that an answer counts for, or none."""
        day, reach = answer["day"], end_day(WINDOW)
        if answer["sent"] == 0:
            return 0 if -reach <= day <= BASELINE_AFTER else None
        if day < 0:
            return None
        best = None
        for month in MONTHS:
            off = abs(day - end_day(month))
            if off <= reach and (best is None or off < best[0]):
                best = (off, month)
        return best and best[1]

    def due(self, month):
        return month == 0 or self.cutoff >= end_day(month) + end_day(WINDOW)

    def answer(self, month):
        """The nearest; at baseline by day 0, if there is one. Missing for all who left before the day."""
        if not self.due(month) or not self.stays(month):
            return None
        best = None
        for own in self.answers:
            if self.window_of(own) == month:
                off = (month == 0 and own["day"] > 0, abs(own["day"] - end_day(month)))
                if best is None or off < best[0]:
                    best = (off, own)
        return best and best[1]

    def stays(self, month):
        return self.last >= end_day(month)

    def observed(self, month):
        return self.cutoff >= end_day(month) and (self.last >= end_day(month) or self.died)

    def competitive_on(self, day):
        if day > self.last:
            return []
        return [s for s in self.spells if s["contract"] in PAID and s["hours"] >= 4 and s["from"] <= day and (s["to"] is None or day <= s["to"])]

    def work(self, month):
        """Hours, wage (or none) and days in the job on the last day of a month; none without a job."""
        day = end_day(month)
        here = self.competitive_on(day)
        if not here:
            return None
        sources = {s["source"] for s in here}
        hours = max(sum(s["hours"] for s in here if s["source"] == of) for of in sources)
        wages = []
        for of in sources:
            own = [s["wage"] for s in here if s["source"] == of]
            if None not in own:
                wages.append(sum(own))
        first = day
        while self.competitive_on(first - 1):
            first -= 1
        return hours, max(wages, default=None), day - first + 1

    def registered_on(self, day):
        return any(s["contract"] in PAID and s["source"] != "questionnaire" and s["from"] <= day and (s["to"] is None or day <= s["to"]) for s in self.spells)

    def worked_on_day_0(self):
        """By the baseline answer, or in a competitive job (spells that overlap or abut) begun before."""
        before = self.answer(0)
        return bool(before and before["row"]["working_now"] == "yes" or self.competitive_on(-1) and self.competitive_on(0))

    def bracket(self):
        after, whole, told = -1, True, False
        for own in self.answers:
            if own["sent"] == 0 or own["day"] < 0:
                continue
            now, since = own["row"]["working_now"], own["row"]["any_job_since_last"]
            if now == "yes" or since == "yes":
                return min(after, own["day"] - 1), own["day"]
            if since == "no" and whole:
                after, told = own["day"], True
            if since == "":
                whole = False
        return (after, None) if told else None


def number(row, column):
    text = row[column]
    return None if text == "" or (column, text) in MISSING else float(text)


def score(row, scale):
    given = [number(row, item) for item in SCALES[scale][0]]
    if scale == "who5":
        return None if None in given else 4 * sum(given)
    if scale == "eq5d5l":
        return None if None in given else VALUES["".join(str(int(x)) for x in given)]
    if scale == "social_participation":
        known = [x for x in given if x is not None]
        return None if len(known) < 5 else (sum(known) if len(known) == 6 else 6 * (sum(known) / 5))
    return given[0]


# Estimators on lists.


def wilson(events, n):
    if n == 0:
        return None, None, None
    p = events / n
    middle, half = p + Z * Z / 2 / n, Z * math.sqrt(p * (1 - p) / n + Z * Z / 4 / n / n)
    low, high = (middle - half) / (1 + Z * Z / n), (middle + half) / (1 + Z * Z / n)
    return p, 0.0 if events == 0 else low, 1.0 if events == n else high


def newcombe(first, second):
    (p1, l1, u1), (p0, l0, u0) = wilson(*first), wilson(*second)
    if p1 is None or p0 is None:
        return None, None, None
    d = p1 - p0
    return d, d - math.hypot(p1 - l1, u0 - p0), d + math.hypot(u1 - p1, p0 - l0)


def hc2(x, y):
    """Coefficients, covariance and residual degrees of freedom of least squares."""
    q, r = np.linalg.qr(x)
    inverse = np.linalg.inv(r)
    beta = inverse @ (q.T @ y)
    weights = (y - x @ beta) ** 2 / (1 - (q * q).sum(1))
    half = inverse @ q.T
    return beta, (half * weights) @ half.T, len(y) - x.shape[1]


def columns(people, extra=()):
    there = [r for r in REGIONS if any(p.region == r for p in people)]
    treated = np.array([1.0 if p.arm == "ips" else 0.0 for p in people])
    return np.column_stack([np.ones(len(people)), treated, *[[1.0 if p.region == r else 0.0 for p in people] for r in there[1:]], *extra])


def coefficient(people, y, extra=()):
    beta, cov, df = hc2(columns(people, extra), np.array(y))
    se = math.sqrt(cov[1, 1])
    half = stats.t.isf(0.025, df) * se
    p = 2 * stats.t.sf(abs(beta[1]) / se, df)
    return {"estimate": beta[1], "df": df, "std_error": se, "ci_lower": beta[1] - half, "ci_upper": beta[1] + half, "p_value": p}


def trimmed(m, values, from_top):
    """Mean, marginal value and variance (divisor m - 1) of the m lowest or highest values, m a fraction."""
    left, mean, used = m, 0.0, []
    for y in sorted(values, reverse=from_top):
        weight = min(1.0, left)
        if weight <= 1e-12:
            break
        used.append((y, weight))
        left -= weight
    mean = sum(y * w for y, w in used) / m
    # One value, or less, has no variance.
    return mean, used[-1][0], sum(w * (y - mean) ** 2 for y, w in used) / (m - 1) if m > 1 else math.nan


def lee_part(pairs):
    """pairs: (arm, value or none). Bounds, pulls, variances at known rates, rates."""
    n = {a: sum(arm == a for arm, _ in pairs) for a in ARMS}
    y = {a: [v for arm, v in pairs if arm == a and v is not None] for a in ARMS}
    m = {a: len(y[a]) for a in ARMS}
    t, u = ("ips", "control") if m["ips"] * n["control"] >= m["control"] * n["ips"] else ("control", "ips")
    share = 1 - m[u] * n[t] / n[u] / m[t]
    kept = m[t] * (1 - share)
    equal = m["ips"] * n["control"] == m["control"] * n["ips"]
    sign = 1 if t == "ips" else -1
    own = np.array(y[u])
    r_t, r_u = (1 - m[t] / n[t]) / m[t], (1 - m[u] / n[u]) / m[u]
    sides = []
    for from_top in (False, True):
        mean, q, v = trimmed(kept, y[t], from_top)
        pull = 0.0 if equal else q - mean
        fixed = v / kept + pull**2 * share / kept + (own.var(ddof=1) / m[u] if m[u] > 1 else math.nan)
        sides.append((sign * (mean - own.mean()), sign * pull, fixed))
    if sign < 0:
        sides.reverse()
    return {"n": sum(n.values()), "rate": m[u] / n[u], "share": share, "sides": sides, "r_t": r_t, "r_u": r_u}


def bounds_rows(bounds, variances):
    (low, high), (a, b) = bounds, (math.sqrt(v) for v in variances)
    if math.isnan(a + b):
        nothing = dict.fromkeys(["bound_lower_std_error", "bound_upper_std_error", "ci_lower", "ci_upper"])
        return {"bound_lower": low, "bound_upper": high, **nothing}
    width = (high - low) / max(a, b)
    c = optimize.brentq(lambda c: stats.norm.cdf(c + width) - stats.norm.cdf(-c) - 0.95, 0.5, 3, xtol=1e-15, rtol=1e-15)
    return {"bound_lower": low, "bound_upper": high, "bound_lower_std_error": a, "bound_upper_std_error": b, "ci_lower": low - c * a, "ci_upper": high + c * b}


def put_bounds(entry, people):
    """people: (person, value or none)."""
    entry = ["effect_bounds", *entry[1:3], "all", "", "ips-control", *entry[6:8]]
    part = lee_part([(p.arm, v) for p, v in people])
    variances = [fixed + pull**2 * (part["r_t"] + part["r_u"]) for _, pull, fixed in part["sides"]]
    put(rows, [*entry, "lee_bounds"], trimmed_share=part["share"], **bounds_rows([s[0] for s in part["sides"]], variances))
    cells = [lee_part([(p.arm, v) for p, v in people if p.region == r]) for r in REGIONS]
    total = sum(c["n"] * c["rate"] for c in cells)
    weights = [c["n"] * c["rate"] / total for c in cells]
    bounds, variances = [], []
    for side in (0, 1):
        whole = sum(w * c["sides"][side][0] for w, c in zip(weights, cells))
        variance = 0.0
        for w, c in zip(weights, cells):
            bound, pull, fixed = c["sides"][side]
            off = bound - whole
            variance += w * w * (fixed + pull**2 * c["r_t"] + (pull + off) ** 2 * c["r_u"] + off**2 / c["n"])
        bounds.append(whole)
        variances.append(variance)
    put(rows, [*entry, "lee_bounds_tightened"], **bounds_rows(bounds, variances))


def put_means(entry, values, with_limits=False):
    """values: {person: value}; by region and arm."""
    for region in ["all", *REGIONS]:
        for arm in ARMS:
            own = [v for p, v in values.items() if p.arm == arm and region in ("all", p.region)]
            several = np.std(own, ddof=1) if len(own) > 1 else None
            put(rows, [*entry[:3], region, "", arm, *entry[6:]], n=len(own), estimate=np.mean(own) if own else None, std_dev=several)
            if with_limits:
                error = stats.sem(own) if len(own) > 1 else None
                low, high = stats.t.interval(0.95, len(own) - 1, np.mean(own), error) if error else (None, None)
                put(rows, [*entry[:3], region, "", arm, *entry[6:]], std_error=error, ci_lower=low, ci_upper=high)


def put_rates(entry, values):
    for region in ["all", *REGIONS]:
        counts = []
        for arm in ARMS:
            own = [v for p, v in values.items() if p.arm == arm and region in ("all", p.region)]
            counts.append((sum(own), len(own)))
            p, low, high = wilson(*counts[-1])
            put(rows, ["arm_rate", *entry[1:3], region, "", arm, *entry[6:8], "wilson"], n=len(own), events=sum(own), estimate=p, ci_lower=low, ci_upper=high)
        d, low, high = newcombe(*counts)
        put(rows, ["effect", *entry[1:3], region, "", "ips-control", *entry[6:8], "risk_difference_newcombe"], estimate=d, ci_lower=low, ci_upper=high)
    people = list(values)
    put(rows, ["effect", *entry[1:3], "all", "", "ips-control", *entry[6:8], "ols_strata_hc2"], **coefficient(people, [float(values[p]) for p in people]))


def put_regression(entry, values, method="ols_strata_hc2", extra=None):
    for region in ["all", *REGIONS]:
        people = [p for p in values if region in ("all", p.region)]
        more = [] if extra is None else [[extra[p] for p in people]]
        put(rows, ["effect", *entry[1:3], region, "", "ips-control", *entry[6:8], method], **coefficient(people, [values[p] for p in people], more))


# The parts of the analysis.


def response(people):
    for month in [0, *MONTHS]:
        # Those who have left before the day are not asked, and not counted if they had answered.
        asked = {p: int(p.answer(month) is not None) for p in people if p.due(month) and p.stays(month)}
        put_rates(["", "answered", "itt", "", "", "", month, "", ""], asked)
        own = list(asked)
        x = columns(own)
        x = np.column_stack([x, *[x[:, 1] * x[:, j] for j in (2, 3)]])
        beta, cov, _ = hc2(x, np.array([float(asked[p]) for p in own]))
        w = beta[4:] @ np.linalg.solve(cov[4:, 4:], beta[4:])
        put(rows, ["interaction", "answered", "itt", "all", "", "ips-control", month, "", "wald_hc2"], statistic=w, df=2, p_value=stats.chi2.sf(w, 2))
        for arm in ARMS:
            given = [p.answer(month)["row"] for p in people if p.arm == arm and p.answer(month)]
            for column, name, levels in (("language", "language", ["fr", "nl"]), ("how", "mode", ["online", "paper", "telephone"])):
                for level in levels:
                    k = sum(row[column] == level for row in given)
                    put(rows, ["arm_rate", "answered", "answered", "all", f"{name}={level}", arm, month, "", "count"], n=len(given), events=k, estimate=k / len(given))


def reliability(people):
    for month in [0, *MONTHS]:
        given = [p.answer(month)["row"] for p in people if p.answer(month)]
        for name, (items, least, most) in SCALES.items():
            for language in ["", "fr", "nl"]:
                own = [row for row in given if language in ("", row["language"])]
                entry = ["reliability", "score", "answered", "all", f"language={language}" if language else "", "all", month, name]
                scores = [s for s in (score(row, name) for row in own) if s is not None]
                for method, end in (("floor", least), ("ceiling", most)):
                    k = sum(s == end for s in scores)
                    put(rows, [*entry, method], n=len(scores), events=k, estimate=k / len(scores) if scores else None)
                # Items of a value set are not meant to measure one thing.
                if len(items) < 2 or name == "eq5d5l":
                    continue
                full = [[number(row, item) for item in items] for row in own]
                full = np.array([row for row in full if None not in row])
                n, k = full.shape
                alpha = k / (k - 1) * (1 - full.var(axis=0, ddof=1).sum() / full.sum(axis=1).var(ddof=1))
                low, high = (1 - (1 - alpha) * stats.f.ppf(p, n - 1, (n - 1) * (k - 1)) for p in (0.975, 0.025))
                put(rows, [*entry, "cronbach_alpha"], n=n, estimate=alpha, ci_lower=low, ci_upper=high)
                put(rows, [*entry, "mcdonald_omega"], n=n)


def outcome(p, name, month):
    own = p.answer(month)
    if own is None:
        return None
    if name == "loneliness":
        return number(own["row"], name)
    return score(own["row"], {"wellbeing": "who5", "participation": "social_participation", "satisfaction": "job_satisfaction", "utility": "eq5d5l"}[name])


def known(people, of):
    return {p: v for p, v in ((p, of(p)) for p in people) if v is not None}


def scores(people):
    for name, months in (("wellbeing", MONTHS), ("participation", [12]), ("loneliness", MONTHS), ("utility", MONTHS)):
        before = known(people, lambda p: outcome(p, name, 0))
        put_means(["arm_mean", "score", "answered", "", "", "", 0, name, "mean"], before, with_limits=True)
        for month in months:
            entry = ["arm_mean", "score", "answered", "", "", "", month, name, "mean"]
            now = known(people, lambda p: outcome(p, name, month))
            put_means(entry, now, with_limits=True)
            put_regression(entry, now)
            both = {p: v for p, v in now.items() if p in before}
            for region in ["all", *REGIONS]:
                for arm in ARMS:
                    n = sum(p.arm == arm and region in ("all", p.region) for p in both)
                    put(rows, ["arm_mean", "score", "answered", region, "", arm, month, name, "ols_change_hc2"], n=n)
            put_regression(entry, {p: v - before[p] for p, v in both.items()}, "ols_change_hc2")
            put_regression(entry, both, "ancova_hc2", before)
            for region in ["all", *REGIONS]:
                effect = ["effect", "score", "answered", region, "", "ips-control", month, name]
                sd = np.std([v for p, v in before.items() if p.arm == "control" and region in ("all", p.region)], ddof=1)
                of = {s: rows["|".join(map(str, [*effect, "ancova_hc2", s]))] / sd for s in ("estimate", "std_error", "ci_lower", "ci_upper")}
                put(rows, [*effect, "ancova_standardised"], **of)
                a, b = ([v for p, v in now.items() if p.arm == arm and region in ("all", p.region)] for arm in ARMS)
                df = len(a) + len(b) - 2
                pooled = math.sqrt(((len(a) - 1) * np.var(a, ddof=1) + (len(b) - 1) * np.var(b, ddof=1)) / df)
                g = (np.mean(a) - np.mean(b)) / pooled * math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2)) / math.sqrt(df / 2)
                se = math.sqrt(1 / len(a) + 1 / len(b) + g * g / 2 / (len(a) + len(b)))
                put(rows, [*effect, "hedges_g"], estimate=g, std_error=se, ci_lower=g - Z * se, ci_upper=g + Z * se)
            # Everyone whose window has closed was to be asked, also who left before: they did not answer.
            put_bounds(entry, [(p, now.get(p)) for p in people if p.due(month)])


def indices(people):
    for name, months, members in (("life", MONTHS, ["wellbeing", "loneliness"]), ("life_and_others", [12], ["wellbeing", "participation", "loneliness"])):
        for month in months:
            z = []
            for member in members:
                own = known(people, lambda p: outcome(p, member, month))
                control = [v for p, v in own.items() if p.arm == "control"]
                sign = -1 if member == "loneliness" else 1
                z.append({p: sign * (v - np.mean(control)) / np.std(control, ddof=1) for p, v in own.items()})
            cov = np.zeros((len(z), len(z)))
            for i, a in enumerate(z):
                for j, b in enumerate(z):
                    pairs = np.array([(a[p], b[p]) for p in a if p in b])
                    cov[i, j] = ((pairs[:, 0] - pairs[:, 0].mean()) * (pairs[:, 1] - pairs[:, 1].mean())).sum() / (len(pairs) - 1)
            w = np.linalg.inv(cov).sum(axis=1)
            raw = {}
            for p in people:
                have = [k for k in range(len(z)) if p in z[k]]
                if have and sum(w[k] for k in have) > 0:
                    raw[p] = sum(w[k] * z[k][p] for k in have) / sum(w[k] for k in have)
            control = [v for p, v in raw.items() if p.arm == "control"]
            index = {p: (v - np.mean(control)) / np.std(control, ddof=1) for p, v in raw.items()}
            entry = ["arm_mean", "index", "answered", "", "", "", month, name, "mean"]
            put_means(entry, index)
            put_regression(entry, index)


def agreement(people):
    for month in MONTHS:
        for arm in ARMS:
            pairs, gaps = [], []
            for p in people:
                own = p.answer(month)
                if p.arm != arm or not own or own["row"]["working_now"] == "":
                    continue
                says = own["row"]["working_now"] == "yes"
                pairs.append((p.registered_on(own["day"]), says))
                if pairs[-1][0] != says:
                    days = (k for k in range(4000) if p.registered_on(own["day"] - k) == says or p.registered_on(own["day"] + k) == says)
                    gaps.append(next(days, None))
            entry = ["agreement", "working_now", "answered", "all", "", arm, month, ""]
            a, b, c, d = (pairs.count(pair) for pair in ((True, True), (True, False), (False, True), (False, False)))
            n = len(pairs)
            put(rows, [*entry, "count"], n=n, both_yes=a, register_only=b, questionnaire_only=c, both_no=d)
            p, low, high = wilson(a + d, n)
            put(rows, [*entry, "percent_agreement"], estimate=p, ci_lower=low, ci_upper=high)
            table = np.array([[a, b], [c, d]]) / n
            kappa, slopes = kappa_of(table), np.zeros(4)
            for k in range(4):  # The delta method on the multinomial, with complex steps.
                step = table.astype(complex).ravel()
                step[k] += 1e-30j
                slopes[k] = kappa_of(step.reshape(2, 2)).imag / 1e-30
            flat = table.ravel()
            se = math.sqrt(((slopes**2 * flat).sum() - (slopes * flat).sum() ** 2) / n)
            put(rows, [*entry, "cohen_kappa"], estimate=kappa, std_error=se, ci_lower=kappa - Z * se, ci_upper=kappa + Z * se)
            ended = [g for g in gaps if g is not None]
            entry[1] = "days_to_agreement"
            put(rows, [*entry, "count"], n=len(gaps), events=sum(g <= 31 for g in ended), median=np.median(ended) if ended else None)


def kappa_of(t):
    expected = t[0].sum() * t[:, 0].sum() + t[1].sum() * t[:, 1].sum()
    return (t[0, 0] + t[1, 1] - expected) / (1 - expected)


def job_quality(people):
    for month in MONTHS:
        here = {p: p.work(month) for p in people if p.observed(month)}
        employed = {p: w for p, w in here.items() if w}
        for name, at in (("job_hours", 0), ("job_wage_eur", 1), ("job_tenure_days", 2)):
            entry = ["arm_mean", name, "employed", "", "", "", month, "", "mean"]
            own = {p: w[at] for p, w in employed.items() if w[at] is not None}
            put_means(entry, own)
            if at < 2:
                # A job without a recorded wage is no wage: selected are those with a job and a wage.
                put_bounds(entry, [(p, own.get(p)) for p in here])
        for name, at in (("hours_or_zero", 0), ("wage_or_zero_eur", 1)):
            own = {p: w[at] if w else 0.0 for p, w in here.items() if not w or w[at] is not None}
            entry = ["arm_mean", name, "itt_observed", "", "", "", month, "", "mean"]
            put_means(entry, own)
            put_regression(entry, own)
        good = {}
        for p, w in here.items():
            if not w or w[0] < 19 or w[2] < 30:
                good[p] = 0
            elif w[1] is not None:
                good[p] = int(w[1] >= 1000)
        put_rates(["", "good_job", "itt_observed", "", "", "", month, "", ""], good)
        entry = ["arm_mean", "job_score", "employed", "", "", "", month, "satisfaction", "mean"]
        content = known(people, lambda p: outcome(p, "satisfaction", month))
        put_means(entry, content)
        put_bounds(entry, [(p, content.get(p)) for p in people if p.due(month)])


def innermost(brackets):
    ends = sorted({(a, 1) for a, _ in brackets} | {(math.inf if b is None else b, 0) for _, b in brackets})
    return [(x[0], y[0]) for x, y in zip(ends, ends[1:]) if x[1] == 1 and y[1] == 0]


class Curve:
    """Masses on the innermost intervals: self-consistency, then Newton's steps on what has mass."""

    def __init__(self, brackets):
        self.last = max(a if b is None else b for a, b in brackets)
        self.zones = innermost(brackets)
        inside = np.array([[a <= z[0] and z[1] <= (math.inf if b is None else b) for z in self.zones] for a, b in brackets], float)
        n, p = len(brackets), np.full(len(self.zones), 1 / len(self.zones))
        for _ in range(20_000):
            p = p * (inside / (inside @ p)[:, None]).mean(axis=0)
        p[p < 1e-7] = 0
        for _ in range(200):
            on = p > 0
            some = inside[:, on]
            total = some @ p[on]
            h = (some / total[:, None] ** 2).T @ some
            step = np.linalg.solve(h, (some / total[:, None]).sum(axis=0) - n)
            length = min([1.0, *(m / -s for m, s in zip(p[on], step) if s < 0)])
            p[on] += length * step
            p[p < 1e-15] = 0
            slope = (inside / (inside @ p)[:, None]).mean(axis=0)
            if length == 1 and abs(step).max() < 1e-14:
                if slope.max() < 1 + 1e-11:
                    break
                p[slope.argmax()] = 1e-6
        on = p > 0
        assert (p >= 0).all() and abs(p.sum() - 1) < 1e-12 and abs(slope[on] - 1).max() < 1e-11 and slope.max() < 1 + 1e-11
        self.p = p
        h = np.linalg.inv(h)
        cov = h - np.outer(h.sum(1), h.sum(1)) / h.sum()
        self.cov = np.zeros((len(p), len(p)))
        self.cov[np.ix_(on, on)] = cov

    def knows(self, day):
        return day <= self.last and not any(a < day < b for (a, b), p in zip(self.zones, self.p) if p > 0)

    def incidence(self, day):
        gone = np.array([float(b <= day) for _, b in self.zones])
        return gone @ self.p, math.sqrt(max(gone @ self.cov @ gone, 0))


def nearest(curves, month):
    for apart in range(46):
        for day in (end_day(month) - apart, end_day(month) + apart):
            if day >= 0 and all(c.knows(day) for c in curves):
                return day
    return None


def hazard_ratio(brackets, arms):
    """Maximum likelihood under S = exp(-L(t) e^{b x}): increments L >= 0 on all zones but the last."""
    zones = innermost(brackets)
    x = np.array([1.0 if a == "ips" else 0.0 for a in arms])
    before = np.array([[z[1] <= a for z in zones[:-1]] for a, _ in brackets], float)
    upto = np.array([[b is None or z[1] <= b for z in zones[:-1]] for _, b in brackets], float)
    to_end = np.array([b is None or b >= zones[-1][1] for _, b in brackets])
    within = upto - before

    def parts(theta, with_arm=True):
        risk = np.exp(theta[0] * x) if with_arm else np.ones(len(x))
        a, b = risk * (before @ theta[1:]), risk * (within @ theta[1:])
        b = np.where(to_end, 1.0, np.maximum(b, 1e-300))
        value = np.where(to_end, 0.0, np.log(-np.expm1(-b))) - a
        r = np.where(to_end, 0.0, 1 / np.expm1(b))
        gradient = np.concatenate([[((b * r - a) * x).sum() if with_arm else 0.0], (risk * r) @ within - risk @ before])
        return value.sum(), gradient

    def fit(with_arm):
        theta = np.concatenate([[0.0], np.full(len(zones) - 1, 1.0 / len(zones))])
        limits = [(-10, 10) if with_arm else (0, 0)] + [(0, None)] * (len(zones) - 1)
        for _ in range(3):
            found = optimize.minimize(lambda t: tuple(-v for v in parts(t, with_arm)), theta, jac=True, bounds=limits, method="L-BFGS-B",
                                      options={"maxiter": 100_000, "maxfun": 400_000, "ftol": 1e-16, "gtol": 1e-12, "maxcor": 50})
            theta = found.x
        theta[1:][theta[1:] < 1e-9] = 0
        on = np.concatenate([[with_arm], theta[1:] > 0])
        for _ in range(10):  # Newton's steps on what is left, with differences of the gradient.
            h = hessian(theta, on, with_arm)
            theta[on] -= np.linalg.solve(h, parts(theta, with_arm)[1][on])
        return theta, on, parts(theta, with_arm)[0]

    def hessian(theta, on, with_arm):
        at, columns = np.flatnonzero(on), []
        for k in at:
            step = 1e-6 * max(abs(theta[k]), 1e-2 if k == 0 else 1e-12)
            up, down = theta.copy(), theta.copy()
            up[k] += step
            down[k] -= step
            columns.append((parts(up, with_arm)[1][at] - parts(down, with_arm)[1][at]) / (2 * step))
        h = np.array(columns)
        return (h + h.T) / 2

    theta, on, best = fit(True)
    none = fit(False)[2]
    se = math.sqrt(np.linalg.inv(-hessian(theta, on, True))[0, 0])
    return theta[0], se, stats.chi2.sf(2 * (best - none), 1)


def brackets(people):
    everyone = [p.bracket() for p in people]
    own = [None if p.worked_on_day_0() else b for p, b in zip(people, everyone)]
    left_out = {arm: sum(p.arm == arm and b is not None and p.worked_on_day_0() for p, b in zip(people, everyone)) for arm in ARMS}
    curves = {arm: Curve([b for p, b in zip(people, own) if b and p.arm == arm]) for arm in ARMS}
    entry = lambda analysis, arm, month: [analysis, "first_job_reported", "answered", "all", "", arm, month, ""]  # noqa: E731
    for arm in ARMS:
        told = [b for p, b in zip(people, own) if b and p.arm == arm]
        for month in ["", *MONTHS]:
            put(rows, [*entry("cumulative_incidence", arm, month), "turnbull"], n=len(told), events=sum(b is not None for _, b in told))
    for month in MONTHS:
        for arm in ARMS:
            day = nearest([curves[arm]], month)
            f, se = curves[arm].incidence(day)
            s = 1 - f
            k = math.exp(Z * se / (s * math.log(s)))
            put(loose, [*entry("cumulative_incidence", arm, month), "turnbull"], estimate=f, std_error=se, ci_lower=1 - s**k, ci_upper=1 - s ** (1 / k))
        day = nearest(list(curves.values()), month)
        values = None
        if day is not None:
            (f1, a), (f0, b) = (curves[arm].incidence(day) for arm in ARMS)
            d, se = f1 - f0, math.hypot(a, b)
            values = {"estimate": d, "std_error": se, "ci_lower": d - Z * se, "ci_upper": d + Z * se}
        put(loose, [*entry("effect", "ips-control", month), "turnbull"], **(values or dict.fromkeys(["estimate", "std_error", "ci_lower", "ci_upper"])))
    told = [(b, p.arm) for p, b in zip(people, own) if b]
    beta, se, p_value = hazard_ratio([b for b, _ in told], [a for _, a in told])
    put(loose, [*entry("hazard_ratio", "ips-control", ""), "interval_censored_ph"], estimate=math.exp(beta), log_hazard_ratio=beta, std_error=se,
        ci_lower=math.exp(beta - Z * se), ci_upper=math.exp(beta + Z * se), p_value=p_value)
    return everyone, left_out


def main():
    spells, answers = table("employment"), corrected_waves()
    people = [
        Person(row, [s for s in spells if s["participant_id"] == row["participant_id"]], [a for a in answers if a["participant_id"] == row["participant_id"]])
        for row in table("participants")
    ]
    for part in (response, reliability, scores, indices, agreement, job_quality):
        part(people)
    found, left_out = brackets(people)
    text = lambda values: {key: None if v is None else float("%.17g" % v) for key, v in sorted(values.items())}  # noqa: E731
    why = "both sides compute in double precision from the same rows; largest where p-values are far in the tail"
    looser = "values: above; loose_values, 1e-6 and 1e-7: a likelihood maximised with differences of its gradient"
    file = {
        "generator": {"software": "Python", "versions": f"Python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}", "script": "tests/reference/python/questionnaires.py"},
        "tolerance": {"relative": 1e-9, "absolute": 1e-12, "why": f"{why}; {looser}"},
        "cases": [{"values": text(rows), "loose_values": text(loose), "brackets": found, "left_out": left_out}],
    }
    path = ROOT / "reference" / "questionnaires.json"
    path.write_text(json.dumps(file, separators=(",", ":")).replace('","', '",\n"').replace(',"', ',\n"') + "\n", encoding="utf-8", newline="")
    print(len(rows), len(loose), left_out, path.stat().st_size)


if __name__ == "__main__":
    main()
